//! A plan folded into at most one write a row.

use std::collections::BTreeMap;
use std::sync::Arc;

use ahash::HashMap;
use deskform_model::{
    Address, AppliedChange, ApprovedPlan, Commit, Digest, Document, Lifecycle, Outline, Outlines, Plan, PlanBody,
    Precondition, Row, RunKey, Unreadable, WorkspaceName, Write,
};

use crate::EntryAction;
use crate::turn::{Turn, left_of, turns};

/// Why no commit can be made of a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// What was folded is another plan than the one that was approved.
    #[error("the plan that was folded is not the plan that was approved")]
    OtherPlan,
    /// The plan says nothing about whose it is.
    #[error("the plan names no workspace")]
    NoWorkspace,
    /// A change without the document or the address that its action needs.
    #[error("the plan does not say what becomes of `{address}`")]
    Incomplete {
        /// The resource.
        address: Address,
    },
    /// The row is no longer what the plan started from.
    #[error("`{address}` is not as the plan found it")]
    Stale {
        /// The resource.
        address: Address,
    },
    /// The caller did not hand over a document that the plan leaves in the store.
    #[error("the live document of `{address}` was not handed over")]
    Unread {
        /// The resource.
        address: Address,
    },
    /// The document after a change is not the one whose digest the plan gives.
    #[error("the document of `{address}` does not hash to the digest in the plan")]
    Mismatch {
        /// The resource.
        address: Address,
    },
    /// The row is another workspace's, or nobody's and not adopted.
    #[error("`{address}` does not belong to the plan's workspace")]
    Foreign {
        /// The resource.
        address: Address,
    },
    /// Two rows would end at one address, or one would be deleted and created.
    #[error("two changes of the plan end at `{address}`")]
    Taken {
        /// The address.
        address: Address,
    },
    /// The document that is to be written does not fit its kind.
    #[error("the document of `{address}` cannot be read")]
    Unreadable {
        /// The resource.
        address: Address,
        /// Why.
        source: Unreadable,
    },
}

/// What a plan comes to, by row; not yet approved.
pub struct Folded {
    plan: Arc<PlanBody>,
    workspace: WorkspaceName,
    applied: Vec<AppliedChange>,
    writes: Vec<Write>,
}

/// Folds a plan into what one transaction writes.
///
/// `documents` holds the live documents, by the address they have before the plan, of the rows that the plan moves,
/// adopts, forgets or makes follow; each must hash to what the plan says. Deletes come first, then updates, then inserts,
/// each sorted by address.
pub fn fold(
    outlines: &Outlines<'_>,
    plan: &Arc<PlanBody>,
    documents: &BTreeMap<Address, Document>,
) -> Result<Folded, CommitError> {
    let workspace = plan.workspace.as_ref().ok_or(CommitError::NoWorkspace)?;
    let turns = turns(plan);
    let mut fold =
        Fold { outlines, workspace, documents, owners: owners(plan), rows: HashMap::default(), gone: BTreeMap::new() };
    for turn in &turns {
        fold.take_turn(turn)?;
    }
    let applied = applied_changes(&turns)?;
    let writes = fold.writes(&applied)?;
    Ok(Folded { plan: Arc::clone(plan), workspace: workspace.clone(), applied, writes })
}

impl Folded {
    /// The commit of the approved plan, which must be the one that was folded.
    pub fn commit(self, approved: &ApprovedPlan, actor: &str) -> Result<Commit, CommitError> {
        let Self { plan: folded, workspace, applied, writes } = self;
        let Plan { id, plan, provenance } = approved.plan();
        if !Arc::ptr_eq(&folded, plan) {
            return Err(CommitError::OtherPlan);
        }
        Ok(Commit {
            run: RunKey { workspace, plan: *id, base_serial: provenance.base_serial },
            lineage: plan.lineage.clone(),
            actor: actor.to_owned(),
            preconditions: plan.preconditions.clone(),
            applied,
            writes,
        })
    }
}

/// Owners of the rows that the plan starts from, as it states them.
fn owners(plan: &PlanBody) -> BTreeMap<&Address, Option<&WorkspaceName>> {
    let rows = plan.preconditions.iter().filter_map(|precondition| match precondition {
        Precondition::Row { address, digest: _, owner } => Some((address, owner.as_ref())),
        _ => None,
    });
    rows.collect()
}

