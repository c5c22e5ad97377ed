//! Canonical text: one byte sequence for one content.
//!
//! As RFC 8785, with two differences that a configuration can afford: keys are sorted by their UTF-8 bytes (not UTF-16
//! units), and a number is an `i64` (a float is refused, so no float formatting can differ between versions).

mod direct;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::Shapes;

/// A value that has no canonical text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotCanonical {
    /// A number that is no `i64`.
    #[error("a number is not a whole number between -2^63 and 2^63-1")]
    Number,
    /// Two keys of one table are the same text in NFC.
    #[error("two keys of one table are equal after Unicode normalisation")]
    SameKey,
}

/// Writes the canonical text of a value. Strings are written as they are: see [`normalised`] for NFC.
pub fn canonical_text(value: &Value) -> Result<String, NotCanonical> {
    let mut out = String::with_capacity(256);
    write(value, &mut out)?;
    Ok(out)
}

/// A JSON value as its canonical text, shared. Reads and writes as the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanonicalJson(Arc<str>);

impl CanonicalJson {
    /// Writes a value: strings in NFC, lists in the order that their shapes ask for. The error holds no value but what the
    /// type itself says of one.
    pub fn of<T: Serialize>(value: &T, shapes: &Shapes) -> Result<Self, String> {
        Self::as_it_is(value, shapes).map(|(text, _)| text)
    }

    /// As [`CanonicalJson::of`], and whether who reads the text gets the value again, lists in their order.
    pub(crate) fn as_it_is<T: Serialize>(value: &T, shapes: &Shapes) -> Result<(Self, bool), String> {
        let written = direct::written(value, shapes.root()).map_err(|failed| failed.to_string())?;
        Ok((Self(written.text.into()), written.as_is))
    }

    /// Takes over text that is canonical already.
    pub(crate) fn known(text: Arc<str>) -> Self {
        Self(text)
    }

    /// The text.
    pub fn text(&self) -> &Arc<str> {
        &self.0
    }

    /// The value.
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

impl TryFrom<&Value> for CanonicalJson {
    type Error = NotCanonical;
    fn try_from(value: &Value) -> Result<Self, NotCanonical> {
        Ok(Self(canonical_text(value)?.into()))
    }
}

impl Serialize for CanonicalJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(&self.0).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for CanonicalJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(&Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for CanonicalJson {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CanonicalJson".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        true.into()
    }
}

fn write(value: &Value, out: &mut String) -> Result<(), NotCanonical> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => write_number(number, out)?,
        Value::String(text) => write_string(text, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out)?;
            }
            out.push(']');
        }
        Value::Object(table) => write_table(table, out)?,
    }
    Ok(())
}

fn write_number(number: &Number, out: &mut String) -> Result<(), NotCanonical> {
    let integer = number.as_i64().ok_or(NotCanonical::Number)?;
    out.push_str(&integer.to_string());
    Ok(())
}

/// Sorts by bytes where the map is not sorted: a dependency may turn on insertion order for all of serde_json.
fn write_table(table: &Map<String, Value>, out: &mut String) -> Result<(), NotCanonical> {
    if table.keys().is_sorted() {
        return write_entries(table.iter(), out);
    }
    let mut entries: Vec<(&String, &Value)> = table.iter().collect();
    entries.sort_unstable_by_key(|(key, _)| key.as_bytes());
    write_entries(entries.into_iter(), out)
}

fn write_entries<'v>(
    entries: impl Iterator<Item = (&'v String, &'v Value)>,
    out: &mut String,
) -> Result<(), NotCanonical> {
    out.push('{');
    for (index, (key, value)) in entries.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_string(key, out);
        out.push(':');
        write(value, out)?;
    }
    out.push('}');
    Ok(())
}

/// Escapes only what RFC 8785 escapes: the quote, the backslash and C0 controls, the short forms where they exist.
fn write_string(text: &str, out: &mut String) {
    out.push('"');
    // Nearly every text; looked at as a whole, many bytes at a time.
    let has_escape = |found: bool, byte: u8| found | (byte < 0x20) | (byte == b'"') | (byte == b'\\');
    if !text.bytes().fold(false, has_escape) {
        out.push_str(text);
        out.push('"');
        return;
    }
    let mut plain = 0;
    for (index, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"".to_owned(),
            b'\\' => "\\\\".to_owned(),
            0x08 => "\\b".to_owned(),
            0x09 => "\\t".to_owned(),
            0x0A => "\\n".to_owned(),
            0x0C => "\\f".to_owned(),
            0x0D => "\\r".to_owned(),
            0x00..=0x1F => format!("\\u{byte:04x}"),
            _ => continue,
        };
        out.push_str(&text[plain..index]);
        out.push_str(&escape);
        plain = index + 1;
    }
    out.push_str(&text[plain..]);
    out.push('"');
}

/// Brings every string and key of a value into Unicode normalisation form C.
pub fn normalised(value: Value) -> Result<Value, NotCanonical> {
    if is_normal(&value) { Ok(value) } else { rebuilt(value) }
}

