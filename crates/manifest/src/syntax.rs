//! Text to a spanned tree, with every syntax error of the file.
//!
//! The parser's own messages are only matched, never shown: they may quote what stands at the place, which may be a secret.

use std::collections::BTreeSet;
use std::ops::Range;

use deskform_model::Diagnostic;
use toml::de::{DeTable, Error};

use crate::codes;
use crate::lookalikes;
use crate::text::{LineStarts, Text};

mod bounds;
mod conflicts;
mod duplicates;
mod forms;
mod returns;

use bounds::Bound;
use conflicts::conflicts;
use duplicates::{duplicates, is_duplicate};
use forms::{NO_VALUE, form_of};
use returns::Returns;

/// A parsed file.
pub(crate) struct Parsed<'t> {
    /// The tree; incomplete where the file is not sound.
    pub(crate) tree: DeTable<'t>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// False if the tree may lack or misplace what the text says. Duplicates alone leave a file sound.
    pub(crate) sound: bool,
}

/// Most syntax errors that one file reports. After so many, the rest is rarely about anything else.
const MOST: usize = 20;

/// Parses a file.
pub(crate) fn parse<'t>(text: &Text<'t>) -> Parsed<'t> {
    let Some(returns) = Returns::of(text) else { return parse_bounded(text) };
    let replaced = returns.replaced(text);
    let diagnostics = parse_bounded(&Text::new(text.file, &replaced)).diagnostics;
    Parsed { tree: DeTable::new(), diagnostics: returns.with(text, diagnostics), sound: false }
}

fn parse_bounded<'t>(text: &Text<'t>) -> Parsed<'t> {
    let Some(bound) = Bound::of(text) else {
        let (tree, errors) = DeTable::parse_recoverable(text.text);
        return judged(text, tree.into_inner(), errors);
    };
    let text = Text::new(text.file, text.slice(&(0..bound.at)));
    let (tree, mut errors) = DeTable::parse_recoverable(text.text);
    // What was cut off may have left something open.
    errors.retain(|error| range_of(error).start < bound.at);
    let mut parsed = judged(&text, tree.into_inner(), errors);
    parsed.diagnostics.push(bound.diagnostic);
    Parsed { sound: false, ..parsed }
}

fn judged<'t>(text: &Text<'t>, tree: DeTable<'t>, mut errors: Vec<Error>) -> Parsed<'t> {
    errors.extend(behind(text, &errors));
    if errors.is_empty() {
        return Parsed { tree, diagnostics: Vec::new(), sound: true };
    }
    let (doubled, slips): (Vec<&Error>, Vec<&Error>) = errors.iter().partition(|error| is_duplicate(error));
    let sound = slips.is_empty();
    let conflicts = conflicts(text, &errors);
    let mut diagnostics: Vec<Diagnostic> =
        conflicts.iter().take(MOST).map(|conflict| conflict.diagnostic(text)).collect();
    let free = |at: usize| {
        let before = conflicts.partition_point(|conflict| conflict.range.start <= at);
        !conflicts[..before].last().is_some_and(|conflict| conflict.range.contains(&at))
    };
    diagnostics.extend(slips_by_line(text, &slips).filter(|(at, _)| free(*at)).map(|(_, diagnostic)| diagnostic));
    let doubled: Vec<&Error> = doubled.into_iter().filter(|error| free(range_of(error).start)).take(MOST).collect();
    diagnostics.extend(duplicates(text, &doubled, sound));
    Parsed { tree, diagnostics, sound }
}

