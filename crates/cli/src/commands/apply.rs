//! `apply`: plan (or read a plan), show, ask, and carry out in one transaction.

use std::path::Path;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use deskform_apply::{Claimed, CommitError as FoldError, Folded, RunContext, store_created};
use deskform_model::{
    ApprovedPlan, Commit, Committed, Desired, Lineage, Live, Outlines, Plan, PlanBody, PlanId, RunKey, SealInput,
    Sealing, ServerFacts,
};
use deskform_store::{Creation, Holder, Opening, Reader, Rehearsal, RunRecord, StoreError, StoreUrl, Writer};

use crate::args::{ApplyArgs, Format};
use crate::commands::load::{self, Extra, Place};
use crate::commands::plan::{Prepared, prepare};
use crate::commands::signals::Signals;
use crate::commands::{UsageError, block_on, leave, stale};
use crate::diagnostics::FindingJson;
use crate::exit::{Exit, Failure};
use crate::output::Context;
use crate::project::read_at_most;
use crate::render::Report;
use crate::render::apply::{ApplyReport, Outcome};
use crate::render::plan::{PlanReport, Summary, target};
use crate::render::refusal::broken;
use crate::text::Page;

mod error;
mod run;

pub(crate) use error::ApplyError;
use run::Run;

/// How long another apply is waited for, if nothing else is said; a rehearsal is to be in nobody's way.
const PATIENCE: Duration = Duration::from_secs(30);
const REHEARSAL_PATIENCE: Duration = Duration::from_secs(2);

/// A plan file may have this many bytes.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

pub(super) fn run(ctx: &Context<'_>, args: &ApplyArgs) -> Result<Exit, Failure> {
    let expected = args.expect.as_deref().map(str::parse::<PlanId>).transpose().map_err(|_| UsageError::Expect)?;
    match &args.plan {
        Some(path) => from_file(ctx, args, expected, path),
        None => from_manifests(ctx, args, expected),
    }
}

fn from_manifests(ctx: &Context<'_>, args: &ApplyArgs, expected: Option<PlanId>) -> Result<Exit, Failure> {
    let registry = ctx.registry;
    let outlines = |desired: &Desired| Outlines::of_declared(registry, desired);
    let (Prepared { loaded, place, live, desired, body, told }, outlines) =
        block_on(prepare(ctx, args.strictness, Extra::Specs, outlines))?;
    let done = beside(&outlines, &body, &live, |folded, faults| {
        let provenance = told.provenance(ctx, &loaded, &desired, &live, &body);
        let plan = Arc::new(Plan::seal(Arc::clone(&body), provenance));
        let sources = loaded.sources(ctx);
        let findings = loaded.warn(ctx, &sources);
        show(ctx, args, &plan)?;
        expect(expected, &plan)?;
        let unsound = |faults| ApplyError::Misplanned { faults };
        let applying = Applying { ctx, args, outlines: &outlines, place: &place, live: &live, folded, faults, unsound };
        let outcome = applying.go(Arc::clone(&plan))?;
        ctx.publish_rest(&ApplyReport { registry: ctx.registry, plan: &plan, outcome, findings })?;
        leave(plan);
        Ok(Exit::Done)
    });
    leave((outlines, desired, body, live));
    done
}

fn from_file(ctx: &Context<'_>, args: &ApplyArgs, expected: Option<PlanId>, path: &Path) -> Result<Exit, Failure> {
    let plan = Arc::new(read_plan(path)?);
    let loaded = load::project(ctx)?.sound()?.passed(args.strictness)?;
    let header = loaded.header()?;
    if plan.plan.workspace.as_ref() != Some(&header.workspace) {
        let found = plan.plan.workspace.as_ref().map(ToString::to_string).unwrap_or_default();
        return Err(ApplyError::Workspace { expected: header.workspace.to_string(), found }.into());
    }
    if let (Some(expected), label) = (&header.label, &plan.plan.label)
        && label.as_ref() != Some(expected)
    {
        return Err(ApplyError::Label { expected: expected.clone(), found: label.clone() }.into());
    }
    let place = load::place(ctx, Some((&loaded.root, header)))?;
    let sources = loaded.sources(ctx);
    let findings = loaded.warn(ctx, &sources);
    let (live, before) = block_on(look(ctx, &plan, &place))?;
    if let Some(record) = before {
        return already(ctx, &plan, record, findings);
    }
    load::check_label(header.label.as_deref(), &live)?;
    check_lineage(&plan, &live, &place)?;
    show(ctx, args, &plan)?;
    expect(expected, &plan)?;
    let stale: Vec<String> = stale::broken(&plan.plan, &header.workspace, &live).into_iter().map(broken).collect();
    if !stale.is_empty() {
        return Err(ApplyError::Stale { what: stale }.into());
    }
    let outlines = &Outlines::new(ctx.registry);
    let unsound = |faults| ApplyError::Unsound { faults };
    let outcome = beside(outlines, &plan.plan, &live, |folded, faults| {
        Applying { ctx, args, outlines, place: &place, live: &live, folded, faults, unsound }.go(Arc::clone(&plan))
    })?;
    ctx.publish_rest(&ApplyReport { registry: ctx.registry, plan: &plan, outcome, findings })?;
    Ok(Exit::Done)
}

