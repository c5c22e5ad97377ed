//! The table of three ways: what is desired (D), live (L) and last applied (A), resource by resource and field by field.

use deskform_model::{Document, Lifecycle, Registry};
use deskform_plan::{drift, wanted_for_drift};
use deskform_tests::kinds::small_registry;
use deskform_tests::world::{Item, Spelling, Theme, World};
use serde_json::{Value, json};

use super::{apply, outline, planned};

/// One leaf whose label is a number on each of the three sides; `None` where the side has no such leaf.
fn case(desired: Option<u8>, live: Option<u8>, applied: Option<u8>) -> (Registry, World) {
    let registry = small_registry();
    let mut world = World::new(Theme::Small, 1);
    let address = Theme::Small.address(false, "x");
    let item = |title| Item { title, ..Item::default() };
    if let Some(title) = applied {
        world.workspaces[0].items.insert(address.clone(), item(title));
    }
    apply(&registry, &mut world, 0).expect("the world converges");
    world.store.remove(&address);
    if let Some(title) = live {
        let table = item(title).table("leaf", false);
        let kind = registry.get("leaf").expect("registered").name().clone();
        let document = Document::new(kind, 1, table, Lifecycle::default()).expect("canonical");
        let owner = Some(world.workspaces[0].name.clone());
        world.store.write(&registry, &address, owner, document).expect("it fits");
    }
    world.workspaces[0].items.remove(&address);
    if let Some(title) = desired {
        world.workspaces[0].items.insert(address, item(title));
    }
    (registry, world)
}

fn drifted(registry: &Registry, world: &World) -> String {
    let desired = world.desired(registry, 0, Spelling::default());
    let live = world.live(registry, 0, true, |index| wanted_for_drift(&desired.workspace, index));
    let report = drift(registry, &desired.workspace, Some(&desired), &live);
    let drifted = report.drifted.iter().map(|drifted| drifted.state.word());
    let pending = report.pending.iter().map(|_| "pending");
    drifted.chain(pending).chain(report.recordable.iter().map(|_| "recordable")).collect::<Vec<_>>().join(" ")
}

#[test]
fn each_case_of_the_table_has_its_plan_and_its_drift() {
    let x = "leaf.x";
    let table = [
        // D        L        A        plan                                   drift
        (Some(1), Some(1), Some(1), String::new(), ""),
        (Some(2), Some(1), Some(1), format!("update {x} (config)\n"), "pending"),
        (Some(1), Some(2), Some(1), format!("update {x} (drift)\n"), "changed"),
        (Some(1), Some(2), Some(3), format!("update {x} (conflict)\n"), "changed"),
        (Some(2), Some(2), Some(1), format!("record {x} as it is\n"), "recordable"),
        (Some(1), None, None, format!("create {x} (config)\n"), "pending"),
        (Some(1), None, Some(1), format!("create {x} (drift)\n"), "deleted"),
        (Some(1), None, Some(2), format!("create {x} (conflict)\n"), "deleted"),
        (None, Some(1), Some(1), format!("delete {x} (config)\n"), "pending"),
        (None, Some(1), Some(2), format!("delete {x} (conflict)\n"), "changed"),
        (None, Some(1), None, format!("delete {x} (drift)\n"), "created"),
        (None, None, Some(1), format!("record {x} as gone\n"), "recordable"),
        (Some(1), Some(1), None, format!("record {x} as it is\n"), "recordable"),
        (Some(1), Some(2), None, format!("update {x} (conflict)\n"), "created"),
    ];
    for (desired, live, applied, plan, report) in table {
        let (registry, world) = case(desired, live, applied);
        let (planned, _) = planned(&registry, &world, 0, Spelling::default(), false);
        let name = format!("D {desired:?} L {live:?} A {applied:?}");
        let wide_open = outline(&planned.body).replace("refused by PL003\n", "");
        assert_eq!(wide_open, plan, "{name}");
        assert_eq!(drifted(&registry, &world), report, "{name}");
    }
}

