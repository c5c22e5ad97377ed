//! The content of a resource with its keys in order.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A value on its way into a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// True or false.
    Boolean(bool),
    /// A list.
    List(Vec<Node>),
    /// A table; its keys in the order in which they are written.
    Table(Vec<(String, Node)>),
    /// A secret that somebody has to name a place for.
    Secret,
}

impl Node {
    /// A text.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A table of texts.
    pub(crate) fn texts<'t>(entries: impl IntoIterator<Item = (&'t str, &'t str)>) -> Self {
        Self::Table(entries.into_iter().map(|(key, text)| (key.to_owned(), Self::text(text))).collect())
    }

    /// Puts `Secret` wherever a table is the mark of one, and counts them.
    pub(crate) fn open_secrets(&mut self, mark: &Node) -> usize {
        if self == mark {
            *self = Self::Secret;
            return 1;
        }
        match self {
            Self::List(items) => items.iter_mut().map(|item| item.open_secrets(mark)).sum(),
            Self::Table(entries) => entries.iter_mut().map(|(_, value)| value.open_secrets(mark)).sum(),
            Self::Text(_) | Self::Integer(_) | Self::Boolean(_) | Self::Secret => 0,
        }
    }

    /// True if the value, or one within it, is so.
    pub(crate) fn any(&self, is_so: &dyn Fn(&Node) -> bool) -> bool {
        is_so(self)
            || match self {
                Self::List(items) => items.iter().any(|item| item.any(is_so)),
                Self::Table(entries) => entries.iter().any(|(_, value)| value.any(is_so)),
                Self::Text(_) | Self::Integer(_) | Self::Boolean(_) | Self::Secret => false,
            }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(InOrder)
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that TOML can hold")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Boolean(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Integer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node, E> {
        i64::try_from(value).map(Node::Integer).map_err(|_| E::custom("the number is too large"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Node, E> {
        Ok(Node::text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut table = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            table.push(entry);
        }
        Ok(Node::Table(table))
    }
}
