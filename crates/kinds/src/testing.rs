//! Helpers of the tests: tables as people write them, findings as text.

use std::sync::OnceLock;

use deskform_model::{Facts, FileFact, FileProblem, Kind, Problem, ReadError, Reading, Registry};
use serde_json::Value;

/// The body of a table of TOML, dates as strings, as the reader hands it over.
pub(crate) fn body(text: &str) -> Value {
    let table: toml::Table = toml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    json(toml::Value::Table(table))
}

fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::Array(items) => items.into_iter().map(json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, json(value))).collect(),
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(value) => value.into(),
    }
}

/// The schema of a kind's tables, as it is asked about a table that serde refuses: a format is a word for editors, and that
/// a month has no such day is a finding of the kind.
pub(crate) fn schema(kind: &dyn Kind) -> jsonschema::Validator {
    let options = jsonschema::draft7::options().should_validate_formats(false);
    options.build(kind.manifest_schema()).expect("a legal schema")
}

/// Reads a table. There are the files of [`file`], and no others.
pub(crate) fn read(kind: &str, body: Value) -> Result<Reading, ReadError> {
    static REGISTRY: OnceLock<Registry> = OnceLock::new();
    REGISTRY.get_or_init(crate::registry).get(kind).expect("a kind").read(body.into(), &Facts { file: &file })
}

/// Files by name: `logo.png` is a picture; the others have something wrong with them.
fn file(path: &str) -> Result<FileFact, FileProblem> {
    let fact = |held: &[u8], size| Ok(FileFact { sha256: "0f".repeat(32), size, held: held.to_vec() });
    match path {
        "logo.png" => fact(b"\x89PNG\r\n\x1a\n....", 512 * 1024),
        "art/logo.JPEG" => fact(b"\xff\xd8\xff\xe0", 1),
        "logo.gif" => fact(b"GIF89a..", 800),
        "logo.svg" => fact(b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>", 800),
        "large.png" => fact(b"\x89PNG\r\n\x1a\n....", 512 * 1024 + 1),
        "empty.png" => fact(b"", 0),
        "wrong.svg" => fact(b"\x89PNG\r\n\x1a\n....", 800),
        "active.svg" => fact(b"<svg xmlns=\"http://www.w3.org/2000/svg\">\n<script/></svg>", 800),
        "open.svg" => fact(b"<svg xmlns=\"http://www.w3.org/2000/svg\">\n<g></svg>", 800),
        "packed.svg" => fact(b"\x1f\x8b\x08", 800),
        "page.svg" => fact(b"<html>", 800),
        "logo.webp" => fact(b"RIFF....WEBP", 800),
        "pointer.png" => fact(b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a", 130),
        "../logo.png" => Err(FileProblem::Outside),
        "locked.png" => Err(FileProblem::Unreadable("permission denied".to_owned())),
        _ => Err(FileProblem::Missing),
    }
}

/// The spec of a table that has no error.
pub(crate) fn spec(kind: &str, text: &str) -> Value {
    let reading = read(kind, body(text)).expect("a table that fits its types");
    let errors: Vec<&Problem> =
        reading.problems.iter().filter(|p| p.severity == deskform_model::Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    reading.spec.value()
}

/// What the kind's own checks say to a table, a paragraph each.
pub(crate) fn findings(kind: &str, text: &str) -> String {
    let problems = match read(kind, body(text)) {
        Ok(reading) => reading.problems,
        Err(ReadError::Problems(problems)) => problems,
        Err(ReadError::Shape(error)) => panic!("{error}\n{text}"),
    };
    problems.iter().map(shown).collect()
}

fn shown(problem: &Problem) -> String {
    let Problem { code, severity, path, message, label, hint, quotable } = problem;
    assert!(quotable, "no field of these kinds is secret");
    let hint = hint.as_ref().map(|hint| format!("  {hint}\n")).unwrap_or_default();
    format!("{code} {severity} {path}: {message}\n  {label}\n{hint}")
}

/// Compares the findings with the whole text that is expected; the indentation of the test is taken off.
#[track_caller]
pub(crate) fn check(kind: &str, text: &str, expected: &str) {
    let lines: Vec<&str> = expected.lines().skip_while(|line| line.trim().is_empty()).collect();
    let indent = lines.first().map_or(0, |line| line.len() - line.trim_start().len());
    let lines: Vec<&str> = lines.iter().map(|line| line.get(indent..).unwrap_or_default()).collect();
    assert_eq!(findings(kind, text).trim_end(), lines.join("\n").trim_end(), "\n{text}");
}
