//! Two small kinds, plans written by hand, and a store in memory that carries commits out.

use std::collections::BTreeMap;

use deskform_model::{
    Action, Address, After, AppliedRow, ApprovedPlan, Category, Cause, Change, Commit, Digest, Document, Edit, Event,
    FieldPath, Follow, Head, KindName, Lineage, Lowering, Outline, Outlines, Plan, PlanBody, Precondition, Provenance,
    Record, Reference, Registry, SealInput, SealedEntry, ServerFacts, Step, Typed, TypedKind, UniqueValue,
    WorkspaceName, Write,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    Chain, ChainReport, ChainVerifier, Claimed, CommitError, LogPayload, LogRow, RunContext, StoredRow, fold, seal,
};

/// A kind with a reference to its own, a set, a unique value, a secret field of any shape, and an event.
pub(crate) struct Item;

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ItemSpec {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    peers: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<Value>,
}

impl TypedKind for Item {
    const NAME: &'static str = "item";
    type Manifest = ItemSpec;
    type Spec = ItemSpec;

    fn lower(manifest: ItemSpec, _: &mut Lowering<'_>) -> Option<ItemSpec> {
        Some(manifest)
    }
    fn raise(spec: &ItemSpec) -> ItemSpec {
        spec.clone()
    }
    fn outline(spec: &ItemSpec) -> Outline {
        let to = |name: &String| address(&format!("item.{name}"));
        let next = spec.next.iter().map(|name| Reference { path: FieldPath::keys(["next"]), to: to(name) });
        let peers = spec.peers.iter().enumerate();
        let peers = peers.map(|(i, name)| Reference { path: FieldPath::keys(["peers"]).index(i), to: to(name) });
        let path = FieldPath::keys(["name"]);
        let unique = UniqueValue { scope: "item.name".to_owned(), value: spec.name.clone(), path };
        Outline { title: Some(spec.name.clone()), references: next.chain(peers).collect(), unique: vec![unique] }
    }
    fn category() -> Category {
        Category::Rule
    }
    fn events(before: Option<&ItemSpec>, after: Option<&ItemSpec>, _: &[Edit]) -> Vec<Event> {
        let event = |name, arguments| vec![Event { name, category: Category::User, arguments }];
        match (before, after) {
            (None, Some(after)) => event("item.created", json!({ "name": after.name })),
            (Some(before), None) => event("item.deleted", json!({ "name": before.name })),
            (Some(before), Some(after)) if before.name != after.name => {
                event("item.renamed", json!({ "before": before.name, "after": after.name }))
            }
            _ => Vec::new(),
        }
    }
    fn secrets() -> Vec<FieldPath> {
        vec![FieldPath::keys(["key"])]
    }
}

/// A kind without secrets.
pub(crate) struct Note;

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoteSpec {
    text: String,
}

impl TypedKind for Note {
    const NAME: &'static str = "note";
    type Manifest = NoteSpec;
    type Spec = NoteSpec;

    fn lower(manifest: NoteSpec, _: &mut Lowering<'_>) -> Option<NoteSpec> {
        Some(manifest)
    }
    fn raise(spec: &NoteSpec) -> NoteSpec {
        spec.clone()
    }
    fn outline(_: &NoteSpec) -> Outline {
        Outline::default()
    }
    fn category() -> Category {
        Category::Other
    }
    fn events(_: Option<&NoteSpec>, _: Option<&NoteSpec>, _: &[Edit]) -> Vec<Event> {
        Vec::new()
    }
}

pub(crate) fn registry() -> Registry {
    Registry::new().with(Typed::<Item>::new()).with(Typed::<Note>::new())
}

pub(crate) fn address(text: &str) -> Address {
    Address::parse(text).expect("a legal address")
}

pub(crate) fn workspace(text: &str) -> WorkspaceName {
    WorkspaceName::new(text).expect("a legal name")
}

pub(crate) fn lineage() -> Lineage {
    Lineage::new("0123456789abcdef0123456789abcdef").expect("a legal lineage")
}

pub(crate) fn document(kind: &str, spec: &Value) -> Document {
    let kind = KindName::new(kind).expect("a legal kind");
    Document::stored(kind, 1, deskform_model::canonical_text(spec).expect("a canonical value"))
}

pub(crate) fn item(spec: Value) -> Document {
    document("item", &spec)
}

