//! Coming in: `init`, `export`, `completions` and `man`, by the built binary.

use deskform_tests::generated::{Mix, write_project};
use deskform_tests::sandbox::{Sandbox, repository};

fn nothing_left(sandbox: &Sandbox, repo: &str) {
    let plan = sandbox.deskform(&["plan", "-C", repo, "--detailed-exitcode"]).expect(0);
    assert!(plan.stdout.starts_with("No changes."), "{}", plan.stdout);
    let drift = sandbox.deskform(&["drift", "-C", repo]).expect(0);
    assert!(drift.stdout.starts_with("No drift."), "{}", drift.stdout);
    let plan = sandbox.deskform(&["plan", "-C", repo, "--format", "json"]).expect(0).json();
    assert_eq!(plan["summary"]["empty"], true, "{plan}");
}

#[test]
fn an_export_of_each_example_plans_nothing() {
    for example in ["acme", "quickstart"] {
        let sandbox = Sandbox::new();
        sandbox.copy(&repository().join("examples").join(example), "repo");
        let to = ["--store", "sqlite://live.db"];
        let _ = sandbox.deskform(&[&["apply", "-C", "repo", "--create-store", "--yes"][..], &to].concat()).expect(0);
        let _ = sandbox.deskform(&[&["export", "-C", "repo", "--out", "out"][..], &to].concat()).expect(0);
        nothing_left(&sandbox, "out");
    }
}

#[test]
fn an_export_of_a_company_of_all_kinds_plans_nothing() {
    let sandbox = Sandbox::new();
    sandbox.folder("repo");
    write_project(&sandbox.inside("repo"), Mix::Company, 300, 0);
    let _ = sandbox.deskform(&["apply", "-C", "repo", "--create-store", "--yes"]).expect(0);
    let _ = sandbox.deskform(&["export", "-C", "repo", "--out", "out"]).expect(0);
    nothing_left(&sandbox, "out");
}

/// One text on stdout holds all manifests, and is one itself.
#[test]
fn an_export_without_a_folder_is_one_manifest() {
    let sandbox = Sandbox::new();
    sandbox.copy(&repository().join("examples/quickstart"), "repo");
    let _ = sandbox.deskform(&["apply", "-C", "repo", "--create-store", "--yes"]).expect(0);
    let text = sandbox.deskform(&["export", "-C", "repo"]).expect(0).stdout;
    for folder in ["repo/brands", "repo/business_hours"] {
        sandbox.delete(folder);
    }
    sandbox.write("repo/all.toml", &text);
    nothing_left(&sandbox, "repo");
}

/// A new repo is valid, with every sample in use too; applied, nothing is left to do.
#[test]
fn a_new_config_repo_is_valid_and_can_be_applied() {
    let sandbox = Sandbox::new();
    let _ = sandbox.deskform(&["init", "acme-support"]).expect(0);
    for kind in ["", "customer_strategies", "ip_restrictions", "mail_integrations", "organizations", "service_desks"] {
        if !kind.is_empty() {
            let file = format!("acme-support/{kind}/example.toml");
            sandbox.write(&file, &sandbox.read(&format!("{file}.example")));
        }
        let valid = sandbox.deskform(&["validate", "-C", "acme-support"]).expect(0);
        assert_eq!(valid.stderr, "", "{kind}");
    }
    let _ = sandbox.deskform(&["apply", "-C", "acme-support", "--create-store", "--yes"]).expect(0);
    nothing_left(&sandbox, "acme-support");
}

/// A sample for every kind, so that nobody starts from nothing.
#[test]
fn a_new_config_repo_shows_every_kind() {
    let sandbox = Sandbox::new();
    let made = sandbox.deskform(&["init", "acme", "--format", "json"]).expect(0).json();
    let names: Vec<&str> = made["files"].as_array().expect("a list").iter().filter_map(|name| name.as_str()).collect();
    let samples: Vec<String> = names.iter().map(|name| sandbox.read(&format!("acme/{name}"))).collect();
    for kind in deskform_kinds::registry().kinds().filter(|kind| kind.name().as_str() != "policy") {
        let header = format!("\n[{}.", kind.name());
        assert!(samples.iter().any(|text| text.contains(&header)), "no {}", kind.name());
    }
}

/// Every command, from the help of the binary itself: `audit log` and the like too.
fn commands(sandbox: &Sandbox, above: &str) -> Vec<String> {
    let help = sandbox.deskform(&[above.split_whitespace().collect(), vec!["--help"]].concat()).expect(0).stdout;
    let list = help.split("Commands:\n").nth(1).unwrap_or_default();
    let names =
        list.lines().take_while(|line| line.starts_with("  ")).filter_map(|line| line.split_whitespace().next());
    let names = names.filter(|name| *name != "help").map(|name| format!("{above} {name}").trim().to_owned());
    names.flat_map(|name| [vec![name.clone()], commands(sandbox, &name)].concat()).collect()
}

#[test]
fn completions_of_every_shell_hold_every_command_in_ascii() {
    let sandbox = Sandbox::new();
    let commands = commands(&sandbox, "");
    assert!(commands.contains(&"audit verify".to_owned()) && commands.len() > 15, "{commands:?}");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = sandbox.deskform(&["completions", shell]).expect(0).stdout;
        assert!(script.is_ascii(), "{shell}");
        for command in &commands {
            let word = command.rsplit(' ').next().unwrap_or_default();
            assert!(script.contains(word), "{shell}: no {command}");
        }
    }
}

/// What the shell would run is what was written: a script of bash is one.
#[test]
fn the_completions_of_bash_are_a_script_of_bash() {
    let sandbox = Sandbox::new();
    let script = sandbox.deskform(&["completions", "bash"]).expect(0).stdout;
    sandbox.write("deskform.bash", &script);
    let script = sandbox.inside("deskform.bash");
    let asked = format!(
        "source {}; COMP_WORDS=(deskform expo); COMP_CWORD=1; _deskform deskform expo deskform; echo ${{COMPREPLY[@]}}",
        script.display()
    );
    let ran = std::process::Command::new("bash").args(["-c", &asked]).output().expect("there is a bash");
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "export\n");
}

#[test]
fn every_command_has_a_page_of_the_manual() {
    let sandbox = Sandbox::new();
    let _ = sandbox.deskform(&["man", "--out", "man"]).expect(0);
    for command in commands(&sandbox, "").iter().chain([&String::new()]) {
        let name = format!("deskform {command}").trim().replace(' ', "-");
        let page = sandbox.read(&format!("man/{name}.1"));
        assert!(page.contains(".SH NAME") && page.contains(".SH SYNOPSIS"), "{name}");
        let args = [vec!["man"], command.split_whitespace().collect()].concat();
        assert_eq!(sandbox.deskform(&args).expect(0).stdout, page, "{name}");
    }
}
