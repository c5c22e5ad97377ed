//! One chain, entry by entry: every finding names the entry that is wrong.

use std::collections::BTreeMap;

use deskform_model::{Address, AppliedRow, Digest, Head, Lineage};

use super::finding::{ChainCode, ChainFinding};
use super::history::History;
use super::kept::KeptHead;
use super::row::{LogRow, PayloadFault, Read, check_payload};
use crate::{AuditEntry, Chain, Previous, RunName};

/// What verification of a chain gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReport {
    /// The chain.
    pub chain: Chain,
    /// How many rows were read.
    pub entries: u64,
    /// What is wrong, by number; the first one names the first bad entry.
    pub findings: Vec<ChainFinding>,
    /// What the workspace has last applied, out of the log alone. Only as good as the chain is whole.
    pub applied: BTreeMap<Address, AppliedRow>,
    /// The end of the chain as read.
    pub head: Head,
}

impl ChainReport {
    /// True if nothing is wrong.
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Verifies one chain; is fed its rows in the order of their numbers.
pub struct ChainVerifier {
    chain: Chain,
    lineage: Lineage,
    rows: u64,
    /// The number that the next row must have.
    expected: u64,
    /// How far the last row's number was from its entry's; one shift of many rows is one finding.
    shift: u64,
    last: Option<Link>,
    /// An entry whose successor follows another; the next link says which of the two is wrong.
    suspect: Option<u64>,
    run: Option<OpenRun>,
    /// The last entry of a run without a root; said only once the next entry proves to belong there.
    rootless: Option<u64>,
    history: History,
    /// True as long as every entry so far is what it was: only then can history and roots be judged.
    intact: bool,
    /// Heads that somebody kept outside the store, and that no entry was found to be yet.
    kept: Vec<KeptHead>,
    findings: Vec<ChainFinding>,
}

/// A sound entry, as its successor must know it.
struct Link {
    seq: u64,
    hash: Digest,
    previous: Previous,
}

/// The run that the last entry belongs to.
struct OpenRun {
    name: Option<RunName>,
    last: u64,
    ended: bool,
}

impl ChainVerifier {
    /// Starts at the beginning of a chain.
    pub fn new(chain: Chain, lineage: Lineage) -> Self {
        Self {
            chain,
            lineage,
            rows: 0,
            expected: 1,
            shift: 0,
            last: None,
            suspect: None,
            run: None,
            rootless: None,
            history: History::default(),
            intact: true,
            kept: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// Demands that the chain holds a head that was kept outside the store: the entry of its number with its hash and its
    /// root. A chain that was cut behind it or written anew does not.
    pub fn hold(&mut self, kept: KeptHead) {
        self.kept.push(kept);
    }

    /// Takes the next row.
    pub fn feed(&mut self, row: &LogRow<'_>) {
        self.rows += 1;
        match Read::of(row) {
            Read::Sound(entry) => self.sound(row, &entry),
            Read::Edited => self.unsound(row.seq, ChainCode::Edited, "the entry is not the one that was hashed"),
            Read::Newer => self.unsound(row.seq, ChainCode::NewerFormat, "the entry was written by a newer deskform"),
            Read::Unreadable => self.unsound(row.seq, ChainCode::Unreadable, "the row holds no entry"),
        }
    }

    /// Ends the chain and holds it against the head that the workspace's row knows; for a workspace without a row, the
    /// head of number 0.
    ///
    /// A head that was recomputed together with the chain fits it: only a head kept outside the store shows that.
    pub fn finish(mut self, head: &Head) -> ChainReport {
        let last = self.expected - 1;
        if head.seq > last {
            self.settle_suspect();
            self.find(last + 1, ChainCode::CutTail, "the entries from here to the head are missing");
        } else if head.seq < last {
            self.settle_suspect();
            self.find(head.seq + 1, ChainCode::BeyondHead, "the head knows nothing of the entries from here on");
        } else {
            self.check_head(last, head);
        }
        self.into_report()
    }

    /// Ends a chain of which no head is kept.
    pub fn finish_without_head(mut self) -> ChainReport {
        self.settle_suspect();
        self.check_run_end();
        self.into_report()
    }

    fn check_head(&mut self, last: u64, head: &Head) {
        let known = self.last.as_ref().map(|link| link.hash);
        // Where the last entry is not sound, that is found already.
        if head.hash == known || (last > 0 && known.is_none() && head.hash.is_some()) {
            self.settle_suspect();
        } else {
            self.suspect = None;
            self.find(last, ChainCode::Head, "the last entry is not the one that the head knows");
        }
        self.check_run_end();
    }

    fn into_report(mut self) -> ChainReport {
        self.settle_rootless();
        for KeptHead { chain: _, seq, .. } in std::mem::take(&mut self.kept) {
            let text = if seq < self.expected {
                "the entry is not the one that was kept outside: the log was written anew"
            } else {
                "the log ends before the entry that was kept outside: it was cut or written anew"
            };
            self.find(seq, ChainCode::KeptHead, text);
        }
        self.findings.sort();
        self.findings.dedup();
        let hash = self.last.as_ref().map(|link| link.hash);
        let head = Head { seq: self.expected - 1, hash };
        let Self { chain, rows, history, findings, .. } = self;
        ChainReport { chain, entries: rows, findings, applied: history.applied, head }
    }

    fn sound(&mut self, row: &LogRow<'_>, entry: &AuditEntry) {
        if entry.workspace != self.chain {
            self.unsound(row.seq, ChainCode::Foreign, "the entry belongs to another chain");
            return;
        }
        self.kept.retain(|kept| !kept.is(entry));
        self.place(row.seq, entry);
        self.link(entry);
        self.settle_rootless();
        if let Some(fault) = check_payload(entry, row.payload) {
            let (code, text) = match fault {
                PayloadFault::Missing => (ChainCode::PayloadMissing, "the payload is gone"),
                PayloadFault::Edited => {
                    (ChainCode::PayloadEdited, "the payload is not the one that the entry commits to")
                }
                PayloadFault::Unfit => (ChainCode::PayloadUnfit, "the payload does not say what its entry says"),
            };
            self.find(row.seq, code, text);
        }
        self.replay(entry);
    }

    /// A row whose entry cannot be believed: not even the number in it.
    fn unsound(&mut self, seq: u64, code: ChainCode, text: &str) {
        self.settle_suspect();
        if seq > self.expected {
            self.missing(seq - 1);
        }
        self.find(seq, code, text);
        self.expected = self.expected.max(seq.saturating_add(1));
        self.shift = 0;
        self.intact = false;
        (self.last, self.run) = (None, None);
    }

    /// Holds the column's number and the entry's against the number that is due.
    fn place(&mut self, column: u64, entry: &AuditEntry) {
        let (due, own) = (self.expected, entry.seq);
        let shift = column.wrapping_sub(own);
        if column == due {
            self.expected = due.saturating_add(1);
            if shift != 0 && shift != self.shift {
                self.misplaced(column, entry);
            }
        } else if own == due {
            self.expected = due.saturating_add(1);
            if shift != self.shift {
                self.broken(own, ChainCode::Misplaced, format!("the row of entry {own} has another number"));
            }
        } else if column > due {
            self.missing(column - 1);
            self.expected = column.saturating_add(1);
            if shift != 0 {
                self.misplaced(column, entry);
            }
        } else {
            self.broken(column, ChainCode::Repeated, format!("there are two entries of number {column}"));
        }
        self.shift = shift;
    }

    fn misplaced(&mut self, column: u64, entry: &AuditEntry) {
        let own = entry.seq;
        // The row before holds an entry of the same number and the same predecessor: one of the two was put in.
        let twin = self.last.as_ref().is_some_and(|last| last.seq == own && last.previous == entry.previous);
        if twin {
            self.broken(own, ChainCode::Repeated, format!("there are two entries of number {own}"));
        } else {
            self.broken(column, ChainCode::Misplaced, format!("the row of number {column} holds entry {own}"));
        }
    }

    fn missing(&mut self, to: u64) {
        let from = self.expected;
        let text =
            if from == to { format!("entry {from} is missing") } else { format!("entries {from} to {to} are missing") };
        self.broken(from, ChainCode::Missing, text);
    }

    /// Holds the entry against the hash of the one before it, if that one was there and sound.
    fn link(&mut self, entry: &AuditEntry) {
        let due = match &self.last {
            Some(last) if last.seq.checked_add(1) == Some(entry.seq) => Some(Previous::Entry(last.hash)),
            None if entry.seq == 1 && self.rows == 1 => Some(Previous::Lineage(self.lineage.clone())),
            _ => None,
        };
        match due {
            None => self.settle_suspect(),
            Some(due) if due == entry.previous => self.settle_suspect(),
            Some(_) if self.suspect.is_some() => {
                // Two links in a row are broken: what stands between them is wrong, not its neighbours.
                self.suspect = None;
                self.unlinked(entry.seq - 1);
            }
            // Before the first entry there is none that could be wrong.
            Some(_) => self.suspect = Some(entry.seq.saturating_sub(1).max(1)),
        }
        if self.suspect.is_some() {
            self.intact = false;
        }
        self.last = Some(Link { seq: entry.seq, hash: entry.hash, previous: entry.previous.clone() });
    }

    fn settle_suspect(&mut self) {
        if let Some(seq) = self.suspect.take() {
            self.unlinked(seq);
        }
    }

    fn unlinked(&mut self, seq: u64) {
        let text = "the entry was rewritten with its hash: its neighbours know another";
        self.broken(seq, ChainCode::Unlinked, text.to_owned());
    }

    fn replay(&mut self, entry: &AuditEntry) {
        if self.intact && !self.history.fits(entry) {
            self.find(entry.seq, ChainCode::History, "the entry does not fit what the log says of its resource so far");
        }
        self.history.apply(entry);
        self.follow_run(entry);
        if let Some(root) = entry.root
            && self.intact
            && root != self.history.root()
        {
            self.find(entry.seq, ChainCode::Root, "the root is not the one that the log gives");
        }
    }

    /// A root stands on the last entry of each run and nowhere else.
    fn follow_run(&mut self, entry: &AuditEntry) {
        let goes_on = self.run.as_ref().is_some_and(|run| run.name == entry.run);
        if goes_on {
            if self.intact && self.run.as_ref().is_some_and(|run| run.ended) {
                self.find(entry.seq, ChainCode::Root, "the run went on after its root");
            }
        } else {
            self.check_run_end();
        }
        self.run = Some(OpenRun { name: entry.run, last: entry.seq, ended: entry.root.is_some() });
    }

    fn check_run_end(&mut self) {
        let Some(run) = self.run.take() else { return };
        if run.name.is_some() && !run.ended {
            self.rootless = Some(run.last);
        }
    }

    /// Where the chain broke meanwhile, an entry that was put in may have cut the run short: that is found already.
    fn settle_rootless(&mut self) {
        if let Some(seq) = self.rootless.take()
            && self.intact
        {
            self.find(seq, ChainCode::Root, "the last entry of its run has no root");
        }
    }

    fn broken(&mut self, seq: u64, code: ChainCode, text: String) {
        self.intact = false;
        self.findings.push(ChainFinding { seq, code, text });
    }

    fn find(&mut self, seq: u64, code: ChainCode, text: &str) {
        self.findings.push(ChainFinding { seq, code, text: text.to_owned() });
    }
}
