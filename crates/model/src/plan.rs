//! The plan: what would change, in which order, on which facts it rests. Data only, and no prose.
//!
//! Every struct and variant here lists its fields in the order of their names: what serde writes is then the canonical text,
//! without a detour over a JSON value. A test holds that against [`canonical_text`].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Address, CanonicalJson, Digest, Document, FieldPath, KindName, Lineage, PlanId, WorkspaceName};

/// The version of the plan file that this binary writes and reads.
pub const fn format_version() -> u32 {
    1
}

/// A plan with its id. As JSON it is a [`PlanFile`], whose digest is worked out when it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// `sha256:` over the canonical text of `plan`: equal for everybody who plans the same change.
    pub id: PlanId,
    /// What would change. Equal input gives equal bytes.
    pub plan: Arc<PlanBody>,
    /// Where the plan comes from. Not part of the id.
    pub provenance: Provenance,
}

/// A plan file: the plan itself, and where it comes from.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Plan")]
pub struct PlanFile<'p> {
    /// SHA-256 over the canonical text of the file without this field.
    digest: Digest,
    /// The version of this file's format.
    format_version: u32,
    /// `sha256:` over the canonical text of `plan`: equal for everybody who plans the same change.
    id: PlanId,
    /// What would change. Equal input gives equal bytes.
    plan: Cow<'p, PlanBody>,
    /// Where the plan comes from. Not part of the id.
    provenance: Cow<'p, Provenance>,
}

impl Serialize for Plan {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { id, plan, provenance } = self;
        let file = PlanFile {
            digest: file_digest(format_version(), *id, plan, provenance),
            format_version: format_version(),
            id: *id,
            plan: Cow::Borrowed(plan),
            provenance: Cow::Borrowed(provenance),
        };
        file.serialize(serializer)
    }
}

/// What would change.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanBody {
    /// The label that the store carries or is to be given.
    pub label: Option<String>,
    /// The store that it was planned against; `null` for a store that was not there.
    pub lineage: Option<Lineage>,
    /// The facts of the store that the plan relies on. One that fails makes the plan stale; nothing else does.
    pub preconditions: Vec<Precondition>,
    /// Addresses whose live content equals the declared one but not the last applied one: written as last applied.
    pub records: Vec<Record>,
    /// Why the plan may not be applied as it is.
    pub refusals: Vec<Refusal>,
    /// The ordered steps. Between two steps the store is valid.
    pub steps: Vec<Step>,
    /// The workspace whose resources change.
    pub workspace: Option<WorkspaceName>,
}

/// Changes that are only valid together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The changes, by address.
    pub changes: Vec<Change>,
    /// Why there is more than one change in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<StepReason>,
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
        /// Who held it.
        from: Address,
        /// The scope.
        scope: String,
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
    /// What is done.
    pub action: Action,
    /// The resource; after a move, its new address.
    pub address: Address,
    /// The document that it leaves; absent for a delete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<After>,
    /// The digest of the document that it starts from; for a change that follows another of the same plan, the digest
    /// that the other leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Digest>,
    /// The strongest cause among its edits: conflict, then drift, then config.
    pub cause: Cause,
    /// What it does to behaviour.
    pub consequences: Vec<Consequence>,
    /// The fields that differ, by path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<Edit>,
    /// For a move: resources whose reference text follows the new address.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub follows: Vec<Follow>,
    /// For a move: the old address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Address>,
    /// What only a person can do.
    pub operator_steps: Vec<OperatorStep>,
    /// Changes that must have happened before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waits_for: Vec<ChangeRef>,
}

/// Names a change of a plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeRef {
    /// What is done.
    pub action: Action,
    /// Its resource.
    pub address: Address,
}

/// The document that a change leaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct After {
    /// SHA-256 of kind, format and canonical text, joined by NUL.
    pub digest: Digest,
    /// The declared content, `lifecycle` included; its canonical text is the document. Absent where the document stays as
    /// it is in the store, or only follows a move: what somebody else wrote there never enters a plan file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<CanonicalJson>,
    /// The kind's format.
    pub format: u32,
}

impl After {
    /// A declared document, whose text is canonical.
    pub fn declared(document: &Document, digest: Digest) -> Self {
        let content = CanonicalJson::known(document.shared_text());
        Self { digest, document: Some(content), format: document.format() }
    }

    /// A document that is in the store, or follows from one that is.
    pub fn kept(document: &Document) -> Self {
        Self { format: document.format(), digest: document.digest(), document: None }
    }

    /// The declared document of a resource of that kind; `None` where the plan does not hold it.
    pub fn document(&self, kind: &KindName) -> Option<Document> {
        let content = self.document.as_ref()?;
        Some(Document::stored(kind.clone(), self.format, Arc::clone(content.text())))
    }
}

/// One field that differs. A table that appears or goes is one edit with its whole value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// What is declared; absent where the field is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// What was last applied, where that is not what is live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied: Option<Value>,
    /// What is live; absent where the field is not there. A secret written out is replaced by a note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// Who is the cause.
    pub cause: Cause,
    /// The field.
    pub path: FieldPath,
}

