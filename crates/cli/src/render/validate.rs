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
    /// The environment that was named.
    pub(crate) environment: Option<String>,
    pub(crate) files: usize,
    pub(crate) resources: usize,
    pub(crate) diagnostics: Vec<FindingJson<'a>>,
    /// How many findings a waiver keeps from being reported.
    pub(crate) waived: usize,
    /// `1 warning`, for people.
    #[serde(skip)]
    pub(crate) tally: String,
}

impl Report for ValidateReport<'_> {
    fn human(&self, page: &mut Page) {
        let Self { valid: _, workspace, environment, files, resources, diagnostics: _, waived, tally } = self;
        let environment = environment.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
        let mut found =
            format!("{workspace}{environment}: {} in {}", count(*resources, "resource"), count(*files, "file"));
        if !tally.is_empty() {
            found.push_str(&format!(", {tally}"));
        }
        if *waived > 0 {
            found.push_str(&format!(", {waived} waived"));
        }
        page.styled(style::BOLD, "Valid.").text(" ").text(&found).end();
    }

    fn json(&self) -> serde_json::Result<Value> {
        serde_json::to_value(self)
    }
}
