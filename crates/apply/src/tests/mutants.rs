//! Logs that were tampered with: every mutant is found, and its first finding names the first bad entry.

use deskform_model::{Digest, Head, Lineage};

use super::log::history;
use super::support::{Random, RawRow, lineage, raw, verify, workspace};
use crate::{AuditEntry, Chain, ChainCode, ChainVerifier, KeptHead, LogPayload, LogRow, Previous};

struct Mutant {
    what: &'static str,
    rows: Vec<RawRow>,
    /// The number that the first finding must have.
    first: u64,
}

fn chain() -> Chain {
    Chain::Workspace(workspace("a"))
}

/// The log of workspace `a` after some runs, and its head.
fn log(seed: u64) -> (Vec<RawRow>, Head) {
    let store = history(seed, 5);
    store.ledgers.get(&workspace("a")).map_or((Vec::new(), Head { seq: 0, hash: None }), |l| (raw(l), l.head()))
}

fn flip(bytes: &mut [u8], random: &mut Random) {
    let place = random.below(bytes.len());
    bytes[place] ^= 1 << random.below(8);
}

fn entry(row: &RawRow) -> AuditEntry {
    serde_json::from_slice(&row.text).expect("an entry")
}

/// Puts an entry into a row with the hash that it then has.
fn rehash(row: &mut RawRow, mut entry: AuditEntry) -> Digest {
    row.text = entry.sealed_text().into_bytes();
    row.hash = entry.hash.to_string().into_bytes();
    entry.hash
}

fn forged(row: &RawRow, seq: u64, previous: Previous) -> RawRow {
    let mut forged = RawRow { seq, ..row.clone() };
    rehash(&mut forged, AuditEntry { seq, previous, ..entry(row) });
    forged
}

