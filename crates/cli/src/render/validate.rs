//! What `validate` found.

use serde::Serialize;
use serde_json::Value;

use crate::diagnostics::FindingJson;
use crate::render::Report;
use crate::text::{Page, count, style};

/// Manifests without errors.
#[derive(Serialize)]
pub(crate) struct ValidateReport<'a> {
    pub(crate) valid: bool,
    pub(crate) workspace: String,
    pub(crate) files: usize,
    pub(crate) resources: usize,
    pub(crate) diagnostics: Vec<FindingJson<'a>>,
    /// `1 warning`, for people.
    #[serde(skip)]
    pub(crate) tally: String,
}

impl Report for ValidateReport<'_> {
    fn human(&self, page: &mut Page) {
        let Self { valid: _, workspace, files, resources, diagnostics: _, tally } = self;
        let tally = if tally.is_empty() { String::new() } else { format!(", {tally}") };
        let found = format!("{workspace}: {} in {}{tally}", count(*resources, "resource"), count(*files, "file"));
        page.styled(style::BOLD, "Valid.").text(" ").text(&found).end();
    }

    fn json(&self) -> serde_json::Result<Value> {
        serde_json::to_value(self)
    }
}
