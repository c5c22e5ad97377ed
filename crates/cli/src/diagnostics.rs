//! Diagnostics as people and programs read them.

use std::collections::BTreeMap;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use deskform_model::{Diagnostic, FileId, Severity, Span, is_active};
use serde::Serialize;

use crate::mask::{Sight, masked_line};
use crate::text::{Page, count, inert};

/// A diagnostic, and the file it is about where it has no place in one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// What is wrong.
    pub(crate) diagnostic: Box<Diagnostic>,
    /// A file that could not be read.
    pub(crate) file: Option<Unread>,
}

/// A file that could not be read, or not further than to a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Unread {
    /// Its path relative to `deskform.toml`.
    pub(crate) name: String,
    /// Line and column from 1, the column in characters.
    pub(crate) position: Option<(usize, usize)>,
}

impl Finding {
    /// A finding about a whole file.
    pub(crate) fn of_file(name: &str, diagnostic: Diagnostic) -> Self {
        let file = Unread { name: name.to_owned(), position: None };
        Self { diagnostic: Box::new(diagnostic), file: Some(file) }
    }

    /// A finding about a file that cannot be read beyond a line and a column.
    pub(crate) fn at_position(name: &str, line: usize, column: usize, diagnostic: Diagnostic) -> Self {
        let file = Unread { name: name.to_owned(), position: Some((line, column)) };
        Self { diagnostic: Box::new(diagnostic), file: Some(file) }
    }
}

impl From<Diagnostic> for Finding {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostic: Box::new(diagnostic), file: None }
    }
}

/// Names and texts of the files that diagnostics point into, read again when something is printed.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    files: BTreeMap<FileId, Source>,
}

#[derive(Debug)]
struct Source {
    name: String,
    text: Option<Text>,
}

/// A text and the offsets at which its lines begin.
#[derive(Debug)]
struct Text {
    text: String,
    lines: Vec<usize>,
}

impl Text {
    fn new(text: String) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { lines: std::iter::once(0).chain(breaks).collect(), text }
    }
}

impl Sources {
    /// Fetches what the findings point into. `text` gives a file's text, `None` where it can no longer be read.
    pub(crate) fn of<'f>(
        findings: impl IntoIterator<Item = &'f Finding>,
        names: &[String],
        mut text: impl FnMut(FileId, &str) -> Option<String>,
    ) -> Self {
        let mut files = BTreeMap::new();
        for finding in findings {
            let related = finding.diagnostic.related.iter().map(|label| label.span);
            for span in finding.diagnostic.place.into_iter().chain(related) {
                files.entry(span.file).or_insert_with(|| {
                    let name = usize::try_from(span.file.0).ok().and_then(|at| names.get(at));
                    let name = name.cloned().unwrap_or_default();
                    Source { text: text(span.file, &name).map(Text::new), name }
                });
            }
        }
        Self { files }
    }

    fn place(&self, span: Span) -> Option<Place<'_>> {
        let source = self.files.get(&span.file)?;
        let Text { text, lines } = source.text.as_ref()?;
        let start = floor(text, usize::try_from(span.start).ok()?);
        let end = floor(text, usize::try_from(span.end).ok()?).max(start);
        let line = lines.partition_point(|line| *line <= start);
        let line_start = lines[line - 1];
        Some(Place {
            file: &source.name,
            text,
            line_start,
            line,
            column: text[line_start..start].chars().count() + 1,
            length: text[start..end].lines().next().unwrap_or_default().chars().count(),
        })
    }

    fn name(&self, span: Span) -> Option<&str> {
        self.files.get(&span.file).map(|source| source.name.as_str())
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A span in terms of lines and characters.
#[derive(Debug, Clone, Copy)]
struct Place<'s> {
    file: &'s str,
    text: &'s str,
    line_start: usize,
    line: usize,
    column: usize,
    length: usize,
}

