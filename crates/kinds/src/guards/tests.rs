//! The edges of the guards; that they refuse, and what passes, is shown by transcripts.

use deskform_model::{Address, Document, Lifecycle, Refusal, Registry, Safeguard, Side, Standing, World};

use super::editors::Editors;
use super::open_desk::OpenDesk;
use super::way_in::WayIn;
use crate::testing::spec;

/// `address standing: table`, one a line.
type Rows<'t> = &'t [(&'t str, Standing, &'t str)];

const OURS: Standing = Standing::Written;
const KEPT: Standing = Standing::Kept;
const FOREIGN: Standing = Standing::Foreign;

fn documents(rows: Rows<'_>) -> Vec<(Address, Standing, Document)> {
    let document = |address: &Address, text: &str| {
        let kind = address.kind().parse().expect("a legal kind");
        Document::new(kind, 1, spec(address.kind(), text), Lifecycle::default()).expect("a document")
    };
    let row = |(address, standing, text): &(&str, Standing, &str)| {
        let address = Address::parse(address).expect("a legal address");
        (address.clone(), *standing, document(&address, text))
    };
    rows.iter().map(row).collect()
}

fn side<'w>(registry: &'w Registry, rows: &'w [(Address, Standing, Document)]) -> Side<'w> {
    Side::new(registry, rows.iter().map(|(address, standing, document)| (address, *standing, document)))
}

/// What the guard says: a line for each breach, then what the absence of others rests on.
#[track_caller]
fn check(guard: &dyn Safeguard, before: Rows<'_>, after: Rows<'_>, expected: &[&str]) {
    let registry: Registry = crate::registry();
    let (before, after) = (documents(before), documents(after));
    let verdict = guard.judge(&World { before: side(&registry, &before), after: side(&registry, &after) });
    let told = |breach: deskform_model::Breach| {
        let refusal = Refusal::from(breach);
        format!("{}: {}", refusal.code, guard.words(&refusal).expect("its own").message)
    };
    let mut found: Vec<String> = verdict.breaches.into_iter().map(told).collect();
    found.extend(verdict.rests_on.iter().map(|address| format!("rests on {address}")));
    assert_eq!(found, expected);
}

const EDITOR: &str = "permissions.security_profile = [\"view\", \"edit\"]";
const VIEWER: &str = "permissions.security_profile = [\"view\"]";

#[test]
fn a_profile_that_reaches_some_profiles_only_does_not_stand_in() {
    let tagged = "permissions.security_profile = [\"view\", \"edit\"]\n\
                  access.by_tag = { tags = { Department = \"CS\" }, resources = [\"security_profile\"] }";
    let before: Rows<'_> = &[("security_profile.a", OURS, EDITOR), ("security_profile.b", KEPT, tagged)];
    let gone =
        ["SP024: no security profile would be left that can edit security profiles; the last is `security_profile.a`"];
    check(&Editors, before, &before[1..], &gone);
    let users = tagged.replace("[\"security_profile\"]", "[\"user\"]");
    let other = [("security_profile.b", KEPT, users.as_str())];
    check(&Editors, &[before[0], other[0]], &other, &["rests on security_profile.b"]);
}

#[test]
fn who_never_could_edit_profiles_is_not_held_up() {
    check(&Editors, &[], &[("security_profile.a", OURS, VIEWER)], &[]);
    check(&Editors, &[("security_profile.a", OURS, VIEWER)], &[], &[]);
    check(&Editors, &[("security_profile.a", OURS, EDITOR)], &[("security_profile.a", OURS, EDITOR)], &[]);
}

#[test]
fn a_team_counts_as_long_as_somebody_is_in_it_who_can_sign_in() {
    let profile = ("security_profile.a", KEPT, EDITOR);
    let team = |people: &'static str| [profile, ("team.t", OURS, people)];
    let people = "security_profiles = [\"a\"]\npeople.x = { address = \"x@acme.example\" }";
    let gone = ["TM005: no team of people would be left that can edit security profiles; the last is `team.t`"];
    for (after, expected) in [
        (people, &[][..]),
        ("security_profiles = [\"a\"]\naddresses = [\"y@acme.example\"]", &[]),
        ("security_profiles = [\"a\"]\ndirectory_group = { name = \"g\", type = \"security_group\" }", &[]),
        ("security_profiles = [\"a\"]\npeople.x = { address = \"x@acme.example\", suspended = true }", &gone),
        ("security_profiles = [\"a\"]", &gone),
        ("addresses = [\"y@acme.example\"]", &gone),
    ] {
        check(&Editors, &team(people), &team(after), expected);
    }
}

