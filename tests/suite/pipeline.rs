//! `examples/ci` and `examples/cron`: run as far as they can be without the platforms, and held against the platforms' schemas.

use std::collections::BTreeSet;

use deskform_tests::forge::Forge;
use deskform_tests::sandbox::{Ran, Sandbox, repository};
use serde_json::{Value, json};

fn path(of: &str) -> String {
    repository().join(of).display().to_string()
}

fn text(of: &str) -> String {
    std::fs::read_to_string(repository().join(of)).expect("it is text")
}

fn yaml(of: &str) -> Value {
    serde_norway::from_str(&text(of)).expect("a workflow is YAML")
}

fn scripts() -> Vec<String> {
    let steps = std::fs::read_dir(repository().join("examples/ci/steps")).expect("the steps are there");
    let mut scripts: Vec<String> =
        steps.map(|step| step.expect("the folder can be listed").path().display().to_string()).collect();
    scripts.extend([path("examples/cron/drift.sh"), path("tests/pipeline.sh")]);
    scripts.sort();
    scripts
}

#[test]
fn a_change_goes_from_a_clone_to_an_alarm_and_back() {
    let sandbox = Sandbox::new();
    sandbox.folder("way");
    let ran = sandbox.program(&[], &path("tests/pipeline.sh"), &["way"]).expect(0);
    assert!(ran.stdout.ends_with("== done\n"), "{}", ran.stdout);
}

#[test]
fn every_script_is_plain_shell() {
    let arguments = [vec!["--shell=sh".to_owned(), "--norc".to_owned()], scripts()].concat();
    let ran = Sandbox::new().program(&[], "shellcheck", &arguments);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""));
}

#[test]
fn workflows_fit_the_schemas_of_their_platforms() {
    for (file, schema) in [
        ("examples/ci/github.yml", "tests/vendor/github-workflows.json"),
        ("examples/ci/gitlab-ci.yml", "tests/vendor/gitlab-ci.json"),
    ] {
        let schema: Value = serde_json::from_str(&text(schema)).expect("a schema is JSON");
        let schema = jsonschema::draft7::new(&schema).expect("a schema is a schema");
        let workflow = yaml(file);
        let errors: Vec<String> =
            schema.iter_errors(&workflow).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert_eq!(errors, [] as [String; 0], "{file}");
        let broken = json!({ "jobs": 1, "stages": 1 });
        assert!(!schema.is_valid(&broken), "{file}: its schema refuses nonsense");
    }
}

/// The jobs of a workflow on GitHub.
fn jobs() -> serde_json::Map<String, Value> {
    yaml("examples/ci/github.yml")["jobs"].as_object().cloned().expect("there are jobs")
}

fn steps(job: &Value) -> Vec<Value> {
    job["steps"].as_array().cloned().expect("a job has steps")
}

#[test]
fn the_workflow_has_pinned_actions_and_no_right_that_it_does_not_need() {
    let workflow = yaml("examples/ci/github.yml");
    assert_eq!(workflow["permissions"], json!({}));
    let jobs = jobs();
    let rights = |job: &str| jobs[job]["permissions"].clone();
    assert_eq!(rights("validate"), json!({ "contents": "read" }));
    assert_eq!(rights("plan"), json!({ "contents": "read", "pull-requests": "write" }));
    assert_eq!(rights("apply"), json!({ "contents": "read", "pull-requests": "read" }));
    for (name, job) in &jobs {
        for step in steps(job) {
            let Some(action) = step["uses"].as_str() else { continue };
            let (_, commit) = action.split_once('@').expect("an action has a version");
            assert!(commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit()), "{name}: {action}");
            if action.starts_with("actions/checkout@") {
                assert_eq!(step["with"]["persist-credentials"], json!(false), "{name}");
            }
        }
    }
}

#[test]
fn forks_get_no_store_and_an_apply_is_alone_with_its_store() {
    let text = text("examples/ci/github.yml");
    assert!(!text.contains("pull_request_target") && !text.contains("secrets."), "nothing for a fork to take");
    let jobs = jobs();
    assert!(!jobs["validate"].to_string().contains("STORE"), "validate knows no store");
    let condition = jobs["plan"]["if"].as_str().expect("a condition");
    assert!(condition.contains("github.event.pull_request.head.repo.full_name == github.repository"));
    assert_eq!(jobs["apply"]["concurrency"]["cancel-in-progress"], json!(false));
    assert_eq!(jobs["apply"]["environment"], json!("production"));
    let gitlab = yaml("examples/ci/gitlab-ci.yml");
    assert!(gitlab["plan"]["rules"].to_string().contains("$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID"));
    assert_eq!(gitlab["apply"]["resource_group"], json!("deskform-store-production"));
}

