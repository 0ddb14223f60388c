//! What is told is exactly true: small definitions are played to every end by the engine.

use std::collections::BTreeSet;

use jiff::{Timestamp, tz::TimeZone};
use proptest::prelude::*;

use super::super::super::*;

/// What a question takes, and every message that makes a difference.
#[derive(Debug, Clone)]
enum Asks {
    YesNo,
    OneOf(usize),
    SeveralOf(usize),
    Scale(u8),
    Number { step: bool },
}

#[derive(Debug, Clone)]
struct Asked {
    asks: Asks,
    required: bool,
    skips: bool,
    when: Option<Wish>,
}

/// A condition, before the questions it is about are known.
#[derive(Debug, Clone)]
enum Wish {
    Test { of: usize, how: usize, with: usize },
    Answered(usize),
    Not(Box<Wish>),
    Both(bool, Box<Wish>, Box<Wish>),
}

const KEYS: [&str; 3] = ["red", "green", "blue"];

impl Asks {
    fn kind(&self) -> QuestionType {
        match self {
            Self::YesNo => QuestionType::YesNo,
            Self::OneOf(_) => QuestionType::SingleChoice,
            Self::SeveralOf(_) => QuestionType::MultipleChoice,
            Self::Scale(_) => QuestionType::Scale,
            Self::Number { .. } => QuestionType::Number,
        }
    }

    /// Values that conditions compare with, some of them beyond what can be answered.
    fn constants(&self) -> Vec<String> {
        match self {
            Self::YesNo => vec!["yes".to_owned(), "no".to_owned()],
            Self::OneOf(count) | Self::SeveralOf(count) => KEYS
                .iter()
                .take(*count)
                .map(|key| (*key).to_owned())
                .collect(),
            Self::Scale(_) => (0..6).map(|number| number.to_string()).collect(),
            Self::Number { .. } => ["-1", "0", "0.5", "1", "2", "3"]
                .map(str::to_owned)
                .to_vec(),
        }
    }

    fn messages(&self) -> Vec<String> {
        match self {
            Self::SeveralOf(count) => (1..1_usize << count)
                .map(|chosen| {
                    let keys = KEYS.iter().enumerate().take(*count);
                    let keys = keys.filter(|(index, _)| chosen >> index & 1 == 1);
                    keys.map(|(_, key)| *key).collect::<Vec<_>>().join(", ")
                })
                .collect(),
            Self::Scale(to) => (1..=*to).map(|number| number.to_string()).collect(),
            Self::Number { step: true } => ["0", "1", "2"].map(str::to_owned).to_vec(),
            Self::Number { step: false } => ["0", "0.2", "0.5", "0.7", "1", "1.5", "2"]
                .map(str::to_owned)
                .to_vec(),
            Self::YesNo | Self::OneOf(_) => self.constants(),
        }
    }

    fn has_order(&self) -> bool {
        !matches!(self, Self::YesNo | Self::SeveralOf(_))
    }
}

impl Wish {
    /// The condition on these questions.
    fn text(&self, questions: &[Asked]) -> String {
        let name = |of: usize| of % questions.len();
        match self {
            Self::Answered(of) => format!("q{} is answered", name(*of)),
            Self::Not(wish) => format!("not ({})", wish.text(questions)),
            Self::Both(and, one, other) => {
                let word = if *and { "and" } else { "or" };
                format!(
                    "({}) {word} ({})",
                    one.text(questions),
                    other.text(questions)
                )
            }
            Self::Test { of, how, with } => {
                let asks = &questions[name(*of)].asks;
                let hows: &[&str] = match asks {
                    asks if asks.has_order() && !matches!(asks, Asks::OneOf(_)) => {
                        &["is", "is not", "<", "<=", ">", ">="]
                    }
                    _ => &["is", "is not"],
                };
                let constants = asks.constants();
                let constant = &constants[with % constants.len()];
                format!("q{} {} {constant}", name(*of), hows[how % hows.len()])
            }
        }
    }
}

