//! Secrets are references; deskform never resolves one.

use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

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

    fn reads(value: serde_json::Value) -> bool {
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
}
