//! Ten thousand broken manifests, made from sound ones: always an answer, soon, and never with a value that may be secret.

use std::path::Path;
use std::time::{Duration, Instant};

use deskform_manifest::{Outcome, Reader, read_environment, read_project};
use deskform_model::{Diagnostic, Facts, FileProblem, Registry};
use deskform_tests::sandbox::repository;

const ROUNDS: usize = 100;
const FILES: usize = 100;

/// Stands for a secret.
const CANARY: &str = "c4n4ry";

/// Far more than one file takes, and far less than an exponential blow-up.
const SLOW: Duration = Duration::from_secs(10);

const PROJECT: &str = "[workspace]\nname = \"acme\"\n";

const STAGING: &str = "[env.staging.store]\nlabel = \"staging\"\n";

#[test]
fn broken_manifests_are_always_answered() {
    let registry = deskform_kinds::registry();
    let seeds = seeds();
    let mut numbers = Numbers(2026);
    let (mut broken, mut quoted) = (0, 0);
    for _ in 0..ROUNDS {
        let texts: Vec<String> = (0..FILES).map(|_| broken_one(&seeds, &mut numbers)).collect();
        let outcome = read(&registry, &texts);
        assert_eq!(outcome.desired.is_none(), !outcome.diagnostics.is_empty(), "nothing is desired of broken files");
        broken += files_of(&outcome.diagnostics);
        for found in &outcome.diagnostics {
            let held = texts_of(found).any(|text| text.contains(CANARY));
            assert!(!held || found.quotable, "{found:?}");
            quoted += usize::from(held);
            assert_in_text(found, &texts);
        }
    }
    // Without these the test would say nothing.
    assert!(broken > ROUNDS * FILES * 9 / 10, "{broken}");
    assert!(quoted > 0, "some value that may be quoted is");
}

#[test]
fn a_broken_project_file_is_always_answered() {
    let registry = deskform_kinds::registry();
    let seed = std::fs::read_to_string(repository().join("examples/acme/deskform.toml")).expect("the example is there");
    let mut numbers = Numbers(7);
    for _ in 0..300 {
        let text = broken_one(std::slice::from_ref(&seed), &mut numbers);
        let (_, found) = read_project(&registry, &text);
        let (_, of_environment) = read_environment(&registry, &text, "staging");
        for found in found.into_iter().chain(of_environment) {
            assert!(found.quotable || !texts_of(&found).any(|text| text.contains(CANARY)), "{found:?}");
        }
    }
}

#[test]
fn broken_overlays_are_always_answered() {
    let registry = deskform_kinds::registry();
    let seeds = seeds();
    let mut numbers = Numbers(16);
    let mut broken = 0;
    for _ in 0..ROUNDS {
        let manifest = seeds[numbers.below(seeds.len())].clone();
        // Overlays of the very resources, and of others.
        let own = broken_one(std::slice::from_ref(&manifest), &mut numbers);
        let overlays: Vec<(String, String)> = [own, broken_one(&seeds, &mut numbers)]
            .into_iter()
            .enumerate()
            .map(|(number, text)| (format!("envs/staging/{number}.toml"), text))
            .collect();
        let (project, _) = read_environment(&registry, &format!("{PROJECT}{STAGING}"), "staging");
        let facts = Facts { file: &|_| Err(FileProblem::Missing) };
        let mut reader = Reader::new(&registry, project.expect("the project is sound"), facts).overlaid(&overlays);
        reader.read(vec![("manifest.toml".to_owned(), manifest.clone())]);
        let outcome = reader.finish();
        broken += usize::from(outcome.desired.is_none());
        let texts: Vec<String> = overlays.iter().map(|(_, text)| text.clone()).chain([manifest]).collect();
        for found in &outcome.diagnostics {
            assert!(found.quotable || !texts_of(found).any(|text| text.contains(CANARY)), "{found:?}");
            assert_in_text(found, &texts);
        }
    }
    assert!(broken > ROUNDS * 9 / 10, "{broken}");
}

fn read(registry: &Registry, texts: &[String]) -> Outcome {
    let (project, _) = read_project(registry, PROJECT);
    let facts = Facts { file: &|_| Err(FileProblem::Missing) };
    let mut reader = Reader::new(registry, project.expect("the project is sound"), facts);
    for (number, text) in texts.iter().enumerate() {
        let start = Instant::now();
        reader.read(vec![(format!("{number:03}.toml"), text.clone())]);
        assert!(start.elapsed() < SLOW, "{text}");
    }
    let start = Instant::now();
    let outcome = reader.finish();
    assert!(start.elapsed() < SLOW);
    outcome
}

fn files_of(found: &[Diagnostic]) -> usize {
    let mut files: Vec<u32> = found.iter().filter_map(|found| found.place).map(|place| place.file.0).collect();
    files.sort_unstable();
    files.dedup();
    files.len()
}

fn texts_of(found: &Diagnostic) -> impl Iterator<Item = &str> {
    let related = found.related.iter().map(|label| label.text.as_str());
    [found.message.as_str(), &found.label, found.hint.as_deref().unwrap_or_default()].into_iter().chain(related)
}