/// Every line that a workflow has run.
fn runs() -> Vec<String> {
    let of_github = jobs();
    let of_github = of_github.values().flat_map(steps).filter_map(|step| step["run"].as_str().map(str::to_owned));
    let gitlab = yaml("examples/ci/gitlab-ci.yml");
    let scripts = ["validate", "plan", "apply"].map(|job| gitlab[job]["script"].clone());
    let of_gitlab = scripts
        .iter()
        .flat_map(|script| script.as_array().expect("lines"))
        .map(|line| line.as_str().expect("a line of a script").to_owned());
    of_github.chain(of_gitlab).collect()
}

#[test]
fn workflows_run_every_step_that_is_there_and_no_other() {
    let named: BTreeSet<String> = runs()
        .iter()
        .flat_map(|run| run.split(|c: char| !(c.is_ascii_alphanumeric() || "/.-".contains(c))))
        .filter_map(|word| Some(word.strip_prefix("ci/")?.to_owned()))
        .chain(["install.sh".to_owned()])
        .collect();
    let there: BTreeSet<String> =
        scripts().iter().filter_map(|script| Some(script.rsplit_once("/steps/")?.1.to_owned())).collect();
    assert_eq!(named, there);
}

const MARKER: &str = "<!-- deskform plan -->";

/// A folder with the steps in `ci/`, a plan as a comment, and what a runner sets.
fn runner() -> Sandbox {
    let sandbox = Sandbox::of_example("quickstart");
    sandbox.copy(&repository().join("examples/ci/steps"), "ci");
    sandbox
}

fn comment(id: u64, by: &str, body: &str) -> Value {
    json!({ "id": id, "user": { "login": by }, "author": { "username": by }, "body": body })
}

const BOT: &str = "github-actions[bot]";

type Step = fn(&Sandbox, &Forge, &str) -> Ran;

fn on_github(sandbox: &Sandbox, forge: &Forge, step: &str) -> Ran {
    let env = [
        ("GITHUB_TOKEN", "s3cret"),
        ("GITHUB_API_URL", forge.url()),
        ("GITHUB_REPOSITORY", "acme/config"),
        ("GITHUB_SHA", "abc"),
        ("DESKFORM_PULL", "12"),
    ];
    sandbox.program(&env, "sh", &["-c", step])
}

fn on_gitlab(sandbox: &Sandbox, forge: &Forge, step: &str) -> Ran {
    let env = [
        ("DESKFORM_GITLAB_TOKEN", "s3cret"),
        ("DESKFORM_COMMENT_BY", BOT),
        ("CI_API_V4_URL", forge.url()),
        ("CI_PROJECT_ID", "7"),
        ("CI_MERGE_REQUEST_IID", "12"),
        ("CI_COMMIT_SHA", "abc"),
    ];
    sandbox.program(&env, "sh", &["-c", step])
}

/// Comments that are not the pipeline's own, on more than one page.
fn others() -> Vec<Value> {
    let mut others: Vec<Value> = (0..120).map(|id| comment(id, "octocat", "LGTM")).collect();
    others.push(comment(120, "mallory", &format!("{MARKER}\nPlan id `sha256:{}`.", "0".repeat(64))));
    others.push(comment(121, BOT, &format!("{MARKER} of something else")));
    others
}

#[test]
fn the_plan_is_one_comment_that_is_changed_in_place() {
    for (run, step) in [(on_github as Step, "ci/comment-github.sh"), (on_gitlab, "ci/comment-gitlab.sh")] {
        let (sandbox, forge) = (runner(), Forge::start(others(), vec![]));
        let _ = sandbox.program(&[], "sh", &["ci/plan.sh"]).expect(0);
        let first = sandbox.read("plan.md");
        let _ = run(&sandbox, &forge, step).expect(0);
        sandbox.delete("brands/sapporo.toml");
        let _ = sandbox.program(&[], "sh", &["ci/plan.sh"]).expect(0);
        let second = sandbox.read("plan.md");
        let _ = run(&sandbox, &forge, step).expect(0);
        assert_ne!(first, second);

        let mut expected = others();
        expected.push(comment(1122, BOT, &second));
        assert_eq!(forge.comments(), expected, "{step}: nobody else's comment is touched");
        for request in forge.requests() {
            let token = |(name, value): &(String, String)| {
                (name == "authorization" && value == "Bearer s3cret") || (name == "private-token" && value == "s3cret")
            };
            assert!(request.headers.iter().any(token), "{step}: {request:?}");
        }
        sandbox.delete("plan.md");
        let _ = run(&sandbox, &forge, step).expect(1);
    }
}

