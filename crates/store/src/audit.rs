//! The log and the rows as stored, handed on in batches for showing and for verification.

use std::borrow::Cow;

use deskform_model::{Address, Document, WorkspaceName};

/// The name of the store's own chain, which no workspace can have.
pub const STORE_CHAIN: &str = "@store";

/// Which chain of the log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chain {
    /// The store's own.
    Store,
    /// A workspace's.
    Workspace(WorkspaceName),
}

impl Chain {
    /// The name in the table.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Store => STORE_CHAIN,
            Self::Workspace(name) => name.as_str(),
        }
    }
}

/// In which order entries are handed on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// As they were written.
    #[default]
    OldestFirst,
    /// The last one first.
    NewestFirst,
}

/// Which entries, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryQuery {
    /// One chain only.
    pub chain: Option<Chain>,
    /// In which order.
    pub order: Order,
    /// At most so many; `None` for all.
    pub limit: Option<u64>,
}

/// One entry as stored. Nothing is checked: a log that somebody edited is read, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The chain's name in the table.
    pub chain: Cow<'a, str>,
    /// Its number in the chain.
    pub seq: i64,
    /// The text of the entry.
    pub text: Cow<'a, str>,
    /// Its hash.
    pub hash: Cow<'a, str>,
    /// What it quotes; `None` if it was erased.
    pub payload: Option<Payload<'a>>,
}

/// What an entry quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload<'a> {
    /// The salt; `None` if the store does not hold 32 bytes there.
    pub salt: Option<[u8; 32]>,
    /// The text.
    pub text: Cow<'a, str>,
}

/// One row of the live configuration as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDocument {
    /// Its address.
    pub address: Address,
    /// Its owner.
    pub owner: Option<WorkspaceName>,
    /// The document, whatever it is.
    pub document: Document,
}
