//! The entries of a run, sealed under the lock: only there are head, serial, time and the documents before known.

use std::collections::{BTreeMap, BTreeSet};

use ahash::HashMap;
use deskform_model::{
    Address, ApprovedPlan, Category, Digest, Document, Event, Head, KindName, Lineage, NotCanonical, Outlines,
    SealInput, SealedEntry, ServerFacts,
};
use serde_json::json;

use crate::entry::FORMAT;
use crate::payload::{Quote, Quotes, commitment};
use crate::root::applied_root;
use crate::turn::{Turn, left_of, turns};
use crate::{AuditEntry, Chain, Claimed, EntryAction, EventName, Observed, Previous, RunName, Why};

/// What the caller says about a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunContext {
    /// Who runs it, as claimed.
    pub claimed: Claimed,
    /// Why, in words; may quote anything and stands in the payloads only.
    pub reason: Option<String>,
    /// The commit of the config repo.
    pub commit: Option<String>,
    /// True if what was planned is not what that commit holds.
    pub dirty: Option<bool>,
    /// The page of the pipeline's run.
    pub ci_run: Option<String>,
}

/// Why no entries can be made of a run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The plan says nothing about whose it is.
    #[error("the plan names no workspace")]
    NoWorkspace,
    /// The head has a number and no hash, or a hash and no number.
    #[error("the head of the log is incomplete")]
    Head,
    /// A change without the document or the address that its action needs.
    #[error("the plan does not say what becomes of `{address}`")]
    Incomplete {
        /// The resource.
        address: Address,
    },
    /// The document of a row was not read under the lock.
    #[error("the document of `{address}` was not read")]
    Unread {
        /// The resource.
        address: Address,
    },
    /// A document is not the one whose digest the plan gives.
    #[error("the document of `{address}` does not hash to the digest in the plan")]
    Mismatch {
        /// The resource.
        address: Address,
    },
    /// A quoted value has no canonical text.
    #[error("a value of `{address}` cannot be quoted")]
    Quote {
        /// The resource.
        address: Address,
        /// Why.
        source: NotCanonical,
    },
}

/// Makes the entries of a run, in plan order, and chains them to the head; each when it is asked for.
///
/// `salts` gives 32 fresh random bytes a call; one is used for each entry.
pub fn seal<'p, S: FnMut() -> [u8; 32]>(
    outlines: &'p Outlines<'p>,
    approved: &'p ApprovedPlan,
    context: &'p RunContext,
    input: SealInput,
    salts: S,
) -> Result<Sealer<'p, S>, SealError> {
    let plan = approved.plan();
    let workspace = plan.plan.workspace.clone().ok_or(SealError::NoWorkspace)?;
    let RunContext { claimed, reason, commit, dirty, ci_run } = context;
    let SealInput { lineage, head, serial, facts, applied, documents } = input;
    let why = Why {
        ci_run: ci_run.clone(),
        commit: commit.clone(),
        dirty: *dirty,
        lifted: approved.lifted().to_vec(),
        reason: reason.is_some(),
    };
    let entry = AuditEntry {
        previous: first_previous(&lineage, head)?,
        run: Some(RunName { plan: plan.id, serial }),
        seq: head.seq,
        why,
        ..blank(Chain::Workspace(workspace), facts, claimed)
    };
    let turns = turns(&plan.plan);
    Ok(Sealer {
        outlines,
        entry,
        reason: reason.as_deref(),
        documents,
        current: BTreeMap::new(),
        revisited: turns.iter().filter_map(Turn::start).collect(),
        applied: LastApplied::new(applied),
        turns: turns.into_iter(),
        salts,
    })
}

fn first_previous(lineage: &Lineage, head: Head) -> Result<Previous, SealError> {
    match head {
        Head { seq: 0, hash: None } => Ok(Previous::Lineage(lineage.clone())),
        Head { seq: 1.., hash: Some(hash) } => Ok(Previous::Entry(hash)),
        _ => Err(SealError::Head),
    }
}

/// The first entry of the store's own chain.
pub fn store_created(
    lineage: &Lineage,
    label: Option<&str>,
    facts: &ServerFacts,
    claimed: &Claimed,
    salt: [u8; 32],
) -> SealedEntry {
    let event = Event { name: "store.created", category: Category::Other, arguments: json!({ "label": label }) };
    let events = [event];
    let quotes = Quotes { before: None, after: None, edits: &[], events: &events, reason: None };
    let payload = quotes.to_text().expect("a label is a string, which has a canonical text");
    let mut entry = AuditEntry {
        events: names(&events),
        payload: commitment(&salt, payload.as_bytes()),
        previous: Previous::Lineage(lineage.clone()),
        seq: 1,
        ..blank(Chain::Store, facts.clone(), claimed)
    };
    let text = entry.sealed_text();
    SealedEntry { seq: 1, text, hash: entry.hash, salt, payload }
}

