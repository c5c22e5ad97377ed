//! Reading a type where no list stands for a table.
//!
//! serde reads a list as the fields of a struct in their order. The schemas do not, and neither do we: every struct is
//! asked for as a table, at any depth. Only behind an untagged enum or a flattened field serde would read from a copy of
//! its own; no kind has a struct there.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::CowStrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Value;

use crate::Lifecycle;

/// Reads a type out of anything that serde reads.
pub(crate) fn read<'de, T: serde::Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    T::deserialize(Strict(from))
}

/// Reads the text of a document straight into its kind's type, its lifecycle apart. `None` where that is not possible;
/// then somebody else has to say whether it can be read at all.
pub(crate) fn document<T: DeserializeOwned>(text: &str) -> Option<(T, Lifecycle)> {
    let mut lifecycle = Lifecycle::default();
    let mut json = serde_json::Deserializer::from_str(text);
    let read = T::deserialize(Parted { from: &mut json, lifecycle: &mut lifecycle }).ok()?;
    json.end().ok()?;
    Some((read, lifecycle))
}

struct Strict<D>(D);

/// Values that hold no others are handed through, the rest is looked into.
macro_rules! deserialize {
    (plain $($plain:ident)* ; deep $($deep:ident)*) => {
        $(fn $plain<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$plain(visitor)
        })*
        $(fn $deep<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$deep(Within(visitor))
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    deserialize! {
        plain deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
            deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32
            deserialize_f64 deserialize_char deserialize_str deserialize_string deserialize_bytes
            deserialize_byte_buf deserialize_unit deserialize_identifier deserialize_ignored_any;
        deep deserialize_any deserialize_option deserialize_seq deserialize_map
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Within(visitor))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_unit_struct(name, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_newtype_struct(name, Within(visitor))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(len, Within(visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple_struct(name, len, Within(visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, Within(visitor))
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// A visitor, a seed, or access to what is within, whose inner values are read strictly, too.
struct Within<T>(T);

macro_rules! visit {
    ($($visit:ident $type:ty),*) => {
        $(fn $visit<E: Error>(self, value: $type) -> Result<V::Value, E> {
            self.0.$visit(value)
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Within<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    visit! {
        visit_bool bool, visit_i8 i8, visit_i16 i16, visit_i32 i32, visit_i64 i64, visit_i128 i128,
        visit_u8 u8, visit_u16 u16, visit_u32 u32, visit_u64 u64, visit_u128 u128, visit_f32 f32, visit_f64 f64,
        visit_char char, visit_str &str, visit_borrowed_str &'de str, visit_string String,
        visit_bytes &[u8], visit_borrowed_bytes &'de [u8], visit_byte_buf Vec<u8>
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Strict(inner))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Strict(inner))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Within(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Within(entries))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, choice: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(Within(choice))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Within<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Strict(from))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Within<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Within(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Within<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Within(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Within<A> {
    type Error = A::Error;
    type Variant = Within<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        self.0.variant_seed(seed).map(|(name, variant)| (name, Within(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Within<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(Within(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(len, Within(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, A::Error> {
        self.0.newtype_variant_seed(Table(visitor))
    }
}

/// The fields of a variant, as a table.
struct Table<V>(V);

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Table<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<V::Value, D::Error> {
        from.deserialize_map(Within(self.0))
    }
}

/// A document's table as that of its kind: without the lifecycle, which is put aside.
struct Parted<'l, D> {
    from: D,
    lifecycle: &'l mut Lifecycle,
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Parted<'_, D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.from.deserialize_map(WithLifecycle { inner: visitor, lifecycle: self.lifecycle })
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, D::Error> {
        Err(D::Error::custom("a document is a table"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

struct WithLifecycle<'l, T> {
    inner: T,
    lifecycle: &'l mut Lifecycle,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for WithLifecycle<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(WithLifecycle { inner: entries, lifecycle: self.lifecycle })
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for WithLifecycle<'_, A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        while let Some(key) = self.inner.next_key_seed(Key)? {
            if key != "lifecycle" {
                let key: CowStrDeserializer<'_, A::Error> = key.into_deserializer();
                return seed.deserialize(key).map(Some);
            }
            *self.lifecycle = Lifecycle::stored(&self.inner.next_value::<Value>()?);
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.inner.next_value_seed(Within(seed))
    }
}

/// A key, copied only where it is written with escapes.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }

    fn visit_borrowed_str<E: Error>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Line {
        name: String,
        also: Option<Box<Line>>,
        lines: Vec<Line>,
        by_name: BTreeMap<String, Line>,
        way: Way,
        pair: (u8, u8),
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Way {
        #[default]
        None,
        Held(Box<Line>),
        Told {
            text: String,
        },
    }

    fn fits(value: &Value) -> bool {
        let (from_text, parted) = (read::<Line, _>(value).is_ok(), document::<Line>(&value.to_string()).is_some());
        assert_eq!(from_text, parted, "{value}");
        from_text
    }

    #[test]
    fn a_list_is_no_table() {
        let line = json!({ "name": "x" });
        for good in [
            json!({ "also": line, "lines": [line], "by_name": { "a": line }, "pair": [1, 2] }),
            json!({ "way": "none" }),
            json!({ "way": { "held": line } }),
            json!({ "way": { "told": { "text": "x" } } }),
            json!({ "also": null }),
        ] {
            assert!(fits(&good), "{good}");
        }
        let list = json!(["x"]);
        for bad in [
            list.clone(),
            json!({ "also": list }),
            json!({ "lines": [list] }),
            json!({ "by_name": { "a": list } }),
            json!({ "way": { "held": list } }),
            json!({ "way": { "told": list } }),
        ] {
            assert!(!fits(&bad), "{bad}");
        }
    }

    #[test]
    fn a_document_is_read_with_its_lifecycle_apart() {
        let read = |text: &str| document::<Line>(text).map(|(line, lifecycle)| (line.name, lifecycle.protected));
        assert_eq!(read(r#"{"lifecycle":{"protected":true},"name":"x"}"#), Some(("x".to_owned(), true)));
        assert_eq!(read(r#"{"lifecycle":["protected"],"n\u0061me":"x"}"#), Some(("x".to_owned(), false)));
        assert_eq!(read(r#"{"name":"x"}"#), Some(("x".to_owned(), false)));
        assert_eq!(read(r#"{"name":"x"} {}"#), None);
        assert_eq!(read(r#"{"also":{"lifecycle":{}}}"#), None);
        assert_eq!(read("[]"), None);
    }
}