/// The rows as the changes leave them, one after the other; by the address they have then.
struct Fold<'p> {
    outlines: &'p Outlines<'p>,
    workspace: &'p WorkspaceName,
    documents: &'p BTreeMap<Address, Document>,
    owners: BTreeMap<&'p Address, Option<&'p WorkspaceName>>,
    rows: HashMap<&'p Address, Working<'p>>,
    gone: BTreeMap<&'p Address, Digest>,
}

struct Working<'p> {
    /// Where it is in the store, and with which document; absent for a new row.
    origin: Option<(&'p Address, Digest)>,
    digest: Digest,
    content: Content,
    owner: Owner,
}

enum Content {
    /// Live, and not looked at so far.
    Live,
    Kept(Document),
    Declared(Document),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Workspace,
    Nobody,
    /// It was the workspace's and is let go.
    Forgotten,
}

impl<'p> Fold<'p> {
    fn take_turn(&mut self, turn: &Turn<'p>) -> Result<(), CommitError> {
        let address = turn.address;
        match turn.action {
            EntryAction::Create => {
                let content = Content::Declared(declared(turn)?);
                let row = Working { origin: None, digest: after(turn)?, content, owner: Owner::Workspace };
                self.put(address, row)
            }
            EntryAction::Update | EntryAction::Replace => {
                let mut row = self.found(address, turn)?;
                row.content = Content::Declared(declared(turn)?);
                row.digest = after(turn)?;
                self.put(address, row)
            }
            EntryAction::Delete => {
                let row = self.found(address, turn)?;
                if row.owner == Owner::Nobody {
                    return Err(CommitError::Foreign { address: address.clone() });
                }
                self.gone.extend(row.origin);
                Ok(())
            }
            EntryAction::Move => {
                let from = turn.from.ok_or_else(|| CommitError::Incomplete { address: address.clone() })?;
                self.leave(from, turn, None)
            }
            EntryAction::Adopt => self.leave(address, turn, Some(Owner::Workspace)),
            EntryAction::Forget => self.leave(address, turn, Some(Owner::Forgotten)),
            EntryAction::Follow => self.leave(address, turn, None),
            EntryAction::Record | EntryAction::StoreCreated => Ok(()),
        }
    }

    /// A change that the plan holds no document for: what is there stays, or only its references are renamed.
    fn leave(&mut self, from: &'p Address, turn: &Turn<'p>, owner: Option<Owner>) -> Result<(), CommitError> {
        let mut row = self.found(from, turn)?;
        let document = self.document(from, &row)?;
        let left = left_of(self.outlines.registry(), turn, &document, row.digest)
            .ok_or_else(|| CommitError::Mismatch { address: turn.address.clone() })?;
        row.digest = turn.after.unwrap_or(row.digest);
        row.content = Content::Kept(left);
        row.owner = owner.unwrap_or(row.owner);
        self.put(turn.address, row)
    }

    fn put(&mut self, address: &'p Address, row: Working<'p>) -> Result<(), CommitError> {
        let reborn = row.origin.is_none() && self.gone.contains_key(address);
        if reborn || self.rows.insert(address, row).is_some() {
            return Err(CommitError::Taken { address: address.clone() });
        }
        Ok(())
    }

    /// The row that a change starts from: as an earlier change left it, or as the plan says it is in the store.
    fn found(&mut self, address: &'p Address, turn: &Turn<'p>) -> Result<Working<'p>, CommitError> {
        let before = turn.before.ok_or_else(|| CommitError::Incomplete { address: address.clone() })?;
        let row = match self.rows.remove(address) {
            Some(row) => row,
            None => {
                let owner = self.owner(address)?;
                Working { origin: Some((address, before)), digest: before, content: Content::Live, owner }
            }
        };
        if row.digest == before { Ok(row) } else { Err(CommitError::Stale { address: address.clone() }) }
    }

    fn owner(&self, address: &Address) -> Result<Owner, CommitError> {
        match self.owners.get(address) {
            Some(None) => Ok(Owner::Nobody),
            Some(Some(owner)) if *owner != self.workspace => Err(CommitError::Foreign { address: address.clone() }),
            Some(Some(_)) | None => Ok(Owner::Workspace),
        }
    }

    fn document(&self, address: &Address, row: &Working<'_>) -> Result<Document, CommitError> {
        match &row.content {
            Content::Kept(document) | Content::Declared(document) => Ok(document.clone()),
            Content::Live => {
                let document = self.documents.get(address);
                let document = document.ok_or_else(|| CommitError::Unread { address: address.clone() })?;
                if document.digest() == row.digest {
                    Ok(document.clone())
                } else {
                    Err(CommitError::Stale { address: address.clone() })
                }
            }
        }
    }

    /// What is written. Every row is at an address of a change, of which there is one sorted list already.
    fn writes(self, applied: &[AppliedChange]) -> Result<Vec<Write>, CommitError> {
        let Self { outlines, workspace, documents: _, owners: _, mut rows, gone } = self;
        let deletes = gone.into_iter().map(|(address, before)| Write::Delete { address: address.clone(), before });
        let mut writes: Vec<Write> = deletes.collect();
        let (mut updates, mut inserts) = (Vec::new(), Vec::new());
        for AppliedChange { address, entry: _ } in applied {
            let Some((address, working)) = rows.remove_entry(address) else { continue };
            let origin = working.origin;
            let row = row(outlines, workspace, address, working)?;
            match origin {
                Some((origin, before)) => updates.push(Write::Update { address: origin.clone(), before, row }),
                None => inserts.push(Write::Insert(row)),
            }
        }
        debug_assert!(rows.is_empty(), "every row is at an address of a change");
        writes.append(&mut updates);
        writes.append(&mut inserts);
        Ok(writes)
    }
}

