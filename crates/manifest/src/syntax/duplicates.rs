//! Keys and tables that stand twice.

use std::collections::BTreeMap;
use std::ops::Range;

use deskform_model::Diagnostic;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

use super::range_of;
use crate::codes;
use crate::text::{Text, brief};

/// True for an error about a key or a table that is there already.
pub(super) fn is_duplicate(error: &Error) -> bool {
    error.message().starts_with("duplicate key") || error.message().starts_with("cannot extend value")
}

/// Says of each where the other one stands. `named` says whether keys may be named: not in a file with other errors, where
/// a value may have been taken for a key.
pub(super) fn duplicates(text: &Text<'_>, errors: &[&Error], named: bool) -> Vec<Diagnostic> {
    let mut firsts = first_places(text, errors);
    errors.iter().map(|error| duplicate(text, error, named, firsts.remove(&range_of(error).start))).collect()
}

fn duplicate(text: &Text<'_>, error: &Error, named: bool, first: Option<Range<usize>>) -> Diagnostic {
    let range = range_of(error);
    let line = text.line_around(range.start);
    let header = text.slice(&line).trim_start_matches('\u{feff}').trim_start().starts_with('[');
    let extended = error.message().starts_with("cannot extend value");
    let name = key_text(text.slice(&range));
    let path = text.slice(&(line.start..range.end)).trim_start_matches(['\u{feff}', ' ', '\t', '[']);
    let subject = match (named, header) {
        (false, _) => "a key".to_owned(),
        (true, true) => format!("`[{}]`", brief(path)),
        (true, false) => format!("`{}`", brief(&name)),
    };
    let found = if header || extended {
        Diagnostic::error(codes::TABLE_TWICE, format!("{subject} is defined twice"))
            .hint("Merge the two, or give one of them another name.")
    } else {
        Diagnostic::error(codes::DUPLICATE_KEY, format!("{subject} is written twice in one table"))
            .hint("Remove one of the two.")
    };
    let found = found.at(text.span(&range), "the second one");
    match first {
        Some(first) => found.with(text.span(&first), "the first one"),
        None => found,
    }
}

fn key_text(slice: &str) -> String {
    let quoted = DeValue::parse(slice).ok().and_then(|value| value.get_ref().as_str().map(str::to_owned));
    quoted.unwrap_or_else(|| slice.to_owned())
}

/// Where the other ones of doubled keys stand, by where the second ones begin. The parser does not tell, so the text is
/// parsed once more with the second ones renamed: the namesake of such a key is then its neighbour.
fn first_places(text: &Text<'_>, errors: &[&Error]) -> BTreeMap<usize, Range<usize>> {
    let mut seconds: Vec<Range<usize>> = errors.iter().map(|error| range_of(error)).collect();
    seconds.sort_by_key(|second| (second.start, second.end));
    seconds.dedup();
    let Some(renamed) = Renamed::of(text.text, &seconds) else { return BTreeMap::new() };
    let (tree, _) = DeTable::parse_recoverable(&renamed.text);
    let mut firsts = BTreeMap::new();
    renamed.find(tree.get_ref(), &mut firsts);
    firsts
}

/// A text with some of its keys renamed.
struct Renamed<'s> {
    text: String,
    /// What the new names begin with; the index of the key follows.
    marker: String,
    /// The keys in the text as it was, in order, with what they are called there.
    seconds: Vec<(&'s Range<usize>, String)>,
}

impl<'s> Renamed<'s> {
    /// `None` if the keys lie in each other, or if there is none.
    fn of(text: &str, seconds: &'s [Range<usize>]) -> Option<Self> {
        let mut marker = "deskform-second".to_owned();
        while text.contains(&marker) {
            marker.push('x');
        }
        let (mut renamed, mut behind) = (String::new(), 0);
        for (index, second) in seconds.iter().enumerate() {
            renamed.push_str(text.get(behind..second.start)?);
            renamed.push_str(&format!("{marker}{index}"));
            behind = second.end;
        }
        renamed.push_str(text.get(behind..)?);
        let named = |second: &'s Range<usize>| Some((second, key_text(text.get(second.clone())?)));
        let seconds: Option<Vec<_>> = seconds.iter().map(named).collect();
        seconds.filter(|seconds| !seconds.is_empty()).map(|seconds| Self { text: renamed, marker, seconds })
    }

    /// Adds the namesake of each renamed key of a table and of what is within.
    fn find(&self, table: &DeTable<'_>, firsts: &mut BTreeMap<usize, Range<usize>>) {
        for (key, value) in table {
            let index = key.get_ref().strip_prefix(&self.marker).and_then(|index| index.parse::<usize>().ok());
            if let Some((second, name)) = index.and_then(|index| self.seconds.get(index)) {
                let first = table.get_key_value(name.as_str()).map(|(key, _)| self.before(&key.span()));
                firsts.extend(first.filter(|first| first.start < second.start).map(|first| (second.start, first)));
            }
            self.find_within(value, firsts);
        }
    }

    fn find_within(&self, value: &Spanned<DeValue<'_>>, firsts: &mut BTreeMap<usize, Range<usize>>) {
        match value.get_ref() {
            DeValue::Table(table) => self.find(table, firsts),
            DeValue::Array(items) => items.iter().for_each(|item| self.find_within(item, firsts)),
            _ => {}
        }
    }

    /// Where a key that is not renamed stood before.
    fn before(&self, key: &Range<usize>) -> Range<usize> {
        let mut start = key.start;
        for (index, (second, _)) in self.seconds.iter().enumerate() {
            if second.start >= start {
                break;
            }
            let new = self.marker.len() + index.to_string().len();
            start = (start + second.len()).saturating_sub(new);
        }
        start..start + key.len()
    }
}