impl Place<'_> {
    /// True if the line may be quoted. Long lines are, as long as there are few of them.
    fn fits(&self, left: &mut usize) -> bool {
        let line = &self.text.as_bytes()[self.line_start..];
        let length = line.iter().position(|byte| *byte == b'\n').unwrap_or(line.len());
        if length > MOST_OF_LINE {
            let Some(rest) = left.checked_sub(length) else { return false };
            *left = rest;
        }
        true
    }

    /// How many characters of the span are underlined.
    fn underlined(&self) -> usize {
        let mut columns = 0;
        let characters = self.text[self.line_start..].chars().skip(self.column - 1).take(self.length);
        let fits = |c: &char| {
            columns += if c.is_ascii() { 1 } else { 2 };
            columns <= MOST_UNDERLINED
        };
        characters.take_while(fits).count()
    }

    /// The line as it may be quoted, and the bytes of the span in it.
    fn quoted(&self, quotable: bool) -> (String, std::ops::Range<usize>) {
        let mut line = masked_line(self.text, self.line_start, if quotable { Sight::Shape } else { Sight::Keys });
        let length = self.underlined();
        let (from, to) = (self.column - 1, self.column - 1 + length);
        if quotable {
            let source = self.text[self.line_start..].chars().enumerate().skip(from).take(length);
            for (at, c) in source.take_while(|(_, c)| *c != '\n') {
                if at < line.len() {
                    line[at] = c;
                } else {
                    line.push(c);
                }
            }
        }
        // One for one, so that columns stay right; the page would write them out at length.
        let shown = line.iter().map(|c| if *c != '\t' && is_active(*c) { '\u{fffd}' } else { *c });
        let line: String = shown.collect();
        let byte = |column: usize| line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
        let span = byte(from)..byte(to);
        (line.clone(), span)
    }
}

/// People are shown at most so many errors, and so many warnings and pieces of advice.
const MOST_ERRORS: usize = 200;
const MOST_MILD: usize = 50;

/// A line of more bytes is long: no person wrote it, and finding out what of it may be seen takes its time.
const MOST_OF_LINE: usize = 16 * 1024;

/// Long lines are quoted until they have so many bytes together.
const MOST_OF_LONG_LINES: usize = 2 * 1024 * 1024;

/// So many columns are underlined at most, so that the label behind them still fits a line.
const MOST_UNDERLINED: usize = 100;

/// The findings that people are shown.
pub(crate) fn shown(findings: &[Finding]) -> impl Iterator<Item = &Finding> {
    let (mut errors, mut mild) = (0, 0);
    findings.iter().filter(move |finding| {
        let (seen, most) = match finding.diagnostic.severity {
            Severity::Error => (&mut errors, MOST_ERRORS),
            Severity::Warning | Severity::Advice => (&mut mild, MOST_MILD),
        };
        *seen += 1;
        *seen <= most
    })
}

/// Writes findings one under the other, each as the compiler of a programming language would.
pub(crate) fn render(findings: &[Finding], sources: &Sources, page: &mut Page) {
    let renderer = Renderer::styled();
    let mut left = MOST_OF_LONG_LINES;
    let mut hidden = findings.len();
    for finding in shown(findings) {
        page.laid_out(&renderer.render(&[group(finding, sources, &mut left)]));
        page.end();
        hidden -= 1;
    }
    if hidden > 0 {
        page.line(&format!("{hidden} more, all of them with `--format json`.")).end();
    }
}

/// `2 errors, 1 warning`.
pub(crate) fn tally(findings: &[Finding]) -> String {
    let of = |severity: Severity| findings.iter().filter(|f| f.diagnostic.severity == severity).count();
    let mut parts = Vec::new();
    if of(Severity::Error) > 0 {
        parts.push(count(of(Severity::Error), "error"));
    }
    if of(Severity::Warning) > 0 {
        parts.push(count(of(Severity::Warning), "warning"));
    }
    if of(Severity::Advice) > 0 {
        parts.push(format!("{} of advice", count(of(Severity::Advice), "piece")));
    }
    parts.join(", ")
}

/// True if one of them is an error.
pub(crate) fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.diagnostic.severity == Severity::Error)
}

/// `left` is how many bytes of long lines may still be quoted.
fn group<'a>(finding: &'a Finding, sources: &'a Sources, left: &mut usize) -> Group<'a> {
    let Finding { diagnostic, file } = finding;
    let Diagnostic { code, severity, message, address: _, place, label, related, hint, quotable } = &**diagnostic;
    let mut group = Group::with_title(level(*severity).primary_title(one_line(message)).id(code.0));
    match place {
        Some(span) => match sources.place(*span) {
            Some(place) if !place.fits(left) => {
                group = with_origin(group, Some(place.file), Some((place.line, place.column)));
                group = group.element(Level::NOTE.message(one_line(if label.is_empty() { message } else { label })));
            }
            Some(place) => group = group.element(snippet(place, label, AnnotationKind::Primary, *quotable)),
            None => group = with_origin(group, sources.name(*span), None),
        },
        None => {
            let (name, position) = file.as_ref().map(|file| (file.name.as_str(), file.position)).unzip();
            group = with_origin(group, name, position.flatten());
        }
    }
    for other in related {
        let place = sources.place(other.span).filter(|place| place.fits(left));
        if let Some(place) = place {
            group = group.element(snippet(place, &other.text, AnnotationKind::Context, false));
        }
    }
    if let Some(hint) = hint {
        group = group.element(Level::HELP.message(one_line(hint)));
    }
    group
}