/// An entry that says who and when, and nothing else so far.
fn blank(workspace: Chain, facts: ServerFacts, claimed: &Claimed) -> AuditEntry {
    const NONE: Digest = Digest::from_bytes([0; 32]);
    let ServerFacts { engine, time, user, address } = facts;
    AuditEntry {
        action: EntryAction::StoreCreated,
        address: None,
        after: None,
        applied: None,
        at: time,
        before: None,
        category: Category::Other,
        cause: None,
        claimed: claimed.clone(),
        events: Vec::new(),
        format: FORMAT,
        from: None,
        hash: NONE,
        kind: None,
        observed: Observed { address, engine, user },
        payload: NONE,
        previous: Previous::Entry(NONE),
        root: None,
        run: None,
        seq: 0,
        why: Why::default(),
        workspace,
    }
}

/// What was last applied, turn by turn.
struct LastApplied<'p> {
    before: BTreeMap<Address, Digest>,
    /// What the turns so far set, or took away.
    set: HashMap<&'p Address, Option<Digest>>,
}

impl<'p> LastApplied<'p> {
    fn new(before: BTreeMap<Address, Digest>) -> Self {
        Self { before, set: HashMap::default() }
    }

    fn get(&self, address: &Address) -> Option<Digest> {
        self.set.get(address).copied().unwrap_or_else(|| self.before.get(address).copied())
    }

    fn set(&mut self, address: &'p Address, digest: Option<Digest>) {
        self.set.insert(address, digest);
    }

    fn root(&self) -> Digest {
        let kept = self.before.iter().filter(|(address, _)| !self.set.contains_key(address));
        let set = self.set.iter().filter_map(|(address, digest)| Some((*address, (*digest)?)));
        let mut all: Vec<(&Address, Digest)> = kept.map(|(address, digest)| (address, *digest)).chain(set).collect();
        all.sort_unstable();
        applied_root(all)
    }
}

/// Seals one entry after the other.
pub struct Sealer<'p, S> {
    turns: std::vec::IntoIter<Turn<'p>>,
    salts: S,
    outlines: &'p Outlines<'p>,
    /// The entry of the turn before; who, when and why are the same in all of them.
    entry: AuditEntry,
    reason: Option<&'p str>,
    /// As read under the lock, by the address before the run.
    documents: BTreeMap<Address, Document>,
    /// As earlier turns left them, by the address then.
    current: BTreeMap<&'p Address, Document>,
    /// Where turns start from; what they leave elsewhere need not be kept.
    revisited: BTreeSet<&'p Address>,
    applied: LastApplied<'p>,
}

/// The documents on both sides of a turn.
struct Sides {
    before: Option<Document>,
    after: Option<Document>,
}

impl<S: FnMut() -> [u8; 32]> Iterator for Sealer<'_, S> {
    type Item = Result<SealedEntry, SealError>;

    fn next(&mut self) -> Option<Self::Item> {
        let turn = self.turns.next()?;
        let (last, salt) = (self.turns.len() == 0, (self.salts)());
        Some(self.entry(&turn, last, salt))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.turns.size_hint()
    }
}

impl<S: FnMut() -> [u8; 32]> ExactSizeIterator for Sealer<'_, S> {}

impl<'p, S> Sealer<'p, S> {
    fn entry(&mut self, turn: &Turn<'p>, last: bool, salt: [u8; 32]) -> Result<SealedEntry, SealError> {
        let address = turn.address;
        let Sides { before, after } = self.sides(turn)?;
        let before_quote = before.as_ref().map(|document| Quote::of(self.outlines.registry(), document));
        let after_quote = after.as_ref().map(|document| Quote::of(self.outlines.registry(), document));
        let events = self.events(turn, before_quote.as_ref(), after_quote.as_ref());
        let before_digest = if turn.action == EntryAction::Record { self.applied.get(address) } else { turn.before };
        let after_digest = self.after_digest(turn);
        let same = before_digest.is_some() && before_digest == after_digest;
        let quotes = Quotes {
            before: before_quote.as_ref().filter(|_| !same),
            after: after_quote.as_ref(),
            edits: turn.edits,
            events: &events,
            reason: self.reason,
        };
        let payload = quotes.to_text().map_err(|source| SealError::Quote { address: address.clone(), source })?;

        let applied = self.surprise(turn);
        self.apply(turn, after_digest);
        let (category, root) = (self.category(turn), last.then(|| self.applied.root()));
        let entry = &mut self.entry;
        entry.action = turn.action;
        entry.address = Some(address.clone());
        entry.after = after_digest;
        entry.applied = applied;
        entry.before = before_digest;
        entry.category = category;
        entry.cause = turn.cause;
        entry.events = names(&events);
        entry.from = turn.from.cloned();
        if entry.kind.as_ref().is_none_or(|kind| kind.as_str() != address.kind()) {
            entry.kind = KindName::new(address.kind()).ok();
        }
        entry.payload = commitment(&salt, payload.as_bytes());
        entry.root = root;
        entry.seq += 1;
        let text = entry.sealed_text();
        entry.previous = Previous::Entry(entry.hash);
        let sealed = SealedEntry { seq: entry.seq, text, hash: entry.hash, salt, payload };
        if let Some(after) = after
            && self.revisited.contains(address)
        {
            self.current.insert(address, after);
        }
        Ok(sealed)
    }

