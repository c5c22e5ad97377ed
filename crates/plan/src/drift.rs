//! Drift: what somebody changed in the store outside deskform, field by field, beside what is only pending.

use std::borrow::Cow;
use std::collections::BTreeSet;

use deskform_model::{
    Address, Desired, Document, FieldPath, HintKind, Live, Registry, StoreIdentity, Wanted, WorkspaceName,
};
use serde_json::Value;

use crate::diff::{differences, hidden, value_at};
use crate::state::Opened;

/// What differs between what was last applied, what is live and what is desired.
#[derive(Debug, Clone, PartialEq)]
pub struct DriftReport {
    /// The workspace.
    pub workspace: WorkspaceName,
    /// The store.
    pub store: Option<StoreIdentity>,
    /// Changed outside deskform, and neither as last applied nor as desired.
    pub drifted: Vec<Drifted>,
    /// Changed in the manifests and not applied yet: no drift.
    pub pending: Vec<Address>,
    /// Changed outside deskform into what is desired: the next apply records it.
    pub recordable: Vec<Address>,
    /// Owned by nobody.
    pub unmanaged: Vec<Address>,
    /// How many resources were looked at.
    pub checked: u64,
}

/// One resource that drifted.
#[derive(Debug, Clone, PartialEq)]
pub struct Drifted {
    /// The resource.
    pub address: Address,
    /// Its name for people.
    pub title: Option<String>,
    /// What happened to it.
    pub state: DriftState,
    /// The fields, where it was changed.
    pub edits: Vec<DriftEdit>,
}

/// What happened to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DriftState {
    /// Its content is another.
    Changed,
    /// It is gone.
    Deleted,
    /// It is there, marked as this workspace's, and no apply wrote it.
    Created,
    /// It belongs to somebody else or to nobody now.
    Disowned,
    /// Its content does not fit its kind, or a newer deskform wrote it.
    Unreadable,
}

impl DriftState {
    /// The word in outputs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Deleted => "deleted",
            Self::Created => "created",
            Self::Disowned => "disowned",
            Self::Unreadable => "unreadable",
        }
    }
}

/// One field that drifted, from its three sides. A side is `None` where the field is not there or not known.
#[derive(Debug, Clone, PartialEq)]
pub struct DriftEdit {
    /// The field.
    pub path: FieldPath,
    /// What the manifests say.
    pub desired: Option<Value>,
    /// What this workspace wrote last.
    pub applied: Option<Value>,
    /// What is there.
    pub live: Option<Value>,
}

/// Names the documents that [`drift`] needs: those of every row that is not as it was last applied.
pub fn wanted_for_drift(workspace: &WorkspaceName, index: &Live) -> Wanted {
    let mut wanted = Wanted::default();
    for (address, row) in &index.rows {
        let applied = index.applied.get(address);
        let ours = row.owner.as_ref() == Some(workspace);
        let same = ours && row.digest.is_some() && row.digest == applied.map(|applied| applied.digest);
        if (ours || applied.is_some()) && !same {
            wanted.documents.insert(address.clone());
        }
    }
    for (address, applied) in &index.applied {
        if index.rows.get(address).and_then(|row| row.digest) != Some(applied.digest) {
            wanted.applied.insert(address.clone());
        }
    }
    wanted
}

/// Compares. Without `desired` (manifests that cannot be read) drift is live against last applied.
///
/// `live` must be a snapshot whose digests were all worked out from the documents.
pub fn drift(registry: &Registry, workspace: &WorkspaceName, desired: Option<&Desired>, live: &Live) -> DriftReport {
    let mut report = DriftReport {
        workspace: workspace.clone(),
        store: live.store.clone(),
        drifted: Vec::new(),
        pending: Vec::new(),
        recordable: Vec::new(),
        unmanaged: live.rows.iter().filter(|(_, row)| row.owner.is_none()).map(|(a, _)| a.clone()).collect(),
        checked: 0,
    };
    let ours = live.rows.iter().filter(|(_, row)| row.owner.as_ref() == Some(workspace)).map(|(address, _)| address);
    let mut addresses: BTreeSet<&Address> = ours.chain(live.applied.keys()).collect();
    addresses.extend(desired.into_iter().flat_map(|desired| desired.resources.keys()));
    for address in addresses {
        report.checked += 1;
        Sides::of(registry, workspace, desired, live, address).report(registry, &mut report);
    }
    report
}

