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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::LazyLock;

    use deskform_model::{
        Action, Address, After, Cause, Change, Document, Head, KindName, Lineage, Plan, PlanBody, Provenance,
        ServerFacts, Step, WorkspaceName,
    };

    use super::*;

    fn create(text: &str) -> Step {
        let address = Address::parse(text).expect("an address");
        let kind = KindName::new(address.kind()).expect("a kind");
        let document = Document::stored(kind, 1, "{}".to_owned());
        let change = Change {
            address,
            action: Action::Create,
            cause: Cause::Config,
            from: None,
            before: None,
            after: Some(After::declared(&document, document.digest())),
            edits: Vec::new(),
            follows: Vec::new(),
            waits_for: Vec::new(),
            consequences: Vec::new(),
            operator_steps: Vec::new(),
        };
        Step { changes: vec![change], reason: None }
    }

    /// Which of the entries of a plan with two changes are given.
    fn given(faults: Vec<String>) -> Vec<bool> {
        let workspace = WorkspaceName::new("desk").ok();
        let steps = vec![create("brand.a"), create("brand.b")];
        let plan = Plan::seal(PlanBody { workspace, steps, ..PlanBody::default() }, Provenance::default());
        let approved = ApprovedPlan::new(plan, None).expect("nothing refuses");
        let (registry, faults) = (Registry::new(), LazyLock::new(Box::new(|| faults) as Box<_>));
        let run = Run {
            registry: &registry,
            approved: &approved,
            context: RunContext::default(),
            count: 2,
            salts: vec![[0; 32]; 2],
            faults: &faults,
            root: OnceLock::new(),
        };
        let input = SealInput {
            lineage: Lineage::new("0123456789abcdef0123456789abcdef").expect("a lineage"),
            head: Head { seq: 0, hash: None },
            serial: 1,
            facts: ServerFacts::default(),
            applied: BTreeMap::new(),
            documents: BTreeMap::new(),
        };
        let given = run.seal(input).expect("it can be sealed").entries.map(|entry| entry.is_ok()).collect();
        assert_eq!(run.root().is_some(), faults.is_empty());
        given
    }

    #[test]
    fn the_last_entry_is_not_given_where_the_judge_finds_fault() {
        assert_eq!(given(Vec::new()), [true, true]);
        assert_eq!(given(vec!["it is created and already there".to_owned()]), [true, false]);
    }
}
