//! Speed and memory as ratios against a baseline of the same run.
//!
//! `cargo build --release -p deskform && cargo run --release -p deskform-tests --bin bench [company] [resources ...]`
//!
//! `bench start` measures what a person or a hook waits for: the start, and `validate` of a company of 300 brands.
//!
//! For every size it generates a config repo of brands and hours (`company`: of all nine kinds), runs the release binary
//! on it, reads and hashes the same files, and writes the same rows by prepared statements into the same tables, with their
//! keys, indexes and triggers. That is a process of its own, `bench insert`, as `apply` is: what begins, finds its memory
//! and ends takes as long for both. Nothing is asserted: the floors to hold and the goals stand beside what was found.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::disallowed_methods, reason = "a bench reads files and the clock")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use deskform_tests::generated::{Mix, write_overlays, write_project};
use deskform_tests::measure::{Took, threads_on_processor, timed, watched};
use deskform_tests::rows::{self, Counts};
use deskform_tests::sandbox::{Sandbox, binary};
use deskform_tests::transcript::collect;
use sha2::{Digest, Sha256};

/// A verb that runs only a moment is run so often, and the fastest counts.
const REPEATS: usize = 5;

/// What was found for one size.
struct Figures {
    resources: usize,
    verbs: BTreeMap<&'static str, Took>,
    hash_files: Took,
    insert_rows: Took,
    counts: Counts,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<&str>>()[..] {
        ["start"] => return print_start(),
        ["insert", rows, target] => return rows::insert(Path::new(rows), Path::new(target)),
        _ => {}
    }
    let mix = if arguments.iter().any(|argument| argument == "company") { Mix::Company } else { Mix::Brands };
    let sizes: Vec<usize> = arguments.iter().filter_map(|size| size.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1_000, 10_000, 100_000] } else { sizes };
    println!("start: {:.1} ms", millis(start().wall));
    let figures: Vec<Figures> = sizes.into_iter().map(|size| measure(mix, size)).collect();
    for found in &figures {
        print_size(found);
    }
    print_growth(&figures);
    print_floors(&figures);
}

fn start() -> Took {
    let sandbox = Sandbox::new();
    verb(sandbox.path(), &["--version"], 4 * REPEATS, || ())
}

/// So many resources of a generated company have 300 brands among them, with hours, desks, profiles and mail.
const OF_300_BRANDS: usize = 600;

/// What runs for a moment only: the whole process by the clock on the wall, without looking at it meanwhile.
fn print_start() {
    let sandbox = Sandbox::new();
    let folder = sandbox.path();
    write_project(folder, Mix::Company, OF_300_BRANDS, 0);
    let validate = fastest(folder, &["validate"]);
    write_overlays(folder, OF_300_BRANDS);
    println!("{:<44} {:>9} {:>8} {:>8}", "", "found", "floor", "goal");
    line("start, `--version`", millis(fastest(folder, &["--version"])), 5.0, 3.0, " ms");
    line("validate, 300 brands and what goes with them", millis(validate), 50.0, 25.0, " ms");
    let overlaid = fastest(folder, &["validate", "--env", "staging"]);
    line("the same with an overlay of every brand", millis(overlaid), 50.0, 30.0, " ms");
}

fn fastest(folder: &Path, args: &[&str]) -> Duration {
    let once = || {
        let begun = Instant::now();
        let mut command = Command::new(binary());
        command.args(args).current_dir(folder).env_clear().env("HOME", folder);
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        let wall = begun.elapsed();
        assert!(status.expect("the binary can be run").success(), "{args:?} failed");
        wall
    };
    (0..8 * REPEATS).map(|_| once()).min().unwrap_or_default()
}

