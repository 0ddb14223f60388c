//! What a report shows, before it is text or HTML.

mod bars;
mod facts;

pub(super) use bars::{Bar, bars};
pub(super) use facts::facts;

use super::{Fraction, Summary, shares};

/// A length of time in words: `1 min 40 s`.
pub(super) fn duration(seconds: &Fraction) -> String {
    let seconds: u64 = seconds.rounded(0).parse().unwrap_or_default();
    let (minutes, rest) = (seconds / 60, seconds % 60);
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{rest} s"),
        (0, minutes) => format!("{minutes} min {rest} s"),
        (hours @ 0..=47, minutes) => format!("{hours} h {minutes} min"),
        (hours, _) => format!("{} days {} h", hours / 24, hours % 24),
    }
}

/// `2.5 %`.
pub(super) fn percent(part: u64, whole: u64) -> String {
    Fraction::percent(part, whole).map_or_else(|| "–".to_owned(), |share| format!("{share} %"))
}

/// How the responses ended, those under way last.
pub(super) fn ends(summary: &Summary) -> Vec<Bar> {
    let ends = summary.ends.iter();
    let mut counts: Vec<_> = ends.map(|(end, count)| (end.to_string(), *count)).collect();
    counts.push(("under way".to_owned(), summary.under_way()));
    of_whole(counts)
}

/// The questions, by how many came as far.
pub(super) fn funnel(summary: &Summary) -> Vec<(Bar, String)> {
    let steps = summary.funnel().into_iter();
    steps
        .map(|step| {
            let answered = format!("{} answered", step.answered);
            let left = (step.left > 0).then(|| format!("{} left", step.left));
            let here = (step.waiting > 0).then(|| format!("{} still here", step.waiting));
            let condition = step
                .is_conditional
                .then(|| "only some are asked".to_owned());
            let notes = [Some(answered), left, here, condition];
            let notes: Vec<_> = notes.into_iter().flatten().collect();
            let bar = Bar::of_all(step.label, step.reached, summary.started);
            (bar, notes.join(", "))
        })
        .collect()
}

/// Bars whose shares add up.
pub(super) fn of_whole(counts: Vec<(String, u64)>) -> Vec<Bar> {
    let numbers: Vec<_> = counts.iter().map(|(_, count)| *count).collect();
    let shares = shares(&numbers);
    counts
        .into_iter()
        .zip(shares)
        .map(|((label, count), share)| Bar {
            label,
            count,
            length: share.permille(),
            shown: share.to_string(),
        })
        .collect()
}

/// How many belong to what: organizations, languages and versions, where there are several.
pub(super) fn groups(summary: &Summary) -> Vec<(&'static str, Vec<Bar>)> {
    let organizations = summary.organizations.iter().map(|(organization, count)| {
        let label = match organization.as_str() {
            "" => "none",
            organization => organization,
        };
        (label.to_owned(), *count)
    });
    let locales = summary.locales.iter();
    let locales = locales.map(|(locale, count)| (locale.tag().to_owned(), *count));
    let versions = summary.versions.iter();
    let versions = versions.map(|(version, count)| (version.to_string(), *count));
    let groups = [
        ("By organization", organizations.collect::<Vec<_>>()),
        ("By language", locales.collect()),
        ("By version", versions.collect()),
    ];
    let several = groups.into_iter().filter(|(_, counts)| counts.len() > 1);
    several
        .map(|(name, counts)| (name, of_whole(counts)))
        .collect()
}
