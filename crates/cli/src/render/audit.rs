//! The log in a table, and what its verification found.

use deskform_apply::{AuditEntry, ChainFinding, ChainReport, Claimed, KeptHead, Payload, Pipeline, RowFinding, Why};
use deskform_model::{Digest, Head};
use serde::Serialize;
use serde_json::Value;

use crate::render::Report;
use crate::text::{Page, count, cut, style, widest};

/// An entry as stored, and as far as it can be read.
pub(crate) struct LogEntry {
    pub(crate) chain: String,
    pub(crate) seq: i64,
    /// `None` if the row holds no entry.
    pub(crate) entry: Option<AuditEntry>,
    /// `None` if it was erased or cannot be read.
    pub(crate) payload: Option<Payload>,
    /// The payload as JSON, for programs.
    pub(crate) payload_json: Option<Value>,
}

/// Entries that were asked for.
pub(crate) struct LogReport {
    pub(crate) entries: Vec<LogEntry>,
    /// How many rows hold no entry that can be read, filters or not.
    pub(crate) unreadable: usize,
}

impl Report for LogReport {
    fn human(&self, page: &mut Page) {
        let Self { entries, unreadable } = self;
        let lines: Vec<Line> = entries.iter().filter_map(Line::of).collect();
        let column = |of: fn(&Line) -> &str, most| widest(lines.iter().map(of), most);
        let chains = lines.iter().any(|line| line.chain != lines[0].chain);
        let (chain, run) = (column(|line| &line.chain, 24), column(|line| &line.run, 12));
        let (who, action, address) =
            (column(|line| &line.who, 40), column(|line| &line.action, 16), column(|line| &line.address, 44));
        let mut run_said = None;
        for line in &lines {
            page.text(&line.at).text("  ");
            if chains {
                page.padded(&line.chain, chain).text("  ");
            }
            page.padded(&line.run, run)
                .text("  ")
                .padded(&line.who, who)
                .text("  ")
                .padded(&line.action, action)
                .text("  ");
            page.padded(&line.address, address).text("  ").text(&line.what).end();
            // The entries of a run all have its reason and origin: once is enough.
            let run = (&line.chain, &line.run);
            if run_said != Some(run) {
                for (what, text) in [("reason", &line.reason), ("claimed origin", &line.origin)] {
                    if let Some(text) = text {
                        page.text(&format!("    {what}: ")).text(&cut(text, 400)).end();
                        run_said = Some(run);
                    }
                }
            }
        }
        if *unreadable > 0 {
            let rows = count(*unreadable, "row");
            page.styled(style::RED, &format!("{rows} of the log cannot be read; run `deskform audit verify`.")).end();
        }
        let entries = if lines.len() == 1 { "1 entry.".to_owned() } else { format!("{} entries.", lines.len()) };
        page.line(&entries);
    }

    fn json(&self) -> serde_json::Result<Value> {
        let Self { entries, unreadable } = self;
        let entries = entries.iter().map(|entry| EntryJson {
            chain: &entry.chain,
            seq: entry.seq,
            entry: entry.entry.as_ref(),
            payload: entry.payload_json.as_ref(),
        });
        serde_json::to_value(LogJson { entries: entries.collect(), unreadable: *unreadable })
    }
}

#[derive(Serialize)]
struct LogJson<'a> {
    entries: Vec<EntryJson<'a>>,
    unreadable: usize,
}

#[derive(Serialize)]
struct EntryJson<'a> {
    chain: &'a str,
    seq: i64,
    entry: Option<&'a AuditEntry>,
    payload: Option<&'a Value>,
}

/// One entry as a line of the table.
struct Line {
    at: String,
    chain: String,
    run: String,
    who: String,
    action: String,
    address: String,
    what: String,
    reason: Option<String>,
    origin: Option<String>,
}

