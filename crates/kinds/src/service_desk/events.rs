//! What an auditor reads of a change of a desk.

use deskform_model::{Category, Edit, Event, Segment};
use serde_json::{Value, json};

use super::spec::ServiceDesk;

/// `desk_access.changed` where it is who reaches the desk that differs, `desk.changed` for everything else.
pub(super) fn events(before: Option<&ServiceDesk>, after: Option<&ServiceDesk>, edits: &[Edit]) -> Vec<Event> {
    let mut events = Vec::new();
    let (was, is) = (before.map(access), after.map(access));
    if was != is {
        events.push(rule("desk_access.changed", json!({ "before": was, "after": is })));
    }
    let fields: Vec<String> = edits.iter().filter(|edit| !told(edit)).map(|edit| edit.path.to_string()).collect();
    if before.is_some() && after.is_some() && !fields.is_empty() {
        events.push(rule("desk.changed", json!({ "fields": fields })));
    }
    events
}

/// Who reaches the desk, and who reads what they send.
fn access(desk: &ServiceDesk) -> Value {
    let ServiceDesk {
        display_name: _,
        key: _,
        brand: _,
        strategy,
        audience,
        access,
        private,
        management: _,
        function: _,
        mail,
        agents,
        customers,
        organizations,
        sharing,
        escalates_to,
    } = desk;
    json!({
        "strategy": strategy,
        "audience": audience,
        "access": access,
        "private": private,
        "mail": mail.as_ref().map(|mail| &mail.address),
        "agents": agents,
        "customers": customers,
        "organizations": organizations,
        "sharing": sharing,
        "escalates_to": escalates_to,
    })
}

/// True for an edit that `desk_access.changed` tells of.
fn told(edit: &Edit) -> bool {
    let first = edit.path.segments().first();
    !matches!(first, Some(Segment::Key(key)) if ["display_name", "key", "brand", "management", "function", "lifecycle"].contains(&key.as_str()))
}

fn rule(name: &'static str, arguments: Value) -> Event {
    Event { name, category: Category::Rule, arguments }
}