/// The parser builds no tree behind a key without a value, and so misses what only the tree shows. Parses once more with
/// such lines blanked, unless there are more of them than are reported.
fn behind(text: &Text<'_>, errors: &[Error]) -> Vec<Error> {
    let stops = errors.iter().filter(|error| error.message().starts_with("key with no value"));
    let lines = LineStarts::of(text);
    let stops: BTreeSet<usize> = stops.map(|error| lines.before(range_of(error).start)).collect();
    if stops.is_empty() || stops.len() > MOST {
        return Vec::new();
    }
    let mut blanked = text.text.as_bytes().to_vec();
    stops.into_iter().for_each(|start| blanked[text.line_around(start)].fill(b' '));
    let Ok(blanked) = String::from_utf8(blanked) else { return Vec::new() };
    let (_, mut more) = DeTable::parse_recoverable(&blanked);
    let known: BTreeSet<(usize, usize)> = errors.iter().map(place_of).collect();
    more.retain(|error| !known.contains(&place_of(error)));
    more
}

fn place_of(error: &Error) -> (usize, usize) {
    let range = range_of(error);
    (range.start, range.end)
}

fn range_of(error: &Error) -> Range<usize> {
    error.span().unwrap_or(0..0)
}

/// The first slip of every line, as one slip makes the parser stumble several times.
fn slips_by_line(text: &Text<'_>, errors: &[&Error]) -> impl Iterator<Item = (usize, Diagnostic)> {
    let lines = LineStarts::of(text);
    let mut ranges: Vec<(usize, Range<usize>, &Error)> =
        errors.iter().map(|error| (lines.before(range_of(error).start), range_of(error), *error)).collect();
    // A bracket that is not closed behind a string that is not closed is the string's doing.
    let is_string = |error: &Error| form_of(error.message()).code == codes::UNTERMINATED;
    ranges.sort_by_key(|(line, range, error)| (*line, !is_string(error), range.start));
    ranges.dedup_by_key(|(line, _, _)| *line);
    let found: Vec<(usize, Diagnostic)> =
        ranges.into_iter().take(MOST).map(|(_, range, error)| (range.start, slip(text, range, error))).collect();
    found.into_iter()
}

fn slip(text: &Text<'_>, range: Range<usize>, error: &Error) -> Diagnostic {
    let line = text.line_around(range.start);
    if let Some(slip) = lookalikes::slip(text.slice(&line).trim_start_matches('\u{feff}')) {
        let at = line.end - text.slice(&line).trim_start_matches('\u{feff}').len() + slip.at;
        let end = text.text[at..].chars().next().map_or(at, |character| at + character.len_utf8());
        return Diagnostic::error(codes::LOOKALIKE, slip.message).at(text.span(&(at..end)), slip.label).hint(slip.hint);
    }
    let message = error.message();
    let empty = text.slice(&range).trim().is_empty();
    let unquoted_nothing = message.starts_with("string values must be quoted") && empty;
    let form = if unquoted_nothing { NO_VALUE } else { form_of(message) };
    let range = match form.code {
        codes::UNTERMINATED => opening(text, range, message),
        codes::TOO_DEEP if range.is_empty() => deepest(text).unwrap_or(range),
        _ => range,
    };
    let mut diagnostic = Diagnostic::error(form.code, form.message).at(text.span(&range), form.label);
    diagnostic.hint = (!form.hint.is_empty()).then(|| form.hint.to_owned());
    diagnostic
}

/// A multi-line string that is never closed runs to the end of the file: its opening says more than the end.
fn opening(text: &Text<'_>, range: Range<usize>, message: &str) -> Range<usize> {
    let delimiter = match message {
        message if message.starts_with("invalid multi-line basic") => "\"\"\"",
        message if message.starts_with("invalid multi-line literal") => "'''",
        _ => return range,
    };
    text.slice(&(0..range.start)).rfind(delimiter).map_or(range, |at| at..at + delimiter.len())
}

/// The first line that can hold a key of too many parts: of those, the parser tells no place.
fn deepest(text: &Text<'_>) -> Option<Range<usize>> {
    let (at, line) = text.lines().find(|(_, line)| line.matches('.').count() >= 80)?;
    Some(at..at + line.find([' ', '=', ']']).unwrap_or(line.len()))
}
