//! What people and programs read: one module a result, each with both forms.

pub(crate) mod apply;
pub(crate) mod audit;
pub(crate) mod diff;
pub(crate) mod drift;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod fields;
pub(crate) mod graph;
pub(crate) mod init;
pub(crate) mod manual;
pub(crate) mod markdown;
pub(crate) mod origin;
pub(crate) mod plan;
pub(crate) mod refusal;
pub(crate) mod schema;
pub(crate) mod show;
pub(crate) mod status;
pub(crate) mod validate;
pub(crate) mod value;

use deskform_model::{Document, Registry};
use serde_json::{Value, json};

use crate::render::markdown::Markdown;
use crate::text::Page;

/// The version of the JSON documents that commands print.
pub(crate) const JSON_VERSION: u32 = 1;

/// A result.
pub(crate) trait Report {
    /// For people.
    fn human(&self, page: &mut Page);

    /// For people who have seen the first part on the screen already.
    fn human_rest(&self, page: &mut Page) {
        self.human(page);
    }

    /// For a comment; a fence round what people read, if there is nothing better.
    fn markdown(&self) -> Markdown {
        let mut page = Page::new();
        self.human(&mut page);
        markdown::fenced("", &page.plain())
    }

    /// For Graphviz; what is no graph is a comment. The command line takes the format where there is a graph only.
    fn dot(&self, page: &mut Page) {
        let mut human = Page::new();
        self.human(&mut human);
        for line in human.plain().lines() {
            page.text("// ").text(line).end();
        }
    }

    /// For programs: the members of the document besides `format_version` and `command`.
    fn json(&self) -> serde_json::Result<Value>;
}

/// A stored document as its manifest would say it; as stored where it hides a secret or cannot be read.
pub(crate) fn content(registry: &Registry, document: &Document) -> Value {
    let shown = registry.shown(document);
    let stored: Option<Value> = serde_json::from_str(document.text()).ok();
    if stored.as_ref() != Some(&shown) {
        return shown;
    }
    let (Ok((spec, lifecycle)), Some(kind)) = (registry.open(document), registry.get(document.kind().as_str())) else {
        return shown;
    };
    let mut content = kind.to_manifest(&spec);
    if lifecycle.protected
        && let Value::Object(table) = &mut content
    {
        table.insert("lifecycle".to_owned(), json!({ "protected": true }));
    }
    content
}

/// What a stored document is called.
pub(crate) fn title(registry: &Registry, document: &Document) -> Option<String> {
    let (spec, _) = registry.open(document).ok()?;
    registry.get(document.kind().as_str())?.outline(&spec).title
}
