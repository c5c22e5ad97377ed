//! The kinds that a binary knows.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::secret::{fits, hide_secrets};
use crate::{
    Address, Document, Edit, Event, FieldPath, Kind, Known, Lifecycle, ListShape, Outline, Refusal, RefusalWords,
    Safeguard, Segment, Shapes, Unreadable,
};

/// The kinds by name, and what must not be lost among them. Passed in as a value, so that tests can run everything over
/// kinds of their own.
#[derive(Default)]
pub struct Registry {
    kinds: BTreeMap<String, Box<dyn Kind>>,
    safeguards: Vec<Box<dyn Safeguard>>,
}

impl Registry {
    /// A registry without kinds.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a kind.
    #[must_use]
    pub fn with(mut self, kind: impl Kind + 'static) -> Self {
        self.kinds.insert(kind.name().as_str().to_owned(), Box::new(kind));
        self
    }

    /// Adds a guard over several kinds.
    #[must_use]
    pub fn guarded_by(mut self, safeguard: impl Safeguard + 'static) -> Self {
        self.safeguards.push(Box::new(safeguard));
        self
    }

    /// All guards over several kinds, in the order in which they were added.
    pub fn safeguards(&self) -> impl Iterator<Item = &dyn Safeguard> {
        self.safeguards.iter().map(Box::as_ref)
    }

    /// A refusal of a safeguard in words; `None` for one that no safeguard states.
    pub fn words(&self, refusal: &Refusal) -> Option<RefusalWords> {
        self.safeguards().find_map(|safeguard| safeguard.words(refusal))
    }

    /// The kind of that name.
    pub fn get(&self, name: &str) -> Option<&dyn Kind> {
        self.kinds.get(name).map(Box::as_ref)
    }

    /// All kinds, by name.
    pub fn kinds(&self) -> impl Iterator<Item = &dyn Kind> {
        self.kinds.values().map(Box::as_ref)
    }

    /// The spec of a stored document in its kind's latest format, and its lifecycle.
    pub fn open(&self, document: &Document) -> Result<(Value, Lifecycle), Unreadable> {
        let kind = self.get(document.kind().as_str()).ok_or(Unreadable::Misfit)?;
        let (spec, lifecycle) = document.parts().ok_or(Unreadable::Misfit)?;
        Ok((kind.upgrade(document.format(), spec)?, lifecycle))
    }

    /// The outline of a stored document, and its lifecycle; for those who do not need the spec itself.
    pub fn outline(&self, document: &Document) -> Result<(Outline, Lifecycle), Unreadable> {
        self.get(document.kind().as_str()).ok_or(Unreadable::Misfit)?.outline_stored(document)
    }

    /// The typed events between two documents of one kind; none where one of them cannot be read.
    pub fn events(&self, before: Option<Known<'_>>, after: Option<Known<'_>>, edits: &[Edit]) -> Vec<Event> {
        let kind = before.or(after).and_then(|side| self.get(side.document.kind().as_str()));
        kind.map(|kind| kind.events_stored(before, after, edits)).unwrap_or_default()
    }

    /// The document with every reference to `from` rewritten to `to`; `None` if it cannot be read, does not refer to
    /// `from`, or the two are of different kinds.
    ///
    /// It keeps its format where reading it changes nothing, and is written in the latest format otherwise: a new name
    /// needs no newer format than the old one did.
    pub fn renamed(&self, document: &Document, from: &Address, to: &Address) -> Option<Document> {
        // Reading a document takes a hundred times longer than seeing that the name stands nowhere in it.
        if from.kind() != to.kind() || !document.text().contains(from.name()) {
            return None;
        }
        let kind = self.get(document.kind().as_str())?;
        let (stored, lifecycle) = document.parts()?;
        let mut spec = kind.upgrade(document.format(), stored.clone()).ok()?;
        let format = if spec == stored { document.format() } else { kind.latest_format() };
        let references = kind.outline(&spec).references;
        let mut places = references.iter().filter(|reference| reference.to == *from).peekable();
        places.peek()?;
        for reference in places {
            let name = place_mut(&mut spec, kind.shapes(), &reference.path)?;
            if name.as_str() != Some(from.name()) {
                return None;
            }
            *name = Value::String(to.name().to_owned());
        }
        kind.shapes().canonicalise(&mut spec);
        Document::new(document.kind().clone(), format, spec, lifecycle).ok()
    }

    /// The content of a stored document for showing: literals in secret fields hidden, whatever shape it has.
    pub fn shown(&self, document: &Document) -> Value {
        let mut value =
            serde_json::from_str(document.text()).unwrap_or_else(|_| Value::String("(not readable)".to_owned()));
        if let Some(kind) = self.get(document.kind().as_str()) {
            hide_secrets(kind.secrets(), &FieldPath::root(), &mut value);
        }
        value
    }

