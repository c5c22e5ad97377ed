//! The table of a manifest on its way to its kind's type: what TOML says, borrowed from its text.

use std::borrow::Cow;

use serde::de::value::{Error, MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Number, Value};

use crate::canonical::is_nfc;
use crate::{NotCanonical, normalised};

/// A value that serde reads a type from. As [`Value`], but most texts of it are copied nowhere before they are in the type,
/// and its tables are lists.
#[derive(Debug, Clone, PartialEq)]
pub enum Body<'t> {
    /// Nothing; not in TOML.
    Null,
    /// A switch.
    Boolean(bool),
    /// A number.
    Number(Number),
    /// A text; a date is one, too.
    Text(Cow<'t, str>),
    /// A list.
    List(Vec<Body<'t>>),
    /// A table, each key once.
    Table(Vec<(Cow<'t, str>, Body<'t>)>),
}

impl Body<'_> {
    /// Brings every text and key into Unicode normalisation form C, which nearly all have.
    pub(crate) fn normalised(self) -> Result<Self, NotCanonical> {
        if self.is_normal() { Ok(self) } else { Ok(normalised(self.into())?.into()) }
    }

    fn is_normal(&self) -> bool {
        match self {
            Self::Text(text) => is_nfc(text),
            Self::List(items) => items.iter().all(Self::is_normal),
            Self::Table(entries) => entries.iter().all(|(key, value)| is_nfc(key) && value.is_normal()),
            Self::Null | Self::Boolean(_) | Self::Number(_) => true,
        }
    }
}

impl From<Value> for Body<'_> {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(word) => Self::Boolean(word),
            Value::Number(number) => Self::Number(number),
            Value::String(text) => Self::Text(text.into()),
            Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Value::Object(table) => {
                Self::Table(table.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
            }
        }
    }
}

impl From<Body<'_>> for Value {
    fn from(body: Body<'_>) -> Self {
        match body {
            Body::Null => Self::Null,
            Body::Boolean(word) => Self::Bool(word),
            Body::Number(number) => Self::Number(number),
            Body::Text(text) => Self::String(text.into_owned()),
            Body::List(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            Body::Table(entries) => {
                let entries = entries.into_iter().map(|(key, value)| (key.into_owned(), value.into()));
                Self::Object(entries.collect::<Map<_, _>>())
            }
        }
    }
}

impl<'de> IntoDeserializer<'de> for Body<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Body<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Boolean(word) => visitor.visit_bool(word),
            Self::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), _, _) => visitor.visit_u64(number),
                (None, Some(number), _) => visitor.visit_i64(number),
                (None, None, Some(number)) => visitor.visit_f64(number),
                (None, None, None) => visitor.visit_unit(),
            },
            Self::Text(Cow::Borrowed(text)) => visitor.visit_borrowed_str(text),
            Self::Text(Cow::Owned(text)) => visitor.visit_string(text),
            Self::List(items) => {
                let mut items = SeqDeserializer::new(items.into_iter());
                let read = visitor.visit_seq(&mut items)?;
                items.end().map(|()| read)
            }
            Self::Table(entries) => {
                let mut entries = MapDeserializer::new(entries.into_iter());
                let read = visitor.visit_map(&mut entries)?;
                entries.end().map(|()| read)
            }
        }
    }

    /// A list is no table, even where a visitor would take one.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if matches!(self, Self::Table(_)) { self.deserialize_any(visitor) } else { Err(Error::custom("not a table")) }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if matches!(self, Self::Null) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    /// A variant is its name, or a table of its name alone.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Self::Text(text) => text.into_deserializer().deserialize_enum(name, variants, visitor),
            Self::Table(entries) if entries.len() == 1 => {
                let entries = MapDeserializer::new(entries.into_iter());
                MapAccessDeserializer::new(entries).deserialize_enum(name, variants, visitor)
            }
            other => other.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::json;

    use super::*;
    use crate::strict;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Way {
        Plain,
        New(u8),
        Pair(u8, String),
        Told { text: String },
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Name(String);

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Zoo {
        on: bool,
        count: Option<u64>,
        below: i64,
        number: Option<Number>,
        text: String,
        name: Option<Name>,
        items: Vec<Option<u8>>,
        by_name: BTreeMap<String, Way>,
        any: Value,
    }

    /// A type reads from a body what it reads from the value, or refuses both.
    fn check(value: Value, fits: bool) {
        let from_value: Option<Zoo> = strict::read(&value).ok();
        assert_eq!(from_value.is_some(), fits, "{value}");
        assert_eq!(strict::read(Body::from(value.clone())).ok(), from_value, "{value}");
        assert_eq!(Value::from(Body::from(value.clone())), value);
    }

    #[test]
    fn a_type_reads_from_a_body_what_it_reads_from_a_value() {
        for good in [
            json!({}),
            json!({ "on": true, "count": 3, "below": -3, "number": 1.5, "text": "x", "name": "y" }),
            json!({ "count": null, "items": [1, null, 255], "any": { "a": [1, -1, 0.5, null, "x", {}] } }),
            json!({ "by_name": { "a": "plain", "b": { "new": 1 }, "c": { "pair": [1, "x"] } } }),
            json!({ "by_name": { "d": { "told": { "text": "x" } } }, "number": u64::MAX }),
        ] {
            check(good, true);
        }
        for bad in [
            json!([]),
            json!(null),
            json!({ "other": 1 }),
            json!({ "below": 9_223_372_036_854_775_808_u64 }),
            json!({ "count": -1 }),
            json!({ "items": [256] }),
            json!({ "text": 1 }),
            json!({ "name": ["x"] }),
            json!({ "by_name": [] }),
            json!({ "by_name": { "a": "other" } }),
            json!({ "by_name": { "a": {} } }),
            json!({ "by_name": { "a": { "plain": 1, "new": 2 } } }),
            json!({ "by_name": { "a": { "pair": [1] } } }),
            json!({ "by_name": { "a": { "pair": [1, "x", 2] } } }),
            json!({ "by_name": { "a": { "told": {} } } }),
            json!({ "by_name": { "a": 1 } }),
        ] {
            check(bad, false);
        }
    }

    #[test]
    fn texts_and_keys_come_out_in_one_form() {
        let body = |value| Body::from(value).normalised().map(Value::from);
        assert_eq!(body(json!({ "か\u{3099}": ["か\u{3099}"] })), Ok(json!({ "が": ["が"] })));
        assert_eq!(body(json!({ "が": 1, "か\u{3099}": 2 })), Err(NotCanonical::SameKey));
    }
}
