//! One writer at a time, and who it is.

use super::*;
use crate::StoreError;

#[tokio::test]
async fn a_second_writer_is_told_who_holds_the_store() {
    let scene = Scene::with_store().await;
    let first = Writer::open(&scene.url, opening(false, Duration::ZERO)).await.unwrap();
    let mut waiting = opening(false, Duration::from_millis(60));
    waiting.holder.actor = "sato".to_owned();
    let error = Writer::open(&scene.url, waiting.clone()).await.map(drop).unwrap_err();
    assert_eq!(error.to_string(), "the store is locked by suzuki (process 4711 on desk-1) since 2026-01-02T03:04:05Z");
    assert!(matches!(error, StoreError::Locked { holder: Some(found) } if found == holder()));
    first.close().await;
    Writer::open(&scene.url, waiting).await.unwrap().close().await;
}

#[tokio::test]
async fn a_writer_waits_for_another_to_end() {
    let scene = Scene::with_store().await;
    let first = Writer::open(&scene.url, opening(false, Duration::ZERO)).await.unwrap();
    let waiting = Writer::open(&scene.url, opening(false, Duration::from_secs(20)));
    let (_, second) = tokio::join!(first.close(), waiting);
    second.unwrap().close().await;
}

#[tokio::test]
async fn two_creators_make_one_store() {
    let scene = Scene::empty();
    let one = Draft::new(0).first().insert(row("brand.a", "{}"));
    let other = Draft::new(1).first().insert(row("brand.b", "{}"));
    let (one, other) = tokio::join!(one.run(&scene.url), other.run(&scene.url));
    assert_eq!(one.unwrap().serial, 1);
    assert!(matches!(other, Err(CommitError::WrongTarget { expected: None, found: Some(_) })), "{other:?}");
}

#[tokio::test]
async fn another_program_that_holds_the_file_has_no_name() {
    let scene = Scene::with_store().await;
    let before = scene.contents().await;
    let mut writer = Writer::open(&scene.url, opening(false, Duration::from_millis(60))).await.unwrap();
    let mut stranger = scene.stranger().await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut stranger).await.unwrap();
    let error = Draft::new(1).insert(row("brand.b", "{}")).by(&mut writer).await.unwrap_err();
    assert_eq!(error.to_string(), "the store is locked");
    assert!(matches!(error, CommitError::Store(StoreError::Locked { holder: None })));
    stranger.close().await.unwrap();
    assert_eq!(scene.contents().await, before);
    assert_eq!(Draft::new(1).insert(row("brand.b", "{}")).by(&mut writer).await.unwrap().serial, 2);
    writer.close().await;
}

#[tokio::test]
async fn a_reader_in_the_way_of_commit_leaves_it_undone() {
    let scene = Scene::with_store().await;
    let before = scene.contents().await;
    let mut reader = scene.reader().await;
    let view = reader.view().await.unwrap();
    let mut writer = Writer::open(&scene.url, opening(false, Duration::from_millis(60))).await.unwrap();
    let draft = Draft::new(1).insert(row("brand.b", "{}"));
    let error = draft.by(&mut writer).await.unwrap_err();
    assert!(matches!(error, CommitError::Store(StoreError::Locked { holder: None })), "{error:?}");
    drop(view);
    drop(reader);
    assert_eq!(scene.contents().await, before);
    assert_eq!(draft.by(&mut writer).await.unwrap().serial, 2);
    writer.close().await;
}

#[tokio::test]
async fn opening_for_writing_without_leave_to_create_makes_nothing() {
    let scene = Scene::empty();
    let error = Writer::open(&scene.url, opening(false, Duration::ZERO)).await.map(drop).unwrap_err();
    assert!(matches!(error, StoreError::Missing { .. }), "{error:?}");
    assert!(scene.files().is_empty());
    let error = crate::migrate(&scene.url, &holder(), Duration::ZERO).await.unwrap_err();
    assert!(matches!(error, StoreError::Missing { .. }), "{error:?}");
    assert!(scene.files().is_empty());
}

#[tokio::test]
async fn a_new_store_is_not_there_before_its_first_commit() {
    let scene = Scene::empty();
    let url = StoreUrl::sqlite(scene.dir.path().join(".deskform/live.db"));
    let mut writer = Writer::open(&url, opening(true, Duration::ZERO)).await.unwrap();
    assert_eq!(writer.identity(), None);
    assert!(matches!(Reader::open(&url).await, Err(StoreError::Missing { .. })));
    let stale = Draft::new(0).first().requires(Precondition::Exists { address: address("brand.a") });
    let error = stale.insert(row("brand.b", "{}")).by(&mut writer).await.unwrap_err();
    assert!(matches!(error, CommitError::Stale { .. }), "{error:?}");
    assert!(matches!(Reader::open(&url).await, Err(StoreError::Missing { .. })));

    Draft::new(0).first().insert(row("brand.b", "{}")).by(&mut writer).await.unwrap();
    assert_eq!(writer.identity().map(|identity| &identity.lineage), Some(&lineage()));
    assert_eq!(Draft::new(1).insert(row("brand.c", "{}")).by(&mut writer).await.unwrap().serial, 2);
    writer.close().await;
}

#[tokio::test]
async fn a_writer_syncs_fully_and_keeps_no_write_ahead_log() {
    let scene = Scene::with_store().await;
    scene.by_hand("PRAGMA journal_mode = WAL").await.unwrap();
    let mut db = crate::sqlite::connect::read_write(scene.path(), Duration::from_secs(1), false).await.unwrap();
    let mut settings = Vec::new();
    for sql in [
        "PRAGMA journal_mode",
        "PRAGMA synchronous",
        "PRAGMA foreign_keys",
        "PRAGMA recursive_triggers",
        "PRAGMA trusted_schema",
    ] {
        let value: sqlx::sqlite::SqliteRow = sqlx::query(sql).fetch_one(&mut db).await.unwrap();
        use sqlx::Row as _;
        settings.push(value.try_get_unchecked::<String, _>(0).unwrap());
    }
    db.close().await.unwrap();
    assert_eq!(settings, ["delete", "3", "1", "1", "0"]);
}