fn with_origin<'a>(group: Group<'a>, file: Option<&str>, position: Option<(usize, usize)>) -> Group<'a> {
    let Some(file) = file else { return group };
    let origin = Origin::path(one_line(file));
    group.element(match position {
        Some((line, column)) => origin.line(line).char_column(column),
        None => origin,
    })
}

fn snippet<'a>(place: Place<'_>, label: &str, kind: AnnotationKind, quotable: bool) -> Snippet<'a, Annotation<'a>> {
    let (line, span) = place.quoted(quotable);
    let annotation = kind.span(span);
    let annotation = if label.is_empty() { annotation } else { annotation.label(one_line(label)) };
    Snippet::source(line).line_start(place.line).path(one_line(place.file)).fold(false).annotation(annotation)
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Advice => Level::NOTE.with_name("advice"),
    }
}

fn one_line(text: &str) -> String {
    inert(text).into_owned()
}

/// A finding for programs.
#[derive(Debug, Serialize)]
pub(crate) struct FindingJson<'a> {
    code: &'static str,
    severity: String,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    #[serde(flatten)]
    place: PlaceJson<'a>,
    #[serde(skip_serializing_if = "str::is_empty")]
    label: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<RelatedJson<'a>>,
}

impl FindingJson<'_> {
    /// The finding on one line.
    pub(crate) fn line(&self) -> String {
        let Self { code, severity, message, address: _, place, label: _, hint: _, related: _ } = self;
        let PlaceJson { file, line, column, length: _ } = place;
        let parts =
            [file.map(str::to_owned), line.map(|line| line.to_string()), column.map(|column| column.to_string())];
        let place = parts.into_iter().flatten().map(|part| format!("{part}:")).collect::<String>();
        format!("{severity}[{code}] {place} {message}")
    }
}

/// A place for programs; line and column from 1, the column in characters.
#[derive(Debug, Default, Serialize)]
struct PlaceJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<usize>,
}

#[derive(Debug, Serialize)]
struct RelatedJson<'a> {
    #[serde(flatten)]
    place: PlaceJson<'a>,
    text: &'a str,
}

/// The findings for programs.
pub(crate) fn json<'a>(findings: &'a [Finding], sources: &'a Sources) -> Vec<FindingJson<'a>> {
    findings.iter().map(|finding| finding_json(finding, sources)).collect()
}

fn finding_json<'a>(finding: &'a Finding, sources: &'a Sources) -> FindingJson<'a> {
    let Finding { diagnostic, file } = finding;
    let Diagnostic { code, severity, message, address, place, label, related, hint, quotable: _ } = &**diagnostic;
    FindingJson {
        code: code.0,
        severity: severity.to_string(),
        message,
        address: address.as_ref().map(|address| address.as_str()),
        place: match place {
            Some(span) => place_json(*span, sources),
            None => unread_json(file.as_ref()),
        },
        label,
        hint: hint.as_deref(),
        related: related
            .iter()
            .map(|label| RelatedJson { place: place_json(label.span, sources), text: &label.text })
            .collect(),
    }
}

fn unread_json(file: Option<&Unread>) -> PlaceJson<'_> {
    let position = file.and_then(|file| file.position);
    PlaceJson {
        file: file.map(|file| file.name.as_str()),
        line: position.map(|(line, _)| line),
        column: position.map(|(_, column)| column),
        length: None,
    }
}

