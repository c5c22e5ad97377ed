use super::*;
use deskform_model::{
    CanonicalJson, ChangeRef, Digest, DriftNote, Edit, FieldPath, Lineage, Record, Refusal, Unmanaged,
};
use serde_json::json;

mod comment;

fn address(text: &str) -> Address {
    Address::parse(text).expect("a legal address")
}

fn change(text: &str, action: Action, edits: Vec<Edit>) -> Change {
    let cause = edits.iter().map(|edit| edit.cause).max().unwrap_or(Cause::Config);
    Change {
        address: address(text),
        action,
        cause,
        from: None,
        before: None,
        after: None,
        edits,
        follows: vec![],
        waits_for: vec![],
        consequences: vec![],
        operator_steps: vec![],
    }
}

fn edit(path: &str, before: Option<Value>, after: Option<Value>) -> Edit {
    Edit { path: FieldPath::keys(path.split('.')), before, after, cause: Cause::Config, applied: None }
}

fn step(changes: Vec<Change>) -> Step {
    Step { reason: None, changes }
}

fn body(steps: Vec<Step>) -> PlanBody {
    PlanBody {
        workspace: Some("acme-support".parse().expect("legal")),
        lineage: Some(Lineage::new("0".repeat(32)).expect("legal")),
        label: Some("production".to_owned()),
        steps,
        ..PlanBody::default()
    }
}

/// Renders with kinds that nobody knows, so that every list is ordered; the id is left out.
fn check(body: PlanBody, provenance: Provenance, expected: &str) {
    let plan = Plan::seal(body, provenance);
    let mut page = Page::new();
    human(&Registry::new(), &plan, &mut page);
    assert_eq!(page.plain().replace(&plan.id.to_string(), "ID"), expected);
}

fn provenance() -> Provenance {
    Provenance { unchanged: 7, ..Provenance::default() }
}

#[test]
fn nothing_to_do_is_one_line() {
    check(body(vec![]), provenance(), "No changes. acme-support on production matches the manifests (7 unchanged).\n");
}

#[test]
fn five_changes_stand_in_columns_with_their_places() {
    let mut create = change("brand.sapporo", Action::Create, vec![]);
    let digest = Digest::from_bytes([0; 32]);
    let document = CanonicalJson::try_from(&json!({"display_name": "札幌サポート", "subdomain": "sapporo"})).ok();
    create.after = Some(After { format: 1, digest, document });
    let mut moved = change("business_hours.tokyo", Action::Move, vec![]);
    moved.from = Some(address("business_hours.edo"));
    moved.follows = vec![deskform_model::Follow { address: address("brand.acme"), before: digest, after: digest }];
    moved.waits_for = vec![ChangeRef { address: address("brand.acme"), action: Action::Update }];
    let update = change(
        "brand.acme",
        Action::Update,
        vec![
            edit("display_name", Some(json!("Acme")), Some(json!("Acme サポート"))),
            edit("phone.voicemail", None, Some(json!({}))),
        ],
    );
    let replace = change("brand.r", Action::Replace, vec![edit("a", Some(json!(1)), Some(json!(2)))]);
    let mut provenance = provenance();
    for (name, title, file, line) in [
        ("brand.sapporo", "札幌サポート", "brands/sapporo.toml", 1),
        ("brand.acme", "Acme サポート", "brands/acme.toml", 12),
        ("business_hours.tokyo", "", "hours/tokyo.toml", 3),
    ] {
        provenance.titles.insert(address(name), title.to_owned());
        provenance.sources.insert(address(name), SourcePlace { file: file.to_owned(), line });
    }
    let steps = vec![
        step(vec![moved]),
        step(vec![update]),
        step(vec![create]),
        step(vec![replace]),
        step(vec![change("brand.ginza", Action::Delete, vec![])]),
    ];
    check(
        body(steps),
        provenance,
        "\
> move    business_hours.tokyo                 hours/tokyo.toml:3
    from business_hours.edo
    references follow in `brand.acme`

~ update  brand.acme            Acme サポート  brands/acme.toml:12
    display_name     \"Acme\" -> \"Acme サポート\"
    phone.voicemail  (none) -> {}

+ create  brand.sapporo         札幌サポート   brands/sapporo.toml:1
    display_name = \"札幌サポート\"
    subdomain    = \"sapporo\"

! replace brand.r
    a  1 -> 2

- delete  brand.ginza                          (no longer declared)

Plan for acme-support on production: 1 to delete, 1 to replace, 1 to move, 1 to create, 1 to update, 7 unchanged.
id ID
",
    );
}

#[test]
fn what_was_changed_outside_stands_apart_and_a_conflict_shows_three_sides() {
    let mut drifted = edit("display_name", Some(json!("X")), Some(json!("Acme")));
    (drifted.cause, drifted.applied) = (Cause::Drift, Some(json!("Acme")));
    let mut both = edit("subdomain", Some(json!("live")), Some(json!("declared")));
    (both.cause, both.applied) = (Cause::Conflict, Some(json!("applied")));
    let mut body = body(vec![
        step(vec![change("brand.a", Action::Update, vec![drifted.clone()])]),
        step(vec![change("brand.b", Action::Update, vec![both, drifted])]),
    ]);
    body.records = vec![Record { address: address("brand.c"), digest: None }];
    let mut provenance = provenance();
    provenance.drift = vec![DriftNote { address: address("brand.a"), cause: Some(Cause::Drift) }];
    provenance.unmanaged = (0..12).map(|n| Unmanaged { address: address(&format!("brand.u{n:02}")) }).collect();
    check(
        body,
        provenance,
        "\
~ update  brand.b
    subdomain     changed here and outside deskform
      declared      \"declared\"
      last applied  \"applied\"
      live          \"live\"
    display_name  \"X\" -> \"Acme\"  (changed outside deskform)

Changed outside deskform, will be set back:

~ update  brand.a
    display_name  \"X\" -> \"Acme\"

Already as declared, recorded as applied (1):
    brand.c

Owned by nobody, left alone (12):
    brand.u00
    brand.u01
    brand.u02
    brand.u03
    brand.u04
    brand.u05
    brand.u06
    brand.u07
    brand.u08
    brand.u09
    and 2 more

Plan for acme-support on production: 2 to update, 1 to record, 7 unchanged.
id ID
",
    );
}