fn row(
    outlines: &Outlines<'_>,
    workspace: &WorkspaceName,
    address: &Address,
    working: Working<'_>,
) -> Result<Row, CommitError> {
    let Working { origin: _, digest, content, owner } = working;
    let unreadable = |source| CommitError::Unreadable { address: address.clone(), source };
    let (document, (outline, lifecycle)) = match content {
        Content::Declared(document) => {
            let facts = outlines.of(&document, &digest).map_err(unreadable)?;
            (document, facts)
        }
        Content::Kept(document) => {
            let facts = kept_facts(outlines, &document, &digest).map_err(unreadable)?;
            (document, facts)
        }
        Content::Live => return Err(CommitError::Unread { address: address.clone() }),
    };
    let owner = match owner {
        Owner::Workspace => Some(workspace.clone()),
        Owner::Forgotten => None,
        Owner::Nobody => return Err(CommitError::Foreign { address: address.clone() }),
    };
    Ok(Row { address: address.clone(), owner, document, digest, protected: lifecycle.protected, outline })
}

/// What somebody else made unfit for its kind can still be moved and forgotten: it names nothing that could be read.
fn kept_facts(
    outlines: &Outlines<'_>,
    document: &Document,
    digest: &Digest,
) -> Result<(Arc<Outline>, Lifecycle), Unreadable> {
    match outlines.of(document, digest) {
        Err(Unreadable::Misfit) if outlines.registry().get(document.kind().as_str()).is_some() => {
            Ok((Arc::default(), document.parts().map(|(_, lifecycle)| lifecycle).unwrap_or_default()))
        }
        facts => facts,
    }
}

fn after(turn: &Turn<'_>) -> Result<Digest, CommitError> {
    turn.after.ok_or_else(|| CommitError::Incomplete { address: turn.address.clone() })
}

/// The document that the plan holds for a change, checked against its digest.
fn declared(turn: &Turn<'_>) -> Result<Document, CommitError> {
    let address = turn.address;
    if turn.declared.is_none() {
        return Err(CommitError::Incomplete { address: address.clone() });
    }
    turn.checked().cloned().ok_or_else(|| CommitError::Mismatch { address: address.clone() })
}

/// What becomes of the table of last applied documents; the last turn at an address counts.
fn applied_changes(turns: &[Turn<'_>]) -> Result<Vec<AppliedChange>, CommitError> {
    let mut applied: Vec<(&Address, Option<(usize, Digest)>)> = Vec::with_capacity(turns.len());
    for (index, turn) in turns.iter().enumerate() {
        let left = match turn.action {
            EntryAction::Delete | EntryAction::Forget => None,
            EntryAction::Record => turn.after.map(|digest| (index, digest)),
            _ => Some((index, after(turn)?)),
        };
        applied.extend(turn.from.map(|from| (from, None)));
        applied.push((turn.address, left));
    }
    // Stable: of several turns at one address the last one counts.
    applied.sort_by_key(|(address, _)| *address);
    let last = applied.chunk_by(|one, other| one.0 == other.0).filter_map(|same| same.last());
    Ok(last.map(|(address, entry)| AppliedChange { address: (*address).clone(), entry: *entry }).collect())
}
