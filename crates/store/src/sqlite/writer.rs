//! Opening for writing, and the transaction round a commit.

use std::path::{Path, PathBuf};
use std::time::Duration;

use deskform_model::{Commit, Committed, RunKey, SealInput, Sealing, ServerFacts, StoreIdentity};
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

use super::commit::{self, Stop};
use super::connect::{self, Place, code, failed, is_busy, is_dangling};
use super::{audit, migrate};
use crate::lock::Lock;
use crate::{CommitError, Creation, Opening, RunRecord, StoreError};

#[derive(Debug)]
pub(crate) struct Writer {
    path: PathBuf,
    patience: Duration,
    state: State,
    /// Out for as long as a commit runs. It comes back only from one that ended well or was refused; the connection of a
    /// commit that was dropped or broke goes, and its transaction with it.
    db: Option<SqliteConnection>,
    _lock: Lock,
}

#[derive(Debug)]
pub(super) enum State {
    There(StoreIdentity),
    /// Nothing is written before the first commit.
    ToMake(Creation),
}

/// Why a commit whose references or values lead nowhere is refused.
pub(super) const DANGLING: &str =
    "after this commit a reference or a unique value would belong to a resource that is not there";

/// How the transaction ended.
enum End {
    Done(Committed),
    Refused(CommitError),
    /// COMMIT failed, and what it did is on disk only.
    Unclear {
        meant: Committed,
        error: sqlx::Error,
    },
}

impl Writer {
    pub(crate) async fn open(path: &Path, opening: Opening) -> Result<Self, StoreError> {
        let Opening { create, lock_timeout, holder } = opening;
        match (connect::place(path)?, &create) {
            (Place::Free, None) => return Err(StoreError::Missing { path: path.to_owned() }),
            (Place::Free, Some(_)) => make_folder(path)?,
            (Place::File, _) => {}
        }
        let lock = Lock::acquire(path, Some(&holder), lock_timeout).await?;
        // Whoever had the lock until now may have made the store, or rolled a killed creation back.
        let (state, db) = match existing(path, lock_timeout).await? {
            Some((identity, db)) => (State::There(identity), Some(db)),
            None => match create {
                Some(creation) => (State::ToMake(creation), None),
                None => return Err(StoreError::Missing { path: path.to_owned() }),
            },
        };
        Ok(Self { path: path.to_owned(), patience: lock_timeout, state, db, _lock: lock })
    }

    pub(crate) fn identity(&self) -> Option<&StoreIdentity> {
        match &self.state {
            State::There(identity) => Some(identity),
            State::ToMake(_) => None,
        }
    }

    pub(crate) async fn commit<'s>(
        &mut self,
        commit: &Commit,
        facts: ServerFacts,
        seal: impl FnOnce(SealInput) -> Result<Sealing<'s>, String>,
    ) -> Result<Committed, CommitError> {
        let mut db = self.connection().await?;
        match self.transaction(&mut db, commit, facts, seal).await {
            End::Done(committed) => {
                self.db = Some(db);
                self.made();
                Ok(committed)
            }
            End::Refused(error) => {
                // Waits until the file is as before; a later commit connects anew.
                let _ = db.close().await;
                Err(error)
            }
            End::Unclear { meant, error } => {
                let _ = db.close().await;
                self.look_up(commit, meant, error).await
            }
        }
    }

    async fn connection(&mut self) -> Result<SqliteConnection, StoreError> {
        match self.db.take() {
            Some(db) => Ok(db),
            None => connect::read_write(&self.path, self.patience, matches!(self.state, State::ToMake(_))).await,
        }
    }

    /// The one place that ends a commit's transaction.
    async fn transaction<'s>(
        &self,
        db: &mut SqliteConnection,
        commit: &Commit,
        facts: ServerFacts,
        seal: impl FnOnce(SealInput) -> Result<Sealing<'s>, String>,
    ) -> End {
        let mut tx = match db.begin_with("BEGIN IMMEDIATE").await {
            Ok(tx) => tx,
            Err(error) => return End::Refused(failed(&self.path, "begin a commit", error).into()),
        };
        let meant = match write(&self.state, &mut tx, commit, facts, seal).await {
            Ok(meant) => meant,
            Err(stop) => {
                let _ = tx.rollback().await;
                return End::Refused(stop.about(&self.path));
            }
        };
        match tx.commit().await {
            Ok(()) => End::Done(meant),
            Err(error) if code(&error).is_some_and(is_dangling) => End::Refused(CommitError::integrity(DANGLING)),
            Err(error) if code(&error).is_some_and(is_busy) => End::Refused(failed(&self.path, "commit", error).into()),
            Err(error) => End::Unclear { meant, error },
        }
    }

    /// The first commit made the store.
    fn made(&mut self) {
        if let State::ToMake(Creation { lineage, label, first: _ }) = &self.state {
            self.state = State::There(StoreIdentity { lineage: lineage.clone(), label: label.clone() });
        }
    }

    /// Asks the file, over a new connection that rolls back first where that is due.
    async fn look_up(
        &mut self,
        commit: &Commit,
        meant: Committed,
        error: sqlx::Error,
    ) -> Result<Committed, CommitError> {
        match self.find_run(&commit.run).await {
            Ok(Some(run)) if run.serial == meant.serial => {
                self.made();
                Ok(meant)
            }
            Ok(_) => Err(failed(&self.path, "commit", error).into()),
            Err(_) => Err(CommitError::OutcomeUnknown { source: Box::new(error) }),
        }
    }

    pub(crate) async fn find_run(&mut self, run: &RunKey) -> Result<Option<RunRecord>, StoreError> {
        let mut db = match self.db.take() {
            Some(db) => db,
            None => match existing(&self.path, self.patience).await? {
                Some((_, db)) => db,
                None => return Ok(None),
            },
        };
        let found =
            audit::find_run(&mut db, run).await.map_err(|trouble| trouble.about(&self.path, "look up a run"))?;
        self.db = Some(db);
        Ok(found)
    }

    pub(crate) async fn close(self) {
        let Self { db, _lock, .. } = self;
        if let Some(db) = db {
            // A close that fails leaves nothing undone: every transaction is over.
            let _ = db.close().await;
        }
    }
}