impl Line {
    fn of(logged: &LogEntry) -> Option<Self> {
        let entry = logged.entry.as_ref()?;
        let address = entry.address.as_ref().map_or_else(|| "(store)".to_owned(), ToString::to_string);
        let names: Vec<&str> = entry.events.iter().map(|event| event.name.as_str()).collect();
        let events = if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
        let from = entry.from.as_ref().map(|from| format!(" from {from}")).unwrap_or_default();
        let lifted = if entry.why.lifted.is_empty() {
            String::new()
        } else {
            format!(" lifted {}", entry.why.lifted.join(", "))
        };
        Some(Self {
            at: entry.at.clone(),
            chain: logged.chain.clone(),
            run: entry.run.map_or_else(|| "-".to_owned(), |run| format!("run {}", run.serial)),
            who: who(entry),
            action: entry.action.word().to_owned(),
            address: format!("{address}{from}"),
            what: format!("{}{events}{lifted}", entry.category),
            reason: logged.payload.as_ref().and_then(|payload| payload.reason.clone()),
            origin: origin(entry),
        })
    }
}

/// The person, and where from; what only the client says is marked.
fn who(entry: &AuditEntry) -> String {
    let Claimed { actor, address, ci, host: _, pipeline: _ } = &entry.claimed;
    let by = ci.as_ref().map_or_else(|| actor.clone(), |ci| format!("{actor} by {ci}"));
    match (&entry.observed.address, address) {
        (Some(seen), _) => format!("{by} from {seen}"),
        (None, Some(said)) => format!("{by} from {said} (claimed)"),
        (None, None) if ci.is_some() => format!("{by} (claimed)"),
        (None, None) => by,
    }
}

/// Where a run comes from, as the client says: the pipeline's page, what it is about, and the commit.
fn origin(entry: &AuditEntry) -> Option<String> {
    let Why { ci_run, commit, dirty, lifted: _, reason: _ } = &entry.why;
    let Pipeline { attempt: _, id, pull_request, ref_name, repository } =
        entry.claimed.pipeline.clone().unwrap_or_default();
    let said = |word: &str, value: &Option<String>| value.as_ref().map(|value| format!("{word}{value}"));
    let page = ci_run.clone().or_else(|| said("run ", &id));
    let commit = commit.as_ref().map(|commit| {
        let changed = if *dirty == Some(true) { " with changes that are not committed" } else { "" };
        format!("commit {commit}{changed}")
    });
    // Without a pipeline, a commit is what every entry has.
    let about = [page, repository, said("pull request ", &pull_request), ref_name, commit];
    let about: Vec<String> = about.into_iter().flatten().collect();
    (!about.is_empty() && (ci_run.is_some() || entry.claimed.pipeline.is_some() || *dirty == Some(true)))
        .then(|| about.join(", "))
}

/// The ends of the chains.
pub(crate) struct HeadReport {
    pub(crate) heads: Vec<KeptHead>,
}

impl Report for HeadReport {
    /// One a line and nothing else, so that a file of it can be given to `audit verify --against`.
    fn human(&self, page: &mut Page) {
        for head in &self.heads {
            page.line(&head.to_string());
        }
    }

    fn json(&self) -> serde_json::Result<Value> {
        let heads = self.heads.iter().map(|head| {
            let KeptHead { chain, seq, hash, root } = head;
            HeadJson { workspace: chain.as_str(), seq: *seq, hash, root: root.as_ref(), text: head.to_string() }
        });
        serde_json::to_value(HeadsJson { heads: heads.collect() })
    }
}

#[derive(Serialize)]
struct HeadsJson<'a> {
    heads: Vec<HeadJson<'a>>,
}

#[derive(Serialize)]
struct HeadJson<'a> {
    workspace: &'a str,
    seq: u64,
    hash: &'a Digest,
    root: Option<&'a Digest>,
    text: String,
}

/// A chain that was verified.
pub(crate) struct VerifiedChain {
    pub(crate) name: String,
    /// `None` for a chain whose name no workspace can have.
    pub(crate) report: Option<ChainReport>,
}

/// What verification found.
pub(crate) struct VerifyReport {
    pub(crate) chains: Vec<VerifiedChain>,
    /// Differences between rows and logs; `None` if they could not be judged because a chain is broken.
    pub(crate) rows: Vec<RowFinding>,
    pub(crate) checked_rows: usize,
    /// How many heads that were kept outside were looked for.
    pub(crate) kept: usize,
}

