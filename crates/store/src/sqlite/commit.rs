//! One commit, statement by statement, inside one transaction.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use deskform_model::{
    Address, Commit, Committed, Digest, FieldPath, Head, Lineage, Precondition, Row, RunKey, SealInput, Sealing,
    ServerFacts, WorkspaceName,
};
use sqlx::Arguments;
use sqlx::sqlite::SqliteConnection;

use super::bulk::{Bulk, ROWS};
use super::connect::{self, code, is_taken};
use super::log::Log;
use super::packed::pack_all;
use super::preconditions::{self, holders};
use super::{Trouble, as_i64, as_u64, audit, for_list, json, snapshot};
use crate::commit::{AppliedChanges, Asked, Continuation, Groups, failing};
use crate::{CommitError, RunRecord};

/// Rows written between two looks at whether entries of the log are waiting.
const TURN: usize = 8 * ROWS;

/// Why a commit stopped.
pub(super) enum Stop {
    Sql(sqlx::Error),
    Refused(CommitError),
}

impl Stop {
    pub(super) fn about(self, path: &Path) -> CommitError {
        match self {
            Self::Sql(error) => CommitError::Store(connect::failed(path, "carry out a commit", error)),
            Self::Refused(error) => error,
        }
    }
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<CommitError> for Stop {
    fn from(error: CommitError) -> Self {
        Self::Refused(error)
    }
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Sql(error) => Self::Sql(error),
            Trouble::Store(error) => Self::Refused(error.into()),
        }
    }
}

/// The workspace as the transaction found it.
struct Base {
    serial: u64,
    head: Head,
}

/// Does all of a commit but the last word, which is the caller's: COMMIT or ROLLBACK.
pub(super) async fn write<'s>(
    db: &mut SqliteConnection,
    lineage: &Lineage,
    commit: &Commit,
    facts: ServerFacts,
    seal: impl FnOnce(SealInput) -> Result<Sealing<'s>, String>,
) -> Result<Committed, Stop> {
    let RunKey { workspace, plan, base_serial: _ } = &commit.run;
    sqlx::query("INSERT INTO writer (workspace, plan_id) VALUES (?, ?)")
        .bind(workspace.as_str())
        .bind(plan.to_string())
        .execute(&mut *db)
        .await?;
    let base = begin(db, workspace).await?;
    let (serial, time) = (base.serial + 1, facts.time.clone());
    record_run(db, commit, serial, &time).await?;

    let asked = Asked::of(commit);
    let (rows, documents) = preconditions::rows(db, &asked).await?;
    let applied = snapshot::applied(db, workspace).await?;
    let sealing = seal(SealInput {
        lineage: lineage.clone(),
        head: base.head,
        serial,
        facts,
        applied: applied.into_iter().map(|(address, row)| (address, row.digest)).collect(),
        documents,
    })
    .map_err(CommitError::Seal)?;
    let entries = Continuation::of(&base.head, sealing)?;
    let applied = AppliedChanges::of(&commit.applied, &base.head, entries.left())?;
    let mut log = Log::new(workspace, base.head, entries);

    let found = preconditions::others(db, workspace, &asked, rows).await?;
    CommitError::if_stale(failing(commit, &found))?;
    write_rows(db, &mut log, &Groups::of(commit, &found)).await?;
    write_applied(db, &mut log, workspace, &applied).await?;
    let head = log.finish(db).await?;

    sqlx::query("UPDATE workspace SET serial = ?, head = ? WHERE name = ?")
        .bind(as_i64(serial))
        .bind(head.hash.map(|hash| hash.to_string()))
        .bind(workspace.as_str())
        .execute(&mut *db)
        .await?;
    sqlx::query("DELETE FROM writer").execute(db).await?;
    Ok(Committed { serial, head, time })
}

/// Makes or finds the workspace, and refuses to continue a chain whose end is not where the workspace says it is.
async fn begin(db: &mut SqliteConnection, workspace: &WorkspaceName) -> Result<Base, Stop> {
    sqlx::query("INSERT INTO workspace (name) VALUES (?) ON CONFLICT DO NOTHING")
        .bind(workspace.as_str())
        .execute(&mut *db)
        .await?;
    let (serial, head): (i64, String) = sqlx::query_as("SELECT serial, head FROM workspace WHERE name = ?")
        .bind(workspace.as_str())
        .fetch_one(&mut *db)
        .await?;
    let (seq, hash) = audit::last(db, workspace.as_str()).await?.unwrap_or_default();
    if head != hash {
        let what = format!(
            "the log of workspace `{workspace}` does not end with the entry that the workspace names as its last"
        );
        return Err(CommitError::integrity(what).into());
    }
    let hash = match hash.as_str() {
        "" => None,
        hash => Some(hash.parse().map_err(|_| {
            CommitError::integrity(format!("the last entry in the log of workspace `{workspace}` has no hash"))
        })?),
    };
    Ok(Base { serial: as_u64(serial), head: Head { seq, hash } })
}

