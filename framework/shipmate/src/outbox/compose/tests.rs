//! What requests become of what rows.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::{Value, json};
use web1on1::{Action, NewMessage};

use super::*;
use crate::{
    limit::{Entry, TextHash, Window},
    outbox::lanes::ALONE,
    policy::{Overflow, Policy},
    store::{Class, Content, Marker, RowKind},
};

const MERGE: Policy = Policy {
    overflow: Overflow::Merge,
    in_doubt: crate::policy::InDoubt::NotTwice,
    expire_after: None,
};

/// What the platform's clock is ahead.
const AHEAD: SignedDuration = SignedDuration::from_secs(7);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

fn message(id: RowId, mut message: NewMessage) -> QueuedRow {
    let marker = Marker::from_text(format!("m{id}"));
    marker.put_into(&mut message.meta);
    let content = Content {
        body: serde_json::to_vec(&message).unwrap().into(),
        text: TextHash::of(&message.text),
        to_consumer: message.role == Some(web1on1::Role::Agent),
        marker,
        ..Content::for_test()
    };
    QueuedRow {
        id,
        content,
        attempts: 0,
        retry_at: None,
        doubt: None,
        created_at: at(0),
    }
}

fn chat(id: RowId, text: &str) -> QueuedRow {
    message(id, NewMessage::chat(text))
}

fn command(id: RowId, text: &str) -> QueuedRow {
    message(id, NewMessage::command(text))
}

fn patch(id: RowId, key: &str, value: &str) -> QueuedRow {
    let mut row = command(id, "");
    row.content.kind = RowKind::Patch;
    row.content.body = json!([[key, value]]).to_string().into();
    row
}

fn with(mut row: QueuedRow, change: impl FnOnce(&mut QueuedRow)) -> QueuedRow {
    change(&mut row);
    row
}

fn noted(row: QueuedRow, sets: &Value) -> QueuedRow {
    let sets = sets.to_string().into();
    with(row, |row| row.content.sets = Some(sets))
}

fn tried(row: QueuedRow) -> QueuedRow {
    with(row, |row| row.attempts = 1)
}

fn until(second: i64, row: QueuedRow) -> QueuedRow {
    with(row, |row| row.content.expires_at = Some(at(second)))
}

fn or_else(row: QueuedRow, variants: &[&str]) -> QueuedRow {
    let variants = variants.iter().map(|text| (*text).to_owned()).collect();
    with(row, |row| row.content.variants = variants)
}

/// A lane at second 0 of our clock.
#[derive(Debug, Clone)]
struct Lane {
    rows: Vec<QueuedRow>,
    ledger: Ledger,
    limits: Limits,
    options: Options,
    now: Timestamp,
}

fn lane(rows: impl IntoIterator<Item = QueuedRow>) -> Lane {
    Lane {
        rows: rows.into_iter().collect(),
        ledger: Ledger::default(),
        limits: Limits::default(),
        options: Options {
            batch: 20,
            longest: 1_500,
            lines: Lines::Understood,
            policies: Policies::default(),
        },
        now: at(0),
    }
}

impl Lane {
    /// `count` messages saying `text` were sent at `second` of our clock.
    fn after(mut self, count: usize, text: &str, second: i64) -> Self {
        for _ in 0..count {
            let text = TextHash::of(text);
            let at = at(second) + AHEAD;
            self.ledger.record(Entry { at, text });
        }
        self
    }

    fn merging(mut self) -> Self {
        self.options.policies.reply = MERGE;
        self
    }

    fn lines(mut self, lines: Lines) -> Self {
        self.options.lines = lines;
        self
    }

    fn compose(&self) -> Composed {
        let now = Moment {
            ledger: &self.ledger,
            limits: &self.limits,
            local: self.now,
            platform: self.now + AHEAD,
        };
        compose(&self.rows, &self.options, &now)
    }

    /// What the store and the memory hold after the claim.
    fn claim(&mut self, claim: &Claim) {
        for (id, content) in &claim.rewritten {
            let row = self.rows.iter_mut().find(|row| row.id == *id).unwrap();
            row.content = content.clone();
        }
        let ended = |id| claim.ended.iter().any(|(ended, ..)| *ended == id);
        self.rows.retain(|row| !ended(row.id));
    }
}

