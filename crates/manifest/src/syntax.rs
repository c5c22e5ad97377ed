//! Text to a spanned tree, with every syntax error of the file.
//!
//! The parser's own messages are only matched, never shown: they may quote what stands at the place, which may be a secret.

use std::collections::BTreeSet;
use std::ops::Range;

use deskform_model::{Code, Diagnostic};
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

use crate::codes;
use crate::lookalikes;
use crate::text::{LineStarts, Text};

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
    let (tree, mut errors) = DeTable::parse_recoverable(text.text);
    let tree = tree.into_inner();
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
    let doubled = doubled.iter().filter(|error| free(range_of(error).start)).take(MOST);
    diagnostics.extend(doubled.map(|error| duplicate(text, error, sound)));
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

fn is_duplicate(error: &Error) -> bool {
    error.message().starts_with("duplicate key") || error.message().starts_with("cannot extend value")
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
    if let Some(at) = bare_return(text, range.start) {
        return Diagnostic::error(codes::LINE_END, "a line ends with a bare carriage return")
            .at(text.span(&(at..at + 1)), "no line feed follows")
            .hint("Save the file with LF or CRLF line ends.");
    }
    let line = text.line_around(range.start);
    if let Some(slip) = lookalikes::slip(text.slice(&line).trim_start_matches('\u{feff}')) {
        let at = line.end - text.slice(&line).trim_start_matches('\u{feff}').len() + slip.at;
        let end = text.text[at..].chars().next().map_or(at, |character| at + character.len_utf8());
        return Diagnostic::error(codes::LOOKALIKE, slip.message).at(text.span(&(at..end)), slip.label).hint(slip.hint);
    }
    let message = error.message();
    let empty = text.slice(&range).trim().is_empty();
    let unquoted_nothing = message.starts_with("string values must be quoted") && empty;
    let form = if unquoted_nothing { &FORMS[NO_VALUE] } else { form_of(message) };
    let range = match form.code {
        codes::UNTERMINATED => opening(text, range, message),
        codes::TOO_DEEP if range.is_empty() => deepest(text).unwrap_or(range),
        _ => range,
    };
    let mut diagnostic = Diagnostic::error(form.code, form.message).at(text.span(&range), form.label);
    diagnostic.hint = (!form.hint.is_empty()).then(|| form.hint.to_owned());
    diagnostic
}

/// The offset of the first carriage return within a line that no line feed follows.
fn bare_return(text: &Text<'_>, at: usize) -> Option<usize> {
    let line = text.line_around(at);
    let found = line.start + text.slice(&line).find('\r')?;
    let followed = text.text.as_bytes().get(found + 1) == Some(&b'\n');
    (!followed).then_some(found)
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

/// How one class of the parser's errors is shown.
struct Form {
    starts: &'static [&'static str],
    ends: &'static [&'static str],
    code: Code,
    message: &'static str,
    label: &'static str,
    hint: &'static str,
}

fn form_of(message: &str) -> &'static Form {
    let fits = |form: &&Form| {
        form.starts.iter().any(|start| message.starts_with(start))
            && (form.ends.is_empty() || form.ends.iter().any(|end| message.ends_with(end)))
    };
    FORMS.iter().find(fits).unwrap_or(&OTHER)
}

const OTHER: Form = Form {
    starts: &[],
    ends: &[],
    code: codes::SYNTAX,
    message: "not valid TOML here",
    label: "this cannot stand here",
    hint: "",
};

const STRINGS: &[&str] = &[
    "invalid basic string",
    "invalid literal string",
    "invalid multi-line basic string",
    "invalid multi-line literal string",
];

/// Where `FORMS` holds the missing value.
const NO_VALUE: usize = 0;

