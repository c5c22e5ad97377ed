//! Tests that walk over all kinds.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{Category, Document, Lifecycle, Shapes};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::testing::{body, read, schema};

const BRAND: &str = include_str!("brand/sample.toml");
const HOURS: &str = include_str!("business_hours/sample.toml");
const IP_RESTRICTION: &str = include_str!("ip_restriction/sample.toml");
const POLICY: &str = include_str!("policy/sample.toml");
const SECURITY_PROFILE: &str = include_str!("security_profile/sample.toml");
const TEAM: &str = include_str!("team/sample.toml");

/// Tables that fit their kinds' types.
fn good() -> Vec<(&'static str, Value)> {
    let brand = |rest: &str| ("brand", body(&format!("display_name = \"Acme\"\nsubdomain = \"acme\"\n{rest}")));
    let hours = |rest: &str| ("business_hours", body(&format!("time_zone = \"Asia/Tokyo\"\n{rest}")));
    vec![
        ("brand", body(BRAND)),
        brand(""),
        brand("channels = {}\nphone = {}"),
        brand("channels.help_center = { state = \"disabled\", locales = [\"en-US\", \"JA\", \"ja\"] }"),
        brand("host_mapping = { host = \"Help.Acme.Example\", certificate = \"own\" }"),
        brand("channels.mail.address = \"Help@ACME.example\""),
        brand(
            "teams = [\"support\"]\nphone.voicemail.team = \"night\"\n\
             phone.menus.main.keys.1 = { menu = \"main\", teams = [\"support\"] }",
        ),
        ("business_hours", body(HOURS)),
        hours("weekly = { mon-sun = [] }"),
        hours("weekly = { mon-thu = [\"09:00-17:00\"], fri = [\"22:00-02:00\"], sat-sun = [\"00:00-00:00\"] }"),
        hours("weekly = { fri-mon = [\"11:00-24:00\"], tue-thu = [\"09:00-12:00\", \"12:00-17:00\"] }"),
        hours(
            "parents = [\"holidays\"]\nweekly = { mon-sun = [] }\nexceptions = [{ name = \"a\", type = \"closed\", \
             from = \"2027-01-01\", to = \"2027-12-31\", closed = [\"00:00-24:00\"], recurrence = { frequency = \"yearly\", \
             interval = 2.0, by_month = 5, by_month_day = -1, by_weekday_occurrence = 4, weekdays = [\"wed\"] } }]",
        ),
        // That February has no such day is a finding, not a matter of shape.
        hours(
            "weekly = { mon-sun = [] }\nexceptions = [{ name = \"a\", from = \"2027-01-01\", to = \"2027-02-30\", open = [] }]",
        ),
        ("policy", body(POLICY)),
        ("policy", json!({})),
        ("policy", body("guard = { max_deletes = 10, max_deletes_percent = 25 }")),
        ("policy", body("guard.max_deletes = 3.0")),
        ("policy", body("[platform.zendesk]\n[platform.connect]\n[limits]\n[lint]")),
        ("customer_strategy", body(include_str!("customer_strategy/sample.toml"))),
        ("ip_restriction", body(IP_RESTRICTION)),
        ("mail_integration", body(include_str!("mail_integration/sample.toml"))),
        (
            "mail_integration",
            body(
                "tenant = \"acme\"\nlockout_recipients = [\"it@acme.example\"]\ndns = { spf_includes = [\"_spf.a.example\"] }\n\
                 [own_server]\nsender = \"a@acme.example\"\nsmtp = { host = \"a.example\", port = 465, encryption = \"tls\", \
                 auth = true, username = \"a\", password = { env = \"SMTP\", version = 2 } }\n\
                 [monitoring]\ninterval_minutes = 15\njobs.data_source = { enabled = true, notify = [\"abnormal\"] }",
            ),
        ),
        ("organization", body(include_str!("organization/sample.toml"))),
        ("security_profile", body(SECURITY_PROFILE)),
        ("service_desk", body(include_str!("service_desk/sample.toml"))),
        ("team", body(TEAM)),
    ]
}

