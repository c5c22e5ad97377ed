//! Properties that hold for every plan of every generated world.

use std::collections::BTreeSet;

use deskform_model::{Action, Address, Change, PlanBody, Precondition, Registry};
use deskform_tests::kinds::{small_registry, whole_registry};
use deskform_tests::world::{Edit, Spelling, Theme, Tool, World, edits, history};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestCaseError, TestCaseResult};

use super::{apply, body, bytes, carry_out, holds_what_is_declared, planned};

fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() }
}

fn fail(reason: String) -> TestCaseError {
    TestCaseError::fail(reason)
}

/// Every workspace applies, the one that owns the head first.
fn settle(registry: &Registry, world: &mut World) -> TestCaseResult {
    for who in 0..world.workspaces.len() {
        apply(registry, world, who).map_err(fail)?;
    }
    Ok(())
}

/// A world in which something has happened already: edits, then every workspace applied.
fn settled(registry: &Registry, theme: Theme, workspaces: usize, before: &[Edit]) -> Result<World, TestCaseError> {
    let mut world = World::new(theme, workspaces);
    for edit in before {
        world.perform(registry, *edit);
    }
    settle(registry, &mut world)?;
    Ok(world)
}

/// After every round of edits: the judge finds nothing, every step boundary is valid, the store holds what is declared,
/// and a new plan is empty.
fn converges(registry: &Registry, theme: Theme, workspaces: usize, rounds: &[Vec<Edit>]) -> TestCaseResult {
    let mut world = settled(registry, theme, workspaces, &[])?;
    for round in rounds {
        for edit in round {
            world.perform(registry, *edit);
        }
        settle(registry, &mut world)?;
    }
    Ok(())
}

