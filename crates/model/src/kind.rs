//! What a kind hands over, all as data.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Address, Body, CanonicalJson, Code, Document, Edit, FieldPath, KindName, Lifecycle, Severity, Shapes};

/// A kind of resource. The planner, the reader and the log know kinds only through this.
///
/// A *spec* is the kind's own table of a document, in the kind's latest format: normalised, defaults left out, without
/// `lifecycle`. Kinds are written through [`crate::TypedKind`], which derives most of this.
pub trait Kind: Send + Sync {
    /// The name in headers and addresses.
    fn name(&self) -> &KindName;

    /// The newest format this binary writes and reads.
    fn latest_format(&self) -> u32;

    /// The draft-07 schema of the table under `[kind.name]` in a manifest, without references, without `lifecycle`.
    fn manifest_schema(&self) -> &Value;

    /// How every list of a spec is to be compared, found by its path.
    fn shapes(&self) -> &Shapes;

    /// Reads the table of a manifest (dates already strings): types first, then the kind's own checks.
    fn read(&self, body: Body<'_>, facts: &Facts<'_>) -> Result<Reading, ReadError>;

    /// Brings the spec of a stored document from `format` to the latest format, and checks that it fits.
    fn upgrade(&self, format: u32, spec: Value) -> Result<Value, Unreadable>;

    /// What a spec refers to, holds alone, and is called.
    fn outline(&self, spec: &Value) -> Outline;

    /// The outline of a stored document and its lifecycle, after a check that it fits: [`Kind::upgrade`], then
    /// [`Kind::outline`], for those who do not need the spec itself.
    fn outline_stored(&self, document: &Document) -> Result<(Outline, Lifecycle), Unreadable> {
        let (spec, lifecycle) = document.parts().ok_or(Unreadable::Misfit)?;
        Ok((self.outline(&self.upgrade(document.format(), spec)?), lifecycle))
    }

    /// A spec as a person would write it in a manifest: defaults left out, spellings folded.
    fn to_manifest(&self, spec: &Value) -> Value;

    /// The same as JSON text, whose keys stand in the order of the kind's types: what a [`Value`] cannot hold.
    fn to_manifest_text(&self, spec: &Value) -> String {
        self.to_manifest(spec).to_string()
    }

    /// The files that a spec names.
    fn files(&self, _spec: &Value) -> Vec<NamedFile> {
        Vec::new()
    }

    /// Fields that no system can change in place; a change of one replaces the resource.
    fn replace_only(&self) -> &[FieldPath];

    /// Paths whose values are secrets; `*` stands for any key.
    fn secrets(&self) -> &[FieldPath];

    /// Roles that at most one resource of the kind has.
    fn exclusive(&self) -> &[ExclusiveScope];

    /// The field by which resources of the kind stand above each other, if there is one.
    fn hierarchy(&self) -> Option<&Hierarchy>;

    /// How many resources the vendor allows, given the spec of the policy in force (`{}` if there is none).
    fn limit(&self, policy: &Value) -> Option<Limit>;

    /// The auditor's view of a change; `before` and `after` are specs.
    fn category(&self) -> Category;

    /// Typed events out of a change of fields.
    fn events(&self, before: Option<&Value>, after: Option<&Value>, edits: &[Edit]) -> Vec<Event>;

    /// The events between two stored documents: [`Kind::upgrade`], then [`Kind::events`]. None where a side that is there
    /// does not fit: the change would be taken for a creation or a deletion.
    fn events_stored(&self, before: Option<Known<'_>>, after: Option<Known<'_>>, edits: &[Edit]) -> Vec<Event> {
        let open = |Known { document, typed: _ }: Known<'_>| {
            let (spec, _) = document.parts().ok_or(Unreadable::Misfit)?;
            self.upgrade(document.format(), spec)
        };
        match (before.map(open).transpose(), after.map(open).transpose()) {
            (Ok(before), Ok(after)) => self.events(before.as_ref(), after.as_ref(), edits),
            _ => Vec::new(),
        }
    }
}

/// What a kind needs to know from outside the text. Handed in, so that no kind opens a file.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// Facts of a file of the config repo, by its path relative to `deskform.toml`.
    pub file: &'a (dyn Fn(&str) -> Result<FileFact, FileProblem> + Sync),
}

/// Facts of a file that a manifest names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFact {
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its first bytes: all of them where they are no more than [`FileFact::MOST_HELD`].
    pub held: Vec<u8>,
}

impl FileFact {
    /// Most bytes that are handed in.
    pub const MOST_HELD: usize = 1024 * 1024;
}

/// A file that a spec names: the store knows it by its facts and does not hold it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamedFile {
    /// Its path relative to `deskform.toml`.
    pub path: String,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
}

/// Why a file that a manifest names cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileProblem {
    /// There is none.
    Missing,
    /// It lies outside the config repo, or is no plain file.
    Outside,
    /// It cannot be read; the reason as a lower-case fragment.
    Unreadable(String),
}

/// A manifest table that fits its kind's types.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The spec.
    pub spec: CanonicalJson,
    /// The lowest format that can hold it.
    pub format: u32,
    /// What it refers to, holds alone, and is called.
    pub outline: Outline,
    /// What the kind's own checks found; paths are those of the manifest table.
    pub problems: Vec<Problem>,
    /// The spec as the kind's own type, if who reads its text gets just that.
    pub typed: Option<TypedSpec>,
}

