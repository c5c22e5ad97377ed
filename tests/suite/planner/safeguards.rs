//! Guards over several kinds: when they refuse, and on which rows the absence of a refusal rests.

use std::collections::BTreeSet;

use deskform_model::{Address, PlanBody, Precondition};
use deskform_tests::kinds::{guarded_registry, small_registry};
use deskform_tests::world::{Edit, Item, Model, Spelling, Theme, World, edits};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError};

use super::{apply, outline, planned};

fn node(name: &str) -> Address {
    Theme::Small.address(true, name)
}

fn leaf(name: &str) -> Address {
    Theme::Small.address(false, name)
}

/// A node that names a leaf, and a leaf with a colour.
fn lamp(name: &str) -> [(Address, Item); 2] {
    let lit = Item { leaf: Some(leaf(name)), ..Item::default() };
    [(node(name), lit), (leaf(name), Item { note: Some(1), ..Item::default() })]
}

/// A settled world of two workspaces; each has the lamps named.
fn world(lamps: [&[&str]; 2]) -> World {
    let mut world = World::new(Theme::Small, 2);
    for (who, names) in lamps.iter().enumerate() {
        world.workspaces[who].items.extend(names.iter().flat_map(|name| lamp(name)));
    }
    for who in 0..2 {
        apply(&small_registry(), &mut world, who).expect("the world converges");
    }
    world
}

/// The plan of the first workspace in a few lines, then the rows that it relies on without changing them.
#[track_caller]
fn check(world: &World, expected: &str) {
    let (planned, _) = planned(&guarded_registry(), world, 0, Spelling::default(), false);
    assert!(planned.diagnostics.is_empty(), "{:?}", planned.diagnostics);
    let mut found = outline(&planned.body);
    found.extend(rests_on(&planned.body).map(|address| format!("rests on {address}\n")));
    assert_eq!(found, expected);
}

fn rests_on(body: &PlanBody) -> impl Iterator<Item = &Address> {
    let changed: BTreeSet<&Address> = body.changes().map(|change| &change.address).collect();
    body.preconditions.iter().filter_map(move |fact| match fact {
        Precondition::Row { address, .. } if !changed.contains(address) => Some(address),
        _ => None,
    })
}

#[test]
fn the_last_one_is_refused_to_go() {
    let mut world = world([&["a"], &[]]);
    world.workspaces[0].items.remove(&node("a"));
    check(&world, "delete node.a (config)\nrefused by ND002\n");
}

#[test]
fn it_is_lost_too_where_the_other_kind_changes() {
    let mut world = world([&["a"], &[]]);
    world.workspaces[0].items.get_mut(&leaf("a")).expect("declared").note = None;
    check(&world, "update leaf.a (config)\nrefused by ND002\n");
}

#[test]
fn another_of_the_same_plan_needs_no_further_fact() {
    let mut world = world([&["a", "z"], &["b"]]);
    world.workspaces[0].items.remove(&node("a"));
    world.workspaces[0].items.extend(lamp("c"));
    check(&world, "create leaf.c (config)\ncreate node.c (config)\ndelete node.a (config)\n");
}

#[test]
fn one_that_stays_is_rested_on() {
    let mut world = world([&["a", "z"], &["b"]]);
    world.workspaces[0].items.remove(&node("a"));
    check(&world, "delete node.a (config)\nrests on leaf.z\nrests on node.z\n");
}

#[test]
fn one_of_another_workspace_is_rested_on_where_there_is_no_own() {
    let mut world = world([&["a"], &["b", "c"]]);
    world.workspaces[0].items.remove(&node("a"));
    check(&world, "delete node.a (config)\nrests on leaf.b\nrests on node.b\n");
}

#[test]
fn a_plan_that_takes_none_away_rests_on_none() {
    let mut world = world([&["a"], &["b"]]);
    world.workspaces[0].items.get_mut(&node("a")).expect("declared").title = 7;
    check(&world, "update node.a (config)\n");
    world.workspaces[0].items.insert(node("n"), Item::default());
    check(&world, "update node.a (config)\ncreate node.n (config)\n");
}

#[test]
fn what_is_let_go_is_still_there() {
    let mut world = world([&["a"], &[]]);
    for address in [node("a"), leaf("a")] {
        world.workspaces[0].items.remove(&address);
        world.workspaces[0].hints.push(deskform_model::HintKind::Forget(address));
    }
    check(&world, "forget node.a (config)\nforget leaf.a (config)\n");
}

#[test]
fn a_plan_is_stale_once_what_it_rests_on_has_changed() {
    let mut world = world([&["a"], &["b"]]);
    world.workspaces[0].items.remove(&node("a"));
    let plan = planned(&guarded_registry(), &world, 0, Spelling::default(), false).0.body;
    assert_eq!(world.store.failing(&plan), [] as [&Precondition; 0]);
    world.workspaces[1].items.get_mut(&leaf("b")).expect("declared").note = None;
    apply(&small_registry(), &mut world, 1).expect("it converges");
    assert!(matches!(world.store.failing(&plan)[..], [Precondition::Row { address, .. }] if *address == leaf("b")));
}

