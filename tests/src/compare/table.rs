//! The tables of the comparison, in Markdown.

use std::fmt;

use super::{Rates, Tally};

/// A scenario that was played by both.
#[derive(Debug, Clone)]
pub struct Played {
    /// What went wrong.
    pub name: &'static str,
    /// What Shipmate made of it.
    pub shipmate: Tally,
    /// What the SDK made of it.
    pub sdk: Tally,
}

/// Everything that was measured in one run.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The scenarios; in the first, nothing goes wrong.
    pub played: Vec<Played>,
    /// What Shipmate takes when it keeps each answer at once and nothing goes wrong.
    pub at_once: Tally,
    /// What Shipmate takes in and answers.
    pub shipmate: Rates,
    /// What the SDK takes in and answers.
    pub sdk: Rates,
}

type Count = (&'static str, fn(&Tally) -> u64);

const COUNTS: [Count; 9] = [
    ("completed", |tally| tally.completed as u64),
    ("lost", |tally| tally.lost as u64),
    ("doubled", |tally| tally.doubled as u64),
    ("out of order", |tally| tally.disordered as u64),
    ("beside the script", |tally| tally.astray as u64),
    ("wrong answers kept", |tally| tally.wrong as u64),
    ("forged accepted", |tally| tally.forged as u64),
    ("refused by limits", |tally| tally.refused),
    ("ended by itself", |tally| tally.ended as u64),
];

impl Comparison {
    fn total(&self, of: impl Fn(&Played) -> &Tally) -> Tally {
        let mut total = Tally::default();
        for played in &self.played {
            total += of(played);
        }
        total
    }

    fn counts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ours, theirs) = (self.total(|it| &it.shipmate), self.total(|it| &it.sdk));
        row(
            f,
            "conversations played",
            ours.conversations,
            theirs.conversations,
            "",
        )?;
        for (name, count) in COUNTS {
            row(f, name, count(&ours), count(&theirs), "")?;
        }
        Ok(())
    }

    fn costs(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(calm) = self.played.first() else {
            return Ok(());
        };
        let requests = |tally: &Tally| per_intake(tally.requests, tally);
        let messages = |tally: &Tally| per_intake(tally.messages, tally);
        for (name, ours, theirs) in [
            (
                "requests per intake",
                requests(&calm.shipmate),
                requests(&calm.sdk),
            ),
            (
                "messages per intake",
                messages(&calm.shipmate),
                messages(&calm.sdk),
            ),
            (
                "requests per intake, each answer kept at once",
                requests(&self.at_once),
                requests(&calm.sdk),
            ),
            (
                "messages per intake, each answer kept at once",
                messages(&self.at_once),
                messages(&calm.sdk),
            ),
        ] {
            compared(f, name, ours, theirs, 1)?;
        }
        Ok(())
    }

    fn rates(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ours, theirs) = (&self.shipmate, &self.sdk);
        let megabytes = |rates: &Rates| as_float(rates.resident_bytes >> 10) / 1024.0;
        for (name, ours, theirs) in [
            (
                "webhooks acknowledged per second",
                ours.accepted,
                theirs.accepted,
            ),
            (
                "… the SDK without any handler",
                ours.accepted_idle,
                theirs.accepted_idle,
            ),
            (
                "webhooks answered per second, end to end",
                ours.echoed,
                theirs.echoed,
            ),
            (
                "resident memory after the load, MiB",
                megabytes(ours),
                megabytes(theirs),
            ),
        ] {
            compared(f, name, ours, theirs, 0)?;
        }
        row(
            f,
            "requests to the API under that load",
            ours.requests,
            theirs.requests,
            "",
        )?;
        row(
            f,
            "not acknowledged under that load",
            ours.refused,
            theirs.refused,
            "",
        )?;
        row(
            f,
            "not answered under that load",
            ours.unanswered,
            theirs.unanswered,
            "",
        )
    }

    fn scenarios(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "| what goes wrong |")?;
        for (name, _) in COUNTS {
            write!(f, " {name} |")?;
        }
        writeln!(f, "\n|---|{}", "---:|".repeat(COUNTS.len()))?;
        for Played {
            name,
            shipmate,
            sdk,
        } in &self.played
        {
            write!(f, "| {name} |")?;
            for (_, count) in COUNTS {
                write!(f, " {} / {} |", count(shipmate), count(sdk))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| | Shipmate | official SDK | ratio |\n|---|---:|---:|---:|"
        )?;
        self.counts(f)?;
        self.costs(f)?;
        self.rates(f)?;
        writeln!(f)?;
        self.scenarios(f)
    }
}

fn row(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    ours: impl fmt::Display,
    theirs: impl fmt::Display,
    ratio: &str,
) -> fmt::Result {
    writeln!(f, "| {name} | {ours} | {theirs} | {ratio} |")
}

fn compared(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    ours: f64,
    theirs: f64,
    digits: usize,
) -> fmt::Result {
    let ratio = format!("{:.2}", ours / theirs);
    let shown = |number: f64| format!("{number:.digits$}");
    row(f, name, shown(ours), shown(theirs), &ratio)
}

/// A mean over the conversations.
fn per_intake(count: u64, tally: &Tally) -> f64 {
    as_float(count) / as_float(tally.conversations.max(1) as u64)
}

#[expect(clippy::cast_precision_loss, reason = "shown with few digits")]
fn as_float(count: u64) -> f64 {
    count as f64
}
