//! The typed side of a kind: two Rust types and a few functions, from which [`Kind`] follows.

use std::borrow::Cow;
use std::sync::LazyLock;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use schemars::JsonSchema;

use crate::{
    Body, CanonicalJson, Category, Document, Edit, Event, ExclusiveScope, Facts, FieldPath, Hierarchy, Kind, KindName,
    Known, Lifecycle, Limit, NamedFile, Outline, Problem, ReadError, Reading, Severity, Shapes, TypedSpec, Unreadable,
    inline_schema, strict,
};

/// A kind as its author writes it.
///
/// `Manifest` is the table as people write it, `Spec` the content as stored: all spellings folded, defaults skipped when
/// serialised. Both deny unknown fields. Their schemas and serde must accept the same tables; a test holds them to it.
pub trait TypedKind: Send + Sync + 'static {
    /// The name in headers and addresses.
    const NAME: &'static str;
    /// The newest format.
    const FORMAT: u32 = 1;
    /// The oldest format whose specs the latest types read as they are, without [`TypedKind::upgrade`].
    const SAME_SINCE: u32 = Self::FORMAT;
    /// The field by which resources stand above each other.
    const HIERARCHY: Option<Hierarchy> = None;
    /// The table as written.
    type Manifest: DeserializeOwned + Serialize + JsonSchema;
    /// The content as stored.
    type Spec: DeserializeOwned + Serialize + JsonSchema + Send + Sync;

    /// Folds spellings and runs the kind's own checks. `None` where no spec can be made; a problem must say why.
    fn lower(manifest: Self::Manifest, lowering: &mut Lowering<'_>) -> Option<Self::Spec>;

    /// A spec as a person would write it.
    fn raise(spec: &Self::Spec) -> Self::Manifest;

    /// What the spec refers to, holds alone, and is called.
    fn outline(spec: &Self::Spec) -> Outline;

    /// The auditor's area of a plain change.
    fn category() -> Category;

    /// Typed events out of a change.
    fn events(before: Option<&Self::Spec>, after: Option<&Self::Spec>, edits: &[Edit]) -> Vec<Event>;

    /// The lowest format that can hold the spec.
    fn format_of(_spec: &Self::Spec) -> u32 {
        Self::FORMAT
    }

    /// Brings a stored spec of an earlier format to the latest; `None` where it does not fit.
    fn upgrade(_format: u32, spec: Value) -> Option<Value> {
        Some(spec)
    }

    /// The files that the spec names.
    fn files(_spec: &Self::Spec) -> Vec<NamedFile> {
        Vec::new()
    }

    /// Fields that no system can change in place.
    fn replace_only() -> Vec<FieldPath> {
        Vec::new()
    }

    /// Paths whose values are secrets; `*` stands for any key.
    fn secrets() -> Vec<FieldPath> {
        Vec::new()
    }

    /// Roles that at most one resource has.
    fn exclusive() -> Vec<ExclusiveScope> {
        Vec::new()
    }

    /// How many resources the vendor allows.
    fn limit(_policy: &Value) -> Option<Limit> {
        None
    }
}

/// What [`TypedKind::lower`] is handed and reports to.
pub struct Lowering<'a> {
    /// Facts from outside the text.
    pub facts: &'a Facts<'a>,
    problems: Vec<Problem>,
}

impl Lowering<'_> {
    /// Reports a finding.
    pub fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

/// A [`TypedKind`] as a [`Kind`].
pub struct Typed<K> {
    name: KindName,
    /// Worked out when first asked for: a command that has nothing to do with a kind pays nothing for it.
    schema: LazyLock<Value>,
    shapes: LazyLock<Shapes>,
    replace_only: Vec<FieldPath>,
    secrets: Vec<FieldPath>,
    exclusive: Vec<ExclusiveScope>,
    kind: std::marker::PhantomData<fn() -> K>,
}

impl<K: TypedKind> Typed<K> {
    /// The kind; its schema and its shapes are worked out once, when they are needed.
    pub fn new() -> Self {
        Self {
            name: KindName::new(K::NAME).expect("a kind's name is a constant that a test reads"),
            schema: LazyLock::new(inline_schema::<K::Manifest>),
            shapes: LazyLock::new(Shapes::of_type::<K::Spec>),
            replace_only: K::replace_only(),
            secrets: K::secrets(),
            exclusive: K::exclusive(),
            kind: std::marker::PhantomData,
        }
    }

    fn spec(&self, spec: &Value) -> Option<K::Spec> {
        strict::read(spec).ok()
    }

    /// Reads a stored document of any format that fits: one that the latest types read as it is without a tree between.
    fn document(&self, document: &Document) -> Result<(K::Spec, Lifecycle), Unreadable> {
        let format = document.format();
        let same = (K::SAME_SINCE..=K::FORMAT).contains(&format);
        if let Some(read) = same.then(|| strict::document(document.text())).flatten() {
            return Ok(read);
        }
        let (spec, lifecycle) = document.parts().ok_or(Unreadable::Misfit)?;
        Ok((self.stored(format, &spec)?, lifecycle))
    }