/// A change without what the cases below add.
pub(crate) fn change(address: &Address, action: Action) -> Change {
    Change {
        address: address.clone(),
        action,
        cause: Cause::Config,
        from: None,
        before: None,
        after: None,
        edits: Vec::new(),
        follows: Vec::new(),
        waits_for: Vec::new(),
        consequences: Vec::new(),
        operator_steps: Vec::new(),
    }
}

pub(crate) fn create(address: &Address, after: &Document) -> Change {
    Change { after: Some(After::declared(after, after.digest())), ..change(address, Action::Create) }
}

pub(crate) fn update(address: &Address, before: &Document, after: &Document) -> Change {
    let path = FieldPath::keys(["name"]);
    let edit = Edit { path, before: Some(json!("a")), after: Some(json!("b")), cause: Cause::Config, applied: None };
    let edits = vec![edit];
    Change {
        before: Some(before.digest()),
        after: Some(After::declared(after, after.digest())),
        edits,
        ..change(address, Action::Update)
    }
}

pub(crate) fn delete(address: &Address, before: &Document) -> Change {
    Change { before: Some(before.digest()), ..change(address, Action::Delete) }
}

pub(crate) fn kept(address: &Address, action: Action, document: &Document) -> Change {
    Change { before: Some(document.digest()), after: Some(After::kept(document)), ..change(address, action) }
}

pub(crate) fn moved(from: &Address, to: &Address, document: &Document, follows: Vec<Follow>) -> Change {
    Change { from: Some(from.clone()), follows, ..kept(to, Action::Move, document) }
}

pub(crate) fn follow(address: &Address, before: &Document, after: &Document) -> Follow {
    Follow { address: address.clone(), before: before.digest(), after: after.digest() }
}

pub(crate) fn plan(workspace: &WorkspaceName, changes: Vec<Change>, records: Vec<Record>) -> PlanBody {
    PlanBody {
        workspace: Some(workspace.clone()),
        lineage: Some(lineage()),
        steps: changes.into_iter().map(|change| Step { reason: None, changes: vec![change] }).collect(),
        records,
        ..PlanBody::default()
    }
}

pub(crate) fn approved(body: PlanBody, base_serial: u64) -> ApprovedPlan {
    let plan = Plan::seal(body, Provenance { base_serial, ..Provenance::default() });
    ApprovedPlan::new(plan, None).expect("nothing refuses")
}

/// Folds an approved plan into its commit.
pub(crate) fn commit(
    registry: &Registry,
    approved: &ApprovedPlan,
    documents: &BTreeMap<Address, Document>,
) -> Result<Commit, CommitError> {
    fold(&Outlines::new(registry), &approved.plan().plan, documents)?.commit(approved, "suzuki")
}

pub(crate) fn context() -> RunContext {
    RunContext {
        claimed: Claimed { actor: "suzuki".to_owned(), ..Claimed::default() },
        reason: None,
        commit: None,
        dirty: None,
        ci_run: None,
    }
}

/// A workspace's side of the store.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    pub(crate) serial: u64,
    pub(crate) applied: BTreeMap<Address, AppliedRow>,
    pub(crate) log: Vec<SealedEntry>,
}

impl Ledger {
    pub(crate) fn head(&self) -> Head {
        self.log.last().map_or(Head { seq: 0, hash: None }, |entry| Head { seq: entry.seq, hash: Some(entry.hash) })
    }
}

/// A store in memory.
#[derive(Debug, Clone, Default)]
pub(crate) struct Store {
    pub(crate) rows: BTreeMap<Address, (Option<WorkspaceName>, Document)>,
    pub(crate) ledgers: BTreeMap<WorkspaceName, Ledger>,
    salts: u8,
}

impl Store {
    pub(crate) fn documents(&self) -> BTreeMap<Address, Document> {
        self.rows.iter().map(|(address, (_, document))| (address.clone(), document.clone())).collect()
    }

    /// `Row` preconditions of everything, so that owners are stated.
    pub(crate) fn facts(&self) -> Vec<Precondition> {
        let rows = self.rows.iter().map(|(address, (owner, document))| Precondition::Row {
            address: address.clone(),
            digest: document.digest(),
            owner: owner.clone(),
        });
        rows.collect()
    }

