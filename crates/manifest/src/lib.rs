//! Turns the texts of a config repo into [`Desired`](deskform_model::Desired), with a place for every key, and into every
//! diagnostic at once; and what a store holds back into such texts.
//!
//! Never opens a file, never stops at the first error, and never puts a value of a text that it could not read into a
//! message. Read `reader.rs` first, then `manifest.rs` and `resource.rs`; `explain.rs` says why a table does not fit, `overlay.rs`
//! how an environment differs.

mod codes;
mod environments;
mod explain;
mod findings;
mod hierarchy;
mod hints;
mod judges;
mod lookalikes;
mod manifest;
mod merge;
mod moves;
mod near;
mod origin;
mod overlay;
mod project;
mod reader;
mod resource;
mod schema;
mod secrets;
mod syntax;
mod text;
mod tree;
mod waivers;
mod whole;
mod wording;
mod write;

#[cfg(test)]
mod tests;

pub use codes::rules;
pub use near::nearest;
pub use origin::{Origin, Said};
pub use project::{Project, read_environment, read_project};
pub use reader::{Outcome, Reader};
pub use schema::{manifest_schema, overlay_schema, project_schema};
pub use waivers::{Extent, Waivers};
pub use write::{
    Chosen, Gap, ProjectText, Rows, Texts, choose, choose_whole, owned_by, write_manifests, write_project,
};
