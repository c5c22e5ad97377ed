//! Pages that follow from the types: one a kind, and the list of the rules.

use std::fmt::Write as _;

use deskform_model::{Kind, ListShape};
use serde_json::Value;

/// The page of a kind: its fields with what they hold, out of its schema.
pub fn kind_page(kind: &dyn Kind) -> String {
    let schema = kind.manifest_schema();
    let mut out = format!("# `{}`\n\n", kind.name());
    if let Some(text) = schema.get("description").and_then(Value::as_str) {
        let _ = writeln!(out, "{text}\n");
    }
    let _ = writeln!(out, "Written in format {} and the ones before it.", kind.latest_format());
    if !kind.replace_only().is_empty() {
        let fields: Vec<String> = kind.replace_only().iter().map(|path| format!("`{path}`")).collect();
        let _ = writeln!(out, "A change of {} replaces the resource.", fields.join(", "));
    }
    for scope in kind.exclusive() {
        let number = if scope.needed { "Exactly" } else { "At most" };
        let _ = writeln!(out, "{number} one is the {}.", scope.what);
    }
    out.push_str("\n| field | holds | meaning |\n|---|---|---|\n");
    fields(schema, "", &mut out);
    out
}

/// The list of all rules, as `explain` tells them in JSON; each leads to the page of its letters.
pub fn rules_page(rules: &[Value]) -> String {
    let mut out =
        "# Rules\n\nEvery finding has a code; a code is never used again. `deskform explain CODE` shows what stands here.\n\n\
         | code | severity | found when |\n|---|---|---|\n"
            .to_owned();
    for rule in rules {
        let (code, title) = (text(rule, "code"), text(rule, "title"));
        let (letters, anchor) = (code.get(..2).unwrap_or_default(), code.to_lowercase());
        let _ = writeln!(out, "| [{code}](rules/{letters}.md#{anchor}) | {} | {} |", severities(rule), cell(title));
    }
    out
}

/// The rules of two letters, with their reasons and examples.
pub fn rules_of(letters: &str, rules: &[&Value]) -> String {
    let mut out = format!(
        "# Rules {letters}\n\nThe examples stand in a config repo that declares what they refer to, such as the business hours `day`.\n"
    );
    for rule in rules {
        let _ = write!(out, "\n## {}\n\n_{}_: {}.\n", text(rule, "code"), severities(rule), text(rule, "title"));
        let _ = write!(out, "\n{}\n", text(rule, "text"));
        let mut last = "";
        for example in rule["examples"].as_array().into_iter().flatten() {
            let role = text(example, "role");
            if role != last {
                let _ = write!(out, "\n{}:\n", heading(role));
            }
            last = role;
            let file = text(example, "file");
            let file = if file == "example.toml" { String::new() } else { format!("`{file}`:\n\n") };
            let _ = write!(out, "\n{file}```{}\n{}```\n", text(example, "language"), text(example, "text"));
        }
    }
    out
}

fn heading(role: &str) -> &'static str {
    match role {
        "bad" => "Breaks the rule",
        "good" => "Does not",
        "other" => "Applied by another workspace",
        _ => "Applied before",
    }
}

fn severities(rule: &Value) -> String {
    let words = rule["severities"].as_array().into_iter().flatten().filter_map(Value::as_str);
    words.collect::<Vec<_>>().join(", ")
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

fn fields(schema: &Value, prefix: &str, out: &mut String) {
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, field) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        let needed = if required.contains(&name.as_str()) { ", required" } else { "" };
        field_row(field, &path, needed, out);
    }
    for key in ["patternProperties", "additionalProperties"] {
        let Some(rest) = schema.get(key).filter(|rest| rest.is_object()) else { continue };
        let rests: Vec<&Value> = if key == "patternProperties" {
            rest.as_object().into_iter().flatten().map(|(_, v)| v).collect()
        } else {
            vec![rest]
        };
        for rest in rests {
            field_row(rest, &format!("{prefix}.*"), "", out);
        }
    }
}

fn field_row(field: &Value, path: &str, needed: &str, out: &mut String) {
    let meaning = field.get("description").and_then(Value::as_str).unwrap_or_default();
    let _ = writeln!(out, "| `{path}` | {}{needed} | {} |", cell(&holds(field)), cell(meaning));
    for part in present(field) {
        fields(part, path, out);
        if let Some(items) = part.get("items") {
            fields(items, &format!("{path}[]"), out);
        }
    }
}

/// The alternatives of a field, `null` apart.
fn present(field: &Value) -> Vec<&Value> {
    let null = |part: &&Value| part.get("type").and_then(Value::as_str) != Some("null");
    let parts = ["anyOf", "oneOf"].iter().filter_map(|key| field.get(*key).and_then(Value::as_array));
    let mut out: Vec<&Value> = parts.flatten().filter(null).collect();
    out.push(field);
    out
}

fn holds(field: &Value) -> String {
    if let Some(words) = field.get("enum").and_then(Value::as_array) {
        let words: Vec<String> = words.iter().filter(|word| !word.is_null()).map(|word| format!("`{word}`")).collect();
        return words.join(", ");
    }
    if field.get("x-deskform-secret").is_some() {
        return "a secret".to_owned();
    }
    let plain = match field.get("type") {
        Some(Value::String(word)) => Some(word.as_str()),
        Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).find(|word| *word != "null"),
        _ => None,
    };
    match plain {
        Some("array") => list(field),
        Some("object") => "a table".to_owned(),
        Some("string") => "text".to_owned(),
        Some("boolean") => "true or false".to_owned(),
        Some("integer") => "a whole number".to_owned(),
        Some(other) => other.to_owned(),
        None => {
            let parts = present(field);
            let words: Vec<String> =
                parts.iter().filter(|part| !std::ptr::eq(**part, field)).map(|part| holds(part)).collect();
            words.join(" or ")
        }
    }
}

fn list(field: &Value) -> String {
    let shape = match field.get("x-deskform-list") {
        Some(Value::String(word)) if word == "set" => ListShape::Set,
        Some(Value::Object(table)) => {
            ListShape::Keyed(table.get("keyed").and_then(Value::as_str).unwrap_or_default().to_owned())
        }
        _ => ListShape::Ordered,
    };
    match shape {
        ListShape::Set => "a set".to_owned(),
        ListShape::Ordered => "a list in order".to_owned(),
        ListShape::Keyed(key) => format!("a list by `{key}`"),
    }
}

fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}
