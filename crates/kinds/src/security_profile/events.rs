//! What an auditor reads of a change of a profile: rights that grow, rights that shrink.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{Category, Event};
use serde_json::{Value, json};

use super::catalog::catalog;
use super::spec::{Access, Applications, ByHierarchy, ByTag, SecurityProfile};

/// What a profile gives, by what it is called in the event.
type Rights = BTreeMap<&'static str, BTreeSet<String>>;

/// `rights.widened` and `rights.narrowed`, each with what brings it about. A permission that takes something away narrows
/// when it is granted, as a restriction does.
pub(super) fn events(before: Option<&SecurityProfile>, after: Option<&SecurityProfile>) -> Vec<Event> {
    let (was, is) = (before.map(gives).unwrap_or_default(), after.map(gives).unwrap_or_default());
    let (was_held, is_held) = (before.map(takes).unwrap_or_default(), after.map(takes).unwrap_or_default());
    let widened = named(&is, &was, "restrictions_lifted", &was_held, &is_held);
    let narrowed = named(&was, &is, "restrictions_imposed", &is_held, &was_held);
    let events = [("rights.widened", widened), ("rights.narrowed", narrowed)];
    let told = events.into_iter().filter(|(_, arguments)| arguments.as_object().is_some_and(|table| !table.is_empty()));
    told.map(|(name, arguments)| Event { name, category: Category::User, arguments }).collect()
}

/// What the one gives and the other does not, and what the one takes and the other does not.
fn named(more: &Rights, less: &Rights, restrictions: &str, held: &BTreeSet<String>, not: &BTreeSet<String>) -> Value {
    let nothing = BTreeSet::new();
    let mut arguments = json!({});
    for (word, rights) in more {
        let rights: Vec<&String> = rights.difference(less.get(word).unwrap_or(&nothing)).collect();
        if !rights.is_empty() {
            arguments[*word] = json!(rights);
        }
    }
    let held: Vec<&String> = held.difference(not).collect();
    if !held.is_empty() {
        arguments[restrictions] = json!(held);
    }
    arguments
}

fn restricts(id: &str) -> bool {
    catalog().permission(id).is_some_and(super::Permission::restricts)
}

fn gives(profile: &SecurityProfile) -> Rights {
    let Applications { third_party, mcp } = &profile.applications;
    let within =
        mcp.iter().flat_map(|(name, own)| own.0.iter().map(|permission| format!("{}: {}", &**name, &**permission)));
    let applications = third_party.iter().map(|name| name.to_string()).chain(within).collect();
    let unknown = profile.unknown_permissions.iter().map(|name| name.to_string()).collect();
    let permissions = profile.permissions.ids().into_iter().filter(|id| !restricts(id)).collect();
    Rights::from([("permissions", permissions), ("unknown_permissions", unknown), ("applications", applications)])
}

fn takes(profile: &SecurityProfile) -> BTreeSet<String> {
    let Access { by_tag, by_hierarchy } = &profile.access;
    let mut takes: BTreeSet<String> = profile.permissions.ids().into_iter().filter(|id| restricts(id)).collect();
    if let Some(ByTag { tags, resources }) = by_tag {
        takes.extend(tags.iter().map(|(key, value)| format!("access.by_tag.tags: {} = {}", &**key, &**value)));
        takes.extend(resources.iter().map(|resource| format!("access.by_tag.resources: {}", resource.object())));
    }
    if let Some(ByHierarchy { team }) = by_hierarchy {
        takes.insert("access.by_hierarchy".to_owned());
        takes.extend(team.iter().map(|team| format!("access.by_hierarchy.team: {team}")));
    }
    takes
}
