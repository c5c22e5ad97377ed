//! What the machine says: arguments, environment, clock, random bytes, terminal. Nothing else in the crate asks it.
#![expect(clippy::disallowed_methods, reason = "the command line is where the environment and the clock are read")]

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use deskform_apply::Claimed;
use jiff::Timestamp;

use crate::args::Colour;

mod pipeline;

/// A snapshot of the process's surroundings, and the handles that stay open.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) args: Vec<OsString>,
    env: BTreeMap<OsString, OsString>,
    cwd: Option<PathBuf>,
    stdin_is_terminal: bool,
    stdout_is_terminal: bool,
    stderr_is_terminal: bool,
}

/// The system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random bytes")]
pub(crate) struct NoRandomBytes(#[source] getrandom::Error);

/// The two streams that text goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Out,
    Err,
}

impl Machine {
    /// The real one.
    pub(crate) fn real() -> Self {
        Self {
            args: std::env::args_os().collect(),
            env: std::env::vars_os().collect(),
            cwd: std::env::current_dir().ok(),
            stdin_is_terminal: std::io::stdin().is_terminal(),
            stdout_is_terminal: std::io::stdout().is_terminal(),
            stderr_is_terminal: std::io::stderr().is_terminal(),
        }
    }

    /// A variable that is set and not empty.
    pub(crate) fn var(&self, name: &str) -> Option<String> {
        let value = self.env.get(OsStr::new(name))?;
        (!value.is_empty()).then(|| value.to_string_lossy().into_owned())
    }

    /// The folder that relative paths start from.
    pub(crate) fn cwd(&self) -> &Path {
        self.cwd.as_deref().unwrap_or(Path::new("."))
    }

    /// The time now.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    /// The day now in UTC, as `YYYY-MM-DD`.
    pub(crate) fn today(&self) -> String {
        self.now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
    }

    /// The time now as RFC 3339 in UTC with milliseconds.
    pub(crate) fn now_text(&self) -> String {
        format!("{:.3}", self.now())
    }

    /// Fresh random bytes.
    pub(crate) fn random<const N: usize>(&self) -> Result<[u8; N], NoRandomBytes> {
        let mut bytes = [0; N];
        getrandom::fill(&mut bytes).map_err(NoRandomBytes)?;
        Ok(bytes)
    }

    /// So many times 32 fresh random bytes.
    pub(crate) fn salts(&self, count: usize) -> Result<Vec<[u8; 32]>, NoRandomBytes> {
        let mut bytes = vec![0; count * 32];
        getrandom::fill(&mut bytes).map_err(NoRandomBytes)?;
        Ok(bytes.chunks_exact(32).map(|chunk| std::array::from_fn(|at| chunk[at])).collect())
    }

    /// The number of this process.
    pub(crate) fn process(&self) -> u32 {
        std::process::id()
    }

    /// Who runs it, as far as the client can say.
    pub(crate) fn claimed(&self, actor: Option<&str>) -> Claimed {
        let given = actor.map(str::to_owned).filter(|name| !name.trim().is_empty());
        let pipeline::Found { system, actor, page: _, pipeline } = self.pipeline();
        Claimed {
            actor: given.or(actor).unwrap_or_else(|| self.user()),
            address: self.var("SSH_CONNECTION").and_then(|text| first_word_as_address(&text)),
            ci: system.map(str::to_owned),
            host: Some(self.host()),
            pipeline,
        }
    }

    /// The page of the pipeline's run, where this is one.
    pub(crate) fn ci_run(&self) -> Option<String> {
        self.pipeline().page
    }

    fn pipeline(&self) -> pipeline::Found {
        pipeline::find(&|name| self.var(name))
    }

    fn user(&self) -> String {
        self.var("USER")
            .or_else(|| self.var("LOGNAME"))
            .unwrap_or_else(|| uid().unwrap_or_else(|| "unknown".to_owned()))
    }

    /// The name of the machine.
    pub(crate) fn host(&self) -> String {
        let file = std::fs::read_to_string("/etc/hostname").ok();
        let file = file.and_then(|text| text.lines().next().map(|line| line.trim().to_owned()));
        file.filter(|name| !name.is_empty()).or_else(|| self.var("HOSTNAME")).unwrap_or_else(|| "unknown".to_owned())
    }

