//! Eight appliers at once: each has applied, is too late, or was locked out, and the log tells one story.

use std::process::Child;

use deskform_tests::sandbox::{Ran, Sandbox};
use serde_json::Value;

const HERD: usize = 8;

fn finish(children: Vec<Child>) -> Vec<Ran> {
    let end = |child: Child| {
        let output = child.wait_with_output().expect("it ends");
        Ran {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code(),
        }
    };
    children.into_iter().map(end).collect()
}

fn outcome(ran: &Ran) -> String {
    match ran.code {
        Some(0) => {
            let json: Value = ran.json();
            json["outcome"].as_str().expect("an apply says what it came to").to_owned()
        }
        Some(3) => "refused".to_owned(),
        Some(6) => "locked".to_owned(),
        _ => panic!("{ran:?}"),
    }
}

fn count(outcomes: &[String], wanted: &str) -> usize {
    outcomes.iter().filter(|outcome| *outcome == wanted).count()
}

fn number(sandbox: &Sandbox, sql: &str) -> i64 {
    let database = sandbox.sql(".deskform/live.db");
    database.query_row(sql, [], |row| row.get(0)).expect("it can be read")
}

#[test]
fn one_plan_that_eight_apply_is_one_run() {
    let sandbox = Sandbox::of_example("quickstart");
    let _ = sandbox.deskform(&["apply", "--yes"]).expect(0);
    sandbox.replace("brands/general_affairs.toml", "\"総務\"", "\"総務部\"");
    let _ = sandbox.deskform(&["plan", "--out", "plan.json"]).expect(0);
    let apply = ["apply", "plan.json", "--yes", "--format", "json"];
    let ran = finish((0..HERD).map(|_| sandbox.spawn(&apply)).collect());
    let outcomes: Vec<String> = ran.iter().map(outcome).collect();
    assert_eq!((count(&outcomes, "applied"), count(&outcomes, "already_applied")), (1, HERD - 1), "{outcomes:?}");
    assert_eq!(number(&sandbox, "SELECT count(*) FROM run"), 2);
    let _ = sandbox.deskform(&["audit", "verify"]).expect(0);
}

#[test]
fn of_eight_plans_for_one_resource_one_is_applied_and_the_others_are_stale() {
    let sandbox = Sandbox::of_example("quickstart");
    let _ = sandbox.deskform(&["apply", "--yes"]).expect(0);
    for number in 0..HERD {
        let now = if number == 0 { "総務".to_owned() } else { format!("総務 {}", number - 1) };
        let then = format!("\"総務 {number}\"");
        sandbox.replace("brands/general_affairs.toml", &format!("\"{now}\""), &then);
        let _ = sandbox.deskform(&["plan", "--out", &format!("plan-{number}.json")]).expect(0);
    }
    let start = |number| sandbox.spawn(&["apply", &format!("plan-{number}.json"), "--yes", "--format", "json"]);
    let outcomes: Vec<String> = finish((0..HERD).map(start).collect()).iter().map(outcome).collect();
    assert_eq!((count(&outcomes, "applied"), count(&outcomes, "refused")), (1, HERD - 1), "{outcomes:?}");
    let winner = outcomes.iter().position(|outcome| outcome == "applied").expect("there is one");
    let sql = "SELECT count(*) FROM resource WHERE document LIKE '%総務 ' || {} || '\"%'";
    assert_eq!(number(&sandbox, &sql.replace("{}", &winner.to_string())), 1);
    assert_eq!(number(&sandbox, "SELECT count(*) FROM run"), 2);
    let _ = sandbox.deskform(&["audit", "verify"]).expect(0);
}

#[test]
fn eight_that_make_the_store_make_one() {
    let sandbox = Sandbox::of_example("quickstart");
    let apply = ["apply", "--yes", "--format", "json"];
    let ran = finish((0..HERD).map(|_| sandbox.spawn(&apply)).collect());
    let outcomes: Vec<String> = ran.iter().map(outcome).collect();
    assert_eq!(count(&outcomes, "applied"), 1, "{outcomes:?}");
    assert_eq!(count(&outcomes, "locked"), 0, "nobody waits for half a minute: {outcomes:?}");
    assert_eq!(number(&sandbox, "SELECT count(*) FROM run"), 1);
    assert_eq!(number(&sandbox, "SELECT count(*) FROM meta"), 1);
    let _ = sandbox.deskform(&["plan", "--detailed-exitcode"]).expect(0);
    let _ = sandbox.deskform(&["audit", "verify"]).expect(0);
}

#[test]
fn eight_workspaces_share_a_store_and_each_has_its_say() {
    let owner = Sandbox::of_example("quickstart");
    let _ = owner.deskform(&["apply", "--yes"]).expect(0);
    let url = format!("sqlite://{}", owner.inside(".deskform/live.db").display());
    let repos: Vec<Sandbox> = (0..HERD)
        .map(|number| {
            let repo = Sandbox::new();
            repo.write(
                "deskform.toml",
                &format!("[workspace]\nname = \"desk-{number}\"\n[store]\nlabel = \"quickstart\"\n"),
            );
            repo.write(
                "brands.toml",
                &format!("[brand.desk_{number}]\ndisplay_name = \"Desk {number}\"\nsubdomain = \"desk-{number}\"\n"),
            );
            repo
        })
        .collect();
    let start = |repo: &Sandbox| repo.spawn(&["apply", "--yes", "--format", "json", "--store", &url]);
    let outcomes: Vec<String> = finish(repos.iter().map(start).collect()).iter().map(outcome).collect();
    // Another workspace's brands are no fact of any of these plans, so that none of them is late.
    assert_eq!(count(&outcomes, "applied"), HERD, "{outcomes:?}");
    assert_eq!(number(&owner, "SELECT count(*) FROM resource WHERE address LIKE 'brand.desk_%'"), 8);
    let _ = owner.deskform(&["audit", "verify"]).expect(0);
}

/// Who waits is told for whom, and nobody has to clean up after one that is gone.
#[test]
fn a_writer_that_holds_the_store_locks_the_others_out_until_it_is_gone() {
    let sandbox = Sandbox::of_example("quickstart");
    let _ = sandbox.deskform(&["apply", "--yes"]).expect(0);
    sandbox.replace("brands/general_affairs.toml", "\"総務\"", "\"総務部\"");
    let database = sandbox.sql(".deskform/live.db");
    database.execute_batch("BEGIN IMMEDIATE").expect("nobody writes");
    let locked = sandbox.deskform(&["apply", "--yes", "--lock-timeout", "1s"]).expect(6);
    assert!(locked.stdout.is_empty() || !locked.stdout.contains("Applied"), "{locked:?}");
    database.execute_batch("ROLLBACK").expect("it held the store");
    let _ = sandbox.deskform(&["apply", "--yes"]).expect(0);
    let _ = sandbox.deskform(&["audit", "verify"]).expect(0);
}
