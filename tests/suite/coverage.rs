//! `docs/coverage.md`: every statement has a number and a state, and what it names is there.

use std::collections::BTreeSet;

use deskform_model::Kind;
use deskform_tests::reference::kind_page;
use deskform_tests::sandbox::{Sandbox, repository};

const STATES: [&str; 4] = ["works", "part", "later", "outside"];

/// The statements of each article.
const STATEMENTS: [(&str, usize); 5] = [("Z", 79), ("C", 96), ("J", 119), ("S", 42), ("E", 56)];

/// The cells of the rows.
fn rows() -> Vec<Vec<String>> {
    let page = std::fs::read_to_string(repository().join("docs/coverage.md")).expect("it is committed");
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| # "));
    rows.map(|line| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()).collect()
}

#[test]
fn every_statement_has_a_row_and_a_state() {
    let rows = rows();
    let numbers: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    let expected = STATEMENTS.iter().flat_map(|(letter, last)| (1..=*last).map(move |n| format!("{letter}{n}")));
    assert_eq!(numbers, expected.collect::<Vec<_>>());
    for row in &rows {
        assert!(row.len() == 4 && STATES.contains(&row[3].as_str()), "{row:?}");
        assert!(row[3] != "works" || row[2] != "-", "{row:?} works nowhere");
    }
}

#[test]
fn what_the_page_names_is_there() {
    let known = known();
    let missing: Vec<String> = rows()
        .iter()
        .flat_map(|row| {
            let names = row[2].split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
            names.into_iter().map(|name| (row[0].clone(), name))
        })
        .filter(|(_, name)| !known.contains(name.split(" --").next().unwrap_or(name)))
        .map(|(number, name)| format!("{number}: `{name}`"))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Kinds, their fields, rules, events, commands, and a few words of manifests.
fn known() -> BTreeSet<String> {
    let mut known: BTreeSet<String> =
        ["[[adopt]]", "[[forget]]", "[[moved]]", "examples/acme", "", "audit log"].map(str::to_owned).into();
    for kind in deskform_kinds::registry().kinds() {
        known.insert(kind.name().to_string());
        let page = kind_page(kind);
        let fields = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
        known.extend(fields.map(|field| format!("{}.{field}", kind.name())));
        known.extend(events(kind));
    }
    let sandbox = Sandbox::new();
    let rules = sandbox.deskform(&["explain", "--format", "json"]).expect(0).json();
    let rules = rules["rules"].as_array().expect("a list");
    known.extend(rules.iter().filter_map(|rule| rule["code"].as_str()).map(str::to_owned));
    let help = sandbox.deskform(&["--help"]).expect(0).stdout;
    let commands = help.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    known.extend(commands.map(str::to_owned));
    known
}

/// The names of events that a kind's source holds.
fn events(kind: &dyn Kind) -> Vec<String> {
    let folder = repository().join("crates/kinds/src").join(kind.name().as_str());
    let source = std::fs::read_to_string(folder.join("events.rs")).expect("a kind has events");
    source.split('"').skip(1).step_by(2).filter(|text| text.contains('.')).map(str::to_owned).collect()
}
