//! The schemas of manifests and of `deskform.toml`, for editors and for the explanation of errors.

use deskform_model::{Kind, Registry};
use serde_json::{Map, Value, json};

use crate::hints::Word;
use crate::manifest::POLICY;
use crate::project::POLICY_SECTIONS;
use crate::resource::lifecycle_schema;
use crate::wording::NAME_PATTERN;

const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

/// The draft-07 schema that serves every manifest.
pub fn manifest_schema(registry: &Registry) -> Value {
    let kinds = registry.kinds().filter(|kind| kind.name().as_str() != POLICY);
    let mut properties: Map<String, Value> =
        kinds.map(|kind| (kind.name().as_str().to_owned(), resources_of(kind))).collect();
    for word in Word::ALL {
        properties.insert(word.as_str().to_owned(), json!({ "type": "array", "items": word.schema()() }));
    }
    json!({
        "$schema": DRAFT,
        "title": "A manifest of deskform",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "x-tombi-toml-version": "v1.0.0",
    })
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
    let mut properties = Map::new();
    properties.insert("workspace".to_owned(), workspace_schema());
    properties.insert("store".to_owned(), store_schema());
    let policy = registry.get(POLICY).and_then(|kind| kind.manifest_schema().get("properties"));
    for section in POLICY_SECTIONS {
        let own = policy.and_then(|properties| properties.get(section)).cloned();
        properties.insert(section.to_owned(), own.unwrap_or_else(|| section_schema(section)));
    }
    json!({
        "$schema": DRAFT,
        "title": "The project file of deskform, deskform.toml",
        "type": "object",
        "properties": properties,
        "required": ["workspace"],
        "additionalProperties": false,
        "x-tombi-toml-version": "v1.0.0",
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
                "maxLength": 64,
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