    /// True if a path of a kind lies in a secret field.
    pub fn is_secret(&self, kind: &str, path: &FieldPath) -> bool {
        let Some(kind) = self.get(kind) else {
            return false;
        };
        kind.secrets().iter().any(|secret| {
            let (secret, path) = (secret.segments(), path.segments());
            path.len() >= secret.len() && secret.iter().zip(path).all(|(s, p)| fits(s, p))
        })
    }
}

/// The value at a path; a key stands for an item of a keyed list too.
fn place_mut<'v>(spec: &'v mut Value, shapes: &Shapes, path: &FieldPath) -> Option<&'v mut Value> {
    let mut seen = FieldPath::root();
    path.segments().iter().try_fold(spec, |value, segment| {
        let found = match (value, segment) {
            (Value::Object(table), Segment::Key(key)) => table.get_mut(key),
            (Value::Array(items), Segment::Index(index)) => items.get_mut(*index),
            (Value::Array(items), Segment::Key(key)) => match shapes.at(&seen) {
                ListShape::Keyed(field) => {
                    items.iter_mut().find(|item| item.get(field).and_then(Value::as_str) == Some(key))
                }
                ListShape::Set | ListShape::Ordered => None,
            },
            _ => None,
        };
        seen = seen.segments().iter().chain([segment]).cloned().collect();
        found
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Category, KindName, Lowering, Reference, Typed, TypedKind};
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    /// A kind with a single reference, a set of references, and two formats: the first called `lead` `head`.
    struct Crew;

    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct CrewSpec {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lead: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schemars(extend("x-deskform-list" = "set"))]
        members: Vec<String>,
    }

    impl TypedKind for Crew {
        const NAME: &'static str = "crew";
        const FORMAT: u32 = 2;
        type Manifest = CrewSpec;
        type Spec = CrewSpec;

        fn lower(manifest: CrewSpec, _: &mut Lowering<'_>) -> Option<CrewSpec> {
            Some(manifest)
        }
        fn raise(spec: &CrewSpec) -> CrewSpec {
            CrewSpec { lead: spec.lead.clone(), members: spec.members.clone() }
        }
        fn outline(spec: &CrewSpec) -> Outline {
            let to = |name: &str| Address::parse(&format!("person.{name}")).expect("a legal name");
            let lead = spec.lead.iter().map(|name| Reference { path: FieldPath::keys(["lead"]), to: to(name) });
            let members = spec.members.iter().enumerate();
            let members = members
                .map(|(index, name)| Reference { path: FieldPath::keys(["members"]).index(index), to: to(name) });
            Outline { references: lead.chain(members).collect(), ..Outline::default() }
        }
        fn category() -> Category {
            Category::User
        }
        fn events(_: Option<&CrewSpec>, _: Option<&CrewSpec>, _: &[Edit]) -> Vec<Event> {
            Vec::new()
        }
        fn upgrade(_: u32, mut spec: Value) -> Option<Value> {
            let table = spec.as_object_mut()?;
            if let Some(head) = table.remove("head") {
                table.insert("lead".to_owned(), head);
            }
            Some(spec)
        }
    }

    fn check(format: u32, text: &str, expected: Option<(u32, &str)>) {
        let kind = KindName::new("crew").expect("a legal kind");
        let registry = Registry::new().with(Typed::<Crew>::new());
        let [from, to] = ["person.b", "person.z"].map(|text| Address::parse(text).expect("a legal address"));
        let renamed = registry.renamed(&Document::stored(kind, format, text.to_owned()), &from, &to);
        assert_eq!(renamed.as_ref().map(|document| (document.format(), document.text())), expected);
    }

    #[test]
    fn a_rename_rewrites_every_reference_and_keeps_sets_in_order() {
        check(
            2,
            r#"{"lead":"b","lifecycle":{"protected":true},"members":["a","b","c"]}"#,
            Some((2, r#"{"lead":"z","lifecycle":{"protected":true},"members":["a","c","z"]}"#)),
        );
    }

    #[test]
    fn a_rename_keeps_an_older_format_only_where_it_reads_the_same() {
        check(1, r#"{"members":["b"]}"#, Some((1, r#"{"members":["z"]}"#)));
        check(1, r#"{"head":"b"}"#, Some((2, r#"{"lead":"z"}"#)));
    }

    #[test]
    fn what_cannot_be_read_or_does_not_refer_is_not_renamed() {
        check(2, r#"{"lead":"a"}"#, None);
        check(2, r#"{"leader":"b"}"#, None);
        check(3, r#"{"lead":"b"}"#, None);
    }
}
