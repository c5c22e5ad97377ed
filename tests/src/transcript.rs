//! Transcripts: a session in a terminal as a text file, run against the built binary and compared as a whole.
//!
//! ```text
//! # What the case shows.
//! $ copy examples/quickstart
//! $ replace brands/acme.toml
//! - display_name = "Acme"
//! + display_name = "Acme Support"
//! $ deskform plan --detailed-exitcode
//!   what went to stdout
//! ! what went to stderr
//! exit 2
//! sql> live.db UPDATE resource SET document = '{}'
//!   1 row
//! ```
//!
//! `bytes` writes a file from a notation for what no text file can hold (see `hostile.rs`), `many` writes many files,
//! `link`, `fifo`, `socket`, `folder` and `unreadable` make what only looks like a manifest.
//!
//! What the file says after a command is what it must print. `UPDATE=1` writes down what it does print.
#![expect(clippy::disallowed_methods, reason = "transcripts are files, and a variable says that they are rewritten")]

use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use regex::Regex;
use rusqlite::types::ValueRef;
use similar::TextDiff;

use crate::hostile;
use crate::patch;
use crate::sandbox::{Sandbox, repository};

/// Runs every transcript below a folder; gives a text for each that did not come out as written.
pub fn run_all(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    collect(folder, &mut files);
    files.sort();
    let (queue, failures) = (Mutex::new(files), Mutex::new(Vec::new()));
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let Some(file) = queue.lock().expect("no thread fails here").pop() else { break };
                    if let Some(failure) = run_file(&file) {
                        failures.lock().expect("no thread fails here").push(failure);
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().expect("the threads are done");
    failures.sort();
    failures
}

/// Every file below a folder: one that is no transcript is a failure, so that none is forgotten.
pub fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder of the transcripts is there") {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

fn run_file(file: &Path) -> Option<String> {
    let name = file.strip_prefix(repository()).unwrap_or(file).display().to_string();
    if file.extension().is_none_or(|extension| extension != "txt") {
        return Some(format!("{name}: not a transcript; transcripts end in `.txt`\n"));
    }
    let written = std::fs::read_to_string(file).expect("a transcript is text");
    let blocks = match parse(&written) {
        Ok(blocks) => blocks,
        Err(reason) => return Some(format!("{name}: {reason}\n")),
    };
    let found = play(&blocks);
    if found == written {
        return None;
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(file, found).expect("a transcript can be written");
        return None;
    }
    let diff = TextDiff::from_lines(&written, &found);
    Some(diff.unified_diff().context_radius(4).header(&name, "what it prints now").to_string())
}

/// A command with the lines that belong to it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Block {
    /// Lines with `#` before it.
    comments: Vec<String>,
    /// The command with its sign, `$ ` or `sql> `.
    command: String,
    /// Lines with `| `, `- ` or `+ ` after it.
    input: Vec<String>,
}

/// Reads what a transcript says to do, and nothing of what it says came out.
fn parse(text: &str) -> Result<Vec<Block>, String> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut comments = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let starts = |signs: &[&str]| signs.iter().any(|sign| line.starts_with(sign));
        if line.starts_with('#') {
            comments.push(line.to_owned());
        } else if starts(&["$ ", "sql> "]) {
            blocks.push(Block { comments: std::mem::take(&mut comments), command: line.to_owned(), input: Vec::new() });
        } else if starts(&["| ", "- ", "+ "]) || ["|", "-", "+"].contains(&line) {
            let block = blocks.last_mut().ok_or_else(|| format!("line {}: no command before it", number + 1))?;
            block.input.push(line.to_owned());
        } else if !(line.is_empty() || starts(&["  ", "! ", "exit "]) || line == "!") {
            return Err(format!("line {}: no line of a transcript: {line}", number + 1));
        }
    }
    if !comments.is_empty() {
        return Err("it ends with a comment".to_owned());
    }
    if !blocks.first().is_some_and(|block| block.comments.iter().any(|line| line.starts_with("# "))) {
        return Err("it does not begin by saying what it shows".to_owned());
    }
    Ok(blocks)
}

