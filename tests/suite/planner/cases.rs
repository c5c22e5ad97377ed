//! Order, steps, guards and documents, one small world each.

use deskform_model::{Address, Document, HintKind, KindName, Lifecycle, PlanBody, Registry, Severity, WorkspaceName};
use deskform_plan::Planned;
use deskform_tests::kinds::small_registry;
use deskform_tests::world::{Item, Spelling, Theme, World};
use serde_json::{Value, json};

use super::{apply, bytes, carry_out, outline, planned};

fn node(name: &str) -> Address {
    Theme::Small.address(true, name)
}

fn leaf(name: &str) -> Address {
    Theme::Small.address(false, name)
}

/// A settled world of one workspace that declares these besides `node.a0`, which is the head.
fn world(items: &[(Address, Item)]) -> World {
    let mut world = World::new(Theme::Small, 1);
    world.workspaces[0].items.extend(items.iter().cloned());
    apply(&small_registry(), &mut world, 0).expect("the world converges");
    world
}

fn plan(world: &World) -> Planned {
    planned(&small_registry(), world, 0, Spelling::default(), false).0
}

/// The plan in a few lines; it can be carried out and leaves nothing to do.
fn check(world: &mut World, expected: &str) -> PlanBody {
    let registry = small_registry();
    let planned = plan(world);
    assert_eq!(said(&planned, Severity::Error), "");
    assert_eq!(outline(&planned.body), expected);
    carry_out(&registry, world, 0, &planned.body).expect("the plan can be carried out");
    planned.body
}

fn said(planned: &Planned, severity: Severity) -> String {
    let found = planned.diagnostics.iter().filter(|d| d.severity == severity);
    found.map(|d| format!("{}: {}\n", d.code, d.message)).collect()
}

fn refused(planned: &Planned) -> Value {
    serde_json::to_value(&planned.body.refusals).expect("a refusal is JSON")
}

fn edit(world: &mut World, address: &Address, change: impl FnOnce(&mut Item)) {
    change(world.workspaces[0].items.get_mut(address).expect("declared"));
}

fn rename(world: &mut World, from: &Address, to: &Address) {
    let workspace = &mut world.workspaces[0];
    let item = workspace.items.remove(from).expect("declared");
    workspace.items.insert(to.clone(), item);
    workspace.items.values_mut().for_each(|item| item.retarget(from, to));
    workspace.hints.push(HintKind::Moved { from: from.clone(), via: Vec::new(), to: to.clone() });
}

fn write_by_hand(world: &mut World, address: &Address, format: u32, text: &str) {
    let row = world.store.rows.get_mut(address).expect("it is live");
    let kind = KindName::new(address.kind()).expect("legal");
    row.document = Document::stored(kind, format, text.to_owned());
    row.blank = true;
}

// Order and steps.

#[test]
fn a_target_is_there_first_and_goes_last() {
    let mut world = world(&[]);
    let pointing = Item { leaf: Some(leaf("z")), ..Item::default() };
    world.workspaces[0].items.extend([(node("n"), pointing), (leaf("z"), Item::default())]);
    check(&mut world, "create leaf.z (config)\ncreate node.n (config)\n");
    world.workspaces[0].items.retain(|address, _| *address == node("a0"));
    world.workspaces[0].items.insert(leaf("y"), Item::default());
    check(&mut world, "create leaf.y (config)\ndelete node.n (config)\ndelete leaf.z (config)\n");
}

#[test]
fn a_reference_that_moves_on_lets_its_old_target_go() {
    let mut world =
        world(&[(node("n"), Item { leaf: Some(leaf("a")), ..Item::default() }), (leaf("a"), Item::default())]);
    world.workspaces[0].items.remove(&leaf("a"));
    world.workspaces[0].items.insert(leaf("b"), Item::default());
    edit(&mut world, &node("n"), |item| item.leaf = Some(leaf("b")));
    check(&mut world, "create leaf.b (config)\nupdate node.n (config)\ndelete leaf.a (config)\n");
}

#[test]
fn resources_that_point_at_each_other_are_made_in_one_step() {
    let mut world = world(&[]);
    let next = |name| Item { next: Some(node(name)), ..Item::default() };
    world.workspaces[0].items.extend([(node("x"), next("y")), (node("y"), next("x"))]);
    check(&mut world, "create node.x (config) + create node.y (config) because {\"code\":\"circle\"}\n");
}