#[test]
fn a_profile_that_no_team_holds_takes_a_team_away_with_its_right() {
    let held = ("team.t", KEPT, "security_profiles = [\"a\"]\naddresses = [\"y@acme.example\"]");
    let other = ("security_profile.b", FOREIGN, EDITOR);
    check(
        &Editors,
        &[("security_profile.a", OURS, EDITOR), other, held],
        &[("security_profile.a", OURS, VIEWER), other, held],
        &[
            "TM005: no team of people would be left that can edit security profiles; the last is `team.t`",
            "rests on security_profile.b",
        ],
    );
}

const OPEN: &str = "strategy = \"s\"\naudience = \"external\"\naccess = \"open\"";

fn strategy(audience: &str, sign_up: &str) -> String {
    let internal = "internal = { provisioning = [\"identity_provider\"] }";
    let external = format!("external = {{ sign_up = \"{sign_up}\" }}");
    let sides = match audience {
        "external" => external,
        _ => format!("identity_management = true\n{internal}\n{external}"),
    };
    format!("site = \"s\"\naudience = \"{audience}\"\n{sides}")
}

#[test]
fn the_last_open_desk_may_go_where_nobody_outside_comes_by_themselves() {
    let gone = [
        "SD010: no open external desk of the hybrid `customer_strategy.s` would be left; the last is `service_desk.d`",
    ];
    for (audience, sign_up, expected) in [
        ("hybrid", "open", &gone[..]),
        ("hybrid", "agents_only", &["rests on customer_strategy.s"]),
        ("external", "open", &["rests on customer_strategy.s"]),
    ] {
        let strategy = strategy(audience, sign_up);
        let strategy = ("customer_strategy.s", FOREIGN, strategy.as_str());
        check(&OpenDesk, &[("service_desk.d", OURS, OPEN), strategy], &[strategy], expected);
    }
    let strategy = strategy("hybrid", "open");
    let before = [("service_desk.d", OURS, OPEN), ("customer_strategy.s", OURS, strategy.as_str())];
    check(&OpenDesk, &before, &[], &[]);
}

#[test]
fn a_restriction_of_others_is_held_against_new_ways_in_only() {
    let foreign = ("ip_restriction.r", FOREIGN, "enabled = true\nranges.a = \"203.0.113.0/24\"");
    let policy = |way: &str| format!("guard.way_in = [\"{way}\"]");
    let (inside, outside) = (policy("203.0.113.0/25"), policy("192.0.2.0/24"));
    let (inside, outside) = (("policy.w", OURS, inside.as_str()), ("policy.w", OURS, outside.as_str()));
    let shut = ["IP006: `ip_restriction.r` would shut out what `way_in` names: `192.0.2.0/24`"];
    check(&WayIn, &[foreign], &[foreign, outside], &shut);
    check(&WayIn, &[foreign], &[foreign, inside], &["rests on ip_restriction.r"]);
    check(&WayIn, &[foreign, outside], &[foreign, outside], &[]);
    let theirs = ("policy.other", FOREIGN, outside.2);
    check(&WayIn, &[foreign, theirs], &[foreign, theirs, inside], &["rests on ip_restriction.r"]);
}

#[test]
fn a_restriction_that_is_not_in_force_shuts_nobody_out() {
    let restriction = |enabled: &str| format!("enabled = {enabled}\nranges.a = \"203.0.113.0/25\"");
    let policy = ("policy.w", KEPT, "guard.way_in = [\"203.0.113.0/24\"]");
    let (on, off) = (restriction("true"), restriction("false"));
    check(&WayIn, &[policy], &[policy, ("ip_restriction.r", OURS, &off)], &[]);
    let shut = ["IP006: `ip_restriction.r` would shut out what `way_in` names: `203.0.113.0/24`"];
    check(&WayIn, &[policy], &[policy, ("ip_restriction.r", OURS, &on)], &shut);
}