fn any_wish() -> impl Strategy<Value = Wish> {
    let leaf = prop_oneof![
        4 => (0..9_usize, 0..9_usize, 0..9_usize).prop_map(|(of, how, with)| Wish::Test { of, how, with }),
        1 => (0..9_usize).prop_map(Wish::Answered),
    ];
    leaf.prop_recursive(2, 5, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|wish| Wish::Not(Box::new(wish))),
            (any::<bool>(), inner.clone(), inner).prop_map(|(and, one, other)| Wish::Both(
                and,
                Box::new(one),
                Box::new(other)
            )),
        ]
    })
}

fn any_question() -> impl Strategy<Value = Asked> {
    let asks = prop_oneof![
        Just(Asks::YesNo),
        (2..4_usize).prop_map(Asks::OneOf),
        (2..4_usize).prop_map(Asks::SeveralOf),
        (2..5_u8).prop_map(Asks::Scale),
        any::<bool>().prop_map(|step| Asks::Number { step }),
    ];
    let when = prop::option::weighted(0.7, any_wish());
    (asks, any::<bool>(), prop::bool::weighted(0.2), when).prop_map(
        |(asks, required, skips, when)| Asked {
            asks,
            required,
            skips,
            when,
        },
    )
}

fn definition(questions: &[Asked], screen_outs: &[Wish], quotas: &[Wish]) -> Definition {
    let mut definition = Definition::new("x");
    for (index, asked) in questions.iter().enumerate() {
        let kind = asked.asks.kind();
        let mut question = QuestionDefinition::new(format!("q{index}"), kind, "?");
        question.required = asked.required;
        if asked.skips {
            question.give_up = GiveUp::Skip;
        }
        match asked.asks {
            Asks::OneOf(count) | Asks::SeveralOf(count) => {
                let keys = KEYS.iter().take(count);
                question.options = keys.map(|key| OptionDefinition::new(*key, *key)).collect();
            }
            Asks::Scale(to) => {
                (question.min, question.max) = (Some("1".to_owned()), Some(to.to_string()));
            }
            Asks::Number { step } => {
                (question.min, question.max) = (Some("0".to_owned()), Some("2".to_owned()));
                question.step = step.then(|| "1".to_owned());
            }
            Asks::YesNo => {}
        }
        question.when = match &asked.when {
            Some(wish) if index > 0 => Some(wish.text(&questions[..index])),
            _ => None,
        };
        definition.questions.push(question);
    }
    for (index, wish) in screen_outs.iter().enumerate() {
        let rule = ScreenOutDefinition::new(format!("s{index}"), wish.text(questions));
        definition.screen_outs.push(rule);
    }
    for (index, wish) in quotas.iter().enumerate() {
        let mut quota = QuotaDefinition::new(format!("t{index}"), 1);
        quota.when = Some(wish.text(questions));
        definition.quotas.push(quota);
    }
    definition
}

/// What happens when every message is tried at every question.
#[derive(Debug, Default)]
struct Played {
    asked: BTreeSet<String>,
    /// Passed by, because its condition did not hold.
    passed_by: BTreeSet<String>,
    screened_out: BTreeSet<String>,
    quotas: BTreeSet<String>,
    completes: bool,
}

