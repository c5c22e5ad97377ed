//! What the tables themselves see to, whoever writes.

use super::*;
use crate::{Guarantee, migrate};

#[tokio::test]
async fn the_first_commit_makes_tables_identity_and_the_stores_own_chain() {
    let scene = Scene::with_store().await;
    let expected = [
        "1|0123456789abcdef0123456789abcdef|production".to_owned(),
        format!("@store|0|{}", entry(1, "{\"store\":\"created\"}", None, lineage().as_str()).hash),
    ];
    assert_eq!(scene.contents().await[..2], expected);
    assert_eq!(scene.number("PRAGMA application_id").await, 0x6466_726d);
    assert_eq!(scene.number("SELECT count(*) FROM writer").await, 0);
    assert_eq!(scene.number("SELECT count(*) FROM audit WHERE workspace = '@store'").await, 1);
    assert_eq!(scene.files(), ["live.db", "live.db.lock"]);
}

#[tokio::test]
async fn the_log_and_the_runs_cannot_be_changed_or_deleted() {
    let scene = Scene::with_store().await;
    let before = scene.contents().await;
    for (table, sql) in [
        ("audit", "UPDATE audit SET entry = '{}'"),
        ("audit", "DELETE FROM audit"),
        ("audit_payload", "UPDATE audit_payload SET text = '{}'"),
        ("audit_payload", "DELETE FROM audit_payload WHERE seq = 1"),
        ("run", "UPDATE run SET actor = 'nobody'"),
        ("run", "DELETE FROM run"),
    ] {
        assert_eq!(scene.by_hand(sql).await, Err(refused(table)), "{sql}");
    }
    assert_eq!(scene.contents().await, before);
}

fn refused(table: &str) -> String {
    format!("error returned from database: (code: 1811) {table} is append-only")
}

#[tokio::test]
async fn replacing_is_refused_too_where_triggers_recurse() {
    let scene = Scene::with_store().await;
    let before = scene.contents().await;
    for (table, sql) in [
        ("audit", "REPLACE INTO audit (workspace, seq, entry, hash) VALUES ('desk', 1, '{}', '')"),
        ("audit_payload", "REPLACE INTO audit_payload (workspace, seq, salt, text) VALUES ('desk', 1, x'00', '{}')"),
        ("run", "REPLACE INTO run SELECT workspace, plan_id, base_serial, serial, at, 'nobody' FROM run"),
    ] {
        let sql = format!("PRAGMA recursive_triggers = ON; {sql}");
        assert_eq!(scene.by_hand(&sql).await, Err(refused(table)), "{sql}");
    }
    assert_eq!(scene.contents().await, before);
}

#[tokio::test]
async fn a_document_changed_without_a_new_digest_has_a_blank_one() {
    let scene = Scene::with_store().await;
    let blank = "SELECT count(*) FROM resource WHERE digest = ''";
    scene.by_hand("UPDATE resource SET document = document").await.unwrap();
    scene.by_hand("UPDATE resource SET protected = 1").await.unwrap();
    assert_eq!(scene.number(blank).await, 0);
    scene.by_hand("UPDATE resource SET format = 2 WHERE address = 'hours.week'").await.unwrap();
    assert_eq!(scene.number(blank).await, 1);
    scene.by_hand("UPDATE resource SET document = '{\"x\":1}' WHERE address = 'brand.acme'").await.unwrap();
    assert_eq!(scene.number(blank).await, 2);
    scene
        .by_hand("UPDATE resource SET document = '{\"x\":2}', digest = 'mine' WHERE address = 'brand.acme'")
        .await
        .unwrap();
    assert_eq!(scene.number(blank).await, 1);
}

#[tokio::test]
async fn derived_rows_follow_a_row_that_somebody_deletes_or_renames() {
    let scene = Scene::with_store().await;
    scene.by_hand("UPDATE resource SET address = 'brand.other' WHERE address = 'brand.acme'").await.unwrap();
    assert_eq!(scene.number("SELECT count(*) FROM reference WHERE \"from\" = 'brand.other'").await, 1);
    assert_eq!(scene.number("SELECT count(*) FROM unique_value WHERE address = 'brand.other'").await, 1);
    scene.by_hand("DELETE FROM resource WHERE address = 'brand.other'").await.unwrap();
    assert_eq!(scene.number("SELECT count(*) FROM reference").await, 0);
    assert_eq!(scene.number("SELECT count(*) FROM unique_value").await, 0);
}

#[tokio::test]
async fn a_row_whose_address_is_none_cannot_be_stored() {
    let scene = Scene::with_store().await;
    for (address, kind) in
        [("brand.A", "brand"), ("hours.x", "brand"), ("brand.", "brand"), ("Brand.x", "Brand"), (".x", "")]
    {
        let sql =
            format!("INSERT INTO resource (address, kind, format, document) VALUES ('{address}', '{kind}', 1, '{{}}')");
        assert!(scene.by_hand(&sql).await.is_err_and(|error| error.contains("CHECK")), "{address}");
    }
    let by_hand = "INSERT INTO resource (address, kind, format, document) VALUES ('brand.x', 'brand', 1, '{}')";
    assert_eq!(scene.by_hand(by_hand).await, Ok(1));
    let one_store = "INSERT INTO meta (schema, lineage) VALUES (1, 'another')";
    assert!(scene.by_hand(one_store).await.is_err_and(|error| error.contains("UNIQUE")));
}

#[tokio::test]
async fn a_status_counts_and_says_which_guarantees_hold() {
    let scene = Scene::with_store().await;
    let by_hand = "INSERT INTO resource (address, kind, format, document) VALUES ('brand.x', 'brand', 1, '{}'); \
         DROP TRIGGER audit_keeps_rows";
    scene.by_hand(by_hand).await.unwrap();
    let status = scene.reader().await.status().await.unwrap();
    assert_eq!((status.schema, status.rows, status.unmanaged), (1, 3, 1));
    assert_eq!((status.engine.name(), status.identity.label.as_deref()), ("sqlite", Some("production")));
    let [desk] = &status.workspaces[..] else { panic!("{:?}", status.workspaces) };
    assert_eq!((desk.name.as_str(), desk.serial, desk.seq, desk.owned), ("desk", 1, 3, 2));
    assert!(desk.head.is_some());
    let holds = |wanted| status.guarantees.iter().any(|g| g.guarantee == wanted && g.holds);
    assert!(holds(Guarantee::DigestBlanking));
    assert!(!holds(Guarantee::AppendOnlyTriggers));
}

#[tokio::test]
async fn tables_that_are_older_or_newer_are_refused() {
    let scene = Scene::with_store().await;
    scene.by_hand("UPDATE meta SET schema = 0").await.unwrap();
    let read = Reader::open(&scene.url).await.map(drop).unwrap_err();
    assert_eq!(read.to_string(), "the store has schema 0, and this version of deskform needs schema 1");
    let write = Draft::new(1).insert(row("brand.b", "{}")).run(&scene.url).await.unwrap_err();
    assert_eq!(write.to_string(), read.to_string());

    scene.by_hand("UPDATE meta SET schema = 7").await.unwrap();
    let read = Reader::open(&scene.url).await.map(drop).unwrap_err();
    assert_eq!(read.to_string(), "the store has schema 7, which is newer than schema 1 of this version of deskform");
    let migrated = migrate(&scene.url, &holder(), Duration::ZERO).await.unwrap_err();
    assert_eq!(migrated.to_string(), read.to_string());
}