fn measure(mix: Mix, resources: usize) -> Figures {
    let sandbox = Sandbox::new();
    let folder = sandbox.path();
    write_project(folder, mix, resources, 0);
    let store = folder.join(".deskform/live.db");
    let repeats = if resources > 20_000 { 2 } else { REPEATS };
    let mut verbs = BTreeMap::new();

    verbs.insert("plan, all to create", verb(folder, &["plan"], repeats, || ()));
    let apply = |how| {
        let _ = std::fs::remove_dir_all(folder.join(".deskform"));
        run(folder, &["apply", "--yes"], how)
    };
    let peak = apply(watched).peak;
    let counts = rows::dump(&store, &folder.join("rows"));
    // By turns: a machine that is slow for a while is slow for both.
    let both = (0..4 * repeats).map(|_| {
        let applied = apply(timed);
        (applied, insert_rows(folder))
    });
    let (applied, inserted): (Vec<Took>, Vec<Took>) = both.unzip();
    let insert_rows = least(&inserted);
    verbs.insert("apply, all created", Took { peak, ..least(&applied) });
    verbs.insert("validate", verb(folder, &["validate"], repeats, || ()));
    verbs.insert("plan, nothing to do", verb(folder, &["plan"], repeats, || ()));
    verbs.insert("drift, none", verb(folder, &["drift"], repeats, || ()));
    verbs.insert("audit verify", verb(folder, &["audit", "verify"], repeats, || ()));

    let hash_files = best(repeats, || here(|| hash_files(folder)));

    write_project(folder, mix, resources, 1);
    verbs.insert("plan, all to update", verb(folder, &["plan"], repeats.min(2), || ()));
    let kept = folder.join("kept.db");
    std::fs::copy(&store, &kept).expect("the store can be copied");
    let as_it_was = || {
        std::fs::copy(&kept, &store).expect("the store can be put back");
    };
    verbs.insert("apply, all updated", verb(folder, &["apply", "--yes"], repeats.min(2), as_it_was));
    Figures { resources, verbs, hash_files, insert_rows, counts }
}

/// Times some runs of the binary, and watches another one for how much memory it has at most.
fn verb(folder: &Path, args: &[&str], repeats: usize, before: impl Fn()) -> Took {
    let run = |how| {
        before();
        run(folder, args, how)
    };
    Took { peak: run(watched).peak, ..best(repeats, || run(timed)) }
}

fn run(folder: &Path, args: &[&str], how: fn(&mut Command) -> (ExitStatus, Took)) -> Took {
    let mut command = Command::new(binary());
    command.args(args).current_dir(folder).env_clear().env("USER", "bench").env("HOME", folder);
    let (status, took) = how(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()));
    assert!(status.success(), "{args:?} ended with {status}");
    took
}

/// Times something that this thread does.
fn here(work: impl FnOnce()) -> Took {
    let (begun, before) = (Instant::now(), threads_on_processor("/proc/self/task"));
    work();
    Took { wall: begun.elapsed(), cpu: threads_on_processor("/proc/self/task").saturating_sub(before), peak: 0 }
}

fn best(repeats: usize, run: impl FnMut() -> Took) -> Took {
    least(&std::iter::repeat_with(run).take(repeats).collect::<Vec<Took>>())
}

/// The least of several runs: noise only ever adds.
fn least(runs: &[Took]) -> Took {
    let least = |time: fn(&Took) -> Duration| runs.iter().map(time).min().unwrap_or_default();
    let peak = runs.iter().map(|took| took.peak).max().unwrap_or_default();
    Took { wall: least(|took| took.wall), cpu: least(|took| took.cpu), peak }
}

/// Baseline of a plan that finds nothing to do: its input read and hashed.
fn hash_files(folder: &Path) {
    let mut files = Vec::new();
    collect(folder, &mut files);
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        hash.update(std::fs::read(file).expect("a manifest can be read"));
    }
    std::hint::black_box(hash.finalize());
}

/// Baseline of an apply that creates everything: the same rows by prepared statements, one transaction, the same tables
/// with keys, indexes and triggers, the same settings.
fn insert_rows(folder: &Path) -> Took {
    let mut command = Command::new(std::env::current_exe().expect("a program knows itself"));
    command.args(["insert", "rows", "baseline.db"]).current_dir(folder).env_clear().stdin(Stdio::null());
    let (status, took) = timed(&mut command);
    assert!(status.success(), "the insert ended with {status}");
    took
}

