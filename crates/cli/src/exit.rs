//! Exit codes: the one table from what went wrong to the number a pipeline sees.

use std::process::ExitCode;

use deskform_model::NotCanonical;
use deskform_store::StoreError;

use crate::commands::{ApplyError, HeadError, NewFilesError, ShowError, UsageError};
use crate::diagnostics::{Finding, Sources};
use crate::machine::NoRandomBytes;
use crate::output::OutputError;
use crate::project::ProjectError;

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Done.
    Done,
    /// Failed with nothing changed.
    Failed,
    /// There are differences.
    Differences,
    /// Refused; nothing changed.
    Refused,
    /// The store cannot be reached, does not let us in, or is not there.
    Store,
    /// The log or the rows are not what the log says.
    Integrity,
    /// Another apply runs.
    Locked,
    /// Nobody knows whether the commit went through.
    Unknown,
    /// Wrong usage, or a question that nobody can answer.
    Usage,
    /// A bug in deskform.
    Bug,
}

impl Exit {
    /// The number.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Differences => 2,
            Self::Refused => 3,
            Self::Store => 4,
            Self::Integrity => 5,
            Self::Locked => 6,
            Self::Unknown => 7,
            Self::Usage => 64,
            Self::Bug => 70,
        }
    }

    /// The name, for JSON.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Differences => "differences",
            Self::Refused => "refused",
            Self::Store => "store",
            Self::Integrity => "integrity",
            Self::Locked => "locked",
            Self::Unknown => "unknown",
            Self::Usage => "usage",
            Self::Bug => "bug",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}

