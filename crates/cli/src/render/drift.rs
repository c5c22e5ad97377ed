//! Drift: what somebody changed outside deskform, from its three sides.

use deskform_model::Address;
use deskform_plan::{DriftEdit, DriftReport, DriftState, Drifted};
use serde::Serialize;
use serde_json::Value;

use crate::diagnostics::FindingJson;
use crate::render::Report;
use crate::render::fields::labelled;
use crate::render::markdown::Markdown;
use crate::render::value::{line_diff, side};
use crate::text::{Page, count, cut, style, widest};

mod comment;

/// At most so many addresses of a list are named.
const MOST_NAMED: usize = 10;

/// What drifted, and what is no drift.
pub(crate) struct DriftView<'a> {
    pub(crate) report: &'a DriftReport,
    /// False if the manifests could not be read and last applied stood in for them.
    pub(crate) manifests_read: bool,
    pub(crate) findings: Vec<FindingJson<'a>>,
}

impl Report for DriftView<'_> {
    fn human(&self, page: &mut Page) {
        let DriftReport { workspace: _, store: _, drifted, pending, recordable, unmanaged, checked } = self.report;
        let target = target_of(self.report, str::to_owned);
        let columns = Columns::of(drifted);
        for resource in drifted {
            columns.block(resource, self.manifests_read, page);
        }
        let checked = count(usize::try_from(*checked).unwrap_or(usize::MAX), "resource");
        if drifted.is_empty() {
            page.styled(style::BOLD, "No drift.").text(&format!(" {target}: {checked} checked.")).end();
        }
        named(page, "Not applied yet, no drift", pending);
        named(page, "Changed outside into what is declared, no drift", recordable);
        named(page, "Owned by nobody, no drift", unmanaged);
        if !drifted.is_empty() {
            page.styled(style::BOLD, &format!("Drift in {target}:"));
            page.text(&format!(" {} drifted, {} pending, {checked} checked.", drifted.len(), pending.len())).end();
        }
    }

    fn markdown(&self) -> Markdown {
        comment::markdown(self)
    }

    fn json(&self) -> serde_json::Result<Value> {
        let DriftReport { workspace, store, drifted, pending, recordable, unmanaged, checked } = self.report;
        serde_json::to_value(DriftJson {
            drift: !drifted.is_empty(),
            workspace: workspace.as_str(),
            lineage: store.as_ref().map(|store| store.lineage.as_str()),
            label: store.as_ref().and_then(|store| store.label.as_deref()),
            manifests_read: self.manifests_read,
            drifted: drifted.iter().map(DriftedJson::of).collect(),
            pending,
            recordable,
            unmanaged,
            checked: *checked,
            diagnostics: &self.findings,
        })
    }
}

/// `acme-support on production`, with the label, which may be anything, in the form that is given.
fn target_of(report: &DriftReport, shown: fn(&str) -> String) -> String {
    match report.store.as_ref().and_then(|store| store.label.as_deref()) {
        Some(label) => format!("{} on {}", report.workspace, shown(label)),
        None => report.workspace.to_string(),
    }
}

/// The sign of what happened to a resource, and its style.
fn sign(state: DriftState) -> (&'static str, anstyle::Style) {
    match state {
        DriftState::Changed => ("~", style::YELLOW),
        DriftState::Created => ("+", style::GREEN),
        DriftState::Deleted => ("-", style::RED),
        DriftState::Disowned | DriftState::Unreadable => ("!", style::RED),
    }
}

fn named(page: &mut Page, what: &str, addresses: &[Address]) {
    if addresses.is_empty() {
        return;
    }
    page.line(&format!("{what} ({}):", addresses.len()));
    for address in addresses.iter().take(MOST_NAMED) {
        page.text("    ").text(address.as_str()).end();
    }
    if addresses.len() > MOST_NAMED {
        page.line(&format!("    and {} more", addresses.len() - MOST_NAMED));
    }
}

struct Columns {
    address: usize,
}

impl Columns {
    fn of(drifted: &[Drifted]) -> Self {
        Self { address: widest(drifted.iter().map(|resource| resource.address.as_str()), 40) }
    }

    fn block(&self, resource: &Drifted, manifests_read: bool, page: &mut Page) {
        let Drifted { address, title, state, edits } = resource;
        let (sign, style) = sign(*state);
        page.styled(style, &format!("{sign} {:<11}", state.word())).padded(address.as_str(), self.address).text("  ");
        page.text(&cut(title.as_deref().unwrap_or_default(), 32)).end();
        for (path, DriftEdit { path: _, desired, applied, live }) in labelled(edits) {
            page.text("    ").text(&path).end();
            let meant = if manifests_read { desired } else { applied };
            if let Some(lines) = line_diff(meant.as_ref(), live.as_ref()) {
                page.text("      live, against what is ")
                    .text(if manifests_read { "declared" } else { "applied" })
                    .end();
                for line in lines {
                    page.text("      ").text(&line).end();
                }
                continue;
            }
            if manifests_read {
                page.text("      declared      ").text(&side(desired.as_ref())).end();
            }
            page.text("      last applied  ").text(&side(applied.as_ref())).end();
            page.text("      live          ").text(&side(live.as_ref())).end();
        }
        page.end();
    }
}

