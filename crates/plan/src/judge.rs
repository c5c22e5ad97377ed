//! The independent judge of a finished plan. Shares no code with the planner: it carries the plan out, change by change, on
//! what it knows of the store, and says what does not hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ahash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};
use deskform_model::{
    Action, Address, Change, Digest, Document, KindName, Live, Outline, Outlines, PlanBody, Precondition, Step,
    UniqueValue, WorkspaceName,
};

/// Something that does not hold in a plan: a bug of the planner, or a plan file that somebody else made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// A stable word.
    pub code: &'static str,
    /// The resource.
    pub address: Option<Address>,
    /// What does not hold, a lower-case fragment.
    pub text: String,
}

/// Carries a plan out on a model of the store and gives every fault. The outlines come of the kinds alone, whoever asked for
/// them first; the digest of each document is checked here.
///
/// `live` must be a snapshot with the detail that [`crate::wanted`] named when the plan was made, or that
/// [`crate::wanted`] names now for a plan that is read from a file.
pub fn verify(outlines: &Outlines<'_>, body: &PlanBody, live: &Live) -> Vec<Fault> {
    let Some(workspace) = &body.workspace else {
        return vec![Fault { code: "no_workspace", address: None, text: "the plan names no workspace".to_owned() }];
    };
    let mut judge = Judge::new(outlines, workspace, live, body.changes().count());
    let relied = Relied::on(&body.preconditions);
    for step in &body.steps {
        judge.step(step, &relied);
    }
    for record in &body.records {
        let actual = judge.rows.get(&record.address).and_then(|row| row.digest);
        judge.demand(actual == record.digest, "record", &record.address, "what is recorded is not what is live");
    }
    judge.faults
}

/// What the preconditions cover, for quick look-up.
#[derive(Default)]
struct Relied<'p> {
    rows: HashMap<&'p Address, Digest>,
    absent: HashSet<&'p Address>,
    free: HashSet<(&'p str, &'p str)>,
    unreferenced: HashSet<&'p Address>,
}

impl<'p> Relied<'p> {
    fn on(preconditions: &'p [Precondition]) -> Self {
        let count =
            |of: fn(&Precondition) -> bool| preconditions.iter().filter(|precondition| of(precondition)).count();
        let mut relied = Self::default();
        relied.absent.reserve(count(|precondition| matches!(precondition, Precondition::Absent { .. })));
        relied.free.reserve(count(|precondition| matches!(precondition, Precondition::Free { .. })));
        for precondition in preconditions {
            match precondition {
                Precondition::Row { address, digest, owner: _ } => {
                    relied.rows.insert(address, *digest);
                }
                Precondition::Absent { address } => {
                    relied.absent.insert(address);
                }
                Precondition::Unreferenced { address, except: _ } => {
                    relied.unreferenced.insert(address);
                }
                Precondition::Free { scope, value, except: _ } => {
                    relied.free.insert((scope, value));
                }
                Precondition::Exists { .. } | Precondition::Set { .. } => {}
            }
        }
        relied
    }
}

/// A row of the model.
struct Seen {
    /// `None` where the store's cache is blank and the document was not read.
    digest: Option<Digest>,
    owner: Option<WorkspaceName>,
    /// `None` where the document was not read.
    document: Option<Document>,
    /// `None` where the document was not read or does not fit its kind.
    outline: Option<Arc<Outline>>,
    /// The address before the plan; `None` for a row that the plan creates.
    origin: Option<Address>,
}

/// Who holds a value: seldom more than one.
struct Holders {
    one: Address,
    others: Vec<Address>,
}

impl Holders {
    fn add(&mut self, holder: &Address) {
        if self.one != *holder && !self.others.contains(holder) {
            self.others.push(holder.clone());
        }
    }

    /// True if nobody is left.
    fn remove(&mut self, holder: &Address) -> bool {
        self.others.retain(|other| other != holder);
        if self.one != *holder {
            return false;
        }
        match self.others.pop() {
            Some(other) => self.one = other,
            None => return true,
        }
        false
    }

