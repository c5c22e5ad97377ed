//! The outside reaches a hybrid site through an open external desk; the last one stays.

use std::collections::BTreeMap;

use deskform_model::{Address, Breach, Member, Refusal, RefusalWords, Safeguard, Verdict, World};
use serde_json::Value;

use super::{address, listed, names};
use crate::customer_strategy::needs_open_desk;
use crate::service_desk::codes::LAST_OPEN_DESK;
use crate::service_desk::open_to_outside;

const DESK: &str = "service_desk";
const STRATEGY: &str = "customer_strategy";

/// The guard.
pub(super) struct OpenDesk;

impl Safeguard for OpenDesk {
    fn kinds(&self) -> &'static [&'static str] {
        &[DESK, STRATEGY]
    }

    fn judge(&self, world: &World<'_>) -> Verdict {
        let mut lost: BTreeMap<Address, Vec<Address>> = BTreeMap::new();
        for desk in world.changed(DESK) {
            let Some(strategy) = reached_by(&desk) else { continue };
            let after = world.after.get(desk.address).and_then(|desk| reached_by(&desk));
            if after.as_ref() != Some(&strategy) {
                lost.entry(strategy).or_default().push(desk.address.clone());
            }
        }
        let mut verdict = Verdict::default();
        for (strategy, desks) in lost {
            // Where the strategy goes, nobody comes in by it any more.
            let Some(there) = world.after.get(&strategy) else { continue };
            let left = world.after.of(DESK).find(|desk| reached_by(desk).as_ref() == Some(&strategy));
            match left {
                Some(desk) => verdict.rests_on.extend([desk.address.clone()]),
                None if needs_open_desk(&there.spec) => verdict.breaches.push(breach(&strategy, desks)),
                None => verdict.rests_on.extend([strategy]),
            }
        }
        verdict
    }

    fn words(&self, refusal: &Refusal) -> Option<RefusalWords> {
        if refusal.code != LAST_OPEN_DESK.0 {
            return None;
        }
        let strategy = refusal.args.get("strategy").and_then(Value::as_str).unwrap_or_default();
        let last = listed(&refusal.args, "last");
        Some(RefusalWords {
            message: format!("no open external desk of the hybrid `{strategy}` would be left; the last is {last}"),
            label: "the last way in for the outside".to_owned(),
            hint: "Keep one desk of it with `audience = \"external\"` and `access = \"open\"`, or change whom the strategy \
                   serves."
                .to_owned(),
        })
    }
}

fn breach(strategy: &Address, lost: Vec<Address>) -> Breach {
    let args = BTreeMap::from([("strategy".to_owned(), strategy.as_str().into()), ("last".to_owned(), names(&lost))]);
    Breach { code: LAST_OPEN_DESK, addresses: lost, args }
}

/// The strategy by which the outside comes to a desk.
fn reached_by(desk: &Member<'_>) -> Option<Address> {
    open_to_outside(&desk.spec).map(|strategy| address(STRATEGY, &strategy))
}
