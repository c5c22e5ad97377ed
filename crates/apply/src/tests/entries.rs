//! What entries and payloads hold: frozen bytes of a small run, and the rules of what is quoted.

use std::collections::BTreeMap;

use deskform_model::{
    Action, Address, Digest, Document, Head, Outlines, Precondition, Record, SealInput, SealedEntry, ServerFacts,
    canonical_text,
};
use serde_json::{Value, json};

use super::support::{
    RawRow, Store, address, approved, context, create, delete, document, follow, item, kept, lineage, moved, plan,
    registry, update, verify, workspace,
};
use crate::{
    AuditEntry, Chain, ChainVerifier, Claimed, LogPayload, LogRow, Payload, RunContext, SealError, applied_root,
    audit_entry_schema, seal, store_created,
};

fn facts() -> ServerFacts {
    ServerFacts {
        engine: "postgres".to_owned(),
        time: "2026-07-01T09:00:00.000Z".to_owned(),
        user: Some("deskform_ci".to_owned()),
        address: Some("203.0.113.7".to_owned()),
    }
}

fn full_context() -> RunContext {
    RunContext {
        claimed: Claimed {
            actor: "suzuki".to_owned(),
            address: Some("192.0.2.1".to_owned()),
            ci: Some("github_actions".to_owned()),
            host: Some("runner-1".to_owned()),
            pipeline: None,
        },
        reason: Some("年始 \"hours\"".to_owned()),
        commit: Some("0a1b2c3".to_owned()),
        dirty: None,
        ci_run: Some("https://ci.example/run/7".to_owned()),
    }
}

fn input(applied: &[(&str, &Document)], documents: &[(&str, &Document)]) -> SealInput {
    SealInput {
        lineage: lineage(),
        head: Head { seq: 0, hash: None },
        serial: 1,
        facts: facts(),
        applied: applied.iter().map(|(at, document)| (address(at), document.digest())).collect(),
        documents: documents.iter().map(|(at, document)| (address(at), (*document).clone())).collect(),
    }
}

fn salts() -> impl FnMut() -> [u8; 32] {
    let mut count = 0;
    move || {
        count += 1;
        [count; 32]
    }
}

fn sealed(
    body: deskform_model::PlanBody,
    context: &RunContext,
    input: &SealInput,
) -> Result<Vec<SealedEntry>, SealError> {
    seal(&Outlines::new(&registry()), &approved(body, 0), context, input.clone(), salts())?.collect()
}

fn read(entry: &SealedEntry) -> (AuditEntry, Payload) {
    let parsed: AuditEntry = serde_json::from_str(&entry.text).expect("an entry");
    (parsed, Payload::from_text(&entry.payload).expect("a payload"))
}

/// A run with a create, an update and a move with a follow.
fn small_run() -> Vec<SealedEntry> {
    let [a, b, c, n, r] = ["item.a", "item.b", "item.c", "item.n", "item.r"].map(address);
    let row = item(json!({ "name": "名前" }));
    let (before, after) = (item(json!({ "name": "r", "next": "a" })), item(json!({ "name": "r", "next": "b" })));
    let changes = vec![
        create(&n, &item(json!({ "name": "\"new\"\n" }))),
        update(&c, &row, &item(json!({ "name": "c" }))),
        moved(&a, &b, &row, vec![follow(&r, &before, &after)]),
    ];
    let live = [("item.a", &row), ("item.c", &row), ("item.r", &before)];
    sealed(plan(&workspace("acme"), changes, Vec::new()), &full_context(), &input(&live, &live)).expect("entries")
}