    fn count(&self) -> usize {
        1 + self.others.len()
    }
}

/// Who holds the values of one scope.
struct Scope {
    values: HashMap<String, Holders>,
    /// Holders of all values together: counted as they come and go, as it is asked for at every step.
    holders: usize,
}

impl Scope {
    fn add(&mut self, value: &str, holder: &Address) {
        match self.values.get_mut(value) {
            Some(holders) => {
                self.holders -= holders.count();
                holders.add(holder);
                self.holders += holders.count();
            }
            None => {
                self.values.insert(value.to_owned(), Holders { one: holder.clone(), others: Vec::new() });
                self.holders += 1;
            }
        }
    }

    fn remove(&mut self, value: &str, holder: &Address) {
        let Some(holders) = self.values.get_mut(value) else { return };
        self.holders -= holders.count();
        if holders.remove(holder) {
            self.values.remove(value);
        } else {
            self.holders += holders.count();
        }
    }
}

struct Judge<'a> {
    outlines: &'a Outlines<'a>,
    workspace: &'a WorkspaceName,
    live: &'a Live,
    rows: HashMap<Address, Seen>,
    /// How many rows there are of a kind.
    of_kind: BTreeMap<String, usize>,
    /// Who refers to an address, among the outlines seen.
    pointing: HashMap<Address, BTreeSet<Address>>,
    /// Who holds a unique value, by scope and value, among the outlines seen.
    holding: HashMap<String, Scope>,
    done: HashSet<(&'a Address, Action)>,
    faults: Vec<Fault>,
}

impl<'a> Judge<'a> {
    /// Tables that grow are copied whenever they double: those that every row is in have room for all rows from the start.
    fn new(outlines: &'a Outlines<'a>, workspace: &'a WorkspaceName, live: &'a Live, changes: usize) -> Self {
        let mut judge = Self {
            outlines,
            workspace,
            live,
            rows: HashMap::with_capacity(live.rows.len() + changes),
            of_kind: BTreeMap::new(),
            pointing: HashMap::default(),
            holding: HashMap::default(),
            done: HashSet::with_capacity(changes),
            faults: Vec::new(),
        };
        for (address, row) in &live.rows {
            let document = live.detail.documents.get(address);
            let read = document.map(Document::digest);
            let outline =
                document.zip(read).and_then(|(document, digest)| Some(outlines.of(document, &digest).ok()?.0));
            let digest = read.or(row.digest);
            let (owner, document) = (row.owner.clone(), document.cloned());
            judge.put(address, Seen { digest, owner, document, outline: None, origin: Some(address.clone()) });
            if let Some(outline) = outline {
                judge.learn(address, outline);
            }
        }
        for (scope, values) in &live.detail.values {
            for (value, holder) in values {
                judge.hold(scope, value, holder);
            }
        }
        for (scope, holders) in &live.detail.scopes {
            for (holder, value) in holders {
                judge.hold(scope, value, holder);
            }
        }
        judge
    }

    fn put(&mut self, address: &Address, row: Seen) {
        if self.rows.insert(address.clone(), row).is_none() {
            *self.of_kind.entry(address.kind().to_owned()).or_default() += 1;
        }
    }

    fn take(&mut self, address: &Address) -> Option<Seen> {
        let row = self.rows.remove(address)?;
        if let Some(count) = self.of_kind.get_mut(address.kind()) {
            *count -= 1;
        }
        Some(row)
    }

    fn hold(&mut self, scope: &str, value: &str, holder: &Address) {
        let scope = match self.holding.get_mut(scope) {
            Some(scope) => scope,
            None => {
                let values = HashMap::with_capacity(self.rows.capacity());
                self.holding.entry(scope.to_owned()).or_insert(Scope { values, holders: 0 })
            }
        };
        scope.add(value, holder);
    }

