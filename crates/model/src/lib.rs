//! The nouns of deskform as data: addresses, documents, digests, diagnostics, the live store as read, changes and plans;
//! the [`Kind`] trait and the [`Registry`].
//!
//! Turns nothing into anything: every other crate hands these values on. Never does I/O, never reads a clock, knows no
//! database, no terminal and no kind by name. Read `document.rs` first, then `kind.rs`, then `plan.rs`.

mod address;
mod body;
mod canonical;
mod commit;
mod desired;
mod diagnostic;
mod digest;
mod document;
mod inert;
mod kind;
mod live;
mod outlines;
mod path;
mod plan;
mod registry;
mod rule;
mod safeguard;
mod secret;
mod shape;
mod strict;
mod typed;

pub use address::{Address, InvalidName, KindName, Lineage, ResourceName, WorkspaceName};
pub use body::Body;
pub use canonical::{CanonicalJson, NotCanonical, canonical_text, normalised};
pub use commit::{
    AppliedChange, Commit, Committed, Head, Row, RunKey, SealInput, SealedEntries, SealedEntry, Sealing, ServerFacts,
    Write,
};
pub use desired::{Desired, DesiredResource, Guard, Hint, HintKind, Source, Use};
pub use diagnostic::{Code, Diagnostic, FileId, Label, Severity, Span};
pub use digest::{Digest, NotADigest, PlanId, set_digest};
pub use document::{Document, Lifecycle};
pub use inert::is_active;
pub use kind::{
    Category, Event, ExclusiveScope, Facts, FileFact, FileProblem, Hierarchy, Kind, Known, Limit, NamedFile, Outline,
    Problem, ReadError, Reading, Reference, TypedSpec, UniqueValue, Unreadable,
};
pub use live::{AppliedRow, Detail, Live, LiveRow, Referrer, StoreIdentity, Wanted, WorkspaceState};
pub use outlines::Outlines;
pub use path::{FieldPath, Segment};
pub use plan::{
    Action, After, ApprovedPlan, Cause, Change, ChangeRef, Consequence, DriftNote, Edit, Follow, OperatorStep, Plan,
    PlanBody, PlanFile, PlanFileError, Precondition, Provenance, Record, Refusal, SourcePlace, Step, StepReason,
    Unmanaged, format_version,
};
pub use registry::Registry;
pub use rule::{Example, Rule};
pub use safeguard::{Breach, Member, RefusalWords, Safeguard, Side, Standing, Verdict, World, listed};
pub use secret::{HIDDEN_LITERAL, Secret, SecretPlace, hide_secrets};
pub use shape::{ListShape, Shapes, inline_schema};
pub use typed::{Lowering, Typed, TypedKind};
