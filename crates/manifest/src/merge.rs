//! The rule of overlays: what `unset` names goes first; then tables merge key by key, and everything else is replaced.

use std::collections::BTreeMap;
use std::ops::Range;

use ahash::HashMap;
use deskform_model::{Address, Diagnostic, FieldPath, Segment, Severity, Span};
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::codes;
use crate::findings::Findings;
use crate::near::Slips;
use crate::text::{Text, brief};
use crate::tree::{Node, nfc, value_of};

/// The key that takes fields away.
pub(crate) const UNSET: &str = "unset";

/// A field that an overlay takes away.
#[derive(Clone)]
pub(crate) struct Unset {
    pub(crate) path: FieldPath,
    /// Where that is said.
    pub(crate) range: Range<usize>,
    pub(crate) place: Span,
}

/// A table with an overlay merged in.
pub(crate) struct Merged<'t> {
    pub(crate) table: DeTable<'t>,
    /// The fields that were taken away, each with the range of what stood there.
    pub(crate) unset: Vec<(Unset, Range<usize>)>,
    /// The fields whose value the overlay replaced, each with the range of what stood there.
    pub(crate) replaced: BTreeMap<FieldPath, Range<usize>>,
}

/// Merges an overlay into a table. `heading` stands for the whole overlay.
pub(crate) fn merge<'t>(
    text: &Text<'_>,
    mut table: DeTable<'t>,
    mut over: DeTable<'t>,
    heading: &Range<usize>,
    address: Option<&Address>,
    out: &mut Findings,
) -> Merged<'t> {
    let mut merge = Merge { text, address, out, unset: Vec::new(), replaced: BTreeMap::new() };
    if let Some(list) = over.remove(UNSET) {
        merge.take_away(&mut table, &list);
        if over.is_empty() {
            return Merged { table, unset: merge.unset, replaced: merge.replaced };
        }
    }
    merge.tables(&FieldPath::root(), &mut table, over, heading);
    Merged { table, unset: merge.unset, replaced: merge.replaced }
}

struct Merge<'m> {
    text: &'m Text<'m>,
    address: Option<&'m Address>,
    out: &'m mut Findings,
    unset: Vec<(Unset, Range<usize>)>,
    replaced: BTreeMap<FieldPath, Range<usize>>,
}

impl Merge<'_> {
    fn tables<'t>(&mut self, path: &FieldPath, base: &mut DeTable<'t>, over: DeTable<'t>, heading: &Range<usize>) {
        if over.is_empty() {
            self.idle(heading, format!("the overlay says nothing of {}", self.subject(path)), None);
        }
        let mut composed = Composed::default();
        for (key, value) in over {
            let path = path.key(key.get_ref().as_ref());
            let known = composed.key_in(base, key.get_ref());
            composed.put(key.get_ref());
            let Some(known) = known else {
                base.insert(key, value);
                continue;
            };
            let (old_key, mut old) = base.remove_entry(known.as_str()).expect("the key was found in this table");
            match (old.get_mut(), value.get_ref()) {
                (DeValue::Table(table), DeValue::Table(_)) => {
                    let heading = Node::new(&key, &value).heading(self.text);
                    let span = value.span();
                    let DeValue::Table(over) = value.into_inner() else { continue };
                    self.tables(&path, table, over, &heading);
                    // Where nothing is left of what the base says, the overlay's place stands for the table.
                    if table.keys().all(|key| self.text.is_overlay(&key.span())) {
                        base.insert(key, Spanned::new(span, old.into_inner()));
                    } else {
                        base.insert(old_key, old);
                    }
                }
                (_, _) => {
                    if says_same(&old, &value) {
                        let message = format!("`{path}` is so without the overlay");
                        self.idle(&key.span(), message, Some(old_key.span()));
                    }
                    self.replaced.insert(path, old.span());
                    base.insert(key, value);
                }
            }
        }
    }

    fn subject(&self, path: &FieldPath) -> String {
        match self.address {
            Some(address) if path.is_root() => format!("`{address}`"),
            _ if path.is_root() => "the project".to_owned(),
            _ => format!("`{path}`"),
        }
    }

    fn idle(&mut self, place: &Range<usize>, message: String, said: Option<Range<usize>>) {
        let found = Diagnostic::new(codes::SAYS_NOTHING, Severity::Advice, message);
        let found = found.at(self.text.span(place), "changes nothing").hint("Take it out of the overlay.").quotable();
        let found = said.into_iter().fold(found, |found, said| found.with(self.text.span(&said), "said here"));
        self.push(found);
    }

    fn push(&mut self, found: Diagnostic) {
        self.out.push(match self.address {
            Some(address) => found.about(address),
            None => found,
        });
    }

    fn take_away(&mut self, table: &mut DeTable<'_>, list: &Spanned<DeValue<'_>>) {
        let items = list.get_ref().as_array().filter(|items| !items.is_empty());
        let Some(items) = items else { return self.no_fields(&list.span()) };
        let mut composed = BTreeMap::new();
        for item in items {
            match item.get_ref().as_str().and_then(path_of) {
                Some(path) => self.take_field(table, path, &item.span(), &mut composed),
                None => self.no_fields(&item.span()),
            }
        }
    }

    fn no_fields(&mut self, place: &Range<usize>) {
        let found = Diagnostic::error(codes::UNSET_FORM, "`unset` is a list of fields")
            .at(self.text.span(place), "no path of a field")
            .hint("Write paths in quotes, such as `unset = [\"channels.facebook\", 'ranges.\"本社\"']`.");
        self.push(found);
    }

    fn take_field(
        &mut self,
        table: &mut DeTable<'_>,
        path: FieldPath,
        item: &Range<usize>,
        composed: &mut BTreeMap<Vec<Segment>, Composed>,
    ) {
        let place = self.text.span(item);
        if self.out.is_full() {
            return self.out.skip();
        }
        match remove(table, (&[], path.segments()), composed, &mut self.out.slips) {
            Ok(range) => self.unset.push((Unset { path, range: item.clone(), place }, range)),
            Err(hint) => {
                let shown = path.to_string();
                let found =
                    Diagnostic::error(codes::UNSET_NOTHING, format!("there is no `{}` to unset", brief(&shown)));
                let mut found = found.at(place, "not said without the overlay").quotable();
                found.hint = hint;
                self.push(found);
            }
        }
    }
}

