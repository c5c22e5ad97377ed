//! `organization`: outside customers who belong together, and the mail domains by which they join.

mod checks;
pub(crate) mod codes;
mod events;
mod spec;
#[cfg(test)]
mod tests;

use deskform_model::{Category, Edit, Event, FieldPath, Lowering, Outline, TypedKind, UniqueValue};

use spec::Organization;

/// The kind.
pub(crate) struct OrganizationKind;

impl TypedKind for OrganizationKind {
    const NAME: &'static str = "organization";
    type Manifest = Organization;
    type Spec = Organization;

    fn lower(manifest: Organization, lowering: &mut Lowering<'_>) -> Option<Organization> {
        checks::run(&manifest, lowering);
        Some(manifest.folded())
    }

    fn raise(spec: &Organization) -> Organization {
        spec.clone()
    }

    /// A domain may stand at two organizations; that is a matter for a warning, and so no unique value.
    fn outline(spec: &Organization) -> Outline {
        let name = UniqueValue {
            scope: "organization.display_name".to_owned(),
            value: spec.display_name.to_lowercase(),
            path: FieldPath::keys(["display_name"]),
        };
        Outline { title: Some(spec.display_name.to_string()), references: Vec::new(), unique: vec![name] }
    }

    fn category() -> Category {
        Category::User
    }

    fn events(before: Option<&Organization>, after: Option<&Organization>, edits: &[Edit]) -> Vec<Event> {
        events::events(before, after, edits)
    }

    /// Jira has no call that renames an organization.
    fn replace_only() -> Vec<FieldPath> {
        vec![FieldPath::keys(["display_name"])]
    }
}
