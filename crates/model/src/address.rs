//! Names and addresses: checked once, when they are made.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A name that does not fit its rule. Says the rule and never the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidName(&'static str);

const RESOURCE_RULE: &str = "a name has 1 to 64 lower-case ASCII letters, digits, `_` or `-`, starts with a letter or digit, \
     and is no device name such as `con`";
const KIND_RULE: &str = "a kind has 1 to 32 lower-case ASCII letters, digits or `_` and starts with a letter";
const ADDRESS_RULE: &str = "an address is `kind.name`";
const LINEAGE_RULE: &str = "a lineage is 32 lower-case hexadecimal digits";

/// Names that some file systems treat as devices; a resource of that name could not have a file of its own.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

fn is_resource_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    let first = bytes.next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let rest = bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
    first && rest && text.len() <= 64 && !DEVICES.contains(&text)
}

fn is_kind_name(text: &str) -> bool {
    let first = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    first && text.len() <= 32 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// What every checked text has. It is shared and not copied: a plan of ten thousand changes names each address a dozen
/// times.
macro_rules! as_text {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0.as_ref().to_owned()
            }
        }

        impl $name {
            /// The text, shared and not copied.
            pub fn shared_text(&self) -> Arc<str> {
                Arc::clone(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $check:expr, $rule:expr, $pattern:expr $(, not $devices:expr)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(Arc<str>);

        as_text!($name);

        impl $name {
            /// Checks the text and makes the name.
            pub fn new(text: impl Into<String>) -> Result<Self, InvalidName> {
                let text = text.into();
                if $check(&text) { Ok(Self(text.into())) } else { Err(InvalidName($rule)) }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;
            fn try_from(text: String) -> Result<Self, InvalidName> {
                Self::new(text)
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;
            fn from_str(text: &str) -> Result<Self, InvalidName> {
                Self::new(text)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": $pattern $(, "not": { "enum": $devices })? })
            }
        }

    };
}

name!(
    /// The name of a kind, such as `brand`.
    KindName, is_kind_name, KIND_RULE, r"^[a-z][a-z0-9_]{0,31}$"
);
name!(
    /// The name of a resource within its kind, such as `acme`.
    ResourceName, is_resource_name, RESOURCE_RULE, r"^[a-z0-9][a-z0-9_-]{0,63}$", not DEVICES
);
name!(
    /// The name of a workspace: the resources that one config repo owns in a store.
    WorkspaceName, is_resource_name, RESOURCE_RULE, r"^[a-z0-9][a-z0-9_-]{0,63}$", not DEVICES
);
name!(
    /// The random identity of a store, made when it is created: 32 lower-case hexadecimal digits.
    Lineage, |t: &str| t.len() == 32 && t.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)),
    LINEAGE_RULE, r"^[0-9a-f]{32}$"
);

/// The address of a resource, `kind.name`; unique in a store and ordered by its bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Address(Arc<str>);

as_text!(Address);

impl Address {
    /// Joins a kind and a name.
    pub fn new(kind: &KindName, name: &ResourceName) -> Self {
        Self([kind.as_str(), ".", name.as_str()].concat().into())
    }

    /// Reads `kind.name`.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let (kind, name) = text.split_once('.').ok_or(InvalidName(ADDRESS_RULE))?;
        if !is_kind_name(kind) {
            return Err(InvalidName(KIND_RULE));
        }
        if !is_resource_name(name) {
            return Err(InvalidName(RESOURCE_RULE));
        }
        Ok(Self(text.into()))
    }

    /// The whole text, `kind.name`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the dot.
    pub fn kind(&self) -> &str {
        self.parts().0
    }

    /// The part after the dot.
    pub fn name(&self) -> &str {
        self.parts().1
    }

    /// Kinds are short: the dot is found sooner one by one than by a search.
    fn parts(&self) -> (&str, &str) {
        let dot = self.0.bytes().position(|byte| byte == b'.');
        dot.map_or(("", ""), |dot| (&self.0[..dot], &self.0[dot + 1..]))
    }
}

impl TryFrom<String> for Address {
    type Error = InvalidName;
    fn try_from(text: String) -> Result<Self, InvalidName> {
        Self::parse(&text)
    }
}

impl FromStr for Address {
    type Err = InvalidName;
    fn from_str(text: &str) -> Result<Self, InvalidName> {
        Self::parse(text)
    }
}

impl JsonSchema for Address {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Address".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": r"^[a-z][a-z0-9_]{0,31}\.[a-z0-9][a-z0-9_-]{0,63}$",
            "description": "The address of a resource, `kind.name`; unique in a store and ordered by its bytes.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_kind_a_dot_and_a_name() {
        let address = Address::parse("brand.acme-2").expect("a legal address");
        assert_eq!((address.kind(), address.name()), ("brand", "acme-2"));
    }

    #[test]
    fn names_that_could_be_confused_are_refused() {
        for text in [
            "brand.",
            "brand",
            ".acme",
            "Brand.acme",
            "brand.Acme",
            "brand.аcme",
            "brand.a/b",
            "brand.con",
            "brand.a.b",
            "brand.-a",
        ] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
        assert!(Address::parse(&format!("brand.{}", "a".repeat(65))).is_err());
    }
}
