//! Guards over several kinds, as the registry states them: builds the world that each of them judges.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{Action, Address, Precondition, Refusal, Safeguard, Side, Standing, World};

use crate::changes::{Changes, Context};
use crate::preconditions::existing;

/// What the safeguards found.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    pub(crate) refusals: Vec<Refusal>,
    /// The facts on which the absence of a refusal rests.
    pub(crate) rests_on: Vec<Precondition>,
}

/// Asks every safeguard whose kinds the changes touch.
pub(crate) fn judged(ctx: &Context<'_>, changes: &Changes) -> Judged {
    let actions: Actions<'_> = changes.nodes.iter().map(|node| (&node.change.address, node.change.action)).collect();
    let mut judged = Judged::default();
    for safeguard in ctx.registry.safeguards() {
        let touched = actions.keys().any(|address| safeguard.kinds().contains(&address.kind()));
        if !touched {
            continue;
        }
        let verdict = safeguard.judge(&world(ctx, changes, &actions, safeguard));
        judged.refusals.extend(verdict.breaches.into_iter().map(Refusal::from));
        let further = verdict.rests_on.iter().filter(|address| !actions.contains_key(address));
        judged.rests_on.extend(further.map(|address| existing(ctx, address)));
    }
    judged
}

/// The last thing that is done to each resource.
type Actions<'c> = BTreeMap<&'c Address, Action>;

fn world<'w>(ctx: &Context<'w>, changes: &Changes, actions: &Actions<'_>, safeguard: &dyn Safeguard) -> World<'w> {
    let follows: BTreeSet<&Address> =
        changes.nodes.iter().flat_map(|node| &node.change.follows).map(|follow| &follow.address).collect();
    let kinds = safeguard.kinds();
    let standing = |address: &Address| {
        let written = actions.contains_key(address) || follows.contains(address);
        if written { Standing::Written } else { Standing::Kept }
    };
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let judged = |address: &&Address| kinds.contains(&address.kind());
    for (address, row) in ctx.state.rows.iter().filter(|(address, _)| judged(address)) {
        before.push((address, standing(address), &row.live.document));
        let action = actions.get(address);
        if !ctx.desired.resources.contains_key(address) && action != Some(&Action::Delete) {
            let standing = if action == Some(&Action::Forget) { Standing::Foreign } else { Standing::Kept };
            after.push((address, standing, &row.live.document));
        }
    }
    for (address, resource) in ctx.desired.resources.iter().filter(|(address, _)| judged(address)) {
        after.push((address, standing(address), &resource.document));
        // A row that was not read is known to be as declared.
        if ctx.is_ours(address) && !ctx.state.rows.contains_key(address) {
            before.push((address, Standing::Kept, &resource.document));
        }
    }
    let foreign = ctx.live.detail.documents.iter().filter(|(address, _)| judged(address) && !ctx.is_ours(address));
    for (address, document) in foreign {
        before.push((address, Standing::Foreign, document));
        if !ctx.desired.resources.contains_key(address) {
            after.push((address, Standing::Foreign, document));
        }
    }
    World { before: Side::new(ctx.registry, before), after: Side::new(ctx.registry, after) }
}
