//! A serde serializer that writes canonical text as it goes, without a detour over a JSON value.
//!
//! What is finished out of order (the fields of a struct, the elements of a set) is written once and put in order when the
//! table or list ends.

use std::borrow::Cow;
use std::fmt::Display;
use std::ops::Range;

use serde::ser::{self, Serialize, Serializer};
use serde_json::Value;

use super::{NotCanonical, nfc, write_string};
use crate::shape::{ListShape, Place};

/// Writes a value whose lists are compared as `place` says.
pub(super) fn written<T: Serialize>(value: &T, place: &Place) -> Result<Written, Failed> {
    let mut out = Written { text: String::with_capacity(512), as_is: true };
    value.serialize(Writer { out: &mut out, place: Some(place) })?;
    Ok(out)
}

/// What was written.
pub(super) struct Written {
    pub(super) text: String,
    /// True if every list and every text is as in the value: who reads the text gets the value again.
    pub(super) as_is: bool,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    #[error(transparent)]
    NotCanonical(#[from] NotCanonical),
    #[error("{0}")]
    Other(String),
}

impl ser::Error for Failed {
    fn custom<T: Display>(message: T) -> Self {
        Self::Other(message.to_string())
    }
}

/// Writes one value at the end of the text.
struct Writer<'w> {
    out: &'w mut Written,
    /// What is known of the value's lists.
    place: Option<&'w Place>,
}

impl<'w> Writer<'w> {
    fn table(self, entries: usize) -> Table<'w> {
        self.out.text.push('{');
        let (start, entries) = (self.out.text.len(), Vec::with_capacity(entries));
        Table { out: self.out, place: self.place, start, entries, key: None, closing: "}" }
    }

    fn list(self) -> List<'w> {
        self.out.text.push('[');
        List { start: self.out.text.len(), out: self.out, place: self.place, items: Vec::new(), closing: "]" }
    }

    /// The same for a value below this one.
    fn within<'v>(out: &'v mut Written, place: Option<&'v Place>) -> Writer<'v> {
        Writer { out, place: place.filter(|place| place.has_list) }
    }

    /// Opens the table of an enum's variant with a content, whose only key is the variant's name.
    fn variant(self, name: &str) -> Self {
        self.out.text.push('{');
        write_string(name, &mut self.out.text);
        self.out.text.push(':');
        Writer::within(self.out, self.place.and_then(|place| place.key(name)))
    }
}

/// A table whose end is still to come.
struct Table<'w> {
    out: &'w mut Written,
    place: Option<&'w Place>,
    /// Where the first entry begins.
    start: usize,
    entries: Vec<(Cow<'static, str>, Range<usize>)>,
    /// The key whose value comes next.
    key: Option<String>,
    closing: &'static str,
}

impl Table<'_> {
    fn add<T: Serialize + ?Sized>(&mut self, key: Cow<'static, str>, value: &T) -> Result<(), Failed> {
        if !self.entries.is_empty() {
            self.out.text.push(',');
        }
        let start = self.out.text.len();
        write_string(&key, &mut self.out.text);
        self.out.text.push(':');
        value.serialize(Writer::within(self.out, self.place.and_then(|place| place.key(&key))))?;
        self.entries.push((key, start..self.out.text.len()));
        Ok(())
    }

    fn close(mut self) -> Result<(), Failed> {
        if !self.entries.is_sorted_by(|(a, _), (b, _)| a < b) {
            self.entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            if self.entries.windows(2).any(|pair| pair[0].0 == pair[1].0) {
                return Err(NotCanonical::SameKey.into());
            }
            reorder(&mut self.out.text, self.start, self.entries.iter().map(|(_, range)| range));
        }
        self.out.text.push_str(self.closing);
        Ok(())
    }
}

/// A list whose end is still to come.
struct List<'w> {
    out: &'w mut Written,
    place: Option<&'w Place>,
    /// Where the first item begins.
    start: usize,
    items: Vec<Range<usize>>,
    closing: &'static str,
}

impl List<'_> {
    fn add<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failed> {
        if !self.items.is_empty() {
            self.out.text.push(',');
        }
        let start = self.out.text.len();
        let place = self.place.and_then(|place| place.items.as_deref());
        value.serialize(Writer::within(self.out, place))?;
        self.items.push(start..self.out.text.len());
        Ok(())
    }

    fn close(mut self) -> Result<(), Failed> {
        match self.place.and_then(|place| place.list.as_ref()) {
            None | Some(ListShape::Ordered) => {}
            Some(ListShape::Set) => self.sort_set(),
            Some(ListShape::Keyed(field)) => self.sort_by(field),
        }
        self.out.text.push_str(self.closing);
        Ok(())
    }

    fn sort_set(&mut self) {
        let text = |range: &Range<usize>| &self.out.text[range.clone()];
        if self.items.is_sorted_by(|a, b| text(a) < text(b)) {
            return;
        }
        self.items.sort_by(|a, b| text(a).cmp(text(b)));
        self.items.dedup_by(|a, b| text(a) == text(b));
        self.out.as_is = false;
        reorder(&mut self.out.text, self.start, self.items.iter());
    }

    fn sort_by(&mut self, field: &str) {
        let key = |range: &Range<usize>| match serde_json::from_str(&self.out.text[range.clone()]) {
            Ok(Value::Object(mut table)) => match table.remove(field) {
                Some(Value::String(key)) => key,
                _ => String::new(),
            },
            _ => String::new(),
        };
        self.items.sort_by_cached_key(key);
        if !self.items.is_sorted_by_key(|range| range.start) {
            self.out.as_is = false;
            reorder(&mut self.out.text, self.start, self.items.iter());
        }
    }
}

