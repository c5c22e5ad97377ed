//! The worst that can be handed in: whatever it is, an answer in two seconds and 256 MiB.

use std::fmt::Write as _;
use std::fs::File;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use deskform_tests::measure::watched;
use deskform_tests::sandbox::{Sandbox, binary};

/// A manifest may have so many bytes.
const MOST_OF_FILE: usize = 1024 * 1024;

/// Time on processors, which a busy machine does not stretch.
const MOST_TIME: Duration = Duration::from_secs(2);

const MOST_MEMORY: u64 = 256 * 1024 * 1024;

const PROJECT: &str = "[workspace]\nname = \"acme\"\n";

const BRAND: &str = "[brand.a]\ndisplay_name = \"A\"\nsubdomain = \"acme\"\ndefault = true\n";

/// A config repo that is up to no good.
struct Repo {
    name: &'static str,
    files: Vec<(String, String)>,
}

fn repo(name: &'static str, files: impl IntoIterator<Item = (&'static str, String)>) -> Repo {
    Repo { name, files: files.into_iter().map(|(path, text)| (path.to_owned(), text)).collect() }
}

/// One manifest of as many pieces as a file may hold.
fn full(name: &'static str, head: &str, piece: impl Fn(usize) -> String, tail: &str) -> Repo {
    repo(name, [("a.toml", filled(head, piece, tail))])
}

fn filled(head: &str, piece: impl Fn(usize) -> String, tail: &str) -> String {
    let mut text = head.to_owned();
    for number in 0.. {
        let piece = piece(number);
        if text.len() + piece.len() + tail.len() > MOST_OF_FILE {
            break;
        }
        text.push_str(&piece);
    }
    text + tail
}

/// So many pieces.
fn times(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut all, number| {
        let _ = write!(all, "{}", piece(number));
        all
    })
}

fn same(piece: &'static str) -> impl Fn(usize) -> String {
    move |_| piece.to_owned()
}

/// No TOML: as many errors as there are bytes.
fn broken() -> Vec<Repo> {
    vec![
        full("bare returns", "", same("\r"), ""),
        full("bare returns behind keys", "", same("a\r"), ""),
        full("bare returns behind signs", "", same("=\r"), ""),
        full("lines of signs", "", same("=\n"), ""),
        full("lines of keys", "", same("a\n"), ""),
        full("lines of brackets", "", same("[\n"), ""),
        full("signs", "", same("="), ""),
        full("points", "", same("."), ""),
        full("commas", "x = [", same(","), ""),
        full("backslashes", "x = \"", same("\\q"), "\"\n"),
        full("controls", "# ", same("\u{1}"), ""),
        full("conflicts", "", same("<<<<<<< a\n>>>>>>> b\n"), ""),
        full("wide signs", "", same("＝"), ""),
    ]
}

/// TOML, and far too much of something.
fn excessive() -> Vec<Repo> {
    let deep = "a.".repeat(70);
    let lists = format!("{}{},", "[".repeat(78), "]".repeat(78));
    let tables = format!("{}1{},", "{a=".repeat(75), "}".repeat(75));
    vec![
        full("doubled keys", "", same("a=1\n"), ""),
        full("doubled tables", "", same("[brand.a]\n"), ""),
        full("doubled keys on one line", &format!("{BRAND}x = {{"), same("a=1,"), " b=1}\n"),
        full("extended values", "a = 1\n", same("a.b=1\n"), ""),
        full("deep lists", &format!("{BRAND}x = ["), |_| lists.clone(), "]\n"),
        full("deep tables", &format!("{BRAND}x = ["), |_| tables.clone(), "]\n"),
        full("deep keys", BRAND, |n| format!("k{n}.{deep}k=1\n"), ""),
        full("items", &format!("{BRAND}teams = ["), same("1,"), "]\n"),
        full("near misses", BRAND, |n| format!("display_name{}{n}=1\n", "x".repeat(240)), ""),
        repo("a long key", [("a.toml", format!("{BRAND}{}=1\n", "k".repeat(1_000_000)))]),
        full("unknown kinds", "", |n| format!("[k{n}]\n"), ""),
        full("one unknown kind", "", |n| format!("[brnd.o{n}]\n"), ""),
    ]
}

