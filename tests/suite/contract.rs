//! What every engine must do, through the public handles of the store: generated worlds are planned, committed and read
//! back, and after every commit the store holds what the store in memory holds.
//!
//! Nothing here knows an engine but [`Engine`]; a further one is a further line of `ENGINES`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::time::Duration;

use deskform_apply::{
    Chain as LogChain, ChainVerifier, Claimed, LogPayload, LogRow, RunContext, StoredRow, fold, seal, store_created,
    verify_rows,
};
use deskform_model::{
    Address, ApprovedPlan, Commit, Committed, Head, Lineage, Live, Outlines, Plan, PlanBody, Provenance, Registry,
    SealInput, Sealing, ServerFacts, Wanted, WorkspaceName,
};
use deskform_plan::{plan, wanted};
use deskform_store::{
    Chain, CommitError, Creation, Depth, Entry, Holder, Opening, Reader, StoreError, StoreUrl, Writer,
};
use deskform_tests::kinds::small_registry;
use deskform_tests::world::{Edit, Model, Spelling, Theme, World, edits, history};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tempfile::TempDir;

/// A database that a store can live in.
trait Engine {
    /// A place for a new store, and what keeps it there.
    fn place(&self) -> (StoreUrl, TempDir);

    /// Changes rows as a person with a SQL shell does: `after` differs from `before` by edits that no apply made.
    fn by_hand(&self, url: &StoreUrl, before: &Model, after: &Model);
}

const ENGINES: [&dyn Engine; 1] = [&Sqlite];

struct Sqlite;

impl Engine for Sqlite {
    fn place(&self) -> (StoreUrl, TempDir) {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        (StoreUrl::sqlite(folder.path().join("live.db")), folder)
    }

    fn by_hand(&self, url: &StoreUrl, before: &Model, after: &Model) {
        if before.rows == after.rows && before.references == after.references && before.unique == after.unique {
            return;
        }
        let database = rusqlite::Connection::open(url.path()).expect("the store can be opened");
        database.pragma_update(None, "foreign_keys", false).expect("a setting");
        let run = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
            database.execute(sql, values).expect("the statement fits the tables");
        };
        run("BEGIN IMMEDIATE", &[]);
        for address in before.rows.keys().filter(|address| !after.rows.contains_key(*address)) {
            run("DELETE FROM resource WHERE address = ?", &[&address.as_str()]);
        }
        for (address, row) in &after.rows {
            let owner = row.owner.as_ref().map(WorkspaceName::as_str);
            let (text, format) = (row.document.text(), row.document.format());
            match before.rows.get(address) {
                Some(old) if old == row => {}
                Some(_) => run(
                    "UPDATE resource SET document = ?, format = ?, workspace = ? WHERE address = ?",
                    &[&text, &format, &owner, &address.as_str()],
                ),
                None => run(
                    "INSERT INTO resource (address, workspace, kind, format, document, digest) VALUES (?, ?, ?, ?, ?, ?)",
                    &[&address.as_str(), &owner, &address.kind(), &format, &text, &row.document.digest().to_string()],
                ),
            }
        }
        for (from, path, to) in before.references.difference(&after.references) {
            let path = serde_json::to_string(path).expect("a path is JSON");
            let sql = "DELETE FROM reference WHERE \"from\" = ? AND path = ? AND \"to\" = ?";
            run(sql, &[&from.as_str(), &path, &to.as_str()]);
        }
        for (from, path, to) in after.references.difference(&before.references) {
            let path = serde_json::to_string(path).expect("a path is JSON");
            run("INSERT INTO reference VALUES (?, ?, ?)", &[&from.as_str(), &path, &to.as_str()]);
        }
        for (scope, value, _) in before.unique.difference(&after.unique) {
            run("DELETE FROM unique_value WHERE scope = ? AND value = ?", &[scope, value]);
        }
        for (scope, value, holder) in after.unique.difference(&before.unique) {
            run("INSERT INTO unique_value VALUES (?, ?, ?)", &[scope, value, &holder.as_str()]);
        }
        run("COMMIT", &[]);
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(work)
}

fn facts() -> ServerFacts {
    let time = "2026-11-21T00:00:00.000Z".to_owned();
    ServerFacts { engine: "sqlite".to_owned(), time, user: None, address: None }
}

