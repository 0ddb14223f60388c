//! What the echo example makes of every kind of fault, on a clock that the test moves. The result
//! is the table of `docs/src/faults.md`; `UPDATE_DOCS=1 cargo test -p shipmate-tests faults`
//! writes it anew.

use std::{collections::BTreeSet, fmt::Write, time::Duration};

use jiff::SignedDuration;
use shipmate::{store::Counts, web1on1::ConversationId};
use shipmate_sandbox::{ApiCall, CallOutcome, Entry, Fault, FaultKind, FaultMix, View};

use crate::{
    book::check_page,
    echo::Echo,
    play::{House, unheld},
};

/// The path a redirect points at, which nobody may follow.
const ELSEWHERE: &str = "/organizations";

/// More turns of the scheduler than a task needs to begin its work when the clock has moved.
const WAKING: usize = 50;

/// The longest a run may take on the sandbox's clock.
const MAX_SECONDS: usize = 1800;

async fn new_house() -> House {
    let (house, ()) = House::with(Echo, unheld(), |setup| setup, |_, _| ()).await;
    house
}

impl House {
    fn open(&self) -> ConversationId {
        self.sandbox
            .open_conversation_with(&self.demo.dealer, "Carl Consumer")
            .unwrap()
    }

    /// Returns when nothing happens any more before time passes.
    async fn settle(&self) {
        loop {
            // Whoever slept on the clock has to notice first that it was moved.
            for _ in 0..WAKING {
                tokio::task::yield_now().await;
            }
            let before = self.last_entry();
            let delivered = self.sandbox.wait_until(|view| !view.is_delivering());
            delivered.await.unwrap();
            tokio::select! {
                () = self.running.settled() => {}
                held = self.sandbox.wait_until(is_holding) => held.unwrap(),
            }
            let is_quiet = self.sandbox.look(|view| !view.is_delivering());
            if is_quiet && self.last_entry() == before {
                return;
            }
        }
    }

    /// Lets a second pass, on the sandbox's clock and on that of the time-outs.
    async fn second(&self) {
        self.settle().await;
        tokio::time::pause();
        tokio::time::advance(Duration::from_millis(1010)).await;
        tokio::time::resume();
        self.clock.advance(SignedDuration::from_secs(1));
        self.settle().await;
    }

    /// Lets time pass until nothing is left to be done.
    async fn until_done(&self) {
        for _ in 0..MAX_SECONDS {
            self.settle().await;
            let is_done = self
                .sandbox
                .look(|view| view.unfinished_deliveries() == 0 && !is_holding(view));
            if is_done && self.running.next_due().is_none() {
                let counts = self.counts().await;
                if counts.queued + counts.unknown == 0 {
                    return;
                }
            }
            self.second().await;
        }
        panic!("not done after {MAX_SECONDS} s: {:?}", self.counts().await);
    }

    async fn counts(&self) -> Counts {
        self.store.counts().await.unwrap()
    }

    fn last_entry(&self) -> Option<u64> {
        self.sandbox
            .look(|view| view.journal().next_back().map(Entry::number))
    }

    fn told(&self, id: &ConversationId) -> Vec<String> {
        let snapshot = self.sandbox.conversation(id).unwrap();
        let told = snapshot.told_contact().into_iter();
        told.map(str::to_owned).collect()
    }

    /// The requests that post messages.
    fn posts(&self) -> Vec<ApiCall> {
        self.calls("POST")
    }

    fn calls(&self, method: &str) -> Vec<ApiCall> {
        let calls = self.sandbox.calls().into_iter();
        calls.filter(|call| call.method == method).collect()
    }

    /// Nothing ended otherwise than it should.
    async fn assert_nothing_is_left(&self, name: &str) {
        let counts = self.counts().await;
        let left = (counts.dead_letters, counts.dead, counts.unresolved);
        assert_eq!(left, (0, 0, 0), "{name}: {counts:?}");
    }
}

/// Whether a fault holds a request up until time passes.
fn is_holding(view: &View<'_>) -> bool {
    let waits = |kind| {
        matches!(
            kind,
            FaultKind::Latency | FaultKind::HoldAnswer | FaultKind::Hang | FaultKind::SlowBody
        )
    };
    view.journal().filter_map(Entry::as_call).any(|call| {
        call.outcome == CallOutcome::UnderWay && call.fault.is_some_and(|fault| waits(fault.kind))
    })
}

/// A fault that is tried.
struct Case {
    name: &'static str,
    fault: Fault,
    /// Whether the platform must be taken to be out of order while the fault lasts.
    is_failure: bool,
}

