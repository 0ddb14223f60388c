//! What was read for organizations, until it changes or grows old.

use std::collections::HashMap;

use jiff::Timestamp;
use web1on1::OrganizationId;

use super::change::Change;

/// Changes noted while one organization is read. More of them count as a change of everything.
const NOTED: usize = 64;

/// Something that was read.
pub(super) trait Cached {
    /// Whether `change` makes it out of date.
    fn is_changed_by(&self, change: &Change) -> bool;

    /// When it is to be read again in any case.
    fn until(&self) -> Timestamp;
}

/// By organization. What changes while it is read is not kept.
#[derive(Debug)]
pub(super) struct Cache<E> {
    kept: HashMap<OrganizationId, E>,
    /// Of each organization that is being read: what has changed since that began.
    under_way: HashMap<OrganizationId, Vec<Change>>,
}

impl<E> Default for Cache<E> {
    fn default() -> Self {
        Self {
            kept: HashMap::new(),
            under_way: HashMap::new(),
        }
    }
}

impl<E: Cached> Cache<E> {
    /// What was read, if it still holds at `now`.
    pub(super) fn fresh(&self, organization: &OrganizationId, now: Timestamp) -> Option<&E> {
        self.known(organization).filter(|kept| now < kept.until())
    }

    /// What was read, however long ago.
    pub(super) fn known(&self, organization: &OrganizationId) -> Option<&E> {
        self.kept.get(organization)
    }

    /// Reading begins. Only one at a time may read an organization.
    pub(super) fn begin(&mut self, organization: &OrganizationId) {
        self.under_way.insert(organization.clone(), Vec::new());
    }

    /// Reading has ended: keeps what was read, unless it has changed since it began.
    pub(super) fn end(&mut self, organization: &OrganizationId, read: E) {
        let missed = self.under_way.remove(organization).unwrap_or_default();
        if !missed.iter().any(|change| read.is_changed_by(change)) {
            self.kept.insert(organization.clone(), read);
        }
    }

    /// Forgets what `change` concerns, and nothing else.
    pub(super) fn apply(&mut self, change: &Change) {
        self.kept.retain(|_, kept| !kept.is_changed_by(change));
        for missed in self.under_way.values_mut() {
            if missed.len() < NOTED {
                missed.push(change.clone());
            } else {
                *missed = vec![Change::Everything];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Out of date by a change of these organizations.
    #[derive(Debug, PartialEq)]
    struct Entry(&'static [&'static str]);

    impl Cached for Entry {
        fn is_changed_by(&self, change: &Change) -> bool {
            match change {
                Change::Organization(id) => self.0.contains(&id.as_str()),
                _ => true,
            }
        }

        fn until(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }
    }

    fn change(organization: &str) -> Change {
        Change::Organization(organization.into())
    }

    #[test]
    fn what_changes_while_it_is_read_is_not_kept() {
        let id = OrganizationId::from("leaf");
        for (changes, kept) in [
            (vec![], true),
            (vec![change("other")], true),
            (vec![change("other"), change("root")], false),
            (vec![Change::Everything], false),
            (vec![change("other"); 65], false),
        ] {
            let mut cache = Cache::default();
            cache.apply(&Change::Everything);
            cache.begin(&id);
            for change in &changes {
                cache.apply(change);
            }
            cache.end(&id, Entry(&["root", "leaf"]));
            assert_eq!(cache.known(&id).is_some(), kept, "{changes:?}");
        }
    }

    #[test]
    fn a_reading_that_was_given_up_leaves_nothing_behind() {
        let id = OrganizationId::from("leaf");
        let mut cache = Cache::default();
        cache.begin(&id);
        cache.apply(&Change::Everything);
        cache.begin(&id);
        cache.end(&id, Entry(&[]));
        assert!(cache.known(&id).is_some());
        assert!(cache.fresh(&id, Timestamp::UNIX_EPOCH).is_none());
        assert!(cache.fresh(&id, Timestamp::MIN).is_some());
        assert!(cache.under_way.is_empty());
    }
}
