use deskform_model::{Kind as _, Typed};
use serde_json::{Value, json};

use super::TeamKind;
use crate::testing::{self, body, read, schema, spec};

#[track_caller]
fn check(text: &str, expected: &str) {
    testing::check("team", text, expected);
}

/// The verdict of reading and that of the schema.
#[track_caller]
fn judged(table: &Value, good: bool) {
    let kind = Typed::<TeamKind>::new();
    let schema = schema(&kind);
    assert_eq!((read("team", table.clone()).is_ok(), schema.is_valid(table)), (good, good), "{table}");
}

#[test]
fn an_address_is_listed_once() {
    check(
        "addresses = [\"a@acme.example\", \"B@acme.example\", \"A@Acme.example\"]\npeople.b.address = \"b@acme.example\"",
        "
        TM001 warning addresses[1]: the address `B@acme.example` is listed twice
          the same as `people.b.address`
          Take one of the two out.
        TM001 warning addresses[2]: the address `A@Acme.example` is listed twice
          the same as `addresses[0]`
          Take one of the two out.
        ",
    );
    check("addresses = [\"a@acme.example\"]\npeople.b.address = \"b@acme.example\"", "");
}

#[test]
fn a_team_holds_at_most_ten_profiles() {
    let text = |count: u32| {
        let names: Vec<String> = (0..count).map(|n| format!("\"p{n}\"")).collect();
        format!("security_profiles = [{}]", names.join(", "))
    };
    check(
        &text(11),
        "
        TM002 error security_profiles: the team holds 11 security profiles
          Amazon Connect gives a user at most 10
          Join some of the profiles into one.
        ",
    );
    check(&text(10), "");
}

#[test]
fn a_group_that_receives_mail_has_an_address() {
    let text = |rest: &str| format!("directory_group = {{ name = \"cs\", {rest} }}");
    check(
        &text("type = \"google_group\""),
        "
        TM003 error directory_group: the directory group `cs` has no address
          a group of this type receives mail
          Add the `address` of the group.
        ",
    );
    check(&text("type = \"google_group\", address = \"cs@acme.example\""), "");
    check(&text("type = \"security_group\""), "");
}

#[test]
fn a_group_is_not_one_of_its_people() {
    let text = |address: &str| {
        format!(
            "directory_group = {{ name = \"cs\", type = \"google_group\", address = \"CS@acme.example\" }}\n\
             addresses = [\"{address}\"]"
        )
    };
    check(
        &text("cs@acme.example"),
        "
        TM004 warning addresses[0]: the address `cs@acme.example` is that of the directory group
          a group is not one of its people
          Give the addresses of the people.
        ",
    );
    check(&text("cs1@acme.example"), "");
}

#[test]
fn reading_and_schema_accept_the_same_teams() {
    for good in [
        include_str!("sample.toml"),
        "",
        "security_profiles = []",
        "people = {}",
        "directory_group = { name = \"全社\", type = \"atlassian_group\" }",
        "people.a = { address = \"o'neil+x@mail.acme.example\", suspended = false }",
    ] {
        judged(&body(good), true);
    }
    for bad in [
        "people.suzuki = \"suzuki@acme.example\"",
        "people.suzuki = {}",
        "people.\"鈴木\" = { address = \"suzuki@acme.example\" }",
        "people.a = { address = \"Suzuki <suzuki@acme.example>\" }",
        "people.a = { address = \"a@acme.example\", suspended = \"yes\" }",
        "people.a = { address = \"a@acme.example\", role = \"agent\" }",
        "addresses = [\"a@acme.example;b@acme.example\"]",
        "addresses = [\"a@acme.example, b@acme.example\"]",
        "addresses = [\" a@acme.example\"]",
        "addresses = [\"a@acme\"]",
        "addresses = [\"a@b@acme.example\"]",
        "addresses = [\"a@acme.example\\r\\nBcc: b@acme.example\"]",
        "addresses = \"a@acme.example\"",
        "parent = \"CS\"",
        "parent = \"con\"",
        "security_profiles = [\"Supervisor Tokyo\"]",
        "directory_group = { name = \"cs\" }",
        "directory_group = { name = \"cs\", type = \"group\" }",
        "directory_group = { type = \"google_group\" }",
        "skills = [\"\"]",
        "members = []",
    ] {
        judged(&body(bad), false);
    }
    judged(&json!({ "location": null }), false);
}

