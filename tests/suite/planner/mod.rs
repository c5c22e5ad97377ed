//! The planner over generated worlds, and its table of three ways case by case.

mod cases;
mod exports;
mod faults;
mod hints;
mod properties;
mod safeguards;
mod three_ways;

use std::collections::BTreeSet;

use deskform_model::{
    Address, Desired, Diagnostic, Live, Outlines, PlanBody, Registry, Severity, StepReason, canonical_text,
};
use deskform_plan::{Planned, plan, verify, wanted};
use deskform_tests::world::{Spelling, World};

/// Plans for one workspace of a world.
fn planned(registry: &Registry, world: &World, who: usize, spelling: Spelling, hashed: bool) -> (Planned, Live) {
    let desired = world.desired(registry, who, spelling);
    let live = live(registry, world, who, &desired, hashed);
    (plan(registry, &desired, &live), live)
}

fn live(registry: &Registry, world: &World, who: usize, desired: &Desired, hashed: bool) -> Live {
    world.live(registry, who, hashed, |index| wanted(registry, desired, index))
}

/// The plan of a workspace, if nothing stands in its way that a world should not have, and the judge finds nothing.
fn body(registry: &Registry, world: &World, who: usize) -> Result<PlanBody, String> {
    let (planned, live) = planned(registry, world, who, Spelling::default(), false);
    let errors: Vec<&Diagnostic> = planned.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
    if !errors.is_empty() {
        return Err(format!("{errors:#?}"));
    }
    let firm: Vec<_> = planned.body.refusals.iter().filter(|refusal| refusal.lifted_by_deletes.is_none()).collect();
    if !firm.is_empty() {
        return Err(format!("{firm:#?}"));
    }
    let faults = verify(&Outlines::new(registry), &planned.body, &live);
    if faults.is_empty() {
        Ok(planned.body)
    } else {
        Err(format!("the judge found {faults:#?}\nin {:#?}", planned.body))
    }
}

/// Plans, carries the plan out, and sees that the store holds what is declared and that nothing is left to do.
fn apply(registry: &Registry, world: &mut World, who: usize) -> Result<PlanBody, String> {
    let body = body(registry, world, who)?;
    carry_out(registry, world, who, &body)?;
    Ok(body)
}

fn carry_out(registry: &Registry, world: &mut World, who: usize, body: &PlanBody) -> Result<(), String> {
    world.store.execute(registry, body).map_err(|fault| format!("{fault}\nin {body:#?}"))?;
    holds_what_is_declared(registry, world, who)?;
    let again = self::body(registry, world, who)?;
    if again.is_empty() { Ok(()) } else { Err(format!("after apply there is still {again:#?}\nafter {body:#?}")) }
}

/// The rows of a workspace are what it declares, no more and no less.
fn holds_what_is_declared(registry: &Registry, world: &World, who: usize) -> Result<(), String> {
    let desired = world.desired(registry, who, Spelling::default());
    let owned = world.store.rows.iter().filter(|(_, row)| row.owner.as_ref() == Some(&desired.workspace));
    let owned: BTreeSet<&Address> = owned.map(|(address, _)| address).collect();
    let declared: BTreeSet<&Address> = desired.resources.keys().collect();
    if owned != declared {
        return Err(format!("declared are {declared:?}, owned are {owned:?}"));
    }
    for (address, resource) in &desired.resources {
        let row = &world.store.rows[address];
        if registry.open(&row.document) != registry.open(&resource.document) {
            return Err(format!("{address} is {} and not {}", row.document.text(), resource.document.text()));
        }
    }
    Ok(())
}

/// The canonical text of a plan, which its id is made of.
fn bytes(body: &PlanBody) -> String {
    canonical_text(&serde_json::to_value(body).expect("a plan is JSON")).expect("a plan has a canonical text")
}

/// A plan as a few lines: what is done to what, and why.
fn outline(body: &PlanBody) -> String {
    let mut out = String::new();
    for step in &body.steps {
        let changes: Vec<String> = step
            .changes
            .iter()
            .map(|change| {
                let cause = serde_json::to_value(change.cause).expect("a word");
                let from = change.from.as_ref().map(|from| format!(" from {from}")).unwrap_or_default();
                let follows: Vec<_> = change.follows.iter().map(|follow| follow.address.as_str()).collect();
                let follows =
                    if follows.is_empty() { String::new() } else { format!(" followed by {}", follows.join(", ")) };
                format!("{} {}{from}{follows} ({})", change.action.word(), change.address, cause.as_str().unwrap_or(""))
            })
            .collect();
        out.push_str(&changes.join(" + "));
        if let Some(reason) = &step.reason {
            out.push_str(&format!(" because {}", word(reason)));
        }
        out.push('\n');
    }
    for record in &body.records {
        let what = if record.digest.is_some() { "as it is" } else { "as gone" };
        out.push_str(&format!("record {} {what}\n", record.address));
    }
    for refusal in &body.refusals {
        out.push_str(&format!("refused by {}\n", refusal.code));
    }
    out
}

fn word(reason: &StepReason) -> String {
    canonical_text(&serde_json::to_value(reason).expect("a reason is JSON")).expect("a reason has a canonical text")
}
