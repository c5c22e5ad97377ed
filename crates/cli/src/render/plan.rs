//! A plan as people and programs read it.

use std::collections::BTreeMap;

use deskform_model::{
    Action, Address, After, Cause, Change, Document, KindName, Plan, PlanBody, Provenance, Registry, SourcePlace, Step,
    StepReason, listed,
};
use serde::Serialize;
use serde_json::Value;

use crate::diagnostics::FindingJson;
use crate::render::markdown::Markdown;
use crate::render::refusal::RefusalText;
use crate::render::{Report, content, value};
use crate::text::{Page, cut, style, widest};

mod comment;
pub(crate) mod edits;
mod folded;

/// A creation shows at most so many fields.
const MOST_FIELDS: usize = 6;
/// At most so many unmanaged resources are named.
const MOST_NAMED: usize = 10;

/// A plan and what is said about it.
pub(crate) struct PlanReport<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) plan: &'a Plan,
    /// The environment that was named.
    pub(crate) environment: Option<&'a str>,
    /// True to show every change, however many there are.
    pub(crate) full: bool,
    pub(crate) findings: Vec<FindingJson<'a>>,
}

impl Report for PlanReport<'_> {
    fn human(&self, page: &mut Page) {
        if self.full || self.plan.changes().count() <= folded::MOST_CHANGES {
            human(self.registry, self.plan, page);
        } else {
            folded::human(self.registry, self.plan, page);
        }
    }

    fn markdown(&self) -> Markdown {
        comment::markdown(self)
    }

    fn json(&self) -> serde_json::Result<Value> {
        serde_json::to_value(PlanJson {
            plan_file: self.plan,
            summary: Summary::of(self.plan),
            refusals: self.plan.plan.refusals.iter().map(|one| RefusalText::of(self.registry, one)).collect(),
            diagnostics: &self.findings,
        })
    }
}

#[derive(Serialize)]
struct PlanJson<'a> {
    plan_file: &'a Plan,
    summary: Summary,
    refusals: Vec<RefusalText>,
    diagnostics: &'a [FindingJson<'a>],
}

/// How much a plan changes.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Summary {
    /// True if applying would write nothing.
    empty: bool,
    #[serde(rename = "move")]
    moves: u64,
    adopt: u64,
    create: u64,
    update: u64,
    replace: u64,
    delete: u64,
    forget: u64,
    record: usize,
    unchanged: u64,
    drifted: usize,
    unmanaged: usize,
}

impl Summary {
    /// Counts.
    pub(crate) fn of(plan: &Plan) -> Self {
        let PlanBody { workspace: _, lineage: _, label: _, steps: _, records, preconditions: _, refusals: _ } =
            &*plan.plan;
        let mut summary = Self {
            empty: plan.plan.is_empty(),
            record: records.len(),
            unchanged: plan.provenance.unchanged,
            drifted: plan.provenance.drift.len(),
            unmanaged: plan.provenance.unmanaged.len(),
            ..Self::default()
        };
        for change in plan.changes() {
            summary.count(change.action);
        }
        summary
    }

    fn count(&mut self, action: Action) {
        *match action {
            Action::Move => &mut self.moves,
            Action::Adopt => &mut self.adopt,
            Action::Create => &mut self.create,
            Action::Update => &mut self.update,
            Action::Replace => &mut self.replace,
            Action::Delete => &mut self.delete,
            Action::Forget => &mut self.forget,
        } += 1;
    }

    /// `1 to create, 2 to update`.
    pub(crate) fn changes(&self) -> String {
        let Self { moves, adopt, create, update, replace, delete, forget, record, .. } = self;
        let record = u64::try_from(*record).unwrap_or(u64::MAX);
        let counts = [
            (*delete, "delete"),
            (*replace, "replace"),
            (*forget, "forget"),
            (*moves, "move"),
            (*adopt, "adopt"),
            (*create, "create"),
            (*update, "update"),
            (record, "record"),
        ];
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        counts.map(|(count, word)| format!("{count} to {word}")).collect::<Vec<_>>().join(", ")
    }
}

