//! How much of a large text is parsed. The parser keeps every error that it meets and a tree of all tables: a megabyte of
//! errors, or of tables in tables, would become a thousand.

use deskform_model::Diagnostic;
use toml_parser::decoder::Encoding;
use toml_parser::parser::{EventReceiver, RecursionGuard, ValidateWhitespace, parse_document};
use toml_parser::{ErrorSink, ParseError, Raw, Source, Span};

use crate::codes;
use crate::text::Text;

/// A text of no more bytes is small whatever it holds.
const SMALL: usize = 64 * 1024;

/// Most syntax errors that are looked at. Only the first few are reported.
const MOST_SLIPS: usize = 1_000;

/// Most lists of a file. A table takes the room of four, so there may be 60,000.
const MOST_LISTS: usize = 240_000;

/// What a table counts for.
const TABLE: usize = 4;

/// The parser's own limit.
const MOST_LEVELS: u32 = 80;

/// Where a text is not parsed further, and why.
pub(super) struct Bound {
    pub(super) at: usize,
    pub(super) diagnostic: Diagnostic,
}

impl Bound {
    /// `None` for a text that is parsed to its end.
    pub(super) fn of(text: &Text<'_>) -> Option<Self> {
        if text.text.len() <= SMALL {
            return None;
        }
        let (slips, tables) = passed(text.text);
        let (at, is_slip) = slips.map(|at| (at, true)).into_iter().chain(tables.map(|at| (at, false))).min()?;
        let found = if is_slip {
            Diagnostic::error(codes::MORE, "there is more to say about this file than is listed")
                .at(text.span(&(at..at)), "after more than 1,000 errors of syntax, the rest is not read")
                .hint("Mend what is listed, and ask again.")
        } else {
            Diagnostic::error(codes::MANY_TABLES, "the file has too many tables and lists")
                .at(text.span(&(at..at)), "60,000 tables or 240,000 lists are the most; the rest is not read")
                .hint("Split it: resources may stand in any file, in any order.")
        };
        Some(Self { at, diagnostic: found })
    }
}

/// Where the limits are passed: that of errors, that of tables.
fn passed(text: &str) -> (Option<usize>, Option<usize>) {
    let source = Source::new(text);
    let (mut slips, mut tables) = (Slips(Limit::of(MOST_SLIPS)), Tables { text, limit: Limit::of(MOST_LISTS) });
    let mut checked = ValidateWhitespace::new(&mut tables, source);
    let mut receiver = RecursionGuard::new(&mut checked, MOST_LEVELS);
    parse_document(&source.lex().into_vec(), &mut receiver, &mut slips);
    (slips.0.passed, tables.limit.passed)
}

/// Counts down, and keeps where it ended.
struct Limit {
    left: usize,
    passed: Option<usize>,
}

impl Limit {
    fn of(most: usize) -> Self {
        Self { left: most, passed: None }
    }

    fn count(&mut self, weight: usize, at: usize) {
        match self.left.checked_sub(weight) {
            Some(left) => self.left = left,
            None => _ = self.passed.get_or_insert(at),
        }
    }
}

/// Counts errors.
struct Slips(Limit);

impl ErrorSink for Slips {
    fn report_error(&mut self, error: ParseError) {
        self.0.count(1, error.unexpected().map_or(0, |span| span.start()));
    }
}

/// Counts tables and lists, and has keys and values looked at for their own errors.
struct Tables<'t> {
    text: &'t str,
    limit: Limit,
}

impl<'t> Tables<'t> {
    fn raw(&self, span: Span, encoding: Option<Encoding>) -> Raw<'t> {
        Raw::new_unchecked(self.text.get(span.start()..span.end()).unwrap_or_default(), encoding, span)
    }
}

impl EventReceiver for Tables<'_> {
    fn array_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.limit.count(TABLE, span.start());
    }

    fn inline_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.limit.count(TABLE, span.start());
        true
    }

    fn array_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.limit.count(1, span.start());
        true
    }

    /// The first part of a header mostly names a table that is there.
    fn key_sep(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.limit.count(TABLE, span.start());
    }

    fn simple_key(&mut self, span: Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        self.raw(span, encoding).decode_key(&mut (), error);
    }

    fn scalar(&mut self, span: Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        let _ = self.raw(span, encoding).decode_scalar(&mut (), error);
    }
}