/// True for nearly every value that there is: it need not be taken apart.
fn is_normal(value: &Value) -> bool {
    match value {
        Value::String(text) => is_nfc(text),
        Value::Array(items) => items.iter().all(is_normal),
        Value::Object(table) => table.iter().all(|(key, value)| is_nfc(key) && is_normal(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

fn rebuilt(value: Value) -> Result<Value, NotCanonical> {
    Ok(match value {
        Value::String(text) => Value::String(nfc(text)),
        Value::Array(items) => Value::Array(items.into_iter().map(rebuilt).collect::<Result<_, _>>()?),
        Value::Object(table) => {
            let mut out = Map::new();
            for (key, value) in table {
                if out.insert(nfc(key), rebuilt(value)?).is_some() {
                    return Err(NotCanonical::SameKey);
                }
            }
            Value::Object(out)
        }
        other => other,
    })
}

pub(crate) fn is_nfc(text: &str) -> bool {
    text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes
}

fn nfc(text: String) -> String {
    if is_nfc(&text) { text } else { text.nfc().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(value: Value, text: &str) {
        assert_eq!(canonical_text(&value).as_deref(), Ok(text));
    }

    #[test]
    fn keys_are_sorted_by_bytes_and_nothing_is_padded() {
        check(
            json!({"b": [1, -2, true, null], "a": {"é": "x", "z": ""}}),
            r#"{"a":{"z":"","é":"x"},"b":[1,-2,true,null]}"#,
        );
        // In UTF-16 order U+10000 (a surrogate pair) would come before U+FFFD.
        check(json!({"\u{10000}": 1, "\u{FFFD}": 2}), "{\"\u{FFFD}\":2,\"\u{10000}\":1}");
    }

    #[test]
    fn only_quotes_backslashes_and_controls_are_escaped() {
        check(json!("\"\\\u{8}\t\n\u{c}\r\u{1}\u{1f}\u{7f}/東"), "\"\\\"\\\\\\b\\t\\n\\f\\r\\u0001\\u001f\u{7f}/東\"");
    }

    #[test]
    fn floats_and_numbers_beyond_i64_are_refused() {
        assert_eq!(canonical_text(&json!(1.5)), Err(NotCanonical::Number));
        assert_eq!(canonical_text(&json!(u64::MAX)), Err(NotCanonical::Number));
        check(json!(i64::MIN), "-9223372036854775808");
    }

    #[test]
    fn composed_and_decomposed_text_are_one_content() {
        let decomposed = json!({"か\u{3099}": "か\u{3099}"});
        assert_eq!(normalised(decomposed), Ok(json!({"が": "が"})));
        assert_eq!(normalised(json!({"が": 1, "か\u{3099}": 2})), Err(NotCanonical::SameKey));
    }

    /// Everything that serde knows, written directly and by way of a JSON value.
    #[derive(Serialize, JsonSchema)]
    struct Zoo {
        zebra: Vec<Animal>,
        #[schemars(extend("x-deskform-list" = "set"))]
        ants: Vec<Animal>,
        #[schemars(extend("x-deskform-list" = { "keyed": "name" }))]
        birds: Vec<Bird>,
        numbers: (u8, i16, u64, bool, char, Option<u32>),
        nothing: (),
        words: std::collections::HashMap<String, Option<&'static str>>,
        counts: std::collections::BTreeMap<u16, Letter>,
    }

    #[derive(Clone, Serialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    enum Animal {
        Cat,
        Dog(u8),
        Fox(u8, u8),
        Owl { wise: bool, age: u32 },
    }

    #[derive(Serialize, JsonSchema)]
    struct Bird {
        wing: i64,
        name: &'static str,
    }

    #[derive(Serialize, JsonSchema)]
    struct Letter(&'static str);

    fn zoo() -> Zoo {
        let animals =
            [Animal::Owl { wise: true, age: 3 }, Animal::Fox(2, 1), Animal::Dog(7), Animal::Cat, Animal::Dog(7)];
        let names = ["b", "", "\"b", "a\u{3042}", "a\n"];
        Zoo {
            zebra: animals.to_vec(),
            ants: animals.to_vec(),
            birds: names.into_iter().zip(0..).map(|(name, wing)| Bird { wing, name }).collect(),
            numbers: (1, -2, 3, true, '東', None),
            nothing: (),
            words: [("b", None), ("a\"", Some("\u{1}")), ("か\u{3099}", Some("は\u{309A}"))]
                .map(|(key, word)| (key.to_owned(), word))
                .into(),
            counts: [(10, Letter("x")), (9, Letter("y"))].into(),
        }
    }

    #[test]
    fn what_is_written_directly_is_what_a_value_would_be() {
        let shapes = Shapes::of(&crate::inline_schema::<Zoo>());
        let mut value = serde_json::to_value(zoo()).expect("JSON");
        shapes.canonicalise(&mut value);
        let value = normalised(value).expect("normal");
        let direct = CanonicalJson::of(&zoo(), &shapes).expect("canonical");
        assert_eq!(&**direct.text(), canonical_text(&value).expect("canonical"));
        let ants = r#""ants":["cat",{"dog":7},{"fox":[2,1]},{"owl":{"age":3,"wise":true}}],"#;
        assert!(direct.text().contains(ants), "{}", direct.text());
    }

    #[test]
    fn what_has_no_canonical_text_is_not_written_directly_either() {
        let refused = |value: &dyn Fn() -> Result<CanonicalJson, String>| value().expect_err("refused");
        let shapes = Shapes::default();
        let number = NotCanonical::Number.to_string();
        assert_eq!(refused(&|| CanonicalJson::of(&1.5, &shapes)), number);
        assert_eq!(refused(&|| CanonicalJson::of(&[u64::MAX], &shapes)), number);
        let twice = json!({"が": 1, "か\u{3099}": 2});
        assert_eq!(refused(&|| CanonicalJson::of(&twice, &shapes)), NotCanonical::SameKey.to_string());
        let odd = std::collections::BTreeMap::from([(vec![1], 1)]);
        assert_eq!(refused(&|| CanonicalJson::of(&odd, &shapes)), "a key of a table is no text");
    }
}
