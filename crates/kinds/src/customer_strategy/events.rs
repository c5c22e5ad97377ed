//! What an auditor reads of a change of a strategy.

use std::collections::BTreeMap;

use deskform_model::{Category, Edit, Event, Segment};
use serde_json::{Value, json};

use super::spec::{CustomerStrategy, External, Internal, PasswordPolicy};
use super::terms::Days;

/// `strategy.changed` (rule), `sign_in.changed` (user) where it is how people sign in that differs, and an event for each
/// domain that may join or no longer may (other).
pub(super) fn events(
    before: Option<&CustomerStrategy>,
    after: Option<&CustomerStrategy>,
    edits: &[Edit],
) -> Vec<Event> {
    let mut events: Vec<Event> = strategy(before, after, edits).into_iter().collect();
    let (was, is) = (before.map(sign_in), after.map(sign_in));
    if was != is {
        let arguments = json!({ "before": was, "after": is });
        events.push(Event { name: "sign_in.changed", category: Category::User, arguments });
    }
    events.extend(domains(before, after));
    events
}

fn strategy(before: Option<&CustomerStrategy>, after: Option<&CustomerStrategy>, edits: &[Edit]) -> Option<Event> {
    let fields: Vec<String> = edits.iter().filter(|edit| !told(edit)).map(|edit| edit.path.to_string()).collect();
    if before.is_some() && after.is_some() && fields.is_empty() {
        return None;
    }
    let audience = |spec: Option<&CustomerStrategy>| spec.map(|spec| spec.audience);
    let mut arguments = json!({ "fields": fields });
    if audience(before) != audience(after) {
        arguments["audience"] = json!({ "before": audience(before), "after": audience(after) });
    }
    Some(Event { name: "strategy.changed", category: Category::Rule, arguments })
}

/// True for an edit that another event tells of in full.
fn told(edit: &Edit) -> bool {
    let keys: Vec<&str> = edit.path.segments().iter().map_while(key).collect();
    match keys[..] {
        ["internal", "password_policy", ..]
        | ["internal", "directory", "single_sign_on"]
        | ["external", "authentication", ..]
        | ["external", "listed_domains"] => true,
        ["internal", "approved_domains"] | ["internal", "approved_domains", _] => {
            edit.before.is_none() || edit.after.is_none()
        }
        _ => false,
    }
}

fn key(segment: &Segment) -> Option<&str> {
    match segment {
        Segment::Key(key) => Some(key),
        Segment::Index(_) => None,
    }
}

/// How people sign in.
fn sign_in(spec: &CustomerStrategy) -> Value {
    let policy = |PasswordPolicy { strength, expires_after_days }: &PasswordPolicy| json!({ "strength": strength, "expires_after_days": expires_after_days.map(Days::get) });
    let staff = |Internal { directory, password_policy, .. }: &Internal| {
        json!({
            "single_sign_on": directory.as_ref().is_some_and(|directory| directory.single_sign_on),
            "password_policy": password_policy.as_ref().map(policy),
        })
    };
    let outsiders = |External { authentication, .. }: &External| json!({ "single_sign_on": authentication.single_sign_on, "password": authentication.password });
    json!({ "staff": spec.internal.as_ref().map(staff), "outside_customers": spec.external.as_ref().map(outsiders) })
}

/// An event for each domain that stands in a list on one side only.
fn domains(before: Option<&CustomerStrategy>, after: Option<&CustomerStrategy>) -> Vec<Event> {
    let (before, after) = (before.map(lists).unwrap_or_default(), after.map(lists).unwrap_or_default());
    let event = |name, (list, domain): &(&str, String), grants: &Value| {
        let mut arguments = json!({ "list": list, "domain": domain });
        if !grants.is_null() {
            arguments["grants"] = grants.clone();
        }
        Event { name, category: Category::Other, arguments }
    };
    let new = after.iter().filter(|(place, _)| !before.contains_key(*place));
    let gone = before.iter().filter(|(place, _)| !after.contains_key(*place));
    let allowed = new.map(|(place, grants)| event("domain.allowed", place, grants));
    allowed.chain(gone.map(|(place, grants)| event("domain.removed", place, grants))).collect()
}

/// The domains that may join, by list and name, with what an address of theirs is granted.
fn lists(spec: &CustomerStrategy) -> BTreeMap<(&'static str, String), Value> {
    let approved = spec.internal.iter().flat_map(|internal| &internal.approved_domains);
    let approved = approved.map(|(name, domain)| (("approved_domains", name.to_string()), json!(domain)));
    let listed = spec.external.iter().flat_map(|external| &external.listed_domains);
    approved.chain(listed.map(|name| (("listed_domains", name.to_string()), Value::Null))).collect()
}
