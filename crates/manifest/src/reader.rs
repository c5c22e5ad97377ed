//! Manifests one at a time, then what they come to together.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::sync::{Mutex, PoisonError};

use ahash::HashSet;
use deskform_model::{Address, Desired, DesiredResource, Diagnostic, Facts, FileId, Registry, Severity, Span};

use crate::codes;
use crate::findings::{Findings, add};
use crate::hints::Word;
use crate::judges::{Context, Judges};
use crate::manifest::{self, Gathered, scan_headers};
use crate::moves::{Resolved, resolve};
use crate::origin::{self, Origin};
use crate::overlay::Overlays;
use crate::project::Project;
use crate::resource::{Content, Declared};
use crate::syntax::{Parsed, parse};
use crate::text::Text;
use crate::whole::{Whole, by_kind, take_doubled};

/// Reads the manifests of a config repo, in any order.
pub struct Reader<'r> {
    registry: &'r Registry,
    project: Project,
    facts: Facts<'r>,
    overlays: Overlays<'r>,
    traced: Option<&'r Address>,
    keeps_specs: bool,
    files: Vec<String>,
    gathered: Gathered,
    diagnostics: Vec<Diagnostic>,
    origins: Option<Vec<Origin>>,
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
    /// Where each value of the traced resource comes from; `None` if it is not declared.
    pub origins: Option<Vec<Origin>>,
}

impl<'r> Reader<'r> {
    /// Begins with a project and no manifests.
    pub fn new(registry: &'r Registry, project: Project, facts: Facts<'r>) -> Self {
        Self {
            registry,
            project,
            facts,
            overlays: Overlays::default(),
            traced: None,
            keeps_specs: false,
            files: vec!["deskform.toml".to_owned()],
            gathered: Gathered::default(),
            diagnostics: Vec::new(),
            origins: None,
        }
    }

    /// Reads the overlays of an environment, each given by name and text. They come before the manifests that they change.
    #[must_use]
    pub fn overlaid(mut self, overlays: &'r [(String, String)]) -> Self {
        self.overlays = Overlays::read(self.registry, self.files.len(), overlays);
        self.files.extend(overlays.iter().map(|(name, _)| name.clone()));
        self
    }

    /// Finds out where each value of a resource comes from.
    #[must_use]
    pub fn tracing(mut self, address: &'r Address) -> Self {
        self.traced = Some(address);
        self
    }

    /// Keeps each spec as its kind's own type, for those who will ask its kind about it.
    #[must_use]
    pub fn keeping_specs(mut self) -> Self {
        self.keeps_specs = true;
        self
    }

    /// Reads manifests, each given by name and text, on as many threads as there are processors: each takes the next one
    /// when it has read another, and no more texts are held than are read. A [`FileId`] counts the manifests, from 1, over
    /// all calls. The outcome is that of reading them one by one.
    pub fn read(&mut self, manifests: impl IntoIterator<Item = (String, String), IntoIter: Send>) {
        let (names, found) = shared_out(self, manifests.into_iter());
        self.files.extend(names);
        for Found { gathered, diagnostics, origins } in found {
            self.gathered.declared.extend(gathered.declared);
            self.gathered.statements.extend(gathered.statements);
            self.gathered.known.extend(gathered.known);
            self.gathered.removed.extend(gathered.removed);
            self.origins = self.origins.take().or(origins);
            add(&mut self.diagnostics, diagnostics);
        }
    }

    /// Judges all manifests together.
    pub fn finish(self) -> Outcome {
        let Self { registry, mut project, mut overlays, traced, files, gathered, mut diagnostics, origins, .. } = self;
        let origins = origins.or_else(|| project.take_origins(traced?));
        let ranks = ranks(&files);
        let Gathered { mut declared, mut statements, known, removed } = gathered;
        statements.retain(|statement| !overlays.settle(statement));
        statements.extend(overlays.take_statements());
        diagnostics.extend(overlays.take_diagnostics());
        declared.sort_by_key(|resource| ranks.key(resource.source.span));
        statements.sort_by_key(|statement| ranks.key(statement.source.span));
        diagnostics.extend(take_doubled(&mut declared));
        let addresses: HashSet<&Address> = declared.iter().map(|resource| &resource.address).chain(&known).collect();
        let mut resolved = resolve(&statements, &|address| addresses.contains(address), &project.workspace);
        diagnostics.append(&mut resolved.diagnostics);
        let is_there = |address: &Address| addresses.contains(address) || removed.contains(address);
        diagnostics.extend(overlays.judge(&is_there, &declared, &resolved));
        let whole = Whole {
            registry,
            project: (!project.is_broken()).then_some(&project),
            declared: &declared,
            by_kind: by_kind(&declared),
            known: &known,
            addresses: &addresses,
            resolved: &resolved,
            overlays: &overlays,
        };
        diagnostics.extend(whole.judge());
        diagnostics.extend(presence(&project, &declared, addresses.is_empty(), &diagnostics));
        diagnostics.sort_by_cached_key(|diagnostic| {
            (diagnostic.place.map(|place| ranks.key(place)), diagnostic.code, diagnostic.message.clone())
        });
        let sound = !project.is_broken() && diagnostics.iter().all(|found| found.severity != Severity::Error);
        let desired = sound.then(|| desired(project, declared, resolved));
        Outcome { desired, diagnostics, files, origins }
    }
}