/// Why a command did not come to its result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The manifests are wrong, or do not fit the store.
    #[error("the manifests have {tally}; nothing was changed")]
    Invalid {
        /// `2 errors`.
        tally: String,
        /// All of it.
        findings: Vec<Finding>,
        /// What they quote.
        sources: Sources,
    },
    /// There are warnings or advice, and `--deny warnings` was given.
    #[error("the manifests have {tally}, and `--deny warnings` lets none of it pass; nothing was changed")]
    Denied {
        /// `2 warnings`.
        tally: String,
        /// All of it.
        findings: Vec<Finding>,
        /// What they quote.
        sources: Sources,
    },
    /// There is no config repo.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// The command line asks for something that does not exist.
    #[error(transparent)]
    Usage(#[from] UsageError),
    /// A result could not be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The store could not be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store did not take the commit.
    #[error(transparent)]
    Commit(deskform_store::CommitError),
    /// A plan could not be turned into a commit.
    #[error(transparent)]
    Fold(#[from] deskform_apply::CommitError),
    /// An apply did not get as far as the store.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// A head of the log cannot be given or read.
    #[error(transparent)]
    Head(#[from] HeadError),
    /// What was asked for is not in the store.
    #[error(transparent)]
    Show(#[from] ShowError),
    /// Files cannot be written beside what is there.
    #[error(transparent)]
    NewFiles(#[from] NewFilesError),
    /// The system gave no random bytes.
    #[error(transparent)]
    NoRandomBytes(#[from] NoRandomBytes),
    /// A value that this program made cannot be written down.
    #[error("the plan cannot be written as text")]
    NotCanonical(#[from] NotCanonical),
    /// The store cannot be waited for.
    #[error("the program's event loop cannot be started")]
    Runtime(#[source] std::io::Error),
}

impl From<deskform_store::CommitError> for Failure {
    /// A store's own trouble ends the same way wherever it comes up.
    fn from(error: deskform_store::CommitError) -> Self {
        match error {
            deskform_store::CommitError::Store(error) => Self::Store(error),
            other => Self::Commit(other),
        }
    }
}

impl Failure {
    /// The exit code.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Invalid { .. }
            | Self::Denied { .. }
            | Self::Project(_)
            | Self::Show(_)
            | Self::NewFiles(_)
            | Self::NoRandomBytes(_)
            | Self::Runtime(_)
            | Self::Output(_) => Exit::Failed,
            Self::Usage(_) => Exit::Usage,
            Self::Store(error) => store(error),
            Self::Commit(error) => commit(error),
            Self::Fold(error) => fold(error),
            Self::Apply(error) => apply(error),
            Self::Head(HeadError::Broken { .. }) => Exit::Integrity,
            Self::Head(_) => Exit::Failed,
            Self::NotCanonical(_) => Exit::Bug,
        }
    }

    /// What is wrong with the manifests, where that is why, and what it quotes.
    pub(crate) fn findings(&self) -> Option<(&[Finding], &Sources)> {
        match self {
            Self::Invalid { tally: _, findings, sources } | Self::Denied { tally: _, findings, sources } => {
                Some((findings, sources))
            }
            _ => None,
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Denied { .. } => Some("Put right what is found, or waive it in `[lint]` until a day."),
            Self::Project(_) => Some("Go to a config repo, name one with `-C DIR`, or start one with `deskform init`."),
            Self::Usage(error) => error.hint(),
            Self::Store(error) => store_hint(error),
            Self::Commit(deskform_store::CommitError::Stale { .. }) => {
                Some("Plan again, review, and apply the new plan.")
            }
            Self::Commit(deskform_store::CommitError::OutcomeUnknown { .. }) => {
                Some("Find out with `deskform audit log --run PLANID`: if it lists entries, the plan was applied.")
            }
            Self::Commit(deskform_store::CommitError::Integrity { .. }) => {
                Some("Look closer with `deskform audit verify`.")
            }
            Self::Apply(error) => error.hint(),
            Self::Head(error) => Some(error.hint()),
            Self::Show(error) => error.hint(),
            Self::NewFiles(error) => Some(error.hint()),
            Self::Invalid { .. }
            | Self::Output(_)
            | Self::Commit(_)
            | Self::Fold(_)
            | Self::NoRandomBytes(_)
            | Self::NotCanonical(_)
            | Self::Runtime(_) => None,
        }
    }
}

fn store(error: &StoreError) -> Exit {
    match error {
        StoreError::Missing { .. }
        | StoreError::NotAStore { .. }
        | StoreError::Unreachable { .. }
        | StoreError::Folder { .. }
        | StoreError::OlderSchema { .. }
        | StoreError::NewerSchema { .. }
        | StoreError::OldLibrary { .. }
        | StoreError::NeedsRecovery { .. }
        | StoreError::Database { .. } => Exit::Store,
        StoreError::Locked { .. } => Exit::Locked,
        StoreError::Corrupt { .. } => Exit::Integrity,
    }
}

fn store_hint(error: &StoreError) -> Option<&'static str> {
    match error {
        StoreError::Missing { .. } => {
            Some("Name another store with `--store`, or create one with `deskform apply --create-store`.")
        }
        StoreError::OlderSchema { .. } => Some("Bring the store up to date with `deskform store migrate`."),
        StoreError::NewerSchema { .. } => Some("Use the version of deskform that wrote the store, or a newer one."),
        StoreError::Locked { .. } => Some("Wait for the other apply, or wait longer with `--lock-timeout`."),
        StoreError::NeedsRecovery { .. } => {
            Some("Run a command where the store can be written to; it puts the store right.")
        }
        StoreError::NotAStore { .. }
        | StoreError::Unreachable { .. }
        | StoreError::Folder { .. }
        | StoreError::OldLibrary { .. }
        | StoreError::Corrupt { .. }
        | StoreError::Database { .. } => None,
    }
}

fn commit(error: &deskform_store::CommitError) -> Exit {
    use deskform_store::CommitError;
    match error {
        CommitError::Store(error) => store(error),
        CommitError::WrongTarget { .. } | CommitError::Stale { .. } => Exit::Refused,
        CommitError::AlreadyApplied { .. } => Exit::Done,
        CommitError::Integrity { .. } => Exit::Integrity,
        CommitError::Seal(_) => Exit::Bug,
        CommitError::OutcomeUnknown { .. } => Exit::Unknown,
    }
}

fn fold(error: &deskform_apply::CommitError) -> Exit {
    use deskform_apply::CommitError;
    match error {
        CommitError::Stale { .. } | CommitError::Foreign { .. } => Exit::Refused,
        CommitError::Unreadable { .. } => Exit::Failed,
        CommitError::OtherPlan
        | CommitError::NoWorkspace
        | CommitError::Incomplete { .. }
        | CommitError::Unread { .. }
        | CommitError::Mismatch { .. }
        | CommitError::Taken { .. } => Exit::Bug,
    }
}

fn apply(error: &ApplyError) -> Exit {
    match error {
        ApplyError::ReadPlan { .. }
        | ApplyError::PlanText { .. }
        | ApplyError::PlanFile { .. }
        | ApplyError::Declined
        | ApplyError::Interrupted => Exit::Failed,
        ApplyError::Workspace { .. }
        | ApplyError::Label { .. }
        | ApplyError::Lineage
        | ApplyError::Unexpected { .. }
        | ApplyError::Refused { .. }
        | ApplyError::Stale { .. }
        | ApplyError::Unsound { .. } => Exit::Refused,
        ApplyError::NoStore { .. } => Exit::Store,
        ApplyError::InterruptedTwice { .. } => Exit::Unknown,
        ApplyError::Misplanned { .. } => Exit::Bug,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn every_way_to_fail_has_the_number_that_the_documentation_gives() {
        let lineage = || deskform_model::Lineage::new("0".repeat(32)).ok();
        let locked = StoreError::Locked { holder: None };
        let cases: [(Failure, u8); 12] = [
            (Failure::Invalid { tally: String::new(), findings: vec![], sources: Sources::default() }, 1),
            (ProjectError::NotFound { from: PathBuf::new() }.into(), 1),
            (ApplyError::Declined.into(), 1),
            (ApplyError::Stale { what: vec![] }.into(), 3),
            (deskform_store::CommitError::WrongTarget { expected: lineage(), found: None }.into(), 3),
            (StoreError::Missing { path: PathBuf::new() }.into(), 4),
            (StoreError::NewerSchema { found: 9, known: 1 }.into(), 4),
            (deskform_store::CommitError::Integrity { what: String::new() }.into(), 5),
            (deskform_store::CommitError::Store(locked).into(), 6),
            (deskform_store::CommitError::OutcomeUnknown { source: "cut".into() }.into(), 7),
            (UsageError::NeedsYes.into(), 64),
            (ApplyError::Misplanned { faults: vec![] }.into(), 70),
        ];
        for (failure, number) in cases {
            assert_eq!(failure.exit().number(), number, "{failure}");
        }
    }

    #[test]
    fn the_page_has_a_row_for_every_exit() {
        let page = include_str!("../../../docs/exit-codes.md");
        let exits = [
            Exit::Done,
            Exit::Failed,
            Exit::Differences,
            Exit::Refused,
            Exit::Store,
            Exit::Integrity,
            Exit::Locked,
            Exit::Unknown,
            Exit::Usage,
            Exit::Bug,
        ];
        for exit in exits {
            let row = format!("\n| {} | `{}` | ", exit.number(), exit.name());
            assert!(page.contains(&row), "no row for {exit:?}");
        }
    }
}