    /// Applies a plan: commit, writes, last applied, entries.
    pub(crate) fn run(&mut self, registry: &Registry, mut body: PlanBody) -> Commit {
        body.preconditions = self.facts();
        let workspace = body.workspace.clone().expect("a plan with a workspace");
        let serial = self.ledgers.entry(workspace.clone()).or_default().serial;
        let approved = approved(body, serial);
        let documents = self.documents();
        let commit = commit(registry, &approved, &documents).expect("a plan that can be committed");
        for write in &commit.writes {
            self.write(write);
        }
        let ledger = self.ledgers.entry(workspace).or_default();
        let input = SealInput {
            lineage: lineage(),
            head: ledger.head(),
            serial: serial + 1,
            facts: ServerFacts {
                engine: "sqlite".to_owned(),
                time: "2026-07-01T00:00:00.000Z".to_owned(),
                ..ServerFacts::default()
            },
            applied: ledger.applied.iter().map(|(address, row)| (address.clone(), row.digest)).collect(),
            documents,
        };
        let salts = || {
            self.salts = self.salts.wrapping_add(1);
            [self.salts; 32]
        };
        let context = context();
        let outlines = Outlines::new(registry);
        let sealer = seal(&outlines, &approved, &context, input, salts).expect("a run that can be sealed");
        let entries: Vec<SealedEntry> = sealer.collect::<Result<_, _>>().expect("entries that can be sealed");
        for change in &commit.applied {
            match change.entry {
                Some((index, digest)) => {
                    let seq = entries[index].seq;
                    ledger.applied.insert(change.address.clone(), AppliedRow { seq, digest });
                }
                None => {
                    ledger.applied.remove(&change.address);
                }
            }
        }
        ledger.serial += 1;
        ledger.log.extend(entries);
        commit
    }

    fn write(&mut self, write: &Write) {
        let row = match write {
            Write::Insert(row) => Some(row),
            Write::Update { address, before, row } => {
                let (_, live) = self.rows.remove(address).expect("an updated row is there");
                assert_eq!(live.digest(), *before, "{address}");
                Some(row)
            }
            Write::Delete { address, before } => {
                let (_, live) = self.rows.remove(address).expect("a deleted row is there");
                assert_eq!(live.digest(), *before, "{address}");
                None
            }
        };
        if let Some(row) = row {
            assert_eq!(row.document.digest(), row.digest, "{}", row.address);
            let old = self.rows.insert(row.address.clone(), (row.owner.clone(), row.document.clone()));
            assert!(old.is_none(), "{} is written once", row.address);
        }
    }

    pub(crate) fn stored_rows(&self) -> Vec<StoredRow> {
        let rows = self.rows.iter().map(|(address, (owner, document))| StoredRow {
            address: address.clone(),
            owner: owner.clone(),
            digest: document.digest(),
        });
        rows.collect()
    }
}

/// A row of the log as bytes, to be tampered with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RawRow {
    pub(crate) seq: u64,
    pub(crate) text: Vec<u8>,
    pub(crate) hash: Vec<u8>,
    pub(crate) payload: Option<(Vec<u8>, Vec<u8>)>,
}

impl RawRow {
    pub(crate) fn of(entry: &SealedEntry) -> Self {
        let SealedEntry { seq, text, hash, salt, payload } = entry;
        Self {
            seq: *seq,
            text: text.clone().into_bytes(),
            hash: hash.to_string().into_bytes(),
            payload: Some((salt.to_vec(), payload.clone().into_bytes())),
        }
    }
}

pub(crate) fn verify(chain: Chain, rows: &[RawRow], head: &Head) -> ChainReport {
    let mut verifier = ChainVerifier::new(chain, lineage());
    for row in rows {
        let RawRow { seq, text, hash, payload } = row;
        let payload = payload.as_ref().map(|(salt, text)| LogPayload { salt, text });
        verifier.feed(&LogRow { seq: *seq, text, hash, payload });
    }
    verifier.finish(head)
}

pub(crate) fn raw(ledger: &Ledger) -> Vec<RawRow> {
    ledger.log.iter().map(RawRow::of).collect()
}

pub(crate) fn digest(text: &str) -> Digest {
    Digest::of(&[text.as_bytes()])
}

/// SplitMix64: equal numbers for an equal seed, on every machine.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Below `bound`, which must not be 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).expect("below a usize")
    }

    pub(crate) fn pick<'t, T>(&mut self, items: &'t [T]) -> Option<&'t T> {
        if items.is_empty() { None } else { items.get(self.below(items.len())) }
    }
}