/// The same content in another spelling, and a store read in another depth, give the same bytes.
fn is_deterministic(registry: &Registry, theme: Theme, before: &[Edit], after: &[Edit]) -> TestCaseResult {
    let mut world = settled(registry, theme, 2, before)?;
    for edit in after {
        world.perform(registry, *edit);
    }
    for who in 0..2 {
        let (first, _) = planned(registry, &world, who, Spelling::default(), false);
        for (turned, offset, hashed) in [(true, 1_000, false), (false, 3, true), (true, 17, true)] {
            let (second, _) = planned(registry, &world, who, Spelling { turned, offset }, hashed);
            prop_assert_eq!(bytes(&first.body), bytes(&second.body));
            prop_assert_eq!(first.unchanged, second.unchanged);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(192))]

    #[test]
    fn after_apply_a_new_plan_is_empty(rounds in history(1..5, 0..16)) {
        converges(&small_registry(), Theme::Small, 2, &rounds)?;
    }

    #[test]
    fn after_apply_a_new_plan_is_empty_with_three_workspaces(rounds in history(1..4, 8..40)) {
        converges(&small_registry(), Theme::Small, 3, &rounds)?;
    }

    #[test]
    fn after_apply_a_new_plan_of_the_real_kinds_is_empty(rounds in history(1..4, 0..16)) {
        converges(&whole_registry(), Theme::Real, 2, &rounds)?;
    }

    #[test]
    fn equal_input_gives_equal_bytes(before in edits(0..24), after in edits(1..16)) {
        is_deterministic(&small_registry(), Theme::Small, &before, &after)?;
    }

    #[test]
    fn equal_input_of_the_real_kinds_gives_equal_bytes(before in edits(0..16), after in edits(1..12)) {
        is_deterministic(&whole_registry(), Theme::Real, &before, &after)?;
    }

    /// Two workspaces plan on the same store. Where no fact of the one is a fact of the other, either may go first.
    #[test]
    fn plans_with_disjoint_preconditions_commute(before in edits(4..40), after in edits(1..20)) {
        let registry = small_registry();
        let mut world = settled(&registry, Theme::Small, 2, &before)?;
        for edit in after {
            world.perform(&registry, edit);
        }
        let first = body(&registry, &world, 0).map_err(fail)?;
        let second = body(&registry, &world, 1).map_err(fail)?;
        let shared = relied_on(&world, &first).intersection(&relied_on(&world, &second)).next().is_some();
        if first.is_empty() || second.is_empty() || shared {
            return Ok(());
        }
        let (mut one, mut other) = (world.clone(), world);
        for (world, order) in [(&mut one, [(0, &first), (1, &second)]), (&mut other, [(1, &second), (0, &first)])] {
            for (who, plan) in order {
                carry_out(&registry, world, who, plan).map_err(fail)?;
            }
        }
        prop_assert_eq!(one.store, other.store);
    }

    /// A plan is made; then others apply and people change rows. If its preconditions hold, it can be carried out and
    /// does what it says; that it is refused otherwise is what `execute` begins with.
    #[test]
    fn a_plan_whose_preconditions_hold_can_be_carried_out(
        before in edits(4..40), pending in edits(1..12), meanwhile in edits(0..6),
    ) {
        let registry = small_registry();
        let mut world = settled(&registry, Theme::Small, 2, &before)?;
        for edit in pending {
            world.perform(&registry, Edit { who: 0, ..edit });
        }
        let plan = body(&registry, &world, 0).map_err(fail)?;
        let declared = world.workspaces[0].clone();
        for edit in meanwhile {
            world.perform(&registry, Edit { who: 1, ..edit });
        }
        world.workspaces[0] = declared;
        if body(&registry, &world, 1).is_ok() {
            apply(&registry, &mut world, 1).map_err(fail)?;
        }
        if plan.is_empty() || !world.store.failing(&plan).is_empty() {
            return Ok(());
        }
        world.store.execute(&registry, &plan).map_err(|fault| fail(format!("{fault}\nin {plan:#?}")))?;
        for change in plan.changes().filter(|change| last_of_its_resource(&plan, change)) {
            let row = world.store.rows.get(&change.address);
            let left = row.map(|row| row.document.digest());
            let wanted = change.after.as_ref().map(|after| after.digest);
            prop_assert!(left == wanted || change.action == Action::Move, "{} is not as planned", change.address);
        }
    }

    /// A plan relies on what it touches and on nothing else, so that nothing else can make it stale.
    #[test]
    fn preconditions_are_about_what_the_plan_touches(before in edits(4..40), pending in edits(1..16)) {
        let registry = small_registry();
        let mut world = settled(&registry, Theme::Small, 2, &before)?;
        for edit in pending {
            world.perform(&registry, edit);
        }
        for who in 0..2 {
            let plan = body(&registry, &world, who).map_err(fail)?;
            let touched = touched(&registry, &plan);
            for fact in facts(&plan) {
                prop_assert!(touched.contains(&fact), "{fact} in {plan:#?}");
            }
            for refused in world.store.failing(&plan) {
                prop_assert!(false, "{refused:?} does not hold where the plan was made");
            }
        }
    }

    /// Nothing to do reads no document and relies on nothing.
    #[test]
    fn a_plan_of_a_settled_world_is_nothing_at_all(before in edits(0..40)) {
        let registry = small_registry();
        let world = settled(&registry, Theme::Small, 2, &before)?;
        for who in 0..2 {
            holds_what_is_declared(&registry, &world, who).map_err(fail)?;
            let plan = body(&registry, &world, who).map_err(fail)?;
            prop_assert!(plan.is_empty() && plan.preconditions.is_empty() && plan.refusals.is_empty(), "{plan:#?}");
        }
    }
}

