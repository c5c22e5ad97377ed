//! What each package may know, and what no source file may hold.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use deskform_tests::sandbox::repository;
use deskform_tests::transcript::collect;
use toml::{Table, Value};

/// The dependencies of each package; a new one is a decision and stands here too. `tests` may use anything.
const ALLOWED: [(&str, &[&str]); 7] = [
    ("model", &["ahash", "schemars", "serde", "serde_json", "sha2", "thiserror", "unicode-normalization"]),
    (
        "kinds",
        &[
            "csv",
            "deskform-model",
            "jiff",
            "regex",
            "regex-automata",
            "roxmltree",
            "schemars",
            "serde",
            "serde_json",
            "strsim",
        ],
    ),
    (
        "manifest",
        &["ahash", "deskform-model", "jsonschema", "serde", "serde_json", "strsim", "toml", "toml_edit", "toml_parser"],
    ),
    ("plan", &["ahash", "deskform-model", "petgraph", "serde_json"]),
    ("apply", &["ahash", "deskform-model", "hmac", "schemars", "serde", "serde_json", "sha2", "thiserror"]),
    ("store", &["deskform-model", "serde", "serde_json", "sqlx", "thiserror", "tokio"]),
    (
        "cli",
        &[
            "annotate-snippets",
            "anstream",
            "anstyle",
            "clap",
            "clap_complete",
            "clap_mangen",
            "deskform-apply",
            "deskform-kinds",
            "deskform-manifest",
            "deskform-model",
            "deskform-plan",
            "deskform-store",
            "getrandom",
            "globset",
            "ignore",
            "jiff",
            "mimalloc",
            "schemars",
            "serde",
            "serde_json",
            "sha2",
            "similar",
            "thiserror",
            "tokio",
            "unicode-segmentation",
            "unicode-width",
        ],
    ),
];

/// What only these packages may name, also for their own tests.
const KEPT_APART: [(&str, &[&str]); 4] = [
    ("tokio", &["store", "cli", "tests"]),
    ("sqlx", &["store", "cli", "tests"]),
    ("rusqlite", &["tests"]),
    ("deskform-kinds", &["cli", "tests"]),
];

/// What no source file may hold. Spelled in two halves, so that this list does not find itself.
const BANNED: [(&str, &str, &str); 6] = [
    ("#[ig", "nore", "a test that does not run"),
    ("#[al", "low", "a lint that is switched off without a reason; `#[expect(.., reason)]` has one"),
    ("#![al", "low", "a lint that is switched off without a reason; `#![expect(.., reason)]` has one"),
    ("to", "do!(", "an unfinished piece"),
    ("unimpl", "emented!(", "an unfinished piece"),
    ("include_str!(\"/", "", "a path of one machine"),
];

fn manifest(path: &Path) -> Table {
    let text = std::fs::read_to_string(path).expect("a package has a Cargo.toml");
    text.parse().expect("a Cargo.toml is TOML")
}

fn packages() -> BTreeMap<String, PathBuf> {
    let crates = std::fs::read_dir(repository().join("crates")).expect("the crates are there");
    let crates = crates.map(|entry| entry.expect("the folder can be listed"));
    let mut found: BTreeMap<String, PathBuf> =
        crates.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path())).collect();
    found.insert("tests".to_owned(), repository().join("tests"));
    found
}

fn dependencies(manifest: &Table, section: &str) -> BTreeSet<String> {
    let table = manifest.get(section).and_then(Value::as_table);
    table.into_iter().flat_map(|table| table.keys().cloned()).collect()
}

#[test]
fn each_package_names_only_what_it_may_know() {
    let packages = packages();
    let names: Vec<&str> = packages.keys().map(String::as_str).collect();
    assert_eq!(names, ["apply", "cli", "kinds", "manifest", "model", "plan", "store", "tests"]);
    for (name, allowed) in ALLOWED {
        let found = dependencies(&manifest(&packages[name].join("Cargo.toml")), "dependencies");
        let beyond: Vec<&String> = found.iter().filter(|dependency| !allowed.contains(&dependency.as_str())).collect();
        assert!(beyond.is_empty(), "crates/{name} depends on {beyond:?}");
    }
}

#[test]
fn the_runtime_the_database_and_the_kinds_are_named_by_few() {
    for (name, path) in packages() {
        let manifest = manifest(&path.join("Cargo.toml"));
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let found = dependencies(&manifest, section);
            for (dependency, who) in KEPT_APART {
                let named = found.contains(dependency) && !who.contains(&name.as_str());
                assert!(!named, "{name} names {dependency} among its {section}");
            }
        }
    }
}

#[test]
fn versions_and_lints_stand_in_one_place() {
    for (name, path) in packages() {
        let manifest = manifest(&path.join("Cargo.toml"));
        let lints = manifest.get("lints").and_then(|lints| lints.get("workspace")).and_then(Value::as_bool);
        assert_eq!(lints, Some(true), "{name} takes the lints of the workspace");
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (dependency, value) in manifest.get(section).and_then(Value::as_table).into_iter().flatten() {
                let inherited = value.get("workspace").and_then(Value::as_bool);
                assert_eq!(inherited, Some(true), "{name} names a version of {dependency}");
            }
        }
    }
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for (name, path) in packages() {
        collect(&path.join("src"), &mut files);
        if name == "tests" {
            collect(&path.join("suite"), &mut files);
        }
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files.sort();
    let read = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).expect("a source file is text");
        (file, text)
    };
    files.into_iter().map(read).collect()
}

#[test]
fn no_source_file_holds_what_is_banned() {
    for (file, text) in sources() {
        for (first, second, why) in BANNED {
            let banned = format!("{first}{second}");
            let line = text.lines().position(|line| line.contains(&banned));
            assert!(line.is_none(), "{}:{}: {why}", file.display(), line.unwrap_or(0) + 1);
        }
    }
}

#[test]
fn every_crate_says_at_its_head_what_it_turns_into_what_and_what_it_never_does() {
    for (name, path) in packages() {
        let text = std::fs::read_to_string(path.join("src/lib.rs")).expect("a package has a library");
        let head = text.lines().map_while(|line| line.strip_prefix("//!"));
        let head = head.map(str::trim).collect::<Vec<_>>().join(" ");
        assert!(head.to_lowercase().contains("never"), "{name}: its head does not say what it never does");
        assert!(head.contains("Read `"), "{name}: its head does not say which file to read first");
    }
}

#[test]
fn async_stands_only_where_a_database_is_waited_for() {
    for (file, text) in sources() {
        let place = file.strip_prefix(repository()).expect("in the repository").to_string_lossy().into_owned();
        let waits = ["crates/store/", "crates/cli/", "tests/"].iter().any(|folder| place.starts_with(folder));
        assert!(waits || !text.contains("async fn"), "{place}");
    }
}
