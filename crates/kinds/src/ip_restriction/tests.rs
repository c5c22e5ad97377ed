use deskform_model::{Kind as _, Typed};
use serde_json::{Value, json};

use super::{IpRange, IpRestrictionKind, lets_in, ranges_of};
use crate::testing::{self, body, read, schema, spec};

/// An enabled restriction with one range of that text.
fn one(text: &str) -> String {
    format!("enabled = true\nranges.\"本社\" = \"{text}\"")
}

#[track_caller]
fn check(text: &str, expected: &str) {
    testing::check("ip_restriction", text, expected);
}

/// The verdict of reading and that of the schema.
#[track_caller]
fn judged(text: &str, good: bool) {
    let kind = Typed::<IpRestrictionKind>::new();
    let schema = schema(&kind);
    let table = body(text);
    assert_eq!((read("ip_restriction", table.clone()).is_ok(), schema.is_valid(&table)), (good, good), "{text}");
}

#[test]
fn a_range_is_an_address_a_prefix_or_has_whole_octets_open() {
    check(
        &one("300.1.1.1"),
        "
        IP001 error ranges.\"本社\": `300.1.1.1` is no range of IPv4 addresses
          a part is neither a number from 0 to 255 nor `*`
          Write each part as a number, or as a whole `*`.
        ",
    );
    check(
        &one("10.0.0.1,10.0.0.2"),
        "
        IP001 error ranges.\"本社\": `10.0.0.1,10.0.0.2` is no range of IPv4 addresses
          several ranges, or a space
          Write a list, one range each: `[\"10.0.0.1\", \"10.0.0.2\"]`.
        ",
    );
    check(
        "enabled = true\nranges.VPN = [\"10.0.0.1\", \"10.0.1.1-10.0.1.9\", \"2001:db8::1\", \"10.0.*.*/16\", \"10.0.0\", \"10.0.0.0/33\"]",
        "
        IP001 error ranges.VPN[1]: `10.0.1.1-10.0.1.9` is no range of IPv4 addresses
          a first and a last address
          Write the prefixes that make up the span, such as `203.0.113.0/28`.
        IP001 error ranges.VPN[2]: `2001:db8::1` is no range of IPv4 addresses
          looks like IPv6
          Give IPv4 addresses; Zendesk takes no others.
        IP001 error ranges.VPN[3]: `10.0.*.*/16` is no range of IPv4 addresses
          both `*` and a prefix
          Write one of the two: `203.0.113.*` or `203.0.113.0/24`.
        IP001 error ranges.VPN[4]: `10.0.0` is no range of IPv4 addresses
          not four numbers
          Write four numbers with dots between them, such as `203.0.113.7`.
        IP001 error ranges.VPN[5]: `10.0.0.0/33` is no range of IPv4 addresses
          the prefix is no number from 1 to 32
          Write a prefix such as `/24`.
        ",
    );
    for good in ["192.*.*.*", "192.168.1.0/25", "10.0.0.1", "10.*.5.*", "0.0.0.0/1"] {
        check(&one(good), "");
    }
}

#[test]
fn a_restriction_restricts_something() {
    check(
        &one("10.0.0.0/0"),
        "
        IP002 error ranges.\"本社\": the range `10.0.0.0/0` lets everybody in
          restricts nothing
          Give the ranges of your offices, or write `enabled = false`.
        ",
    );
    check(
        &one("*.*.*.*"),
        "
        IP002 error ranges.\"本社\": the range `*.*.*.*` lets everybody in
          restricts nothing
          Give the ranges of your offices, or write `enabled = false`.
        ",
    );
    check(&one("10.*.*.*"), "");
}

#[test]
fn a_range_says_what_it_covers() {
    check(
        &one("198.51.100.7/24"),
        "
        IP003 error ranges.\"本社\": the range `198.51.100.7/24` has bits set behind its prefix
          one address, or the whole range?
          Write `198.51.100.0/24` for the range, `198.51.100.7` for the address.
        ",
    );
    check(&one("198.51.100.0/24"), "");
    check(&one("198.51.100.7/32"), "");
}

#[test]
fn an_enabled_restriction_lets_somebody_in() {
    check(
        "enabled = true\nranges = { \"本社\" = [] }",
        "
        IP004 error enabled: the restriction is enabled and has no range
          shuts everybody out
          Add the ranges of your offices to `ranges`, or write `enabled = false`.
        ",
    );
    check("enabled = false", "");
    check(&one("203.0.113.7"), "");
}

#[test]
fn ranges_do_not_overlap() {
    check(
        "enabled = true\n[ranges]\n\"a\" = [\"10.0.0.0/24\", \"10.0.0.0/25\"]\n\"b\" = \"10.0.*.*\"\n\"c\" = \"10.*.0.7\"",
        "
        IP005 warning ranges.a[1]: the ranges `10.0.0.0/24` and `10.0.0.0/25` overlap
          lies in `a` already
          Part them, or take the smaller one out.
        IP005 warning ranges.b: the ranges `10.0.0.0/24` and `10.0.0.0/16` overlap
          holds all of `a`
          Part them, or take the smaller one out.
        IP005 warning ranges.c: the ranges `10.0.0.0/24` and `10.*.0.7` overlap
          shares addresses with `a`
          Part them, or take the smaller one out.
        ",
    );
    check("enabled = true\nranges = { a = \"10.0.0.0/25\", b = \"10.0.0.128/25\" }", "");
}

