//! Merge conflicts.

use std::collections::BTreeSet;
use std::ops::Range;

use deskform_model::Diagnostic;
use toml::de::Error;

use super::range_of;
use crate::codes;
use crate::text::{LineStarts, Text};

/// A merge conflict, from its first marker to its last.
pub(super) struct Conflict {
    pub(super) range: Range<usize>,
    /// The line of `>>>>>>>`, if there is one.
    end: Option<Range<usize>>,
}

const MARKER: usize = 7;

impl Conflict {
    pub(super) fn diagnostic(&self, text: &Text<'_>) -> Diagnostic {
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
pub(super) fn conflicts(text: &Text<'_>, errors: &[Error]) -> Vec<Conflict> {
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
