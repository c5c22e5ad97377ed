//! A store in memory that carries out plans the plain way, change by change, and looks after every step whether what it
//! holds is still valid.
//!
//! It takes nothing from the planner, the apply or the store but the plan itself: what those crates work out in advance
//! is worked out here again from the documents.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{
    Action, Address, AppliedRow, Change, Detail, Digest, Document, FieldPath, Follow, Lineage, Live, LiveRow, PlanBody,
    Precondition, Referrer, Registry, Segment, StoreIdentity, Wanted, WorkspaceName, WorkspaceState, canonical_text,
    set_digest,
};
use serde_json::Value;

/// The store.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Model {
    /// `None` until the first run.
    pub lineage: Option<Lineage>,
    /// The resources.
    pub rows: BTreeMap<Address, ModelRow>,
    /// `(from, path, to)`.
    pub references: BTreeSet<(Address, FieldPath, Address)>,
    /// Who holds what alone; a set, so that it can be wrong.
    pub unique: BTreeSet<(String, String, Address)>,
    /// What each workspace did.
    pub workspaces: BTreeMap<WorkspaceName, ModelWorkspace>,
}

/// A resource in the store.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelRow {
    /// Who owns it.
    pub owner: Option<WorkspaceName>,
    /// Its document.
    pub document: Document,
    /// True if the document was changed by hand, so that the store's cache of its digest is blank.
    pub blank: bool,
}

/// What a workspace did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ModelWorkspace {
    /// How many runs it has had.
    pub serial: u64,
    /// How many entries its log has.
    pub seq: u64,
    /// What it wrote last.
    pub applied: BTreeMap<Address, AppliedDocument>,
}

/// What a workspace wrote last to an address.
#[derive(Debug, Clone, PartialEq)]
pub struct AppliedDocument {
    /// The number of the entry.
    pub seq: u64,
    /// The document.
    pub document: Document,
}

impl Model {
    /// What the store shows: the index, then the details that were asked for and no others.
    pub fn live(
        &self,
        registry: &Registry,
        workspace: &WorkspaceName,
        hashed: bool,
        wanted: impl FnOnce(&Live) -> Wanted,
    ) -> Live {
        let mut live = self.index(workspace, hashed);
        let wanted = wanted(&live);
        live.detail = self.detail(workspace, &wanted);
        debug_assert!(wanted.documents.iter().all(|address| registry.get(address.kind()).is_some()));
        live
    }

    fn index(&self, workspace: &WorkspaceName, hashed: bool) -> Live {
        let row = |row: &ModelRow| LiveRow {
            owner: row.owner.clone(),
            digest: (hashed || !row.blank).then(|| row.document.digest()),
        };
        let own = self.workspaces.get(workspace);
        let applied = own.into_iter().flat_map(|own| &own.applied).map(|(address, applied)| {
            (address.clone(), AppliedRow { seq: applied.seq, digest: applied.document.digest() })
        });
        Live {
            store: self.lineage.clone().map(|lineage| StoreIdentity { lineage, label: None }),
            workspace: own.map(|own| WorkspaceState {
                serial: own.serial,
                seq: own.seq,
                head: Digest::of(&[workspace.as_str().as_bytes(), own.seq.to_string().as_bytes()]),
            }),
            rows: self.rows.iter().map(|(address, model)| (address.clone(), row(model))).collect(),
            applied: applied.collect(),
            detail: Detail::default(),
        }
    }

    fn detail(&self, workspace: &WorkspaceName, wanted: &Wanted) -> Detail {
        let Wanted { documents, applied, referrers, values, scopes } = wanted;
        let mut detail = Detail::default();
        let document = |address: &Address| Some((address.clone(), self.rows.get(address)?.document.clone()));
        detail.documents.extend(documents.iter().filter_map(document));
        let own = self.workspaces.get(workspace);
        let last = |address: &Address| Some((address.clone(), own?.applied.get(address)?.document.clone()));
        detail.applied.extend(applied.iter().filter_map(last));
        for address in referrers {
            let from = self.references.iter().filter(|(_, _, to)| to == address);
            let found: Vec<_> =
                from.map(|(from, path, _)| Referrer { from: from.clone(), path: path.clone() }).collect();
            detail.documents.extend(found.iter().filter_map(|referrer| document(&referrer.from)));
            if !found.is_empty() {
                detail.referrers.insert(address.clone(), found);
            }
        }
        for (scope, value, holder) in &self.unique {
            if values.contains(&(scope.clone(), value.clone())) {
                detail.values.entry(scope.clone()).or_default().insert(value.clone(), holder.clone());
            }
        }
        for scope in scopes {
            let holders = self.holders(scope).map(|(holder, value)| (holder.clone(), value.to_owned()));
            detail.scopes.insert(scope.clone(), holders.collect());
        }
        detail
    }