#[test]
fn spellings_of_one_team_are_one_content() {
    let one = "brands = [\"b\", \"a\", \"b\"]\naddresses = [\"c@acme.example\", \"B@ACME.example\", \"b@acme.example\"]\npeople.c.address = \"c@Acme.Example\"";
    assert_eq!(
        spec("team", one),
        json!({
            "brands": ["a", "b"],
            "addresses": ["B@acme.example"],
            "people": { "c": { "address": "c@acme.example" } },
        })
    );
}

#[test]
fn an_outline_names_brands_parent_and_profiles_and_holds_the_groups_address() {
    let outline = read("team", body(include_str!("sample.toml"))).expect("fits").outline;
    assert_eq!(outline.title.as_deref(), Some("CS東京"));
    let references: Vec<String> = outline.references.iter().map(|one| format!("{} {}", one.path, one.to)).collect();
    assert_eq!(
        references,
        [
            "brands[0] brand.acme",
            "parent team.cs",
            "security_profiles[0] security_profile.agent",
            "security_profiles[1] security_profile.supervisor",
        ]
    );
    let unique: Vec<String> =
        outline.unique.iter().map(|one| format!("{} {} {}", one.path, one.scope, one.value)).collect();
    assert_eq!(unique, ["directory_group.address team.directory_group cs-tokyo@acme.example"]);
}

fn events(before: Option<&str>, after: Option<&str>) -> Vec<Value> {
    let (before, after) = (before.map(|t| spec("team", t)), after.map(|t| spec("team", t)));
    let events = Typed::<TeamKind>::new().events(before.as_ref(), after.as_ref(), &[]);
    assert!(events.iter().all(|event| event.category.to_string() == "user"));
    events.into_iter().map(|event| json!([event.name, event.arguments])).collect()
}

#[test]
fn an_auditor_reads_who_comes_and_who_goes() {
    let before = "security_profiles = [\"agent\"]\naddresses = [\"x@acme.example\"]\n\
                  people = { a = { address = \"a@acme.example\" }, b = { address = \"b@acme.example\" } }";
    let after = "security_profiles = [\"agent\"]\naddresses = [\"y@acme.example\"]\n\
                 people = { a = { address = \"a@acme.example\" }, c = { address = \"c@acme.example\", suspended = true } }";
    assert_eq!(
        events(Some(before), Some(after)),
        [
            json!(["person.removed", { "person": "b", "address": "b@acme.example", "security_profiles": ["agent"] }]),
            json!(["person.removed", { "address": "x@acme.example", "security_profiles": ["agent"] }]),
            json!(["person.added", { "person": "c", "address": "c@acme.example", "security_profiles": ["agent"], "suspended": true }]),
            json!(["person.added", { "address": "y@acme.example", "security_profiles": ["agent"] }]),
        ]
    );
    assert_eq!(events(Some(before), Some(before)), Vec::<Value>::new());
}

#[test]
fn a_person_is_the_same_under_the_same_key_and_else_by_the_address() {
    let before = "addresses = [\"x@acme.example\"]\npeople = { a = { address = \"a@acme.example\" }, b = { address = \"b@acme.example\" } }";
    let after = "[people]\na = { address = \"sato@acme.example\" }\nb = { address = \"b@acme.example\", suspended = true }\nx = { address = \"X@acme.example\" }";
    assert_eq!(
        events(Some(before), Some(after)),
        [
            json!(["person.address_changed", { "person": "a", "before": "a@acme.example", "after": "sato@acme.example" }]),
            json!(["person.suspended", { "person": "b", "address": "b@acme.example" }]),
            json!(["person.address_changed", { "person": "x", "before": "x@acme.example", "after": "X@acme.example" }]),
        ]
    );
    assert_eq!(
        events(
            Some("people.b = { address = \"b@acme.example\", suspended = true }"),
            Some("people.b.address = \"b@acme.example\"")
        ),
        [json!(["person.resumed", { "person": "b", "address": "b@acme.example" }])]
    );
}

#[test]
fn an_auditor_reads_which_profiles_a_team_gains_and_loses() {
    assert_eq!(
        events(
            Some("security_profiles = [\"agent\", \"quality\"]"),
            Some("security_profiles = [\"agent\", \"supervisor\"]")
        ),
        [
            json!(["rights.widened", { "security_profiles": ["supervisor"] }]),
            json!(["rights.narrowed", { "security_profiles": ["quality"] }]),
        ]
    );
    assert_eq!(
        events(Some("security_profiles = [\"agent\"]"), None),
        [json!(["rights.narrowed", { "security_profiles": ["agent"] }])]
    );
}
