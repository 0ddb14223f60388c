//! Settings that cannot be used, told to whoever can change them.

use std::{collections::BTreeMap, fmt, sync::Arc};

use web1on1::OrganizationId;

use super::{
    merge::{Effective, Origin, Setting},
    problem::Problem,
};
use crate::why::plain;

/// The bot is silent for an organization, because its settings there cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quarantine {
    pub(crate) organization: OrganizationId,
    /// Where it is known.
    pub(crate) name: Option<String>,
    problems: Vec<(Problem, Arc<Origin>)>,
}

/// The organizations for which a bot is silent.
#[derive(Debug, Default)]
pub(super) struct Quarantines(BTreeMap<OrganizationId, Arc<Quarantine>>);

/// What is worth telling.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum News {
    Begun(Arc<Quarantine>),
    Over,
}

impl Quarantines {
    /// What was found for `organization`. What is known already is no news.
    pub(super) fn note(
        &mut self,
        organization: &OrganizationId,
        found: Option<&Arc<Quarantine>>,
    ) -> Option<News> {
        let Some(found) = found else {
            return self.0.remove(organization).map(|_| News::Over);
        };
        let known = self.0.insert(organization.clone(), Arc::clone(found));
        (known.as_ref() != Some(found)).then(|| News::Begun(Arc::clone(found)))
    }

    pub(super) fn all(&self) -> Vec<Arc<Quarantine>> {
        self.0.values().cloned().collect()
    }
}

impl Quarantine {
    /// Every problem with the place where it can be solved: what is missing belongs into the
    /// organization's own instance.
    pub(super) fn new(
        organization: OrganizationId,
        name: Option<String>,
        effective: &Effective,
        problems: Vec<Problem>,
    ) -> Self {
        let settings: &BTreeMap<String, Setting> = &effective.settings;
        let problems = problems.into_iter().map(|problem| {
            let setting = settings.get(&problem.key);
            let origin = setting.map_or(&effective.own, |setting| &setting.origin);
            let origin = Arc::clone(origin);
            (problem, origin)
        });
        Self {
            organization,
            name,
            problems: problems.collect(),
        }
    }
}

impl fmt::Display for Quarantine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = plain(self.organization.as_str());
        match &self.name {
            Some(name) => write!(f, "the bot is silent for \"{}\" ({id})", plain(name))?,
            None => write!(f, "the bot is silent for organization {id}")?,
        }
        f.write_str(", because its settings there cannot be used")?;
        for (number, (problem, origin)) in self.problems.iter().enumerate() {
            let opening = if number == 0 { ": " } else { "; " };
            let problem = plain(&problem.to_string());
            write!(f, "{opening}{problem} ({})", place(origin))?;
        }
        f.write_str(". Correct it in the console; the bot goes on by itself")
    }
}

fn place(origin: &Origin) -> String {
    let name = plain(&origin.name);
    match &origin.instance {
        Some(id) => format!("in bot instance \"{name}\", {}", plain(id.as_str())),
        None => format!("in the bot \"{name}\" itself"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_once_until_something_else_is_wrong_or_nothing() {
        let quarantine = |name: &str| {
            let effective = Effective::default();
            let name = Some(name.to_owned());
            Arc::new(Quarantine::new("o1".into(), name, &effective, Vec::new()))
        };
        let (first, second) = (quarantine("first"), quarantine("second"));
        let mut quarantines = Quarantines::default();
        let mut note = |found: Option<&Arc<Quarantine>>| quarantines.note(&"o1".into(), found);
        assert_eq!(note(None), None);
        assert_eq!(note(Some(&first)), Some(News::Begun(Arc::clone(&first))));
        assert_eq!(note(Some(&quarantine("first"))), None);
        assert_eq!(note(Some(&second)), Some(News::Begun(Arc::clone(&second))));
        assert_eq!(note(None), Some(News::Over));
        assert_eq!(note(None), None);
        assert!(quarantines.all().is_empty());
    }

    #[test]
    fn whoever_fills_in_settings_is_told_where_and_what() {
        let origin = |instance: Option<&str>, name: &str| {
            Arc::new(Origin {
                instance: instance.map(Into::into),
                name: name.to_owned(),
            })
        };
        let setting = |value: &str, origin: &Arc<Origin>| Setting {
            value: value.to_owned(),
            origin: Arc::clone(origin),
        };
        let (bot, own) = (origin(None, "Intake"), origin(Some("i7"), "Desk"));
        let effective = Effective {
            enabled: true,
            settings: BTreeMap::from([("attempts".to_owned(), setting("many", &bot))]),
            own,
        };
        let problem = |key: &str, found: Option<&str>, expected: &str| Problem {
            key: key.to_owned(),
            found: found.map(str::to_owned),
            expected: expected.to_owned(),
        };
        let problems = vec![
            problem(
                "attempts",
                Some("\"many\""),
                "a whole number, for example 3",
            ),
            problem("company", None, "a text"),
        ];
        let told = |name: Option<&str>| {
            let name = name.map(str::to_owned);
            Quarantine::new("o1".into(), name, &effective, problems.clone()).to_string()
        };
        assert_eq!(
            told(Some("Harbour\nMotors")),
            "the bot is silent for \"Harbour\\u{a}Motors\" (o1), because its settings there cannot \
             be used: `attempts` is \"many\"; it should be a whole number, for example 3 (in the \
             bot \"Intake\" itself); `company` is missing; it should be a text (in bot instance \
             \"Desk\", i7). Correct it in the console; the bot goes on by itself"
        );
        assert!(told(None).starts_with("the bot is silent for organization o1,"));
    }
}
