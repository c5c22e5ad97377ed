//! What the schema of a kind says of a place, for whoever writes it down.

use serde_json::Value;

/// A place in a schema; nothing is known of one that the schema does not have.
#[derive(Clone, Copy)]
pub(crate) struct Guide<'s> {
    schema: Option<&'s Value>,
}

impl<'s> Guide<'s> {
    pub(crate) const UNKNOWN: Guide<'static> = Guide { schema: None };

    pub(crate) fn of(schema: &'s Value) -> Self {
        Self { schema: Some(schema) }
    }

    /// Below a key.
    pub(crate) fn key(self, key: &str) -> Self {
        self.below(|schema| {
            let field = schema.get("properties").and_then(|fields| fields.get(key));
            field.or_else(|| entries_of(schema))
        })
    }

    /// Below an item of a list.
    pub(crate) fn item(self) -> Self {
        self.below(|schema| schema.get("items"))
    }

    /// True for a table whose keys are names that people choose.
    pub(crate) fn is_map(self) -> bool {
        let has_fields = self.below(|schema| schema.get("properties")).schema.is_some();
        !has_fields && self.below(entries_of).schema.is_some()
    }

    /// True for a date.
    pub(crate) fn is_date(self) -> bool {
        self.below(|schema| schema.get("format").filter(|format| **format == "date")).schema.is_some()
    }

    fn below(self, find: impl Fn(&'s Value) -> Option<&'s Value>) -> Self {
        Self { schema: self.schema.and_then(|schema| alternatives(schema).into_iter().find_map(find)) }
    }
}

/// A schema, and those that it is made of.
fn alternatives(schema: &Value) -> Vec<&Value> {
    let mut found = vec![schema];
    for word in ["allOf", "anyOf", "oneOf"] {
        let parts = schema.get(word).and_then(Value::as_array).into_iter().flatten();
        found.extend(parts.flat_map(alternatives));
    }
    found
}

fn entries_of(schema: &Value) -> Option<&Value> {
    let pattern =
        schema.get("patternProperties").and_then(Value::as_object).and_then(|patterns| patterns.values().next());
    pattern.or_else(|| schema.get("additionalProperties").filter(|rest| rest.is_object()))
}
