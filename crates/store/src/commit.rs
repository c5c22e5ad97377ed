//! The part of a commit that no engine decides: what must be read under the lock, whether the preconditions hold in what
//! was read, and in which groups rows are written.

use std::collections::{BTreeMap, BTreeSet};
use std::task::{Context, Poll, Waker};

use deskform_model::{
    Address, AppliedChange, Commit, Digest, Head, KindName, Precondition, Row, SealedEntries, SealedEntry, Sealing,
    WorkspaceName, Write,
};

use crate::CommitError;

/// What a commit needs to know of the store.
#[derive(Debug, Default)]
pub(crate) struct Asked<'c> {
    /// Rows to be read and hashed.
    pub(crate) rows: BTreeSet<&'c Address>,
    /// Addresses of which only matters whether there is a row.
    pub(crate) presence: Vec<&'c Address>,
    /// Addresses whose referrers matter.
    pub(crate) referrers: Vec<&'c Address>,
    /// Unique values whose holders matter.
    pub(crate) values: Vec<(&'c str, &'c str)>,
    /// Scopes and kinds whose state outside the workspace matters.
    pub(crate) sets: BTreeSet<(&'c str, &'c KindName)>,
}

/// A row as read under the lock.
#[derive(Debug, Clone)]
pub(crate) struct FoundRow {
    /// Its owner.
    pub(crate) owner: Option<WorkspaceName>,
    /// The digest column as it is: it may be blank or wrong.
    pub(crate) cached: String,
    /// The digest of its document, worked out from the text.
    pub(crate) digest: Digest,
}

/// The answer to [`Asked`].
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) rows: BTreeMap<Address, FoundRow>,
    pub(crate) present: BTreeSet<Address>,
    pub(crate) referrers: BTreeMap<Address, BTreeSet<Address>>,
    /// By scope, then value.
    pub(crate) holders: BTreeMap<String, BTreeMap<String, Address>>,
    /// By scope, then kind.
    pub(crate) sets: BTreeMap<String, BTreeMap<String, Digest>>,
}

impl<'c> Asked<'c> {
    pub(crate) fn of(commit: &'c Commit) -> Self {
        let mut asked = Self::default();
        for precondition in &commit.preconditions {
            match precondition {
                Precondition::Row { address, .. } => drop(asked.rows.insert(address)),
                Precondition::Absent { address } | Precondition::Exists { address } => asked.presence.push(address),
                Precondition::Unreferenced { address, .. } => asked.referrers.push(address),
                Precondition::Free { scope, value, .. } => asked.values.push((scope, value)),
                Precondition::Set { scope, kind, .. } => drop(asked.sets.insert((scope, kind))),
            }
        }
        for write in &commit.writes {
            match write {
                Write::Insert(_) => {}
                Write::Update { address, .. } | Write::Delete { address, .. } => drop(asked.rows.insert(address)),
            }
        }
        asked
    }
}

/// The preconditions of a commit that do not hold, in its order. If all hold, the digests that its writes name are
/// preconditions, too.
pub(crate) fn failing(commit: &Commit, found: &Found) -> Vec<Precondition> {
    let failing: Vec<_> = commit.preconditions.iter().filter(|fact| !holds(fact, found)).cloned().collect();
    if failing.is_empty() { commit.writes.iter().filter_map(|write| unlike(write, found)).collect() } else { failing }
}

fn holds(precondition: &Precondition, found: &Found) -> bool {
    match precondition {
        Precondition::Row { address, digest, owner } => {
            found.rows.get(address).is_some_and(|row| row.digest == *digest && row.owner == *owner)
        }
        Precondition::Absent { address } => !found.present.contains(address),
        Precondition::Exists { address } => found.present.contains(address),
        Precondition::Unreferenced { address, except } => {
            let except: BTreeSet<&Address> = except.iter().chain([address]).collect();
            found.referrers.get(address).is_none_or(|from| from.iter().all(|from| except.contains(from)))
        }
        Precondition::Free { scope, value, except } => {
            let holder = found.holders.get(scope).and_then(|values| values.get(value));
            holder.is_none_or(|holder| except.contains(holder))
        }
        Precondition::Set { scope, kind, digest } => {
            found.sets.get(scope).and_then(|kinds| kinds.get(kind.as_str())) == Some(digest)
        }
    }
}