/// Does all of a commit but the last word, the making of the store included where it is not there.
pub(super) async fn write<'s>(
    state: &State,
    db: &mut SqliteConnection,
    commit: &Commit,
    facts: ServerFacts,
    seal: impl FnOnce(SealInput) -> Result<Sealing<'s>, String>,
) -> Result<Committed, Stop> {
    let found = match state {
        State::There(identity) => Some(&identity.lineage),
        State::ToMake(_) => None,
    };
    if commit.lineage.as_ref() != found {
        // A plan for "no store yet" that made this very store: it is the second apply of the same run.
        if commit.lineage.is_none()
            && let Some(RunRecord { by, at, serial }) = audit::find_run(db, &commit.run).await?
        {
            return Err(CommitError::AlreadyApplied { by, at, serial }.into());
        }
        let (expected, found) = (commit.lineage.clone(), found.cloned());
        return Err(CommitError::WrongTarget { expected, found }.into());
    }
    let lineage = match state {
        State::There(identity) => &identity.lineage,
        State::ToMake(creation) => {
            migrate::create(db, creation).await?;
            &creation.lineage
        }
    };
    commit::write(db, lineage, commit, facts, seal).await
}

/// Opens the store for writing if there is one.
pub(super) async fn existing(
    path: &Path,
    patience: Duration,
) -> Result<Option<(StoreIdentity, SqliteConnection)>, StoreError> {
    if connect::place(path)? == Place::Free {
        return Ok(None);
    }
    let mut db = connect::read_write(path, patience, false).await?;
    match connect::meta(path, &mut db).await {
        Ok(meta) => {
            connect::check_schema(&meta)?;
            Ok(Some((meta.identity, db)))
        }
        // The rest of a killed creation is rolled back by opening it, and the file is then empty.
        Err(StoreError::NotAStore { .. }) if connect::place(path)? == Place::Free => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes the folder that is to hold the store, not those above it.
fn make_folder(path: &Path) -> Result<(), StoreError> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    match std::fs::create_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(StoreError::Folder { path: folder.to_owned(), source }),
        Ok(()) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{Draft, Scene, facts, opening, row};

    async fn writer(scene: &Scene) -> Writer {
        Writer::open(scene.path(), opening(false, Duration::from_secs(1))).await.unwrap()
    }

    fn draft() -> Draft {
        Draft::new(1).insert(row("brand.b", "{}"))
    }

    #[tokio::test]
    async fn a_commit_whose_end_failed_is_looked_up_and_was_not() {
        let scene = Scene::with_store().await;
        let before = scene.contents().await;
        let (mut writer, draft) = (writer(&scene).await, draft());
        writer.db.as_mut().unwrap().lock_handle().await.unwrap().set_commit_hook(|| false);
        let error = writer.commit(&draft.commit, facts(), |input| Ok(draft.seal(input))).await.unwrap_err();
        assert!(matches!(error, CommitError::Store(StoreError::Database { doing: "commit", .. })), "{error:?}");
        assert_eq!(scene.contents().await, before);
        assert_eq!(writer.commit(&draft.commit, facts(), |input| Ok(draft.seal(input))).await.unwrap().serial, 2);
        writer.close().await;
    }

    #[tokio::test]
    async fn a_commit_whose_answer_was_lost_is_looked_up_and_was_done() {
        let scene = Scene::with_store().await;
        let (mut writer, draft) = (writer(&scene).await, draft());
        let meant = writer.commit(&draft.commit, facts(), |input| Ok(draft.seal(input))).await.unwrap();
        let found = writer.look_up(&draft.commit, meant.clone(), sqlx::Error::WorkerCrashed).await.unwrap();
        assert_eq!(found, meant);
        writer.close().await;
    }

    #[tokio::test]
    async fn an_outcome_that_cannot_be_looked_up_is_unknown() {
        let scene = Scene::with_store().await;
        let (mut writer, draft) = (writer(&scene).await, draft());
        let meant = writer.commit(&draft.commit, facts(), |input| Ok(draft.seal(input))).await.unwrap();
        writer.db.take().unwrap().close().await.unwrap();
        std::fs::remove_file(scene.path()).unwrap();
        std::fs::create_dir(scene.path()).unwrap();
        let unknown = writer.look_up(&draft.commit, meant, sqlx::Error::WorkerCrashed).await.unwrap_err();
        assert!(matches!(unknown, CommitError::OutcomeUnknown { .. }), "{unknown:?}");
    }
}
