//! `drift`: what somebody changed outside deskform.

use deskform_manifest::Extent;
use deskform_plan::wanted_for_drift;
use deskform_store::{Depth, Reader};

use crate::commands::{block_on, load};
use crate::exit::{Exit, Failure};
use crate::output::Context;
use crate::render::drift::DriftView;

pub(super) fn run(ctx: &Context<'_>) -> Result<Exit, Failure> {
    let mut loaded = load::all(ctx)?;
    loaded.judge_waivers(Extent::Manifests);
    let Some(header) = &loaded.header else { return Err(loaded.invalid()) };
    let place = load::place(ctx, Some((&loaded.root, header)))?;
    let workspace = &header.workspace;
    let live = block_on(async {
        let mut reader = Reader::open(&place.url).await?;
        Ok(reader.snapshot(workspace, Depth::Hashed, |index| wanted_for_drift(workspace, index)).await?)
    })?;
    load::check_label(header.label.as_deref(), &live)?;
    let sources = loaded.sources(ctx);
    let findings = loaded.warn(ctx, &sources);
    if loaded.desired.is_none() {
        ctx.remark("The manifests cannot be read: the store is compared with what was last applied.");
    }
    let report = deskform_plan::drift(ctx.registry, workspace, loaded.desired.as_ref(), &live);
    ctx.publish(&DriftView { report: &report, manifests_read: loaded.desired.is_some(), findings })?;
    Ok(if report.drifted.is_empty() { Exit::Done } else { Exit::Differences })
}
