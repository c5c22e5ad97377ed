//! What verification finds, with the place.

use std::fmt;

use deskform_model::{Address, WorkspaceName};

/// What is wrong with a chain. The words are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChainCode {
    /// Entries are gone from before this one, or from the middle.
    Missing,
    /// A number comes twice: an entry was inserted or copied.
    Repeated,
    /// The row of this number holds another entry: rows were swapped or renumbered.
    Misplaced,
    /// The row holds no entry.
    Unreadable,
    /// The entry was written by a newer deskform.
    NewerFormat,
    /// The entry belongs to another chain.
    Foreign,
    /// The entry is not the one that was hashed.
    Edited,
    /// The entry is consistent in itself but its neighbours know another: it was rewritten with its hash.
    Unlinked,
    /// The payload is gone.
    PayloadMissing,
    /// The payload or its salt is not the one that the entry commits to.
    PayloadEdited,
    /// The payload does not say what its entry says.
    PayloadUnfit,
    /// The workspace knows of entries behind the last one.
    CutTail,
    /// There are entries behind the last one that the workspace knows of.
    BeyondHead,
    /// The last entry is not the one that the workspace knows of.
    Head,
    /// The entry is not the one that somebody kept outside the store.
    KeptHead,
    /// The root is not the one that the log gives.
    Root,
    /// The entry does not fit what the log says of its resource so far.
    History,
}

impl ChainCode {
    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Repeated => "repeated",
            Self::Misplaced => "misplaced",
            Self::Unreadable => "unreadable",
            Self::NewerFormat => "newer_format",
            Self::Foreign => "foreign",
            Self::Edited => "edited",
            Self::Unlinked => "unlinked",
            Self::PayloadMissing => "payload_missing",
            Self::PayloadEdited => "payload_edited",
            Self::PayloadUnfit => "payload_unfit",
            Self::CutTail => "cut_tail",
            Self::BeyondHead => "beyond_head",
            Self::Head => "head",
            Self::KeptHead => "kept_head",
            Self::Root => "root",
            Self::History => "history",
        }
    }
}

impl fmt::Display for ChainCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// One finding in a chain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChainFinding {
    /// The number of the entry that is wrong or not there.
    pub seq: u64,
    /// What is wrong.
    pub code: ChainCode,
    /// The same for people: a lower-case fragment without any value of the log.
    pub text: String,
}

/// How rows, the table of what was last applied, and the log differ. The words are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowCode {
    /// The table of what was last applied is not what the log gives.
    AppliedTable,
    /// The row is not as it was last applied.
    Changed,
    /// The row is gone.
    Missing,
    /// The row belongs to somebody else, or to nobody.
    Owner,
    /// A workspace owns the row, and none of its entries wrote it.
    Unwritten,
}

impl RowCode {
    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::AppliedTable => "applied_table",
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Owner => "owner",
            Self::Unwritten => "unwritten",
        }
    }
}

impl fmt::Display for RowCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// One difference that no entry explains.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowFinding {
    /// The resource.
    pub address: Address,
    /// Whose log, or whose row.
    pub workspace: WorkspaceName,
    /// What differs.
    pub code: RowCode,
    /// The same for people: a lower-case fragment.
    pub text: String,
}
