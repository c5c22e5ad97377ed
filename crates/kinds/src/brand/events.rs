//! What an auditor reads of a change of a brand.

use deskform_model::{Category, Edit, Event, Segment};
use serde_json::{Value, json};

use super::spec::{Brand, Channels, Logo, Phone, Talk};

/// The brand's own events (account), and `call_path.changed` (rule) where it is the way of a call that differs.
pub(super) fn events(before: Option<&Brand<Logo>>, after: Option<&Brand<Logo>>, edits: &[Edit]) -> Vec<Event> {
    let (was, is) = (before.map(call_path), after.map(call_path));
    let has_line = |brand: &Brand<Logo>| brand.channels.talk.is_some();
    let calls = was != is && [before, after].into_iter().flatten().any(has_line);
    let mut events = match (before, after) {
        (None, Some(brand)) => vec![account("brand.created", described(brand))],
        (Some(brand), None) => vec![account("brand.deleted", described(brand))],
        (Some(before), Some(after)) => changes(before, after, edits, calls),
        (None, None) => Vec::new(),
    };
    if calls {
        let arguments = json!({ "before": was, "after": is });
        events.push(Event { name: "call_path.changed", category: Category::Rule, arguments });
    }
    events
}

fn changes(before: &Brand<Logo>, after: &Brand<Logo>, edits: &[Edit], calls: bool) -> Vec<Event> {
    let mut events = Vec::new();
    if before.active != after.active {
        let name = if after.active { "brand.activated" } else { "brand.deactivated" };
        events.push(account(name, described(after)));
    }
    let told = |edit: &&Edit| is_switch(edit) || (calls && is_call_path(edit));
    let rest = edits.iter().filter(|edit| !told(edit));
    let fields: Vec<String> = rest.map(|edit| edit.path.to_string()).collect();
    if !fields.is_empty() {
        events.push(account("brand.changed", json!({ "fields": fields })));
    }
    events
}

fn key(edit: &Edit, index: usize) -> Option<&str> {
    match edit.path.segments().get(index) {
        Some(Segment::Key(key)) => Some(key),
        _ => None,
    }
}

/// True for the edit that `brand.activated` and `brand.deactivated` tell of.
fn is_switch(edit: &Edit) -> bool {
    key(edit, 0) == Some("active")
}

/// True for an edit that `call_path.changed` tells of, and nothing but it.
fn is_call_path(edit: &Edit) -> bool {
    match (key(edit, 0), key(edit, 1)) {
        (Some("phone" | "business_hours"), _) | (Some("channels"), Some("talk")) => true,
        // The whole table appeared or went, with nothing but the line in it.
        (Some("channels"), None) => {
            let only_talk =
                |value: &Value| value.as_object().is_some_and(|table| table.keys().all(|key| key == "talk"));
            [&edit.before, &edit.after].into_iter().flatten().all(only_talk)
        }
        _ => false,
    }
}

fn described(brand: &Brand<Logo>) -> Value {
    json!({ "display_name": brand.display_name, "subdomain": brand.subdomain })
}

/// What decides what becomes of a call.
fn call_path(brand: &Brand<Logo>) -> Value {
    let Brand { business_hours, phone, channels, .. } = brand;
    let Phone { announcement, voicemail, emergency, emergency_needed: _, first_menu, menus } = phone;
    let Channels { talk, .. } = channels;
    json!({
        "number": talk.as_ref().map(|Talk { number }| number),
        "business_hours": business_hours,
        "announcement": announcement,
        "voicemail": voicemail.is_some(),
        "voicemail_team": voicemail.as_ref().and_then(|voicemail| voicemail.team.as_ref()),
        "emergency": emergency,
        "first_menu": (!menus.is_empty()).then_some(first_menu),
        "menus": menus,
    })
}

fn account(name: &'static str, arguments: Value) -> Event {
    Event { name, category: Category::Account, arguments }
}
