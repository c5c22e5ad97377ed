use deskform_model::{Event, Guard, Kind as _, Typed};
use serde_json::{Value, json};

use super::PolicyKind;
use super::checks::LIMITED;
use crate::testing::{self, spec};

#[track_caller]
fn check(text: &str, expected: &str) {
    testing::check("policy", text, expected);
}

#[test]
fn a_policy_that_states_the_defaults_states_nothing() {
    let text = "guard = { max_deletes = 10, max_deletes_percent = 25, way_in = [] }\n[limits]\n[platform.zendesk]";
    assert_eq!(spec("policy", text), json!({}));
}

#[test]
fn a_range_says_what_it_covers() {
    check(
        "guard.way_in = [\"203.0.113.0/24\", \"198.51.100.7/24\"]",
        "
        PO001 error guard.way_in[1]: the range `198.51.100.7/24` has bits set behind its prefix
          one address, or the whole range?
          Write `198.51.100.0/24` for the range, `198.51.100.7/32` for the address.
        ",
    );
    check("guard.way_in = [\"198.51.100.7/32\", \"128.0.0.0/1\"]", "");
}

#[test]
fn a_waiver_ends_on_a_date() {
    check(
        "lint.BH010 = { until = \"2027-02-30\", reason = \"x\" }",
        "
        PO002 error lint.BH010.until: there is no date `2027-02-30`
          the month has no such day
        ",
    );
    check("lint.BH010 = { until = 2027-02-28, reason = \"x\" }", "");
}

#[test]
fn a_waiver_names_a_rule() {
    check(
        "lint.BH999 = { until = 2027-02-28, reason = \"x\" }",
        "
        PO003 warning lint.BH999: there is no rule `BH999`
          waives nothing
          Take the code from the report of the rule.
        ",
    );
    check("lint.MF001 = { until = 2027-02-28, reason = \"x\" }", "");
}

#[test]
fn a_limit_names_a_kind_that_has_one() {
    check(
        "limits.brands = 3\nlimits.policy = 2",
        "
        PO004 error limits.brands: there is no limit for `brands`
          no kind whose number is limited
          Did you mean `brand`?
        PO004 error limits.policy: there is no limit for `policy`
          no kind whose number is limited
          Limits can be given for `brand`, `business_hours`, `security_profile`.
        ",
    );
    check("limits.brand = 3\nlimits.business_hours = 5\nlimits.security_profile = 120", "");
}

#[test]
fn a_limit_can_be_given_for_every_kind_that_has_one() {
    let registry = crate::registry();
    let limit = |policy: &Value, kind: &str| registry.get(kind).and_then(|kind| kind.limit(policy));
    let limited: Vec<&str> = registry.kinds().map(|kind| kind.name().as_str()).collect();
    let limited: Vec<&str> = limited.into_iter().filter(|kind| limit(&json!({}), kind).is_some()).collect();
    assert_eq!(limited, LIMITED);
    let vendors = [(300, "Zendesk Suite Enterprise"), (100, "Amazon Connect"), (100, "Amazon Connect")];
    for (kind, (most, source)) in limited.iter().zip(vendors) {
        let vendor = limit(&json!({}), kind).expect("it has one");
        assert_eq!((vendor.most, vendor.source.as_str()), (most, source), "{kind}");
        let own = limit(&json!({ "limits": { *kind: 7 } }), kind).expect("it has one");
        assert_eq!((own.most, own.source), (7, format!("`limits.{kind}` of the policy")));
    }
}

#[test]
fn every_kind_that_has_a_limit_can_be_given_another() {
    let registry = crate::registry();
    let limited = registry.kinds().filter(|kind| kind.limit(&json!({})).is_some());
    let limited: Vec<&str> = limited.map(|kind| kind.name().as_str()).collect();
    assert_eq!(limited, LIMITED);
}

#[test]
fn the_guards_are_those_stated_and_the_defaults() {
    assert_eq!(crate::guard_of(&json!({})), Guard::default());
    let stated = spec("policy", "guard = { max_deletes = 0, way_in = [\"203.0.113.0/24\"] }");
    let guard = Guard { max_deletes: 0, max_deletes_percent: 25, way_in: vec!["203.0.113.0/24".to_owned()] };
    assert_eq!(crate::guard_of(&stated), guard);
}

fn events(before: Option<&str>, after: Option<&str>) -> Vec<(String, Value)> {
    let (before, after) = (before.map(|t| spec("policy", t)), after.map(|t| spec("policy", t)));
    let events = Typed::<PolicyKind>::new().events(before.as_ref(), after.as_ref(), &[]);
    let told = |Event { name, category, arguments }| (format!("{category} {name}"), arguments);
    events.into_iter().map(told).collect()
}

#[test]
fn an_auditor_reads_each_part_that_changed() {
    let after = "guard.max_deletes = 5\nlimits.brand = 3\nplatform.zendesk.plan = \"suite_team\"\n\
                 lint.BR018 = { until = 2027-03-31, reason = \"x\" }";
    let waiver = json!({ "until": "2027-03-31", "reason": "x" });
    assert_eq!(
        events(None, Some(after)),
        [
            (
                "other policy.changed".to_owned(),
                json!({
                    "before": { "guard": {}, "lint": {} },
                    "after": { "guard": { "max_deletes": 5 }, "lint": { "BR018": waiver } },
                })
            ),
            ("other waiver.added".to_owned(), json!({ "code": "BR018", "until": "2027-03-31", "reason": "x" })),
            ("account limits.changed".to_owned(), json!({ "before": {}, "after": { "brand": 3 } })),
            (
                "account platform.changed".to_owned(),
                json!({ "before": {}, "after": { "zendesk": { "plan": "suite_team" } } })
            ),
        ]
    );
    assert_eq!(events(Some(after), Some(after)), []);
    assert_eq!(events(Some("limits.brand = 3"), None).len(), 1);
}
