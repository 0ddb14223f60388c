//! The script of the survey: what is asked, what is answered, and what has to come of it.

use web1on1::{Message, MessageType};

/// What the consumer begins with.
pub(super) const GREETING: &str = "Hello there";

/// What is asked, in this order, and what the consumer answers. The first e-mail address is none,
/// so it is asked for again.
pub(super) const ANSWERS: [(&str, &str); 11] = [
    (NAME, "Ann Example"),
    (EMAIL, "not an address"),
    (EMAIL, "ann@example.com"),
    ("On which number can we reach you?", "+31 20 123 4567"),
    ("How old are you?", "34"),
    ("On which day would you like to come?", "2030-03-12"),
    ("Which model would you like to drive?", "SUV"),
    ("Which engine?", "Electric"),
    ("Since when do you have a driving licence?", "2001-02-28"),
    ("Do you have a car to trade in?", "Yes"),
    ("Anything else we should know?", "skip"),
];

/// The last of what the consumer is told.
pub(super) const THANKS: &str = "Thank you.";

const NAME: &str = "What is your name?";
const EMAIL: &str = "What is your e-mail address?";
const WELCOME: &str = "Welcome to";

/// What has to happen once each: the consumer is told something, or a person is handed something.
pub(super) fn expected() -> Vec<Step> {
    let told = [WELCOME].into_iter();
    let told = told.chain(ANSWERS.iter().map(|(question, _)| *question));
    let mut steps: Vec<Step> = told.map(Step::Told).collect();
    steps.extend([Step::Report, Step::Told(THANKS), Step::Assign, Step::Notify]);
    steps
}

/// Something that the script asks of the bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// A text to the consumer, by what is in it.
    Told(&'static str),
    Report,
    Assign,
    Notify,
}

/// What a bot's message does of the script: none for notes of its own, several for commands that
/// share a message.
pub(super) fn steps(message: &Message) -> Vec<Step> {
    match message.kind {
        MessageType::Report => vec![Step::Report],
        MessageType::Command => message.text.lines().filter_map(handing_over).collect(),
        _ => told(&message.text).into_iter().collect(),
    }
}

fn handing_over(line: &str) -> Option<Step> {
    match line {
        "/assign" => Some(Step::Assign),
        "/notify" => Some(Step::Notify),
        _ => None,
    }
}

/// The question, or the rest of the script, that a text to the consumer is.
pub(super) fn told(text: &str) -> Option<Step> {
    let questions = ANSWERS.iter().map(|(question, _)| *question);
    let mut known = questions.chain([WELCOME, THANKS]);
    known.find(|known| text.contains(known)).map(Step::Told)
}
