//! Which fields of a table are secrets, by its schema or its kind, and which of them hold a literal.

use deskform_model::{FieldPath, Segment};
use serde_json::Value;

/// Steps to a secret: keys, `*` for any key, `[]` for any item.
type Pattern = Vec<String>;

/// The secret fields of a table.
pub(crate) struct Secrets {
    patterns: Vec<Pattern>,
}

/// What is wrong with a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SecretFault {
    /// It is written out.
    Literal,
    /// It is a table, but not with exactly one of `env`, `file`, `vault`.
    NotOne,
}

impl Secrets {
    /// Those that a kind names: all that its schema marks, a test asks every kind.
    pub(crate) fn named(paths: &[FieldPath]) -> Self {
        Self { patterns: paths.iter().map(|path| path.segments().iter().map(step).collect()).collect() }
    }

    /// Those that a schema marks with `x-deskform-secret`.
    pub(crate) fn marked(schema: &Value) -> Self {
        let mut patterns = Vec::new();
        collect(schema, &mut Vec::new(), &mut patterns);
        patterns.sort();
        patterns.dedup();
        Self { patterns }
    }

    /// True if a field is, holds, or lies within a secret.
    pub(crate) fn touch(&self, path: &[Segment]) -> bool {
        self.patterns.iter().any(|pattern| pattern.iter().zip(path).all(|(step, segment)| fits(step, segment)))
    }

    /// True if a table is a secret or lies within one.
    pub(crate) fn hold(&self, path: &[Segment]) -> bool {
        let within = |pattern: &&Pattern| pattern.len() <= path.len();
        self.patterns
            .iter()
            .filter(within)
            .any(|pattern| pattern.iter().zip(path).all(|(step, segment)| fits(step, segment)))
    }

    /// The secrets of a value that are no references.
    pub(crate) fn faults(&self, value: &Value) -> Vec<(FieldPath, SecretFault)> {
        let mut found = Vec::new();
        for pattern in &self.patterns {
            visit(value, pattern, &FieldPath::root(), &mut found);
        }
        found
    }
}

fn step(segment: &Segment) -> String {
    match segment {
        Segment::Key(key) => key.clone(),
        Segment::Index(_) => "[]".to_owned(),
    }
}

fn fits(step: &str, segment: &Segment) -> bool {
    match segment {
        Segment::Key(key) => step == "*" || step == key,
        Segment::Index(_) => step == "*" || step == "[]",
    }
}

fn collect(schema: &Value, path: &mut Pattern, found: &mut Vec<Pattern>) {
    if schema.get("x-deskform-secret").and_then(Value::as_bool) == Some(true) {
        found.push(path.clone());
        return;
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        for part in schema.get(key).and_then(Value::as_array).into_iter().flatten() {
            collect(part, path, found);
        }
    }
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        collect_within(property, name, path, found);
    }
    for (_, property) in schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten() {
        collect_within(property, "*", path, found);
    }
    if let Some(rest) = schema.get("additionalProperties") {
        collect_within(rest, "*", path, found);
    }
    if let Some(items) = schema.get("items") {
        collect_within(items, "[]", path, found);
    }
}

fn collect_within(schema: &Value, name: &str, path: &mut Pattern, found: &mut Vec<Pattern>) {
    path.push(name.to_owned());
    collect(schema, path, found);
    path.pop();
}

fn visit(value: &Value, pattern: &[String], path: &FieldPath, found: &mut Vec<(FieldPath, SecretFault)>) {
    let Some((first, rest)) = pattern.split_first() else {
        found.extend(fault_of(value).map(|fault| (path.clone(), fault)));
        return;
    };
    match value {
        Value::Object(table) if first == "*" => {
            table.iter().for_each(|(key, inner)| visit(inner, rest, &path.key(key.as_str()), found));
        }
        Value::Object(table) => {
            if let Some(inner) = table.get(first) {
                visit(inner, rest, &path.key(first.as_str()), found);
            }
        }
        Value::Array(items) if first == "[]" || first == "*" => {
            items.iter().enumerate().for_each(|(index, inner)| visit(inner, rest, &path.index(index), found));
        }
        _ => {}
    }
}

fn fault_of(value: &Value) -> Option<SecretFault> {
    match value {
        Value::Null => None,
        Value::Object(table) => {
            let places = ["env", "file", "vault"].iter().filter(|place| table.contains_key(**place)).count();
            (places != 1).then_some(SecretFault::NotOne)
        }
        _ => Some(SecretFault::Literal),
    }
}
