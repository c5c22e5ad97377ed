//! Manifests one at a time, then what they come to together.

use std::collections::HashSet;

use deskform_model::{Address, Desired, DesiredResource, Diagnostic, Facts, FileId, Registry, Severity, Span};

use crate::codes;
use crate::judges::{Context, Judges};
use crate::manifest::{self, Gathered, scan_headers};
use crate::moves::{Resolved, resolve};
use crate::project::Project;
use crate::resource::Declared;
use crate::syntax::parse;
use crate::text::Text;
use crate::whole::{Whole, take_doubled};

/// Reads the manifests of a config repo, in any order.
pub struct Reader<'r> {
    registry: &'r Registry,
    project: Project,
    facts: Facts<'r>,
    judges: Judges<'r>,
    files: Vec<String>,
    gathered: Gathered,
    diagnostics: Vec<Diagnostic>,
}

/// What reading came to.
#[derive(Debug)]
pub struct Outcome {
    /// `None` if there is any error, one of `deskform.toml` included.
    pub desired: Option<Desired>,
    /// Every finding in the manifests, by file name, place and code. Those of `deskform.toml` came with [`Project`].
    pub diagnostics: Vec<Diagnostic>,
    /// The names of the files, by [`FileId`]; the first is `deskform.toml`.
    pub files: Vec<String>,
}

impl<'r> Reader<'r> {
    /// Begins with a project and no manifests.
    pub fn new(registry: &'r Registry, project: Project, facts: Facts<'r>) -> Self {
        Self {
            registry,
            project,
            facts,
            judges: Judges::new(registry),
            files: vec!["deskform.toml".to_owned()],
            gathered: Gathered::default(),
            diagnostics: Vec::new(),
        }
    }

    /// Reads one manifest. Its [`FileId`] counts the calls, from 1.
    pub fn read(&mut self, name: &str, text: &str) {
        let file = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(name.to_owned());
        let text = Text::new(file, text);
        let parsed = parse(&text);
        self.diagnostics.extend(parsed.diagnostics);
        if !parsed.sound {
            // What a broken file seems to say is not judged: a value may have been taken for a key.
            self.gathered.known.extend(scan_headers(self.registry, &text));
        } else if parsed.tree.is_empty() {
            self.diagnostics.push(empty(&text));
        } else {
            let Self { registry, facts, judges, gathered, diagnostics, .. } = self;
            let mut ctx = Context { registry, facts, judges, out: diagnostics };
            manifest::read(&mut ctx, &text, &parsed.tree, gathered);
        }
    }

    /// Judges all manifests together.
    pub fn finish(self) -> Outcome {
        let Self { registry, project, files, gathered, mut diagnostics, .. } = self;
        let ranks = ranks(&files);
        let Gathered { mut declared, mut statements, known } = gathered;
        declared.sort_by_key(|resource| ranks.key(resource.source.span));
        statements.sort_by_key(|statement| ranks.key(statement.source.span));
        diagnostics.extend(take_doubled(&mut declared));
        let addresses: HashSet<&Address> = declared.iter().map(|resource| &resource.address).chain(&known).collect();
        let mut resolved = resolve(&statements, &|address| addresses.contains(address), &project.workspace);
        diagnostics.append(&mut resolved.diagnostics);
        let policy = (!project.is_broken()).then(|| project.policy_spec());
        let whole =
            Whole { registry, declared: &declared, known: &known, addresses: &addresses, resolved: &resolved, policy };
        diagnostics.extend(whole.judge());
        diagnostics.extend(presence(&project, &declared, addresses.is_empty(), &diagnostics));
        diagnostics.sort_by_cached_key(|diagnostic| {
            (diagnostic.place.map(|place| ranks.key(place)), diagnostic.code, diagnostic.message.clone())
        });
        let sound = !project.is_broken() && diagnostics.iter().all(|found| found.severity != Severity::Error);
        let desired = sound.then(|| desired(project, declared, resolved));
        Outcome { desired, diagnostics, files }
    }
}

/// Files by name, so that the order of reading shows nowhere.
struct Ranks(Vec<usize>);

impl Ranks {
    fn key(&self, span: Span) -> (usize, u32) {
        let file = usize::try_from(span.file.0).unwrap_or(usize::MAX);
        (self.0.get(file).copied().unwrap_or(usize::MAX), span.start)
    }
}

fn ranks(files: &[String]) -> Ranks {
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.sort_by_key(|file| (*file != 0, &files[*file]));
    let mut ranks = vec![0; files.len()];
    for (rank, file) in order.into_iter().enumerate() {
        ranks[file] = rank;
    }
    Ranks(ranks)
}

fn empty(text: &Text<'_>) -> Diagnostic {
    Diagnostic::error(codes::EMPTY, "the file is empty")
        .at(text.span(&(0..0)), "declares nothing")
        .hint("Delete the file if its resources are to go, or bring its content back.")
        .quotable()
}

/// Nothing declared deletes everything only where the project says so.
fn presence(project: &Project, declared: &[Declared], is_nothing: bool, others: &[Diagnostic]) -> Option<Diagnostic> {
    let failed = others.iter().any(|found| found.severity == Severity::Error);
    if project.retired {
        let first = declared.first()?;
        let found = Diagnostic::error(codes::RETIRED, "the workspace is retired and still declares resources")
            .at(project.retired_place(), "retired here")
            .with(first.source.span, "declared here")
            .hint("Remove the manifests, or remove `retired`.");
        return Some(found.quotable());
    }
    (is_nothing && !failed && !project.is_broken()).then(|| {
        Diagnostic::error(codes::NOTHING_DECLARED, "no manifest declares a resource")
            .at(project.place(), "a workspace of nothing")
            .hint("Declare a resource, or write `retired = true` under `[workspace]` to own nothing any more.")
            .quotable()
    })
}

fn desired(mut project: Project, declared: Vec<Declared>, resolved: Resolved) -> Desired {
    let policy = if project.retired { None } else { project.take_policy() };
    let resources = declared.into_iter().chain(policy).filter_map(|resource| {
        let Declared { address, source, content } = resource;
        let content = content?;
        let (document, digest) = (content.document, content.digest);
        let resource =
            DesiredResource { document, digest, outline: content.outline, protected: content.protected, source };
        Some((address, resource))
    });
    let resources = resources.collect();
    let Project { workspace, retired, label, guard, .. } = project;
    let Resolved { hints, uses, .. } = resolved;
    Desired { workspace, label, retired, guard, resources, hints, uses }
}