#[test]
fn each_case_of_the_table_is_settled_by_one_apply() {
    let sides = [None, Some(1), Some(2), Some(3)];
    for desired in sides {
        for live in sides {
            for applied in sides {
                let (registry, mut world) = case(desired, live, applied);
                let done = apply(&registry, &mut world, 0);
                assert!(done.is_ok(), "D {desired:?} L {live:?} A {applied:?}: {done:?}");
                assert_eq!(drifted(&registry, &world), "", "D {desired:?} L {live:?} A {applied:?}");
            }
        }
    }
}

/// A node of the case below, with what differs on the three sides.
fn edits(change: impl FnOnce(&mut Item), by_hand: impl FnOnce(&mut Value)) -> Value {
    let registry = small_registry();
    let mut world = World::new(Theme::Small, 1);
    let address = Theme::Small.address(true, "n");
    let item = Item { title: 1, note: Some(1), tags: [1, 2].into(), stages: vec![1, 2], ..Item::default() };
    let item = Item { contacts: [(1, None), (2, None)].into(), ..item };
    world.workspaces[0].items.insert(address.clone(), item);
    apply(&registry, &mut world, 0).expect("the world converges");
    change(world.workspaces[0].items.get_mut(&address).expect("declared"));
    let (mut spec, lifecycle) = world.store.rows[&address].document.parts().expect("a table");
    by_hand(&mut spec);
    let kind = registry.get("node").expect("registered").name().clone();
    let document = Document::new(kind, 1, spec, lifecycle).expect("canonical");
    let owner = world.store.rows[&address].owner.clone();
    world.store.write(&registry, &address, owner, document).expect("it fits");
    let (planned, _) = planned(&registry, &world, 0, Spelling::default(), false);
    let changes: Vec<_> = planned.body.changes().collect();
    assert_eq!(changes.len(), 1, "{changes:#?}");
    json!({ "cause": changes[0].cause, "edits": changes[0].edits })
}

#[test]
fn a_field_has_a_cause_of_its_own_and_shows_its_three_values() {
    let found = edits(
        |item| {
            item.title = 2;
            item.note = Some(2);
        },
        |spec| {
            spec["note"] = json!("by hand");
            spec["stages"] = json!(["stage 2", "stage 1"]);
        },
    );
    assert_eq!(
        found,
        json!({
            "cause": "conflict",
            "edits": [
                { "path": ["note"], "before": "by hand", "after": "note 2", "cause": "conflict", "applied": "note 1" },
                { "path": ["stages"], "before": ["stage 2", "stage 1"], "after": ["stage 1", "stage 2"],
                  "cause": "drift", "applied": ["stage 1", "stage 2"] },
                { "path": ["title"], "before": "title 1", "after": "title 2", "cause": "config" },
            ],
        })
    );
}

#[test]
fn a_field_that_is_gone_has_no_value_on_that_side() {
    let found = edits(|item| item.note = None, |spec| spec["region"] = json!("by hand"));
    assert_eq!(
        found,
        json!({
            "cause": "drift",
            "edits": [
                { "path": ["note"], "before": "note 1", "cause": "config" },
                { "path": ["region"], "before": "by hand", "cause": "drift" },
            ],
        })
    );
}

#[test]
fn the_items_of_a_keyed_list_are_compared_by_their_key() {
    let found = edits(
        |item| {
            item.contacts.remove(&1);
            item.contacts.insert(3, None);
        },
        |_| {},
    );
    assert_eq!(
        found,
        json!({
            "cause": "config",
            "edits": [
                { "path": ["contacts", "contact 1"], "before": { "name": "contact 1" }, "cause": "config" },
                { "path": ["contacts", "contact 3"], "after": { "name": "contact 3" }, "cause": "config" },
            ],
        })
    );
}