fn cases() -> Vec<Case> {
    let seconds = SignedDuration::from_secs;
    let elsewhere = format!("http://127.0.0.1:1/v2{ELSEWHERE}");
    let failures = [
        ("429", Fault::answer(429)),
        ("429, `Retry-After: 30`", Fault::busy_for(seconds(30))),
        (
            "429, `Retry-After` as a date",
            Fault::busy_until_in(seconds(30)),
        ),
        ("500", Fault::answer(500)),
        ("502", Fault::answer(502)),
        ("503", Fault::answer(503)),
        ("504", Fault::answer(504)),
        ("502, body is HTML", Fault::answer_html(502)),
        ("503, no body", Fault::answer_empty(503)),
        ("redirect", Fault::redirect(elsewhere)),
        ("connection reset before the effect", Fault::reset_before()),
        ("connection reset after the effect", Fault::lose_answer()),
        ("answer after 2 minutes", Fault::hold_answer(seconds(120))),
        ("never answered", Fault::hang()),
    ];
    // A yes, more or less.
    let answers = [
        ("garbage under a 200", Fault::garbage()),
        ("empty body", Fault::empty_body()),
        ("body cut in the middle", Fault::cut_body()),
        ("a byte a second", Fault::slow_body(seconds(1))),
        ("5 s late", Fault::latency(seconds(5))),
        ("an error inside a 200", Fault::error_in_ok()),
    ];
    let webhooks = [
        ("webhook twice", Fault::webhook_duplicate(1)),
        (
            "webhook 4 times at once",
            Fault::webhook_duplicate_at_once(3),
        ),
        ("webhook overtaken", Fault::webhook_reorder(seconds(10))),
        ("webhook a minute late", Fault::webhook_delay(seconds(60))),
        ("webhook lost on the way", Fault::webhook_drop()),
        ("webhook's answer lost", Fault::webhook_lose_answer()),
        ("webhook wrongly signed", Fault::webhook_wrong_signature()),
        ("webhook not signed", Fault::webhook_no_signature()),
        ("webhook forged", Fault::webhook_forge()),
    ];
    let case = |is_failure, (name, fault): (&'static str, Fault)| Case {
        name,
        fault: if fault.kind().is_webhook() {
            fault.event("message.create.contact.chat")
        } else {
            fault.on("POST", "/messages")
        },
        is_failure,
    };
    let failures = failures.into_iter().map(|it| case(true, it));
    let answers = answers.into_iter().map(|it| case(false, it));
    let webhooks = webhooks.into_iter().map(|it| case(false, it));
    failures.chain(answers).chain(webhooks).collect()
}

/// What echo made of a fault that struck three times while consumers wrote six messages.
struct Row {
    posts: Option<usize>,
    shortest_gap: Option<SignedDuration>,
    webhooks: usize,
    answered: usize,
}

async fn row(case: &Case) -> Row {
    let house = new_house().await;
    // Replies of one conversation that wait together become one request, how many depends on speed.
    let is_webhook = case.fault.kind().is_webhook();
    let conversations: Vec<_> = (0..if is_webhook { 1 } else { 6 })
        .map(|_| house.open())
        .collect();
    house.settle().await;
    house.sandbox.inject(case.fault.clone().times(3));
    for (number, id) in (1..=6).zip(conversations.iter().cycle()) {
        let text = format!("message {number}");
        house.sandbox.contact_says(id, &text).unwrap();
        house.second().await;
    }
    house.until_done().await;
    let struck = house.sandbox.faults()[0].struck;
    assert!((1..=3).contains(&struck), "{}: {struck}", case.name);
    house.sandbox.clear_faults();
    let last = &conversations[0];
    house.sandbox.contact_says(last, "message 7").unwrap();
    house.until_done().await;

    let told: Vec<String> = conversations.iter().flat_map(|id| house.told(id)).collect();
    let different: BTreeSet<&String> = told.iter().collect();
    assert_eq!(different.len(), told.len(), "{}: {told:?}", case.name);
    assert!(
        told.iter().all(|text| text.starts_with("Echo: message ")),
        "{}: {told:?}",
        case.name
    );
    assert_eq!(told.len(), 7, "{}: {told:?}", case.name);
    assert_eq!(house.told(last).last().unwrap(), "Echo: message 7");
    house.assert_nothing_is_left(case.name).await;
    let calls = house.sandbox.calls();
    assert!(calls.iter().all(|call| call.path != ELSEWHERE));
    let journal = house.sandbox.journal();
    Row {
        posts: (!is_webhook).then(|| house.posts().len()),
        shortest_gap: shortest_gap_after_failure(&house.posts()),
        webhooks: journal.iter().filter_map(Entry::as_delivery).count(),
        answered: told.len(),
    }
}