fn print_size(found: &Figures) {
    let Figures { resources, verbs, hash_files, insert_rows, counts: Counts { rows, entries } } = found;
    println!("\n{resources} resources, {rows} rows{:>24} {:>12} {:>12}", "wall", "processor", "peak");
    let line = |what: &str, took: &Took| {
        let (wall, cpu) = (format!("{:.1} ms", millis(took.wall)), format!("{:.1} ms", millis(took.cpu)));
        let peak = format!("{:.1} MiB", took.peak as f64 / 1_048_576.0);
        println!("  {what:<26} {wall:>12} {cpu:>12} {:>12}", if took.peak == 0 { "" } else { &peak });
    };
    line("read and hash the files", hash_files);
    line("insert the rows", insert_rows);
    for (verb, took) in verbs {
        line(verb, took);
    }
    let (plan, apply) = (&verbs["plan, nothing to do"], &verbs["apply, all created"]);
    let create = &verbs["plan, all to create"];
    let work =
        Took { wall: apply.wall.saturating_sub(create.wall), cpu: apply.cpu.saturating_sub(create.cpu), peak: 0 };
    for (what, took, baseline) in [
        ("no-op plan to hash", plan, hash_files),
        ("apply to insert", apply, insert_rows),
        ("apply without the plan to insert", &work, insert_rows),
    ] {
        let (wall, cpu) = (ratio(took.wall, baseline.wall), ratio(took.cpu, baseline.cpu));
        println!("  {what:<34} {wall:.2} x, on the processor {cpu:.2} x");
    }
    println!("  audit verify: {:.0} entries a second", *entries as f64 / verbs["audit verify"].wall.as_secs_f64());
}

fn print_growth(figures: &[Figures]) {
    if figures.len() < 2 {
        return;
    }
    println!("\ngrowth: time on the processor is resources to the power of");
    for verb in figures[0].verbs.keys() {
        println!("  {verb:<24} {:.2}", exponent(figures, verb));
    }
}

/// The slope of a straight line through the logarithms.
fn exponent(figures: &[Figures], verb: &str) -> f64 {
    let points: Vec<(f64, f64)> =
        figures.iter().map(|f| ((f.resources as f64).ln(), f.verbs[verb].cpu.as_secs_f64().ln())).collect();
    let count = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / count, y + point.1 / count));
    let over: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    let under: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
    over / under
}

fn print_floors(figures: &[Figures]) {
    println!("\n{:<44} {:>9} {:>8} {:>8}", "", "found", "floor", "goal");
    for found in figures {
        let apply = ratio(found.verbs["apply, all created"].wall, found.insert_rows.wall);
        line(&format!("apply to insert, {} resources", found.resources), apply, 2.0, 1.5, " x");
    }
    for found in figures.iter().filter(|found| found.resources == 10_000) {
        let plan = found.verbs["plan, nothing to do"].wall.as_secs_f64();
        line("no-op plan of 10000 resources", plan, 0.2, 0.1, " s");
    }
    for found in figures {
        let peak = found.verbs["plan, nothing to do"].peak as f64;
        let most = (found.resources as f64).mul_add(1_024.0, 16.0 * 1_048_576.0);
        line(&format!("no-op plan memory, {} resources", found.resources), peak / most, f64::INFINITY, 1.0, " x");
    }
    if figures.len() > 1 {
        for verb in figures[0].verbs.keys() {
            line(&format!("growth of {verb}"), exponent(figures, verb), 1.1, 1.05, "");
        }
    }
}

fn line(what: &str, found: f64, floor: f64, goal: f64, unit: &str) {
    let verdict = if found <= floor { "" } else { "  MISSED" };
    println!(
        "{what:<44} {:>9} {:>8} {:>8}{verdict}",
        format!("{found:.2}{unit}"),
        format!("{floor}{unit}"),
        format!("{goal}{unit}")
    );
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn ratio(time: Duration, baseline: Duration) -> f64 {
    time.as_secs_f64() / baseline.as_secs_f64()
}