/// The path of a field as it is written in TOML: names with points between, in quotes where they need them.
fn path_of(text: &str) -> Option<FieldPath> {
    let mut rest = text;
    let mut keys = Vec::new();
    loop {
        let (key, behind) = match rest.chars().next()? {
            quote @ ('"' | '\'') => rest[1..].split_once(quote)?,
            _ => rest.split_at(rest.find('.').unwrap_or(rest.len())),
        };
        if key.is_empty() || (rest.len() == key.len() + behind.len() && key.contains(['"', '\'', ' ', '=', '[', ']'])) {
            return None;
        }
        keys.push(key);
        match behind.strip_prefix('.') {
            Some(behind) => rest = behind,
            None if behind.is_empty() => return Some(FieldPath::keys(keys)),
            None => return None,
        }
    }
}

/// Takes a field out of a table and gives the range of its value; otherwise what to do instead. `at` is the path of the table,
/// by which its composed keys are kept; `path` leads from there to the field.
fn remove(
    table: &mut DeTable<'_>,
    (at, path): (&[Segment], &[Segment]),
    composed: &mut BTreeMap<Vec<Segment>, Composed>,
    slips: &mut Slips,
) -> Result<Range<usize>, Option<String>> {
    let Some((Segment::Key(first), rest)) = path.split_first() else { return Err(None) };
    let Some(known) = composed.entry(at.to_vec()).or_default().key_in(table, first) else {
        let keys: Vec<&str> = table.keys().map(|key| key.get_ref().as_ref()).collect();
        return Err(slips.nearest(first, keys).map(|near| format!("Write `{near}` for `{}`.", brief(first))));
    };
    if rest.is_empty() {
        return table.remove(known.as_str()).map(|value| value.span()).ok_or(None);
    }
    match table.get_mut(known.as_str()).map(Spanned::get_mut) {
        Some(DeValue::Table(inner)) => {
            let at = [at, &[Segment::Key(known.clone())]].concat();
            remove(inner, (&at, rest), composed, slips)
        }
        Some(DeValue::Array(_)) => {
            Err(Some(format!("Write the list `{}` as it is to be: a list is replaced as a whole.", brief(first))))
        }
        _ => Err(None),
    }
}

/// The keys of a table by their text in Unicode's composed form; looked through at most once, however many are asked for.
#[derive(Default)]
struct Composed(Option<HashMap<String, String>>);

impl Composed {
    /// The key that is the same text.
    fn key_in(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        if table.contains_key(key) {
            return Some(key.to_owned());
        }
        let key = nfc(key);
        if table.contains_key(key.as_str()) {
            return Some(key);
        }
        // ASCII is composed, so that only the others can be the same text in another form.
        let others = || table.keys().map(|other| other.get_ref().as_ref()).filter(|other: &&str| !other.is_ascii());
        let all = self.0.get_or_insert_with(|| others().map(|other| (nfc(other), other.to_owned())).collect());
        all.get(&key).filter(|known| table.contains_key(known.as_str())).cloned()
    }

    /// Another key of the same text stands in its place.
    fn put(&mut self, key: &str) {
        if let Some(all) = self.0.as_mut().filter(|_| !key.is_ascii()) {
            all.insert(nfc(key), key.to_owned());
        }
    }
}

fn says_same(one: &Spanned<DeValue<'_>>, other: &Spanned<DeValue<'_>>) -> bool {
    let value = |value| {
        let mut faults = Vec::new();
        let value: Value = value_of(value, &mut faults);
        faults.is_empty().then_some(value)
    };
    value(one).is_some_and(|one| value(other) == Some(one))
}

/// The table of an overlay with its places moved behind those of the base.
pub(crate) fn shifted<'t>(table: &Spanned<DeValue<'t>>, by: usize) -> DeTable<'t> {
    match shifted_value(table, by).into_inner() {
        DeValue::Table(table) => table,
        _ => DeTable::new(),
    }
}

fn shifted_value<'t>(value: &Spanned<DeValue<'t>>, by: usize) -> Spanned<DeValue<'t>> {
    let moved = |span: Range<usize>| span.start + by..span.end + by;
    let inner = match value.get_ref() {
        DeValue::Table(table) => DeValue::Table(
            table
                .iter()
                .map(|(key, value)| (Spanned::new(moved(key.span()), key.get_ref().clone()), shifted_value(value, by)))
                .collect(),
        ),
        DeValue::Array(items) => DeValue::Array(items.iter().map(|item| shifted_value(item, by)).collect()),
        other => other.clone(),
    };
    Spanned::new(moved(value.span()), inner)
}