/// A resource whose reference text follows a move.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Follow {
    /// The resource.
    pub address: Address,
    /// Its digest with the new name in place of the old.
    pub after: Digest,
    /// Its digest before.
    pub before: Digest,
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
#[serde(rename_all = "snake_case", deny_unknown_fields)]
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
        /// Holders that release it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        except: Vec<Address>,
        /// The namespace of the value.
        scope: String,
        /// The value.
        value: String,
    },
    /// What lies outside the workspace, as far as a guard counted it: see `set_digest` in the model.
    Set {
        /// The digest of holders and of whether there are others.
        digest: Digest,
        /// The kind that it counts in.
        kind: KindName,
        /// The scope that the guard counts.
        scope: String,
    },
}

/// Why a plan may not be applied as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// What it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Address>,
    /// Figures and names for the message.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, Value>,
    /// The rule.
    pub code: String,
    /// For the guards that count deletes: `--allow-deletes` with at least this number lifts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifted_by_deletes: Option<u64>,
}

/// What a change does to behaviour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Consequence {
    /// Figures and names for the sentence.
    pub args: BTreeMap<String, Value>,
    /// The rule that found it.
    pub code: String,
}

/// Something that only a person can do at a vendor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OperatorStep {
    /// Names and values that its text needs.
    pub args: BTreeMap<String, Value>,
    /// The step.
    pub code: String,
}

