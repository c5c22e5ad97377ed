//! Field by field: what differs between two contents, and who is the cause.

use std::borrow::Cow;
use std::collections::BTreeSet;

use deskform_model::{
    Cause, Document, Edit, FieldPath, Kind, Lifecycle, ListShape, Registry, Segment, Shapes, hide_secrets,
};
use serde_json::{Map, Value};

/// The fields in which two readable documents of one kind differ, literals in secret fields hidden; none if one of them
/// cannot be read.
pub fn between(registry: &Registry, before: &Document, after: &Document) -> Vec<Edit> {
    let open = |document| registry.open(document).map(|(spec, lifecycle)| whole(&spec, lifecycle).into_owned()).ok();
    let (Some(kind), Some(before), Some(after)) = (registry.get(before.kind().as_str()), open(before), open(after))
    else {
        return Vec::new();
    };
    edits(kind, &before, &after, &Known::Adopted)
}

/// One difference: the field, what stands there on the one side and on the other.
pub(crate) struct Difference {
    pub(crate) path: FieldPath,
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
}

/// A spec and its lifecycle as one table, as a document holds them.
pub(crate) fn whole(spec: &Value, lifecycle: Lifecycle) -> Cow<'_, Value> {
    let Lifecycle { protected } = lifecycle;
    match spec {
        Value::Object(table) if protected => {
            let mut table = table.clone();
            table.insert("lifecycle".to_owned(), serde_json::json!({ "protected": true }));
            Cow::Owned(Value::Object(table))
        }
        _ => Cow::Borrowed(spec),
    }
}

/// The fields in which two contents differ, by path. Sets and ordered lists are compared as wholes.
pub(crate) fn differences(shapes: &Shapes, before: &Value, after: &Value) -> Vec<Difference> {
    let mut out = Vec::new();
    compare(shapes, &FieldPath::root(), before, after, &mut out);
    out
}

fn compare(shapes: &Shapes, path: &FieldPath, before: &Value, after: &Value, out: &mut Vec<Difference>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => compare_tables(shapes, path, before, after, out),
        (Value::Array(before_items), Value::Array(after_items)) => {
            if let ListShape::Keyed(field) = shapes.at(path)
                && let (Some(before), Some(after)) = (by_key(before_items, field), by_key(after_items, field))
            {
                compare_tables(shapes, path, &before, &after, out);
            } else {
                out.push(Difference { path: path.clone(), before: Some(before.clone()), after: Some(after.clone()) });
            }
        }
        _ => out.push(Difference { path: path.clone(), before: Some(before.clone()), after: Some(after.clone()) }),
    }
}

fn compare_tables(
    shapes: &Shapes,
    path: &FieldPath,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    out: &mut Vec<Difference>,
) {
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for key in keys {
        let path = path.key(key.as_str());
        match (before.get(key), after.get(key)) {
            (Some(before), Some(after)) => compare(shapes, &path, before, after, out),
            (before, after) => out.push(Difference { path, before: before.cloned(), after: after.cloned() }),
        }
    }
}

/// The items of a keyed list by their key; `None` if an item has none or two have the same.
fn by_key(items: &[Value], field: &str) -> Option<Map<String, Value>> {
    let mut out = Map::new();
    for item in items {
        let key = item.get(field)?.as_str()?.to_owned();
        if out.insert(key, item.clone()).is_some() {
            return None;
        }
    }
    Some(out)
}

/// The value at a path, keys of keyed lists included.
pub(crate) fn value_at<'v>(shapes: &Shapes, value: &'v Value, path: &FieldPath) -> Option<&'v Value> {
    let mut here = value;
    let mut walked = Vec::new();
    for segment in path.segments() {
        here = match (here, segment) {
            (Value::Object(table), Segment::Key(key)) => table.get(key)?,
            (Value::Array(items), Segment::Index(index)) => items.get(*index)?,
            (Value::Array(items), Segment::Key(key)) => {
                let place: FieldPath = walked.iter().cloned().collect();
                let ListShape::Keyed(field) = shapes.at(&place) else { return None };
                items.iter().find(|item| item.get(field).and_then(Value::as_str) == Some(key))?
            }
            _ => return None,
        };
        walked.push(segment.clone());
    }
    Some(here)
}

/// What the cause of a difference is judged by.
pub(crate) enum Known<'v> {
    /// What was last applied.
    Applied(&'v Value),
    /// Nothing was ever applied, and that is as it should be: the resource is being adopted.
    Adopted,
    /// Nothing was ever applied, yet the workspace owns the row: somebody else wrote it.
    Stranger,
}

/// The edits from live to desired, each with its cause (the table of three ways).
pub(crate) fn edits(kind: &dyn Kind, live: &Value, desired: &Value, known: &Known<'_>) -> Vec<Edit> {
    let shapes = kind.shapes();
    let mut edits = Vec::new();
    for Difference { path, before, after } in differences(shapes, live, desired) {
        let (cause, applied) = match known {
            Known::Adopted => (Cause::Config, None),
            Known::Stranger => (Cause::Conflict, None),
            Known::Applied(applied) => {
                let applied = value_at(shapes, applied, &path);
                if applied == before.as_ref() {
                    (Cause::Config, None)
                } else if applied == after.as_ref() {
                    (Cause::Drift, applied.cloned())
                } else {
                    (Cause::Conflict, applied.cloned())
                }
            }
        };
        let mut edit = Edit { path, before, after, cause, applied };
        hide_literals(kind, &mut edit);
        edits.push(edit);
    }
    edits
}

/// The strongest cause among edits.
pub(crate) fn strongest(edits: &[Edit]) -> Cause {
    edits.iter().map(|edit| edit.cause).max().unwrap_or(Cause::Config)
}

fn hide_literals(kind: &dyn Kind, edit: &mut Edit) {
    for value in [&mut edit.before, &mut edit.after, &mut edit.applied].into_iter().flatten() {
        *value = hidden(kind, &edit.path, value);
    }
}

/// A value at a path with whatever a secret field holds written out replaced by a note.
pub(crate) fn hidden(kind: &dyn Kind, path: &FieldPath, value: &Value) -> Value {
    let mut value = value.clone();
    hide_secrets(kind.secrets(), path, &mut value);
    value
}
