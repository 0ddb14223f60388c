//! A survey as it is asked: one version of it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::mark::Mark;
use crate::{
    causes::with_causes,
    form::{Definition, DefinitionErrors, Locale, OnChange, Questionnaire, Survey},
};

/// How many earlier editions are kept ready. Conversations rarely span more.
const MOST_EARLIER: usize = 8;

/// One version of a survey: its [`Definition`], and the questions it makes. It is made once, and
/// an [`Interviewer::of`](super::Interviewer::of) it holds it in conversations.
///
/// ```
/// use shipmate::interview::Edition;
///
/// let edition = Edition::from_toml(r#"
///     id = "after-sales"
///     version = 2
///     on_change = "migrate"
///
///     [[questions]]
///     name = "score"
///     type = "nps"
///     text = "Would you recommend us?"
/// "#)?;
/// assert_eq!((edition.id(), edition.version()), ("after-sales", 2));
/// # Ok::<(), shipmate::form::DefinitionErrors>(())
/// ```
///
/// # When the survey changes
///
/// Conversations may be under way, begun with an edition before this one. What becomes of them is
/// said by [`on_change`](Definition::on_change) of *this* one: they go on with the edition that they
/// began with, or with this one and the answers that are still valid, or begin again. A version that
/// is lower is a change like any other. If the version is the same but the content is not, they are
/// taken over as for `migrate`, and the log says so.
#[derive(Debug)]
pub struct Edition {
    definition: Definition,
    questionnaire: Questionnaire,
    fingerprint: String,
    languages: Vec<Locale>,
    /// Earlier ones that conversations are still held in, by their fingerprints; none for those
    /// that cannot be used any more.
    earlier: Mutex<BTreeMap<String, Option<Arc<Edition>>>>,
}

impl Edition {
    /// The edition that a definition describes.
    ///
    /// # Errors
    ///
    /// If the definition cannot be used: everything that is wrong with it, each with its place.
    pub fn new(definition: Definition) -> Result<Self, DefinitionErrors> {
        Ok(Self {
            questionnaire: Questionnaire::from_definition(&definition)?,
            fingerprint: fingerprint(&definition),
            languages: definition.languages(),
            definition,
            earlier: Mutex::default(),
        })
    }

    /// The edition that is written as TOML.
    ///
    /// # Errors
    ///
    /// If it is not TOML, not a definition, or one that cannot be used.
    pub fn from_toml(text: &str) -> Result<Self, DefinitionErrors> {
        Self::new(Definition::from_toml(text)?)
    }

    /// The edition that a struct describes.
    ///
    /// # Errors
    ///
    /// As for [`Survey::questionnaire`].
    pub fn of<S: Survey>() -> Result<Self, DefinitionErrors> {
        Self::new(S::definition())
    }

    /// The survey's id, by which its answers are kept.
    pub fn id(&self) -> &str {
        &self.definition.id
    }

    /// Its version.
    pub fn version(&self) -> u32 {
        self.definition.version
    }

    /// What it says.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// What it asks.
    pub fn questionnaire(&self) -> &Questionnaire {
        &self.questionnaire
    }

    /// The language to speak with a consumer who would like `wanted`: that one, if the survey [is meant
    /// for it](Definition::languages), or else English or the first one that it is meant for.
    pub fn locale_for(&self, wanted: Locale) -> Locale {
        let speaks = |locale| self.languages.contains(&locale);
        match self.languages.first() {
            Some(_) if speaks(wanted) => wanted,
            Some(_) if speaks(Locale::En) => Locale::En,
            Some(first) => *first,
            None => wanted,
        }
    }

    /// What an interview remembers of this edition.
    pub(super) fn mark(&self) -> Mark {
        let is_pinned = self.definition.on_change == OnChange::Pin;
        Mark {
            version: Some(self.version()),
            fingerprint: self.fingerprint.clone(),
            // Without it, an interview that is to be pinned is migrated.
            pinned: is_pinned
                .then(|| serde_json::to_value(&self.definition).ok())
                .flatten(),
        }
    }

    /// The edition that an interview was begun with, if it is another one and is still there.
    pub(super) fn earlier(&self, mark: &Mark) -> Option<Arc<Self>> {
        let pinned = mark.pinned.as_ref()?;
        if mark.fingerprint == self.fingerprint {
            return None;
        }
        let mut earlier = self.earlier.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = earlier.get(&mark.fingerprint) {
            return known.clone();
        }
        if earlier.len() >= MOST_EARLIER {
            earlier.clear();
        }
        let read = self.read(pinned);
        earlier.insert(mark.fingerprint.clone(), read.clone());
        read
    }

    fn read(&self, pinned: &Value) -> Option<Arc<Self>> {
        let definition = Definition::deserialize(pinned).map_err(|error| with_causes(&error));
        let edition = definition
            .and_then(|definition| Self::new(definition).map_err(|error| with_causes(&error)));
        match edition {
            Ok(edition) => Some(Arc::new(edition)),
            Err(error) => {
                tracing::warn!(
                    survey = self.id(),
                    "conversations that began with an earlier version go on with version {}, because the earlier one cannot be used any more: {error}",
                    self.version(),
                );
                None
            }
        }
    }
}

/// The same for definitions that say the same.
fn fingerprint(definition: &Definition) -> String {
    let text = serde_json::to_vec(definition).unwrap_or_default();
    let digest = Sha256::digest(text);
    let number = digest
        .first_chunk()
        .map(|bytes| u128::from_be_bytes(*bytes));
    format!("{:032x}", number.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edition(head: &str) -> Edition {
        let questions =
            "[[questions]]\nname = 'a'\ntype = 'nps'\ntext = { en = 'A?', nl = 'A?' }\n";
        Edition::from_toml(&format!("id = 'visit'\n{head}\n{questions}")).unwrap()
    }

    #[test]
    fn a_definition_that_was_kept_is_the_same_edition() {
        let new = edition("texts = { thanks = { en = ['Cheers!', 'Thanks!'] } }");
        let kept = new.mark().pinned.unwrap();
        let kept = Edition::new(serde_json::from_value(kept).unwrap()).unwrap();
        assert_eq!(kept.fingerprint, new.fingerprint);
        assert!(new.earlier(&kept.mark()).is_none());
        assert_ne!(edition("version = 2").fingerprint, new.fingerprint);
    }

    #[test]
    fn an_earlier_edition_is_built_once() {
        let (old, new) = (edition("version = 1"), edition("version = 2"));
        let mark = old.mark();
        let first = new.earlier(&mark).unwrap();
        assert_eq!(first.version(), 1);
        assert!(Arc::ptr_eq(&first, &new.earlier(&mark).unwrap()));
    }

    #[test]
    fn an_earlier_edition_that_cannot_be_read_or_built_is_none() {
        let new = edition("version = 2");
        for pinned in [
            serde_json::json!({"id": "visit", "gone": true, "questions": []}),
            serde_json::json!({"id": "visit", "questions": []}),
            serde_json::json!(7),
        ] {
            let mark = Mark {
                version: Some(1),
                fingerprint: pinned.to_string(),
                pinned: Some(pinned),
            };
            assert!(new.earlier(&mark).is_none());
        }
    }

    #[test]
    fn only_so_many_earlier_editions_are_kept_ready() {
        let new = edition("version = 1");
        for version in 2..40 {
            let mark = edition(&format!("version = {version}")).mark();
            assert_eq!(new.earlier(&mark).unwrap().version(), version);
        }
        assert!(new.earlier.lock().unwrap().len() <= MOST_EARLIER);
    }
}