    fn holders(&self, scope: &str, value: &str) -> usize {
        self.holding.get(scope).and_then(|scope| scope.values.get(value)).map_or(0, Holders::count)
    }

    fn demand(&mut self, holds: bool, code: &'static str, address: &Address, text: &str) {
        self.demand_with(holds, code, address, || text.to_owned());
    }

    fn demand_with(&mut self, holds: bool, code: &'static str, address: &Address, text: impl FnOnce() -> String) {
        if !holds {
            self.faults.push(Fault { code, address: Some(address.clone()), text: text() });
        }
    }

    fn learn(&mut self, address: &Address, outline: Arc<Outline>) {
        self.unlearn(address);
        for reference in &outline.references {
            self.pointing.entry(reference.to.clone()).or_default().insert(address.clone());
        }
        for value in &outline.unique {
            self.hold(&value.scope, &value.value, address);
        }
        if let Some(row) = self.rows.get_mut(address) {
            row.outline = Some(outline);
        }
    }

    fn unlearn(&mut self, address: &Address) {
        let Some(outline) = self.rows.get_mut(address).and_then(|row| row.outline.take()) else { return };
        for reference in &outline.references {
            if let Some(from) = self.pointing.get_mut(&reference.to) {
                from.remove(address);
            }
        }
        for value in &outline.unique {
            if let Some(scope) = self.holding.get_mut(&value.scope) {
                scope.remove(&value.value, address);
            }
        }
    }

    fn step(&mut self, step: &'a Step, relied: &Relied<'_>) {
        let sound = self.kinds_with_one_holder(step);
        let mut together: Vec<(&Address, Action)> =
            step.changes.iter().map(|change| (&change.address, change.action)).collect();
        together.sort_unstable();
        for change in &step.changes {
            for waits in &change.waits_for {
                let key = (&waits.address, waits.action);
                let known = self.done.contains(&key) && together.binary_search(&key).is_err();
                self.demand_with(known, "order", &change.address, || {
                    format!("it waits for `{}`, which is not done", waits.address)
                });
            }
            self.change(change, relied);
        }
        self.done.extend(together);
        for change in &step.changes {
            self.boundary(change);
        }
        for kind in sound {
            self.one_holder(kind);
        }
    }

    fn change(&mut self, change: &Change, relied: &Relied<'_>) {
        let Change { address, action, from, before, after, follows, .. } = change;
        let start = from.as_ref().unwrap_or(address);
        let (digest, owner, origin) = match self.rows.get(start) {
            Some(row) => (Some(row.digest), row.owner.clone(), row.origin.clone()),
            None => (None, None, None),
        };
        if *action == Action::Create {
            self.demand(digest.is_none(), "exists", address, "it is created and already there");
            self.demand(
                relied.absent.contains(address),
                "precondition",
                address,
                "no precondition says that it is absent",
            );
        } else {
            self.demand(digest.is_some(), "missing", start, "it is changed and not there");
            let known = before.is_some() && digest == Some(*before);
            self.demand(known, "before", start, "it does not start from what is live");
            let right = if *action == Action::Adopt { owner.is_none() } else { owner.as_ref() == Some(self.workspace) };
            self.demand(right, "owner", start, "its owner is not the one that the action needs");
            self.rests_on(origin.as_ref(), relied);
        }
        let mut written = after.as_ref().map(|after| (after.digest, after.document(&self.kind(address))));
        if let Some((digest, Some(document))) = &mut written {
            let actual = document.digest();
            self.demand(actual == *digest, "after", address, "its document does not have the digest named");
            *digest = actual;
        }
        match action {
            Action::Create | Action::Update | Action::Replace => self.write(address, written, origin, relied),
            Action::Delete => {
                self.demand(after.is_none(), "after", address, "a delete leaves a document");
                self.leave(start, relied);
            }
            Action::Move => {
                self.leave_to(start, address, relied);
                self.rename(address, start, address);
                self.kept(change);
                for follow in follows {
                    self.follow(start, address, follow, relied);
                }
            }
            Action::Adopt => {
                self.kept(change);
                self.own(address, Some(self.workspace.clone()));
            }
            Action::Forget => {
                self.kept(change);
                self.demand(
                    relied.unreferenced.contains(address),
                    "precondition",
                    address,
                    "nothing says that it is unreferenced",
                );
                self.own(address, None);
            }
        }
    }

