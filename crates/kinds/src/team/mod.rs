//! `team`: people who work together, the directory group that stands for them, and the rights that they hold.

mod checks;
pub(crate) mod codes;
mod events;
mod spec;
#[cfg(test)]
mod tests;

use deskform_model::{
    Address, Category, Edit, Event, FieldPath, Hierarchy, KindName, Lowering, Outline, Reference, ResourceName,
    TypedKind, UniqueValue,
};
use serde::Deserialize;
use serde_json::Value;

use spec::{MailAddress, Team};

/// The kind.
pub(crate) struct TeamKind;

impl TypedKind for TeamKind {
    const NAME: &'static str = "team";
    const HIERARCHY: Option<Hierarchy> =
        Some(Hierarchy { field: "parent", levels: 5, code: codes::TOO_MANY_LEVELS, source: "Amazon Connect" });
    type Manifest = Team;
    type Spec = Team;

    fn lower(manifest: Team, lowering: &mut Lowering<'_>) -> Option<Team> {
        checks::run(&manifest, lowering);
        Some(manifest.folded())
    }

    fn raise(spec: &Team) -> Team {
        spec.clone()
    }

    fn outline(spec: &Team) -> Outline {
        let brands = references("brands", "brand", &spec.brands);
        let parent = spec.parent.iter().map(|parent| reference(FieldPath::keys(["parent"]), TeamKind::NAME, parent));
        let profiles = references("security_profiles", "security_profile", &spec.security_profiles);
        Outline {
            title: spec.display_name.as_deref().map(str::to_owned),
            references: brands.chain(parent).chain(profiles).collect(),
            unique: spec.directory_group.iter().filter_map(|group| group.address.as_ref()).map(unique).collect(),
        }
    }

    fn category() -> Category {
        Category::User
    }

    fn events(before: Option<&Team>, after: Option<&Team>, _edits: &[Edit]) -> Vec<Event> {
        events::events(before, after)
    }
}

fn references<'t>(
    field: &'static str,
    kind: &'static str,
    names: &'t [ResourceName],
) -> impl Iterator<Item = Reference> + use<'t> {
    let names = names.iter().enumerate();
    names.map(move |(index, name)| reference(FieldPath::keys([field]).index(index), kind, name))
}

fn reference(path: FieldPath, kind: &str, name: &ResourceName) -> Reference {
    Reference { path, to: Address::new(&KindName::new(kind).expect("a legal name of a kind"), name) }
}

fn unique(address: &MailAddress) -> UniqueValue {
    UniqueValue {
        scope: "team.directory_group".to_owned(),
        value: address.key(),
        path: FieldPath::keys(["directory_group", "address"]),
    }
}

/// The security profiles that people hold by the spec of a team; none where nobody is in it who can sign in.
pub(crate) fn profiles_of_people(spec: &Value) -> Vec<ResourceName> {
    let Ok(team) = Team::deserialize(spec) else { return Vec::new() };
    let staffed = team.people.values().any(|person| !person.suspended)
        || !team.addresses.is_empty()
        || team.directory_group.is_some();
    if staffed { team.security_profiles } else { Vec::new() }
}
