//! The commit of the config repo, read from the files of its git repository without running anything.

use std::path::{Component, Path, PathBuf};

use super::files::read_at_most;

/// The commit that the config repo is at, as far as plain files say: `HEAD`, loose and packed references.
pub(crate) fn git_commit(root: &Path) -> Option<String> {
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
