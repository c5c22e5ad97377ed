//! The commands: each reads what it needs, hands it to the pure crates, and publishes one result.

mod apply;
mod audit;
mod completions;
mod diff;
mod drift;
mod explain;
mod export;
mod filter;
mod graph;
mod init;
mod load;
mod new_files;
mod plan;
mod schema;
mod show;
mod signals;
mod stale;
mod status;
mod validate;

use deskform_model::{Address, InvalidName, WorkspaceName, listed};
use deskform_store::InvalidStoreUrl;

use crate::args::{AuditCommand, Command, StoreCommand};
use crate::exit::{Exit, Failure};
use crate::output::Context;

pub(crate) use apply::ApplyError;
pub(crate) use audit::HeadError;
pub(crate) use new_files::NewFilesError;
pub(crate) use show::ShowError;

/// Runs a command and gives its exit code.
pub(crate) fn run(ctx: &Context<'_>, command: &Command) -> Result<Exit, Failure> {
    match command {
        Command::Init(args) => init::run(ctx, args),
        Command::Validate(args) => validate::run(ctx, *args),
        Command::Plan(args) => plan::run(ctx, args),
        Command::Apply(args) => apply::run(ctx, args),
        Command::Drift => drift::run(ctx),
        Command::Show(args) => show::run(ctx, args),
        Command::Diff(args) => diff::run(ctx, args),
        Command::Export(args) => export::run(ctx, args),
        Command::Audit(AuditCommand::Log(args)) => audit::log(ctx, args),
        Command::Audit(AuditCommand::Verify(args)) => audit::verify(ctx, args),
        Command::Audit(AuditCommand::Head) => audit::head(ctx),
        Command::Store(StoreCommand::Status) => status::run(ctx),
        Command::Explain(args) => explain::run(ctx, args),
        Command::Graph(args) => graph::run(ctx, args),
        Command::Schema(args) => schema::run(ctx, args),
        Command::Completions(args) => completions::completions(ctx, args),
        Command::Man(args) => completions::man(ctx, args),
    }
}

/// The command line asks for something that does not exist.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UsageError {
    /// There is a question and nobody to answer it.
    #[error("nobody can be asked whether to apply, because there is no terminal or `--no-input` was given")]
    NeedsYes,
    /// A resource's address that can be none.
    #[error("`{text}` is no address of a resource")]
    Address {
        /// As given.
        text: String,
        /// The rule.
        #[source]
        source: InvalidName,
    },
    /// A workspace's name that can be none.
    #[error("`{text}` is no name of a workspace")]
    Workspace {
        /// As given.
        text: String,
        /// The rule.
        #[source]
        source: InvalidName,
    },
    /// A folder whose name is none for a workspace.
    #[error("the workspace cannot be called after the folder `{text}`")]
    FolderName {
        /// The folder.
        text: String,
        /// The rule.
        #[source]
        source: InvalidName,
    },
    /// Nothing says which workspace is meant.
    #[error("it is not clear which workspace is meant{}", among(names))]
    WhichWorkspace {
        /// Those that own resources in the store.
        names: Vec<WorkspaceName>,
    },
    /// A page of a command that is not there.
    #[error("there is no command `{text}`")]
    NoCommand {
        /// As given.
        text: String,
    },
    /// A store's URL that can be none. The URL may hold a password and is not shown.
    #[error("{place} names no store")]
    StoreUrl {
        /// Where it stands.
        place: &'static str,
        /// The rule.
        #[source]
        source: InvalidStoreUrl,
    },
    /// An environment that the project does not name.
    #[error("there is no environment `{name}`{}", instead(near.as_deref(), names))]
    Environment {
        /// As given.
        name: String,
        /// The nearest name.
        near: Option<String>,
        /// All that there are.
        names: Vec<String>,
    },
    /// The project has environments, none is named, and without one it says nothing of a store.
    #[error("no environment is named, and `deskform.toml` has a store for {} alone", listed(names.iter().map(String::as_str)))]
    WhichEnvironment {
        /// Those that there are.
        names: Vec<String>,
    },
    /// Nothing to compare.
    #[error("no environment is named to compare")]
    NothingToCompare,
    /// A day that can be none.
    #[error("{place} `{text}` is no day")]
    Day {
        /// Where it stands.
        place: &'static str,
        /// As given.
        text: String,
    },
    /// A filter's value that can be none.
    #[error("`{flag} {text}`: {rule}")]
    Filter {
        /// The flag.
        flag: &'static str,
        /// As given.
        text: String,
        /// What it must be.
        rule: &'static str,
    },
    /// A code that no rule has.
    #[error("there is no rule `{text}`{}", near.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
    Rule {
        /// As given.
        text: String,
        /// The nearest code.
        near: Option<String>,
    },
    /// A resource that is not in the graph.
    #[error("there is no `{address}` to draw")]
    NotInGraph {
        /// The resource.
        address: Address,
    },
    /// `--expect` with something that is no plan id.
    #[error("`--expect` takes a plan id: `sha256:` and 64 hexadecimal digits")]
    Expect,
}

/// What may be meant in place of a name that there is not.
fn instead(near: Option<&str>, names: &[String]) -> String {
    match near {
        Some(near) => format!("; did you mean `{near}`?"),
        None if names.is_empty() => String::new(),
        None => format!("; there are {}", listed(names.iter().map(String::as_str))),
    }
}

fn among(names: &[WorkspaceName]) -> String {
    if names.is_empty() {
        return String::new();
    }
    format!("; the store has {}", listed(names.iter().map(WorkspaceName::as_str)))
}

impl UsageError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NeedsYes => Some("Review the plan, then pass `--yes` to apply without a question."),
            Self::Address { .. } => Some("Write an address such as `brand.acme`."),
            Self::Workspace { .. } => Some("Write a name such as `acme-support`."),
            Self::FolderName { .. } => Some("Name the workspace with `--name`, such as `--name acme-support`."),
            Self::WhichWorkspace { .. } => Some("Name it with `--workspace`, or go to its config repo."),
            Self::NoCommand { .. } => Some("List the commands with `deskform --help`."),
            Self::StoreUrl { .. } => Some("Write a URL such as `sqlite://live.db`."),
            Self::Rule { .. } => Some("List all rules with `deskform explain`."),
            Self::NotInGraph { .. } => {
                Some("Name a resource that is declared, or with `--live` one that is in the store.")
            }
            Self::Environment { names, .. } if names.is_empty() => {
                Some("Leave `--env` and DESKFORM_ENV out: the project has no environments.")
            }
            Self::Environment { .. } => Some("Name a table `[env.NAME]` of `deskform.toml`."),
            Self::WhichEnvironment { .. } => Some("Name one with `--env NAME`, or a store with `--store`."),
            Self::NothingToCompare => Some("Name two with `--env A --env B`, or one to compare it with the project."),
            Self::Day { .. } => Some("Write a date such as 2027-03-31."),
            Self::Filter { .. } | Self::Expect => None,
        }
    }
}

/// Leaves what a command has built to the end of the process, which comes next: taking ten thousand resources apart takes long
/// enough to be noticed, and nobody needs it.
fn leave<T>(built: T) {
    std::mem::forget(built);
}

/// Runs what needs the store.
fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Runtime)?;
    runtime.block_on(work)
}
