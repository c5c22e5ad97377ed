//! The committed schemas, the examples held against them, and one verdict of serde and schema on good and bad tables.

use std::collections::BTreeMap;
use std::path::Path;

use deskform_manifest::{ProjectText, Rows, choose, owned_by, write_manifests, write_project};
use deskform_model::{
    Address, Document, Facts, FileFact, Kind, Lifecycle, ReadError, Registry, ResourceName, Severity, WorkspaceName,
    normalised,
};
use deskform_tests::kinds::{small_registry, whole_registry};
use deskform_tests::sandbox::{Sandbox, repository};
use deskform_tests::transcript::collect;
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::expected::file_is;

const FILES: [&str; 5] = [
    "audit-entry.schema.json",
    "manifest.schema.json",
    "overlay.schema.json",
    "plan.schema.json",
    "project.schema.json",
];

#[test]
fn the_committed_schemas_are_what_the_binary_writes() {
    let sandbox = Sandbox::new();
    let _ = sandbox.deskform(&["schema", "--out", "schemas"]).expect(0);
    let mut written = Vec::new();
    collect(&sandbox.inside("schemas"), &mut written);
    written.sort();
    let names: Vec<_> = written.iter().filter_map(|file| file.file_name()).collect();
    assert_eq!(names, FILES);
    for name in FILES {
        file_is(&format!("schemas/{name}"), &sandbox.read(&format!("schemas/{name}")));
    }
}

fn validator(file: &str) -> Validator {
    let text = std::fs::read_to_string(repository().join("schemas").join(file)).expect("it is committed");
    let schema: Value = serde_json::from_str(&text).expect("a schema is JSON");
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#", "{file}");
    jsonschema::draft7::new(&schema).expect("a schema is a schema")
}

/// A TOML text as the schemas see it: dates are strings.
fn json_of(text: &str) -> Value {
    let table: toml::Table = text.parse().expect("an example is TOML");
    convert(toml::Value::Table(table))
}

fn convert(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::from(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(flag) => Value::from(flag),
        toml::Value::Datetime(date) => Value::from(date.to_string()),
        toml::Value::Array(items) => items.into_iter().map(convert).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, convert(value))).collect(),
    }
}

/// The examples but for overlays, which may leave out what their kind needs.
fn manifests() -> impl Iterator<Item = (String, Value)> {
    examples().into_iter().filter(|(file, _)| !is_overlay(file))
}

fn is_overlay(file: &str) -> bool {
    file.contains("/envs/")
}

fn examples() -> Vec<(String, Value)> {
    let mut files = Vec::new();
    collect(&repository().join("examples"), &mut files);
    let is_mistake = |file: &Path| file.components().any(|part| part.as_os_str() == "broken");
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml") && !is_mistake(file));
    files.sort();
    let read = |file: std::path::PathBuf| {
        let text = std::fs::read_to_string(&file).expect("an example is text");
        let name = file.strip_prefix(repository()).unwrap_or(&file);
        (name.display().to_string(), json_of(&text))
    };
    files.into_iter().map(read).collect()
}