#[test]
fn the_bytes_of_a_run_are_frozen() {
    let entries = small_run();
    let first = r#"{"action":"create","address":"item.n","after":"6b1d348e81ddc501780f9c35df021c28681b3dca5ad8f0a2183a209e3e9448f8","at":"2026-07-01T09:00:00.000Z","category":"rule","cause":"config","claimed":{"actor":"suzuki","address":"192.0.2.1","ci":"github_actions","host":"runner-1"},"events":[{"category":"user","name":"item.created"}],"format":1,"hash":"49303c2941159e081913306546cd06861506d924d13ba52f87c8eae0f5350491","kind":"item","observed":{"address":"203.0.113.7","engine":"postgres","user":"deskform_ci"},"payload":"0b5d83928a55531abbb252954c943667133c9a0ce8989b70c81b8bbd233aa784","previous":"0123456789abcdef0123456789abcdef","run":{"plan":"sha256:0ac52d8c37b8647b01f0f32e64e18368f643aae45e6194e134135fee65d0d6d1","serial":1},"seq":1,"why":{"ci_run":"https://ci.example/run/7","commit":"0a1b2c3","reason":true},"workspace":"acme"}"#;
    assert_eq!(entries[0].text, first);
    assert_eq!(
        entries[0].payload,
        r#"{"after":{"format":1,"text":"{\"name\":\"\\\"new\\\"\\n\"}"},"events":[{"arguments":{"name":"\"new\"\n"},"name":"item.created"}],"reason":"年始 \"hours\""}"#
    );
    assert_eq!(
        entries[1].payload,
        r#"{"after":{"format":1,"text":"{\"name\":\"c\"}"},"before":{"format":1,"text":"{\"name\":\"名前\"}"},"edits":[{"after":"b","before":"a","cause":"config","path":["name"]}],"events":[{"arguments":{"after":"c","before":"名前"},"name":"item.renamed"}],"reason":"年始 \"hours\""}"#
    );
    let hashes: Vec<String> = entries.iter().map(|entry| entry.hash.to_string()).collect();
    assert_eq!(
        hashes,
        [
            "49303c2941159e081913306546cd06861506d924d13ba52f87c8eae0f5350491",
            "58c08360c2be8e7f06c0f87dac58399f769e17cffd4a85857bc59ba1d08a5e05",
            "b8ebfa651b0422b1435179319f5c91df94621e77938ffaddb897569847738561",
            "c881f0fe4a96be398db0364a3e751116b07b3147482c64babb0d24c4e47bf7c9"
        ]
    );
    let commitments: Vec<String> = entries.iter().map(|entry| read(entry).0.payload.to_string()).collect();
    assert_eq!(
        commitments,
        [
            "0b5d83928a55531abbb252954c943667133c9a0ce8989b70c81b8bbd233aa784",
            "26c94068f11d95b2fa728161b7a39b9db507ea79972ff4a02d2314350202cfd2",
            "90556376a0227b52e5a30410f9e3cb45c915e527c7fdb284da9cbcb8a9020857",
            "3c055a6cb0870260acbf1d6e0e709f45751df60a7c09d76b1428278681078531"
        ]
    );
    let roots: Vec<Option<String>> =
        entries.iter().map(|entry| read(entry).0.root.map(|root| root.to_string())).collect();
    assert_eq!(
        roots,
        [None, None, None, Some("422973dede1a66c19ea8d89c004f17fa7144ed7aa54900e49087920e992ec775".to_owned())]
    );
}

#[test]
fn entries_and_payloads_are_canonical_text() {
    for entry in small_run() {
        for text in [&entry.text, &entry.payload] {
            let value: Value = serde_json::from_str(text).expect("JSON");
            assert_eq!(canonical_text(&value).as_ref(), Ok(text));
        }
    }
}

#[test]
fn the_hash_can_be_worked_out_with_nothing_but_the_text() {
    let mut previous = lineage().as_str().to_owned();
    for entry in small_run() {
        let mut value: Value = serde_json::from_str(&entry.text).expect("JSON");
        let hash = value.as_object_mut().and_then(|table| table.remove("hash")).expect("a hash");
        let rest = canonical_text(&value).expect("canonical");
        let expected = Digest::of(&[b"deskform.audit.1", previous.as_bytes(), rest.as_bytes()]);
        assert_eq!(hash, json!(expected.to_string()));
        previous = expected.to_string();
    }
}

#[test]
fn the_root_is_over_addresses_and_digests_in_order() {
    let (a, b, digest) = (address("item.a"), address("item.b"), Digest::from_bytes([7; 32]));
    let hex = digest.to_string();
    let expected = Digest::of(&[b"deskform.root.1", b"item.a", hex.as_bytes(), b"item.b", hex.as_bytes()]);
    assert_eq!(applied_root(BTreeMap::from([(&b, digest), (&a, digest)])), expected);
    assert_eq!(applied_root([]), Digest::of(&[b"deskform.root.1"]));
}

/// Action, address, what was surprising, event names.
fn told(entries: &[SealedEntry]) -> Vec<String> {
    let one = |entry: &SealedEntry| {
        let (entry, _) = read(entry);
        let events: Vec<String> =
            entry.events.iter().map(|event| format!(" {}:{}", event.category, event.name)).collect();
        let applied = match entry.applied {
            None => "",
            Some(None) => " (nothing applied)",
            Some(Some(_)) => " (another applied)",
        };
        let address = entry.address.expect("an address");
        format!("{} {} {address}{applied}{}", entry.category, entry.action.word(), events.concat())
    };
    entries.iter().map(one).collect()
}

