//! Edits as people read them: unified diffs, applied only where every line is as the diff says.

use crate::sandbox::Sandbox;

/// Applies a unified diff to the files of a sandbox. Lines before the first file say what the edit is.
pub fn apply(sandbox: &Sandbox, diff: &str) {
    let mut files = diff.split("--- a/").skip(1).peekable();
    assert!(files.peek().is_some(), "an edit changes a file:\n{diff}");
    for file in files {
        let (path, rest) = file.split_once('\n').expect("the name of the old file ends its line");
        let (renamed, hunks) = rest.split_once('\n').expect("the name of the new file ends its line");
        assert_eq!(renamed, format!("+++ b/{path}"), "an edit keeps the names of files");
        sandbox.write(path, &patched(&sandbox.read(path), hunks));
    }
}

fn patched(old: &str, hunks: &str) -> String {
    let old: Vec<&str> = old.lines().collect();
    let (mut out, mut at) = (Vec::new(), 0);
    for line in hunks.lines() {
        let same = |at: usize, text: &str| assert_eq!(old.get(at), Some(&text), "line {} is as the edit says", at + 1);
        match line.split_at(1) {
            ("@", header) => {
                let start = first_line(header) - 1;
                out.extend(&old[at..start]);
                at = start;
            }
            (" ", text) => {
                same(at, text);
                out.push(text);
                at += 1;
            }
            ("-", text) => {
                same(at, text);
                at += 1;
            }
            (sign, text) => {
                assert_eq!(sign, "+", "a line of a hunk has a sign: {line}");
                out.push(text);
            }
        }
    }
    out.extend(&old[at..]);
    out.join("\n") + "\n"
}

/// The line that a hunk begins at in the old file: 3 of `@ -3,7 +3,8 @@`.
fn first_line(header: &str) -> usize {
    let number = header.split(['-', ',']).nth(1).and_then(|number| number.trim().parse().ok());
    number.expect("a hunk says where it begins")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hunks_replace_add_and_take_lines() {
        let hunks = "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n@@ -5,2 +5,2 @@\n e\n-f\n+g\n+h\n";
        assert_eq!(patched("a\nb\nc\nd\ne\nf\n", hunks), "a\nB\nc\nd\ne\ng\nh\n");
    }

    #[test]
    #[should_panic(expected = "line 1 is as the edit says")]
    fn an_edit_of_another_text_is_refused() {
        patched("x\n", "@@ -1,1 +1,1 @@\n-a\n+b\n");
    }
}
