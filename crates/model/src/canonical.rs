//! Canonical text: one byte sequence for one content.
//!
//! As RFC 8785, with two differences that a configuration can afford: keys are sorted by their UTF-8 bytes (not UTF-16
//! units), and a number is an `i64` (a float is refused, so no float formatting can differ between versions).

use serde_json::{Map, Number, Value};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

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

/// Sorts by bytes here and not by trusting the map: a dependency may turn on insertion order for all of serde_json.
fn write_table(table: &Map<String, Value>, out: &mut String) -> Result<(), NotCanonical> {
    let mut entries: Vec<(&String, &Value)> = table.iter().collect();
    entries.sort_unstable_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
    out.push('{');
    for (index, (key, value)) in entries.into_iter().enumerate() {
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
    Ok(match value {
        Value::String(text) => Value::String(nfc(text)),
        Value::Array(items) => Value::Array(items.into_iter().map(normalised).collect::<Result<_, _>>()?),
        Value::Object(table) => {
            let mut out = Map::new();
            for (key, value) in table {
                if out.insert(nfc(key), normalised(value)?).is_some() {
                    return Err(NotCanonical::SameKey);
                }
            }
            Value::Object(out)
        }
        other => other,
    })
}

fn nfc(text: String) -> String {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes { text } else { text.nfc().collect() }
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
}
