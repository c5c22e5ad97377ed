//! The log of a run in the making: its entries are sealed elsewhere, and written between its rows as they come.

use std::sync::Arc;

use deskform_model::{Head, SealedEntry, WorkspaceName};
use sqlx::sqlite::SqliteConnection;

use super::audit;
use super::bulk::ROWS;
use super::commit::Stop;
use crate::commit::Continuation;

/// So many entries are worth some statements: the values of the next are made while SQLite works on the last.
const SOME: usize = 4 * ROWS;

/// The entries of one run on their way into the table.
pub(super) struct Log<'s> {
    chain: Arc<str>,
    entries: Continuation<'s>,
    ready: Vec<SealedEntry>,
    head: Head,
}

impl<'s> Log<'s> {
    /// Writes nothing yet.
    pub(super) fn new(workspace: &WorkspaceName, head: Head, entries: Continuation<'s>) -> Self {
        Self { chain: workspace.shared_text(), entries, ready: Vec::new(), head }
    }

    /// Writes the entries that are sealed by now, if there are enough of them for a statement.
    pub(super) async fn write_ready(&mut self, db: &mut SqliteConnection) -> Result<(), Stop> {
        while let Some(some) = self.entries.some_now()? {
            self.take(db, some).await?;
        }
        Ok(())
    }

    /// Waits for all that are left and writes them; gives the new end of the chain.
    pub(super) async fn finish(mut self, db: &mut SqliteConnection) -> Result<Head, Stop> {
        while let Some(some) = std::future::poll_fn(|cx| self.entries.poll_some(cx)).await? {
            self.take(db, some).await?;
        }
        self.write_some(db).await?;
        Ok(self.head)
    }

    async fn take(&mut self, db: &mut SqliteConnection, some: Vec<SealedEntry>) -> Result<(), Stop> {
        self.ready.extend(some);
        if self.ready.len() >= SOME { self.write_some(db).await } else { Ok(()) }
    }

    async fn write_some(&mut self, db: &mut SqliteConnection) -> Result<(), Stop> {
        let some = std::mem::take(&mut self.ready);
        if let Some(last) = some.last() {
            self.head = Head { seq: last.seq, hash: Some(last.hash) };
        }
        audit::insert(db, &self.chain, some).await?;
        Ok(())
    }
}