/// What becomes of a lane, a line for each row that is sent or ends.
#[track_caller]
fn check(lane: &Lane, expected: &[&str]) {
    let composed = lane.compose();
    assert_eq!(
        composed.claim.rows,
        composed.send.iter().map(|row| row.id).collect::<Vec<_>>()
    );
    let sent = composed.send.iter().map(show);
    let ended = composed.claim.ended.iter();
    let ended = ended.map(|(id, end, reason)| format!("{id} {}: {reason}", end.as_str()));
    let wait = composed.wait.iter().map(|wait| {
        let rule = wait.rule.map_or("retry", Rule::as_str);
        let second = wait.until.as_second() - at(0).as_second();
        format!("{rule} until {second}")
    });
    let got: Vec<_> = sent.chain(ended).chain(wait).collect();
    assert_eq!(got, expected);
}

fn show(row: &QueuedRow) -> String {
    let Ok(body) = serde_json::from_slice::<Value>(&row.content.body) else {
        return format!("{} {}", row.id, String::from_utf8_lossy(&row.content.body));
    };
    if row.content.kind == RowKind::Patch {
        return format!("{} patch {body}", row.id);
    }
    let text = body["text"].as_str().unwrap_or_default();
    assert_eq!(row.content.text, TextHash::of(text));
    assert_eq!(
        body["meta"],
        json!({"_shipmate": row.content.marker.as_str()})
    );
    let sets = row.content.sets.as_ref();
    let sets = sets.map(|sets| format!(" noting {}", String::from_utf8_lossy(sets)));
    format!(
        "{} {}{}",
        row.id,
        text.replace('\n', "|"),
        sets.unwrap_or_default()
    )
}

#[test]
fn what_fits_is_sent_as_it_is_without_being_read() {
    let unreadable = |id| with(chat(id, "Hi"), |row| row.content.body = "not JSON".into());
    check(
        &lane([unreadable(1), unreadable(2)]).merging(),
        &["1 not JSON", "2 not JSON"],
    );
    let composed = lane([chat(1, "Hi")]).compose();
    assert!(composed.claim.rewritten.is_empty());
}

#[test]
fn what_is_too_late_ends_and_the_rest_goes() {
    check(
        &lane([until(0, chat(1, "Late")), until(1, chat(2, "In time"))]),
        &[
            "2 In time",
            "1 expired: could not be sent before 2023-11-14T22:13:20Z, when its time was over",
        ],
    );
    let ended = lane([until(0, chat(1, "Late"))]).compose();
    assert!(ended.send.is_empty() && ended.wait.is_none());
    assert_eq!(ended.claim.ended.len(), 1);
}

#[test]
fn a_lane_waits_no_longer_than_its_first_row_is_worth() {
    let hello = || chat(1, "Hello");
    let full = |row| lane([row, chat(2, "Other")]).after(8, "Hello", -10);
    check(&full(hello()), &["identical until 172"]);
    check(&full(until(60, hello())), &["identical until 60"]);
}