fn read_plan(path: &Path) -> Result<Plan, ApplyError> {
    let path_of = || path.to_owned();
    // A plan file named on the command line may be reached by a link.
    let real = path.canonicalize().map_err(|source| ApplyError::ReadPlan { path: path_of(), source })?;
    let bytes = read_at_most(&real, MOST_BYTES).map_err(|source| ApplyError::ReadPlan { path: path_of(), source })?;
    let text = String::from_utf8(bytes).map_err(|_| ApplyError::PlanText { path: path_of() })?;
    Plan::from_text(&text).map_err(|source| ApplyError::PlanFile { path: path_of(), source })
}

/// Looks the run up and reads what the plan is about, at one moment.
async fn look(ctx: &Context<'_>, plan: &Plan, place: &Place) -> Result<(Live, Option<RunRecord>), Failure> {
    let Some(workspace) = &plan.plan.workspace else { return Ok((Live::default(), None)) };
    let mut reader = match Reader::open(&place.url).await {
        Ok(reader) => reader,
        Err(StoreError::Missing { .. }) if plan.plan.lineage.is_none() => return Ok((Live::default(), None)),
        Err(error) => return Err(error.into()),
    };
    let mut view = reader.view().await?;
    let run = RunKey { workspace: workspace.clone(), plan: plan.id, base_serial: plan.provenance.base_serial };
    let record = view.find_run(&run).await?;
    let wanted = |index: &Live| stale::wanted(ctx.registry, &plan.plan, index);
    let live = view.snapshot(workspace, deskform_store::Depth::Cached, wanted).await?;
    Ok((live, record))
}

fn already(ctx: &Context<'_>, plan: &Plan, record: RunRecord, findings: Vec<FindingJson<'_>>) -> Result<Exit, Failure> {
    let outcome = Outcome::already(record);
    ctx.publish_rest(&ApplyReport { registry: ctx.registry, plan, outcome, findings })?;
    Ok(Exit::Done)
}

fn check_lineage(plan: &Plan, live: &Live, place: &Place) -> Result<(), Failure> {
    let found = live.store.as_ref().map(|store| &store.lineage);
    match (&plan.plan.lineage, found) {
        (planned, found) if planned.as_ref() == found => Ok(()),
        (Some(_), None) => Err(ApplyError::NoStore { url: place.shown.clone() }.into()),
        _ => Err(ApplyError::Lineage.into()),
    }
}

/// Shows the plan before anything is decided: on stdout, or on stderr where stdout is for programs and somebody will be
/// asked.
fn show(ctx: &Context<'_>, args: &ApplyArgs, plan: &Plan) -> Result<(), Failure> {
    let mut page = Page::new();
    PlanReport { registry: ctx.registry, plan, environment: None, full: args.full, findings: Vec::new() }
        .human(&mut page);
    match ctx.global.format {
        Format::Human => ctx.show(&page)?,
        Format::Json | Format::Markdown if !args.yes => ctx.say(&page),
        Format::Json | Format::Markdown | Format::Dot => {}
    }
    Ok(())
}

fn expect(expected: Option<PlanId>, plan: &Plan) -> Result<(), Failure> {
    match expected {
        Some(expected) if expected != plan.id => Err(ApplyError::Unexpected { expected, found: plan.id }.into()),
        _ => Ok(()),
    }
}

/// Where what a plan comes to arrives.
type Folding = Receiver<Result<Folded, FoldError>>;

/// What the judge finds wrong with a plan; whoever looks waits for it.
type Faults<'s> = LazyLock<Vec<String>, Box<dyn FnOnce() -> Vec<String> + Send + 's>>;

