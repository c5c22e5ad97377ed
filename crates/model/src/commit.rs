//! What one apply writes, all of it, as data: made by the apply crate, carried out by the store in one transaction.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::{Address, Digest, Document, Lineage, Outline, PlanId, Precondition, WorkspaceName};

/// The identity of a run: unique in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunKey {
    /// The workspace.
    pub workspace: WorkspaceName,
    /// The plan.
    pub plan: PlanId,
    /// The workspace's count of runs when the plan was made.
    pub base_serial: u64,
}

/// Everything that one apply writes.
#[derive(Debug, Clone)]
pub struct Commit {
    /// Which run this is.
    pub run: RunKey,
    /// The store that the plan was made for; `None` if there was none.
    pub lineage: Option<Lineage>,
    /// Who runs it, as claimed, for "already applied by".
    pub actor: String,
    /// What must hold.
    pub preconditions: Vec<Precondition>,
    /// At most one write a row.
    pub writes: Vec<Write>,
    /// Changes of the table of last applied documents.
    pub applied: Vec<AppliedChange>,
}

/// One row's write.
#[derive(Debug, Clone)]
pub enum Write {
    /// A new row.
    Insert(Row),
    /// A row that is there, in whatever changed: address, owner, document.
    Update {
        /// Its address until now.
        address: Address,
        /// The digest of its document until now.
        before: Digest,
        /// What it becomes.
        row: Row,
    },
    /// A row goes.
    Delete {
        /// Its address.
        address: Address,
        /// The digest of its document until now.
        before: Digest,
    },
}

/// A row as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The address.
    pub address: Address,
    /// The owner; `None` for nobody.
    pub owner: Option<WorkspaceName>,
    /// The document.
    pub document: Document,
    /// Its digest.
    pub digest: Digest,
    /// `lifecycle.protected`.
    pub protected: bool,
    /// What it refers to, and what it alone may hold.
    pub outline: Arc<Outline>,
}

/// One change of the table of last applied documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedChange {
    /// The address.
    pub address: Address,
    /// The entry of this run (by its index, from 0) whose `after` is the document, and its digest; `None` removes.
    pub entry: Option<(usize, Digest)>,
}

/// The end of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The number of the last entry; 0 before the first.
    pub seq: u64,
    /// Its hash; before the first entry, see the apply crate.
    pub hash: Option<Digest>,
}

/// Who and when, as the server of the store saw it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerFacts {
    /// `sqlite` or `postgres`.
    pub engine: String,
    /// RFC 3339 in UTC with milliseconds.
    pub time: String,
    /// The database user; `None` on SQLite, which has none.
    pub user: Option<String>,
    /// The client's address; `None` on SQLite, which has no server.
    pub address: Option<String>,
}

/// What the entries are sealed with, known only inside the transaction.
#[derive(Debug, Clone)]
pub struct SealInput {
    /// The store.
    pub lineage: Lineage,
    /// The end of the workspace's chain.
    pub head: Head,
    /// The number that this run gets.
    pub serial: u64,
    /// Who and when.
    pub facts: ServerFacts,
    /// Last applied before this run.
    pub applied: BTreeMap<Address, Digest>,
    /// The documents that this run's `Row` preconditions and writes read under the lock.
    pub documents: BTreeMap<Address, Document>,
}

/// The entries of a run, sealed while the store writes rows.
pub struct Sealing<'s> {
    /// How many there are.
    pub count: usize,
    /// In order, numbered from `head.seq + 1`, those that were sealed since it was asked last.
    pub entries: SealedEntries<'s>,
}

/// Gives the next entries, as the poll of a stream does: some, none after the last, or why they cannot be sealed, as a
/// lower-case fragment.
pub type SealedEntries<'s> =
    Box<dyn FnMut(&mut Context<'_>) -> Poll<Option<Result<Vec<SealedEntry>, String>>> + Send + 's>;

impl Sealing<'static> {
    /// Entries that are all there, or why they are not: that is told when they are due, and not if something else is wrong.
    pub fn at_once(count: usize, sealed: Result<Vec<SealedEntry>, String>) -> Self {
        let mut all = Some(sealed);
        Self { count, entries: Box::new(move |_| Poll::Ready(all.take())) }
    }
}

impl From<Vec<SealedEntry>> for Sealing<'static> {
    fn from(entries: Vec<SealedEntry>) -> Self {
        Self::at_once(entries.len(), Ok(entries))
    }
}

/// One entry and its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedEntry {
    /// Its number in the workspace's chain.
    pub seq: u64,
    /// Its canonical text, hash included.
    pub text: String,
    /// Its hash.
    pub hash: Digest,
    /// 32 random bytes.
    pub salt: [u8; 32],
    /// The canonical text of the quoted values.
    pub payload: String,
}

/// What a commit gives back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The number of the run.
    pub serial: u64,
    /// The end of the chain.
    pub head: Head,
    /// When, as the server saw it.
    pub time: String,
}
