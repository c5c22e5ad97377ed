//! What a store is and what it guarantees.

use deskform_store::{Guaranteed, StoreStatus, WorkspaceStatus};
use serde::Serialize;
use serde_json::Value;

use crate::render::Report;
use crate::text::{Page, count, style, widest};

/// The state of a store.
pub(crate) struct StatusReport<'a> {
    pub(crate) url: String,
    pub(crate) status: &'a StoreStatus,
}

#[derive(Serialize)]
struct StatusJson<'a> {
    url: &'a str,
    lineage: &'a str,
    label: Option<&'a str>,
    engine: &'static str,
    engine_version: &'a str,
    schema: u32,
    resources: u64,
    unmanaged: u64,
    workspaces: Vec<WorkspaceJson<'a>>,
    guarantees: Vec<GuaranteeJson>,
}

#[derive(Serialize)]
struct WorkspaceJson<'a> {
    name: &'a str,
    runs: u64,
    entries: u64,
    head: Option<String>,
    resources: u64,
}

#[derive(Serialize)]
struct GuaranteeJson {
    name: &'static str,
    holds: bool,
}

impl Report for StatusReport<'_> {
    fn human(&self, page: &mut Page) {
        let Self { url, status } = self;
        let StoreStatus { identity, schema, engine, version, workspaces, rows, unmanaged, guarantees } = status;
        page.styled(style::BOLD, url).end();
        let fields = [
            ("lineage", identity.lineage.to_string()),
            ("label", identity.label.clone().unwrap_or_else(|| "(none)".to_owned())),
            ("engine", format!("{} {version}", engine.name())),
            ("schema", schema.to_string()),
            ("resources", format!("{rows} ({unmanaged} owned by nobody)")),
        ];
        for (name, text) in fields {
            page.text("  ").padded(name, 12).text(&text).end();
        }
        let column = widest(workspaces.iter().map(|workspace| workspace.name.as_str()), 40);
        for WorkspaceStatus { name, serial, seq, head, owned } in workspaces {
            page.text("  workspace   ").padded(name.as_str(), column);
            let owned = count(usize::try_from(*owned).unwrap_or(usize::MAX), "resource");
            page.text(&format!("  {owned}, run {serial}, entry {seq}")).end();
            if let Some(head) = head {
                page.text("    head      ").text(&head.to_string()).end();
            }
        }
        for Guaranteed { guarantee, holds } in guarantees {
            page.text("  guarantee   ").padded(guarantee.name(), 24);
            page.text(if *holds { "holds" } else { "missing on this engine" }).end();
        }
    }

    fn json(&self) -> serde_json::Result<Value> {
        let Self { url, status } = self;
        let StoreStatus { identity, schema, engine, version, workspaces, rows, unmanaged, guarantees } = status;
        serde_json::to_value(StatusJson {
            url,
            lineage: identity.lineage.as_str(),
            label: identity.label.as_deref(),
            engine: engine.name(),
            engine_version: version,
            schema: *schema,
            resources: *rows,
            unmanaged: *unmanaged,
            workspaces: workspaces.iter().map(WorkspaceJson::of).collect(),
            guarantees: guarantees
                .iter()
                .map(|Guaranteed { guarantee, holds }| GuaranteeJson { name: guarantee.name(), holds: *holds })
                .collect(),
        })
    }
}

impl<'a> WorkspaceJson<'a> {
    fn of(workspace: &'a WorkspaceStatus) -> Self {
        let WorkspaceStatus { name, serial, seq, head, owned } = workspace;
        let head = head.map(|head| head.to_string());
        Self { name: name.as_str(), runs: *serial, entries: *seq, head, resources: *owned }
    }
}
