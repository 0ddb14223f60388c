//! The echo example, running against a stub, and the few verbs the tests are written in.

use std::{future::Future, time::Duration};

use shipmate_tests::{
    binary,
    event::{ContactMessage, answered_number, conversation_id},
    http::{self, Response},
    service::{SECRET, Service, Settings, TOKEN},
    stub::Stub,
};
use tempfile::TempDir;

/// After this long without what a test waits for, it fails and shows the log.
const HANG: Duration = Duration::from_mins(1);

/// A running echo service with its own store and stub.
pub(crate) struct Fixture {
    pub(crate) stub: Stub,
    pub(crate) settings: Settings,
    pub(crate) service: Service,
    _folder: TempDir,
}

impl Fixture {
    /// A service with the usual settings, ready.
    pub(crate) async fn start() -> Self {
        Self::start_with(|settings| settings).await
    }

    /// A service with adjusted settings, ready.
    pub(crate) async fn start_with(adjust: impl FnOnce(Settings) -> Settings) -> Self {
        let stub = Stub::start().unwrap();
        let (settings, folder) = settings(&stub);
        let settings = adjust(settings);
        let service = Service::ready(&settings).await.unwrap();
        Self {
            stub,
            settings,
            service,
            _folder: folder,
        }
    }

    /// A service whose API is not there yet, listening.
    pub(crate) async fn start_without_api() -> Self {
        let stub = Stub::stopped().unwrap();
        let (settings, folder) = settings(&stub);
        let service = Service::listening(&settings).await.unwrap();
        Self {
            stub,
            settings,
            service,
            _folder: folder,
        }
    }

    /// Kills the service and starts it again on the same store.
    pub(crate) async fn kill_and_restart(&mut self) {
        self.service.process().kill().await;
        self.restart().await;
    }

    /// Ends the service as a deploy does and starts it again on the same store.
    pub(crate) async fn terminate_and_restart(&mut self) {
        let process = self.service.process();
        process.terminate().unwrap();
        self.within("the service to end", process.ended()).await;
        self.restart().await;
    }

    async fn restart(&mut self) {
        self.service = Service::ready(&self.settings).await.unwrap();
    }

    /// Sends `request` over a new connection.
    pub(crate) async fn send(&self, request: &[u8]) -> Response {
        let mut connection = self.service.connect().await.unwrap();
        self.within("an answer", connection.send(request))
            .await
            .unwrap_or_else(|error| panic!("no answer: {error}\n{}", self.log()))
    }

    /// Posts `body` with these headers and returns the status.
    pub(crate) async fn post(&self, headers: &[(&str, &str)], body: &[u8]) -> u16 {
        self.send(&http::post("/webhook", headers, body))
            .await
            .status
    }

    /// Delivers `body`, rightly signed, and returns the status.
    pub(crate) async fn deliver_body(&self, body: &[u8]) -> u16 {
        self.send(&http::delivery(SECRET, body)).await.status
    }

    /// Delivers `message`, rightly signed, and returns the status.
    pub(crate) async fn deliver(&self, message: &ContactMessage) -> u16 {
        self.deliver_body(&message.body()).await
    }

    /// Returns once the stub has taken `count` chat messages in all.
    pub(crate) async fn answered(&self, count: usize) {
        self.within(&format!("{count} replies"), self.stub.chats_taken(count))
            .await;
    }

    /// The numbers of the messages of conversation number `conversation` that were answered, in
    /// the order of their replies.
    pub(crate) fn answers(&self, conversation: u64) -> Vec<u64> {
        numbers(&self.stub, conversation)
    }

    /// Delivers a new message to conversation number `conversation` and waits for its reply. What
    /// was to be answered there before has been answered then.
    pub(crate) async fn settle(&self, conversation: u64, number: u64) {
        let message = ContactMessage::new(conversation, number);
        assert_eq!(self.deliver(&message).await, 200);
        let replied = async {
            let mut taken = self.stub.chats();
            while !self.answers(conversation).contains(&number) {
                taken += 1;
                self.stub.chats_taken(taken).await;
            }
        };
        self.within(&format!("a reply to n{number}"), replied).await;
    }

    /// Waits for `done`, but not for ever.
    pub(crate) async fn within<T>(&self, what: &str, done: impl Future<Output = T>) -> T {
        tokio::time::timeout(HANG, done).await.unwrap_or_else(|_| {
            panic!(
                "waited too long for {what}; {:?}; log:\n{}",
                self.stub,
                self.log()
            )
        })
    }

    /// How many replies of earlier runs this run found in doubt.
    pub(crate) async fn in_doubt(&self) -> usize {
        const METRIC: &str = "shipmate_outbox_rows_total{became=\"unknown\"} ";
        let metrics = self.send(&http::get("/metrics")).await;
        let text = String::from_utf8(metrics.body).unwrap();
        let mut values = text.lines().filter_map(|line| line.strip_prefix(METRIC));
        values.next().map_or(0, |value| value.parse().unwrap())
    }

    /// What the service has written.
    pub(crate) fn log(&self) -> String {
        self.service.process().log().text()
    }

    /// Nothing went wrong inside that does not show outside, and nothing leaked.
    pub(crate) fn assert_log_is_clean(&self) {
        let log = self.log();
        assert!(!log.contains("panicked"), "{log}");
        assert!(!log.contains(SECRET) && !log.contains(TOKEN), "{log}");
    }
}

/// The numbers of the messages of conversation number `conversation` that `stub` has replies to.
pub(crate) fn numbers(stub: &Stub, conversation: u64) -> Vec<u64> {
    stub.chats_of(&conversation_id(conversation))
        .iter()
        .map(|text| answered_number(text).unwrap_or_else(|| panic!("{text:?} answers no number")))
        .collect()
}

/// The usual settings with a folder for the store.
pub(crate) fn settings(stub: &Stub) -> (Settings, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let binary = binary::echo().unwrap();
    (Settings::new(&binary, folder.path(), &stub.url()), folder)
}