#[test]
fn follows_come_right_after_their_move_and_records_last_all_by_address() {
    let [a, b, c, x] = ["item.a", "item.b", "item.c", "item.x"].map(address);
    let row = item(json!({ "name": "1" }));
    let (before, after) = (item(json!({ "name": "r", "next": "a" })), item(json!({ "name": "r", "next": "b" })));
    let follows = ["item.s", "item.r"].map(|at| follow(&address(at), &before, &after));
    let records = vec![
        Record { address: address("item.z"), digest: None },
        Record { address: address("item.q"), digest: Some(row.digest()) },
    ];
    let changes = vec![
        moved(&a, &b, &row, follows.to_vec()),
        kept(&c, Action::Adopt, &row),
        delete(&x, &row),
        kept(&b, Action::Forget, &row),
    ];
    let live = [
        ("item.a", &row),
        ("item.c", &row),
        ("item.q", &row),
        ("item.r", &before),
        ("item.s", &before),
        ("item.x", &row),
    ];
    let applied = [("item.a", &row), ("item.r", &before), ("item.s", &row), ("item.z", &row)];
    let entries =
        sealed(plan(&workspace("a"), changes, records), &context(), &input(&applied, &live)).expect("entries");
    assert_eq!(
        told(&entries),
        [
            "account move item.b account:ownership.moved",
            "rule follow item.r",
            "rule follow item.s (another applied)",
            "account adopt item.c account:ownership.adopted",
            "rule delete item.x (nothing applied) user:item.deleted",
            "account forget item.b account:ownership.forgotten",
            "rule record item.q",
            "rule record item.z",
        ]
    );
    let (last, _) = read(&entries[7]);
    assert_eq!((last.before, last.after), (Some(row.digest()), None));
    let left =
        [("item.c", row.digest()), ("item.q", row.digest()), ("item.r", after.digest()), ("item.s", after.digest())];
    let left: BTreeMap<Address, Digest> = left.iter().map(|(at, digest)| (address(at), *digest)).collect();
    assert_eq!(last.root, Some(applied_root(left.iter().map(|(at, digest)| (at, *digest)))));
}

#[test]
fn a_document_that_stays_is_quoted_once() {
    let (c, row) = (address("item.c"), item(json!({ "name": "1" })));
    let body = plan(&workspace("a"), vec![kept(&c, Action::Adopt, &row)], Vec::new());
    let entries = sealed(body, &context(), &input(&[], &[("item.c", &row)])).expect("entries");
    let (entry, payload) = read(&entries[0]);
    assert_eq!((entry.before, entry.after), (Some(row.digest()), Some(row.digest())));
    assert_eq!(payload.before, None);
    assert_eq!(payload.after.and_then(|quoted| quoted.document(row.kind())), Some(row));
}

fn only_payload(live: &Document, after: Option<&Document>) -> String {
    let at = address(&format!("{}.a", live.kind()));
    let change = after.map_or_else(|| delete(&at, live), |after| update(&at, live, after));
    let documents = BTreeMap::from([(at.clone(), live.clone())]);
    let input = SealInput { documents, applied: BTreeMap::from([(at, live.digest())]), ..input(&[], &[]) };
    sealed(plan(&workspace("a"), vec![change], Vec::new()), &context(), &input).expect("entries").remove(0).payload
}

