use std::collections::{BTreeMap, HashMap};

use super::{Object, text};

/// Objects in the order in which they were added, found by `id`.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: BTreeMap<u64, Object>,
    row_by_id: HashMap<String, u64>,
    next_row: u64,
}

impl Table {
    pub(crate) fn get(&self, id: &str) -> Option<&Object> {
        self.rows.get(self.row_by_id.get(id)?)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Object> {
        self.rows.values()
    }

    /// Adds `object` or puts it in the place of the one with its id.
    pub(crate) fn put(&mut self, object: Object) {
        let id = text(&object, "id").unwrap_or_default().to_owned();
        let row = *self.row_by_id.entry(id).or_insert_with(|| {
            self.next_row += 1;
            self.next_row
        });
        self.rows.insert(row, object);
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<Object> {
        self.rows.remove(&self.row_by_id.remove(id)?)
    }
}
