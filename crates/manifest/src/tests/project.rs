use deskform_model::Guard;

use super::kinds::{registry, registry_with_policy};
use super::{check_repo, same, shown};
use crate::project::{fits, read_project};

const HOURS: &[(&str, &str)] = &[("a.toml", "[hours.a]\nzone = 'z'\n")];

#[track_caller]
fn check(project: &str, expected: &str) {
    check_repo(&registry(), project, HOURS, expected);
}

/// For texts that give no project at all.
#[track_caller]
fn check_none(text: &str, expected: &str) {
    let (project, found) = read_project(&registry_with_policy(), text);
    assert!(project.is_none());
    same(&shown(&found.iter().collect::<Vec<_>>(), &["deskform.toml".to_owned()], &[text]), expected);
}

#[test]
fn a_project_says_what_it_is() {
    let text = "[workspace]\nname = \"acme\"\nretired = true\nexclude = [\"old/**\"]\n[store]\nurl = \"sqlite://x.db\"\nlabel = \"production\"\n[guard]\nmax_deletes = 3\nmax_deletes_percent = 50\nway_in = [\"203.0.113.0/24\"]\n[platform.zendesk]\nagents = 60\n";
    let (project, found) = read_project(&registry(), text);
    let project = project.unwrap();
    assert_eq!(found, []);
    assert_eq!((project.workspace.as_str(), project.retired), ("acme", true));
    assert_eq!((project.store_url.as_deref(), project.label.as_deref()), (Some("sqlite://x.db"), Some("production")));
    assert_eq!(project.exclude, ["old/**"]);
    assert_eq!(
        project.guard,
        Guard { max_deletes: 3, max_deletes_percent: 50, way_in: vec!["203.0.113.0/24".to_owned()] }
    );
    let policy = serde_json::json!({
        "guard": { "max_deletes": 3, "max_deletes_percent": 50, "way_in": ["203.0.113.0/24"] },
        "platform": { "zendesk": { "agents": 60 } },
    });
    assert_eq!(project.policy, policy);
}

#[test]
fn the_schema_need_not_be_asked_about_what_is_right() {
    let fits = |text: &str| {
        let table: toml::Table = text.parse().expect("TOML");
        let value = serde_json::to_value(table).expect("JSON");
        fits(&registry_with_policy(), value.as_object().expect("a table"))
    };
    let project = "[workspace]\nname = 'acme'\n";
    for good in [
        "",
        "retired = false\nexclude = ['a/**']",
        "[store]\nurl = 'x'\nlabel = 'y'",
        "[guard]\nmax_deletes = 1",
        "[env.staging]",
        "[env.staging.store]\nlabel = 'y'\n[env.staging.guard]\nmax_deletes = 1",
    ] {
        assert!(fits(&format!("{project}{good}")), "{good}");
    }
    for bad in [
        "retired = 1",
        "exclude = ['']",
        "exclude = 'a'",
        "other = 1",
        "[store]\nurl = ''",
        "[store]\nlabel = 1",
        "[store]\nother = 'x'",
        "[guard]\nmax_deletes = -1",
        "[guard]\nother = 1",
        "[other]",
        "env = 1",
        "env.staging = 1",
        "[env.Staging]",
        "[env.staging.workspace]\nname = 'other'",
        "[env.staging.env.other]",
        "[env.staging.guard]\nmax_deletes = -1",
        "[env.staging]\nunset = ['guard.max_deletes']",
    ] {
        assert!(!fits(&format!("{project}{bad}")), "{bad}");
    }
    let long = format!("{project}[store]\nlabel = '{}'", "あ".repeat(65));
    assert!(
        !fits(&long) && !fits("[workspace]") && !fits("workspace = 1") && !fits("") && !fits("[workspace]\nname = 'A'")
    );
}

#[test]
fn guards_have_defaults() {
    let (project, found) = read_project(&registry_with_policy(), super::PROJECT);
    assert_eq!((project.unwrap().guard, found), (Guard::default(), vec![]));
}

