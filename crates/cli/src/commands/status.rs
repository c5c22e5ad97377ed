//! `store status`: what the store is.

use deskform_store::Reader;

use crate::commands::{block_on, load};
use crate::exit::{Exit, Failure};
use crate::output::Context;
use crate::render::status::StatusReport;

pub(super) fn run(ctx: &Context<'_>) -> Result<Exit, Failure> {
    let place = load::store_only(ctx)?;
    let status = block_on(async { Ok(Reader::open(&place.url).await?.status().await?) })?;
    ctx.publish(&StatusReport { url: place.shown, status: &status })?;
    Ok(Exit::Done)
}
