//! Questions that nobody gets to, and conditions that decide nothing.

use super::{
    super::{Severity, definition::Findings},
    domain::Domain,
    rules::{Decides, Rule, rules},
    survey::Survey,
    walk::{Seen, Turns, Walk, domains},
};

pub(super) fn check(survey: &Survey<'_>, findings: &mut Findings<'_>) {
    let rules = rules(survey);
    let domains = domains(survey, &rules);
    let walk = Walk::new(survey, &rules, &domains);
    let seen = walk.run();
    let anyway = walk.without_screen_outs().run();
    let mut teller = Teller {
        survey,
        rules: &rules,
        domains: &domains,
        findings,
    };
    teller.tell_of_questions(&seen, &anyway);
    teller.tell_of_endings(&seen);
}

struct Teller<'s, 'a, 'f> {
    survey: &'s Survey<'a>,
    rules: &'s [Rule<'a>],
    domains: &'s [Domain],
    findings: &'s mut Findings<'f>,
}

impl Teller<'_, '_, '_> {
    fn tell_of_questions(&mut self, seen: &Seen, anyway: &Seen) {
        let decided = seen.gave_up_at.unwrap_or(usize::MAX);
        for (place, turns) in seen.questions.iter().enumerate() {
            if place > decided {
                return self.tell_undecided(place);
            }
            if !turns.reached {
                return self.tell_end(place);
            }
            let without = anyway.questions.get(place).copied().unwrap_or_default();
            self.tell_of_question(place, *turns, without);
        }
    }

    fn tell_of_question(&mut self, place: usize, turns: Turns, anyway: Turns) {
        let rule = self.rule(Decides::Question(place));
        let Some(rule) = rule.filter(|_| !(turns.holds && turns.fails)) else {
            return;
        };
        let path = format!("{}.when", self.survey.path(place));
        if let Some(doubt) = self.doubt(rule) {
            let problem =
                format!("whether the condition makes a difference was not decided: {doubt}");
            return self.findings.add(Severity::Note, &path, problem);
        }
        let condition = rule.condition;
        if turns.holds {
            let problem =
                format!("`{condition}` always holds here; leave `when` out, or correct it");
            return self.findings.add(Severity::Warning, &path, problem);
        }
        let why = if anyway.holds {
            "holds only for those who were screened out before; correct the condition or the screen-outs"
        } else {
            "holds for no answers; correct the condition"
        };
        let problem = format!("it is never asked, because `{condition}` {why}");
        self.findings.add(Severity::Error, &path, problem);
    }

    /// Nobody is left.
    fn tell_end(&mut self, place: usize) {
        if let Some(doubt) = self.doubt_of_screen_outs() {
            let problem = format!("whether it is ever asked was not decided: {doubt}");
            return self
                .findings
                .add(Severity::Note, self.survey.path(place), problem);
        }
        let problem = "it is never asked, nor is what follows: everybody was screened out before; correct the screen-outs";
        self.findings
            .add(Severity::Error, self.survey.path(place), problem);
    }

    fn tell_undecided(&mut self, place: usize) {
        let problem = "from here on it was not decided which questions are ever asked: the conditions look at too many answers at once";
        self.findings
            .add(Severity::Note, self.survey.path(place), problem);
    }

    fn tell_of_endings(&mut self, seen: &Seen) {
        if let Some(place) = seen.at_once {
            let path = format!("screen_outs[{place}].when");
            let problem = "it holds before anything is asked, so everybody is screened out; add `… is answered and`";
            return self.findings.add(Severity::Error, &path, problem);
        }
        if seen.gave_up_at.is_some() {
            return;
        }
        if !seen.completes {
            self.tell_that_nobody_completes();
        }
        for (place, happens) in seen.screened_out.iter().enumerate() {
            let path = format!("screen_outs[{place}].when");
            self.tell_if_never(
                *happens,
                Decides::ScreenOut(place),
                &path,
                "nobody is screened out by this",
            );
        }
        for (place, happens) in seen.quotas.iter().enumerate() {
            if seen.completes {
                let path = format!("quotas[{place}].when");
                self.tell_if_never(
                    *happens,
                    Decides::Quota(place),
                    &path,
                    "nobody belongs to this quota",
                );
            }
        }
    }

    fn tell_if_never(&mut self, happens: bool, decides: Decides, path: &str, what: &str) {
        let Some(rule) = self.rule(decides).filter(|_| !happens) else {
            return;
        };
        if let Some(doubt) = self.doubt(rule) {
            let problem = format!("whether the condition can hold was not decided: {doubt}");
            return self.findings.add(Severity::Note, path, problem);
        }
        let condition = rule.condition;
        let problem = format!(
            "{what}: `{condition}` holds for no answers that get so far; correct it or leave it out"
        );
        self.findings.add(Severity::Warning, path, problem);
    }

    fn tell_that_nobody_completes(&mut self) {
        if let Some(doubt) = self.doubt_of_screen_outs() {
            let problem = format!("whether anybody gets to the end was not decided: {doubt}");
            return self.findings.add(Severity::Note, "screen_outs", problem);
        }
        let problem =
            "nobody gets to the end: everybody is screened out on the way; correct the screen-outs";
        self.findings.add(Severity::Error, "screen_outs", problem);
    }

    fn rule(&self, decides: Decides) -> Option<&'_ Rule<'_>> {
        self.rules.iter().find(|rule| rule.decides == decides)
    }

    /// Why what was seen of a rule may not be all: an answer that it depends on.
    fn doubt(&self, rule: &Rule<'_>) -> Option<String> {
        let mut places = rule.looks_at.clone();
        places.extend(
            self.screen_outs()
                .flat_map(|rule| rule.looks_at.iter().copied()),
        );
        self.doubt_of(places)
    }

    fn doubt_of_screen_outs(&self) -> Option<String> {
        let places = self
            .screen_outs()
            .flat_map(|rule| rule.looks_at.iter().copied());
        self.doubt_of(places.collect())
    }

    fn screen_outs(&self) -> impl Iterator<Item = &Rule<'_>> {
        let rules = self.rules.iter();
        rules.filter(|rule| matches!(rule.decides, Decides::ScreenOut(_)))
    }

    /// The first doubt about these questions, and all that decide whether they are asked.
    fn doubt_of(&self, mut places: Vec<usize>) -> Option<String> {
        let mut next = 0;
        while let Some(place) = places.get(next).copied() {
            next += 1;
            if let Some(doubt) = self.domains.get(place).and_then(|domain| domain.doubt) {
                let name = self.survey.questions().get(place)?.name();
                return Some(format!("`{name}` {doubt}"));
            }
            let when = self.rule(Decides::Question(place));
            let more = when.into_iter().flat_map(|rule| &rule.looks_at);
            let more: Vec<usize> = more
                .copied()
                .filter(|place| !places.contains(place))
                .collect();
            places.extend(more);
        }
        None
    }
}
