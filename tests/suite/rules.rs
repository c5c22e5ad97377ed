//! Every rule is explained, and its examples do what they say: the bad one breaks the rule, the good one does not.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::Mutex;

use deskform_tests::reference::{rules_of, rules_page};
use deskform_tests::sandbox::{Ran, Sandbox};
use serde_json::Value;

use crate::expected::file_is;

/// Rules that no manifest of today's kinds breaks, or not everybody's.
const WITHOUT_EXAMPLES: [&str; 3] = ["MF037", "MF038", "MF080"];

/// What examples refer to without declaring it.
const GIVEN: [&str; 7] = [
    "business_hours.day",
    "customer_strategy.site",
    "customer_strategy.staff",
    "organization.contoso",
    "security_profile.agent",
    "team.sales",
    "team.support",
];

/// All rules as the binary tells them.
fn rules() -> Vec<Value> {
    let told = Sandbox::new().deskform(&["explain", "--format", "json"]).expect(0).json();
    told["rules"].as_array().expect("a list").clone()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().expect("a text")
}

#[test]
fn every_rule_has_a_number_of_its_own_and_stands_in_the_pages() {
    let rules = rules();
    let mut seen = BTreeSet::new();
    let mut by_letters: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for rule in &rules {
        let code = text(rule, "code");
        let digits = code.len() == 5 && code[2..].bytes().all(|b| b.is_ascii_digit());
        assert!(
            digits && code[..2].bytes().all(|b| b.is_ascii_uppercase()),
            "{code} is not two letters and three digits"
        );
        assert!(seen.insert(code), "{code} is the number of two rules");
        by_letters.entry(&code[..2]).or_default().push(rule);
    }
    file_is("docs/rules.md", &rules_page(&rules));
    for (letters, rules) in by_letters {
        file_is(&format!("docs/rules/{letters}.md"), &rules_of(letters, &rules));
    }
}

#[test]
fn every_rule_is_explained_and_its_examples_break_it_and_do_not() {
    let queue = Mutex::new(rules());
    let failures = Mutex::new(BTreeSet::new());
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let Some(rule) = queue.lock().expect("no thread fails here").pop() else { break };
                    if let Some(failure) = wrong(&rule) {
                        let failure = format!("{}: {failure}", text(&rule, "code"));
                        failures.lock().expect("no thread fails here").insert(failure);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().expect("the threads are done");
    assert!(failures.is_empty(), "{failures:#?}");
}

/// What is wrong with the explanation of a rule.
fn wrong(rule: &Value) -> Option<String> {
    let code = text(rule, "code");
    if text(rule, "text").is_empty() {
        return Some("no explanation: add a section to the `rules.md` of its owner".to_owned());
    }
    let examples: Vec<Example<'_>> = rule["examples"].as_array()?.iter().map(Example::of).collect();
    if examples.is_empty() && WITHOUT_EXAMPLES.contains(&code) {
        return None;
    }
    let (bad, good) = (outcome(code, &examples, "bad"), outcome(code, &examples, "good"));
    let codes =
        |found: &BTreeSet<(String, String)>| found.iter().map(|(code, _)| code.clone()).collect::<BTreeSet<_>>();
    if codes(&good).contains(code) || good.iter().any(|(_, severity)| ["error", "refused"].contains(&severity.as_str()))
    {
        return Some(format!("the good example gives {good:?}"));
    }
    // What both give goes with the subject of the rule; the rest must be the rule and nothing else.
    if !codes(&bad).difference(&codes(&good)).eq([code]) {
        return Some(format!("the bad example gives {bad:?}, the good one {good:?}"));
    }
    let told: Vec<&str> = rule["severities"].as_array()?.iter().filter_map(Value::as_str).collect();
    let other = bad.iter().find(|(found, severity)| found == code && !told.contains(&severity.as_str()));
    other.map(|(_, severity)| format!("the section says {told:?}, and it is {severity}"))
}

#[derive(Clone, Copy)]
struct Example<'v> {
    role: &'v str,
    language: &'v str,
    file: &'v str,
    text: &'v str,
}

