//! What an auditor reads of a change of a restriction: what is let in, what is shut out, whether it is in force.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{Category, Event};
use serde_json::{Value, json};

use super::range::IpRange;
use super::spec::IpRestriction;

/// `ip_restriction.switched` where it comes into force, goes out of force or changes for customers, then the ranges.
pub(super) fn events(before: Option<&IpRestriction>, after: Option<&IpRestriction>) -> Vec<Event> {
    let mut events = Vec::new();
    let (was, is) = (switches(before), switches(after));
    if was != is {
        let value = |(enabled, customers_exempt)| json!({ "enabled": enabled, "customers_exempt": customers_exempt });
        events.push(other("ip_restriction.switched", json!({ "before": value(was), "after": value(is) })));
    }
    let (was, is) = (ranges(before), ranges(after));
    for (name, more, less) in [("ip_range.opened", &is, &was), ("ip_range.closed", &was, &is)] {
        for (label, ranges) in differing(more, less) {
            events.push(other(name, json!({ "name": label, "ranges": ranges })));
        }
    }
    events
}

/// No restriction restricts as little as one that is not in force.
fn switches(restriction: Option<&IpRestriction>) -> (bool, bool) {
    restriction.map(|restriction| (restriction.enabled, restriction.customers_exempt)).unwrap_or_default()
}

fn ranges(restriction: Option<&IpRestriction>) -> Vec<(&str, IpRange)> {
    let named = restriction.into_iter().flat_map(|restriction| &restriction.ranges);
    named.flat_map(|(name, set)| set.ranges().map(move |range| (&**name, range))).collect()
}

/// By name, the ranges that are nowhere in the other list: a range that only gets another name stays open.
fn differing<'r>(more: &[(&'r str, IpRange)], less: &[(&str, IpRange)]) -> BTreeMap<&'r str, BTreeSet<String>> {
    let mut differing: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (name, range) in more.iter().filter(|(_, range)| less.iter().all(|(_, other)| other != range)) {
        differing.entry(name).or_default().insert(range.to_string());
    }
    differing
}

fn other(name: &'static str, arguments: Value) -> Event {
    Event { name, category: Category::Other, arguments }
}
