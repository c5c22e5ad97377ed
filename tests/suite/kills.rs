//! An apply of ten thousand resources that is killed or interrupted: the store is as before or as after, the next command
//! needs no repair, and the log tells the same story.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::{Duration, SystemTime};

use deskform_tests::oracle::{Contents, inspect};
use deskform_tests::repo::{BLOCK, Repo};
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
fn an_apply_that_is_killed_at_any_instant_is_done_or_not_done() {
    let scene = Scene::new();
    std::thread::scope(|scope| {
        for start in [Start::Nothing, Start::Generation] {
            let lane = Lane { scene: &scene, start };
            scope.spawn(move || lane.kill_over_and_over());
        }
    });
}

#[test]
fn an_apply_that_is_interrupted_says_whether_it_was_done() {
    let scene = Scene::new();
    for start in [Start::Nothing, Start::Generation] {
        let lane = Lane { scene: &scene, start };
        let mut interrupted = Tally::default();
        for instant in lane.measure().instants(INTERRUPTS) {
            interrupted.count(&lane.trial(instant, Blow::Interrupt));
        }
        println!("interrupted from {start:?}: {interrupted:?}");
        assert!(interrupted.inside > 0, "no interrupt came while the apply wrote: {interrupted:?}");
    }
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
struct Instant {
    phase: Phase,
    after: Duration,
}

/// How long the phases take: the first in time on a processor, so that it is the same on a busy machine, the second, which
/// waits for the disk, in time.
#[derive(Debug)]
struct Span {
    changing: Duration,
    writing: Duration,
}

impl Span {
    /// Two thirds spread over the first phase, a third over the second one and a little beyond.
    fn instants(&self, count: u32) -> Vec<Instant> {
        let writing = count.div_ceil(3);
        let spread = |phase, span: Duration, count: u32| {
            (0..count).map(move |n| Instant { phase, after: span * (2 * n + 1) / (2 * count) })
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
    Repo::new(0..10 * BLOCK, "第一版")
}

fn second() -> Repo {
    Repo::new(BLOCK..BLOCK + RESOURCES, "第二版")
}

impl Scene {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        first().write(&sandbox.inside("first"));
        second().write(&sandbox.inside("second"));
        let apply = ["apply", "-C", "first", "--store", "sqlite://first.db", "--create-store", "--yes"];
        let _ = sandbox.deskform(&apply).expect(0);
        for start in [Start::Nothing, Start::Generation] {
            let (store, plan) = (format!("sqlite://{}", start.store()), start.plan());
            let plan = ["plan", "-C", "second", "--store", &store, "--out", plan, "--format", "json"];
            let _ = sandbox.deskform(&plan).expect(0);
        }
        let before = inspect(&sandbox.inside("first.db")).expect("a store was made");
        assert_eq!(addresses(&before), first().addresses());
        Self { sandbox, before }
    }
}

impl Start {
    /// The store that an apply is planned for.
    fn store(self) -> &'static str {
        match self {
            Self::Nothing => "none.db",
            Self::Generation => "first.db",
        }
    }

    fn plan(self) -> &'static str {
        match self {
            Self::Nothing => "nothing.plan",
            Self::Generation => "generation.plan",
        }
    }

    /// The store that it is tried on.
    fn trial(self) -> &'static str {
        match self {
            Self::Nothing => "from-nothing.db",
            Self::Generation => "from-generation.db",
        }
    }
}

/// Trials of one start, one after the other.
struct Lane<'s> {
    scene: &'s Scene,
    start: Start,
}

