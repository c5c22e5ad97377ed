use deskform_model::{FieldPath, Kind as _, Outline, Typed};
use serde_json::json;

use super::ServiceDeskKind;
use crate::customer_strategy::samples;
use crate::testing::{self, body, read, spec};

const SAMPLE: &str = include_str!("sample.toml");

const STAFF: &str = r#"strategy = "acme"
audience = "internal"
access = "restricted"
customers.groups = ["jsm-staff"]
"#;
const OUTSIDE: &str = r#"strategy = "acme"
audience = "external"
access = "open"
"#;

/// A desk and what the test adds.
fn with(desk: &str, rest: &str) -> String {
    [desk, rest].concat()
}

#[track_caller]
fn check(text: &str, expected: &str) {
    testing::check("service_desk", text, expected);
}

#[test]
fn a_private_desk_is_restricted() {
    check(
        &with(OUTSIDE, "private = true"),
        "
        SD001 error access: a private desk is open
          `private` is true
          Write `restricted`, and name who may reach the desk.
        ",
    );
    check(&with(STAFF, "private = true"), "");
}

#[test]
fn groups_do_not_fit_a_team_managed_desk() {
    check(
        &with(STAFF, r#"management = "team""#),
        "
        SD002 warning customers.groups: groups are customers of a team-managed desk
          Jira's pages do not offer it (JSDCLOUD-4867)
          Have an admin add the groups to the role of customers, or let the company manage it.
        ",
    );
    check(&with(STAFF, r#"management = "company""#), "");
    check(&with(OUTSIDE, r#"management = "team""#), "");
}

#[test]
fn outside_customers_are_in_no_group() {
    check(
        r#"strategy = "acme"
audience = "external"
access = "restricted"
organizations = ["contoso"]
customers = { groups = ["partners"], teams = ["sales"] }"#,
        "
        SD003 error customers.groups: groups are customers of an external desk
          outside customers can be in no group
          Put outside customers in an `organization`, and name it in `organizations`.
        SD003 error customers.teams: teams are customers of an external desk
          outside customers can be in no group
          Put outside customers in an `organization`, and name it in `organizations`.
        ",
    );
    check(
        r#"strategy = "acme"
audience = "external"
access = "restricted"
organizations = ["contoso"]
customers.people = ["buyer@contoso.example"]"#,
        "",
    );
}

#[test]
fn outside_customers_of_a_restricted_desk_are_named_by_organization() {
    check(
        r#"strategy = "acme"
audience = "external"
access = "restricted"
customers.people = ["buyer@contoso.example"]"#,
        "
        SD004 warning access: a restricted external desk names no organization
          outside customers are best named by it
          Group the customers in an `organization`, and name it in `organizations`.
        ",
    );
    check(OUTSIDE, "");
}

#[test]
fn sharing_within_groups_is_not_offered_everywhere() {
    check(
        &with(STAFF, r#"sharing = "group""#),
        "
        SD005 warning sharing: requests are shared within groups
          not every site of Jira offers it (JSDCLOUD-4867)
          Look whether yours does, or write `organization`.
        ",
    );
    check(&with(STAFF, r#"sharing = "anyone""#), "");
}

#[test]
fn an_open_desk_of_hr_is_worth_an_advice() {
    check(
        r#"strategy = "acme"
audience = "internal"
access = "open"
function = "hr""#,
        r#"
        SD006 advice access: a desk of HR is open to everybody on the site
          its requests are often confidential
          Consider `private = true` and `access = "restricted"`.
        "#,
    );
    check(&with(STAFF, r#"function = "hr""#), "");
    check(
        r#"strategy = "acme"
audience = "internal"
access = "open"
function = "itsm""#,
        "",
    );
}

#[test]
fn what_a_desk_is_for_goes_with_whom_it_serves() {
    check(
        &with(OUTSIDE, r#"function = "legal""#),
        "
        SD007 advice function: this desk usually serves staff, and its audience is `external`
          the two seldom go together
          Look whether `audience` is right.
        ",
    );
    check(
        &with(STAFF, r#"function = "sales""#),
        "
        SD007 advice function: this desk usually serves outside customers, and its audience is `internal`
          the two seldom go together
          Look whether `audience` is right.
        ",
    );
    check(&with(OUTSIDE, r#"function = "recruiting""#), "");
    check(&with(STAFF, r#"function = "recruiting""#), "");
}

#[test]
fn a_list_keeps_nobody_out_of_an_open_desk() {
    check(
        &with(OUTSIDE, r#"customers.people = ["buyer@contoso.example"]"#),
        "
        SD008 advice customers: customers are listed, and the desk is open anyway
          the list keeps nobody out
          Make `access` `restricted`, or take the list out.
        ",
    );
    check(
        &with(
            OUTSIDE,
            r#"customers = {}
organizations = ["contoso"]"#,
        ),
        "",
    );
}

#[test]
fn nobody_is_listed_twice() {
    check(
        &with(STAFF, r#"customers.people = ["sato@acme.example", "Sato@acme.example"]"#),
        "
        SD009 warning customers.people[1]: `Sato@acme.example` is listed twice
          upper and lower case alike
          Take one of the two out.
        ",
    );
    check(&with(STAFF, r#"customers.people = ["sato@acme.example", "suzuki@acme.example"]"#), "");
}

#[test]
fn a_short_desk_has_nothing_wrong() {
    check(
        r#"
        brand         = "acme"
        strategy      = "acme"
        audience      = "external"
        access        = "open"
        mail          = { address = "help@acme.example" }
        organizations = []
        "#,
        "",
    );
}

#[test]
fn serde_and_schema_agree() {
    let desk = |rest: &str| with(OUTSIDE, rest);
    let bad = [
        desk("nickname = \"x\""),
        desk("key = \"hr\""),
        desk("key = \"H\""),
        desk("brand = \"Acme\""),
        desk("brand = \"con\""),
        desk("private = \"no\""),
        desk("management = \"nobody\""),
        desk("function = \"gardening\""),
        desk("mail = \"help@acme.example\""),
        desk("mail.address = \"Help <help@acme.example>\""),
        desk("agents = \"support\""),
        desk("agents = [\"Support\"]"),
        desk("organizations = [\"contoso.example\"]"),
        desk("customers = [\"contoso\"]"),
        desk("customers.organizations = [\"contoso\"]"),
        desk("customers.people = [\"sato\"]"),
        desk("customers.groups = [\"\"]"),
        desk("sharing = \"everybody\""),
        desk("escalates_to = [\"itsm\"]"),
        "audience = \"external\"\naccess = \"open\"".to_owned(),
        "strategy = \"acme\"\naccess = \"open\"".to_owned(),
        "strategy = \"acme\"\naudience = \"external\"".to_owned(),
        "strategy = \"acme\"\naudience = \"hybrid\"\naccess = \"open\"".to_owned(),
        "strategy = \"acme\"\naudience = \"external\"\naccess = \"closed\"".to_owned(),
    ];
    let good = [
        SAMPLE.to_owned(),
        OUTSIDE.to_owned(),
        STAFF.to_owned(),
        desk(
            "organizations = [\"b\", \"a\", \"b\"]\nagents = [\"b\", \"a\"]\ncustomers = {}\nmanagement = \"company\"",
        ),
    ];
    fn texts(tables: &[String]) -> Vec<&str> {
        tables.iter().map(String::as_str).collect()
    }
    samples::agree("service_desk", &texts(&good), &texts(&bad));
}

#[test]
fn the_text_and_digest_are_frozen() {
    let digest = "1e97597ee711643113bd248c7db7704876413b6f946f2651b3a6ebad926d1a5d";
    samples::frozen("service_desk", SAMPLE, include_str!("sample.json"), digest);
}

#[test]
fn what_is_spelling_only_makes_no_other_desk() {
    let said = with(
        OUTSIDE,
        "private = false\nmanagement = \"company\"\nsharing = \"organization\"\norganizations = []\ncustomers = {}\n\
         mail.address = \"help@ACME.example\"",
    );
    assert_eq!(
        spec("service_desk", &said),
        json!({
            "strategy": "acme", "audience": "external", "access": "open", "mail": { "address": "help@acme.example" },
        })
    );
}

#[test]
fn a_desk_refers_to_its_surroundings_and_holds_its_address() {
    let Outline { title, references, unique } = read("service_desk", body(SAMPLE)).expect("fits").outline;
    assert_eq!(title.as_deref(), Some("教務課"));
    assert!(references.is_sorted());
    let references: Vec<String> = references.iter().map(|r| format!("{} -> {}", r.path, r.to)).collect();
    assert_eq!(
        references,
        [
            "agents[0] -> team.office",
            "agents[1] -> team.admins",
            "brand -> brand.soumu",
            "customers.teams[0] -> team.teachers",
            "escalates_to -> service_desk.itsm",
            "organizations[0] -> organization.partner_schools",
            "strategy -> customer_strategy.admissions",
        ]
    );
    let unique: Vec<String> = unique.iter().map(|u| format!("{} {} {}", u.scope, u.value, u.path)).collect();
    assert_eq!(unique, ["service_desk.mail desk@acme.example mail.address"]);
}

#[test]
fn a_project_stays_where_it_is_and_what_it_is() {
    let fields = ["management", "strategy"].map(|field| FieldPath::keys([field]));
    assert_eq!(Typed::<ServiceDeskKind>::new().replace_only(), fields);
}

fn events(before: Option<&str>, after: Option<&str>, paths: &[&str]) -> Vec<String> {
    samples::events("service_desk", before, after, paths)
}

#[test]
fn an_auditor_reads_who_reaches_a_desk() {
    let after = OUTSIDE.replace("open", "restricted") + "organizations = [\"contoso\"]";
    assert_eq!(
        events(Some(OUTSIDE), Some(&after), &["access", "organizations"]),
        [concat!(
            r#"rule desk_access.changed {"after":{"access":"restricted","agents":[],"audience":"external","customers":{},"#,
            r#""escalates_to":null,"mail":null,"organizations":["contoso"],"private":false,"sharing":"organization","#,
            r#""strategy":"acme"},"before":{"access":"open","agents":[],"audience":"external","customers":{},"#,
            r#""escalates_to":null,"mail":null,"organizations":[],"private":false,"sharing":"organization","#,
            r#""strategy":"acme"}}"#
        )]
    );
    let created = events(None, Some(OUTSIDE), &[]);
    assert!(matches!(created.as_slice(), [one] if one.starts_with("rule desk_access.changed ")), "{created:?}");
    let deleted = events(Some(OUTSIDE), None, &[]);
    assert!(matches!(deleted.as_slice(), [one] if one.contains(r#"{"after":null,"#)), "{deleted:?}");
}

#[test]
fn an_auditor_reads_of_the_rest_apart() {
    let after = with(OUTSIDE, "key = \"SUP\"\nfunction = \"support\"");
    assert_eq!(
        events(Some(OUTSIDE), Some(&after), &["function", "key"]),
        [r#"rule desk.changed {"fields":["function","key"]}"#]
    );
    assert_eq!(events(Some(OUTSIDE), Some(OUTSIDE), &[]), Vec::<String>::new());
}