fn assert_in_text(found: &Diagnostic, texts: &[String]) {
    let Some(place) = found.place else { return };
    let at = |offset: u32| usize::try_from(offset).expect("an offset is small");
    let text = at(place.file.0).checked_sub(1).map_or(PROJECT, |file| &texts[file]);
    assert!(text.get(at(place.start)..at(place.end)).is_some(), "{found:?}\n{text}");
}

/// The manifests of the examples and the samples of all kinds.
fn seeds() -> Vec<String> {
    let mut seeds = Vec::new();
    for folder in ["examples", "crates/kinds/src"] {
        collect(&repository().join(folder), &mut seeds);
    }
    assert!(seeds.len() > 20, "{}", seeds.len());
    seeds
}

fn collect(folder: &Path, seeds: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() {
            collect(&path, seeds);
        } else if path.extension().is_some_and(|suffix| suffix == "toml") && !path.ends_with("deskform.toml") {
            seeds.push(std::fs::read_to_string(&path).expect("a manifest is text"));
        }
    }
    seeds.sort();
}

/// A small generator of fixed numbers, so that a failure comes again.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % end.max(1)
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

/// A sound manifest with a canary for one of its values, and one to four mistakes.
fn broken_one(seeds: &[String], numbers: &mut Numbers) -> String {
    let mut text = seeds[numbers.below(seeds.len())].clone();
    let strings: Vec<usize> = text.match_indices("= \"").map(|(at, _)| at + 3).collect();
    if let Some(start) = strings.get(numbers.below(strings.len())) {
        let end = text[*start..].find('"').map_or(*start, |length| start + length);
        text.replace_range(*start..end, CANARY);
    }
    for _ in 0..=numbers.below(4) {
        mutate(&mut text, numbers);
    }
    text
}

const PIECES: &[&str] = &[
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ",",
    ".",
    "\"",
    "'",
    "\"\"\"",
    "\n",
    "\r",
    "\\",
    "#",
    "\0",
    "\u{1}",
    "\u{feff}",
    "\u{202e}",
    "＝",
    "　",
    "”",
    "ー",
    "：",
    "１",
    "「",
    "[brand.acme]\n",
    "[[moved]]\n",
    "x = 1\n",
    "<<<<<<< HEAD\n",
    "99999999999999999999999",
    "-0",
    "0x",
    "1e400",
    "nan",
    "24:60:00",
    "2026-02-30",
    "\\u0000",
    "\\ud800",
    "true",
    "e\u{301}",
];

const VALUES: &[&str] = &[
    "1",
    "-1",
    "1.5",
    "99999999999999999999",
    "true",
    "\"\"",
    "[]",
    "{}",
    "[[]]",
    "[1, \"a\"]",
    "{ a = 1 }",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "\"c4n4ry\"",
    "[\"c4n4ry\"]",
    "{ env = \"c4n4ry\", file = \"c4n4ry\" }",
    "\"ｃ4ｎ4ｒｙ\"",
    "'''\nc4n4ry'''",
];

fn mutate(text: &mut String, numbers: &mut Numbers) {
    let (from, to) = (boundary(text, numbers), boundary(text, numbers));
    let (from, to) = (from.min(to), from.max(to));
    match numbers.below(9) {
        0 => text.insert_str(from, numbers.of(PIECES)),
        1 => text.truncate(from),
        2 => text.replace_range(from..to, ""),
        3 => {
            let part = text[from..to].to_owned();
            text.insert_str(to, &part);
        }
        4 => swap_lines(text, numbers),
        5 => replace_value(text, numbers),
        6 => widen(text, from),
        7 => {
            let (open, depth) = (numbers.of(&["[", "{ a = ", "a.", "\"", "[["]), numbers.below(300));
            text.insert_str(from, &open.repeat(depth));
        }
        _ => replace_value(text, numbers),
    }
}

fn boundary(text: &str, numbers: &mut Numbers) -> usize {
    text.floor_char_boundary(numbers.below(text.len() + 1))
}

fn swap_lines(text: &mut String, numbers: &mut Numbers) {
    let mut lines: Vec<&str> = text.split('\n').collect();
    let (one, other) = (numbers.below(lines.len()), numbers.below(lines.len()));
    lines.swap(one, other);
    *text = lines.join("\n");
}

/// Another value behind some `=`, up to the end of its line.
fn replace_value(text: &mut String, numbers: &mut Numbers) {
    let signs: Vec<usize> = text.match_indices("= ").map(|(at, _)| at + 2).collect();
    if let Some(start) = signs.get(numbers.below(signs.len())) {
        let end = text[*start..].find('\n').map_or(text.len(), |length| start + length);
        text.replace_range(*start..end, numbers.of(VALUES));
    }
}

/// The full-width form of the next ASCII character.
fn widen(text: &mut String, from: usize) {
    let next = text[from..].char_indices().find(|(_, character)| character.is_ascii_graphic());
    if let Some((at, character)) = next {
        let wide = char::from_u32(u32::from(character) + 0xFEE0).expect("every graphic character has a wide form");
        text.replace_range(from + at..from + at + 1, &wide.to_string());
    }
}