#[test]
fn a_secret_that_somebody_wrote_out_is_never_quoted() {
    let literal = item(json!({ "name": "a", "key": "hunter2" }));
    assert_eq!(
        only_payload(&literal, None),
        r#"{"before":{"format":1,"redacted":true,"text":"{\"key\":\"(a literal, hidden)\",\"name\":\"a\"}"},"events":[{"arguments":{"name":"a"},"name":"item.deleted"}]}"#
    );
    let reference = item(json!({ "name": "a", "key": { "env": "KEY" } }));
    assert!(only_payload(&reference, None).starts_with(r#"{"before":{"format":1,"text":"{\"key\":{\"env\":\"KEY\"}"#));
    let broken = Document::stored(literal.kind().clone(), 1, "{\"key\": hunter2".to_owned());
    assert_eq!(
        only_payload(&broken, None),
        r#"{"before":{"format":1,"redacted":true,"text":"\"(a literal, hidden)\""}}"#
    );
    let stranger = document("vault", &json!({ "key": "hunter2" }));
    assert_eq!(only_payload(&stranger, None), r#"{"before":{"format":1,"redacted":true,"text":"\"(not readable)\""}}"#);
}

#[test]
fn what_does_not_fit_its_kind_is_quoted_as_it_is_and_gives_no_events() {
    let unfit = Document::stored(document("note", &json!({})).kind().clone(), 1, r#"{ "text": 1.5 }"#.to_owned());
    assert_eq!(only_payload(&unfit, None), r#"{"before":{"format":1,"text":"{ \"text\": 1.5 }"}}"#);
    let mended = item(json!({ "name": "a" }));
    let broken = item(json!({ "nome": "a" }));
    assert!(!only_payload(&broken, Some(&mended)).contains("\"events\""));
    assert!(only_payload(&item(json!({ "name": "b" })), Some(&mended)).contains(r#""name":"item.renamed""#));
}

#[test]
fn the_reason_stands_in_the_payload_and_only_a_flag_in_the_entry() {
    for entry in small_run() {
        let (parsed, payload) = read(&entry);
        assert!(parsed.why.reason && !entry.text.contains("年始"));
        assert_eq!(payload.reason.as_deref(), Some("年始 \"hours\""));
    }
}

#[test]
fn documents_that_are_not_what_the_plan_says_are_refused() {
    let (a, row, other) = (address("item.a"), item(json!({ "name": "1" })), item(json!({ "name": "2" })));
    let body = || plan(&workspace("a"), vec![delete(&a, &row)], Vec::new());
    let at = || a.clone();
    assert_eq!(sealed(body(), &context(), &input(&[], &[])), Err(SealError::Unread { address: at() }));
    let wrong = input(&[], &[("item.a", &other)]);
    assert_eq!(sealed(body(), &context(), &wrong), Err(SealError::Mismatch { address: at() }));
    let headless = SealInput { head: Head { seq: 3, hash: None }, ..input(&[], &[("item.a", &row)]) };
    assert_eq!(sealed(body(), &context(), &headless), Err(SealError::Head));
}

#[test]
fn the_store_has_a_chain_of_its_own() {
    let entry = store_created(&lineage(), Some("production"), &facts(), &full_context().claimed, [9; 32]);
    let (parsed, payload) = read(&entry);
    assert_eq!(parsed.workspace, Chain::Store);
    assert_eq!(payload.events[0].arguments, json!({ "label": "production" }));
    let row = RawRow::of(&entry);
    let head = Head { seq: 1, hash: Some(entry.hash) };
    assert_eq!(verify(Chain::Store, std::slice::from_ref(&row), &head).findings, []);
    let mut verifier = ChainVerifier::new(Chain::Store, lineage());
    let (salt, text) = row.payload.as_ref().expect("a payload");
    verifier.feed(&LogRow { seq: 1, text: &row.text, hash: &row.hash, payload: Some(LogPayload { salt, text }) });
    assert!(verifier.finish_without_head().is_whole());
}

/// Two runs of one workspace, the second on top of the first.
#[test]
fn a_second_run_goes_on_where_the_first_ended() {
    let (a, mut store) = (address("item.a"), Store::default());
    let (one, two) = (item(json!({ "name": "1" })), item(json!({ "name": "2" })));
    let commit = store.run(&registry(), plan(&workspace("a"), vec![create(&a, &one)], Vec::new()));
    assert!(!commit.preconditions.iter().any(|fact| matches!(fact, Precondition::Row { .. })));
    store.run(&registry(), plan(&workspace("a"), vec![update(&a, &one, &two)], Vec::new()));
    let log: Vec<AuditEntry> = store.ledgers[&workspace("a")].log.iter().map(|entry| read(entry).0).collect();
    assert_eq!((log[1].seq, log[1].run.map(|run| run.serial), log[1].root.is_some()), (2, Some(2), true));
    assert_eq!(log[1].previous, crate::Previous::Entry(log[0].hash));
}

#[test]
fn the_schema_is_draft_07_and_names_every_member_of_an_entry() {
    let schema = audit_entry_schema();
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    assert_eq!(schema["additionalProperties"], false);
    for entry in small_run() {
        let value: Value = serde_json::from_str(&entry.text).expect("JSON");
        for key in value.as_object().expect("a table").keys() {
            assert!(schema["properties"].get(key).is_some(), "{key}");
        }
        for key in schema["required"].as_array().expect("a list") {
            assert!(value.get(key.as_str().expect("a name")).is_some(), "{key}");
        }
    }
    assert_eq!(schema["properties"]["applied"]["anyOf"][1]["type"], "null");
}
