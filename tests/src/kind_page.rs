//! The reference page of a kind, generated from its schema: `docs/kinds/<kind>.md`.

use std::fmt::Write as _;

use deskform_model::{Code, Kind};
use serde_json::{Map, Value};

/// The whole page: what the kind is, its fields with their descriptions, its example, its rules.
///
/// `example` is the text of a manifest that declares the kind; `rules` are the codes that start with its letters.
pub fn kind_page(kind: &dyn Kind, example: &str, rules: &[(Code, &str)]) -> String {
    let schema = kind.manifest_schema();
    let name = kind.name();
    let mut page = format!("<!-- Generated from the schema: UPDATE=1 tests/run rewrites it. -->\n\n# {name}\n\n");
    paragraph(&mut page, schema);
    let _ = write!(page, "Declared as `[{name}.NAME]`. Every kind also takes `lifecycle.protected = true`, which refuses to ");
    page.push_str("delete, replace or forget the resource.\n\n## Fields\n\n| field | value | meaning |\n|---|---|---|\n");
    fields(&mut page, "", schema);
    if !example.is_empty() {
        let _ = write!(page, "\n## Example\n\n```toml\n{}\n```\n", example.trim_end());
    }
    if !rules.is_empty() {
        page.push_str("\n## Rules\n\n| code | what breaks it |\n|---|---|\n");
        for (code, summary) in rules {
            let _ = writeln!(page, "| {code} | {} |", cell(summary));
        }
    }
    page
}

fn paragraph(page: &mut String, schema: &Value) {
    if let Some(text) = schema.get("description").and_then(Value::as_str) {
        let _ = write!(page, "{text}\n\n");
    }
}

/// A row a field, tables first as themselves, then their fields with the path in front.
fn fields(page: &mut String, prefix: &str, schema: &Value) {
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, field) in objects(schema, "properties") {
        row(page, &format!("{prefix}{name}"), field, required.contains(&name.as_str()));
    }
    for (_, field) in objects(schema, "patternProperties") {
        row(page, &format!("{prefix}KEY"), field, false);
    }
    if let Some(field @ Value::Object(_)) = schema.get("additionalProperties") {
        row(page, &format!("{prefix}KEY"), field, false);
    }
}

fn objects<'s>(schema: &'s Value, key: &str) -> impl Iterator<Item = (&'s String, &'s Value)> {
    schema.get(key).and_then(Value::as_object).into_iter().flat_map(Map::iter)
}

fn row(page: &mut String, path: &str, field: &Value, required: bool) {
    let field = plain(field);
    let meaning = field.get("description").and_then(Value::as_str).unwrap_or_default();
    let mut value = kind_of_value(field);
    if required {
        value.push_str(", required");
    }
    if let Some(default) = field.get("default").filter(|default| !default.is_null()) {
        let _ = write!(value, ", default `{default}`");
    }
    let _ = writeln!(page, "| `{path}` | {} | {} |", cell(&value), cell(meaning));
    fields(page, &format!("{path}."), field);
    if let Some(items) = field.get("items") {
        fields(page, &format!("{path}[]."), plain(items));
    }
}

/// An optional field is `anyOf` of itself and null, a described reference `allOf` of one: show the one.
fn plain(schema: &Value) -> &Value {
    for key in ["anyOf", "allOf"] {
        let parts = schema.get(key).and_then(Value::as_array);
        let real = parts.into_iter().flatten().find(|part| part.get("type").and_then(Value::as_str) != Some("null"));
        if let Some(part) = real
            && schema.get("properties").is_none()
        {
            return part;
        }
    }
    schema
}

fn kind_of_value(field: &Value) -> String {
    if let Some(words) = field.get("enum").and_then(Value::as_array) {
        let words: Vec<String> = words.iter().filter_map(Value::as_str).map(|word| format!("`{word}`")).collect();
        return words.join(", ");
    }
    if field.get("x-deskform-secret").is_some() {
        return "secret: `{ env = \"…\" }`, `{ file = \"…\" }` or `{ vault = \"…\" }`".to_owned();
    }
    let word = match field.get("type") {
        Some(Value::String(word)) => word.as_str(),
        Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).find(|word| *word != "null").unwrap_or("value"),
        _ => "value",
    };
    match word {
        "object" => "table".to_owned(),
        "boolean" => "true or false".to_owned(),
        "array" => {
            let shape = match field.get("x-deskform-list") {
                Some(Value::String(word)) if word == "set" => "set".to_owned(),
                Some(Value::Object(table)) => {
                    format!("list by `{}`", table.get("keyed").and_then(Value::as_str).unwrap_or_default())
                }
                _ => "list".to_owned(),
            };
            let of = field.get("items").map(|items| kind_of_value(plain(items))).unwrap_or_default();
            format!("{shape} of {of}{}", bounds(field, "minItems", "maxItems"))
        }
        "integer" => format!("whole number{}", bounds(field, "minimum", "maximum")),
        "string" => match field.get("x-deskform-rule").and_then(Value::as_str) {
            Some(rule) => format!("text: {rule}"),
            None => format!("text{}", bounds(field, "minLength", "maxLength")),
        },
        other => other.to_owned(),
    }
}

fn bounds(field: &Value, least: &str, most: &str) -> String {
    match (field.get(least), field.get(most)) {
        (Some(least), Some(most)) => format!(", {least} to {most}"),
        (Some(least), None) => format!(", at least {least}"),
        (None, Some(most)) => format!(", at most {most}"),
        (None, None) => String::new(),
    }
}

/// Text that stays inside its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