#[test]
fn what_was_reviewed_is_read_from_the_pipelines_own_comment() {
    let id = format!("sha256:{}", "1a".repeat(32));
    let mut comments = others();
    comments.push(comment(122, BOT, &format!("{MARKER}\n**Plan**\n\nPlan id `{id}`, of commit `abc`.\n\nApply it.")));
    let pulls = (
        "/repos/acme/config/commits/abc/pulls",
        json!([
            { "number": 11, "merge_commit_sha": "other" },
            { "number": 12, "merge_commit_sha": "abc" },
        ]),
    );
    let merged = ("/projects/7/repository/commits/abc/merge_requests", json!([{ "iid": 12, "state": "merged" }]));
    let staging = format!("sha256:{}", "2b".repeat(32));
    let marker = "<!-- deskform plan env=staging -->";
    comments.push(comment(123, BOT, &format!("{marker}\r\n**Plan**\r\n\r\nPlan id `{staging}`.\r\n")));
    let forge = Forge::start(comments, vec![pulls, merged]);
    let sandbox = runner();
    assert_eq!(on_github(&sandbox, &forge, "ci/reviewed-github.sh").expect(0).stdout, format!("{id}\n"));
    assert_eq!(on_gitlab(&sandbox, &forge, "ci/reviewed-gitlab.sh").expect(0).stdout, format!("{id}\n"));
    for (run, forge_of) in [(on_github as Step, "github"), (on_gitlab, "gitlab")] {
        let ran = run(&sandbox, &forge, &format!("DESKFORM_ENV=staging ci/reviewed-{forge_of}.sh"));
        assert_eq!(ran.expect(0).stdout, format!("{staging}\n"), "each environment has a comment of its own");
    }
    let asked: Vec<String> = forge.requests().into_iter().map(|request| request.path).collect();
    assert!(asked.iter().any(|path| path.starts_with("/repos/acme/config/issues/12/comments?")), "{asked:?}");
    assert!(asked.iter().any(|path| path.starts_with("/projects/7/merge_requests/12/notes?")), "{asked:?}");

    let nothing = Forge::start(
        others(),
        vec![
            ("/repos/acme/config/commits/abc/pulls", json!([{ "number": 12, "merge_commit_sha": "abc" }])),
            ("/projects/7/repository/commits/abc/merge_requests", json!([])),
        ],
    );
    assert_eq!(on_github(&sandbox, &nothing, "ci/reviewed-github.sh").expect(0).stdout, "");
    assert_eq!(on_gitlab(&sandbox, &nothing, "ci/reviewed-gitlab.sh").expect(0).stdout, "");
}

#[test]
fn the_apply_of_each_workflow_applies_what_was_reviewed() {
    let inline = |run: &str| run.contains("id=$");
    let github = runs().into_iter().find(|run| inline(run) && run.contains("github")).expect("the step is there");
    let gitlab: Vec<String> =
        runs().into_iter().filter(|run| run.contains("gitlab.sh)") || run.contains("CI_COMMIT_TITLE")).collect();
    for script in [github, gitlab.join("\n")] {
        let sandbox = runner();
        let _ = sandbox.deskform(&["apply", "--yes"]).expect(0);
        sandbox.replace("brands/acme.toml", "\"Acme サポート\"", "\"Acme Support\"");
        let planned = sandbox.deskform(&["plan", "--format", "json"]).expect(0).json();
        let id = planned["plan_file"]["id"].as_str().expect("a plan has an id").to_owned();
        let forge = Forge::start(
            vec![comment(1, BOT, &format!("{MARKER}\nPlan id `{id}`.\n"))],
            vec![
                ("/repos/acme/config/commits/abc/pulls", json!([{ "number": 12, "merge_commit_sha": "abc" }])),
                ("/projects/7/repository/commits/abc/merge_requests", json!([{ "iid": 12, "state": "merged" }])),
            ],
        );
        let env = [
            ("GITHUB_TOKEN", "s3cret"),
            ("GITHUB_API_URL", forge.url()),
            ("GITHUB_REPOSITORY", "acme/config"),
            ("GITHUB_SHA", "abc"),
            ("EXPECT", ""),
            ("DESKFORM_GITLAB_TOKEN", "s3cret"),
            ("DESKFORM_COMMENT_BY", BOT),
            ("CI_API_V4_URL", forge.url()),
            ("CI_PROJECT_ID", "7"),
            ("CI_COMMIT_SHA", "abc"),
            ("CI_COMMIT_TITLE", "the title"),
        ];
        let ran = sandbox.program(&env, "sh", &["-eu", "-c", &script]).expect(0);
        assert!(ran.stdout.contains("Applied 1 change"), "{script}: {}", ran.stdout);
        assert!(sandbox.read("head.txt").starts_with("acme-support@7:"), "{script}");
    }
}