/// What could be compared with everything else.
fn entangled() -> Vec<Repo> {
    let people = |line: &dyn Fn(usize) -> String| {
        format!("[team.t]\nsecurity_profiles = []\n[team.t.people]\n{}", times(9_990, line))
    };
    let person = |n: usize| format!("p{n} = {{ address = \"p{n}@acme.example\" }}\n");
    let unset: String = times(9_990, |n| format!("\"people.q{n}\","));
    // Keys in two forms of Unicode; three of five say the same as one of the other form.
    let composed = |n: usize| format!("\"が{n}\" = {{ address = \"p{n}@acme.example\" }}\n");
    let apart = |n: usize| format!("\"か\u{3099}{}\" = {{ address = \"q{n}@acme.example\" }}\n", n + 4_000);
    let unset_apart: String = times(9_990, |n| format!("'people.\"か\u{3099}{}\"',", n + 4_000));
    let environment = format!("{PROJECT}[env.staging.store]\nlabel = \"s\"\n");
    let organization = |n: usize| format!("[organization.o{n}]\ndisplay_name = \"x\"\n");
    let move_of = |n: usize| format!("[[moved]]\nfrom = \"team.b{n}\"\nto = \"team.b{}\"\n", (n + 1) % 9_000);
    let nested = times(199, |n| format!("<g xmlns:n{n}=\"x\">"));
    let attributes = times(499, |n| format!(" a{n}=\"\""));
    let svg = |inside: &str| format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{inside}");
    let with_logo =
        |name, inside: String| repo(name, [("a.toml", format!("{BRAND}logo = \"l.svg\"\n")), ("l.svg", svg(&inside))]);
    vec![
        repo("a circle of moves", [("a.toml", times(9_000, move_of))]),
        full("a circle of teams", "", |n| format!("[team.t{n}]\nparent = \"t{}\"\n", (n + 1) % 25_000), ""),
        repo(
            "a profile",
            [(
                "a.toml",
                format!(
                    "[security_profile.s]\n[security_profile.s.permissions]\n{}",
                    times(9_990, |n| format!("contact_searc{n}=[\"view\"]\n"))
                ),
            )],
        ),
        repo(
            "overlays of strangers",
            [
                ("deskform.toml", environment.clone()),
                ("a.toml", filled("", organization, "")),
                ("envs/staging/o.toml", filled("", |n| format!("[organization.x{n}]\ndisplay_name = \"y\"\n"), "")),
            ],
        ),
        repo(
            "unset strangers",
            [
                ("deskform.toml", environment.clone()),
                ("a.toml", people(&person)),
                ("envs/staging/o.toml", format!("[team.t]\nunset = [{unset}]\n")),
            ],
        ),
        repo(
            "overlays in another form of Unicode",
            [
                ("deskform.toml", environment.clone()),
                ("a.toml", people(&composed)),
                ("envs/staging/o.toml", format!("[team.t.people]\n{}", times(9_990, apart))),
            ],
        ),
        repo(
            "unset in another form of Unicode",
            [
                ("deskform.toml", environment.clone()),
                ("a.toml", people(&composed)),
                ("envs/staging/o.toml", format!("[team.t]\nunset = [{unset_apart}]\n")),
            ],
        ),
        repo(
            "unset resources",
            [
                ("deskform.toml", environment),
                ("a.toml", BRAND.to_owned()),
                ("envs/staging/o.toml", filled("", |n| format!("[[unset]]\naddress = \"brand.b{n}\"\n"), "")),
            ],
        ),
        repo(
            "limits",
            [
                ("deskform.toml", filled(&format!("{PROJECT}[limits]\n"), |n| format!("k{n}=1\n"), "")),
                ("a.toml", BRAND.to_owned()),
            ],
        ),
        repo(
            "waivers",
            [
                (
                    "deskform.toml",
                    format!("{PROJECT}{}", times(9_990, |n| format!("[lint.BR{n}]\nuntil=2027-01-01\nreason=\"x\"\n"))),
                ),
                ("a.toml", BRAND.to_owned()),
            ],
        ),
        repo(
            "environments",
            [
                ("deskform.toml", filled(PROJECT, |n| format!("[env.e{n}.store]\nlabel=\"l{n}\"\n"), "")),
                ("a.toml", BRAND.to_owned()),
            ],
        ),
        with_logo("a logo of elements", "<a/>".repeat(120_000)),
        with_logo("a logo of depth", "<a>".repeat(100_000)),
        with_logo("a logo of attributes", format!("<g{attributes}/>").repeat(120)),
        with_logo("a logo of namespaces", format!("{nested}{}", "<n0:a/>".repeat(60_000))),
        Repo {
            name: "10,000 files",
            files: (0..9_999).map(|n| (format!("f/{n:05}.toml"), format!("[organization.o{n}]\nx = 1\n"))).collect(),
        },
    ]
}

#[test]
fn the_worst_input_has_an_answer_within_two_seconds_and_256_mib() {
    let repos: Vec<Repo> = broken().into_iter().chain(excessive()).chain(entangled()).collect();
    let queue = Mutex::new(repos);
    let failures = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let Some(repo) = queue.lock().expect("no thread fails here").pop() else { break };
                    if let Some(failure) = wrong(&repo) {
                        failures.lock().expect("no thread fails here").push(format!("{}: {failure}", repo.name));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().expect("the threads are done");
    assert!(failures.is_empty(), "{failures:#?}");
}

fn wrong(repo: &Repo) -> Option<String> {
    let sandbox = Sandbox::new();
    sandbox.write("deskform.toml", PROJECT);
    repo.files.iter().for_each(|(path, text)| sandbox.write(path, text));
    let overlaid = repo.files.iter().any(|(path, _)| path.starts_with("envs/"));
    let output = |name: &str| File::create(sandbox.inside(name)).expect("a file can be made in the sandbox");
    let mut command = Command::new(binary());
    command.arg("validate").args(overlaid.then_some(["--env", "staging"]).into_iter().flatten());
    command.current_dir(sandbox.path()).env_clear().stdin(Stdio::null());
    let (status, took) = watched(command.stdout(output("out")).stderr(output("err")));
    let told = std::fs::read_to_string(sandbox.inside("err")).expect("what is told is text");
    let answered = match status.code() {
        Some(0) => !told.contains("error"),
        Some(1) => told.contains("error[") && told.contains("nothing was changed"),
        _ => false,
    };
    if !answered {
        return Some(format!("{status}\n{}", told.chars().take(2_000).collect::<String>()));
    }
    (took.cpu > MOST_TIME || took.peak > MOST_MEMORY).then(|| format!("{took:?}"))
}