#[test]
fn two_that_exchange_a_unique_value_are_one_step() {
    let slot = |slot| Item { slot: Some(slot), ..Item::default() };
    let mut world = world(&[(node("x"), slot(1)), (node("y"), slot(2))]);
    edit(&mut world, &node("x"), |item| item.slot = Some(2));
    edit(&mut world, &node("y"), |item| item.slot = Some(1));
    let expected = "update node.x (config) + update node.y (config) \
                    because {\"code\":\"exchange\",\"scopes\":[\"node.slot\"]}\n";
    check(&mut world, expected);
}

#[test]
fn a_unique_value_is_let_go_before_it_is_taken() {
    let slot = |slot| Item { slot: Some(slot), ..Item::default() };
    let mut world = world(&[(node("x"), slot(1)), (node("y"), slot(2)), (node("z"), slot(3))]);
    edit(&mut world, &node("x"), |item| item.slot = Some(2));
    edit(&mut world, &node("y"), |item| item.slot = Some(3));
    world.workspaces[0].items.remove(&node("z"));
    check(&mut world, "delete node.z (config)\nupdate node.y (config)\nupdate node.x (config)\n");
}

#[test]
fn what_exactly_one_must_hold_is_handed_over_in_one_step() {
    let mut world = world(&[(node("x"), Item::default())]);
    edit(&mut world, &node("a0"), |item| item.head = false);
    edit(&mut world, &node("x"), |item| item.head = true);
    let expected = "update node.a0 (config) + update node.x (config) because \
                    {\"code\":\"hand_over\",\"from\":\"node.a0\",\"scope\":\"node.head\",\"to\":\"node.x\"}\n";
    check(&mut world, expected);
}

#[test]
fn the_first_holder_is_made_first() {
    let mut world = World::new(Theme::Small, 1);
    rename(&mut world, &node("a0"), &node("z"));
    world.workspaces[0].hints.clear();
    world.workspaces[0].items.extend([(node("b"), Item::default()), (node("c"), Item::default())]);
    check(&mut world, "create node.z (config)\ncreate node.b (config)\ncreate node.c (config)\n");
}

#[test]
fn a_move_carries_every_reference_and_an_update_starts_from_what_follows() {
    let everywhere = Item {
        leaf: Some(leaf("old")),
        contacts: [(1, Some(leaf("old"))), (2, None)].into(),
        bindings: [(1, leaf("old"))].into(),
        ..Item::default()
    };
    let plain = Item { leaf: Some(leaf("old")), ..Item::default() };
    let mut world = world(&[(node("x"), everywhere), (node("y"), plain), (leaf("old"), Item::default())]);
    rename(&mut world, &leaf("old"), &leaf("new"));
    edit(&mut world, &node("y"), |item| item.title = 5);
    let expected = "move leaf.new from leaf.old followed by node.x, node.y (config)\nupdate node.y (config)\n";
    let body = check(&mut world, expected);
    let changes: Vec<_> = body.changes().collect();
    assert_eq!(changes[1].before, changes[0].follows.last().map(|follow| follow.after));
    assert_eq!(changes[1].edits.len(), 1, "the reference is no edit of its own");
    assert_eq!(changes.iter().map(|change| change.follows.len()).sum::<usize>(), 2);
}

#[test]
fn what_refers_to_itself_goes_on_doing_so_when_it_moves() {
    let mut world = world(&[(node("x"), Item { next: Some(node("x")), ..Item::default() })]);
    rename(&mut world, &node("x"), &node("y"));
    check(&mut world, "move node.y from node.x (config)\n");
}

#[test]
fn a_moved_resource_that_also_differs_moves_and_is_then_updated() {
    let mut world = world(&[(leaf("old"), Item::default())]);
    rename(&mut world, &leaf("old"), &leaf("new"));
    edit(&mut world, &leaf("new"), |item| item.title = 1);
    check(&mut world, "move leaf.new from leaf.old (config)\nupdate leaf.new (config)\n");
}

#[test]
fn an_adopted_resource_that_also_differs_is_adopted_and_then_updated() {
    let registry = small_registry();
    let mut world = world(&[]);
    let kind = KindName::new("leaf").expect("legal");
    let document = Document::new(kind, 1, json!({ "label": "label 0" }), Lifecycle::default()).expect("canonical");
    world.store.write(&registry, &leaf("x"), None, document).expect("it fits");
    world.workspaces[0].items.insert(leaf("x"), Item { title: 3, ..Item::default() });
    world.workspaces[0].hints.push(HintKind::Adopt(leaf("x")));
    check(&mut world, "adopt leaf.x (config)\nupdate leaf.x (config)\n");
}

