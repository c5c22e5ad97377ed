//! `show`: the resources of the live store.

use std::ops::ControlFlow;

use deskform_model::Address;
use deskform_store::{Reader, StoredDocument};

use crate::args::ShowArgs;
use crate::commands::{UsageError, block_on, load};
use crate::exit::{Exit, Failure};
use crate::output::Context;
use crate::render::show::{ListReport, Listed, ShowReport};
use crate::render::title;

/// What was to be shown cannot be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShowError {
    /// There is no such row.
    #[error("there is no `{address}` in the store")]
    NotThere {
        /// The resource.
        address: Address,
    },
}

pub(super) fn run(ctx: &Context<'_>, args: &ShowArgs) -> Result<Exit, Failure> {
    let address = args.address.as_deref().map(address).transpose()?;
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
