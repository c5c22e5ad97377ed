//! What readers see, and that they leave no trace.

use std::io::Write as _;
use std::ops::ControlFlow;

use deskform_model::Wanted;

use super::*;
use crate::{Chain, Depth, EntryQuery, Order, StoreError};

#[tokio::test]
async fn readers_create_no_file_and_change_none() {
    let scene = Scene::with_store().await;
    std::fs::remove_file(scene.dir.path().join("live.db.lock")).unwrap();
    let facts = || {
        (scene.files(), scene.path().metadata().unwrap().modified().unwrap(), scene.path().metadata().unwrap().len())
    };
    let before = facts();
    let mut reader = scene.reader().await;
    reader.snapshot(&desk(), Depth::Hashed, |_| Wanted::default()).await.unwrap();
    let view = reader.view().await.unwrap();
    assert_eq!(facts(), before);
    drop(view);
    reader.status().await.unwrap();
    drop(reader);
    assert_eq!(facts(), before);
    assert_eq!(before.0, ["live.db"]);
}

#[tokio::test]
async fn a_read_only_folder_can_be_read() {
    let scene = Scene::with_store().await;
    let set = |folder, file| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(scene.path(), std::fs::Permissions::from_mode(file)).unwrap();
        std::fs::set_permissions(scene.dir.path(), std::fs::Permissions::from_mode(folder)).unwrap();
    };
    set(0o555, 0o444);
    let rows = scene.reader().await.status().await.map(|status| status.rows);
    set(0o755, 0o644);
    assert_eq!(rows.unwrap(), 2);
}

#[tokio::test]
async fn what_is_no_store_is_said_plainly() {
    let scene = Scene::empty();
    let make = |name: &str, bytes: &[u8]| {
        let path = scene.dir.path().join(name);
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(&path).unwrap();
        file.write_all(bytes).unwrap();
        path
    };
    make("text.db", &b"not a database, but long enough to have a header of one. ".repeat(20));
    make("empty.db", b"");
    std::fs::create_dir(scene.dir.path().join("folder.db")).unwrap();
    let mut other = SqliteConnectOptions::new().filename(make("other.db", b"")).connect().await.unwrap();
    sqlx::query("CREATE TABLE meta (schema, lineage, label)").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    std::os::unix::fs::symlink(scene.dir.path().join("other.db"), scene.dir.path().join("link.db")).unwrap();

    for (name, what) in [
        ("text.db", "`DIR/text.db` is no deskform store: it is no SQLite database"),
        ("empty.db", "there is no store at `DIR/empty.db`"),
        ("none.db", "there is no store at `DIR/none.db`"),
        ("folder.db", "`DIR/folder.db` is no deskform store: it is a directory"),
        ("other.db", "`DIR/other.db` is no deskform store: it is a SQLite database of another program"),
        ("link.db", "`DIR/link.db` is no deskform store: it is a symbolic link"),
    ] {
        let url = StoreUrl::sqlite(scene.dir.path().join(name));
        let what = what.replace("DIR", &scene.dir.path().to_string_lossy());
        assert_eq!(Reader::open(&url).await.map(drop).unwrap_err().to_string(), what);
        let written = Writer::open(&url, opening(false, Duration::ZERO)).await.map(drop).unwrap_err();
        assert_eq!(written.to_string(), what);
    }
}

