//! A plan as a comment on a pull request: what it comes to first, refusals and losses unfolded, all else folded.
//!
//! What does not fit is left out in steps, each of which is said: first lines of changes that take nothing away, then those
//! changes, then what a replacement changes, and last of all deletes and refusals themselves, from the end of their lists.

use std::collections::BTreeMap;

use deskform_model::{Action, Address, After, Change, Plan, Provenance, Step, StepReason, listed};

use super::{Blocks, PlanReport, Summary, edits, is_set_back, sign, target_of, why};
use crate::render::markdown::{Fold, Markdown, code, first, first_that_fits, html_code};
use crate::render::refusal::RefusalText;
use crate::text::{Page, count};

/// How much is shown.
struct Detail {
    /// Lines of each change.
    lines: usize,
    /// What is shown of changes that take nothing away.
    others: Others,
    /// How many refusals, changes that take something away, and things listed besides.
    most: usize,
}

#[derive(PartialEq, Eq)]
enum Others {
    Shown,
    Listed,
    Counted,
}

/// From all there is to hardly anything.
const DETAILS: [Detail; 10] = [
    Detail { lines: usize::MAX, others: Others::Shown, most: usize::MAX },
    Detail { lines: 40, others: Others::Shown, most: usize::MAX },
    Detail { lines: 8, others: Others::Shown, most: usize::MAX },
    Detail { lines: 8, others: Others::Listed, most: usize::MAX },
    Detail { lines: 8, others: Others::Counted, most: usize::MAX },
    Detail { lines: 0, others: Others::Counted, most: usize::MAX },
    Detail { lines: 0, others: Others::Counted, most: 400 },
    Detail { lines: 0, others: Others::Counted, most: 150 },
    Detail { lines: 0, others: Others::Counted, most: 50 },
    // A line has at most 400 columns and a refusal two lines: this fits, whatever stands in them.
    Detail { lines: 0, others: Others::Counted, most: 20 },
];

/// Writes the plan with as much detail as a comment takes.
pub(super) fn markdown(report: &PlanReport<'_>) -> Markdown {
    first_that_fits(DETAILS.iter().map(|detail| Comment::of(report, detail).write()))
}

struct Comment<'a> {
    report: &'a PlanReport<'a>,
    detail: &'a Detail,
    blocks: Blocks<'a>,
    text: Markdown,
}

/// A change and why it stands together with others.
type Together<'a> = (&'a Change, Option<&'a StepReason>);

impl<'a> Comment<'a> {
    fn of(report: &'a PlanReport<'a>, detail: &'a Detail) -> Self {
        let blocks = Blocks::new(report.registry, report.plan);
        Self { report, detail, blocks, text: Markdown::new() }
    }

    fn write(mut self) -> Markdown {
        let plan = self.report.plan;
        self.summary();
        self.refusals();
        let changes = |takes: fn(&Change) -> bool| {
            let of_step = move |step: &'a Step| step.changes.iter().map(move |change| (change, step.reason.as_ref()));
            plan.plan.steps.iter().flat_map(of_step).filter(move |(change, _)| takes(change)).collect::<Vec<_>>()
        };
        self.losses(&changes(takes_away));
        self.others("", &changes(|change| !takes_away(change) && !is_set_back(change)));
        self.others("Changed outside deskform, will be set back", &changes(|c| !takes_away(c) && is_set_back(c)));
        let Provenance { unmanaged, .. } = &plan.provenance;
        let records: Vec<&Address> = plan.plan.records.iter().map(|record| &record.address).collect();
        self.named("already as declared, recorded as applied", &records);
        let unmanaged: Vec<&Address> = unmanaged.iter().map(|unmanaged| &unmanaged.address).collect();
        self.named("owned by nobody, left alone", &unmanaged);
        self.findings();
        self.left_out();
        self.footer();
        self.text
    }

