//! What a plan that was read from a file needs to see of the store, and whether the store is still as the plan relies on.

use std::collections::BTreeSet;

use deskform_model::{Address, Live, PlanBody, Precondition, Registry, Wanted, WorkspaceName, set_digest};

/// Names what judging and applying a plan needs.
pub(super) fn wanted(registry: &Registry, body: &PlanBody, index: &Live) -> Wanted {
    let mut wanted = Wanted::default();
    for change in body.changes() {
        wanted.documents.insert(change.address.clone());
        wanted.documents.extend(change.from.clone());
        wanted.documents.extend(change.follows.iter().map(|follow| follow.address.clone()));
    }
    for precondition in &body.preconditions {
        match precondition {
            Precondition::Row { address, .. } | Precondition::Exists { address } => {
                wanted.documents.insert(address.clone());
            }
            Precondition::Absent { .. } => {}
            Precondition::Unreferenced { address, .. } => {
                wanted.referrers.insert(address.clone());
            }
            Precondition::Free { scope, value, .. } => {
                wanted.values.insert((scope.clone(), value.clone()));
            }
            Precondition::Set { scope, .. } => {
                wanted.scopes.insert(scope.clone());
            }
        }
    }
    wanted.documents.extend(body.records.iter().map(|record| record.address.clone()));
    wanted.documents.retain(|address| index.rows.contains_key(address));
    wanted.scopes.extend(registry.kinds().flat_map(|kind| kind.exclusive()).map(|scope| scope.scope.to_owned()));
    wanted
}

/// The preconditions that do not hold.
pub(super) fn broken<'p>(body: &'p PlanBody, workspace: &WorkspaceName, live: &Live) -> Vec<&'p Precondition> {
    body.preconditions.iter().filter(|precondition| !holds(precondition, workspace, live)).collect()
}

fn holds(precondition: &Precondition, workspace: &WorkspaceName, live: &Live) -> bool {
    match precondition {
        Precondition::Row { address, digest, owner } => {
            let found = live.detail.documents.get(address).map(deskform_model::Document::digest);
            found == Some(*digest) && live.rows.get(address).is_some_and(|row| row.owner == *owner)
        }
        Precondition::Absent { address } => !live.rows.contains_key(address),
        Precondition::Exists { address } => live.rows.contains_key(address),
        Precondition::Unreferenced { address, except } => {
            let except: BTreeSet<&Address> = except.iter().collect();
            let referrers = live.detail.referrers.get(address).map(Vec::as_slice).unwrap_or_default();
            referrers.iter().all(|referrer| except.contains(&referrer.from))
        }
        Precondition::Free { scope, value, except } => {
            live.detail.holder(scope, value).is_none_or(|holder| except.contains(holder))
        }
        Precondition::Set { scope, kind, digest } => {
            let outside =
                |address: &Address| live.rows.get(address).is_none_or(|row| row.owner.as_ref() != Some(workspace));
            let holders = live.detail.scopes.get(scope).map(Vec::as_slice).unwrap_or_default();
            let holders: Vec<_> = holders
                .iter()
                .filter(|(address, _)| outside(address))
                .map(|(address, value)| (address.to_string(), value.clone()))
                .collect();
            set_digest(&holders, live.others_exist(kind, workspace)) == *digest
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use deskform_model::{Document, KindName, LiveRow, Referrer};

    fn address(text: &str) -> Address {
        Address::parse(text).expect("legal")
    }

    #[test]
    fn a_plan_is_stale_only_where_a_precondition_fails() {
        let ours: WorkspaceName = "ours".parse().expect("legal");
        let document = Document::stored(KindName::new("brand").expect("legal"), 1, "{}".to_owned());
        let digest = document.digest();
        let mut live = Live::default();
        let row = LiveRow { owner: Some(ours.clone()), digest: None };
        live.rows.insert(address("brand.a"), row);
        live.detail.documents.insert(address("brand.a"), document);
        let referrer = Referrer { from: address("brand.r"), path: deskform_model::FieldPath::root() };
        live.detail.referrers.insert(address("brand.a"), vec![referrer]);
        live.detail.values.entry("s".to_owned()).or_default().insert("v".to_owned(), address("brand.a"));
        let a = || address("brand.a");
        let row = |owner: Option<&WorkspaceName>| Precondition::Row { address: a(), digest, owner: owner.cloned() };
        let free =
            |value: &str, except: Vec<Address>| Precondition::Free { scope: "s".into(), value: value.into(), except };
        for (precondition, expected) in [
            (row(Some(&ours)), true),
            (row(None), false),
            (Precondition::Absent { address: a() }, false),
            (Precondition::Absent { address: address("brand.b") }, true),
            (Precondition::Exists { address: a() }, true),
            (Precondition::Unreferenced { address: a(), except: vec![] }, false),
            (Precondition::Unreferenced { address: a(), except: vec![address("brand.r")] }, true),
            (free("v", vec![]), false),
            (free("v", vec![a()]), true),
            (free("w", vec![]), true),
            (
                Precondition::Set {
                    scope: "s".into(),
                    kind: KindName::new("brand").expect("legal"),
                    digest: set_digest(&[], false),
                },
                true,
            ),
        ] {
            assert_eq!(holds(&precondition, &ours, &live), expected, "{precondition:?}");
        }
    }
}
