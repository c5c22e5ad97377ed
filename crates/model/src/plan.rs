//! The plan: what would change, in which order, on which facts it rests. Data only, and no prose.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Address, Digest, Document, FieldPath, KindName, Lineage, NotCanonical, PlanId, WorkspaceName, canonical_text,
};

/// The version of the plan file that this binary writes and reads.
pub const fn format_version() -> u32 {
    1
}

/// A plan file: the plan itself, and where it comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The version of this file's format.
    pub format_version: u32,
    /// `sha256:` over the canonical text of `plan`: equal for everybody who plans the same change.
    pub id: PlanId,
    /// What would change. Equal input gives equal bytes.
    pub plan: PlanBody,
    /// Where the plan comes from. Not part of the id.
    pub provenance: Provenance,
    /// SHA-256 over the canonical text of the file without this field.
    pub digest: Digest,
}

/// What would change.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanBody {
    /// The workspace whose resources change.
    pub workspace: Option<WorkspaceName>,
    /// The store that it was planned against; `null` for a store that was not there.
    pub lineage: Option<Lineage>,
    /// The label that the store carries or is to be given.
    pub label: Option<String>,
    /// The ordered steps. Between two steps the store is valid.
    pub steps: Vec<Step>,
    /// Addresses whose live content equals the declared one but not the last applied one: written as last applied.
    pub records: Vec<Record>,
    /// The facts of the store that the plan relies on. One that fails makes the plan stale; nothing else does.
    pub preconditions: Vec<Precondition>,
    /// Why the plan may not be applied as it is.
    pub refusals: Vec<Refusal>,
}

/// Changes that are only valid together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Why there is more than one change in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<StepReason>,
    /// The changes, by address.
    pub changes: Vec<Change>,
}

/// Why several changes are one step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case", deny_unknown_fields)]
pub enum StepReason {
    /// They exchange values that only one resource may hold.
    Exchange {
        /// The scopes of the values.
        scopes: Vec<String>,
    },
    /// One hands over to the other what exactly one must hold.
    HandOver {
        /// The scope.
        scope: String,
        /// Who held it.
        from: Address,
        /// Who holds it then.
        to: Address,
    },
    /// They refer to each other.
    Circle,
}

/// What is done to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Its address changes, and with it every reference to it.
    Move,
    /// It becomes this workspace's.
    Adopt,
    /// It is written for the first time.
    Create,
    /// It changes in place.
    Update,
    /// It changes in a field that no system changes in place.
    Replace,
    /// It goes.
    Delete,
    /// It stays, and is no longer this workspace's.
    Forget,
}

impl Action {
    /// The word, as in the plan file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Move => "move",
            Self::Adopt => "adopt",
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::Forget => "forget",
        }
    }
}

/// Who is the cause of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The manifests changed; the store is as it was last applied.
    Config,
    /// Somebody changed the store; the manifests are as they were last applied.
    Drift,
    /// Both changed, and differ.
    Conflict,
}

/// One change of one resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The resource; after a move, its new address.
    pub address: Address,
    /// What is done.
    pub action: Action,
    /// The strongest cause among its edits: conflict, then drift, then config.
    pub cause: Cause,
    /// For a move: the old address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Address>,
    /// The digest of the document that it starts from; for a change that follows another of the same plan, the digest
    /// that the other leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Digest>,
    /// The document that it leaves; absent for a delete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<After>,
    /// The fields that differ, by path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<Edit>,
    /// For a move: resources whose reference text follows the new address.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub follows: Vec<Follow>,
    /// Changes that must have happened before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waits_for: Vec<ChangeRef>,
    /// What it does to behaviour.
    pub consequences: Vec<Consequence>,
    /// What only a person can do.
    pub operator_steps: Vec<OperatorStep>,
}

/// Names a change of a plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeRef {
    /// Its resource.
    pub address: Address,
    /// What is done.
    pub action: Action,
}

/// The document that a change leaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct After {
    /// The kind's format.
    pub format: u32,
    /// SHA-256 of kind, format and canonical text, joined by NUL.
    pub digest: Digest,
    /// The declared content, `lifecycle` included; its canonical text is the document. Absent where the document stays as
    /// it is in the store, or only follows a move: what somebody else wrote there never enters a plan file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Value>,
}

