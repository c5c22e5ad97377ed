//! A plan's changes folded into one write a row.

use std::collections::BTreeMap;

use deskform_model::{
    Action, Address, AppliedChange, Change, Commit, Document, Outlines, PlanBody, Precondition, Record, WorkspaceName,
    Write,
};
use serde_json::json;

use super::support::{
    address, approved, change, commit, create, delete, document, follow, item, kept, moved, plan, registry, update,
    workspace,
};
use crate::{CommitError, fold};

fn named(name: &str) -> Document {
    item(json!({ "name": name }))
}

fn refers(to: &str) -> Document {
    item(json!({ "name": "r", "next": to }))
}

fn ours() -> WorkspaceName {
    workspace("a")
}

/// Commits changes over live rows; `None` owns a row that the owners do not name otherwise.
fn tried(changes: Vec<Change>, records: Vec<Record>, live: &[(&str, &Document)]) -> Result<Commit, CommitError> {
    owned(changes, records, live, Some(ours()))
}

fn owned(
    changes: Vec<Change>,
    records: Vec<Record>,
    live: &[(&str, &Document)],
    owner: Option<WorkspaceName>,
) -> Result<Commit, CommitError> {
    let documents: BTreeMap<Address, Document> =
        live.iter().map(|(text, document)| (address(text), (*document).clone())).collect();
    let facts = documents.iter().map(|(address, document)| Precondition::Row {
        address: address.clone(),
        digest: document.digest(),
        owner: owner.clone(),
    });
    let body = PlanBody { preconditions: facts.collect(), ..plan(&ours(), changes, records) };
    commit(&registry(), &approved(body, 4), &documents)
}

/// The writes as text: what, where, owner, document, references.
fn shown(commit: &Commit) -> Vec<String> {
    let row = |row: &deskform_model::Row| {
        let owner = row.owner.as_ref().map_or("nobody", WorkspaceName::as_str);
        let references: Vec<String> = row.outline.references.iter().map(|r| format!(" {}->{}", r.path, r.to)).collect();
        assert_eq!(row.digest, row.document.digest());
        format!("{} {owner} {}{}", row.address, row.document.text(), references.concat())
    };
    let one = |write: &Write| match write {
        Write::Insert(new) => format!("insert {}", row(new)),
        Write::Update { address, before: _, row: new } => format!("update {address} to {}", row(new)),
        Write::Delete { address, before: _ } => format!("delete {address}"),
    };
    commit.writes.iter().map(one).collect()
}

/// What becomes of last applied, as address and entry.
fn applied(commit: &Commit) -> Vec<(String, Option<usize>)> {
    let one = |change: &AppliedChange| (change.address.to_string(), change.entry.map(|(index, _)| index));
    commit.applied.iter().map(one).collect()
}

fn pairs(expected: &[(&str, Option<usize>)]) -> Vec<(String, Option<usize>)> {
    expected.iter().map(|(address, entry)| ((*address).to_owned(), *entry)).collect()
}

