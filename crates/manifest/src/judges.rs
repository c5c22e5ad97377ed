//! The judges of all tables that a manifest may have, made when they are first asked for.

use std::collections::BTreeMap;

use deskform_model::{Facts, Kind, Registry};
use serde_json::Value;

use crate::explain::Judge;
use crate::findings::Findings;

/// What reading is given and adds to.
pub(crate) struct Context<'x, 'r> {
    pub(crate) registry: &'r Registry,
    pub(crate) facts: &'x Facts<'x>,
    pub(crate) judges: &'x mut Judges<'r>,
    pub(crate) out: &'x mut Findings,
}

/// The judges by the name of what they judge.
pub(crate) struct Judges<'r> {
    registry: &'r Registry,
    kinds: BTreeMap<String, Judge<'r>>,
    tables: BTreeMap<&'static str, Judge<'r>>,
}

impl<'r> Judges<'r> {
    pub(crate) fn new(registry: &'r Registry) -> Self {
        Self { registry, kinds: BTreeMap::new(), tables: BTreeMap::new() }
    }

    /// The judge of a kind's resources.
    pub(crate) fn of_kind(&mut self, name: &str) -> &Judge<'r> {
        if !self.kinds.contains_key(name) {
            self.kinds.insert(name.to_owned(), of_kind(self.registry.get(name)));
        }
        &self.kinds[name]
    }

    /// The judge of a table that is the same for all kinds.
    pub(crate) fn of_table(&mut self, name: &'static str, schema: fn() -> Value) -> &Judge<'r> {
        self.tables.entry(name).or_insert_with(|| Judge::new(schema(), &[]))
    }
}

fn of_kind(kind: Option<&dyn Kind>) -> Judge<'_> {
    match kind {
        Some(kind) => Judge::of_kind(kind, &["lifecycle"]),
        None => Judge::new(Value::Bool(true), &[]),
    }
}