fn mutants(rows: &[RawRow], random: &mut Random) -> Vec<Mutant> {
    let mut out = Vec::new();
    let mut push = |what, rows, first| out.push(Mutant { what, rows, first });
    let count = rows.len();
    for _ in 0..6 {
        let k = random.below(count);
        let seq = rows[k].seq;
        let changed = |change: &mut dyn FnMut(&mut RawRow)| {
            let mut rows = rows.to_vec();
            change(&mut rows[k]);
            rows
        };
        push("a bit of the entry", changed(&mut |row| flip(&mut row.text, random)), seq);
        push("a bit of the hash", changed(&mut |row| flip(&mut row.hash, random)), seq);
        let payload = |row: &mut RawRow, change: &mut dyn FnMut(&mut Vec<u8>, &mut Vec<u8>)| {
            let (salt, text) = row.payload.as_mut().expect("a payload");
            change(salt, text);
        };
        push("a bit of the salt", changed(&mut |row| payload(row, &mut |salt, _| flip(salt, random))), seq);
        push("a bit of the payload", changed(&mut |row| payload(row, &mut |_, text| flip(text, random))), seq);
        push("a zero behind the salt", changed(&mut |row| payload(row, &mut |salt, _| salt.push(0))), seq);
        push("no payload", changed(&mut |row| row.payload = None), seq);
        push("an empty payload", changed(&mut |row| payload(row, &mut |_, text| text.clear())), seq);
        push("an empty entry", changed(&mut |row| row.text.clear()), seq);
        push("an empty hash", changed(&mut |row| row.hash.clear()), seq);
        push("white space in the entry", changed(&mut |row| row.text.insert(1, b' ')), seq);
        let rewritten = changed(&mut |row| {
            rehash(row, AuditEntry { at: "2026-07-02T00:00:00.000Z".to_owned(), ..entry(row) });
        });
        push("an entry rewritten with its hash", rewritten, seq);
        let relinked = changed(&mut |row| {
            rehash(row, AuditEntry { previous: Previous::Entry(Digest::of(&[b"x"])), ..entry(row) });
        });
        push("an entry linked elsewhere", relinked, seq);
        let foreign = changed(&mut |row| {
            rehash(row, AuditEntry { workspace: Chain::Workspace(workspace("z")), ..entry(row) });
        });
        push("an entry of another workspace", foreign, seq);
        let later = changed(&mut |row| {
            rehash(row, AuditEntry { format: 2, ..entry(row) });
        });
        push("a later format", later, seq);

        let mut dropped = rows.to_vec();
        dropped.remove(k);
        push("an entry dropped", dropped.clone(), seq);
        if k + 1 < count {
            dropped[k..].iter_mut().for_each(|row| row.seq -= 1);
            push("an entry dropped and the rest renumbered", dropped, seq);
        }
        push("the tail cut", rows[..k].to_vec(), seq);

        let mut twice = rows.to_vec();
        twice.insert(k, rows[k].clone());
        push("an entry copied", twice.clone(), seq);
        twice[k + 1..].iter_mut().for_each(|row| row.seq += 1);
        push("an entry copied and the rest renumbered", twice, seq);

        let last = rows[count - 1].seq;
        let mut appended = rows.to_vec();
        appended.push(forged(&rows[k], last + 1, Previous::Entry(entry(&rows[count - 1]).hash)));
        push("an entry forged behind the end", appended, last + 1);
        let mut appended = rows.to_vec();
        appended.push(RawRow { seq: last + 1, ..rows[k].clone() });
        // The copy of the last one stands right behind it: two entries of one number.
        push("an entry copied behind the end", appended, if seq == last { last } else { last + 1 });
        let mut inserted = rows.to_vec();
        inserted.insert(k, forged(&rows[random.below(count)], seq, entry(&rows[k]).previous));
        inserted[k + 1..].iter_mut().for_each(|row| row.seq += 1);
        push("an entry forged in between and the rest renumbered", inserted, seq);

        let mut renumbered = rows.to_vec();
        renumbered[k].seq = last + 1 + random.next() % 1_000;
        push("a number changed, in the old order", renumbered.clone(), seq);
        renumbered.sort_by_key(|row| row.seq);
        push("a number changed", renumbered, seq);

        let (i, j) = (k.min(random.below(count)), k);
        if i < j {
            let first = rows[i].seq;
            let mut swapped = rows.to_vec();
            swapped.swap(i, j);
            push("two rows in each other's place", swapped.clone(), first);
            (swapped[i].seq, swapped[j].seq) = (rows[i].seq, rows[j].seq);
            push("two entries swapped", swapped, first);
            let mut swapped = rows.to_vec();
            (swapped[i].payload, swapped[j].payload) = (rows[j].payload.clone(), rows[i].payload.clone());
            push("two payloads swapped", swapped, first);
            let mut swapped = rows.to_vec();
            (swapped[i].hash, swapped[j].hash) = (rows[j].hash.clone(), rows[i].hash.clone());
            push("two hashes swapped", swapped, first);
        }
    }
    out
}

#[test]
fn every_mutant_is_found_where_it_was_made() {
    let (mut tried, mut misses) = (0, Vec::new());
    for seed in 0..18 {
        let (rows, head) = log(seed);
        if rows.len() < 2 {
            continue;
        }
        let mut random = Random(seed ^ 0xABCD);
        for Mutant { what, rows: mutant, first } in mutants(&rows, &mut random) {
            if mutant == rows {
                continue;
            }
            tried += 1;
            let findings = verify(chain(), &mutant, &head).findings;
            if findings.first().map(|finding| finding.seq) != Some(first) {
                misses.push(format!("seed {seed}: {what} at {first} of {}: {:?}", rows.len(), findings.first()));
            }
        }
    }
    assert_eq!(misses, Vec::<String>::new());
    assert!(tried >= 2_000, "{tried}");
}