/// The row that a write changes, as the write expects it, if it is not so.
fn unlike(write: &Write, found: &Found) -> Option<Precondition> {
    let (Write::Update { address, before, .. } | Write::Delete { address, before }) = write else { return None };
    let row = found.rows.get(address);
    if row.is_some_and(|row| row.digest == *before) {
        return None;
    }
    let owner = row.and_then(|row| row.owner.clone());
    Some(Precondition::Row { address: address.clone(), digest: *before, owner })
}

/// The writes of a commit by what they do to the table.
#[derive(Debug, Default)]
pub(crate) struct Groups<'c> {
    /// Rows of addresses that were free, by address. A move is a delete and an insert, so that rows may exchange addresses.
    pub(crate) inserts: Vec<&'c Row>,
    /// Rows that keep their address, with the digest column as read.
    pub(crate) updates: Vec<(&'c Row, &'c str)>,
    /// Rows that leave their address, with the digest column as read.
    pub(crate) deletes: Vec<(&'c Address, &'c str)>,
}

impl<'c> Groups<'c> {
    /// Parts the writes; every row that is changed was read before.
    pub(crate) fn of(commit: &'c Commit, found: &'c Found) -> Self {
        let cached = |address: &Address| found.rows.get(address).map_or("", |row| row.cached.as_str());
        let mut groups = Self::default();
        for write in &commit.writes {
            match write {
                Write::Insert(row) => groups.inserts.push(row),
                Write::Update { address, row, before: _ } if row.address == *address => {
                    groups.updates.push((row, cached(address)));
                }
                Write::Update { address, row, before: _ } => {
                    groups.deletes.push((address, cached(address)));
                    groups.inserts.push(row);
                }
                Write::Delete { address, before: _ } => groups.deletes.push((address, cached(address))),
            }
        }
        groups.inserts.sort_unstable_by(|a, b| a.address.cmp(&b.address));
        groups
    }

    /// Every row as it is to be.
    pub(crate) fn written(&self) -> impl Iterator<Item = &'c Row> {
        self.inserts.iter().copied().chain(self.updates.iter().map(|(row, _)| *row))
    }

    /// The addresses whose rows were there before.
    pub(crate) fn changed(&self) -> Vec<&'c Address> {
        self.updates
            .iter()
            .map(|(row, _)| &row.address)
            .chain(self.deletes.iter().map(|(address, _)| *address))
            .collect()
    }
}

/// The entries of a run on their way to the log, some at a time, checked to continue the chain.
pub(crate) struct Continuation<'s> {
    entries: SealedEntries<'s>,
    due: u64,
    left: usize,
}

impl<'s> Continuation<'s> {
    pub(crate) fn of(head: &Head, sealing: Sealing<'s>) -> Result<Self, CommitError> {
        let Sealing { count, entries } = sealing;
        if count == 0 {
            return Err(CommitError::Seal("a run has at least one entry".to_owned()));
        }
        Ok(Self { entries, due: head.seq + 1, left: count })
    }

    /// How many are to come.
    pub(crate) fn left(&self) -> usize {
        self.left
    }

    /// The next entries if there are some already.
    pub(crate) fn some_now(&mut self) -> Result<Option<Vec<SealedEntry>>, CommitError> {
        match self.poll_some(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(some) => some,
            Poll::Pending => Ok(None),
        }
    }