/// A spec as its kind's own type, so that it need not be read from its text again.
#[derive(Clone)]
pub struct TypedSpec(Arc<dyn Any + Send + Sync>);

impl TypedSpec {
    pub(crate) fn new<S: Send + Sync + 'static>(spec: S) -> Self {
        Self(Arc::new(spec))
    }

    pub(crate) fn get<S: 'static>(&self) -> Option<&S> {
        self.0.downcast_ref()
    }
}

/// Says nothing of the spec: it may hold a secret.
impl fmt::Debug for TypedSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedSpec")
    }
}

/// A document, and its spec as the kind's own type where somebody has it.
#[derive(Debug, Clone, Copy)]
pub struct Known<'d> {
    /// The document.
    pub document: &'d Document,
    /// Its spec.
    pub typed: Option<&'d TypedSpec>,
}

impl<'d> From<&'d Document> for Known<'d> {
    fn from(document: &'d Document) -> Self {
        Self { document, typed: None }
    }
}

/// Why a manifest table could not be read.
#[derive(Debug, Clone, PartialEq)]
pub enum ReadError {
    /// It does not fit the kind's types: the schema says where. Holds serde's message, which may quote a value and is
    /// never shown.
    Shape(String),
    /// It fits the types but no spec can be made of it.
    Problems(Vec<Problem>),
}

/// A finding of a kind's own checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The rule.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// Where in the manifest table.
    pub path: FieldPath,
    /// What is wrong, a lower-case fragment.
    pub message: String,
    /// Why, in a few words.
    pub label: String,
    /// What to do, a whole imperative sentence.
    pub hint: Option<String>,
    /// True if the value at `path` is never secret and may be shown.
    pub quotable: bool,
}

impl Problem {
    /// An error whose value may be shown (most fields): rule, place, what, why.
    pub fn error(code: Code, path: FieldPath, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            path,
            message: message.into(),
            label: label.into(),
            hint: None,
            quotable: true,
        }
    }

    /// A warning, otherwise as [`Problem::error`].
    pub fn warning(code: Code, path: FieldPath, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, path, message, label) }
    }

    /// An advice, otherwise as [`Problem::error`].
    pub fn advice(code: Code, path: FieldPath, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self { severity: Severity::Advice, ..Self::error(code, path, message, label) }
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// A stored document that this binary cannot read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Written by a newer deskform.
    #[error("format {found} is newer than {known}, the newest that this deskform knows")]
    Newer {
        /// The document's format.
        found: u32,
        /// The newest known format.
        known: u32,
    },
    /// It does not fit its kind, or is no JSON table.
    #[error("it does not fit its kind")]
    Misfit,
}

/// What a spec refers to, holds alone, and is called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// The name for people, if the kind has one.
    pub title: Option<String>,
    /// The resources it names, in the order of their paths.
    pub references: Vec<Reference>,
    /// Values that no other resource of the store may hold.
    pub unique: Vec<UniqueValue>,
}

/// One reference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The field, in the spec (for the log and the store) which for a reference is also its place in the manifest.
    pub path: FieldPath,
    /// The resource it names.
    pub to: Address,
}

/// A value that at most one resource of a store holds, such as a subdomain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UniqueValue {
    /// Which namespace, such as `brand.subdomain`.
    pub scope: String,
    /// The value as compared (lower-cased where case does not matter).
    pub value: String,
    /// The field.
    pub path: FieldPath,
}

/// A role that at most one resource of the kind has: a scope of unique values with one value. It is handed over in one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExclusiveScope {
    /// The scope, such as `brand.default`.
    pub scope: &'static str,
    /// What the holder is called, for messages: `default brand`.
    pub what: &'static str,
    /// True if one must have the role as long as there is any resource of the kind.
    pub needed: bool,
}

/// A field whose references lead from a resource to those of the same kind above it: never in a circle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hierarchy {
    /// The field, one reference or a list of them.
    pub field: &'static str,
    /// How many levels there may be, one without references included.
    pub levels: usize,
    /// The rule that is broken below the last level.
    pub code: Code,
    /// Who says so, for the message: "Amazon Connect".
    pub source: &'static str,
}

/// A vendor limit on the number of resources of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// The rule that is broken above it.
    pub code: Code,
    /// The number allowed.
    pub most: u64,
    /// Who says so, for the message: "Zendesk Suite Enterprise".
    pub source: String,
}

/// The auditor's area of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Brands, ownership, platform facts and limits.
    Account,
    /// People and their rights.
    User,
    /// Integrations.
    Application,
    /// Hours, call paths, desks, strategies.
    Rule,
    /// Network ranges, allow lists, policy.
    Other,
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Account => "account",
            Self::User => "user",
            Self::Application => "application",
            Self::Rule => "rule",
            Self::Other => "other",
        })
    }
}

/// A typed event of the log, such as `hours.changed`. Its arguments may quote values and stand in the payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The name, `noun.participle`.
    pub name: &'static str,
    /// Its area; may differ from the kind's.
    pub category: Category,
    /// Arguments as a JSON table.
    pub arguments: Value,
}