    fn kind(&self, address: &Address) -> KindName {
        KindName::new(address.kind()).expect("an address was checked when it was made")
    }

    /// Everything that is written was read, and the plan says so.
    fn rests_on(&mut self, origin: Option<&Address>, relied: &Relied<'_>) {
        let Some(origin) = origin else { return };
        let read = self.live.detail.documents.get(origin).map(Document::digest);
        let named = relied.rows.get(origin).copied();
        self.demand(
            named.is_some() && named == read,
            "precondition",
            origin,
            "no precondition holds its document as read",
        );
    }

    fn write(
        &mut self,
        address: &Address,
        written: Option<(Digest, Option<Document>)>,
        origin: Option<Address>,
        relied: &Relied<'_>,
    ) {
        let Some((digest, Some(document))) = written else {
            self.demand(false, "after", address, "it leaves no document");
            return;
        };
        let Ok((outline, _)) = self.outlines.of(&document, &digest) else {
            self.demand(false, "after", address, "the document that it leaves does not fit its kind");
            return;
        };
        let held = self.rows.get(address).and_then(|row| row.outline.clone());
        for value in &outline.unique {
            let is_same = |held: &UniqueValue| held.scope == value.scope && held.value == value.value;
            let kept = held.as_ref().is_some_and(|held| held.unique.iter().any(is_same));
            let free = kept || relied.free.contains(&(value.scope.as_str(), value.value.as_str()));
            self.demand_with(free, "precondition", address, || format!("nothing says that `{}` is free", value.path));
        }
        self.unlearn(address);
        let owner = Some(self.workspace.clone());
        self.put(address, Seen { digest: Some(digest), owner, document: Some(document), outline: None, origin });
        self.learn(address, outline);
    }

    fn leave(&mut self, address: &Address, relied: &Relied<'_>) {
        let origin = self.rows.get(address).and_then(|row| row.origin.clone());
        let named = origin.is_some_and(|origin| relied.unreferenced.contains(&origin));
        self.demand(named, "precondition", address, "nothing says that it is unreferenced");
        self.unlearn(address);
        self.take(address);
    }

    fn leave_to(&mut self, from: &Address, to: &Address, relied: &Relied<'_>) {
        self.demand(!self.rows.contains_key(to), "exists", to, "a move ends where something is");
        self.demand(relied.absent.contains(to), "precondition", to, "no precondition says that it is absent");
        let outline = self.rows.get(from).and_then(|row| row.outline.clone());
        self.demand(relied.unreferenced.contains(from), "precondition", from, "nothing says that it is unreferenced");
        self.unlearn(from);
        if let Some(row) = self.take(from) {
            self.put(to, row);
        }
        if let Some(outline) = outline {
            self.learn(to, renamed(&outline, from, to));
        }
    }

    fn follow(&mut self, from: &Address, to: &Address, follow: &deskform_model::Follow, relied: &Relied<'_>) {
        let address = &follow.address;
        let (digest, outline, origin) = match self.rows.get(address) {
            Some(row) => (row.digest, row.outline.clone(), row.origin.clone()),
            None => (None, None, None),
        };
        self.demand(digest == Some(follow.before), "before", address, "it does not follow from what is live");
        self.rests_on(origin.as_ref(), relied);
        let points = outline.as_ref().is_some_and(|outline| outline.references.iter().any(|r| r.to == *from));
        self.demand(points, "follow", address, "it follows a move of something that it does not refer to");
        self.rename(address, from, to);
        let follows = self.rows.get(address).is_some_and(|row| row.digest == Some(follow.after));
        self.demand(follows, "after", address, "what it becomes is not its text with the new name");
        if let Some(outline) = outline {
            self.learn(address, renamed(&outline, from, to));
        }
    }