impl VerifyReport {
    /// True if every chain is whole and every row explained.
    pub(crate) fn is_sound(&self) -> bool {
        let whole = |chain: &VerifiedChain| chain.report.as_ref().is_some_and(ChainReport::is_whole);
        self.rows.is_empty() && self.chains.iter().all(whole)
    }

    fn entries(&self) -> u64 {
        self.chains.iter().filter_map(|chain| chain.report.as_ref()).map(|report| report.entries).sum()
    }
}

impl Report for VerifyReport {
    fn human(&self, page: &mut Page) {
        let Self { chains, rows, checked_rows, kept } = self;
        for VerifiedChain { name, report } in chains {
            let Some(report) = report else {
                page.styled(style::RED, "broken")
                    .text(&format!(" log of `{name}`: no workspace can have this name"))
                    .end();
                continue;
            };
            for ChainFinding { seq, code, text } in &report.findings {
                page.styled(style::RED, "broken")
                    .text(&format!(" log of `{name}`, entry {seq} [{code}]: {text}"))
                    .end();
            }
        }
        for RowFinding { address, workspace, code, text } in rows {
            page.styled(style::RED, "unexplained")
                .text(&format!(" `{address}` of `{workspace}` [{code}]: {text}"))
                .end();
        }
        let kept = if *kept > 0 { format!(", {}", count(*kept, "kept head")) } else { String::new() };
        let checked = format!(
            "{} in {}, {}{kept} checked.",
            entries(self.entries()),
            count(chains.len(), "log"),
            count(*checked_rows, "row")
        );
        if self.is_sound() {
            page.styled(style::BOLD, "The log is whole and explains every row.").text(" ").text(&checked).end();
            for VerifiedChain { name: _, report } in chains {
                let Some(ChainReport { chain, head: Head { seq, hash: Some(hash) }, .. }) = report else { continue };
                let head = KeptHead { chain: chain.clone(), seq: *seq, hash: *hash, root: None };
                page.text(&format!("head {head}")).end();
            }
        } else {
            let findings: usize =
                chains.iter().map(|chain| chain.report.as_ref().map_or(1, |r| r.findings.len())).sum();
            let found =
                format!(" {} in the log, {} unexplained. ", count(findings, "finding"), count(rows.len(), "row"));
            page.styled(style::BOLD, "Integrity is broken:").text(&found).text(&checked).end();
        }
    }

    fn json(&self) -> serde_json::Result<Value> {
        let Self { chains, rows, checked_rows, kept } = self;
        serde_json::to_value(VerifyJson {
            sound: self.is_sound(),
            chains: chains.iter().map(ChainJson::of).collect(),
            rows: rows.iter().map(RowJson::of).collect(),
            checked_rows: *checked_rows,
            kept_heads: *kept,
        })
    }
}

/// `1 entry`, `7 entries`.
pub(crate) fn entries(number: u64) -> String {
    if number == 1 { "1 entry".to_owned() } else { format!("{number} entries") }
}

#[derive(Serialize)]
struct VerifyJson<'a> {
    sound: bool,
    chains: Vec<ChainJson<'a>>,
    rows: Vec<RowJson<'a>>,
    checked_rows: usize,
    kept_heads: usize,
}

#[derive(Serialize)]
struct ChainJson<'a> {
    name: &'a str,
    known: bool,
    entries: u64,
    head: Option<String>,
    findings: Vec<ChainFindingJson<'a>>,
}

#[derive(Serialize)]
struct ChainFindingJson<'a> {
    seq: u64,
    code: &'static str,
    text: &'a str,
}

#[derive(Serialize)]
struct RowJson<'a> {
    address: &'a str,
    workspace: &'a str,
    code: &'static str,
    text: &'a str,
}

