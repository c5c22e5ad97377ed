//! What an auditor reads of a change of a team: who comes and goes, and what they may do.

use std::collections::BTreeSet;

use deskform_model::{Category, Event, ResourceName};
use serde_json::{Value, json};

use super::spec::Team;

/// A person as one side of a change knows them; without a key where only the address stands in the team.
struct Known<'t> {
    key: Option<&'t str>,
    address: &'t str,
    compared: String,
    suspended: bool,
    profiles: &'t [ResourceName],
}

/// An event a person, then one for the rights that all of them gain, and one for those that they lose.
pub(super) fn events(before: Option<&Team>, after: Option<&Team>) -> Vec<Event> {
    let mut events = people(before, after);
    let (was, is) = (profiles(before), profiles(after));
    for (name, more, less) in [("rights.widened", &is, &was), ("rights.narrowed", &was, &is)] {
        let profiles: Vec<_> = more.difference(less).collect();
        if !profiles.is_empty() {
            events.push(user(name, json!({ "security_profiles": profiles })));
        }
    }
    events
}

fn profiles(team: Option<&Team>) -> BTreeSet<&ResourceName> {
    team.into_iter().flat_map(|team| &team.security_profiles).collect()
}

/// Who is who: the same key is the same person, and for the rest the same address is.
fn people(before: Option<&Team>, after: Option<&Team>) -> Vec<Event> {
    let (mut was, mut is) = (known(before), known(after));
    let mut pairs = paired(&mut was, &mut is, |one, other| one.key.is_some() && one.key == other.key);
    pairs.extend(paired(&mut was, &mut is, |one, other| one.compared == other.compared));
    let mut events: Vec<Event> = was.iter().map(|person| user("person.removed", described(person))).collect();
    events.extend(is.iter().map(|person| user("person.added", described(person))));
    events.extend(pairs.iter().flat_map(|(one, other)| changed(one, other)));
    events
}

fn known(team: Option<&Team>) -> Vec<Known<'_>> {
    let Some(team) = team else { return Vec::new() };
    let profiles = team.security_profiles.as_slice();
    let people = team.people.iter().map(|(key, person)| Known {
        key: Some(key),
        address: &person.address,
        compared: person.address.key(),
        suspended: person.suspended,
        profiles,
    });
    let list = team.addresses.iter().map(|address| Known {
        key: None,
        address,
        compared: address.key(),
        suspended: false,
        profiles,
    });
    people.chain(list).collect()
}

fn paired<'t>(
    was: &mut Vec<Known<'t>>,
    is: &mut Vec<Known<'t>>,
    same: impl Fn(&Known<'t>, &Known<'t>) -> bool,
) -> Vec<(Known<'t>, Known<'t>)> {
    let mut pairs = Vec::new();
    for one in std::mem::take(was) {
        match is.iter().position(|other| same(&one, other)) {
            Some(place) => pairs.push((one, is.remove(place))),
            None => was.push(one),
        }
    }
    pairs
}

fn changed(before: &Known<'_>, after: &Known<'_>) -> Vec<Event> {
    let mut events = Vec::new();
    if before.address != after.address {
        let arguments = json!({ "person": after.key, "before": before.address, "after": after.address });
        events.push(user("person.address_changed", arguments));
    }
    if before.suspended != after.suspended {
        let name = if after.suspended { "person.suspended" } else { "person.resumed" };
        events.push(user(name, json!({ "person": after.key, "address": after.address })));
    }
    events
}

fn described(person: &Known<'_>) -> Value {
    let Known { key, address, compared: _, suspended, profiles } = person;
    let mut arguments = json!({ "address": address, "security_profiles": profiles });
    if let Some(key) = key {
        arguments["person"] = json!(key);
    }
    if *suspended {
        arguments["suspended"] = json!(true);
    }
    arguments
}

fn user(name: &'static str, arguments: Value) -> Event {
    Event { name, category: Category::User, arguments }
}
