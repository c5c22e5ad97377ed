//! What the planner has to read in full, worked out from the index alone.

use std::collections::BTreeSet;

use deskform_model::{Address, Desired, Digest, HintKind, Live, Registry, Wanted};

use crate::cursor::Cursor;

/// Names everything that planning `desired` against a store with this index needs.
pub fn wanted(registry: &Registry, desired: &Desired, index: &Live) -> Wanted {
    let mut wanted = Wanted::default();
    let mut touched: BTreeSet<&str> = BTreeSet::new();
    let (mut rows, mut applied) = (Cursor::new(&index.rows), Cursor::new(&index.applied));
    for (address, resource) in &desired.resources {
        let (live, applied) = (rows.at(address), applied.at(address));
        // Live, last applied and desired are one content if their digests are known to be the same.
        let is_known = |digest: Digest| digest == resource.digest;
        if !live.and_then(|row| row.digest).is_some_and(is_known) || !applied.is_some_and(|row| is_known(row.digest)) {
            touched.insert(address.kind());
            want_state(&mut wanted, index, address);
            for value in &resource.outline.unique {
                wanted.values.insert((value.scope.clone(), value.value.clone()));
            }
            let used = resource.outline.references.iter().map(|r| &r.to).filter(|to| desired.uses.contains_key(to));
            wanted.documents.extend(used.cloned());
        }
    }
    let mut declared = Cursor::new(&desired.resources);
    for address in owned(index, desired).filter(|address| declared.at(address).is_none()) {
        touched.insert(address.kind());
        want_state(&mut wanted, index, address);
        wanted.referrers.insert(address.clone());
    }
    let mut rows = Cursor::new(&index.rows);
    wanted.applied.extend(index.applied.keys().filter(|address| rows.at(address).is_none()).cloned());
    for hint in &desired.hints {
        let addresses = match &hint.kind {
            HintKind::Moved { from, via, to } => [vec![from], via.iter().collect(), vec![to]].concat(),
            HintKind::Adopt(address) | HintKind::Forget(address) => vec![address],
        };
        for address in addresses {
            touched.insert(address.kind());
            want_state(&mut wanted, index, address);
            wanted.referrers.insert(address.clone());
        }
    }
    wanted.scopes.extend(registry.kinds().flat_map(|kind| kind.exclusive()).map(|scope| scope.scope.to_owned()));
    want_for_safeguards(&mut wanted, registry, desired, index, &touched);
    wanted
}

/// A safeguard judges what there is of its kinds in the whole store. What is the workspace's own is read where it changes,
/// and known from the manifests where it does not.
fn want_for_safeguards(
    wanted: &mut Wanted,
    registry: &Registry,
    desired: &Desired,
    index: &Live,
    touched: &BTreeSet<&str>,
) {
    let judging = registry.safeguards().map(|safeguard| safeguard.kinds());
    let kinds: BTreeSet<&str> =
        judging.filter(|kinds| kinds.iter().any(|kind| touched.contains(kind))).flatten().copied().collect();
    let foreign = index.rows.iter().filter(|(_, row)| row.owner.as_ref() != Some(&desired.workspace));
    let judged = foreign.filter(|(address, _)| kinds.contains(address.kind()));
    wanted.documents.extend(judged.map(|(address, _)| address.clone()));
}

fn owned<'l>(index: &'l Live, desired: &'l Desired) -> impl Iterator<Item = &'l Address> {
    index.rows.iter().filter(|(_, row)| row.owner.as_ref() == Some(&desired.workspace)).map(|(address, _)| address)
}

fn want_state(wanted: &mut Wanted, index: &Live, address: &Address) {
    if index.rows.contains_key(address) {
        wanted.documents.insert(address.clone());
    }
    if index.applied.contains_key(address) {
        wanted.applied.insert(address.clone());
    }
}