#[test]
fn a_move_and_an_update_are_one_write() {
    let (a, b) = (address("item.a"), address("item.b"));
    let (before, after) = (named("1"), named("2"));
    let changes = vec![moved(&a, &b, &before, Vec::new()), update(&b, &before, &after)];
    let commit = tried(changes, Vec::new(), &[("item.a", &before)]).expect("a commit");
    assert_eq!(shown(&commit), [r#"update item.a to item.b a {"name":"2"}"#]);
    let Write::Update { before: digest, .. } = &commit.writes[0] else { panic!("an update") };
    assert_eq!(*digest, before.digest());
    assert_eq!(applied(&commit), pairs(&[("item.a", None), ("item.b", Some(1))]));
    assert_eq!((commit.run.base_serial, commit.actor.as_str()), (4, "suzuki"));
}

#[test]
fn an_adopted_row_gets_its_owner_and_its_content_in_one_write() {
    let a = address("item.a");
    let (before, after) = (named("1"), named("2"));
    let changes = vec![kept(&a, Action::Adopt, &before), update(&a, &before, &after)];
    let commit = owned(changes, Vec::new(), &[("item.a", &before)], None).expect("a commit");
    assert_eq!(shown(&commit), [r#"update item.a to item.a a {"name":"2"}"#]);
    assert_eq!(applied(&commit), pairs(&[("item.a", Some(1))]));
}

#[test]
fn a_row_that_follows_and_is_updated_is_one_write() {
    let (a, b, r) = (address("item.a"), address("item.b"), address("item.r"));
    let (row, before, followed) = (named("1"), refers("a"), refers("b"));
    let after = item(json!({ "name": "new", "next": "b" }));
    let changes = vec![moved(&a, &b, &row, vec![follow(&r, &before, &followed)]), update(&r, &followed, &after)];
    let commit = tried(changes, Vec::new(), &[("item.a", &row), ("item.r", &before)]).expect("a commit");
    assert_eq!(
        shown(&commit),
        [
            r#"update item.a to item.b a {"name":"1"}"#,
            r#"update item.r to item.r a {"name":"new","next":"b"} next->item.b"#,
        ]
    );
    assert_eq!(applied(&commit), pairs(&[("item.a", None), ("item.b", Some(0)), ("item.r", Some(2))]));
}

#[test]
fn a_row_may_follow_two_moves_and_move_itself() {
    let [a, b, c, d, r, s] = ["item.a", "item.b", "item.c", "item.d", "item.r", "item.s"].map(address);
    let row = named("1");
    let texts = [["a", "c"], ["b", "c"], ["b", "d"]];
    let [live, once, twice] = texts.map(|peers| item(json!({ "name": "r", "peers": peers })));
    let changes = vec![
        moved(&a, &b, &row, vec![follow(&r, &live, &once)]),
        moved(&r, &s, &once, Vec::new()),
        moved(&c, &d, &row, vec![follow(&s, &once, &twice)]),
    ];
    let rows = [("item.a", &row), ("item.c", &row), ("item.r", &live)];
    let commit = tried(changes, Vec::new(), &rows).expect("a commit");
    assert_eq!(
        shown(&commit)[2],
        r#"update item.r to item.s a {"name":"r","peers":["b","d"]} peers[0]->item.b peers[1]->item.d"#
    );
}

#[test]
fn deletes_come_first_then_updates_then_inserts() {
    let [a, b, c, d] = ["item.a", "item.b", "item.c", "item.d"].map(address);
    let row = named("1");
    let changes = vec![
        create(&a, &item(json!({ "name": "n", "lifecycle": { "protected": true } }))),
        update(&b, &row, &named("2")),
        kept(&c, Action::Forget, &row),
        delete(&d, &row),
    ];
    let commit = tried(changes, Vec::new(), &[("item.b", &row), ("item.c", &row), ("item.d", &row)]).expect("a commit");
    assert_eq!(
        shown(&commit),
        [
            "delete item.d",
            r#"update item.b to item.b a {"name":"2"}"#,
            r#"update item.c to item.c nobody {"name":"1"}"#,
            r#"insert item.a a {"lifecycle":{"protected":true},"name":"n"}"#,
        ]
    );
    let Some(Write::Insert(new)) = commit.writes.last() else { panic!("an insert") };
    assert!(new.protected);
    assert_eq!(new.outline.unique[0].value, "n");
    assert_eq!(
        applied(&commit),
        pairs(&[("item.a", Some(0)), ("item.b", Some(1)), ("item.c", None), ("item.d", None)])
    );
}

#[test]
fn records_write_no_row_and_come_last() {
    let (a, row) = (address("item.a"), named("1"));
    let records = vec![
        Record { address: address("item.z"), digest: None },
        Record { address: address("item.r"), digest: Some(row.digest()) },
    ];
    let commit = tried(vec![create(&a, &row)], records, &[("item.r", &row)]).expect("a commit");
    assert_eq!(shown(&commit), [r#"insert item.a a {"name":"1"}"#]);
    assert_eq!(applied(&commit), pairs(&[("item.a", Some(0)), ("item.r", Some(1)), ("item.z", None)]));
}

#[test]
fn what_somebody_else_made_unfit_can_still_be_forgotten() {
    let (c, row) = (address("item.c"), item(json!({ "nome": "x" })));
    let commit = tried(vec![kept(&c, Action::Forget, &row)], Vec::new(), &[("item.c", &row)]).expect("a commit");
    assert_eq!(shown(&commit), [r#"update item.c to item.c nobody {"nome":"x"}"#]);
}

#[test]
fn a_plan_that_does_not_fit_what_is_live_is_refused() {
    let (a, b) = (address("item.a"), address("item.b"));
    let (row, other) = (named("1"), named("2"));
    let fails = |changes, live: &[(&str, &Document)]| tried(changes, Vec::new(), live).expect_err("no commit");
    let at = |text| address(text);
    let move_it = || vec![moved(&a, &b, &row, Vec::new())];
    assert_eq!(fails(move_it(), &[]), CommitError::Unread { address: at("item.a") });
    assert_eq!(fails(move_it(), &[("item.a", &other)]), CommitError::Stale { address: at("item.a") });
    let twice = vec![update(&a, &row, &other), update(&a, &row, &other)];
    assert_eq!(fails(twice, &[]), CommitError::Stale { address: at("item.a") });
    let taken = vec![create(&b, &row), moved(&a, &b, &row, Vec::new())];
    assert_eq!(fails(taken, &[("item.a", &row)]), CommitError::Taken { address: at("item.b") });
    let reborn = vec![delete(&a, &row), create(&a, &row)];
    assert_eq!(fails(reborn, &[]), CommitError::Taken { address: at("item.a") });
    let no_document = vec![Change { before: Some(row.digest()), ..change(&a, Action::Update) }];
    assert_eq!(fails(no_document, &[]), CommitError::Incomplete { address: at("item.a") });
    let mut lying = create(&a, &row);
    lying.after.as_mut().expect("an after").digest = other.digest();
    assert_eq!(fails(vec![lying], &[]), CommitError::Mismatch { address: at("item.a") });
    let astray = vec![moved(&a, &b, &row, vec![follow(&address("item.r"), &refers("a"), &refers("c"))])];
    let live = [("item.a", &row), ("item.r", &refers("a"))];
    assert_eq!(fails(astray, &live), CommitError::Mismatch { address: at("item.r") });
    let unfit = create(&a, &document("item", &json!({ "nome": "x" })));
    assert!(matches!(fails(vec![unfit], &[]), CommitError::Unreadable { .. }));
}

#[test]
fn rows_of_others_are_never_written() {
    let (a, row) = (address("item.a"), named("1"));
    for owner in [Some(workspace("z")), None] {
        for change in [update(&a, &row, &named("2")), delete(&a, &row)] {
            let result = owned(vec![change], Vec::new(), &[("item.a", &row)], owner.clone());
            assert_eq!(result.map(|commit| shown(&commit)), Err(CommitError::Foreign { address: a.clone() }));
        }
    }
}

#[test]
fn what_was_folded_is_committed_with_its_own_approval_only() {
    let body = || plan(&ours(), vec![create(&address("item.a"), &named("a"))], vec![]);
    let (planned, other) = (approved(body(), 4), approved(body(), 4));
    let folded = || fold(&Outlines::new(&registry()), &planned.plan().plan, &BTreeMap::new()).expect("it folds");
    let plan_of = |commit: Result<Commit, CommitError>| commit.map(|commit| commit.run.plan);
    assert_eq!(plan_of(folded().commit(&other, "suzuki")), Err(CommitError::OtherPlan));
    assert_eq!(plan_of(folded().commit(&planned, "suzuki")), Ok(planned.plan().id));
}
