//! `policy`: what `deskform.toml` says about the workspace as a whole, kept in the store like any other resource: the
//! guards, the limits, the waivers of rules, and the facts of the platform that no kind holds.

mod checks;
pub(crate) mod codes;
mod events;
mod spec;
#[cfg(test)]
mod tests;

use deskform_model::{Category, Code, Edit, Event, Limit, Lowering, Outline, TypedKind};
use serde::Deserialize;
use serde_json::Value;

use spec::ZendeskPlan;
pub(crate) use spec::{LARGEST_PLAN, Policy};

/// The kind.
pub(crate) struct PolicyKind;

impl TypedKind for PolicyKind {
    const NAME: &'static str = "policy";
    type Manifest = Policy;
    type Spec = Policy;

    fn lower(manifest: Policy, lowering: &mut Lowering<'_>) -> Option<Policy> {
        checks::run(&manifest, lowering);
        Some(manifest)
    }

    fn raise(spec: &Policy) -> Policy {
        spec.clone()
    }

    fn outline(_spec: &Policy) -> Outline {
        Outline::default()
    }

    fn category() -> Category {
        Category::Other
    }

    fn events(before: Option<&Policy>, after: Option<&Policy>, _edits: &[Edit]) -> Vec<Event> {
        events::events(before, after)
    }
}

/// The guards that the spec of a policy states, the defaults for the rest. A spec that is none states nothing.
pub fn guard_of(spec: &Value) -> deskform_model::Guard {
    Policy::stated(spec).guard()
}

impl Policy {
    /// Reads the spec of a policy; one that does not fit states nothing.
    pub(crate) fn stated(spec: &Value) -> Self {
        Self::deserialize(spec).unwrap_or_default()
    }

    /// The Zendesk plan, if it is stated.
    pub(crate) fn plan(&self) -> Option<ZendeskPlan> {
        self.platform.zendesk.plan
    }

    /// The limit of a kind: what `[limits]` says, else the vendor's.
    pub(crate) fn limit(&self, kind: &str, code: Code, vendor: u64, source: &str) -> Limit {
        let own = self.limits.iter().find(|(name, _)| name.as_str() == kind).map(|(_, count)| count.get());
        let source = if own.is_some() { format!("`limits.{kind}` of the policy") } else { source.to_owned() };
        Limit { code, most: own.unwrap_or(vendor), source }
    }
}
