//! A folder of its own, in which the built binary runs with nothing of this machine around it.
#![expect(clippy::disallowed_methods, reason = "what drives the binary reads and writes files and finds the binary")]

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::TempDir;

/// The user that every run of a sandbox has.
pub const USER: &str = "suzuki";

/// The user that owns nothing.
const NOBODY: u32 = 65_534;

/// A folder that goes away with it, and an environment that is the same everywhere.
#[derive(Debug)]
pub struct Sandbox {
    folder: TempDir,
    /// True if runs are not to be a superuser's.
    powerless: AtomicBool,
    env: BTreeMap<String, String>,
}

/// What a run left.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Ran {
    /// What it wrote to stdout.
    pub stdout: String,
    /// What it wrote to stderr.
    pub stderr: String,
    /// Its exit code; `None` if a signal ended it.
    pub code: Option<i32>,
}

impl Ran {
    /// Gives itself back if the exit code is the one expected, and shows everything otherwise.
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Stdout as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).expect("stdout is JSON")
    }
}

impl Sandbox {
    /// An empty folder.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("deskform-").tempdir().expect("a folder for temporary files");
        let home = folder.path().join("home");
        let env = [
            ("HOME", home.to_str().unwrap_or("/nonexistent")),
            ("USER", USER),
            ("HOSTNAME", "desk"),
            ("TZ", "UTC"),
            ("LANG", "C.UTF-8"),
            ("COLUMNS", "100"),
            ("DESKFORM_AS_OF", "2026-12-01"),
        ];
        let env = env.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Self { folder, powerless: AtomicBool::new(false), env }
    }

    /// An empty folder and a copy of an example of this repository in it.
    pub fn of_example(name: &str) -> Self {
        let sandbox = Self::new();
        sandbox.copy(&repository().join("examples").join(name), "");
        sandbox
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Sets a variable for all runs that follow.
    pub fn set(&mut self, name: &str, value: &str) {
        self.env.insert(name.to_owned(), value.to_owned());
    }

    /// Runs the binary to its end.
    pub fn deskform<S: AsRef<str>>(&self, args: &[S]) -> Ran {
        self.run_with(&[], args)
    }

    /// Runs the binary to its end, with further variables.
    pub fn run_with<S: AsRef<str>>(&self, env: &[(String, String)], args: &[S]) -> Ran {
        let output = self.command(env, args).output().expect("the built binary can be run");
        Ran {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code(),
        }
    }

    /// Starts the binary.
    pub fn spawn<S: AsRef<str>>(&self, args: &[S]) -> Child {
        let mut command = self.command(&[], args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the built binary can be run")
    }

    /// Runs another program to its end, with the built binary first on the PATH.
    pub fn program<S: AsRef<str>>(&self, env: &[(&str, &str)], program: &str, args: &[S]) -> Ran {
        let folder = binary().parent().expect("the binary stands in a folder").display().to_string();
        let mut command = Command::new(program);
        command.args(args.iter().map(AsRef::as_ref)).current_dir(self.path()).env_clear().envs(&self.env);
        command.env("PATH", format!("{folder}:/usr/local/bin:/usr/bin:/bin")).envs(env.iter().copied());
        let output = command.stdin(Stdio::null()).output().expect("the program is there: tests/run installs it");
        Ran {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code(),
        }
    }

    fn command<S: AsRef<str>>(&self, env: &[(String, String)], args: &[S]) -> Command {
        let mut command = Command::new(binary());
        command.args(args.iter().map(AsRef::as_ref)).current_dir(self.path()).env_clear();
        if self.powerless.load(Ordering::Relaxed) && std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
            command.uid(NOBODY).gid(NOBODY);
        }
        command.envs(&self.env).envs(env.iter().cloned()).stdin(Stdio::null());
        command
    }

    /// Writes a file, and the folders that it stands in.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.inside(path);
        std::fs::create_dir_all(path.parent().unwrap_or(self.path())).expect("a folder can be made in the sandbox");
        std::fs::write(path, text).expect("a file can be written in the sandbox");
    }

    /// Writes a file that may be no text.
    pub fn write_bytes(&self, path: &str, bytes: &[u8]) {
        self.write(path, "");
        std::fs::write(self.inside(path), bytes).expect("a file can be written in the sandbox");
    }

    /// Makes a folder.
    pub fn folder(&self, path: &str) {
        std::fs::create_dir_all(self.inside(path)).expect("a folder can be made in the sandbox");
    }

    /// Makes a symbolic link; its target is as written.
    pub fn link(&self, target: &str, path: &str) {
        std::os::unix::fs::symlink(target, self.inside(path)).expect("a link can be made in the sandbox");
    }

    /// Makes a pipe that nobody writes to.
    pub fn fifo(&self, path: &str) {
        let made = Command::new("mkfifo").arg(self.inside(path)).status();
        assert!(made.is_ok_and(|status| status.success()), "a pipe can be made in the sandbox");
    }

    /// Makes a socket that nobody listens at any more.
    pub fn socket(&self, path: &str) {
        std::os::unix::net::UnixListener::bind(self.inside(path)).expect("a socket can be made in the sandbox");
    }

    /// Takes all rights on a file or folder away, and lets the runs that follow be those of nobody: to a superuser
    /// everything is readable.
    pub fn unreadable(&self, path: &str) {
        let rights = |path: &Path, mode| {
            let rights = std::os::unix::fs::PermissionsExt::from_mode(mode);
            std::fs::set_permissions(path, rights).expect("rights can be changed in the sandbox");
        };
        rights(&self.inside(path), 0o000);
        rights(self.path(), 0o755);
        self.powerless.store(true, Ordering::Relaxed);
    }

    /// Reads a file.
    pub fn read(&self, path: &str) -> String {
        let bytes = std::fs::read(self.inside(path)).expect("the file is in the sandbox");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Replaces a text that stands in a file exactly once.
    pub fn replace(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert_eq!(text.matches(old).count(), 1, "`{old}` stands exactly once in {path}");
        self.write(path, &text.replace(old, new));
    }

    /// Takes a file or a folder away.
    pub fn delete(&self, path: &str) {
        let path = self.inside(path);
        let gone = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        gone.expect("what is deleted is there");
    }

    /// Copies a folder, its files and folders, to a place in the sandbox.
    pub fn copy(&self, from: &Path, to: &str) {
        let target = self.inside(to);
        std::fs::create_dir_all(&target).expect("a folder can be made in the sandbox");
        for entry in std::fs::read_dir(from).expect("the folder to copy is there") {
            let entry = entry.expect("the folder can be listed");
            let name = entry.file_name().to_string_lossy().into_owned();
            let to = if to.is_empty() { name } else { format!("{to}/{name}") };
            if entry.path().is_dir() {
                self.copy(&entry.path(), &to);
            } else {
                std::fs::copy(entry.path(), self.inside(&to)).expect("a file can be copied into the sandbox");
            }
        }
    }

    /// A place in the sandbox.
    pub fn inside(&self, path: &str) -> PathBuf {
        assert!(!path.starts_with('/') && !path.contains(".."), "`{path}` stays in the sandbox");
        self.path().join(path)
    }

    /// Opens a store as anybody could, with SQL.
    pub fn sql(&self, path: &str) -> rusqlite::Connection {
        let database = rusqlite::Connection::open(self.inside(path)).expect("the store can be opened");
        database.busy_timeout(std::time::Duration::from_secs(30)).expect("a timeout can be set");
        database
    }
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

/// The binary of the profile that the running executable was built in.
pub fn binary() -> PathBuf {
    let own = std::env::current_exe().expect("an executable knows its place");
    let mut folder = own.parent().expect("an executable stands in a folder");
    if folder.ends_with("deps") {
        folder = folder.parent().expect("`deps` stands in the folder of its profile");
    }
    let binary = folder.join("deskform");
    assert!(binary.is_file(), "{} is not there: run `cargo build -p deskform` first", binary.display());
    binary
}

/// The root of this repository.
pub fn repository() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the package stands in the repository").to_owned()
}
