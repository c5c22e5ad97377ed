//! The config repo on disk: finding it, finding its manifests, reading them. What cannot be read is an error and never
//! taken for absent: absence deletes.

use std::ffi::OsStr;
use std::io;
use std::path::{Component, Path, PathBuf};

use deskform_model::{Code, Diagnostic, FileFact, FileProblem, Rule};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use ignore::{DirEntry, WalkBuilder};

use crate::diagnostics::Finding;

mod files;
mod git;
mod overlays;

pub(crate) use files::read_at_most;
use files::{digest, drain, encoding, open_found, open_plain, what};
pub(crate) use git::GitCommit;

/// The file that makes a folder a config repo.
pub(crate) const PROJECT_FILE: &str = "deskform.toml";

/// A file may have this many bytes.
const MOST_OF_FILE: u64 = 1024 * 1024;

/// All manifests together may have this many bytes.
const MOST_OF_ALL: u64 = 256 * 1024 * 1024;

/// A file that a manifest names may have this many bytes; kinds allow less.
const MOST_OF_NAMED: u64 = 64 * 1024 * 1024;

/// There may be this many manifests.
const MOST_FILES: usize = 10_000;

macro_rules! codes {
    ($($name:ident = $code:literal, $title:literal;)*) => {
        $(const $name: Code = Code($code);)*

        /// The rules of this module.
        pub(crate) fn rules() -> Vec<Rule> {
            Rule::list(&[$(($name, $title)),*], include_str!("project/rules.md"))
        }
    };
}

codes! {
    UNREADABLE = "MF080", "a file or folder of the config repo cannot be read";
    NOT_UTF8 = "MF081", "a file is not written in UTF-8";
    LINK = "MF082", "a symbolic link leads nowhere, out of the config repo, or to a folder";
    NOT_PLAIN = "MF083", "something that is no plain file has the name of a manifest";
    NESTED = "MF084", "another config repo lies inside this one";
    SUFFIX = "MF085", "a file has a suffix that is nearly `.toml`";
    BAD_GLOB = "MF086", "a glob of `exclude` is not well formed";
    FILE_NAME = "MF087", "a file name is not UTF-8";
    TOO_LARGE = "MF088", "all manifests together are larger than 256 MiB";
    LARGE_FILE = "MF089", "a file is larger than 1 MiB";
    STRAY_OVERLAY = "MF145", "a file below `envs` belongs to no environment";
    TOO_MANY = "MF079", "there are more than 10,000 manifests";
}

/// A folder with `deskform.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Root {
    /// The folder, without symbolic links.
    dir: PathBuf,
}

/// A manifest that the walk found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest {
    /// Its path relative to `deskform.toml`, with `/` between the parts.
    pub(crate) name: String,
    /// True if it is reached through a symbolic link.
    link: bool,
}

