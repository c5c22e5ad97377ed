//! A plan of many changes on one screen: counts first, then what takes something away, and what is refused.

use std::collections::BTreeMap;

use deskform_model::{Action, Change, Plan, Provenance, Registry};

use super::{Blocks, Summary, closing, is_set_back};
use crate::render::refusal::RefusalText;
use crate::text::{Page, count, style, widest};

/// A plan of more changes than this is folded.
pub(super) const MOST_CHANGES: usize = 60;
/// At most so many changes that take something away are named.
const MOST_LOSSES: usize = 8;
/// At most so many refusals are written out.
const MOST_REFUSALS: usize = 3;

/// Writes the plan; never more than 40 lines, however much it changes.
pub(super) fn human(registry: &Registry, plan: &Plan, page: &mut Page) {
    counts(plan, page);
    losses(registry, plan, page);
    let Provenance { unmanaged, .. } = &plan.provenance;
    let set_back = plan.changes().filter(|change| is_set_back(change)).count();
    let besides = [
        (set_back, "changed outside deskform, will be set back"),
        (plan.plan.records.len(), "already as declared, recorded as applied"),
        (unmanaged.len(), "owned by nobody, left alone"),
    ];
    let besides: Vec<_> = besides.into_iter().filter(|(number, _)| *number > 0).collect();
    for (number, what) in &besides {
        page.line(&format!("{}: {what}", count(*number, "resource")));
    }
    if !besides.is_empty() {
        page.end();
    }
    let refusals = &plan.plan.refusals;
    for refusal in refusals.iter().take(MOST_REFUSALS) {
        RefusalText::of(registry, refusal).human(page);
        page.end();
    }
    if refusals.len() > MOST_REFUSALS {
        page.line(&format!("and {} more refusals", refusals.len() - MOST_REFUSALS));
        page.end();
    }
    closing(plan, page);
    page.line("Folded: `--full` shows every change, and so do `--out FILE` and `--format json`.");
}

/// A line for each kind.
fn counts(plan: &Plan, page: &mut Page) {
    let mut kinds: BTreeMap<&str, Summary> = BTreeMap::new();
    for change in plan.changes() {
        kinds.entry(change.address.kind()).or_default().count(change.action);
    }
    let column = widest(kinds.keys().copied(), 32);
    for (kind, summary) in kinds {
        page.padded(kind, column).text("  ").text(&summary.changes()).end();
    }
    page.end();
}

fn losses(registry: &Registry, plan: &Plan, page: &mut Page) {
    let takes = |change: &&Change| matches!(change.action, Action::Delete | Action::Replace | Action::Forget);
    let losses: Vec<&Change> = plan.changes().filter(takes).collect();
    if losses.is_empty() {
        return;
    }
    let blocks = Blocks::new(registry, plan);
    page.styled(style::BOLD, "Deleted, replaced or let go:").end();
    for Change { address, action, .. } in losses.iter().take(MOST_LOSSES) {
        blocks.heading(address, *action, page);
    }
    if losses.len() > MOST_LOSSES {
        page.line(&format!("  and {} more", losses.len() - MOST_LOSSES));
    }
    page.end();
}
