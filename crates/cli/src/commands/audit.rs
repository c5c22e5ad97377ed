//! `audit log`, `audit verify` and `audit head`.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use deskform_apply::{
    AuditEntry, Chain as LogChain, ChainReport, ChainVerifier, KeptHead, LogPayload, LogRow, Payload, StoredRow,
    verify_rows,
};
use deskform_model::{Address, AppliedRow, Head, WorkspaceName};
use deskform_store::{Chain, Entry, EntryQuery, Reader, STORE_CHAIN, StoreStatus, StoredDocument, View};

use crate::args::{LogArgs, VerifyArgs};
use crate::commands::filter::Filter;
use crate::commands::{block_on, load};
use crate::exit::{Exit, Failure};
use crate::output::Context;
use crate::render::audit::{LogEntry, LogReport, VerifiedChain, VerifyReport};

mod head;

pub(crate) use head::HeadError;
pub(super) use head::run as head;

pub(super) fn log(ctx: &Context<'_>, args: &LogArgs) -> Result<Exit, Failure> {
    let filter = Filter::of(args, ctx.machine.now())?;
    let place = load::store_only(ctx)?;
    let mut report = LogReport { entries: Vec::new(), unreadable: 0 };
    block_on(async {
        let mut reader = Reader::open(&place.url).await?;
        let each = |entries: &[Entry<'_>]| {
            for entry in entries {
                take(entry, &filter, &mut report);
            }
            ControlFlow::Continue(())
        };
        Ok(reader.entries(&EntryQuery::default(), each).await?)
    })?;
    ctx.publish(&report)?;
    Ok(Exit::Done)
}

fn take(stored: &Entry<'_>, filter: &Filter, report: &mut LogReport) {
    let Ok(entry) = serde_json::from_str::<AuditEntry>(&stored.text) else {
        report.unreadable += 1;
        return;
    };
    if !filter.takes(&entry) {
        return;
    }
    let payload = stored.payload.as_ref().map(|payload| payload.text.as_ref());
    report.entries.push(LogEntry {
        chain: stored.chain.to_string(),
        seq: stored.seq,
        entry: Some(entry),
        payload: payload.and_then(Payload::from_text),
        payload_json: payload.and_then(|text| serde_json::from_str(text).ok()),
    });
}

type AppliedTables = BTreeMap<WorkspaceName, BTreeMap<Address, AppliedRow>>;

pub(super) fn verify(ctx: &Context<'_>, args: &VerifyArgs) -> Result<Exit, Failure> {
    let kept = args.against.as_deref().map(head::given).transpose()?.unwrap_or_default();
    let place = load::store_only(ctx)?;
    let report = block_on(async {
        let mut reader = Reader::open(&place.url).await?;
        let mut view = reader.view().await?;
        verified(&mut view, &kept).await
    })?;
    ctx.publish(&report)?;
    Ok(if report.is_sound() { Exit::Done } else { Exit::Integrity })
}

async fn verified(view: &mut View<'_>, kept: &[KeptHead]) -> Result<VerifyReport, Failure> {
    let status = view.status().await?;
    let mut names = view.chains().await?;
    names.extend(status.workspaces.iter().map(|workspace| workspace.name.to_string()));
    names.push(STORE_CHAIN.to_owned());
    names.extend(head::chains(kept));
    names.sort_unstable();
    names.dedup();
    let (mut chains, mut log, mut table) = (Vec::new(), AppliedTables::new(), AppliedTables::new());
    for name in names {
        let report = match LogChain::try_from(name.clone()) {
            Ok(chain) => Some(chain_report(view, &status, chain, kept).await?),
            Err(_) => None,
        };
        if let (Some(report), Ok(workspace)) = (&report, WorkspaceName::new(name.clone())) {
            table.insert(workspace.clone(), view.applied(&workspace).await?);
            log.insert(workspace, report.applied.clone());
        }
        chains.push(VerifiedChain { name, report });
    }
    let mut rows = Vec::new();
    let each = |batch: Vec<StoredDocument>| {
        rows.extend(batch.into_iter().map(|StoredDocument { address, owner, document }| StoredRow {
            address,
            owner,
            digest: document.digest(),
        }));
        ControlFlow::Continue(())
    };
    view.rows(each).await?;
    Ok(VerifyReport { chains, rows: verify_rows(&log, &table, &rows), checked_rows: rows.len(), kept: kept.len() })
}

async fn chain_report(
    view: &mut View<'_>,
    status: &StoreStatus,
    chain: LogChain,
    kept: &[KeptHead],
) -> Result<ChainReport, Failure> {
    let stored = match &chain {
        LogChain::Store => Chain::Store,
        LogChain::Workspace(name) => Chain::Workspace(name.clone()),
    };
    let mut verifier = ChainVerifier::new(chain.clone(), status.identity.lineage.clone());
    kept.iter().filter(|head| head.chain == chain).for_each(|head| verifier.hold(head.clone()));
    let each = |entries: &[Entry<'_>]| {
        entries.iter().for_each(|entry| feed(&mut verifier, entry));
        ControlFlow::Continue(())
    };
    view.chain(&stored, each).await?;
    let Chain::Workspace(name) = stored else { return Ok(verifier.finish_without_head()) };
    let known = status.workspaces.iter().find(|workspace| workspace.name == name);
    let head = known.map_or(Head { seq: 0, hash: None }, |workspace| Head { seq: workspace.seq, hash: workspace.head });
    Ok(verifier.finish(&head))
}

fn feed(verifier: &mut ChainVerifier, entry: &Entry<'_>) {
    let Entry { chain: _, seq, text, hash, payload } = entry;
    let payload = payload.as_ref().map(|payload| LogPayload {
        salt: payload.salt.as_ref().map_or(&[][..], <[u8; 32]>::as_slice),
        text: payload.text.as_bytes(),
    });
    // A number below zero is no number of an entry; zero is none either, and is found.
    let seq = u64::try_from(*seq).unwrap_or(0);
    verifier.feed(&LogRow { seq, text: text.as_bytes(), hash: hash.as_bytes(), payload });
}
