#![expect(clippy::disallowed_methods, reason = "tests write the files that are read")]

use super::git::git_commit;
use super::*;
use std::fs;

struct Repo(tempfile::TempDir);

impl Repo {
    fn new(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        fs::write(dir.path().join(PROJECT_FILE), "[workspace]\nname = \"a\"\n").expect("written");
        let repo = Self(dir);
        for (name, text) in files {
            repo.write(name, text);
        }
        repo
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        fs::write(path, text).expect("written");
    }

    fn root(&self) -> Root {
        Root::find(self.0.path()).expect("a config repo")
    }

    /// Names, and the codes of findings by file.
    fn found(&self, exclude: &[&str]) -> (Vec<String>, Vec<(String, &'static str)>) {
        let exclude: Vec<String> = exclude.iter().map(|glob| (*glob).to_owned()).collect();
        let (found, findings) = self.root().manifests(&exclude);
        let names = found.into_iter().map(|manifest| manifest.name).collect();
        let codes =
            findings.iter().map(|f| (f.file.as_ref().map_or("", |file| &file.name).to_owned(), f.diagnostic.code.0));
        (names, codes.collect())
    }
}

#[test]
fn every_toml_file_below_is_a_manifest_also_one_that_git_ignores() {
    let repo = Repo::new(&[
        ("b/z.toml", ""),
        ("a.toml", ""),
        ("b/a/x.toml", ""),
        ("b/notes.md", ""),
        (".hidden/x.toml", ""),
        (".gitignore", "b/\n*.toml\n"),
        (".ignore", "*.toml\n"),
        ("b/.git/info/exclude", "*\n"),
    ]);
    assert_eq!(repo.found(&[]), (vec!["a.toml".into(), "b/a/x.toml".into(), "b/z.toml".into()], vec![]));
}

#[test]
fn excluded_globs_leave_out_files_and_whole_folders() {
    let repo = Repo::new(&[("a.toml", ""), ("tests/x.toml", ""), ("drafts/d.toml", ""), ("drafts/d/e.toml", "")]);
    assert_eq!(repo.found(&["tests/", "drafts/*.toml"]).0, ["a.toml", "drafts/d/e.toml"]);
    assert_eq!(repo.found(&["[x"]).1, [(PROJECT_FILE.to_owned(), "MF086")]);
}

#[test]
fn another_config_repo_inside_is_an_error_until_it_is_excluded() {
    let repo = Repo::new(&[("sub/deskform.toml", ""), ("sub/a.toml", "")]);
    assert_eq!(repo.found(&[]).1, [("sub/deskform.toml".to_owned(), "MF084")]);
    assert_eq!(repo.found(&["sub"]), (vec![], vec![]));
}

#[test]
fn a_suffix_in_capitals_is_an_error_and_not_absence() {
    let repo = Repo::new(&[("a.TOML", "")]);
    assert_eq!(repo.found(&[]), (vec![], vec![("a.TOML".to_owned(), "MF085")]));
}

#[cfg(unix)]
#[test]
fn links_are_read_only_where_they_lead_to_a_file_inside() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().expect("a folder");
    fs::write(outside.path().join("o.toml"), "").expect("written");
    let repo = Repo::new(&[(".kept/x.toml", "k = 1"), ("dir/d.toml", "")]);
    let link = |target: &Path, name: &str| symlink(target, repo.0.path().join(name)).expect("linked");
    link(Path::new(".kept/x.toml"), "inside.toml");
    link(&outside.path().join("o.toml"), "outside.toml");
    link(Path::new("nowhere"), "gone.toml");
    link(Path::new("nowhere"), "folder");
    link(Path::new("nowhere"), "README.md");
    link(Path::new("dir"), "again");
    let (names, codes) = repo.found(&[]);
    assert_eq!(names, ["dir/d.toml", "inside.toml"]);
    let expected = ["again", "folder", "gone.toml", "outside.toml"].map(|name| (name.to_owned(), "MF082"));
    assert_eq!(codes, expected);
    let (found, _) = repo.root().manifests(&[]);
    let texts: Vec<_> = found.iter().map(|manifest| repo.root().read_manifest(manifest).expect("readable")).collect();
    assert_eq!(texts, ["", "k = 1"]);
}

