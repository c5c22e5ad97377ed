//! What an auditor reads of a change of an organization.

use std::collections::BTreeSet;

use deskform_model::{Category, Edit, Event, Segment};
use serde_json::json;

use super::spec::Organization;

/// An event for each domain whose people may join or no longer may (other), one for each member who comes or goes (user),
/// and `organization.changed` (user) for everything else.
pub(super) fn events(before: Option<&Organization>, after: Option<&Organization>, edits: &[Edit]) -> Vec<Event> {
    let mut events = organization(before, after, edits);
    let domains = |organization: &Organization| organization.email_domains.iter().map(|d| d.to_string()).collect();
    let (gone, new) = differences(before, after, domains);
    let domain = |name, domain: &String| {
        let arguments = json!({ "list": "email_domains", "domain": domain });
        Event { name, category: Category::Other, arguments }
    };
    events.extend(new.iter().map(|text| domain("domain.allowed", text)));
    events.extend(gone.iter().map(|text| domain("domain.removed", text)));
    let members = |organization: &Organization| organization.members.iter().map(|m| m.to_string()).collect();
    let (gone, new) = differences(before, after, members);
    events.extend(new.iter().map(|address| user("member.added", json!({ "address": address }))));
    events.extend(gone.iter().map(|address| user("member.removed", json!({ "address": address }))));
    events
}

fn organization(before: Option<&Organization>, after: Option<&Organization>, edits: &[Edit]) -> Vec<Event> {
    let name = |organization: &Organization| json!({ "display_name": organization.display_name });
    match (before, after) {
        (None, Some(organization)) => vec![user("organization.created", name(organization))],
        (Some(organization), None) => vec![user("organization.deleted", name(organization))],
        _ => {
            let fields = edits.iter().filter(|edit| !told(edit)).map(|edit| edit.path.to_string());
            let fields: Vec<String> = fields.collect();
            let event = || user("organization.changed", json!({ "fields": fields }));
            (!fields.is_empty()).then(event).into_iter().collect()
        }
    }
}

/// True for an edit that another event tells of.
fn told(edit: &Edit) -> bool {
    let first = edit.path.segments().first();
    matches!(first, Some(Segment::Key(key)) if key == "email_domains" || key == "members")
}

/// What stands in a list before only, and after only.
fn differences(
    before: Option<&Organization>,
    after: Option<&Organization>,
    list: impl Fn(&Organization) -> BTreeSet<String>,
) -> (Vec<String>, Vec<String>) {
    let (before, after) = (before.map(&list).unwrap_or_default(), after.map(&list).unwrap_or_default());
    (before.difference(&after).cloned().collect(), after.difference(&before).cloned().collect())
}

fn user(name: &'static str, arguments: serde_json::Value) -> Event {
    Event { name, category: Category::User, arguments }
}
