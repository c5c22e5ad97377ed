//! `[[moved]]`, `[[adopt]]` and `[[forget]]`: pending, done and wrong; and who may do what to whose.

use deskform_model::{Address, HintKind, Severity};
use deskform_tests::kinds::small_registry;
use deskform_tests::world::{Item, Spelling, Theme, World};

use super::{apply, outline, planned};

/// A world in which `alpha` owns `leaf.mine`, `beta` owns `leaf.theirs`, and nobody owns `leaf.nobodys`.
fn world() -> World {
    let registry = small_registry();
    let mut world = World::new(Theme::Small, 2);
    world.workspaces[0].items.insert(leaf("mine"), Item::default());
    world.workspaces[0].items.insert(leaf("nobodys"), Item::default());
    world.workspaces[1].items.insert(leaf("theirs"), Item::default());
    apply(&registry, &mut world, 0).expect("the world converges");
    apply(&registry, &mut world, 1).expect("the world converges");
    world.workspaces[0].items.remove(&leaf("nobodys"));
    world.workspaces[0].hints = vec![HintKind::Forget(leaf("nobodys"))];
    apply(&registry, &mut world, 0).expect("the world converges");
    world.workspaces[0].hints.clear();
    world
}

fn leaf(name: &str) -> Address {
    Theme::Small.address(false, name)
}

fn moved(from: &str, via: &[&str], to: &str) -> HintKind {
    HintKind::Moved { from: leaf(from), via: via.iter().map(|name| leaf(name)).collect(), to: leaf(to) }
}

/// What `alpha` plans when it declares these leaves with these hints: the plan, or the diagnostics if one is an error.
fn check(declared: &[&str], hints: Vec<HintKind>, expected: &str) {
    let registry = small_registry();
    let mut world = world();
    world.workspaces[0].items.retain(|address, _| address.kind() == "node");
    let leaves = declared.iter().map(|name| (leaf(name), Item::default()));
    world.workspaces[0].items.extend(leaves);
    world.workspaces[0].hints = hints;
    let (planned, _) = planned(&registry, &world, 0, Spelling::default(), false);
    let said = planned.diagnostics.iter().map(|d| format!("{} {}: {}\n", d.severity, d.code, d.message));
    let found: String = said.collect::<String>() + &outline(&planned.body);
    assert_eq!(found, expected);
    let error = planned.diagnostics.iter().any(|d| d.severity == Severity::Error);
    assert!(!error || planned.body.is_empty(), "an error leaves nothing to apply");
    if !error {
        apply(&registry, &mut world, 0).expect("what can be planned converges");
    }
}

#[test]
fn a_pending_move_is_one_change() {
    check(&["new"], vec![moved("mine", &[], "new")], "move leaf.new from leaf.mine (config)\n");
    check(&["new"], vec![moved("older", &["mine"], "new")], "move leaf.new from leaf.mine (config)\n");
}

#[test]
fn a_move_that_is_done_is_nothing_and_an_advice() {
    check(&["mine"], vec![moved("old", &[], "mine")], "advice PL105: `leaf.old` already is `leaf.mine`\n");
}

#[test]
fn a_move_of_what_never_was_creates() {
    check(&["mine", "new"], vec![moved("old", &[], "new")], "create leaf.new (config)\n");
}

#[test]
fn a_move_that_contradicts_the_store_is_an_error() {
    check(&["new"], vec![moved("theirs", &[], "new")], "error PL104: `leaf.theirs` belongs to workspace `beta`\n");
    check(
        &["new"],
        vec![moved("nobodys", &[], "new")],
        "error PL104: `leaf.nobodys` is in the store and belongs to nobody\n",
    );
}

#[test]
fn a_pending_adoption_is_one_change() {
    check(&["mine", "nobodys"], vec![HintKind::Adopt(leaf("nobodys"))], "adopt leaf.nobodys (config)\n");
}

#[test]
fn an_adoption_that_is_done_is_nothing_and_an_advice() {
    check(&["mine"], vec![HintKind::Adopt(leaf("mine"))], "advice PL105: `leaf.mine` is already this workspace's\n");
}

#[test]
fn an_adoption_of_what_is_not_there_creates_and_warns() {
    check(
        &["mine", "new"],
        vec![HintKind::Adopt(leaf("new"))],
        "warning PL106: `leaf.new` is not in the store to adopt\ncreate leaf.new (config)\n",
    );
}

#[test]
fn what_others_own_cannot_be_adopted_or_declared() {
    check(
        &["mine", "theirs"],
        vec![HintKind::Adopt(leaf("theirs"))],
        "error PL104: `leaf.theirs` belongs to workspace `beta`\n\
         error PL102: `leaf.theirs` belongs to workspace `beta`\n",
    );
    check(&["mine", "theirs"], vec![], "error PL102: `leaf.theirs` belongs to workspace `beta`\n");
    check(&["mine", "nobodys"], vec![], "error PL101: `leaf.nobodys` is in the store and belongs to nobody\n");
}

#[test]
fn a_pending_forget_is_one_change_and_a_done_one_an_advice() {
    check(&[], vec![HintKind::Forget(leaf("mine"))], "forget leaf.mine (config)\n");
    check(
        &["mine"],
        vec![HintKind::Forget(leaf("nobodys"))],
        "advice PL105: `leaf.nobodys` is no longer this workspace's\n",
    );
}

#[test]
fn what_nobody_owns_is_listed_and_left_alone() {
    let registry = small_registry();
    let (planned, _) = planned(&registry, &world(), 0, Spelling::default(), false);
    let unmanaged: Vec<&str> = planned.unmanaged.iter().map(|unmanaged| unmanaged.address.as_str()).collect();
    assert_eq!((unmanaged.as_slice(), planned.body.is_empty()), (["leaf.nobodys"].as_slice(), true));
}