async fn record_run(db: &mut SqliteConnection, commit: &Commit, serial: u64, time: &str) -> Result<(), Stop> {
    const SQL: &str = "INSERT INTO run (workspace, plan_id, base_serial, serial, at, actor) VALUES (?, ?, ?, ?, ?, ?) \
         ON CONFLICT (workspace, plan_id, base_serial) DO NOTHING";
    let RunKey { workspace, plan, base_serial } = &commit.run;
    let recorded = sqlx::query(SQL)
        .bind(workspace.as_str())
        .bind(plan.to_string())
        .bind(as_i64(*base_serial))
        .bind(as_i64(serial))
        .bind(time)
        .bind(commit.actor.as_str())
        .execute(&mut *db)
        .await?;
    if recorded.rows_affected() == 1 {
        return Ok(());
    }
    match audit::find_run(db, &commit.run).await? {
        Some(RunRecord { by, at, serial }) => Err(CommitError::AlreadyApplied { by, at, serial }.into()),
        None => Err(CommitError::integrity("a run is recorded and cannot be found").into()),
    }
}

/// Writes rows, references and unique values, then reads back what was written.
async fn write_rows(db: &mut SqliteConnection, log: &mut Log<'_>, groups: &Groups<'_>) -> Result<(), Stop> {
    remove_derived(db, &groups.changed()).await?;
    delete(db, &groups.deletes).await?;
    // What is derived from rows is gathered while they are written.
    let (mut references, mut values) = (Vec::new(), Values::default());
    for updates in groups.updates.chunks(TURN) {
        let rows = updates.iter().map(|(row, _)| *row);
        let (done, ()) = tokio::join!(update(db, updates), async { derive(rows, &mut references, &mut values) });
        done?;
        log.write_ready(db).await?;
    }
    for inserts in groups.inserts.chunks(TURN) {
        let rows = inserts.iter().copied();
        let (done, ()) = tokio::join!(insert(db, inserts), async { derive(rows, &mut references, &mut values) });
        done?;
        log.write_ready(db).await?;
    }
    let values = LazyLock::new(|| in_order(values));
    for references in references.chunks(TURN) {
        let (done, _) = tokio::join!(insert_references(db, references), async { LazyLock::force(&values).len() });
        done?;
        log.write_ready(db).await?;
    }
    for values in LazyLock::force(&values).chunks(TURN) {
        insert_values(db, values).await?;
        log.write_ready(db).await?;
    }
    let written: Vec<&Row> = groups.written().collect();
    for written in written.chunks(TURN) {
        read_back(db, written).await?;
        log.write_ready(db).await?;
    }
    Ok(())
}

/// Takes away references and unique values of all rows that change, so that two rows may exchange a value.
async fn remove_derived(db: &mut SqliteConnection, changed: &[&Address]) -> Result<(), Stop> {
    let changed: Vec<&str> = changed.iter().map(|address| address.as_str()).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let list = json(&changed);
    sqlx::query("DELETE FROM reference WHERE \"from\" IN (SELECT value FROM json_each(?))")
        .bind(&list)
        .execute(&mut *db)
        .await?;
    sqlx::query("DELETE FROM unique_value WHERE address IN (SELECT value FROM json_each(?))")
        .bind(&list)
        .execute(&mut *db)
        .await?;
    Ok(())
}

async fn delete(db: &mut SqliteConnection, deletes: &[(&Address, &str)]) -> Result<(), Stop> {
    const SQL: &str = "DELETE FROM resource WHERE rowid IN (SELECT resource.rowid FROM json_each(?) AS gone \
         CROSS JOIN resource ON resource.address = gone.value ->> 0 AND resource.digest = gone.value ->> 1)";
    if deletes.is_empty() {
        return Ok(());
    }
    let list: Vec<(&str, &str)> = deletes.iter().map(|(address, cached)| (address.as_str(), *cached)).collect();
    let done = sqlx::query(SQL).bind(json(&list)).execute(db).await?;
    counted("deleted", done.rows_affected(), deletes.len())
}

