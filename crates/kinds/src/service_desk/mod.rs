//! `service_desk`: where requests come in. Whom a desk serves, who may reach it, who works on what comes in.

mod checks;
pub(crate) mod codes;
mod events;
mod spec;
#[cfg(test)]
mod tests;

use deskform_model::{
    Address, Category, Edit, Event, FieldPath, KindName, Lowering, Outline, Reference, ResourceName, TypedKind,
    UniqueValue,
};
use serde::Deserialize;
use serde_json::Value;

use spec::{Access, Audience, ServiceDesk};

/// The kind.
pub(crate) struct ServiceDeskKind;

impl TypedKind for ServiceDeskKind {
    const NAME: &'static str = "service_desk";
    type Manifest = ServiceDesk;
    type Spec = ServiceDesk;

    fn lower(manifest: ServiceDesk, lowering: &mut Lowering<'_>) -> Option<ServiceDesk> {
        checks::run(&manifest, lowering);
        Some(manifest.folded())
    }

    fn raise(spec: &ServiceDesk) -> ServiceDesk {
        spec.clone()
    }

    fn outline(spec: &ServiceDesk) -> Outline {
        let mail = spec.mail.iter().map(|mail| UniqueValue {
            scope: "service_desk.mail".to_owned(),
            value: mail.address.to_ascii_lowercase(),
            path: FieldPath::keys(["mail", "address"]),
        });
        Outline {
            title: spec.display_name.as_deref().map(str::to_owned),
            references: references(spec),
            unique: mail.collect(),
        }
    }

    fn category() -> Category {
        Category::Rule
    }

    fn events(before: Option<&ServiceDesk>, after: Option<&ServiceDesk>, edits: &[Edit]) -> Vec<Event> {
        events::events(before, after, edits)
    }

    /// A Jira project stays on its site, and stays company-managed or team-managed.
    fn replace_only() -> Vec<FieldPath> {
        ["management", "strategy"].map(|field| FieldPath::keys([field])).into()
    }
}

/// What a desk refers to, in the order of the paths.
fn references(spec: &ServiceDesk) -> Vec<Reference> {
    let list = |path: &[&str], kind, names: &[ResourceName]| -> Vec<Reference> {
        let path = FieldPath::keys(path.iter().copied());
        names.iter().enumerate().map(|(index, name)| reference(path.index(index), kind, name)).collect()
    };
    let one = |field, kind, name: Option<&ResourceName>| -> Vec<Reference> {
        name.map(|name| reference(FieldPath::keys([field]), kind, name)).into_iter().collect()
    };
    [
        list(&["agents"], "team", &spec.agents),
        one("brand", "brand", spec.brand.as_ref()),
        list(&["customers", "teams"], "team", &spec.customers.teams),
        one("escalates_to", "service_desk", spec.escalates_to.as_ref()),
        list(&["organizations"], "organization", &spec.organizations),
        one("strategy", "customer_strategy", Some(&spec.strategy)),
    ]
    .concat()
}

fn reference(path: FieldPath, kind: &str, name: &ResourceName) -> Reference {
    let kind = KindName::new(kind).expect("a legal name of a kind");
    Reference { path, to: Address::new(&kind, name) }
}

/// The strategy of a desk that whoever is outside reaches, by its spec; `None` for any other desk.
pub(crate) fn open_to_outside(spec: &Value) -> Option<ResourceName> {
    let desk = ServiceDesk::deserialize(spec).ok()?;
    (desk.audience == Audience::External && desk.access == Access::Open).then_some(desk.strategy)
}
