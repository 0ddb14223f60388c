//! The platform's forms, read when they are needed and kept for a while.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use shipmate::{
    form::Questionnaire,
    web1on1::{Client, Error, Form, FormId, FormStatus, Query},
};

/// How long a form is used before it is read again. A `form.*` event makes it be read sooner.
const FRESH_FOR: SignedDuration = SignedDuration::from_mins(10);

/// What was asked for, what it came to, and until when that is used.
type Kept = HashMap<Wanted, (Timestamp, Arc<[Arc<Intakeable>]>)>;

/// Which forms are wanted, and how they are to be asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Wanted {
    pub(crate) which: Which,
    pub(crate) attempts: u32,
    pub(crate) review: bool,
    pub(crate) profile: bool,
}

/// Which forms are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Which {
    /// These, in their order.
    These(Vec<String>),
    /// Those of these organizations that have one of these labels; all of them if there are none.
    Of {
        organizations: Vec<String>,
        labels: Vec<String>,
    },
}

impl Which {
    fn query(&self) -> Query {
        match self {
            Self::These(ids) => Query::new().any_of("id", ids),
            Self::Of { organizations, .. } => Query::new().any_of("organization", organizations),
        }
    }

    /// The active ones of `forms`, in order.
    fn choose(&self, mut forms: Vec<Form>) -> Vec<Form> {
        forms.retain(|form| form.status == FormStatus::Active);
        match self {
            Self::These(ids) => {
                forms.sort_by_key(|form| ids.iter().position(|id| id == form.id.as_str()));
            }
            Self::Of { labels, .. } => forms.retain(|form| {
                labels.is_empty() || form.labels.iter().any(|label| labels.contains(label))
            }),
        }
        forms
    }
}

/// The forms that were read lately.
#[derive(Debug, Default)]
pub(crate) struct Forms {
    kept: Mutex<Kept>,
}

/// A form and the questions it makes.
#[derive(Debug)]
pub(crate) struct Intakeable {
    pub(crate) form: Form,
    pub(crate) questionnaire: Questionnaire,
}

impl Forms {
    /// The active forms that are wanted, in their order.
    ///
    /// Listing is used and not fetching, because the rights of bots name only the former
    /// (authentication, scopes).
    pub(crate) async fn offered(
        &self,
        client: &Client,
        wanted: Wanted,
        now: Timestamp,
    ) -> Result<Arc<[Arc<Intakeable>]>, Error> {
        if let Some((until, forms)) = self.kept().get(&wanted)
            && now < *until
        {
            return Ok(Arc::clone(forms));
        }
        let listed = client.forms().list(&wanted.which.query()).await?;
        let forms: Arc<[_]> = wanted
            .which
            .choose(listed)
            .into_iter()
            .map(|form| Arc::new(intakeable(form, &wanted)))
            .collect();
        let until = now.saturating_add(FRESH_FOR).unwrap_or(now);
        self.kept().insert(wanted, (until, Arc::clone(&forms)));
        Ok(forms)
    }

    /// The form as it was last read, however long ago.
    pub(crate) fn known(&self, id: &FormId) -> Option<Arc<Intakeable>> {
        let kept = self.kept();
        let mut forms = kept.values().flat_map(|(_, forms)| forms.iter());
        forms.find(|known| known.form.id == *id).cloned()
    }

    /// Forgets all forms, because one has changed.
    pub(crate) fn forget(&self) {
        self.kept().clear();
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn intakeable(form: Form, wanted: &Wanted) -> Intakeable {
    let questionnaire = Questionnaire::from_form(&form)
        .max_attempts(wanted.attempts)
        .with_review(wanted.review);
    let questionnaire = if wanted.profile {
        questionnaire.with_profile_fields_of(&form)
    } else {
        questionnaire
    };
    for warning in questionnaire.warnings() {
        tracing::warn!(form = %form.id, "{warning}");
    }
    Intakeable {
        form,
        questionnaire,
    }
}
