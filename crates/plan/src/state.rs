//! The live state as the planner works on it: documents opened, moves carried out one after the other.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use deskform_model::{Address, Desired, Document, Follow, Lifecycle, Live, Outline, Registry, Unreadable};
use serde_json::Value;

use crate::diff::whole;

/// What can be said of a stored document.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// It fits its kind: its spec in the latest format.
    Readable(Value, Lifecycle),
    /// It does not fit its kind: the whole of it is drift.
    Misfit,
    /// A newer deskform wrote it.
    Newer(Unreadable),
}

/// A document and what it says.
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    pub(crate) document: Document,
    pub(crate) content: Arc<Content>,
}

impl Opened {
    pub(crate) fn of(registry: &Registry, document: &Document) -> Self {
        let content = match registry.open(document) {
            Ok((spec, lifecycle)) => Content::Readable(spec, lifecycle),
            Err(error @ Unreadable::Newer { .. }) => Content::Newer(error),
            Err(error @ Unreadable::Misfit) => {
                if registry.get(document.kind().as_str()).is_some() {
                    Content::Misfit
                } else {
                    Content::Newer(error)
                }
            }
        };
        Self { document: document.clone(), content: Arc::new(content) }
    }

    /// Spec and lifecycle as one table; `None` if it cannot be read.
    pub(crate) fn whole(&self) -> Option<Cow<'_, Value>> {
        match &*self.content {
            Content::Readable(spec, lifecycle) => Some(whole(spec, *lifecycle)),
            Content::Misfit | Content::Newer(_) => None,
        }
    }

    pub(crate) fn protected(&self) -> bool {
        match &*self.content {
            Content::Readable(_, lifecycle) => lifecycle.protected,
            Content::Misfit | Content::Newer(_) => self.document.parts().is_some_and(|(_, l)| l.protected),
        }
    }

    pub(crate) fn outline(&self, registry: &Registry) -> Outline {
        match (&*self.content, registry.get(self.document.kind().as_str())) {
            (Content::Readable(spec, _), Some(kind)) => kind.outline(spec),
            _ => Outline::default(),
        }
    }

    /// True if two documents say the same, whatever formats they are written in.
    pub(crate) fn same(&self, other: &Self) -> bool {
        self.document.digest() == other.document.digest()
            || match (&*self.content, &*other.content) {
                (Content::Readable(a, la), Content::Readable(b, lb)) => a == b && la == lb,
                _ => false,
            }
    }
}

/// One row of the workspace that has to be looked at.
#[derive(Debug, Clone)]
pub(crate) struct RowState {
    /// Its address before the plan.
    pub(crate) origin: Address,
    /// What the store holds.
    pub(crate) original: Document,
    /// The same after the moves of this plan: references follow.
    pub(crate) live: Opened,
}

/// One move, carried out on the state.
#[derive(Debug, Clone)]
pub(crate) struct MoveDone {
    pub(crate) from: Address,
    pub(crate) to: Address,
    pub(crate) before: Document,
    pub(crate) after: Document,
    pub(crate) follows: Vec<Follow>,
}

/// The rows and last applied documents that the plan is about, by the address that they have after the moves.
pub(crate) struct State {
    pub(crate) rows: BTreeMap<Address, RowState>,
    pub(crate) applied: BTreeMap<Address, Opened>,
    pub(crate) moves: Vec<MoveDone>,
}

impl State {
    /// Opens what was read of the workspace's rows and carries out the moves, in the order given.
    pub(crate) fn after_moves(
        registry: &Registry,
        desired: &Desired,
        live: &Live,
        moves: &BTreeMap<Address, Address>,
    ) -> Self {
        let mut state = Self { rows: BTreeMap::new(), applied: BTreeMap::new(), moves: Vec::new() };
        for (address, document) in &live.detail.documents {
            if live.rows.get(address).is_some_and(|row| row.owner.as_ref() == Some(&desired.workspace)) {
                let live = Opened::of(registry, document);
                let row = RowState { origin: address.clone(), original: document.clone(), live };
                state.rows.insert(address.clone(), row);
            }
        }
        for (address, document) in &live.detail.applied {
            // Mostly what was last applied is what is live.
            let same = state.rows.get(address).map(|row| &row.live).filter(|live| live.document == *document);
            let opened = same.cloned().unwrap_or_else(|| Opened::of(registry, document));
            state.applied.insert(address.clone(), opened);
        }
        for (to, from) in moves {
            state.carry_out(registry, live, from, to);
        }
        state
    }

    fn carry_out(&mut self, registry: &Registry, live: &Live, from: &Address, to: &Address) {
        let Some(mut row) = self.rows.remove(from) else { return };
        let before = row.live.document.clone();
        // A resource may refer to itself; its own text follows within the move.
        if let Some(renamed) = registry.renamed(&before, from, to) {
            row.live = Opened::of(registry, &renamed);
        }
        let after = row.live.document.clone();
        self.rows.insert(to.clone(), row);
        if let Some(applied) = self.applied.remove(from) {
            self.applied.insert(to.clone(), applied);
        }
        let referrers = live.detail.referrers.get(from).map(Vec::as_slice).unwrap_or_default();
        let mut follows = Vec::new();
        let origins: Vec<&Address> = referrers.iter().map(|referrer| &referrer.from).collect();
        for (address, row) in &mut self.rows {
            if address == to || !origins.contains(&&row.origin) {
                continue;
            }
            let Some(renamed) = registry.renamed(&row.live.document, from, to) else { continue };
            let (before, after) = (row.live.document.digest(), renamed.digest());
            if before != after {
                follows.push(Follow { address: address.clone(), before, after });
                row.live = Opened::of(registry, &renamed);
            }
        }
        for opened in self.applied.values_mut() {
            if let Some(renamed) = registry.renamed(&opened.document, from, to) {
                *opened = Opened::of(registry, &renamed);
            }
        }
        self.moves.push(MoveDone { from: from.clone(), to: to.clone(), before, after, follows });
    }
}
