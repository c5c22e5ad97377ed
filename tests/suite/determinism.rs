//! One config repo, told in different files, zones and languages, is one plan, byte by byte.

use deskform_tests::sandbox::{Sandbox, USER};
use serde_json::Value;

/// Twenty resources, each a text of its own.
fn resources() -> Vec<String> {
    let hours = (0..5).map(|n| {
        format!(
            "[business_hours.h{n}]\ntime_zone = \"Asia/Tokyo\"\n[business_hours.h{n}.weekly]\n\
             mon-fri = [\"0{n}:30-12:00\"]\nsat-sun = []\n"
        )
    });
    let brands = (0..15).map(|n| {
        let default = if n == 7 { "default = true\n" } else { "" };
        format!(
            "[brand.b{n}]\ndisplay_name = \"窓口 İi {n}\"\nsubdomain = \"desk-{n}\"\n{default}business_hours = \"h{}\"\n",
            n % 5
        )
    });
    hours.chain(brands).collect()
}

/// A config repo with the resources in this order, so many to a file.
fn repo(texts: &[String], in_file: usize) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("deskform.toml", "[workspace]\nname = \"acme\"\n");
    for (number, texts) in texts.chunks(in_file).enumerate() {
        let folder = if number % 2 == 0 { "a" } else { "z/deep" };
        sandbox.write(&format!("{folder}/{:02}.toml", 99 - number), &texts.join("\n"));
    }
    sandbox
}

fn plan(sandbox: &Sandbox) -> (String, String) {
    let _ = sandbox.deskform(&["plan", "--out", "plan.json"]).expect(0);
    let text = sandbox.read("plan.json");
    let file: Value = serde_json::from_str(&text).expect("a plan file is JSON");
    let id = file["id"].as_str().expect("it has an id").to_owned();
    let from = text.find("\"plan\": {").expect("it has a plan");
    let to = text.find("\"provenance\": {").expect("it has a provenance");
    (id, text[from..to].to_owned())
}

#[test]
fn file_order_zone_language_and_user_are_no_part_of_a_plan() {
    let forwards = resources();
    let backwards: Vec<String> = forwards.iter().rev().cloned().collect();
    let mut shuffled: Vec<String> = forwards.iter().skip(7).step_by(2).cloned().collect();
    shuffled.extend(forwards.iter().filter(|text| !shuffled.contains(text)).cloned().collect::<Vec<_>>());
    let expected = plan(&repo(&forwards, 20));
    let surroundings = [
        [("TZ", "UTC"), ("LC_ALL", "C"), ("USER", USER)],
        [("TZ", "Asia/Tokyo"), ("LC_ALL", "ja_JP.UTF-8"), ("USER", "tanaka")],
        [("TZ", "America/St_Johns"), ("LC_ALL", "tr_TR.UTF-8"), ("USER", "root")],
    ];
    for (texts, in_file) in [(&forwards, 1), (&backwards, 3), (&backwards, 1), (&shuffled, 4)] {
        for variables in surroundings {
            let mut sandbox = repo(texts, in_file);
            variables.iter().for_each(|(name, value)| sandbox.set(name, value));
            assert_eq!(plan(&sandbox), expected, "{in_file} to a file, {variables:?}");
        }
    }
}

#[test]
fn two_stores_with_one_content_are_planned_alike_but_for_their_lineage() {
    let plan_of_an_edit = || {
        let sandbox = repo(&resources(), 4);
        let _ = sandbox.deskform(&["apply", "--yes"]).expect(0);
        sandbox.write("a/99.toml", &sandbox.read("a/99.toml").replace("0:30-12:00", "0:45-12:00"));
        let (_, text) = plan(&sandbox);
        let lineage = text.find("\"lineage\": \"").expect("it names the store") + 12;
        text.replace(&text[lineage..lineage + 32], "[lineage]")
    };
    assert_eq!(plan_of_an_edit(), plan_of_an_edit());
}
