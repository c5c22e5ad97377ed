//! Why an apply does not get as far as the store.

use std::io;
use std::path::PathBuf;

use deskform_model::{PlanFileError, PlanId};

/// An apply did not get as far as the store.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApplyError {
    /// The plan file cannot be read.
    #[error("the plan file `{}` cannot be read", path.display())]
    ReadPlan {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The plan file is no text.
    #[error("the plan file `{}` is not UTF-8", path.display())]
    PlanText {
        /// The file.
        path: PathBuf,
    },
    /// The plan file cannot be trusted.
    #[error("the plan file `{}` cannot be used", path.display())]
    PlanFile {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: PlanFileError,
    },
    /// The plan is another workspace's.
    #[error("the plan is for workspace `{found}`, and this is `{expected}`")]
    Workspace {
        /// This workspace.
        expected: String,
        /// The plan's.
        found: String,
    },
    /// The store is another than the project says.
    #[error("the project is for the store labelled `{expected}`, and this one is {}", named(found.as_deref()))]
    Label {
        /// What the project says.
        expected: String,
        /// What the store says.
        found: Option<String>,
    },
    /// The store is another than the plan was made for.
    #[error("the plan was made for another store")]
    Lineage,
    /// The plan is not the one that was reviewed.
    #[error("the plan is {found}, and {expected} is expected")]
    Unexpected {
        /// What `--expect` says.
        expected: PlanId,
        /// What there is.
        found: PlanId,
    },
    /// Guards refuse the plan.
    #[error("the plan is refused by {}; nothing was changed", codes.join(", "))]
    Refused {
        /// Their rules.
        codes: Vec<String>,
    },
    /// The store has changed since the plan was made.
    #[error("the plan is stale, nothing was changed: {}", what.join("; "))]
    Stale {
        /// What no longer holds.
        what: Vec<String>,
    },
    /// A plan file that says things that cannot be.
    #[error("the plan file does not hold together, nothing was changed: {}", faults.join("; "))]
    Unsound {
        /// What the judge found.
        faults: Vec<String>,
    },
    /// A plan that this program made is wrong.
    #[error("deskform made a plan that does not hold together, nothing was changed: {}", faults.join("; "))]
    Misplanned {
        /// What the judge found.
        faults: Vec<String>,
    },
    /// The store is not there and may not be made.
    #[error("there is no store at `{url}`")]
    NoStore {
        /// Where.
        url: String,
    },
    /// The answer was no.
    #[error("not applied; nothing was changed")]
    Declined,
    /// Stopped by a signal, and rolled back.
    #[error("interrupted; nothing was changed")]
    Interrupted,
    /// Stopped by a second signal while the first was dealt with.
    #[error("interrupted twice; it was not looked up whether plan {plan} was applied")]
    InterruptedTwice {
        /// The plan.
        plan: PlanId,
    },
}

fn named(label: Option<&str>) -> String {
    label.map_or_else(|| "not labelled".to_owned(), |label| format!("labelled `{label}`"))
}

impl ApplyError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Stale { .. } | Self::Unsound { .. } | Self::Lineage => {
                Some("Plan again, review, and apply the new plan.")
            }
            Self::Unexpected { .. } => Some("Review the plan that is shown, and expect its id."),
            Self::NoStore { .. } => Some("Pass `--create-store` to create it, or name the right one with `--store`."),
            Self::Label { .. } => Some(
                "Name the right store with `--store` or the right environment with `--env`, or correct `store.label`.",
            ),
            Self::PlanFile { .. } => Some("Make a new plan file with `deskform plan --out FILE`."),
            Self::InterruptedTwice { .. } => {
                Some("Find out with `deskform audit log --run PLANID`: if it lists entries, the plan was applied.")
            }
            Self::ReadPlan { .. }
            | Self::PlanText { .. }
            | Self::Workspace { .. }
            | Self::Refused { .. }
            | Self::Misplanned { .. }
            | Self::Declined
            | Self::Interrupted => None,
        }
    }
}
