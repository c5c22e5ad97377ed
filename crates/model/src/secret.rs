//! Secrets are references; deskform never resolves one.

use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::{FieldPath, Segment};

/// What is shown in place of a secret that somebody wrote out in the store.
pub const HIDDEN_LITERAL: &str = "(a literal, hidden)";

/// Where the platform finds a secret: exactly one of `env`, `file`, `vault`. Raising `version` announces a rotation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SecretFields", into = "SecretFields")]
pub struct Secret {
    /// Which of the three.
    pub place: SecretPlace,
    /// Counts rotations; a higher number announces one.
    pub version: u32,
}

/// The three ways to name a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretPlace {
    /// The name of an environment variable of the platform.
    Env(String),
    /// The path of a file on the platform.
    File(String),
    /// A path and a field in the platform's vault, `path#field`.
    Vault(String),
}

/// Replaces by a note what stands written out in the secret fields of a value, which itself stands at `path` of its
/// document.
///
/// A secret is a table with exactly one of `env`, `file`, `vault`; anything else in its place may be a literal.
pub fn hide_secrets(secrets: &[FieldPath], path: &FieldPath, value: &mut Value) {
    for secret in secrets {
        hide_below(value, path.segments(), secret.segments());
    }
}

/// True if a segment of a path is that of the secret's, in which `*` stands for any key.
pub(crate) fn fits(secret: &Segment, segment: &Segment) -> bool {
    matches!(secret, Segment::Key(key) if key == "*") || secret == segment
}

fn hide_below(value: &mut Value, path: &[Segment], secret: &[Segment]) {
    match (path.split_first(), secret.split_first()) {
        (None, _) => hide_within(value, secret),
        // The path goes on below the secret: only `env`, `file`, `vault` and `version` are ours.
        (Some((Segment::Key(key), _)), None) if matches!(key.as_str(), "env" | "file" | "vault" | "version") => {}
        (Some(_), None) => hide(value),
        (Some((here, path)), Some((pattern, secret))) => {
            if fits(pattern, here) {
                hide_below(value, path, secret);
            }
        }
    }
}

fn hide_within(value: &mut Value, secret: &[Segment]) {
    let Some((first, rest)) = secret.split_first() else {
        if !value.is_object() || Secret::deserialize(&*value).is_err() {
            hide(value);
        }
        return;
    };
    match (value, first) {
        (Value::Object(table), Segment::Key(key)) if key == "*" => {
            table.values_mut().for_each(|inner| hide_within(inner, rest));
        }
        (Value::Object(table), Segment::Key(key)) => {
            if let Some(inner) = table.get_mut(key) {
                hide_within(inner, rest);
            }
        }
        (Value::Array(items), _) => items.iter_mut().for_each(|inner| hide_within(inner, rest)),
        // Something else stands where the secret's table should be: it may be the secret itself.
        (other @ (Value::String(_) | Value::Number(_) | Value::Bool(_)), _) => hide(other),
        _ => {}
    }
}

fn hide(value: &mut Value) {
    *value = Value::String(HIDDEN_LITERAL.to_owned());
}

/// The table as written.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Secret", extend("x-deskform-secret" = true, "oneOf" = [
    { "required": ["env"] }, { "required": ["file"] }, { "required": ["vault"] }
]))]
struct SecretFields {
    /// The name of an environment variable of the platform.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1))]
    env: Option<String>,
    /// The path of a file on the platform.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1))]
    file: Option<String>,
    /// A path and a field in the platform's vault, `path#field`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1))]
    vault: Option<String>,
    /// Counts rotations; a higher number announces one.
    #[serde(default = "one", deserialize_with = "whole", skip_serializing_if = "is_one")]
    #[schemars(range(min = 1, max = 1_000_000), extend("default" = 1))]
    version: u32,
}

/// Reads a text that is there and not empty: unlike plain `Option`, `null` is refused, as the schema does.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() { Err(D::Error::custom("an empty text")) } else { Ok(Some(text)) }
}

/// Reads a whole number; `2.0` is 2, because JSON Schema calls both an integer.
fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let number = serde_json::Number::deserialize(deserializer)?;
    let float = || number.as_f64().filter(|float| float.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(float));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and within the bounds of a u32")]
    let whole = number.as_u64().and_then(|number| number.try_into().ok()).or_else(|| float().map(|float| float as u32));
    whole.ok_or_else(|| D::Error::custom("no whole number"))
}

impl JsonSchema for Secret {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        SecretFields::json_schema(generator)
    }
}

impl TryFrom<SecretFields> for Secret {
    type Error = &'static str;

    fn try_from(fields: SecretFields) -> Result<Self, Self::Error> {
        let SecretFields { env, file, vault, version } = fields;
        let place = match (env, file, vault) {
            (Some(env), None, None) => SecretPlace::Env(env),
            (None, Some(file), None) => SecretPlace::File(file),
            (None, None, Some(vault)) => SecretPlace::Vault(vault),
            _ => return Err("a secret is exactly one of env, file, vault"),
        };
        if !(1..=1_000_000).contains(&version) {
            return Err("version is 1 to 1000000");
        }
        Ok(Self { place, version })
    }
}

impl From<Secret> for SecretFields {
    fn from(secret: Secret) -> Self {
        let Secret { place, version } = secret;
        let (env, file, vault) = match place {
            SecretPlace::Env(env) => (Some(env), None, None),
            SecretPlace::File(file) => (None, Some(file), None),
            SecretPlace::Vault(vault) => (None, None, Some(vault)),
        };
        Self { env, file, vault, version }
    }
}

fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_one(version: &u32) -> bool {
    *version == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn reads(value: Value) -> bool {
        Secret::deserialize(value).is_ok()
    }

    #[test]
    fn a_secret_is_one_of_three_places_and_nothing_else() {
        for good in [json!({ "env": "A" }), json!({ "file": "/a", "version": 2.0 }), json!({ "vault": "a#b" })] {
            assert!(reads(good.clone()), "{good}");
        }
        for bad in [
            json!("literal"),
            json!({}),
            json!({ "env": "" }),
            json!({ "env": null, "file": "/a" }),
            json!({ "env": "A", "file": "/a" }),
            json!({ "env": "A", "version": 0 }),
            json!({ "env": "A", "version": 1.5 }),
            json!({ "env": "A", "version": 4_294_967_297_u64 }),
            json!({ "env": "A", "version": null }),
        ] {
            assert!(!reads(bad.clone()), "{bad}");
        }
    }

    #[test]
    fn what_is_written_out_is_hidden_wherever_the_value_stands() {
        let secrets = [FieldPath::keys(["smtp", "password"])];
        let check = |path: &[&str], mut value: Value, expected: Value| {
            hide_secrets(&secrets, &FieldPath::keys(path.iter().copied()), &mut value);
            assert_eq!(value, expected);
        };
        let hidden = json!(HIDDEN_LITERAL);
        check(
            &[],
            json!({ "smtp": { "host": "h", "password": "x" } }),
            json!({ "smtp": { "host": "h", "password": hidden } }),
        );
        check(&[], json!({ "smtp": [{ "password": "x" }] }), json!({ "smtp": [hidden] }));
        check(&["smtp"], json!({ "password": { "env": "A" } }), json!({ "password": { "env": "A" } }));
        check(&["smtp", "password"], json!({ "env": "A", "file": "b" }), hidden.clone());
        check(&["smtp", "password", "env"], json!("A"), json!("A"));
        check(&["smtp", "password", "value"], json!("x"), hidden);
        check(&["smtp", "host"], json!("h"), json!("h"));
    }
}
