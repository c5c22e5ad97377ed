//! The facts of the store that a plan relies on.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{Action, Address, Digest, Precondition};

use crate::changes::{Changes, Context, Node, Released};

/// Values that changes take, by scope, each with who may hold it nevertheless.
type Taken<'n> = BTreeMap<&'n str, Vec<(&'n str, Vec<Address>)>>;

/// Lists them; sorted and made unique by the caller.
pub(crate) fn preconditions(ctx: &Context<'_>, changes: &Changes) -> Vec<Precondition> {
    // In the order that they are sorted into, as far as that is known, which makes sorting cheap.
    let mut out = Vec::with_capacity(changes.nodes.iter().map(|node| 1 + node.after.unique.len()).sum());
    let mut free = Taken::new();
    let written: BTreeSet<&Address> = changes.nodes.iter().map(|node| &node.change.address).collect();
    let released = changes.released();
    for node in &changes.nodes {
        start(ctx, node, &mut out);
        references(ctx, node, &written, &mut out);
        values(ctx, node, changes, &released, &mut free);
    }
    for record in &changes.records {
        out.push(match record.digest {
            Some(_) => existing(ctx, &record.address),
            None => Precondition::Absent { address: record.address.clone() },
        });
    }
    for (scope, mut values) in free {
        values.sort();
        let free =
            |(value, except)| Precondition::Free { scope: scope.to_owned(), value: str::to_owned(value), except };
        out.extend(values.into_iter().map(free));
    }
    out
}

/// What each change starts from, as it is in the store before the plan.
fn start(ctx: &Context<'_>, node: &Node, out: &mut Vec<Precondition>) {
    let change = &node.change;
    match change.action {
        Action::Create => out.push(Precondition::Absent { address: change.address.clone() }),
        Action::Move => {
            out.push(Precondition::Absent { address: change.address.clone() });
            out.extend(change.follows.iter().map(|follow| existing(ctx, &follow.address)));
            out.push(existing(ctx, &change.address));
        }
        Action::Adopt | Action::Update | Action::Replace | Action::Delete | Action::Forget => {
            out.push(existing(ctx, &change.address));
        }
    }
    if matches!(change.action, Action::Delete | Action::Forget | Action::Move) {
        let origin = change.from.as_ref().unwrap_or(&change.address);
        let referrers = ctx.live.detail.referrers.get(origin).map(Vec::as_slice).unwrap_or_default();
        let ours: BTreeSet<Address> = referrers.iter().map(|r| r.from.clone()).filter(|a| ctx.is_ours(a)).collect();
        out.push(Precondition::Unreferenced { address: origin.clone(), except: ours.into_iter().collect() });
    }
}

/// The row as it is before the plan. One that was not read is as the index says.
pub(crate) fn existing(ctx: &Context<'_>, address: &Address) -> Precondition {
    let (origin, original) = match ctx.state.rows.get(address) {
        Some(row) => (&row.origin, Some(&row.original)),
        None => (address, ctx.live.detail.documents.get(address)),
    };
    let indexed = || ctx.live.rows.get(origin).and_then(|row| row.digest);
    let read = original.map(deskform_model::Document::digest);
    let digest = read.or_else(indexed).unwrap_or_else(|| Digest::from_bytes([0; 32]));
    row(ctx, origin, digest)
}

fn row(ctx: &Context<'_>, address: &Address, digest: Digest) -> Precondition {
    let owner = ctx.live.rows.get(address).and_then(|row| row.owner.clone());
    Precondition::Row { address: address.clone(), digest, owner }
}

/// Targets that this plan does not write itself: ours must be there, others' must be as they were read.
fn references(ctx: &Context<'_>, node: &Node, written: &BTreeSet<&Address>, out: &mut Vec<Precondition>) {
    if !matches!(node.change.action, Action::Create | Action::Update | Action::Replace) {
        return;
    }
    let known: BTreeSet<&Address> = node.before.references.iter().map(|reference| &reference.to).collect();
    for reference in &node.after.references {
        let to = &reference.to;
        if ctx.desired.uses.contains_key(to) {
            out.push(existing(ctx, to));
        } else if !known.contains(to) && !written.contains(to) {
            out.push(Precondition::Exists { address: to.clone() });
        }
    }
}

/// Values that the change takes: free, or released in this plan.
fn values<'n>(ctx: &Context<'_>, node: &'n Node, changes: &Changes, released: &Released<'_>, out: &mut Taken<'n>) {
    for value in node.taken() {
        let releasing = released.get(&(value.scope.as_str(), value.value.as_str())).into_iter().flatten();
        let except = releasing.map(|index| ctx.origin(&changes.nodes[*index].change.address).clone());
        let mut except: BTreeSet<Address> = except.collect();
        // A document that does not fit its kind tells nothing of the values that its row still holds.
        let holder = ctx.live.detail.holder(&value.scope, &value.value);
        except.extend(holder.filter(|holder| *holder == ctx.origin(&node.change.address)).cloned());
        out.entry(&value.scope).or_default().push((&value.value, except.into_iter().collect()));
    }
}
