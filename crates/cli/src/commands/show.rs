//! `show`: the resources of the live store; with `--origin` one that is declared, value by value.

use std::ops::ControlFlow;

use deskform_model::{Address, WorkspaceName};
use deskform_store::{Reader, StoredDocument};

use crate::args::ShowArgs;
use crate::commands::{UsageError, block_on, load};
use crate::exit::{Exit, Failure};
use crate::output::Context;
use crate::render::origin::OriginReport;
use crate::render::show::{ListReport, Listed, ShowReport};
use crate::render::title;

/// What was asked for is not in the store, or not so.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShowError {
    /// There is no such row.
    #[error("there is no `{address}` in the store")]
    NotThere {
        /// The resource.
        address: Address,
    },
    /// No manifest declares it.
    #[error("`{address}` is not declared{}", near.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
    NotDeclared {
        /// The resource.
        address: Address,
        /// The nearest declared one.
        near: Option<String>,
    },
    /// A workspace has nothing in the store.
    #[error("the workspace `{workspace}` owns nothing in the store")]
    OwnsNothing {
        /// The workspace.
        workspace: WorkspaceName,
    },
    /// Every resource has an owner.
    #[error("the store holds nothing that nobody owns")]
    NothingUnmanaged,
    /// What has an owner cannot be taken over.
    #[error("`{address}` belongs to the workspace `{owner}`")]
    Owned {
        /// The resource.
        address: Address,
        /// Its owner.
        owner: WorkspaceName,
    },
}

impl ShowError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotThere { .. } => Some("List what is there with `deskform show`."),
            Self::OwnsNothing { .. } => {
                Some("List owners with `deskform show`; what nobody owns is written with `deskform export --adopt`.")
            }
            Self::NotDeclared { .. } | Self::NothingUnmanaged => None,
            Self::Owned { .. } => {
                Some("Let its owner forget it first: `[[forget]]` in the owner's config repo, then apply there.")
            }
        }
    }
}

pub(super) fn run(ctx: &Context<'_>, args: &ShowArgs) -> Result<Exit, Failure> {
    let address = args.address.as_deref().map(address).transpose()?;
    if let (true, Some(address)) = (args.origin, &address) {
        return origin(ctx, address);
    }
    let place = load::store_only(ctx)?;
    block_on(async {
        let mut reader = Reader::open(&place.url).await?;
        match address {
            Some(address) => one(ctx, &mut reader, &address).await,
            None => list(ctx, &mut reader).await,
        }
    })
}

/// Reads an address off the command line.
pub(super) fn address(text: &str) -> Result<Address, UsageError> {
    Address::parse(text).map_err(|source| UsageError::Address { text: text.to_owned(), source })
}

/// What is declared, each value with who says it.
fn origin(ctx: &Context<'_>, address: &Address) -> Result<Exit, Failure> {
    let (loaded, origins) = load::traced(ctx, address)?;
    let loaded = loaded.sound()?;
    let Some(desired) = &loaded.desired else { return Err(loaded.invalid()) };
    let Some((resource, origins)) = desired.resources.get(address).zip(origins) else {
        let names = desired.resources.keys().filter(|other| *other != address).map(Address::as_str);
        let near = deskform_manifest::nearest(address.as_str(), names).map(str::to_owned);
        return Err(ShowError::NotDeclared { address: address.clone(), near }.into());
    };
    ctx.publish(&OriginReport {
        address,
        title: resource.outline.title.as_deref(),
        environment: loaded.header()?.environment.as_deref(),
        origins: &origins,
        files: &loaded.files,
    })?;
    Ok(Exit::Done)
}

async fn list(ctx: &Context<'_>, reader: &mut Reader) -> Result<Exit, Failure> {
    let mut resources = Vec::new();
    let each = |rows: Vec<StoredDocument>| {
        resources.extend(rows.into_iter().map(|row| listed(ctx, row)));
        ControlFlow::Continue(())
    };
    reader.rows(each).await?;
    ctx.publish(&ListReport { resources })?;
    Ok(Exit::Done)
}

fn listed(ctx: &Context<'_>, row: StoredDocument) -> Listed {
    let StoredDocument { address, owner, document } = row;
    let opened = ctx.registry.open(&document);
    Listed {
        address,
        title: title(ctx.registry, &document),
        owner,
        protected: opened.as_ref().is_ok_and(|(_, lifecycle)| lifecycle.protected),
        readable: opened.is_ok(),
    }
}

async fn one(ctx: &Context<'_>, reader: &mut Reader, address: &Address) -> Result<Exit, Failure> {
    let mut view = reader.view().await?;
    let row = view.row(address).await?.ok_or_else(|| ShowError::NotThere { address: address.clone() })?;
    let applied = match &row.owner {
        Some(owner) => view.applied(owner).await?.get(address).copied(),
        None => None,
    };
    ctx.publish(&ShowReport { registry: ctx.registry, row: &row, applied })?;
    Ok(Exit::Done)
}
