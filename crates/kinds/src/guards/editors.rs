//! Somebody must be able to edit security profiles: a profile that can, and a team with people in it that holds one.

use std::collections::BTreeMap;

use deskform_model::{Address, Breach, Code, Member, Refusal, RefusalWords, Safeguard, Side, Verdict, World};

use super::{address, listed, names};
use crate::security_profile::codes::NO_EDITOR;
use crate::security_profile::edits_profiles;
use crate::team::codes::NO_EDITING_TEAM;
use crate::team::profiles_of_people;

const PROFILE: &str = "security_profile";
const TEAM: &str = "team";

/// The guard.
pub(super) struct Editors;

impl Safeguard for Editors {
    fn kinds(&self) -> &'static [&'static str] {
        &[PROFILE, TEAM]
    }

    fn judge(&self, world: &World<'_>) -> Verdict {
        let (before, after) = (Rights { side: &world.before }, Rights { side: &world.after });
        let mut verdict = Verdict::default();
        let changed = world.changed(PROFILE).filter(|profile| edits_profiles(&profile.spec));
        let profiles: Vec<Address> =
            changed.map(|profile| profile.address.clone()).filter(|profile| !after.edits(profile)).collect();
        if !profiles.is_empty() {
            match after.editing_profile() {
                Some(left) => verdict.rests_on.extend([left]),
                None => {
                    verdict.breaches.push(breach(NO_EDITOR, profiles));
                    return verdict;
                }
            }
        }
        // A profile that goes takes the right away from teams that do not change themselves.
        let touched: Vec<Member<'_>> =
            if profiles.is_empty() { world.changed(TEAM).collect() } else { world.before.of(TEAM).collect() };
        let editing = touched.iter().filter(|team| before.held(team).is_some()).map(|team| team.address);
        let teams: Vec<Address> = editing.filter(|team| !after.team_edits(team)).cloned().collect();
        if !teams.is_empty() {
            match after.editing_team() {
                Some(left) => verdict.rests_on.extend(left),
                None => verdict.breaches.push(breach(NO_EDITING_TEAM, teams)),
            }
        }
        verdict
    }

    fn words(&self, refusal: &Refusal) -> Option<RefusalWords> {
        let last = listed(&refusal.args, "last");
        let (message, hint) = match refusal.code.as_str() {
            code if code == NO_EDITOR.0 => (
                format!("no security profile would be left that can edit security profiles; the last is {last}"),
                "Keep `security_profile = [\"edit\"]` in a profile that reaches all profiles. One that is only to be managed \
                 no longer is let go with `[[forget]]`.",
            ),
            code if code == NO_EDITING_TEAM.0 => (
                format!("no team of people would be left that can edit security profiles; the last is {last}"),
                "Give a profile that can edit security profiles to another team with people in it. One that is only to be \
                 managed no longer is let go with `[[forget]]`.",
            ),
            _ => return None,
        };
        let label = "nobody else can edit security profiles".to_owned();
        Some(RefusalWords { message, label, hint: hint.to_owned() })
    }
}

fn breach(code: Code, lost: Vec<Address>) -> Breach {
    let args = BTreeMap::from([("last".to_owned(), names(&lost))]);
    Breach { code, addresses: lost, args }
}

/// Who can edit security profiles on one side.
struct Rights<'s> {
    side: &'s Side<'s>,
}

impl Rights<'_> {
    fn edits(&self, profile: &Address) -> bool {
        self.side.get(profile).is_some_and(|profile| edits_profiles(&profile.spec))
    }

    /// The best profile to rest on.
    fn editing_profile(&self) -> Option<Address> {
        let found = self.side.of(PROFILE).find(|profile| edits_profiles(&profile.spec));
        found.map(|profile| profile.address.clone())
    }

    /// The profile by which people of the team can edit profiles.
    fn held(&self, team: &Member<'_>) -> Option<Address> {
        let held = profiles_of_people(&team.spec);
        held.iter().map(|name| address(PROFILE, name)).find(|profile| self.edits(profile))
    }

    fn team_edits(&self, team: &Address) -> bool {
        self.side.get(team).is_some_and(|team| self.held(&team).is_some())
    }

    /// The best team to rest on, with the profile that it holds.
    fn editing_team(&self) -> Option<[Address; 2]> {
        self.side.of(TEAM).find_map(|team| Some([team.address.clone(), self.held(&team)?]))
    }
}
