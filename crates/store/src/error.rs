//! What can go wrong with a store: the world's faults ([`StoreError`]) and the reasons to refuse a commit ([`CommitError`]).

use std::path::PathBuf;

use deskform_model::{Lineage, Precondition};

use crate::Holder;

/// The cause of an error, printed below it.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A store could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no store: no file, or an empty one that a killed first apply left.
    #[error("there is no store at `{}`", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file is there and is no store.
    #[error("`{}` is no deskform store: {what}", path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
        /// What it is instead, a lower-case fragment.
        what: &'static str,
    },
    /// The file or the server does not let us in.
    #[error("the store at `{}` cannot be opened", path.display())]
    Unreachable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: Cause,
    },
    /// The folder that is to hold the store, or its lock file, cannot be made.
    #[error("`{}` cannot be made or opened", path.display())]
    Folder {
        /// The folder or the lock file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The store's tables are older than this program.
    #[error("the store has schema {found}, and this version of deskform needs schema {known}")]
    OlderSchema {
        /// The store's schema.
        found: u32,
        /// The newest schema this program knows.
        known: u32,
    },
    /// The store's tables are newer than this program.
    #[error("the store has schema {found}, which is newer than schema {known} of this version of deskform")]
    NewerSchema {
        /// The store's schema.
        found: u32,
        /// The newest schema this program knows.
        known: u32,
    },
    /// The database library is older than the oldest one that is safe.
    #[error("the SQLite library is version {found}; versions before {needed} can damage a database")]
    OldLibrary {
        /// Its version.
        found: String,
        /// The oldest one that will do.
        needed: &'static str,
    },
    /// Somebody else holds the store.
    #[error("the store is locked{}", holder.as_ref().map(|h| format!(" by {h}")).unwrap_or_default())]
    Locked {
        /// Who, if it is deskform.
        holder: Option<Holder>,
    },
    /// An apply was killed, and this place does not allow to roll its rest back.
    #[error(
        "an apply was killed while it wrote to `{}`, and its rest cannot be rolled back because the store is read-only here",
        path.display()
    )]
    NeedsRecovery {
        /// The file.
        path: PathBuf,
    },
    /// The store holds something that no version of deskform writes.
    #[error("the store is damaged: {what}")]
    Corrupt {
        /// What and where, a lower-case fragment.
        what: String,
    },
    /// The database refused a statement.
    #[error("the database failed to {doing}")]
    Database {
        /// What was asked of it.
        doing: &'static str,
        /// What it said.
        #[source]
        source: Cause,
    },
}

/// A commit did not happen. Nothing is changed, except where [`CommitError::OutcomeUnknown`] says so.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The plan was made for another store, or for none.
    #[error("{}", wrong_target(expected.as_ref(), found.as_ref()))]
    WrongTarget {
        /// The store that the plan was made for; `None` for one yet to be created.
        expected: Option<Lineage>,
        /// The store that is there; `None` for one yet to be created.
        found: Option<Lineage>,
    },
    /// This run was committed before.
    #[error("already applied by {by} at {at}, as run {serial}")]
    AlreadyApplied {
        /// Who ran it, as claimed.
        by: String,
        /// When, RFC 3339.
        at: String,
        /// The number it got.
        serial: u64,
    },
    /// The store has changed since the plan was made.
    #[error("the plan is stale: {} of its preconditions no longer hold", all.len())]
    Stale {
        /// The first that does not hold.
        precondition: Box<Precondition>,
        /// All that do not hold, in the order of the plan.
        all: Vec<Precondition>,
    },
    /// The store contradicts itself, or the commit does.
    #[error("{what}")]
    Integrity {
        /// What does not agree, a lower-case fragment.
        what: String,
    },
    /// The entries could not be made.
    #[error("the audit entries could not be made: {0}")]
    Seal(String),
    /// The commit was sent, its answer did not come, and the run could not be looked up.
    #[error("the connection broke while the commit was under way, and its outcome is not known")]
    OutcomeUnknown {
        /// What broke.
        #[source]
        source: Cause,
    },
}

impl CommitError {
    pub(crate) fn integrity(what: impl Into<String>) -> Self {
        Self::Integrity { what: what.into() }
    }

    /// Refuses for the preconditions that fail, if any does.
    pub(crate) fn if_stale(all: Vec<Precondition>) -> Result<(), Self> {
        match all.first() {
            None => Ok(()),
            Some(first) => Err(Self::Stale { precondition: Box::new(first.clone()), all }),
        }
    }
}

fn wrong_target(expected: Option<&Lineage>, found: Option<&Lineage>) -> String {
    match (expected, found) {
        (None, Some(found)) => format!("the plan is for a new store, but store `{found}` is there"),
        (Some(expected), None) => format!("the plan is for store `{expected}`, but no store is there"),
        (Some(expected), Some(found)) => format!("the plan is for store `{expected}`, but this is store `{found}`"),
        (None, None) => "the plan is for a new store".to_owned(),
    }
}
