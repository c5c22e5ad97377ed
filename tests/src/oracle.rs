//! A second opinion on a store: reads it with plain SQL and says whether rows and log tell the same story.
//!
//! Shares nothing with what it judges but the file: no type, no statement, no hash function of deskform's own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rusqlite::{Connection, OpenFlags, Row};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// All that a store holds, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// What the platform reads: rows, references, unique values and what was last applied, without numbers of entries.
    pub configuration: BTreeSet<String>,
    /// Every entry of every chain, in order, as chain and text.
    pub log: Vec<(String, String)>,
    /// How many runs each workspace has had.
    pub serials: BTreeMap<String, i64>,
}

/// Reads a store that nobody changed by hand, without changing it, and panics with what is wrong with it; `None` if there is none.
pub fn inspect(store: &Path) -> Option<Contents> {
    if store.metadata().map_or(0, |facts| facts.len()) == 0 {
        return None;
    }
    let db = Connection::open_with_flags(store, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the store can be opened");
    let mut faults = Vec::new();
    let damage: Vec<String> = texts(&db, "PRAGMA integrity_check");
    if damage != ["ok"] {
        faults.push(format!("SQLite finds {damage:?}"));
    }
    let dangling: Vec<String> = texts(&db, "SELECT \"table\" FROM pragma_foreign_key_check");
    if !dangling.is_empty() {
        faults.push(format!("{} rows refer to rows that are not there", dangling.len()));
    }
    if !texts(&db, "SELECT workspace FROM writer").is_empty() {
        faults.push("the mark of a writer was left".to_owned());
    }
    let contents = Contents { configuration: configuration(&db), log: log(&db), serials: serials(&db) };
    for workspace in contents.serials.keys() {
        Story::of(&db, workspace, &contents).judge(&mut faults);
    }
    assert!(faults.is_empty(), "{}: {}", store.display(), faults.join("; "));
    Some(contents)
}

fn configuration(db: &Connection) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for sql in [
        "SELECT concat_ws('|', 'row', address, ifnull(workspace, '-'), kind, format, document, digest, protected) FROM resource",
        "SELECT concat_ws('|', 'reference', \"from\", path, \"to\") FROM reference",
        "SELECT concat_ws('|', 'value', scope, value, address) FROM unique_value",
        "SELECT concat_ws('|', 'applied', workspace, address, digest) FROM applied",
    ] {
        all.extend(texts(db, sql));
    }
    all
}

fn log(db: &Connection) -> Vec<(String, String)> {
    rows(db, "SELECT workspace, entry FROM audit ORDER BY workspace, seq", |row| Ok((row.get(0)?, row.get(1)?)))
}

fn serials(db: &Connection) -> BTreeMap<String, i64> {
    let sql = "SELECT name, serial FROM workspace WHERE name <> '@store'";
    rows(db, sql, |row| Ok((row.get(0)?, row.get(1)?))).into_iter().collect()
}

/// One workspace: its chain, and what stands beside it.
struct Story {
    workspace: String,
    lineage: String,
    entries: Vec<Entry>,
    head: String,
    serial: i64,
    payloads: i64,
    /// Serial and plan of each run.
    runs: Vec<(i64, String)>,
    /// What each row hashes to now.
    rows: BTreeMap<String, String>,
    /// Entry and digest of what was last applied.
    applied: BTreeMap<String, (i64, String)>,
}

struct Entry {
    seq: i64,
    text: String,
    hash: String,
}