impl After {
    /// A declared document. `None` if its text is no JSON.
    pub fn declared(document: &Document) -> Option<Self> {
        let value = serde_json::from_str(document.text()).ok()?;
        Some(Self { document: Some(value), ..Self::kept(document) })
    }

    /// A document that is in the store, or follows from one that is.
    pub fn kept(document: &Document) -> Self {
        Self { format: document.format(), digest: document.digest(), document: None }
    }

    /// The declared document of a resource of that kind; `None` where the plan does not hold it.
    pub fn document(&self, kind: &KindName) -> Option<Document> {
        let text = canonical_text(self.document.as_ref()?).ok()?;
        Some(Document::stored(kind.clone(), self.format, text))
    }
}

/// One field that differs. A table that appears or goes is one edit with its whole value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// The field.
    pub path: FieldPath,
    /// What is live; absent where the field is not there. A secret written out is replaced by a note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What is declared; absent where the field is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// Who is the cause.
    pub cause: Cause,
    /// What was last applied, where that is not what is live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied: Option<Value>,
}

/// A resource whose reference text follows a move.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Follow {
    /// The resource.
    pub address: Address,
    /// Its digest before.
    pub before: Digest,
    /// Its digest with the new name in place of the old.
    pub after: Digest,
}

/// Live content that somebody else made what is declared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The resource.
    pub address: Address,
    /// Its digest; absent where the resource is gone and no longer declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
}

/// A fact of the store that a plan relies on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "fact", rename_all = "snake_case", deny_unknown_fields)]
pub enum Precondition {
    /// The row is there, with this document and this owner.
    Row {
        /// The resource.
        address: Address,
        /// The digest of its document, worked out anew from the text.
        digest: Digest,
        /// Its owner; absent for nobody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<WorkspaceName>,
    },
    /// There is no such row.
    Absent {
        /// The address.
        address: Address,
    },
    /// The row is there.
    Exists {
        /// The resource.
        address: Address,
    },
    /// Nothing refers to it but the resources named, whose references this plan removes or rewrites.
    Unreferenced {
        /// The resource.
        address: Address,
        /// Referrers that this plan deals with.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        except: Vec<Address>,
    },
    /// Nobody holds the value, but the resources named, which release it in this plan.
    Free {
        /// The namespace of the value.
        scope: String,
        /// The value.
        value: String,
        /// Holders that release it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        except: Vec<Address>,
    },
    /// What lies outside the workspace, as far as a guard counted it: see `set_digest` in the model.
    Set {
        /// The scope that the guard counts.
        scope: String,
        /// The kind that it counts in.
        kind: KindName,
        /// The digest of holders and of whether there are others.
        digest: Digest,
    },
}

/// Why a plan may not be applied as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// The rule.
    pub code: String,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Address>,
    /// Figures and names for the message.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, Value>,
    /// For the guards that count deletes: `--allow-deletes` with at least this number lifts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifted_by_deletes: Option<u64>,
}

/// What a change does to behaviour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Consequence {
    /// The rule that found it.
    pub code: String,
    /// Figures and names for the sentence.
    pub args: BTreeMap<String, Value>,
}

/// Something that only a person can do at a vendor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OperatorStep {
    /// The step.
    pub code: String,
    /// Names and values that its text needs.
    pub args: BTreeMap<String, Value>,
}

/// Where a plan comes from; nothing here decides anything.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// The workspace's count of runs when it was planned; part of the identity of the run that applies this file.
    pub base_serial: u64,
    /// The version of deskform that made it.
    pub tool_version: String,
    /// SHA-256 over the declared addresses and digests.
    pub config_digest: Option<Digest>,
    /// The commit of the config repo, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git_commit: Option<String>,
    /// Where each changed resource is declared.
    pub sources: BTreeMap<Address, SourcePlace>,
    /// Names of the changed resources, for people.
    pub titles: BTreeMap<Address, String>,
    /// Differences that somebody made outside deskform, also where the plan leaves them.
    pub drift: Vec<DriftNote>,
    /// Resources that nobody owns. Listed, never changed.
    pub unmanaged: Vec<Unmanaged>,
    /// How many declared resources need no change.
    pub unchanged: u64,
}

/// A place in the config repo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourcePlace {
    /// The file, relative to `deskform.toml`.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// One resource that somebody changed outside deskform.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DriftNote {
    /// The resource.
    pub address: Address,
    /// What the plan makes of it: `drift`, `conflict`, or absent where the live content is recorded as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
}