    /// True if somebody can answer a question.
    pub(crate) fn can_ask(&self) -> bool {
        self.stdin_is_terminal
    }

    /// Reads the answer to a question that was already shown. Anything but `y` or `yes` is a no.
    pub(crate) fn answer(&self) -> bool {
        let mut line = String::new();
        let read = std::io::stdin().lock().take(1024).read_line(&mut line);
        read.is_ok() && matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes")
    }

    /// True if a stream takes colours.
    pub(crate) fn coloured(&self, stream: Stream, choice: Colour) -> bool {
        let terminal = match stream {
            Stream::Out => self.stdout_is_terminal,
            Stream::Err => self.stderr_is_terminal,
        };
        let set = |name: &str| self.var(name).is_some_and(|value| value != "0");
        match choice {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto if self.var("NO_COLOR").is_some() => false,
            Colour::Auto if set("CLICOLOR_FORCE") || set("FORCE_COLOR") => true,
            Colour::Auto if self.var("CLICOLOR").is_some_and(|value| value == "0") => false,
            Colour::Auto => terminal && self.var("TERM").is_none_or(|term| term != "dumb"),
        }
    }
}

/// Writes to a stream; a reader that went away is no error.
pub(crate) fn write(stream: Stream, bytes: &[u8]) -> std::io::Result<()> {
    let written = match stream {
        Stream::Out => write_all(std::io::stdout().lock(), bytes),
        Stream::Err => write_all(std::io::stderr().lock(), bytes),
    };
    match written {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

fn write_all(mut stream: impl Write, bytes: &[u8]) -> std::io::Result<()> {
    stream.write_all(bytes)?;
    stream.flush()
}

fn first_word_as_address(text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?;
    word.parse::<std::net::IpAddr>().ok().map(|address| address.to_string())
}

#[cfg(unix)]
fn uid() -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let facts = std::fs::metadata("/proc/self").ok()?;
    Some(format!("uid {}", facts.uid()))
}

#[cfg(not(unix))]
fn uid() -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(vars: &[(&str, &str)]) -> Machine {
        Machine {
            args: Vec::new(),
            env: vars.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect(),
            cwd: None,
            stdin_is_terminal: false,
            stdout_is_terminal: true,
            stderr_is_terminal: false,
        }
    }

    #[test]
    fn colours_follow_the_flag_then_the_environment_then_the_terminal() {
        for (vars, choice, expected) in [
            (&[("NO_COLOR", "1")][..], Colour::Always, true),
            (&[("CLICOLOR_FORCE", "1")], Colour::Never, false),
            (&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], Colour::Auto, false),
            (&[("NO_COLOR", "")], Colour::Auto, true),
            (&[("CLICOLOR", "0")], Colour::Auto, false),
            (&[("TERM", "dumb")], Colour::Auto, false),
            (&[], Colour::Auto, true),
        ] {
            assert_eq!(machine(vars).coloured(Stream::Out, choice), expected, "{vars:?} {choice:?}");
        }
        assert!(machine(&[("FORCE_COLOR", "1")]).coloured(Stream::Err, Colour::Auto));
        assert!(!machine(&[]).coloured(Stream::Err, Colour::Auto));
    }

    #[test]
    fn the_actor_is_the_one_given_or_the_user_of_the_system() {
        let vars = [("USER", "suzuki"), ("SSH_CONNECTION", "203.0.113.9 50000 10.0.0.1 22"), ("GITLAB_CI", "true")];
        let claimed = machine(&vars).claimed(None);
        assert_eq!(claimed.actor, "suzuki");
        assert_eq!(claimed.address.as_deref(), Some("203.0.113.9"));
        assert_eq!(claimed.ci.as_deref(), Some("gitlab_ci"));
        assert_eq!(machine(&vars).claimed(Some("tanaka")).actor, "tanaka");
        let by_pipeline = [("USER", "runner"), ("GITLAB_CI", "true"), ("GITLAB_USER_LOGIN", "suzuki")];
        assert_eq!(machine(&by_pipeline).claimed(None).actor, "suzuki");
        assert_eq!(machine(&by_pipeline).claimed(Some("tanaka")).actor, "tanaka");
        assert_eq!(machine(&[("SSH_CONNECTION", "\u{1b}[2J 1")]).claimed(Some("x")).address, None);
    }
}
