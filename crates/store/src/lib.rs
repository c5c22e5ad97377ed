//! Turns a [`Commit`](deskform_model::Commit) into rows and audit entries by one transaction, and a store into a
//! [`Live`](deskform_model::Live) snapshot. The only crate that speaks SQL.
//!
//! Never knows a kind (a document is text), never decides anything, never reads a clock or makes a random number: time,
//! lineage and salts are handed in. [`Reader`] has no method that writes, and creates no file.
//!
//! Read `writer.rs` and `commit.rs` first (what one apply does, and what refuses it), then `reader.rs`. What an engine does
//! in its own way stands in a folder of its own (`sqlite/`), under the same file names for every engine.

mod audit;
mod commit;
mod error;
mod lock;
mod reader;
mod snapshot;
mod sqlite;
mod status;
#[cfg(test)]
mod tests;
mod url;
mod writer;

pub use audit::{Chain, Entry, EntryQuery, Order, Payload, STORE_CHAIN, StoredDocument};
pub use error::{CommitError, StoreError};
pub use lock::Holder;
pub use reader::{Reader, View};
pub use snapshot::{Depth, RowView};
pub use status::{Engine, Guarantee, Guaranteed, StoreStatus, WorkspaceStatus};
pub use url::{InvalidStoreUrl, StoreUrl};
pub use writer::{Creation, Migrated, Opening, Rehearsal, RunRecord, Writer, migrate};