    /// Rewrites the references in the document of a row.
    fn rename(&mut self, address: &Address, from: &Address, to: &Address) {
        let Some(row) = self.rows.get_mut(address) else { return };
        let rewritten = row.document.as_ref().and_then(|document| self.outlines.registry().renamed(document, from, to));
        if let Some(document) = rewritten {
            row.digest = Some(document.digest());
            row.document = Some(document);
        }
    }

    /// A move, an adoption and a forget leave the document that is there, and do not quote it.
    fn kept(&mut self, change: &Change) {
        let Change { address, after, .. } = change;
        let digest = self.rows.get(address).and_then(|row| row.digest);
        let as_is = after.as_ref().is_some_and(|after| Some(after.digest) == digest && after.document.is_none());
        self.demand(as_is, "after", address, "it changes the document");
    }

    fn own(&mut self, address: &Address, owner: Option<WorkspaceName>) {
        if let Some(row) = self.rows.get_mut(address) {
            row.owner = owner;
        }
    }

    /// What must hold of a changed resource between two steps.
    fn boundary(&mut self, change: &Change) {
        let address = &change.address;
        let outline = self.rows.get(address).and_then(|row| row.outline.clone()).unwrap_or_default();
        for reference in &outline.references {
            let there = self.rows.contains_key(&reference.to);
            self.demand_with(there, "dangling", address, || {
                format!("`{}` names `{}`, which is not there", reference.path, reference.to)
            });
        }
        for value in &outline.unique {
            let holders = self.holders(&value.scope, &value.value);
            self.demand_with(holders == 1, "twice", address, || {
                format!("`{}` is held by {holders} resources", value.path)
            });
        }
        let gone = match change.action {
            Action::Delete => Some(address),
            Action::Move => change.from.as_ref(),
            _ => None,
        };
        if let Some(gone) = gone {
            let left = self.pointing.get(gone).is_some_and(|from| !from.is_empty());
            self.demand(!left, "dangling", gone, "something still refers to it");
            let referrers = self.live.detail.referrers.get(gone).map(Vec::as_slice).unwrap_or_default();
            let others = referrers
                .iter()
                .any(|r| self.live.rows.get(&r.from).is_some_and(|row| row.owner.as_ref() != Some(self.workspace)));
            self.demand(!others, "dangling", gone, "another workspace still refers to it");
        }
    }

    fn kinds_with_one_holder<'s>(&self, step: &'s Step) -> Vec<&'s str> {
        let mut kinds: Vec<&str> = step.changes.iter().map(|change| change.address.kind()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds.retain(|kind| self.holders_fault(kind).is_none());
        kinds
    }

    fn one_holder(&mut self, kind: &str) {
        if let Some(text) = self.holders_fault(kind) {
            self.faults.push(Fault { code: "holder", address: None, text });
        }
    }

    fn holders_fault(&self, kind: &str) -> Option<String> {
        let scopes = self.outlines.registry().get(kind).map(|kind| kind.exclusive()).unwrap_or_default();
        for scope in scopes {
            let any = self.of_kind.get(kind).is_some_and(|count| *count > 0);
            let least = usize::from(any && scope.needed);
            let holders = self.holding.get(scope.scope).map_or(0, |scope| scope.holders);
            if holders < least || holders > usize::from(any) {
                return Some(format!("{holders} resources have the role of the {}", scope.what));
            }
        }
        None
    }
}

fn renamed(outline: &Outline, from: &Address, to: &Address) -> Arc<Outline> {
    let mut outline = outline.clone();
    for reference in &mut outline.references {
        if reference.to == *from {
            reference.to = to.clone();
        }
    }
    Arc::new(outline)
}
