//! What a store holds, written as manifests and read again, is what it holds.

use deskform_manifest::{
    ProjectText, Reader, Rows, Texts, choose, choose_whole, owned_by, read_project, write_manifests, write_project,
};
use deskform_model::{
    Action, Address, Desired, Diagnostic, Document, Facts, FileProblem, KindName, Lifecycle, Registry, Severity,
    WorkspaceName,
};
use deskform_plan::{plan, wanted};
use deskform_tests::kinds::{small_registry, whole_registry};
use deskform_tests::world::{Edit, Theme, World, edits};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestCaseResult};
use serde_json::{Map, Value, json};

use super::apply;

fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() }
}

fn fail(reason: impl Into<String>) -> TestCaseError {
    TestCaseError::fail(reason.into())
}

fn rows(world: &World) -> Rows {
    let row = |(address, row): (&Address, &deskform_tests::world::ModelRow)| {
        (address.clone(), (row.owner.clone(), row.document.clone()))
    };
    world.store.rows.iter().map(row).collect()
}

/// Reads texts as a config repo.
fn read(registry: &Registry, project: &str, texts: &Texts) -> Result<Desired, String> {
    let (project, found) = read_project(registry, project);
    if !found.is_empty() {
        return Err(format!("{found:#?}"));
    }
    let facts = Facts { file: &|_| Err(FileProblem::Missing) };
    let mut reader = Reader::new(registry, project.ok_or("no project")?, facts);
    reader.read(texts.files.iter().map(|(name, text)| (name.clone(), text.clone())));
    let outcome = reader.finish();
    outcome.desired.ok_or_else(|| format!("{:#?}\n{texts:#?}", outcome.diagnostics))
}

/// What a workspace owns in a world's store, exported and read again; none where it owns nothing that a manifest declares.
fn exported(registry: &Registry, world: &World, who: usize, adopt: bool) -> Result<Option<Desired>, String> {
    let workspace = &world.workspaces[who].name;
    let rows = rows(world);
    let mut addresses = owned_by(&rows, Some(workspace));
    if adopt {
        addresses.extend(owned_by(&rows, None));
    }
    let chosen = choose_whole(registry, &rows, workspace, &addresses);
    if chosen.resources.is_empty() {
        return Ok(None);
    }
    let texts = write_manifests(registry, &chosen, true);
    let project = ProjectText { workspace, store_url: None, label: None, policy: chosen.policy };
    let (project, gap) = write_project(registry, &project);
    if !texts.gaps.is_empty() || gap.is_some() {
        return Err(format!("{:#?} {gap:#?}", texts.gaps));
    }
    let desired = read(registry, &project, &texts)?;
    for (address, resource) in &desired.resources {
        let live = rows.get(address).map(|(_, document)| document.digest());
        if live != Some(resource.digest) {
            return Err(format!("{address} is read as {} out of {texts:#?}", resource.document.text()));
        }
    }
    Ok(Some(desired))
}

/// Plans what was exported against the store it came from; gives what is done, without what is only recorded.
fn planned(registry: &Registry, world: &World, who: usize, desired: &Desired) -> Result<Vec<Action>, String> {
    let live = world.live(registry, who, false, |index| wanted(registry, desired, index));
    let planned = plan(registry, desired, &live);
    let is_error = |found: &&Diagnostic| found.severity == Severity::Error;
    match planned.diagnostics.iter().find(is_error) {
        Some(error) => Err(format!("{error:#?}")),
        None => Ok(planned.body.changes().map(|change| change.action).collect()),
    }
}

fn settled(registry: &Registry, theme: Theme, before: &[Edit]) -> Result<World, TestCaseError> {
    let mut world = World::new(theme, 2);
    for edit in before {
        world.perform(registry, *edit);
    }
    for who in 0..2 {
        apply(registry, &mut world, who).map_err(fail)?;
    }
    Ok(world)
}

/// After an apply an export plans nothing; and with what people did by hand since, it changes nothing.
fn plans_nothing(registry: &Registry, theme: Theme, before: &[Edit], after: &[Edit]) -> TestCaseResult {
    let mut world = settled(registry, theme, before)?;
    for round in [&[], after] {
        for edit in round {
            world.perform(registry, *edit);
        }
        for who in 0..2 {
            let Some(desired) = exported(registry, &world, who, false).map_err(fail)? else { continue };
            let done = planned(registry, &world, who, &desired).map_err(fail)?;
            let unexpected: Vec<_> = done.iter().filter(|action| **action != Action::Adopt).collect();
            prop_assert!(unexpected.is_empty(), "{unexpected:?}");
            prop_assert!(done.is_empty() || !round.is_empty(), "{done:?}");
        }
    }
    Ok(())
}

