//! Connections with the settings that the guarantees rest on, and what SQLite's error codes mean for a store.

use std::path::{Path, PathBuf};
use std::time::Duration;

use deskform_model::{Lineage, StoreIdentity};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use super::migrate::SCHEMA;
use crate::StoreError;

/// The oldest library without the known ways to damage a file.
const NEEDED: &str = "3.51.3";
const NEEDED_PARTS: [u32; 3] = [3, 51, 3];

/// `PRAGMA application_id` of a store, set by its first migration: the bytes `dfrm`.
const APPLICATION_ID: i64 = 0x6466_726d;

/// How long a reader waits for a commit that is being written out.
pub(super) const READ_PATIENCE: Duration = Duration::from_secs(30);

/// What a store says of itself.
#[derive(Debug, Clone)]
pub(super) struct Meta {
    pub(super) schema: u32,
    pub(super) identity: StoreIdentity,
}

/// What lies at the path of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Nothing, or the empty file that a killed first commit leaves. SQLite itself never rolls a journal into an empty file.
    Free,
    /// A file with something in it.
    File,
}

/// Looks at the path. A symbolic link is refused because its lock file would have another name than that of its target.
pub(super) fn place(path: &Path) -> Result<Place, StoreError> {
    let not_a_store = |what| StoreError::NotAStore { path: path.to_owned(), what };
    match path.symlink_metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Place::Free),
        Err(error) => Err(StoreError::Unreachable { path: path.to_owned(), source: Box::new(error) }),
        Ok(facts) if facts.is_symlink() => Err(not_a_store("it is a symbolic link")),
        Ok(facts) if facts.is_dir() => Err(not_a_store("it is a directory")),
        Ok(facts) if !facts.is_file() => Err(not_a_store("it is no plain file")),
        Ok(facts) if facts.len() == 0 => Ok(Place::Free),
        Ok(_) => Ok(Place::File),
    }
}

/// Opens for reading: no file is made, no lock file, no journal.
pub(super) async fn read_only(path: &Path) -> Result<SqliteConnection, StoreError> {
    let options = options(path, READ_PATIENCE).read_only(true).pragma("query_only", "ON");
    connected(path, &options).await
}

/// Opens for writing.
pub(crate) async fn read_write(path: &Path, patience: Duration, create: bool) -> Result<SqliteConnection, StoreError> {
    let options = options(path, patience)
        .create_if_missing(create)
        .journal_mode(SqliteJournalMode::Delete)
        .synchronous(SqliteSynchronous::Extra)
        // 64 MiB: a large apply would otherwise sync its journal and take the exclusive lock whenever the cache is full.
        .pragma("cache_size", "-65536");
    connected(path, &options).await
}

/// Opens a database that is nowhere but in memory, for what would become of a store at this path.
pub(super) async fn in_memory(path: &Path) -> Result<SqliteConnection, StoreError> {
    connected(path, &settings(SqliteConnectOptions::new().in_memory(true), READ_PATIENCE)).await
}

/// Opens for writing and at once closes again: SQLite rolls back on the way what a killed commit left.
pub(super) async fn roll_back(path: &Path) -> Result<(), StoreError> {
    let mut db = connected(path, &options(path, READ_PATIENCE)).await?;
    let read = sqlx::query("SELECT count(*) FROM sqlite_schema").execute(&mut db).await;
    let closed = db.close().await;
    read.map_err(|error| failed(path, "roll back a killed apply", error))?;
    closed.map_err(|error| failed(path, "roll back a killed apply", error))
}

fn options(path: &Path, patience: Duration) -> SqliteConnectOptions {
    settings(SqliteConnectOptions::new().filename(literal(path)), patience)
}

fn settings(options: SqliteConnectOptions, patience: Duration) -> SqliteConnectOptions {
    options
        .busy_timeout(patience.min(Duration::from_millis(i32::MAX as u64)))
        .foreign_keys(true)
        .pragma("recursive_triggers", "ON")
        // What a statement of many rows would have to take back, if it failed, is kept in memory and not in a file.
        .pragma("temp_store", "MEMORY")
        .pragma("trusted_schema", "OFF")
        .disable_statement_logging()
}