#[test]
fn a_field_that_cannot_change_in_place_makes_it_a_replacement() {
    let mut world = world(&[(node("x"), Item { region: Some(1), ..Item::default() })]);
    edit(&mut world, &node("x"), |item| item.region = Some(2));
    check(&mut world, "replace node.x (config)\n");
}

#[test]
fn going_there_and_back_and_there_again_is_the_same_plan_and_can_be_carried_out() {
    let registry = small_registry();
    let mut world = world(&[(leaf("x"), Item::default())]);
    let mut plans = Vec::new();
    for title in [1, 0, 1, 0] {
        edit(&mut world, &leaf("x"), |item| item.title = title);
        plans.push(bytes(&apply(&registry, &mut world, 0).expect("it converges")));
    }
    assert_eq!((plans[0] == plans[2], plans[1] == plans[3], plans[0] == plans[1]), (true, true, false));
    assert_eq!(world.store.workspaces[&world.workspaces[0].name].serial, 5);
}

#[test]
fn a_plan_for_a_store_that_is_not_there_names_no_lineage() {
    let world = World::new(Theme::Small, 1);
    let value = serde_json::to_value(plan(&world).body).expect("a plan is JSON");
    assert_eq!((&value["lineage"], &value["label"]), (&Value::Null, &Value::Null));
}

// Guards.

fn leaves(count: u8) -> Vec<(Address, Item)> {
    (0..count).map(|n| (leaf(&format!("l{n}")), Item::default())).collect()
}

/// What refuses the deletion of `gone` of `count` leaves.
fn guard(count: u8, gone: u8, max_deletes: u64, max_deletes_percent: u64) -> Value {
    let mut world = world(&leaves(count));
    world.workspaces[0].guard.max_deletes = max_deletes;
    world.workspaces[0].guard.max_deletes_percent = max_deletes_percent;
    for (address, _) in leaves(gone) {
        world.workspaces[0].items.remove(&address);
    }
    refused(&plan(&world))
}

#[test]
fn more_deletes_than_allowed_are_refused() {
    assert_eq!(guard(9, 2, 2, 100), json!([]));
    assert_eq!(
        guard(9, 3, 2, 100),
        json!([{ "code": "PL001", "args": { "allowed": 2, "deletes": 3 }, "lifted_by_deletes": 3 }])
    );
}

#[test]
fn a_larger_share_of_a_kind_than_allowed_is_refused_from_four_resources_on() {
    assert_eq!(guard(8, 2, 10, 25), json!([]));
    assert_eq!(
        guard(8, 3, 10, 25),
        json!([{
            "code": "PL002",
            "args": { "allowed_percent": 25, "deletes": 3, "kind": "leaf", "of": 8 },
            "lifted_by_deletes": 3
        }])
    );
    assert_eq!(guard(3, 2, 10, 25), json!([]));
    assert_eq!(guard(4, 2, 10, 25).as_array().map(Vec::len), Some(1));
}

#[test]
fn emptying_a_kind_is_refused_however_small_it_is() {
    for count in [1, 3, 9] {
        let refusal = json!([{
            "code": "PL003",
            "args": { "deletes": count, "kind": "leaf", "of": count },
            "lifted_by_deletes": count
        }]);
        assert_eq!(guard(count, count, 10, 100), refusal);
    }
}

