//! What a killed apply leaves, and how it goes.

use super::*;
use crate::StoreError;

/// A copy of the store as a process leaves it that was killed while its changes were partly in the file: the file, and the
/// journal that undoes them.
async fn killed(scene: &Scene) -> Scene {
    let mut db = scene.stranger().await;
    sqlx::raw_sql("PRAGMA cache_size = 2; BEGIN IMMEDIATE; DELETE FROM resource WHERE address = 'brand.acme'")
        .execute(&mut db)
        .await
        .unwrap();
    let fill = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) \
         INSERT INTO resource (address, kind, format, document) \
         SELECT 'brand.n' || i, 'brand', 1, hex(randomblob(2000)) FROM n";
    sqlx::raw_sql(fill).execute(&mut db).await.unwrap();
    let copy = Scene::empty();
    for suffix in ["", "-journal"] {
        let name = format!("live.db{suffix}");
        std::fs::copy(scene.dir.path().join(&name), copy.dir.path().join(&name)).unwrap();
    }
    db.close().await.unwrap();
    copy
}

#[tokio::test]
async fn a_reader_rolls_a_killed_apply_back_first() {
    let scene = Scene::with_store().await;
    let expected = scene.contents().await;
    let copy = killed(&scene).await;
    assert_eq!(copy.files(), ["live.db", "live.db-journal"]);
    assert_eq!(copy.reader().await.status().await.unwrap().rows, 2);
    assert_eq!(copy.files(), ["live.db", "live.db.lock"]);
    assert_eq!(copy.contents().await, expected);
}

#[tokio::test]
async fn a_reader_that_is_open_meets_a_killed_apply() {
    let scene = Scene::with_store().await;
    let copy = killed(&scene).await;
    let journal = copy.dir.path().join("live.db-journal");
    let aside = copy.dir.path().join("aside");
    std::fs::rename(copy.path(), &aside).unwrap();
    std::fs::copy(scene.path(), copy.path()).unwrap();
    std::fs::rename(&journal, copy.dir.path().join("aside-journal")).unwrap();
    let mut reader = copy.reader().await;
    assert_eq!(reader.status().await.unwrap().rows, 2);
    // The same file gets the bytes of the killed apply, and its journal appears.
    std::fs::copy(&aside, copy.path()).unwrap();
    std::fs::rename(copy.dir.path().join("aside-journal"), &journal).unwrap();
    assert_eq!(reader.status().await.unwrap().rows, 2);
    assert!(!journal.exists());
}

#[tokio::test]
async fn a_writer_rolls_a_killed_apply_back_too() {
    let scene = Scene::with_store().await;
    let copy = killed(&scene).await;
    assert_eq!(Draft::new(1).insert(row("brand.b", "{}")).run(&copy.url).await.unwrap().serial, 2);
    assert_eq!(copy.number("SELECT count(*) FROM resource").await, 3);
}

#[tokio::test]
async fn a_reader_waits_for_the_lock_before_it_rolls_back() {
    let scene = Scene::with_store().await;
    let copy = killed(&scene).await;
    let lock = crate::lock::Lock::acquire(copy.path(), Some(&holder()), Duration::ZERO).await.unwrap();
    let mut reading = std::pin::pin!(Reader::open(&copy.url));
    assert!(tokio::time::timeout(Duration::from_millis(120), &mut reading).await.is_err());
    assert_eq!(copy.files(), ["live.db", "live.db-journal", "live.db.lock"]);
    drop(lock);
    assert_eq!(reading.await.unwrap().status().await.unwrap().rows, 2);
}

#[tokio::test]
async fn a_killed_creation_is_no_store() {
    let scene = Scene::with_store().await;
    let copy = killed(&scene).await;
    // As a creation leaves it: the journal says that the file was empty before. Bytes 16 to 20 of a journal's header.
    use std::io::{Seek, SeekFrom, Write};
    let mut journal = std::fs::OpenOptions::new().write(true).open(copy.dir.path().join("live.db-journal")).unwrap();
    journal.seek(SeekFrom::Start(8)).unwrap();
    journal.write_all(&[0; 4]).unwrap();
    journal.seek(SeekFrom::Start(16)).unwrap();
    journal.write_all(&[0; 4]).unwrap();
    drop(journal);
    let error = Reader::open(&copy.url).await.map(drop).unwrap_err();
    assert!(matches!(error, StoreError::Missing { .. }), "{error:?}");
    Draft::new(0).first().insert(row("brand.b", "{}")).run(&copy.url).await.unwrap();
    assert_eq!(copy.number("SELECT count(*) FROM resource").await, 1);
}

#[tokio::test]
async fn where_the_lock_cannot_be_taken_a_killed_apply_is_only_reported() {
    let scene = Scene::with_store().await;
    let copy = killed(&scene).await;
    std::fs::create_dir(copy.dir.path().join("live.db.lock")).unwrap();
    let error = Reader::open(&copy.url).await.map(drop).unwrap_err();
    assert!(matches!(error, StoreError::NeedsRecovery { .. }), "{error:?}");
    assert_eq!(copy.files(), ["live.db", "live.db-journal", "live.db.lock"]);
}
