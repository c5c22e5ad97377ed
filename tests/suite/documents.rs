//! The page about JSON names every member of every command's document.

use deskform_tests::sandbox::{Sandbox, repository};

#[test]
fn the_page_about_json_names_every_member_of_every_command() {
    let page = std::fs::read_to_string(repository().join("docs/json.md")).expect("the page is there");
    let (sandbox, empty) = (Sandbox::of_example("acme"), Sandbox::new());
    let commands: [&[&str]; 22] = [
        &["init", "other"],
        &["apply", "--rehearse", "--create-store"],
        &["apply", "--create-store", "--yes"],
        &["validate"],
        &["plan"],
        &["drift"],
        &["show"],
        &["show", "brand.a"],
        &["show", "brand.a", "--origin"],
        &["diff", "--env", "production"],
        &["audit", "log"],
        &["audit", "verify"],
        &["audit", "head"],
        &["export"],
        &["store", "status"],
        &["explain"],
        &["graph"],
        &["schema"],
        &["completions", "zsh"],
        &["man", "plan"],
        &["man", "--out", "pages"],
        &["apply"],
    ];
    let shared = page.split("\n## ").nth(1).expect("a section about what they share");
    for command in commands {
        let name = if command.len() > 1 && ["audit", "store"].contains(&command[0]) {
            command.join(" ")
        } else {
            command[0].to_owned()
        };
        let section = page.split("\n## ").find(|section| section.starts_with(&format!("{name}\n")));
        let section = section.unwrap_or_else(|| panic!("no section `{name}`"));
        let args = [command, &["--store", "sqlite://live.db", "--format", "json"]].concat();
        let sandbox = if command[0] == "init" { &empty } else { &sandbox };
        let document = sandbox.deskform(&args).expect(0).json();
        let members = document.as_object().expect("a document is an object").keys();
        for member in members.filter(|member| !["format_version", "command"].contains(&member.as_str())) {
            let named = format!("`{member}`");
            assert!(section.contains(&named) || shared.contains(&named), "{args:?}: {member} is not in the page");
        }
    }
}
