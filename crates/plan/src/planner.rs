//! The stages of planning, one after the other.

use std::collections::BTreeMap;

use deskform_model::{
    Address, Desired, Diagnostic, DriftNote, Live, PlanBody, Precondition, Refusal, Registry, Severity, StoreIdentity,
    Unmanaged,
};

use crate::changes::{Changes, Context};
use crate::exclusive::Handovers;
use crate::hints::Pending;
use crate::{exclusive, guards, hints, order, preconditions, safeguards, state};

/// What planning gives.
#[derive(Debug, Clone, Default)]
pub struct Planned {
    /// The plan; empty if there is an error among the diagnostics.
    pub body: PlanBody,
    /// What is wrong with the manifests in face of this store, and advice. An error: nothing may be applied.
    pub diagnostics: Vec<Diagnostic>,
    /// What somebody changed outside deskform.
    pub drift: Vec<DriftNote>,
    /// Resources that nobody owns and that the plan leaves alone.
    pub unmanaged: Vec<Unmanaged>,
    /// Names of the changed resources, for people.
    pub titles: BTreeMap<Address, String>,
    /// How many declared resources need no change.
    pub unchanged: u64,
}

/// Plans: what has to change so that the store holds what is desired.
///
/// `live` must hold the detail that [`crate::wanted`] names.
pub fn plan(registry: &Registry, desired: &Desired, live: &Live) -> Planned {
    let mut planned = Planned::default();
    let pending = hints::pending(desired, live, &mut planned.diagnostics);
    planned.unmanaged = unmanaged(live, &pending);
    let state = state::State::after_moves(registry, desired, live, &pending.moves);
    let ctx = Context { registry, desired, live, pending: &pending, state: &state };
    let mut changes = Changes::work_out(&ctx, &mut planned.diagnostics);
    planned.diagnostics.sort_by(|a, b| (a.place, a.code, &a.message).cmp(&(b.place, b.code, &b.message)));
    if planned.diagnostics.iter().any(|d| d.severity == Severity::Error) {
        return planned;
    }

    let handovers = exclusive::handovers(&ctx, &changes);
    // What the plan rests on and the order of its changes have nothing to do with each other.
    let ((preconditions, refusals), order) = std::thread::scope(|scope| {
        let conditions = scope.spawn(|| conditions(&ctx, &changes, &handovers));
        let order = order::Order::of(&changes, &handovers);
        (conditions.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), order)
    });

    planned.unchanged = changes.unchanged(desired);
    planned.drift = std::mem::take(&mut changes.drift);
    planned.titles = std::mem::take(&mut changes.titles);
    planned.body = PlanBody {
        workspace: Some(desired.workspace.clone()),
        lineage: live.store.as_ref().map(|store| store.lineage.clone()),
        label: label(desired, live.store.as_ref()),
        records: std::mem::take(&mut changes.records),
        steps: order.steps(changes),
        preconditions,
        refusals,
    };
    if planned.body.is_empty() {
        planned.body.preconditions.clear();
    }
    planned
}

/// What the changes rest on, and what speaks against them; both sorted.
fn conditions(ctx: &Context<'_>, changes: &Changes, handovers: &Handovers) -> (Vec<Precondition>, Vec<Refusal>) {
    let mut refusals = guards::refusals(ctx, changes);
    refusals.extend(handovers.refusals.iter().cloned());
    let safeguards = safeguards::judged(ctx, changes);
    refusals.extend(safeguards.refusals);
    refusals.sort_by(|a, b| (&a.code, &a.addresses).cmp(&(&b.code, &b.addresses)));
    let mut preconditions = preconditions::preconditions(ctx, changes);
    preconditions.extend(handovers.sets.iter().cloned());
    preconditions.extend(safeguards.rests_on);
    preconditions.sort();
    preconditions.dedup();
    (preconditions, refusals)
}

/// The label that the store carries, or is given when it is made.
fn label(desired: &Desired, store: Option<&StoreIdentity>) -> Option<String> {
    store.map_or_else(|| desired.label.clone(), |store| store.label.clone())
}

/// What nobody owns, after the plan too.
fn unmanaged(live: &Live, pending: &Pending) -> Vec<Unmanaged> {
    let nobodys = live.rows.iter().filter(|(address, row)| row.owner.is_none() && !pending.adopts.contains(*address));
    nobodys.map(|(address, _)| Unmanaged { address: address.clone() }).collect()
}