async fn update(db: &mut SqliteConnection, updates: &[(&Row, &str)]) -> Result<(), Stop> {
    const UPDATE: Bulk = Bulk {
        head: "WITH new (address, cached, workspace, format, document, digest, protected) AS (",
        columns: 7,
        tail: ") UPDATE resource SET workspace = new.workspace, format = new.format, document = new.document, \
               digest = new.digest, protected = new.protected \
               FROM new WHERE resource.address = new.address AND resource.digest = new.cached",
    };
    let touched = UPDATE
        .run(db, updates.iter(), |values, (row, cached)| {
            values.add(row.address.shared_text())?;
            values.add(Arc::<str>::from(*cached))?;
            values.add(row.owner.as_ref().map(WorkspaceName::shared_text))?;
            values.add(i64::from(row.document.format()))?;
            values.add(row.document.shared_text())?;
            values.add(row.digest.to_string())?;
            values.add(row.protected)
        })
        .await?;
    counted("updated", touched, updates.len())
}

/// Under the lock nobody else can have changed a row that was read: a difference is a trigger's or a defect's.
fn counted(done: &str, rows: u64, due: usize) -> Result<(), Stop> {
    if rows == due as u64 {
        return Ok(());
    }
    Err(CommitError::integrity(format!("{rows} rows were {done} where {due} were due")).into())
}

async fn insert(db: &mut SqliteConnection, rows: &[&Row]) -> Result<(), Stop> {
    const INSERT: Bulk = Bulk {
        head: "INSERT INTO resource (address, workspace, kind, format, document, digest, protected)",
        columns: 7,
        tail: "",
    };
    let written = INSERT
        .insert(db, rows.iter(), |values, row| {
            values.add(row.address.shared_text())?;
            values.add(row.owner.as_ref().map(WorkspaceName::shared_text))?;
            values.add(row.document.kind().shared_text())?;
            values.add(i64::from(row.document.format()))?;
            values.add(row.document.shared_text())?;
            values.add(row.digest.to_string())?;
            values.add(row.protected)
        })
        .await;
    match written {
        Err(error) if code(&error).is_some_and(is_taken) => Err(occupied(db, rows).await?),
        written => Ok(written?),
    }
}

/// Finds out which addresses of new rows are not free.
async fn occupied(db: &mut SqliteConnection, rows: &[&Row]) -> Result<Stop, Trouble> {
    let addresses: Vec<&Address> = rows.iter().map(|row| &row.address).collect();
    let present = preconditions::present(db, &addresses).await?;
    let taken = present.into_iter().map(|address| Precondition::Absent { address }).collect();
    Ok(CommitError::if_stale(taken).err().unwrap_or_else(|| CommitError::integrity("a row is written twice")).into())
}

/// A row of the table of references: who refers, in which field, to whom.
type Reference<'r> = (&'r Address, &'r FieldPath, &'r Address);

/// Unique values by their scope, each with its holder.
type Values<'r> = BTreeMap<&'r str, Vec<(&'r str, &'r Address)>>;

/// Adds the references and the unique values of some rows.
fn derive<'r>(rows: impl Iterator<Item = &'r Row>, references: &mut Vec<Reference<'r>>, values: &mut Values<'r>) {
    for Row { address, outline, .. } in rows {
        references.extend(outline.references.iter().map(|reference| (address, &reference.path, &reference.to)));
        for value in &outline.unique {
            values.entry(&value.scope).or_default().push((&value.value, address));
        }
    }
}

async fn insert_references(db: &mut SqliteConnection, references: &[Reference<'_>]) -> Result<(), Stop> {
    const INSERT: Bulk = Bulk { head: "INSERT INTO reference (\"from\", path, \"to\")", columns: 3, tail: "" };
    INSERT
        .insert(db, references.iter(), |values, (from, path, to)| {
            values.add(from.shared_text())?;
            values.add(serde_json::to_string(path)?)?;
            values.add(to.shared_text())
        })
        .await?;
    Ok(())
}

/// A row of the table of unique values: scope, value, holder.
type UniqueValue<'r> = (&'r str, &'r str, &'r Address);