/// The shortest time from a request that failed to the one after it.
fn shortest_gap_after_failure(posts: &[ApiCall]) -> Option<SignedDuration> {
    let pairs = posts.windows(2);
    pairs
        .filter(|pair| pair[0].fault.is_some() && pair[0].ended <= Some(pair[1].at))
        .map(|pair| pair[1].at.duration_since(pair[0].at))
        .min()
}

const INTRODUCTION: &str = "\
# Faults

What the echo example makes of every kind of fault that the [sandbox](sandbox-admin.md) knows, as measured
by `tests/end_to_end/faults.rs`. Six consumers write a message each, one a second (for webhooks, one
consumer writes all six), while the fault strikes at most three times, and one more after it was
cleared. All seven are answered, each once; redirects are not followed, and forged webhooks are not
believed. A reply whose request may or may not have taken effect is looked for, and sent again only if
it is not there.

*requests* are those that post messages;
*gap* is the shortest time, by the sandbox's clock, from a request that was known to have failed to the
next one that posts; *webhooks* counts every attempt to deliver an event of any kind.

| fault | requests | gap | webhooks | answered |
|---|---:|---:|---:|---:|
";

#[tokio::test]
async fn every_fault_is_survived_as_documented() {
    let mut table = INTRODUCTION.to_owned();
    for case in cases() {
        let row = row(&case).await;
        if case.is_failure {
            let is_hot = row.shortest_gap.is_some_and(|gap| gap.as_secs() < 1);
            assert!(!is_hot, "{}: {:?}", case.name, row.shortest_gap);
        }
        let gap = row.shortest_gap.filter(|_| case.is_failure);
        let gap = gap.map_or_else(|| "–".to_owned(), |gap| format!("{} s", gap.as_secs()));
        let Row {
            posts,
            webhooks,
            answered,
            ..
        } = row;
        let name = case.name;
        let posts = posts.map_or_else(|| "–".to_owned(), |posts| posts.to_string());
        writeln!(
            table,
            "| {name} | {posts} | {gap} | {webhooks} | {answered} |"
        )
        .unwrap();
    }
    check_page("faults.md", &table);
}

/// However many conversations wait, a platform that does not work is asked once a second at most.
#[tokio::test]
async fn a_platform_that_fails_is_not_hammered() {
    for case in cases().into_iter().filter(|case| case.is_failure) {
        let house = new_house().await;
        let conversations: Vec<ConversationId> = (0..15).map(|_| house.open()).collect();
        house.settle().await;
        house.sandbox.inject(case.fault.clone().always());
        house
            .sandbox
            .contact_says(&conversations[0], "first")
            .unwrap();
        house.second().await;
        for id in &conversations {
            house.sandbox.contact_says(id, "hello").unwrap();
        }
        for _ in 0..90 {
            house.second().await;
        }
        let posts = house.posts();
        assert!(posts.len() > 1, "{}", case.name);
        let failing_since = posts[0].ended.unwrap();
        for pair in posts.windows(2).filter(|pair| pair[1].at > failing_since) {
            let gap = pair[1].at.duration_since(pair[0].at);
            assert!(gap >= SignedDuration::from_secs(1), "{}: {gap}", case.name);
        }
        house.sandbox.clear_faults();
        house.until_done().await;
        let told: usize = conversations.iter().map(|id| house.told(id).len()).sum();
        assert_eq!(told, 16, "{}", case.name);
        house.assert_nothing_is_left(case.name).await;
    }
}

/// Everything at once, by chance: each reply comes once.
#[tokio::test]
async fn a_mix_of_all_faults_by_chance_is_survived() {
    for seed in 1..=4 {
        let house = new_house().await;
        let conversations: Vec<ConversationId> = (0..3).map(|_| house.open()).collect();
        house.settle().await;
        house.sandbox.inject(FaultMix::new(seed).rate(0.3));
        for (number, id) in (1..=12).zip(conversations.iter().cycle()) {
            let text = format!("message {number}");
            house.sandbox.contact_says(id, &text).unwrap();
            house.second().await;
        }
        assert!(house.sandbox.faults()[0].struck > 3, "seed {seed}");
        house.sandbox.clear_faults();
        house.until_done().await;

        let told: Vec<String> = conversations.iter().flat_map(|id| house.told(id)).collect();
        let different: BTreeSet<&String> = told.iter().collect();
        assert_eq!(different.len(), told.len(), "seed {seed}: {told:?}");
        let is_answer = |text: &String| text.starts_with("Echo: message ");
        assert!(told.iter().all(is_answer), "seed {seed}: {told:?}");
        assert_eq!(told.len(), 12, "seed {seed}: {told:?}");
        house.assert_nothing_is_left(&format!("seed {seed}")).await;
    }
}
