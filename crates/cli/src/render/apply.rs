//! What an apply came to.

use deskform_apply::{Chain, KeptHead};
use deskform_model::{Committed, Digest, Plan, Registry};
use deskform_store::RunRecord;
use serde::Serialize;
use serde_json::Value;

use crate::diagnostics::FindingJson;
use crate::render::Report;
use crate::render::audit::entries as in_words;
use crate::render::markdown::{Markdown, fenced};
use crate::render::plan::{PlanReport, Summary, target};
use crate::text::{Page, count, style};

/// How an apply ended well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// There was nothing to do.
    NothingToDo,
    /// It is done.
    Applied {
        /// The number of the run.
        run: u64,
        /// When.
        at: String,
        /// The number of the last entry.
        seq: Option<u64>,
        /// Its hash.
        head: Option<Digest>,
        /// The digest over all that the workspace has last applied.
        root: Option<Digest>,
        /// Where the store is, if this run made it.
        created_store: Option<String>,
    },
    /// It was carried out and taken back.
    Rehearsed {
        /// The number that the run would have.
        run: u64,
        /// How many entries it would write.
        entries: usize,
        /// The number of the last one.
        seq: u64,
        /// The digest over all that the workspace would have last applied.
        root: Option<Digest>,
        /// Where the store is, if the run would make it.
        creates_store: Option<String>,
    },
    /// Somebody did it before.
    AlreadyApplied {
        /// The number of the run.
        run: u64,
        /// Who.
        by: String,
        /// When.
        at: String,
    },
}

impl Outcome {
    /// The outcome of a commit.
    pub(crate) fn applied(committed: &Committed, root: Option<Digest>, created_store: Option<String>) -> Self {
        let Committed { serial, head, time } = committed;
        Self::Applied { run: *serial, at: time.clone(), seq: Some(head.seq), head: head.hash, root, created_store }
    }

    /// The outcome of a rehearsal of so many entries.
    pub(crate) fn rehearsed(
        committed: &Committed,
        entries: usize,
        root: Option<Digest>,
        creates_store: Option<String>,
    ) -> Self {
        // Hash and time will be others.
        let Committed { serial, head, time: _ } = committed;
        Self::Rehearsed { run: *serial, entries, seq: head.seq, root, creates_store }
    }

    /// The outcome of a run that was looked up.
    pub(crate) fn looked_up(record: &RunRecord) -> Self {
        let RunRecord { by: _, at, serial } = record;
        Self::Applied { run: *serial, at: at.clone(), seq: None, head: None, root: None, created_store: None }
    }

    /// The outcome of a run that somebody did before.
    pub(crate) fn already(record: RunRecord) -> Self {
        let RunRecord { by, at, serial } = record;
        Self::AlreadyApplied { run: serial, by, at }
    }
}

/// A plan and what became of it.
pub(crate) struct ApplyReport<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) plan: &'a Plan,
    pub(crate) outcome: Outcome,
    pub(crate) findings: Vec<FindingJson<'a>>,
}

#[derive(Serialize)]
struct ApplyJson<'a> {
    #[serde(flatten)]
    outcome: &'a Outcome,
    plan_id: String,
    workspace: Option<&'a str>,
    label: Option<&'a str>,
    summary: Summary,
    diagnostics: &'a [FindingJson<'a>],
}

impl Report for ApplyReport<'_> {
    fn human(&self, page: &mut Page) {
        // Only files hold both parts, and a file holds everything.
        let (registry, plan) = (self.registry, self.plan);
        PlanReport { registry, plan, environment: None, full: true, findings: Vec::new() }.human(page);
        self.human_rest(page);
    }

    fn human_rest(&self, page: &mut Page) {
        let Self { registry: _, plan, outcome, findings: _ } = self;
        match outcome {
            Outcome::NothingToDo => {}
            Outcome::Applied { run, at, seq, head, root, created_store } => {
                let changes = count(plan.changes().count(), "change");
                page.styled(style::BOLD, &format!("Applied {changes}")).text(" to ").text(&target(plan));
                page.text(&format!(" as run {run} at {at}.")).end();
                if let Some(url) = created_store {
                    page.text("Created the store ").text(url).end();
                }
                if let (Some(hash), Some(seq), Some(workspace)) = (*head, *seq, &plan.plan.workspace) {
                    let head = KeptHead { chain: Chain::Workspace(workspace.clone()), seq, hash, root: *root };
                    page.text(&format!("head {head}")).end();
                }
            }
            Outcome::Rehearsed { run, entries, seq, root, creates_store } => {
                let changes = count(plan.changes().count(), "change");
                page.styled(style::BOLD, &format!("Rehearsed {changes}")).text(" to ").text(&target(plan));
                page.text(&format!(": it would be run {run} with {}, up to {seq}.", in_words(*entries as u64))).end();
                if let Some(url) = creates_store {
                    page.text("It would create the store ").text(url).end();
                }
                if let Some(root) = root {
                    page.text(&format!("root {root}")).end();
                }
                page.line("All of it was taken back; nothing was changed.");
            }
            Outcome::AlreadyApplied { run, by, at } => {
                page.styled(style::BOLD, "Already applied").text(" by ").text(by);
                page.text(&format!(" at {at}, as run {run}. Nothing was changed.")).end();
            }
        }
    }

    /// What became of the plan; the plan itself has a comment of its own.
    fn markdown(&self) -> Markdown {
        let mut page = Page::new();
        self.human_rest(&mut page);
        if page.is_empty() {
            self.human(&mut page);
        }
        fenced("", &page.plain())
    }

    fn json(&self) -> serde_json::Result<Value> {
        let Self { registry: _, plan, outcome, findings } = self;
        serde_json::to_value(ApplyJson {
            outcome,
            plan_id: plan.id.to_string(),
            workspace: plan.plan.workspace.as_ref().map(|workspace| workspace.as_str()),
            label: plan.plan.label.as_deref(),
            summary: Summary::of(plan),
            diagnostics: findings,
        })
    }
}