/// `acme-support on production`.
pub(crate) fn target(plan: &Plan) -> String {
    target_of(plan, str::to_owned)
}

/// The same with the label, which may be anything, in the form that is given.
fn target_of(plan: &Plan, shown: fn(&str) -> String) -> String {
    let workspace = plan.plan.workspace.as_ref().map_or("?", |workspace| workspace.as_str());
    match &plan.plan.label {
        Some(label) => format!("{workspace} on {}", shown(label)),
        None => workspace.to_owned(),
    }
}

fn human(registry: &Registry, plan: &Plan, page: &mut Page) {
    let Provenance { unmanaged, unchanged, .. } = &plan.provenance;
    if plan.plan.is_empty() && plan.plan.refusals.is_empty() {
        let matching = format!("{} matches the manifests ({unchanged} unchanged).", target(plan));
        page.styled(style::BOLD, "No changes.").text(" ").text(&matching).end();
        left_alone(page, unmanaged.iter().map(|unmanaged| &unmanaged.address));
        return;
    }
    let blocks = Blocks::new(registry, plan);
    blocks.declared(page);
    blocks.set_back(page);
    let records = plan.plan.records.iter().map(|record| &record.address);
    named(page, "Already as declared, recorded as applied", records);
    left_alone(page, unmanaged.iter().map(|unmanaged| &unmanaged.address));
    for refusal in &plan.plan.refusals {
        RefusalText::of(registry, refusal).human(page);
        page.end();
    }
    closing(plan, page);
}

/// What a plan comes to, and its id.
fn closing(plan: &Plan, page: &mut Page) {
    let changes = Summary::of(plan).changes();
    let changes = if changes.is_empty() { "nothing to change".to_owned() } else { changes };
    let summary = format!("{changes}, {} unchanged.", plan.provenance.unchanged);
    page.styled(style::BOLD, &format!("Plan for {}:", target(plan))).text(" ").text(&summary).end();
    page.text("id ").text(&plan.id.to_string()).end();
}

fn left_alone<'a>(page: &mut Page, addresses: impl Iterator<Item = &'a Address>) {
    named(page, "Owned by nobody, left alone", addresses);
}

fn named<'a>(page: &mut Page, what: &str, addresses: impl Iterator<Item = &'a Address>) {
    let addresses: Vec<&str> = addresses.map(Address::as_str).collect();
    if addresses.is_empty() {
        return;
    }
    page.line(&format!("{what} ({}):", addresses.len()));
    for address in addresses.iter().take(MOST_NAMED) {
        page.text("    ").text(address).end();
    }
    if addresses.len() > MOST_NAMED {
        page.line(&format!("    and {} more", addresses.len() - MOST_NAMED));
    }
    page.end();
}

/// The sign of an action and its style.
fn sign(action: Action) -> (&'static str, anstyle::Style) {
    match action {
        Action::Create => ("+", style::GREEN),
        Action::Update => ("~", style::YELLOW),
        Action::Replace => ("!", style::RED),
        Action::Delete => ("-", style::RED),
        Action::Move => (">", style::CYAN),
        Action::Adopt => ("<", style::CYAN),
        Action::Forget => ("x", style::RED),
    }
}

/// The changes of a plan, laid out in columns.
struct Blocks<'a> {
    registry: &'a Registry,
    steps: &'a [Step],
    titles: &'a BTreeMap<Address, String>,
    sources: &'a BTreeMap<Address, SourcePlace>,
    address_column: usize,
    title_column: usize,
}

impl<'a> Blocks<'a> {
    fn new(registry: &'a Registry, plan: &'a Plan) -> Self {
        let Provenance { titles, sources, .. } = &plan.provenance;
        let shown = || plan.changes().map(|change| &change.address);
        let title_of = |address| titles.get(address).map_or("", String::as_str);
        Self {
            registry,
            steps: &plan.plan.steps,
            titles,
            sources,
            address_column: widest(shown().map(Address::as_str), 48),
            title_column: widest(shown().map(title_of), 24),
        }
    }