    /// Who refers to an address.
    pub fn referrers(&self, address: &Address) -> BTreeSet<Address> {
        self.references.iter().filter(|(_, _, to)| to == address).map(|(from, _, _)| from.clone()).collect()
    }

    /// Who holds a value.
    pub fn holder(&self, scope: &str, value: &str) -> Option<&Address> {
        self.unique.iter().find(|(s, v, _)| s == scope && v == value).map(|(_, _, holder)| holder)
    }

    /// The holders of a scope with their values, by address.
    fn holders<'a>(&'a self, scope: &'a str) -> impl Iterator<Item = (&'a Address, &'a str)> {
        let found: BTreeSet<_> =
            self.unique.iter().filter(move |(s, _, _)| s == scope).map(|(_, v, h)| (h, v.as_str())).collect();
        found.into_iter()
    }

    /// The preconditions of a plan that do not hold.
    pub fn failing<'p>(&self, body: &'p PlanBody) -> Vec<&'p Precondition> {
        body.preconditions.iter().filter(|fact| !self.holds(body.workspace.as_ref(), fact)).collect()
    }

    fn holds(&self, workspace: Option<&WorkspaceName>, fact: &Precondition) -> bool {
        match fact {
            Precondition::Row { address, digest, owner } => {
                self.rows.get(address).is_some_and(|row| row.document.digest() == *digest && row.owner == *owner)
            }
            Precondition::Absent { address } => !self.rows.contains_key(address),
            Precondition::Exists { address } => self.rows.contains_key(address),
            Precondition::Unreferenced { address, except } => {
                self.referrers(address).iter().all(|from| except.contains(from))
            }
            Precondition::Free { scope, value, except } => {
                self.holder(scope, value).is_none_or(|holder| except.contains(holder))
            }
            Precondition::Set { scope, kind, digest } => {
                let outside =
                    |address: &Address| self.rows.get(address).is_some_and(|row| row.owner.as_ref() != workspace);
                let holders: Vec<_> = self
                    .holders(scope)
                    .filter(|(holder, _)| outside(holder))
                    .map(|(holder, value)| (holder.to_string(), value.to_owned()))
                    .collect();
                let others = self.rows.keys().any(|address| address.kind() == kind.as_str() && outside(address));
                set_digest(&holders, others) == *digest
            }
        }
    }

    /// Carries out a plan. What comes back as an error is a fault of the plan: a precondition that does not hold, a
    /// change that does not fit what it meets, or a step that leaves the store in a state that it should not be in.
    pub fn execute(&mut self, registry: &Registry, body: &PlanBody) -> Result<(), String> {
        if let Some(fact) = self.failing(body).first() {
            return Err(format!("stale: {fact:?}"));
        }
        if self.lineage != body.lineage {
            return Err("planned for another store".to_owned());
        }
        let workspace = body.workspace.clone().ok_or("a plan without a workspace")?;
        let known = self.violations(registry);
        let mut run = Run::default();
        for (number, step) in body.steps.iter().enumerate() {
            for change in &step.changes {
                self.change(registry, &workspace, change, &mut run)
                    .map_err(|fault| format!("step {number}: {} {}: {fault}", change.action.word(), change.address))?;
            }
            if let Some(fault) = self.violations(registry).difference(&known).next() {
                return Err(format!("after step {number}: {fault}"));
            }
        }
        for record in &body.records {
            let document = self.rows.get(&record.address).map(|row| row.document.clone());
            if document.as_ref().map(Document::digest) != record.digest {
                return Err(format!("{} is recorded but is not what is live", record.address));
            }
            run.wrote(&record.address, document);
        }
        if !body.is_empty() {
            self.close(workspace, run);
        }
        Ok(())
    }

    /// Writes what the run did into the books of its workspace.
    fn close(&mut self, workspace: WorkspaceName, run: Run) {
        let lineage = Lineage::new("0123456789abcdef".repeat(2)).expect("32 digits");
        self.lineage.get_or_insert(lineage);
        let own = self.workspaces.entry(workspace).or_default();
        own.serial += 1;
        for (address, document) in run.entries {
            own.seq += 1;
            match document {
                Some(document) => own.applied.insert(address, AppliedDocument { seq: own.seq, document }),
                None => own.applied.remove(&address),
            };
        }
    }

    fn change(
        &mut self,
        registry: &Registry,
        workspace: &WorkspaceName,
        change: &Change,
        run: &mut Run,
    ) -> Result<(), String> {
        let address = &change.address;
        match change.action {
            Action::Create => {
                if self.rows.contains_key(address) {
                    return Err("it is there already".to_owned());
                }
                let document = declared(change)?;
                self.write(registry, address, Some(workspace.clone()), document.clone())?;
                run.wrote(address, Some(document));
            }
            Action::Update | Action::Replace => {
                self.meets(address, Some(workspace), change.before)?;
                let document = declared(change)?;
                self.write(registry, address, Some(workspace.clone()), document.clone())?;
                run.wrote(address, Some(document));
            }
            Action::Delete => {
                self.meets(address, Some(workspace), change.before)?;
                self.remove(address);
                run.wrote(address, None);
            }
            Action::Adopt => {
                let document = self.meets(address, None, change.before)?;
                kept(change, &document)?;
                self.write(registry, address, Some(workspace.clone()), document.clone())?;
                run.wrote(address, Some(document));
            }
            Action::Forget => {
                let document = self.meets(address, Some(workspace), change.before)?;
                self.rows.insert(address.clone(), ModelRow { owner: None, document, blank: false });
                run.wrote(address, None);
            }
            Action::Move => self.relocate(registry, workspace, change, run)?,
        }
        Ok(())
    }

    /// Moves a row, and then lets the text of all that refer to it follow.
    fn relocate(
        &mut self,
        registry: &Registry,
        workspace: &WorkspaceName,
        change: &Change,
        run: &mut Run,
    ) -> Result<(), String> {
        let from = change.from.as_ref().ok_or("a move from nowhere")?;
        let document = self.meets(from, Some(workspace), change.before)?;
        if self.rows.contains_key(&change.address) {
            return Err("its new address is taken".to_owned());
        }
        let pointing = self.references.iter().filter(|(_, _, to)| to == from).cloned();
        let (own, referrers): (Vec<_>, Vec<_>) = pointing.partition(|(referrer, _, _)| referrer == from);
        // What refers to itself goes on doing so; its own text changes with the move.
        let document = renamed(registry, &document, own.iter().map(|(_, path, _)| path), change.address.name())?;
        kept(change, &document)?;
        self.remove(from);
        self.write(registry, &change.address, Some(workspace.clone()), document.clone())?;
        run.wrote(from, None);
        run.wrote(&change.address, Some(document));

        let named: BTreeSet<&Address> = change.follows.iter().map(|follow| &follow.address).collect();
        let found: BTreeSet<&Address> = referrers.iter().map(|(referrer, _, _)| referrer).collect();
        if named != found {
            return Err(format!("{found:?} refer to it but {named:?} follow"));
        }
        for Follow { address, before, after } in &change.follows {
            let document = self.meets(address, Some(workspace), Some(*before))?;
            let paths = referrers.iter().filter(|(referrer, _, _)| referrer == address).map(|(_, path, _)| path);
            let document = renamed(registry, &document, paths, change.address.name())?;
            if document.digest() != *after {
                return Err(format!("{address} does not become what the plan says: {}", document.text()));
            }
            self.write(registry, address, Some(workspace.clone()), document.clone())?;
            run.wrote(address, Some(document));
        }
        Ok(())
    }

    /// The document of a row that is as the plan expects it.
    fn meets(
        &self,
        address: &Address,
        owner: Option<&WorkspaceName>,
        before: Option<Digest>,
    ) -> Result<Document, String> {
        let row = self.rows.get(address).ok_or_else(|| format!("{address} is not there"))?;
        if row.owner.as_ref() != owner {
            return Err(format!("{address} belongs to {:?}", row.owner));
        }
        if Some(row.document.digest()) != before {
            return Err(format!("{address} is not what the plan starts from but {}", row.document.text()));
        }
        Ok(row.document.clone())
    }

    /// Writes a row and works out its references and unique values from its document.
    pub fn write(
        &mut self,
        registry: &Registry,
        address: &Address,
        owner: Option<WorkspaceName>,
        document: Document,
    ) -> Result<(), String> {
        let kind = registry.get(address.kind()).ok_or("a kind that is not registered")?;
        let (spec, _) = registry.open(&document).map_err(|error| format!("{address}: {error}"))?;
        let outline = kind.outline(&spec);
        self.remove(address);
        let reference = |r: deskform_model::Reference| (address.clone(), r.path, r.to);
        self.references.extend(outline.references.into_iter().map(reference));
        self.unique.extend(outline.unique.into_iter().map(|u| (u.scope, u.value, address.clone())));
        self.rows.insert(address.clone(), ModelRow { owner, document, blank: false });
        Ok(())
    }

    /// Takes a row away, with all that it refers to and holds.
    pub fn remove(&mut self, address: &Address) {
        self.rows.remove(address);
        self.references.retain(|(from, _, _)| from != address);
        self.unique.retain(|(_, _, holder)| holder != address);
    }

    /// What is wrong with the store; a plan adds nothing to it at the end of any step.
    pub fn violations(&self, registry: &Registry) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (from, path, to) in &self.references {
            if !self.rows.contains_key(to) {
                found.insert(format!("{from} refers to {to} at {path}, which is not there"));
            }
        }
        let mut seen = BTreeMap::new();
        for (scope, value, holder) in &self.unique {
            if let Some(first) = seen.insert((scope, value), holder) {
                found.insert(format!("{first} and {holder} both hold `{value}` of {scope}"));
            }
        }
        for kind in registry.kinds() {
            if !self.rows.keys().any(|address| address.kind() == kind.name().as_str()) {
                continue;
            }
            for exclusive in kind.exclusive() {
                let holders = self.holders(exclusive.scope).count();
                if holders > 1 || exclusive.needed && holders == 0 {
                    found.insert(format!("{holders} resources hold {}", exclusive.scope));
                }
            }
        }
        found
    }
}

