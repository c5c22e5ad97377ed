//! The spanned tree of a table: its value for kinds, and the place of every field.

use std::borrow::Cow;
use std::num::IntErrorKind;
use std::ops::Range;

use deskform_model::{Body, Code, Diagnostic, FieldPath, Segment, normalised};
use serde_json::{Map, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::codes;
use crate::text::{Text, brief};

/// A key and what it holds.
#[derive(Clone)]
pub(crate) struct Node<'a, 't> {
    /// Where the key stands; `None` for items of lists and for a whole file.
    pub(crate) key: Option<Range<usize>>,
    pub(crate) value: &'a Spanned<DeValue<'t>>,
}

/// A place that stands for a field.
pub(crate) struct Place {
    pub(crate) range: Range<usize>,
    /// True if the place is a key or a header and shows nothing of a value.
    pub(crate) is_key: bool,
    /// True if the field itself is there; otherwise the place is its nearest parent's.
    pub(crate) exact: bool,
}

impl<'a, 't> Node<'a, 't> {
    pub(crate) fn new(key: &Spanned<impl Sized>, value: &'a Spanned<DeValue<'t>>) -> Self {
        Self { key: Some(key.span()), value }
    }

    pub(crate) fn table(&self) -> Option<&'a DeTable<'t>> {
        self.value.get_ref().as_table()
    }

    /// The header, or the key where there is no header: what stands for the whole table.
    pub(crate) fn heading(&self, text: &Text<'_>) -> Range<usize> {
        let span = self.value.span();
        let has_header = self.value.get_ref().is_table() && text.slice(&span).starts_with('[');
        match &self.key {
            Some(key) if !has_header => key.clone(),
            _ => span,
        }
    }

    /// Where the field at a path stands: its value, or its header if it is a table of its own; the nearest parent's
    /// header or key if there is no such field.
    pub(crate) fn locate(&self, text: &Text<'_>, path: &[Segment]) -> Place {
        let mut node = self.clone();
        for segment in path {
            match node.child(segment) {
                Some(child) => node = child,
                None => return node.as_parent(text),
            }
        }
        node.as_field(text, path.is_empty())
    }

    /// Where the name of a referred-to resource stands. Sets are sorted in a spec, so an index may be another's.
    pub(crate) fn locate_name(&self, text: &Text<'_>, path: &[Segment], name: &str) -> Place {
        let place = self.locate(text, path);
        let list = match path.split_last() {
            Some((Segment::Index(_), parent)) => self.find(parent),
            _ => self.find(path),
        };
        let items = list.as_ref().and_then(|list| list.value.get_ref().as_array());
        let item = items.and_then(|items| items.iter().find(|item| item.get_ref().as_str() == Some(name)));
        item.map_or(place, |item| Place { range: item.span(), is_key: false, exact: true })
    }

    /// The field at a path.
    pub(crate) fn find(&self, path: &[Segment]) -> Option<Self> {
        path.iter().try_fold(self.clone(), |node, segment| node.child(segment))
    }

    /// Where the key at the end of a path stands.
    pub(crate) fn key_at(&self, parent: &[Segment], key: &str) -> Option<Range<usize>> {
        self.find(parent)?.child(&Segment::Key(key.to_owned()))?.key
    }

    fn child(&self, segment: &Segment) -> Option<Self> {
        match (self.value.get_ref(), segment) {
            (DeValue::Table(table), Segment::Key(key)) => {
                let exact = table.get_key_value(key.as_str());
                let (key, value) = exact.or_else(|| table.iter().find(|(other, _)| nfc(other.get_ref()) == *key))?;
                Some(Self::new(key, value))
            }
            (DeValue::Array(items), Segment::Index(index)) => items.get(*index).map(|value| Self { key: None, value }),
            (DeValue::Array(items), Segment::Key(key)) => {
                items.iter().find(|item| is_named(item.get_ref(), key)).map(|value| Self { key: None, value })
            }
            _ => None,
        }
    }

    fn as_field(&self, text: &Text<'_>, is_root: bool) -> Place {
        let inline = text.slice(&self.value.span()).starts_with('{');
        let is_key = self.value.get_ref().is_table() && (is_root || !inline);
        let range = if is_key { self.heading(text) } else { self.value.span() };
        Place { range, is_key, exact: true }
    }

    fn as_parent(&self, text: &Text<'_>) -> Place {
        Place { range: self.heading(text), is_key: self.has_heading(text), exact: false }
    }

    /// True if [`Node::heading`] is a key, a header or nothing, and shows nothing of a value.
    pub(crate) fn has_heading(&self, text: &Text<'_>) -> bool {
        let span = self.value.span();
        let has_header = self.value.get_ref().is_table() && text.slice(&span).starts_with('[');
        self.key.is_some() || has_header || span.is_empty()
    }
}

/// True for an item of a list that a path names by its key: the item itself, or a table with a field of that text.
fn is_named(item: &DeValue<'_>, key: &str) -> bool {
    match item {
        DeValue::String(text) => nfc(text) == key,
        DeValue::Table(table) => table.values().any(|v| v.get_ref().as_str().is_some_and(|text| nfc(text) == key)),
        _ => false,
    }
}

pub(crate) fn nfc(text: &str) -> String {
    match normalised(Value::String(text.to_owned())) {
        Ok(Value::String(text)) => text,
        _ => text.to_owned(),
    }
}

/// A value that TOML has and documents do not.
pub(crate) struct Fault {
    /// From the field outwards; see [`Fault::path`].
    backwards: Vec<Segment>,
    range: Range<usize>,
    kind: FaultKind,
}

enum FaultKind {
    Float,
    IntegerRange,
    Digits,
    DateTime,
    Nul,
    LongKey,
    LongText,
    ManyItems,
}

/// Most bytes of a key.
const MOST_OF_KEY: usize = 256;

/// Most items of a list, and keys of a table.
const MOST_ITEMS: usize = 10_000;

/// Most bytes of a text.
const MOST_OF_TEXT: usize = 64 * 1024;

impl Fault {
    fn new(range: Range<usize>, kind: FaultKind) -> Self {
        Self { backwards: Vec::new(), range, kind }
    }

    /// The field.
    pub(crate) fn path(&self) -> FieldPath {
        self.backwards.iter().rev().cloned().collect()
    }

    pub(crate) fn diagnostic(&self, text: &Text<'_>) -> Diagnostic {
        let (code, message, label, hint): (Code, _, _, _) = match self.kind {
            FaultKind::Float => (
                codes::FLOAT,
                "is a number that is not whole",
                "a fraction, an exponent, `inf` or `nan`",
                "Write a whole number, or text in quotes.",
            ),
            FaultKind::IntegerRange => (
                codes::INTEGER_RANGE,
                "does not fit 64 bits",
                "too large a number",
                "Write a number between -9223372036854775808 and 9223372036854775807.",
            ),
            FaultKind::Digits => (
                codes::NUMBER,
                "is a number without ASCII digits",
                "no such number",
                "Write a whole number, or put the text in quotes.",
            ),
            FaultKind::DateTime => (
                codes::DATE_TIME,
                "is a time or a date with a time",
                "only dates can stand without quotes",
                "Write a date as `YYYY-MM-DD`, and a time of day in quotes.",
            ),
            FaultKind::Nul => (
                codes::NUL,
                "holds the character U+0000",
                "no database can store it",
                "Remove the `\\u0000` from the text.",
            ),
            FaultKind::LongKey => (
                codes::LONG_KEY,
                "is a key of more than 256 bytes",
                "too long a key",
                "Write a shorter key; if it is text, check the quotes before this.",
            ),
            FaultKind::LongText => (
                codes::LONG_TEXT,
                "is a text of more than 64 KiB",
                "too long a text",
                "Write a shorter text; if it runs on, check the quotes that should end it.",
            ),
            FaultKind::ManyItems => (
                codes::MANY_ITEMS,
                "has more than 10,000 entries",
                "too many entries",
                "Split it, or check that nothing was pasted in twice.",
            ),
        };
        let subject = match self.path() {
            path if path.is_root() => "this".to_owned(),
            path => format!("`{}`", brief(&path.to_string().replace('\0', ""))),
        };
        Diagnostic::error(code, format!("{subject} {message}")).at(text.span(&self.range), label).hint(hint)
    }
}

/// What a tree says: dates as strings, faults collected and `null` in their place.
pub(crate) fn body_of<'a>(value: &'a Spanned<DeValue<'_>>, faults: &mut Vec<Fault>) -> Body<'a> {
    let mut fault = |kind| {
        faults.push(Fault::new(value.span(), kind));
        Body::Null
    };
    match value.get_ref() {
        DeValue::String(text) if text.contains('\0') => fault(FaultKind::Nul),
        DeValue::String(text) if text.len() > MOST_OF_TEXT => fault(FaultKind::LongText),
        DeValue::String(text) => Body::Text(Cow::Borrowed(text)),
        DeValue::Boolean(word) => Body::Boolean(*word),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Body::Number(number.into()),
            Err(error) => fault(match error.kind() {
                IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => FaultKind::IntegerRange,
                // The parser takes `0x` and digits of other scripts for numbers.
                _ => FaultKind::Digits,
            }),
        },
        DeValue::Float(_) => fault(FaultKind::Float),
        DeValue::Datetime(date) if date.time.is_none() && date.offset.is_none() => Body::Text(date.to_string().into()),
        DeValue::Datetime(_) => fault(FaultKind::DateTime),
        DeValue::Array(items) if items.len() > MOST_ITEMS => fault(FaultKind::ManyItems),
        DeValue::Table(table) if table.len() > MOST_ITEMS => fault(FaultKind::ManyItems),
        DeValue::Array(items) => Body::List(items_of(items, faults)),
        DeValue::Table(table) => Body::Table(entries_of(table, faults)),
    }
}

