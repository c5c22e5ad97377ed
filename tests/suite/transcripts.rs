//! Every transcript below `tests/transcripts`.

use std::collections::BTreeSet;

use deskform_tests::sandbox::repository;
use deskform_tests::transcript::{collect, run_all};

#[test]
fn every_transcript_comes_out_as_written() {
    let failures = run_all(&repository().join("tests/transcripts"));
    assert!(failures.is_empty(), "{}\n`UPDATE=1` writes down what is printed now.", failures.concat());
}

/// A page shows what a transcript holds: the marked block repeats lines of the transcript, commands and what they print.
#[test]
fn sessions_shown_in_pages_are_those_of_transcripts() {
    let mut pages = vec![repository().join("README.md")];
    collect(&repository().join("docs"), &mut pages);
    let mut shown = 0;
    for page in pages {
        let text = std::fs::read_to_string(&page).expect("a page is text");
        for part in text.split("<!-- transcript: ").skip(1) {
            let (path, rest) = part.split_once(" -->").expect("a mark ends");
            let block = rest.split("```").nth(1).expect("a block follows");
            let transcript = std::fs::read_to_string(repository().join(path)).expect("the transcript is there");
            let held: BTreeSet<&str> = transcript.lines().map(spoken).collect();
            for line in block.lines().skip(1).filter(|line| !line.is_empty()) {
                assert!(held.contains(line), "{}: not in {path}: {line}", page.display());
            }
            shown += 1;
        }
    }
    assert!(shown > 5, "the pages show sessions");
}

/// A line of a transcript as it stands on a screen: without what says whether it went to stdout or stderr.
fn spoken(line: &str) -> &str {
    line.strip_prefix("  ").or_else(|| line.strip_prefix("! ")).unwrap_or(line)
}
