//! What a store holds, as one read transaction saw it.
//!
//! Read in two goes, because a plan that finds nothing to do must not carry every document: first the index (addresses,
//! owners, digests), then the [`Detail`] of what [`Wanted`] names.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Address, Digest, Document, FieldPath, KindName, Lineage, WorkspaceName};

/// The identity of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreIdentity {
    /// Made when the store was.
    pub lineage: Lineage,
    /// Written when the store was made, if the project named one.
    pub label: Option<String>,
}

/// The state of one workspace in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceState {
    /// How many runs it has had.
    pub serial: u64,
    /// The hash of its last audit entry.
    pub head: Digest,
    /// The number of its last audit entry.
    pub seq: u64,
}

/// One row of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveRow {
    /// Who owns it; `None` for nobody.
    pub owner: Option<WorkspaceName>,
    /// The digest of its document; `None` where the store's cache is blank and the document was not hashed.
    pub digest: Option<Digest>,
}

/// What a workspace wrote last to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppliedRow {
    /// The audit entry that holds the document, in the workspace's chain.
    pub seq: u64,
    /// The digest of the document.
    pub digest: Digest,
}

/// What a store holds.
#[derive(Debug, Clone, Default)]
pub struct Live {
    /// `None` for a store that is not there yet.
    pub store: Option<StoreIdentity>,
    /// `None` before the workspace's first run.
    pub workspace: Option<WorkspaceState>,
    /// Every resource of the store.
    pub rows: BTreeMap<Address, LiveRow>,
    /// What this workspace wrote last, also where the row is gone.
    pub applied: BTreeMap<Address, AppliedRow>,
    /// What [`Wanted`] asked for.
    pub detail: Detail,
}

/// What the planner has to see in full.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Rows whose documents are needed.
    pub documents: BTreeSet<Address>,
    /// Addresses whose last applied documents are needed.
    pub applied: BTreeSet<Address>,
    /// Addresses whose referrers are needed, with the referrers' documents.
    pub referrers: BTreeSet<Address>,
    /// Unique values whose holders are needed, as `(scope, value)`.
    pub values: BTreeSet<(String, String)>,
    /// Scopes all of whose holders are needed.
    pub scopes: BTreeSet<String>,
}

/// The answer to [`Wanted`].
#[derive(Debug, Clone, Default)]
pub struct Detail {
    /// Documents of rows; the referrers' included.
    pub documents: BTreeMap<Address, Document>,
    /// Last applied documents; absent where the log no longer holds the payload.
    pub applied: BTreeMap<Address, Document>,
    /// Who refers to an address.
    pub referrers: BTreeMap<Address, Vec<Referrer>>,
    /// Who holds a unique value, by scope, then value.
    pub values: BTreeMap<String, BTreeMap<String, Address>>,
    /// The holders of a scope, as `(address, value)` sorted.
    pub scopes: BTreeMap<String, Vec<(Address, String)>>,
}

/// A resource that refers to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referrer {
    /// The resource that refers.
    pub from: Address,
    /// The field that does.
    pub path: FieldPath,
}

impl Detail {
    /// Who holds a unique value.
    pub fn holder(&self, scope: &str, value: &str) -> Option<&Address> {
        self.values.get(scope)?.get(value)
    }
}

impl Live {
    /// True if a row of the kind lies outside the workspace.
    pub fn others_exist(&self, kind: &KindName, workspace: &WorkspaceName) -> bool {
        self.rows.iter().any(|(address, row)| address.kind() == kind.as_str() && row.owner.as_ref() != Some(workspace))
    }
}
