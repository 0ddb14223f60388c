//! A service on a sick disk, and what was asked of it.

use std::{ops::AddAssign, path::PathBuf};

use shipmate::web1on1::ConversationId;
use shipmate_tests::service::Service;
use tokio::time::timeout;

use crate::{
    check::{Event, Order, broken},
    record::{OnRecord, damage},
    world::{HANG, Letter, World},
};

const CONVERSATIONS: usize = 2;
const EVENTS_EACH: usize = 3;

/// What the service writes when an operation of the store fails.
const COMPLAINT: &str = "the store failed";

/// How deliveries were answered.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Taken {
    pub(super) acknowledged: u64,
    /// 503.
    pub(super) refused: u64,
}

impl AddAssign for Taken {
    fn add_assign(&mut self, more: Self) {
        self.acknowledged += more.acknowledged;
        self.refused += more.refused;
    }
}

/// What is delivered to one service, and what became of it.
pub(super) struct Patient<'a> {
    world: &'a World,
    file: PathBuf,
    talks: Vec<Talk>,
    taken: Taken,
}

struct Talk {
    id: ConversationId,
    said: Vec<Said>,
}

struct Said {
    letter: Letter,
    reply: String,
    acknowledged: bool,
}

impl Talk {
    async fn say(&mut self, world: &World) {
        let text = format!("n{}", self.said.len());
        self.said.push(Said {
            letter: world.says(&self.id, &text).await,
            reply: format!("Echo: {text}"),
            acknowledged: false,
        });
    }
}

impl<'a> Patient<'a> {
    /// Consumers have written already.
    pub(super) async fn new(world: &'a World, folder: &std::path::Path) -> Self {
        let mut talks = Vec::new();
        for _ in 0..CONVERSATIONS {
            let (id, said) = (world.open(), Vec::new());
            let mut talk = Talk { id, said };
            for _ in 0..EVENTS_EACH {
                talk.say(world).await;
            }
            talks.push(talk);
        }
        Self {
            world,
            file: folder.join("store.db"),
            talks,
            taken: Taken::default(),
        }
    }

    /// Delivers everything once. Each is answered before the next is delivered, until the store
    /// complains for the first time.
    pub(super) async fn treat(&mut self, service: &Service) {
        let log = service.process().log();
        for number in 0..EVENTS_EACH {
            for talk in &mut self.talks {
                let said = &mut talk.said[number];
                said.acknowledged = self.taken.deliver(service, &said.letter).await == 200;
                if said.acknowledged && !log.text().contains(COMPLAINT) {
                    let settled = async {
                        tokio::select! {
                            told = self.world.until_told(&talk.id, &said.reply) => assert!(told),
                            () = log.says(COMPLAINT) => {}
                        }
                    };
                    let settled = timeout(HANG, settled).await;
                    assert!(settled.is_ok(), "{}", log.text());
                }
            }
        }
    }

    /// The disk works again: what was refused is taken at the first try, and everything is answered,
    /// all by the same process.
    pub(super) async fn recovers(&mut self, service: &Service) {
        let log = service.process().log();
        self.deliver_the_rest(service).await;
        for talk in &self.talks {
            for said in &talk.said {
                let told = self.world.until_told(&talk.id, &said.reply).await;
                assert!(told, "no {:?}; log:\n{}", said.reply, log.text());
            }
        }
    }

    /// It ends when it is told to, whatever the disk does.
    pub(super) async fn ends(&self, service: &Service) {
        let process = service.process();
        process.terminate().unwrap();
        let ended = timeout(HANG, process.ended()).await;
        assert!(ended.is_ok(), "{}", process.log().text());
    }

    /// After a restart on a good disk: everything is taken and answered once, and the file is sound.
    pub(super) async fn is_well(&mut self, service: &Service, what: &str) -> Taken {
        self.deliver_the_rest(service).await;
        for index in 0..self.talks.len() {
            self.talks[index].say(self.world).await;
        }
        self.deliver_the_rest(service).await;
        for talk in &self.talks {
            // What came before it is settled by then.
            let last = talk.said.last().unwrap();
            let told = self.world.until_told(&talk.id, &last.reply).await;
            assert!(told, "{what}\n{}", service.process().log().text());
        }
        self.ends(service).await;
        let on_record = OnRecord::read(&self.file);
        let talks = self.talks.iter().map(|talk| {
            let event = |said: &Said| Event {
                acknowledged: said.acknowledged,
                replies: vec![said.reply.clone()],
            };
            (&talk.id, talk.said.iter().map(event).collect())
        });
        // What was refused is delivered behind what was taken.
        let record = self.world.record(talks, &on_record);
        assert_eq!(broken(&record, Order::Free), [], "{what}");
        assert_eq!(damage(&self.file), [""; 0], "{what}");
        self.taken
    }

    async fn deliver_the_rest(&mut self, service: &Service) {
        for talk in &mut self.talks {
            for said in talk.said.iter_mut().filter(|said| !said.acknowledged) {
                let status = self.taken.deliver(service, &said.letter).await;
                assert_eq!(status, 200, "{}", service.process().log().text());
                said.acknowledged = true;
            }
        }
    }
}

impl Taken {
    async fn deliver(&mut self, service: &Service, letter: &Letter) -> u16 {
        let mut connection = service.connect().await.unwrap();
        let answer = connection.send(&letter.request()).await.unwrap();
        match answer.status {
            200 => self.acknowledged += 1,
            503 => self.refused += 1,
            other => panic!("answered {other}; {}", service.process().log().text()),
        }
        answer.status
    }
}