#[test]
fn reading_and_schema_accept_the_same_restrictions() {
    for good in [
        include_str!("sample.toml"),
        "enabled = false",
        "enabled = true\nranges = {}",
        "enabled = true\nranges.\"大阪 支社\" = []",
        "enabled = true\nranges.a = \"*.*.*.*\"",
        "enabled = true\nranges.a = [\"255.255.255.255/32\", \"0.0.0.0\", \"1.*.3.4\"]",
    ] {
        judged(good, true);
    }
    for bad in [
        "",
        "enabled = \"yes\"",
        "enabled = true\nranges = [\"10.0.0.1\"]",
        "enabled = true\nranges.a = 1",
        "enabled = true\nranges.a = [[\"10.0.0.1\"]]",
        "enabled = true\nranges.a = { ip = \"10.0.0.1\" }",
        "enabled = true\nranges.\" a\" = \"10.0.0.1\"",
        "enabled = true\nranges.\"\" = \"10.0.0.1\"",
        "enabled = true\nbrand = \"acme\"",
    ] {
        judged(bad, false);
    }
    for text in [
        "10.0.0.0/0",
        "10.0.0.0/33",
        "10.0.0.0/08",
        "300.1.1.1",
        "256.1.1.1",
        "192.1*.0.1",
        "010.0.0.1",
        "10.0.0",
        "10.0.0.1.2",
        "10.0.0.1,10.0.0.2",
        "10.0.0.1 ",
        "10.0.*.*/16",
        "10.0.0.1-10.0.0.9",
        "::1",
        "",
        "１０.0.0.1",
        "10.0.0.1/",
        "/8",
        "+1.0.0.1",
    ] {
        judged(&one(text), false);
    }
}

#[test]
fn spellings_of_one_range_are_one_content() {
    let ranges = |text: &str| spec("ip_restriction", text)["ranges"].take();
    let folded = json!({ "本社": ["192.0.2.0/24", "203.0.113.7"] });
    assert_eq!(ranges("enabled = true\nranges.\"本社\" = [\"203.0.113.7/32\", \"192.0.2.*\"]"), folded);
    assert_eq!(ranges("enabled = true\nranges.\"本社\" = [\"192.0.2.0/24\", \"203.0.113.7\"]"), folded);
}

#[test]
fn export_writes_a_single_range_without_a_list() {
    let raised = Typed::<IpRestrictionKind>::new().to_manifest(&spec("ip_restriction", include_str!("sample.toml")));
    assert_eq!(
        raised["ranges"],
        json!({ "VPN": "100.64.0.0/16", "大阪": ["192.0.2.128/25", "198.51.100.7"], "本社": "203.0.113.0/24" })
    );
}

#[test]
fn only_an_enabled_restriction_holds_the_account() {
    let unique = |text: &str| -> Vec<String> {
        let outline = read("ip_restriction", body(text)).expect("fits").outline;
        outline.unique.iter().map(|one| format!("{} {} {}", one.path, one.scope, one.value)).collect()
    };
    assert_eq!(unique(include_str!("sample.toml")), ["enabled ip_restriction.enabled true"]);
    assert_eq!(unique("enabled = false"), Vec::<String>::new());
}

#[test]
fn a_way_in_is_let_in_by_ranges_that_cover_it_together() {
    let net = |text: &str| IpRange::parse(text).expect("a range");
    let spec = |enabled: bool| {
        spec(
            "ip_restriction",
            &format!("enabled = {enabled}\nranges = {{ a = \"10.0.0.0/25\", b = [\"10.0.0.128/25\"] }}"),
        )
    };
    assert_eq!(ranges_of(&spec(true)), [net("10.0.0.0/25"), net("10.0.0.128/25")]);
    assert!(lets_in(&spec(true), &net("10.0.0.0/24")) && !lets_in(&spec(true), &net("10.0.0.0/23")));
    assert!(lets_in(&spec(false), &net("10.0.0.0/23")));
    assert!(lets_in(&json!({ "enabled": 1 }), &net("10.0.0.1")));
}

fn events(before: Option<&str>, after: Option<&str>) -> Vec<Value> {
    let (before, after) = (before.map(|t| spec("ip_restriction", t)), after.map(|t| spec("ip_restriction", t)));
    let events = Typed::<IpRestrictionKind>::new().events(before.as_ref(), after.as_ref(), &[]);
    assert!(events.iter().all(|event| event.category.to_string() == "other"));
    events.into_iter().map(|event| json!([event.name, event.arguments])).collect()
}

#[test]
fn an_auditor_reads_what_is_opened_closed_and_switched() {
    let before = "enabled = false\nranges = { a = [\"10.0.0.1\", \"10.0.0.2\"], b = \"10.0.1.0/24\" }";
    let after =
        "enabled = true\ncustomers_exempt = true\nranges = { c = [\"10.0.0.1\", \"10.0.0.3\"], b = \"10.0.1.0/24\" }";
    assert_eq!(
        events(Some(before), Some(after)),
        [
            json!(["ip_restriction.switched", {
                "before": { "enabled": false, "customers_exempt": false },
                "after": { "enabled": true, "customers_exempt": true },
            }]),
            json!(["ip_range.opened", { "name": "c", "ranges": ["10.0.0.3"] }]),
            json!(["ip_range.closed", { "name": "a", "ranges": ["10.0.0.2"] }]),
        ]
    );
    assert_eq!(events(Some(before), Some(before)), Vec::<Value>::new());
    assert_eq!(
        events(None, Some("enabled = false\nranges.a = \"10.0.0.1\"")),
        [json!(["ip_range.opened", { "name": "a", "ranges": ["10.0.0.1"] }])]
    );
}