/// Tables that do not.
fn bad() -> Vec<(&'static str, Value)> {
    let brand = |rest: &str| ("brand", body(&format!("display_name = \"Acme\"\nsubdomain = \"acme\"\n{rest}")));
    let hours = |rest: &str| ("business_hours", body(&format!("time_zone = \"Asia/Tokyo\"\n{rest}")));
    let policy = |text: &str| ("policy", body(text));
    vec![
        ("brand", json!({})),
        ("brand", json!([])),
        ("brand", body("display_name = \"Acme\"\nsubdomain = \"-acme\"")),
        ("brand", body("display_name = \"Acme\"\nsubdomain = \"ac\"")),
        ("brand", body("display_name = \"Acme\"\nsubdomain = \"acme_shop\"")),
        ("brand", body("display_name = \"Acme\\n\"\nsubdomain = \"acme\"")),
        ("brand", body("display_name = \" \"\nsubdomain = \"acme\"")),
        ("brand", json!({ "display_name": "あ".repeat(256), "subdomain": "acme" })),
        ("brand", json!({ "display_name": "Acme", "subdomain": "acme\n" })),
        ("brand", json!({ "display_name": "Acme", "subdomain": "acme", "family": null })),
        ("brand", json!({ "display_name": "Acme", "subdomain": "acme", "channels": null })),
        brand("nickname = \"x\""),
        brand("audience = \"everybody\""),
        brand("active = \"yes\""),
        brand("business_hours = \"Tokyo\""),
        brand("business_hours = \"con\""),
        brand("logo = { path = \"logo.png\" }"),
        brand("host_mapping = { host = \"https://a.example\", certificate = \"own\" }"),
        brand("host_mapping = { host = \"a.example:443\", certificate = \"own\" }"),
        brand("host_mapping = { host = \"10.0.0.1\", certificate = \"own\" }"),
        brand("host_mapping = { host = \"a.example\" }"),
        brand("channels.help_center = {}"),
        brand("channels.talk.number = \"03-0000-0001\""),
        brand("channels.twitter.account = \"@acme\""),
        brand("channels.mail.address = \"Help <help@acme.example>\""),
        brand("phone.voicemail = true"),
        brand("phone.voicemail = { team = \"Support\" }"),
        brand("teams = \"support\""),
        brand("phone.menus.Main = {}"),
        brand("phone.menus.main.keys.10 = { voicemail = {} }"),
        brand("phone.menus.main.keys.1 = { group = \"support\" }"),
        brand("phone.menus.main.keys.1 = { transfer_to = \"03-0000-0001\" }"),
        brand("phone.emergency = { key = \"10\", transfer_to = \"+81300000002\" }"),
        hours(""),
        hours("weekly = { monday = [] }"),
        hours("weekly = { mon = [\"9:00-17:00\"] }"),
        hours("weekly = { mon = [\"09:00-24:01\"] }"),
        hours("weekly = { mon = [\"24:00-01:00\"] }"),
        hours("weekly = { mon = [\"09:00 - 17:00\"] }"),
        hours("weekly = { mon = \"09:00-17:00\" }"),
        hours(
            "weekly = { mon-sun = [] }\nexceptions = [{ name = \"a\", from = \"2027-1-1\", to = \"2027-01-01\", open = [] }]",
        ),
        hours("weekly = { mon-sun = [] }\nexceptions = [{ name = \"a\", from = \"2027-01-01\" }]"),
        hours("weekly = { mon-sun = [] }\nparents = [\"Holidays\"]"),
        hours("weekly = { mon-sun = [] }\nexceptions = { a = 1 }"),
        policy("guard.max_deletes = -1"),
        policy("guard.max_deletes = 1.5"),
        policy("guard.max_deletes = \"10\""),
        policy("guard.max_deletes_percent = 101"),
        policy("guard.way_in = [\"0.0.0.0/0\"]"),
        policy("guard.way_in = [\"300.1.1.1/8\"]"),
        policy("limits.Brand = 3"),
        policy("limits.brand = 0"),
        policy("lint.br001 = { until = \"2027-01-01\", reason = \"x\" }"),
        policy("lint.BR001 = { until = \"2027-01-01\" }"),
        policy("platform.zendesk.plan = \"enterprise\""),
        policy("platform.jira.plan = \"x\""),
        policy("platform.esales.main = {}"),
    ]
}

struct Judges {
    schemas: BTreeMap<String, jsonschema::Validator>,
}

