//! `completions` and `man`: what a shell and a reader of manuals know of the command line.

use std::path::Path;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;

use crate::args::{Args, CompletionsArgs, ManArgs};
use crate::commands::UsageError;
use crate::exit::{Exit, Failure};
use crate::output::{Context, OutputError, write_file};
use crate::render::manual::{ManualReport, TextReport};

/// The name of the program.
const PROGRAM: &str = "deskform";

pub(super) fn completions(ctx: &Context<'_>, args: &CompletionsArgs) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), PROGRAM, &mut script);
    ctx.publish(&TextReport { about: args.shell.to_string(), text: String::from_utf8_lossy(&script).into_owned() })?;
    Ok(Exit::Done)
}

pub(super) fn man(ctx: &Context<'_>, args: &ManArgs) -> Result<Exit, Failure> {
    let root = built();
    match &args.out {
        Some(folder) => {
            let pages = write_pages(&root, folder)?;
            ctx.publish(&ManualReport { folder: folder.display().to_string(), pages })?;
        }
        None => {
            let command = find(&root, &args.command)?;
            ctx.publish(&TextReport { about: page_name(command), text: page(command)? })?;
        }
    }
    Ok(Exit::Done)
}

/// The definition with all names in full.
fn built() -> Command {
    let mut root = Args::command().disable_help_subcommand(true);
    root.build();
    root
}

fn find<'c>(root: &'c Command, words: &[String]) -> Result<&'c Command, UsageError> {
    words.iter().try_fold(root, |command, word| {
        command.find_subcommand(word).ok_or_else(|| UsageError::NoCommand { text: words.join(" ") })
    })
}

fn write_pages(root: &Command, folder: &Path) -> Result<Vec<String>, Failure> {
    std::fs::create_dir_all(folder).map_err(|source| OutputError::File { path: folder.to_owned(), source })?;
    let mut pages = Vec::new();
    for command in all(root) {
        let name = format!("{}.1", page_name(command));
        write_file(&folder.join(&name), page(command)?.as_bytes())?;
        pages.push(name);
    }
    Ok(pages)
}

/// A command and all below it.
fn all(command: &Command) -> Vec<&Command> {
    let below = command.get_subcommands().filter(|command| !command.is_hide_set()).flat_map(all);
    std::iter::once(command).chain(below).collect()
}

/// `deskform-audit-log`.
fn page_name(command: &Command) -> String {
    command.get_bin_name().unwrap_or(PROGRAM).replace(' ', "-")
}

fn page(command: &Command) -> Result<String, OutputError> {
    let name = page_name(command);
    let program = format!("{PROGRAM} {}", env!("CARGO_PKG_VERSION"));
    let mut text = Vec::new();
    // A date that is left out would have its place taken by what follows.
    let man = Man::new(command.clone().display_name(&name)).title(name.to_uppercase()).date(" ").source(program);
    man.render(&mut text).map_err(OutputError::Stdout)?;
    let text = String::from_utf8_lossy(&text);
    Ok(text.lines().map(|line| format!("{}\n", line.trim_end())).collect())
}
