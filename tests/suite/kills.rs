//! An apply of ten thousand resources that is killed or interrupted: the store is as before or as after, the next command
//! needs no repair, and the log tells the same story.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::{Duration, Instant, SystemTime};

use deskform_tests::oracle::{Contents, inspect};
use deskform_tests::repo::{BLOCK, Repo, Size};
use deskform_tests::sandbox::Sandbox;

const RESOURCES: usize = 10_000;

/// From nothing and from a generation each; together fifty.
const KILLS: u32 = 25;
const INTERRUPTS: u32 = 5;

/// So many of the kills must come inside the transaction.
const INSIDE: usize = 10;

/// How often the kills are spread anew, over a span measured anew, where the machine became faster or slower meanwhile.
const ROUNDS: usize = 3;

#[test]
fn an_apply_to_nothing_that_is_killed_at_any_instant_is_done_or_not_done() {
    kill_over_and_over(Start::Nothing);
}

#[test]
fn an_apply_to_a_store_that_is_killed_at_any_instant_is_done_or_not_done() {
    kill_over_and_over(Start::Generation);
}

fn kill_over_and_over(start: Start) {
    let scene = Scene::new();
    let mut killed = Tally::default();
    for _ in 0..ROUNDS {
        for instant in scene.measure(start).instants(KILLS) {
            killed.count(&scene.trial(start, instant, Blow::Kill));
        }
        if killed.inside >= INSIDE && killed.torn > 0 {
            break;
        }
    }
    println!("killed from {start:?}: {killed:?}");
    assert!(killed.inside >= INSIDE, "too few of the kills came while the apply wrote: {killed:?}");
    assert!(killed.torn > 0, "no kill met a file that was partly written: {killed:?}");
}

#[test]
fn an_apply_that_is_interrupted_says_whether_it_was_done() {
    let scene = Scene::new();
    let mut interrupted = Tally::default();
    for start in [Start::Nothing, Start::Generation] {
        for instant in scene.measure(start).instants(INTERRUPTS) {
            interrupted.count(&scene.trial(start, instant, Blow::Interrupt));
        }
    }
    println!("interrupted: {interrupted:?}");
    assert!(interrupted.inside > 0, "no interrupt came while an apply wrote: {interrupted:?}");
}

/// What an apply starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    Nothing,
    Generation,
}

/// How an apply is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blow {
    Kill,
    Interrupt,
}

/// How far a transaction is, as seen from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Its journal is there, and the file as it was.
    Changing,
    /// The file is being written.
    Writing,
}

/// When to stop an apply: so long after a phase began.
#[derive(Debug, Clone, Copy)]
struct Instants {
    phase: Phase,
    after: Duration,
}

/// How long the phases take.
#[derive(Debug)]
struct Span {
    changing: Duration,
    writing: Duration,
}

impl Span {
    /// Two thirds spread over the first phase, a third over the second one and a little beyond.
    fn instants(&self, count: u32) -> Vec<Instants> {
        let writing = count.div_ceil(3);
        let spread = |phase, span: Duration, count: u32| {
            (0..count).map(move |n| Instants { phase, after: span * (2 * n + 1) / (2 * count) })
        };
        spread(Phase::Changing, self.changing, count - writing)
            .chain(spread(Phase::Writing, self.writing * 5 / 4, writing))
            .collect()
    }
}

/// How a trial came out.
#[derive(Debug)]
struct Outcome {
    /// The blow came while the transaction was under way.
    inside: bool,
    /// The file was partly written then.
    torn: bool,
    /// The store is as after.
    done: bool,
}

#[derive(Debug, Default)]
struct Tally {
    trials: usize,
    inside: usize,
    torn: usize,
    done: usize,
}

impl Tally {
    fn count(&mut self, outcome: &Outcome) {
        let Outcome { inside, torn, done } = *outcome;
        self.trials += 1;
        self.inside += usize::from(inside);
        self.torn += usize::from(torn);
        self.done += usize::from(done);
    }
}