fn context() -> RunContext {
    let claimed = Claimed { actor: "suzuki".to_owned(), address: None, ci: None, host: None, pipeline: None };
    RunContext { claimed, reason: None, commit: None, dirty: None, ci_run: None }
}

fn opening() -> Opening {
    let lineage = Lineage::new("0123456789abcdef".repeat(2)).expect("32 digits");
    let first = store_created(&lineage, None, &facts(), &context().claimed, [7; 32]);
    let holder = Holder {
        actor: "suzuki".to_owned(),
        host: "desk".to_owned(),
        pid: 1,
        since: "2026-11-21T00:00:00Z".to_owned(),
        plan: None,
    };
    Opening { create: Some(Creation { lineage, label: None, first }), lock_timeout: Duration::from_secs(30), holder }
}

async fn snapshot(
    url: &StoreUrl,
    workspace: &WorkspaceName,
    depth: Depth,
    wanted: impl FnOnce(&Live) -> Wanted,
) -> Result<Live, StoreError> {
    match Reader::open(url).await {
        Ok(mut reader) => reader.snapshot(workspace, depth, wanted).await,
        Err(StoreError::Missing { .. }) => Ok(Live::default()),
        Err(error) => Err(error),
    }
}

/// A plan that is ready to be committed.
struct Ready {
    approved: ApprovedPlan,
    commit: Commit,
}

fn ready(registry: &Registry, body: PlanBody, live: &Live) -> Ready {
    let base_serial = live.workspace.as_ref().map_or(0, |workspace| workspace.serial);
    let plan = Plan::seal(body, Provenance { base_serial, ..Provenance::default() });
    let approved = ApprovedPlan::new(plan, Some(u64::MAX)).expect("worlds are not refused");
    let folded = fold(&Outlines::new(registry), &approved.plan().plan, &live.detail.documents);
    let commit = folded.and_then(|folded| folded.commit(&approved, "suzuki")).expect("a plan says what it writes");
    Ready { approved, commit }
}

async fn carry_out(registry: &Registry, url: &StoreUrl, ready: &Ready) -> Result<Committed, CommitError> {
    let mut writer = Writer::open(url, opening()).await.map_err(|error| panic!("{error}")).expect("it opens");
    let mut salt = 0_u8;
    let salts = || {
        salt = salt.wrapping_add(1);
        [salt; 32]
    };
    let context = context();
    let seal = |input: SealInput| {
        let outlines = Outlines::new(registry);
        let sealer = seal(&outlines, &ready.approved, &context, input, salts).map_err(|error| error.to_string())?;
        let (count, sealed) = (sealer.len(), sealer.collect::<Result<_, _>>());
        Ok(Sealing::at_once(count, sealed.map_err(|error| error.to_string())))
    };
    let done = writer.commit(&ready.commit, facts(), seal).await;
    writer.close().await;
    done
}

/// Plans against the store and against the store in memory, which must give one plan, and carries it out in both.
async fn apply(registry: &Registry, url: &StoreUrl, world: &mut World, who: usize) -> Result<PlanBody, String> {
    let desired = world.desired(registry, who, Spelling::default());
    let ask = |index: &Live| wanted(registry, &desired, index);
    let live = snapshot(url, &desired.workspace, Depth::Cached, ask).await.map_err(|error| format!("{error:?}"))?;
    let expected = world.live(registry, who, false, ask);
    same_live(&live, &expected)?;
    let body = plan(registry, &desired, &live).body;
    if body.is_empty() {
        return Ok(body);
    }
    let ready = ready(registry, body.clone(), &live);
    carry_out(registry, url, &ready).await.map_err(|error| format!("{error:?}\nof {body:#?}"))?;
    world.store.execute(registry, &body)?;
    same_store(url, &world.store).await?;
    match carry_out(registry, url, &ready).await {
        Err(CommitError::AlreadyApplied { .. }) => Ok(body),
        // What was planned for no store is, once there is one, for another.
        Err(CommitError::WrongTarget { expected: None, .. }) if body.lineage.is_none() => Ok(body),
        other => Err(format!("a run came to be twice: {other:?}")),
    }
}

