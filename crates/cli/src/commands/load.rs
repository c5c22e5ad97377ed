//! What most commands begin with: the project, its manifests, and the place of the store.

use std::path::Path;
use std::thread::JoinHandle;

use deskform_manifest::{
    Extent, Origin, Project, Reader as ManifestReader, Waivers, nearest, read_environment, read_project,
};
use deskform_model::{Address, Desired, Diagnostic, Facts, Live, Wanted, WorkspaceName};
use deskform_store::{Depth, Reader, StoreError, StoreUrl};

use crate::args::{Denied, Format, Strictness};
use crate::commands::{ApplyError, UsageError, block_on};
use crate::diagnostics::{Finding, FindingJson, Sources, has_errors, json, render, shown, tally};
use crate::exit::Failure;
use crate::output::Context;
use crate::project::{Budget, Manifest, PROJECT_FILE, ProjectError, Root};
use crate::text::Page;

/// The store of a project that names none.
const DEFAULT_STORE: &str = "sqlite://.deskform/live.db";

/// The same as a path.
pub(super) const DEFAULT_PATH: &str = ".deskform/live.db";

/// Findings that a file which could not be read brings about in the files that could.
const FOLLOW_UPS: [&str; 4] = ["MF054", "MF060", "MF072", "MF140"];

/// A config repo as read.
pub(super) struct Loaded {
    pub(super) root: Root,
    /// What `deskform.toml` says; `None` if it cannot be read.
    pub(super) header: Option<Header>,
    /// `None` if there is an error anywhere.
    pub(super) desired: Option<Desired>,
    pub(super) findings: Vec<Finding>,
    /// Findings that a waiver keeps from being reported.
    pub(super) waived: Vec<Finding>,
    waivers: Waivers,
    /// The day on which they are judged.
    day: String,
    /// By file id; only the project file if nothing else was read.
    pub(super) files: Vec<String>,
}

/// What `deskform.toml` says of workspace and store.
pub(super) struct Header {
    pub(super) workspace: WorkspaceName,
    pub(super) store_url: Option<String>,
    pub(super) label: Option<String>,
    /// The environment that was named.
    pub(super) environment: Option<String>,
    /// All that could be.
    environments: Vec<String>,
}

impl Header {
    fn of(project: &Project, environment: Option<&str>) -> Self {
        Self {
            environment: environment.map(str::to_owned),
            environments: project.environments.clone(),
            workspace: project.workspace.clone(),
            store_url: project.store_url.clone(),
            label: project.label.clone(),
        }
    }
}

impl Loaded {
    /// The texts that the findings quote; for people, only of those that they are shown.
    pub(super) fn sources(&self, ctx: &Context<'_>) -> Sources {
        match ctx.global.format {
            Format::Human => self.sources_of(shown(&self.findings)),
            Format::Json | Format::Markdown | Format::Dot => self.sources_of(&self.findings),
        }
    }

    fn sources_of<'f>(&self, findings: impl IntoIterator<Item = &'f Finding>) -> Sources {
        Sources::of(findings, &self.files, |_, name| self.root.reread(name))
    }

    /// Fails if there is an error among the findings.
    pub(super) fn sound(self) -> Result<Self, Failure> {
        if has_errors(&self.findings) || self.header.is_none() { Err(self.invalid()) } else { Ok(self) }
    }

    /// Fails if there is anything among the findings that is not let pass.
    pub(super) fn passed(self, strictness: Strictness) -> Result<Self, Failure> {
        match strictness.deny {
            Some(Denied::Warnings) if !self.findings.is_empty() => {
                let sources = self.sources_of(&self.findings);
                Err(Failure::Denied { tally: tally(&self.findings), findings: self.findings, sources })
            }
            _ => Ok(self),
        }
    }

    /// The findings as a failure.
    pub(super) fn invalid(self) -> Failure {
        let sources = self.sources_of(&self.findings);
        Failure::Invalid { tally: tally(&self.findings), findings: self.findings, sources }
    }

    /// Adds findings; those that a waiver covers are set apart.
    pub(super) fn add(&mut self, found: impl IntoIterator<Item = impl Into<Finding>>) {
        for finding in found {
            let finding: Finding = finding.into();
            let waived = self.waivers.cover(&finding.diagnostic, &self.day);
            if waived { &mut self.waived } else { &mut self.findings }.push(finding);
        }
    }

    /// Adds what is to be said of the waivers, once everything was looked at. Where there are errors, not everything was.
    pub(super) fn judge_waivers(&mut self, extent: Extent) {
        if !has_errors(&self.findings) {
            let found = self.findings.iter().chain(&self.waived).map(|finding| &*finding.diagnostic);
            let says = self.waivers.judge(found, &self.day, extent);
            self.findings.extend(says.into_iter().map(Finding::from));
        }
    }

    /// Prints the findings to stderr, and gives them for programs.
    pub(super) fn warn<'s>(&'s self, ctx: &Context<'_>, sources: &'s Sources) -> Vec<FindingJson<'s>> {
        let mut page = Page::new();
        render(&self.findings, sources, &mut page);
        if !page.is_empty() {
            ctx.say(&page);
        }
        match ctx.global.format {
            Format::Human => Vec::new(),
            Format::Json | Format::Markdown | Format::Dot => json(&self.findings, sources),
        }
    }

    /// The header of a project that is sound.
    pub(super) fn header(&self) -> Result<&Header, Failure> {
        self.header.as_ref().ok_or_else(|| ProjectError::NotFound { from: self.root.dir().to_owned() }.into())
    }
}

