//! The handle that writes: one commit at a time, under the lock that it took when it was opened.

use std::time::Duration;

use deskform_model::{Commit, Committed, Lineage, RunKey, SealInput, SealedEntry, Sealing, ServerFacts, StoreIdentity};

use crate::{CommitError, Holder, StoreError, StoreUrl, sqlite};

/// How a store is opened for writing.
#[derive(Debug, Clone)]
pub struct Opening {
    /// What to make if there is no store; `None` to refuse then.
    pub create: Option<Creation>,
    /// How long to wait for another writer.
    pub lock_timeout: Duration,
    /// What to tell those who wait for this one.
    pub holder: Holder,
}

/// What makes a store this one and no other.
#[derive(Debug, Clone)]
pub struct Creation {
    /// Its identity.
    pub lineage: Lineage,
    /// Its name.
    pub label: Option<String>,
    /// The first entry of its own chain.
    pub first: SealedEntry,
}

/// A run that was committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRecord {
    /// Who ran it, as claimed.
    pub by: String,
    /// When, RFC 3339.
    pub at: String,
    /// The number it got.
    pub serial: u64,
}

/// What [`migrate`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrated {
    /// The schema before.
    pub from: u32,
    /// The schema now.
    pub to: u32,
}

/// A store opened for writing. Holds the store's lock until it is closed or dropped.
#[derive(Debug)]
pub struct Writer {
    engine: Engine,
}

#[derive(Debug)]
enum Engine {
    Sqlite(sqlite::Writer),
}

impl Writer {
    /// Waits for the lock and opens the store. One that is not there is not made yet: the first commit makes it.
    pub async fn open(url: &StoreUrl, opening: Opening) -> Result<Self, StoreError> {
        Ok(Self { engine: Engine::Sqlite(sqlite::Writer::open(url.path(), opening).await?) })
    }

    /// Which store it is; `None` for one that the first commit will make.
    pub fn identity(&self) -> Option<&StoreIdentity> {
        let Engine::Sqlite(writer) = &self.engine;
        writer.identity()
    }

    /// Carries out a commit in one transaction, or changes nothing.
    ///
    /// `seal` is called once, inside the transaction, after the rows that the commit starts from were read. The entries that it
    /// promises are taken as they come, between rows, and are worth nothing if a precondition does not hold. Nothing is
    /// committed before the last one was given.
    ///
    /// A caller that drops the returned future before it is done may rely on this: the transaction was either rolled back,
    /// or committed as a whole if the drop came while COMMIT was under way; [`Writer::find_run`] then tells which. The
    /// writer stays usable.
    pub async fn commit<'s>(
        &mut self,
        commit: &Commit,
        facts: ServerFacts,
        seal: impl FnOnce(SealInput) -> Result<Sealing<'s>, String>,
    ) -> Result<Committed, CommitError> {
        let Engine::Sqlite(writer) = &mut self.engine;
        writer.commit(commit, facts, seal).await
    }

    /// Looks a run up.
    pub async fn find_run(&mut self, run: &RunKey) -> Result<Option<RunRecord>, StoreError> {
        let Engine::Sqlite(writer) = &mut self.engine;
        writer.find_run(run).await
    }

    /// Closes the database, then lets the lock go. Dropping does both, too, but does not wait for the first.
    pub async fn close(self) {
        let Engine::Sqlite(writer) = self.engine;
        writer.close().await;
    }
}

/// A store opened to try a commit out: has no method that leaves anything, in the store or beside it.
#[derive(Debug)]
pub struct Rehearsal {
    engine: RehearsalEngine,
}

#[derive(Debug)]
enum RehearsalEngine {
    Sqlite(sqlite::Rehearsal),
}

impl Rehearsal {
    /// Waits for the lock and opens the store; for one that is not there, one in memory.
    pub async fn open(url: &StoreUrl, opening: Opening) -> Result<Self, StoreError> {
        Ok(Self { engine: RehearsalEngine::Sqlite(sqlite::Rehearsal::open(url.path(), opening).await?) })
    }

    /// Carries out a commit as [`Writer::commit`] does, says what that gives or refuses, and takes all of it back.
    pub async fn run<'s>(
        self,
        commit: &Commit,
        facts: ServerFacts,
        seal: impl FnOnce(SealInput) -> Result<Sealing<'s>, String>,
    ) -> Result<Committed, CommitError> {
        let RehearsalEngine::Sqlite(rehearsal) = self.engine;
        rehearsal.run(commit, facts, seal).await
    }
}

/// Brings a store of an older version of deskform to this version's tables, in one transaction, under the lock.
pub async fn migrate(url: &StoreUrl, holder: &Holder, lock_timeout: Duration) -> Result<Migrated, StoreError> {
    sqlite::migrate(url.path(), holder, lock_timeout).await
}
