//! `customer_strategy`: whom a Jira Service Management site serves, and how they get accounts, sign in and get products.
//!
//! A site has one page of switches for everybody. What is written says whom it serves and how they come in; `fold.rs` works
//! out the switches and the approved domains, and what is stored says them all: whoever reads a document needs no rule to
//! know them.

mod checks;
pub(crate) mod codes;
mod events;
mod fold;
pub(crate) mod mail;
mod outsiders;
mod products;
#[cfg(test)]
pub(crate) mod samples;
mod spec;
mod staff;
mod terms;
#[cfg(test)]
mod tests;

use deskform_model::{Category, Edit, Event, FieldPath, Lowering, Outline, TypedKind, UniqueValue};
use serde::Deserialize;
use serde_json::Value;

use spec::{CustomerStrategy, Manifest};
pub(crate) use terms::GroupName;
use terms::{Audience, SignUp};

/// The kind.
pub(crate) struct CustomerStrategyKind;

impl TypedKind for CustomerStrategyKind {
    const NAME: &'static str = "customer_strategy";
    type Manifest = Manifest;
    type Spec = CustomerStrategy;

    fn lower(manifest: Manifest, lowering: &mut Lowering<'_>) -> Option<CustomerStrategy> {
        let spec = fold::lower(manifest.clone());
        checks::run(&manifest, &spec, lowering);
        Some(spec)
    }

    fn raise(spec: &CustomerStrategy) -> Manifest {
        fold::raise(spec)
    }

    fn outline(spec: &CustomerStrategy) -> Outline {
        let site = UniqueValue {
            scope: "customer_strategy.site".to_owned(),
            value: spec.site.to_ascii_lowercase(),
            path: FieldPath::keys(["site"]),
        };
        Outline { title: spec.display_name.as_deref().map(str::to_owned), references: Vec::new(), unique: vec![site] }
    }

    fn category() -> Category {
        Category::Rule
    }

    fn events(before: Option<&CustomerStrategy>, after: Option<&CustomerStrategy>, edits: &[Edit]) -> Vec<Event> {
        events::events(before, after, edits)
    }

    /// Portal-only accounts belong to one site and are of no use on another.
    fn replace_only() -> Vec<FieldPath> {
        vec![FieldPath::keys(["site"])]
    }
}

/// True if the spec of a strategy serves both sides and lets outsiders come by themselves, so that it needs a desk that they
/// reach. Customers for whom agents make accounts are named at their desks.
pub(crate) fn needs_open_desk(spec: &Value) -> bool {
    CustomerStrategy::deserialize(spec).is_ok_and(|strategy| {
        let invited = strategy.external.as_ref().is_some_and(|external| external.sign_up == SignUp::AgentsOnly);
        strategy.audience == Audience::Hybrid && !invited
    })
}