    fn summary(&mut self) {
        let plan = self.report.plan;
        let target = target_of(plan, code);
        let unchanged = plan.provenance.unchanged;
        let changes = Summary::of(plan).changes();
        let refused = match plan.plan.refusals.len() {
            0 => String::new(),
            refusals => format!(" Refused: {}.", count(refusals, "reason")),
        };
        let text = match changes.as_str() {
            "" => format!("**No changes.** {target} matches the manifests ({unchanged} unchanged).{refused}"),
            changes => format!("**Plan for {target}: {changes}, {unchanged} unchanged.{refused}**"),
        };
        self.text.paragraph(&text);
    }

    fn refusals(&mut self) {
        let refusals = &self.report.plan.plan.refusals;
        if refusals.is_empty() {
            return;
        }
        let mut lines = Vec::new();
        for refusal in refusals.iter().take(self.detail.most) {
            let RefusalText { code, message, addresses: _, hint } = RefusalText::of(self.report.registry, refusal);
            lines.extend([format!("- refused[{code}]: {message}"), format!("  = help: {hint}")]);
        }
        if refusals.len() > self.detail.most {
            lines.push(format!("# and {} more refusals", refusals.len() - self.detail.most));
        }
        self.part(Fold::Open, &format!("<b>{} refused</b>", refusals.len()), &lines);
    }

