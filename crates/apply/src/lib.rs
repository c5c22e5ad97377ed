//! Turns an approved plan into a [`deskform_model::Commit`] (every row at most once) and, inside the transaction, into
//! sealed audit entries; reads a log back and says whether it is whole and whether it explains the rows.
//!
//! Pure: never reads a clock, a file, a database or a random source (salts are handed in), and never decides what is to
//! be done: a fact that it needs stands in the plan. Read `entry.rs` first (what the log holds), then `commit.rs`,
//! `seal.rs` and `verify/chain.rs`.
//!
//! What the chain proves: an entry that was edited, dropped, inserted or swapped is located, as long as the head that it
//! is compared with was not recomputed along with it. Whoever can write the whole log and the workspace's row can
//! recompute both; only a head that is kept outside the store shows that.

mod commit;
mod entry;
mod payload;
mod root;
mod seal;
mod turn;
mod verify;

#[cfg(test)]
mod tests;

pub use commit::{CommitError, Folded, fold};
pub use entry::{
    AuditEntry, Chain, Claimed, EntryAction, EventName, InvalidChain, Observed, Pipeline, Previous, RunName, Why,
    audit_entry_schema,
};
pub use payload::{Payload, Quoted, QuotedEvent};
pub use root::applied_root;
pub use seal::{RunContext, SealError, Sealer, seal, store_created};
pub use verify::{
    ChainCode, ChainFinding, ChainReport, ChainVerifier, InvalidHead, KeptHead, LogPayload, LogRow, RowCode,
    RowFinding, StoredRow, verify_rows,
};
