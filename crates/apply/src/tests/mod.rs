//! Folding, sealing and verification over two small kinds and a store in memory.

mod commit;
mod entries;
mod log;
mod mutants;
mod rows;
mod support;
