//! Where each value of one resource comes from.

use std::collections::BTreeMap;
use std::ops::Range;

use deskform_model::{FieldPath, Kind, Source, hide_secrets};
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::findings::Findings;
use crate::manifest::Found;
use crate::merge::Merged;
use crate::overlay::Overlays;
use crate::text::{Sources, Text};
use crate::tree::value_of;

/// A field, its value, and who says so.
#[derive(Debug, Clone, PartialEq)]
pub struct Origin {
    /// The field, as in a manifest.
    pub path: FieldPath,
    /// What it holds; `None` where an overlay took it away. A secret written out is replaced by a note.
    pub value: Option<Value>,
    /// Who says so.
    pub said: Said,
}

/// Who says what a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// The manifest.
    Manifest(Source),
    /// An overlay, instead of what the manifest says at the second place.
    Overlay(Source, Option<Source>),
    /// An overlay that takes away what the manifest says at the second place.
    Unset(Source, Source),
    /// Nobody: it is the default.
    Default,
}

/// Every value of a declared resource, values before tables, each by their keys.
pub(crate) fn origins<'t>(overlays: &Overlays<'t>, found: &Found<'_, '_, 't>) -> Vec<Origin> {
    match overlays.merged(found, &mut Findings::default()) {
        Some((merged, text)) => of_table(found.kind, &text, &merged.table, &merged),
        None => found.root.table().map(|table| of_plain_table(found.kind, found.text, table)).unwrap_or_default(),
    }
}

/// Every value of a table without an overlay.
pub(crate) fn of_plain_table(kind: &dyn Kind, text: &Text<'_>, table: &DeTable<'_>) -> Vec<Origin> {
    let mut out = Vec::new();
    let trace = Trace { kind, text, sources: Sources::of(text), instead_of: BTreeMap::new() };
    trace.table(&FieldPath::root(), table, Some(kind.manifest_schema()), &mut out);
    out
}

/// Every value of a table with an overlay merged in, or of a part of it.
pub(crate) fn of_table(kind: &dyn Kind, text: &Text<'_>, table: &DeTable<'_>, merged: &Merged<'_>) -> Vec<Origin> {
    let Merged { table: _, unset, replaced } = merged;
    let mut instead_of = replaced.clone();
    instead_of.extend(unset.iter().map(|(unset, range)| (unset.path.clone(), range.clone())));
    let trace = Trace { kind, text, sources: Sources::of(text), instead_of };
    let mut out = Vec::new();
    trace.table(&FieldPath::root(), table, Some(kind.manifest_schema()), &mut out);
    for (field, range) in unset {
        let is_said_again = |origin: &Origin| origin.path.segments().starts_with(field.path.segments());
        if !out.iter().any(|origin| is_said_again(origin) && origin.said != Said::Default) {
            out.retain(|origin| !is_said_again(origin));
            let value = trace.default_of(&field.path);
            let said = Said::Unset(trace.sources.source(&field.range), trace.sources.source(range));
            out.push(Origin { path: field.path.clone(), value, said });
        }
    }
    out
}

struct Trace<'a, 't> {
    kind: &'a dyn Kind,
    text: &'a Text<'t>,
    sources: Sources<'a, 't>,
    /// What the manifest says where the overlay says something else.
    instead_of: BTreeMap<FieldPath, Range<usize>>,
}

impl Trace<'_, '_> {
    fn table(&self, path: &FieldPath, table: &DeTable<'_>, schema: Option<&Value>, out: &mut Vec<Origin>) {
        let mut entries: BTreeMap<&str, Option<&Spanned<DeValue<'_>>>> =
            defaults(schema).map(|(key, _)| (key.as_str(), None)).collect();
        entries.extend(table.iter().map(|(key, value)| (key.get_ref().as_ref(), Some(value))));
        let is_table = |value: &Spanned<DeValue<'_>>| inner(value).is_some();
        let (tables, values): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|(_, value)| value.is_some_and(is_table));
        for (key, value) in values.into_iter().chain(tables) {
            let path = path.key(key);
            let schema = schema.and_then(|schema| below(schema, key));
            match (value, value.and_then(inner)) {
                (_, Some(table)) => self.table(&path, table, schema, out),
                (Some(value), None) => self.value(path, value, out),
                (None, None) => {
                    let value = schema.and_then(|schema| schema.get("default")).cloned();
                    out.push(Origin { path, value, said: Said::Default });
                }
            }
        }
    }

    fn value(&self, path: FieldPath, value: &Spanned<DeValue<'_>>, out: &mut Vec<Origin>) {
        let items = value.get_ref().as_array();
        let tables = items.filter(|items| items.iter().any(|item| item.get_ref().is_table()));
        if let Some(items) = tables {
            // Written with a header each: every item has a place of its own.
            for (index, item) in items.iter().enumerate() {
                self.one(path.index(index), item, self.instead_of.get(&path), out);
            }
            return;
        }
        let instead_of = self.instead_of.get(&path);
        self.one(path, value, instead_of, out);
    }

    fn one(
        &self,
        path: FieldPath,
        value: &Spanned<DeValue<'_>>,
        instead_of: Option<&Range<usize>>,
        out: &mut Vec<Origin>,
    ) {
        let mut shown = value_of(value, &mut Vec::new());
        hide_secrets(self.kind.secrets(), &path, &mut shown);
        let source = self.sources.source(&value.span());
        let said = if self.text.is_overlay(&value.span()) {
            Said::Overlay(source, instead_of.map(|range| self.sources.source(range)))
        } else {
            Said::Manifest(source)
        };
        out.push(Origin { path, value: Some(shown), said });
    }

    /// What a field holds that nobody sets.
    fn default_of(&self, path: &FieldPath) -> Option<Value> {
        let mut schema = self.kind.manifest_schema();
        for segment in path.segments() {
            let deskform_model::Segment::Key(key) = segment else { return None };
            schema = below(schema, key)?;
        }
        schema.get("default").cloned()
    }
}

/// The table that a value is, if there is anything in it.
fn inner<'a, 't>(value: &'a Spanned<DeValue<'t>>) -> Option<&'a DeTable<'t>> {
    value.get_ref().as_table().filter(|table| !table.is_empty())
}

/// The fields of a table that have a default.
fn defaults(schema: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    let properties = schema.and_then(|schema| schema.get("properties")).and_then(Value::as_object);
    properties.into_iter().flatten().filter(|(_, field)| field.get("default").is_some())
}

/// The schema of a field of a table.
fn below<'s>(schema: &'s Value, key: &str) -> Option<&'s Value> {
    let own = schema.get("properties").and_then(|properties| properties.get(key));
    own.or_else(|| schema.get("additionalProperties")).filter(|schema| schema.is_object())
}
