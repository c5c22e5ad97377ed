//! Values as people write them: on one line, as in TOML.

use deskform_model::{FieldPath, HIDDEN_LITERAL};
use serde_json::{Map, Value};
use similar::{ChangeTag, TextDiff};

use crate::text::{Page, widest, width};

/// A table that fits this many columns stays on one line.
const INLINE: usize = 56;

/// A value on one line.
pub(crate) fn inline(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

/// What stands in place of a value where there is none; no value looks like it.
pub(crate) const NONE: &str = "(none)";

/// A side of an edit: the value, or that there is none.
pub(crate) fn side(value: Option<&Value>) -> String {
    value.map_or_else(|| NONE.to_owned(), inline)
}

/// The lines that differ, each with its sign, where the two sides are texts and one has several lines.
pub(crate) fn line_diff(before: Option<&Value>, after: Option<&Value>) -> Option<Vec<String>> {
    let (before, after) = (before?.as_str()?, after?.as_str()?);
    if !before.contains('\n') && !after.contains('\n') || [before, after].contains(&HIDDEN_LITERAL) {
        return None;
    }
    let diff = TextDiff::from_lines(before, after);
    let changed = diff.iter_all_changes().filter_map(|change| {
        let sign = match change.tag() {
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
            ChangeTag::Equal => return None,
        };
        Some(format!("{sign} {}", change.value().trim_end_matches('\n')))
    });
    Some(changed.collect())
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("(null)"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) if text == HIDDEN_LITERAL => out.push_str(text),
        Value::String(text) => quote(text, out),
        Value::Array(items) => list(items, out),
        Value::Object(table) => inline_table(table, out),
    }
}

fn list(items: &[Value], out: &mut String) {
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        write(item, out);
    }
    out.push(']');
}

fn inline_table(table: &Map<String, Value>, out: &mut String) {
    if table.is_empty() {
        out.push_str("{}");
        return;
    }
    out.push_str("{ ");
    for (index, (key, value)) in table.iter().enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        out.push_str(&FieldPath::keys([key.as_str()]).to_string());
        out.push_str(" = ");
        write(value, out);
    }
    out.push_str(" }");
}

/// The escapes of TOML; what else a terminal would act on, the page writes out.
fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ => out.push(c),
        }
    }
    out.push('"');
}

/// The fields of a table as lines of path and value; tables that do not fit a line are taken apart.
pub(crate) fn lines(value: &Value) -> Vec<(String, String)> {
    let mut out = Vec::new();
    match value {
        Value::Object(table) if !table.is_empty() => collect(&FieldPath::root(), table, &mut out),
        other => out.push((String::new(), inline(other))),
    }
    out
}

fn collect(path: &FieldPath, table: &Map<String, Value>, out: &mut Vec<(String, String)>) {
    // As in a manifest: what stands alone comes before the tables.
    let (tables, alone): (Vec<_>, Vec<_>) = table.iter().partition(|(_, value)| value.is_object());
    for (key, value) in alone.into_iter().chain(tables) {
        let path = path.key(key.as_str());
        let text = inline(value);
        match value {
            Value::Object(inner) if width(&text) > INLINE => collect(&path, inner, out),
            _ => out.push((path.to_string(), text)),
        }
    }
}

/// Writes fields one under the other, `path = value`, aligned.
pub(crate) fn fields(page: &mut Page, indent: usize, fields: &[(String, String)]) {
    let column = widest(fields.iter().map(|(path, _)| path.as_str()), 40);
    for (path, value) in fields {
        page.blanks(indent);
        if !path.is_empty() {
            page.padded(path, column).text(" = ");
        }
        page.text(value).end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_look_as_in_toml() {
        let value = json!({"a b": ["x\n\"", 1], "c": {}, "d": {"e": true}});
        assert_eq!(inline(&value), r#"{ "a b" = ["x\n\"", 1], c = {}, d = { e = true } }"#);
        assert_eq!(inline(&json!(HIDDEN_LITERAL)), "(a literal, hidden)");
        assert_eq!(side(None), "(none)");
    }

    #[test]
    fn only_tables_that_are_too_wide_are_taken_apart() {
        let value = json!({"a": {"b": 1}, "z": 1, "c": {"札": "x".repeat(60), "d": 1}});
        let mut page = Page::new();
        fields(&mut page, 2, &lines(&value));
        let expected =
            format!("  z      = 1\n  a      = {{ b = 1 }}\n  c.d    = 1\n  c.\"札\" = \"{}\"\n", "x".repeat(60));
        assert_eq!(page.plain(), expected);
    }
}