/// What the planner was shown is what it would have been shown by the store in memory.
fn same_live(found: &Live, expected: &Live) -> Result<(), String> {
    let digests = |live: &Live| -> BTreeMap<Address, String> {
        live.applied.iter().map(|(address, applied)| (address.clone(), applied.digest.to_string())).collect()
    };
    let referrers = |live: &Live| -> BTreeMap<Address, BTreeSet<String>> {
        let named = |(address, list): (&Address, &Vec<deskform_model::Referrer>)| {
            (address.clone(), list.iter().map(|referrer| format!("{} {}", referrer.from, referrer.path)).collect())
        };
        live.detail.referrers.iter().filter(|(_, list)| !list.is_empty()).map(named).collect()
    };
    let checks = [
        ("rows", found.rows == expected.rows),
        ("last applied", digests(found) == digests(expected)),
        ("serial", found.workspace.as_ref().map(|w| w.serial) == expected.workspace.as_ref().map(|w| w.serial)),
        ("documents", found.detail.documents == expected.detail.documents),
        ("last applied documents", found.detail.applied == expected.detail.applied),
        ("referrers", referrers(found) == referrers(expected)),
        ("values", found.detail.values == expected.detail.values),
        (
            "scopes",
            found.detail.scopes.iter().filter(|(_, h)| !h.is_empty()).eq(expected
                .detail
                .scopes
                .iter()
                .filter(|(_, h)| !h.is_empty())),
        ),
    ];
    match checks.iter().find(|(_, same)| !same) {
        None => Ok(()),
        Some((what, _)) => Err(format!("{what}: the store shows\n{found:#?}\nand not\n{expected:#?}")),
    }
}

/// Rows, references, unique values and last applied are those of the store in memory, and the log explains them.
async fn same_store(url: &StoreUrl, model: &Model) -> Result<(), String> {
    let mut reader = Reader::open(url).await.map_err(|error| format!("{error:?}"))?;
    let mut view = reader.view().await.map_err(|error| format!("{error:?}"))?;
    for (address, row) in &model.rows {
        let found = view.row(address).await.map_err(|error| format!("{error:?}"))?;
        let found = found.ok_or_else(|| format!("{address} is not in the store"))?;
        let references: BTreeSet<_> =
            found.references.into_iter().map(|(path, to)| (address.clone(), path, to)).collect();
        let expected: BTreeSet<_> = model.references.iter().filter(|(from, _, _)| from == address).cloned().collect();
        let unique: BTreeSet<_> = found.unique.into_iter().map(|u| (u.scope, u.value, address.clone())).collect();
        let held: BTreeSet<_> = model.unique.iter().filter(|(_, _, holder)| holder == address).cloned().collect();
        let same = found.owner == row.owner && found.document == row.document && found.digest == row.document.digest();
        if !same || references != expected || unique != held {
            return Err(format!("{address}: {row:?} {references:?} {unique:?}, expected {expected:?} {held:?}"));
        }
    }
    let mut rows = Vec::new();
    let take = |batch: Vec<deskform_store::StoredDocument>| {
        rows.extend(batch.into_iter().map(|stored| {
            let digest = stored.document.digest();
            StoredRow { address: stored.address, owner: stored.owner, digest }
        }));
        ControlFlow::Continue(())
    };
    view.rows(take).await.map_err(|error| format!("{error:?}"))?;
    if rows.len() != model.rows.len() {
        return Err(format!("{} rows and not {}", rows.len(), model.rows.len()));
    }
    log_explains(&mut view, &rows, model).await
}