/// Hashes everything from a row on again, as somebody would who can write the whole log.
fn recomputed(rows: &[RawRow], from: usize) -> Vec<RawRow> {
    let mut rows = rows.to_vec();
    let mut previous = None;
    for (index, row) in rows.iter_mut().enumerate().skip(from) {
        let mut entry = entry(row);
        if index == from {
            entry.claimed.actor = "somebody else".to_owned();
        }
        if let Some(hash) = previous {
            entry.previous = Previous::Entry(hash);
        }
        previous = Some(rehash(row, entry));
    }
    rows
}

#[test]
fn a_chain_that_was_hashed_again_is_seen_at_the_head_and_only_there() {
    let (rows, head) = log(1);
    let forged = recomputed(&rows, rows.len() / 2);
    let report = verify(chain(), &forged, &head);
    let found: Vec<_> = report.findings.iter().map(|finding| (finding.seq, finding.code)).collect();
    assert_eq!(found, [(head.seq, ChainCode::Head)]);
    assert_eq!(verify(chain(), &forged, &report.head).findings, [], "the head was hashed again too");
}

/// Verifies with a head that was kept outside, and with whatever head the rows have themselves.
fn held(rows: &[RawRow], kept: &KeptHead) -> Vec<(u64, &'static str)> {
    let head = rows.last().map_or(Head { seq: 0, hash: None }, |row| {
        let entry = entry(row);
        Head { seq: entry.seq, hash: Some(entry.hash) }
    });
    let mut verifier = ChainVerifier::new(chain(), lineage());
    verifier.hold(kept.clone());
    for RawRow { seq, text, hash, payload } in rows {
        let payload = payload.as_ref().map(|(salt, text)| LogPayload { salt, text });
        verifier.feed(&LogRow { seq: *seq, text, hash, payload });
    }
    verifier.finish(&head).findings.iter().map(|finding| (finding.seq, finding.code.word())).collect()
}

#[test]
fn a_head_kept_outside_shows_a_log_that_was_written_anew_or_cut() {
    let (rows, _) = log(1);
    let entries: Vec<AuditEntry> = rows.iter().map(entry).collect();
    let ends = entries.iter().filter(|entry| entry.root.is_some());
    let kept: Vec<KeptHead> = ends.map(KeptHead::of).collect();
    assert!(kept.len() > 2, "a log of several runs");
    for (index, kept) in kept.iter().enumerate() {
        assert_eq!(held(&rows, kept), [], "every head that there ever was is in the log");
        let at = usize::try_from(kept.seq).expect("a number");
        let mut other_root = kept.clone();
        other_root.root = Some(Digest::of(&[b"other"]));
        assert_eq!(held(&rows, &other_root), [(kept.seq, "kept_head")]);
        // Sound in itself: it is only shorter, or hashed again from some entry on.
        for from in 0..at {
            assert_eq!(held(&recomputed(&rows, from), kept), [(kept.seq, "kept_head")], "written anew from {from}");
        }
        if index > 0 {
            let shorter =
                usize::try_from(entries.iter().rfind(|e| e.root.is_some() && e.seq < kept.seq).map_or(0, |e| e.seq));
            assert_eq!(held(&rows[..shorter.expect("a number")], kept), [(kept.seq, "kept_head")], "cut");
        }
        assert_eq!(held(&[], kept), [(kept.seq, "kept_head")], "empty");
    }
}

fn codes(rows: &[RawRow], head: &Head) -> Vec<(u64, &'static str)> {
    verify(chain(), rows, head).findings.iter().map(|finding| (finding.seq, finding.code.word())).collect()
}

