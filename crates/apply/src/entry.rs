//! What an audit entry holds, and how it is hashed.
//!
//! Every struct here lists its fields in the order of their names: what serde writes then is the canonical text, without
//! a detour over a JSON value. A test holds that against `canonical_text`.

use deskform_model::{Action, Address, Category, Cause, Digest, KindName, Lineage, PlanId, WorkspaceName};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The version of the entry's format that this binary writes.
pub(crate) const FORMAT: u32 = 1;

/// One entry of the log: who, when, what and why, without any quoted value. Those stand in the payload, to which the
/// entry commits, so that a payload can be erased and the chain stays whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditEntry {
    /// What was done.
    pub action: EntryAction,
    /// The resource; after a move, its new address. Absent for the store's own entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// The digest of the document afterwards; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Digest>,
    /// What the workspace had last applied there, where that is not what the action starts from: somebody else changed
    /// the row. `null` for nothing. Absent where `before` is what was last applied (for create and adopt: where nothing
    /// was).
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub applied: Option<Option<Digest>>,
    /// When, by the clock of the server of the store; RFC 3339 in UTC.
    pub at: String,
    /// The digest of the document before; absent where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Digest>,
    /// The auditor's area.
    pub category: Category,
    /// Who caused the difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// Who did it, as the client says. Nothing here is verified.
    pub claimed: Claimed,
    /// Typed events, names only; their arguments stand in the payload.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventName>,
    /// The version of this format.
    #[schemars(range(min = 1, max = 1))]
    pub format: u32,
    /// For a move: the old address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Address>,
    /// SHA-256 over `deskform.audit.1`, `previous`, and the canonical text of this entry without `hash`, joined by NUL.
    pub hash: Digest,
    /// The kind of the resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<KindName>,
    /// Who did it, as the server of the store saw it.
    pub observed: Observed,
    /// HMAC-SHA-256 of the payload's text, keyed with its salt.
    pub payload: Digest,
    /// The hash of the entry before; for the first one, the store's lineage.
    pub previous: Previous,
    /// On the last entry of a run: the digest over all that the workspace has last applied then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<Digest>,
    /// The run it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunName>,
    /// Its number in the chain, from 1.
    #[schemars(range(min = 1))]
    pub seq: u64,
    /// Why it was done.
    pub why: Why,
    /// The chain: a workspace's name, or `@store`.
    pub workspace: Chain,
}

/// Tells `null` from absent.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Digest>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// What an entry says was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryAction {
    /// It was written for the first time.
    Create,
    /// It changed in place.
    Update,
    /// It changed in a field that no system changes in place.
    Replace,
    /// It went.
    Delete,
    /// Its address changed.
    Move,
    /// It became the workspace's.
    Adopt,
    /// It is no longer the workspace's.
    Forget,
    /// Its references follow a moved resource.
    Follow,
    /// What somebody else made of it is what is declared, and is taken as last applied.
    Record,
    /// The store was created.
    StoreCreated,
}

impl EntryAction {
    /// The word, as in the entry.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::Move => "move",
            Self::Adopt => "adopt",
            Self::Forget => "forget",
            Self::Follow => "follow",
            Self::Record => "record",
            Self::StoreCreated => "store_created",
        }
    }
}

impl From<Action> for EntryAction {
    fn from(action: Action) -> Self {
        match action {
            Action::Move => Self::Move,
            Action::Adopt => Self::Adopt,
            Action::Create => Self::Create,
            Action::Update => Self::Update,
            Action::Replace => Self::Replace,
            Action::Delete => Self::Delete,
            Action::Forget => Self::Forget,
        }
    }
}

/// Which chain: a workspace's, or the store's own, written `@store`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Chain {
    /// The store's own.
    Store,
    /// A workspace's.
    Workspace(WorkspaceName),
}

/// Text that names no chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("neither `@store` nor the name of a workspace")]
pub struct InvalidChain;

const STORE_CHAIN: &str = "@store";

impl Chain {
    /// `@store`, or the workspace's name.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Store => STORE_CHAIN,
            Self::Workspace(name) => name.as_str(),
        }
    }
}

impl std::fmt::Display for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl TryFrom<String> for Chain {
    type Error = InvalidChain;
    fn try_from(text: String) -> Result<Self, InvalidChain> {
        if text == STORE_CHAIN {
            return Ok(Self::Store);
        }
        WorkspaceName::new(text).map(Self::Workspace).map_err(|_| InvalidChain)
    }
}