/// Two config repos of one workspace, plan files for the second, and what a store holds that has the first.
struct Scene {
    sandbox: Sandbox,
    before: Contents,
}

/// The second repo changes all that the first has but its first block, which goes, and the default brand with it.
fn first() -> Repo {
    Repo::new(0..10 * BLOCK, Size::Short, "第一版")
}

fn second() -> Repo {
    Repo::new(BLOCK..BLOCK + RESOURCES, Size::Short, "第二版")
}

impl Scene {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        first().write(&sandbox.inside("first"));
        second().write(&sandbox.inside("second"));
        let apply =
            ["apply", "-C", "first", "--store", "sqlite://first.db", "--create-store", "--yes", "--format", "json"];
        let _ = sandbox.deskform(&apply).expect(0);
        for (store, plan) in [("sqlite://none.db", "nothing.plan"), ("sqlite://first.db", "generation.plan")] {
            let plan = ["plan", "-C", "second", "--store", store, "--out", plan, "--format", "json"];
            let _ = sandbox.deskform(&plan).expect(0);
        }
        let before = inspect(&sandbox.inside("first.db")).expect("a store was made");
        assert_eq!(addresses(&before), first().addresses());
        Self { sandbox, before }
    }

    fn store(&self) -> PathBuf {
        self.sandbox.inside("live.db")
    }

    fn journal(&self) -> PathBuf {
        self.sandbox.inside("live.db-journal")
    }

    /// Begins to apply the second repo.
    fn begin(&self, start: Start) -> Running<'_> {
        for file in ["live.db", "live.db-journal", "live.db.lock"] {
            if self.sandbox.inside(file).exists() {
                self.sandbox.delete(file);
            }
        }
        let plan = match start {
            Start::Nothing => "nothing.plan",
            Start::Generation => {
                std::fs::copy(self.sandbox.inside("first.db"), self.store()).expect("a store is a file");
                "generation.plan"
            }
        };
        let store = ["-C", "second", "--store", "sqlite://live.db", "--create-store"];
        let apply = [&["apply", plan, "--yes", "--format", "json"][..], &store].concat();
        Running { scene: self, first: self.stamp(), child: self.sandbox.spawn(&apply) }
    }

    /// Lets an apply run through and takes the time.
    fn measure(&self, start: Start) -> Span {
        let mut running = self.begin(start);
        running.wait_for(Phase::Changing);
        let began = Instant::now();
        running.wait_for(Phase::Writing);
        let changing = began.elapsed();
        while self.journal().exists() {
            pause();
        }
        let span = Span { changing, writing: began.elapsed() - changing };
        assert_eq!(running.end(), Some(0));
        assert!(self.is_done(start), "an apply that nobody stops is done");
        span
    }

    /// Stops an apply, and sees that the next commands find the store as before or as after.
    fn trial(&self, start: Start, instant: Instants, blow: Blow) -> Outcome {
        let mut running = self.begin(start);
        running.wait_for(instant.phase);
        std::thread::sleep(instant.after);
        let first = running.first;
        let look = || (self.journal().exists(), self.journal().exists() && self.is_touched(first));
        let alive = look();
        running.strike(blow);
        let code = running.end();
        // What a killed process left does not change any more.
        let (inside, torn) = if blow == Blow::Kill { look() } else { alive };
        let done = self.is_done(start);
        match (blow, code) {
            (Blow::Kill, None | Some(0)) => {}
            (Blow::Interrupt, Some(0)) => assert!(done, "{instant:?}: it said that it was applied"),
            (Blow::Interrupt, Some(1)) => assert!(!done, "{instant:?}: it said that nothing was changed"),
            other => panic!("{instant:?}: {other:?}"),
        }
        Outcome { inside, torn, done }
    }

    /// Runs the next commands, with no step of repair before them; true if the store is as after.
    fn is_done(&self, start: Start) -> bool {
        let of_first = ["-C", "first", "--store", "sqlite://live.db"];
        let plan = [&["plan", "--detailed-exitcode", "--format", "json"][..], &of_first].concat();
        let plan = self.sandbox.deskform(&plan);
        let verify = self.sandbox.deskform(&[&["audit", "verify"][..], &of_first].concat());
        let Some(now) = inspect(&self.store()) else {
            assert_eq!(start, Start::Nothing, "the store is gone");
            // All of the first repo is yet to be created, and can be.
            assert_eq!((plan.code, verify.code), (Some(2), Some(4)), "{plan:?} {verify:?}");
            let apply = [&["apply", "--create-store", "--yes", "--format", "json"][..], &of_first].concat();
            let _ = self.sandbox.deskform(&apply).expect(0);
            assert_eq!(inspect(&self.store()).map(|now| addresses(&now)), Some(first().addresses()));
            return false;
        };
        assert!(!self.journal().exists(), "a reader rolls back what was left");
        assert_eq!(verify.code, Some(0), "{verify:?}");
        if now == self.before {
            assert_eq!(start, Start::Generation, "the store holds what nobody applied");
            assert_eq!(plan.code, Some(0), "{plan:?}");
            return false;
        }
        self.assert_after(start, &now);
        // To go back would delete most of the resources, which is refused.
        assert_eq!(plan.code, Some(3), "{plan:?}");
        true
    }

    fn assert_after(&self, start: Start, now: &Contents) {
        let (log, runs) = match start {
            Start::Nothing => (&[][..], 1),
            Start::Generation => (&self.before.log[..], 2),
        };
        assert_eq!(addresses(now), second().addresses());
        assert!(!now.configuration.iter().any(|line| line.contains("第一版")), "a row is as before");
        let entries: BTreeSet<_> = now.log.iter().collect();
        assert!(log.iter().all(|entry| entries.contains(entry)), "what the log told before it tells after");
        assert!(now.serials.values().eq([&runs]), "{:?}", now.serials);
    }

    fn stamp(&self) -> Stamp {
        self.store().metadata().ok().map(|facts| (facts.len(), facts.modified().ok()))
    }

    /// True if the file is no longer as it was. One that was only opened is there, and empty.
    fn is_touched(&self, first: Stamp) -> bool {
        let now = self.stamp();
        now != first && now.is_some_and(|(size, _)| size > 0)
    }
}

