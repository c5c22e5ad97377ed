//! `export`: the live store as manifests.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Component, Path, PathBuf};

use deskform_manifest::{
    Chosen, ProjectText, Rows, Texts, choose, choose_whole, owned_by, write_manifests, write_project,
};
use deskform_model::{Address, NamedFile, StoreIdentity, WorkspaceName};
use deskform_store::{Reader, StoredDocument};

use crate::args::ExportArgs;
use crate::commands::init::{GITIGNORE, named};
use crate::commands::load::{DEFAULT_PATH, Place};
use crate::commands::new_files::{NewFiles, absolute};
use crate::commands::show::{ShowError, address};
use crate::commands::{UsageError, block_on, load};
use crate::exit::{Exit, Failure};
use crate::output::Context;
use crate::project::{PROJECT_FILE, Root, read_at_most};
use crate::render::export::{ExportReport, Named};

/// What a store says, all of one moment.
struct Held {
    identity: StoreIdentity,
    rows: Rows,
}

/// What is to be exported.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// A workspace, with its `deskform.toml`.
    Workspace,
    /// What nobody owns, to be taken over.
    Adopt,
    /// Resources as they are.
    Plain,
}

pub(super) fn run(ctx: &Context<'_>, args: &ExportArgs) -> Result<Exit, Failure> {
    let root = Root::find(load::start(ctx)).ok();
    let place = load::store_only(ctx)?;
    let held = block_on(read(&place))?;
    let extent = extent(args);
    let workspace = workspace(ctx, args, extent, &held, root.is_some())?;
    let wanted = wanted(args, extent, &workspace, &held)?;
    let mut chosen = match extent {
        Extent::Plain => choose(&held.rows, &workspace, &wanted),
        Extent::Workspace | Extent::Adopt => choose_whole(ctx.registry, &held.rows, &workspace, &wanted),
    };
    if extent == Extent::Adopt && root.is_some() {
        let known = load::all(ctx)?.desired.map(|desired| desired.uses).unwrap_or_default();
        chosen.uses.retain(|address, _| !known.contains_key(*address));
    }
    let target = args.out.as_deref().map(|out| Target::of(ctx.machine.cwd().join(out), extent));
    let schemas = target.as_ref().is_some_and(|target| target.schemas);
    let mut texts = write_manifests(ctx.registry, &chosen, schemas);
    if let Some(target) = &target {
        target.add_project(ctx, &place, &held, &workspace, &chosen, &mut texts)?;
    }
    let missing = match &target {
        Some(target) => target.write(ctx, &texts, root.as_ref())?,
        None => texts.named.clone(),
    };
    let report = ExportReport {
        workspace,
        folder: args.out.as_ref().map(|out| out.display().to_string()),
        adopts: extent == Extent::Adopt,
        resources: chosen.resources.len(),
        adopted: chosen.adopt.into_iter().cloned().collect(),
        left_out: chosen.left_out.into_iter().cloned().collect(),
        missing: missing.into_iter().map(|(address, file)| Named::of(address, file)).collect(),
        texts: &texts,
    };
    ctx.publish(&report)?;
    ctx.say(&report.remarks());
    Ok(if texts.gaps.is_empty() { Exit::Done } else { Exit::Failed })
}

async fn read(place: &Place) -> Result<Held, Failure> {
    let mut reader = Reader::open(&place.url).await?;
    let mut view = reader.view().await?;
    let mut rows = Rows::new();
    let each = |batch: Vec<StoredDocument>| {
        rows.extend(batch.into_iter().map(|StoredDocument { address, owner, document }| (address, (owner, document))));
        ControlFlow::Continue(())
    };
    view.rows(each).await?;
    Ok(Held { identity: view.identity().clone(), rows })
}

fn extent(args: &ExportArgs) -> Extent {
    if args.adopt {
        Extent::Adopt
    } else if args.unmanaged || !args.addresses.is_empty() {
        Extent::Plain
    } else {
        Extent::Workspace
    }
}

/// The workspace that the manifests are for: the one named, that of the config repo, or the only one of the store.
fn workspace(
    ctx: &Context<'_>,
    args: &ExportArgs,
    extent: Extent,
    held: &Held,
    in_repo: bool,
) -> Result<WorkspaceName, Failure> {
    if let Some(name) = &args.workspace {
        return Ok(named(name)?);
    }
    if in_repo {
        let loaded = load::project(ctx)?;
        return match &loaded.header {
            Some(header) => Ok(header.workspace.clone()),
            None => Err(loaded.invalid()),
        };
    }
    let owners: BTreeSet<&WorkspaceName> = held.rows.values().filter_map(|(owner, _)| owner.as_ref()).collect();
    match (extent, owners.first()) {
        (Extent::Workspace, Some(only)) if owners.len() == 1 => Ok((*only).clone()),
        (Extent::Plain, first) => Ok(first.map_or_else(|| named("nobody"), |first| Ok((*first).clone()))?),
        _ => Err(UsageError::WhichWorkspace { names: owners.into_iter().cloned().collect() }.into()),
    }
}