/// With what nobody owns, an export adopts it and does nothing else.
fn adopts_only(registry: &Registry, theme: Theme, before: &[Edit], after: &[Edit]) -> TestCaseResult {
    let mut world = settled(registry, theme, before)?;
    for edit in after {
        world.perform(registry, *edit);
    }
    let Some(desired) = exported(registry, &world, 0, true).map_err(fail)? else { return Ok(()) };
    let done = planned(registry, &world, 0, &desired).map_err(fail)?;
    let nobodys = owned_by(&rows(&world), None).into_iter().filter(|address| address.kind() != "policy").count();
    prop_assert_eq!(done, vec![Action::Adopt; nobodys]);
    Ok(())
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn an_export_plans_nothing(before in edits(0..32), after in edits(0..12)) {
        plans_nothing(&small_registry(), Theme::Small, &before, &after)?;
    }

    #[test]
    fn an_export_of_the_real_kinds_plans_nothing(before in edits(0..24), after in edits(0..12)) {
        plans_nothing(&whole_registry(), Theme::Real, &before, &after)?;
    }

    #[test]
    fn an_export_with_what_nobody_owns_adopts_it(before in edits(0..32), after in edits(0..12)) {
        adopts_only(&small_registry(), Theme::Small, &before, &after)?;
    }

    #[test]
    fn an_export_of_the_real_kinds_with_what_nobody_owns_adopts_it(before in edits(0..24), after in edits(0..12)) {
        adopts_only(&whole_registry(), Theme::Real, &before, &after)?;
    }

    /// Whatever stands in a text or a key is read as it was.
    #[test]
    fn any_text_comes_through(
        title in "[^\0]{1,40}", note in "[\\PC\n\t \"\\\\#']{0,80}", tags in prop::collection::vec("[^\0]{1,12}", 0..12),
        keys in prop::collection::btree_map("[^\0]{1,12}", 0..3_u8, 0..5),
    ) {
        let registry = small_registry();
        let bindings: Map<String, Value> = keys.iter().map(|(key, leaf)| (key.clone(), json!(format!("l{leaf}")))).collect();
        let leaves = (0..3).map(|leaf| (format!("leaf.l{leaf}"), json!({ "label": "x" })));
        let node = json!({ "title": title, "note": note, "head": true, "tags": tags, "stages": tags, "bindings": bindings });
        comes_through(&registry, leaves.chain([("node.a".to_owned(), node)]))?;
    }
}

fn comes_through(registry: &Registry, tables: impl Iterator<Item = (String, Value)>) -> TestCaseResult {
    let workspace = WorkspaceName::new("alpha").expect("legal");
    let mut rows = Rows::new();
    for (address, table) in tables {
        let address = Address::parse(&address).expect("legal");
        let kind = registry.get(address.kind()).expect("registered");
        let facts = Facts { file: &|_| Err(FileProblem::Missing) };
        let Ok(reading) = kind.read(table.into(), &facts) else { return Ok(()) };
        let document = Document::of(kind.name().clone(), reading.format, &reading.spec, Lifecycle::default());
        let Ok(document) = document else { return Ok(()) };
        rows.insert(address, (Some(workspace.clone()), document));
    }
    let chosen = choose_whole(registry, &rows, &workspace, &owned_by(&rows, Some(&workspace)));
    let texts = write_manifests(registry, &chosen, true);
    let desired = read(registry, "[workspace]\nname = \"alpha\"\n", &texts).map_err(fail)?;
    for (address, (_, document)) in &rows {
        prop_assert_eq!(desired.resources[address].document.text(), document.text());
    }
    Ok(())
}

fn row(owner: Option<&str>, kind: &str, text: &str) -> (Option<WorkspaceName>, Document) {
    let owner = owner.map(|owner| WorkspaceName::new(owner).expect("legal"));
    (owner, Document::stored(KindName::new(kind).expect("legal"), 1, text.to_owned()))
}

/// The manifests of `alpha` in a store of small kinds.
fn written(rows: &[(&str, (Option<WorkspaceName>, Document))], plain: bool) -> (String, Texts) {
    let alpha = WorkspaceName::new("alpha").expect("legal");
    let rows: Rows = rows.iter().map(|(address, row)| (Address::parse(address).expect("legal"), row.clone())).collect();
    let wanted = owned_by(&rows, Some(&alpha));
    let registry = small_registry();
    let chosen = if plain { choose(&rows, &alpha, &wanted) } else { choose_whole(&registry, &rows, &alpha, &wanted) };
    let texts = write_manifests(&registry, &chosen, false);
    let shown = texts.files.iter().map(|(name, text)| format!("== {name}\n{text}")).collect();
    (shown, texts)
}

