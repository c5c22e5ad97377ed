//! The judge against plans that somebody broke: whatever cannot be carried out as it stands, it finds.

use deskform_model::{Action, Address, Outlines, PlanBody, Precondition, Registry};
use deskform_plan::verify;
use deskform_tests::kinds::small_registry;
use deskform_tests::world::{Edit, Spelling, Theme, World, edits};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError};

use super::{apply, body, live};

/// A way to break a plan, and two numbers that say where.
type Breakage = (u8, u8, u8);

/// Breaks a plan; `None` if there is nothing that could be broken in this way.
fn broken(body: &PlanBody, (way, at, to): Breakage) -> Option<PlanBody> {
    let mut body = body.clone();
    let steps = body.steps.len();
    let pick = |number: u8, len: usize| (len > 0).then(|| usize::from(number) % len);
    match way % 10 {
        0 => body.steps.swap(pick(at, steps)?, pick(to, steps)?),
        1 => drop(body.steps.remove(pick(at, steps)?)),
        2 => {
            let step = body.steps[pick(at, steps)?].clone();
            body.steps.insert(pick(to, steps)?, step);
        }
        3 => {
            let step = &mut body.steps[pick(at, steps)?];
            let change = pick(to, step.changes.len())?;
            step.changes.remove(change);
        }
        4 => {
            let wide = body.steps.iter().position(|step| step.changes.len() > 1)?;
            let mut rest = body.steps[wide].clone();
            rest.changes = body.steps[wide].changes.split_off(1);
            body.steps.insert(wide + 1, rest);
        }
        5 => change(&mut body, at)?.before = Some(deskform_model::Digest::of(&[b"another"])),
        6 => change(&mut body, at)?.after.as_mut()?.digest = deskform_model::Digest::of(&[b"another"]),
        7 => drop(change(&mut body, at)?.follows.pop()?),
        8 => {
            let other = change(&mut body, to)?.address.clone();
            change(&mut body, at)?.address = other;
        }
        _ => {
            let change = change(&mut body, at)?;
            change.action = match change.action {
                Action::Create => Action::Update,
                Action::Update | Action::Replace => Action::Create,
                Action::Delete | Action::Move => Action::Forget,
                Action::Adopt | Action::Forget => Action::Delete,
            };
        }
    }
    Some(body)
}

fn change(body: &mut PlanBody, at: u8) -> Option<&mut deskform_model::Change> {
    let mut changes: Vec<_> = body.steps.iter_mut().flat_map(|step| &mut step.changes).collect();
    let count = changes.len();
    (count > 0).then(|| changes.swap_remove(usize::from(at) % count))
}

/// A settled world of two workspaces, then edits that are not applied.
fn unsettled(registry: &Registry, before: &[Edit], pending: &[Edit]) -> Result<World, TestCaseError> {
    let mut world = World::new(Theme::Small, 2);
    for edit in before {
        world.perform(registry, *edit);
    }
    for who in 0..2 {
        apply(registry, &mut world, who).map_err(TestCaseError::fail)?;
    }
    for edit in pending {
        world.perform(registry, Edit { who: 0, ..*edit });
    }
    Ok(world)
}

proptest! {
    #![proptest_config(Config { cases: 256, failure_persistence: None, ..Config::default() })]

    #[test]
    fn the_judge_finds_what_cannot_be_carried_out(
        before in edits(4..30), pending in edits(4..24), breakages in proptest::collection::vec(any::<Breakage>(), 8),
    ) {
        let registry = small_registry();
        let world = unsettled(&registry, &before, &pending)?;
        let good = body(&registry, &world, 0).map_err(TestCaseError::fail)?;
        let desired = world.desired(&registry, 0, Spelling::default());
        let live = live(&registry, &world, 0, &desired, false);
        for breakage in breakages {
            let Some(bad) = broken(&good, breakage).filter(|bad| *bad != good) else { continue };
            let Err(fault) = world.store.clone().execute(&registry, &bad) else { continue };
            prop_assert!(!verify(&Outlines::new(&registry), &bad, &live).is_empty(), "not found: {fault}\n{breakage:?} of {good:#?}");
        }
    }

    #[test]
    fn the_judge_misses_every_fact_that_a_change_stands_on(before in edits(4..30), pending in edits(4..24)) {
        let registry = small_registry();
        let world = unsettled(&registry, &before, &pending)?;
        let good = body(&registry, &world, 0).map_err(TestCaseError::fail)?;
        let desired = world.desired(&registry, 0, Spelling::default());
        let live = live(&registry, &world, 0, &desired, false);
        for (index, fact) in good.preconditions.iter().enumerate() {
            let recorded = |address: &Address| good.records.iter().any(|record| record.address == *address);
            let judged = match fact {
                Precondition::Row { address, .. } => !desired.uses.contains_key(address) && !recorded(address),
                Precondition::Absent { address } => !recorded(address),
                Precondition::Free { .. } | Precondition::Unreferenced { .. } => true,
                Precondition::Exists { .. } | Precondition::Set { .. } => false,
            };
            let mut bad = good.clone();
            bad.preconditions.remove(index);
            prop_assert!(!judged || !verify(&Outlines::new(&registry), &bad, &live).is_empty(), "{fact:?} is not missed in {good:#?}");
        }
    }
}
