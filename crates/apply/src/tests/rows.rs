//! Rows held against logs.

use std::collections::BTreeMap;

use deskform_model::AppliedRow;

use super::support::{address, digest, workspace};
use crate::{StoredRow, verify_rows};

fn tables(
    entries: &[(&str, &str, u64, &str)],
) -> BTreeMap<deskform_model::WorkspaceName, BTreeMap<deskform_model::Address, AppliedRow>> {
    let mut tables: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for (name, at, seq, text) in entries {
        let row = AppliedRow { seq: *seq, digest: digest(text) };
        tables.entry(workspace(name)).or_default().insert(address(at), row);
    }
    tables
}

fn check(
    log: &[(&str, &str, u64, &str)],
    table: &[(&str, &str, u64, &str)],
    rows: &[(&str, Option<&str>, &str)],
    expected: &[(&str, &str, &str)],
) {
    let rows: Vec<StoredRow> = rows
        .iter()
        .map(|(at, owner, text)| StoredRow { address: address(at), owner: owner.map(workspace), digest: digest(text) })
        .collect();
    let findings = verify_rows(&tables(log), &tables(table), &rows);
    let found: Vec<(&str, &str, &str)> =
        findings.iter().map(|f| (f.address.as_str(), f.workspace.as_str(), f.code.word())).collect();
    assert_eq!(found, expected);
}

const A: (&str, &str, u64, &str) = ("a", "item.x", 3, "1");

#[test]
fn rows_as_last_applied_and_unmanaged_rows_are_no_finding() {
    check(&[A], &[A], &[("item.x", Some("a"), "1"), ("item.free", None, "9")], &[]);
}

#[test]
fn every_way_in_which_a_row_can_differ_has_its_word() {
    check(&[A], &[A], &[("item.x", Some("a"), "2")], &[("item.x", "a", "changed")]);
    check(&[A], &[A], &[], &[("item.x", "a", "missing")]);
    check(&[A], &[A], &[("item.x", None, "1")], &[("item.x", "a", "owner")]);
    check(&[A], &[A], &[("item.x", Some("b"), "1")], &[("item.x", "a", "owner"), ("item.x", "b", "unwritten")]);
    check(&[], &[], &[("item.x", Some("a"), "1")], &[("item.x", "a", "unwritten")]);
}

#[test]
fn the_table_of_what_was_last_applied_must_be_that_of_the_log() {
    let row = [("item.x", Some("a"), "1")];
    check(&[A], &[], &row, &[("item.x", "a", "applied_table")]);
    check(&[A], &[("a", "item.x", 4, "1")], &row, &[("item.x", "a", "applied_table")]);
    check(&[A], &[("a", "item.x", 3, "2")], &row, &[("item.x", "a", "applied_table")]);
    check(&[], &[A], &row, &[("item.x", "a", "applied_table"), ("item.x", "a", "unwritten")]);
}
