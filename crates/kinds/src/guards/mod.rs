//! What no plan may take away, over several kinds: the right to edit rights, the way in over the network, the desk that the
//! outside reaches.
//!
//! Each guard looks at all of a store, other workspaces' resources included, and refuses only what the plan itself takes
//! away: who never had it, or keeps it elsewhere, is not held up.

mod editors;
mod open_desk;
#[cfg(test)]
mod tests;
mod way_in;

use std::collections::BTreeMap;

use deskform_model::{Address, KindName, Registry, ResourceName};
use serde_json::Value;

/// Adds all guards.
pub(crate) fn guarded(registry: Registry) -> Registry {
    registry.guarded_by(editors::Editors).guarded_by(open_desk::OpenDesk).guarded_by(way_in::WayIn)
}

fn address(kind: &str, name: &ResourceName) -> Address {
    Address::new(&KindName::new(kind).expect("a legal name of a kind"), name)
}

fn names<'a>(addresses: impl IntoIterator<Item = &'a Address>) -> Value {
    addresses.into_iter().map(|address| Value::from(address.as_str())).collect()
}

/// The names of an argument, as a list for a message.
fn listed(args: &BTreeMap<String, Value>, key: &str) -> String {
    let names = args.get(key).and_then(Value::as_array).into_iter().flatten();
    deskform_model::listed(names.filter_map(Value::as_str))
}
