use deskform_model::{FieldPath, Kind as _, Outline, Typed};
use serde_json::json;

use super::OrganizationKind;
use crate::customer_strategy::samples;
use crate::testing::{self, body, read, spec};

const SAMPLE: &str = include_str!("sample.toml");

const NAMED: &str = r#"display_name = "Contoso"
"#;

/// An organization and what the test adds.
fn with(organization: &str, rest: &str) -> String {
    [organization, rest].concat()
}

#[track_caller]
fn check(text: &str, expected: &str) {
    testing::check("organization", text, expected);
}

#[test]
fn at_most_ten_domains_join_an_organization() {
    check(
        &with(
            NAMED,
            r#"email_domains = ["d0.example", "d1.example", "d2.example", "d3.example", "d4.example", "d5.example", "d6.example", "d7.example", "d8.example", "d9.example", "d10.example"]"#,
        ),
        "
        OR001 error email_domains: the organization has 11 mail domains
          Jira takes at most 10
          List the people of the rest as `members`, or make a second organization.
        ",
    );
    check(
        &with(
            NAMED,
            r#"email_domains = ["d0.example", "d1.example", "d2.example", "d3.example", "d4.example", "d5.example", "d6.example", "d7.example", "d8.example", "d9.example"]"#,
        ),
        "",
    );
}

#[test]
fn a_domain_of_an_organization_is_its_own() {
    check(
        &with(NAMED, r#"email_domains = ["contoso.example", "Yahoo.co.jp"]"#),
        "
        OR002 warning email_domains[1]: anybody with an address at `Yahoo.co.jp` joins the organization
          anybody can get such an address
          List the people as `members` instead.
        ",
    );
    check(&with(NAMED, r#"members = ["buyer@yahoo.co.jp"]"#), "");
}

#[test]
fn who_joins_is_not_removed() {
    check(
        &with(
            NAMED,
            r#"email_domains = ["contoso.example"]
membership = "authoritative""#,
        ),
        "
        OR003 warning membership: people who join by their domain are removed again
          nobody but `members` is to be a member
          Write `additive`, or take `email_domains` out.
        ",
    );
    check(
        &with(
            NAMED,
            r#"email_domains = ["contoso.example"]
membership = "additive""#,
        ),
        "",
    );
    check(
        &with(
            NAMED,
            r#"members = ["a@b.example"]
membership = "authoritative""#,
        ),
        "",
    );
}

#[test]
fn nothing_is_listed_twice() {
    check(
        &with(
            NAMED,
            r#"email_domains = ["contoso.example", "CONTOSO.example"]
members = ["a@b.example", "A@b.example"]"#,
        ),
        "
        OR004 warning email_domains[1]: `CONTOSO.example` is listed twice
          upper and lower case alike
          Take one of the two out.
        OR004 warning members[1]: `A@b.example` is listed twice
          upper and lower case alike
          Take one of the two out.
        ",
    );
    check(&with(NAMED, r#"email_domains = ["contoso.example", "contoso.co.jp"]"#), "");
}

#[test]
fn serde_and_schema_agree() {
    let long = format!("display_name = \"{}\"", "あ".repeat(201));
    let full = format!("display_name = \"{}\"", "あ".repeat(200));
    let bad = [
        "",
        "display_name = \"\"",
        "display_name = \"Contoso \"",
        "display_name = \"Con\\ntoso\"",
        &long,
        &with(NAMED, "domains = []"),
        &with(NAMED, "email_domains = \"contoso.example\""),
        &with(NAMED, "email_domains = [\"@contoso.example\"]"),
        &with(NAMED, "email_domains = [\"https://contoso.example\"]"),
        &with(NAMED, "members = [\"a@b.example;c@d.example\"]"),
        &with(NAMED, "members = { a = \"a@b.example\" }"),
        &with(NAMED, "membership = \"exact\""),
        &with(NAMED, "service_level = 1"),
    ];
    let good = [SAMPLE, NAMED, &full, &with(NAMED, "membership = \"additive\"\nmembers = []\nemail_domains = []")];
    samples::agree("organization", &good, &bad);
}

#[test]
fn the_text_and_digest_are_frozen() {
    let digest = "d23eb79c4f1046e6321eefb49aa952878d8d9e1402fde45a2f03d9d89f68acec";
    samples::frozen("organization", SAMPLE, include_str!("sample.json"), digest);
}

#[test]
fn what_is_spelling_only_makes_no_other_organization() {
    let said = "membership = \"additive\"\nemail_domains = [\"B.example\", \"a.example\", \"b.example\"]";
    let expected = json!({ "display_name": "Contoso", "email_domains": ["a.example", "b.example"] });
    assert_eq!(spec("organization", &with(NAMED, said)), expected);
}

#[test]
fn a_name_is_held_alone_and_another_name_is_another_organization() {
    let Outline { title, references, unique } = read("organization", body(NAMED)).expect("fits").outline;
    assert_eq!((title.as_deref(), references), (Some("Contoso"), Vec::new()));
    let unique: Vec<String> = unique.iter().map(|u| format!("{} {} {}", u.scope, u.value, u.path)).collect();
    assert_eq!(unique, ["organization.display_name contoso display_name"]);
    assert_eq!(Typed::<OrganizationKind>::new().replace_only(), [FieldPath::keys(["display_name"])]);
}

fn events(before: Option<&str>, after: Option<&str>, paths: &[&str]) -> Vec<String> {
    samples::events("organization", before, after, paths)
}

#[test]
fn an_auditor_reads_of_everybody_who_comes_or_goes() {
    let before = with(NAMED, "email_domains = [\"a.example\"]\nmembers = [\"x@y.example\", \"z@y.example\"]");
    let after =
        with(NAMED, "email_domains = [\"b.example\"]\nmembers = [\"z@y.example\"]\nservice_level = \"premium\"");
    assert_eq!(
        events(Some(&before), Some(&after), &["email_domains", "members", "service_level"]),
        [
            r#"user organization.changed {"fields":["service_level"]}"#,
            r#"other domain.allowed {"domain":"b.example","list":"email_domains"}"#,
            r#"other domain.removed {"domain":"a.example","list":"email_domains"}"#,
            r#"user member.removed {"address":"x@y.example"}"#,
        ]
    );
    assert_eq!(
        events(Some(&after), None, &[]),
        [
            r#"user organization.deleted {"display_name":"Contoso"}"#,
            r#"other domain.removed {"domain":"b.example","list":"email_domains"}"#,
            r#"user member.removed {"address":"z@y.example"}"#,
        ]
    );
    assert_eq!(events(None, Some(NAMED), &[]), [r#"user organization.created {"display_name":"Contoso"}"#]);
    assert_eq!(events(Some(NAMED), Some(NAMED), &[]), Vec::<String>::new());
}
