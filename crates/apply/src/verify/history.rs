//! The log replayed: what each workspace had last applied, entry by entry.

use std::collections::BTreeMap;

use deskform_model::{Address, AppliedRow, Digest};

use crate::root::applied_root;
use crate::{AuditEntry, EntryAction};

/// What the entries so far leave as last applied.
#[derive(Debug, Default)]
pub(crate) struct History {
    pub(crate) applied: BTreeMap<Address, AppliedRow>,
}

impl History {
    /// True if the entry has what its action needs and starts from what the log knows of the resource.
    pub(crate) fn fits(&self, entry: &AuditEntry) -> bool {
        let (before, after) = (entry.before.is_some(), entry.after.is_some());
        let shape = match entry.action {
            EntryAction::Create => !before && after,
            EntryAction::Update
            | EntryAction::Replace
            | EntryAction::Move
            | EntryAction::Adopt
            | EntryAction::Forget
            | EntryAction::Follow => before && after,
            EntryAction::Delete => before && !after,
            EntryAction::Record => true,
            EntryAction::StoreCreated => !before && !after && entry.address.is_none(),
        };
        let kept = match entry.action {
            EntryAction::Adopt | EntryAction::Forget => entry.before == entry.after,
            _ => true,
        };
        let moved = entry.from.is_some() == (entry.action == EntryAction::Move);
        shape && kept && moved && self.continues(entry)
    }

    /// An entry names what was last applied where that is not what its action starts from; so the log always tells.
    fn continues(&self, entry: &AuditEntry) -> bool {
        let Some(address) = entry.from.as_ref().or(entry.address.as_ref()) else { return entry.applied.is_none() };
        let known = self.applied.get(address).map(|row| row.digest);
        let expected = match entry.action {
            EntryAction::Create | EntryAction::Adopt => None,
            _ => entry.before,
        };
        match entry.applied {
            None => known == expected,
            Some(applied) => known == applied && applied != expected,
        }
    }

    pub(crate) fn apply(&mut self, entry: &AuditEntry) {
        if let Some(from) = &entry.from {
            self.applied.remove(from);
        }
        let Some(address) = &entry.address else { return };
        match entry.after.filter(|_| entry.action != EntryAction::Forget) {
            Some(digest) => self.applied.insert(address.clone(), AppliedRow { seq: entry.seq, digest }),
            None => self.applied.remove(address),
        };
    }

    pub(crate) fn root(&self) -> Digest {
        applied_root(self.applied.iter().map(|(address, row)| (address, row.digest)))
    }
}