/// Has a plan folded and then judged while `work` shows it, asks, and does what can be taken back.
fn beside<T>(
    outlines: &Outlines<'_>,
    plan: &Arc<PlanBody>,
    live: &Live,
    work: impl FnOnce(Folding, &Faults<'_>) -> T,
) -> T {
    std::thread::scope(|scope| {
        let (sender, folding) = std::sync::mpsc::sync_channel(1);
        let judge = scope.spawn(move || {
            // Nobody waits for it if the plan turned out to be refused.
            let _ = sender.send(deskform_apply::fold(outlines, plan, &live.detail.documents));
            judged(outlines, plan, live)
        });
        let verdict = || judge.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        work(folding, &LazyLock::new(Box::new(verdict)))
    })
}

fn judged(outlines: &Outlines<'_>, plan: &PlanBody, live: &Live) -> Vec<String> {
    let faults = deskform_plan::verify(outlines, plan, live);
    let words = |fault: deskform_plan::Fault| match fault.address {
        Some(address) => format!("`{address}`: {}", fault.text),
        None => fault.text,
    };
    faults.into_iter().map(words).collect()
}

/// What carrying a plan out takes.
struct Applying<'a, 'j> {
    ctx: &'a Context<'a>,
    args: &'a ApplyArgs,
    outlines: &'a Outlines<'a>,
    place: &'a Place,
    live: &'a Live,
    folded: Folding,
    faults: &'a Faults<'j>,
    /// What a plan that does not hold together is reported as.
    unsound: fn(Vec<String>) -> ApplyError,
}

impl Applying<'_, '_> {
    fn go(self, plan: Arc<Plan>) -> Result<Outcome, Failure> {
        if plan.plan.is_empty() {
            return Ok(Outcome::NothingToDo);
        }
        let approved = ApprovedPlan::new(plan, self.args.allow_deletes).map_err(|refusals| ApplyError::Refused {
            codes: refusals.into_iter().map(|refusal| refusal.code).collect(),
        })?;
        if self.live.store.is_none() && !self.place.default && !self.args.create_store {
            return Err(ApplyError::NoStore { url: self.place.shown.clone() }.into());
        }
        let claimed = self.ctx.machine.claimed(self.args.actor.as_deref());
        let outcome = self.fold_and_carry_out(&approved, claimed);
        // A plan with faults is not carried out, and they are the reason to tell.
        self.faultless()?;
        outcome
    }

    /// Waits for the judge.
    fn faultless(&self) -> Result<(), Failure> {
        if self.faults.is_empty() { Ok(()) } else { Err((self.unsound)(Vec::clone(self.faults)).into()) }
    }

    fn fold_and_carry_out(&self, approved: &ApprovedPlan, claimed: Claimed) -> Result<Outcome, Failure> {
        let run = Run::new(self.ctx, self.outlines, approved, self.context(approved.plan(), claimed), self.faults)?;
        let Ok(folded) = self.folded.recv() else {
            // The thread that folds has panicked, and so does whoever waits for its verdict.
            return self.faultless().map(|()| Outcome::NothingToDo);
        };
        let work = folded?.commit(approved, &run.context.claimed.actor)?;
        let asks = !(self.args.yes || self.args.rehearse);
        // What a file says is judged before the store is opened: somebody else may have written it.
        if asks || self.args.plan.is_some() {
            self.faultless()?;
        }
        if asks {
            self.ask(approved.plan())?;
        }
        let outcome = std::thread::scope(|scope| block_on(self.carry_out(&run, &work, run.sealing(scope))));
        leave(work);
        outcome
    }

    fn ask(&self, plan: &Plan) -> Result<(), Failure> {
        if self.ctx.global.no_input || !self.ctx.machine.can_ask() {
            return Err(UsageError::NeedsYes.into());
        }
        let mut page = Page::new();
        let question = format!("Apply to {}: {}? [y/N] ", target(plan), Summary::of(plan).changes());
        page.text(&question);
        self.ctx.say(&page);
        if self.ctx.machine.answer() { Ok(()) } else { Err(ApplyError::Declined.into()) }
    }

    async fn carry_out(
        &self,
        run: &Run<'_, '_>,
        work: &Commit,
        seal: impl FnOnce(SealInput) -> Result<Sealing<'static>, String>,
    ) -> Result<Outcome, Failure> {
        let Self { ctx, args, outlines: _, place, live: _, folded: _, faults: _, unsound: _ } = self;
        let plan = run.approved.plan();
        let mut signals = Signals::new().map_err(Failure::Runtime)?;
        let opening = self.opening(plan, &run.context)?;
        let created = opening.create.is_some().then(|| place.shown.clone());
        let facts = self.facts();
        if args.rehearse {
            let rehearsed = tokio::select! {
                rehearsed = rehearsal(&place.url, opening, work, facts, seal) => rehearsed,
                () = signals.next() => return Err(ApplyError::Interrupted.into()),
            };
            return ended(rehearsed, |committed| Outcome::rehearsed(&committed, run.count, run.root(), created));
        }
        let mut writer = tokio::select! {
            opened = Writer::open(&place.url, opening) => opened?,
            () = signals.next() => return Err(ApplyError::Interrupted.into()),
        };
        let committed = tokio::select! {
            biased;
            done = writer.commit(work, facts, seal) => Some(done),
            () = signals.next() => None,
        };
        let outcome = match committed {
            Some(done) => {
                ended(done.map_err(Failure::from), |committed| Outcome::applied(&committed, run.root(), created))?
            }
            None => {
                ctx.remark("Interrupted: looking up whether it was applied.");
                let found = tokio::select! {
                    found = writer.find_run(&work.run) => found?,
                    () = signals.next() => return Err(ApplyError::InterruptedTwice { plan: plan.id }.into()),
                };
                let record = found.ok_or(ApplyError::Interrupted)?;
                Outcome::looked_up(&record)
            }
        };
        // Everything is on disk; the end of the process closes the file and gives the lock back.
        leave(writer);
        Ok(outcome)
    }

    fn context(&self, plan: &Plan, claimed: Claimed) -> RunContext {
        RunContext {
            claimed,
            reason: self.args.reason.clone(),
            commit: plan.provenance.git_commit.clone(),
            dirty: plan.provenance.git_dirty,
            ci_run: self.ctx.machine.ci_run(),
        }
    }

    fn opening(&self, plan: &Plan, context: &RunContext) -> Result<Opening, Failure> {
        let machine = self.ctx.machine;
        let create = match &self.live.store {
            Some(_) => None,
            None => {
                let hex: String = machine.random::<16>()?.iter().map(|byte| format!("{byte:02x}")).collect();
                let lineage = Lineage::new(hex).expect("16 bytes in hexadecimal are a lineage");
                let label = plan.plan.label.clone();
                let salt = machine.random::<32>()?;
                let first = store_created(&lineage, label.as_deref(), &self.facts(), &context.claimed, salt);
                Some(Creation { lineage, label, first })
            }
        };
        let holder = Holder {
            actor: context.claimed.actor.clone(),
            host: machine.host(),
            pid: machine.process(),
            since: machine.now_text(),
            plan: Some(plan.id.to_string()),
        };
        let patience = if self.args.rehearse { REHEARSAL_PATIENCE } else { PATIENCE };
        Ok(Opening { create, lock_timeout: self.args.lock_timeout.unwrap_or(patience), holder })
    }

    /// SQLite has no server: only the time is known.
    fn facts(&self) -> ServerFacts {
        ServerFacts { engine: "sqlite".to_owned(), time: self.ctx.machine.now_text(), user: None, address: None }
    }
}

async fn rehearsal<'s>(
    url: &StoreUrl,
    opening: Opening,
    work: &Commit,
    facts: ServerFacts,
    seal: impl FnOnce(SealInput) -> Result<Sealing<'s>, String>,
) -> Result<Committed, Failure> {
    Ok(Rehearsal::open(url, opening).await?.run(work, facts, seal).await?)
}

/// What a commit that ended comes to, done or not.
fn ended(committed: Result<Committed, Failure>, done: impl FnOnce(Committed) -> Outcome) -> Result<Outcome, Failure> {
    match committed {
        Ok(committed) => Ok(done(committed)),
        Err(Failure::Commit(deskform_store::CommitError::AlreadyApplied { by, at, serial })) => {
            Ok(Outcome::already(RunRecord { by, at, serial }))
        }
        Err(Failure::Commit(deskform_store::CommitError::Stale { precondition: _, all })) => {
            Err(ApplyError::Stale { what: all.iter().map(broken).collect() }.into())
        }
        Err(error) => Err(error),
    }
}