/// In the order of the table's key, in which a tree grows fastest.
fn in_order(mut values: Values<'_>) -> Vec<UniqueValue<'_>> {
    // Names and values are often in the same order.
    values.values_mut().for_each(|values| values.sort());
    let scopes = values.into_iter();
    scopes.flat_map(|(scope, values)| values.into_iter().map(move |(value, address)| (scope, value, address))).collect()
}

async fn insert_values(db: &mut SqliteConnection, values: &[UniqueValue<'_>]) -> Result<(), Stop> {
    const INSERT: Bulk = Bulk { head: "INSERT INTO unique_value (scope, value, address)", columns: 3, tail: "" };
    let written = INSERT
        .insert(db, values.iter(), |row, (scope, value, address)| {
            row.add(Arc::<str>::from(*scope))?;
            row.add(Arc::<str>::from(*value))?;
            row.add(address.shared_text())
        })
        .await;
    match written {
        Err(error) if code(&error).is_some_and(is_taken) => Err(held(db, values).await?),
        written => Ok(written?),
    }
}

/// Finds out which values are held by somebody else.
async fn held(db: &mut SqliteConnection, values: &[(&str, &str, &Address)]) -> Result<Stop, Trouble> {
    let pairs: Vec<(&str, &str)> = values.iter().map(|(scope, value, _)| (*scope, *value)).collect();
    let owners: BTreeMap<(&str, &str), &Address> =
        values.iter().map(|(scope, value, address)| ((*scope, *value), *address)).collect();
    let mut taken = Vec::new();
    for (scope, held) in holders(db, &pairs).await? {
        for (value, holder) in held {
            if owners.get(&(scope.as_str(), value.as_str())).is_none_or(|address| **address != holder) {
                taken.push(Precondition::Free { scope: scope.clone(), value, except: Vec::new() });
            }
        }
    }
    let error = CommitError::if_stale(taken).err();
    Ok(error.unwrap_or_else(|| CommitError::integrity("two rows of one commit hold the same value")).into())
}

/// Every row written now must hash to what the plan said it would.
async fn read_back(db: &mut SqliteConnection, written: &[&Row]) -> Result<(), Stop> {
    const SQL: &str = concat!(
        "SELECT ",
        pack_all!("resource.address", "kind", "format", "document"),
        " FROM json_each(?1) AS asked CROSS JOIN resource ON resource.address = asked.value"
    );
    let asked: Vec<&str> = written.iter().map(|row| row.address.as_str()).collect();
    let mut due = written.iter();
    let mut wrong = None;
    for_list(db, SQL, &asked, &[], |packed| {
        while let Some([address, kind, format, document]) = packed.row() {
            let as_due = |row: &&&Row| {
                row.address.as_str().as_bytes() == address && row.digest == Digest::of(&[kind, format, document])
            };
            if let Some(row) = due.next().filter(|row| !as_due(row)) {
                wrong.get_or_insert(&row.address);
            }
        }
        Ok(())
    })
    .await?;
    match (wrong, due.next()) {
        (None, None) => Ok(()),
        (Some(address), _) => {
            Err(CommitError::integrity(format!("`{address}` was written and reads back as something else")).into())
        }
        (None, Some(_)) => Err(CommitError::integrity("a row was written and is not there").into()),
    }
}

async fn write_applied(
    db: &mut SqliteConnection,
    log: &mut Log<'_>,
    workspace: &WorkspaceName,
    applied: &AppliedChanges<'_>,
) -> Result<(), Stop> {
    const UPSERT: Bulk = Bulk {
        head: "INSERT INTO applied (workspace, address, seq, digest)",
        columns: 4,
        tail: " ON CONFLICT (workspace, address) DO UPDATE SET seq = excluded.seq, digest = excluded.digest",
    };
    let AppliedChanges { gone, set } = applied;
    if !gone.is_empty() {
        let gone: Vec<&str> = gone.iter().map(|address| address.as_str()).collect();
        sqlx::query("DELETE FROM applied WHERE workspace = ? AND address IN (SELECT value FROM json_each(?))")
            .bind(workspace.as_str())
            .bind(json(&gone))
            .execute(&mut *db)
            .await?;
    }
    let workspace = workspace.shared_text();
    for set in set.chunks(TURN) {
        UPSERT
            .insert(db, set.iter(), |values, (address, seq, digest)| {
                values.add(Arc::clone(&workspace))?;
                values.add(address.shared_text())?;
                values.add(as_i64(*seq))?;
                values.add(digest.to_string())
            })
            .await?;
        log.write_ready(db).await?;
    }
    Ok(())
}