impl Lane<'_> {
    fn kill_over_and_over(&self) {
        let mut killed = Tally::default();
        for _ in 0..ROUNDS {
            for instant in self.measure().instants(KILLS) {
                killed.count(&self.trial(instant, Blow::Kill));
            }
            if killed.inside >= INSIDE && killed.torn > 0 {
                break;
            }
        }
        println!("killed from {:?}: {killed:?}", self.start);
        assert!(killed.inside >= INSIDE, "too few of the kills came while the apply wrote: {killed:?}");
        assert!(killed.torn > 0, "no kill met a file that was partly written: {killed:?}");
    }

    fn store(&self) -> PathBuf {
        self.scene.sandbox.inside(self.start.trial())
    }

    fn journal(&self) -> PathBuf {
        self.scene.sandbox.inside(&format!("{}-journal", self.start.trial()))
    }

    /// Begins to apply the second repo.
    fn begin(&self) -> Running<'_> {
        let (sandbox, store) = (&self.scene.sandbox, self.start.trial());
        for suffix in ["", "-journal", ".lock"] {
            let file = format!("{store}{suffix}");
            if sandbox.inside(&file).exists() {
                sandbox.delete(&file);
            }
        }
        if self.start == Start::Generation {
            std::fs::copy(sandbox.inside(self.start.store()), self.store()).expect("a store is a file");
        }
        let store = format!("sqlite://{store}");
        let apply = ["apply", self.start.plan(), "-C", "second", "--store", &store, "--create-store", "--yes"];
        let child = sandbox.spawn(&[&apply[..], &["--format", "json"]].concat());
        Running { lane: self, first: self.stamp(), child }
    }

    /// Lets an apply run through and takes the time.
    fn measure(&self) -> Span {
        let mut running = self.begin();
        running.wait_for(Phase::Changing);
        let began = running.worked();
        running.wait_for(Phase::Writing);
        let changing = running.worked().saturating_sub(began);
        let began = std::time::Instant::now();
        while self.journal().exists() {
            pause();
        }
        let span = Span { changing, writing: began.elapsed() };
        assert_eq!(running.end(), Some(0));
        assert!(self.is_done(), "an apply that nobody stops is done");
        span
    }

    /// Stops an apply, and sees that the next commands find the store as before or as after.
    fn trial(&self, instant: Instant, blow: Blow) -> Outcome {
        let mut running = self.begin();
        running.wait_until(instant);
        let first = running.first;
        let look = || (self.journal().exists(), self.journal().exists() && self.is_touched(first));
        let alive = look();
        running.strike(blow);
        let code = running.end();
        // What a killed process left does not change any more.
        let (inside, torn) = if blow == Blow::Kill { look() } else { alive };
        let done = self.is_done();
        match (blow, code) {
            (Blow::Kill, None | Some(0)) => {}
            (Blow::Interrupt, Some(0)) => assert!(done, "{instant:?}: it said that it was applied"),
            (Blow::Interrupt, Some(1)) => assert!(!done, "{instant:?}: it said that nothing was changed"),
            other => panic!("{instant:?}: {other:?}"),
        }
        Outcome { inside, torn, done }
    }

    /// Runs the next commands, with no step of repair before them; true if the store is as after.
    fn is_done(&self) -> bool {
        let (sandbox, start) = (&self.scene.sandbox, self.start);
        let store = format!("sqlite://{}", start.trial());
        let of_first = ["-C", "first", "--store", &store, "--format", "json"];
        let plan = sandbox.deskform(&[&["plan", "--detailed-exitcode"][..], &of_first].concat());
        let verify = sandbox.deskform(&[&["audit", "verify"][..], &of_first].concat());
        let Some(now) = inspect(&self.store()) else {
            assert_eq!(start, Start::Nothing, "the store is gone");
            // All of the first repo is yet to be created, and can be.
            assert_eq!((plan.code, verify.code), (Some(2), Some(4)), "{plan:?} {verify:?}");
            let _ = sandbox.deskform(&[&["apply", "--create-store", "--yes"][..], &of_first].concat()).expect(0);
            assert_eq!(inspect(&self.store()).map(|now| addresses(&now)), Some(first().addresses()));
            return false;
        };
        // SQLite fills in the first bytes of a journal before it touches the file; without them there is nothing to roll
        // back, and the next apply overwrites it.
        let journal = std::fs::read(self.journal()).unwrap_or_default();
        assert_eq!(journal.first().copied().unwrap_or_default(), 0, "a reader rolls back what was left");
        assert_eq!(verify.code, Some(0), "{verify:?}");
        if now == self.scene.before {
            assert_eq!(start, Start::Generation, "the store holds what nobody applied");
            assert_eq!(plan.code, Some(0), "{plan:?}");
            return false;
        }
        self.assert_after(&now);
        // To go back would delete most of the resources, which is refused.
        assert_eq!(plan.code, Some(3), "{plan:?}");
        true
    }

    fn assert_after(&self, now: &Contents) {
        let (log, runs) = match self.start {
            Start::Nothing => (&[][..], 1),
            Start::Generation => (&self.scene.before.log[..], 2),
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
    lane: &'s Lane<'s>,
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
            Phase::Changing => self.lane.journal().exists(),
            Phase::Writing => self.lane.is_touched(self.first),
        }
    }

    /// Where the first phase is over sooner than it was when it was measured, its end is the instant.
    fn wait_until(&mut self, instant: Instant) {
        self.wait_for(instant.phase);
        match instant.phase {
            Phase::Writing => std::thread::sleep(instant.after),
            Phase::Changing => {
                let due = self.worked() + instant.after;
                while self.worked() < due && !self.has_reached(Phase::Writing) {
                    pause();
                }
            }
        }
    }

    /// How long it was on a processor so far, as the kernel counts it, in hundredths of a second.
    fn worked(&self) -> Duration {
        let path = format!("/proc/{}/stat", self.child.id());
        let facts = std::fs::read_to_string(path).expect("the kernel tells of a process that was not waited for");
        let (_, facts) = facts.rsplit_once(") ").expect("a name in brackets stands before the facts");
        let ticks = facts.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().expect("a count"));
        Duration::from_millis(10 * ticks.sum::<u64>())
    }

    fn strike(&mut self, blow: Blow) {
        match blow {
            Blow::Kill => self.child.kill().expect("a child can be killed"),
            Blow::Interrupt => {
                // It may have ended already.
                let process = self.child.id().to_string();
                let _ = Command::new("sh").args(["-c", "kill -INT $0", &process]).status();
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
