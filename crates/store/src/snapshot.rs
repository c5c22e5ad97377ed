//! What a snapshot is asked for, and one row in full.

use deskform_model::{Address, Digest, Document, FieldPath, Referrer, UniqueValue, WorkspaceName};

/// How far a snapshot trusts the digests that a store keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// The kept digest is taken; where it is blank the index says `None`.
    Cached,
    /// Every document is read and hashed.
    Hashed,
}

/// One row with all that hangs on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowView {
    /// Its address.
    pub address: Address,
    /// Its owner; `None` for nobody.
    pub owner: Option<WorkspaceName>,
    /// The document.
    pub document: Document,
    /// The digest of the document, worked out now.
    pub digest: Digest,
    /// The digest that the store keeps; `None` if it is blank.
    pub cached: Option<Digest>,
    /// `lifecycle.protected` as the store keeps it.
    pub protected: bool,
    /// What it refers to, by field.
    pub references: Vec<(FieldPath, Address)>,
    /// What refers to it.
    pub referrers: Vec<Referrer>,
    /// The values it alone holds, by scope; the store does not keep their fields, so `path` is the root.
    pub unique: Vec<UniqueValue>,
}
