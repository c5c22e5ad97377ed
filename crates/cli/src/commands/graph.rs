//! `graph`: which resource refers to which.

use std::ops::ControlFlow;

use deskform_model::{Address, Reference};
use deskform_store::{Reader, StoredDocument};

use crate::args::GraphArgs;
use crate::commands::show::address;
use crate::commands::{UsageError, block_on, load};
use crate::exit::{Exit, Failure};
use crate::output::Context;
use crate::render::graph::{Graph, GraphReport, Node};

pub(super) fn run(ctx: &Context<'_>, args: &GraphArgs) -> Result<Exit, Failure> {
    let GraphArgs { address: about, live } = args;
    let about = about.as_deref().map(address).transpose()?;
    let whole = if *live { in_the_store(ctx)? } else { declared(ctx)? };
    let graph = match &about {
        Some(address) if whole.has(address) => whole.around(address),
        Some(address) => return Err(UsageError::NotInGraph { address: address.clone() }.into()),
        None => whole,
    };
    ctx.publish(&GraphReport { graph: &graph, about: about.as_ref() })?;
    Ok(Exit::Done)
}

/// What the manifests declare and use.
fn declared(ctx: &Context<'_>) -> Result<Graph, Failure> {
    let loaded = load::all(ctx)?.sound()?;
    let Some(desired) = &loaded.desired else { return Err(loaded.invalid()) };
    let mut graph = Graph::default();
    for (address, used) in &desired.uses {
        graph.add(address, Node { title: None, workspace: Some(used.workspace.clone()), apart: true });
    }
    for (address, resource) in &desired.resources {
        graph.add(address, Node { title: resource.outline.title.clone(), workspace: None, apart: false });
        refer(&mut graph, address, &resource.outline.references);
    }
    Ok(graph)
}

/// What the live store holds, whoever owns it.
fn in_the_store(ctx: &Context<'_>) -> Result<Graph, Failure> {
    let place = load::store_only(ctx)?;
    let mut graph = Graph::default();
    let each = |rows: Vec<StoredDocument>| {
        for StoredDocument { address, owner, document } in rows {
            let kind = ctx.registry.get(address.kind());
            let opened = ctx.registry.open(&document).ok().zip(kind);
            let outline = opened.map(|((spec, _), kind)| kind.outline(&spec)).unwrap_or_default();
            graph.add(&address, Node { title: outline.title, workspace: owner, apart: false });
            refer(&mut graph, &address, &outline.references);
        }
        ControlFlow::Continue(())
    };
    block_on(async { Ok(Reader::open(&place.url).await?.rows(each).await?) })?;
    graph.part_by_owner();
    Ok(graph)
}

fn refer(graph: &mut Graph, from: &Address, references: &[Reference]) {
    for Reference { path, to } in references {
        graph.refer(from, path, to);
    }
}
