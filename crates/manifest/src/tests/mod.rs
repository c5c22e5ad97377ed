//! Texts in, diagnostics out, as whole text.

mod canary;
mod desired;
mod hierarchy;
mod kinds;
mod limits;
mod overlays;
mod project;
mod schema;
mod shape;
mod statements;
mod syntax;
mod tables;
mod whole;

use deskform_model::{Diagnostic, Facts, FileProblem, Registry, Span};

use crate::{Outcome, Reader, read_project};
use kinds::registry;

pub(super) const PROJECT: &str = "[workspace]\nname = \"acme\"\n";

/// Reads a repo; `files` holds names and texts, the first is `deskform.toml`'s text alone.
pub(super) fn read(registry: &Registry, project: &str, files: &[(&str, &str)]) -> (Outcome, Vec<Diagnostic>) {
    let (project, found) = read_project(registry, project);
    let facts = Facts { file: &|_| Err(FileProblem::Missing) };
    let mut reader = Reader::new(registry, project.expect("a project with a name"), facts);
    reader.read(files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
    (reader.finish(), found)
}

/// Compares all diagnostics of one manifest.
#[track_caller]
pub(super) fn check(text: &str, expected: &str) {
    check_files(&[("a.toml", text)], expected);
}

/// Compares all diagnostics of several manifests.
#[track_caller]
pub(super) fn check_files(files: &[(&str, &str)], expected: &str) {
    check_repo(&registry(), PROJECT, files, expected);
}

/// Compares all diagnostics of a repo, those of `deskform.toml` first.
#[track_caller]
pub(super) fn check_repo(registry: &Registry, project: &str, files: &[(&str, &str)], expected: &str) {
    let (outcome, found) = read(registry, project, files);
    let texts: Vec<&str> = std::iter::once(project).chain(files.iter().map(|(_, text)| *text)).collect();
    let all: Vec<&Diagnostic> = found.iter().chain(&outcome.diagnostics).collect();
    let errors = all.iter().any(|d| d.severity == deskform_model::Severity::Error);
    assert_eq!(outcome.desired.is_none(), errors, "something is desired if and only if there is no error");
    same(&shown(&all, &outcome.files, &texts), expected);
}

#[track_caller]
pub(super) fn same(actual: &str, expected: &str) {
    let expected = expected.trim();
    assert!(actual.trim() == expected, "\n<<<actual\n{}\n>>>expected\n{expected}\n", actual.trim());
}

/// A line each: `file:line:column CODE severity message (label) [also file:line:column text] | hint`, with a `*` after the
/// code where the source must not be shown.
pub(super) fn shown(all: &[&Diagnostic], files: &[String], texts: &[&str]) -> String {
    let place = |span: Span| {
        let file = span.file.0 as usize;
        let text = &texts[file];
        let before = &text[..span.start as usize];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap().trim_start_matches('\u{feff}').chars().count() + 1;
        assert!(text.is_char_boundary(span.end as usize), "a span ends at a character");
        format!("{}:{line}:{column}", files[file])
    };
    let mut out = String::new();
    for d in all {
        let at = d.place.map_or("-".to_owned(), place);
        let mask = if d.quotable { "" } else { "*" };
        let about = d.address.as_ref().map_or(String::new(), |address| format!("{address}: "));
        out += &format!("{at} {}{mask} {} {about}{} ({})", d.code, d.severity, d.message, d.label);
        for label in &d.related {
            out += &format!(" [also {} {}]", place(label.span), label.text);
        }
        if let Some(hint) = &d.hint {
            out += &format!(" | {hint}");
        }
        out.push('\n');
    }
    out
}