/// Where to start looking for the project.
pub(super) fn start<'c>(ctx: &'c Context<'_>) -> &'c Path {
    ctx.global.project.as_deref().unwrap_or_else(|| ctx.machine.cwd())
}

/// Reads `deskform.toml` and nothing else.
pub(super) fn project(ctx: &Context<'_>) -> Result<Loaded, Failure> {
    Ok(open(ctx, ctx.environment().as_deref())?.0)
}

fn open(ctx: &Context<'_>, environment: Option<&str>) -> Result<(Loaded, Option<Project>), Failure> {
    let root = Root::find(start(ctx))?;
    let mut loaded = Loaded {
        root,
        header: None,
        desired: None,
        findings: Vec::new(),
        waived: Vec::new(),
        waivers: Waivers::default(),
        day: day(ctx)?,
        files: vec![PROJECT_FILE.to_owned()],
    };
    let text = match loaded.root.read_project() {
        Ok(text) => text,
        Err(finding) => {
            loaded.findings.push(finding);
            return Ok((loaded, None));
        }
    };
    let (project, diagnostics) = match environment {
        Some(name) => read_environment(ctx.registry, &text, name),
        None => read_project(ctx.registry, &text),
    };
    if let (Some(project), Some(name)) = (&project, environment) {
        is_environment(project, name)?;
    }
    loaded.waivers = project.as_ref().map(|project| project.waivers.clone()).unwrap_or_default();
    loaded.add(diagnostics);
    loaded.header = project.as_ref().map(|project| Header::of(project, environment));
    Ok((loaded, project))
}

fn is_environment(project: &Project, name: &str) -> Result<(), UsageError> {
    let names = || project.environments.iter().map(String::as_str);
    if names().any(|other| other == name) {
        return Ok(());
    }
    let near = nearest(name, names()).map(str::to_owned);
    Err(UsageError::Environment { name: name.to_owned(), near, names: project.environments.clone() })
}

/// What of the manifests is wanted besides what they declare.
#[derive(Clone, Copy)]
pub(super) enum Extra<'a> {
    Nothing,
    /// The specs as their kinds' own types.
    Specs,
    /// Where each value of a resource comes from.
    Origins(&'a Address),
}

/// Reads the project and every manifest, as the named environment has them.
pub(super) fn all(ctx: &Context<'_>) -> Result<Loaded, Failure> {
    all_of(ctx, ctx.environment().as_deref())
}

/// Reads the project and every manifest, as an environment has them, or as they are without one.
pub(super) fn all_of(ctx: &Context<'_>, environment: Option<&str>) -> Result<Loaded, Failure> {
    Ok(read(ctx, open(ctx, environment)?, environment, Extra::Nothing)?.0)
}