    /// What is deleted, replaced or let go.
    fn losses(&mut self, losses: &[Together<'a>]) {
        if losses.is_empty() {
            return;
        }
        let shown = losses.iter().take(self.detail.most);
        let mut lines: Vec<String> =
            shown.flat_map(|loss| [vec![self.heading(loss.0)], self.body(loss)].concat()).collect();
        if losses.len() > self.detail.most {
            lines.push(format!("# and {} more of them", losses.len() - self.detail.most));
        }
        let summary = format!("<b>{}</b>", counts(losses.iter().map(|loss| loss.0)));
        self.part(Fold::Open, &summary, &lines);
    }

    fn others(&mut self, heading: &str, changes: &[Together<'a>]) {
        if changes.is_empty() {
            return;
        }
        if !heading.is_empty() {
            self.text.paragraph(&format!("**{heading}:**"));
        }
        match self.detail.others {
            Others::Shown => {
                for change in changes {
                    // What is too long already is written anew with less, so that the rest of it does not matter.
                    if self.text.fits() {
                        self.other(change);
                    }
                }
            }
            Others::Listed => {
                let lines: Vec<String> = changes.iter().map(|change| self.heading(change.0)).collect();
                self.part(Fold::Folded, &counts(changes.iter().map(|change| change.0)), &lines);
            }
            Others::Counted => {
                let mut kinds: BTreeMap<&str, Vec<&Change>> = BTreeMap::new();
                for (change, _) in changes {
                    kinds.entry(change.address.kind()).or_default().push(change);
                }
                let lines =
                    kinds.into_iter().map(|(kind, of_kind)| format!("  {kind}: {}", counts(of_kind.into_iter())));
                let lines: Vec<String> = lines.collect();
                self.part(Fold::Folded, &counts(changes.iter().map(|change| change.0)), &lines);
            }
        }
    }

    /// A change of its own, folded to its heading.
    fn other(&mut self, change: &Together<'a>) {
        let Change { address, action, .. } = change.0;
        let title = self.blocks.title(address);
        let title = if title.is_empty() { String::new() } else { format!(" {}", html_code(title)) };
        let (sign, _) = sign(*action);
        let summary = format!("{}{title}", html_code(&format!("{sign} {} {address}", action.word())));
        let place = self.blocks.place(address, *action);
        let mut lines = if place.is_empty() { Vec::new() } else { vec![format!("# {place}")] };
        lines.extend(self.body(change));
        self.part(Fold::Folded, &summary, &lines);
    }

    fn heading(&self, change: &Change) -> String {
        let mut page = Page::new();
        self.blocks.heading(&change.address, change.action, &mut page);
        page.plain().trim_end().to_owned()
    }

    /// What changes, line by line with a sign.
    fn body(&self, (change, reason): &Together<'_>) -> Vec<String> {
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
        let mut lines = Vec::new();
        lines.extend(reason.map(|reason| format!("# together with others, because {}", why(reason))));
        lines.extend(from.iter().map(|from| format!("  from {from}")));
        if !follows.is_empty() {
            let names = listed(follows.iter().map(|follow| follow.address.as_str()));
            lines.push(format!("  references follow in {names}"));
        }
        match after {
            Some(After { format, digest: _, document: Some(document) }) if *action == Action::Create => {
                let fields = self.blocks.fields(address, *format, &document.value());
                lines.extend(fields.into_iter().map(|(path, value)| format!("+ {path} = {value}")));
            }
            _ => lines.extend(edits::diff(self.report.registry.get(address.kind()), edits, *action == Action::Replace)),
        }
        match self.detail.lines {
            0 => Vec::new(),
            most => first(&lines, most, "line"),
        }
    }

    fn named(&mut self, what: &str, addresses: &[&Address]) {
        if addresses.is_empty() {
            return;
        }
        let lines: Vec<String> = addresses.iter().map(|address| format!("  {address}")).collect();
        let summary = format!("{} {what}", count(addresses.len(), "resource"));
        let most = if self.detail.others == Others::Counted { 0 } else { self.detail.most };
        self.part(Fold::Folded, &summary, &first(&lines, most, "resource"));
    }

    fn findings(&mut self) {
        let findings = &self.report.findings;
        if findings.is_empty() {
            return;
        }
        let lines: Vec<String> = findings.iter().map(|finding| format!("  {}", finding.line())).collect();
        let summary = format!("{} of the manifests", count(findings.len(), "finding"));
        let most = if self.detail.others == Others::Shown { self.detail.most.min(50) } else { 10 };
        self.part(Fold::Folded, &summary, &first(&lines, most, "finding"));
    }

    fn left_out(&mut self) {
        let Detail { lines, others, most } = self.detail;
        let mut out = Vec::new();
        match lines {
            0 => out.push("what changes in each resource".to_owned()),
            &usize::MAX => {}
            lines => out.push(format!("what a change has beyond {lines} lines")),
        }
        match others {
            Others::Shown => {}
            Others::Listed => out.push("what changes where nothing is taken away".to_owned()),
            Others::Counted => out.push("the names of changes that take nothing away".to_owned()),
        }
        if *most < usize::MAX {
            out.push(format!("deletes and refusals beyond the first {most}"));
        }
        if !out.is_empty() {
            let out = out.join("; ");
            let all = "`deskform plan --full` and the plan file have all of it";
            self.text.paragraph(&format!("Shortened to fit a comment. Left out: {out}. {all}."));
        }
    }

    /// The id, and what applies the plan.
    fn footer(&mut self) {
        let Plan { id, plan, provenance, .. } = self.report.plan;
        let changed = if provenance.git_dirty == Some(true) { " with changes that are not committed" } else { "" };
        let at = provenance.git_commit.as_deref().map(|commit| format!(", of commit {}{changed}", code(commit)));
        self.text.paragraph(&format!("Plan id `{id}`{}.", at.unwrap_or_default()));
        let lifted: Option<Vec<u64>> = plan.refusals.iter().map(|refusal| refusal.lifted_by_deletes).collect();
        let environment = self.report.environment.map(|name| format!(" --env {name}")).unwrap_or_default();
        let command = format!("deskform apply{environment} --expect {id}");
        let (words, command) = match lifted.as_deref() {
            _ if plan.is_empty() => return,
            None => {
                self.text.paragraph("It cannot be applied as it is.");
                return;
            }
            Some([]) => ("Apply it, and nothing else:", command),
            Some(deletes) => {
                let deletes = deletes.iter().max().copied().unwrap_or_default();
                ("If all that is deleted is meant to be:", format!("{command} --allow-deletes {deletes}"))
            }
        };
        self.text.paragraph(words).fence("console", &[command]);
    }

    fn part(&mut self, fold: Fold, summary: &str, lines: &[String]) {
        let mut inner = Markdown::new();
        inner.fence("diff", lines);
        self.text.details(fold, summary, &inner);
    }
}

fn takes_away(change: &Change) -> bool {
    matches!(change.action, Action::Delete | Action::Replace | Action::Forget)
}

/// `1 to create, 2 to update`.
fn counts<'c>(changes: impl Iterator<Item = &'c Change>) -> String {
    let mut summary = Summary::default();
    changes.for_each(|change| summary.count(change.action));
    summary.changes()
}
