//! What a new config repo consists of, and what to do next.

use deskform_model::WorkspaceName;
use serde::Serialize;
use serde_json::Value;

use crate::render::Report;
use crate::text::{Page, quoted, style};

/// A new config repo.
#[derive(Serialize)]
pub(crate) struct InitReport {
    pub(crate) folder: String,
    /// The folder as it was named; none for the current one.
    #[serde(skip)]
    pub(crate) enter: Option<String>,
    pub(crate) workspace: WorkspaceName,
    pub(crate) files: Vec<String>,
    /// TOML files that were there before and are manifests from now on.
    pub(crate) also_read: Vec<String>,
}

impl Report for InitReport {
    fn human(&self, page: &mut Page) {
        let Self { folder, enter, workspace, files, also_read } = self;
        page.styled(style::BOLD, "Created").text(" a config repo for the workspace ").text(workspace.as_str());
        page.text(" in ").text(folder).end();
        for file in files {
            page.text("  ").text(file).end();
        }
        if !also_read.is_empty() {
            page.end().line("These files were there and are read as manifests from now on; list them in `exclude` if they are none:");
            for file in also_read {
                page.text("  ").text(file).end();
            }
        }
        page.end().line("Next: make the files yours, then");
        if let Some(folder) = enter {
            page.text("  cd ").text(&quoted(folder)).end();
        }
        for (command, what) in NEXT {
            page.text("  ").padded(command, 34).text(what).end();
        }
    }

    fn json(&self) -> serde_json::Result<Value> {
        serde_json::to_value(self)
    }
}

const NEXT: [(&str, &str); 4] = [
    ("deskform validate", "says what is wrong, with file and line"),
    ("deskform plan", "says what would change"),
    ("deskform apply", "changes it; the first one creates the store"),
    ("deskform export --adopt --out .", "writes down what a store holds and nobody owns"),
];