/// Size and time of a file; `None` if there is none.
type Stamp = Option<(u64, Option<SystemTime>)>;

/// The addresses of the rows.
fn addresses(contents: &Contents) -> BTreeSet<String> {
    let rows = contents.configuration.iter().filter_map(|line| line.strip_prefix("row|"));
    rows.filter_map(|line| Some(line.split_once('|')?.0.to_owned())).collect()
}

/// An apply under way.
struct Running<'s> {
    scene: &'s Scene,
    /// The store's file as it was.
    first: Stamp,
    child: Child,
}

impl Running<'_> {
    fn wait_for(&mut self, phase: Phase) {
        while !self.has_reached(phase) {
            let ended = self.child.try_wait().expect("a child can be waited for");
            assert!(ended.is_none() || self.has_reached(phase), "it ended with {ended:?} before {phase:?}");
            pause();
        }
    }

    fn has_reached(&self, phase: Phase) -> bool {
        match phase {
            Phase::Changing => self.scene.journal().exists(),
            Phase::Writing => self.scene.is_touched(self.first),
        }
    }

    fn strike(&mut self, blow: Blow) {
        match blow {
            Blow::Kill => self.child.kill().expect("a child can be killed"),
            Blow::Interrupt => {
                let process = self.child.id().to_string();
                let sent = Command::new("sh").args(["-c", "kill -INT $0", &process]).status();
                // The process may be gone already.
                let _ = sent.expect("a shell can send a signal");
            }
        }
    }

    /// Waits for its end; the exit code, `None` after a kill.
    fn end(self) -> Option<i32> {
        self.child.wait_with_output().expect("a child can be waited for").status.code()
    }
}

/// Long enough to leave the processor to the apply, short enough to hit what lasts some milliseconds.
fn pause() {
    std::thread::sleep(Duration::from_micros(300));
}
