//! The command line as data.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Args as ClapArgs, CommandFactory as _, Parser, Subcommand, ValueEnum};

/// Keeps the configuration of a customer-support operation in git.
#[derive(Debug, Parser)]
#[command(name = "deskform", version, disable_help_subcommand = true, after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 failed, 2 differences, 3 refused, 4 store not reachable, 5 integrity, \
     6 locked, 7 outcome unknown, 64 usage, 70 a bug in deskform.";

/// What every command takes.
#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct Global {
    /// The folder of `deskform.toml`, or one below it
    #[arg(short = 'C', long, global = true, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) project: Option<PathBuf>,
    /// The live store, such as `sqlite://live.db` (relative to the current directory); wins over DESKFORM_STORE_URL
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) store: Option<String>,
    /// The environment of `deskform.toml`; wins over DESKFORM_ENV; for `diff` it may be given twice
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) env: Vec<String>,
    /// The format on stdout
    #[arg(long, global = true, value_enum, default_value = "human", value_name = "FORMAT")]
    pub(crate) format: Format,
    /// Also write the result to a file; may be repeated
    #[arg(long, global = true, value_name = "FORMAT=PATH", value_parser = output)]
    pub(crate) output: Vec<Output>,
    /// The day on which `[lint]` is judged, such as 2027-03-31; wins over DESKFORM_AS_OF; today in UTC without either
    #[arg(long, global = true, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// Ask nothing; a question becomes an error
    #[arg(long, global = true)]
    pub(crate) no_input: bool,
    /// Colours
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "WHEN")]
    pub(crate) color: Colour,
}

/// The format of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people; may change any time
    Human,
    /// One versioned document
    Json,
    /// For a comment on a pull request; may change any time
    Markdown,
    /// For Graphviz; of `graph` alone
    Dot,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, if the environment does not say otherwise
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// A result file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Output {
    /// The format.
    pub(crate) format: Format,
    /// The path.
    pub(crate) path: PathBuf,
}

/// A command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start a config repo: a folder of commented manifests that are valid as they are
    Init(InitArgs),
    /// Read the manifests and report everything that is wrong
    Validate(Strictness),
    /// Show what apply would change
    Plan(PlanArgs),
    /// Make the live store what the manifests say, in one transaction
    Apply(ApplyArgs),
    /// Show what somebody changed outside deskform
    Drift,
    /// List the resources of the live store, or show one
    Show(ShowArgs),
    /// Show what differs between two environments as declared, or between one and the project without it
    Diff(DiffArgs),
    /// Write what the live store holds as manifests
    Export(ExportArgs),
    /// Read and verify the audit log
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Look at the live store
    #[command(subcommand)]
    Store(StoreCommand),
    /// Explain a rule by its code, with examples; without a code, list all rules
    Explain(ExplainArgs),
    /// Show which resource refers to which, as a tree or for Graphviz
    Graph(GraphArgs),
    /// Write the JSON Schemas of manifests, overlays, project, plan file and audit entry
    Schema(SchemaArgs),
    /// Write a script that completes commands and options in a shell
    Completions(CompletionsArgs),
    /// Write the manual page of a command, or of all commands into a folder
    Man(ManArgs),
}

/// `init`.
#[derive(Debug, ClapArgs)]
pub(crate) struct InitArgs {
    /// The folder; the current one if not given
    #[arg(value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) dir: Option<PathBuf>,
    /// The name of the workspace; that of the folder if not given
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
}

/// `export`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ExportArgs {
    /// Resources, such as `brand.acme`; all of the workspace if not given
    #[arg(value_name = "ADDRESS")]
    pub(crate) addresses: Vec<String>,
    /// Write files into this folder, and never over one that is there; without it, manifests go to stdout
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) out: Option<PathBuf>,
    /// The workspace; that of the config repo if not given
    #[arg(long, value_name = "NAME")]
    pub(crate) workspace: Option<String>,
    /// What nobody owns, with the statements that take it over
    #[arg(long)]
    pub(crate) adopt: bool,
    /// What nobody owns, as it is
    #[arg(long, conflicts_with_all = ["adopt", "addresses"])]
    pub(crate) unmanaged: bool,
}

/// `completions`.
#[derive(Debug, ClapArgs)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

/// `man`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ManArgs {
    /// The command, such as `audit log`; deskform as a whole if not given
    #[arg(value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
    /// Write the pages of all commands into this folder
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath, conflicts_with = "command")]
    pub(crate) out: Option<PathBuf>,
}

