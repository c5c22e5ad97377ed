//! The handle that cannot write.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use deskform_model::{Address, AppliedRow, Live, RunKey, StoreIdentity, Wanted, WorkspaceName};

use crate::{
    Chain, Depth, Entry, EntryQuery, Order, RowView, RunRecord, StoreError, StoreStatus, StoreUrl, StoredDocument,
    sqlite,
};

/// A store opened for reading. Creates and writes no file, with one exception: what an apply left that was killed in the
/// middle of its commit is first rolled back, under the lock.
#[derive(Debug)]
pub struct Reader {
    engine: Engine,
}

#[derive(Debug)]
enum Engine {
    Sqlite(sqlite::Reader),
}

/// One moment of a store: all that is read through one view is read in one transaction.
#[derive(Debug)]
pub struct View<'r> {
    engine: ViewEngine<'r>,
}

#[derive(Debug)]
enum ViewEngine<'r> {
    Sqlite(sqlite::View<'r>),
}

impl Reader {
    /// Opens a store, and finds out whether this program can read it.
    pub async fn open(url: &StoreUrl) -> Result<Self, StoreError> {
        Ok(Self { engine: Engine::Sqlite(sqlite::Reader::open(url.path()).await?) })
    }

    /// Begins to look at one moment of the store.
    pub async fn view(&mut self) -> Result<View<'_>, StoreError> {
        match &mut self.engine {
            Engine::Sqlite(reader) => Ok(View { engine: ViewEngine::Sqlite(reader.view().await?) }),
        }
    }

    /// Reads the index of all rows for the next snapshot of the workspace, which then reads it again only if somebody has
    /// committed something in between. Nobody is kept waiting meanwhile.
    pub async fn read_ahead(&mut self, workspace: &WorkspaceName, depth: Depth) -> Result<(), StoreError> {
        let Engine::Sqlite(reader) = &mut self.engine;
        reader.read_ahead(workspace, depth).await
    }

    /// [`View::snapshot`] of this moment.
    pub async fn snapshot(
        &mut self,
        workspace: &WorkspaceName,
        depth: Depth,
        wanted: impl FnOnce(&Live) -> Wanted,
    ) -> Result<Live, StoreError> {
        self.view().await?.snapshot(workspace, depth, wanted).await
    }

    /// [`View::status`] of this moment.
    pub async fn status(&mut self) -> Result<StoreStatus, StoreError> {
        self.view().await?.status().await
    }

    /// [`View::row`] of this moment.
    pub async fn row(&mut self, address: &Address) -> Result<Option<RowView>, StoreError> {
        self.view().await?.row(address).await
    }

    /// [`View::rows`] of this moment.
    pub async fn rows(&mut self, each: impl FnMut(Vec<StoredDocument>) -> ControlFlow<()>) -> Result<(), StoreError> {
        self.view().await?.rows(each).await
    }

    /// [`View::entries`] of this moment.
    pub async fn entries(
        &mut self,
        query: &EntryQuery,
        each: impl FnMut(&[Entry<'_>]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.view().await?.entries(query, each).await
    }

    /// [`View::chain`] of this moment.
    pub async fn chain(
        &mut self,
        chain: &Chain,
        each: impl FnMut(&[Entry<'_>]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.view().await?.chain(chain, each).await
    }

    /// [`View::applied`] of this moment.
    pub async fn applied(&mut self, workspace: &WorkspaceName) -> Result<BTreeMap<Address, AppliedRow>, StoreError> {
        self.view().await?.applied(workspace).await
    }

    /// [`View::find_run`] of this moment.
    pub async fn find_run(&mut self, run: &RunKey) -> Result<Option<RunRecord>, StoreError> {
        self.view().await?.find_run(run).await
    }
}

impl View<'_> {
    /// Which store it is.
    pub fn identity(&self) -> &StoreIdentity {
        let ViewEngine::Sqlite(view) = &self.engine;
        view.identity()
    }

    /// Reads the index of all rows, what the workspace applied last, and then, for the index, what `wanted` names.
    pub async fn snapshot(
        &mut self,
        workspace: &WorkspaceName,
        depth: Depth,
        wanted: impl FnOnce(&Live) -> Wanted,
    ) -> Result<Live, StoreError> {
        let ViewEngine::Sqlite(view) = &mut self.engine;
        view.snapshot(workspace, depth, wanted).await
    }

    /// Says what the store is, counts, and which guarantees hold.
    pub async fn status(&mut self) -> Result<StoreStatus, StoreError> {
        let ViewEngine::Sqlite(view) = &mut self.engine;
        view.status().await
    }

    /// Reads one row with all that hangs on it.
    pub async fn row(&mut self, address: &Address) -> Result<Option<RowView>, StoreError> {
        let ViewEngine::Sqlite(view) = &mut self.engine;
        view.row(address).await
    }

    /// Hands on every row, by address, in batches, until `each` breaks.
    pub async fn rows(&mut self, each: impl FnMut(Vec<StoredDocument>) -> ControlFlow<()>) -> Result<(), StoreError> {
        let ViewEngine::Sqlite(view) = &mut self.engine;
        view.rows(each).await
    }

    /// Hands on audit entries in batches, until `each` breaks.
    pub async fn entries(
        &mut self,
        query: &EntryQuery,
        each: impl FnMut(&[Entry<'_>]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let ViewEngine::Sqlite(view) = &mut self.engine;
        view.entries(query, each).await
    }

    /// Hands on all entries of one chain by number, in batches, until `each` breaks.
    pub async fn chain(
        &mut self,
        chain: &Chain,
        each: impl FnMut(&[Entry<'_>]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let query = EntryQuery { chain: Some(chain.clone()), order: Order::OldestFirst, limit: None };
        self.entries(&query, each).await
    }

    /// The names of all chains as the log has them, sorted; also those of no workspace that is known.
    pub async fn chains(&mut self) -> Result<Vec<String>, StoreError> {
        let ViewEngine::Sqlite(view) = &mut self.engine;
        view.chains().await
    }

    /// Reads what a workspace applied last.
    pub async fn applied(&mut self, workspace: &WorkspaceName) -> Result<BTreeMap<Address, AppliedRow>, StoreError> {
        let ViewEngine::Sqlite(view) = &mut self.engine;
        view.applied(workspace).await
    }

    /// Looks a run up.
    pub async fn find_run(&mut self, run: &RunKey) -> Result<Option<RunRecord>, StoreError> {
        let ViewEngine::Sqlite(view) = &mut self.engine;
        view.find_run(run).await
    }
}