#[tokio::test]
async fn a_cached_index_trusts_digests_and_a_hashed_one_does_not() {
    let scene = Scene::with_store().await;
    let (acme, week) = (address("brand.acme"), address("hours.week"));
    scene.by_hand("UPDATE resource SET document = '[]' WHERE address = 'hours.week'").await.unwrap();
    let kept = row("brand.acme", r#"{"hours":"week"}"#).digest;
    let mut reader = scene.reader().await;
    let cached = reader.snapshot(&desk(), Depth::Cached, |_| Wanted::default()).await.unwrap();
    assert_eq!((cached.rows[&acme].digest, cached.rows[&week].digest), (Some(kept), None));
    let hashed = reader.snapshot(&desk(), Depth::Hashed, |_| Wanted::default()).await.unwrap();
    assert_eq!(hashed.rows[&week].digest, Some(row("hours.week", "[]").digest));
    assert_eq!(hashed.rows[&acme].digest, Some(kept));
    let state = hashed.workspace.unwrap();
    assert_eq!((state.serial, state.seq), (1, 3));
    assert_eq!(hashed.store.unwrap().label.as_deref(), Some("production"));
}

#[tokio::test]
async fn what_was_read_ahead_holds_until_somebody_commits_and_keeps_nobody_waiting() {
    let scene = Scene::with_store().await;
    let mut reader = scene.reader().await;
    let plain = reader.snapshot(&desk(), Depth::Cached, |_| Wanted::default()).await.unwrap();
    reader.read_ahead(&desk(), Depth::Cached).await.unwrap();
    let ahead = reader.snapshot(&desk(), Depth::Cached, |_| Wanted::default()).await.unwrap();
    assert_eq!(format!("{ahead:?}"), format!("{plain:?}"));

    reader.read_ahead(&desk(), Depth::Cached).await.unwrap();
    scene.by_hand("UPDATE resource SET document = '[]' WHERE address = 'hours.week'").await.unwrap();
    let changed = reader.snapshot(&desk(), Depth::Cached, |_| Wanted::default()).await.unwrap();
    assert_eq!(changed.rows[&address("hours.week")].digest, None);

    reader.read_ahead(&desk(), Depth::Cached).await.unwrap();
    let hashed = reader.snapshot(&desk(), Depth::Hashed, |_| Wanted::default()).await.unwrap();
    assert_eq!(hashed.rows[&address("hours.week")].digest, Some(row("hours.week", "[]").digest));

    reader.read_ahead(&desk(), Depth::Cached).await.unwrap();
    let stranger = WorkspaceName::new("floor").unwrap();
    let others = reader.snapshot(&stranger, Depth::Cached, |_| Wanted::default()).await.unwrap();
    assert!(others.applied.is_empty() && others.workspace.is_none());
}

#[tokio::test]
async fn an_index_of_several_pages_is_whole() {
    let scene = Scene::with_store().await;
    let count = 20_000;
    let mut draft = Draft::new(1);
    for n in 0..count {
        draft = draft
            .insert(row(&format!("brand.n{n}"), &format!(r#"{{"n":{n}}}"#)).owned_by((n % 2 == 0).then_some("desk")));
    }
    draft.run(&scene.url).await.unwrap();
    let mut reader = scene.reader().await;
    for depth in [Depth::Cached, Depth::Hashed] {
        let live = reader.snapshot(&desk(), depth, |_| Wanted::default()).await.unwrap();
        assert_eq!((live.rows.len(), live.applied.len()), (count + 2, count + 2));
        let own = live.rows.values().filter(|row| row.owner.is_some()).count();
        assert_eq!(own, count / 2 + 2);
        assert_eq!(live.rows[&address("brand.n7")].digest, Some(row("brand.n7", r#"{"n":7}"#).digest));
        assert_eq!(live.applied[&address("brand.n7")].digest, row("brand.n7", r#"{"n":7}"#).digest);
    }
    let mut seen = 0;
    let rows = reader.rows(|batch| {
        seen += batch.len();
        ControlFlow::Continue(())
    });
    rows.await.unwrap();
    assert_eq!(seen, count + 2);
    let mut last = 0;
    let chain = Chain::Workspace(desk());
    let chain = reader.chain(&chain, |batch| {
        for entry in batch {
            assert_eq!(entry.seq, last + 1);
            last = entry.seq;
        }
        ControlFlow::Continue(())
    });
    chain.await.unwrap();
    assert_eq!(last, 3 + count as i64 + 1);
}

#[tokio::test]
async fn a_snapshot_gives_the_detail_that_the_index_calls_for() {
    let scene = Scene::with_store().await;
    scene.by_hand("UPDATE resource SET document = '[]' WHERE address = 'hours.week'").await.unwrap();
    let week = address("hours.week");
    let (mut reader, desk) = (scene.reader().await, desk());
    let live = reader.snapshot(&desk, Depth::Cached, |live| {
        let blank: Vec<_> =
            live.rows.iter().filter(|(_, row)| row.digest.is_none()).map(|(at, _)| at.clone()).collect();
        Wanted {
            documents: blank.iter().cloned().collect(),
            applied: blank.iter().cloned().chain([address("brand.none")]).collect(),
            referrers: blank.into_iter().collect(),
            values: [("brand.subdomain", "acme"), ("brand.subdomain", "none"), ("other", "acme")]
                .map(|(scope, value)| (scope.to_owned(), value.to_owned()))
                .into(),
            scopes: ["brand.subdomain".to_owned(), "brand.default".to_owned()].into(),
        }
    });
    let detail = live.await.unwrap().detail;
    assert_eq!(detail.documents[&week].text(), "[]");
    assert_eq!(detail.documents[&address("brand.acme")].text(), r#"{"hours":"week"}"#);
    assert_eq!(detail.applied.into_iter().collect::<Vec<_>>(), [(week.clone(), row("hours.week", "{}").document)]);
    assert_eq!(
        detail.referrers[&week].iter().map(|r| (r.from.as_str(), r.path.to_string())).collect::<Vec<_>>(),
        [("brand.acme", "hours".to_owned())]
    );
    let acme = address("brand.acme");
    assert_eq!(detail.values, [("brand.subdomain".to_owned(), [("acme".to_owned(), acme.clone())].into())].into());
    assert_eq!(detail.scopes["brand.subdomain"], [(acme, "acme".to_owned())]);
    assert!(detail.scopes["brand.default"].is_empty());
}

#[tokio::test]
async fn a_last_applied_document_that_the_log_no_longer_proves_is_absent() {
    let scene = Scene::with_store().await;
    let asked = || Wanted { applied: ["brand.acme", "hours.week"].map(address).into(), ..Wanted::default() };
    scene
        .by_hand(
            "DROP TRIGGER audit_payload_keeps_values; UPDATE audit_payload SET text = replace(text, 'week', 'hack')",
        )
        .await
        .unwrap();
    let live = scene.reader().await.snapshot(&desk(), Depth::Cached, |_| asked()).await.unwrap();
    assert_eq!(live.detail.applied.keys().map(Address::as_str).collect::<Vec<_>>(), ["hours.week"]);
    scene.by_hand("UPDATE audit_payload SET text = '{'").await.unwrap();
    let live = scene.reader().await.snapshot(&desk(), Depth::Cached, |_| asked()).await.unwrap();
    assert!(live.detail.applied.is_empty());
}

#[tokio::test]
async fn a_workspace_without_runs_has_no_state() {
    let scene = Scene::with_store().await;
    let other = WorkspaceName::new("other").unwrap();
    let live = scene.reader().await.snapshot(&other, Depth::Cached, |_| Wanted::default()).await.unwrap();
    assert_eq!((live.workspace, live.applied.len(), live.rows.len()), (None, 0, 2));
}

#[tokio::test]
async fn documents_that_are_no_text_can_be_read() {
    let scene = Scene::with_store().await;
    scene
        .by_hand("UPDATE resource SET document = CAST(x'ff3a0031' AS TEXT) WHERE address = 'hours.week'")
        .await
        .unwrap();
    let live = scene.reader().await.snapshot(&desk(), Depth::Hashed, |_| Wanted::default()).await.unwrap();
    assert_ne!(live.rows[&address("hours.week")].digest, Some(row("hours.week", "{}").digest));
    let view = scene.reader().await.row(&address("hours.week")).await.unwrap().unwrap();
    assert_eq!(view.document.text(), "\u{fffd}:\u{0}1");
}

#[tokio::test]
async fn a_damaged_name_is_an_error_and_no_panic() {
    let scene = Scene::with_store().await;
    scene.by_hand("UPDATE resource SET workspace = 'No Name'").await.unwrap();
    let error =
        scene.reader().await.snapshot(&desk(), Depth::Cached, |_| Wanted::default()).await.map(drop).unwrap_err();
    assert_eq!(error.to_string(), "the store is damaged: `No Name` is no name of a workspace");
    assert!(matches!(error, StoreError::Corrupt { .. }));
}

#[tokio::test]
async fn entries_come_by_chain_and_order_up_to_a_limit() {
    let scene = Scene::with_store().await;
    Draft::new(1).insert(row("brand.b", "{}")).run(&scene.url).await.unwrap();
    let mut reader = scene.reader().await;
    let desk = Some(Chain::Workspace(desk()));
    for (chain, order, limit, expected) in [
        (None, Order::OldestFirst, None, "@store 1, desk 1, desk 2, desk 3, desk 4, desk 5"),
        (None, Order::NewestFirst, Some(3), "desk 5, desk 4, desk 3"),
        (desk.clone(), Order::OldestFirst, Some(2), "desk 1, desk 2"),
        (desk, Order::NewestFirst, None, "desk 5, desk 4, desk 3, desk 2, desk 1"),
        (Some(Chain::Store), Order::NewestFirst, None, "@store 1"),
        (None, Order::OldestFirst, Some(0), ""),
    ] {
        let mut seen = Vec::new();
        let query = EntryQuery { chain, order, limit };
        let read = reader.entries(&query, |entries| {
            seen.extend(entries.iter().map(|entry| format!("{} {}", entry.chain, entry.seq)));
            ControlFlow::Continue(())
        });
        read.await.unwrap();
        assert_eq!(seen.join(", "), expected);
    }
    assert_eq!(reader.view().await.unwrap().chains().await.unwrap(), ["@store", "desk"]);
}

#[tokio::test]
async fn an_entry_carries_its_payload_until_it_is_erased() {
    let scene = Scene::with_store().await;
    scene.by_hand("DROP TRIGGER audit_payload_keeps_rows; DELETE FROM audit_payload WHERE seq = 3").await.unwrap();
    let mut payloads = Vec::new();
    let mut reader = scene.reader().await;
    let chain = Chain::Workspace(desk());
    let read = reader.chain(&chain, |entries| {
        payloads
            .extend(entries.iter().map(|entry| entry.payload.as_ref().map(|p| (p.salt, p.text.clone().into_owned()))));
        ControlFlow::Continue(())
    });
    read.await.unwrap();
    assert_eq!(payloads[1], Some((Some([2; 32]), r#"{"after":{"format":1,"text":"{}"}}"#.to_owned())));
    assert_eq!(payloads[2], None);
}