    /// The spec of a document, read only where nobody has it.
    fn side<'d>(&self, known: Known<'d>) -> Result<Side<'d, K::Spec>, Unreadable> {
        match known.typed.and_then(TypedSpec::get) {
            Some(spec) => Ok(Side::Known(spec)),
            None => self.document(known.document).map(|(spec, _)| Side::Read(spec)),
        }
    }

    /// Reads a stored spec of any format that fits.
    fn stored(&self, format: u32, spec: &Value) -> Result<K::Spec, Unreadable> {
        if format > K::FORMAT {
            return Err(Unreadable::Newer { found: format, known: K::FORMAT });
        }
        let upgraded = if format < K::SAME_SINCE {
            K::upgrade(format, spec.clone()).map(Cow::Owned)
        } else {
            Some(Cow::Borrowed(spec))
        };
        upgraded.and_then(|spec| self.spec(&spec)).ok_or(Unreadable::Misfit)
    }
}

/// A spec that somebody has, or that was read.
enum Side<'d, S> {
    Known(&'d S),
    Read(S),
}

impl<S> Side<'_, S> {
    fn spec(&self) -> &S {
        match self {
            Self::Known(spec) => spec,
            Self::Read(spec) => spec,
        }
    }
}

impl<K: TypedKind> Default for Typed<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: TypedKind> Kind for Typed<K> {
    fn name(&self) -> &KindName {
        &self.name
    }

    fn latest_format(&self) -> u32 {
        K::FORMAT
    }

    fn manifest_schema(&self) -> &Value {
        &self.schema
    }

    fn shapes(&self) -> &Shapes {
        &self.shapes
    }

    fn read(&self, body: Body<'_>, facts: &Facts<'_>) -> Result<Reading, ReadError> {
        let body = body.normalised().map_err(|error| ReadError::Shape(error.to_string()))?;
        let manifest: K::Manifest = strict::read(body).map_err(|error| ReadError::Shape(error.to_string()))?;
        let mut lowering = Lowering { facts, problems: Vec::new() };
        let spec = K::lower(manifest, &mut lowering);
        let problems = lowering.problems;
        let Some(spec) = spec else {
            return Err(ReadError::Problems(problems));
        };
        let (text, as_is) = CanonicalJson::as_it_is(&spec, &self.shapes).map_err(ReadError::Shape)?;
        debug_assert!(
            problems.iter().any(|p| p.severity == Severity::Error) || self.spec(&text.value()).is_some(),
            "a spec that was written must read again"
        );
        let (format, outline) = (K::format_of(&spec), K::outline(&spec));
        // Of an older format the text may be read as something else.
        let same = as_is && (K::SAME_SINCE..=K::FORMAT).contains(&format);
        Ok(Reading { spec: text, format, outline, problems, typed: same.then(|| TypedSpec::new(spec)) })
    }

    fn upgrade(&self, format: u32, spec: Value) -> Result<Value, Unreadable> {
        let typed = self.stored(format, &spec)?;
        let mut value = serde_json::to_value(&typed).map_err(|_| Unreadable::Misfit)?;
        self.shapes.canonicalise(&mut value);
        Ok(value)
    }

    fn outline(&self, spec: &Value) -> Outline {
        self.spec(spec).map(|spec| K::outline(&spec)).unwrap_or_default()
    }

    fn outline_stored(&self, document: &Document) -> Result<(Outline, Lifecycle), Unreadable> {
        self.document(document).map(|(spec, lifecycle)| (K::outline(&spec), lifecycle))
    }

    fn to_manifest(&self, spec: &Value) -> Value {
        let raised = self.spec(spec).and_then(|spec| serde_json::to_value(K::raise(&spec)).ok());
        raised.unwrap_or_else(|| spec.clone())
    }

    fn to_manifest_text(&self, spec: &Value) -> String {
        let raised = self.spec(spec).and_then(|spec| serde_json::to_string(&K::raise(&spec)).ok());
        raised.unwrap_or_else(|| spec.to_string())
    }

    fn files(&self, spec: &Value) -> Vec<NamedFile> {
        self.spec(spec).map(|spec| K::files(&spec)).unwrap_or_default()
    }

    fn replace_only(&self) -> &[FieldPath] {
        &self.replace_only
    }

    fn secrets(&self) -> &[FieldPath] {
        &self.secrets
    }

    fn exclusive(&self) -> &[ExclusiveScope] {
        &self.exclusive
    }

    fn hierarchy(&self) -> Option<&Hierarchy> {
        const { &K::HIERARCHY }.as_ref()
    }

    fn limit(&self, policy: &Value) -> Option<Limit> {
        K::limit(policy)
    }

    fn category(&self) -> Category {
        K::category()
    }

    fn events(&self, before: Option<&Value>, after: Option<&Value>, edits: &[Edit]) -> Vec<Event> {
        let before = before.and_then(|spec| self.spec(spec));
        let after = after.and_then(|spec| self.spec(spec));
        K::events(before.as_ref(), after.as_ref(), edits)
    }

    fn events_stored(&self, before: Option<Known<'_>>, after: Option<Known<'_>>, edits: &[Edit]) -> Vec<Event> {
        match (before.map(|side| self.side(side)).transpose(), after.map(|side| self.side(side)).transpose()) {
            (Ok(before), Ok(after)) => {
                K::events(before.as_ref().map(Side::spec), after.as_ref().map(Side::spec), edits)
            }
            _ => Vec::new(),
        }
    }
}