#[test]
fn every_example_fits_its_schema() {
    let (manifest, project) = (validator("manifest.schema.json"), validator("project.schema.json"));
    let overlay = validator("overlay.schema.json");
    let examples = examples();
    assert!(!examples.is_empty(), "there are examples");
    for (file, value) in examples {
        let schema = if is_overlay(&file) {
            &overlay
        } else if file.ends_with("deskform.toml") {
            &project
        } else {
            &manifest
        };
        let errors: Vec<String> =
            schema.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{file}: {errors:#?}");
    }
}

#[test]
fn a_plan_file_and_every_entry_of_the_log_fit_their_schemas() {
    let sandbox = Sandbox::of_example("quickstart");
    let _ = sandbox.deskform(&["plan", "--out", "plan.json"]).expect(0);
    let plan: Value = serde_json::from_str(&sandbox.read("plan.json")).expect("a plan file is JSON");
    let errors: Vec<String> = validator("plan.schema.json").iter_errors(&plan).map(|e| e.to_string()).collect();
    assert_eq!(errors, [] as [String; 0]);

    let _ = sandbox.deskform(&["apply", "plan.json", "--yes", "--reason", "first"]).expect(0);
    let database = sandbox.sql(".deskform/live.db");
    let mut statement = database.prepare("SELECT entry FROM audit").expect("there is a log");
    let entries = statement.query_map([], |row| row.get::<_, String>(0)).expect("it can be read");
    let schema = validator("audit-entry.schema.json");
    let mut count = 0;
    for entry in entries {
        let entry: Value = serde_json::from_str(&entry.expect("an entry is text")).expect("an entry is JSON");
        let errors: Vec<String> = schema.iter_errors(&entry).map(|error| error.to_string()).collect();
        assert_eq!(errors, [] as [String; 0], "{entry:#}");
        count += 1;
    }
    assert!(count > 5, "there are entries of all resources");
}

/// Tables that fit: those of the examples and, for the fields that no example has, these.
fn samples(kind: &dyn Kind) -> Vec<Value> {
    let name = kind.name().as_str();
    let mut found: Vec<Value> = manifests()
        .filter_map(|(_, value)| value.get(name)?.as_object().map(|table| table.values().cloned().collect::<Vec<_>>()))
        .flatten()
        .collect();
    for table in &mut found {
        if let Value::Object(table) = table {
            table.remove("lifecycle");
        }
    }
    found.extend(match name {
        "node" => vec![
            json!({ "title": "x" }),
            json!({
                "title": "x", "note": "n", "slot": "a", "head": true, "region": "r", "next": "y", "leaf": "z",
                "key": { "env": "A", "version": 2 }, "peers": ["a", "b"], "tags": ["t"], "stages": ["s"],
                "contacts": [{ "name": "c", "leaf": "l" }], "bindings": { "k": "l" },
            }),
        ],
        "leaf" => vec![json!({ "label": "x", "colour": "red" })],
        "policy" => vec![
            json!({}),
            json!({ "guard": { "max_deletes": 1, "max_deletes_percent": 25, "way_in": ["203.0.113.0/24"] },
                    "limits": { "brand": 300 }, "platform": { "zendesk": { "plan": "suite_enterprise" } } }),
        ],
        _ => Vec::new(),
    });
    assert!(!found.is_empty(), "there is a sample of `{name}`: a resource in an example");
    found
}

/// What a mutation may put in a place.
fn pool() -> Vec<Value> {
    let long = "a".repeat(5_000);
    let texts = [
        "",
        " ",
        "a",
        "acme",
        "Acme",
        "con",
        "-a",
        "a b",
        "日本語",
        "が",
        "か\u{3099}",
        "\u{0}",
        "\n",
        "\u{202e}",
        "true",
        "9",
        "08:00-12:00",
        "22:00-06:00",
        "25:00-26:00",
        "11:00-24:00",
        "2027-01-01",
        "2027-02-30",
        "+81300000001",
        "help@acme.example",
        "Asia/Tokyo",
        "mon-fri",
        "203.0.113.0/24",
        "managed",
        "enabled",
        "external",
        &long,
    ];
    let numbers = [0, 1, -1, 2, 9, 25, 101, 300, 1_000_001, 4_294_967_296, i64::MAX, i64::MIN];
    let mut pool: Vec<Value> = texts.into_iter().map(Value::from).chain(numbers.map(Value::from)).collect();
    pool.extend([
        json!(true),
        json!(false),
        json!(1.5),
        json!([]),
        json!({}),
        json!([{}]),
        json!([[]]),
        json!(["a", "a"]),
    ]);
    pool.extend([json!({ "env": "A" }), json!({ "env": "A", "file": "b" }), json!({ "vault": "a#b", "version": 0 })]);
    pool
}

/// A mutation: what is done, and two numbers that say where and with what.
type Mutation = (u8, u16, u16);

fn mutate(table: &mut Value, names: &[String], (way, at, with): Mutation) {
    let pool = pool();
    let value = pool[usize::from(with) % pool.len()].clone();
    let mut places = Vec::new();
    pointers(table, String::new(), &mut places);
    let place = &places[usize::from(at) % places.len()];
    let target = table.pointer_mut(place).expect("it was found there");
    match way % 8 {
        0 | 1 => *target = value,
        2 => *target = Value::Array(vec![target.take()]),
        3 => *target = json!({ "a": target.take() }),
        4 => match target {
            Value::Object(table) => {
                let key = table.keys().nth(usize::from(with) % table.len().max(1)).cloned();
                key.map(|key| table.remove(&key));
            }
            Value::Array(items) => drop(items.pop()),
            _ => {}
        },
        5 => match target {
            Value::Object(table) => drop(table.insert("unknown".to_owned(), value)),
            Value::Array(items) => items.push(value),
            Value::String(text) => text.push('é'),
            _ => {}
        },
        6 => {
            if let Value::Object(table) = target {
                table.insert(names[usize::from(at ^ with) % names.len()].clone(), value);
            }
        }
        _ => {
            // A table as a list of its values, which serde would take for the fields in their order.
            if let Value::Object(table) = target {
                *target = table.values().cloned().collect();
            }
        }
    }
}

fn pointers(value: &Value, here: String, out: &mut Vec<String>) {
    match value {
        Value::Object(table) => {
            for (key, inner) in table {
                pointers(inner, format!("{here}/{}", key.replace('~', "~0").replace('/', "~1")), out);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                pointers(inner, format!("{here}/{index}"), out);
            }
        }
        _ => {}
    }
    out.push(here);
}

/// The names of all fields that a schema knows, at any depth.
fn names(schema: &Value, out: &mut Vec<String>) {
    match schema {
        Value::Object(table) => {
            if let Some(Value::Object(properties)) = table.get("properties") {
                out.extend(properties.keys().cloned());
            }
            table.values().for_each(|inner| names(inner, out));
        }
        Value::Array(items) => items.iter().for_each(|inner| names(inner, out)),
        _ => {}
    }
}

/// A kind with what the property needs of it.
struct Case<'r> {
    kind: &'r dyn Kind,
    schema: Validator,
    samples: Vec<Value>,
    names: Vec<String>,
}