/// Every chain is whole, and what the logs say was last applied is what the tables and the store in memory say.
async fn log_explains(view: &mut deskform_store::View<'_>, rows: &[StoredRow], model: &Model) -> Result<(), String> {
    let status = view.status().await.map_err(|error| format!("{error:?}"))?;
    let (mut log, mut table) = (BTreeMap::new(), BTreeMap::new());
    for workspace in &status.workspaces {
        let chain = LogChain::Workspace(workspace.name.clone());
        let mut verifier = ChainVerifier::new(chain, status.identity.lineage.clone());
        let feed = |entries: &[Entry<'_>]| {
            for entry in entries {
                let payload = entry.payload.as_ref().map(|payload| LogPayload {
                    salt: payload.salt.as_ref().map_or(&[][..], <[u8; 32]>::as_slice),
                    text: payload.text.as_bytes(),
                });
                let seq = u64::try_from(entry.seq).unwrap_or(0);
                verifier.feed(&LogRow { seq, text: entry.text.as_bytes(), hash: entry.hash.as_bytes(), payload });
            }
            ControlFlow::Continue(())
        };
        view.chain(&Chain::Workspace(workspace.name.clone()), feed).await.map_err(|error| format!("{error:?}"))?;
        let report = verifier.finish(&Head { seq: workspace.seq, hash: workspace.head });
        if !report.is_whole() {
            return Err(format!("{:?}", report.findings));
        }
        let applied = view.applied(&workspace.name).await.map_err(|error| format!("{error:?}"))?;
        let known = model.workspaces.get(&workspace.name).map(|own| &own.applied);
        let expected: BTreeMap<_, _> =
            known.into_iter().flatten().map(|(address, last)| (address, last.document.digest())).collect();
        let found: BTreeMap<_, _> = applied.iter().map(|(address, last)| (address, last.digest)).collect();
        if found != expected {
            return Err(format!("{} last applied {found:?} and not {expected:?}", workspace.name));
        }
        log.insert(workspace.name.clone(), report.applied);
        table.insert(workspace.name.clone(), applied);
    }
    // Rows changed by hand are unexplained, and the only ones.
    let owned = |row: &StoredRow| row.owner.is_some();
    let unexplained: BTreeSet<Address> = verify_rows(&log, &table, rows).into_iter().map(|f| f.address).collect();
    let drifted: BTreeSet<Address> = model
        .workspaces
        .iter()
        .flat_map(|(name, own)| {
            own.applied.iter().filter(|(address, last)| {
                let row = model.rows.get(*address);
                row.is_none_or(|row| row.document != last.document || row.owner.as_ref() != Some(name))
            })
        })
        .map(|(address, _)| address.clone())
        .chain(
            rows.iter()
                .filter(|row| owned(row))
                .filter(|row| {
                    let own = row.owner.as_ref().and_then(|owner| model.workspaces.get(owner));
                    !own.is_some_and(|own| own.applied.contains_key(&row.address))
                })
                .map(|row| row.address.clone()),
        )
        .collect();
    if unexplained == drifted { Ok(()) } else { Err(format!("unexplained {unexplained:?}, drifted {drifted:?}")) }
}

fn run(cases: u32, test: impl Fn(&dyn Engine, &Registry, &[Vec<Edit>]) -> Result<(), String>) {
    for engine in ENGINES {
        let config = Config { cases, failure_persistence: None, max_shrink_iters: 300, ..Config::default() };
        let outcome = TestRunner::new(config)
            .run(&history(2..4, 6..24), |rounds| test(engine, &small_registry(), &rounds).map_err(TestCaseError::fail));
        assert!(outcome.is_ok(), "{}", outcome.expect_err("it failed"));
    }
}

/// Performs a round of edits on the world, and those by hand on the store.
fn perform(engine: &dyn Engine, registry: &Registry, url: &StoreUrl, world: &mut World, round: &[Edit]) {
    for edit in round {
        let before = world.store.clone();
        world.perform(registry, *edit);
        engine.by_hand(url, &before, &world.store);
    }
}

#[test]
fn a_store_holds_what_the_plans_of_generated_worlds_say() {
    run(24, |engine, registry, rounds| {
        let (url, _folder) = engine.place();
        let mut world = World::new(Theme::Small, 2);
        block_on(async {
            for round in rounds {
                for who in 0..2 {
                    apply(registry, &url, &mut world, who).await?;
                }
                perform(engine, registry, &url, &mut world, round);
            }
            Ok(())
        })
    });
}