impl Judges {
    fn new() -> Self {
        let registry = crate::registry();
        let schemas = registry.kinds().map(|kind| (kind.name().to_string(), schema(kind))).collect();
        Self { schemas }
    }

    /// The verdict of reading and that of the schema. Some kinds take any word from serde and refuse it themselves, to say
    /// what was meant; the schema lists what there is.
    fn judge(&self, kind: &str, body: &Value) -> (bool, bool) {
        let typed = read(kind, body.clone()).is_ok();
        (typed, self.schemas[kind].is_valid(body))
    }
}

#[test]
fn serde_and_schema_agree_on_samples() {
    let judges = Judges::new();
    for (kind, table) in good() {
        assert_eq!(judges.judge(kind, &table), (true, true), "{kind} {table}");
    }
    for (kind, table) in bad() {
        assert_eq!(judges.judge(kind, &table), (false, false), "{kind} {table}");
    }
}

/// One way to spoil a table: at the n-th place of it, put or take something.
#[derive(Debug, Clone)]
enum Spoil {
    Remove,
    Add(String),
    Put(Value),
}

fn spoil() -> impl Strategy<Value = Spoil> {
    let texts = [
        "",
        " ",
        "a",
        "acme",
        "ACME",
        "con",
        "acme\n",
        "true",
        "mon",
        "mon-fri",
        "09:00-17:00",
        "23:59-24:00",
        "24:00-24:00",
        "2027-02-30",
        "2027-13-01",
        "+81300000001",
        "help@acme.example",
        "a.example",
        "a.example.",
        "10.0.0.0/8",
        "10.0.0.0/0",
        "enabled",
        "external",
        "managed",
        "suite_team",
        "BR001",
        "ja",
        "9",
        "あ\u{301}",
        "\u{1F600}",
        "a\r\nb",
        "a\rb",
        "\u{0}",
    ];
    let values = [
        json!(0),
        json!(1),
        json!(100),
        json!(101),
        json!(-1),
        json!(2.0),
        json!(2.5),
        json!(1e30),
        json!(true),
        json!(null),
        json!([]),
        json!([""]),
        json!({}),
        json!({ "a": 1 }),
    ];
    let key = "[a-z]{1,3}|mon|tue-wed|fri-mon|default|active|phone|channels|state|limits|brand|BH001|until|esales|x-1";
    prop_oneof![
        Just(Spoil::Remove),
        key.prop_map(Spoil::Add),
        proptest::sample::select(texts.to_vec()).prop_map(|text| Spoil::Put(json!(text))),
        proptest::sample::select(values.to_vec()).prop_map(Spoil::Put),
        "[ -~]{0,12}".prop_map(|text| Spoil::Put(json!(text))),
        "[a-z0-9.+@/:-]{1,70}".prop_map(|text| Spoil::Put(json!(text))),
    ]
}

/// Every place of a value, as JSON pointers.
fn places(value: &Value, at: &str, out: &mut Vec<String>) {
    out.push(at.to_owned());
    match value {
        Value::Object(table) => {
            for (key, inner) in table {
                places(inner, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), out);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                places(inner, &format!("{at}/{index}"), out);
            }
        }
        _ => {}
    }
}

fn spoiled(mut table: Value, at: usize, how: &Spoil) -> Value {
    let mut all = Vec::new();
    places(&table, "", &mut all);
    let place = &all[at % all.len()];
    match how {
        Spoil::Put(value) => *table.pointer_mut(place).expect("a place") = value.clone(),
        Spoil::Add(key) => {
            if let Some(table) = table.pointer_mut(place).and_then(Value::as_object_mut) {
                table.insert(key.clone(), json!([]));
            }
        }
        Spoil::Remove => {
            let (parent, key) = place.rsplit_once('/').unwrap_or_default();
            if let Some(table) = table.pointer_mut(parent).and_then(Value::as_object_mut) {
                table.remove(key);
            }
        }
    }
    table
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1500) })]

    #[test]
    fn serde_and_schema_agree_on_spoiled_samples(
        sample in 0usize..good().len(),
        spoils in proptest::collection::vec((0usize..60, spoil()), 0..3),
    ) {
        thread_local!(static JUDGES: Judges = Judges::new());
        let (kind, mut table) = good().swap_remove(sample);
        for (at, how) in &spoils {
            table = spoiled(table, *at, how);
        }
        // The schema is asked about what serde sees: text in NFC.
        let table = deskform_model::normalised(table).expect("no two keys become one");
        let (typed, schema) = JUDGES.with(|judges| judges.judge(kind, &table));
        prop_assert_eq!(typed, schema, "{} {}", kind, table);
    }
}

