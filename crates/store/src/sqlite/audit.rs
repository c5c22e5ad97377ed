//! The log: entries in, entries out, runs.

use std::ops::ControlFlow;
use std::sync::Arc;

use deskform_model::{RunKey, SealedEntry};
use sqlx::Arguments;
use sqlx::sqlite::SqliteConnection;

use super::bulk::Bulk;
use super::packed::{Packed, number, pack, text};
use super::{Trouble, as_i64, as_u64};
use crate::{Entry, EntryQuery, Order, Payload, RunRecord};

const ENTRIES: Bulk = Bulk { head: "INSERT INTO audit (workspace, seq, entry, hash)", columns: 4, tail: "" };
const PAYLOADS: Bulk = Bulk { head: "INSERT INTO audit_payload (workspace, seq, salt, text)", columns: 4, tail: "" };

/// Writes entries at the end of a chain.
pub(super) async fn insert(
    db: &mut SqliteConnection,
    chain: &Arc<str>,
    entries: Vec<SealedEntry>,
) -> Result<(), sqlx::Error> {
    let parts = |entry| {
        let SealedEntry { seq, text, hash, salt, payload } = entry;
        ((seq, text, hash), (seq, salt, payload))
    };
    let (entries, payloads): (Vec<_>, Vec<_>) = entries.into_iter().map(parts).unzip();
    ENTRIES
        .insert(db, entries.into_iter(), |row, (seq, text, hash)| {
            row.add(Arc::clone(chain))?;
            row.add(as_i64(seq))?;
            row.add(text)?;
            row.add(hash.to_string())
        })
        .await?;
    PAYLOADS
        .insert(db, payloads.into_iter(), |row, (seq, salt, payload)| {
            row.add(Arc::clone(chain))?;
            row.add(as_i64(seq))?;
            row.add(salt.as_slice())?;
            row.add(payload)
        })
        .await
}

/// One page of entries; `key` is what orders them, `more` what they must be.
macro_rules! page {
    ($key:literal, $more:literal, $than:literal, $order:literal) => {
        concat!(
            "SELECT CAST(group_concat(packed, '') AS BLOB) FROM (SELECT ",
            pack!(
                $key,
                "log.workspace",
                "log.seq",
                "log.entry",
                "log.hash",
                "(payload.seq IS NOT NULL)",
                "ifnull(payload.salt, x'')",
                "ifnull(payload.text, '')"
            ),
            " AS packed FROM audit AS log LEFT JOIN audit_payload AS payload",
            " ON payload.workspace = log.workspace AND payload.seq = log.seq",
            " WHERE ",
            $more,
            $key,
            $than,
            "?1 ORDER BY ",
            $key,
            $order,
            " LIMIT ?2)"
        )
    };
}

/// Hands on entries page by page.
pub(super) async fn entries(
    db: &mut SqliteConnection,
    query: &EntryQuery,
    mut each: impl FnMut(&[Entry<'_>]) -> ControlFlow<()>,
) -> Result<(), Trouble> {
    const PAGE: u64 = 2048;
    let EntryQuery { chain, order, limit } = query;
    let sql = match (chain, order) {
        (Some(_), Order::OldestFirst) => page!("log.seq", "log.workspace = ?3 AND ", " >= ", ""),
        (Some(_), Order::NewestFirst) => page!("log.seq", "log.workspace = ?3 AND ", " <= ", " DESC"),
        (None, Order::OldestFirst) => page!("log.rowid", "", " >= ", ""),
        (None, Order::NewestFirst) => page!("log.rowid", "", " <= ", " DESC"),
    };
    let mut left = limit.unwrap_or(u64::MAX);
    let mut key = if *order == Order::OldestFirst { i64::MIN } else { i64::MAX };
    while left > 0 {
        let page = left.min(PAGE);
        let asked =
            sqlx::query_scalar(sql).bind(key).bind(as_i64(page)).bind(chain.as_ref().map(|chain| chain.as_str()));
        let value: Option<Vec<u8>> = asked.fetch_one(&mut *db).await?;
        let value = value.unwrap_or_default();
        let (last, batch) = batch(&value);
        let full = batch.len() as u64 == page;
        if batch.is_empty() || each(&batch).is_break() || !full {
            return Ok(());
        }
        let next = if *order == Order::OldestFirst { last.checked_add(1) } else { last.checked_sub(1) };
        let Some(next) = next else { return Ok(()) };
        key = next;
        left -= page;
    }
    Ok(())
}

fn batch(value: &[u8]) -> (i64, Vec<Entry<'_>>) {
    let (mut packed, mut batch, mut last) = (Packed::new(value), Vec::new(), 0);
    while let Some([key, chain, seq, entry, hash, there, salt, payload]) = packed.row() {
        last = number(key).unwrap_or(0);
        batch.push(Entry {
            chain: text(chain),
            seq: number(seq).unwrap_or(0),
            text: text(entry),
            hash: text(hash),
            payload: (there == b"1").then(|| Payload { salt: salt.try_into().ok(), text: text(payload) }),
        });
    }
    (last, batch)
}

/// The names of all chains in the log.
pub(super) async fn chains(db: &mut SqliteConnection) -> Result<Vec<String>, Trouble> {
    Ok(sqlx::query_scalar("SELECT DISTINCT workspace FROM audit ORDER BY workspace").fetch_all(db).await?)
}

/// Looks a run up.
pub(super) async fn find_run(db: &mut SqliteConnection, run: &RunKey) -> Result<Option<RunRecord>, Trouble> {
    const SQL: &str = "SELECT actor, at, serial FROM run WHERE workspace = ? AND plan_id = ? AND base_serial = ?";
    let RunKey { workspace, plan, base_serial } = run;
    let row: Option<(String, String, i64)> = sqlx::query_as(SQL)
        .bind(workspace.as_str())
        .bind(plan.to_string())
        .bind(as_i64(*base_serial))
        .fetch_optional(db)
        .await?;
    Ok(row.map(|(by, at, serial)| RunRecord { by, at, serial: as_u64(serial) }))
}

/// The last entry of a chain as the table has it: its number and hash.
pub(super) async fn last(db: &mut SqliteConnection, chain: &str) -> Result<Option<(u64, String)>, sqlx::Error> {
    const SQL: &str = "SELECT seq, hash FROM audit WHERE workspace = ? ORDER BY seq DESC LIMIT 1";
    let row: Option<(i64, String)> = sqlx::query_as(SQL).bind(chain).fetch_optional(db).await?;
    Ok(row.map(|(seq, hash)| (as_u64(seq), hash)))
}
