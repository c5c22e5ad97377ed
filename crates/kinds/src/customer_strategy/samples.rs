//! Helpers of the tests of strategies, desks and organizations.

use deskform_model::{Cause, Document, Edit, Event, FieldPath, Lifecycle, ReadError, Segment};
use serde_json::Value;

use crate::testing::{body, read, schema, spec};

/// Serde and the schema take the good tables and refuse the bad ones; a spec comes back as it is, from the store and
/// from the table that a person would write.
#[track_caller]
pub(crate) fn agree(kind: &str, good: &[&str], bad: &[&str]) {
    let registry = crate::registry();
    let known = registry.get(kind).expect("a kind");
    let schema = schema(known);
    let judge = |table: &Value| {
        let typed = !matches!(read(kind, table.clone()), Err(ReadError::Shape(_)));
        (typed, schema.is_valid(table))
    };
    for text in good {
        let table = body(text);
        assert_eq!(judge(&table), (true, true), "{text}");
        let spec = read(kind, table).expect("a good table").spec.value();
        assert_eq!(known.upgrade(1, spec.clone()), Ok(spec.clone()), "{text}");
        let raised = known.to_manifest(&spec);
        assert_eq!(judge(&raised), (true, true), "{raised}");
        assert_eq!(read(kind, raised.clone()).map(|reading| reading.spec.value()), Ok(spec), "{raised}");
    }
    for text in bad {
        assert_eq!(judge(&body(text)), (false, false), "{text}");
    }
}

/// The canonical text and the digest of a table of which nothing is wrong.
#[track_caller]
pub(crate) fn frozen(kind: &str, table: &str, text: &str, digest: &str) {
    let reading = read(kind, body(table)).expect("a good table");
    assert_eq!(reading.problems, []);
    let name = deskform_model::KindName::new(kind).expect("a legal kind");
    let document = Document::of(name, reading.format, &reading.spec, Lifecycle::default()).expect("canonical");
    assert_eq!((document.text(), document.digest().to_string().as_str()), (text.trim_end(), digest));
}

/// What an auditor reads of a change from one table to another, given the paths that differ.
pub(crate) fn events(kind: &str, before: Option<&str>, after: Option<&str>, paths: &[&str]) -> Vec<String> {
    let (before, after) = (before.map(|text| spec(kind, text)), after.map(|text| spec(kind, text)));
    let edit = |path: &&str| {
        let path: FieldPath = path.split('/').map(|key| Segment::Key(key.to_owned())).collect();
        let at = |spec: &Option<Value>| spec.as_ref().and_then(|spec| spec.pointer(&path.pointer()).cloned());
        let (before, after) = (at(&before), at(&after));
        assert_ne!(before, after, "{path} is no difference");
        Edit { path, before, after, cause: Cause::Config, applied: None }
    };
    let edits: Vec<Edit> = paths.iter().map(edit).collect();
    let registry = crate::registry();
    let events = registry.get(kind).expect("a kind").events(before.as_ref(), after.as_ref(), &edits);
    events.iter().map(|Event { name, category, arguments }| format!("{category} {name} {arguments}")).collect()
}