const FORMS: &[Form] = &[
    Form {
        starts: &["key with no value", "missing value", "missing assignment", "extra assignment"],
        ends: &[],
        code: codes::NO_VALUE,
        message: "a key has no value",
        label: "expected `=` and a value",
        hint: "Write `key = value`, on one line.",
    },
    Form {
        starts: STRINGS,
        ends: &["expected `\"`", "expected `'`"],
        code: codes::UNTERMINATED,
        message: "a string has no closing quote",
        label: "the string is not closed",
        hint: "Close the string with the quote that opened it.",
    },
    Form {
        starts: &["invalid basic string", "invalid literal string", "invalid multi-line", "invalid comment character"],
        ends: &[],
        code: codes::CONTROL,
        message: "a control character stands in the text",
        label: "an invisible character",
        hint: "Remove it, or write it in double quotes as an escape such as `\\u001B`.",
    },
    Form {
        starts: &["missing escaped value", "too few unicode", "invalid value"],
        ends: &[],
        code: codes::ESCAPE,
        message: "an escape sequence that TOML does not have",
        label: "a backslash begins an escape",
        hint: "Write a backslash twice, or put the text in single quotes.",
    },
    Form {
        starts: &["string values must be quoted", "invalid boolean"],
        ends: &[],
        code: codes::UNQUOTED,
        message: "a value without quotes",
        label: "no string, number, boolean, date, list or table",
        hint: "Put text in quotes, and write booleans as `true` or `false`.",
    },
    Form {
        starts: &["unclosed"],
        ends: &[],
        code: codes::UNCLOSED,
        message: "a bracket is not closed",
        label: "the closing bracket is missing before this",
        hint: "Close the list, table or header that is open here.",
    },
    Form {
        starts: &["cannot recurse", "recursion limit"],
        ends: &[],
        code: codes::TOO_DEEP,
        message: "tables or lists are nested too deeply",
        label: "80 levels are the most",
        hint: "Nest less deeply.",
    },
    Form {
        starts: &["invalid unquoted key", "unquoted keys cannot be empty", "keys cannot be"],
        ends: &[],
        code: codes::BARE_KEY,
        message: "a key that is empty or needs quotes",
        label: "a plain key has ASCII letters, digits, `_` and `-` only",
        hint: "Put a key with other characters in quotes.",
    },
    Form {
        starts: &[
            "invalid date",
            "invalid time",
            "invalid offset",
            "invalid integer",
            "invalid hexadecimal",
            "invalid octal",
            "invalid binary",
            "invalid float",
            "invalid fraction",
            "invalid exponent",
            "unexpected leading zero",
            "unexpected sign",
            "redundant",
            "radix must",
            "integers with a radix",
            "`_` may only",
        ],
        ends: &[],
        code: codes::NUMBER,
        message: "a number, date or time that is not well formed",
        label: "no such number, date or time",
        hint: "Write a whole number, or a date as `YYYY-MM-DD`; put anything else in quotes.",
    },
    Form {
        starts: &["missing comma"],
        ends: &[],
        code: codes::SYNTAX,
        message: "a comma or a closing bracket is missing",
        label: "expected `,` or the end before this",
        hint: "Separate the items with commas and close the bracket.",
    },
    Form {
        starts: &["extra comma"],
        ends: &[],
        code: codes::SYNTAX,
        message: "a comma too many",
        label: "nothing stands before this comma",
        hint: "Remove the comma.",
    },
    Form {
        starts: &["unexpected key or value"],
        ends: &[],
        code: codes::SYNTAX,
        message: "something follows on a line that is complete",
        label: "expected the end of the line",
        hint: "Put each key on a line of its own, and check the quotes before this.",
    },
];

/// A merge conflict, from its first marker to its last.
struct Conflict {
    range: Range<usize>,
    /// The line of `>>>>>>>`, if there is one.
    end: Option<Range<usize>>,
}

const MARKER: usize = 7;

impl Conflict {
    fn diagnostic(&self, text: &Text<'_>) -> Diagnostic {
        let start = self.range.start;
        let found = Diagnostic::error(codes::CONFLICT, "an unresolved merge conflict")
            .at(text.span(&(start..start + MARKER)), "the conflict begins here")
            .hint("Resolve the conflict and remove its markers.");
        match &self.end {
            Some(end) => found.with(text.span(&(end.start..end.start + MARKER)), "and ends here"),
            None => found,
        }
    }
}

