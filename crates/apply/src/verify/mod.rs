//! Verification of a log: is the chain whole, and does it explain the rows?

mod chain;
mod finding;
mod history;
mod kept;
mod row;
mod rows;

pub use chain::{ChainReport, ChainVerifier};
pub use finding::{ChainCode, ChainFinding, RowCode, RowFinding};
pub use kept::{InvalidHead, KeptHead};
pub use row::{LogPayload, LogRow};
pub use rows::{StoredRow, verify_rows};
