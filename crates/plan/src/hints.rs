//! `[[moved]]`, `[[adopt]]`, `[[forget]]` against what is live: pending, done or wrong.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{Address, Desired, Diagnostic, Hint, HintKind, Live, Severity, WorkspaceName};

use crate::codes::{HINT_DONE, HINT_WRONG, NOTHING_TO_ADOPT};

/// The hints that still have work to do.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    /// New address to old address.
    pub(crate) moves: BTreeMap<Address, Address>,
    pub(crate) adopts: BTreeSet<Address>,
    pub(crate) forgets: BTreeSet<Address>,
}

/// Sorts the hints; done ones give an advice, wrong ones an error.
pub(crate) fn pending(desired: &Desired, live: &Live, diagnostics: &mut Vec<Diagnostic>) -> Pending {
    let mut pending = Pending::default();
    for hint in &desired.hints {
        let found = match &hint.kind {
            HintKind::Moved { from, via, to } => moved(desired, live, hint, from, via, to, &mut pending),
            HintKind::Adopt(address) => adopt(desired, live, hint, address, &mut pending),
            HintKind::Forget(address) => forget(desired, live, hint, address, &mut pending),
        };
        diagnostics.extend(found);
    }
    pending
}

fn moved(
    desired: &Desired,
    live: &Live,
    hint: &Hint,
    from: &Address,
    via: &[Address],
    to: &Address,
    pending: &mut Pending,
) -> Option<Diagnostic> {
    let old: Vec<&Address> = std::iter::once(from).chain(via).filter(|a| live.rows.contains_key(*a)).collect();
    let there = live.rows.contains_key(to);
    match (old.as_slice(), there) {
        ([], true) => Some(done(hint, to, format!("`{from}` already is `{to}`"))),
        ([], false) => None,
        ([old], false) if owner(live, old) == Some(&desired.workspace) => {
            pending.moves.insert(to.clone(), (*old).clone());
            None
        }
        ([old], false) => Some(wrong(hint, to, format!("`{old}` {}", whose(live, old)))),
        ([old, ..], true) => Some(
            wrong(hint, to, format!("`{old}` and `{to}` are both live"))
                .hint(format!("Remove the hint, then declare `{old}` again or let it be deleted.")),
        ),
        ([first, second, ..], false) => Some(wrong(hint, to, format!("`{first}` and `{second}` are both live"))),
    }
}

fn adopt(desired: &Desired, live: &Live, hint: &Hint, address: &Address, pending: &mut Pending) -> Option<Diagnostic> {
    match live.rows.get(address) {
        None => Some(
            Diagnostic::new(NOTHING_TO_ADOPT, Severity::Warning, format!("`{address}` is not in the store to adopt"))
                .about(address)
                .at(hint.source.span, "it will be created instead")
                .quotable(),
        ),
        Some(row) => match &row.owner {
            None => {
                pending.adopts.insert(address.clone());
                None
            }
            Some(owner) if *owner == desired.workspace => {
                Some(done(hint, address, format!("`{address}` is already this workspace's")))
            }
            Some(_) => Some(
                wrong(hint, address, format!("`{address}` {}", whose(live, address)))
                    .hint("Let its owner forget it first: `[[forget]]` in the owner's config repo, then apply there."),
            ),
        },
    }
}

/// A resource that somebody else owns by now was forgotten and then adopted: the hint is done.
fn forget(desired: &Desired, live: &Live, hint: &Hint, address: &Address, pending: &mut Pending) -> Option<Diagnostic> {
    match live.rows.get(address).map(|row| &row.owner) {
        None => None,
        Some(Some(owner)) if *owner == desired.workspace => {
            pending.forgets.insert(address.clone());
            None
        }
        Some(_) => Some(done(hint, address, format!("`{address}` is no longer this workspace's"))),
    }
}

fn owner<'l>(live: &'l Live, address: &Address) -> Option<&'l WorkspaceName> {
    live.rows.get(address).and_then(|row| row.owner.as_ref())
}

/// How a row that is not ours stands, for a message.
pub(crate) fn whose(live: &Live, address: &Address) -> String {
    match owner(live, address) {
        Some(owner) => format!("belongs to workspace `{owner}`"),
        None => "is in the store and belongs to nobody".to_owned(),
    }
}

fn done(hint: &Hint, address: &Address, message: String) -> Diagnostic {
    Diagnostic::new(HINT_DONE, Severity::Advice, message)
        .about(address)
        .at(hint.source.span, "has done its work")
        .hint("Remove the hint once every store that this repo is applied to has seen it.")
        .quotable()
}

fn wrong(hint: &Hint, address: &Address, message: String) -> Diagnostic {
    Diagnostic::error(HINT_WRONG, message).about(address).at(hint.source.span, "contradicts what is live").quotable()
}