/// A plan is refused as stale if and only if one of its preconditions does not hold, and then nothing has changed.
#[test]
fn a_store_refuses_a_plan_if_and_only_if_a_precondition_fails() {
    for engine in ENGINES {
        let registry = small_registry();
        let config = Config { cases: 40, failure_persistence: None, max_shrink_iters: 300, ..Config::default() };
        let strategy = (edits(4..30), edits(1..10), edits(0..6));
        let outcome = TestRunner::new(config).run(&strategy, |(before, pending, meanwhile)| {
            let (url, _folder) = engine.place();
            let mut world = World::new(Theme::Small, 2);
            perform(engine, &registry, &url, &mut world, &before);
            let done: Result<(), String> = block_on(async {
                for who in 0..2 {
                    apply(&registry, &url, &mut world, who).await?;
                }
                perform(engine, &registry, &url, &mut world, &pending);
                let desired = world.desired(&registry, 0, Spelling::default());
                let ask = |index: &Live| wanted(&registry, &desired, index);
                let live = snapshot(&url, &desired.workspace, Depth::Hashed, ask).await.map_err(|e| e.to_string())?;
                let body = plan(&registry, &desired, &live).body;
                if body.is_empty() {
                    return Ok(());
                }
                let ready = ready(&registry, body.clone(), &live);
                let declared = world.workspaces[0].clone();
                let meanwhile: Vec<Edit> = meanwhile.iter().map(|edit| Edit { who: 1, ..*edit }).collect();
                perform(engine, &registry, &url, &mut world, &meanwhile);
                world.workspaces[0] = declared;
                let holds = world.store.failing(&body).is_empty();
                match (holds, carry_out(&registry, &url, &ready).await) {
                    (true, Ok(_)) => {
                        world.store.execute(&registry, &body)?;
                        same_store(&url, &world.store).await
                    }
                    (false, Err(CommitError::Stale { .. })) => same_store(&url, &world.store).await,
                    (holds, done) => Err(format!("preconditions hold: {holds}, but {done:?}\n{body:#?}")),
                }
            });
            done.map_err(TestCaseError::fail)
        });
        assert!(outcome.is_ok(), "{}", outcome.expect_err("it failed"));
    }
}

#[test]
fn there_is_no_store_until_the_first_commit() {
    for engine in ENGINES {
        let (url, folder) = engine.place();
        block_on(async {
            assert!(matches!(Reader::open(&url).await, Err(StoreError::Missing { .. })));
            let files = || std::fs::read_dir(folder.path()).expect("it is there").count();
            assert_eq!(files(), 0, "a reader makes no file");
            let mut world = World::new(Theme::Small, 1);
            apply(&small_registry(), &url, &mut world, 0).await.expect("the first commit makes the store");
            let before = files();
            let mut reader = Reader::open(&url).await.expect("it is there");
            let status = reader.status().await.expect("it says what it is");
            assert_eq!((status.rows, status.unmanaged, status.workspaces.len()), (1, 0, 1));
            assert_eq!(files(), before, "a reader makes no file");
        });
    }
}

/// What a snapshot is asked for at either depth differs in nothing but blank digests.
#[test]
fn a_digest_is_blank_after_a_change_by_hand_and_worked_out_where_it_is_asked_for() {
    for engine in ENGINES {
        let registry = small_registry();
        let (url, _folder) = engine.place();
        block_on(async {
            let mut world = World::new(Theme::Small, 1);
            apply(&registry, &url, &mut world, 0).await.expect("it is committed");
            let before = world.store.clone();
            let row = world.store.rows.values_mut().next().expect("one row");
            let kind = row.document.kind().clone();
            row.document = deskform_model::Document::stored(kind, 1, r#"{"head":true,"title":"by hand"}"#.to_owned());
            row.blank = true;
            engine.by_hand(&url, &before, &world.store);
            for (depth, hashed) in [(Depth::Cached, false), (Depth::Hashed, true)] {
                let name = &world.workspaces[0].name;
                let found = snapshot(&url, name, depth, |_| Wanted::default()).await.expect("it can be read");
                let expected = world.live(&registry, 0, hashed, |_| Wanted::default());
                assert_eq!(found.rows, expected.rows, "{depth:?}");
            }
        });
    }
}

/// Two workspaces of one store: each has a chain and a serial of its own.
#[test]
fn workspaces_count_their_runs_apart() {
    for engine in ENGINES {
        let registry = small_registry();
        let (url, _folder) = engine.place();
        block_on(async {
            let mut world = World::new(Theme::Small, 2);
            let leaf = Theme::Small.address(false, "b");
            apply(&registry, &url, &mut world, 0).await.expect("it is committed");
            for title in 0..3 {
                let item = deskform_tests::world::Item { title, ..Default::default() };
                world.workspaces[1].items.insert(leaf.clone(), item);
                apply(&registry, &url, &mut world, 1).await.expect("it is committed");
            }
            let status = Reader::open(&url).await.expect("it is there").status().await.expect("it says what it is");
            let serials: Vec<(&str, u64, u64)> =
                status.workspaces.iter().map(|w| (w.name.as_str(), w.serial, w.seq)).collect();
            assert_eq!(serials, [("alpha", 1, 1), ("beta", 3, 3)]);
        });
    }
}