/// Writes the parts that follow `start` in another order, commas between them.
fn reorder<'r>(out: &mut String, start: usize, parts: impl Iterator<Item = &'r Range<usize>>) {
    let mut ordered = String::with_capacity(out.len() - start);
    for range in parts {
        if !ordered.is_empty() {
            ordered.push(',');
        }
        ordered.push_str(&out[range.clone()]);
    }
    out.truncate(start);
    out.push_str(&ordered);
}

/// The text of a key: a string, or what JSON writes in quotes for a number or a truth value.
fn key_of<T: Serialize + ?Sized>(key: &T) -> Result<String, Failed> {
    match serde_json::to_value(key).map_err(<Failed as ser::Error>::custom)? {
        Value::String(text) => Ok(text),
        number @ (Value::Number(_) | Value::Bool(_)) => Ok(number.to_string()),
        _ => Err(ser::Error::custom("a key of a table is no text")),
    }
}

impl<'w> Serializer for Writer<'w> {
    type Ok = ();
    type Error = Failed;
    type SerializeSeq = List<'w>;
    type SerializeTuple = List<'w>;
    type SerializeTupleStruct = List<'w>;
    type SerializeTupleVariant = List<'w>;
    type SerializeMap = Table<'w>;
    type SerializeStruct = Table<'w>;
    type SerializeStructVariant = Table<'w>;

    fn serialize_bool(self, value: bool) -> Result<(), Failed> {
        self.out.text.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), Failed> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Failed> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Failed> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Failed> {
        self.out.text.push_str(&value.to_string());
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Result<(), Failed> {
        self.serialize_i64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Failed> {
        self.serialize_i64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Failed> {
        self.serialize_i64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Failed> {
        self.serialize_i64(i64::try_from(value).map_err(|_| NotCanonical::Number)?)
    }

    fn serialize_f32(self, _: f32) -> Result<(), Failed> {
        Err(NotCanonical::Number.into())
    }

    fn serialize_f64(self, _: f64) -> Result<(), Failed> {
        Err(NotCanonical::Number.into())
    }

    fn serialize_char(self, value: char) -> Result<(), Failed> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Failed> {
        if super::is_nfc(value) {
            write_string(value, &mut self.out.text);
        } else {
            self.out.as_is = false;
            write_string(&nfc(value.to_owned()), &mut self.out.text);
        }
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Failed> {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Result<(), Failed> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Failed> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Failed> {
        self.out.text.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Failed> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Failed> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Failed> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Failed> {
        let Writer { out, place } = self.variant(variant);
        value.serialize(Writer { out: &mut *out, place })?;
        out.text.push('}');
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'w>, Failed> {
        Ok(self.list())
    }

    fn serialize_tuple(self, _: usize) -> Result<List<'w>, Failed> {
        Ok(self.list())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<List<'w>, Failed> {
        Ok(self.list())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<List<'w>, Failed> {
        Ok(List { closing: "]}", ..self.variant(variant).list() })
    }

    fn serialize_map(self, entries: Option<usize>) -> Result<Table<'w>, Failed> {
        Ok(self.table(entries.unwrap_or_default()))
    }

    fn serialize_struct(self, _: &'static str, entries: usize) -> Result<Table<'w>, Failed> {
        Ok(self.table(entries))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        entries: usize,
    ) -> Result<Table<'w>, Failed> {
        Ok(Table { closing: "}}", ..self.variant(variant).table(entries) })
    }
}

/// serde has four kinds of lists and three of tables; each is written as its like.
macro_rules! compound {
    ($writer:ident: $($trait:ident($method:ident $(, $key:ident: $name:ty)?)),*) => {$(
        impl ser::$trait for $writer<'_> {
            type Ok = ();
            type Error = Failed;
            fn $method<T: Serialize + ?Sized>(&mut self, $($key: $name,)? value: &T) -> Result<(), Failed> {
                self.add($($key.into(),)? value)
            }
            fn end(self) -> Result<(), Failed> {
                self.close()
            }
        }
    )*};
}

compound!(
    List: SerializeSeq(serialize_element),
    SerializeTuple(serialize_element),
    SerializeTupleStruct(serialize_field),
    SerializeTupleVariant(serialize_field)
);

compound!(
    Table: SerializeStruct(serialize_field, key: &'static str),
    SerializeStructVariant(serialize_field, key: &'static str)
);

impl ser::SerializeMap for Table<'_> {
    type Ok = ();
    type Error = Failed;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Failed> {
        let key = key_of(key)?;
        self.out.as_is &= super::is_nfc(&key);
        self.key = Some(nfc(key));
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failed> {
        let key = self.key.take().ok_or_else(|| Failed::Other("a value has no key".to_owned()))?;
        self.add(Cow::Owned(key), value)
    }
    fn end(self) -> Result<(), Failed> {
        self.close()
    }
}
