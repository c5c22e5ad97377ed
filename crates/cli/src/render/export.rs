//! What was exported, where it stands, and what somebody has to see to.

use std::collections::BTreeMap;

use deskform_manifest::{Gap, Texts};
use deskform_model::{Address, NamedFile, WorkspaceName};
use serde::Serialize;
use serde_json::Value;

use crate::render::Report;
use crate::text::{Page, count, quoted, style};

/// An export.
pub(crate) struct ExportReport<'a> {
    pub(crate) workspace: WorkspaceName,
    /// Where the files were written; on stdout if nowhere.
    pub(crate) folder: Option<String>,
    /// True if what nobody owns was asked for.
    pub(crate) adopts: bool,
    pub(crate) resources: usize,
    /// What nobody owns and the manifests take over.
    pub(crate) adopted: Vec<Address>,
    pub(crate) left_out: Vec<Address>,
    /// Files that the manifests name and that are not there.
    pub(crate) missing: Vec<Named>,
    pub(crate) texts: &'a Texts,
}

/// A file that a manifest names.
#[derive(Serialize)]
pub(crate) struct Named {
    address: Address,
    path: String,
    sha256: String,
}

impl Named {
    pub(crate) fn of(address: Address, file: NamedFile) -> Self {
        let NamedFile { path, sha256 } = file;
        Self { address, path, sha256 }
    }
}

#[derive(Serialize)]
struct ExportJson<'a> {
    workspace: &'a WorkspaceName,
    folder: Option<&'a str>,
    resources: usize,
    files: Vec<FileJson<'a>>,
    adopted: &'a [Address],
    left_out: &'a [Address],
    gaps: Vec<GapJson<'a>>,
    missing_files: &'a [Named],
}

#[derive(Serialize)]
struct FileJson<'a> {
    path: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
enum GapJson<'a> {
    Secret { address: &'a Address, count: usize },
    Unreadable { address: &'a Address, why: String },
}

impl Report for ExportReport<'_> {
    fn human(&self, page: &mut Page) {
        match &self.folder {
            Some(folder) => self.summary(folder, page),
            None => {
                for (index, text) in self.texts.files.values().enumerate() {
                    page.lines(if index > 0 { "\n" } else { "" }).lines(text);
                }
            }
        }
    }

    fn json(&self) -> serde_json::Result<Value> {
        let Self { workspace, folder, adopts: _, resources, adopted, left_out, missing, texts } = self;
        let Texts { files, gaps, named: _ } = texts;
        serde_json::to_value(ExportJson {
            workspace,
            folder: folder.as_deref(),
            resources: *resources,
            files: files.iter().map(|(path, text)| FileJson { path, text }).collect(),
            adopted,
            left_out,
            gaps: gaps.iter().map(GapJson::of).collect(),
            missing_files: missing,
        })
    }
}

impl<'a> GapJson<'a> {
    fn of(gap: &'a Gap) -> Self {
        match gap {
            Gap::Secret { address, count } => Self::Secret { address, count: *count },
            Gap::Unreadable { address, why } => Self::Unreadable { address, why: why.to_string() },
        }
    }
}

impl ExportReport<'_> {
    fn summary(&self, folder: &str, page: &mut Page) {
        let Self { workspace, resources, adopts, texts, .. } = self;
        let whose = if *adopts { " that nobody owns, for ".to_owned() } else { " of ".to_owned() };
        page.styled(style::BOLD, "Exported").text(" ").text(&count(*resources, "resource")).text(&whose);
        page.text(workspace.as_str()).text(" to ").text(folder).end();
        let mut folders = BTreeMap::<&str, usize>::new();
        for name in texts.files.keys() {
            match name.split_once('/') {
                Some((folder, _)) => *folders.entry(folder).or_default() += 1,
                None => {
                    page.text("  ").text(name).end();
                }
            }
        }
        for (folder, files) in folders {
            page.text("  ").padded(&format!("{folder}/"), 24).text(&count(files, "file")).end();
        }
    }

    /// What people have to know besides the result, and what to do next.
    pub(crate) fn remarks(&self) -> Page {
        let Self { workspace: _, folder, adopts, resources: _, adopted, left_out, missing, texts } = self;
        let mut page = Page::new();
        for gap in &texts.gaps {
            page.styled(style::YELLOW, "warning").text(": ").text(&gap_in_words(gap)).end();
        }
        for Named { address, path, sha256 } in missing {
            page.styled(style::YELLOW, "warning").text(": ");
            page.text(&format!("`{address}` names `{path}`, which the store does not hold (SHA-256 {sha256})")).end();
            page.line("  = help: Put the file there before you validate.");
        }
        for address in left_out {
            page.styled(style::YELLOW, "warning").text(": ");
            page.text(&format!("`{address}` was left out: it belongs to the deskform.toml of a workspace of its name"))
                .end();
        }
        if !*adopts {
            for address in adopted {
                page.styled(style::YELLOW, "warning").text(": ");
                page.text(&format!("nobody owns `{address}`, which is referred to; `adopt.toml` takes it over")).end();
            }
        }
        if !texts.gaps.is_empty() {
            page.line("The manifests are refused until somebody has seen to what the warnings say.");
        }
        if let Some(folder) = folder {
            page.text(&format!("Next: deskform plan -C {}", quoted(folder))).end();
        }
        page
    }
}

fn gap_in_words(gap: &Gap) -> String {
    match gap {
        Gap::Secret { address, count } => format!(
            "the store holds {} of `{address}` written out; it is not exported, and its file says what to put there",
            if *count == 1 { "a secret".to_owned() } else { format!("{count} secrets") }
        ),
        Gap::Unreadable { address, why } => format!("`{address}` is not exported: {why}"),
    }
}