    /// What the manifests changed, in the order of the steps.
    fn declared(&self, page: &mut Page) {
        for step in self.steps {
            let changes: Vec<&Change> = step.changes.iter().filter(|change| !is_set_back(change)).collect();
            if changes.is_empty() {
                continue;
            }
            if let Some(reason) = &step.reason {
                page.line(&format!("# together, because {}:", why(reason)));
            }
            for change in changes {
                self.block(change, page);
            }
        }
    }

    /// What somebody changed outside and the plan sets back.
    fn set_back(&self, page: &mut Page) {
        let mut changes =
            self.steps.iter().flat_map(|step| &step.changes).filter(|change| is_set_back(change)).peekable();
        if changes.peek().is_none() {
            return;
        }
        page.line("Changed outside deskform, will be set back:");
        page.end();
        for change in changes {
            self.block(change, page);
        }
    }

    fn block(&self, change: &Change, page: &mut Page) {
        let Change {
            address,
            action,
            cause: _,
            from,
            before: _,
            after,
            edits,
            follows,
            waits_for: _,
            consequences: _,
            operator_steps: _,
        } = change;
        self.heading(address, *action, page);
        if let Some(from) = from {
            page.text("    from ").text(from.as_str()).end();
        }
        if !follows.is_empty() {
            let names = listed(follows.iter().map(|follow| follow.address.as_str()));
            page.text("    references follow in ").text(&names).end();
        }
        let kind = self.registry.get(address.kind());
        match after {
            Some(After { format, digest: _, document: Some(document) }) if *action == Action::Create => {
                self.content(address, *format, &document.value(), page);
            }
            _ => edits::human(kind, edits, *action == Action::Replace, page),
        }
        page.end();
    }

    fn heading(&self, address: &Address, action: Action, page: &mut Page) {
        let (sign, style) = sign(action);
        let title = self.title(address);
        page.styled(style, &format!("{sign} {:<8}", action.word()))
            .padded(address.as_str(), self.address_column)
            .text("  ");
        page.padded(&cut(title, self.title_column.max(8)), self.title_column).text("  ");
        page.text(&self.place(address, action)).end();
    }

    fn title(&self, address: &Address) -> &'a str {
        self.titles.get(address).map_or("", String::as_str)
    }

    /// Where a resource is declared.
    fn place(&self, address: &Address, action: Action) -> String {
        match self.sources.get(address) {
            Some(SourcePlace { file, line }) => format!("{file}:{line}"),
            None if matches!(action, Action::Delete) => "(no longer declared)".to_owned(),
            None => String::new(),
        }
    }

    /// The fields of a document, as its manifest would say them.
    fn fields(&self, address: &Address, format: u32, document: &Value) -> Vec<(String, String)> {
        let Ok(kind) = KindName::new(address.kind()) else { return Vec::new() };
        let document = Document::stored(kind, format, document.to_string());
        value::lines(&content(self.registry, &document))
    }

    /// The first fields of a new resource.
    fn content(&self, address: &Address, format: u32, document: &Value, page: &mut Page) {
        let lines = self.fields(address, format, document);
        let lines: Vec<_> = lines.into_iter().map(|(path, text)| (path, cut(&text, 72).into_owned())).collect();
        let shown = if lines.len() > MOST_FIELDS { MOST_FIELDS - 1 } else { lines.len() };
        value::fields(page, 4, &lines[..shown]);
        if lines.len() > shown {
            page.line(&format!("    and {} more fields", lines.len() - shown));
        }
    }
}

/// True for a change that undoes what somebody did outside, and nothing else.
fn is_set_back(change: &Change) -> bool {
    change.cause == Cause::Drift && change.edits.iter().all(|edit| edit.cause == Cause::Drift)
}

fn why(reason: &StepReason) -> String {
    match reason {
        StepReason::Exchange { scopes } => {
            format!("they exchange values of {}", listed(scopes.iter().map(String::as_str)))
        }
        StepReason::HandOver { scope, from, to } => format!("`{from}` hands `{scope}` over to `{to}`"),
        StepReason::Circle => "they refer to each other".to_owned(),
    }
}

#[cfg(test)]
mod tests;