/// Conflicts that the parser stumbled over; a marker inside a string is text.
fn conflicts(text: &Text<'_>, errors: &[Error]) -> Vec<Conflict> {
    let mut found: Vec<Conflict> = Vec::new();
    let mut open: Option<usize> = None;
    for (at, line) in text.lines() {
        if line.starts_with("<<<<<<<") && open.is_none() {
            open = Some(at);
        } else if let (true, Some(start)) = (line.starts_with(">>>>>>>"), open) {
            found.push(Conflict { range: start..at + line.len() + 1, end: Some(at..at + line.len()) });
            open = None;
        }
    }
    if let Some(start) = open {
        found.push(Conflict { range: start..text.text.len() + 1, end: None });
    }
    let lines = LineStarts::of(text);
    let stumbled: BTreeSet<usize> = errors.iter().map(|error| lines.before(range_of(error).start)).collect();
    found.retain(|conflict| stumbled.contains(&lines.before(conflict.range.start)));
    found
}

/// A key or table that stands twice. `named` says whether the key may be named: not in a file with other errors, where
/// a value may have been taken for a key.
fn duplicate(text: &Text<'_>, error: &Error, named: bool) -> Diagnostic {
    let range = range_of(error);
    let line = text.line_around(range.start);
    let header = text.slice(&line).trim_start_matches('\u{feff}').trim_start().starts_with('[');
    let extended = error.message().starts_with("cannot extend value");
    let name = key_text(text.slice(&range));
    let path = text.slice(&(line.start..range.end)).trim_start_matches(['\u{feff}', ' ', '\t', '[']);
    let subject = match (named, header) {
        (false, _) => "a key".to_owned(),
        (true, true) => format!("`[{path}]`"),
        (true, false) => format!("`{name}`"),
    };
    let found = if header || extended {
        Diagnostic::error(codes::TABLE_TWICE, format!("{subject} is defined twice"))
            .hint("Merge the two, or give one of them another name.")
    } else {
        Diagnostic::error(codes::DUPLICATE_KEY, format!("{subject} is written twice in one table"))
            .hint("Remove one of the two.")
    };
    let found = found.at(text.span(&range), "the second one");
    match first_place(text, &range, &name) {
        Some(first) => found.with(text.span(&first), "the first one"),
        None => found,
    }
}

fn key_text(slice: &str) -> String {
    let quoted = DeValue::parse(slice).ok().and_then(|value| value.get_ref().as_str().map(str::to_owned));
    quoted.unwrap_or_else(|| slice.to_owned())
}

/// Where the other one of a doubled key stands. The parser does not tell, so the text is parsed again with the second one
/// renamed: its first namesake is then its neighbour.
fn first_place(text: &Text<'_>, second: &Range<usize>, name: &str) -> Option<Range<usize>> {
    let mut marker = "deskform-second".to_owned();
    while text.text.contains(&marker) {
        marker.push('x');
    }
    let renamed = format!("{}{marker}{}", text.text.get(..second.start)?, text.text.get(second.end..)?);
    let (tree, _) = DeTable::parse_recoverable(&renamed);
    neighbour(tree.get_ref(), &marker, name).filter(|first| first.start < second.start)
}

fn neighbour(table: &DeTable<'_>, marker: &str, name: &str) -> Option<Range<usize>> {
    if table.contains_key(marker) {
        return table.get_key_value(name).map(|(key, _)| key.span());
    }
    table.values().find_map(|value| neighbour_within(value, marker, name))
}

fn neighbour_within(value: &Spanned<DeValue<'_>>, marker: &str, name: &str) -> Option<Range<usize>> {
    match value.get_ref() {
        DeValue::Table(table) => neighbour(table, marker, name),
        DeValue::Array(items) => items.iter().find_map(|item| neighbour_within(item, marker, name)),
        _ => None,
    }
}
