//! Random histories of several workspaces: what commit and seal write, verification finds whole.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{Action, Address, Cause, Change, Document, PlanBody, Record, Registry, WorkspaceName};
use serde_json::json;

use super::support::{
    Random, Store, address, create, delete, follow, item, kept, moved, plan, raw, registry, update, verify, workspace,
};
use crate::{Chain, verify_rows};

/// A store after some runs of two workspaces, with changes from outside in between.
pub(super) fn history(seed: u64, runs: usize) -> Store {
    let (registry, mut random, mut store) = (registry(), Random(seed), Store::default());
    for run in 0..runs {
        outside(&mut random, &mut store);
        let owner = workspace(if random.below(3) == 0 { "b" } else { "a" });
        let body = Planner::new(&registry, &store, &owner, run).plan(&mut random);
        if !body.is_empty() {
            store.run(&registry, body);
        }
    }
    store
}

/// What people do with an SQL client.
fn outside(random: &mut Random, store: &mut Store) {
    let addresses: Vec<Address> = store.rows.keys().cloned().collect();
    for _ in 0..random.below(3) {
        let Some(hit) = random.pick(&addresses).filter(|hit| store.rows.contains_key(*hit)).cloned() else { continue };
        match random.below(4) {
            0 => {
                store.rows.remove(&hit);
            }
            1 => store.rows.get_mut(&hit).expect("it is there").0 = None,
            _ => store.rows.get_mut(&hit).expect("it is there").1 = content(random, &addresses),
        }
    }
    if random.below(3) == 0 {
        let stray = address(&format!("item.stray{}", random.below(1000)));
        let document = content(random, &addresses);
        store.rows.entry(stray).or_insert((None, document));
    }
}

fn content(random: &mut Random, others: &[Address]) -> Document {
    let mut spec = json!({ "name": format!("名前 \"{}\"", random.below(1_000_000)) });
    if let Some(next) = random.pick(others) {
        spec["next"] = json!(next.name());
    }
    if random.below(4) == 0 {
        spec["lifecycle"] = json!({ "protected": true });
    }
    if random.below(6) == 0 {
        spec["key"] = if random.below(2) == 0 { json!({ "env": "KEY" }) } else { json!("hunter2") };
    }
    item(spec)
}

/// Makes a plan as the planner would: each row at one change, besides what follows a move.
struct Planner<'a> {
    registry: &'a Registry,
    owner: WorkspaceName,
    run: usize,
    /// The workspace's rows as the changes so far leave them.
    own: BTreeMap<Address, Document>,
    unowned: BTreeMap<Address, Document>,
    taken: BTreeSet<Address>,
    applied: BTreeMap<Address, deskform_model::AppliedRow>,
    live: BTreeSet<Address>,
    changes: Vec<Change>,
    records: Vec<Record>,
}

impl<'a> Planner<'a> {
    fn new(registry: &'a Registry, store: &Store, owner: &WorkspaceName, run: usize) -> Self {
        let of = |wanted: Option<&WorkspaceName>| {
            let rows = store.rows.iter().filter(|(_, (owner, _))| owner.as_ref() == wanted);
            rows.map(|(address, (_, document))| (address.clone(), document.clone())).collect()
        };
        Self {
            registry,
            owner: owner.clone(),
            run,
            own: of(Some(owner)),
            unowned: of(None),
            taken: BTreeSet::new(),
            applied: store.ledgers.get(owner).map(|ledger| ledger.applied.clone()).unwrap_or_default(),
            live: store.rows.keys().cloned().collect(),
            changes: Vec::new(),
            records: Vec::new(),
        }
    }

    fn plan(mut self, random: &mut Random) -> PlanBody {
        self.record(random);
        for turn in 0..1 + random.below(6) {
            let others: Vec<Address> = self.own.keys().cloned().collect();
            let free: Vec<Address> = others.iter().filter(|address| !self.taken.contains(*address)).cloned().collect();
            let stray: Vec<Address> = self.unowned.keys().cloned().collect();
            match (random.below(8), random.pick(&free), random.pick(&stray)) {
                (0, Some(hit), _) => self.delete(hit),
                (1 | 2, Some(hit), _) => self.update(hit, content(random, &others), random),
                (3 | 4, Some(hit), _) => self.rename(&hit.clone(), turn, random),
                (5, Some(hit), _) => self.forget(hit),
                (6, _, Some(hit)) => self.adopt(hit, random),
                _ => self.create(turn, content(random, &others)),
            }
        }
        plan(&self.owner, self.changes, self.records)
    }

    /// Some of what is not as last applied is taken as it is.
    fn record(&mut self, random: &mut Random) {
        for (address, applied) in self.applied.clone() {
            let digest = self.own.get(&address).map(Document::digest);
            let gone = digest.is_none() && self.live.contains(&address);
            if digest != Some(applied.digest) && !gone && random.below(2) == 0 {
                self.taken.insert(address.clone());
                self.records.push(Record { address, digest });
            }
        }
        // A recorded row must end as it is recorded, so nothing may rename its references either.
        self.own.retain(|address, _| !self.taken.contains(address));
    }

