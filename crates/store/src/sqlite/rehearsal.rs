//! A commit that is carried out in full and taken back.

use std::path::{Path, PathBuf};

use deskform_model::{Commit, Committed, SealInput, Sealing, ServerFacts};
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

use super::connect::{self, Place, failed};
use super::writer::{DANGLING, State, existing, write};
use crate::lock::Lock;
use crate::{CommitError, Opening, StoreError};

#[derive(Debug)]
pub(crate) struct Rehearsal {
    path: PathBuf,
    state: State,
    db: SqliteConnection,
    _lock: Option<Lock>,
}

impl Rehearsal {
    pub(crate) async fn open(path: &Path, opening: Opening) -> Result<Self, StoreError> {
        let Opening { create, lock_timeout, holder } = opening;
        let (lock, found) = match connect::place(path)? {
            Place::Free => (None, None),
            Place::File => {
                let lock = Lock::acquire_if_there(path, Some(&holder), lock_timeout).await?;
                (lock, existing(path, lock_timeout).await?)
            }
        };
        let (state, db) = match (found, create) {
            (Some((identity, db)), _) => (State::There(identity), db),
            // A store that is not there is made where it leaves nothing.
            (None, Some(creation)) => (State::ToMake(creation), connect::in_memory(path).await?),
            (None, None) => return Err(StoreError::Missing { path: path.to_owned() }),
        };
        Ok(Self { path: path.to_owned(), state, db, _lock: lock })
    }

    pub(crate) async fn run<'s>(
        self,
        commit: &Commit,
        facts: ServerFacts,
        seal: impl FnOnce(SealInput) -> Result<Sealing<'s>, String>,
    ) -> Result<Committed, CommitError> {
        let Self { path, state, mut db, _lock } = self;
        let rehearsed = rehearse(&path, &state, &mut db, commit, facts, seal).await;
        // A close that fails leaves nothing undone: the transaction is over.
        let _ = db.close().await;
        rehearsed
    }
}

async fn rehearse<'s>(
    path: &Path,
    state: &State,
    db: &mut SqliteConnection,
    commit: &Commit,
    facts: ServerFacts,
    seal: impl FnOnce(SealInput) -> Result<Sealing<'s>, String>,
) -> Result<Committed, CommitError> {
    let failed = |error| failed(path, "rehearse a commit", error);
    let mut tx = db.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    let before = dangling(&mut tx).await.map_err(failed)?;
    let written = write(state, &mut tx, commit, facts, seal).await.map_err(|stop| stop.about(path));
    // COMMIT would look at references last; without one, they are looked at here.
    let after = dangling(&mut tx).await.map_err(failed)?;
    tx.rollback().await.map_err(failed)?;
    match written {
        Ok(_) if after > before => Err(CommitError::integrity(DANGLING)),
        written => written,
    }
}

/// How many rows name a row that is not there.
async fn dangling(db: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT count(*) FROM pragma_foreign_key_check").fetch_one(db).await
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "a test compares the bytes of a store")]

    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::tests::{Draft, Scene, facts, opening, row};

    async fn rehearse(scene: &Scene, draft: &Draft) -> Result<Committed, CommitError> {
        let rehearsal = Rehearsal::open(scene.path(), opening(true, Duration::from_secs(1))).await?;
        rehearsal.run(&draft.commit, facts(), |input| Ok(draft.seal(input))).await
    }

    #[tokio::test]
    async fn a_rehearsal_says_what_a_commit_gives_and_leaves_the_store_as_it_was() {
        let scene = Scene::with_store().await;
        let (before, files, bytes) = (scene.contents().await, scene.files(), std::fs::read(scene.path()).unwrap());
        let draft = Draft::new(1).insert(row("brand.b", "{}"));
        let rehearsed = rehearse(&scene, &draft).await.unwrap();
        assert_eq!(scene.contents().await, before);
        assert_eq!((scene.files(), std::fs::read(scene.path()).unwrap()), (files, bytes));
        let mut writer = crate::Writer::open(&scene.url, opening(false, Duration::from_secs(1))).await.unwrap();
        assert_eq!(draft.by(&mut writer).await.unwrap(), rehearsed, "the same run after it is not the second one");
        writer.close().await;
    }

    #[tokio::test]
    async fn a_store_that_is_not_there_is_rehearsed_without_a_file() {
        let scene = Scene::empty();
        let draft = Draft::new(1).first().insert(row("brand.b", "{}"));
        assert_eq!(rehearse(&scene, &draft).await.unwrap().serial, 1);
        assert_eq!(scene.files(), [] as [String; 0]);
        let none = Rehearsal::open(scene.path(), opening(false, Duration::from_secs(1))).await;
        assert!(matches!(none, Err(StoreError::Missing { .. })));
    }

    #[tokio::test]
    async fn what_a_commit_would_be_refused_for_refuses_its_rehearsal() {
        let scene = Scene::with_store().await;
        let before = scene.contents().await;
        let taken = Draft::new(1).insert(row("brand.acme", "{}"));
        assert!(rehearse(&scene, &taken).await.is_err());
        let mut dangling = row("brand.b", "{}");
        let path = deskform_model::FieldPath::keys(["hours"]);
        let reference = deskform_model::Reference { path, to: "hours.none".parse().unwrap() };
        Arc::make_mut(&mut dangling.outline).references.push(reference);
        let error = rehearse(&scene, &Draft::new(2).insert(dangling)).await.unwrap_err();
        assert!(matches!(error, CommitError::Integrity { .. }), "{error:?}");
        assert_eq!(scene.contents().await, before);
    }

    #[tokio::test]
    async fn a_rehearsal_waits_no_longer_than_told_for_another_apply() {
        let scene = Scene::with_store().await;
        let writer = crate::Writer::open(&scene.url, opening(false, Duration::from_secs(1))).await.unwrap();
        let held = Rehearsal::open(scene.path(), opening(false, Duration::from_millis(80))).await;
        assert!(matches!(held, Err(StoreError::Locked { .. })));
        writer.close().await;
    }

    #[tokio::test]
    async fn no_side_file_is_made_for_a_rehearsal() {
        let scene = Scene::with_store().await;
        std::fs::remove_file(crate::lock::side_file(scene.path())).unwrap();
        let files = scene.files();
        rehearse(&scene, &Draft::new(1).insert(row("brand.b", "{}"))).await.unwrap();
        assert_eq!(scene.files(), files);
    }
}