#[test]
fn steps_say_why_changes_belong_together_and_refusals_come_last() {
    let reason =
        StepReason::HandOver { scope: "brand.default".to_owned(), from: address("brand.a"), to: address("brand.b") };
    let together = Step {
        reason: Some(reason),
        changes: vec![
            change("brand.a", Action::Update, vec![edit("default", Some(json!(true)), None)]),
            change("brand.b", Action::Update, vec![edit("default", None, Some(json!(true)))]),
        ],
    };
    let mut body = body(vec![together]);
    body.refusals = vec![Refusal {
        code: "PL006".to_owned(),
        addresses: vec![],
        args: BTreeMap::from([("what".to_owned(), json!("default brand"))]),
        lifted_by_deletes: None,
    }];
    check(
        body,
        provenance(),
        "\
# together, because `brand.a` hands `brand.default` over to `brand.b`:
~ update  brand.a
    default  true -> (none)

~ update  brand.b
    default  (none) -> true

refused[PL006]: no `default brand` would be left
  = help: Declare one resource that takes the role over.

Plan for acme-support on production: 2 to update, 7 unchanged.
id ID
",
    );
}

#[test]
fn texts_of_many_lines_show_the_lines_that_differ() {
    let texts = edit("greeting", Some(json!("a\nb\nc\n")), Some(json!("a\nB\nc\n")));
    let long = edit("note", Some(json!("x".repeat(40))), Some(json!("y".repeat(40))));
    let expected = format!(
        "\
~ update  brand.a
    greeting
      - b
      + B
    note
      - \"{}\"
      + \"{}\"

Plan for acme-support on production: 1 to update, 7 unchanged.
id ID
",
        "x".repeat(40),
        "y".repeat(40)
    );
    check(body(vec![step(vec![change("brand.a", Action::Update, vec![texts, long])])]), provenance(), &expected);
}

#[test]
fn values_cannot_move_the_cursor() {
    let bad = edit("display_name", Some(json!("\u{1b}[2J")), Some(json!("a\u{202e}b\rc")));
    check(
        body(vec![step(vec![change("brand.a", Action::Update, vec![bad])])]),
        provenance(),
        "\
~ update  brand.a
    display_name  \"\\u{1b}[2J\" -> \"a\\u{202e}b\\rc\"

Plan for acme-support on production: 1 to update, 7 unchanged.
id ID
",
    );
}

#[test]
fn programs_get_the_plan_file_and_the_counts() {
    let plan = Plan::seal(body(vec![step(vec![change("brand.a", Action::Delete, vec![])])]), provenance());
    let report =
        PlanReport { registry: &Registry::new(), plan: &plan, environment: None, full: false, findings: vec![] };
    let json = report.json().expect("JSON");
    assert_eq!(json["summary"]["delete"], 1);
    assert_eq!(Plan::from_text(&json["plan_file"].to_string()), Ok(plan));
}

/// A plan of 5,000 changes, nearly all of every sort.
fn large(refusals: usize) -> Plan {
    let kinds = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    let actions =
        [Action::Create, Action::Update, Action::Delete, Action::Replace, Action::Forget, Action::Move, Action::Adopt];
    let one = |number: usize| {
        let address = format!("{}.r{number}", kinds[number % 10]);
        step(vec![change(&address, actions[number / 10 % 7], vec![])])
    };
    let refusal = |number: usize| Refusal {
        code: "PL004".to_owned(),
        addresses: vec![address(&format!("a.r{number}"))],
        args: [("action".to_owned(), json!("delete"))].into(),
        lifted_by_deletes: None,
    };
    let body = PlanBody { refusals: (0..refusals).map(refusal).collect(), ..body((0..5000).map(one).collect()) };
    let unmanaged = Unmanaged { address: address("a.u") };
    Plan::seal(body, Provenance { unmanaged: vec![unmanaged], ..provenance() })
}

fn told(plan: &Plan, full: bool) -> String {
    let mut page = Page::new();
    PlanReport { registry: &Registry::new(), plan, environment: None, full, findings: vec![] }.human(&mut page);
    page.plain()
}

#[test]
fn thousands_of_changes_fit_on_a_screen() {
    let plan = large(50);
    let text = told(&plan, false);
    assert!(text.lines().count() < 40, "{text}");
    for held in [
        "a  72 to delete, 71 to replace, 71 to forget, 71 to move, 71 to adopt, 72 to create, 72 to update\n",
        "- delete  a.r20",
        "  and 2132 more\n",
        "and 47 more refusals\n",
        "1 resource: owned by nobody, left alone\n",
        "Folded: `--full`",
    ] {
        assert!(text.contains(held), "{held}\n{text}");
    }
}

#[test]
fn every_change_is_shown_on_request() {
    let plan = large(0);
    let text = told(&plan, true);
    let shown: std::collections::BTreeSet<&str> = text.split_whitespace().collect();
    assert!(plan.changes().all(|change| shown.contains(change.address.as_str())), "all of them");
}
