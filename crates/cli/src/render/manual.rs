//! Completion scripts and pages of the manual: text that this program made for other programs.

use serde::Serialize;
use serde_json::Value;

use crate::render::Report;
use crate::text::Page;

/// One text.
#[derive(Serialize)]
pub(crate) struct TextReport {
    /// The shell or the command.
    pub(crate) about: String,
    pub(crate) text: String,
}

impl Report for TextReport {
    fn human(&self, page: &mut Page) {
        page.lines(&self.text);
    }

    fn json(&self) -> serde_json::Result<Value> {
        serde_json::to_value(self)
    }
}

/// The pages that were written to a folder.
#[derive(Serialize)]
pub(crate) struct ManualReport {
    pub(crate) folder: String,
    pub(crate) pages: Vec<String>,
}

impl Report for ManualReport {
    fn human(&self, page: &mut Page) {
        let Self { folder, pages } = self;
        for name in pages {
            page.line(name);
        }
        page.text("Written to ").text(folder).end();
    }

    fn json(&self) -> serde_json::Result<Value> {
        serde_json::to_value(self)
    }
}