fn items_of<'a>(items: &'a [Spanned<DeValue<'_>>], faults: &mut Vec<Fault>) -> Vec<Body<'a>> {
    let within = |(index, item): (usize, &'a Spanned<DeValue<'_>>)| {
        let known = faults.len();
        let value = body_of(item, faults);
        lead(&mut faults[known..], || Segment::Index(index));
        value
    };
    items.iter().enumerate().map(within).collect()
}

fn entries_of<'a>(table: &'a DeTable<'_>, faults: &mut Vec<Fault>) -> Vec<(Cow<'a, str>, Body<'a>)> {
    let within = |(key, value): (&'a Spanned<Cow<'_, str>>, &'a Spanned<DeValue<'_>>)| {
        let known = faults.len();
        let name: &str = key.get_ref();
        if name.len() > MOST_OF_KEY {
            faults.push(Fault::new(key.span(), FaultKind::LongKey));
        } else if name.contains('\0') {
            faults.push(Fault::new(key.span(), FaultKind::Nul));
        }
        let inner = body_of(value, faults);
        lead(&mut faults[known..], || Segment::Key(name.to_owned()));
        (Cow::Borrowed(name), inner)
    };
    table.iter().map(within).collect()
}

/// The same as a value.
pub(crate) fn value_of(value: &Spanned<DeValue<'_>>, faults: &mut Vec<Fault>) -> Value {
    body_of(value, faults).into()
}

/// The value of a table.
pub(crate) fn table_of(table: &DeTable<'_>, faults: &mut Vec<Fault>) -> Map<String, Value> {
    let entries = entries_of(table, faults).into_iter();
    entries.map(|(key, value)| (key.into_owned(), value.into())).collect()
}

/// Adds the step that leads to faults found within. Paths are built only where there is a fault.
fn lead(faults: &mut [Fault], segment: impl Fn() -> Segment) {
    for fault in faults {
        fault.backwards.push(segment());
    }
}