/// Reads the project and every manifest, and the index of the store beside them. What is wrong with the store, or with
/// where it is said to be, is told by [`Beside::snapshot`].
pub(super) fn all_beside_store(ctx: &Context<'_>, extra: Extra<'_>) -> Result<(Loaded, Option<Beside>), Failure> {
    let environment = ctx.environment();
    let opened = open(ctx, environment.as_deref())?;
    let beside =
        opened.0.header.as_ref().map(|header| Beside::begin(place(ctx, Some((&opened.0.root, header))), header));
    Ok((read(ctx, opened, environment.as_deref(), extra)?.0, beside))
}

/// Reads the same, and says of one resource where each value comes from; nothing if it is not declared.
pub(super) fn traced(ctx: &Context<'_>, address: &Address) -> Result<(Loaded, Option<Vec<Origin>>), Failure> {
    let environment = ctx.environment();
    read(ctx, open(ctx, environment.as_deref())?, environment.as_deref(), Extra::Origins(address))
}

fn read(
    ctx: &Context<'_>,
    (mut loaded, project): (Loaded, Option<Project>),
    environment: Option<&str>,
    extra: Extra<'_>,
) -> Result<(Loaded, Option<Vec<Origin>>), Failure> {
    let Some(project) = project else { return Ok((loaded, None)) };
    let (files, mut unread) = loaded.root.manifests(&project.exclude);
    let root = loaded.root.clone();
    let (manifests, overlays, strays) = parted(files, environment, &project.environments);
    let mut budget = Budget::new();
    let mut texts = Vec::new();
    for overlay in overlays {
        texts.extend(text_of(&root, &overlay, &mut budget, &mut unread).map(|text| (overlay.name, text)));
    }
    let fact = |name: &str| root.fact(name);
    let mut reader = ManifestReader::new(ctx.registry, project, Facts { file: &fact }).overlaid(&texts);
    reader = match extra {
        Extra::Nothing => reader,
        Extra::Specs => reader.keeping_specs(),
        Extra::Origins(address) => reader.tracing(address),
    };
    reader.read(manifests.into_iter().filter_map(|manifest| {
        let text = text_of(&root, &manifest, &mut budget, &mut unread)?;
        Some((manifest.name, text))
    }));
    let outcome = reader.finish();
    let incomplete = has_errors(&unread);
    let caused = |found: &Diagnostic| incomplete && FOLLOW_UPS.contains(&found.code.0);
    let origins = outcome.origins;
    loaded.files = outcome.files;
    loaded.add(unread);
    loaded.add(strays);
    loaded.add(outcome.diagnostics.into_iter().filter(|found| !caused(found)));
    loaded.desired = outcome.desired.filter(|_| !has_errors(&loaded.findings));
    Ok((loaded, origins))
}

/// Parts the manifests from the overlays of an environment, those of others left out, and from what belongs to none.
fn parted(
    files: Vec<Manifest>,
    environment: Option<&str>,
    environments: &[String],
) -> (Vec<Manifest>, Vec<Manifest>, Vec<Finding>) {
    let (mut manifests, mut overlays, mut strays) = (Vec::new(), Vec::new(), Vec::new());
    for file in files {
        match file.overlay_of() {
            None => manifests.push(file),
            Some(Some(name)) if environments.iter().any(|other| other == name) => {
                overlays.extend(Some(file).filter(|file| file.overlay_of().flatten() == environment));
            }
            Some(name) => {
                let near = name.and_then(|name| nearest(name, environments.iter().map(String::as_str)));
                strays.push(file.stray_overlay(near));
            }
        }
    }
    (manifests, overlays, strays)
}

/// The text of a file; that it cannot be read is a finding.
fn text_of(root: &Root, file: &Manifest, budget: &mut Budget, findings: &mut Vec<Finding>) -> Option<String> {
    let text = root.read_manifest(file).and_then(|text| budget.take(&file.name, &text).map(|()| text));
    text.map_err(|finding| findings.push(finding)).ok()
}

/// The day on which rules are judged: the flag, then the environment, then today in UTC.
fn day(ctx: &Context<'_>) -> Result<String, UsageError> {
    let given = ctx.global.as_of.clone().map(|day| ("`--as-of`", day));
    match given.or_else(|| ctx.machine.var("DESKFORM_AS_OF").map(|day| ("`DESKFORM_AS_OF`", day))) {
        Some((place, text)) => match text.parse::<jiff::civil::Date>() {
            Ok(day) if day.to_string() == text => Ok(text),
            _ => Err(UsageError::Day { place, text }),
        },
        None => Ok(ctx.machine.today()),
    }
}

