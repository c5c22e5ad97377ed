use deskform_model::{Address, FileId, HintKind, WorkspaceName};

use super::kinds::{registry, registry_with_policy};
use super::{PROJECT, read};

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

const SHOP: &str = "# shop\n[shop.a]\ndisplay_name = \"が\"\npartners = [\"b\", \"a\"]\nopened = 2026-01-01\n\n[shop.a.lifecycle]\nprotected = true\n";

#[test]
fn a_resource_is_its_canonical_document_with_its_place() {
    let (outcome, _) = read(&registry(), PROJECT, &[("a.toml", SHOP), ("b.toml", "[shop.b]\ndisplay_name = 'b'\n")]);
    let desired = outcome.desired.unwrap();
    let shop = &desired.resources[&address("shop.a")];
    let text = r#"{"display_name":"が","lifecycle":{"protected":true},"opened":"2026-01-01","partners":["a","b"]}"#;
    assert_eq!(shop.document.text(), text);
    assert_eq!(shop.digest, shop.document.digest());
    assert!(shop.protected);
    assert_eq!(shop.outline.title.as_deref(), Some("が"));
    let place = shop.source;
    assert_eq!((place.line, place.span.file, place.span.start, place.span.end), (2, FileId(1), 7, 15));
    assert_eq!(outcome.files, ["deskform.toml", "a.toml", "b.toml"]);
}

#[test]
fn lines_are_right_for_every_resource() {
    let text =
        "\u{feff}[shop.b]\r\ndisplay_name = 'b'\r\n[hours.z]\r\nzone = 'z'\r\n\r\n[shop.a]\r\ndisplay_name = 'a'\r\n";
    let (outcome, _) = read(&registry(), PROJECT, &[("a.toml", text)]);
    let desired = outcome.desired.unwrap();
    let lines: Vec<(&str, u32)> = desired.resources.iter().map(|(a, r)| (a.as_str(), r.source.line)).collect();
    assert_eq!(lines, [("hours.z", 3), ("shop.a", 6), ("shop.b", 1)]);
    let start = desired.resources[&address("shop.a")].source.span.start as usize;
    assert!(text[start..].starts_with("[shop.a]"));
}

#[test]
fn a_chain_of_moves_is_one_hint() {
    let text = "[hours.c]\nzone = 'z'\n[[moved]]\nfrom = \"hours.b\"\nto = \"hours.c\"\n[[forget]]\naddress = \"hours.x\"\n[[moved]]\nfrom = \"hours.a\"\nto = \"hours.b\"\n[[use]]\naddress = \"hours.u\"\nworkspace = \"platform\"\n";
    let (outcome, _) = read(&registry(), PROJECT, &[("a.toml", text)]);
    let desired = outcome.desired.unwrap();
    let hints: Vec<(HintKind, u32)> = desired.hints.into_iter().map(|hint| (hint.kind, hint.source.line)).collect();
    let moved = HintKind::Moved { from: address("hours.a"), via: vec![address("hours.b")], to: address("hours.c") };
    assert_eq!(hints, [(HintKind::Forget(address("hours.x")), 6), (moved, 8)]);
    let used = &desired.uses[&address("hours.u")];
    assert_eq!((&used.workspace, used.source.line), (&WorkspaceName::new("platform").unwrap(), 11));
}

#[test]
fn the_order_of_reading_shows_nowhere() {
    let files = [
        ("a.toml", "[hours.a]\nzone = 'a'\n[[adopt]]\naddress = \"hours.a\"\n"),
        ("b.toml", "[hours.b]\nzone = 'b'\n[[forget]]\naddress = \"hours.x\"\n"),
        ("c.toml", "[shop.c]\ndisplay_name = 'c'\nhours = \"a\"\n"),
    ];
    let mut back = files;
    back.reverse();
    let summary = |files: &[(&str, &str)]| {
        let (outcome, _) = read(&registry(), PROJECT, files);
        let desired = outcome.desired.unwrap();
        let documents: Vec<_> = desired.resources.iter().map(|(a, r)| (a.clone(), r.digest, r.source.line)).collect();
        let hints: Vec<_> = desired.hints.into_iter().map(|hint| hint.kind).collect();
        (documents, hints)
    };
    assert_eq!(summary(&files), summary(&back));
}

#[test]
fn the_order_of_reading_does_not_order_the_diagnostics() {
    let files = [("a.toml", "[hours.a]\nzone = 1\n"), ("b.toml", "[hours.a]\nzon = 1\n"), ("c.toml", "x")];
    let mut back = files;
    back.reverse();
    let lines = |files: &[(&str, &str)]| {
        let (outcome, _) = read(&registry(), PROJECT, files);
        let texts: Vec<&str> = std::iter::once(PROJECT).chain(files.iter().map(|(_, text)| *text)).collect();
        super::shown(&outcome.diagnostics.iter().collect::<Vec<_>>(), &outcome.files, &texts)
    };
    assert_eq!(lines(&files), lines(&back));
}

#[test]
fn the_policy_is_a_resource_unless_the_workspace_is_retired() {
    let registry = registry_with_policy();
    let project = "[guard]\nmax_deletes = 3\n[workspace]\nname = \"acme\"\n";
    let (outcome, _) = read(&registry, project, &[("a.toml", "[hours.a]\nzone = 'z'\n")]);
    let desired = outcome.desired.unwrap();
    let policy = &desired.resources[&address("policy.acme")];
    assert_eq!(policy.document.text(), r#"{"guard":{"max_deletes":3}}"#);
    assert_eq!((policy.source.line, policy.source.span.file), (3, FileId(0)));
    assert_eq!(desired.guard.max_deletes, 3);
    let (outcome, _) = read(&registry, "[workspace]\nname = \"acme\"\nretired = true\n", &[]);
    let desired = outcome.desired.unwrap();
    assert!(desired.retired && desired.resources.is_empty());
}

#[test]
fn without_a_kind_for_it_there_is_no_policy() {
    let (outcome, _) = read(&registry(), PROJECT, &[("a.toml", "[hours.a]\nzone = 'z'\n")]);
    assert_eq!(outcome.desired.unwrap().resources.len(), 1);
}

#[test]
fn invisible_characters_in_values_are_kept() {
    let text = "[hours.a]\nzone = \"\\u001b[2J\u{202e}\\r\u{9b}\"\n";
    let (outcome, _) = read(&registry(), PROJECT, &[("a.toml", text)]);
    let desired = outcome.desired.unwrap();
    let expected = "{\"zone\":\"\\u001b[2J\u{202e}\\r\u{9b}\"}";
    assert_eq!(desired.resources[&address("hours.a")].document.text(), expected);
}
