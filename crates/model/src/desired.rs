//! What the manifests of one config repo say, all of it read and found valid.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{Address, Digest, Document, Outline, Span, TypedSpec, WorkspaceName};

/// What one workspace wants to be there.
#[derive(Debug, Clone)]
pub struct Desired {
    /// The workspace.
    pub workspace: WorkspaceName,
    /// The label that the store must carry, if the project names one.
    pub label: Option<String>,
    /// True if the workspace wants to own nothing any more.
    pub retired: bool,
    /// The guards in force.
    pub guard: Guard,
    /// Every declared resource, the policy included.
    pub resources: BTreeMap<Address, DesiredResource>,
    /// `[[moved]]`, `[[adopt]]`, `[[forget]]`, in the order of their places.
    pub hints: Vec<Hint>,
    /// `[[use]]`: resources of other workspaces that this one may refer to.
    pub uses: BTreeMap<Address, Use>,
}

/// One declared resource.
#[derive(Debug, Clone)]
pub struct DesiredResource {
    /// Its content.
    pub document: Document,
    /// The digest of the content.
    pub digest: Digest,
    /// What it refers to, holds alone, and is called.
    pub outline: Arc<Outline>,
    /// Its spec as the kind's own type, where that is kept.
    pub typed: Option<TypedSpec>,
    /// `lifecycle.protected`.
    pub protected: bool,
    /// Where it is declared.
    pub source: Source,
}

/// Where something is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// The header's bytes.
    pub span: Span,
    /// The header's line, from 1.
    pub line: u32,
}

/// A hint that explains a change which a diff alone would get wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// What it says.
    pub kind: HintKind,
    /// Where it stands.
    pub source: Source,
}

/// What a hint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HintKind {
    /// A resource has a new address. Chains are folded: `from` is the oldest name, `to` the declared one, and `via`
    /// holds the names between, oldest first.
    Moved {
        /// The old address.
        from: Address,
        /// The addresses between, oldest first.
        via: Vec<Address>,
        /// The new, declared address.
        to: Address,
    },
    /// A resource that nobody owns becomes this workspace's.
    Adopt(Address),
    /// A resource stays in the store but is no longer this workspace's.
    Forget(Address),
}

/// A declared use of another workspace's resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Its owner.
    pub workspace: WorkspaceName,
    /// Where it is declared.
    pub source: Source,
}

/// The guards of `[guard]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// More deletes than this in one plan are refused.
    pub max_deletes: u64,
    /// Deleting more than this share of a kind that has four or more resources is refused.
    pub max_deletes_percent: u64,
    /// Address ranges (CIDR) that no IP restriction may shut out.
    pub way_in: Vec<String>,
}

impl Default for Guard {
    fn default() -> Self {
        Self { max_deletes: 10, max_deletes_percent: 25, way_in: Vec::new() }
    }
}