/// Where the store is.
pub(super) struct Place {
    pub(super) url: StoreUrl,
    /// As somebody wrote it.
    pub(super) shown: String,
    /// True for the place that a store may be created at without being asked for.
    pub(super) default: bool,
}

/// Works out where the store is: the flag, then the environment, then the project, then the default.
pub(super) fn place(ctx: &Context<'_>, project: Option<(&Root, &Header)>) -> Result<Place, Failure> {
    let given = ctx.global.store.clone().map(|url| ("`--store`", url));
    let given = given.or_else(|| ctx.machine.var("DESKFORM_STORE_URL").map(|url| ("`DESKFORM_STORE_URL`", url)));
    let (place, shown, base) = match (given, project) {
        (Some((place, text)), _) => (place, text, ctx.machine.cwd()),
        (None, Some((_, Header { store_url: None, environment: None, environments, .. })))
            if !environments.is_empty() =>
        {
            return Err(UsageError::WhichEnvironment { names: environments.clone() }.into());
        }
        (None, Some((root, header))) => {
            let text = header.store_url.clone().unwrap_or_else(|| DEFAULT_STORE.to_owned());
            ("`store.url`", text, root.dir())
        }
        (None, None) => return Err(ProjectError::NotFound { from: start(ctx).to_owned() }.into()),
    };
    let url: StoreUrl = shown.parse().map_err(|source| UsageError::StoreUrl { place, source })?;
    let url = url.resolved(base);
    let default = project.is_some_and(|(root, _)| url.path() == root.dir().join(DEFAULT_PATH));
    Ok(Place { url, shown, default })
}

/// The store for commands that can do without a project.
pub(super) fn store_only(ctx: &Context<'_>) -> Result<Place, Failure> {
    let given = ctx.global.store.is_some() || ctx.machine.var("DESKFORM_STORE_URL").is_some();
    if given {
        return place(ctx, None);
    }
    let loaded = project(ctx)?;
    match &loaded.header {
        Some(header) => place(ctx, Some((&loaded.root, header))),
        None => Err(loaded.invalid()),
    }
}

/// A store whose index is read while somebody does something else.
pub(super) struct Beside {
    place: Result<Place, Failure>,
    workspace: WorkspaceName,
    reader: Option<JoinHandle<Result<Reader, Failure>>>,
}

impl Beside {
    fn begin(place: Result<Place, Failure>, header: &Header) -> Self {
        let workspace = header.workspace.clone();
        let reader = place.as_ref().ok().map(|place| {
            let (url, workspace) = (place.url.clone(), workspace.clone());
            // Not waited for if the manifests are wrong: whoever holds the store may hold it long.
            std::thread::spawn(move || {
                block_on(async {
                    let mut reader = Reader::open(&url).await?;
                    reader.read_ahead(&workspace, Depth::Cached).await?;
                    Ok(reader)
                })
            })
        });
        Self { place, workspace, reader }
    }

    /// The place of the store, and a snapshot for planning; an empty one if there is no store.
    pub(super) async fn snapshot(self, wanted: impl FnOnce(&Live) -> Wanted) -> Result<(Place, Live), Failure> {
        let Self { place, workspace, reader } = self;
        let place = place?;
        let reader = reader.map(|reader| reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        match reader {
            Some(Ok(mut reader)) => Ok((place, reader.snapshot(&workspace, Depth::Cached, wanted).await?)),
            Some(Err(Failure::Store(StoreError::Missing { .. }))) | None => Ok((place, Live::default())),
            Some(Err(error)) => Err(error),
        }
    }
}

/// A project that names a label goes with a store of that label only.
pub(super) fn check_label(label: Option<&str>, live: &Live) -> Result<(), Failure> {
    let found = live.store.as_ref().map(|store| store.label.as_deref());
    match (label, found) {
        (Some(expected), Some(found)) if found != Some(expected) => {
            Err(ApplyError::Label { expected: expected.to_owned(), found: found.map(str::to_owned) }.into())
        }
        _ => Ok(()),
    }
}