/// The entries of one run, as far as last applied goes.
#[derive(Default)]
struct Run {
    entries: Vec<(Address, Option<Document>)>,
}

impl Run {
    fn wrote(&mut self, address: &Address, document: Option<Document>) {
        self.entries.push((address.clone(), document));
    }
}

/// The document that a create or an update leaves.
fn declared(change: &Change) -> Result<Document, String> {
    let kind = change.address.kind().parse().map_err(|_| "a kind without a legal name")?;
    let after = change.after.as_ref().ok_or("it leaves no document")?;
    let document = after.document(&kind).ok_or("the plan does not hold its document")?;
    if document.digest() == after.digest { Ok(document) } else { Err("its document has another digest".to_owned()) }
}

/// Checks that a move or an adoption leaves the document as it is.
fn kept(change: &Change, document: &Document) -> Result<(), String> {
    let after = change.after.as_ref().ok_or("it leaves no document")?;
    if after.digest == document.digest() && after.format == document.format() {
        Ok(())
    } else {
        Err("it changes the document".to_owned())
    }
}

/// A document with another name in the references at the paths.
fn renamed<'a>(
    registry: &Registry,
    document: &Document,
    paths: impl Iterator<Item = &'a FieldPath>,
    name: &str,
) -> Result<Document, String> {
    let mut paths = paths.peekable();
    if paths.peek().is_none() {
        return Ok(document.clone());
    }
    let kind = registry.get(document.kind().as_str()).ok_or("a kind that is not registered")?;
    let mut value: Value = serde_json::from_str(document.text()).map_err(|error| error.to_string())?;
    for path in paths {
        *at(&mut value, path).ok_or_else(|| format!("nothing stands at {path}"))? = Value::from(name);
    }
    kind.shapes().canonicalise(&mut value);
    let text = canonical_text(&value).map_err(|error| error.to_string())?;
    Ok(Document::stored(document.kind().clone(), document.format(), text))
}

/// The place of a path in a document; the item of a keyed list is found by any of its fields that has the key as value.
fn at<'v>(value: &'v mut Value, path: &FieldPath) -> Option<&'v mut Value> {
    path.segments().iter().try_fold(value, |value, segment| match (value, segment) {
        (Value::Object(table), Segment::Key(key)) => table.get_mut(key),
        (Value::Array(items), Segment::Index(index)) => items.get_mut(*index),
        (Value::Array(items), Segment::Key(key)) => {
            items.iter_mut().find(|item| item.as_object().is_some_and(|t| t.values().any(|v| v == key.as_str())))
        }
        _ => None,
    })
}
