//! `business_hours`: when a brand is open. A week of windows in the wall-clock time of a zone, and dates on which it is
//! otherwise.

mod checks;
pub(crate) mod codes;
mod events;
mod recurrence;
mod spec;
#[cfg(test)]
mod tests;

use deskform_model::{
    Address, Category, Edit, Event, FieldPath, Hierarchy, KindName, Limit, Lowering, Outline, Reference, ResourceName,
    TypedKind,
};
use serde_json::Value;

use crate::policy::Policy;
use spec::{BusinessHours, Manifest};

/// The kind.
pub(crate) struct BusinessHoursKind;

impl TypedKind for BusinessHoursKind {
    const NAME: &'static str = "business_hours";
    const FORMAT: u32 = 2;
    const SAME_SINCE: u32 = 1;
    const HIERARCHY: Option<Hierarchy> =
        Some(Hierarchy { field: "parents", levels: 2, code: codes::GRANDPARENTS, source: "Amazon Connect" });
    type Manifest = Manifest;
    type Spec = BusinessHours;

    fn lower(manifest: Manifest, lowering: &mut Lowering<'_>) -> Option<BusinessHours> {
        checks::zone(&manifest.time_zone, lowering);
        let week = checks::week(&manifest.weekly, lowering);
        let exceptions = checks::exceptions(&manifest.exceptions, lowering);
        checks::parents(&manifest.parents, lowering);
        let Manifest { display_name, description, time_zone, weekly: _, exceptions: _, mut parents } = manifest;
        parents.sort();
        parents.dedup();
        Some(BusinessHours { display_name, description, time_zone, weekly: (&week).into(), exceptions, parents })
    }

    fn raise(spec: &BusinessHours) -> Manifest {
        let BusinessHours { display_name, description, time_zone, weekly, mut exceptions, parents } = spec.clone();
        // People write them in the order in which they come.
        exceptions.sort_by(|a, b| (&a.from, &a.name).cmp(&(&b.from, &b.name)));
        Manifest { display_name, description, time_zone, weekly: weekly.folded(), exceptions, parents }
    }

    fn outline(spec: &BusinessHours) -> Outline {
        let parents = spec.parents.iter().enumerate();
        Outline {
            title: spec.display_name.as_deref().map(str::to_owned),
            references: parents.map(|(index, name)| parent(index, name)).collect(),
            unique: Vec::new(),
        }
    }

    /// The second format added parents, and exceptions that come again.
    fn format_of(spec: &BusinessHours) -> u32 {
        if spec.needs_second_format() { 2 } else { 1 }
    }

    fn category() -> Category {
        Category::Rule
    }

    fn events(before: Option<&BusinessHours>, after: Option<&BusinessHours>, _edits: &[Edit]) -> Vec<Event> {
        events::events(before, after)
    }

    /// Zendesk's plans count schedules; Amazon Connect's quota holds where no plan is stated or the plan sets no number.
    fn limit(policy: &Value) -> Option<Limit> {
        const QUOTA: u64 = 100;
        let policy = Policy::stated(policy);
        let plan = policy.plan().and_then(|plan| Some((plan.schedules()?, plan.name())));
        let (most, source) = plan.unwrap_or((QUOTA, "Amazon Connect"));
        Some(policy.limit("business_hours", codes::TOO_MANY, most, source))
    }
}

fn parent(index: usize, name: &ResourceName) -> Reference {
    let kind = KindName::new(BusinessHoursKind::NAME).expect("a legal name of a kind");
    Reference { path: FieldPath::keys(["parents"]).index(index), to: Address::new(&kind, name) }
}