#[cfg(unix)]
#[test]
fn a_socket_with_the_name_of_a_manifest_is_an_error() {
    let repo = Repo::new(&[]);
    let _socket = std::os::unix::net::UnixListener::bind(repo.0.path().join("s.toml")).expect("bound");
    assert_eq!(repo.found(&[]), (vec![], vec![("s.toml".to_owned(), "MF083")]));
    assert_eq!(repo.root().read("s.toml").expect_err("no file").diagnostic.code.0, "MF083");
}

#[test]
fn text_that_is_not_utf8_gets_a_guess_at_what_it_is() {
    let repo = Repo::new(&[]);
    repo.write("sjis.toml", b"a = 1\nname = \"\x8e\x44\x96\x79\"\n");
    repo.write("utf16.toml", b"\xff\xfea\x00");
    repo.write("broken.toml", b"a\xff\x00");
    let hint = |name: &str| repo.root().read(name).expect_err("not UTF-8").diagnostic.hint.unwrap_or_default();
    assert_eq!(hint("sjis.toml"), "Save the file as UTF-8; it looks like Shift_JIS.");
    assert_eq!(hint("utf16.toml"), "Save the file as UTF-8; it looks like UTF-16.");
    assert_eq!(hint("broken.toml"), "Save the file as UTF-8.");
    let found = repo.root().read("sjis.toml").expect_err("not UTF-8");
    assert_eq!(found.diagnostic.message, "the text is not UTF-8: byte 14 begins no character");
    assert_eq!(found.file.and_then(|file| file.position), Some((2, 9)));
}

#[test]
fn the_search_goes_up_and_stops_at_the_root_of_the_repository() {
    let repo = Repo::new(&[("a/b/x.toml", ""), ("c/.git/HEAD", ""), ("c/d/x.toml", "")]);
    assert_eq!(Root::find(&repo.0.path().join("a/b")).expect("found"), repo.root());
    assert!(matches!(Root::find(&repo.0.path().join("c/d")), Err(ProjectError::NotFound { .. })));
    assert!(matches!(Root::find(&repo.0.path().join("none")), Err(ProjectError::Folder { .. })));
}

#[test]
fn facts_of_a_file_come_from_inside_only() {
    let repo = Repo::new(&[("logos/a.png", "abc")]);
    let fact = repo.root().fact("logos/a.png").expect("a fact");
    assert_eq!(fact.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!((fact.size, fact.held), (3, b"abc".to_vec()));
    assert_eq!(repo.root().fact("logos/b.png"), Err(FileProblem::Missing));
    assert_eq!(repo.root().fact("../x.png"), Err(FileProblem::Outside));
    assert_eq!(repo.root().fact("/etc/hostname"), Err(FileProblem::Outside));
    assert_eq!(repo.root().fact("logos"), Err(FileProblem::Outside));
}

#[test]
fn the_commit_is_read_from_loose_and_packed_references() {
    let id = "0123456789abcdef0123456789abcdef01234567";
    let repo = Repo::new(&[(".git/HEAD", "ref: refs/heads/main\n"), (".git/refs/heads/main", &format!("{id}\n"))]);
    assert_eq!(git_commit(repo.root().dir()).as_deref(), Some(id));
    let repo = Repo::new(&[
        (".git/HEAD", "ref: refs/heads/x\n"),
        (".git/packed-refs", &format!("# pack\n{id} refs/heads/x\n")),
    ]);
    assert_eq!(git_commit(repo.root().dir()).as_deref(), Some(id));
    let repo = Repo::new(&[(".git/HEAD", &format!("{id}\n"))]);
    assert_eq!(git_commit(repo.root().dir()).as_deref(), Some(id));
    let repo = Repo::new(&[(".git/HEAD", "ref: refs/../../secret\n")]);
    assert_eq!(git_commit(repo.root().dir()), None);
}
