//! Every row of the corpus of bad input: a transcript below `tests/bad/cases`, or a reason in `tests/bad/README.md`.

use std::collections::BTreeMap;

use deskform_tests::sandbox::repository;
use deskform_tests::transcript::run_all;

/// The corpus has the rows B001 to B120.
const ROWS: usize = 120;

/// What stands in for a secret in the cases.
const CANARY: &str = "hunter2-canary";

#[test]
fn every_bad_input_gets_the_answer_that_is_written_down() {
    let failures = run_all(&repository().join("tests/bad/cases"));
    assert!(failures.is_empty(), "{}\n`UPDATE=1` writes down what is printed now.", failures.concat());
}

#[test]
fn every_row_has_a_case_or_a_reason() {
    let folder = repository().join("tests/bad");
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in std::fs::read_dir(folder.join("cases")).expect("the cases are there") {
        let path = entry.expect("the folder can be listed").path();
        let text = std::fs::read_to_string(&path).expect("a case is text");
        let head = text.lines().next().unwrap_or_default();
        for row in rows(head.split(':').next().unwrap_or_default()) {
            found.entry(row).or_default().push(path.display().to_string());
        }
    }
    let readme = std::fs::read_to_string(folder.join("README.md")).expect("the page is there");
    for line in readme.lines().filter_map(|line| line.strip_prefix("| B")) {
        let (row, reason) = line.split_once('|').expect("a row of a table");
        assert!(reason.trim().len() > 10, "B{row}: a reason is given");
        found.entry(format!("B{}", row.trim())).or_default().push("README.md".to_owned());
    }
    let all: Vec<String> = (1..=ROWS).map(|row| format!("B{row:03}")).collect();
    let missing: Vec<&String> = all.iter().filter(|row| !found.contains_key(*row)).collect();
    assert!(missing.is_empty(), "neither a case nor a reason: {missing:?}");
    let several: Vec<_> = found.iter().filter(|(row, places)| places.len() > 1 || !all.contains(row)).collect();
    assert!(several.is_empty(), "said twice, or no row of the corpus: {several:?}");
}

/// The corpus writes its secrets with a word that no output may hold.
#[test]
fn no_output_of_a_case_holds_a_secret() {
    let mut held = 0;
    for entry in std::fs::read_dir(repository().join("tests/bad/cases")).expect("the cases are there") {
        let path = entry.expect("the folder can be listed").path();
        let text = std::fs::read_to_string(&path).expect("a case is text");
        let (inputs, outputs): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with("| "));
        held += inputs.iter().filter(|line| line.contains(CANARY)).count();
        assert!(!outputs.iter().any(|line| line.contains(CANARY)), "{}", path.display());
    }
    assert!(held >= 4, "some cases hold a secret: {held}");
}

/// The rows that a text names: `B` and three digits.
fn rows(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| word.len() == 4 && word.starts_with('B')).map(str::to_owned)
}
