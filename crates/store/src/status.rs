//! What a store is and what it guarantees, for `store status`.

use deskform_model::{Digest, StoreIdentity, WorkspaceName};

/// The database behind a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A SQLite file.
    Sqlite,
}

impl Engine {
    /// The name in output and audit entries.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
        }
    }
}

/// The state of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreStatus {
    /// Lineage and label.
    pub identity: StoreIdentity,
    /// The number of its tables' last migration.
    pub schema: u32,
    /// The engine.
    pub engine: Engine,
    /// The version of the engine.
    pub version: String,
    /// The workspaces, by name.
    pub workspaces: Vec<WorkspaceStatus>,
    /// How many resources it holds.
    pub rows: u64,
    /// How many of them nobody owns.
    pub unmanaged: u64,
    /// What it guarantees, always all of [`Guarantee`], in its order.
    pub guarantees: Vec<Guaranteed>,
}

/// The state of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceStatus {
    /// Its name.
    pub name: WorkspaceName,
    /// How many runs it has had.
    pub serial: u64,
    /// The number of its last audit entry.
    pub seq: u64,
    /// The hash of its last audit entry; `None` before the first, or if the store holds no hash there.
    pub head: Option<Digest>,
    /// How many resources it owns.
    pub owned: u64,
}

/// Something that a store may guarantee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guarantee {
    /// A document changed by hand loses its digest.
    DigestBlanking,
    /// Audit entries, payloads and runs cannot be changed or deleted without removing a trigger.
    AppendOnlyTriggers,
    /// Audit entries cannot be changed by the user that applies.
    AppendOnlyPrivileges,
    /// The server says who connected and from where.
    ObservedActor,
    /// Changes from outside are recorded as they happen.
    OutsideChanges,
}

impl Guarantee {
    /// The name in output.
    pub fn name(self) -> &'static str {
        match self {
            Self::DigestBlanking => "digest_blanking",
            Self::AppendOnlyTriggers => "append_only_triggers",
            Self::AppendOnlyPrivileges => "append_only_privileges",
            Self::ObservedActor => "observed_actor",
            Self::OutsideChanges => "outside_changes",
        }
    }
}

/// A guarantee, and whether it holds in this store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guaranteed {
    /// Which.
    pub guarantee: Guarantee,
    /// Whether it holds.
    pub holds: bool,
}
