//! Opening for reading, and rolling back first what a killed apply left.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use deskform_model::{Address, AppliedRow, Live, RunKey, StoreIdentity, Wanted, WorkspaceName};
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Sqlite, Transaction};

use super::connect::{self, Meta, Place, READ_PATIENCE, failed};
use super::snapshot::Ahead;
use super::{Trouble, audit, rows, snapshot, status};
use crate::lock::{self, Lock};
use crate::{Depth, Entry, EntryQuery, RowView, RunRecord, StoreError, StoreStatus, StoredDocument};

#[derive(Debug)]
pub(crate) struct Reader {
    path: PathBuf,
    db: SqliteConnection,
    /// The next snapshot's index, if somebody had it read ahead on this connection.
    ahead: Option<Ahead>,
}

#[derive(Debug)]
pub(crate) struct View<'r> {
    path: &'r Path,
    meta: Meta,
    tx: Transaction<'r, Sqlite>,
    ahead: &'r mut Option<Ahead>,
}

impl Reader {
    pub(crate) async fn open(path: &Path) -> Result<Self, StoreError> {
        if connect::place(path)? == Place::Free {
            return Err(StoreError::Missing { path: path.to_owned() });
        }
        let db = match connect::read_only(path).await {
            Err(StoreError::NeedsRecovery { .. }) => recover(path).await?,
            opened => opened.map_err(|error| held(path, error))?,
        };
        let mut reader = Self { path: path.to_owned(), db, ahead: None };
        connect::check_schema(&reader.meta().await?)?;
        Ok(reader)
    }

    pub(crate) async fn view(&mut self) -> Result<View<'_>, StoreError> {
        self.meta().await?;
        let Self { path, db, ahead } = self;
        let mut tx = db.begin().await.map_err(|error| failed(path, "begin to read", error))?;
        let meta = connect::meta(path, &mut tx).await.map_err(|error| held(path, error))?;
        Ok(View { path, meta, tx, ahead })
    }

    /// Reads the index of the next snapshot, at a moment of its own.
    pub(crate) async fn read_ahead(&mut self, workspace: &WorkspaceName, depth: Depth) -> Result<(), StoreError> {
        let ahead = self.view().await?.ahead(workspace, depth).await?;
        self.ahead = Some(ahead);
        Ok(())
    }

    /// Reads what the store says of itself, after a recovery where one is due.
    async fn meta(&mut self) -> Result<Meta, StoreError> {
        let meta = match connect::meta(&self.path, &mut self.db).await {
            Err(StoreError::NeedsRecovery { .. }) => {
                self.db = recover(&self.path).await?;
                self.ahead = None;
                connect::meta(&self.path, &mut self.db).await
            }
            meta => meta,
        };
        meta.map_err(|error| held(&self.path, error))
    }
}

/// SQLite rolls a hot journal back when somebody who may write opens the file. That is done under the store's lock, so
/// that readers do not meet in it; an apply that waits for the lock would do the same a moment later.
async fn recover(path: &Path) -> Result<SqliteConnection, StoreError> {
    let _lock = Lock::acquire(path, None, READ_PATIENCE).await.map_err(|error| match error {
        StoreError::Folder { .. } => StoreError::NeedsRecovery { path: path.to_owned() },
        other => other,
    })?;
    connect::roll_back(path).await?;
    if connect::place(path)? == Place::Free {
        return Err(StoreError::Missing { path: path.to_owned() });
    }
    connect::read_only(path).await
}

/// Adds who holds the store, if it is deskform.
fn held(path: &Path, error: StoreError) -> StoreError {
    match error {
        StoreError::Locked { holder: None } => StoreError::Locked { holder: lock::holder_of(path) },
        other => other,
    }
}

impl View<'_> {
    pub(crate) fn identity(&self) -> &StoreIdentity {
        &self.meta.identity
    }

    /// Reads the index, and lets the moment go.
    async fn ahead(mut self, workspace: &WorkspaceName, depth: Depth) -> Result<Ahead, StoreError> {
        let read = Ahead::read(&mut self.tx, &self.meta.identity, workspace, depth).await;
        let ahead = self.done(read, "read a snapshot")?;
        self.tx.rollback().await.map_err(|error| failed(self.path, "end to read", error))?;
        Ok(ahead)
    }

    pub(crate) async fn snapshot(
        &mut self,
        workspace: &WorkspaceName,
        depth: Depth,
        wanted: impl FnOnce(&Live) -> Wanted,
    ) -> Result<Live, StoreError> {
        let ahead = self.ahead.take();
        let read = snapshot::snapshot(&mut self.tx, &self.meta.identity, workspace, depth, ahead, wanted).await;
        self.done(read, "read a snapshot")
    }

    pub(crate) async fn status(&mut self) -> Result<StoreStatus, StoreError> {
        let read = status::status(&mut self.tx, &self.meta).await;
        self.done(read, "read its status")
    }

    pub(crate) async fn row(&mut self, address: &Address) -> Result<Option<RowView>, StoreError> {
        let read = rows::row(&mut self.tx, address).await;
        self.done(read, "read a row")
    }

    pub(crate) async fn rows(
        &mut self,
        each: impl FnMut(Vec<StoredDocument>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let read = rows::rows(&mut self.tx, each).await;
        self.done(read, "read the rows")
    }

    pub(crate) async fn entries(
        &mut self,
        query: &EntryQuery,
        each: impl FnMut(&[Entry<'_>]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let read = audit::entries(&mut self.tx, query, each).await;
        self.done(read, "read the log")
    }

    pub(crate) async fn chains(&mut self) -> Result<Vec<String>, StoreError> {
        let read = audit::chains(&mut self.tx).await;
        self.done(read, "read the names of the chains")
    }

    pub(crate) async fn applied(
        &mut self,
        workspace: &WorkspaceName,
    ) -> Result<BTreeMap<Address, AppliedRow>, StoreError> {
        let read = snapshot::applied(&mut self.tx, workspace).await;
        self.done(read, "read what was applied last")
    }

    pub(crate) async fn find_run(&mut self, run: &RunKey) -> Result<Option<RunRecord>, StoreError> {
        let read = audit::find_run(&mut self.tx, run).await;
        self.done(read, "look up a run")
    }

    fn done<T>(&self, read: Result<T, Trouble>, doing: &'static str) -> Result<T, StoreError> {
        read.map_err(|trouble| held(self.path, trouble.about(self.path, doing)))
    }
}