    /// The next entries, as soon as there are some; `None` after the last.
    pub(crate) fn poll_some(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Vec<SealedEntry>>, CommitError>> {
        if self.left == 0 {
            return Poll::Ready(Ok(None));
        }
        (self.entries)(cx).map(|some| {
            let some = some.unwrap_or_else(|| Ok(Vec::new())).map_err(CommitError::Seal)?;
            if some.is_empty() {
                return Err(CommitError::Seal(format!("entry {} is missing", self.due)));
            }
            for entry in &some {
                if self.left == 0 {
                    return Err(CommitError::Seal(format!("entry {} is one too many", entry.seq)));
                }
                if entry.seq != self.due {
                    return Err(CommitError::Seal(format!("entry {} stands where {} is due", entry.seq, self.due)));
                }
                self.due += 1;
                self.left -= 1;
            }
            Ok(Some(some))
        })
    }
}

/// The changes of the table of last applied documents.
#[derive(Debug, Default)]
pub(crate) struct AppliedChanges<'c> {
    /// Addresses that are no longer this workspace's.
    pub(crate) gone: Vec<&'c Address>,
    /// Addresses, the number of the entry that holds the document, and the document's digest; by address.
    pub(crate) set: Vec<(&'c Address, u64, Digest)>,
}

impl<'c> AppliedChanges<'c> {
    /// Finds the entries' numbers in the chain.
    pub(crate) fn of(changes: &'c [AppliedChange], head: &Head, entries: usize) -> Result<Self, CommitError> {
        let mut applied = Self::default();
        for AppliedChange { address, entry } in changes {
            match entry {
                None => applied.gone.push(address),
                Some((index, _)) if *index >= entries => {
                    return Err(CommitError::Seal(format!(
                        "`{address}` is said to be in an entry that this run has not"
                    )));
                }
                Some((index, digest)) => applied.set.push((address, head.seq + 1 + *index as u64, *digest)),
            }
        }
        applied.set.sort_unstable_by(|a, b| a.0.cmp(b.0));
        Ok(applied)
    }
}

#[cfg(test)]
mod tests {
    use deskform_model::Digest;

    use super::*;

    fn entry(seq: u64) -> SealedEntry {
        SealedEntry { seq, text: String::new(), hash: Digest::of(&[]), salt: [0; 32], payload: String::new() }
    }

    /// What comes of a run of `count` entries after the eighth, of which each poll gives one part; `None` is nothing yet.
    fn taken(count: usize, parts: Vec<Option<Vec<u64>>>) -> Vec<Result<usize, String>> {
        let mut parts = parts.into_iter();
        let entries = move |_: &mut Context<'_>| match parts.next() {
            Some(Some(numbers)) => Poll::Ready(Some(Ok(numbers.into_iter().map(entry).collect()))),
            Some(None) => Poll::Pending,
            None => Poll::Ready(None),
        };
        let head = Head { seq: 8, hash: Some(Digest::of(&[])) };
        let mut continuation = Continuation::of(&head, Sealing { count, entries: Box::new(entries) }).expect("some");
        let mut taken = Vec::new();
        while continuation.left() > 0 && taken.last().is_none_or(Result::is_ok) {
            let some = continuation.some_now().map(|some| some.map_or(0, |some| some.len()));
            taken.push(some.map_err(|error| error.to_string()));
        }
        assert!(continuation.left() > 0 || matches!(continuation.some_now(), Ok(None)));
        taken
    }

    fn fault(text: &str) -> Result<usize, String> {
        Err(CommitError::Seal(text.to_owned()).to_string())
    }

    #[test]
    fn entries_are_taken_as_they_come_and_are_those_that_were_promised() {
        assert_eq!(taken(3, vec![None, Some(vec![9, 10]), None, Some(vec![11])]), [Ok(0), Ok(2), Ok(0), Ok(1)]);
        assert_eq!(taken(3, vec![Some(vec![9, 10])]), [Ok(2), fault("entry 11 is missing")]);
        assert_eq!(taken(2, vec![Some(vec![9]), Some(vec![10, 11])]), [Ok(1), fault("entry 11 is one too many")]);
        assert_eq!(taken(2, vec![Some(vec![10, 11])]), [fault("entry 10 stands where 9 is due")]);
        let none = Sealing::from(Vec::new());
        assert!(Continuation::of(&Head { seq: 0, hash: None }, none).is_err());
    }
}