/// Where a plan comes from; nothing here decides anything.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// The workspace's count of runs when it was planned; part of the identity of the run that applies this file.
    pub base_serial: u64,
    /// SHA-256 over the declared addresses and digests.
    pub config_digest: Option<Digest>,
    /// Differences that somebody made outside deskform, also where the plan leaves them.
    pub drift: Vec<DriftNote>,
    /// The commit of the config repo, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git_commit: Option<String>,
    /// True if what was planned is not what that commit holds; absent where nobody could tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git_dirty: Option<bool>,
    /// Where each changed resource is declared.
    pub sources: BTreeMap<Address, SourcePlace>,
    /// Names of the changed resources, for people.
    pub titles: BTreeMap<Address, String>,
    /// The version of deskform that made it.
    pub tool_version: String,
    /// How many declared resources need no change.
    pub unchanged: u64,
    /// Resources that nobody owns. Listed, never changed.
    pub unmanaged: Vec<Unmanaged>,
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
    /// Works out the id.
    pub fn seal(plan: impl Into<Arc<PlanBody>>, provenance: Provenance) -> Self {
        let plan = plan.into();
        Self { id: id_of(&plan), plan, provenance }
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
        let read: PlanFile<'_> = serde_json::from_str(text).map_err(|error| shape(&error))?;
        let PlanFile { digest, format_version, id, plan, provenance } = read;
        if id_of(&plan) != id || file_digest(format_version, id, &plan, &provenance) != digest {
            return Err(PlanFileError::Digest);
        }
        Ok(Self { id, plan: Arc::new(plan.into_owned()), provenance: provenance.into_owned() })
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

/// A plan holds nothing that JSON cannot hold: its keys are texts, its numbers finite.
const IS_JSON: &str = "a plan can be written as JSON";

fn id_of(plan: &PlanBody) -> PlanId {
    PlanId::of_written(|out| Ok(serde_json::to_writer(out, plan)?)).expect(IS_JSON)
}

/// SHA-256 over the canonical text of the file without its digest: what serde writes of fields that stand in the order of
/// their names.
fn file_digest(format_version: u32, id: PlanId, plan: &PlanBody, provenance: &Provenance) -> Digest {
    let whole = Digest::of_written(b"deskform.planfile.1", |out| {
        write!(out, "{{\"format_version\":{format_version},\"id\":\"{id}\",\"plan\":")?;
        serde_json::to_writer(&mut *out, plan)?;
        write!(out, ",\"provenance\":")?;
        serde_json::to_writer(&mut *out, provenance)?;
        write!(out, "}}")
    });
    whole.expect(IS_JSON)
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
    plan: Arc<Plan>,
    lifted: Vec<String>,
}

impl ApprovedPlan {
    /// Lifts what `--allow-deletes` may lift; gives back the refusals that remain.
    ///
    /// The caller has had the plan judged and the person asked.
    pub fn new(plan: impl Into<Arc<Plan>>, allow_deletes: Option<u64>) -> Result<Self, Vec<Refusal>> {
        let plan = plan.into();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical_text;
    use serde_json::json;

    fn sample() -> Plan {
        let address = |text: &str| Address::parse(text).expect("a legal address");
        let digest = Digest::of(&[b"x"]);
        let edit = Edit {
            path: FieldPath::keys(["ranges", "本社"]),
            before: Some(json!({ "b": 1, "a": [true, null] })),
            after: Some(json!("\u{1}\"")),
            cause: Cause::Conflict,
            applied: Some(json!(-3)),
        };
        let change = Change {
            address: address("brand.b"),
            action: Action::Update,
            cause: Cause::Conflict,
            from: Some(address("brand.a")),
            before: Some(digest),
            after: Some(After {
                format: 2,
                digest,
                document: CanonicalJson::try_from(&json!({ "z": "", "é": {} })).ok(),
            }),
            edits: vec![edit],
            follows: vec![Follow { address: address("brand.c"), before: digest, after: digest }],
            waits_for: vec![ChangeRef { address: address("brand.c"), action: Action::Move }],
            consequences: vec![Consequence { code: "BR900".into(), args: BTreeMap::from([("n".into(), json!(1))]) }],
            operator_steps: vec![OperatorStep { code: "RB001".into(), args: BTreeMap::new() }],
        };
        let reasons = [
            StepReason::HandOver { scope: "brand.default".into(), from: address("brand.a"), to: address("brand.b") },
            StepReason::Exchange { scopes: vec!["brand.subdomain".into()] },
            StepReason::Circle,
        ];
        let owner = WorkspaceName::new("acme").ok();
        let body = PlanBody {
            workspace: owner.clone(),
            lineage: Lineage::new("0123456789abcdef0123456789abcdef").ok(),
            label: Some("production".into()),
            steps: reasons.map(|reason| Step { reason: Some(reason), changes: vec![change.clone()] }).to_vec(),
            records: vec![Record { address: address("brand.d"), digest: Some(digest) }],
            preconditions: vec![
                Precondition::Row { address: address("brand.a"), digest, owner },
                Precondition::Absent { address: address("brand.b") },
                Precondition::Exists { address: address("brand.b") },
                Precondition::Unreferenced { address: address("brand.b"), except: vec![address("brand.c")] },
                Precondition::Free { scope: "s".into(), value: "v".into(), except: vec![address("brand.c")] },
                Precondition::Set { scope: "s".into(), kind: KindName::new("brand").expect("legal"), digest },
            ],
            refusals: vec![Refusal {
                code: "PL001".into(),
                addresses: vec![address("brand.a")],
                args: BTreeMap::from([("deletes".into(), json!(11))]),
                lifted_by_deletes: Some(11),
            }],
        };
        let provenance = Provenance {
            base_serial: 3,
            tool_version: "0.1.0".into(),
            config_digest: Some(digest),
            git_commit: Some("abc".into()),
            git_dirty: None,
            sources: BTreeMap::from([(address("brand.b"), SourcePlace { file: "b.toml".into(), line: 1 })]),
            titles: BTreeMap::from([(address("brand.b"), "B".into())]),
            drift: vec![DriftNote { address: address("brand.b"), cause: Some(Cause::Drift) }],
            unmanaged: vec![Unmanaged { address: address("brand.e") }],
            unchanged: 4,
        };
        Plan::seal(body, provenance)
    }

    #[test]
    fn what_serde_writes_is_the_canonical_text() {
        let plan = sample();
        let canonical = canonical_text(&serde_json::to_value(&plan).expect("JSON")).expect("canonical");
        assert_eq!(serde_json::to_string(&plan).expect("JSON"), canonical);
    }

    #[test]
    fn a_plan_file_reads_back_and_its_digests_are_frozen() {
        let plan = sample();
        assert_eq!(Plan::from_text(&plan.to_text()), Ok(plan.clone()));
        assert_eq!(plan.id.to_string(), "sha256:291805e3f26f78e700b7b9ddc527d2937dacf0c0e11bdd131b30067dc745c9a0");
        assert_eq!(
            serde_json::to_value(&plan).expect("JSON")["digest"],
            "f2f6ae40b6a8df975714ac45bdc6c91af7d0abfb4288b4aedc093b699a2b0ce3"
        );
    }

    #[test]
    fn whether_the_commit_tells_all_is_no_part_of_the_id() {
        let plan = sample();
        let provenance = Provenance { git_dirty: Some(true), ..plan.provenance.clone() };
        let dirty = Plan::seal(plan.plan.clone(), provenance);
        assert_eq!(dirty.id, plan.id);
        assert_eq!(Plan::from_text(&dirty.to_text()), Ok(dirty.clone()));
        let canonical = canonical_text(&serde_json::to_value(&dirty).expect("JSON")).expect("canonical");
        assert_eq!(serde_json::to_string(&dirty).expect("JSON"), canonical);
    }

    #[test]
    fn a_plan_file_that_somebody_changed_is_refused() {
        let text = sample().to_text();
        assert_eq!(Plan::from_text(&text.replace("BR900", "BR901")), Err(PlanFileError::Digest));
        assert_eq!(Plan::from_text(&text.replace("\"unchanged\": 4", "\"unchanged\": 5")), Err(PlanFileError::Digest));
        let newer = text.replace("\"format_version\": 1", "\"format_version\": 2");
        assert_eq!(Plan::from_text(&newer), Err(PlanFileError::Version { found: 2, known: 1 }));
        assert!(matches!(Plan::from_text(&text[..text.len() / 2]), Err(PlanFileError::Shape { .. })));
    }
}