impl Story {
    fn of(db: &Connection, workspace: &str, contents: &Contents) -> Self {
        let only = format!("WHERE workspace = '{workspace}'");
        let one = |sql: &str| texts(db, sql).into_iter().next().unwrap_or_default();
        Self {
            workspace: workspace.to_owned(),
            lineage: one("SELECT lineage FROM meta"),
            entries: rows(db, &format!("SELECT seq, entry, hash FROM audit {only} ORDER BY seq"), |row| {
                Ok(Entry { seq: row.get(0)?, text: row.get(1)?, hash: row.get(2)? })
            }),
            head: one(&format!("SELECT head FROM workspace WHERE name = '{workspace}'")),
            serial: contents.serials[workspace],
            payloads: rows(
                db,
                &format!("SELECT count(*) FROM audit_payload JOIN audit USING (workspace, seq) {only}"),
                |row| row.get(0),
            )[0],
            runs: rows(db, &format!("SELECT serial, plan_id FROM run {only} ORDER BY serial"), |row| {
                Ok((row.get(0)?, row.get(1)?))
            }),
            rows: rows(db, &format!("SELECT address, kind, format, document FROM resource {only}"), |row| {
                let (kind, format, document): (String, u32, String) = (row.get(1)?, row.get(2)?, row.get(3)?);
                Ok((row.get(0)?, sha256(&[&kind, "\0", &format.to_string(), "\0", &document])))
            })
            .into_iter()
            .collect(),
            applied: rows(db, &format!("SELECT address, seq, digest FROM applied {only}"), |row| {
                Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))
            })
            .into_iter()
            .collect(),
        }
    }

    fn judge(&self, faults: &mut Vec<String>) {
        let found = faults.len();
        self.chain(faults);
        self.changes(faults);
        for fault in &mut faults[found..] {
            *fault = format!("workspace {}: {fault}", self.workspace);
        }
    }

    /// Numbers without gaps, each entry hashed together with the one before, the last one the head; one payload each.
    fn chain(&self, faults: &mut Vec<String>) {
        let mut previous = self.lineage.clone();
        for (entry, due) in self.entries.iter().zip(1..) {
            let member = format!("\"hash\":\"{}\",", entry.hash);
            let body = entry.text.replacen(&member, "", 1);
            let hash = sha256(&["deskform.audit.1\0", &previous, "\0", &body]);
            if entry.seq != due || entry.hash != hash || body.len() + member.len() != entry.text.len() {
                faults.push(format!("entry {} does not follow entry {}", entry.seq, due - 1));
            }
            previous.clone_from(&entry.hash);
        }
        if previous != self.head {
            faults.push("the head is not the hash of the last entry".to_owned());
        }
        if usize::try_from(self.payloads) != Ok(self.entries.len()) {
            faults.push(format!("{} payloads stand beside {} entries", self.payloads, self.entries.len()));
        }
    }

    /// Played from the first entry to the last, the log gives what is in the tables, and each run is in it once.
    fn changes(&self, faults: &mut Vec<String>) {
        let mut replayed: BTreeMap<String, (i64, String)> = BTreeMap::new();
        let mut runs: Vec<(i64, String)> = Vec::new();
        let mut ended = true;
        for entry in &self.entries {
            let value: Value = serde_json::from_str(&entry.text).expect("an entry is JSON");
            let text = |key: &str| value[key].as_str().map(str::to_owned);
            let run =
                (value["run"]["serial"].as_i64().unwrap_or(0), value["run"]["plan"].as_str().unwrap_or("").to_owned());
            if ended != (runs.last() != Some(&run)) {
                faults.push(format!("entry {} stands in the wrong run", entry.seq));
            }
            if runs.last() != Some(&run) {
                runs.push(run);
            }
            ended = value.get("root").is_some();
            let address = text("address").unwrap_or_default();
            let before = replayed.remove(&text("from").unwrap_or_else(|| address.clone())).map(|(_, digest)| digest);
            if before != text("before") {
                faults.push(format!("entry {} does not start from what the log left at {address}", entry.seq));
            }
            if let Some(after) = text("after") {
                replayed.insert(address, (entry.seq, after));
            }
        }
        if !ended || runs != self.runs || runs.iter().map(|(serial, _)| *serial).ne(1..=self.serial) {
            faults.push(format!("the log tells of runs {runs:?}, the tables of {:?} up to {}", self.runs, self.serial));
        }
        if replayed != self.applied {
            faults.push("the log does not give what was last applied".to_owned());
        }
        if replayed.into_iter().map(|(address, (_, digest))| (address, digest)).ne(self.rows.clone()) {
            faults.push("the log does not give the rows".to_owned());
        }
    }
}

fn rows<T>(db: &Connection, sql: &str, read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>) -> Vec<T> {
    let mut statement = db.prepare(sql).expect("the tables are there");
    let rows = statement.query_map([], read).expect("the tables can be read");
    rows.collect::<Result<_, _>>().expect("the columns are of their types")
}

fn texts(db: &Connection, sql: &str) -> Vec<String> {
    rows(db, sql, |row| row.get(0))
}

fn sha256(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        use std::fmt::Write as _;
        write!(text, "{byte:02x}").expect("a string takes any text");
        text
    })
}
