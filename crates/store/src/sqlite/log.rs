//! The log of a run in the making: its entries are sealed while SQLite works, and written while its rows are.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;

use deskform_model::{Head, SealedEntry, WorkspaceName};
use sqlx::sqlite::SqliteConnection;

use super::audit;
use super::bulk::ROWS;
use super::commit::Stop;
use crate::CommitError;
use crate::commit::Continuation;

/// So many entries are sealed at a turn: between two turns the runtime looks for what else has happened, which takes as
/// long as an entry does.
const TURN: usize = 16;

/// So many entries are sealed ahead of the statement that writes them; one is a few thousand bytes.
const AHEAD: usize = 8 * ROWS;

/// The entries of one run on their way into the table.
pub(super) struct Log<'s> {
    chain: Arc<str>,
    entries: Continuation<'s>,
    ready: Vec<SealedEntry>,
    /// Why the next one could not be sealed; told when it is due.
    failed: Option<CommitError>,
    head: Head,
}

impl<'s> Log<'s> {
    /// Seals nothing yet.
    pub(super) fn new(workspace: &WorkspaceName, head: Head, entries: Continuation<'s>) -> Self {
        Self { chain: workspace.shared_text(), entries, ready: Vec::new(), failed: None, head }
    }

    /// Waits for what SQLite does, and seals entries meanwhile: a few a turn, so that nobody waits longer than that for
    /// the answer, or for a signal to be heard.
    pub(super) async fn beside<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        std::future::poll_fn(|cx| {
            let polled = work.as_mut().poll(cx);
            if polled.is_pending() && self.ready.len() < AHEAD && self.seal_some() {
                cx.waker().wake_by_ref();
            }
            polled
        })
        .await
    }

    /// Seals what a turn is for. False if there is nothing more to seal.
    fn seal_some(&mut self) -> bool {
        (0..TURN).all(|_| self.seal_one())
    }

    fn seal_one(&mut self) -> bool {
        if self.failed.is_some() {
            return false;
        }
        match self.entries.next() {
            Ok(Some(entry)) => self.ready.push(entry),
            Ok(None) => return false,
            Err(error) => self.failed = Some(error),
        }
        true
    }

    /// Writes the entries that are sealed, if there are enough of them for a statement.
    pub(super) async fn write_ready(&mut self, db: &mut SqliteConnection) -> Result<(), Stop> {
        while self.ready.len() >= ROWS {
            self.write_some(db).await?;
        }
        Ok(())
    }

    /// Seals and writes all that are left; gives the new end of the chain.
    pub(super) async fn finish(mut self, db: &mut SqliteConnection) -> Result<Head, Stop> {
        loop {
            while self.ready.len() < ROWS && self.seal_some() {
                tokio::task::yield_now().await;
            }
            if let Some(error) = self.failed {
                return Err(error.into());
            }
            if self.ready.is_empty() {
                return Ok(self.head);
            }
            self.write_some(db).await?;
        }
    }

    async fn write_some(&mut self, db: &mut SqliteConnection) -> Result<(), Stop> {
        let rest = self.ready.split_off(self.ready.len().min(ROWS));
        let some = std::mem::replace(&mut self.ready, rest);
        if let Some(last) = some.last() {
            self.head = Head { seq: last.seq, hash: Some(last.hash) };
        }
        let chain = Arc::clone(&self.chain);
        self.beside(audit::insert(db, &chain, some)).await?;
        Ok(())
    }
}
