//! The fields of a change that differ.

use deskform_model::{Cause, Edit, FieldPath, Kind, ListShape};
use serde_json::Value;

use crate::render::fields::labelled;
use crate::render::value::{NONE, inline, line_diff, side};
use crate::text::{Page, widest, width};

/// Both sides of an edit stand on one line up to this width.
const ONE_LINE: usize = 64;

/// Writes the edits, aligned: `path  before -> after`.
pub(crate) fn human(kind: Option<&dyn Kind>, edits: &[Edit], replaces: bool, page: &mut Page) {
    let lines: Vec<(Line, &Edit)> =
        labelled(edits).into_iter().map(|(path, edit)| (Line::of(kind, path, edit), edit)).collect();
    let path_column = widest(lines.iter().map(|(line, _)| line.path.as_str()), 48);
    let before_column = widest(lines.iter().filter_map(|(line, _)| line.short_before()), 28);
    for (line, edit) in &lines {
        line.human(path_column, before_column, note(kind, edits, edit, replaces), page);
    }
}

/// The edits as lines that begin with `-` for what goes and `+` for what comes.
pub(super) fn diff(kind: Option<&dyn Kind>, edits: &[Edit], replaces: bool) -> Vec<String> {
    let lines = labelled(edits).into_iter();
    lines.flat_map(|(path, edit)| Line::of(kind, path, edit).diff(note(kind, edits, edit, replaces))).collect()
}

/// What is to be said of an edit besides its values.
fn note(kind: Option<&dyn Kind>, edits: &[Edit], edit: &Edit, replaces: bool) -> &'static str {
    let forces = replaces && kind.is_some_and(|kind| is_below_any(kind.replace_only(), &edit.path));
    let outside = edit.cause == Cause::Drift && edits.iter().any(|other| other.cause != Cause::Drift);
    match (forces, outside) {
        (true, _) => "  (cannot change in place)",
        (false, true) => "  (changed outside deskform)",
        (false, false) => "",
    }
}

fn is_below_any(fields: &[FieldPath], path: &FieldPath) -> bool {
    fields.iter().any(|field| path.segments().starts_with(field.segments()))
}

/// One edit, in the form that suits it.
struct Line {
    path: String,
    form: Form,
}

enum Form {
    Short {
        before: String,
        after: String,
    },
    Long {
        before: String,
        after: String,
    },
    /// What is added to a set and taken from it.
    Set {
        added: Vec<String>,
        removed: Vec<String>,
    },
    /// Lines of a text, each with its sign.
    Text(Vec<String>),
    Conflict {
        desired: String,
        applied: String,
        live: String,
    },
}

impl Line {
    fn of(kind: Option<&dyn Kind>, path: String, edit: &Edit) -> Self {
        let Edit { path: field, before, after, cause, applied } = edit;
        let form = if *cause == Cause::Conflict {
            let known = |value: &Option<Value>| side(value.as_ref());
            Form::Conflict { desired: known(after), applied: known(applied), live: known(before) }
        } else {
            Form::of(kind, field, before.as_ref(), after.as_ref())
        };
        Self { path, form }
    }

    fn short_before(&self) -> Option<&str> {
        match &self.form {
            Form::Short { before, .. } => Some(before),
            _ => None,
        }
    }

    fn human(&self, path_column: usize, before_column: usize, note: &str, page: &mut Page) {
        page.text("    ").padded(&self.path, path_column).text("  ");
        match &self.form {
            Form::Short { before, after } => {
                page.padded(before, before_column).text(" -> ").text(after).text(note).end();
            }
            Form::Long { before, after } => {
                page.text(note.trim_start()).end();
                page.text("      - ").text(before).end();
                page.text("      + ").text(after).end();
            }
            Form::Set { added, removed } => {
                let signed =
                    |sign: char, items: &[String]| (!items.is_empty()).then(|| format!("{sign} {}", items.join(", ")));
                let mut parts = [signed('+', added), signed('-', removed)].into_iter().flatten();
                page.text(&parts.next().unwrap_or_default()).text(note).end();
                for part in parts {
                    page.blanks(4 + path_column + 2).text(&part).end();
                }
            }
            Form::Text(lines) => {
                page.text(note.trim_start()).end();
                for line in lines {
                    page.text("      ").text(line).end();
                }
            }
            Form::Conflict { desired, applied, live } => {
                page.text("changed here and outside deskform").end();
                for (word, text) in [("declared", desired), ("last applied", applied), ("live", live)] {
                    page.text("      ").padded(word, 14).text(text).end();
                }
            }
        }
    }
}

impl Line {
    fn diff(&self, note: &str) -> Vec<String> {
        let Self { path, form } = self;
        let heading = format!("  {path}{note}");
        let signed = |sign, items: &[String]| items.iter().map(|item| format!("{sign}   {item}")).collect::<Vec<_>>();
        match form {
            Form::Short { before, after } | Form::Long { before, after } => {
                let lines = [('-', before), ('+', after)].into_iter().filter(|(_, value)| value.as_str() != NONE);
                lines.map(|(sign, value)| format!("{sign} {path} = {value}{note}")).collect()
            }
            Form::Set { added, removed } => [vec![heading], signed('-', removed), signed('+', added)].concat(),
            Form::Text(lines) => std::iter::once(heading).chain(lines.iter().cloned()).collect(),
            Form::Conflict { desired, applied, live } => vec![
                format!("! {path}  changed here and outside deskform"),
                format!("-   live          {live}"),
                format!("    last applied  {applied}"),
                format!("+   declared      {desired}"),
            ],
        }
    }
}

impl Form {
    fn of(kind: Option<&dyn Kind>, path: &FieldPath, before: Option<&Value>, after: Option<&Value>) -> Self {
        match (before, after) {
            (Some(Value::Array(before)), Some(Value::Array(after)))
                if kind.is_some_and(|kind| kind.shapes().at(path) == &ListShape::Set) =>
            {
                Self::Set { added: missing(after, before), removed: missing(before, after) }
            }
            _ => {
                if let Some(lines) = line_diff(before, after) {
                    return Self::Text(lines);
                }
                let (before, after) = (side(before), side(after));
                if width(&before) + width(&after) > ONE_LINE {
                    Self::Long { before, after }
                } else {
                    Self::Short { before, after }
                }
            }
        }
    }
}

/// The items that the other list does not have.
fn missing(items: &[Value], other: &[Value]) -> Vec<String> {
    items.iter().filter(|item| !other.contains(item)).map(inline).collect()
}