/// What was found in one manifest.
struct Found {
    gathered: Gathered,
    diagnostics: Vec<Diagnostic>,
    origins: Option<Vec<Origin>>,
}

/// Manifests that one thread reads.
struct Share<'x, 'r> {
    registry: &'r Registry,
    facts: &'x Facts<'r>,
    overlays: &'x Overlays<'r>,
    traced: Option<&'x Address>,
    keeps_specs: bool,
    judges: Judges<'r>,
}

impl Share<'_, '_> {
    fn read(&mut self, file: FileId, text: &str) -> Found {
        let text = Text::new(file, text);
        let Parsed { tree, diagnostics, sound } = parse(&text);
        let (mut gathered, mut findings, mut origins) = (Gathered::default(), Findings::default(), None);
        findings.extend(diagnostics);
        if !sound {
            // What a broken file seems to say is not judged: a value may have been taken for a key.
            gathered.known.extend(scan_headers(self.registry, &text));
        } else if tree.is_empty() {
            findings.push(empty(&text));
        } else {
            let Self { registry, facts, overlays, traced, keeps_specs, judges } = self;
            let mut ctx = Context { registry, facts, judges, out: &mut findings };
            let mut removed = BTreeSet::new();
            let mut take = |ctx: &mut Context<'_, '_>, found: manifest::Found<'_, '_, '_>| {
                if overlays.lacks(&found.address) {
                    removed.insert(found.address);
                    return None;
                }
                if *traced == Some(&found.address) {
                    origins = Some(origin::origins(overlays, &found));
                }
                let mut declared = overlays.read_resource(ctx, found);
                if let Some(content) = declared.content.as_mut().filter(|_| !*keeps_specs) {
                    content.typed = None;
                }
                Some(declared)
            };
            manifest::read(&mut ctx, &text, &tree, &Word::OF_MANIFESTS, &mut gathered, &mut take);
            gathered.removed = removed;
        }
        Found { gathered, diagnostics: findings.end(&text), origins }
    }
}

/// Below so many bytes a second thread costs more than it saves.
const WORTH_A_THREAD: usize = 64 * 1024;

/// Manifests that wait to be read, and the names of those that do not wait any more.
struct Queue<I> {
    waiting: I,
    names: Vec<String>,
}

/// Has every manifest read, in no order. The names and what was found, in the order of the manifests.
fn shared_out(
    reader: &Reader<'_>,
    mut manifests: impl Iterator<Item = (String, String)> + Send,
) -> (Vec<String>, Vec<Found>) {
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    let (mut ahead, mut bytes) = (Vec::new(), 0);
    while bytes < WORTH_A_THREAD * processors
        && let Some(manifest) = manifests.next()
    {
        bytes += manifest.1.len();
        ahead.push(manifest);
    }
    let threads = (bytes / WORTH_A_THREAD).min(processors);
    let queue = Mutex::new(Queue { waiting: ahead.into_iter().chain(manifests), names: Vec::new() });
    let next = || {
        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        let (name, text) = queue.waiting.next()?;
        queue.names.push(name);
        Some((queue.names.len() - 1, text))
    };
    let work = || {
        let Reader { registry, facts, overlays, traced, keeps_specs, .. } = reader;
        let (traced, keeps_specs, judges) = (*traced, *keeps_specs, Judges::new(registry));
        let mut share = Share { registry, facts, overlays, traced, keeps_specs, judges };
        let read = |(index, text): (usize, String)| {
            let file = u32::try_from(reader.files.len() + index).unwrap_or(u32::MAX);
            (index, share.read(FileId(file), &text))
        };
        std::iter::from_fn(next).map(read).collect::<Vec<(usize, Found)>>()
    };
    let mut found = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut found = work();
        for other in others {
            found.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        found
    });
    found.sort_unstable_by_key(|(index, _)| *index);
    let Queue { names, .. } = queue.into_inner().unwrap_or_else(PoisonError::into_inner);
    (names, found.into_iter().map(|(_, found)| found).collect())
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
        let Content { document, digest, outline, typed, protected, references: _, unique: _ } = content;
        Some((address, DesiredResource { document, digest, outline, typed, protected, source }))
    });
    let resources = resources.collect();
    let Project { workspace, retired, label, guard, .. } = project;
    let Resolved { hints, uses, .. } = resolved;
    Desired { workspace, label, retired, guard, resources, hints, uses }
}
