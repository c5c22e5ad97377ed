//! What an auditor reads of a change of an integration.

use deskform_model::{Category, Edit, Event, FieldPath, Segment};
use serde_json::{Value, json};

use super::spec::{MailIntegration, System};

/// The fields by which a system proves who it is.
const CREDENTIALS: [&[&str]; 6] = [
    &["own_server", "smtp", "username"],
    &["own_server", "smtp", "password"],
    &["gmail", "client_id"],
    &["gmail", "client_secret"],
    &["gmail", "interim", "smtp", "username"],
    &["gmail", "interim", "smtp", "password"],
];

/// `integration.created` and `.deleted`, and of a change what is told of it: `.enabled`, `.disabled`,
/// `.credentials_replaced` (which names fields and never values), and `.changed` for the rest.
pub(super) fn events(before: Option<&MailIntegration>, after: Option<&MailIntegration>, edits: &[Edit]) -> Vec<Event> {
    match (before, after) {
        (None, Some(after)) => vec![event("integration.created", described(after))],
        (Some(before), None) => vec![event("integration.deleted", described(before))],
        (Some(before), Some(after)) => changes(before, after, edits),
        (None, None) => Vec::new(),
    }
}

fn changes(before: &MailIntegration, after: &MailIntegration, edits: &[Edit]) -> Vec<Event> {
    let mut events = Vec::new();
    let switched = before.is_on() != after.is_on();
    if switched {
        let name = if after.is_on() { "integration.enabled" } else { "integration.disabled" };
        events.push(event(name, described(after)));
    }
    let replaced = replaced(before, after);
    if !replaced.is_empty() {
        let fields: Vec<String> = replaced.iter().map(FieldPath::to_string).collect();
        events.push(event("integration.credentials_replaced", json!({ "fields": fields })));
    }
    let told = |edit: &&Edit| (switched && is_switch(edit)) || replaced.iter().any(|field| starts(&edit.path, field));
    let fields: Vec<String> = edits.iter().filter(|edit| !told(edit)).map(|edit| edit.path.to_string()).collect();
    if !fields.is_empty() {
        let mut arguments = json!({ "fields": fields });
        let (was, is) = (system(before), system(after));
        if was != is {
            arguments["system"] = json!({ "before": was, "after": is });
        }
        events.push(event("integration.changed", arguments));
    }
    events
}

/// The credentials that stand on both sides and differ.
fn replaced(before: &MailIntegration, after: &MailIntegration) -> Vec<FieldPath> {
    let (before, after) = (json!(before), json!(after));
    let fields = CREDENTIALS.iter().map(|keys| FieldPath::keys(keys.iter().copied()));
    let differs = |field: &FieldPath| match (before.pointer(&field.pointer()), after.pointer(&field.pointer())) {
        (Some(was), Some(is)) => was != is,
        _ => false,
    };
    fields.filter(differs).collect()
}

fn is_switch(edit: &Edit) -> bool {
    let is = |keys: &[&str]| edit.path == FieldPath::keys(keys.iter().copied());
    is(&["enabled"]) || is(&["automatic", "enabled"])
}

fn starts(path: &FieldPath, with: &FieldPath) -> bool {
    let with: &[Segment] = with.segments();
    path.segments().starts_with(with)
}

fn system(integration: &MailIntegration) -> Option<&'static str> {
    integration.systems().first().copied().map(System::word)
}

fn described(integration: &MailIntegration) -> Value {
    let MailIntegration { tenant, display_name, .. } = integration;
    json!({ "display_name": display_name, "tenant": tenant, "system": system(integration) })
}

fn event(name: &'static str, arguments: Value) -> Event {
    Event { name, category: Category::Application, arguments }
}
