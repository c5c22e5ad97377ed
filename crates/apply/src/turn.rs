//! A plan as the sequence of its audit entries: changes in plan order, each move's follows right after it, records last.

use std::borrow::Cow;

use deskform_model::{
    Address, Cause, Change, Digest, Document, Edit, Follow, Kind, KindName, PlanBody, Record, Registry, canonical_text,
};
use serde_json::Value;

use crate::EntryAction;

/// What becomes one entry.
#[derive(Debug, Clone, Copy)]
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
    pub(crate) declared: Option<Declared<'p>>,
    pub(crate) edits: &'p [Edit],
}

impl<'p> Turn<'p> {
    /// The address of the document that it starts from; for a record, of the one that is there.
    pub(crate) fn start(&self) -> Option<&'p Address> {
        (self.action != EntryAction::Create).then(|| self.from.unwrap_or(self.address))
    }
}

/// A document that a plan holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Declared<'p> {
    pub(crate) format: u32,
    pub(crate) content: &'p Value,
}

impl<'p> Declared<'p> {
    /// The kind's own table, apart from the lifecycle. Copies only where there is one.
    pub(crate) fn table(&self) -> Option<Cow<'p, Value>> {
        let table = self.content.as_object()?;
        if !table.contains_key("lifecycle") {
            return Some(Cow::Borrowed(self.content));
        }
        let mut table = table.clone();
        table.remove("lifecycle");
        Some(Cow::Owned(Value::Object(table)))
    }

    /// The spec in the kind's latest format; `None` if it does not fit.
    pub(crate) fn spec(&self, kind: &dyn Kind) -> Option<Cow<'p, Value>> {
        let table = self.table()?;
        if self.format == kind.latest_format() {
            Some(table)
        } else {
            kind.upgrade(self.format, table.into_owned()).ok().map(Cow::Owned)
        }
    }

    /// The document at that address; `None` if it has no canonical text.
    pub(crate) fn document(&self, address: &Address) -> Option<Document> {
        let text = canonical_text(self.content).ok()?;
        Some(Document::stored(KindName::new(address.kind()).ok()?, self.format, text))
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
    let content =
        after.as_ref().and_then(|after| Some(Declared { format: after.format, content: after.document.as_ref()? }));
    Turn {
        action: (*action).into(),
        address,
        from: from.as_ref(),
        renaming: from.as_ref().map(|from| (from, address)),
        cause: Some(*cause),
        before: *before,
        after: after.as_ref().map(|after| after.digest),
        declared: content,
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
