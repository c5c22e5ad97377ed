//! One file's text, and places in it.

use std::borrow::Cow;
use std::ops::Range;

use deskform_model::{FileId, Source, Span};

/// A text and the file it came from. Offsets are bytes of the text as handed in, a byte order mark included.
#[derive(Clone, Copy)]
pub(crate) struct Text<'t> {
    pub(crate) file: FileId,
    pub(crate) text: &'t str,
    /// The overlay whose offsets go on behind the end of this text; see [`Text::seam`].
    overlay: Option<(FileId, &'t str)>,
}

impl<'t> Text<'t> {
    pub(crate) fn new(file: FileId, text: &'t str) -> Self {
        Self { file, text, overlay: None }
    }

    /// This text with that of an overlay behind it, for tables that hold something of both.
    pub(crate) fn with_overlay(self, overlay: Text<'t>) -> Self {
        Self { overlay: Some((overlay.file, overlay.text)), ..self }
    }

    /// What is added to the offsets of an overlay, so that they are told from those of this text.
    pub(crate) fn seam(&self) -> usize {
        self.text.len() + 1
    }

    pub(crate) fn span(&self, range: &Range<usize>) -> Span {
        let (file, text, range) = self.part(range);
        let offset = |at: usize| u32::try_from(at.min(text.len())).unwrap_or(u32::MAX);
        Span { file, start: offset(range.start), end: offset(range.end.max(range.start)) }
    }

    pub(crate) fn slice(&self, range: &Range<usize>) -> &'t str {
        let (_, text, range) = self.part(range);
        text.get(range).unwrap_or_default()
    }

    /// True for a range of the overlay.
    pub(crate) fn is_overlay(&self, range: &Range<usize>) -> bool {
        self.overlay.is_some() && range.start >= self.seam()
    }

    /// The file and text that a range lies in, and the range there.
    fn part(&self, range: &Range<usize>) -> (FileId, &'t str, Range<usize>) {
        match self.overlay {
            Some((file, text)) if self.is_overlay(range) => {
                (file, text, range.start - self.seam()..range.end.saturating_sub(self.seam()))
            }
            _ => (self.file, self.text, range.clone()),
        }
    }

    /// The range of the line around an offset, without its line end.
    pub(crate) fn line_around(&self, at: usize) -> Range<usize> {
        let bytes = self.text.as_bytes();
        let at = at.min(bytes.len());
        let start = bytes[..at].iter().rposition(|b| *b == b'\n').map_or(0, |before| before + 1);
        let end = bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |length| at + length);
        start..end
    }

    /// Every line with the offset of its first byte, without a byte order mark and without line ends. A bare carriage return
    /// ends one too, and CRLF one line more.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &'t str)> {
        let text = self.text;
        let base = text.as_ptr().addr();
        let skipped = text.strip_prefix('\u{feff}').unwrap_or(text);
        skipped.split(['\n', '\r']).map(move |line| (line.as_ptr().addr() - base, line))
    }
}

/// A name that may be of any length, as a message holds it.
pub(crate) fn brief(name: &str) -> Cow<'_, str> {
    const MOST: usize = 80;
    match name.char_indices().nth(MOST) {
        Some((end, _)) => Cow::Owned(format!("{}...", &name[..end])),
        None => Cow::Borrowed(name),
    }
}

/// Where the lines of a text begin, for many questions in any order.
pub(crate) struct LineStarts(Vec<usize>);

impl LineStarts {
    pub(crate) fn of(text: &Text<'_>) -> Self {
        let breaks = text.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(breaks).collect())
    }

    /// The number of the line around an offset, from 1.
    fn number(&self, at: usize) -> u32 {
        u32::try_from(self.0.partition_point(|start| *start <= at)).unwrap_or(u32::MAX)
    }

    /// The offset at which the line around an offset begins.
    pub(crate) fn before(&self, at: usize) -> usize {
        let line = self.0.partition_point(|start| *start <= at);
        self.0.get(line.saturating_sub(1)).copied().unwrap_or_default()
    }
}

/// The sources of ranges of a text, and of the overlay behind it, in any order.
pub(crate) struct Sources<'a, 't> {
    text: &'a Text<'t>,
    own: LineStarts,
    overlay: Option<LineStarts>,
}

impl<'a, 't> Sources<'a, 't> {
    pub(crate) fn of(text: &'a Text<'t>) -> Self {
        let overlay = text.overlay.map(|(file, overlay)| LineStarts::of(&Text::new(file, overlay)));
        Self { text, own: LineStarts::of(text), overlay }
    }

    /// The place of a range, with its line counted from the beginning of its file.
    pub(crate) fn source(&self, range: &Range<usize>) -> Source {
        let (_, _, local) = self.text.part(range);
        let lines = self.overlay.as_ref().filter(|_| self.text.is_overlay(range)).unwrap_or(&self.own);
        Source { span: self.text.span(range), line: lines.number(local.start) }
    }
}

/// Line numbers for offsets that mostly ascend: counts each byte once and not once per question.
pub(crate) struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: u32,
}

impl<'t> Lines<'t> {
    pub(crate) fn of(text: &Text<'t>) -> Self {
        Self { text: text.text, at: 0, line: 1 }
    }

    pub(crate) fn line(&mut self, offset: usize) -> u32 {
        if offset < self.at {
            (self.at, self.line) = (0, 1);
        }
        let between = self.text.as_bytes().get(self.at..offset).unwrap_or_default();
        let breaks = between.iter().filter(|b| **b == b'\n').count();
        self.at = offset;
        self.line = self.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        self.line
    }
}
