//! What every kind must have besides its code: a schema, an example, a transcript and a page.

use std::path::Path;

use deskform_model::{Kind, Registry};
use deskform_tests::reference::kind_page;
use deskform_tests::sandbox::repository;
use deskform_tests::transcript::collect;

use crate::expected::file_is;

/// The kind that is made from `deskform.toml` and not from manifests.
const RESERVED: &str = "policy";

fn texts(folder: &Path, extension: &str) -> Vec<String> {
    let mut files = Vec::new();
    collect(folder, &mut files);
    files.retain(|file| file.extension().is_some_and(|found| found == extension));
    files.into_iter().map(|file| std::fs::read_to_string(file).expect("it is text")).collect()
}

fn missing(registry: &Registry, what: &str, there: impl Fn(&str) -> bool) {
    let without: Vec<&str> = registry.kinds().map(|kind| kind.name().as_str()).filter(|kind| !there(kind)).collect();
    assert!(without.is_empty(), "without {what}: {without:?}");
}

#[test]
fn every_kind_stands_in_a_schema() {
    let schema = std::fs::read_to_string(repository().join("schemas/manifest.schema.json")).expect("it is committed");
    let schema: serde_json::Value = serde_json::from_str(&schema).expect("a schema is JSON");
    missing(&deskform_kinds::registry(), "a schema", |kind| {
        kind == RESERVED || schema["properties"].get(kind).is_some()
    });
}

#[test]
fn every_kind_stands_in_an_example() {
    let examples = texts(&repository().join("examples"), "toml");
    missing(&deskform_kinds::registry(), "an example", |kind| {
        kind == RESERVED || examples.iter().any(|text| text.contains(&format!("\n[{kind}.")))
    });
}

#[test]
fn every_kind_has_a_transcript() {
    let folder = repository().join("tests/transcripts/kinds");
    missing(&deskform_kinds::registry(), "a transcript", |kind| folder.join(format!("{kind}.txt")).is_file());
}

#[test]
fn every_kind_has_a_page_that_is_as_its_types_say() {
    let registry = deskform_kinds::registry();
    for kind in registry.kinds() {
        file_is(&format!("docs/kinds/{}.md", kind.name()), &kind_page(kind));
    }
    let mut pages = Vec::new();
    collect(&repository().join("docs/kinds"), &mut pages);
    assert_eq!(pages.len(), registry.kinds().count(), "a page of a kind that is not there: {pages:?}");
}

#[test]
fn every_list_of_every_kind_says_how_it_is_compared() {
    for kind in deskform_kinds::registry().kinds() {
        assert_eq!(kind.shapes().unannotated(), [] as [String; 0], "{}", Kind::name(kind));
    }
}