impl<'r> Case<'r> {
    fn of(kind: &'r dyn Kind) -> Self {
        let mut found = vec!["lifecycle".to_owned()];
        names(kind.manifest_schema(), &mut found);
        found.sort();
        found.dedup();
        // A format is a word for editors; that a month has no such day is a finding of the kind.
        let options = jsonschema::draft7::options().should_validate_formats(false);
        let schema = options.build(kind.manifest_schema()).expect("a schema is a schema");
        Self { kind, schema, samples: samples(kind), names: found }
    }

    /// True if serde and schema say the same of a table.
    fn agrees(&self, table: &Value) -> Result<(), String> {
        let Ok(table) = normalised(table.clone()) else { return Ok(()) };
        let file = |_: &str| Ok(FileFact { sha256: "0".repeat(64), size: 1_000, held: b"\x89PNG\r\n\x1a\n".to_vec() });
        let typed = match self.kind.read(table.clone().into(), &Facts { file: &file }) {
            Ok(_) => Ok(()),
            // Refused in the kind's own words, such as an unknown permission; the schema may list the words, too.
            Err(ReadError::Problems(_)) => return Ok(()),
            Err(ReadError::Shape(reason)) => Err(reason),
        };
        let errors: Vec<String> =
            self.schema.iter_errors(&table).map(|error| format!("{}: {error}", error.instance_path())).collect();
        if typed.is_ok() == errors.is_empty() {
            return Ok(());
        }
        Err(format!("serde says {typed:?}, the schema says {errors:?} of {} {table:#}", self.kind.name()))
    }

    /// True if a table that is stored, exported and read again is what it was.
    fn comes_back(&self, registry: &Registry, table: &Value) -> Result<(), String> {
        let Some(first) = self.spec(table) else { return Ok(()) };
        let document =
            Document::new(self.kind.name().clone(), self.kind.latest_format(), first.clone(), Lifecycle::default());
        let Ok(document) = document else { return Ok(()) };
        let text = written(registry, self.kind, document);
        let again = match self.kind.name().as_str() {
            "policy" => {
                json_of(&text).as_object().map(|table| table.iter().filter(|(key, _)| *key != "workspace")).map(pairs)
            }
            kind => json_of(&text).pointer(&format!("/{kind}/w")).cloned(),
        };
        let again = again.and_then(|table| self.spec(&table));
        if again.as_ref() == Some(&first) {
            Ok(())
        } else {
            Err(format!("{first:#} is read as {again:#?} out of\n{text}"))
        }
    }