#[test]
fn one_wrong_entry_is_one_finding() {
    let (rows, head) = log(1);
    let n = head.seq;
    let k = rows.len() / 2;
    let seq = rows[k].seq;
    let with = |change: &dyn Fn(&mut Vec<RawRow>)| {
        let mut rows = rows.clone();
        change(&mut rows);
        codes(&rows, &head)
    };
    assert_eq!(with(&|rows| rows[k].hash[0] ^= 1), [(seq, "edited")]);
    assert_eq!(with(&|rows| rows[k].payload = None), [(seq, "payload_missing")]);
    assert_eq!(with(&|rows| drop(rows.remove(k))), [(seq, "missing")]);
    assert_eq!(with(&|rows| rows.truncate(k)), [(seq, "cut_tail")]);
    assert_eq!(with(&|rows| rows[k].text = b"{}".to_vec()), [(seq, "unreadable")]);
    assert_eq!(with(&|rows| rows.insert(k, rows[k].clone())), [(seq, "repeated")]);
    let other_number = |rows: &mut Vec<RawRow>| {
        let changed = AuditEntry { seq: n + 7, ..entry(&rows[k]) };
        rehash(&mut rows[k], changed);
    };
    assert_eq!(with(&other_number), [(seq, "misplaced")]);
    let rewritten = |rows: &mut Vec<RawRow>| {
        let mut changed = entry(&rows[k]);
        changed.claimed.actor.push('x');
        rehash(&mut rows[k], changed);
    };
    assert_eq!(with(&rewritten), [(seq, "unlinked")]);
    let shifted = |rows: &mut Vec<RawRow>| rows[k..].iter_mut().for_each(|row| row.seq += 1);
    assert_eq!(with(&shifted)[0], (seq, "misplaced"));
    assert_eq!(codes(&[], &head), [(1, "cut_tail")]);
    assert_eq!(codes(&rows, &Head { seq: 0, hash: None }), [(1, "beyond_head")]);
    assert_eq!(codes(&rows, &Head { hash: None, ..head }), [(n, "head")]);
}

#[test]
fn a_log_of_another_store_does_not_begin_here() {
    let (mut rows, _) = log(1);
    rows.truncate(1);
    let other = Lineage::new("f".repeat(32)).expect("a legal lineage");
    assert_ne!(other, lineage());
    let changed = AuditEntry { previous: Previous::Lineage(other), ..entry(&rows[0]) };
    let hash = rehash(&mut rows[0], changed);
    assert_eq!(codes(&rows, &Head { seq: 1, hash: Some(hash) })[0], (1, "unlinked"));
}

/// A forger who hashes the chain and the head again still has to make roots and history fit.
#[test]
fn roots_and_history_are_worked_out_again_from_the_log() {
    let (rows, _) = log(1);
    let check = |change: &dyn Fn(&mut AuditEntry), at: usize| {
        let mut rows = rows.clone();
        let mut previous = None;
        for (index, row) in rows.iter_mut().enumerate().skip(at) {
            let mut entry = entry(row);
            if index == at {
                change(&mut entry);
            }
            entry.previous = previous.map_or(entry.previous, Previous::Entry);
            previous = Some(rehash(row, entry));
        }
        let head = Head { seq: rows[rows.len() - 1].seq, hash: previous };
        codes(&rows, &head)
    };
    let is =
        |wanted: &dyn Fn(&AuditEntry) -> bool| rows.iter().position(|row| wanted(&entry(row))).expect("such an entry");
    let root = is(&|entry| entry.root.is_some());
    let seq = rows[root].seq;
    assert_eq!(check(&|entry| entry.root = Some(entry.hash), root), [(seq, "root")]);
    assert_eq!(check(&|entry| entry.root = None, root), [(seq, "root")]);
    let inner = is(&|entry| entry.root.is_none());
    assert_eq!(check(&|entry| entry.root = Some(entry.hash), inner)[0].1, "root");
    let drifted = is(&|entry| entry.applied.is_some());
    assert_eq!(check(&|entry| entry.applied = None, drifted), [(rows[drifted].seq, "history")]);
    let update = is(&|entry| entry.before.is_some() && entry.before != entry.after && entry.after.is_some());
    let wrong = check(&|entry| entry.before = Some(entry.hash), update);
    assert!(wrong.contains(&(rows[update].seq, "history")), "{wrong:?}");
    assert!(wrong.iter().all(|(seq, _)| *seq == rows[update].seq), "{wrong:?}");
}
