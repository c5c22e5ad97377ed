//! The words of the schema's errors.

use deskform_model::{Code, FieldPath, ResourceName, Segment};
use jsonschema::JsonType;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::paths::{Location, LocationSegment};
use serde_json::Value;

use crate::codes;

/// The pattern of the names of resources, as fields that refer carry it.
pub(crate) const NAME_PATTERN: &str = r"^[a-z0-9][a-z0-9_-]{0,63}$";

/// The rule for names, in words.
pub(crate) fn name_rule() -> String {
    ResourceName::new("").err().map(|rule| rule.to_string()).unwrap_or_default()
}

pub(crate) fn subject(path: &FieldPath) -> String {
    if path.is_root() { "this".to_owned() } else { format!("`{path}`") }
}

pub(crate) fn field_path(location: &Location) -> FieldPath {
    let segment = |segment: LocationSegment<'_>| match segment {
        LocationSegment::Property(key) => Segment::Key(key.into_owned()),
        LocationSegment::Index(index) => Segment::Index(index),
    };
    location.segments().map(segment).collect()
}

/// What a schema says is expected, in its first sentence, as the continuation of a sentence.
pub(crate) fn expectation(node: &Value) -> Option<String> {
    let text = node.get("x-deskform-expects").or_else(|| node.get("description"))?.as_str()?;
    let text = text.split("\n\n").next().unwrap_or(text).replace('\n', " ");
    let text = text.split(". ").next().unwrap_or(&text).trim().trim_end_matches('.');
    let mut chars = text.chars();
    let first = chars.next()?;
    let is_word = chars.clone().next().is_none_or(|second| !second.is_uppercase());
    Some(if is_word { format!("{}{}", first.to_lowercase(), chars.as_str()) } else { text.to_owned() })
}

/// The keys that the branches of a `oneOf` or `anyOf` require.
pub(crate) fn required_of(branches: Option<&Value>) -> Vec<String> {
    let branches = branches.and_then(Value::as_array).into_iter().flatten();
    let keys = branches.flat_map(|branch| branch.get("required").and_then(Value::as_array).into_iter().flatten());
    keys.filter_map(|key| key.as_str().map(str::to_owned)).collect()
}

pub(crate) fn types(kind: &TypeKind) -> Vec<JsonType> {
    match kind {
        TypeKind::Single(one) => vec![*one],
        TypeKind::Multiple(several) => several.iter().collect(),
    }
}

pub(crate) fn type_name(wanted: JsonType) -> &'static str {
    match wanted {
        JsonType::Array => "a list",
        JsonType::Boolean => "a boolean",
        JsonType::Integer | JsonType::Number => "a whole number",
        JsonType::Null => "nothing",
        JsonType::Object => "a table",
        JsonType::String => "a string",
    }
}

pub(crate) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a table",
    }
}

pub(crate) fn words(options: &Value) -> Vec<String> {
    options.as_array().into_iter().flatten().filter(|option| !option.is_null()).map(word).collect()
}

pub(crate) fn word(option: &Value) -> String {
    option.as_str().map_or_else(|| option.to_string(), str::to_owned)
}

fn counted(limit: u64, one: &str, many: &str) -> String {
    if limit == 1 { format!("1 {one}") } else { format!("{limit} {many}") }
}

pub(crate) fn limit_text(kind: &ValidationErrorKind) -> (Code, &'static str, String) {
    use ValidationErrorKind as Kind;
    let characters = |limit: &u64| counted(*limit, "character", "characters");
    let items = |limit: &u64| counted(*limit, "item", "items");
    let keys = |limit: &u64| counted(*limit, "key", "keys");
    match kind {
        Kind::MaxLength { limit } => (codes::LENGTH, "is too long", format!("at most {}", characters(limit))),
        Kind::MinLength { limit } => (codes::LENGTH, "is too short", format!("at least {}", characters(limit))),
        Kind::MaxItems { limit } => (codes::LENGTH, "has too many items", format!("at most {}", items(limit))),
        Kind::MinItems { limit } => (codes::LENGTH, "has too few items", format!("at least {}", items(limit))),
        Kind::MaxProperties { limit } => (codes::LENGTH, "has too many keys", format!("at most {}", keys(limit))),
        Kind::MinProperties { limit } => (codes::LENGTH, "has too few keys", format!("at least {}", keys(limit))),
        Kind::Maximum { limit } => (codes::RANGE, "is too large", format!("at most {limit}")),
        Kind::Minimum { limit } => (codes::RANGE, "is too small", format!("at least {limit}")),
        Kind::ExclusiveMaximum { limit } => (codes::RANGE, "is too large", format!("less than {limit}")),
        Kind::ExclusiveMinimum { limit } => (codes::RANGE, "is too small", format!("more than {limit}")),
        Kind::MultipleOf { multiple_of } => (codes::RANGE, "does not fit", format!("a multiple of {multiple_of}")),
        Kind::UniqueItems => (codes::COMBINATION, "has an item twice", "each item once".to_owned()),
        _ => (codes::COMBINATION, "is not allowed as it is", "does not fit the schema".to_owned()),
    }
}
