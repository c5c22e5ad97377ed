//! The one place where text goes to a terminal, and where it becomes inert on the way.
//!
//! Everything that a [`Page`] is handed is foreign: what could move the cursor, reorder a line or hide in it is written out
//! as `\u{..}`. Only the page itself ends lines and sets colours.

use std::borrow::Cow;
use std::fmt::Write as _;

use anstyle::Style;
use deskform_model::is_active;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Text for people, built line by line.
#[derive(Debug, Default)]
pub(crate) struct Page {
    out: String,
}

impl Page {
    /// An empty page.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds text to the current line.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.out.push_str(&inert(text));
        self
    }

    /// Adds text in a style.
    pub(crate) fn styled(&mut self, style: Style, text: &str) -> &mut Self {
        let text = inert(text);
        // Writing to a string cannot fail.
        let _ = write!(self.out, "{style}{text}{style:#}");
        self
    }

    /// Adds text and as many blanks as it takes to fill `columns`.
    pub(crate) fn padded(&mut self, text: &str, columns: usize) -> &mut Self {
        self.text(text).blanks(columns.saturating_sub(width(text)))
    }

    /// Adds blanks.
    pub(crate) fn blanks(&mut self, count: usize) -> &mut Self {
        self.out.extend(std::iter::repeat_n(' ', count));
        self
    }

    /// Ends the line; blanks at its end go.
    pub(crate) fn end(&mut self) -> &mut Self {
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
        self
    }

    /// Adds a whole line.
    pub(crate) fn line(&mut self, text: &str) -> &mut Self {
        self.text(text).end()
    }

    /// Adds lines of text that somebody else laid out, such as the usage of a command; each is made inert.
    pub(crate) fn lines(&mut self, text: &str) -> &mut Self {
        for line in text.lines() {
            self.line(line);
        }
        self
    }

    /// Adds lines that were laid out and styled from inert parts.
    pub(crate) fn laid_out(&mut self, text: &str) -> &mut Self {
        self.out.push_str(text);
        self.out.push('\n');
        self
    }

    /// True if nothing was written.
    pub(crate) fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// The text with escape sequences for colours.
    pub(crate) fn coloured(&self) -> &str {
        &self.out
    }

    /// The text without colours.
    pub(crate) fn plain(&self) -> String {
        anstream::adapter::strip_str(&self.out).to_string()
    }
}

/// Writes out every character that a terminal would act on instead of showing it.
pub(crate) fn inert(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_active) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_active(c) {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The columns that the text takes once it is inert.
pub(crate) fn width(text: &str) -> usize {
    inert(text).width()
}

/// Cuts text to at most `columns`, between graphemes, with `...` at the end if anything was cut.
pub(crate) fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    let shown = inert(text);
    if shown.width() <= columns {
        return shown;
    }
    let mut out = String::new();
    let mut taken = 0;
    for grapheme in shown.graphemes(true) {
        let wide = grapheme.width();
        if taken + wide + 3 > columns {
            break;
        }
        taken += wide;
        out.push_str(grapheme);
    }
    out.push_str("...");
    Cow::Owned(out)
}

/// A path as a shell takes it: in quotes where it is not plain.
pub(crate) fn quoted(path: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_alphanumeric() || "/._-+,:@%".contains(c);
    if !path.is_empty() && path.chars().all(plain) {
        return Cow::Borrowed(path);
    }
    Cow::Owned(format!("'{}'", path.replace('\'', r"'\''")))
}

/// Breaks a paragraph into lines of at most `columns`, at blanks.
pub(crate) fn wrapped(text: &str, columns: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

/// The widest of some texts, but at most `most`.
pub(crate) fn widest<'a>(texts: impl IntoIterator<Item = &'a str>, most: usize) -> usize {
    texts.into_iter().map(width).max().unwrap_or(0).min(most)
}

/// `1 brand`, `2 brands`: a count and its noun.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("{number} {noun}") } else { format!("{number} {noun}s") }
}

/// Styles, all of them; nothing is said by colour alone.
pub(crate) mod style {
    use anstyle::{AnsiColor, Style};

    pub(crate) const GREEN: Style = AnsiColor::Green.on_default();
    pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default();
    pub(crate) const RED: Style = AnsiColor::Red.on_default();
    pub(crate) const CYAN: Style = AnsiColor::Cyan.on_default();
    pub(crate) const BOLD: Style = Style::new().bold();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_in_quotes_only_where_a_shell_needs_them() {
        for (path, expected) in [
            ("acme-support", "acme-support"),
            ("サポート/a.b", "サポート/a.b"),
            ("Acme Support", "'Acme Support'"),
            ("it's", r"'it'\''s'"),
            ("$HOME", "'$HOME'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(path), expected);
        }
    }

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        assert_eq!(inert("a\u{1b}[31mb\r\n\u{9b}2J\u{7f}"), "a\\u{1b}[31mb\\u{d}\\u{a}\\u{9b}2J\\u{7f}");
        assert_eq!(inert("\u{202e}txt\u{2066}\u{200b}\u{feff}"), "\\u{202e}txt\\u{2066}\\u{200b}\\u{feff}");
        assert_eq!(inert("東京サポート ポ e\u{301} ＝"), "東京サポート ポ e\u{301} ＝");
    }

    #[test]
    fn a_page_takes_no_escape_sequence_from_outside() {
        let mut page = Page::new();
        page.styled(style::RED, "- \u{1b}[2J").text("\u{1b}]0;x\u{7}").end();
        assert_eq!(page.plain(), "- \\u{1b}[2J\\u{1b}]0;x\\u{7}\n");
        assert_eq!(page.coloured(), "\u{1b}[31m- \\u{1b}[2J\u{1b}[0m\\u{1b}]0;x\\u{7}\n");
    }

    #[test]
    fn columns_stand_under_each_other_whatever_the_script() {
        let mut page = Page::new();
        for name in ["acme", "札幌", "ｶﾅ"] {
            page.padded(name, 6).text("|").end();
        }
        assert_eq!(page.plain(), "acme  |\n札幌  |\nｶﾅ    |\n");
    }

    #[test]
    fn text_is_cut_between_graphemes() {
        assert_eq!(cut("札幌サポート窓口", 16), "札幌サポート窓口");
        assert_eq!(cut("札幌サポート窓口", 12), "札幌サポ...");
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}", 4), "e\u{301}...");
    }

    #[test]
    fn a_paragraph_is_broken_at_blanks() {
        assert_eq!(wrapped("one two\nthree 東京 four", 10), "one two\nthree 東京\nfour");
        assert_eq!(wrapped("a_very_long_word b", 5), "a_very_long_word\nb");
    }

    #[test]
    fn blanks_at_the_end_of_a_line_go() {
        let mut page = Page::new();
        page.padded("a", 9).end();
        assert_eq!(page.plain(), "a\n");
    }
}
