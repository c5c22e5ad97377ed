//! A plan as the sequence of its audit entries: changes in plan order, each move's follows right after it, records last.

use deskform_model::{Address, Cause, Change, Digest, Document, Edit, Follow, KindName, PlanBody, Record, Registry};

use crate::EntryAction;

/// What becomes one entry.
#[derive(Debug, Clone)]
pub(crate) struct Turn<'p> {
    pub(crate) action: EntryAction,
    pub(crate) address: &'p Address,
    /// For a move: the old address.
    pub(crate) from: Option<&'p Address>,
    /// The name that references lose and the one they get: for a move (of itself) and for its follows.
    pub(crate) renaming: Option<(&'p Address, &'p Address)>,
    pub(crate) cause: Option<Cause>,
    /// Absent for a create and a record.
    pub(crate) before: Option<Digest>,
    /// Absent where nothing is left.
    pub(crate) after: Option<Digest>,
    /// The document that the plan declares.
    pub(crate) declared: Option<Document>,
    pub(crate) edits: &'p [Edit],
}

impl<'p> Turn<'p> {
    /// The address of the document that it starts from; for a record, of the one that is there.
    pub(crate) fn start(&self) -> Option<&'p Address> {
        (self.action != EntryAction::Create).then(|| self.from.unwrap_or(self.address))
    }

    /// The declared document, checked against its digest; `None` where there is none, or it is another.
    pub(crate) fn checked(&self) -> Option<&Document> {
        self.declared.as_ref().filter(|document| Some(document.digest()) == self.after)
    }
}

/// The entries of a plan, in order.
pub(crate) fn turns(plan: &PlanBody) -> Vec<Turn<'_>> {
    let mut turns = Vec::new();
    for change in plan.changes() {
        turns.push(of_change(change));
        let mut follows: Vec<&Follow> = change.follows.iter().collect();
        follows.sort_by(|a, b| a.address.cmp(&b.address));
        turns.extend(follows.into_iter().map(|follow| of_follow(change, follow)));
    }
    let mut records: Vec<&Record> = plan.records.iter().collect();
    records.sort();
    turns.extend(records.into_iter().map(of_record));
    turns
}

fn of_change(change: &Change) -> Turn<'_> {
    let Change {
        address,
        action,
        cause,
        from,
        before,
        after,
        edits,
        follows: _,
        waits_for: _,
        consequences: _,
        operator_steps: _,
    } = change;
    let kind = KindName::new(address.kind()).expect("an address was checked when it was made");
    Turn {
        action: (*action).into(),
        address,
        from: from.as_ref(),
        renaming: from.as_ref().map(|from| (from, address)),
        cause: Some(*cause),
        before: *before,
        after: after.as_ref().map(|after| after.digest),
        declared: after.as_ref().and_then(|after| after.document(&kind)),
        edits,
    }
}

fn of_follow<'p>(change: &'p Change, follow: &'p Follow) -> Turn<'p> {
    let Follow { address, before, after } = follow;
    Turn {
        action: EntryAction::Follow,
        address,
        from: None,
        renaming: change.from.as_ref().map(|from| (from, &change.address)),
        cause: Some(change.cause),
        before: Some(*before),
        after: Some(*after),
        declared: None,
        edits: &[],
    }
}

fn of_record(record: &Record) -> Turn<'_> {
    let Record { address, digest } = record;
    Turn {
        action: EntryAction::Record,
        address,
        from: None,
        renaming: None,
        cause: None,
        before: None,
        after: *digest,
        declared: None,
        edits: &[],
    }
}

/// The document that a turn leaves of the one it finds, where the plan does not hold it: as it was, or with its references
/// renamed. `None` if neither hashes to what the plan says.
pub(crate) fn left_of(registry: &Registry, turn: &Turn<'_>, found: &Document, digest: Digest) -> Option<Document> {
    if turn.after.is_none_or(|after| after == digest) {
        return Some(found.clone());
    }
    let (from, to) = turn.renaming?;
    registry.renamed(found, from, to).filter(|renamed| Some(renamed.digest()) == turn.after)
}