/// The three sides of one resource.
struct Sides<'a> {
    address: &'a Address,
    /// `None`: not declared. Where the manifests cannot be read, what was last applied stands in.
    desired: Option<Opened>,
    applied: Option<Opened>,
    applied_there: bool,
    live: Option<Opened>,
    /// Live and last applied have one digest.
    untouched: bool,
    disowned: bool,
    manifests_read: bool,
    pending_digest_differs: bool,
}

impl<'a> Sides<'a> {
    fn of(
        registry: &Registry,
        workspace: &WorkspaceName,
        desired: Option<&Desired>,
        live: &'a Live,
        address: &'a Address,
    ) -> Self {
        let row = live.rows.get(address);
        let ours = row.is_some_and(|row| row.owner.as_ref() == Some(workspace));
        let applied = live.applied.get(address);
        let untouched = ours && row.and_then(|row| row.digest) == applied.map(|applied| applied.digest);
        let declared = desired.and_then(|desired| desired.resources.get(declared_as(desired, address)));
        let open = |document: &Document| Opened::of(registry, document);
        let live_digest = row.filter(|_| ours).and_then(|row| row.digest);
        Self {
            address,
            desired: declared.map(|resource| open(&resource.document)),
            applied: live.detail.applied.get(address).map(open),
            applied_there: applied.is_some(),
            live: if ours { live.detail.documents.get(address).map(open) } else { None },
            untouched: untouched || (!ours && applied.is_none()),
            disowned: row.is_some() && !ours && applied.is_some(),
            manifests_read: desired.is_some(),
            pending_digest_differs: declared.map(|resource| resource.digest) != live_digest,
        }
    }

    fn report(self, registry: &Registry, report: &mut DriftReport) {
        if self.untouched {
            if self.manifests_read && self.pending_digest_differs {
                report.pending.push(self.address.clone());
            }
            return;
        }
        let same = |a: &Option<Opened>, b: &Option<Opened>| match (a, b) {
            (Some(a), Some(b)) => a.same(b),
            (None, None) => true,
            _ => false,
        };
        if self.manifests_read && !self.disowned && same(&self.live, &self.desired) {
            report.recordable.push(self.address.clone());
            return;
        }
        // Another format of the same content is no difference.
        if self.live.is_some() && self.applied.is_some() && same(&self.live, &self.applied) {
            return;
        }
        report.drifted.push(self.drifted(registry));
    }

    fn drifted(self, registry: &Registry) -> Drifted {
        let state = match &self.live {
            _ if self.disowned => DriftState::Disowned,
            None => DriftState::Deleted,
            Some(live) if live.whole().is_none() => DriftState::Unreadable,
            Some(_) if self.applied_there => DriftState::Changed,
            Some(_) => DriftState::Created,
        };
        let sides = [&self.live, &self.applied, &self.desired];
        let title = sides.iter().find_map(|side| side.as_ref()?.outline(registry).title);
        let edits = if state == DriftState::Changed { self.edits(registry) } else { Vec::new() };
        Drifted { address: self.address.clone(), title, state, edits }
    }

    /// The fields in which live differs from last applied or, where that is not known, from desired.
    fn edits(&self, registry: &Registry) -> Vec<DriftEdit> {
        let Some(kind) = registry.get(self.address.kind()) else { return Vec::new() };
        let [live, applied, desired] =
            [&self.live, &self.applied, &self.desired].map(|side| side.as_ref().and_then(Opened::whole));
        let (Some(live), Some(base)) = (&live, applied.as_ref().or(desired.as_ref())) else { return Vec::new() };
        let shapes = kind.shapes();
        let side = |side: &Option<Cow<'_, Value>>, path: &FieldPath| {
            side.as_ref().and_then(|side| value_at(shapes, side, path)).map(|value| hidden(kind, path, value))
        };
        let found = differences(shapes, base, live).into_iter().map(|difference| DriftEdit {
            desired: side(&desired, &difference.path),
            applied: side(&applied, &difference.path),
            live: difference.after.map(|value| hidden(kind, &difference.path, &value)),
            path: difference.path,
        });
        found.collect()
    }
}

/// A resource with a pending move is declared under its new address.
fn declared_as<'d>(desired: &'d Desired, address: &'d Address) -> &'d Address {
    let moved = desired.hints.iter().find_map(|hint| match &hint.kind {
        HintKind::Moved { from, via, to } if from == address || via.contains(address) => Some(to),
        _ => None,
    });
    if desired.resources.contains_key(address) { address } else { moved.unwrap_or(address) }
}