/// Edits that swap and hand over are one step each; a list of edits in which both happen is found by the cases above, and
/// this sees to it that worlds have them at all.
#[test]
fn worlds_have_every_kind_of_step() {
    let registry = small_registry();
    let mut seen = BTreeSet::new();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..120 {
        let rounds = history(3..4, 10..30).new_tree(&mut runner).expect("a strategy that rejects nothing").current();
        let mut world = World::new(Theme::Small, 2);
        for round in rounds {
            for edit in round {
                if world.perform(&registry, edit) {
                    seen.insert(format!("{:?}", edit.tool));
                }
            }
            for who in 0..2 {
                let plan = apply(&registry, &mut world, who).expect("worlds converge");
                let causes = plan.changes().map(|change| format!("{} for {:?}", change.action.word(), change.cause));
                seen.extend(causes);
                seen.extend(plan.changes().filter(|c| !c.follows.is_empty()).map(|_| "follow".to_owned()));
                let reason = |reason: &deskform_model::StepReason| {
                    let word = serde_json::to_value(reason).expect("a reason is JSON");
                    word["code"].as_str().unwrap_or_default().to_owned()
                };
                seen.extend(plan.steps.iter().filter_map(|step| step.reason.as_ref()).map(reason));
                seen.extend(plan.records.iter().map(|record| format!("record {}", record.digest.is_some())));
            }
        }
    }
    let missing: Vec<&str> = [
        "create for Config",
        "create for Drift",
        "update for Config",
        "update for Drift",
        "update for Conflict",
        "replace for Config",
        "delete for Config",
        "delete for Drift",
        "move for Config",
        "adopt for Config",
        "forget for Config",
        "follow",
        "exchange",
        "hand_over",
        "circle",
        "record true",
        "record false",
    ]
    .into_iter()
    .filter(|wanted| !seen.contains(*wanted))
    .collect();
    assert_eq!(missing, [] as [&str; 0], "seen: {seen:#?}");
    let tools = [Tool::HandText, Tool::HandSlot, Tool::HandLink, Tool::HandDelete, Tool::HandInsert, Tool::HandOwn];
    assert!(tools.iter().all(|tool| seen.contains(&format!("{tool:?}"))), "seen: {seen:#?}");
}

fn last_of_its_resource(plan: &PlanBody, change: &Change) -> bool {
    plan.changes().filter(|other| other.address == change.address).last() == Some(change)
}

/// The facts that a plan relies on, without what they say of them.
fn facts(plan: &PlanBody) -> BTreeSet<String> {
    plan.preconditions
        .iter()
        .map(|fact| match fact {
            Precondition::Row { address, .. }
            | Precondition::Absent { address }
            | Precondition::Exists { address }
            | Precondition::Unreferenced { address, .. } => address.to_string(),
            Precondition::Free { scope, value, .. } => format!("{scope}={value}"),
            Precondition::Set { scope, .. } => scope.clone(),
        })
        .collect()
}

/// The same, and whom a fact about all holders of a scope is about.
fn relied_on(world: &World, plan: &PlanBody) -> BTreeSet<String> {
    let mut facts = facts(plan);
    let holders = world.store.unique.iter().filter(|(scope, _, _)| facts.contains(scope));
    let holders: Vec<String> = holders.map(|(_, _, holder)| holder.to_string()).collect();
    facts.extend(holders);
    facts
}

/// What a plan touches, worked out from its changes alone.
fn touched(registry: &Registry, plan: &PlanBody) -> BTreeSet<String> {
    let mut out: BTreeSet<String> = plan.records.iter().map(|record| record.address.to_string()).collect();
    let name = |address: &Address| address.to_string();
    for change in plan.changes() {
        out.insert(name(&change.address));
        out.extend(change.from.as_ref().map(name));
        out.extend(change.follows.iter().map(|follow| name(&follow.address)));
        let kind = registry.get(change.address.kind()).expect("registered");
        out.extend(kind.exclusive().iter().map(|exclusive| exclusive.scope.to_owned()));
        let Some(document) = change.after.as_ref().and_then(|after| after.document(kind.name())) else { continue };
        let (spec, _) = registry.open(&document).expect("a declared document can be read");
        let outline = kind.outline(&spec);
        out.extend(outline.references.iter().map(|reference| name(&reference.to)));
        out.extend(outline.unique.iter().map(|unique| format!("{}={}", unique.scope, unique.value)));
    }
    out
}