impl<'v> Example<'v> {
    fn of(value: &'v Value) -> Self {
        let [role, language, file, text] = ["role", "language", "file", "text"].map(|key| text(value, key));
        Self { role, language, file, text }
    }
}

/// The codes and severities that a reading gives, or, for what rests on the store, a plan.
fn outcome(code: &str, examples: &[Example<'_>], role: &str) -> BTreeSet<(String, String)> {
    let sandbox = Sandbox::new();
    prepare(&sandbox, examples);
    let own: Vec<Example<'_>> = examples.iter().filter(|example| example.role == role).copied().collect();
    let planned = code.starts_with("PL") || examples.iter().any(|example| example.role == "before");
    let ran = if planned {
        fill(&sandbox, "repo", "acme", &own);
        run(&sandbox, "repo", "plan", &[])
    } else {
        fill(&sandbox, "repo", "acme", &own);
        let declared = |address: &&str| own.iter().any(|example| example.text.contains(&format!("[{address}")));
        let given = GIVEN.iter().filter(|address| !declared(address));
        let given = given.map(|address| format!("[[use]]\naddress = \"{address}\"\nworkspace = \"given\"\n"));
        sandbox.write("repo/given.toml", &given.collect::<String>());
        let environment = own.iter().find_map(|example| example.file.strip_prefix("envs/")?.split_once('/'));
        // An example with an overlay is about its environment, if there is one of that name.
        let named = |name: &str| own.iter().any(|example| example.text.contains(&format!("[env.{name}.")));
        match environment.filter(|(name, _)| named(name)) {
            Some((name, _)) => run(&sandbox, "repo", "validate", &["--env", name]),
            None => run(&sandbox, "repo", "validate", &[]),
        }
    };
    let result = ran.json();
    let found = |list: &str| result[list].as_array().cloned().unwrap_or_default();
    let diagnostics = found("diagnostics").into_iter();
    let diagnostics = diagnostics.map(|one| (text(&one, "code").to_owned(), text(&one, "severity").to_owned()));
    let refusals = found("refusals").into_iter().map(|one| (text(&one, "code").to_owned(), "refused".to_owned()));
    diagnostics.chain(refusals).collect()
}

/// Applies what an example says was applied before. A second text of the same name begins another apply.
fn prepare(sandbox: &Sandbox, examples: &[Example<'_>]) {
    let mut rest: Vec<Example<'_>> =
        examples.iter().filter(|example| ["before", "other"].contains(&example.role)).copied().collect();
    while let Some(first) = rest.first().copied() {
        let mut names = BTreeSet::new();
        let together = rest.iter().take_while(|next| next.role == first.role && names.insert(next.file)).count();
        let step: Vec<Example<'_>> = rest.drain(..together).collect();
        let workspace = if first.role == "other" { "other" } else { "acme" };
        fill(sandbox, workspace, workspace, &step);
        let _ = run(sandbox, workspace, "apply", &[]).expect(0);
        sandbox.delete(workspace);
    }
}

/// Makes a config repo of some texts.
fn fill(sandbox: &Sandbox, folder: &str, workspace: &str, examples: &[Example<'_>]) {
    sandbox.write(&format!("{folder}/deskform.toml"), &format!("[workspace]\nname = \"{workspace}\"\n"));
    for Example { role: _, language, file, text } in examples {
        match *language {
            "sh" => {
                let mut command = Command::new("sh");
                let command = command.args(["-e", "-c", text]).current_dir(sandbox.inside(folder));
                assert!(command.status().expect("there is a shell").success(), "{text}");
            }
            "sql" => sandbox.sql("live.db").execute_batch(text).expect("a statement"),
            _ => sandbox.write(&format!("{folder}/{file}"), text),
        }
    }
}

fn run(sandbox: &Sandbox, folder: &str, command: &str, more: &[&str]) -> Ran {
    let mut args = vec![command, "-C", folder, "--store", "sqlite://live.db", "--format", "json"];
    args.extend(more);
    if command == "apply" {
        args.extend(["--create-store", "--yes", "--allow-deletes", "100"]);
    }
    sandbox.deskform(&args)
}