    fn create(&mut self, turn: usize, document: Document) {
        let address = address(&format!("item.n{}_{turn}", self.run));
        if self.live.insert(address.clone()) {
            self.changes.push(create(&address, &document));
            self.taken.insert(address.clone());
            self.own.insert(address, document);
        }
    }

    fn update(&mut self, address: &Address, after: Document, random: &mut Random) {
        let before = &self.own[address];
        let mut change = update(address, before, &after);
        change.action = if random.below(4) == 0 { Action::Replace } else { Action::Update };
        change.cause = *random.pick(&[Cause::Config, Cause::Drift, Cause::Conflict]).expect("three causes");
        self.changes.push(change);
        self.taken.insert(address.clone());
        self.own.insert(address.clone(), after);
    }

    fn delete(&mut self, address: &Address) {
        let before = self.own.remove(address).expect("a row of its own");
        self.changes.push(delete(address, &before));
        self.taken.insert(address.clone());
    }

    fn forget(&mut self, address: &Address) {
        let document = self.own.remove(address).expect("a row of its own");
        self.changes.push(kept(address, Action::Forget, &document));
        self.taken.insert(address.clone());
    }

    fn adopt(&mut self, address: &Address, random: &mut Random) {
        let document = self.unowned.remove(address).expect("nobody's row");
        self.changes.push(kept(address, Action::Adopt, &document));
        self.own.insert(address.clone(), document);
        if random.below(2) == 0 {
            self.update(address, content(random, &[]), random);
        }
    }

    fn rename(&mut self, from: &Address, turn: usize, random: &mut Random) {
        let to = address(&format!("item.m{}_{turn}", self.run));
        if !self.live.insert(to.clone()) {
            return;
        }
        let before = self.own.remove(from).expect("a row of its own");
        let after = self.registry.renamed(&before, from, &to).unwrap_or_else(|| before.clone());
        let mut follows = Vec::new();
        for (address, document) in self.own.iter_mut().rev() {
            if let Some(renamed) = self.registry.renamed(document, from, &to) {
                follows.push(follow(address, document, &renamed));
                *document = renamed;
            }
        }
        let mut change = moved(from, &to, &after, follows);
        change.before = Some(before.digest());
        self.changes.push(change);
        self.taken.extend([from.clone(), to.clone()]);
        self.own.insert(to.clone(), after);
        if random.below(2) == 0 {
            self.update(&to, content(random, &[]), random);
        }
    }
}

#[test]
fn an_untouched_log_is_whole_and_gives_what_was_applied() {
    let mut entries = 0;
    for seed in 0..60 {
        let store = history(seed, 8);
        let (mut logged, mut tables) = (BTreeMap::new(), BTreeMap::new());
        for (name, ledger) in &store.ledgers {
            let report = verify(Chain::Workspace(name.clone()), &raw(ledger), &ledger.head());
            assert_eq!(report.findings, [], "seed {seed}, workspace {name}");
            assert_eq!(report.applied, ledger.applied, "seed {seed}, workspace {name}");
            assert_eq!(report.head, ledger.head());
            entries += report.entries;
            logged.insert(name.clone(), report.applied);
            tables.insert(name.clone(), ledger.applied.clone());
        }
        // Exactly what people changed from outside and no run put right or took over is left unexplained.
        let unexplained: BTreeSet<Address> =
            verify_rows(&logged, &tables, &store.stored_rows()).into_iter().map(|finding| finding.address).collect();
        let mut expected = BTreeSet::new();
        for (name, table) in &tables {
            for (address, applied) in table {
                let row = store.rows.get(address);
                let same = row.is_some_and(|(owner, document)| {
                    owner.as_ref() == Some(name) && document.digest() == applied.digest
                });
                if !same {
                    expected.insert(address.clone());
                }
            }
        }
        for (address, (owner, _)) in &store.rows {
            if owner.as_ref().is_some_and(|owner| !tables.get(owner).is_some_and(|table| table.contains_key(address))) {
                expected.insert(address.clone());
            }
        }
        assert_eq!(unexplained, expected, "seed {seed}");
    }
    assert!(entries > 1_000, "{entries}");
}

#[test]
fn a_history_uses_every_action() {
    let mut actions = BTreeSet::new();
    for seed in 0..30 {
        for ledger in history(seed, 8).ledgers.values() {
            let entries = ledger.log.iter();
            actions.extend(entries.map(|entry| {
                let entry: crate::AuditEntry = serde_json::from_str(&entry.text).expect("an entry");
                (entry.action.word(), entry.applied.is_some())
            }));
        }
    }
    let every = ["adopt", "create", "delete", "follow", "forget", "move", "record", "replace", "update"];
    let seen: BTreeSet<&str> = actions.iter().map(|(word, _)| *word).collect();
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), every);
    assert!(actions.iter().filter(|(_, drifted)| *drifted).count() >= 6, "{actions:?}");
}

#[test]
fn no_secret_stands_anywhere_in_a_log() {
    let mut redacted = 0;
    for seed in 0..30 {
        for ledger in history(seed, 8).ledgers.values() {
            for entry in &ledger.log {
                assert!(!entry.text.contains("hunter2") && !entry.payload.contains("hunter2"), "{}", entry.payload);
                redacted += usize::from(entry.payload.contains("\"redacted\":true"));
            }
        }
    }
    assert!(redacted > 30, "{redacted}");
}
