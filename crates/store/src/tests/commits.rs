//! What a commit writes, and that it writes all or nothing.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::*;
use crate::{Chain, Depth};

#[tokio::test]
async fn a_commit_writes_rows_references_values_last_applied_run_and_entries() {
    let scene = Scene::with_store().await;
    let (brand, hours) = (row("brand.acme", r#"{"hours":"week"}"#).digest, row("hours.week", "{}").digest);
    let plan = PlanId::of("0");
    let salt = |seq: u8| format!("{seq:02X}").repeat(32);
    let entry =
        |seq: u64, previous: &str| entry(seq, &format!(r#"{{"run":1,"seq":{seq}}}"#), None, previous).hash.to_string();
    let first = opening(true, Duration::ZERO).create.unwrap().first.hash;
    let one = entry(1, lineage().as_str());
    let two = entry(2, &one);
    let head = entry(3, &two);
    let contents = scene.contents().await;
    let expected = [
        format!("desk|1|{head}"),
        format!(r#"brand.acme|desk|brand|1|{{"hours":"week"}}|{brand}|0"#),
        format!("hours.week|desk|hours|1|{{}}|{hours}|0"),
        r#"brand.acme|["hours"]|hours.week"#.to_owned(),
        "brand.subdomain|acme|brand.acme".to_owned(),
        format!("desk|brand.acme|1|{brand}"),
        format!("desk|hours.week|2|{hours}"),
        format!("desk|{plan}|0|1|2026-01-02T03:04:05.000Z|suzuki"),
        format!(r#"@store|1|{{"store":"created"}}|{first}"#),
        format!(r#"desk|1|{{"run":1,"seq":1}}|{one}"#),
        format!(r#"desk|2|{{"run":1,"seq":2}}|{two}"#),
        format!(r#"desk|3|{{"run":1,"seq":3}}|{head}"#),
        format!("@store|1|{}|{{}}", salt(1)),
        format!(r#"desk|1|{}|{{"after":{{"format":1,"text":"{{\"hours\":\"week\"}}"}}}}"#, salt(1)),
        format!(r#"desk|2|{}|{{"after":{{"format":1,"text":"{{}}"}}}}"#, salt(2)),
        format!("desk|3|{}|{{}}", salt(3)),
    ];
    assert_eq!(contents[2..], expected);
}

#[tokio::test]
async fn updates_and_deletes_repeat_the_digest_that_was_read_also_a_blank_one() {
    let scene = Scene::with_store().await;
    let by_hand = row("hours.week", r#"{"by":"hand"}"#);
    scene.by_hand(r#"UPDATE resource SET document = '{"by":"hand"}' WHERE address = 'hours.week'"#).await.unwrap();
    let acme = row("brand.acme", r#"{"hours":"week"}"#);
    let draft = Draft::new(1)
        .update("hours.week", by_hand.digest, row("hours.week", r#"{"n":2}"#))
        .delete("brand.acme", acme.digest);
    assert_eq!(draft.run(&scene.url).await.unwrap().serial, 2);
    let live = scene.reader().await.snapshot(&desk(), Depth::Cached, |_| Default::default()).await.unwrap();
    let digests: Vec<_> = live.rows.iter().map(|(address, row)| (address.as_str(), row.digest)).collect();
    assert_eq!(digests, [("hours.week", Some(row("hours.week", r#"{"n":2}"#).digest))]);
    assert_eq!(live.applied.keys().map(Address::as_str).collect::<Vec<_>>(), ["hours.week"]);
    assert_eq!(scene.number("SELECT count(*) FROM reference").await, 0);
    assert_eq!(scene.number("SELECT count(*) FROM unique_value").await, 0);
}

#[tokio::test]
async fn a_move_takes_the_row_and_what_refers_to_it_follows() {
    let scene = Scene::with_store().await;
    let (week, acme) = (row("hours.week", "{}"), row("brand.acme", r#"{"hours":"week"}"#));
    let moved = row("hours.always", "{}");
    let follows =
        row("brand.acme", r#"{"hours":"always"}"#).refers("hours", "hours.always").holds("brand.subdomain", "acme");
    let draft = Draft::new(1).update("hours.week", week.digest, moved).update("brand.acme", acme.digest, follows);
    draft.run(&scene.url).await.unwrap();
    let view = scene.reader().await.row(&address("hours.always")).await.unwrap().unwrap();
    assert_eq!(
        view.referrers.iter().map(|r| (r.from.as_str(), r.path.to_string())).collect::<Vec<_>>(),
        [("brand.acme", "hours".to_owned())]
    );
    assert_eq!(scene.reader().await.row(&address("hours.week")).await.unwrap(), None);
    let applied = scene.reader().await.applied(&desk()).await.unwrap();
    assert_eq!(applied.keys().map(Address::as_str).collect::<Vec<_>>(), ["brand.acme", "hours.always"]);
}

#[tokio::test]
async fn rows_may_exchange_addresses_and_values() {
    let scene = Scene::with_store().await;
    let b = row("brand.b", r#"{"b":1}"#).holds("brand.subdomain", "b");
    Draft::new(1).insert(b.clone()).run(&scene.url).await.unwrap();
    let acme = row("brand.acme", r#"{"hours":"week"}"#);
    let draft = Draft::new(2)
        .update(
            "brand.acme",
            acme.digest,
            row("brand.b", r#"{"hours":"week"}"#).refers("hours", "hours.week").holds("brand.subdomain", "b"),
        )
        .update("brand.b", b.digest, row("brand.acme", r#"{"b":1}"#).holds("brand.subdomain", "acme"));
    let mut draft = draft;
    draft.commit.applied.retain(|change| change.entry.is_some());
    draft.run(&scene.url).await.unwrap();
    let view = scene.reader().await.row(&address("brand.b")).await.unwrap().unwrap();
    assert_eq!((view.document.text(), view.unique[0].value.as_str()), (r#"{"hours":"week"}"#, "b"));
}

#[tokio::test]
async fn what_would_dangle_is_refused_and_nothing_changes() {
    let scene = Scene::with_store().await;
    let before = scene.contents().await;
    let dangling = "after this commit a reference or a unique value would belong to a resource that is not there";
    for draft in [
        Draft::new(1).insert(row("brand.b", "{}").refers("hours", "hours.none")),
        Draft::new(1).delete("hours.week", row("hours.week", "{}").digest),
    ] {
        let error = draft.run(&scene.url).await.unwrap_err();
        assert!(matches!(&error, CommitError::Integrity { what } if what == dangling), "{error:?}");
        assert_eq!(scene.contents().await, before);
    }
}

#[tokio::test]
async fn an_unlisted_row_or_value_in_the_way_is_a_stale_plan() {
    let scene = Scene::with_store().await;
    let before = scene.contents().await;
    let there = Draft::new(1).insert(row("brand.acme", "{}"));
    let held = Draft::new(1).insert(row("brand.b", "{}").holds("brand.subdomain", "acme"));
    let changed = Draft::new(1).update("hours.week", row("hours.week", "[]").digest, row("hours.week", "{}"));
    let free = Precondition::Free { scope: "brand.subdomain".to_owned(), value: "acme".to_owned(), except: vec![] };
    let as_read = Precondition::Row {
        address: address("hours.week"),
        digest: row("hours.week", "[]").digest,
        owner: Some(desk()),
    };
    for (draft, fact) in
        [(there, Precondition::Absent { address: address("brand.acme") }), (held, free), (changed, as_read)]
    {
        let error = draft.run(&scene.url).await.unwrap_err();
        assert!(matches!(&error, CommitError::Stale { all, .. } if *all == [fact.clone()]), "{error:?}");
        assert_eq!(scene.contents().await, before);
    }
}

#[tokio::test]
async fn the_same_run_is_committed_once() {
    let scene = Scene::with_store().await;
    let before = scene.contents().await;
    let error = Draft::new(0).insert(row("brand.b", "{}")).run(&scene.url).await.unwrap_err();
    assert_eq!(error.to_string(), "already applied by suzuki at 2026-01-02T03:04:05.000Z, as run 1");
    assert_eq!(scene.contents().await, before);

    let mut again = Draft::new(0).insert(row("brand.b", "{}"));
    again.commit.run.base_serial = 1;
    assert_eq!(again.run(&scene.url).await.unwrap().serial, 2);
    let run = scene.reader().await.find_run(&again.commit.run).await.unwrap().unwrap();
    assert_eq!((run.by.as_str(), run.serial), ("suzuki", 2));
}

#[tokio::test]
async fn a_plan_for_another_store_or_for_none_is_refused() {
    let scene = Scene::with_store().await;
    let mut draft = Draft::new(1).insert(row("brand.b", "{}"));
    draft.commit.lineage = None;
    let error = draft.run(&scene.url).await.unwrap_err();
    assert_eq!(error.to_string(), "the plan is for a new store, but store `0123456789abcdef0123456789abcdef` is there");
    let other = "ffffffffffffffffffffffffffffffff";
    draft.commit.lineage = Some(Lineage::new(other).unwrap());
    let error = draft.run(&scene.url).await.unwrap_err();
    assert_eq!(error.to_string(), format!("the plan is for store `{other}`, but this is store `{}`", lineage()));

    let empty = Scene::empty();
    let error = Draft::new(0).insert(row("brand.b", "{}")).run(&empty.url).await.unwrap_err();
    assert_eq!(error.to_string(), format!("the plan is for store `{}`, but no store is there", lineage()));
    assert!(matches!(Reader::open(&empty.url).await, Err(crate::StoreError::Missing { .. })));
}

#[tokio::test]
async fn a_log_whose_end_was_cut_off_takes_no_commit() {
    let scene = Scene::with_store().await;
    scene.by_hand("DROP TRIGGER audit_keeps_rows; DELETE FROM audit WHERE seq = 3").await.unwrap();
    let error = Draft::new(1).insert(row("brand.b", "{}")).run(&scene.url).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the log of workspace `desk` does not end with the entry that the workspace names as its last"
    );
}

#[tokio::test]
async fn entries_that_do_not_continue_the_chain_are_refused() {
    let scene = Scene::with_store().await;
    let before = scene.contents().await;
    let draft = Draft::new(1).insert(row("brand.b", "{}"));
    let mut writer = Writer::open(&scene.url, opening(false, Duration::ZERO)).await.unwrap();
    let none = writer.commit(&draft.commit, facts(), |_| Ok(Vec::new().into())).await.unwrap_err();
    assert_eq!(none.to_string(), "the audit entries could not be made: a run has at least one entry");
    let gap = writer.commit(&draft.commit, facts(), |input| {
        let mut entries = draft.entries(input);
        entries.remove(0);
        Ok(entries.into())
    });
    assert_eq!(
        gap.await.unwrap_err().to_string(),
        "the audit entries could not be made: entry 5 stands where 4 is due"
    );
    let failed = writer.commit(&draft.commit, facts(), |_| Err("no salt".to_owned())).await.unwrap_err();
    assert_eq!(failed.to_string(), "the audit entries could not be made: no salt");
    writer.close().await;
    assert_eq!(scene.contents().await, before);
}

#[tokio::test]
async fn entries_are_sealed_with_what_was_read_under_the_lock() {
    let scene = Scene::with_store().await;
    let draft = Draft::new(1).update("hours.week", row("hours.week", "{}").digest, row("hours.week", r#"{"n":2}"#));
    let mut writer = Writer::open(&scene.url, opening(false, Duration::ZERO)).await.unwrap();
    let mut seen = None;
    let done = writer.commit(&draft.commit, facts(), |input| {
        seen = Some(input.clone());
        Ok(draft.seal(input))
    });
    let done = done.await.unwrap();
    writer.close().await;
    let seen = seen.unwrap();
    assert_eq!((seen.lineage, seen.head.seq, seen.serial), (lineage(), 3, 2));
    assert_eq!(seen.documents, [(address("hours.week"), row("hours.week", "{}").document)].into());
    assert_eq!(seen.applied.keys().map(Address::as_str).collect::<Vec<_>>(), ["brand.acme", "hours.week"]);
    assert_eq!((done.serial, done.head.seq), (2, 5));
}

#[tokio::test]
async fn a_commit_that_is_dropped_half_way_leaves_nothing_and_the_writer_usable() {
    let scene = Scene::with_store().await;
    let before = scene.contents().await;
    let mut draft = Draft::new(1);
    for n in 0..3000 {
        draft = draft.insert(row(&format!("brand.n{n}"), "{}"));
    }
    let mut writer = Writer::open(&scene.url, opening(false, Duration::from_secs(5))).await.unwrap();
    for polls in [1, 5, 20] {
        let mut left = polls;
        let mut pending = std::pin::pin!(draft.by(&mut writer));
        let dropped = std::future::poll_fn(|cx| match pending.as_mut().poll(cx) {
            std::task::Poll::Ready(_) => std::task::Poll::Ready(false),
            std::task::Poll::Pending if left == 0 => std::task::Poll::Ready(true),
            std::task::Poll::Pending => {
                left -= 1;
                std::task::Poll::Pending
            }
        });
        assert!(dropped.await, "{polls}");
    }
    assert_eq!(scene.contents().await, before);
    assert_eq!(draft.by(&mut writer).await.unwrap().serial, 2);
    writer.close().await;
    assert_eq!(scene.number("SELECT count(*) FROM resource").await, 3002);
}

#[tokio::test]
async fn eight_appliers_at_once_make_one_story() {
    let scene = Scene::with_store().await;
    let mut tasks = tokio::task::JoinSet::new();
    for task in 1..=8 {
        let url = scene.url.clone();
        tasks.spawn(async move {
            let mut stale = 0;
            loop {
                let mut reader = Reader::open(&url).await.unwrap();
                let view = reader.row(&address("hours.week")).await.unwrap().unwrap();
                let was =
                    Precondition::Row { address: address("hours.week"), digest: view.digest, owner: Some(desk()) };
                let next = row("hours.week", &format!(r#"{{"task":{task}}}"#));
                let draft = Draft::new(task).requires(was).update("hours.week", view.digest, next);
                match draft.run(&url).await {
                    Ok(_) => return stale,
                    Err(CommitError::Stale { .. }) => stale += 1,
                    Err(other) => panic!("{other:?}"),
                }
            }
        });
    }
    tasks.join_all().await;

    let (mut serials, mut previous) = (BTreeSet::new(), lineage().to_string());
    let mut reader = scene.reader().await;
    let chain = Chain::Workspace(desk());
    let chain = reader.chain(&chain, |entries| {
        for entry in entries {
            let hash = Digest::of(&[previous.as_bytes(), entry.text.as_bytes()]).to_string();
            assert_eq!(entry.hash, hash);
            previous = hash;
            serials.insert(entry.text.split([':', ',']).nth(1).unwrap().to_owned());
        }
        ControlFlow::Continue(())
    });
    chain.await.unwrap();
    assert_eq!(serials.into_iter().collect::<Vec<_>>(), ["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    let status = reader.status().await.unwrap();
    assert_eq!((status.workspaces[0].serial, status.workspaces[0].head.unwrap().to_string()), (9, previous));
}