#[test]
fn what_others_own_is_used_and_what_nobody_owns_is_taken_over() {
    let node = r#"{"bindings":{"a":"own","b":"others","c":"nobodys"},"head":true,"title":"x"}"#;
    let rows = [
        ("leaf.nobodys", row(None, "leaf", r#"{"label":"n"}"#)),
        ("leaf.others", row(Some("beta"), "leaf", r#"{"label":"o"}"#)),
        ("leaf.own", row(Some("alpha"), "leaf", r#"{"label":"w","lifecycle":{"protected":true}}"#)),
        ("leaf.unused", row(None, "leaf", r#"{"label":"u"}"#)),
        ("node.a", row(Some("alpha"), "node", node)),
    ];
    assert_eq!(
        written(&rows, false).0,
        r#"== adopt.toml
# What nobody owns and this workspace takes over. Once it is applied, this file may go.
[[adopt]]
address = "leaf.nobodys"
== leafs/nobodys.toml
[leaf.nobodys]
label = "n"
== leafs/own.toml
[leaf.own]
label     = "w"
lifecycle = { protected = true }
== nodes/a.toml
[node.a]
title = "x"
head  = true

[node.a.bindings]
a = "own"
b = "others"
c = "nobodys"
== uses.toml
# What other workspaces own and this one refers to.
[[use]]
address   = "leaf.others"
workspace = "beta"
"#
    );
    assert_eq!(written(&rows, true).1.files.keys().collect::<Vec<_>>(), ["leafs/own.toml", "nodes/a.toml"]);
}

/// A literal reaches no file, and what stands in its place is refused. What cannot be read is not left out in silence.
#[test]
fn a_secret_written_out_and_a_document_of_tomorrow_leave_a_text_that_is_refused() {
    let leaf = KindName::new("leaf").expect("legal");
    let newer = (WorkspaceName::new("alpha").ok(), Document::stored(leaf, 9, r#"{"label":"x"}"#.to_owned()));
    let rows = [
        ("leaf.newer", newer),
        ("leaf.odd", row(Some("alpha"), "leaf", "not JSON: hunter2")),
        ("node.a", row(Some("alpha"), "node", r#"{"head":true,"key":"hunter2","leaf":"newer","title":"x"}"#)),
        ("node.b", row(Some("alpha"), "node", r#"{"key":{"value":"hunter2"},"title":"y"}"#)),
    ];
    let (shown, texts) = written(&rows, false);
    assert_eq!(
        shown,
        r#"== leafs/newer.toml
# The store holds `leaf.newer`, which this version of deskform cannot read: format 9 is newer than 2, the newest that this deskform knows.
# It is not exported. Write it down in place of the next lines; left out, it would be deleted.
[leaf.newer]
unreadable = true
== leafs/odd.toml
# The store holds `leaf.odd`, which this version of deskform cannot read: it does not fit its kind.
# It is not exported. Write it down in place of the next lines; left out, it would be deleted.
[leaf.odd]
unreadable = true
== nodes/a.toml
[node.a]
title = "x"
head  = true
# The store holds this secret written out, and it is not exported. Put it where the platform finds it and name the place:
# { env = "NAME" }, { file = "PATH" } or { vault = "path#field" }.
key   = { env = "" }
leaf  = "newer"
== nodes/b.toml
[node.b]
title = "y"
# The store holds this secret written out, and it is not exported. Put it where the platform finds it and name the place:
# { env = "NAME" }, { file = "PATH" } or { vault = "path#field" }.
key   = { env = "" }
"#
    );
    assert_eq!(texts.gaps.len(), 4);
    for file in ["leafs/newer.toml", "nodes/a.toml"] {
        let one = Texts { files: [(file.to_owned(), texts.files[file].clone())].into(), ..Texts::default() };
        assert!(read(&small_registry(), "[workspace]\nname = \"alpha\"\n", &one).is_err(), "{file}");
    }
}

/// However many resources there are, they fit into the number of files that a config repo may have.
#[test]
fn many_resources_share_files() {
    let leaf = |number: usize| (format!("leaf.l{number:05}"), row(Some("alpha"), "leaf", r#"{"label":"x"}"#));
    let leaves: Vec<_> = (0..5_001).map(leaf).collect();
    let leaves: Vec<_> = leaves.iter().map(|(address, row)| (address.as_str(), row.clone())).collect();
    let (_, texts) = written(&leaves, false);
    assert_eq!(texts.files.len(), 51);
    let desired = read(&small_registry(), "[workspace]\nname = \"alpha\"\n", &texts).expect("valid");
    assert_eq!(desired.resources.len(), 5_001);
}