    fn sides(&mut self, turn: &Turn<'p>) -> Result<Sides, SealError> {
        let before = match turn.action {
            EntryAction::Create | EntryAction::StoreCreated => None,
            EntryAction::Record if turn.after.is_none() => None,
            _ => Some(self.found(turn)?),
        };
        if turn.action == EntryAction::Record {
            // What was last applied is quoted by the entry that wrote it; the row is as it is left.
            return Ok(Sides { before: None, after: before });
        }
        let after = match (turn.action, &turn.declared, &before) {
            (EntryAction::Delete, _, _) => None,
            // It was hashed when the commit was made of the same plan.
            (_, Some(declared), _) => Some(declared.clone()),
            (_, None, Some(before)) => {
                let digest = turn.before.ok_or_else(|| SealError::Incomplete { address: turn.address.clone() })?;
                let left = left_of(self.outlines.registry(), turn, before, digest);
                Some(left.ok_or_else(|| SealError::Mismatch { address: turn.address.clone() })?)
            }
            (_, None, None) => return Err(SealError::Incomplete { address: turn.address.clone() }),
        };
        Ok(Sides { before, after })
    }

    /// The document that a turn starts from; for a record, the one that is there.
    fn found(&mut self, turn: &Turn<'p>) -> Result<Document, SealError> {
        let address = turn.from.unwrap_or(turn.address);
        let expected = if turn.action == EntryAction::Record { turn.after } else { turn.before };
        if let Some(document) = self.current.remove(address) {
            return if Some(document.digest()) == expected { Ok(document) } else { Err(mismatch(address)) };
        }
        let document = self.documents.get(address).ok_or_else(|| SealError::Unread { address: address.clone() })?;
        if Some(document.digest()) == expected { Ok(document.clone()) } else { Err(mismatch(address)) }
    }

    fn after_digest(&self, turn: &Turn<'_>) -> Option<Digest> {
        match turn.action {
            EntryAction::Delete => None,
            EntryAction::Forget => turn.after.or(turn.before),
            _ => turn.after,
        }
    }

    /// What was last applied, where that is not what the action expects.
    fn surprise(&self, turn: &Turn<'_>) -> Option<Option<Digest>> {
        let known = self.applied.get(turn.from.unwrap_or(turn.address));
        let expected = match turn.action {
            EntryAction::Create | EntryAction::Adopt => None,
            EntryAction::Record | EntryAction::StoreCreated => known,
            _ => turn.before,
        };
        (known != expected).then_some(known)
    }

    fn apply(&mut self, turn: &Turn<'p>, after: Option<Digest>) {
        if let Some(from) = turn.from {
            self.applied.set(from, None);
        }
        self.applied.set(turn.address, after.filter(|_| turn.action != EntryAction::Forget));
    }

    fn category(&self, turn: &Turn<'_>) -> Category {
        match turn.action {
            EntryAction::Move | EntryAction::Adopt | EntryAction::Forget => Category::Account,
            _ => self.outlines.registry().get(turn.address.kind()).map_or(Category::Other, |kind| kind.category()),
        }
    }

    fn events(&self, turn: &Turn<'p>, before: Option<&Quote<'_>>, after: Option<&Quote<'_>>) -> Vec<Event> {
        let owned = |name, arguments| vec![Event { name, category: Category::Account, arguments }];
        let workspace = || json!({ "workspace": self.entry.workspace.as_str() });
        match turn.action {
            EntryAction::Move => {
                let from = turn.from.map(Address::as_str);
                owned("ownership.moved", json!({ "from": from, "to": turn.address.as_str() }))
            }
            EntryAction::Adopt => owned("ownership.adopted", workspace()),
            EntryAction::Forget => owned("ownership.forgotten", workspace()),
            EntryAction::Create | EntryAction::Update | EntryAction::Replace | EntryAction::Delete => {
                // What is redacted is not what the digest stands for.
                let digest = |quote: &Quote<'_>| turn.after.filter(|_| !quote.is_redacted());
                let after = after.map(|quote| (quote.document(), digest(quote)));
                self.outlines.events(before.map(Quote::document), after, turn.edits)
            }
            EntryAction::Follow | EntryAction::Record | EntryAction::StoreCreated => Vec::new(),
        }
    }
}

fn mismatch(address: &Address) -> SealError {
    SealError::Mismatch { address: address.clone() }
}

fn names(events: &[Event]) -> Vec<EventName> {
    let names = events.iter().map(|event| EventName { category: event.category, name: event.name.to_owned() });
    names.collect()
}
