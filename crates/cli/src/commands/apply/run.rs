//! One run: who and why, and the sealing of its entries.

use std::sync::OnceLock;
use std::thread::Scope;

use deskform_apply::{AuditEntry, RunContext, seal};
use deskform_model::{ApprovedPlan, Digest, Outlines, SealInput, SealedEntry, Sealing};

use crate::commands::apply::Faults;
use crate::exit::Failure;
use crate::output::Context;

/// Entries that are handed over at once, and so many times that may be ahead of the store; an entry is a few thousand bytes.
const SOME: usize = 256;
const AHEAD: usize = 4;

/// What sealing the entries of a run takes, and what it is good to know of them afterwards.
pub(super) struct Run<'a, 'j> {
    outlines: &'a Outlines<'a>,
    pub(super) approved: &'a ApprovedPlan,
    pub(super) context: RunContext,
    /// How many entries there are: one for each change, for what follows it, and for each record.
    pub(super) count: usize,
    salts: Vec<[u8; 32]>,
    faults: &'a Faults<'j>,
    root: OnceLock<Digest>,
}

impl<'a, 'j> Run<'a, 'j> {
    pub(super) fn new(
        ctx: &Context<'_>,
        outlines: &'a Outlines<'a>,
        approved: &'a ApprovedPlan,
        context: RunContext,
        faults: &'a Faults<'j>,
    ) -> Result<Self, Failure> {
        let plan = approved.plan();
        let count = plan.changes().map(|change| 1 + change.follows.len()).sum::<usize>() + plan.plan.records.len();
        let salts = ctx.machine.salts(count)?;
        Ok(Self { outlines, approved, context, count, salts, faults, root: OnceLock::new() })
    }

    /// Has the entries sealed on a thread of their own as soon as it is known what they continue, some ahead of the store
    /// that writes them.
    pub(super) fn sealing<'s>(
        &'s self,
        scope: &'s Scope<'s, '_>,
    ) -> impl FnOnce(SealInput) -> Result<Sealing<'static>, String> + use<> {
        let (ask, asked) = std::sync::mpsc::sync_channel(1);
        let (sealed, mut entries) = tokio::sync::mpsc::channel(AHEAD);
        scope.spawn(move || {
            // Nobody asks where the transaction does not come so far, and nobody listens where it is taken back.
            if let Ok(input) = asked.recv()
                && let Err(error) = self.seal(input, |some| sealed.blocking_send(Ok(some)).is_ok())
            {
                let _ = sealed.blocking_send(Err(error));
            }
        });
        let count = self.count;
        move |input| {
            ask.send(input).map_err(|_| "nobody seals them".to_owned())?;
            Ok(Sealing { count, entries: Box::new(move |cx| entries.poll_recv(cx)) })
        }
    }

    /// Gives the entries, some at a time, until they are not taken. None is given before the judge has spoken, nor if it
    /// found fault: nothing is committed without them.
    fn seal(&self, input: SealInput, mut give: impl FnMut(Vec<SealedEntry>) -> bool) -> Result<(), String> {
        if !self.faults.is_empty() {
            return Err("the plan does not hold together".to_owned());
        }
        let mut salts = self.salts.iter().copied();
        let salt = move || salts.next().expect("there is one salt for every entry of the plan");
        let mut sealer =
            seal(self.outlines, self.approved, &self.context, input, salt).map_err(|error| error.to_string())?;
        loop {
            let some: Vec<SealedEntry> =
                sealer.by_ref().take(SOME).collect::<Result<_, _>>().map_err(|error| error.to_string())?;
            if sealer.len() == 0
                && let Some(found) = some.last().and_then(|last| root_of(&last.text))
            {
                self.root.get_or_init(|| found);
            }
            if some.is_empty() || !give(some) {
                return Ok(());
            }
        }
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
        Action, Address, After, Cause, Change, Document, Head, KindName, Lineage, Plan, PlanBody, Provenance, Registry,
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

    /// How many entries of a plan with two changes are given.
    fn given(faults: Vec<String>) -> Result<usize, String> {
        let workspace = WorkspaceName::new("desk").ok();
        let steps = vec![create("brand.a"), create("brand.b")];
        let plan = Plan::seal(PlanBody { workspace, steps, ..PlanBody::default() }, Provenance::default());
        let approved = ApprovedPlan::new(plan, None).expect("nothing refuses");
        let registry = Registry::new();
        let (outlines, faults) = (Outlines::new(&registry), LazyLock::new(Box::new(|| faults) as Box<_>));
        let run = Run {
            outlines: &outlines,
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
        let mut given = Vec::new();
        let sealed = run.seal(input, |some| {
            given.extend(some);
            true
        });
        assert_eq!(run.root().is_some(), faults.is_empty());
        sealed.map(|()| given.len())
    }

    #[test]
    fn no_entry_is_given_where_the_judge_finds_fault() {
        assert_eq!(given(Vec::new()), Ok(2));
        let fault = "it is created and already there".to_owned();
        assert_eq!(given(vec![fault]), Err("the plan does not hold together".to_owned()));
    }
}
