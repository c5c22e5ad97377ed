//! What a run takes: time and memory, as the kernel counts them.
#![expect(clippy::disallowed_methods, reason = "what measures reads the clock and the kernel's counts")]

use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

/// What one run of a program took.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    /// From its start to its end.
    pub wall: Duration,
    /// Time on a processor, all threads: what a busy machine does not stretch.
    pub cpu: Duration,
    /// Peak resident memory in bytes.
    pub peak: u64,
}

/// Runs a program to its end, without looking at it meanwhile: its time, on the processor in hundredths of a second, and no
/// memory. Nothing else may be waited for at the same time. Its streams must be no pipes, which nobody would empty.
pub fn timed(command: &mut Command) -> (ExitStatus, Took) {
    let (begun, before) = (Instant::now(), spent("/proc/self/stat", 13));
    let status = command.status().expect("the program can be run");
    let wall = begun.elapsed();
    (status, Took { wall, cpu: spent("/proc/self/stat", 13).saturating_sub(before), peak: 0 })
}

/// Runs a program to its end and watches it, which takes a good part of a processor. Its streams must be no pipes, either.
pub fn watched(command: &mut Command) -> (ExitStatus, Took) {
    let begun = Instant::now();
    let mut child = command.spawn().expect("the program can be run");
    let (mut peak, mut cpu) = (0, Duration::ZERO);
    loop {
        peak = peak.max(resident(child.id()));
        cpu = cpu.max(on_processor(child.id()));
        match child.try_wait().expect("it can be asked") {
            Some(status) => return (status, Took { wall: begun.elapsed(), cpu, peak }),
            None => std::thread::sleep(Duration::from_micros(500)),
        }
    }
}

/// The peak resident memory of a process in bytes, as the kernel keeps it; 0 where it is gone or not told.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()).unwrap_or(0) * 1024
}

/// How long a process has been on a processor, threads that ended included, as the kernel counts it: in hundredths of a
/// second for all, and to the nanosecond for the threads that are there.
fn on_processor(process: u32) -> Duration {
    spent(&format!("/proc/{process}/stat"), 11).max(threads_on_processor(&format!("/proc/{process}/task")))
}

/// The sum of two fields that count hundredths of a second, by the number of the first behind the name: 11 for a process
/// itself, 13 for those that it has waited for.
fn spent(stat: &str, first: usize) -> Duration {
    let facts = std::fs::read_to_string(stat).unwrap_or_default();
    // The name in brackets, which may hold anything, ends with the last bracket.
    let ticks = facts.rsplit(") ").next().into_iter().flat_map(|facts| facts.split(' ').skip(first).take(2));
    Duration::from_millis(10 * ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>())
}

/// How long the threads of a folder of `/proc` have been on a processor.
pub fn threads_on_processor(tasks: &str) -> Duration {
    let threads = std::fs::read_dir(tasks).into_iter().flatten().flatten();
    let spent = |thread: std::fs::DirEntry| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    };
    Duration::from_nanos(threads.filter_map(spent).sum())
}
