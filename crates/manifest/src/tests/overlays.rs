use deskform_model::{Address, Diagnostic, Facts, FileProblem};
use serde_json::json;

use super::kinds::{registry, registry_with_policy};
use super::{same, shown};
use crate::{Origin, Outcome, Project, Reader, Said, read_environment, read_project};

const ENVS: &str = "[workspace]\nname = \"acme\"\n[env.staging.store]\nurl = \"sqlite://s.db\"\n";

const SHOP: &str = "[shop.a]\ndisplay_name = \"A\"\nsubdomain = \"a\"\nhours = \"day\"\npartners = [\"b\", \"c\"]\nphone = { number = \"1\", extension = 2 }\n\
     [shop.a.ranges]\n\"本社\" = \"x\"\n[shop.b]\ndisplay_name = \"B\"\n[shop.c]\ndisplay_name = \"C\"\n[hours.day]\nzone = \"z\"\n";

fn owned(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn read(overlays: &[(&str, &str)], files: &[(&str, &str)]) -> Outcome {
    let registry = registry();
    let (project, found) = read_environment(&registry, ENVS, "staging");
    assert_eq!(found, []);
    let overlays = owned(overlays);
    let address = Address::parse("shop.a").unwrap();
    let facts = Facts { file: &|_| Err(FileProblem::Missing) };
    let mut reader = Reader::new(&registry, project.unwrap(), facts).overlaid(&overlays).tracing(&address);
    reader.read(owned(files));
    reader.finish()
}

/// Compares what is found where one overlay changes [`SHOP`].
#[track_caller]
fn check(overlay: &str, expected: &str) {
    check_files(&[("envs/staging/s.toml", overlay)], &[("a.toml", SHOP)], expected);
}

#[track_caller]
fn check_files(overlays: &[(&str, &str)], files: &[(&str, &str)], expected: &str) {
    let outcome = read(overlays, files);
    let texts: Vec<&str> = std::iter::once(ENVS).chain(overlays.iter().chain(files).map(|(_, text)| *text)).collect();
    let all: Vec<&Diagnostic> = outcome.diagnostics.iter().collect();
    same(&shown(&all, &outcome.files, &texts), expected);
}

/// What is desired, as if it had been written in one file.
#[track_caller]
fn same_as(overlays: &[(&str, &str)], files: &[(&str, &str)], written: &str) {
    let [overlaid, direct] = [read(overlays, files), read(&[], &[("a.toml", written)])];
    assert_eq!(overlaid.diagnostics, []);
    let [overlaid, direct] = [overlaid, direct].map(|outcome| outcome.desired.expect("no errors").resources);
    let text = |resources: &std::collections::BTreeMap<_, deskform_model::DesiredResource>| -> Vec<String> {
        resources.values().map(|resource| format!("{} {:?}", resource.document.text(), resource.outline)).collect()
    };
    assert_eq!(text(&overlaid), text(&direct));
    assert!(overlaid.keys().eq(direct.keys()));
}

#[test]
fn tables_merge_and_everything_else_is_replaced() {
    same_as(
        &[(
            "envs/staging/deep/s.toml",
            "[shop.a]\ndisplay_name = \"T\"\npartners = []\nphone = { number = \"9\" }\nranges.\"大阪\" = \"y\"\n",
        )],
        &[("a.toml", SHOP)],
        &SHOP
            .replace("\"A\"", "\"T\"")
            .replace("[\"b\", \"c\"]", "[]")
            .replace("number = \"1\"", "number = \"9\"")
            .replace("\"本社\" = \"x\"", "\"本社\" = \"x\"\n\"大阪\" = \"y\""),
    );
}

#[test]
fn what_is_unset_goes_before_the_overlay_says_anything() {
    same_as(
        &[(
            "envs/staging/s.toml",
            "[shop.a]\nunset = ['ranges.\"本社\"', \"hours\", \"phone\"]\nphone = { number = \"9\", extension = 1 }\n[[unset]]\naddress = \"hours.day\"\n",
        )],
        &[("a.toml", SHOP)],
        &SHOP
            .replace("hours = \"day\"\n", "")
            .replace("{ number = \"1\", extension = 2 }", "{ number = \"9\", extension = 1 }")
            .replace("\"本社\" = \"x\"\n", "")
            .replace("[hours.day]\nzone = \"z\"\n", ""),
    );
}

#[test]
fn a_key_in_another_unicode_form_is_the_same_key() {
    let overlaid = |key: &str, base: &str, composed: &str| {
        same_as(
            &[("envs/staging/s.toml", &format!("[shop.a.ranges]\n\"{key}\" = \"y\"\n"))],
            &[("a.toml", &format!("[shop.a]\ndisplay_name = \"A\"\nranges = {{ \"{base}\" = \"x\" }}\n"))],
            &format!("[shop.a]\ndisplay_name = \"A\"\nranges = {{ \"{composed}\" = \"y\" }}\n"),
        );
    };
    overlaid("か\u{3099}", "が", "が");
    overlaid("が", "か\u{3099}", "が");
    // The sign of Kelvin is composed as the letter.
    overlaid("\u{212A}", "K", "K");
    overlaid("K", "\u{212A}", "K");
    let unset = |key: &str, base: &str| {
        same_as(
            &[("envs/staging/s.toml", &format!("[shop.a]\nunset = ['ranges.\"{key}\"', 'ranges.\"z\"']\n"))],
            &[("a.toml", &format!("[shop.a]\ndisplay_name = \"A\"\nranges = {{ \"{base}\" = \"x\", z = \"x\" }}\n"))],
            "[shop.a]\ndisplay_name = \"A\"\nranges = {}\n",
        );
    };
    unset("か\u{3099}", "が");
    unset("が", "か\u{3099}");
    unset("K", "\u{212A}");
}

#[test]
fn a_statement_of_an_overlay_holds_for_its_environment() {
    let outcome = read(
        &[(
            "envs/staging/s.toml",
            "[[adopt]]\naddress = \"shop.b\"\n[[unset]]\naddress = \"shop.c\"\n[[forget]]\naddress = \"shop.c\"\n[shop.a]\npartners = [\"b\"]\n",
        )],
        &[("a.toml", &format!("[[adopt]]\naddress = \"shop.c\"\n{SHOP}"))],
    );
    assert_eq!(outcome.diagnostics, []);
    let hints: Vec<_> = outcome.desired.unwrap().hints.into_iter().map(|hint| format!("{:?}", hint.kind)).collect();
    assert_eq!(hints, ["Adopt(Address(\"shop.b\"))", "Forget(Address(\"shop.c\"))"]);
}

#[test]
fn an_error_is_where_the_value_was_said() {
    check(
        "[shop.a]\ndisplay_name = 1\nsubdomain = \"www\"\ncolour = 1\npartners = [\"d\"]\n",
        r#"
envs/staging/s.toml:2:16 MF032 error shop.a: `display_name` must be a string (this is a number)
envs/staging/s.toml:4:1 MF030 error shop.a: unknown key `colour` (not a key of this table) | Use `default`, `opened`, `password` or `state`.
"#,
    );
    check(
        "[shop.a.phone]\nextension = 1.5\n",
        r#"
envs/staging/s.toml:2:13 MF016* error shop.a: `phone.extension` is a number that is not whole (a fraction, an exponent, `inf` or `nan`) | Write a whole number, or text in quotes.
"#,
    );
    check(
        "[shop.a]\nsubdomain = \"www\"\n",
        r#"
envs/staging/s.toml:2:13 SH001 error shop.a: the subdomain is taken (reserved) | Use another.
"#,
    );
    check(
        "[shop.b]\nsubdomain = \"a\"\n[shop.a]\npartners = [\"d\"]\n",
        r#"
envs/staging/s.toml:2:13 MF061 error shop.b: `shop.a` and `shop.b` hold the same `shop.subdomain` (the second one) [also a.toml:3:13 the first one] | Give each of them a value of its own.
envs/staging/s.toml:4:13 MF060 error shop.a: `partners[0]` names `shop.d`, which is not declared (no such shop) | Declare `[shop.d]`, or name its owner with `[[use]]`.
"#,
    );
    // What the base says wrongly stays where it is, and the overlay is named.
    check_files(
        &[("envs/staging/s.toml", "[shop.a]\ndisplay_name = \"T\"\n")],
        &[("a.toml", "[shop.a]\ndisplay_name = \"A\"\nsubdomain = 1\n")],
        r#"
a.toml:3:13 MF032 error shop.a: `subdomain` must be a string (this is a number) [also envs/staging/s.toml:1:1 changed for this environment here]
"#,
    );
}

#[test]
fn a_required_field_that_is_taken_away_is_missing_there() {
    check(
        "[shop.a]\nunset = [\"display_name\", \"phone.number\"]\n",
        r#"
envs/staging/s.toml:2:10 MF031 error shop.a: `display_name` is missing (taken away here) | Add `display_name`: the name that customers see.
envs/staging/s.toml:2:26 MF031 error shop.a: `phone.number` is missing (taken away here) | Add `number`: the number in front of the shop.
"#,
    );
}

#[test]
fn what_is_not_there_is_neither_changed_nor_taken_away() {
    check(
        "[shop.aa]\ndisplay_name = \"T\"\n[hours.night]\nzone = \"y\"\n[[unset]]\naddress = \"shop.zebra\"\n[shops.a]\nx = 1\n",
        r#"
envs/staging/s.toml:1:1 MF140 error shop.aa: `shop.aa` is not declared outside of `envs` (an overlay changes what is declared) | Write `shop.a`.
envs/staging/s.toml:3:1 MF140 error hours.night: `hours.night` is not declared outside of `envs` (an overlay changes what is declared) | Declare it in a manifest, and `[[unset]]` it where an environment should not have it.
envs/staging/s.toml:6:11 MF140 error shop.zebra: `shop.zebra` is not declared outside of `envs` (an overlay changes what is declared) | Remove it: no environment has it.
envs/staging/s.toml:7:2 MF020 error there is no kind `shops` (not a kind of resources) | Write `shop`.
"#,
    );
    check(
        "[shop.a]\nunset = [\"display_nam\", \"phone.nummer\", \"partners.b\", \"partners[0]\", \"\", 1]\n[shop.b]\nunset = \"x\"\n[shop.c]\nunset = []\n",
        r#"
envs/staging/s.toml:2:10 MF143 error shop.a: there is no `display_nam` to unset (not said without the overlay) | Write `display_name` for `display_nam`.
envs/staging/s.toml:2:25 MF143 error shop.a: there is no `phone.nummer` to unset (not said without the overlay) | Write `number` for `nummer`.
envs/staging/s.toml:2:41 MF143 error shop.a: there is no `partners.b` to unset (not said without the overlay) | Write the list `partners` as it is to be: a list is replaced as a whole.
envs/staging/s.toml:2:55 MF142* error shop.a: `unset` is a list of fields (no path of a field) | Write paths in quotes, such as `unset = ["channels.facebook", 'ranges."本社"']`.
envs/staging/s.toml:2:70 MF142* error shop.a: `unset` is a list of fields (no path of a field) | Write paths in quotes, such as `unset = ["channels.facebook", 'ranges."本社"']`.
envs/staging/s.toml:2:74 MF142* error shop.a: `unset` is a list of fields (no path of a field) | Write paths in quotes, such as `unset = ["channels.facebook", 'ranges."本社"']`.
envs/staging/s.toml:4:9 MF142* error shop.b: `unset` is a list of fields (no path of a field) | Write paths in quotes, such as `unset = ["channels.facebook", 'ranges."本社"']`.
envs/staging/s.toml:6:9 MF142* error shop.c: `unset` is a list of fields (no path of a field) | Write paths in quotes, such as `unset = ["channels.facebook", 'ranges."本社"']`.
"#,
    );
    check_files(
        &[("envs/staging/s.toml", "[shop.old]\ndisplay_name = \"T\"\n")],
        &[("a.toml", "[shop.new]\ndisplay_name = \"A\"\n[[moved]]\nfrom = \"shop.old\"\nto = \"shop.new\"\n")],
        r#"
envs/staging/s.toml:1:1 MF140 error shop.old: `shop.old` is not declared outside of `envs` (an overlay changes what is declared) | Write `shop.new`: that is its address after the move.
"#,
    );
}

#[test]
fn a_resource_that_the_environment_does_not_have_cannot_be_named() {
    check(
        "[[unset]]\naddress = \"hours.day\"\n",
        r#"
a.toml:4:9 MF060 error shop.a: `hours` names `hours.day`, which is not declared (no such hours) [also envs/staging/s.toml:2:11 the environment does not have it] | Let the overlay name another one, or unset the field.
"#,
    );
}

#[test]
fn one_table_says_all_of_a_resource() {
    check_files(
        &[
            ("envs/staging/s.toml", "[shop.a]\ndisplay_name = \"T\"\n[[unset]]\naddress = \"shop.b\"\n"),
            (
                "envs/staging/t.toml",
                "[shop.a]\nsubdomain = \"t\"\n[shop.b]\ndisplay_name = \"T\"\n[[unset]]\naddress = \"shop.a\"\n",
            ),
        ],
        &[("a.toml", &SHOP.replace("\"b\", \"c\"", "\"c\""))],
        r#"
envs/staging/t.toml:1:1 MF141 error shop.a: two overlays are about `shop.a` (the second one) [also envs/staging/s.toml:1:1 the first one] | Put everything that the environment says of it into one table.
envs/staging/t.toml:3:1 MF141 error shop.b: two overlays are about `shop.b` (the second one) [also envs/staging/s.toml:4:11 the first one] | Put everything that the environment says of it into one table.
envs/staging/t.toml:6:11 MF141 error shop.a: two overlays are about `shop.a` (the second one) [also envs/staging/s.toml:1:1 the first one] | Put everything that the environment says of it into one table.
"#,
    );
}

#[test]
fn an_overlay_that_changes_nothing_is_pointed_at() {
    check(
        "[shop.a]\ndisplay_name = \"A\"\nranges = { \"本社\" = \"x\" }\nphone = {}\n[shop.b]\n",
        r#"
envs/staging/s.toml:2:1 MF144 advice shop.a: `display_name` is so without the overlay (changes nothing) [also a.toml:2:1 said here] | Take it out of the overlay.
envs/staging/s.toml:3:12 MF144 advice shop.a: `ranges."本社"` is so without the overlay (changes nothing) [also a.toml:8:1 said here] | Take it out of the overlay.
envs/staging/s.toml:4:1 MF144 advice shop.a: the overlay says nothing of `phone` (changes nothing) | Take it out of the overlay.
envs/staging/s.toml:5:1 MF144 advice shop.b: the overlay says nothing of `shop.b` (changes nothing) | Take it out of the overlay.
"#,
    );
}

#[test]
fn what_belongs_elsewhere_is_said() {
    check_files(
        &[
            ("envs/staging/s.toml", "[store]\nurl = \"x\"\n[env.x]\n"),
            ("envs/staging/t.toml", "\n"),
            ("envs/staging/u.toml", "[shop.a\n"),
        ],
        &[("a.toml", &format!("[[unset]]\naddress = \"shop.b\"\n{SHOP}"))],
        r#"
a.toml:1:3 MF022 error `[[unset]]` does not belong here (not in a manifest) | Move it to an overlay below `envs`, or remove it together with the declaration.
envs/staging/s.toml:1:2 MF022 error `store` does not belong in a manifest (not in a manifest) | Move it to `deskform.toml`.
envs/staging/s.toml:3:2 MF022 error `env` does not belong in a manifest (not in a manifest) | Move it to `deskform.toml`.
envs/staging/t.toml:1:1 MF015 error the overlay is empty (says nothing) | Delete the file if the environment is to be like the others, or bring its content back.
envs/staging/u.toml:1:8 MF011* error a bracket is not closed (the closing bracket is missing before this) | Close the list, table or header that is open here.
"#,
    );
}

#[test]
fn a_secret_is_a_reference_in_overlays_too() {
    let base = &[("a.toml", "[shop.a]\ndisplay_name = \"A\"\npassword = { env = \"P\" }\n")];
    check_files(
        &[("envs/staging/s.toml", "[shop.a]\npassword = \"hunter2\"\n")],
        base,
        r#"
envs/staging/s.toml:2:12 MF039* error shop.a: the secret `password` must be a reference (written out here) | Write `{ env = "NAME" }`, or `file` or `vault` instead of `env`, and let the platform hold the secret.
"#,
    );
    check_files(
        &[("envs/staging/s.toml", "[shop.a]\npassword = { vault = \"a#b\" }\n")],
        base,
        r#"
a.toml:3:12 MF039* error shop.a: the secret `password` must name one place (exactly one of `env`, `file` and `vault`) [also envs/staging/s.toml:1:1 changed for this environment here] | Write `unset = ["password"]` in the overlay to replace the secret instead of adding to it.
"#,
    );
    check_files(
        &[("envs/staging/s.toml", "[shop.a]\nunset = [\"password\"]\npassword = { vault = \"a#b\" }\n")],
        base,
        "",
    );
    check_files(
        &[("envs/staging/s.toml", "[shop.a]\npassword = { env = \"P\" }\n")],
        base,
        r#"
envs/staging/s.toml:2:14 MF144 advice shop.a: `password.env` is so without the overlay (changes nothing) [also a.toml:3:14 said here] | Take it out of the overlay.
"#,
    );
}

/// The origins of the traced resource, a line each.
fn lines(outcome: &Outcome) -> String {
    let place =
        |source: deskform_model::Source| format!("{}:{}", outcome.files[source.span.file.0 as usize], source.line);
    let line = |origin: &Origin| {
        let said = match origin.said {
            Said::Manifest(source) => place(source),
            Said::Overlay(source, base) => format!("{} for {:?}", place(source), base.map(place)),
            Said::Unset(source, base) => format!("{} takes {}", place(source), place(base)),
            Said::Default => "default".to_owned(),
        };
        format!("{} = {} {said}\n", origin.path, origin.value.clone().unwrap_or_default())
    };
    outcome.origins.as_ref().expect("it is declared").iter().map(line).collect()
}

#[test]
fn every_value_of_the_policy_has_its_place_too() {
    let registry = registry_with_policy();
    let text = "[workspace]\nname = \"acme\"\n[guard]\nmax_deletes = 3\nmax_deletes_percent = 50\nway_in = [\"203.0.113.0/24\"]\n\
                [env.staging]\nunset = [\"guard.way_in\"]\n[env.staging.store]\nlabel = \"staging\"\n[env.staging.guard]\nmax_deletes = 9\n";
    let address = Address::parse("policy.acme").unwrap();
    let traced = |(project, found): (Option<Project>, Vec<Diagnostic>)| {
        assert_eq!(found, []);
        let facts = Facts { file: &|_| Err(FileProblem::Missing) };
        let mut reader = Reader::new(&registry, project.unwrap(), facts).tracing(&address);
        reader.read(owned(&[("a.toml", SHOP)]));
        lines(&reader.finish())
    };
    same(
        &traced(read_project(&registry, text)),
        r#"
guard.max_deletes = 3 deskform.toml:4
guard.max_deletes_percent = 50 deskform.toml:5
guard.way_in = ["203.0.113.0/24"] deskform.toml:6
"#,
    );
    same(
        &traced(read_environment(&registry, text, "staging")),
        r#"
guard.max_deletes = 9 deskform.toml:12 for Some("deskform.toml:4")
guard.max_deletes_percent = 50 deskform.toml:5
guard.way_in = null deskform.toml:8 takes deskform.toml:6
"#,
    );
}

#[test]
fn every_value_has_the_place_that_says_it() {
    let outcome = read(
        &[(
            "envs/staging/s.toml",
            "\n[shop.a]\ndisplay_name = \"T\"\nunset = [\"hours\"]\nphone.extension = 7\npassword = { env = \"P\" }\n",
        )],
        &[("a.toml", SHOP)],
    );
    same(
        &lines(&outcome),
        r#"
display_name = "T" envs/staging/s.toml:3 for Some("a.toml:2")
partners = ["b","c"] a.toml:5
subdomain = "a" a.toml:3
password.env = "P" envs/staging/s.toml:6 for None
phone.extension = 7 envs/staging/s.toml:5 for Some("a.toml:6")
phone.number = "1" a.toml:6
ranges."本社" = "x" a.toml:8
hours = null envs/staging/s.toml:4 takes a.toml:4
"#,
    );
}

fn project(text: &str, name: &str) -> (Option<Project>, Vec<Diagnostic>) {
    read_environment(&registry_with_policy(), text, name)
}

#[test]
fn an_environment_is_an_overlay_of_the_project() {
    let text = "[workspace]\nname = \"acme\"\n[store]\nurl = \"sqlite://x.db\"\nlabel = \"production\"\n[guard]\nmax_deletes = 3\nway_in = [\"203.0.113.0/24\"]\n\
                [env.staging]\nunset = [\"guard.way_in\"]\n[env.staging.store]\nlabel = \"staging\"\n[env.staging.guard]\nmax_deletes_percent = 90\n";
    let (staging, found) = project(text, "staging");
    let staging = staging.unwrap();
    assert_eq!(found, []);
    assert_eq!((staging.store_url.as_deref(), staging.label.as_deref()), (Some("sqlite://x.db"), Some("staging")));
    assert_eq!(staging.policy, json!({ "guard": { "max_deletes": 3, "max_deletes_percent": 90 } }));
    assert_eq!((staging.guard.max_deletes, staging.guard.max_deletes_percent), (3, 90));
    assert_eq!(staging.environments, ["staging"]);
    let base = read_project(&registry_with_policy(), text).0.unwrap();
    assert_eq!((base.label.as_deref(), base.guard.way_in.len()), (Some("production"), 1));
}

#[track_caller]
fn check_project(text: &str, expected: &str) {
    let (_, found) = project(text, "staging");
    same(&shown(&found.iter().collect::<Vec<_>>(), &["deskform.toml".to_owned()], &[text]), expected);
}

#[test]
fn what_is_wrong_with_an_environment_is_said_once() {
    check_project(
        "[workspace]\nname = \"acme\"\n[env.staging.store]\nurll = 1\nlabel = 2\n[env.staging.workspace]\nname = \"b\"\n[env.\"試験\".store]\nurl = \"x\"\n",
        r#"
deskform.toml:3:6 MF146 error the environment `staging` does not say which store is its own (it would be applied to the store of the project) | Add `[env.staging.store]` with a `url`, or where that comes from outside, a `label`.
deskform.toml:4:1 MF030 error unknown key `urll` (not a key of `env.staging.store`) | Write `url`.
deskform.toml:5:9 MF032 error `env.staging.store.label` must be a string (this is a number)
deskform.toml:6:14 MF030 error unknown key `workspace` (not a key of `env.staging`) | Use `guard`, `limits`, `lint`, `platform` or `unset`.
deskform.toml:8:6 MF034 error `試験` cannot be a key here (not of the expected form)
"#,
    );
    check_project(
        "[workspace]\nname = \"acme\"\n[env]\nstaging = 1\n",
        r#"
deskform.toml:4:11 MF032 error `env.staging` must be a table (this is a number)
"#,
    );
    check_project(
        "[workspace]\nname = \"acme\"\n[env.staging]\nunset = [\"workspace.name\", \"guard\"]\nstore.url = \"sqlite://s.db\"\n",
        r#"
deskform.toml:4:10 MF143 error there is no `workspace.name` to unset (not said without the overlay)
deskform.toml:4:28 MF143 error there is no `guard` to unset (not said without the overlay)
"#,
    );
    check_project(
        "[workspace]\nname = \"acme\"\n[env.staging.store]\nurl = \"postgres://deskform:hunter2@db/x\"\n",
        r#"
deskform.toml:4:7 MF071* error the address of the store holds credentials (a password stands in here) | Remove the password from the file and from its history, and hand it over in the environment.
"#,
    );
}

#[test]
fn every_environment_has_a_store_of_its_own() {
    check_project(
        "[workspace]\nname = \"acme\"\n[store]\nurl = \"sqlite://x.db\"\n[env.staging.guard]\nmax_deletes = 1\n",
        r#"
deskform.toml:5:6 MF146 error the environment `staging` does not say which store is its own (it would be applied to the store of the project) | Add `[env.staging.store]` with a `url`, or where that comes from outside, a `label`.
"#,
    );
    check_project(
        "[workspace]\nname = \"acme\"\n[env.a.store]\nurl = \"sqlite://x.db\"\nlabel = \"a\"\n[env.b.store]\nurl = \"sqlite://x.db\"\nlabel = \"b\"\n[env.c.store]\nlabel = \"c\"\n[env.d.store]\nlabel = \"c\"\n",
        r#"
deskform.toml:6:1 MF147 error `a` and `b` have the same store (the second one) [also deskform.toml:3:1 the first one] | Give each environment a `url`, or where that comes from outside, a `label` of its own.
deskform.toml:11:1 MF147 error `c` and `d` have the same store (the second one) [also deskform.toml:9:1 the first one] | Give each environment a `url`, or where that comes from outside, a `label` of its own.
"#,
    );
}