/// Does what the blocks say and writes down the session.
fn play(blocks: &[Block]) -> String {
    let sandbox = Sandbox::new();
    let mut out = String::new();
    for (index, block) in blocks.iter().enumerate() {
        if index > 0 && (!block.comments.is_empty() || out.lines().last().is_some_and(|last| last.starts_with("exit ")))
        {
            out.push('\n');
        }
        for line in block.comments.iter().chain([&block.command]).chain(&block.input) {
            out.push_str(line);
            out.push('\n');
        }
        out.push_str(&match block.command.split_once(' ') {
            Some(("sql>", statement)) => sql(&sandbox, statement),
            Some((_, command)) => run(&sandbox, command, &block.input),
            None => "! no command\n".to_owned(),
        });
    }
    out
}

/// One command: the binary, or one of the helpers that change files.
fn run(sandbox: &Sandbox, command: &str, input: &[String]) -> String {
    let mut words = words(command);
    let mut env = Vec::new();
    while let Some((name, value)) = words.first().and_then(|word| word.split_once('=')) {
        env.push((name.to_owned(), value.to_owned()));
        words.remove(0);
    }
    let args: Vec<&str> = words.iter().map(String::as_str).collect();
    let lines = |sign: &str| {
        let signed = input.iter().filter(|line| line.starts_with(sign));
        signed.map(|line| format!("{}\n", line.get(2..).unwrap_or_default())).collect::<String>()
    };
    match args.as_slice() {
        ["deskform", args @ ..] => {
            let ran = sandbox.run_with(&env, args);
            let stdout = shown(sandbox, &ran.stdout, "  ");
            let stderr = shown(sandbox, &ran.stderr, "! ");
            let code = ran.code.map_or_else(|| "by a signal".to_owned(), |code| code.to_string());
            return format!("{stdout}{stderr}exit {code}\n");
        }
        ["copy", from] => sandbox.copy(&repository().join(from), ""),
        ["copy", from, to] => sandbox.copy(&repository().join(from), to),
        ["write", path] => sandbox.write(path, &lines("|")),
        ["bytes", path] => sandbox.write_bytes(path, &hostile::bytes(&lines("|"))),
        ["many", count, pattern] => hostile::many(sandbox, count, pattern, &lines("|")),
        ["folder", path] => sandbox.folder(path),
        ["link", target, path] => sandbox.link(target, path),
        ["fifo", path] => sandbox.fifo(path),
        ["socket", path] => sandbox.socket(path),
        ["unreadable", path] => sandbox.unreadable(path),
        ["append", path] => sandbox.write(path, &(sandbox.read(path) + &lines("|"))),
        ["replace", path] => sandbox.replace(path, &lines("-"), &lines("+")),
        ["delete", path] => sandbox.delete(path),
        ["patch", path] => patch::apply(sandbox, &sandbox.read(path)),
        ["cat", path] => return shown(sandbox, &sandbox.read(path), "  "),
        _ => return format!("! no such command in a transcript: {command}\n"),
    }
    String::new()
}

/// A statement on a store; its rows with `|` between the columns, or how many rows it changed.
fn sql(sandbox: &Sandbox, statement: &str) -> String {
    let (path, statement) = statement.split_once(' ').unwrap_or((statement, ""));
    match query(&sandbox.sql(path), statement) {
        Ok(text) => shown(sandbox, &text, "  "),
        Err(error) => shown(sandbox, &format!("{error}\n"), "! "),
    }
}

fn query(database: &rusqlite::Connection, statement: &str) -> rusqlite::Result<String> {
    let mut prepared = database.prepare(statement)?;
    let columns = prepared.column_count();
    if columns == 0 {
        let changed = prepared.execute([])?;
        return Ok(format!("{changed} {}\n", if changed == 1 { "row" } else { "rows" }));
    }
    let mut out = String::new();
    let mut rows = prepared.query([])?;
    while let Some(row) = rows.next()? {
        let cells = (0..columns).map(|column| row.get_ref(column).map(cell)).collect::<Result<Vec<_>, _>>()?;
        out.push_str(&cells.join("|"));
        out.push('\n');
    }
    Ok(out)
}

fn cell(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}

/// What was printed, filtered and with its sign before each line.
fn shown(sandbox: &Sandbox, text: &str, sign: &str) -> String {
    let text = filtered(sandbox, text);
    let line = |line: &str| format!("{sign}{line}").trim_end().to_owned() + "\n";
    let mut out: String = text.lines().map(line).collect();
    if !text.is_empty() && !text.ends_with('\n') {
        out.push_str(sign);
        out.push_str("(no newline at the end)\n");
    }
    out
}

