//! Secrets are references; deskform never resolves one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    env: Option<String>,
    /// The path of a file on the platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// A path and a field in the platform's vault, `path#field`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vault: Option<String>,
    /// Counts rotations; a higher number announces one.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    #[schemars(range(min = 1, max = 1_000_000))]
    version: u32,
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
