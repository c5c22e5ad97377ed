//! `audit head`: the ends of the chains, to be kept where whoever can write the store cannot reach; and reading them back.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use deskform_apply::{AuditEntry, Chain as LogChain, InvalidHead, KeptHead};
use deskform_store::{Chain, Entry, EntryQuery, Order, Reader, View};
use serde::Deserialize;

use crate::commands::{block_on, load};
use crate::exit::{Exit, Failure};
use crate::output::Context;
use crate::project::read_at_most;
use crate::render::audit::HeadReport;

/// A file of heads may have this many bytes.
const MOST_BYTES: u64 = 1024 * 1024;

/// A head cannot be given or read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HeadError {
    /// Neither a head nor a file.
    #[error("`{text}` is neither a head nor a file that can be read")]
    Unread {
        /// As given.
        text: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A file that holds something else, or nothing.
    #[error("`{}` holds no head{}", path.display(), line.map(|line| format!(" in line {line}")).unwrap_or_default())]
    NoHead {
        /// The file.
        path: PathBuf,
        /// The first line that is none.
        line: Option<usize>,
        /// What a head is.
        #[source]
        source: InvalidHead,
    },
    /// The log does not end as the workspace says.
    #[error("the log of `{chain}` does not end with an entry that can be kept as its head")]
    Broken {
        /// The chain.
        chain: String,
    },
}

impl HeadError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::Unread { .. } | Self::NoHead { .. } => {
                "Give what `deskform audit head` printed, or the path of a file with it."
            }
            Self::Broken { .. } => "Look closer with `deskform audit verify`.",
        }
    }
}

pub(in crate::commands) fn run(ctx: &Context<'_>) -> Result<Exit, Failure> {
    let place = load::store_only(ctx)?;
    let heads = block_on(async {
        let mut reader = Reader::open(&place.url).await?;
        let mut view = reader.view().await?;
        heads(&mut view).await
    })?;
    ctx.publish(&HeadReport { heads })?;
    Ok(Exit::Done)
}

/// The last entry of each chain, checked against what the workspace's row says.
async fn heads(view: &mut View<'_>) -> Result<Vec<KeptHead>, Failure> {
    let mut heads = Vec::new();
    let status = view.status().await?;
    for workspace in &status.workspaces {
        let broken = || HeadError::Broken { chain: workspace.name.to_string() };
        let found = last(view, Chain::Workspace(workspace.name.clone())).await?;
        if found.as_ref().map(|head| head.hash) != workspace.head {
            return Err(broken().into());
        }
        heads.extend(found);
    }
    heads.extend(last(view, Chain::Store).await?);
    Ok(heads)
}

async fn last(view: &mut View<'_>, chain: Chain) -> Result<Option<KeptHead>, Failure> {
    let query = EntryQuery { chain: Some(chain.clone()), order: Order::NewestFirst, limit: Some(1) };
    let mut found = None;
    view.entries(&query, |entries| {
        found = entries.first().map(read);
        ControlFlow::Break(())
    })
    .await?;
    match found {
        None => Ok(None),
        Some(Some(head)) if head.chain.as_str() == chain.as_str() => Ok(Some(head)),
        Some(_) => Err(HeadError::Broken { chain: chain.as_str().to_owned() }.into()),
    }
}

fn read(stored: &Entry<'_>) -> Option<KeptHead> {
    let entry: AuditEntry = serde_json::from_str(&stored.text).ok()?;
    (entry.hash.to_string() == stored.hash && i64::try_from(entry.seq) == Ok(stored.seq)).then(|| KeptHead::of(&entry))
}

/// The heads that `--against` gives: one as text, or those of a file.
pub(super) fn given(text: &str) -> Result<Vec<KeptHead>, HeadError> {
    match text.parse() {
        Ok(head) => Ok(vec![head]),
        Err(_) => of_file(Path::new(text)),
    }
}

fn of_file(path: &Path) -> Result<Vec<KeptHead>, HeadError> {
    let unread = |source| HeadError::Unread { text: path.display().to_string(), source };
    // A file named on the command line may be reached by a link.
    let real = path.canonicalize().map_err(unread)?;
    let text = String::from_utf8_lossy(&read_at_most(&real, MOST_BYTES).map_err(unread)?).into_owned();
    let no_head = |line| HeadError::NoHead { path: path.to_owned(), line, source: InvalidHead };
    let heads = if text.trim_start().starts_with('{') {
        let document: HeadsJson = serde_json::from_str(&text).map_err(|_| no_head(None))?;
        let heads = document.heads.iter().map(|head| head.text.parse().map_err(|_| no_head(None)));
        heads.collect::<Result<Vec<KeptHead>, _>>()?
    } else {
        let lines = text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty());
        let heads = lines.map(|(at, line)| {
            let head = line.strip_prefix("head ").unwrap_or(line);
            head.parse().map_err(|_| no_head(Some(at + 1)))
        });
        heads.collect::<Result<Vec<KeptHead>, _>>()?
    };
    if heads.is_empty() { Err(no_head(None)) } else { Ok(heads) }
}

/// The JSON of `audit head`, as far as it matters here.
#[derive(Deserialize)]
struct HeadsJson {
    heads: Vec<HeadJson>,
}

#[derive(Deserialize)]
struct HeadJson {
    text: String,
}

/// The chains that heads are of.
pub(super) fn chains(heads: &[KeptHead]) -> impl Iterator<Item = String> {
    heads.iter().map(|head| &head.chain).map(LogChain::to_string)
}
