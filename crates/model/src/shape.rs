//! How the lists of a document are compared: as sets, in order, or by a key field.

use std::collections::{BTreeMap, BTreeSet};

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
    lists: BTreeMap<Vec<String>, ListShape>,
    tables: BTreeSet<Vec<String>>,
    unannotated: Vec<String>,
}

impl Shapes {
    /// Collects the annotations of a schema without references.
    pub fn of(schema: &Value) -> Self {
        let mut shapes = Self::default();
        shapes.collect(schema, &mut Vec::new());
        shapes
    }

    /// The shape of the list at a path; `Ordered` where the schema says nothing.
    pub fn at(&self, path: &FieldPath) -> &ListShape {
        let mut exact: Vec<&str> = Vec::with_capacity(path.segments().len());
        for segment in path.segments() {
            exact.push(match segment {
                Segment::Key(key) => key,
                Segment::Index(_) => "[]",
            });
        }
        self.find(&exact)
    }

    fn find(&self, path: &[&str]) -> &ListShape {
        self.lists.iter().find(|(pattern, _)| matches(pattern, path)).map_or(&ListShape::Ordered, |(_, shape)| shape)
    }

    /// True if no list stands where the schema has a table. serde reads a list as the fields of a struct in their order;
    /// the schema does not, and neither do we.
    pub fn tables_are_tables(&self, value: &Value) -> bool {
        self.tables_are_tables_at(value, &mut Vec::new())
    }

    fn tables_are_tables_at<'v>(&self, value: &'v Value, path: &mut Vec<&'v str>) -> bool {
        let mut inner = |name: &'v str, value: &'v Value| {
            path.push(name);
            let good = self.tables_are_tables_at(value, path);
            path.pop();
            good
        };
        match value {
            Value::Object(table) => table.iter().all(|(key, value)| inner(key, value)),
            Value::Array(items) => {
                items.iter().all(|item| inner("[]", item))
                    && (self.lists.keys().any(|pattern| matches(pattern, path))
                        || !self.tables.iter().any(|pattern| matches(pattern, path)))
            }
            _ => true,
        }
    }

    /// Paths of lists that the schema does not annotate; must be empty, a test asks.
    pub fn unannotated(&self) -> &[String] {
        &self.unannotated
    }

    fn collect(&mut self, schema: &Value, path: &mut Vec<String>) {
        if schema.get("properties").is_some() || schema["type"] == "object" {
            self.tables.insert(path.clone());
        }
        for key in ["allOf", "anyOf", "oneOf"] {
            for part in schema.get(key).and_then(Value::as_array).into_iter().flatten() {
                self.collect(part, path);
            }
        }
        if let Some(items) = schema.get("items") {
            match schema.get("x-deskform-list") {
                Some(Value::String(word)) if word == "set" => self.put(path, ListShape::Set),
                Some(Value::String(_)) => self.put(path, ListShape::Ordered),
                Some(Value::Object(table)) => {
                    let field = table.get("keyed").and_then(Value::as_str).unwrap_or_default();
                    self.put(path, ListShape::Keyed(field.to_owned()));
                }
                _ => {
                    self.unannotated.push(path.join("."));
                    self.put(path, ListShape::Ordered);
                }
            }
            self.within(items, "[]", path);
        }
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            self.within(property, name, path);
        }
        for (_, property) in schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten() {
            self.within(property, "*", path);
        }
        if let Some(rest @ Value::Object(_)) = schema.get("additionalProperties") {
            self.within(rest, "*", path);
        }
    }

    fn within(&mut self, schema: &Value, name: &str, path: &mut Vec<String>) {
        path.push(name.to_owned());
        self.collect(schema, path);
        path.pop();
    }

    fn put(&mut self, path: &[String], shape: ListShape) {
        self.lists.insert(path.to_vec(), shape);
    }

    /// Brings the lists of a spec into their canonical order: sets by the canonical text of their elements, without
    /// repetition; keyed lists by their key.
    pub fn canonicalise(&self, spec: &mut Value) {
        if !self.lists.is_empty() {
            self.canonicalise_at(spec, &mut Vec::new());
        }
    }

    fn canonicalise_at(&self, value: &mut Value, path: &mut Vec<String>) {
        match value {
            Value::Object(table) => {
                for (key, inner) in table.iter_mut() {
                    path.push(key.clone());
                    self.canonicalise_at(inner, path);
                    path.pop();
                }
            }
            Value::Array(items) => {
                path.push("[]".to_owned());
                for item in items.iter_mut() {
                    self.canonicalise_at(item, path);
                }
                path.pop();
                let place: Vec<&str> = path.iter().map(String::as_str).collect();
                match self.find(&place) {
                    ListShape::Ordered => {}
                    ListShape::Set => {
                        items.sort_by_cached_key(|item| canonical_text(item).unwrap_or_default());
                        items.dedup();
                    }
                    ListShape::Keyed(field) => items.sort_by_cached_key(|item| {
                        item.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
                    }),
                }
            }
            _ => {}
        }
    }
}

fn matches(pattern: &[String], path: &[&str]) -> bool {
    pattern.len() == path.len() && pattern.iter().zip(path).all(|(p, s)| p == s || p == "*" || p == "[]")
}

/// The draft-07 schema of a type with everything inlined and no `$schema` line.
pub fn inline_schema<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft07().with(|s| {
        s.inline_subschemas = true;
        s.meta_schema = None;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    StripFormats.transform(&mut schema);
    schema.to_value()
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

    #[test]
    fn a_list_is_no_table() {
        let table = json!({ "properties": { "name": {} } });
        let schema = json!({ "properties": {
            "line": table,
            "lines": { "items": table, "x-deskform-list": "set" },
            "by_name": { "additionalProperties": table },
            "empty": { "type": "object" },
            "any": true,
        }});
        let fits = |value: Value| Shapes::of(&schema).tables_are_tables(&value);
        assert!(fits(json!({ "line": { "name": 1 }, "lines": [{ "name": 1 }], "by_name": { "a": {} }, "any": [[]] })));
        for bad in [
            json!([]),
            json!({ "line": [1] }),
            json!({ "lines": [[1]] }),
            json!({ "by_name": { "a": [1] } }),
            json!({ "empty": [] }),
        ] {
            assert!(!fits(bad.clone()), "{bad}");
        }
    }
}