fn place_json(span: Span, sources: &Sources) -> PlaceJson<'_> {
    match sources.place(span) {
        Some(place) => PlaceJson {
            file: Some(place.file),
            line: Some(place.line),
            column: Some(place.column),
            length: Some(place.length),
        },
        None => PlaceJson { file: sources.name(span), ..PlaceJson::default() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use deskform_model::Code;

    const CODE: Code = Code("BH201");

    fn span(text: &str, part: &str) -> Span {
        let start = text.find(part).expect("the part is in the text");
        let end = start + part.len();
        Span { file: FileId(1), start: u32::try_from(start).expect("small"), end: u32::try_from(end).expect("small") }
    }

    fn check(text: &str, diagnostic: Diagnostic, expected: &str) {
        let findings = [Finding::from(diagnostic)];
        let names = ["deskform.toml".to_owned(), "brands/札幌.toml".to_owned()];
        let sources = Sources::of(&findings, &names, |_, _| Some(text.to_owned()));
        let mut page = Page::new();
        render(&findings, &sources, &mut page);
        assert_eq!(page.plain(), expected);
    }

    #[test]
    fn a_quotable_place_shows_itself_and_nothing_else_of_the_line() {
        let text = "\na = { 名 = \"札幌\", time_zone = \"Asia/Tokio\" } # 東京\n";
        let diagnostic = Diagnostic::error(CODE, "unknown time zone `Asia/Tokio`")
            .at(span(text, "\"Asia/Tokio\""), "not an IANA name")
            .hint("Did you mean `Asia/Tokyo`?")
            .quotable();
        check(
            text,
            diagnostic,
            "\
error[BH201]: unknown time zone `Asia/Tokio`
 --> brands/札幌.toml:2:29
  |
2 | a = { 名 = \"**\", time_zone = \"Asia/Tokio\" }
  |                              ^^^^^^^^^^^^ not an IANA name
  |
  = help: Did you mean `Asia/Tokyo`?

",
        );
    }

    #[test]
    fn a_place_that_may_be_a_secret_is_masked() {
        let text = "[mail.x]\npassword = \"hunter2\" # old: hunter1\n";
        let diagnostic = Diagnostic::error(CODE, "a secret is written out").at(span(text, "\"hunter2\""), "here");
        check(
            text,
            diagnostic,
            "\
error[BH201]: a secret is written out
 --> brands/札幌.toml:2:12
  |
2 | password = *********
  |            ^^^^^^^^^ here

",
        );
    }

    #[test]
    fn a_place_in_another_file_is_a_second_snippet() {
        let text = "[brand.a]\n[brand.a]\n";
        let first = Span { file: FileId(0), start: 0, end: 9 };
        let second = Span { file: FileId(1), start: 10, end: 19 };
        let diagnostic =
            Diagnostic::error(CODE, "`brand.a` is declared twice").at(second, "again").with(first, "first").quotable();
        check(
            text,
            diagnostic,
            "\
error[BH201]: `brand.a` is declared twice
 --> brands/札幌.toml:2:1
  |
2 | [brand.a]
  | ^^^^^^^^^ again
  |
 ::: deskform.toml:1:1
  |
1 | [brand.a]
  | --------- first

",
        );
    }

    #[test]
    fn text_of_a_file_cannot_reach_the_terminal_as_a_command() {
        let text = "k\u{1b}[2J = \"\u{202e}x\"\n";
        let diagnostic = Diagnostic::error(CODE, "bad \u{1b}[31mkey").at(span(text, "\"\u{202e}x\""), "").quotable();
        check(
            text,
            diagnostic,
            "\
error[BH201]: bad \\u{1b}[31mkey
 --> brands/札幌.toml:1:9
  |
1 | ***** * \"\u{fffd}x\"
  |         ^^^^

",
        );
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named_without_a_line() {
        let mut diagnostic = Diagnostic::error(Code("MF901"), "the file cannot be read: permission denied");
        diagnostic.hint = Some("Make the file readable.".to_owned());
        let findings = [Finding::of_file("brands/a.toml", diagnostic)];
        let mut page = Page::new();
        render(&findings, &Sources::default(), &mut page);
        assert_eq!(
            page.plain(),
            "\
error[MF901]: the file cannot be read: permission denied
--> brands/a.toml
 = help: Make the file readable.

"
        );
    }

    #[test]
    fn programs_get_columns_in_characters() {
        let text = "名 = { z = \"x\" }\n";
        let findings = [Finding::from(Diagnostic::error(CODE, "m").at(span(text, "\"x\""), "l"))];
        let sources = Sources::of(&findings, &["a.toml".to_owned(), "b.toml".to_owned()], |_, _| Some(text.to_owned()));
        assert_eq!(
            serde_json::to_string(&json(&findings, &sources)).expect("JSON"),
            r#"[{"code":"BH201","severity":"error","message":"m","file":"b.toml","line":1,"column":11,"length":3,"label":"l"}]"#
        );
    }
}
