//! Every way through the questions, as far as conditions tell them apart.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    super::{GiveUp, Question},
    domain::Domain,
    rules::{Decides, Rule, tests_of},
    survey::Survey,
};

/// Ways that are told apart at one question. Beyond, nothing more is decided.
const MOST_WAYS: usize = 20_000;

/// What was answered to the questions that conditions look at, by their places: nothing, or one of
/// the answers of their domain. What no condition will look at any more is left out.
type Way = Vec<u16>;

const NOTHING: u16 = 0;

/// What happens on any way.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// By question: whether anybody gets to it, and how its condition turns out.
    pub(super) questions: Vec<Turns>,
    /// By screen-out: whether it ends the questions for anybody.
    pub(super) screened_out: Vec<bool>,
    /// The screen-out that holds before anything is asked.
    pub(super) at_once: Option<usize>,
    /// By quota: whether anybody belongs to it in the end.
    pub(super) quotas: Vec<bool>,
    /// Whether anybody gets to the end.
    pub(super) completes: bool,
    /// The place of the question at which there were too many ways.
    pub(super) gave_up_at: Option<usize>,
}

/// How a condition turns out.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Turns {
    pub(super) reached: bool,
    pub(super) holds: bool,
    pub(super) fails: bool,
}

pub(super) struct Walk<'s, 'a> {
    survey: &'s Survey<'a>,
    rules: &'s [Rule<'a>],
    domains: &'s [Domain],
    /// Whether screen-outs end anything.
    screens_out: bool,
}

/// The domain of each question; empty for those that no condition looks at.
pub(super) fn domains(survey: &Survey<'_>, rules: &[Rule<'_>]) -> Vec<Domain> {
    let questions = survey.questions().iter();
    questions
        .map(
            |question| match tests_of(rules, &question.name).as_slice() {
                [] => Domain::default(),
                tests => Domain::of(question, tests),
            },
        )
        .collect()
}

impl<'s, 'a> Walk<'s, 'a> {
    pub(super) fn new(
        survey: &'s Survey<'a>,
        rules: &'s [Rule<'a>],
        domains: &'s [Domain],
    ) -> Self {
        Self {
            survey,
            rules,
            domains,
            screens_out: true,
        }
    }

    /// The same as if nobody was screened out.
    pub(super) fn without_screen_outs(self) -> Self {
        Self {
            screens_out: false,
            ..self
        }
    }

    pub(super) fn run(&self) -> Seen {
        let questions = self.survey.questions();
        let questionnaire = self.survey.questionnaire;
        let mut seen = Seen {
            questions: vec![Turns::default(); questions.len()],
            screened_out: vec![false; questionnaire.screen_outs.len()],
            quotas: vec![false; questionnaire.quotas.len()],
            ..Seen::default()
        };
        let start = vec![NOTHING; questions.len()];
        seen.at_once = self.screened_out(&start, 0);
        let mut ways = BTreeSet::new();
        match seen.at_once {
            Some(rule) => mark(&mut seen.screened_out, rule),
            None => {
                ways.insert(start);
            }
        }
        for (place, question) in questions.iter().enumerate() {
            ways = self.step(place, question, &ways, &mut seen);
            if ways.len() > MOST_WAYS {
                seen.gave_up_at = Some(place);
                return seen;
            }
        }
        seen.completes = !ways.is_empty();
        for rule in self.rules {
            if let Decides::Quota(quota) = rule.decides
                && ways.iter().any(|way| self.holds(rule, way))
            {
                mark(&mut seen.quotas, quota);
            }
        }
        seen
    }

    /// Takes every way past one question.
    fn step(
        &self,
        place: usize,
        question: &Question,
        ways: &BTreeSet<Way>,
        seen: &mut Seen,
    ) -> BTreeSet<Way> {
        let own = Decides::Question(place);
        let when = self.rules.iter().find(|rule| rule.decides == own);
        let mut turns = Turns::default();
        let mut next = BTreeSet::new();
        for way in ways {
            turns.reached = true;
            if when.is_some_and(|rule| !self.holds(rule, way)) {
                turns.fails = true;
                next.insert(self.shortened(way.clone(), place));
                continue;
            }
            turns.holds = true;
            for way in self.answered(place, question, way) {
                match self.screened_out(&way, place) {
                    Some(rule) => mark(&mut seen.screened_out, rule),
                    None => {
                        next.insert(self.shortened(way, place));
                    }
                }
            }
        }
        if let Some(of_question) = seen.questions.get_mut(place) {
            *of_question = turns;
        }
        next
    }

    /// The ways on from a question that is asked.
    fn answered(&self, place: usize, question: &Question, way: &Way) -> Vec<Way> {
        let domain = self.domains.get(place);
        let answers = domain.map_or(0, |domain| domain.answers.len());
        if tests_of(self.rules, &question.name).is_empty() {
            return vec![way.clone()];
        }
        let may_be_left_out = !question.required || question.give_up == GiveUp::Skip;
        let first = u16::from(!may_be_left_out);
        let answers = u16::try_from(answers).unwrap_or(u16::MAX);
        let choices = first..=answers;
        choices
            .map(|answer| {
                let mut way = way.clone();
                if let Some(own) = way.get_mut(place) {
                    *own = answer;
                }
                way
            })
            .collect()
    }

    /// The way without what no condition looks at after `place`.
    fn shortened(&self, mut way: Way, place: usize) -> Way {
        for (other, answer) in way.iter_mut().enumerate() {
            let is_needed = self.rules.iter().any(|rule| {
                let is_settled = match rule.decides {
                    Decides::Question(of) => of <= place,
                    Decides::ScreenOut(_) => rule.settled_after() <= place,
                    Decides::Quota(_) => false,
                };
                !is_settled && rule.looks_at.contains(&other)
            });
            if !is_needed {
                *answer = NOTHING;
            }
        }
        way
    }

    /// The screen-out that ends the questions after the one at `place`. Those that were settled
    /// before did not hold then, and what they looked at is left out of the way by now.
    fn screened_out(&self, way: &Way, place: usize) -> Option<usize> {
        let mut open = self.rules.iter().filter(|rule| {
            let is_screen_out = matches!(rule.decides, Decides::ScreenOut(_));
            is_screen_out && rule.settled_after() >= place
        });
        let found = open.find(|rule| self.screens_out && self.holds(rule, way))?;
        match found.decides {
            Decides::ScreenOut(rule) => Some(rule),
            _ => None,
        }
    }

    fn holds(&self, rule: &Rule<'_>, way: &Way) -> bool {
        rule.condition.holds(|field| self.answer(field, way))
    }

    fn answer(&self, field: &str, way: &Way) -> Option<&Value> {
        let place = self.survey.place(field)?;
        let answer = usize::from(*way.get(place)?);
        self.domains.get(place)?.answers.get(answer.checked_sub(1)?)
    }
}

fn mark(marks: &mut [bool], place: usize) {
    if let Some(mark) = marks.get_mut(place) {
        *mark = true;
    }
}