/// What is lit, read from the documents of the store alone.
fn lit(store: &Model) -> BTreeSet<Address> {
    let registry = small_registry();
    let spec = |address: &Address| Some(registry.open(&store.rows.get(address)?.document).ok()?.0);
    let names = |node: &&Address| {
        let named = spec(node).and_then(|spec| Some(leaf(spec.get("leaf")?.as_str()?)));
        named.and_then(|leaf| spec(&leaf)).is_some_and(|spec| spec.get("colour").is_some())
    };
    store.rows.keys().filter(|address| address.kind() == "node").filter(names).cloned().collect()
}

/// What somebody does to a lamp: which workspace, which lamp, what.
type Turn = (usize, u8, u8);

fn turns(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Turn>> {
    prop::collection::vec((0..2_usize, 0..2_u8, 0..5_u8), count)
}

fn turn(world: &mut World, (who, which, what): Turn) {
    let name = format!("{}{which}", ["p", "q"][who]);
    let items = &mut world.workspaces[who].items;
    match what {
        0 => items.extend(lamp(&name)),
        1 => drop(items.remove(&node(&name))),
        _ => items.entry(leaf(&name)).and_modify(|leaf| leaf.note = (what == 2).then_some(1)).or_default().title += 1,
    }
}

/// Each workspace begins with a lamp.
fn lit_first(turns: Vec<Turn>) -> Vec<Turn> {
    [(0, 0, 0), (1, 0, 0)].into_iter().chain(turns).collect()
}

/// Plans for the first workspace what it is about to do, with the guard: refused if and only if carrying the plan out, in a
/// store in memory, leaves none where there was one. Then the other one applies what it does meanwhile, without the guard:
/// as long as the preconditions of a plan that takes some away hold, carrying it out leaves one.
fn guarded(mut world: World, meanwhile: impl FnOnce(&mut World)) -> Result<(), TestCaseError> {
    let (small, fail) = (small_registry(), TestCaseError::fail);
    let plan = planned(&guarded_registry(), &world, 0, Spelling::default(), false).0.body;
    let (there, mut after) = (lit(&world.store), world.store.clone());
    after.execute(&small, &plan).map_err(fail)?;
    let left = lit(&after);
    let refused = plan.refusals.iter().any(|refusal| refusal.code == "ND002");
    prop_assert_eq!(refused, !there.is_empty() && left.is_empty(), "{} left by {:#?}", left.len(), plan);

    let declared = world.workspaces[0].clone();
    meanwhile(&mut world);
    world.workspaces[0] = declared;
    if super::body(&small, &world, 1).is_ok() {
        apply(&small, &mut world, 1).map_err(fail)?;
    }
    let moved: BTreeSet<&Address> = plan.changes().filter_map(|change| change.from.as_ref()).collect();
    let takes = there.iter().any(|node| !left.contains(node) && !moved.contains(node));
    if !refused && takes && world.store.failing(&plan).is_empty() {
        world.store.execute(&small, &plan).map_err(fail)?;
        prop_assert!(!lit(&world.store).is_empty(), "lost by {:#?}", plan);
    }
    Ok(())
}

/// A world in which something has happened, and the first workspace has something to apply.
fn pending(before: impl FnOnce(&mut World), pending: impl FnOnce(&mut World)) -> Result<World, TestCaseError> {
    let mut world = World::new(Theme::Small, 2);
    before(&mut world);
    for who in 0..2 {
        apply(&small_registry(), &mut world, who).map_err(TestCaseError::fail)?;
    }
    pending(&mut world);
    Ok(world)
}

proptest! {
    #![proptest_config(Config { cases: 256, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() })]

    #[test]
    fn a_plan_over_any_world_is_refused_exactly_where_it_takes_the_last_one_away(
        before in edits(0..20), now in edits(1..12), meanwhile in edits(0..6),
    ) {
        let perform = |world: &mut World, edits: Vec<Edit>| {
            for edit in edits {
                world.perform(&small_registry(), edit);
            }
        };
        let of = |who: u8, edits: Vec<Edit>| edits.into_iter().map(|edit| Edit { who, ..edit }).collect();
        let world = pending(|world| perform(world, before), |world| perform(world, of(0, now)))?;
        guarded(world, |world| perform(world, of(1, meanwhile)))?;
    }

    #[test]
    fn a_plan_over_lamps_is_refused_exactly_where_it_takes_the_last_one_away(
        before in turns(0..6), now in turns(1..4), meanwhile in turns(1..5),
    ) {
        let perform = |world: &mut World, turns: Vec<Turn>| turns.into_iter().for_each(|one| turn(world, one));
        let of = |who: usize, turns: Vec<Turn>| turns.into_iter().map(|(_, which, what)| (who, which, what)).collect();
        let world = pending(|world| perform(world, lit_first(before)), |world| perform(world, of(0, now)))?;
        guarded(world, |world| perform(world, of(1, meanwhile)))?;
    }
}