#[test]
fn a_binary_with_another_digest_is_not_installed() {
    let sandbox = runner();
    sandbox.write("binary", "#!/bin/sh\necho deskform 9.9.9\n");
    let url = format!("file://{}", sandbox.inside("binary").display());
    let install = |digest: &str| {
        let env = [("PATH", "/usr/local/bin:/usr/bin:/bin"), ("DESKFORM_URL", &url), ("DESKFORM_SHA256", digest)];
        sandbox.program(&env, "sh", &["ci/install.sh"])
    };
    let _ = install(&"0".repeat(64)).expect(1);
    assert!(!sandbox.inside("home/.local/bin/deskform").exists());
    let digest = sandbox.program(&[], "sha256sum", &["binary"]).expect(0).stdout;
    let digest = digest.split_whitespace().next().expect("a digest").to_owned();
    assert_eq!(install(&digest).expect(0).stdout, "deskform 9.9.9\n");
}

#[test]
fn a_comment_holds_no_secret_that_somebody_wrote_out() {
    let sandbox = Sandbox::of_example("acme");
    let store = ["--store", "sqlite://live.db"];
    let _ = sandbox.deskform(&[&["apply", "--yes", "--create-store"][..], &store].concat()).expect(0);
    let sql = "UPDATE resource SET document = json_set(document, '$.own_server.smtp.password', 'hunter2') \
               WHERE address = 'mail_integration.esales_own'";
    assert_eq!(sandbox.sql("live.db").execute(sql, []).expect("it can be changed"), 1);
    for (command, code) in [("plan", 0), ("drift", 2)] {
        let ran = sandbox.deskform(&[&[command, "--format", "markdown"][..], &store].concat()).expect(code);
        assert!(ran.stdout.contains("mail_integration.esales_own"), "{command}: {}", ran.stdout);
        assert!(!ran.stdout.contains("hunter2") && !ran.stderr.contains("hunter2"), "{command}");
    }
}

#[test]
fn a_webhook_gets_the_report_as_json() {
    let (sandbox, forge) = (Sandbox::of_example("quickstart"), Forge::start(vec![], vec![]));
    let _ = sandbox.deskform(&["apply", "--yes"]).expect(0);
    let sql = "UPDATE resource SET document = json_set(document, '$.display_name', 'a \"b\" \\ c') WHERE address = 'brand.acme'";
    let changed = sandbox.sql(".deskform/live.db").execute(sql, []).expect("it can be changed");
    assert_eq!(changed, 1);
    let webhook = format!("{}/hook", forge.url());
    let ran = sandbox.program(&[("DESKFORM_WEBHOOK", webhook.as_str())], "sh", &[path("examples/cron/drift.sh")]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{}", ran.stderr);
    let told = forge.requests();
    let text = told[0].body["text"].as_str().expect("a text");
    assert!(text.starts_with("deskform: drift\n") && text.contains(r#"live          "a \"b\" \\ c""#), "{text}");
}

#[test]
fn the_units_of_systemd_hold_together() {
    let sandbox = Sandbox::new();
    for unit in ["deskform-drift.service", "deskform-drift.timer"] {
        let text = text(&format!("examples/cron/{unit}"));
        sandbox.write(unit, &text.replace("/usr/local/lib/deskform/drift.sh", &path("examples/cron/drift.sh")));
    }
    let ran = sandbox.program(&[], "systemd-analyze", &["verify", "deskform-drift.service", "deskform-drift.timer"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
}