/// There is no config repo to work on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProjectError {
    /// No `deskform.toml` in the folder or above it.
    #[error("there is no `deskform.toml` in `{}` or above it", from.display())]
    NotFound {
        /// Where the search began.
        from: PathBuf,
    },
    /// The folder to start from cannot be opened.
    #[error("`{}` cannot be opened", dir.display())]
    Folder {
        /// The folder.
        dir: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl Root {
    /// Looks for `deskform.toml` in a folder and above it, up to the root of its git repository.
    pub(crate) fn find(from: &Path) -> Result<Self, ProjectError> {
        let folder = |source| ProjectError::Folder { dir: from.to_owned(), source };
        let start = from.canonicalize().map_err(folder)?;
        if !start.is_dir() {
            return Err(folder(io::ErrorKind::NotADirectory.into()));
        }
        for dir in start.ancestors() {
            if dir.join(PROJECT_FILE).symlink_metadata().is_ok() {
                return Ok(Self { dir: dir.to_owned() });
            }
            if dir.join(".git").symlink_metadata().is_ok() {
                break;
            }
        }
        Err(ProjectError::NotFound { from: from.to_owned() })
    }

    /// The folder.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Reads `deskform.toml`.
    pub(crate) fn read_project(&self) -> Result<String, Finding> {
        self.read(PROJECT_FILE)
    }

    /// Reads a file by its path relative to `deskform.toml`.
    pub(crate) fn read(&self, name: &str) -> Result<String, Finding> {
        let path = self.inside(name, UNREADABLE)?;
        utf8(name, read_at_most(&path, MOST_OF_FILE).map_err(|error| unreadable(name, &error))?)
    }

    /// Reads a file again to quote from it.
    pub(crate) fn reread(&self, name: &str) -> Option<String> {
        self.read(name).ok()
    }

    /// Resolves links, and refuses what lies outside.
    fn inside(&self, name: &str, missing: Code) -> Result<PathBuf, Finding> {
        let link = self.dir.join(name).symlink_metadata().is_ok_and(|facts| facts.is_symlink());
        let path = self
            .dir
            .join(name)
            .canonicalize()
            .map_err(|error| if link { dangling(name) } else { at(name, cannot_read(missing, &error)) })?;
        if !path.starts_with(&self.dir) {
            let found = Diagnostic::error(LINK, "the file lies outside of the config repo")
                .hint("Put the file itself there in place of the link.");
            return Err(at(name, found));
        }
        Ok(path)
    }

    /// Reads a manifest that the walk found. What was found to be no link needs no look at where it leads.
    pub(crate) fn read_manifest(&self, manifest: &Manifest) -> Result<String, Finding> {
        let Manifest { name, link } = manifest;
        if *link {
            return self.read(name);
        }
        let bytes = open_found(&self.dir.join(name)).and_then(|(file, size)| drain(file, size, MOST_OF_FILE));
        utf8(name, bytes.map_err(|error| unreadable(name, &error))?)
    }

    /// All manifests by name, and everything that keeps one from being read.
    pub(crate) fn manifests(&self, exclude: &[String]) -> (Vec<Manifest>, Vec<Finding>) {
        let mut findings = Vec::new();
        let excluded = globs(exclude, &mut findings);
        let mut found = Vec::new();
        let dir = self.dir.clone();
        let walk = WalkBuilder::new(&self.dir)
            .standard_filters(false)
            .hidden(true)
            .follow_links(false)
            .filter_entry(move |entry| !is_excluded(&dir, &excluded, entry))
            .build();
        for entry in walk {
            match entry {
                Ok(entry) => self.take(&entry, &mut found, &mut findings),
                Err(error) => findings.push(self.unwalkable(&error)),
            }
        }
        found.sort_unstable_by(|a: &Manifest, b: &Manifest| a.name.cmp(&b.name));
        findings.extend(found.get(MOST_FILES).map(|first| too_many(&first.name)));
        found.truncate(MOST_FILES);
        findings.sort_by(|a, b| (&a.file, a.diagnostic.code).cmp(&(&b.file, b.diagnostic.code)));
        (found, findings)
    }

    fn take(&self, entry: &DirEntry, found: &mut Vec<Manifest>, findings: &mut Vec<Finding>) {
        let Ok(relative) = entry.path().strip_prefix(&self.dir) else { return };
        if relative.as_os_str().is_empty() || relative == Path::new(PROJECT_FILE) {
            return;
        }
        let Some(kind) = entry.file_type() else { return };
        let Some(name) = relative.to_str().map(|name| name.replace(std::path::MAIN_SEPARATOR, "/")) else {
            if suffix(relative) != Suffix::Other || kind.is_dir() {
                let name = relative.to_string_lossy();
                findings.push(at(&name, Diagnostic::error(FILE_NAME, "the file name is not UTF-8").hint("Rename it.")));
            }
            return;
        };
        if kind.is_symlink() {
            self.take_link(name, relative, found, findings);
        } else if entry.file_name() == OsStr::new(PROJECT_FILE) {
            let nested = Diagnostic::error(NESTED, "another config repo begins inside this one");
            let hint = "Move it out of this folder, or list the folder in `exclude` under `[workspace]`.";
            findings.push(at(&name, nested.hint(hint)));
        } else if !kind.is_dir() {
            match suffix(relative) {
                Suffix::Toml if kind.is_file() => found.push(Manifest { name, link: false }),
                Suffix::Toml => findings.push(at(&name, not_plain())),
                Suffix::Nearly => findings.push(nearly(&name)),
                Suffix::Other => {}
            }
        }
    }

    /// A link may stand for a manifest. One that may stand for a folder of manifests is not followed, but not ignored.
    fn take_link(&self, name: String, relative: &Path, found: &mut Vec<Manifest>, findings: &mut Vec<Finding>) {
        let target = self.dir.join(relative).metadata();
        match (suffix(relative), target) {
            (_, Ok(facts)) if facts.is_dir() => {
                let folder = Diagnostic::error(LINK, "a symbolic link to a folder is not followed")
                    .hint("Put the folder itself there, or list the link in `exclude` under `[workspace]`.");
                findings.push(at(&name, folder));
            }
            (Suffix::Toml, Ok(_)) => match self.inside(&name, UNREADABLE) {
                Ok(_) => found.push(Manifest { name, link: true }),
                Err(finding) => findings.push(finding),
            },
            (Suffix::Nearly, Ok(_)) => findings.push(nearly(&name)),
            (Suffix::Toml | Suffix::Nearly, Err(_)) => findings.push(dangling(&name)),
            (Suffix::Other, Err(_)) if relative.extension().is_none() => findings.push(dangling(&name)),
            (Suffix::Other, _) => {}
        }
    }

    fn unwalkable(&self, error: &ignore::Error) -> Finding {
        let path = path_of(error).and_then(|path| path.strip_prefix(&self.dir).ok());
        let name = path.map(|path| path.to_string_lossy().into_owned()).filter(|name| !name.is_empty());
        let diagnostic = match error.io_error() {
            // The walk's own text names the folder once more.
            Some(error) => cannot_read(UNREADABLE, &error.kind().into()),
            None => Diagnostic::error(UNREADABLE, "the folder cannot be read"),
        };
        match name {
            Some(name) => at(&name, diagnostic),
            None => Finding::from(diagnostic),
        }
    }

    /// Facts of a file that a manifest names.
    pub(crate) fn fact(&self, name: &str) -> Result<FileFact, FileProblem> {
        let plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !plain {
            return Err(FileProblem::Outside);
        }
        let path = self.dir.join(name).canonicalize().map_err(|error| problem(&error))?;
        if !path.starts_with(&self.dir) {
            return Err(FileProblem::Outside);
        }
        let (file, size) = open_plain(&path).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidInput => FileProblem::Outside,
            _ => problem(&error),
        })?;
        digest(file, size, MOST_OF_NAMED).map_err(|error| problem(&error))
    }
}