#[test]
fn a_workspace_needs_a_legal_name() {
    check_none(
        "",
        r#"
deskform.toml:1:1 MF031 error `workspace` is missing (no `workspace` in this table) | Add `workspace`: the resources that this config repo owns in the store.
"#,
    );
    check_none(
        "[workspace]\nretired = true\n",
        r#"
deskform.toml:1:1 MF031 error `workspace.name` is missing (no `name` in this table) | Add `name`: the name of the workspace, unique in the store.
"#,
    );
    check_none(
        "[workspace]\nname = \"Acme Support\"\n",
        r#"
deskform.toml:2:8 MF034 error `workspace.name` does not have the expected form (not a name) | Write a legal name: a name has 1 to 64 lower-case ASCII letters, digits, `_` or `-`, starts with a letter or digit, and is no device name such as `con`.
"#,
    );
    check_none(
        "[workspace]\nname = \"con\"\n",
        r#"
deskform.toml:2:8 MF021 error `workspace.name` is not a legal name (not a legal name) | Use another name: a name has 1 to 64 lower-case ASCII letters, digits, `_` or `-`, starts with a letter or digit, and is no device name such as `con`.
"#,
    );
    check_none(
        "[workspace]\nname = \"acme\n[stor]\n",
        r#"
deskform.toml:2:13 MF002* error a string has no closing quote (the string is not closed) | Close the string with the quote that opened it.
"#,
    );
}

#[test]
fn unknown_keys_are_errors_with_a_suggestion() {
    check(
        "[workspace]\nname = \"acme\"\nretird = true\n[stor]\nurl = \"x\"\n[guard]\nmax_delete = 1\n",
        r#"
deskform.toml:3:1 MF030 error unknown key `retird` (not a key of `workspace`) | Write `retired`.
deskform.toml:4:2 MF030 error unknown key `stor` (not a key of this table) | Write `store`.
deskform.toml:7:1 MF030 error unknown key `max_delete` (not a key of `guard`) | Write `max_deletes`.
"#,
    );
}

#[test]
fn values_are_checked() {
    check(
        "[workspace]\nname = \"acme\"\nretired = \"yes\"\nexclude = [\"\"]\n[guard]\nmax_deletes = -1\nmax_deletes_percent = 101\n[store]\nlabel = 1.5\n",
        r#"
deskform.toml:3:11 MF032 error `workspace.retired` must be a boolean (this is a string)
deskform.toml:4:12 MF035 error `workspace.exclude[0]` is too short (at least 1 character)
deskform.toml:6:15 MF036 error `guard.max_deletes` is too small (at least 0)
deskform.toml:7:23 MF036 error `guard.max_deletes_percent` is too large (at most 100)
deskform.toml:9:9 MF016* error `store.label` is a number that is not whole (a fraction, an exponent, `inf` or `nan`) | Write a whole number, or text in quotes.
"#,
    );
}

#[test]
fn what_does_not_belong_here_is_said() {
    check(
        "[workspace]\nname = \"acme\"\n[shop.a]\ndisplay_name = 1\n[policy.acme]\n",
        r#"
deskform.toml:3:2 MF022 error `shop` is a kind, and no resource is declared in `deskform.toml` (a resource) | Move it to a manifest: any other `*.toml` file of the config repo.
deskform.toml:5:2 MF022 error a `policy` cannot be declared (not a section) | Write `[guard]`, `[limits]`, `[lint]` or `[platform]`.
"#,
    );
}

#[test]
fn credentials_are_no_part_of_the_address() {
    for url in [
        "postgres://deskform:hunter2@db/x",
        "postgres://deskform:hun/ter2@db/x",
        "postgres://deskform:hun?ter2@db/x",
        "postgres://db/x?user=a&password=hunter2",
    ] {
        check(
            &format!("[workspace]\nname = \"acme\"\n[store]\nurl = \"{url}\"\n"),
            r#"
deskform.toml:4:7 MF071* error the address of the store holds credentials (a password stands in here) | Remove the password from the file and from its history, and hand it over in the environment.
"#,
        );
    }
    check("[workspace]\nname = \"acme\"\n[store]\nurl = \"postgres://deskform@db:5432/x\"\n", "");
}

#[test]
fn the_policy_is_read_by_its_kind_with_places_in_the_project() {
    let registry = registry_with_policy();
    check_repo(
        &registry,
        "[workspace]\nname = \"acme\"\n[limits]\nhours = 0\n",
        HOURS,
        r#"
deskform.toml:4:9 PO001 error policy.acme: a limit of nothing (at least 1)
"#,
    );
    check_repo(
        &registry,
        "[workspace]\nname = \"acme\"\n[limits]\nhours = \"x\"\n[guard]\nmax = 1\n",
        HOURS,
        r#"
deskform.toml:4:9 MF032 error `limits.hours` must be a whole number (this is a string)
deskform.toml:6:1 MF030 error unknown key `max` (not a key of `guard`) | Use `max_deletes`, `max_deletes_percent` or `way_in`.
"#,
    );
}
