//! `security_profile`: what a role may do in Amazon Connect. Permissions out of a catalog, and restrictions of what they
//! reach.

mod catalog;
mod checks;
pub(crate) mod codes;
mod events;
mod read;
mod spec;
#[cfg(test)]
mod tests;

use deskform_model::{
    Address, Category, Edit, Event, FieldPath, KindName, Limit, Lowering, Outline, Reference, TypedKind, UniqueValue,
};
use serde::Deserialize;
use serde_json::Value;

use crate::policy::Policy;
pub use catalog::{Catalog, Need, Permission, Strength, catalog};
use spec::{Manifest, Permissions, Restricted, SecurityProfile};

/// The kind.
pub(crate) struct SecurityProfileKind;

impl TypedKind for SecurityProfileKind {
    const NAME: &'static str = "security_profile";
    type Manifest = Manifest;
    type Spec = SecurityProfile;

    fn lower(manifest: Manifest, lowering: &mut Lowering<'_>) -> Option<SecurityProfile> {
        let granted = read::permissions(&manifest, lowering)?;
        checks::run(&manifest, &granted, lowering);
        let permissions = Permissions::of(granted.ids());
        let unknown_permissions = granted.unknown;
        let Manifest {
            display_name,
            name,
            description,
            permissions: _,
            vendor_permissions: _,
            unknown_permissions: _,
            access,
            tags,
            applications,
        } = manifest;
        Some(SecurityProfile {
            display_name,
            name,
            description,
            permissions,
            unknown_permissions,
            access,
            tags,
            applications,
        })
    }

    fn raise(spec: &SecurityProfile) -> Manifest {
        let SecurityProfile {
            display_name,
            name,
            description,
            permissions,
            unknown_permissions,
            access,
            tags,
            applications,
        } = spec.clone();
        let permissions = permissions.table();
        Manifest {
            display_name,
            name,
            description,
            permissions,
            vendor_permissions: Vec::new(),
            unknown_permissions,
            access,
            tags,
            applications,
        }
    }

    fn outline(spec: &SecurityProfile) -> Outline {
        let team = spec.access.by_hierarchy.as_ref().and_then(|hierarchy| hierarchy.team.as_ref());
        let reference = |team| Reference {
            path: FieldPath::keys(["access", "by_hierarchy", "team"]),
            to: Address::new(&KindName::new("team").expect("a legal name of a kind"), team),
        };
        let unique = |name: &spec::ProfileName| UniqueValue {
            scope: "security_profile.name".to_owned(),
            value: name.to_string(),
            path: FieldPath::keys(["name"]),
        };
        Outline {
            title: spec.display_name.as_deref().map(str::to_owned),
            references: team.into_iter().map(reference).collect(),
            unique: spec.name.iter().map(unique).collect(),
        }
    }

    fn category() -> Category {
        Category::User
    }

    fn events(before: Option<&SecurityProfile>, after: Option<&SecurityProfile>, _edits: &[Edit]) -> Vec<Event> {
        events::events(before, after)
    }

    /// No call of Amazon Connect renames a profile: a new one is made, its holders move over, the old one goes.
    fn replace_only() -> Vec<FieldPath> {
        vec![FieldPath::keys(["name"])]
    }

    fn limit(policy: &Value) -> Option<Limit> {
        const QUOTA: u64 = 100;
        Some(Policy::stated(policy).limit(Self::NAME, codes::TOO_MANY, QUOTA, "Amazon Connect"))
    }
}

/// True if the spec of a security profile lets its holders edit every security profile. One that reaches profiles of a tag
/// only is not enough: the others stay out of reach.
pub(crate) fn edits_profiles(spec: &Value) -> bool {
    SecurityProfile::deserialize(spec).is_ok_and(|profile| {
        let by_tag = profile.access.by_tag.as_ref();
        let tagged = by_tag.is_some_and(|by_tag| by_tag.resources.contains(&Restricted::SecurityProfile));
        profile.permissions.ids().contains("security_profile.edit") && !tagged
    })
}
