//! Every transcript below `tests/transcripts`.

use deskform_tests::sandbox::repository;
use deskform_tests::transcript::run_all;

#[test]
fn every_transcript_comes_out_as_written() {
    let failures = run_all(&repository().join("tests/transcripts"));
    assert!(failures.is_empty(), "{}\n`UPDATE=1` writes down what is printed now.", failures.concat());
}

/// A page shows what a transcript holds: the marked block repeats commands of the transcript with what they print.
#[test]
fn sessions_shown_in_pages_are_those_of_transcripts() {
    let pages = ["README.md"];
    for page in pages {
        let text = std::fs::read_to_string(repository().join(page)).expect("the page is there");
        let mut shown = 0;
        for part in text.split("<!-- transcript: ").skip(1) {
            let (path, rest) = part.split_once(" -->").expect("a mark ends");
            let block =
                rest.split("```console\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a block follows");
            let transcript = std::fs::read_to_string(repository().join(path)).expect("the transcript is there");
            for line in block.lines().filter(|line| !line.is_empty()) {
                let printed = line.strip_prefix("$ ").map_or_else(|| format!("  {line}"), |_| line.to_owned());
                assert!(transcript.lines().any(|held| held == printed), "{page}: not in {path}: {line}");
            }
            shown += 1;
        }
        assert!(shown > 0, "{page} shows no session");
    }
}
