//! `plan`: what apply would change.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use deskform_manifest::Extent;
use deskform_model::{
    Address, Desired, DesiredResource, Digest, DriftNote, Live, Plan, PlanBody, Provenance, SourcePlace, Unmanaged,
};
use deskform_plan::Planned;

use crate::args::{PlanArgs, Strictness};
use crate::commands::load::{self, Extra, Loaded, Place};
use crate::commands::{block_on, leave};
use crate::exit::{Exit, Failure};
use crate::output::{Context, json_bytes, write_file};
use crate::project::GitCommit;
use crate::render::plan::PlanReport;

/// A plan before it is sealed, and what it was made from.
pub(super) struct Prepared {
    pub(super) loaded: Loaded,
    pub(super) place: Place,
    pub(super) live: Live,
    pub(super) desired: Desired,
    pub(super) body: Arc<PlanBody>,
    /// What else the planner said.
    pub(super) told: Told,
}

/// What is said of a plan beside the plan.
pub(super) struct Told {
    drift: Vec<DriftNote>,
    unmanaged: Vec<Unmanaged>,
    titles: BTreeMap<Address, String>,
    unchanged: u64,
}

pub(super) fn run(ctx: &Context<'_>, args: &PlanArgs) -> Result<Exit, Failure> {
    let (Prepared { loaded, place, live, desired, body, told }, ()) =
        block_on(prepare(ctx, args.strictness, Extra::Nothing, |_| ()))?;
    let provenance = told.provenance(ctx, &loaded, &desired, &live, &body);
    leave(desired);
    let plan = Plan::seal(body, provenance);
    let sources = loaded.sources(ctx);
    let findings = loaded.warn(ctx, &sources);
    if live.store.is_none() {
        ctx.remark(&format!("new store: there is none at {}", place.shown));
    }
    let environment = ctx.environment();
    let environment = environment.as_deref();
    ctx.publish(&PlanReport { registry: ctx.registry, plan: &plan, environment, full: args.full, findings })?;
    if let Some(path) = &args.out {
        write_file(path, &json_bytes(&plan)?)?;
    }
    if !plan.plan.refusals.is_empty() {
        ctx.remark("The plan is refused as it is; nothing was changed.");
        return Ok(Exit::Refused);
    }
    if plan.plan.is_empty() {
        return Ok(Exit::Done);
    }
    let environment = ctx.global.env.first().map(|name| format!(" --env {name}")).unwrap_or_default();
    let file = args.out.as_ref().map(|path| format!(" {}", path.display())).unwrap_or_default();
    ctx.remark(&format!("Next: deskform apply{environment}{file}"));
    Ok(if args.detailed_exitcode { Exit::Differences } else { Exit::Done })
}

/// Reads the manifests and the store, and plans, while `beside` makes something else of what is desired. Writes nothing.
pub(super) async fn prepare<T: Send>(
    ctx: &Context<'_>,
    strictness: Strictness,
    extra: Extra<'_>,
    beside: impl FnOnce(&Desired) -> T + Send,
) -> Result<(Prepared, T), Failure> {
    let (loaded, store) = load::all_beside_store(ctx, extra)?;
    let mut loaded = loaded.sound()?;
    let Some(desired) = loaded.desired.take() else { return Err(loaded.invalid()) };
    let Some(store) = store else { return Err(loaded.invalid()) };
    let (place, live) = store.snapshot(|index| deskform_plan::wanted(ctx.registry, &desired, index)).await?;
    load::check_label(desired.label.as_deref(), &live)?;
    let (mut planned, made) = std::thread::scope(|scope| {
        let made = scope.spawn(|| beside(&desired));
        let planned = deskform_plan::plan(ctx.registry, &desired, &live);
        (planned, made.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    loaded.add(std::mem::take(&mut planned.diagnostics));
    let mut loaded = loaded.sound()?;
    loaded.judge_waivers(Extent::Store);
    let loaded = loaded.passed(strictness)?;
    let Planned { body, diagnostics: _, drift, unmanaged, titles, unchanged } = planned;
    let told = Told { drift, unmanaged, titles, unchanged };
    Ok((Prepared { loaded, place, live, desired, body: Arc::new(body), told }, made))
}

impl Told {
    /// Where a plan comes from and what goes with it.
    pub(super) fn provenance(
        self,
        ctx: &Context<'_>,
        loaded: &Loaded,
        desired: &Desired,
        live: &Live,
        body: &PlanBody,
    ) -> Provenance {
        let Self { drift, unmanaged, titles, unchanged } = self;
        let changed: HashSet<&Address> = body.changes().map(|change| &change.address).collect();
        let source = |(address, resource): (&Address, &DesiredResource)| {
            let source = resource.source;
            let file = loaded.files.get(usize::try_from(source.span.file.0).ok()?)?;
            Some((address.clone(), SourcePlace { file: file.clone(), line: source.line }))
        };
        let declared = desired.resources.iter().filter(|(address, _)| changed.contains(address));
        let commit = GitCommit::of(ctx.machine, loaded.root.dir(), &loaded.files);
        Provenance {
            base_serial: live.workspace.as_ref().map_or(0, |workspace| workspace.serial),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            config_digest: Some(config_digest(desired)),
            git_commit: commit.id,
            git_dirty: commit.dirty,
            // In the order of their addresses already, as putting many in order takes long.
            sources: declared.filter_map(source).collect(),
            titles,
            drift,
            unmanaged,
            unchanged,
        }
    }
}

/// SHA-256 over the declared addresses and digests.
fn config_digest(desired: &Desired) -> Digest {
    let mut parts: Vec<&[u8]> = vec![b"deskform.config.1"];
    for (address, resource) in &desired.resources {
        parts.push(address.as_str().as_bytes());
        parts.push(resource.digest.as_bytes());
    }
    Digest::of(&parts)
}