/// What `validate`, `plan` and `apply` let pass.
#[derive(Debug, Clone, Copy, ClapArgs)]
pub(crate) struct Strictness {
    /// Fail where there are warnings or advice that no waiver covers
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) deny: Option<Denied>,
}

/// What is taken for an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Denied {
    /// Warnings and advice
    Warnings,
}

/// `plan`.
#[derive(Debug, ClapArgs)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) strictness: Strictness,
    /// Write the plan file, for `deskform apply FILE`
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
    /// Show every change of a large plan
    #[arg(long)]
    pub(crate) full: bool,
    /// Exit with 2 if there is anything to apply
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
}

/// `apply`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ApplyArgs {
    #[command(flatten)]
    pub(crate) strictness: Strictness,
    /// A plan file of `deskform plan --out`; without one, plan, show and ask
    #[arg(value_name = "PLANFILE", value_hint = clap::ValueHint::FilePath)]
    pub(crate) plan: Option<PathBuf>,
    /// Show every change of a large plan
    #[arg(long)]
    pub(crate) full: bool,
    /// Apply without asking
    #[arg(long)]
    pub(crate) yes: bool,
    /// Lift the guards over deletes for at most N deletes
    #[arg(long, value_name = "N")]
    pub(crate) allow_deletes: Option<u64>,
    /// Why, for the audit log
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Apply only if the plan has this id
    #[arg(long, value_name = "ID")]
    pub(crate) expect: Option<String>,
    /// Carry all of it out and take it back: what would be refused is refused, and nothing is changed
    #[arg(long)]
    pub(crate) rehearse: bool,
    /// How long to wait for another apply: 30s, and 2s for `--rehearse`, if not given
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) lock_timeout: Option<Duration>,
    /// Create the store if it is not there
    #[arg(long)]
    pub(crate) create_store: bool,
    /// Who applies, for the audit log; the user of the system if not given
    #[arg(long, value_name = "NAME")]
    pub(crate) actor: Option<String>,
}

/// `show`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ShowArgs {
    /// A resource, such as `brand.acme`
    pub(crate) address: Option<String>,
    /// Show what is declared, each value with the file and line that says it
    #[arg(long, requires = "address")]
    pub(crate) origin: bool,
}

/// `diff`.
#[derive(Debug, ClapArgs)]
pub(crate) struct DiffArgs {
    /// Exit with 2 if there is any difference
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
}

/// `audit`.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// List entries
    Log(LogArgs),
    /// Check that the log is whole and that it explains every row
    Verify(VerifyArgs),
    /// Print the end of each log, to be kept outside of the store
    Head,
}

/// `audit verify`.
#[derive(Debug, Clone, Default, ClapArgs)]
pub(crate) struct VerifyArgs {
    /// What `audit head` printed once, or a file with it: the log must still hold it
    #[arg(long, value_name = "HEAD|FILE")]
    pub(crate) against: Option<String>,
}

/// `audit log`.
#[derive(Debug, Clone, Default, ClapArgs)]
pub(crate) struct LogArgs {
    /// Entries of this resource, such as `brand.acme`
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) resource: Option<String>,
    /// Entries of this person or process
    #[arg(long, value_name = "NAME")]
    pub(crate) actor: Option<String>,
    /// Entries from an address or a range
    #[arg(long, value_name = "CIDR")]
    pub(crate) from_ip: Option<String>,
    /// Entries of a category: account, user, application, rule, other
    #[arg(long, value_name = "CATEGORY")]
    pub(crate) category: Option<String>,
    /// Entries with an event, such as `hours.changed`
    #[arg(long, value_name = "EVENT")]
    pub(crate) event: Option<String>,
    /// Entries of a run, by its number or plan id
    #[arg(long, value_name = "N|PLANID")]
    pub(crate) run: Option<String>,
    /// Entries since a time, such as `2026-11-01` or `7d`
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Entries before a time
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
}

/// `store`.
#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Say what the store is and what it holds
    Status,
}

/// `explain`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ExplainArgs {
    /// The code, such as `BR018`
    pub(crate) code: Option<String>,
}

/// `graph`.
#[derive(Debug, ClapArgs)]
pub(crate) struct GraphArgs {
    /// A resource, such as `brand.acme`: only what it refers to and what refers to it
    pub(crate) address: Option<String>,
    /// Draw the live store, and not what is declared
    #[arg(long)]
    pub(crate) live: bool,
}

