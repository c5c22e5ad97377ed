//! The kinds that a binary knows.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{Document, FieldPath, HIDDEN_LITERAL, Kind, Lifecycle, Segment, Unreadable};

/// The kinds by name. Passed in as a value, so that tests can run everything over kinds of their own.
#[derive(Default)]
pub struct Registry {
    kinds: BTreeMap<String, Box<dyn Kind>>,
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

    /// The content of a stored document for showing: literals in secret fields hidden, whatever shape it has.
    pub fn shown(&self, document: &Document) -> Value {
        let mut value =
            serde_json::from_str(document.text()).unwrap_or_else(|_| Value::String("(not readable)".to_owned()));
        if let Some(kind) = self.get(document.kind().as_str()) {
            for path in kind.secrets() {
                hide(&mut value, path.segments());
            }
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
            path.len() >= secret.len() && secret.iter().zip(path).all(|(s, p)| matches_segment(s, p))
        })
    }
}

fn matches_segment(pattern: &Segment, segment: &Segment) -> bool {
    matches!(pattern, Segment::Key(key) if key == "*") || pattern == segment
}

/// A secret is a table with one of `env`, `file`, `vault`; anything else in its place is a literal.
fn hide(value: &mut Value, path: &[Segment]) {
    let Some((first, rest)) = path.split_first() else {
        let reference = value
            .as_object()
            .is_some_and(|table| table.keys().all(|key| matches!(key.as_str(), "env" | "file" | "vault" | "version")));
        if !reference {
            *value = Value::String(HIDDEN_LITERAL.to_owned());
        }
        return;
    };
    match (value, first) {
        (Value::Object(table), Segment::Key(key)) if key == "*" => table.values_mut().for_each(|v| hide(v, rest)),
        (Value::Object(table), Segment::Key(key)) => {
            if let Some(inner) = table.get_mut(key) {
                hide(inner, rest);
            }
        }
        (Value::Array(items), _) => items.iter_mut().for_each(|v| hide(v, rest)),
        // Something else stands where the secret's table should be: it may be the secret itself.
        (other @ (Value::String(_) | Value::Number(_) | Value::Bool(_)), _) => {
            *other = Value::String(HIDDEN_LITERAL.to_owned());
        }
        _ => {}
    }
}
