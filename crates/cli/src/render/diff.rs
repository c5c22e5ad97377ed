//! What differs between two environments as declared, resource by resource.

use deskform_model::{Address, Edit, FieldPath, Kind};
use serde::Serialize;
use serde_json::Value;

use crate::render::Report;
use crate::render::plan::edits;
use crate::text::{Page, count, cut, style, widest};

/// Two environments and everything in which they differ.
pub(crate) struct DiffReport<'a> {
    pub(crate) from: Side<'a>,
    pub(crate) to: Side<'a>,
    pub(crate) resources: Vec<Differing<'a>>,
    /// How many resources are the same.
    pub(crate) same: usize,
}

/// One of the two.
#[derive(Serialize)]
pub(crate) struct Side<'a> {
    /// Its name; none for the project without an environment.
    pub(crate) environment: Option<&'a str>,
    /// The label that its store must carry.
    pub(crate) label: Option<&'a str>,
    /// Where its store is, as written.
    pub(crate) store: Option<&'a str>,
}

impl Side<'_> {
    fn name(&self) -> &str {
        self.environment.unwrap_or("the project without an environment")
    }
}

/// A resource that differs.
pub(crate) struct Differing<'a> {
    pub(crate) address: &'a Address,
    pub(crate) kind: Option<&'a dyn Kind>,
    /// `None` where it is declared on the other side alone.
    pub(crate) from: Option<Declared<'a>>,
    pub(crate) to: Option<Declared<'a>>,
    pub(crate) edits: Vec<Edit>,
}

/// A declared resource.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Declared<'a> {
    pub(crate) title: Option<&'a str>,
    pub(crate) file: &'a str,
    pub(crate) line: u32,
}

#[derive(Serialize)]
struct DiffJson<'a> {
    differ: bool,
    from: &'a Side<'a>,
    to: &'a Side<'a>,
    resources: Vec<DifferingJson<'a>>,
    same: usize,
}

#[derive(Serialize)]
struct DifferingJson<'a> {
    address: &'a Address,
    from: Option<Declared<'a>>,
    to: Option<Declared<'a>>,
    fields: Vec<FieldJson<'a>>,
}

#[derive(Serialize)]
struct FieldJson<'a> {
    path: String,
    segments: &'a FieldPath,
    from: Option<&'a Value>,
    to: Option<&'a Value>,
}

impl<'a> DifferingJson<'a> {
    fn of(differing: &'a Differing<'a>) -> Self {
        let Differing { address, kind: _, from, to, edits } = differing;
        let field = |edit: &'a Edit| {
            let Edit { path, before, after, cause: _, applied: _ } = edit;
            FieldJson { path: path.to_string(), segments: path, from: before.as_ref(), to: after.as_ref() }
        };
        Self { address, from: *from, to: *to, fields: edits.iter().map(field).collect() }
    }
}

impl Report for DiffReport<'_> {
    fn human(&self, page: &mut Page) {
        let Self { from, to, resources, same } = self;
        let (left, right) = (from.name(), to.name());
        let address_column = widest(resources.iter().map(|one| one.address.as_str()), 48);
        for Differing { address, kind, from, to, edits } in resources {
            let (sign, style, note) = match (from, to) {
                (Some(_), None) => ("-", style::RED, format!("only in {left}")),
                (None, _) => ("+", style::GREEN, format!("only in {right}")),
                (Some(_), Some(_)) => ("~", style::YELLOW, String::new()),
            };
            page.styled(style, sign).text(" ").padded(address.as_str(), address_column).text("  ");
            let title = to.or(*from).and_then(|declared| declared.title).unwrap_or_default();
            page.text(&cut(title, 32))
                .text(if title.is_empty() || note.is_empty() { "" } else { "  " })
                .text(&note)
                .end();
            edits::human(*kind, edits, false, page);
            page.end();
        }
        let same = count(*same, "resource");
        if resources.is_empty() {
            page.styled(style::BOLD, "No differences.")
                .text(&format!(" {left} and {right} declare the same {same}."))
                .end();
        } else {
            page.styled(style::BOLD, &format!("{left} -> {right}:"));
            page.text(&format!(" {} differ, {same} are the same.", resources.len())).end();
        }
    }

    fn json(&self) -> serde_json::Result<Value> {
        let Self { from, to, resources, same } = self;
        serde_json::to_value(DiffJson {
            differ: !resources.is_empty(),
            from,
            to,
            resources: resources.iter().map(DifferingJson::of).collect(),
            same: *same,
        })
    }
}