#[test]
fn a_spec_raised_and_lowered_is_the_same_spec() {
    let registry = crate::registry();
    for (kind, table) in good() {
        let reading = read(kind, table).expect("a good sample");
        let raised = registry.get(kind).expect("a kind").to_manifest(&reading.spec.value());
        let again = read(kind, raised.clone()).expect("raised tables are good");
        assert_eq!(again.spec, reading.spec, "{kind} {raised}");
    }
}

#[test]
fn a_spec_is_read_back_as_it_is() {
    let registry = crate::registry();
    for (kind, table) in good() {
        let spec = read(kind, table).expect("a good sample").spec;
        let again = registry.get(kind).expect("a kind").upgrade(1, spec.value()).expect("readable");
        assert_eq!(deskform_model::canonical_text(&again).as_deref(), Ok(&**spec.text()));
    }
}

#[test]
fn every_list_says_how_it_is_compared_and_every_field_what_it_is() {
    for kind in crate::registry().kinds() {
        let name = kind.name();
        assert!(kind.shapes().unannotated().is_empty(), "{name}: {:?}", kind.shapes().unannotated());
        let manifest = Shapes::of(kind.manifest_schema());
        assert!(manifest.unannotated().is_empty(), "{name}: {:?}", manifest.unannotated());
        described(kind.manifest_schema(), name.as_str());
    }
}

fn described(schema: &Value, at: &str) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let text = property["description"].as_str().unwrap_or_default();
        assert!(text.ends_with('.'), "{at}.{name}: {text:?}");
        assert!(property.get("anyOf").is_none() && !property["type"].is_array(), "{at}.{name}: {property}");
        described(property, &format!("{at}.{name}"));
    }
}

/// Paths below a schema that are marked as secrets, `*` for any key.
fn marked(schema: &Value, path: &str, out: &mut Vec<String>) {
    if schema.get("x-deskform-secret").is_some() {
        out.push(path.trim_start_matches('.').to_owned());
    }
    let named = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    named.for_each(|(name, inner)| marked(inner, &format!("{path}.{name}"), out));
    let matched = schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten();
    matched.for_each(|(_, inner)| marked(inner, &format!("{path}.*"), out));
    ["additionalProperties", "items"].iter().filter_map(|key| schema.get(key)).for_each(|inner| {
        marked(inner, &format!("{path}.*"), out);
    });
    let branches = ["allOf", "anyOf", "oneOf"].iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
    branches.for_each(|inner| marked(inner, path, out));
}

#[test]
fn a_kind_names_every_secret_of_its_schema() {
    let mut count = 0;
    for kind in crate::registry().kinds() {
        let mut found = Vec::new();
        marked(kind.manifest_schema(), "", &mut found);
        let named: BTreeSet<String> = kind.secrets().iter().map(ToString::to_string).collect();
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), named, "{}", kind.name());
        count += named.len();
    }
    assert_eq!(count, 3);
}

#[test]
fn rules_have_one_code_each_and_a_test_that_names_it() {
    let tests = [
        include_str!("brand/tests.rs"),
        include_str!("business_hours/tests.rs"),
        include_str!("customer_strategy/tests.rs"),
        include_str!("guards/tests.rs"),
        include_str!("ip_restriction/tests.rs"),
        include_str!("mail_integration/tests.rs"),
        include_str!("organization/tests.rs"),
        include_str!("policy/tests.rs"),
        include_str!("security_profile/tests.rs"),
        include_str!("service_desk/tests.rs"),
        include_str!("team/tests.rs"),
        include_str!("tests.rs"),
    ];
    let rules = crate::rules();
    let distinct: BTreeSet<&str> = rules.iter().map(|rule| rule.code.0).collect();
    assert_eq!(distinct.len(), rules.len());
    for (code, summary) in rules.iter().map(|rule| (rule.code, rule.title)) {
        assert!(code.0.len() == 5 && code.0[2..].bytes().all(|b| b.is_ascii_digit()), "{code}");
        assert!(!summary.is_empty() && !summary.ends_with('.'), "{code}");
        assert!(tests.iter().any(|text| text.contains(code.0)), "no test names {code}");
    }
}