#[test]
fn a_protected_resource_is_neither_deleted_nor_replaced_nor_forgotten() {
    let protected = Item { protected: true, region: Some(1), ..Item::default() };
    let settled = world(&[(node("x"), protected)]);
    let refusal = |action: &str| json!([{ "code": "PL004", "addresses": ["node.x"], "args": { "action": action } }]);

    let mut world = settled.clone();
    world.workspaces[0].items.remove(&node("x"));
    assert_eq!(refused(&plan(&world)), refusal("delete"));
    world.workspaces[0].hints.push(HintKind::Forget(node("x")));
    assert_eq!(refused(&plan(&world)), refusal("forget"));

    // Taking the protection and the resource away at once does not help.
    let mut world = settled.clone();
    edit(&mut world, &node("x"), |item| {
        item.protected = false;
        item.region = Some(2);
    });
    assert_eq!(refused(&plan(&world)), refusal("replace"));

    // Nor does a hand that takes the protection away in the store.
    let mut world = settled.clone();
    write_by_hand(&mut world, &node("x"), 1, r#"{"region":"region 1","title":"title 0"}"#);
    world.workspaces[0].items.remove(&node("x"));
    assert_eq!(refused(&plan(&world)), refusal("delete"));

    // Two applies do: first the protection, then the resource.
    let mut world = settled;
    edit(&mut world, &node("x"), |item| item.protected = false);
    check(&mut world, "update node.x (config)\n");
    world.workspaces[0].items.remove(&node("x"));
    check(&mut world, "delete node.x (config)\n");
}

#[test]
fn a_protected_resource_may_change_and_move() {
    let mut world = world(&[(leaf("x"), Item { protected: true, ..Item::default() })]);
    rename(&mut world, &leaf("x"), &leaf("y"));
    edit(&mut world, &leaf("y"), |item| item.title = 1);
    check(&mut world, "move leaf.y from leaf.x (config)\nupdate leaf.y (config)\n");
}

#[test]
fn the_last_holder_of_what_exactly_one_must_hold_stays() {
    let mut world = world(&[(node("x"), Item::default())]);
    edit(&mut world, &node("a0"), |item| item.head = false);
    assert_eq!(
        refused(&plan(&world)),
        json!([{ "code": "PL006", "addresses": ["node.a0"], "args": { "scope": "node.head", "what": "head node" } }])
    );
}

/// `alpha` owns `leaf.x`; `beta` uses it.
fn shared() -> World {
    let registry = small_registry();
    let mut world = World::new(Theme::Small, 2);
    world.workspaces[0].items.insert(leaf("x"), Item::default());
    apply(&registry, &mut world, 0).expect("it converges");
    world.workspaces[1].items.insert(node("b"), Item { leaf: Some(leaf("x")), ..Item::default() });
    apply(&registry, &mut world, 1).expect("it converges");
    world
}

#[test]
fn what_another_workspace_uses_is_neither_deleted_nor_moved_nor_forgotten() {
    let refusal = |action: &str| json!([{ "code": "PL005", "addresses": ["leaf.x"], "args": { "action": action, "by": ["node.b"] } }]);
    let firm = |world: &World| {
        let mut planned = plan(world);
        planned.body.refusals.retain(|refusal| refusal.lifted_by_deletes.is_none());
        refused(&planned)
    };
    let mut world = shared();
    world.workspaces[0].items.remove(&leaf("x"));
    assert_eq!(firm(&world), refusal("delete"));
    world.workspaces[0].hints.push(HintKind::Forget(leaf("x")));
    assert_eq!(firm(&world), refusal("forget"));
    let mut world = shared();
    rename(&mut world, &leaf("x"), &leaf("y"));
    assert_eq!(firm(&world), refusal("move"));
}

#[test]
fn a_used_resource_must_be_there_and_its_owners() {
    let registry = small_registry();
    let mut world = shared();
    edit_other(&mut world, |item| item.title = 2);
    world.store.remove(&node("b"));
    world.store.remove(&leaf("x"));
    let (gone, _) = planned(&registry, &world, 1, Spelling::default(), false);
    assert_eq!(said(&gone, Severity::Error), "PL103: `leaf.x` is not in the store\n");

    let mut world = shared();
    edit_other(&mut world, |item| item.title = 2);
    let row = world.store.rows.get_mut(&leaf("x")).expect("it is live");
    row.owner = Some(WorkspaceName::new("gamma").expect("legal"));
    let (moved_on, _) = planned(&registry, &world, 1, Spelling::default(), false);
    assert_eq!(said(&moved_on, Severity::Error), "PL103: `leaf.x` belongs to workspace `gamma`, not to `alpha`\n");
}

fn edit_other(world: &mut World, change: impl FnOnce(&mut Item)) {
    change(world.workspaces[1].items.get_mut(&node("b")).expect("declared"));
}

#[test]
fn a_unique_value_that_others_hold_is_an_error() {
    let registry = small_registry();
    let mut world = shared();
    edit_other(&mut world, |item| item.slot = Some(0));
    let (taken, _) = planned(&registry, &world, 1, Spelling::default(), false);
    let expected = "PL107: `slot` of `node.b` is held by `node.a0`, which belongs to workspace `alpha`\n";
    assert_eq!(said(&taken, Severity::Error), expected);
}

// Documents.

/// `leaf.x` as an earlier deskform wrote and applied it.
fn written_in_format_1() -> World {
    let mut world = world(&[(leaf("x"), Item { note: Some(1), ..Item::default() })]);
    write_by_hand(&mut world, &leaf("x"), 1, r#"{"label":"label 0","shade":"colour 1"}"#);
    let document = world.store.rows[&leaf("x")].document.clone();
    let alpha = world.store.workspaces.values_mut().next().expect("it has applied");
    alpha.applied.get_mut(&leaf("x")).expect("it has applied the leaf").document = document;
    world
}

#[test]
fn an_earlier_format_of_the_same_content_is_no_change() {
    check(&mut written_in_format_1(), "");
}

#[test]
fn a_change_writes_an_earlier_format_in_the_lowest_that_holds_it() {
    let mut world = written_in_format_1();
    edit(&mut world, &leaf("x"), |item| item.title = 1);
    let body = check(&mut world, "update leaf.x (config)\n");
    let change = body.changes().next().expect("one change");
    assert_eq!(change.after.as_ref().map(|after| after.format), Some(2));
    assert_eq!(change.edits.len(), 1, "the new spelling is no edit: {:?}", change.edits);
}

#[test]
fn a_document_that_does_not_fit_its_kind_is_drift_of_the_whole() {
    for text in ["no JSON at all", r#"{"label":7}"#, r#"["label"]"#, r#"{"label":"x","other":1}"#, "\u{1b}[2J", ""] {
        let mut world = world(&[(leaf("x"), Item::default())]);
        write_by_hand(&mut world, &leaf("x"), 1, text);
        let body = check(&mut world, "update leaf.x (drift)\n");
        let edits = &body.changes().next().expect("one change").edits;
        assert_eq!((edits.len(), edits[0].path.is_root()), (1, true), "{text}");
    }
}

#[test]
fn a_document_in_a_newer_format_is_an_error_where_it_is_declared_and_left_alone_where_it_is_not() {
    let mut world = world(&[(leaf("x"), Item::default())]);
    write_by_hand(&mut world, &leaf("x"), 3, r#"{"label":"label 0","size":1}"#);
    let newer = "format 3 is newer than 2, the newest that this deskform knows";
    let error = said(&plan(&world), Severity::Error);
    assert_eq!(error, format!("PL108: the live `leaf.x` cannot be read: {newer}\n"));
    world.workspaces[0].items.remove(&leaf("x"));
    let planned = plan(&world);
    assert!(planned.body.is_empty(), "{:?}", planned.body);
    let warning = said(&planned, Severity::Warning);
    assert_eq!(warning, format!("PL108: `leaf.x` is no longer declared but stays: it cannot be read: {newer}\n"));
}

#[test]
fn a_secret_that_somebody_wrote_out_never_enters_a_plan() {
    for text in [
        r#"{"key":"hunter2-canary","title":"title 0"}"#,
        r#"{"key":{"env":"A","literal":"hunter2-canary"},"title":"title 0"}"#,
        r#"{"key":["hunter2-canary"],"title":"title 0"}"#,
        r#"{"key":{"env":"A","file":"hunter2-canary"},"title":7}"#,
        r#"{"key":{"env":["hunter2-canary"]},"title":"title 0"}"#,
    ] {
        let mut world = world(&[(node("x"), Item { key: Some(1), ..Item::default() })]);
        write_by_hand(&mut world, &node("x"), 1, text);
        let body = check(&mut world, "replace node.x (drift)\n");
        assert!(!bytes(&body).contains("canary"), "{text} is in {}", bytes(&body));
    }
}

#[test]
fn a_rotated_secret_is_a_change_that_shows_references_only() {
    let mut world = world(&[(node("x"), Item { key: Some(1), ..Item::default() })]);
    edit(&mut world, &node("x"), |item| item.key = Some(2));
    let body = check(&mut world, "update node.x (config)\n");
    let edits = serde_json::to_value(&body.changes().next().expect("one change").edits).expect("JSON");
    let expected = json!([{ "path": ["key", "version"], "before": 2, "after": 3, "cause": "config" }]);
    assert_eq!(edits, expected);
}

/// A registry for a binary that knows fewer kinds than the store holds.
#[test]
fn a_kind_that_this_binary_does_not_know_is_left_alone() {
    let mut world = world(&[(leaf("x"), Item::default())]);
    let registry = Registry::new().with(deskform_model::Typed::<deskform_tests::kinds::NodeKind>::new());
    world.workspaces[0].items.remove(&leaf("x"));
    let desired = world.desired(&registry, 0, Spelling::default());
    let live = super::live(&small_registry(), &world, 0, &desired, false);
    let planned = deskform_plan::plan(&registry, &desired, &live);
    assert!(planned.body.is_empty(), "{:?}", planned.body);
}