/// Replaces what differs from run to run.
pub fn filtered(sandbox: &Sandbox, text: &str) -> String {
    static FILTERS: OnceLock<Vec<(Regex, &'static str)>> = OnceLock::new();
    let filters = FILTERS.get_or_init(|| {
        let filter = |(pattern, token)| (Regex::new(pattern).expect("a constant that is a pattern"), token);
        [
            (r"sha256:[0-9a-f]{64}", "[plan]"),
            (r"\b[0-9a-f]{64}\b", "[hash]"),
            (r"\b[0-9a-f]{32}\b", "[lineage]"),
            (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[time]"),
            (r"\b[0-9a-f]{12}\b", "[plan]"),
            (r#"("host": ?)"[^"]*""#, r#"$1"[host]""#),
            (r#"("(tool_)?version": ?)"\d+\.\d+\.\d+""#, r#"$1"[version]""#),
        ]
        .map(filter)
        .into()
    });
    let mut text = text.replace(&sandbox.path().display().to_string(), "[dir]");
    for (pattern, token) in filters {
        text = pattern.replace_all(&text, *token).into_owned();
    }
    text
}

/// The words of a command; quotes hold words together.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut quote) = (None::<String>, None);
    for letter in command.chars() {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            (_, letter) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_the_words_of_a_command_together() {
        assert_eq!(
            words(r#"A=b deskform --reason "two words" --x ''"#),
            ["A=b", "deskform", "--reason", "two words", "--x", ""]
        );
    }

    #[test]
    fn a_transcript_is_read_without_what_came_out() {
        let text = "# Shows.\n$ write a\n| x\n|\n$ deskform plan\n  out\n! err\nexit 0\n\nsql> live.db SELECT 1\n  1\n";
        let blocks = parse(text).expect("legal");
        let found: Vec<(&str, usize)> = blocks.iter().map(|b| (b.command.as_str(), b.input.len())).collect();
        assert_eq!(found, [("$ write a", 2), ("$ deskform plan", 0), ("sql> live.db SELECT 1", 0)]);
    }

    #[test]
    fn a_stray_line_or_a_missing_head_is_no_transcript() {
        assert_eq!(parse("# Shows.\n$ deskform plan\nout\n"), Err("line 3: no line of a transcript: out".to_owned()));
        assert_eq!(parse("$ deskform plan\n"), Err("it does not begin by saying what it shows".to_owned()));
    }

    #[test]
    fn what_differs_from_run_to_run_is_a_token() {
        let hash = "0a".repeat(32);
        let text = format!("sha256:{hash} {hash} {} 2026-11-21T22:30:33.123Z 0a0a0a0a0a0a", "0a".repeat(16));
        assert_eq!(filtered(&Sandbox::new(), &text), "[plan] [hash] [lineage] [time] [plan]");
    }

    #[test]
    fn helpers_change_files_and_rows() {
        let blocks = parse(
            "# Shows.\n$ write a.txt\n| one\n| two\n$ replace a.txt\n- two\n+ three\n$ append a.txt\n| four\n$ cat a.txt\n\
             sql> x.db CREATE TABLE t (a, b)\nsql> x.db INSERT INTO t VALUES (1, 'x'), (NULL, x'00')\nsql> x.db SELECT * FROM t\n\
             sql> x.db SELECT * FROM u\n$ delete a.txt\n$ nothing\n",
        );
        let found = play(&blocks.expect("legal"));
        assert_eq!(
            found,
            "# Shows.\n$ write a.txt\n| one\n| two\n$ replace a.txt\n- two\n+ three\n$ append a.txt\n| four\n$ cat a.txt\n  \
             one\n  three\n  four\nsql> x.db CREATE TABLE t (a, b)\n  0 rows\nsql> x.db INSERT INTO t VALUES (1, 'x'), (NULL, \
             x'00')\n  2 rows\nsql> x.db SELECT * FROM t\n  1|x\n  NULL|1 bytes\nsql> x.db SELECT * FROM u\n! no such table: u\n$ \
             delete a.txt\n$ nothing\n! no such command in a transcript: nothing\n"
        );
    }
}
