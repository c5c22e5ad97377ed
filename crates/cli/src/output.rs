//! Where results go: stdout in one format, files in any.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use deskform_model::{Registry, is_active};
use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{CharEscape, Formatter, PrettyFormatter};

use crate::args::{Format, Global, Output};
use crate::machine::{Machine, Stream, write};
use crate::render::markdown::marker;
use crate::render::{JSON_VERSION, Report};
use crate::text::Page;

/// What every command is handed.
pub(crate) struct Context<'a> {
    pub(crate) machine: &'a Machine,
    pub(crate) global: &'a Global,
    pub(crate) registry: &'a Registry,
    /// The command's name, for JSON.
    pub(crate) command: &'static str,
}

/// A result could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutputError {
    /// To stdout.
    #[error("the result cannot be written to standard output")]
    Stdout(#[source] io::Error),
    /// To a file.
    #[error("`{}` cannot be written", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A link, a folder or a device is in the way.
    #[error("`{}` is no plain file", path.display())]
    NotPlain {
        /// What is in the way.
        path: PathBuf,
    },
    /// As JSON.
    #[error("the result cannot be written as JSON")]
    Json(#[source] serde_json::Error),
}

impl Context<'_> {
    /// The environment of `deskform.toml` that was named: the flag, then the environment variable.
    pub(crate) fn environment(&self) -> Option<String> {
        self.global.env.first().cloned().or_else(|| self.machine.var("DESKFORM_ENV"))
    }

    /// Writes for people to stderr: progress, diagnostics, questions. Failing to is no error.
    pub(crate) fn say(&self, page: &Page) {
        let _ = write(Stream::Err, self.text(Stream::Err, page).as_bytes());
    }

    /// Writes one line to stderr.
    pub(crate) fn remark(&self, line: &str) {
        let mut page = Page::new();
        page.line(line);
        self.say(&page);
    }

    /// Writes for people to stdout, if that is the format.
    pub(crate) fn show(&self, page: &Page) -> Result<(), OutputError> {
        match self.global.format {
            Format::Human => self.out(self.text(Stream::Out, page).as_bytes()),
            Format::Json | Format::Markdown | Format::Dot => Ok(()),
        }
    }

    /// Writes a result to stdout and to the files that were asked for.
    pub(crate) fn publish(&self, report: &dyn Report) -> Result<(), OutputError> {
        self.publish_part(report, report.human_page())
    }

    /// The same for a result of which people have seen the first part.
    pub(crate) fn publish_rest(&self, report: &dyn Report) -> Result<(), OutputError> {
        let mut page = Page::new();
        report.human_rest(&mut page);
        self.publish_part(report, page)
    }

    fn publish_part(&self, report: &dyn Report, page: Page) -> Result<(), OutputError> {
        match self.global.format {
            Format::Human => self.show(&page)?,
            Format::Json => self.out(&self.document(report)?)?,
            Format::Markdown => self.out(&self.comment(report))?,
            Format::Dot => self.out(&report.dot_bytes())?,
        }
        for Output { format, path } in &self.global.output {
            let bytes = match format {
                Format::Human => report.human_page().plain().into_bytes(),
                Format::Json => self.document(report)?,
                Format::Markdown => self.comment(report),
                Format::Dot => report.dot_bytes(),
            };
            write_file(path, &bytes)?;
        }
        Ok(())
    }

    /// Markdown with what a pipeline finds its comment by in the first line.
    fn comment(&self, report: &dyn Report) -> Vec<u8> {
        let project = self.global.project.as_ref().map(|project| project.to_string_lossy());
        let environment = self.environment();
        let told = [("project", project.as_deref()), ("env", environment.as_deref())];
        let told: Vec<(&str, &str)> = told.iter().filter_map(|(name, value)| Some((*name, (*value)?))).collect();
        [marker(self.command, &told).as_str(), report.markdown().text()].concat().into_bytes()
    }

    fn out(&self, bytes: &[u8]) -> Result<(), OutputError> {
        write(Stream::Out, bytes).map_err(OutputError::Stdout)
    }

    fn text(&self, stream: Stream, page: &Page) -> String {
        if self.machine.coloured(stream, self.global.color) { page.coloured().to_owned() } else { page.plain() }
    }

    fn document(&self, report: &dyn Report) -> Result<Vec<u8>, OutputError> {
        let result = report.json().map_err(OutputError::Json)?;
        json_bytes(&Document { format_version: JSON_VERSION, command: self.command, result })
    }
}

