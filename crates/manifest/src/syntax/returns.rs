//! Carriage returns that no line feed follows. TOML has them nowhere, not even in texts and comments, and the parser, left
//! alone with a megabyte of them, takes hundreds.

use std::collections::BTreeSet;

use deskform_model::Diagnostic;

use crate::codes;
use crate::text::{LineStarts, Text};

/// The bare carriage returns of a text, at least one.
pub(super) struct Returns {
    first: usize,
    count: usize,
    /// True if the text ends its lines with them, as old Macs did, and has no line feed.
    end_lines: bool,
}

impl Returns {
    pub(super) fn of(text: &Text<'_>) -> Option<Self> {
        let mut bare = offsets(text.text);
        let first = bare.next()?;
        Some(Self { first, count: 1 + bare.count(), end_lines: !text.text.contains('\n') })
    }

    /// The text with something else in their places, so that the rest of it can be judged.
    pub(super) fn replaced(&self, text: &Text<'_>) -> String {
        let mut bytes = text.text.as_bytes().to_vec();
        for at in offsets(text.text) {
            bytes[at] = if self.end_lines { b'\n' } else { b' ' };
        }
        String::from_utf8(bytes).unwrap_or_default()
    }

    /// The word on them, and what was found in the text without them; but nothing of a line that they have broken.
    pub(super) fn with(&self, text: &Text<'_>, mut others: Vec<Diagnostic>) -> Vec<Diagnostic> {
        if !self.end_lines {
            let lines = LineStarts::of(text);
            let broken: BTreeSet<usize> = offsets(text.text).map(|at| lines.before(at)).collect();
            let offset = |found: &Diagnostic| usize::try_from(found.place?.start).ok();
            others.retain(|found| offset(found).is_none_or(|at| !broken.contains(&lines.before(at))));
        }
        others.push(self.diagnostic(text));
        others
    }

    fn diagnostic(&self, text: &Text<'_>) -> Diagnostic {
        let label = match self.count {
            1 => "no line feed follows".to_owned(),
            2 => "no line feed follows, here and at one more place".to_owned(),
            count => format!("no line feed follows, here and at {} more places", count - 1),
        };
        Diagnostic::error(codes::LINE_END, "a line ends with a bare carriage return")
            .at(text.span(&(self.first..self.first + 1)), label)
            .hint("Save the file with LF or CRLF line ends.")
    }
}

fn offsets(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    text.match_indices('\r').map(|(at, _)| at).filter(|at| bytes.get(at + 1) != Some(&b'\n'))
}
