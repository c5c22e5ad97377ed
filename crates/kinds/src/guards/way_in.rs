//! The ranges of `[guard] way_in` stay let in, whatever IP restriction is in force.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{Breach, Member, Refusal, RefusalWords, Safeguard, Side, Verdict, World};
use serde_json::Value;

use super::listed;
use crate::ip_restriction::codes::SHUTS_OUT;
use crate::{IpRange, guard_of, lets_in};

const RESTRICTION: &str = "ip_restriction";
const POLICY: &str = "policy";

/// The guard. The ways in are those of the workspace that plans.
pub(super) struct WayIn;

impl Safeguard for WayIn {
    fn kinds(&self) -> &'static [&'static str] {
        &[RESTRICTION, POLICY]
    }

    /// A restriction of this workspace lets in every way in. One of somebody else is held against the ways in that this plan
    /// states anew: the others, the plan can do nothing about.
    fn judge(&self, world: &World<'_>) -> Verdict {
        let (stated, wanted) = (ways_in(&world.before), ways_in(&world.after));
        if wanted.is_empty() {
            return Verdict::default();
        }
        let fresh: BTreeSet<String> = wanted.difference(&stated).cloned().collect();
        let mut verdict = Verdict::default();
        for restriction in world.after.of(RESTRICTION) {
            let ways = if restriction.is_ours() { &wanted } else { &fresh };
            let shut: Vec<&str> = ways.iter().map(String::as_str).filter(|way| shuts_out(&restriction, way)).collect();
            if !shut.is_empty() {
                let args = BTreeMap::from([("ranges".to_owned(), Value::from(shut))]);
                let addresses = vec![restriction.address.clone()];
                verdict.breaches.push(Breach { code: SHUTS_OUT, addresses, args });
            } else if !ways.is_empty() && !restriction.is_ours() {
                verdict.rests_on.insert(restriction.address.clone());
            }
        }
        verdict
    }

    fn words(&self, refusal: &Refusal) -> Option<RefusalWords> {
        if refusal.code != SHUTS_OUT.0 {
            return None;
        }
        let ranges = listed(&refusal.args, "ranges");
        let address = refusal.addresses.first().map_or("", deskform_model::Address::as_str);
        Some(RefusalWords {
            message: format!("`{address}` would shut out what `way_in` names: {ranges}"),
            label: "shuts out a way in".to_owned(),
            hint: "Add the range to those of the restriction, or take it out of `way_in` under `[guard]`.".to_owned(),
        })
    }
}

fn shuts_out(restriction: &Member<'_>, way: &str) -> bool {
    IpRange::parse(way).is_some_and(|range| !lets_in(&restriction.spec, &range))
}

/// The ways in that the policy of this workspace states.
fn ways_in(side: &Side<'_>) -> BTreeSet<String> {
    side.of(POLICY).filter(Member::is_ours).flat_map(|policy| guard_of(&policy.spec).way_in).collect()
}