fn play(questions: &[Asked], questionnaire: &Questionnaire) -> Played {
    let context = Context::new(Timestamp::UNIX_EPOCH, TimeZone::UTC, Locale::En);
    let mut played = Played::default();
    let mut waiting = vec![Progress::default()];
    while let Some(progress) = waiting.pop() {
        let place = match questionnaire.next(&progress) {
            Next::Question(question) => {
                let name = question.name().to_owned();
                played.asked.insert(name.clone());
                let place: usize = name[1..].parse().unwrap();
                let mut messages = questions[place].asks.messages();
                messages.extend((!questions[place].required).then(|| "skip".to_owned()));
                for message in messages {
                    let mut progress = progress.clone();
                    let reply =
                        questionnaire.answer(&mut progress, &Input::text(&message), &context);
                    assert!(
                        matches!(reply, Reply::Accepted { .. } | Reply::Skipped { .. }),
                        "{message}: {reply:?}"
                    );
                    waiting.push(progress);
                }
                if questions[place].skips {
                    let mut progress = progress.clone();
                    progress.skip(&name);
                    waiting.push(progress);
                }
                place
            }
            Next::ScreenedOut(rule) => {
                played.screened_out.insert(rule.name.clone());
                continue;
            }
            Next::Complete => {
                played.completes = true;
                let quotas = questionnaire.quotas(&progress).into_iter();
                played.quotas.extend(quotas.map(|quota| quota.name.clone()));
                questions.len()
            }
            other => panic!("{other:?}"),
        };
        let relevant = questionnaire.relevant(&progress);
        for question in questionnaire.questions().iter().take(place) {
            if !relevant.iter().any(|other| other.name() == question.name()) {
                played.passed_by.insert(question.name().to_owned());
            }
        }
    }
    played
}

/// The findings of which `told` is part, by their paths.
fn told(findings: &[Finding], told: &str) -> BTreeSet<String> {
    let found = findings
        .iter()
        .filter(|finding| finding.text.contains(told));
    found
        .map(|finding| finding.path.trim_end_matches(".when").to_owned())
        .collect()
}

fn check(definition: &Definition, questions: &[Asked]) -> Result<(), TestCaseError> {
    let questionnaire = Questionnaire::from_definition(definition).unwrap();
    let findings = examine(definition);
    let played = play(questions, &questionnaire);
    prop_assert!(told(&findings, "not decided").is_empty(), "{findings:?}");

    let never = told(&findings, "it is never asked");
    let nobody_gets = told(&findings, "nor is what follows");
    let cut = nobody_gets.iter().next().map(|path| place(path));
    let always = told(&findings, "always holds");
    for index in 0..questions.len() {
        let (path, name) = (format!("questions[{index}]"), format!("q{index}"));
        // After the first question that nobody gets to, no more are told of.
        let is_never = never.contains(&path) || cut.is_some_and(|cut| cut <= index);
        prop_assert_eq!(
            !played.asked.contains(&name),
            is_never,
            "{}: {:?}",
            name,
            findings
        );
        let has_when = definition.questions[index].when.is_some();
        let is_always =
            has_when && played.asked.contains(&name) && !played.passed_by.contains(&name);
        prop_assert_eq!(
            is_always,
            always.contains(&path),
            "{}: {:?}",
            name,
            findings
        );
    }
    let completes = told(&findings, "nobody gets to the end").is_empty()
        && told(&findings, "before anything is asked").is_empty();
    prop_assert_eq!(played.completes, completes, "{:?}", findings);
    if told(&findings, "before anything is asked").is_empty() {
        let nobody = told(&findings, "nobody is screened out");
        for index in 0..definition.screen_outs.len() {
            let happens = played.screened_out.contains(&format!("s{index}"));
            let path = format!("screen_outs[{index}]");
            prop_assert_eq!(!happens, nobody.contains(&path), "{}: {:?}", path, findings);
        }
    }
    if completes {
        let nobody = told(&findings, "nobody belongs");
        for index in 0..definition.quotas.len() {
            let happens = played.quotas.contains(&format!("t{index}"));
            let path = format!("quotas[{index}]");
            prop_assert_eq!(!happens, nobody.contains(&path), "{}: {:?}", path, findings);
        }
    }
    Ok(())
}

fn place(path: &str) -> usize {
    let digits: String = path.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

proptest! {
    #[test]
    fn what_is_told_is_what_the_engine_does(
        questions in prop::collection::vec(any_question(), 1..5),
        screen_outs in prop::collection::vec(any_wish(), 0..3),
        quotas in prop::collection::vec(any_wish(), 0..2),
    ) {
        let definition = definition(&questions, &screen_outs, &quotas);
        check(&definition, &questions)?;
    }
}
