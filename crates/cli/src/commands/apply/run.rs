//! One run: who and why, and the sealing of its entries.

use std::sync::OnceLock;

use deskform_apply::{AuditEntry, RunContext, seal};
use deskform_model::{ApprovedPlan, Digest, Registry, SealInput, Sealing};

use crate::commands::apply::Faults;
use crate::exit::Failure;
use crate::output::Context;

/// What sealing the entries of a run takes, and what it is good to know of them afterwards.
pub(super) struct Run<'a, 'j> {
    registry: &'a Registry,
    approved: &'a ApprovedPlan,
    pub(super) context: RunContext,
    /// How many entries there are: one for each change, for what follows it, and for each record.
    pub(super) count: usize,
    salts: Vec<[u8; 32]>,
    faults: &'a Faults<'j>,
    root: OnceLock<Digest>,
}

impl<'a, 'j> Run<'a, 'j> {
    pub(super) fn new(
        ctx: &Context<'a>,
        approved: &'a ApprovedPlan,
        context: RunContext,
        faults: &'a Faults<'j>,
    ) -> Result<Self, Failure> {
        let plan = approved.plan();
        let count = plan.changes().map(|change| 1 + change.follows.len()).sum::<usize>() + plan.plan.records.len();
        let salts = ctx.machine.salts(count)?;
        Ok(Self { registry: ctx.registry, approved, context, count, salts, faults, root: OnceLock::new() })
    }

    /// The last entry, without which nothing is committed, is not given before the judge has spoken, nor if it found fault.
    pub(super) fn seal(&self, input: SealInput) -> Result<Sealing<'_>, String> {
        let mut salts = self.salts.iter().copied();
        let salt = move || salts.next().expect("there is one salt for every entry of the plan");
        let sealer =
            seal(self.registry, self.approved, &self.context, input, salt).map_err(|error| error.to_string())?;
        let count = sealer.len();
        let entries = sealer.enumerate().map(move |(index, entry)| {
            let entry = entry.map_err(|error| error.to_string())?;
            if index + 1 == count {
                if !self.faults.is_empty() {
                    return Err("the plan does not hold together".to_owned());
                }
                if let Some(found) = root_of(&entry.text) {
                    self.root.get_or_init(|| found);
                }
            }
            Ok(entry)
        });
        Ok(Sealing { count, entries: Box::new(entries) })
    }

    /// The root of the last entry, once it is sealed.
    pub(super) fn root(&self) -> Option<Digest> {
        self.root.get().copied()
    }
}

fn root_of(entry: &str) -> Option<Digest> {
    serde_json::from_str::<AuditEntry>(entry).ok()?.root
}
