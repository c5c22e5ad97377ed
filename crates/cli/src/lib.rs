//! Files, environment, clock and terminal around the pure crates: arguments in, results and exit codes out.
//!
//! Decides nothing about configuration: manifests are read by `manifest`, changes planned by `plan`, entries made by `apply`,
//! and SQL spoken by `store`. Never prints text from a file or a store before it is inert (`text.rs`), never a value of a
//! field that may be secret (`mask.rs`). Read `commands/mod.rs` first, then `output.rs` and `exit.rs`.

mod args;
mod commands;
mod diagnostics;
mod exit;
mod machine;
mod mask;
mod output;
mod project;
mod render;
mod text;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::error::ErrorKind;
use serde_json::{Value, json};

use crate::args::Args;
use crate::exit::{Exit, Failure};
use crate::machine::{Machine, Stream, write};
use crate::output::Context;
use crate::render::Report;
use crate::render::markdown::{Markdown, fenced};
use crate::text::{Page, style};

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
        // The message of a panic may quote a value: only the place is shown.
        let text =
            format!("error: deskform has a bug and stopped{place}\n  = help: Report it together with the command.\n");
        let _ = write(Stream::Err, text.as_bytes());
    }));
    let machine = Machine::real();
    catch_unwind(AssertUnwindSafe(|| start(&machine))).unwrap_or(Exit::Bug).into()
}

fn start(machine: &Machine) -> Exit {
    let args = match args::parse(machine.args.iter().cloned()) {
        Ok(args) => args,
        Err(error) => return usage(&error),
    };
    let Args { global, command } = args;
    let registry = deskform_kinds::registry();
    let ctx = Context { machine, global: &global, registry: &registry, command: command.name() };
    commands::run(&ctx, &command).unwrap_or_else(|failure| fail(&ctx, &failure))
}

/// Help and version are results; everything else is wrong usage, and never clap's exit code 2.
fn usage(error: &clap::Error) -> Exit {
    let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let mut page = Page::new();
    page.lines(&error.render().to_string());
    let stream = if asked { Stream::Out } else { Stream::Err };
    let _ = write(stream, page.plain().as_bytes());
    if asked { Exit::Done } else { Exit::Usage }
}

fn fail(ctx: &Context<'_>, failure: &Failure) -> Exit {
    let mut page = Page::new();
    if let Some((findings, sources)) = failure.findings() {
        diagnostics::render(findings, sources, &mut page);
    }
    reason(failure, &mut page);
    ctx.say(&page);
    let on_stdout = matches!(ctx.global.format, args::Format::Json | args::Format::Markdown);
    let wanted = on_stdout || !ctx.global.output.is_empty();
    if wanted && !matches!(failure, Failure::Output(_)) {
        // Where not even this can be written there is nothing left to tell anybody.
        let _ = ctx.publish_rest(&Failed { command: ctx.command, failure });
    }
    failure.exit()
}

/// What went wrong, why, and what to do about it.
fn reason(failure: &Failure, page: &mut Page) {
    page.styled(style::RED, "error").text(": ").text(&failure.to_string()).end();
    for cause in causes(failure) {
        page.text("  caused by: ").text(&cause).end();
    }
    if let Some(hint) = failure.hint() {
        page.text("  = help: ").text(hint).end();
    }
}

fn causes(failure: &Failure) -> Vec<String> {
    let first = std::error::Error::source(failure);
    std::iter::successors(first, |error| error.source()).map(ToString::to_string).collect()
}

/// A failure as a result, for programs.
struct Failed<'a> {
    command: &'static str,
    failure: &'a Failure,
}

impl Report for Failed<'_> {
    fn human(&self, page: &mut Page) {
        page.text("error: ").text(&self.failure.to_string()).end();
    }

    /// On the screen it stands on stderr already.
    fn human_rest(&self, _: &mut Page) {}

    fn markdown(&self) -> Markdown {
        let exit = self.failure.exit();
        let mut page = Page::new();
        reason(self.failure, &mut page);
        if let Some((findings, sources)) = self.failure.findings() {
            page.end();
            // What does not fit goes from the end.
            let mut findings = findings.to_vec();
            findings.sort_by_key(|finding| finding.diagnostic.severity);
            diagnostics::render(&findings, sources, &mut page);
        }
        let heading = format!("**`deskform {}` failed: exit code {} ({}).**", self.command, exit.number(), exit.name());
        fenced(&heading, &page.plain())
    }

    fn json(&self) -> serde_json::Result<Value> {
        let exit = self.failure.exit();
        let findings = match self.failure.findings() {
            Some((findings, sources)) => serde_json::to_value(diagnostics::json(findings, sources))?,
            None => json!([]),
        };
        Ok(json!({
            "error": {
                "exit": exit.number(),
                "name": exit.name(),
                "message": self.failure.to_string(),
                "causes": causes(self.failure),
                "hint": self.failure.hint(),
            },
            "diagnostics": findings,
        }))
    }
}
