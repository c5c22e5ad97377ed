//! A document: the typed, normalised content of a resource as canonical text.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::{CanonicalJson, Digest, KindName, NotCanonical, canonical_text};

/// The canonical text of a resource, with the kind and the format it is written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    kind: KindName,
    format: u32,
    text: Arc<str>,
}

/// What every kind has besides its own fields.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lifecycle {
    /// Delete, replace and forget are refused while this holds in the store.
    pub protected: bool,
}

impl Lifecycle {
    /// What a stored document says under `lifecycle`, whatever it is.
    pub(crate) fn stored(lifecycle: &Value) -> Self {
        Self { protected: lifecycle.get("protected").and_then(Value::as_bool).unwrap_or(false) }
    }
}

impl Document {
    /// Writes a spec and its lifecycle as canonical text. `spec` is the kind's own table, normalised, defaults left out.
    pub fn new(kind: KindName, format: u32, spec: Value, lifecycle: Lifecycle) -> Result<Self, NotCanonical> {
        let mut table = match spec {
            Value::Object(table) => table,
            other => Map::from_iter([("value".to_owned(), other)]),
        };
        let Lifecycle { protected } = lifecycle;
        if protected {
            table.insert("lifecycle".to_owned(), serde_json::json!({ "protected": true }));
        }
        let text = canonical_text(&Value::Object(table))?;
        Ok(Self { kind, format, text: text.into() })
    }

    /// The same of a spec whose canonical text there is already.
    pub fn of(kind: KindName, format: u32, spec: &CanonicalJson, lifecycle: Lifecycle) -> Result<Self, NotCanonical> {
        if spec.text().starts_with('{') && lifecycle == Lifecycle::default() {
            return Ok(Self { kind, format, text: Arc::clone(spec.text()) });
        }
        Self::new(kind, format, spec.value(), lifecycle)
    }

    /// Takes over text that a store or a plan file holds, whatever it is.
    pub fn stored(kind: KindName, format: u32, text: impl Into<Arc<str>>) -> Self {
        Self { kind, format, text: text.into() }
    }

    /// The kind.
    pub fn kind(&self) -> &KindName {
        &self.kind
    }

    /// The kind's format that the text is written in.
    pub fn format(&self) -> u32 {
        self.format
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text, to be shared.
    pub fn shared_text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// SHA-256 of kind, format in decimal, and text, joined by NUL.
    pub fn digest(&self) -> Digest {
        Digest::of(&[self.kind.as_str().as_bytes(), self.format.to_string().as_bytes(), self.text.as_bytes()])
    }

    /// Parses the text and parts the kind's own table from the lifecycle; `None` if it is no JSON table.
    pub fn parts(&self) -> Option<(Value, Lifecycle)> {
        let Ok(Value::Object(mut table)) = serde_json::from_str::<Value>(&self.text) else {
            return None;
        };
        let lifecycle = table.remove("lifecycle");
        Some((Value::Object(table), lifecycle.as_ref().map(Lifecycle::stored).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_lifecycle_is_part_of_the_text_only_when_it_says_something() {
        let kind = KindName::new("brand").expect("a legal kind");
        let plain = Document::new(kind.clone(), 1, json!({"b": 1}), Lifecycle::default()).expect("canonical");
        let protected = Document::new(kind, 1, json!({"b": 1}), Lifecycle { protected: true }).expect("canonical");
        assert_eq!(plain.text(), r#"{"b":1}"#);
        assert_eq!(protected.text(), r#"{"b":1,"lifecycle":{"protected":true}}"#);
        assert_eq!(protected.parts(), Some((json!({"b": 1}), Lifecycle { protected: true })));
    }

    #[test]
    fn the_digest_vector_holds() {
        let kind = KindName::new("brand").expect("a legal kind");
        let document = Document::stored(kind, 1, r#"{"display_name":"Acme サポート","subdomain":"acme"}"#.to_owned());
        assert_eq!(document.digest().to_string(), "1735cc963f43047edd2799ea7f60ff37e666da539ba5e38484c4054ce358388b");
    }
}