#[test]
fn a_patch_is_a_request_of_its_own_and_needs_no_room() {
    let full = |rows: Vec<QueuedRow>| lane(rows).after(20, "", -10);
    check(
        &full(vec![patch(1, "a", "1"), patch(2, "b", "2")]),
        &[r#"1 patch [["a","1"]]"#],
    );
    check(
        &lane([chat(1, "Hi"), patch(2, "a", "1"), chat(3, "Bye")]),
        &["1 Hi"],
    );
}

#[test]
fn a_refused_row_waits_for_its_time_or_is_tried_alone() {
    let refused = |id, time| {
        with(tried(chat(id, "Hi")), |row| {
            row.retry_at = Some(time);
        })
    };
    check(
        &lane([refused(1, at(5)), chat(2, "Next")]),
        &["retry until 5"],
    );
    check(
        &lane([refused(1, at(0)), chat(2, "Next")]),
        &["1 Hi", "2 Next"],
    );
    check(&lane([refused(1, ALONE), chat(2, "Next")]), &["1 Hi"]);
    check(&lane([chat(1, "First"), refused(2, ALONE)]), &["1 First"]);
    check(&lane([chat(1, "First"), refused(2, at(5))]), &["1 First"]);
}

#[test]
fn a_request_takes_what_the_limits_admit_and_at_most_a_batch() {
    let rows = || (1..=30).map(|id| chat(id, &format!("{id}")));
    assert_eq!(lane(rows()).compose().send.len(), 20);
    assert_eq!(lane(rows()).after(15, "", -10).compose().send.len(), 5);
    let mut small = lane(rows());
    small.options.batch = 3;
    assert_eq!(small.compose().send.len(), 3);
    check(
        &lane(rows()).after(20, "", -10),
        &["consecutive until 3592"],
    );
}

#[test]
fn a_variable_that_is_set_again_is_set_once() {
    check(
        &lane([
            command(1, "/set step name\n/set lang nl"),
            chat(2, "Your name?"),
            command(3, "/set step mail"),
            chat(4, "Your e-mail?"),
            command(5, "/set step done"),
        ]),
        &[
            "1 /set lang nl",
            "2 Your name?",
            "4 Your e-mail?",
            "5 /set step done",
            "3 superseded: row 5 sets the same variables later",
        ],
    );
}

#[test]
fn nothing_is_left_out_where_somebody_may_look_or_the_later_one_may_never_come() {
    let first = || command(1, "/set a 1");
    let last = || command(3, "/set a 2");
    for between in [
        command(2, "/notify"),
        command(2, "/accept\n/set b 1"),
        patch(2, "b", "1"),
        message(2, NewMessage::chat("Look").backchannel()),
        message(2, NewMessage::chat("Template").with_meta("template", "x")),
        tried(command(2, "/set b 1")),
        command(2, "/set @status active"),
        command(2, "/set b x\r/leave"),
    ] {
        let lines = Lines::NotUnderstood;
        let composed = lane([first(), between, last()]).lines(lines).compose();
        assert!(composed.claim.ended.is_empty(), "{composed:?}");
        assert_eq!(composed.claim.rows.first(), Some(&1));
    }
    for last in [until(9, last()), tried(last())] {
        check(&lane([first(), last]), &["1 /set a 1", "3 /set a 2"]);
    }
}

#[test]
fn neighbours_share_a_message_in_their_order() {
    check(
        &lane([
            command(1, "/set a 1"),
            command(2, "/set @b 1\n/set @b 2"),
            command(3, "/set a 2\n/set c "),
            chat(4, "Hi"),
            command(5, "/set d 1"),
        ]),
        &[
            "3 /set a 1|/set @b 1|/set @b 2|/set a 2|/set c ",
            "4 Hi",
            "5 /set d 1",
            "1 superseded: merged into row 2",
            "2 superseded: merged into row 3",
        ],
    );
}

#[test]
fn commands_share_no_message_where_that_is_not_understood() {
    check(
        &lane([
            command(1, "/set a 1"),
            command(2, "/set b 1"),
            command(3, "/set a 2"),
            command(4, "/set a 3\n/set b 3"),
        ])
        .lines(Lines::NotUnderstood),
        &[
            "2 /set b 1",
            "3 /set a 2",
            "4 /set a 3|/set b 3",
            "1 superseded: row 3 sets the same variables later",
        ],
    );
}

#[test]
fn what_is_to_be_verified_stays_as_it_was_noted() {
    let noted = noted(command(1, "/set a 1\n/set b 1"), &json!(["as it was"]));
    check(
        &lane([noted, command(2, "/set b 2")]),
        &[r#"1 /set a 1|/set b 1 noting ["as it was"]"#, "2 /set b 2"],
    );
}

#[test]
fn a_text_takes_another_wording_rather_than_wait() {
    let again = |id| or_else(chat(id, "Your name?"), &["", "And your name?", "Name?"]);
    let asked = |count| lane([again(1), again(2), again(3)]).after(count, "Your name?", -10);
    check(
        &asked(7).after(7, "And your name?", -5),
        &["1 Your name?", "2 And your name?", "3 Name?"],
    );
    let composed = asked(8).compose();
    let (_, content) = composed.claim.rewritten.first().unwrap();
    assert_eq!(content.variants, ["", "Your name?", "Name?"]);
    let mut full = asked(8)
        .after(8, "And your name?", -20)
        .after(8, "Name?", -5);
    full.ledger.reset(at(0) + AHEAD);
    check(&full, &["identical until 162"]);
    check(&asked(20), &["consecutive until 3592"]);
}

#[test]
fn texts_are_joined_only_when_not_all_of_them_fit() {
    let rows = || [chat(1, "One"), chat(2, "Two"), chat(3, "Three")];
    let each = ["1 One", "2 Two", "3 Three"];
    check(&lane(rows()).merging(), &each);
    check(&lane(rows()).merging().after(17, "", -10), &each);
    check(&lane(rows()).after(18, "", -10), &["1 One", "2 Two"]);
    check(
        &lane(rows()).merging().after(18, "", -10),
        &[
            "3 One||Two||Three",
            "1 superseded: merged into row 2",
            "2 superseded: merged into row 3",
        ],
    );
    check(
        &lane(rows()).merging().after(20, "", -10),
        &["consecutive until 3592"],
    );
}

#[test]
fn only_plain_texts_of_one_class_that_last_as_long_are_joined() {
    let nudge = |row| with(row, |row| row.content.class = Class::Nudge);
    for other in [
        message(
            2,
            NewMessage::chat("Two").with_action(Action::reply("Yes", "yes")),
        ),
        message(2, NewMessage::chat("<b>Two</b>").html()),
        message(2, NewMessage::sms("Two")),
        message(2, NewMessage::chat("Two").with_meta("a", 1)),
        message(2, NewMessage::card(None, "Two")),
        chat(2, &"x".repeat(1_500)),
        until(9, chat(2, "Two")),
        tried(chat(2, "Two")),
        nudge(chat(2, "Two")),
        command(2, "/notify"),
    ] {
        let composed = lane([chat(1, "One"), other])
            .merging()
            .after(19, "", -10)
            .compose();
        assert_eq!(composed.claim.rows, [1], "{composed:?}");
        assert!(composed.claim.rewritten.is_empty() && composed.claim.ended.is_empty());
    }
}

#[test]
fn joining_never_holds_back_what_could_go_alone() {
    let full = lane([chat(1, "One"), chat(2, "Two")])
        .merging()
        .after(8, "Two", -10)
        .after(8, "One\n\nTwo", -10);
    check(&full, &["1 One"]);
}

/// A random row.
#[derive(Debug, Clone)]
struct Row {
    kind: Kind,
    expires_in: Option<i64>,
    tried: bool,
    nudge: bool,
}

#[derive(Debug, Clone)]
enum Kind {
    Text(&'static str, bool),
    Buttons(&'static str),
    Set(Vec<(&'static str, u8)>),
    Accept(&'static str, u8),
    Notify,
    Patch(&'static str, u8),
}

fn row() -> impl Strategy<Value = Row> {
    let key = || prop::sample::select(vec!["a", "b", "@p"]);
    let text = || prop::sample::select(vec!["x", "y", "z"]);
    let kind = prop_oneof![
        4 => (text(), any::<bool>()).prop_map(|(text, variants)| Kind::Text(text, variants)),
        1 => text().prop_map(Kind::Buttons),
        6 => prop::collection::vec((key(), 0..5_u8), 1..3).prop_map(Kind::Set),
        1 => (key(), 0..5_u8).prop_map(|(key, value)| Kind::Accept(key, value)),
        1 => Just(Kind::Notify),
        1 => (key(), 0..5_u8).prop_map(|(key, value)| Kind::Patch(key, value)),
    ];
    let expires_in = prop::option::weighted(0.15, 0..120_i64);
    (
        kind,
        expires_in,
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(kind, expires_in, tried, nudge)| Row {
            kind,
            expires_in,
            tried,
            nudge,
        })
}

impl Row {
    fn queued(&self, id: RowId) -> QueuedRow {
        let mut row = match &self.kind {
            Kind::Text(text, false) => chat(id, text),
            Kind::Text(text, true) => or_else(chat(id, text), &["v", "w"]),
            Kind::Buttons(text) => message(
                id,
                NewMessage::chat(*text).with_action(Action::reply("Yes", "yes")),
            ),
            Kind::Set(pairs) => {
                let lines: Vec<_> = pairs.iter().map(|(k, v)| format!("/set {k} {v}")).collect();
                command(id, &lines.join("\n"))
            }
            Kind::Accept(key, value) => command(id, &format!("/accept\n/set {key} {value}")),
            Kind::Notify => command(id, "/notify"),
            Kind::Patch(key, value) => patch(id, key, &value.to_string()),
        };
        row.content.expires_at = self.expires_in.map(at);
        row.attempts = u32::from(self.tried);
        if self.nudge {
            row.content.class = Class::Nudge;
        }
        row
    }
}

/// What a conversation sees of a row: its variables, and who looks at them.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    variables: BTreeMap<String, String>,
    /// The row that lets somebody look, and what is seen.
    looks: Vec<(RowId, BTreeMap<String, String>)>,
    /// The conversation's own properties, each time they are set, and what is seen then.
    properties: Vec<(String, String, BTreeMap<String, String>)>,
    texts: Vec<String>,
}

impl Seen {
    fn of<'a>(rows: impl IntoIterator<Item = &'a QueuedRow>) -> Self {
        let mut seen = Self::default();
        rows.into_iter().for_each(|row| seen.see(row));
        seen
    }

    fn see(&mut self, row: &QueuedRow) {
        let body: Value = serde_json::from_slice(&row.content.body).unwrap();
        if row.content.kind == RowKind::Patch {
            self.looks.push((row.id, self.variables.clone()));
            let (key, value) = (&body[0][0], &body[0][1]);
            return self.set(key.as_str().unwrap(), value.as_str().unwrap());
        }
        let text = body["text"].as_str().unwrap();
        if body["type"] == "chat" {
            return self.texts.extend(text.split("\n\n").map(Into::into));
        }
        for line in text.lines() {
            match line
                .strip_prefix("/set ")
                .and_then(|set| set.split_once(' '))
            {
                Some((key, value)) => self.set(key, value),
                None => self.looks.push((row.id, self.variables.clone())),
            }
        }
    }

    fn set(&mut self, key: &str, value: &str) {
        if key.starts_with('@') {
            let seen = self.variables.clone();
            self.properties.push((key.into(), value.into(), seen));
        }
        self.variables.insert(key.into(), value.into());
    }
}

/// The same text, or one of the wordings that [`Row::queued`] gives.
fn says(sent: &str, row: &QueuedRow) -> bool {
    let body: Value = serde_json::from_slice(&row.content.body).unwrap();
    body["text"] == sent || row.content.variants.iter().any(|variant| variant == sent)
}

/// Sends a lane until it is empty. Returns what was sent, when, and how the others ended.
fn drain(mut lane: Lane) -> (Vec<(Timestamp, QueuedRow)>, Vec<Ended>) {
    let (mut sent, mut ended) = (Vec::new(), Vec::new());
    for _ in 0..400 {
        let composed = lane.compose();
        again(&lane, &composed);
        lane.claim(&composed.claim);
        ended.extend(composed.claim.ended.clone());
        if let Some(wait) = composed.wait {
            assert!(wait.until > lane.now, "a later time moves us on");
            lane.now = wait.until;
        }
        for row in composed.send {
            lane.rows.retain(|other| other.id != row.id);
            if row.content.kind == RowKind::Message {
                let (at, text) = (lane.now + AHEAD, row.content.text);
                lane.ledger.record(Entry { at, text });
            }
            sent.push((lane.now, row));
        }
        if lane.rows.is_empty() {
            return (sent, ended);
        }
        lane.now += SignedDuration::from_millis(300);
    }
    panic!("it never ends");
}

/// After a refusal the same is composed again: what was decided does not change.
fn again(lane: &Lane, composed: &Composed) {
    let mut after = lane.clone();
    after.claim(&composed.claim);
    let claimed = |id: &RowId| composed.claim.rows.contains(id);
    for row in after.rows.iter_mut().filter(|row| claimed(&row.id)) {
        row.attempts += 1;
        row.retry_at = Some(lane.now);
    }
    let second = after.compose();
    assert!(
        second.send.len() >= composed.send.len(),
        "{composed:?} {second:?}"
    );
    for (first, second) in composed.send.iter().zip(&second.send) {
        assert_eq!(first.content.body, second.content.body);
    }
    assert!(!second.claim.rewritten.iter().any(|(id, _)| claimed(id)));
    assert!(!second.claim.ended.iter().any(|(id, ..)| claimed(id)));
}

fn tight() -> Limits {
    let window = |max, seconds| Window {
        max,
        span: SignedDuration::from_secs(seconds),
    };
    Limits {
        identical: window(2, 30),
        consecutive: window(5, 100),
        margin: SignedDuration::from_secs(2),
    }
}

fn is_within(limits: &Limits, sent: &[(Timestamp, QueuedRow)]) -> bool {
    let messages: Vec<_> = sent
        .iter()
        .filter(|(_, row)| row.content.kind == RowKind::Message)
        .collect();
    messages.iter().enumerate().all(|(index, (start, row))| {
        let window = |window: Window| {
            let inside = move |other: &&&(Timestamp, QueuedRow)| {
                other.0.duration_since(*start) <= window.span
            };
            messages[index..].iter().filter(inside)
        };
        let same = |other: &&&(Timestamp, QueuedRow)| other.1.content.text == row.content.text;
        window(limits.consecutive).count() <= limits.consecutive.max
            && window(limits.identical).filter(same).count() <= limits.identical.max
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever is queued: every row is sent or ends with a reason; nobody who may look sees
    /// another value, nor is one left behind; every text is said once, in order; no limit is
    /// exceeded.
    #[test]
    fn nothing_changes_but_the_number_of_messages(
        rows in prop::collection::vec(row(), 1..16),
        lines in prop::sample::select(vec![Lines::NotUnderstood, Lines::Understood]),
        merge in any::<bool>(),
        batch in 1..8_usize,
        full in 0..5_usize,
    ) {
        let queued: Vec<_> = rows.iter().zip(1..).map(|(row, id)| row.queued(id)).collect();
        let mut lane = lane(queued.clone()).lines(lines).after(full, "x", -1);
        lane.limits = tight();
        lane.options.batch = batch;
        if merge {
            lane.options.policies.reply = MERGE;
        }
        let (sent, ended) = drain(lane);

        let ids = sent.iter().map(|(_, row)| row.id).chain(ended.iter().map(|row| row.0));
        prop_assert_eq!(ids.clone().collect::<BTreeSet<_>>().len(), queued.len());
        prop_assert_eq!(ids.count(), queued.len());
        prop_assert!(sent.windows(2).all(|pair| pair[0].1.id < pair[1].1.id));
        prop_assert!(ended.iter().all(|(_, _, reason)| !reason.is_empty()));
        prop_assert!(is_within(&tight(), &sent), "{sent:?}");

        let expired = |row: &&QueuedRow| {
            ended.iter().any(|(id, end, _)| *id == row.id && *end == RowEnd::Expired)
        };
        let wanted: Vec<_> = queued.iter().filter(|row| !expired(row)).collect();
        let seen = Seen::of(sent.iter().map(|(_, row)| row));
        let expected = Seen::of(wanted.iter().copied());
        prop_assert_eq!(&seen.variables, &expected.variables);
        prop_assert_eq!(&seen.looks, &expected.looks);
        prop_assert_eq!(&seen.properties, &expected.properties);
        let said = wanted.iter().filter(|row| row.content.to_consumer);
        prop_assert_eq!(seen.texts.len(), expected.texts.len());
        prop_assert!(seen.texts.iter().zip(said).all(|(text, row)| says(text, row)));

        for (_, row) in &sent {
            let set = Seen::of([row]);
            let body: Value = serde_json::from_slice(&row.content.body).unwrap();
            let lines_sent = body["text"].as_str().unwrap_or_default().lines().count();
            if !set.looks.is_empty() || !row.content.to_consumer && lines_sent == 0 {
                continue;
            }
            let original = queued.iter().find(|other| other.id == row.id).unwrap();
            prop_assert!(
                lines == Lines::Understood
                    || row.content.to_consumer
                    || lines_sent <= 1
                    || row.content.body == original.content.body
            );
        }
    }
}
