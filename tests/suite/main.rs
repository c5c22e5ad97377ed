//! The one test binary: what holds across crates, and what only the built binary can show.
#![expect(clippy::disallowed_methods, reason = "these tests read and write files of the repository")]
#![expect(clippy::print_stdout, reason = "a test that spreads kills over a span says where they fell")]
#![expect(clippy::panic, reason = "a test that cannot go on says why")]

mod bad;
mod coming;
mod completeness;
mod contract;
mod coverage;
mod determinism;
mod documents;
mod environments;
mod example;
mod expected;
mod herd;
mod invalid_toml;
mod kills;
mod layering;
mod mutations;
mod pipeline;
mod planner;
mod rules;
mod schemas;
mod transcripts;
mod worst;