/// What every JSON result begins with.
#[derive(Serialize)]
struct Document {
    format_version: u32,
    command: &'static str,
    #[serde(flatten)]
    result: Value,
}

impl dyn Report + '_ {
    fn human_page(&self) -> Page {
        let mut page = Page::new();
        self.human(&mut page);
        page
    }

    fn dot_bytes(&self) -> Vec<u8> {
        let mut page = Page::new();
        self.dot(&mut page);
        page.plain().into_bytes()
    }
}

/// JSON for a terminal and for programs: indented, and with everything that a terminal would act on escaped.
pub(crate) fn json_bytes(value: &impl Serialize) -> Result<Vec<u8>, OutputError> {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, InertJson(PrettyFormatter::new()));
    value.serialize(&mut serializer).map_err(OutputError::Json)?;
    bytes.push(b'\n');
    Ok(bytes)
}

struct InertJson(PrettyFormatter<'static>);

impl Formatter for InertJson {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut plain = 0;
        for (at, c) in fragment.char_indices().filter(|(_, c)| is_active(*c)) {
            writer.write_all(&fragment.as_bytes()[plain..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            plain = at + c.len_utf8();
        }
        writer.write_all(&fragment.as_bytes()[plain..])
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        self.0.write_char_escape(writer, escape)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

/// Writes a file so that nobody ever sees half of it: beside it first, then renamed. A link is neither followed nor
/// replaced.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    let failed = |source| OutputError::File { path: path.to_owned(), source };
    match path.symlink_metadata() {
        Ok(facts) if !facts.is_file() => return Err(OutputError::NotPlain { path: path.to_owned() }),
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let (aside, mut file) = create_aside(path).map_err(failed)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| std::fs::rename(&aside, path));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&aside);
        failed(error)
    })
}

fn create_aside(path: &Path) -> io::Result<(PathBuf, File)> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut number = 0_u32;
    loop {
        let mut aside = std::ffi::OsString::from(".");
        aside.push(name);
        aside.push(format!(".{}.{number}.tmp", std::process::id()));
        let aside = path.with_file_name(aside);
        match OpenOptions::new().write(true).create_new(true).open(&aside) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 100 => number += 1,
            Err(error) => return Err(error),
            Ok(file) => return Ok((aside, file)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "tests read what was written")]

    use super::*;
    use serde_json::json;

    #[test]
    fn json_on_a_terminal_is_inert_and_reads_back_the_same() {
        let value = json!({"a": ["\u{1b}[2J", "\u{9b}\u{202e}\u{7f}\u{e0001}"], "b": {}, "c": "東京\n"});
        let bytes = json_bytes(&value).expect("JSON");
        let text = String::from_utf8(bytes).expect("UTF-8");
        assert_eq!(
            text,
            "{\n  \"a\": [\n    \"\\u001b[2J\",\n    \"\\u009b\\u202e\\u007f\\udb40\\udc01\"\n  ],\n  \"b\": {},\n  \"c\": \"東京\\n\"\n}\n"
        );
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value);
    }

    #[cfg(unix)]
    #[test]
    fn a_result_replaces_a_file_and_never_a_link() {
        let dir = tempfile::tempdir().expect("a folder");
        let (file, link) = (dir.path().join("plan.json"), dir.path().join("link.json"));
        write_file(&file, b"1").expect("written");
        write_file(&file, b"2").expect("written again");
        std::os::unix::fs::symlink(&file, &link).expect("linked");
        assert!(matches!(write_file(&link, b"3"), Err(OutputError::NotPlain { .. })));
        assert!(matches!(write_file(dir.path(), b"3"), Err(OutputError::NotPlain { .. })));
        assert!(matches!(write_file(&dir.path().join("none/x"), b"3"), Err(OutputError::File { .. })));
        assert_eq!(std::fs::read_to_string(&file).expect("read"), "2");
        assert_eq!(std::fs::read_dir(dir.path()).expect("a folder").count(), 2);
    }
}
