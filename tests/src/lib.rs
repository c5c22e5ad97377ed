//! What the tests of the whole share: small kinds, generated worlds with a store in memory, and the transcript runner.
//!
//! Turns a list of random edits into config repos and a store that disagree in known ways, and a text file of commands
//! into runs of the built binary. Never shares code with the planner, the apply or the store that it judges. Read
//! `world/mod.rs` first, then `world/model.rs`, then `transcript.rs`.

pub mod forge;
pub mod generated;
pub mod hostile;
pub mod kinds;
pub mod measure;
pub mod oracle;
pub mod patch;
pub mod reference;
pub mod repo;
pub mod rows;
pub mod sandbox;
pub mod transcript;
pub mod world;