/// Reads manifests one after the other, and stops when they are too large together.
pub(crate) struct Budget {
    left: u64,
}

impl Budget {
    pub(crate) fn new() -> Self {
        Self { left: MOST_OF_ALL }
    }

    /// Takes a text's size off the budget.
    pub(crate) fn take(&mut self, name: &str, text: &str) -> Result<(), Finding> {
        let size = u64::try_from(text.len()).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(size).ok_or_else(|| {
            let found = Diagnostic::error(TOO_LARGE, "the manifests are larger than 256 MiB up to here");
            at(name, found.hint("Split the config repo."))
        })?;
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Suffix {
    Toml,
    Nearly,
    Other,
}

fn suffix(path: &Path) -> Suffix {
    match path.extension() {
        Some(suffix) if suffix == OsStr::new("toml") => Suffix::Toml,
        Some(suffix) if suffix.eq_ignore_ascii_case("toml") => Suffix::Nearly,
        _ => Suffix::Other,
    }
}

fn nearly(name: &str) -> Finding {
    at(name, Diagnostic::error(SUFFIX, "the suffix is not `.toml` in lower case").hint("Rename it to `.toml`."))
}

fn globs(exclude: &[String], findings: &mut Vec<Finding>) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for text in exclude {
        match GlobBuilder::new(text.trim_end_matches('/')).literal_separator(true).build() {
            Ok(glob) => drop(set.add(glob)),
            Err(_) => {
                let found = Diagnostic::error(BAD_GLOB, format!("`{text}` is no glob"));
                findings.push(at(PROJECT_FILE, found.hint("Write globs such as `tests` or `drafts/*.toml`.")));
            }
        }
    }
    set.build().unwrap_or_else(|_| GlobSet::empty())
}

fn is_excluded(dir: &Path, excluded: &GlobSet, entry: &DirEntry) -> bool {
    entry.path().strip_prefix(dir).is_ok_and(|path| !path.as_os_str().is_empty() && excluded.is_match(path))
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}

fn problem(error: &io::Error) -> FileProblem {
    match error.kind() {
        io::ErrorKind::NotFound => FileProblem::Missing,
        _ => FileProblem::Unreadable(what(error)),
    }
}

fn at(name: &str, diagnostic: Diagnostic) -> Finding {
    Finding::of_file(name, diagnostic)
}

fn cannot_read(code: Code, error: &io::Error) -> Diagnostic {
    let found = Diagnostic::error(code, format!("it cannot be read: {}", what(error)));
    found.hint("Make it readable; a file that is not read is never taken for one that is gone.")
}

fn unreadable(name: &str, error: &io::Error) -> Finding {
    match error.kind() {
        io::ErrorKind::FileTooLarge => at(
            name,
            Diagnostic::error(LARGE_FILE, "the file is larger than 1 MiB")
                .hint("Split it: resources may stand in any file, in any order."),
        ),
        io::ErrorKind::InvalidInput => at(name, not_plain()),
        _ => at(name, cannot_read(UNREADABLE, error)),
    }
}

fn too_many(name: &str) -> Finding {
    let found =
        Diagnostic::error(TOO_MANY, "there are more than 10,000 manifests, of which this is the first not read");
    at(name, found.hint("Put several resources in one file, or list folders in `exclude` under `[workspace]`."))
}

fn not_plain() -> Diagnostic {
    Diagnostic::error(NOT_PLAIN, "it is no plain file").hint("Put a plain file there, or give it another name.")
}

fn dangling(name: &str) -> Finding {
    let found = Diagnostic::error(LINK, "the symbolic link leads nowhere");
    at(name, found.hint("Remove the link, or bring back what it points to."))
}

fn utf8(name: &str, bytes: Vec<u8>) -> Result<String, Finding> {
    String::from_utf8(bytes).map_err(|error| not_utf8(name, error.as_bytes(), error.utf8_error().valid_up_to()))
}

fn not_utf8(name: &str, bytes: &[u8], valid: usize) -> Finding {
    let before = &bytes[..valid];
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = String::from_utf8_lossy(&before[line_start..]).chars().count() + 1;
    let found = Diagnostic::error(NOT_UTF8, format!("the text is not UTF-8: byte {valid} begins no character"));
    let found = found.hint(format!("Save the file as UTF-8{}.", encoding(bytes)));
    Finding::at_position(name, line, column, found)
}

#[cfg(test)]
mod tests;
