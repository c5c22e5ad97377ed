//! What may not happen, however clearly the manifests say it.

use std::collections::BTreeMap;

use deskform_model::{Action, Address, Code, Refusal};
use serde_json::Value;

use crate::changes::{Changes, Context};
use crate::codes::{KIND_EMPTIED, PROTECTED, STILL_USED, TOO_LARGE_A_SHARE, TOO_MANY_DELETES};

/// A kind with fewer resources than this is guarded by "emptied" alone: a share of three says little.
const SHARE_COUNTS_FROM: u64 = 4;

/// Every reason why the changes may not be applied as they are.
pub(crate) fn refusals(ctx: &Context<'_>, changes: &Changes) -> Vec<Refusal> {
    let mut out = deletes(ctx, changes);
    out.extend(protected(ctx, changes));
    out.extend(still_used(ctx, changes));
    out
}

/// The policy goes only with its workspace and is outside the guard.
fn counts(address: &Address) -> bool {
    address.kind() != "policy"
}

fn deletes(ctx: &Context<'_>, changes: &Changes) -> Vec<Refusal> {
    let deleted: Vec<&Address> = changes
        .nodes
        .iter()
        .filter(|node| node.change.action == Action::Delete && counts(&node.change.address))
        .map(|node| &node.change.address)
        .collect();
    let total = count(deleted.len());
    let guard = &ctx.desired.guard;
    let mut out = Vec::new();
    let mut refuse = |code: Code, args: &[(&str, Value)]| {
        let args = args.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        out.push(Refusal { code: code.0.to_owned(), addresses: Vec::new(), args, lifted_by_deletes: Some(total) });
    };
    if total > guard.max_deletes {
        refuse(TOO_MANY_DELETES, &[("deletes", total.into()), ("allowed", guard.max_deletes.into())]);
    }
    let mut by_kind: BTreeMap<&str, u64> = BTreeMap::new();
    for address in deleted {
        *by_kind.entry(address.kind()).or_default() += 1;
    }
    for (kind, deletes) in by_kind {
        let live = count(ctx.live.rows.keys().filter(|a| a.kind() == kind && ctx.is_ours(a)).count());
        let facts = [("kind", Value::from(kind)), ("deletes", deletes.into()), ("of", live.into())];
        let left = ctx.desired.resources.keys().any(|address| address.kind() == kind);
        if deletes == live && !left {
            refuse(KIND_EMPTIED, &facts);
        } else if live >= SHARE_COUNTS_FROM && deletes * 100 > guard.max_deletes_percent * live {
            let [kind, deletes, of] = facts;
            refuse(TOO_LARGE_A_SHARE, &[kind, deletes, of, ("allowed_percent", guard.max_deletes_percent.into())]);
        }
    }
    out
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Protection counts when the store says so or the last apply said so: neither a manifest nor a hand edit lifts it at once.
fn protected(ctx: &Context<'_>, changes: &Changes) -> Vec<Refusal> {
    let ends = [Action::Delete, Action::Replace, Action::Forget];
    let mut out = Vec::new();
    for node in changes.nodes.iter().filter(|node| ends.contains(&node.change.action)) {
        let address = &node.change.address;
        let live = ctx.state.rows.get(address).is_some_and(|row| row.live.protected());
        let applied = ctx.state.applied.get(address).is_some_and(crate::state::Opened::protected);
        if live || applied {
            let args = BTreeMap::from([("action".to_owned(), node.change.action.word().into())]);
            let addresses = vec![address.clone()];
            out.push(Refusal { code: PROTECTED.0.to_owned(), addresses, args, lifted_by_deletes: None });
        }
    }
    out
}

/// Others may refer to a resource that goes, is renamed or is let go: their rows are not ours to mend.
fn still_used(ctx: &Context<'_>, changes: &Changes) -> Vec<Refusal> {
    let ends = [Action::Delete, Action::Move, Action::Forget];
    let mut out = Vec::new();
    for node in changes.nodes.iter().filter(|node| ends.contains(&node.change.action)) {
        let origin = node.change.from.as_ref().unwrap_or(&node.change.address);
        let referrers = ctx.live.detail.referrers.get(origin).map(Vec::as_slice).unwrap_or_default();
        let mut others: Vec<&Address> = referrers.iter().map(|r| &r.from).filter(|from| !ctx.is_ours(from)).collect();
        others.sort();
        others.dedup();
        if others.is_empty() {
            continue;
        }
        let args = BTreeMap::from([
            ("action".to_owned(), node.change.action.word().into()),
            ("by".to_owned(), others.iter().map(|a| Value::from(a.as_str())).collect()),
        ]);
        let addresses = vec![origin.clone()];
        out.push(Refusal { code: STILL_USED.0.to_owned(), addresses, args, lifted_by_deletes: None });
    }
    out
}
