//! Environments: what comes of overlays is what would come of the files as they would be written without them.

use std::collections::BTreeMap;

use deskform_manifest::{Reader, read_environment};
use deskform_model::{Facts, FileProblem, Registry};
use deskform_tests::kinds::small_registry;
use deskform_tests::sandbox::Sandbox;
use proptest::prelude::*;
use serde_json::Value;
use toml::Table;

const PROJECT: &str = "[workspace]\nname = \"acme\"\n[store]\nlabel = \"LABEL\"\n[guard]\nmax_deletes = 7\n";

const BRANDS: &str = "\
[brand.acme]
display_name   = \"Acme サポート\"
subdomain      = \"acme\"
default        = true
business_hours = \"day\"
host_mapping   = { host = \"support.acme.example\", certificate = \"managed\" }

[brand.acme.channels]
talk = { number = \"+81300000001\" }

[business_hours.day]
time_zone = \"Asia/Tokyo\"
weekly    = { mon-fri = [\"09:00-18:00\"], sat-sun = [] }

[team.night]
display_name = \"当直\"
";

const OVERLAY: &str = "\
[brand.acme]
subdomain = \"acme-test\"
unset     = [\"host_mapping\"]

[brand.acme.channels.talk]
number = \"+81300009001\"

[business_hours.day.weekly]
sat-sun = [\"10:00-12:00\"]

[[unset]]
address = \"team.night\"
";

fn plan(sandbox: &Sandbox, args: &[&str]) -> Value {
    let args = [&["plan", "--store", "sqlite://live.db", "--format", "json"], args].concat();
    sandbox.deskform(&args).expect(0).json()["plan_file"].clone()
}

/// The whole file, with ids, digests and the lines of the manifests.
#[test]
fn the_plan_of_an_environment_is_that_of_the_files_as_they_would_be_written() {
    let overlaid = Sandbox::new();
    let environment = "[env.staging.store]\nlabel = \"staging\"\n[env.staging.guard]\nmax_deletes = 9\n";
    overlaid.write("deskform.toml", &format!("{}{environment}", PROJECT.replace("LABEL", "production")));
    overlaid.write("brands.toml", BRANDS);
    overlaid.write("envs/staging/brands.toml", OVERLAY);
    let written = Sandbox::new();
    written.write("deskform.toml", &PROJECT.replace("LABEL", "staging").replace("= 7", "= 9"));
    let brands = BRANDS
        .replace("\"acme\"", "\"acme-test\"")
        .replace("host_mapping   = { host = \"support.acme.example\", certificate = \"managed\" }\n", "\n")
        .replace("+81300000001", "+81300009001")
        .replace("sat-sun = []", "sat-sun = [\"10:00-12:00\"]")
        .replace("[team.night]\ndisplay_name = \"当直\"\n", "");
    written.write("brands.toml", &brands);
    let without = plan(&overlaid, &[]);
    let planned = plan(&overlaid, &["--env", "staging"]);
    assert_eq!(planned, plan(&written, &[]));
    assert_ne!(planned["id"], without["id"], "the environment is another one than none");
}

#[test]
fn the_environment_may_come_from_a_variable_and_the_option_wins() {
    let mut sandbox = Sandbox::of_example("acme");
    sandbox.set("DESKFORM_ENV", "staging");
    let named = |args: &[&str]| {
        let args = [&["validate", "--format", "json"], args].concat();
        sandbox.deskform(&args).expect(0).json()["environment"].clone()
    };
    assert_eq!((named(&[]), named(&["--env", "production"])), ("staging".into(), "production".into()));
}

/// Whatever an example says of its environments is sound, and each can be applied and then has nothing left to do.
#[test]
fn every_environment_of_the_company_applies_and_leaves_nothing_to_do() {
    for name in ["production", "staging"] {
        let sandbox = Sandbox::of_example("acme");
        let _ = sandbox.deskform(&["apply", "--env", name, "--create-store", "--yes"]).expect(0);
        let again = sandbox.deskform(&["plan", "--env", name, "--detailed-exitcode"]).expect(0);
        assert!(again.stdout.starts_with("No changes."), "{}", again.stdout);
    }
}

const SMALL: &str = "[workspace]\nname = \"acme\"\n[env.staging.store]\nlabel = \"staging\"\n";

/// The canonical texts of everything that is desired; nothing may be found wrong.
fn documents(registry: &Registry, manifest: &str, overlays: &[(String, String)]) -> BTreeMap<String, String> {
    let (project, _) = read_environment(registry, SMALL, "staging");
    let facts = Facts { file: &|_| Err(FileProblem::Missing) };
    let mut reader = Reader::new(registry, project.expect("a project"), facts).overlaid(overlays);
    reader.read(vec![("a.toml".to_owned(), manifest.to_owned())]);
    let outcome = reader.finish();
    assert!(outcome.diagnostics.is_empty(), "{:#?}\n{manifest}\n{overlays:#?}", outcome.diagnostics);
    let resources = outcome.desired.expect("no errors").resources.into_iter();
    resources.map(|(address, resource)| (address.to_string(), resource.document.text().to_owned())).collect()
}

/// The tables that two nodes may have: every shape of field, and keys that need quotes.
fn node() -> impl Strategy<Value = Table> {
    let word = || prop::sample::select(vec!["a", "b", "本社", "c d"]);
    let words = move || prop::collection::btree_set(word(), 0..4);
    let key = prop::sample::select(vec!["a", "b c", "x.y", "本社", "が", "d'e"]);
    let secret = prop::sample::select(vec!["", "env = 'A'", "env = 'B'\nversion = 2", "vault = 'a#b'"]);
    let fields = (word(), prop::option::of(word()), prop::option::of(word()), words(), words());
    (fields, words(), prop::collection::btree_set(key, 0..4), secret).prop_map(
        |((title, note, region, tags, stages), contacts, bindings, secret)| {
            let list = |words: std::collections::BTreeSet<&str>| {
                toml::Value::Array(words.into_iter().map(toml::Value::from).collect())
            };
            let contact = |name: &str| toml::Value::Table(Table::from_iter([("name".to_owned(), name.into())]));
            let binding = |key: &str| (key.to_owned(), toml::Value::from("l"));
            let mut table = Table::from_iter([
                ("title".to_owned(), title.into()),
                ("tags".to_owned(), list(tags)),
                ("stages".to_owned(), list(stages)),
                ("contacts".to_owned(), contacts.into_iter().map(contact).collect::<Vec<_>>().into()),
                ("bindings".to_owned(), toml::Value::Table(bindings.into_iter().map(binding).collect())),
            ]);
            table.extend(note.map(|note| ("note".to_owned(), note.into())));
            table.extend(region.map(|region| ("region".to_owned(), region.into())));
            if !secret.is_empty() {
                table.insert("key".to_owned(), toml::Value::Table(secret.parse().expect("a table")));
            }
            table
        },
    )
}

/// What an overlay says to make one table another.
fn overlay(from: &Table, to: &Table, path: &str, unset: &mut Vec<toml::Value>) -> Table {
    let at = |key: &str| {
        let quote = if key.contains('\'') { '"' } else { '\'' };
        if path.is_empty() { format!("{quote}{key}{quote}") } else { format!("{path}.{quote}{key}{quote}") }
    };
    let gone = from.keys().filter(|key| !to.contains_key(*key));
    unset.extend(gone.map(|key| toml::Value::from(at(key))));
    let mut over = Table::new();
    for (key, value) in to {
        match (from.get(key), value) {
            (Some(before), after) if before == after => {}
            (Some(toml::Value::Table(before)), toml::Value::Table(after)) => {
                let within = overlay(before, after, &at(key), unset);
                if !within.is_empty() {
                    over.insert(key.clone(), toml::Value::Table(within));
                }
            }
            (_, after) => drop(over.insert(key.clone(), after.clone())),
        }
    }
    over
}

fn written(name: &str, table: &Table) -> String {
    let fields = table.iter().map(|(key, value)| format!("{} = {}\n", quoted(key), inline(value)));
    format!("[node.{name}]\n{}", fields.collect::<String>())
}

fn inline(value: &toml::Value) -> String {
    match value {
        toml::Value::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        toml::Value::Table(table) => {
            let fields = table.iter().map(|(key, value)| format!("{} = {}", quoted(key), inline(value)));
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
        toml::Value::String(text) => quoted(text),
        other => other.as_integer().expect("texts and whole numbers").to_string(),
    }
}

/// The quotes of JSON are those of TOML.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// Whatever one table is to become, there is an overlay that makes it that, and nothing else comes of it.
    #[test]
    fn an_overlay_makes_any_table_any_other(from in node(), to in node()) {
        let registry = small_registry();
        let others = "[leaf.l]\nlabel = \"L\"\n[node.head]\ntitle = \"H\"\nhead = true\n";
        let mut unset = Vec::new();
        let mut over = overlay(&from, &to, "", &mut unset);
        if !unset.is_empty() {
            over.insert("unset".to_owned(), toml::Value::Array(unset));
        }
        let overlays = if over.is_empty() {
            Vec::new()
        } else {
            vec![("envs/staging/n.toml".to_owned(), written("n", &over))]
        };
        let overlaid = documents(&registry, &format!("{others}{}", written("n", &from)), &overlays);
        let direct = documents(&registry, &format!("{others}{}", written("n", &to)), &[]);
        prop_assert_eq!(overlaid, direct);
    }
}