impl From<Chain> for String {
    fn from(chain: Chain) -> String {
        match chain {
            Chain::Store => STORE_CHAIN.to_owned(),
            Chain::Workspace(name) => name.into(),
        }
    }
}

impl JsonSchema for Chain {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Chain".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^(@store|[a-z0-9][a-z0-9_-]{0,63})$" })
    }
}

/// What an entry follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Previous {
    /// The first entry of a chain: the store itself.
    Lineage(Lineage),
    /// The hash of the entry before.
    Entry(Digest),
}

impl Previous {
    fn text(&self) -> String {
        match self {
            Self::Lineage(lineage) => lineage.as_str().to_owned(),
            Self::Entry(digest) => digest.to_string(),
        }
    }
}

/// The run that an entry belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunName {
    /// The plan.
    pub plan: PlanId,
    /// The workspace's count of runs, this one included.
    pub serial: u64,
}

/// Who did it, as the client says: nothing of it is verified.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claimed {
    /// The person, or the account of a pipeline.
    pub actor: String,
    /// The address that the client says it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The pipeline's system, such as `github_actions`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci: Option<String>,
    /// The name of the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The run of the pipeline, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<Pipeline>,
}

/// A pipeline's run, as it says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pipeline {
    /// Which attempt of the run it is, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<String>,
    /// The number of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The number of the pull or merge request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<String>,
    /// The branch or reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ref_name: Option<String>,
    /// The repository, such as `acme/config`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
}

/// Who did it, as the server of the store saw it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Observed {
    /// The client's address; absent on SQLite, which has no server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// `sqlite` or `postgres`.
    pub engine: String,
    /// The database user; absent on SQLite, which has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

/// Why it was done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Why {
    /// The page of the pipeline's run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci_run: Option<String>,
    /// The commit of the config repo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// True if what was planned is not what that commit holds; absent where nobody could tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dirty: Option<bool>,
    /// Rules of the guards that were lifted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifted: Vec<String>,
    /// True if a reason was given; its text stands in the payload.
    pub reason: bool,
}

/// A typed event, without its arguments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventName {
    /// Its area; may differ from the entry's.
    pub category: Category,
    /// The name, `noun.participle`.
    pub name: String,
}

impl AuditEntry {
    /// The canonical text, `hash` included.
    pub fn to_text(&self) -> String {
        // Most entries fit; growing a text of a hundred thousand of them costs more than writing it.
        let mut text = Vec::with_capacity(1024);
        serde_json::to_writer(&mut text, self)
            .expect("an entry holds nothing that JSON cannot: no floats, and keys that are strings");
        String::from_utf8(text).expect("JSON is UTF-8")
    }

    /// Works out the hash, sets it, and gives the canonical text.
    pub(crate) fn sealed_text(&mut self) -> String {
        let mut text = self.to_text();
        let place = HashPlace::of(&text).expect("an entry's text has the member `hash`");
        self.hash = place.hash(&text, &self.previous);
        text.replace_range(place.value, &self.hash.to_string());
        text.shrink_to_fit();
        text
    }
}

/// The hash that an entry of this text must have; `None` if it has no place for one.
pub(crate) fn hash_of(text: &str, previous: &Previous) -> Option<Digest> {
    HashPlace::of(text).map(|place| place.hash(text, previous))
}

/// Where the member `hash` stands in an entry's text. `workspace` always follows, so it always ends in a comma; and a
/// quote inside a string is escaped, so no string can look like the member.
struct HashPlace {
    member: std::ops::Range<usize>,
    value: std::ops::Range<usize>,
}

impl HashPlace {
    fn of(text: &str) -> Option<Self> {
        const KEY: &str = "\"hash\":\"";
        let start = text.find(KEY)?;
        let value = start + KEY.len()..start + KEY.len() + 64;
        let member = start..value.end + 2;
        (text.get(value.end..member.end)? == "\",").then_some(Self { member, value })
    }

    fn hash(&self, text: &str, previous: &Previous) -> Digest {
        let mut hash = Sha256::new();
        hash.update(b"deskform.audit.1\0");
        hash.update(previous.text());
        hash.update([0]);
        hash.update(&text[..self.member.start]);
        hash.update(&text[self.member.end..]);
        Digest::from_bytes(hash.finalize().into())
    }
}

/// The draft-07 schema of an audit entry.
pub fn audit_entry_schema() -> Value {
    SchemaSettings::draft07().into_generator().into_root_schema_for::<AuditEntry>().to_value()
}
