//! The schemas of manifests, of overlays and of `deskform.toml`, for editors and for the explanation of errors.

use deskform_model::{Kind, Registry};
use serde_json::{Map, Value, json};

use crate::environments::{ENV, WORKSPACE};
use crate::hints::Word;
use crate::manifest::POLICY;
use crate::merge::UNSET;
use crate::project::POLICY_SECTIONS;
use crate::resource::lifecycle_schema;
use crate::wording::NAME_PATTERN;

const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

/// The draft-07 schema that serves every manifest.
pub fn manifest_schema(registry: &Registry) -> Value {
    let kinds = registry.kinds().filter(|kind| kind.name().as_str() != POLICY);
    let mut properties: Map<String, Value> =
        kinds.map(|kind| (kind.name().as_str().to_owned(), resources_of(kind))).collect();
    for word in Word::OF_MANIFESTS {
        properties.insert(word.as_str().to_owned(), json!({ "type": "array", "items": word.schema()() }));
    }
    document("A manifest of deskform", properties)
}

/// The draft-07 schema that serves every overlay: manifests of which any part may be left out, and `unset`.
pub fn overlay_schema(registry: &Registry) -> Value {
    let kinds = registry.kinds().filter(|kind| kind.name().as_str() != POLICY);
    let mut properties: Map<String, Value> = kinds
        .map(|kind| {
            let mut resources = partial(resources_of(kind));
            allow_unset(&mut resources["additionalProperties"]);
            (kind.name().as_str().to_owned(), resources)
        })
        .collect();
    for word in Word::OF_OVERLAYS {
        properties.insert(word.as_str().to_owned(), json!({ "type": "array", "items": word.schema()() }));
    }
    document("An overlay of deskform", properties)
}

fn document(title: &str, properties: Map<String, Value>) -> Value {
    json!({
        "$schema": DRAFT,
        "title": title,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "x-tombi-toml-version": "v1.0.0",
    })
}

/// A schema without what says that something must be there.
fn partial(schema: Value) -> Value {
    match schema {
        Value::Object(table) => Value::Object(table.into_iter().filter_map(partial_word).collect()),
        Value::Array(items) => Value::Array(items.into_iter().map(partial).collect()),
        other => other,
    }
}

/// A word of a schema; none if all that it says is what must be there.
fn partial_word((word, value): (String, Value)) -> Option<(String, Value)> {
    let demands = |branch: &Value| branch.as_object().is_some_and(|branch| branch.keys().eq(["required"]));
    let value = match (word.as_str(), value) {
        ("required" | "minProperties", _) => return None,
        ("allOf" | "anyOf" | "oneOf", Value::Array(list)) if list.iter().all(demands) => return None,
        // Its keys are names of fields and no words.
        ("properties", Value::Object(table)) => {
            Value::Object(table.into_iter().map(|(name, inner)| (name, partial(inner))).collect())
        }
        (_, value) => partial(value),
    };
    Some((word, value))
}

fn allow_unset(schema: &mut Value) {
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert(
            UNSET.to_owned(),
            json!({
                "type": "array",
                "description": "Paths of fields that the environment does not have; what the overlay says comes after.",
                "items": { "type": "string", "minLength": 1 },
                "minItems": 1,
            }),
        );
    }
}

/// All resources of a kind, by name.
fn resources_of(kind: &dyn Kind) -> Value {
    let mut resource = kind.manifest_schema().clone();
    if let Some(table) = resource.as_object_mut() {
        let properties = table.entry("properties").or_insert_with(|| json!({}));
        if let Some(properties) = properties.as_object_mut() {
            properties.insert("lifecycle".to_owned(), lifecycle_schema());
        }
    }
    json!({
        "type": "object",
        "description": format!("Resources of the kind `{}`, by name.", kind.name()),
        "propertyNames": { "pattern": NAME_PATTERN },
        "additionalProperties": resource,
    })
}

/// The draft-07 schema of `deskform.toml`.
pub fn project_schema(registry: &Registry) -> Value {
    let mut schema = sections_schema(registry);
    let env = schema.get("properties").and_then(Value::as_object).map(environments_schema);
    schema["properties"][ENV] = json!(env);
    schema
}

/// The same without environments.
pub(crate) fn sections_schema(registry: &Registry) -> Value {
    let mut properties = Map::new();
    properties.insert("workspace".to_owned(), workspace_schema());
    properties.insert("store".to_owned(), store_schema());
    let policy = registry.get(POLICY).and_then(|kind| kind.manifest_schema().get("properties"));
    for section in POLICY_SECTIONS {
        let own = policy.and_then(|properties| properties.get(section)).cloned();
        properties.insert(section.to_owned(), own.unwrap_or_else(|| section_schema(section)));
    }
    let mut schema = document("The project file of deskform, deskform.toml", properties);
    schema["required"] = json!(["workspace"]);
    schema
}

/// What an environment may say otherwise of the sections of a project.
fn environments_schema(sections: &Map<String, Value>) -> Value {
    let own = sections.iter().filter(|(section, _)| *section != WORKSPACE);
    let properties: Map<String, Value> =
        own.map(|(section, schema)| (section.clone(), partial(schema.clone()))).collect();
    let mut environment = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    allow_unset(&mut environment);
    json!({
        "type": "object",
        "description": "Environments by name, each with what it says otherwise of the other sections.",
        "propertyNames": { "pattern": NAME_PATTERN },
        "additionalProperties": environment,
    })
}

fn workspace_schema() -> Value {
    json!({
        "type": "object",
        "description": "The resources that this config repo owns in the store.",
        "properties": {
            "name": {
                "type": "string",
                "description": "The name of the workspace, unique in the store.",
                "pattern": NAME_PATTERN,
            },
            "retired": {
                "type": "boolean",
                "description": "True if the workspace is to own nothing any more.",
                "default": false,
            },
            "exclude": {
                "type": "array",
                "description": "Globs of files below this one that are no manifests.",
                "items": { "type": "string", "minLength": 1 },
                "x-deskform-list": "set",
            },
        },
        "required": ["name"],
        "additionalProperties": false,
    })
}

/// Most characters of a store's label.
pub(crate) const MOST_OF_LABEL: usize = 64;

fn store_schema() -> Value {
    json!({
        "type": "object",
        "description": "The live store.",
        "properties": {
            "url": {
                "type": "string",
                "description": "The address of the store, without credentials; a path is relative to this file.",
                "minLength": 1,
                "default": "sqlite://.deskform/live.db",
            },
            "label": {
                "type": "string",
                "description": "What the store is called; written when the store is made, and must match ever after.",
                "minLength": 1,
                "maxLength": MOST_OF_LABEL,
            },
        },
        "additionalProperties": false,
    })
}

/// A section where the registry has no policy that knows better.
fn section_schema(section: &str) -> Value {
    if section != "guard" {
        return json!({ "type": "object" });
    }
    json!({
        "type": "object",
        "description": "What a plan may do without being told so.",
        "properties": {
            "max_deletes": {
                "type": "integer",
                "description": "The most deletes of one plan.",
                "minimum": 0,
            },
            "max_deletes_percent": {
                "type": "integer",
                "description": "The largest share of a kind that one plan may delete, in percent.",
                "minimum": 0,
                "maximum": 100,
            },
            "way_in": {
                "type": "array",
                "description": "Ranges of addresses that no IP restriction may shut out.",
                "items": { "type": "string" },
                "x-deskform-list": "set",
            },
        },
        "additionalProperties": false,
    })
}
