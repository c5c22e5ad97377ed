//! Desired + Live + policy → Plan; drift; guards; and `verify`, the independent judge.
//!
//! Synchronous and deterministic: equal input gives equal bytes. Never reads a clock, a file or a database, and writes no
//! prose into a plan. Read `planner.rs` first: it is the list of the stages.

mod changes;
mod codes;
mod cursor;
mod diff;
mod drift;
mod exclusive;
mod guards;
mod hints;
mod judge;
mod order;
mod planner;
mod preconditions;
mod safeguards;
mod state;
mod wanted;

pub use codes::rules;
pub use diff::between;
pub use drift::{DriftEdit, DriftReport, DriftState, Drifted, drift, wanted_for_drift};
pub use judge::{Fault, verify};
pub use planner::{Planned, plan};
pub use wanted::wanted;
