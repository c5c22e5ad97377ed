//! The commit of the config repo, read from the files of its git repository; and, by asking git, whether it tells all.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use super::files::read_at_most;
use crate::machine::Machine;

/// What git says of a config repo.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct GitCommit {
    /// The commit.
    pub(crate) id: Option<String>,
    /// True if a manifest that was read, or a file that git knows, is not as in that commit; `None` without git.
    pub(crate) dirty: Option<bool>,
}

impl GitCommit {
    /// Looks at the repository round a config repo of which these files were read. None is no error, nor is no git.
    pub(crate) fn of(machine: &Machine, root: &Path, files: &[String]) -> Self {
        let id = git_commit(root);
        let dirty = id.as_ref().and_then(|_| dirty(machine, root, files));
        Self { id, dirty }
    }
}

fn dirty(machine: &Machine, root: &Path, files: &[String]) -> Option<bool> {
    // Files that git ignores are manifests, too: what counts is what was read.
    let known = ask(machine, root, &["ls-files", "-z", "--", ":(glob)**/*.toml"])?;
    let known: BTreeSet<&[u8]> = known.split(|byte| *byte == 0).collect();
    if files.iter().any(|file| !known.contains(file.as_bytes())) {
        return Some(true);
    }
    let status = ["status", "--porcelain", "-z", "--untracked-files=no", "--ignore-submodules=all", "--", "."];
    Some(!ask(machine, root, &status)?.is_empty())
}

/// Runs git so that nothing in the environment or in the repository makes it write, ask, fetch or run another program; git
/// itself refuses a repository that belongs to somebody else.
fn ask(machine: &Machine, root: &Path, args: &[&str]) -> Option<Vec<u8>> {
    const SETTINGS: [&str; 4] =
        ["core.fsmonitor=false", "core.hooksPath=/dev/null", "core.untrackedCache=false", "protocol.allow=never"];
    let mut git = Command::new("git");
    git.env_clear().stdin(Stdio::null()).stderr(Stdio::null()).arg("--no-pager").arg("-C").arg(root);
    for name in ["PATH", "HOME", "XDG_CONFIG_HOME"] {
        git.envs(machine.var(name).map(|value| (name, value)));
    }
    git.envs([("GIT_OPTIONAL_LOCKS", "0"), ("GIT_TERMINAL_PROMPT", "0"), ("GIT_NO_LAZY_FETCH", "1"), ("LC_ALL", "C")]);
    for setting in SETTINGS {
        git.args(["-c", setting]);
    }
    let output = git.args(args).output().ok()?;
    output.status.success().then_some(output.stdout)
}

/// The commit that the config repo is at, as far as plain files say: `HEAD`, loose and packed references.
pub(super) fn git_commit(root: &Path) -> Option<String> {
    let git = root.ancestors().map(|dir| dir.join(".git")).find(|git| git.symlink_metadata().is_ok())?;
    let git = if git.is_dir() { git } else { linked(&git)? };
    let head = small(&git.join("HEAD"))?;
    let Some(reference) = head.strip_prefix("ref: ") else { return commit_id(&head) };
    let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    if !reference.starts_with("refs/") || !Path::new(reference).components().all(plain) {
        return None;
    }
    // A linked work tree keeps its HEAD for itself and its branches with the others.
    let common = small(&git.join("commondir")).map_or_else(|| git.clone(), |common| git.join(common));
    let loose = [&git, &common].into_iter().find_map(|dir| commit_id(&small(&dir.join(reference))?));
    loose.or_else(|| packed(&common, reference))
}

fn linked(file: &Path) -> Option<PathBuf> {
    let text = small(file)?;
    Some(file.parent()?.join(text.strip_prefix("gitdir: ")?))
}

fn packed(git: &Path, reference: &str) -> Option<String> {
    let text = String::from_utf8(read_at_most(&git.join("packed-refs"), 16 * 1024 * 1024).ok()?).ok()?;
    text.lines().find_map(|line| commit_id(line.strip_suffix(reference)?.strip_suffix(' ')?))
}

fn small(path: &Path) -> Option<String> {
    let text = String::from_utf8(read_at_most(path, 4096).ok()?).ok()?;
    Some(text.trim_end().to_owned())
}

fn commit_id(text: &str) -> Option<String> {
    let hex = matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    hex.then(|| text.to_owned())
}
