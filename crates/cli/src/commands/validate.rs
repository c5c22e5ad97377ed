//! `validate`: the manifests alone, without the store.

use deskform_manifest::Extent;

use crate::args::Strictness;
use crate::commands::load;
use crate::diagnostics::tally;
use crate::exit::{Exit, Failure};
use crate::output::Context;
use crate::render::validate::ValidateReport;

pub(super) fn run(ctx: &Context<'_>, args: Strictness) -> Result<Exit, Failure> {
    let mut loaded = load::all(ctx)?.sound()?;
    loaded.judge_waivers(Extent::Manifests);
    let loaded = loaded.passed(args)?;
    let sources = loaded.sources(ctx);
    let report = ValidateReport {
        valid: true,
        environment: loaded.header()?.environment.clone(),
        workspace: loaded.header()?.workspace.to_string(),
        files: loaded.files.len(),
        resources: loaded.desired.as_ref().map_or(0, |desired| desired.resources.len()),
        diagnostics: loaded.warn(ctx, &sources),
        waived: loaded.waived.len(),
        tally: tally(&loaded.findings),
    };
    ctx.publish(&report)?;
    Ok(Exit::Done)
}
