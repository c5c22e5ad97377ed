//! `ip_restriction`: from where people may sign in to Zendesk.

mod checks;
pub(crate) mod codes;
mod events;
mod range;
mod spec;
#[cfg(test)]
mod tests;

use deskform_model::{Category, Edit, Event, ExclusiveScope, FieldPath, Lowering, Outline, TypedKind, UniqueValue};
use serde::Deserialize;
use serde_json::Value;

pub use range::IpRange;
use range::covers;
use spec::{IpRestriction, Manifest};

/// The scope of the one value that the restriction in force holds.
const ENABLED: &str = "ip_restriction.enabled";

/// The kind.
pub(crate) struct IpRestrictionKind;

impl TypedKind for IpRestrictionKind {
    const NAME: &'static str = "ip_restriction";
    type Manifest = Manifest;
    type Spec = IpRestriction;

    fn lower(manifest: Manifest, lowering: &mut Lowering<'_>) -> Option<IpRestriction> {
        let ranges = checks::ranges(&manifest, lowering)?;
        let Manifest { display_name, description, enabled, customers_exempt, ranges: _ } = manifest;
        Some(IpRestriction { display_name, description, enabled, customers_exempt, ranges })
    }

    fn raise(spec: &IpRestriction) -> Manifest {
        let IpRestriction { display_name, description, enabled, customers_exempt, ranges } = spec.clone();
        let ranges = ranges.into_iter().map(|(name, set)| (name, set.tokens())).collect();
        Manifest { display_name, description, enabled, customers_exempt, ranges }
    }

    /// Zendesk restricts an account as a whole, so at most one restriction holds the value of being enabled.
    fn outline(spec: &IpRestriction) -> Outline {
        let enabled =
            || UniqueValue { scope: ENABLED.to_owned(), value: "true".to_owned(), path: FieldPath::keys(["enabled"]) };
        Outline {
            title: spec.display_name.as_deref().map(str::to_owned),
            references: Vec::new(),
            unique: spec.enabled.then(enabled).into_iter().collect(),
        }
    }

    fn category() -> Category {
        Category::Other
    }

    fn events(before: Option<&IpRestriction>, after: Option<&IpRestriction>, _edits: &[Edit]) -> Vec<Event> {
        events::events(before, after)
    }

    fn exclusive() -> Vec<ExclusiveScope> {
        vec![ExclusiveScope { scope: ENABLED, what: "IP restriction in force", needed: false }]
    }
}

/// The ranges that the spec of an IP restriction names, whether it is enabled or not; none if it is no such spec.
pub fn ranges_of(spec: &Value) -> Vec<IpRange> {
    let restriction = IpRestriction::deserialize(spec).ok();
    restriction.iter().flat_map(|restriction| restriction.ranges.values()).flat_map(|set| set.ranges()).collect()
}

/// True if the spec of an IP restriction lets agents in from every address of `net`: it is not enabled, or its ranges cover
/// it together. A spec that is none restricts nothing.
pub fn lets_in(spec: &Value, net: &IpRange) -> bool {
    let enabled = IpRestriction::deserialize(spec).is_ok_and(|restriction| restriction.enabled);
    !enabled || covers(&ranges_of(spec), net)
}