/// One document a kind, frozen: its text and its digest must never change under the same format.
fn frozen(kind: &str, table: &str, text: &str, digest: &str) {
    let reading = read(kind, body(table)).expect("a good sample");
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    let name = deskform_model::KindName::new(kind).expect("a legal kind");
    let document = Document::of(name, reading.format, &reading.spec, Lifecycle::default()).expect("canonical");
    assert_eq!((document.text(), document.digest().to_string().as_str()), (text, digest));
}

#[test]
fn the_text_and_digest_of_a_brand_are_frozen() {
    frozen(
        "brand",
        BRAND,
        include_str!("brand/sample.json").trim_end(),
        "4b37587c5dee345dc2212d5f8bb3aae862ab52c1080e6ca9e77bd7033be62e28",
    );
}

#[test]
fn the_text_and_digest_of_business_hours_are_frozen() {
    frozen(
        "business_hours",
        HOURS,
        include_str!("business_hours/sample.json").trim_end(),
        "d1c0609dacaf1978e64b7b850f89ab5a3b55c64ee93d49da7a77e6291290af96",
    );
}

#[test]
fn the_text_and_digest_of_a_policy_are_frozen() {
    frozen(
        "policy",
        POLICY,
        include_str!("policy/sample.json").trim_end(),
        "a10abde4e6d26597f561d2188dc97e95e0effb948110f6ca916ad17fe641d0d6",
    );
}

#[test]
fn the_text_and_digest_of_an_ip_restriction_are_frozen() {
    frozen(
        "ip_restriction",
        IP_RESTRICTION,
        include_str!("ip_restriction/sample.json").trim_end(),
        "7665c3e242aaf242915757aa1d5e8c036f5e6e515bb17f1cca74453c63790f60",
    );
}

#[test]
fn the_text_and_digest_of_a_security_profile_are_frozen() {
    frozen(
        "security_profile",
        SECURITY_PROFILE,
        include_str!("security_profile/sample.json").trim_end(),
        "115dc226524b81f8cb5bdbf99cd47bb17f05f782fff395d53169324b81664391",
    );
}

#[test]
fn the_text_and_digest_of_a_team_are_frozen() {
    frozen(
        "team",
        TEAM,
        include_str!("team/sample.json").trim_end(),
        "6da5578a363da3d36ec53815ea5bf43f17099627e8b7b416571ea0e2daeff821",
    );
}

#[test]
fn the_registry_holds_the_kinds_with_their_areas() {
    let registry = crate::registry();
    let areas: Vec<(&str, Category)> = registry.kinds().map(|kind| (kind.name().as_str(), kind.category())).collect();
    let expected = [
        ("brand", Category::Account),
        ("business_hours", Category::Rule),
        ("customer_strategy", Category::Rule),
        ("ip_restriction", Category::Other),
        ("mail_integration", Category::Application),
        ("organization", Category::User),
        ("policy", Category::Other),
        ("security_profile", Category::User),
        ("service_desk", Category::Rule),
        ("team", Category::User),
    ];
    assert_eq!(areas, expected);
}

#[test]
fn hierarchies_hang_on_references_to_the_kind_itself() {
    let hours = "time_zone = \"Asia/Tokyo\"\nweekly = { mon-sun = [] }\nparents = [\"above\"]";
    let samples = [("business_hours", hours, "BH024", 2), ("team", "parent = \"above\"", "TM006", 5)];
    let registry = crate::registry();
    for (kind, text, code, levels) in samples {
        let hierarchy = registry.get(kind).expect("a kind").hierarchy().expect("a hierarchy");
        assert_eq!((hierarchy.code.0, hierarchy.levels), (code, levels));
        let references = read(kind, body(text)).expect("a good sample").outline.references;
        let Ok([reference]) = <[_; 1]>::try_from(references) else { panic!("{kind} has one reference") };
        assert!(reference.path.to_string().starts_with(hierarchy.field), "{}", reference.path);
        assert_eq!(reference.to.to_string(), format!("{kind}.above"));
    }
    assert_eq!(registry.kinds().filter(|kind| kind.hierarchy().is_some()).count(), samples.len());
}