    /// What a table is stored as, if its kind finds nothing wrong with it.
    fn spec(&self, table: &Value) -> Option<Value> {
        let file = |_: &str| Ok(FileFact { sha256: "0".repeat(64), size: 1_000, held: b"\x89PNG\r\n\x1a\n".to_vec() });
        let reading = self.kind.read(normalised(table.clone()).ok()?.into(), &Facts { file: &file }).ok()?;
        let sound = reading.problems.iter().all(|problem| problem.severity != Severity::Error);
        sound.then(|| reading.spec.value())
    }
}

fn pairs<'v>(entries: impl Iterator<Item = (&'v String, &'v Value)>) -> Value {
    Value::Object(entries.map(|(key, value)| (key.clone(), value.clone())).collect())
}

/// The text that an export makes of a document of workspace `w`; a policy stands in `deskform.toml`.
fn written(registry: &Registry, kind: &dyn Kind, document: Document) -> String {
    let workspace = WorkspaceName::new("w").expect("legal");
    if kind.name().as_str() == "policy" {
        let project = ProjectText { workspace: &workspace, store_url: None, label: None, policy: Some(&document) };
        return write_project(registry, &project).0;
    }
    let address = Address::new(kind.name(), &ResourceName::new("w").expect("legal"));
    let rows = Rows::from([(address, (Some(workspace.clone()), document))]);
    let wanted = owned_by(&rows, Some(&workspace));
    let texts = write_manifests(registry, &choose(&rows, &workspace, &wanted), true);
    texts.files.into_values().collect()
}

/// Tries a property on the samples of every kind and on mutations of them.
fn over_tables(registry: &Registry, cases: u32, holds: impl Fn(&Case<'_>, &Value) -> Result<(), String>) {
    for kind in registry.kinds() {
        let case = Case::of(kind);
        for sample in &case.samples {
            assert!(case.schema.is_valid(sample), "a sample of `{}` does not fit: {sample:#}", kind.name());
            assert_eq!(holds(&case, sample), Ok(()));
        }
        let config = proptest::test_runner::Config { cases, failure_persistence: None, ..Default::default() };
        let mutations = proptest::collection::vec(any::<Mutation>(), 1..5);
        let outcome =
            proptest::test_runner::TestRunner::new(config).run(&(any::<u8>(), mutations), |(sample, mutations)| {
                let mut table = case.samples[usize::from(sample) % case.samples.len()].clone();
                for mutation in mutations {
                    mutate(&mut table, &case.names, mutation);
                }
                if table.is_object() { holds(&case, &table).map_err(TestCaseError::fail) } else { Ok(()) }
            });
        assert!(outcome.is_ok(), "`{}`: {outcome:?}", kind.name());
    }
}

#[test]
fn serde_and_schema_agree_on_the_small_kinds() {
    over_tables(&small_registry(), 2_000, |case, table| case.agrees(table));
}

#[test]
fn serde_and_schema_agree_on_the_kinds() {
    over_tables(&deskform_kinds::registry(), 1_500, |case, table| case.agrees(table));
}

#[test]
fn what_is_exported_of_a_kind_is_read_as_it_was() {
    let registry = whole_registry();
    over_tables(&registry, 250, |case, table| case.comes_back(&registry, table));
}

#[test]
fn a_manifest_with_every_kind_fits_the_schema_of_all_kinds() {
    let registry = whole_registry();
    let mut manifest = Map::new();
    for kind in registry.kinds().filter(|kind| kind.name().as_str() != "policy") {
        let resources: BTreeMap<String, Value> =
            samples(kind).into_iter().enumerate().map(|(index, table)| (format!("r{index}"), table)).collect();
        manifest.insert(kind.name().to_string(), json!(resources));
    }
    let schema = jsonschema::draft7::new(&deskform_manifest::manifest_schema(&registry)).expect("a schema is a schema");
    let manifest = Value::Object(manifest);
    let errors: Vec<String> = schema.iter_errors(&manifest).map(|error| error.to_string()).collect();
    assert_eq!(errors, [] as [String; 0]);
}
