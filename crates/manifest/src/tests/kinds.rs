//! Small kinds to read manifests with.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{
    Body, Category, Code, Edit, Event, ExclusiveScope, Facts, FieldPath, Hierarchy, Kind, KindName, Limit, Lowering,
    Outline, Problem, ReadError, Reading, Reference, Registry, ResourceName, Secret, Shapes, Typed, TypedKind,
    UniqueValue, Unreadable,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Kinds without a policy.
pub(super) fn registry() -> Registry {
    Registry::new().with(Typed::<Shop>::new()).with(Typed::<Hours>::new()).with(Odd::new())
}

/// The same kinds and a policy.
pub(super) fn registry_with_policy() -> Registry {
    registry().with(Typed::<Policy>::new())
}

fn address(kind: &str, name: &ResourceName) -> deskform_model::Address {
    deskform_model::Address::new(&KindName::new(kind).unwrap(), name)
}

/// A kind with a reference, a set of references, a unique value, an exclusive role and a secret.
pub(super) struct Shop;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    Open,
    Closed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Phone {
    /// The number in front of the shop.
    number: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extension: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ShopTable {
    /// The name that customers see.
    display_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subdomain: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hours: Option<ResourceName>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    partners: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    default: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<State>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opened: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<Phone>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    ranges: BTreeMap<String, String>,
}

impl TypedKind for Shop {
    const NAME: &'static str = "shop";
    type Manifest = ShopTable;
    type Spec = ShopTable;

    fn lower(manifest: ShopTable, lowering: &mut Lowering<'_>) -> Option<ShopTable> {
        if manifest.subdomain.as_deref() == Some("www") {
            let path = FieldPath::keys(["subdomain"]);
            lowering
                .report(Problem::error(Code("SH001"), path, "the subdomain is taken", "reserved").hint("Use another."));
        }
        if manifest.phone.as_ref().is_some_and(|phone| phone.extension.is_none()) {
            let path = FieldPath::keys(["phone", "extension"]);
            lowering.report(Problem::warning(Code("SH002"), path, "no extension", "nobody can be put through"));
        }
        if manifest.opened.as_deref() == Some("2020-01-01") {
            let path = FieldPath::keys(["ranges", "が"]);
            lowering.report(Problem::error(
                Code("SH003"),
                path,
                "no shop opens on a holiday",
                "checked against the date",
            ));
            return None;
        }
        Some(manifest)
    }

    fn raise(spec: &ShopTable) -> ShopTable {
        spec.clone()
    }

    fn outline(spec: &ShopTable) -> Outline {
        let field = |key: &str| FieldPath::keys([key]);
        let mut references: Vec<Reference> = Vec::new();
        if let Some(hours) = &spec.hours {
            references.push(Reference { path: field("hours"), to: address("hours", hours) });
        }
        for (index, partner) in spec.partners.iter().enumerate() {
            let to = address("shop", &ResourceName::new(partner.as_str()).unwrap());
            references.push(Reference { path: field("partners").index(index), to });
        }
        let value = |scope: &str, value: &str, key: &str| UniqueValue {
            scope: scope.to_owned(),
            value: value.to_owned(),
            path: field(key),
        };
        let mut unique: Vec<UniqueValue> =
            spec.subdomain.iter().map(|name| value("shop.subdomain", name, "subdomain")).collect();
        if spec.default {
            unique.push(value("shop.default", "true", "default"));
        }
        Outline { title: Some(spec.display_name.clone()), references, unique }
    }

    fn category() -> Category {
        Category::Account
    }

    fn events(_: Option<&ShopTable>, _: Option<&ShopTable>, _: &[Edit]) -> Vec<Event> {
        Vec::new()
    }

    fn secrets() -> Vec<FieldPath> {
        vec![FieldPath::keys(["password"])]
    }

    fn exclusive() -> Vec<ExclusiveScope> {
        vec![ExclusiveScope { scope: "shop.default", what: "default shop", needed: true }]
    }
}

/// A kind with a limit.
pub(super) struct Hours;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HoursTable {
    zone: String,
}

impl TypedKind for Hours {
    const NAME: &'static str = "hours";
    type Manifest = HoursTable;
    type Spec = HoursTable;

    fn lower(manifest: HoursTable, _: &mut Lowering<'_>) -> Option<HoursTable> {
        Some(manifest)
    }

    fn raise(spec: &HoursTable) -> HoursTable {
        spec.clone()
    }

    fn outline(_: &HoursTable) -> Outline {
        Outline::default()
    }

    fn category() -> Category {
        Category::Rule
    }

    fn events(_: Option<&HoursTable>, _: Option<&HoursTable>, _: &[Edit]) -> Vec<Event> {
        Vec::new()
    }

    fn limit(policy: &Value) -> Option<Limit> {
        let most = policy.pointer("/limits/hours").and_then(Value::as_u64).unwrap_or(3);
        Some(Limit { code: Code("HO001"), most, source: "the vendor".to_owned() })
    }
}

/// A policy.
pub(super) struct Policy;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct GuardTable {
    #[serde(skip_serializing_if = "Option::is_none")]
    max_deletes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_deletes_percent: Option<u64>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    way_in: BTreeSet<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PolicyTable {
    #[serde(skip_serializing_if = "Option::is_none")]
    guard: Option<GuardTable>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    limits: BTreeMap<String, i64>,
}

impl TypedKind for Policy {
    const NAME: &'static str = "policy";
    type Manifest = PolicyTable;
    type Spec = PolicyTable;

    fn lower(manifest: PolicyTable, lowering: &mut Lowering<'_>) -> Option<PolicyTable> {
        if manifest.limits.get("hours") == Some(&0) {
            let path = FieldPath::keys(["limits", "hours"]);
            lowering.report(Problem::error(Code("PO001"), path, "a limit of nothing", "at least 1"));
        }
        Some(manifest)
    }

    fn raise(spec: &PolicyTable) -> PolicyTable {
        spec.clone()
    }

    fn outline(_: &PolicyTable) -> Outline {
        Outline::default()
    }

    fn category() -> Category {
        Category::Other
    }

    fn events(_: Option<&PolicyTable>, _: Option<&PolicyTable>, _: &[Edit]) -> Vec<Event> {
        Vec::new()
    }
}

/// A kind that refuses every table, so that its schema has to say why.
pub(super) struct Odd {
    name: KindName,
    schema: Value,
    shapes: Shapes,
    secrets: Vec<FieldPath>,
}

impl Odd {
    fn new() -> Self {
        let secrets: [&[&str]; 3] = [&["secret"], &["maybe_secret"], &["people", "*", "token"]];
        let secrets = secrets.map(|keys| FieldPath::keys(keys.iter().copied())).into();
        Self { name: KindName::new("odd").unwrap(), schema: odd_schema(), shapes: Shapes::default(), secrets }
    }
}

fn odd_schema() -> Value {
    let text = json!({ "type": "string" });
    let secret = json!({
        "type": "object",
        "x-deskform-secret": true,
        "properties": { "env": text, "file": text, "vault": text, "version": { "type": "integer" } },
        "additionalProperties": false,
        "oneOf": [{ "required": ["env"] }, { "required": ["file"] }, { "required": ["vault"] }],
    });
    json!({
        "type": "object",
        "properties": {
            "word": { "type": "string", "enum": ["enabled", "disabled"] },
            "choice": { "oneOf": [{ "const": "staff", "description": "Staff." }, { "const": "guests" }] },
            "closed_or_list": { "anyOf": [{ "const": "closed" }, { "type": "array", "items": text }] },
            "maybe": { "anyOf": [
                { "type": "object", "properties": { "key": text }, "required": ["key"], "additionalProperties": false },
                { "type": "null" },
            ] },
            "code": { "type": "string", "minLength": 2, "maxLength": 2, "pattern": "^[A-Z]{2}$", "x-deskform-expects": "two capital letters" },
            "described": { "type": "string", "pattern": "^x", "description": "A text that begins with x. It\nmay go on.\n\nMore." },
            "plain": { "type": "string", "pattern": "^x" },
            "name": { "type": "string", "pattern": r"^[a-z0-9][a-z0-9_-]{0,63}$" },
            "short": { "type": "string", "minLength": 2, "maxLength": 3 },
            "few": { "type": "array", "items": text, "minItems": 1, "maxItems": 2, "uniqueItems": true },
            "rank": { "type": ["integer", "null"], "minimum": 1, "maximum": 9 },
            "even": { "type": "integer", "multipleOf": 2, "exclusiveMinimum": 0, "exclusiveMaximum": 10 },
            "switch": { "type": "boolean" },
            "days": {
                "type": "object",
                "patternProperties": { "^(mon|tue)$": { "type": "array", "items": text } },
                "additionalProperties": false,
                "x-deskform-expects": "`mon` or `tue`",
                "minProperties": 1,
                "maxProperties": 1,
            },
            "lower": { "type": "object", "propertyNames": { "pattern": "^[a-z]+$", "x-deskform-expects": "lower case" } },
            "variant": {
                "type": "object",
                "properties": { "google": { "type": "object" }, "gmail": { "type": "object" } },
                "additionalProperties": false,
                "oneOf": [{ "required": ["google"] }, { "required": ["gmail"] }],
            },
            "secret": secret,
            "maybe_secret": { "anyOf": [secret, { "type": "null" }] },
            "people": {
                "type": "object",
                "additionalProperties": {
                    "type": "object",
                    "properties": { "token": secret, "age": { "type": "integer" } },
                    "additionalProperties": false,
                },
            },
            "never": false,
        },
        "additionalProperties": false,
    })
}

impl Kind for Odd {
    fn name(&self) -> &KindName {
        &self.name
    }
    fn latest_format(&self) -> u32 {
        1
    }
    fn manifest_schema(&self) -> &Value {
        &self.schema
    }
    fn shapes(&self) -> &Shapes {
        &self.shapes
    }
    fn read(&self, _: Body<'_>, _: &Facts<'_>) -> Result<Reading, ReadError> {
        Err(ReadError::Shape("never".to_owned()))
    }
    fn upgrade(&self, _: u32, _: Value) -> Result<Value, Unreadable> {
        Err(Unreadable::Misfit)
    }
    fn outline(&self, _: &Value) -> Outline {
        Outline::default()
    }
    fn to_manifest(&self, spec: &Value) -> Value {
        spec.clone()
    }
    fn replace_only(&self) -> &[FieldPath] {
        &[]
    }
    fn secrets(&self) -> &[FieldPath] {
        &self.secrets
    }
    fn exclusive(&self) -> &[ExclusiveScope] {
        &[]
    }
    fn hierarchy(&self) -> Option<&Hierarchy> {
        None
    }
    fn limit(&self, _: &Value) -> Option<Limit> {
        None
    }
    fn category(&self) -> Category {
        Category::Other
    }
    fn events(&self, _: Option<&Value>, _: Option<&Value>, _: &[Edit]) -> Vec<Event> {
        Vec::new()
    }
}
