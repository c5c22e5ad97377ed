//! `diff`: what differs between two environments as declared.

use std::collections::BTreeSet;

use deskform_model::{Address, Desired, DesiredResource};

use crate::args::DiffArgs;
use crate::commands::UsageError;
use crate::commands::load::{self, Loaded};
use crate::exit::{Exit, Failure};
use crate::output::Context;
use crate::render::diff::{Declared, DiffReport, Differing, Side};

pub(super) fn run(ctx: &Context<'_>, args: &DiffArgs) -> Result<Exit, Failure> {
    let DiffArgs { detailed_exitcode } = args;
    let (from, to) = match ctx.global.env.as_slice() {
        [from, to, ..] => (Some(from.clone()), to.clone()),
        _ => (None, ctx.environment().ok_or(UsageError::NothingToCompare)?),
    };
    let (from, to) = (read(ctx, from.as_deref())?, read(ctx, Some(&to))?);
    let report = report(ctx, (&from.0, &from.1), (&to.0, &to.1))?;
    ctx.publish(&report)?;
    let differ = *detailed_exitcode && !report.resources.is_empty();
    Ok(if differ { Exit::Differences } else { Exit::Done })
}

fn read(ctx: &Context<'_>, environment: Option<&str>) -> Result<(Loaded, Desired), Failure> {
    let mut loaded = load::all_of(ctx, environment)?.sound()?;
    let Some(desired) = loaded.desired.take() else { return Err(loaded.invalid()) };
    Ok((loaded, desired))
}

fn report<'l>(
    ctx: &Context<'l>,
    (from, before): (&'l Loaded, &'l Desired),
    (to, after): (&'l Loaded, &'l Desired),
) -> Result<DiffReport<'l>, Failure> {
    let addresses: BTreeSet<&Address> = before.resources.keys().chain(after.resources.keys()).collect();
    let differing = addresses.iter().filter_map(|address| {
        let (one, other) = (before.resources.get(address), after.resources.get(address));
        let same = one.zip(other).is_some_and(|(one, other)| one.digest == other.digest);
        (!same).then(|| Differing {
            address,
            kind: ctx.registry.get(address.kind()),
            from: one.and_then(|resource| declared(from, resource)),
            to: other.and_then(|resource| declared(to, resource)),
            edits: match (one, other) {
                (Some(one), Some(other)) => deskform_plan::between(ctx.registry, &one.document, &other.document),
                _ => Vec::new(),
            },
        })
    });
    let resources: Vec<_> = differing.collect();
    let same = addresses.len() - resources.len();
    Ok(DiffReport { from: side(from)?, to: side(to)?, resources, same })
}

fn side(loaded: &Loaded) -> Result<Side<'_>, Failure> {
    let header = loaded.header()?;
    let (environment, store, label) = (&header.environment, &header.store_url, &header.label);
    Ok(Side { environment: environment.as_deref(), label: label.as_deref(), store: store.as_deref() })
}

fn declared<'l>(loaded: &'l Loaded, resource: &'l DesiredResource) -> Option<Declared<'l>> {
    let source = resource.source;
    let file = loaded.files.get(usize::try_from(source.span.file.0).ok()?)?;
    Some(Declared { title: resource.outline.title.as_deref(), file, line: source.line })
}