/// `schema`.
#[derive(Debug, ClapArgs)]
pub(crate) struct SchemaArgs {
    /// Write the schemas into this folder
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) out: Option<PathBuf>,
}

/// Reads the command line.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Args, clap::Error> {
    let args = Args::try_parse_from(args)?;
    let mut formats = args.global.output.iter().map(|output| output.format).chain([args.global.format]);
    if formats.any(|format| format == Format::Dot) && !matches!(args.command, Command::Graph(_)) {
        return Err(Args::command().error(ErrorKind::InvalidValue, "the format `dot` goes with `graph` alone"));
    }
    let environments = if matches!(args.command, Command::Diff(_)) { 2 } else { 1 };
    if args.global.env.len() > environments {
        let message =
            format!("`--env` is given {} times, and this command is about {environments}", args.global.env.len());
        return Err(Args::command().error(ErrorKind::TooManyValues, message));
    }
    Ok(args)
}

impl Command {
    /// The command's name, for JSON.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Init(_) => "init",
            Self::Validate(_) => "validate",
            Self::Plan(_) => "plan",
            Self::Apply(_) => "apply",
            Self::Drift => "drift",
            Self::Show(_) => "show",
            Self::Diff(_) => "diff",
            Self::Export(_) => "export",
            Self::Audit(AuditCommand::Log(_)) => "audit log",
            Self::Audit(AuditCommand::Verify(_)) => "audit verify",
            Self::Audit(AuditCommand::Head) => "audit head",
            Self::Store(StoreCommand::Status) => "store status",
            Self::Explain(_) => "explain",
            Self::Graph(_) => "graph",
            Self::Schema(_) => "schema",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
        }
    }
}

fn output(text: &str) -> Result<Output, String> {
    let (format, path) = text.split_once('=').ok_or("it is not FORMAT=PATH")?;
    let format = Format::from_str(format, false).map_err(|_| "the format is none of human, json, markdown, dot")?;
    if path.is_empty() {
        return Err("the path is empty".to_owned());
    }
    Ok(Output { format, path: PathBuf::from(path) })
}

fn duration(text: &str) -> Result<Duration, String> {
    let rule = "it is no time such as `30s` or `2m`";
    let signed = match text.parse::<u32>() {
        Ok(seconds) => jiff::SignedDuration::from_secs(i64::from(seconds)),
        Err(_) => text.parse::<jiff::SignedDuration>().map_err(|_| rule.to_owned())?,
    };
    Duration::try_from(signed).map_err(|_| rule.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Args, clap::Error> {
        parse(line.split(' ').map(OsString::from))
    }

    #[test]
    fn the_definition_holds_together() {
        Args::command().debug_assert();
    }

    #[test]
    fn global_options_stand_before_and_after_the_command() {
        for line in ["deskform -C x --format json plan", "deskform plan -C x --format json"] {
            let args = read(line).expect("a legal command line");
            assert_eq!((args.global.project, args.global.format), (Some(PathBuf::from("x")), Format::Json));
        }
    }

    #[test]
    fn a_graph_alone_is_drawn() {
        assert!(read("deskform graph --format dot").is_ok());
        assert!(read("deskform graph --output dot=a.dot").is_ok());
        assert!(read("deskform plan --format dot").is_err());
        assert!(read("deskform plan --output dot=a.dot").is_err());
    }

    #[test]
    fn one_environment_is_meant_and_two_are_compared() {
        assert!(read("deskform plan --env staging").is_ok());
        assert!(read("deskform plan --env staging --env production").is_err());
        assert!(read("deskform diff --env staging --env production").is_ok());
        assert!(read("deskform diff --env a --env b --env c").is_err());
    }

    #[test]
    fn times_are_read_with_and_without_a_unit() {
        for (text, seconds) in [("30s", 30), ("30", 30), ("2m", 120), ("0", 0)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        assert!(duration("-1s").is_err());
        assert!(duration("soon").is_err());
    }

    #[test]
    fn an_output_names_a_format_and_a_path() {
        assert_eq!(output("json=a=b.json"), Ok(Output { format: Format::Json, path: PathBuf::from("a=b.json") }));
        assert!(output("json").is_err());
        assert!(output("xml=a").is_err());
        assert!(output("json=").is_err());
    }
}