#[derive(Serialize)]
struct DriftJson<'a> {
    drift: bool,
    workspace: &'a str,
    lineage: Option<&'a str>,
    label: Option<&'a str>,
    manifests_read: bool,
    drifted: Vec<DriftedJson<'a>>,
    pending: &'a [Address],
    recordable: &'a [Address],
    unmanaged: &'a [Address],
    checked: u64,
    diagnostics: &'a [FindingJson<'a>],
}

#[derive(Serialize)]
struct DriftedJson<'a> {
    address: &'a Address,
    title: Option<&'a str>,
    state: &'static str,
    edits: Vec<EditJson<'a>>,
}

/// A member that is absent says that the field is not there.
#[derive(Serialize)]
struct EditJson<'a> {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    desired: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    applied: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    live: Option<&'a Value>,
}

impl<'a> DriftedJson<'a> {
    fn of(resource: &'a Drifted) -> Self {
        let Drifted { address, title, state, edits } = resource;
        let edits = edits.iter().map(|DriftEdit { path, desired, applied, live }| EditJson {
            path: path.to_string(),
            desired: desired.as_ref(),
            applied: applied.as_ref(),
            live: live.as_ref(),
        });
        Self { address, title: title.as_deref(), state: state.word(), edits: edits.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use deskform_model::FieldPath;
    use serde_json::json;

    fn address(text: &str) -> Address {
        Address::parse(text).expect("legal")
    }

    fn report(drifted: Vec<Drifted>) -> DriftReport {
        DriftReport {
            workspace: "acme".parse().expect("legal"),
            store: None,
            drifted,
            pending: vec![address("brand.p")],
            recordable: vec![],
            unmanaged: vec![],
            checked: 3,
        }
    }

    fn check(report: &DriftReport, manifests_read: bool, expected: &str) {
        let mut page = Page::new();
        DriftView { report, manifests_read, findings: vec![] }.human(&mut page);
        assert_eq!(page.plain(), expected);
    }

    #[test]
    fn pending_changes_are_no_drift() {
        check(
            &report(vec![]),
            true,
            "No drift. acme: 3 resources checked.\nNot applied yet, no drift (1):\n    brand.p\n",
        );
    }

    #[test]
    fn a_field_that_drifted_shows_its_three_sides() {
        let edit = DriftEdit {
            path: FieldPath::keys(["weekly", "sun"]),
            desired: Some(json!([])),
            applied: Some(json!([])),
            live: Some(json!(["10:00-17:00"])),
        };
        let drifted = vec![
            Drifted {
                address: address("business_hours.tokyo"),
                title: Some("東京".to_owned()),
                state: DriftState::Changed,
                edits: vec![edit],
            },
            Drifted { address: address("brand.x"), title: None, state: DriftState::Deleted, edits: vec![] },
        ];
        check(
            &report(drifted.clone()),
            true,
            "\
~ changed    business_hours.tokyo  東京
    weekly.sun
      declared      []
      last applied  []
      live          [\"10:00-17:00\"]

- deleted    brand.x

Not applied yet, no drift (1):
    brand.p
Drift in acme: 2 drifted, 1 pending, 3 resources checked.
",
        );
        let mut page = Page::new();
        DriftView { report: &report(drifted), manifests_read: false, findings: vec![] }.human(&mut page);
        assert!(!page.plain().contains("declared  "));
    }

    #[test]
    fn a_text_of_several_lines_that_drifted_shows_the_lines() {
        let edit = DriftEdit {
            path: FieldPath::keys(["signature_template"]),
            desired: Some(json!("Acme\nSupport\nTokyo")),
            applied: Some(json!("Acme\nSupport\nTokyo")),
            live: Some(json!("Acme\nSales\nTokyo")),
        };
        let drifted =
            Drifted { address: address("brand.a"), title: None, state: DriftState::Changed, edits: vec![edit] };
        check(
            &DriftReport { pending: vec![], ..report(vec![drifted]) },
            true,
            "\
~ changed    brand.a
    signature_template
      live, against what is declared
      - Support
      + Sales

Drift in acme: 1 drifted, 0 pending, 3 resources checked.
",
        );
    }
}
