//! A declared resource, value by value, each with the file and line that says it.

use deskform_manifest::{Origin, Said};
use deskform_model::{Address, FieldPath, Source};
use serde::Serialize;
use serde_json::Value;

use crate::render::Report;
use crate::render::value::inline;
use crate::text::{Page, cut, style, widest};

/// Values are shown up to this width; programs get them whole.
const WIDEST: usize = 48;

/// A resource and where its values come from.
pub(crate) struct OriginReport<'a> {
    pub(crate) address: &'a Address,
    pub(crate) title: Option<&'a str>,
    /// The environment that was named.
    pub(crate) environment: Option<&'a str>,
    pub(crate) origins: &'a [Origin],
    /// By file id.
    pub(crate) files: &'a [String],
}

#[derive(Serialize)]
struct OriginJson<'a> {
    address: &'a Address,
    title: Option<&'a str>,
    environment: Option<&'a str>,
    values: Vec<ValueJson<'a>>,
}

#[derive(Serialize)]
struct ValueJson<'a> {
    path: String,
    segments: &'a FieldPath,
    value: Option<&'a Value>,
    /// `manifest`, `overlay`, `unset` or `default`.
    origin: &'static str,
    /// The place that says it; none for a default.
    place: Option<PlaceJson<'a>>,
    /// What the manifest says instead, for an overlay.
    instead_of: Option<PlaceJson<'a>>,
}

#[derive(Serialize)]
struct PlaceJson<'a> {
    file: &'a str,
    line: u32,
}

impl OriginReport<'_> {
    fn place(&self, source: Source) -> PlaceJson<'_> {
        let file = usize::try_from(source.span.file.0).ok().and_then(|at| self.files.get(at));
        PlaceJson { file: file.map_or("", String::as_str), line: source.line }
    }

    fn text(&self, source: Source) -> String {
        let PlaceJson { file, line } = self.place(source);
        format!("{file}:{line}")
    }

    fn said(&self, said: Said) -> String {
        match said {
            Said::Manifest(source) | Said::Overlay(source, None) => self.text(source),
            Said::Overlay(source, Some(base)) => format!("{} (instead of {})", self.text(source), self.text(base)),
            Said::Unset(source, base) => format!("{} (takes away {})", self.text(source), self.text(base)),
            Said::Default => "(default)".to_owned(),
        }
    }

    fn value_json<'o>(&'o self, origin: &'o Origin) -> ValueJson<'o> {
        let Origin { path, value, said } = origin;
        let (word, place, instead_of) = match *said {
            Said::Manifest(source) => ("manifest", Some(source), None),
            Said::Overlay(source, base) => ("overlay", Some(source), base),
            Said::Unset(source, base) => ("unset", Some(source), Some(base)),
            Said::Default => ("default", None, None),
        };
        ValueJson {
            path: path.to_string(),
            segments: path,
            value: value.as_ref(),
            origin: word,
            place: place.map(|source| self.place(source)),
            instead_of: instead_of.map(|source| self.place(source)),
        }
    }
}

impl Report for OriginReport<'_> {
    fn human(&self, page: &mut Page) {
        let Self { address, title, environment, origins, files: _ } = self;
        page.styled(style::BOLD, &format!("[{address}]"));
        page.text(&environment.map(|name| format!(" in {name}")).unwrap_or_default());
        if let Some(title) = title {
            page.text("  # ").text(title);
        }
        page.end();
        let line = |origin: &Origin| {
            let value = origin.value.as_ref().map_or_else(|| "(none)".to_owned(), inline);
            (origin.path.to_string(), cut(&value, WIDEST).into_owned(), self.said(origin.said))
        };
        let lines: Vec<_> = origins.iter().map(line).collect();
        let path_column = widest(lines.iter().map(|(path, _, _)| path.as_str()), 40);
        let value_column = widest(lines.iter().map(|(_, value, _)| value.as_str()), WIDEST);
        for (path, value, said) in &lines {
            page.padded(path, path_column).text(" = ").padded(value, value_column).text("  ").text(said).end();
        }
    }

    fn json(&self) -> serde_json::Result<Value> {
        let Self { address, title, environment, origins, files: _ } = self;
        let values = origins.iter().map(|origin| self.value_json(origin)).collect();
        serde_json::to_value(OriginJson { address, title: *title, environment: *environment, values })
    }
}
