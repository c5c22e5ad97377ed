//! `examples/acme`: applied as a whole, edited as `changes/` says, and refused with each mistake of `broken/`.

use std::path::Path;

use deskform_tests::patch;
use deskform_tests::sandbox::{Ran, Sandbox, repository};
use deskform_tests::transcript::filtered;

use crate::expected::file_is;

const COMPANY: &str = "examples/acme";

/// A store in the folder that the run starts from.
const STORE: [&str; 2] = ["--store", "sqlite://live.db"];

/// The names in a folder of the example, sorted; with an extension, the stems of the files that have it.
fn names(folder: &str, extension: Option<&str>) -> Vec<String> {
    let entries = std::fs::read_dir(repository().join(COMPANY).join(folder)).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("the folder can be listed").path());
    let wanted = paths.filter(|path| path.extension().and_then(|found| found.to_str()) == extension);
    let stem = |path: &Path| path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned);
    let mut names: Vec<String> = wanted.filter_map(|path| stem(&path)).collect();
    names.sort();
    names
}

fn text(path: &str) -> String {
    std::fs::read_to_string(repository().join(COMPANY).join(path)).expect("it is text")
}

fn run(sandbox: &Sandbox, args: &[&str]) -> Ran {
    sandbox.deskform(&[args, &STORE].concat())
}

/// The company, applied.
fn company() -> Sandbox {
    let sandbox = Sandbox::of_example("acme");
    let _ = run(&sandbox, &["apply", "--create-store", "--yes"]).expect(0);
    nothing_left(&sandbox);
    sandbox
}

fn nothing_left(sandbox: &Sandbox) {
    let again = run(sandbox, &["plan", "--detailed-exitcode"]).expect(0);
    assert!(again.stdout.starts_with("No changes."), "{}", again.stdout);
}

#[test]
fn the_company_has_every_kind_that_a_manifest_can_declare() {
    let sandbox = company();
    let listed = run(&sandbox, &["show", "--format", "json"]).expect(0).json();
    let resources = listed["resources"].as_array().expect("a list");
    for kind in deskform_kinds::registry().kinds() {
        let of_kind = |address: &str| address.split_once('.').is_some_and(|(found, _)| found == kind.name().as_str());
        assert!(resources.iter().any(|found| found["address"].as_str().is_some_and(of_kind)), "no {}", kind.name());
    }
}

#[test]
fn every_edit_has_the_plan_beside_it_and_leaves_nothing_to_do() {
    let company = company();
    let edits = names("changes", None);
    assert!(edits.len() >= 6, "{edits:?}");
    for edit in edits {
        let sandbox = Sandbox::new();
        sandbox.copy(company.path(), "");
        patch::apply(&sandbox, &text(&format!("changes/{edit}/edit.diff")));
        let planned = run(&sandbox, &["plan"]);
        file_is(&format!("{COMPANY}/changes/{edit}/plan.txt"), &filtered(&sandbox, &planned.stdout));
        let applied = run(&sandbox, &["apply", "--yes"]);
        if planned.stdout.contains("\nrefused[") {
            assert_eq!((planned.code, applied.code), (Some(3), Some(3)), "{edit}: {}", planned.stderr);
        } else {
            assert_eq!((planned.code, applied.code), (Some(0), Some(0)), "{edit}: {}", planned.stderr);
            nothing_left(&sandbox);
        }
    }
}

#[test]
fn every_mistake_is_refused_as_written_beside_it() {
    let company = Sandbox::of_example("acme");
    let mistakes = names("broken", Some("toml"));
    assert!(mistakes.len() >= 10, "{mistakes:?}");
    assert_eq!(mistakes, names("broken", Some("txt")), "a mistake and its refusal for each");
    for mistake in mistakes {
        let file = format!("{mistake}.toml");
        company.write(&file, &text(&format!("broken/{file}")));
        let refused = company.deskform(&["validate"]).expect(1);
        company.delete(&file);
        file_is(&format!("{COMPANY}/broken/{mistake}.txt"), &errors(&refused.stderr));
    }
}

/// What is wrong, without what is only advised.
fn errors(report: &str) -> String {
    let errors = report.split_inclusive("\n\n").filter(|finding| finding.starts_with("error"));
    errors.collect()
}
