//! Environments: what comes of overlays is what would come of the files as they would be written without them.

use deskform_tests::sandbox::Sandbox;
use serde_json::Value;

const PROJECT: &str = "[workspace]\nname = \"acme\"\n[store]\nlabel = \"LABEL\"\n[guard]\nmax_deletes = 7\n";

const BRANDS: &str = "\
[brand.acme]
display_name   = \"Acme サポート\"
subdomain      = \"acme\"
default        = true
business_hours = \"day\"
host_mapping   = { host = \"support.acme.example\", certificate = \"managed\" }

[brand.acme.channels]
talk = { number = \"+81300000001\" }

[business_hours.day]
time_zone = \"Asia/Tokyo\"
weekly    = { mon-fri = [\"09:00-18:00\"], sat-sun = [] }

[team.night]
display_name = \"当直\"
";

const OVERLAY: &str = "\
[brand.acme]
subdomain = \"acme-test\"
unset     = [\"host_mapping\"]

[brand.acme.channels.talk]
number = \"+81300009001\"

[business_hours.day.weekly]
sat-sun = [\"10:00-12:00\"]

[[unset]]
address = \"team.night\"
";

fn plan(sandbox: &Sandbox, args: &[&str]) -> Value {
    let args = [&["plan", "--store", "sqlite://live.db", "--format", "json"], args].concat();
    sandbox.deskform(&args).expect(0).json()["plan_file"].clone()
}

/// The whole file, with ids, digests and the lines of the manifests.
#[test]
fn the_plan_of_an_environment_is_that_of_the_files_as_they_would_be_written() {
    let overlaid = Sandbox::new();
    let environment = "[env.staging.store]\nlabel = \"staging\"\n[env.staging.guard]\nmax_deletes = 9\n";
    overlaid.write("deskform.toml", &format!("{}{environment}", PROJECT.replace("LABEL", "production")));
    overlaid.write("brands.toml", BRANDS);
    overlaid.write("envs/staging/brands.toml", OVERLAY);
    let written = Sandbox::new();
    written.write("deskform.toml", &PROJECT.replace("LABEL", "staging").replace("= 7", "= 9"));
    let brands = BRANDS
        .replace("\"acme\"", "\"acme-test\"")
        .replace("host_mapping   = { host = \"support.acme.example\", certificate = \"managed\" }\n", "\n")
        .replace("+81300000001", "+81300009001")
        .replace("sat-sun = []", "sat-sun = [\"10:00-12:00\"]")
        .replace("[team.night]\ndisplay_name = \"当直\"\n", "");
    written.write("brands.toml", &brands);
    let without = plan(&overlaid, &[]);
    let planned = plan(&overlaid, &["--env", "staging"]);
    assert_eq!(planned, plan(&written, &[]));
    assert_ne!(planned["id"], without["id"], "the environment is another one than none");
}

#[test]
fn the_environment_may_come_from_a_variable_and_the_option_wins() {
    let mut sandbox = Sandbox::of_example("acme");
    sandbox.set("DESKFORM_ENV", "staging");
    let named = |args: &[&str]| {
        let args = [&["validate", "--format", "json"], args].concat();
        sandbox.deskform(&args).expect(0).json()["environment"].clone()
    };
    assert_eq!((named(&[]), named(&["--env", "production"])), ("staging".into(), "production".into()));
}

/// Whatever an example says of its environments is sound, and each can be applied and then has nothing left to do.
#[test]
fn every_environment_of_the_company_applies_and_leaves_nothing_to_do() {
    for name in ["production", "staging"] {
        let sandbox = Sandbox::of_example("acme");
        let _ = sandbox.deskform(&["apply", "--env", name, "--create-store", "--yes"]).expect(0);
        let again = sandbox.deskform(&["plan", "--env", name, "--detailed-exitcode"]).expect(0);
        assert!(again.stdout.starts_with("No changes."), "{}", again.stdout);
    }
}
