//! Looking up in one sorted map while another one is walked in order: each is gone through once.

use std::collections::{BTreeMap, btree_map};
use std::iter::Peekable;

/// A place in a map that only moves forward.
pub(crate) struct Cursor<'m, K, V> {
    rest: Peekable<btree_map::Iter<'m, K, V>>,
}

impl<'m, K: Ord, V> Cursor<'m, K, V> {
    /// Stands before the first entry.
    pub(crate) fn new(map: &'m BTreeMap<K, V>) -> Self {
        Self { rest: map.iter().peekable() }
    }

    /// The value of a key. Keys are asked for in rising order: what lies before one is never found again.
    pub(crate) fn at(&mut self, key: &K) -> Option<&'m V> {
        while self.rest.next_if(|(found, _)| *found < key).is_some() {}
        self.rest.peek().filter(|(found, _)| *found == key).map(|(_, value)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_finds_what_is_there_and_passes_what_is_not_asked_for() {
        let map = BTreeMap::from([(1, "a"), (3, "c"), (4, "d"), (9, "i")]);
        let mut cursor = Cursor::new(&map);
        let found: Vec<Option<&&str>> = [0, 1, 1, 2, 4, 8, 10].iter().map(|key| cursor.at(key)).collect();
        assert_eq!(found, [None, Some(&"a"), Some(&"a"), None, Some(&"d"), None, None]);
    }
}