impl<'a> ChainJson<'a> {
    fn of(chain: &'a VerifiedChain) -> Self {
        let VerifiedChain { name, report } = chain;
        let findings = report.iter().flat_map(|report| &report.findings);
        Self {
            name,
            known: report.is_some(),
            entries: report.as_ref().map_or(0, |report| report.entries),
            head: report.as_ref().and_then(|report| report.head.hash).map(|hash| hash.to_string()),
            findings: findings
                .map(|ChainFinding { seq, code, text }| ChainFindingJson { seq: *seq, code: code.word(), text })
                .collect(),
        }
    }
}

impl<'a> RowJson<'a> {
    fn of(finding: &'a RowFinding) -> Self {
        let RowFinding { address, workspace, code, text } = finding;
        Self { address: address.as_str(), workspace: workspace.as_str(), code: code.word(), text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use deskform_apply::{Chain, ChainCode, EntryAction, EventName, Observed, Previous, RowCode};
    use deskform_model::{Category, Lineage};

    fn entry(address: &str, claimed: Claimed, observed: Observed) -> LogEntry {
        let zero = Digest::from_bytes([0; 32]);
        let entry = AuditEntry {
            action: EntryAction::Create,
            address: Some(address.parse().expect("legal")),
            after: Some(zero),
            applied: None,
            at: "2026-11-21T10:00:00.000Z".to_owned(),
            before: None,
            category: Category::Account,
            cause: None,
            claimed,
            events: vec![EventName { category: Category::Account, name: "brand.created".to_owned() }],
            format: 1,
            from: None,
            hash: zero,
            kind: None,
            observed,
            payload: zero,
            previous: Previous::Lineage(Lineage::new("0".repeat(32)).expect("legal")),
            root: None,
            run: None,
            seq: 1,
            why: Why::default(),
            workspace: Chain::Workspace("acme".parse().expect("legal")),
        };
        LogEntry { chain: "acme".to_owned(), seq: 1, entry: Some(entry), payload: None, payload_json: None }
    }

    fn claimed(actor: &str, address: Option<&str>) -> Claimed {
        Claimed { actor: actor.to_owned(), address: address.map(str::to_owned), ..Claimed::default() }
    }

    #[test]
    fn an_address_that_only_the_client_says_is_marked() {
        let seen = Observed { address: Some("198.51.100.1".to_owned()), ..Observed::default() };
        let report = LogReport {
            entries: vec![
                entry("brand.a", claimed("鈴木", Some("203.0.113.9")), Observed::default()),
                entry("brand.acme", claimed("ci", Some("203.0.113.9")), seen),
            ],
            unreadable: 0,
        };
        let mut page = Page::new();
        report.human(&mut page);
        assert_eq!(
            page.plain(),
            "\
2026-11-21T10:00:00.000Z  -  鈴木 from 203.0.113.9 (claimed)  create  brand.a     account: brand.created
2026-11-21T10:00:00.000Z  -  ci from 198.51.100.1             create  brand.acme  account: brand.created
2 entries.
"
        );
    }

    #[test]
    fn a_broken_log_names_the_entry() {
        let chain = Chain::Workspace("acme".parse().expect("legal"));
        let finding = ChainFinding { seq: 3, code: ChainCode::Edited, text: "it was edited".to_owned() };
        let report = ChainReport {
            chain,
            entries: 4,
            findings: vec![finding],
            applied: std::collections::BTreeMap::new(),
            head: Head { seq: 4, hash: None },
        };
        let row = RowFinding {
            address: "brand.a".parse().expect("legal"),
            workspace: "acme".parse().expect("legal"),
            code: RowCode::Changed,
            text: "it differs".to_owned(),
        };
        let chains = vec![VerifiedChain { name: "acme".to_owned(), report: Some(report) }];
        let mut page = Page::new();
        VerifyReport { chains, rows: vec![row], checked_rows: 2, kept: 0 }.human(&mut page);
        assert_eq!(
            page.plain(),
            "\
broken log of `acme`, entry 3 [edited]: it was edited
unexplained `brand.a` of `acme` [changed]: it differs
Integrity is broken: 1 finding in the log, 1 row unexplained. 4 entries in 1 log, 2 rows checked.
"
        );
    }
}
