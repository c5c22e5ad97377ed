//! How the lists of a document are compared: as sets, in order, or by a key field.

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, transform::Transform};
use serde_json::Value;

use crate::{FieldPath, Segment, canonical_text};

/// How a list is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListShape {
    /// Order and repetition mean nothing.
    Set,
    /// Order counts.
    Ordered,
    /// Items are tables named by this field; order means nothing.
    Keyed(String),
}

/// The list shapes of a kind's spec, by path; read from the `x-deskform-list` annotations of its schema
/// (`"set"`, `"ordered"`, or `{ "keyed": "field" }`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shapes {
    root: Place,
    unannotated: Vec<String>,
}

/// What the schema says of one place, and of the places below it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) list: Option<ListShape>,
    /// By the name of the field.
    fields: BTreeMap<String, Place>,
    /// Below any key that is no field.
    any: Option<Box<Place>>,
    /// Below the items of a list.
    pub(crate) items: Option<Box<Place>>,
    /// True if it is a list, or there is one below.
    pub(crate) has_list: bool,
}

impl Place {
    pub(crate) fn key(&self, key: &str) -> Option<&Self> {
        self.fields.get(key).or(self.any.as_deref())
    }

    fn mark_lists(&mut self) -> bool {
        self.has_list = self.list.is_some();
        for inner in self.fields.values_mut().chain(self.any.as_deref_mut()).chain(self.items.as_deref_mut()) {
            self.has_list |= inner.mark_lists();
        }
        self.has_list
    }
}

impl Shapes {
    /// Those of a type, from its schema as the type makes it: what draft-07 would have written otherwise has no say here.
    pub(crate) fn of_type<T: JsonSchema>() -> Self {
        let settings = inlined().with(|s| s.transforms.clear());
        let shapes = Self::of(settings.into_generator().into_root_schema_for::<T>().as_value());
        debug_assert_eq!(shapes, Self::of(&inline_schema::<T>()), "draft-07 has the same lists at the same places");
        shapes
    }

    /// Collects the annotations of a schema without references.
    pub fn of(schema: &Value) -> Self {
        let mut shapes = Self::default();
        let mut root = Place::default();
        shapes.collect(schema, &mut root, &mut Vec::new());
        root.mark_lists();
        shapes.root = root;
        shapes
    }

    pub(crate) fn root(&self) -> &Place {
        &self.root
    }

    /// The shape of the list at a path; `Ordered` where the schema says nothing. A key names an item of a keyed list, too.
    pub fn at(&self, path: &FieldPath) -> &ListShape {
        let place = path.segments().iter().try_fold(&self.root, |place, segment| match segment {
            Segment::Key(key) => place.key(key).or(place.items.as_deref()),
            Segment::Index(_) => place.items.as_deref(),
        });
        place.and_then(|place| place.list.as_ref()).unwrap_or(&ListShape::Ordered)
    }

    /// Paths of lists that the schema does not annotate; must be empty, a test asks.
    pub fn unannotated(&self) -> &[String] {
        &self.unannotated
    }

    fn collect(&mut self, schema: &Value, place: &mut Place, path: &mut Vec<String>) {
        for key in ["allOf", "anyOf", "oneOf"] {
            for part in schema.get(key).and_then(Value::as_array).into_iter().flatten() {
                self.collect(part, place, path);
            }
        }
        if let Some(items) = schema.get("items") {
            place.list = Some(match schema.get("x-deskform-list") {
                Some(Value::String(word)) if word == "set" => ListShape::Set,
                Some(Value::String(_)) => ListShape::Ordered,
                Some(Value::Object(table)) => {
                    let field = table.get("keyed").and_then(Value::as_str).unwrap_or_default();
                    ListShape::Keyed(field.to_owned())
                }
                _ => {
                    self.unannotated.push(path.join("."));
                    ListShape::Ordered
                }
            });
            self.within(items, place.items.get_or_insert_default(), "[]", path);
        }
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            self.within(property, place.fields.entry(name.clone()).or_default(), name, path);
        }
        for (_, property) in schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten() {
            self.within(property, place.any.get_or_insert_default(), "*", path);
        }
        if let Some(rest @ Value::Object(_)) = schema.get("additionalProperties") {
            self.within(rest, place.any.get_or_insert_default(), "*", path);
        }
    }

    fn within(&mut self, schema: &Value, place: &mut Place, name: &str, path: &mut Vec<String>) {
        path.push(name.to_owned());
        self.collect(schema, place, path);
        path.pop();
    }

    /// Brings the lists of a spec into their canonical order: sets by the canonical text of their elements, without
    /// repetition; keyed lists by their key.
    pub fn canonicalise(&self, spec: &mut Value) {
        canonicalise(&self.root, spec);
    }
}

fn canonicalise(place: &Place, value: &mut Value) {
    if !place.has_list {
        return;
    }
    match value {
        Value::Object(table) => {
            for (key, inner) in table.iter_mut() {
                if let Some(place) = place.key(key) {
                    canonicalise(place, inner);
                }
            }
        }
        Value::Array(items) => {
            for item in items.iter_mut() {
                if let Some(place) = &place.items {
                    canonicalise(place, item);
                }
            }
            match &place.list {
                None | Some(ListShape::Ordered) => {}
                Some(ListShape::Set) => {
                    items.sort_by_cached_key(|item| canonical_text(item).unwrap_or_default());
                    items.dedup();
                }
                Some(ListShape::Keyed(field)) => items
                    .sort_by_cached_key(|item| item.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()),
            }
        }
        _ => {}
    }
}

/// The draft-07 schema of a type with everything inlined and no `$schema` line.
pub fn inline_schema<T: JsonSchema>() -> Value {
    let mut schema = inlined().into_generator().into_root_schema_for::<T>();
    StripFormats.transform(&mut schema);
    schema.to_value()
}

fn inlined() -> SchemaSettings {
    SchemaSettings::draft07().with(|s| {
        s.inline_subschemas = true;
        s.meta_schema = None;
    })
}

/// `uint32` and the like are schemars' own formats: no editor knows them, and the range says it better.
#[derive(Debug, Clone)]
struct StripFormats;

impl Transform for StripFormats {
    fn transform(&mut self, schema: &mut schemars::Schema) {
        let own =
            schema.get("format").and_then(Value::as_str).is_some_and(|f| f.starts_with("uint") || f.starts_with("int"));
        if own {
            schema.remove("format");
        }
        schemars::transform::transform_subschemas(self, schema);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_are_ordered_by_what_their_schema_says() {
        let schema = json!({ "properties": {
            "teams": { "items": {}, "x-deskform-list": "set" },
            "menus": { "items": { "properties": { "keys": { "items": {}, "x-deskform-list": "set" } } }, "x-deskform-list": "ordered" },
            "exceptions": { "items": {}, "x-deskform-list": { "keyed": "name" } },
            "open": { "additionalProperties": { "items": {} } },
        }});
        let shapes = Shapes::of(&schema);
        let mut spec = json!({
            "teams": ["b", "a", "b"],
            "menus": [{ "keys": [2, 1] }, { "keys": [] }],
            "exceptions": [{ "name": "y" }, { "name": "x" }],
        });
        shapes.canonicalise(&mut spec);
        assert_eq!(spec["teams"], json!(["a", "b"]));
        assert_eq!(spec["menus"], json!([{ "keys": [1, 2] }, { "keys": [] }]));
        assert_eq!(spec["exceptions"], json!([{ "name": "x" }, { "name": "y" }]));
        assert_eq!(shapes.unannotated(), ["open.*"]);
    }
}