/// A resource that nobody owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unmanaged {
    /// The resource.
    pub address: Address,
}

/// A plan file that cannot be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanFileError {
    /// Not JSON, or not of this shape; the place, never the text.
    #[error("it is no plan file (line {line}, column {column})")]
    Shape {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// Written by another version.
    #[error("its format version is {found}; this deskform reads {known}")]
    Version {
        /// The file's version.
        found: u32,
        /// The version known.
        known: u32,
    },
    /// Its digest or its id is not that of its content.
    #[error("it was changed after it was written: its digest does not match")]
    Digest,
}

impl Plan {
    /// Seals a body and its provenance: works out id and digest.
    pub fn seal(plan: PlanBody, provenance: Provenance) -> Result<Self, NotCanonical> {
        let id = PlanId::of(&canonical_text(&json(&plan)?)?);
        let mut sealed =
            Self { format_version: format_version(), id, plan, provenance, digest: Digest::from_bytes([0; 32]) };
        sealed.digest = sealed.file_digest()?;
        Ok(sealed)
    }

    /// The text of the plan file: JSON, indented, one newline at the end.
    pub fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Reads a plan file and checks version, id and digest.
    pub fn from_text(text: &str) -> Result<Self, PlanFileError> {
        let shape = |error: &serde_json::Error| PlanFileError::Shape { line: error.line(), column: error.column() };
        let head: Head = serde_json::from_str(text).map_err(|error| shape(&error))?;
        if head.format_version != format_version() {
            return Err(PlanFileError::Version { found: head.format_version, known: format_version() });
        }
        let plan: Self = serde_json::from_str(text).map_err(|error| shape(&error))?;
        let id = canonical_text(&json(&plan.plan).map_err(|_| PlanFileError::Digest)?).map(|t| PlanId::of(&t));
        if id != Ok(plan.id) || plan.file_digest() != Ok(plan.digest) {
            return Err(PlanFileError::Digest);
        }
        Ok(plan)
    }

    fn file_digest(&self) -> Result<Digest, NotCanonical> {
        let mut value = json(self)?;
        if let Value::Object(table) = &mut value {
            table.remove("digest");
        }
        Ok(Digest::of(&[b"deskform.planfile.1", canonical_text(&value)?.as_bytes()]))
    }

    /// The changes in order.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.plan.changes()
    }
}

/// The one field that every version has.
#[derive(Deserialize)]
struct Head {
    format_version: u32,
}

fn json(value: &impl Serialize) -> Result<Value, NotCanonical> {
    serde_json::to_value(value).map_err(|_| NotCanonical::Number)
}

impl PlanBody {
    /// The changes in order.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.steps.iter().flat_map(|step| &step.changes)
    }

    /// True if applying it would write nothing.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.records.is_empty()
    }

    /// How many changes delete a resource; the policy does not count.
    pub fn deletes(&self) -> u64 {
        let deletes = self.changes().filter(|c| c.action == Action::Delete && c.address.kind() != "policy");
        u64::try_from(deletes.count()).unwrap_or(u64::MAX)
    }
}

/// A plan that may be carried out: every refusal is lifted, and somebody said yes.
#[derive(Debug, Clone, PartialEq)]
pub struct ApprovedPlan {
    plan: Plan,
    lifted: Vec<String>,
}

impl ApprovedPlan {
    /// Lifts what `--allow-deletes` may lift; gives back the refusals that remain.
    ///
    /// The caller has had the plan judged and the person asked.
    pub fn new(plan: Plan, allow_deletes: Option<u64>) -> Result<Self, Vec<Refusal>> {
        let lifts = |refusal: &Refusal| {
            refusal.lifted_by_deletes.is_some_and(|needed| allow_deletes.is_some_and(|allowed| allowed >= needed))
        };
        let (lifted, remaining): (Vec<_>, Vec<_>) = plan.plan.refusals.iter().cloned().partition(lifts);
        if remaining.is_empty() {
            Ok(Self { plan, lifted: lifted.into_iter().map(|refusal| refusal.code).collect() })
        } else {
            Err(remaining)
        }
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The codes of the guards that were lifted.
    pub fn lifted(&self) -> &[String] {
        &self.lifted
    }
}
