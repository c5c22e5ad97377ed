//! Each precondition where it holds and where it does not.

use deskform_model::set_digest;

use super::*;

/// Commits with the precondition. If it is to fail, it is the one named and nothing changes.
async fn check(scene: &Scene, precondition: Precondition, holds: bool) {
    let before = scene.contents().await;
    let draft = Draft::new(1).requires(precondition.clone()).insert(row("brand.new", "{}"));
    match draft.run(&scene.url).await {
        Ok(_) => assert!(holds, "{precondition:?}"),
        Err(CommitError::Stale { precondition: first, all }) => {
            assert!(!holds, "{precondition:?}");
            assert_eq!((*first, all), (precondition.clone(), vec![precondition]));
            assert_eq!(scene.contents().await, before);
        }
        Err(other) => panic!("{other:?}"),
    }
}

fn of_row(text: &str, owner: Option<WorkspaceName>) -> Precondition {
    Precondition::Row { address: address("hours.week"), digest: row("hours.week", text).digest, owner }
}

#[tokio::test]
async fn a_row_has_the_document_and_the_owner() {
    check(&Scene::with_store().await, of_row("{}", Some(desk())), true).await;
    check(&Scene::with_store().await, of_row("[]", Some(desk())), false).await;
    check(&Scene::with_store().await, of_row("{}", None), false).await;
    let gone =
        Precondition::Row { address: address("hours.none"), digest: row("hours.week", "{}").digest, owner: None };
    check(&Scene::with_store().await, gone, false).await;
}

#[tokio::test]
async fn a_row_is_judged_by_its_document_and_not_by_the_kept_digest() {
    let scene = Scene::with_store().await;
    let kept = row("hours.week", "{}").digest;
    let sql = format!("UPDATE resource SET document = '[]', digest = 'x'; UPDATE resource SET digest = '{kept}'");
    scene.by_hand(&sql).await.unwrap();
    check(&scene, of_row("{}", Some(desk())), false).await;
    check(&scene, of_row("[]", Some(desk())), true).await;
}

#[tokio::test]
async fn absent_and_exists_ask_for_the_row_only() {
    for (at, there) in [("hours.week", true), ("hours.none", false)] {
        check(&Scene::with_store().await, Precondition::Absent { address: address(at) }, !there).await;
        check(&Scene::with_store().await, Precondition::Exists { address: address(at) }, there).await;
    }
}

#[tokio::test]
async fn unreferenced_leaves_out_those_the_plan_deals_with() {
    let of = |except: &[&str]| Precondition::Unreferenced {
        address: address("hours.week"),
        except: except.iter().map(|at| address(at)).collect(),
    };
    check(&Scene::with_store().await, of(&[]), false).await;
    check(&Scene::with_store().await, of(&["brand.other"]), false).await;
    check(&Scene::with_store().await, of(&["brand.acme"]), true).await;
    let nobody = Precondition::Unreferenced { address: address("brand.acme"), except: vec![] };
    check(&Scene::with_store().await, nobody, true).await;
}

#[tokio::test]
async fn free_leaves_out_those_who_let_go() {
    let of = |value: &str, except: &[&str]| Precondition::Free {
        scope: "brand.subdomain".to_owned(),
        value: value.to_owned(),
        except: except.iter().map(|at| address(at)).collect(),
    };
    check(&Scene::with_store().await, of("acme", &[]), false).await;
    check(&Scene::with_store().await, of("acme", &["brand.acme"]), true).await;
    check(&Scene::with_store().await, of("other", &[]), true).await;
}

#[tokio::test]
async fn a_set_counts_what_lies_outside_the_workspace() {
    let of = |holders: &[(&str, &str)], others| Precondition::Set {
        scope: "brand.subdomain".to_owned(),
        kind: KindName::new("brand").unwrap(),
        digest: set_digest(
            &holders.iter().map(|(a, v)| ((*a).to_owned(), (*v).to_owned())).collect::<Vec<_>>(),
            others,
        ),
    };
    check(&Scene::with_store().await, of(&[], false), true).await;
    check(&Scene::with_store().await, of(&[("brand.acme", "acme")], true), false).await;

    let scene = Scene::with_store().await;
    scene.by_hand("UPDATE resource SET workspace = NULL WHERE address = 'brand.acme'").await.unwrap();
    check(&scene, of(&[], false), false).await;
    check(&scene, of(&[("brand.acme", "acme")], true), true).await;
}

#[tokio::test]
async fn all_that_fail_are_named_in_the_plans_order() {
    let scene = Scene::with_store().await;
    let absent = Precondition::Absent { address: address("hours.week") };
    let holds = Precondition::Exists { address: address("hours.week") };
    let exists = Precondition::Exists { address: address("hours.none") };
    let draft =
        Draft::new(1).requires(exists.clone()).requires(holds).requires(absent.clone()).insert(row("brand.b", "{}"));
    let error = draft.run(&scene.url).await.unwrap_err();
    assert_eq!(error.to_string(), "the plan is stale: 2 of its preconditions no longer hold");
    assert!(
        matches!(error, CommitError::Stale { precondition, all } if *precondition == exists && all == [exists, absent])
    );
}

#[tokio::test]
async fn it_does_not_matter_whether_more_is_asked_than_there_is() {
    let scene = Scene::with_store().await;
    let absent = |name: &str| Precondition::Absent { address: address(name) };
    let free = |scope: &str, value: &str| Precondition::Free {
        scope: scope.to_owned(),
        value: value.to_owned(),
        except: Vec::new(),
    };
    let (taken, held) = (absent("brand.acme"), free("brand.subdomain", "acme"));
    let others = [absent("brand.b"), absent("brand.c"), free("brand.host", "acme"), free("brand.subdomain", "b")];
    for others in [&others[..0], &others[..]] {
        let mut draft = Draft::new(1).insert(row("brand.z", "{}")).requires(taken.clone()).requires(held.clone());
        for other in others {
            draft = draft.requires(other.clone());
        }
        let error = draft.run(&scene.url).await.unwrap_err();
        assert!(matches!(&error, CommitError::Stale { all, .. } if *all == [taken.clone(), held.clone()]), "{error:?}");
    }
}
