//! The tables, version by version. A migration runs under the store's lock and in one transaction; sqlx's own migrator
//! takes no lock on SQLite, so that two processes could run it at once.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

use super::connect::{self, Place, failed};
use crate::lock::Lock;
use crate::{Creation, Holder, Migrated, STORE_CHAIN, StoreError};

/// The steps; the first makes schema 1.
const STEPS: &[&str] = &[include_str!("../../migrations/sqlite/0001_tables.sql")];

/// The schema after all steps.
pub(super) const SCHEMA: u32 = STEPS.len() as u32;

/// Makes the tables, the identity and the first entry of the store's own chain, within the caller's transaction.
pub(super) async fn create(db: &mut SqliteConnection, creation: &Creation) -> Result<(), sqlx::Error> {
    for step in STEPS {
        sqlx::raw_sql(*step).execute(&mut *db).await?;
    }
    let Creation { lineage, label, first } = creation;
    let hash = first.hash.to_string();
    sqlx::query("INSERT INTO meta (schema, lineage, label) VALUES (?, ?, ?)")
        .bind(SCHEMA)
        .bind(lineage.as_str())
        .bind(label.as_deref())
        .execute(&mut *db)
        .await?;
    sqlx::query("INSERT INTO workspace (name, head) VALUES (?, ?)")
        .bind(STORE_CHAIN)
        .bind(&hash)
        .execute(&mut *db)
        .await?;
    super::audit::insert(db, &Arc::from(STORE_CHAIN), vec![first.clone()]).await
}

/// Brings an older store to [`SCHEMA`].
pub(crate) async fn migrate(path: &Path, holder: &Holder, patience: Duration) -> Result<Migrated, StoreError> {
    migrate_by(path, holder, patience, STEPS).await
}

async fn migrate_by(
    path: &Path,
    holder: &Holder,
    patience: Duration,
    steps: &[&'static str],
) -> Result<Migrated, StoreError> {
    if connect::place(path)? == Place::Free {
        return Err(StoreError::Missing { path: path.to_owned() });
    }
    let _lock = Lock::acquire(path, Some(holder), patience).await?;
    let mut db = connect::read_write(path, patience, false).await?;
    let migrated = run(path, &mut db, steps).await;
    let closed = db.close().await.map_err(|error| failed(path, "close", error));
    let migrated = migrated?;
    closed?;
    Ok(migrated)
}

async fn run(path: &Path, db: &mut SqliteConnection, steps: &[&'static str]) -> Result<Migrated, StoreError> {
    let doing = "migrate";
    let mut tx = db.begin_with("BEGIN IMMEDIATE").await.map_err(|error| failed(path, doing, error))?;
    let from = connect::meta(path, &mut tx).await?.schema;
    let to = steps.len() as u32;
    if from > to {
        return Err(StoreError::NewerSchema { found: from, known: to });
    }
    for step in steps.iter().skip(from as usize) {
        sqlx::raw_sql(*step).execute(&mut *tx).await.map_err(|error| failed(path, doing, error))?;
    }
    sqlx::query("UPDATE meta SET schema = ?")
        .bind(to)
        .execute(&mut *tx)
        .await
        .map_err(|error| failed(path, doing, error))?;
    tx.commit().await.map_err(|error| failed(path, doing, error))?;
    Ok(Migrated { from, to })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{Scene, holder};

    #[tokio::test]
    async fn a_store_of_an_older_schema_is_migrated_step_by_step_and_a_newer_one_refused() {
        let scene = Scene::with_store().await;
        let steps = [STEPS[0], "CREATE TABLE later (id INTEGER PRIMARY KEY)", "INSERT INTO later VALUES (7)"];
        let patience = Duration::from_secs(1);
        let migrated = migrate_by(scene.path(), &holder(), patience, &steps).await.unwrap();
        assert_eq!(migrated, Migrated { from: 1, to: 3 });
        assert_eq!(scene.number("SELECT id FROM later").await, 7);
        assert_eq!(scene.number("SELECT schema FROM meta").await, 3);

        let again = migrate(scene.path(), &holder(), patience).await;
        assert!(matches!(again, Err(StoreError::NewerSchema { found: 3, known: 1 })), "{again:?}");
    }

    #[tokio::test]
    async fn a_migration_that_fails_leaves_the_store_as_it_was() {
        let scene = Scene::with_store().await;
        let steps = [STEPS[0], "CREATE TABLE later (id INTEGER PRIMARY KEY); SELECT no_such_function()"];
        let migrated = migrate_by(scene.path(), &holder(), Duration::from_secs(1), &steps).await;
        assert!(matches!(migrated, Err(StoreError::Database { doing: "migrate", .. })), "{migrated:?}");
        assert_eq!(scene.number("SELECT schema FROM meta").await, 1);
        assert_eq!(scene.number("SELECT count(*) FROM sqlite_schema WHERE name = 'later'").await, 0);
    }
}
