//! Counting what came of a scenario, from the sandbox's record.

use std::{collections::BTreeMap, ops::AddAssign};

use serde_json::Value;
use shipmate_sandbox::{AttemptOutcome, ConversationSnapshot, Entry, Sandbox, Signature};
use web1on1::UserId;

use super::{
    Script,
    survey::{self, Step},
};

/// What one side made of a scenario, or of several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Conversations in all.
    pub conversations: usize,
    /// Those in which everything happened that had to.
    pub completed: usize,
    /// Questions never asked, messages never answered, reports never made …
    pub lost: usize,
    /// What happened more often than it had to.
    pub doubled: usize,
    /// What came before something that it had to follow.
    pub disordered: usize,
    /// What the consumer was told beside the script.
    pub astray: usize,
    /// Answers kept with another value than without faults.
    pub wrong: usize,
    /// Forged or unsigned deliveries that were answered with success.
    pub forged: usize,
    /// Requests and messages refused by a limit.
    pub refused: u64,
    /// How often the bot's process ended by itself.
    pub ended: usize,
    /// Requests to the API.
    pub requests: u64,
    /// Messages of the bot.
    pub messages: u64,
}

/// The answers that a conversation's variables keep.
pub(super) type Answers = BTreeMap<String, Value>;

impl AddAssign<&Tally> for Tally {
    fn add_assign(&mut self, other: &Tally) {
        self.conversations += other.conversations;
        self.completed += other.completed;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.disordered += other.disordered;
        self.astray += other.astray;
        self.wrong += other.wrong;
        self.forged += other.forged;
        self.refused += other.refused;
        self.ended += other.ended;
        self.requests += other.requests;
        self.messages += other.messages;
    }
}

impl Tally {
    pub(super) fn of_platform(sandbox: &Sandbox) -> Self {
        let report = sandbox.report();
        Self {
            forged: sandbox.look(|view| view.journal().filter(|entry| is_forged(entry)).count()),
            refused: report.refused_total(),
            requests: report.requests,
            messages: report.bot_messages,
            ..Self::default()
        }
    }

    /// Counts a conversation; `answers` are those that a survey keeps without faults.
    pub(super) fn add(
        &mut self,
        script: Script,
        conversation: &ConversationSnapshot,
        bot: &UserId,
        answers: Option<&Answers>,
    ) {
        let one = match script {
            Script::Survey => {
                let kept = kept(conversation);
                let is_wrong =
                    |key: &&String| answers.is_some_and(|right| right.get(*key) != kept.get(*key));
                Self {
                    wrong: kept.keys().filter(is_wrong).count(),
                    ..compare(&survey::expected(), &survey_steps(conversation, bot))
                }
            }
            Script::Echo | Script::Idle => compare(&echoes(conversation), &said(conversation, bot)),
        };
        *self += &one;
    }
}

fn is_forged(entry: &Entry) -> bool {
    entry.as_delivery().is_some_and(|attempt| {
        matches!(attempt.signature, Signature::Wrong | Signature::Missing)
            && matches!(
                attempt.outcome,
                AttemptOutcome::Answered { status: 200..300 }
            )
    })
}

/// The variables in which a survey keeps answers; those that a bot keeps for itself are left out.
pub(super) fn kept(conversation: &ConversationSnapshot) -> Answers {
    let variables = conversation.conversation.meta.iter();
    variables
        .filter(|(key, _)| key.starts_with("intake.") && *key != "intake.form")
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn survey_steps(conversation: &ConversationSnapshot, bot: &UserId) -> Vec<Option<Step>> {
    let mut found = Vec::new();
    for message in conversation.sent_by(bot) {
        let steps = survey::steps(message);
        if steps.is_empty() && message.role.is_some() {
            found.push(None);
        }
        found.extend(steps.into_iter().map(Some));
    }
    found
}

/// What echo has to say, in the order in which the consumer wrote.
fn echoes(conversation: &ConversationSnapshot) -> Vec<String> {
    let mut written: Vec<_> = conversation
        .messages
        .iter()
        .filter(|message| message.is_from_contact())
        .collect();
    written.sort_by_key(|message| message.created_at);
    written
        .iter()
        .map(|message| format!("Echo: {}", message.text))
        .collect()
}

fn said(conversation: &ConversationSnapshot, bot: &UserId) -> Vec<Option<String>> {
    let sent = conversation.sent_by(bot).into_iter();
    sent.map(|message| Some(message.text.clone())).collect()
}

/// Sets what had to happen, in this order, against what happened.
fn compare<T: PartialEq>(expected: &[T], found: &[Option<T>]) -> Tally {
    let mut open: Vec<bool> = vec![true; expected.len()];
    let mut tally = Tally {
        conversations: 1,
        ..Tally::default()
    };
    let mut furthest = 0;
    for step in found {
        let Some(step) = step.as_ref().filter(|step| expected.contains(*step)) else {
            tally.astray += 1;
            continue;
        };
        let next = (0..)
            .zip(open.iter_mut())
            .zip(expected)
            .find(|((_, is_open), wanted)| **is_open && *wanted == step);
        let Some(((place, is_open), _)) = next else {
            tally.doubled += 1;
            continue;
        };
        *is_open = false;
        if place < furthest {
            tally.disordered += 1;
        }
        furthest = furthest.max(place);
    }
    tally.lost = open.iter().filter(|is_open| **is_open).count();
    tally.completed = usize::from(tally.lost == 0);
    tally
}

/// The conversation's messages in which `question` was put to the consumer.
pub(super) fn times_told(conversation: &ConversationSnapshot, question: &'static str) -> usize {
    let told = conversation.told_contact().into_iter();
    told.filter(|text| survey::told(text) == Some(Step::Told(question)))
        .count()
}

/// Whether everything of the survey happened and the bot has left.
pub(super) fn is_over(conversation: &ConversationSnapshot, bot: &UserId) -> bool {
    let steps = survey_steps(conversation, bot);
    let has_happened = |step: &Step| steps.contains(&Some(*step));
    survey::expected().iter().all(has_happened) && !conversation.is_active(bot)
}