fn wanted(
    args: &ExportArgs,
    extent: Extent,
    workspace: &WorkspaceName,
    held: &Held,
) -> Result<BTreeSet<Address>, Failure> {
    if args.addresses.is_empty() {
        let owner = (extent == Extent::Workspace).then_some(workspace);
        let owned = owned_by(&held.rows, owner);
        if owned.is_empty() {
            return Err(match owner {
                Some(workspace) => ShowError::OwnsNothing { workspace: workspace.clone() }.into(),
                None => ShowError::NothingUnmanaged.into(),
            });
        }
        return Ok(owned);
    }
    let mut wanted = BTreeSet::new();
    for text in &args.addresses {
        let address = address(text)?;
        match held.rows.get(&address) {
            None => return Err(ShowError::NotThere { address }.into()),
            Some((Some(owner), _)) if extent == Extent::Adopt => {
                return Err(ShowError::Owned { address, owner: owner.clone() }.into());
            }
            Some(_) => wanted.insert(address),
        };
    }
    Ok(wanted)
}

/// The folder that is written to.
struct Target {
    folder: PathBuf,
    /// True if it becomes a config repo.
    project: bool,
    /// True if it has the schemas, then.
    schemas: bool,
}

impl Target {
    fn of(folder: PathBuf, extent: Extent) -> Self {
        let is_there = |name: &str| folder.join(name).symlink_metadata().is_ok();
        let project = match extent {
            Extent::Workspace => true,
            Extent::Adopt => Root::find(&folder).is_err(),
            Extent::Plain => false,
        };
        Self { project, schemas: project || is_there("schemas/manifest.schema.json"), folder }
    }

    /// Adds `deskform.toml` where the folder becomes a config repo.
    fn add_project(
        &self,
        ctx: &Context<'_>,
        place: &Place,
        held: &Held,
        workspace: &WorkspaceName,
        chosen: &Chosen<'_>,
        texts: &mut Texts,
    ) -> Result<(), Failure> {
        if self.project {
            let store_url = store_url(place, &self.folder);
            let label = held.identity.label.as_deref();
            let project = ProjectText { workspace, store_url: store_url.as_deref(), label, policy: chosen.policy };
            let (text, gap) = write_project(ctx.registry, &project);
            texts.files.insert(PROJECT_FILE.to_owned(), text);
            texts.gaps.extend(gap);
        }
        Ok(())
    }

    /// Writes everything; gives the named files that could not be brought along.
    fn write(
        &self,
        ctx: &Context<'_>,
        texts: &Texts,
        root: Option<&Root>,
    ) -> Result<Vec<(Address, NamedFile)>, Failure> {
        let mut files = NewFiles::default();
        for (name, text) in &texts.files {
            files.add(name.clone(), text.as_bytes());
        }
        if self.project {
            files.add_schemas(ctx.registry)?;
            if self.folder.join(".gitignore").symlink_metadata().is_err() {
                files.add(".gitignore", GITIGNORE);
            }
        }
        let mut missing = Vec::new();
        for (address, named) in &texts.named {
            if has(&self.folder, named) {
                continue;
            }
            match root.and_then(|root| bytes_of(root, named)) {
                Some(bytes) => files.add(named.path.clone(), bytes),
                None => missing.push((address.clone(), named.clone())),
            }
        }
        files.write(&self.folder)?;
        Ok(missing)
    }
}

/// True if a file stands there already as it is named.
fn has(folder: &Path, named: &NamedFile) -> bool {
    let root = Root::find(folder).ok().filter(|root| Some(root.dir()) == folder.canonicalize().ok().as_deref());
    root.is_some_and(|root| root.fact(&named.path).is_ok_and(|fact| fact.sha256 == named.sha256))
}

/// The bytes of a file of the config repo, if it is the one that is named.
fn bytes_of(root: &Root, named: &NamedFile) -> Option<Vec<u8>> {
    let fact = root.fact(&named.path).ok().filter(|fact| fact.sha256 == named.sha256)?;
    read_at_most(&root.dir().join(&named.path), fact.size).ok()
}

/// The store as a config repo in a folder would name it; `None` for the default.
fn store_url(place: &Place, folder: &Path) -> Option<String> {
    let store = place.url.path();
    let store = store.canonicalize().unwrap_or_else(|_| store.to_owned());
    let folder = absolute(folder);
    let path = relative(&folder, &store);
    let text = path.to_str()?.replace(std::path::MAIN_SEPARATOR, "/");
    (text != DEFAULT_PATH).then(|| format!("sqlite://{text}"))
}

/// The way from a folder to a file, both absolute.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(to.components().skip(shared)).collect()
}
