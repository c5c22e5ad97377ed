//! What is wrong with one team. What is wrong between teams stands elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{FieldPath, Lowering, Problem};

use super::codes;
use super::spec::{MailAddress, Team};

/// Amazon Connect gives a user 1 to 10 security profiles.
const MOST_PROFILES: usize = 10;

/// Runs all checks on a team as it is written.
pub(super) fn run(team: &Team, lowering: &mut Lowering<'_>) {
    profiles(team, lowering);
    group(team, lowering);
    addresses(team, lowering);
}

fn profiles(team: &Team, lowering: &mut Lowering<'_>) {
    let number = team.security_profiles.iter().collect::<BTreeSet<_>>().len();
    if number > MOST_PROFILES {
        let message = format!("the team holds {number} security profiles");
        let label = format!("Amazon Connect gives a user at most {MOST_PROFILES}");
        let path = FieldPath::keys(["security_profiles"]);
        let problem = Problem::error(codes::TOO_MANY_PROFILES, path, message, label);
        lowering.report(problem.hint("Join some of the profiles into one."));
    }
}

fn group(team: &Team, lowering: &mut Lowering<'_>) {
    let Some(group) = &team.directory_group else { return };
    if group.address.is_none() && group.group_type.receives_mail() {
        let message = format!("the directory group `{}` has no address", &*group.name);
        let path = FieldPath::keys(["directory_group"]);
        let problem = Problem::error(codes::GROUP_WITHOUT_ADDRESS, path, message, "a group of this type receives mail");
        lowering.report(problem.hint("Add the `address` of the group."));
    }
}

/// Every place of an address, people first.
fn placed(team: &Team) -> impl Iterator<Item = (FieldPath, &MailAddress)> {
    let path = |key: &str| FieldPath::keys(["people", key, "address"]);
    let people = team.people.iter().map(move |(key, person)| (path(key), &person.address));
    let list = FieldPath::keys(["addresses"]);
    people.chain(team.addresses.iter().enumerate().map(move |(index, address)| (list.index(index), address)))
}

fn addresses(team: &Team, lowering: &mut Lowering<'_>) {
    let group = team.directory_group.as_ref().and_then(|group| group.address.as_ref()).map(MailAddress::key);
    let mut seen: BTreeMap<String, FieldPath> = BTreeMap::new();
    for (path, address) in placed(team) {
        if Some(address.key()) == group {
            let message = format!("the address `{}` is that of the directory group", &**address);
            let problem =
                Problem::warning(codes::GROUP_AS_PERSON, path.clone(), message, "a group is not one of its people");
            lowering.report(problem.hint("Give the addresses of the people."));
        }
        match seen.get(&address.key()) {
            Some(first) => {
                let message = format!("the address `{}` is listed twice", &**address);
                let problem = Problem::warning(codes::ADDRESS_TWICE, path, message, format!("the same as `{first}`"));
                lowering.report(problem.hint("Take one of the two out."));
            }
            None => drop(seen.insert(address.key(), path)),
        }
    }
}
