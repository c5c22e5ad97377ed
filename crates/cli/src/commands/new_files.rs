//! A folder of files that are written once, and never over something that is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};

use deskform_manifest::{manifest_schema, overlay_schema, project_schema};
use deskform_model::Registry;

use crate::exit::Failure;
use crate::output::{OutputError, json_bytes};
use crate::project::{PROJECT_FILE, Root};

/// New files cannot be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NewFilesError {
    /// There is something in the way.
    #[error("{} there already in `{}`: {}; nothing was written", is(names), folder.display(), listed(names))]
    InTheWay {
        /// The folder.
        folder: PathBuf,
        /// What is there, relative to it.
        names: BTreeSet<String>,
    },
    /// The folder lies in a config repo.
    #[error("`{}` lies in the config repo `{}`, and one inside another is an error", folder.display(), root.display())]
    Nested {
        /// The folder.
        folder: PathBuf,
        /// The config repo.
        root: PathBuf,
    },
}

impl NewFilesError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::InTheWay { .. } => "Move away what is there, or name another folder.",
            Self::Nested { .. } => "Name a folder outside of it.",
        }
    }
}

fn is(names: &BTreeSet<String>) -> &'static str {
    if names.len() == 1 { "a file is" } else { "files are" }
}

fn listed(names: &BTreeSet<String>) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Files by their path relative to a folder, with `/` between the parts.
#[derive(Debug, Default)]
pub(super) struct NewFiles {
    files: BTreeMap<String, Vec<u8>>,
}

impl NewFiles {
    /// Adds a file.
    pub(super) fn add(&mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.files.insert(name.into(), bytes.into());
    }

    /// Adds the schemas that manifests, overlays and `deskform.toml` point at.
    pub(super) fn add_schemas(&mut self, registry: &Registry) -> Result<(), OutputError> {
        self.add("schemas/manifest.schema.json", json_bytes(&manifest_schema(registry))?);
        self.add("schemas/overlay.schema.json", json_bytes(&overlay_schema(registry))?);
        self.add("schemas/project.schema.json", json_bytes(&project_schema(registry))?);
        Ok(())
    }

    /// The names, sorted.
    pub(super) fn names(&self) -> Vec<String> {
        self.files.keys().cloned().collect()
    }

    /// Writes all files, or none if there is anything in the way of one.
    pub(super) fn write(&self, folder: &Path) -> Result<(), Failure> {
        if self.files.contains_key(PROJECT_FILE) {
            not_nested(folder)?;
        }
        let names: BTreeSet<String> = self.files.keys().filter_map(|name| in_the_way(folder, name)).collect();
        if !names.is_empty() {
            return Err(NewFilesError::InTheWay { folder: folder.to_owned(), names }.into());
        }
        for (name, bytes) in &self.files {
            let path = folder.join(name);
            create(&path, bytes).map_err(|source| OutputError::File { path, source })?;
        }
        Ok(())
    }
}

/// What stands in the way of a file: itself, or something that is no folder where its folder should be.
fn in_the_way(folder: &Path, name: &str) -> Option<String> {
    let ends = name.match_indices('/').map(|(end, _)| end);
    let parent = ends.map(|end| &name[..end]).find(|parent| {
        let path = folder.join(parent);
        path.symlink_metadata().is_ok() && !path.is_dir()
    });
    let itself = || folder.join(name).symlink_metadata().is_ok().then_some(name);
    parent.or_else(itself).map(str::to_owned)
}

fn create(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)
}

/// A config repo inside another would be read as a mistake of the outer one.
fn not_nested(folder: &Path) -> Result<(), NewFilesError> {
    let folder = absolute(folder);
    let there = folder.ancestors().find(|dir| dir.is_dir());
    match there.map(Root::find) {
        Some(Ok(root)) if root.dir() != folder => Err(NewFilesError::Nested { root: root.dir().to_owned(), folder }),
        _ => Ok(()),
    }
}

/// The path of a folder that may not be there yet, without links, `.` and `..`.
pub(super) fn absolute(folder: &Path) -> PathBuf {
    if let Ok(real) = folder.canonicalize() {
        return real;
    }
    let mut path = PathBuf::new();
    for part in folder.components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            Component::CurDir => {}
            part => path.push(part),
        }
    }
    let real = |dir: &Path| Some(dir.canonicalize().ok()?.join(path.strip_prefix(dir).ok()?));
    path.ancestors().find_map(real).unwrap_or(path)
}
