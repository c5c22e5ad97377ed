//! The payload of an entry: every value that it quotes, as one canonical text that can be erased apart from the entry.

use deskform_model::{Digest, Document, Edit, Event, KindName, NotCanonical, Registry, canonical_text};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;

/// The quoted values of an entry, as read back.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payload {
    /// The document afterwards.
    #[serde(default)]
    pub after: Option<Quoted>,
    /// The document before; left out where it is the one afterwards.
    #[serde(default)]
    pub before: Option<Quoted>,
    /// The fields that differ.
    #[serde(default)]
    pub edits: Vec<Edit>,
    /// Typed events with their arguments.
    #[serde(default)]
    pub events: Vec<QuotedEvent>,
    /// The reason that was given.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A quoted document.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quoted {
    /// The kind's format.
    pub format: u32,
    /// True if a secret stood in it and was replaced by a note; the text then is not the document's.
    #[serde(default)]
    pub redacted: bool,
    /// The document's text.
    pub text: String,
}

/// An event with its arguments.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuotedEvent {
    /// A JSON table.
    pub arguments: Value,
    /// The name.
    pub name: String,
}

impl Payload {
    /// Reads a payload's text; `None` if it is none.
    pub fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl Quoted {
    /// The document; `None` where it was redacted.
    pub fn document(&self, kind: &KindName) -> Option<Document> {
        (!self.redacted).then(|| Document::stored(kind.clone(), self.format, self.text.clone()))
    }
}

/// HMAC-SHA-256 of a payload's text, keyed with its salt.
pub(crate) fn commitment(salt: &[u8], text: &[u8]) -> Digest {
    let mut mac = Hmac::<Sha256>::new_from_slice(salt).expect("HMAC takes a key of any length");
    mac.update(text);
    Digest::from_bytes(mac.finalize().into_bytes().into())
}

/// A document as it may be quoted: secrets that somebody wrote out are replaced.
pub(crate) enum Quote<'d> {
    Whole(&'d Document),
    Redacted(Document),
}

impl<'d> Quote<'d> {
    /// Only a kind with secret fields costs a look inside. A document whose kind is not known, or that cannot be read
    /// where a secret may stand, is withheld as a whole.
    pub(crate) fn of(registry: &Registry, document: &'d Document) -> Self {
        if registry.get(document.kind().as_str()).is_some_and(|kind| kind.secrets().is_empty()) {
            return Self::Whole(document);
        }
        let stored = serde_json::from_str::<Value>(document.text()).ok();
        let known = registry.get(document.kind().as_str()).is_some();
        let shown = if known { registry.shown(document) } else { Value::String(WITHHELD.to_owned()) };
        if stored.as_ref() == Some(&shown) {
            return Self::Whole(document);
        }
        // What somebody wrote by hand may hold a float, which has no canonical text.
        let text = canonical_text(&shown).unwrap_or_else(|_| shown.to_string());
        Self::Redacted(Document::stored(document.kind().clone(), document.format(), text))
    }

    /// The document to look into; never one with a secret written out.
    pub(crate) fn document(&self) -> &Document {
        match self {
            Self::Whole(document) => document,
            Self::Redacted(document) => document,
        }
    }

    pub(crate) fn is_redacted(&self) -> bool {
        matches!(self, Self::Redacted(_))
    }
}

const WITHHELD: &str = "(not readable)";

/// What goes into a payload.
pub(crate) struct Quotes<'a> {
    pub(crate) before: Option<&'a Quote<'a>>,
    pub(crate) after: Option<&'a Quote<'a>>,
    pub(crate) edits: &'a [Edit],
    pub(crate) events: &'a [Event],
    pub(crate) reason: Option<&'a str>,
}

/// A side as written; fields in the order of their names.
#[derive(Serialize)]
struct Side<'a> {
    format: u32,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    redacted: bool,
    text: &'a str,
}

impl Quotes<'_> {
    /// The canonical text. Written member by member, in the order of their names, because documents are large and
    /// already text.
    pub(crate) fn to_text(&self) -> Result<String, NotCanonical> {
        let Self { before, after, edits, events, reason } = self;
        let mut table = Table::new(
            after.map_or(0, |q| q.document().text().len()) + before.map_or(0, |q| q.document().text().len()),
        );
        if let Some(after) = after {
            table.member("after", &side(after));
        }
        if let Some(before) = before {
            table.member("before", &side(before));
        }
        if !edits.is_empty() {
            let edits = serde_json::to_value(edits).map_err(|_| NotCanonical::Number)?;
            table.member("edits", &canonical_text(&edits)?);
        }
        if !events.is_empty() {
            let events = events.iter().map(|event| {
                let Event { name, category: _, arguments } = event;
                Ok(format!("{{\"arguments\":{},\"name\":{}}}", canonical_text(arguments)?, string(name)))
            });
            let events: Vec<String> = events.collect::<Result<_, NotCanonical>>()?;
            table.member("events", &format!("[{}]", events.join(",")));
        }
        if let Some(reason) = reason {
            table.member("reason", &string(reason));
        }
        Ok(table.finish())
    }
}

fn side(quote: &Quote<'_>) -> String {
    let document = quote.document();
    let side = Side { format: document.format(), redacted: quote.is_redacted(), text: document.text() };
    serde_json::to_string(&side).expect("a number, a flag and a string are always JSON")
}

/// serde_json escapes exactly what the canonical text escapes; a test holds it to that.
fn string(text: &str) -> String {
    serde_json::to_string(text).expect("a string is always JSON")
}

/// A JSON table in the making.
struct Table(String);

impl Table {
    fn new(size: usize) -> Self {
        let mut text = String::with_capacity(size + size / 4 + 128);
        text.push('{');
        Self(text)
    }

    fn member(&mut self, key: &str, json: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push('"');
        self.0.push_str(key);
        self.0.push_str("\":");
        self.0.push_str(json);
    }

    fn finish(mut self) -> String {
        self.0.push('}');
        self.0.shrink_to_fit();
        self.0
    }
}