/// The path so that SQLite takes it as a path: it knows `file:` URLs and `:memory:`.
fn literal(path: &Path) -> PathBuf {
    if path.is_absolute() { path.to_owned() } else { Path::new(".").join(path) }
}

async fn connected(path: &Path, options: &SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
    let mut db = options.connect().await.map_err(|error| failed(path, "open the store", error))?;
    let found = version(&mut db).await.map_err(|error| failed(path, "say its version", error))?;
    if parts(&found) < NEEDED_PARTS {
        return Err(StoreError::OldLibrary { found, needed: NEEDED });
    }
    Ok(db)
}

/// The version of the library.
pub(super) async fn version(db: &mut SqliteConnection) -> Result<String, sqlx::Error> {
    sqlx::query_scalar("SELECT sqlite_version()").fetch_one(db).await
}

fn parts(version: &str) -> [u32; 3] {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    std::array::from_fn(|_| parts.next().unwrap_or(0))
}

/// Reads what the store says of itself. Inside a transaction this is the statement that fixes what it sees.
pub(super) async fn meta(path: &Path, db: &mut SqliteConnection) -> Result<Meta, StoreError> {
    let doing = "say what store it is";
    let id: i64 = sqlx::query_scalar("PRAGMA application_id")
        .fetch_one(&mut *db)
        .await
        .map_err(|error| failed(path, doing, error))?;
    if id != APPLICATION_ID {
        return Err(StoreError::NotAStore {
            path: path.to_owned(),
            what: "it is a SQLite database of another program",
        });
    }
    let row: Option<(i64, String, Option<String>)> = sqlx::query_as("SELECT schema, lineage, label FROM meta")
        .fetch_optional(db)
        .await
        .map_err(|error| failed(path, doing, error))?;
    let (schema, lineage, label) = row.ok_or_else(|| corrupt("table `meta` is empty"))?;
    let schema = u32::try_from(schema).map_err(|_| corrupt("the schema number is out of range"))?;
    let lineage = Lineage::new(lineage).map_err(|_| corrupt("the lineage is no lineage"))?;
    Ok(Meta { schema, identity: StoreIdentity { lineage, label } })
}

/// Refuses tables that this program does not know.
pub(super) fn check_schema(meta: &Meta) -> Result<(), StoreError> {
    match meta.schema.cmp(&SCHEMA) {
        std::cmp::Ordering::Less => Err(StoreError::OlderSchema { found: meta.schema, known: SCHEMA }),
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(StoreError::NewerSchema { found: meta.schema, known: SCHEMA }),
    }
}

/// An error of the store for an error of the driver.
pub(super) fn failed(path: &Path, doing: &'static str, error: sqlx::Error) -> StoreError {
    let path = path.to_owned();
    match code(&error) {
        Some(code) if is_busy(code) => StoreError::Locked { holder: None },
        Some(code) if is_hot(code) => StoreError::NeedsRecovery { path },
        Some(code) if code & 0xff == 26 => StoreError::NotAStore { path, what: "it is no SQLite database" },
        Some(code) if code & 0xff == 11 => corrupt("SQLite finds its file malformed"),
        Some(code) if matches!(code & 0xff, 3 | 8 | 14 | 23) => {
            StoreError::Unreachable { path, source: Box::new(error) }
        }
        _ => StoreError::Database { doing, source: Box::new(error) },
    }
}

/// The extended result code.
pub(super) fn code(error: &sqlx::Error) -> Option<u32> {
    error.as_database_error()?.code()?.parse().ok()
}

/// SQLITE_BUSY: another program holds the file.
pub(super) fn is_busy(code: u32) -> bool {
    code & 0xff == 5
}

/// SQLITE_READONLY_ROLLBACK and SQLITE_READONLY_RECOVERY: somebody has to roll back first, and this connection may not.
pub(super) fn is_hot(code: u32) -> bool {
    matches!(code, 776 | 264)
}

/// SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE.
pub(super) fn is_taken(code: u32) -> bool {
    matches!(code, 1555 | 2067)
}

/// SQLITE_CONSTRAINT_FOREIGNKEY.
pub(super) fn is_dangling(code: u32) -> bool {
    code == 787
}

pub(super) fn corrupt(what: impl Into<String>) -> StoreError {
    StoreError::Corrupt { what: what.into() }
}
