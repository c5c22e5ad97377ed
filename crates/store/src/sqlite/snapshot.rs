//! The index of all rows, and what a workspace applied last.

use std::collections::BTreeMap;

use deskform_model::{
    Address, AppliedRow, Digest, Live, LiveRow, StoreIdentity, Wanted, WorkspaceName, WorkspaceState,
};
use sqlx::sqlite::SqliteConnection;

use super::connect::corrupt;
use super::packed::{Packed, number, pack, pack_all, text};
use super::{Trouble, as_u64, detail};
use crate::{Depth, StoreError};

/// The index as it was at an earlier moment: it holds as long as nobody else has committed anything.
#[derive(Debug)]
pub(super) struct Ahead {
    version: i64,
    workspace: WorkspaceName,
    depth: Depth,
    live: Live,
}

impl Ahead {
    /// Reads in the caller's transaction.
    pub(super) async fn read(
        db: &mut SqliteConnection,
        identity: &StoreIdentity,
        workspace: &WorkspaceName,
        depth: Depth,
    ) -> Result<Self, Trouble> {
        let live = everything(db, identity, workspace, depth).await?;
        Ok(Self { version: version(db).await?, workspace: workspace.clone(), depth, live })
    }

    /// The index, if it is the one asked for and still that of the caller's transaction.
    async fn of(
        self,
        db: &mut SqliteConnection,
        workspace: &WorkspaceName,
        depth: Depth,
    ) -> Result<Option<Live>, Trouble> {
        let same = self.workspace == *workspace && self.depth == depth && self.version == version(db).await?;
        Ok(same.then_some(self.live))
    }
}

/// A number that differs, on one connection, once another one has committed something.
async fn version(db: &mut SqliteConnection) -> Result<i64, Trouble> {
    Ok(sqlx::query_scalar("PRAGMA data_version").fetch_one(db).await?)
}

/// Reads in the caller's transaction.
pub(super) async fn snapshot(
    db: &mut SqliteConnection,
    identity: &StoreIdentity,
    workspace: &WorkspaceName,
    depth: Depth,
    ahead: Option<Ahead>,
    wanted: impl FnOnce(&Live) -> Wanted,
) -> Result<Live, Trouble> {
    let known = match ahead {
        Some(ahead) => ahead.of(db, workspace, depth).await?,
        None => None,
    };
    let mut live = match known {
        Some(live) => live,
        None => everything(db, identity, workspace, depth).await?,
    };
    let wanted = wanted(&live);
    live.detail = detail::detail(db, workspace, &wanted).await?;
    Ok(live)
}

/// The index of all rows, without any detail.
async fn everything(
    db: &mut SqliteConnection,
    identity: &StoreIdentity,
    workspace: &WorkspaceName,
    depth: Depth,
) -> Result<Live, Trouble> {
    Ok(Live {
        store: Some(identity.clone()),
        workspace: state(db, workspace).await?,
        rows: index(db, depth).await?,
        applied: applied(db, workspace).await?,
        ..Live::default()
    })
}

async fn state(db: &mut SqliteConnection, workspace: &WorkspaceName) -> Result<Option<WorkspaceState>, Trouble> {
    const SQL: &str =
        "SELECT serial, head, (SELECT max(seq) FROM audit WHERE workspace = ?1) FROM workspace WHERE name = ?1";
    let row: Option<(i64, String, Option<i64>)> =
        sqlx::query_as(SQL).bind(workspace.as_str()).fetch_optional(db).await?;
    let Some((serial, head, seq)) = row.filter(|(serial, head, _)| *serial != 0 || !head.is_empty()) else {
        return Ok(None);
    };
    let head = head.parse().map_err(|_| corrupt(format!("the head of workspace `{workspace}` is no hash")))?;
    Ok(Some(WorkspaceState { serial: as_u64(serial), head, seq: as_u64(seq.unwrap_or(0)) }))
}

/// One packed value of the rows after an address.
macro_rules! rows_after {
    ($($field:literal),+) => {
        concat!(
            "SELECT CAST(group_concat(packed, '') AS BLOB) FROM (SELECT ",
            pack!($($field),+),
            " AS packed FROM resource WHERE address > ?1 ORDER BY address LIMIT ?2)"
        )
    };
}
pub(super) use rows_after;

async fn index(db: &mut SqliteConnection, depth: Depth) -> Result<BTreeMap<Address, LiveRow>, Trouble> {
    const CACHED: &str = rows_after!("address", "ifnull(workspace, '')", "digest");
    const HASHED: &str = rows_after!("address", "ifnull(workspace, '')", "kind", "format", "document");
    let mut rows = Vec::new();
    match depth {
        Depth::Cached => {
            paged(db, CACHED, 8192, |[address, owner, cached]| {
                rows.push((known(address)?, LiveRow { owner: owner_of(owner)?, digest: cached_digest(cached) }));
                Ok(())
            })
            .await?;
        }
        Depth::Hashed => {
            paged(db, HASHED, 1024, |[address, owner, kind, format, document]| {
                let digest = Some(Digest::of(&[kind, format, document]));
                rows.push((known(address)?, LiveRow { owner: owner_of(owner)?, digest }));
                Ok(())
            })
            .await?;
        }
    }
    Ok(rows.into_iter().collect())
}

/// Runs a `rows_after!` statement page by page; the first field is the address.
async fn paged<const N: usize>(
    db: &mut SqliteConnection,
    sql: &'static str,
    page: i64,
    mut each: impl FnMut([&[u8]; N]) -> Result<(), StoreError>,
) -> Result<(), Trouble> {
    let mut after = String::new();
    loop {
        let value: Option<Vec<u8>> = sqlx::query_scalar(sql).bind(&after).bind(page).fetch_one(&mut *db).await?;
        let Some(value) = value else { return Ok(()) };
        let mut packed = Packed::new(&value);
        let (mut count, mut last) = (0, &[][..]);
        while let Some(row) = packed.row::<N>() {
            each(row)?;
            count += 1;
            last = row[0];
        }
        if count < page {
            return Ok(());
        }
        after = text(last).into_owned();
    }
}

/// Reads what a workspace applied last.
pub(super) async fn applied(
    db: &mut SqliteConnection,
    workspace: &WorkspaceName,
) -> Result<BTreeMap<Address, AppliedRow>, Trouble> {
    const SQL: &str = concat!(
        "SELECT CAST(group_concat(packed, '') AS BLOB) FROM (SELECT ",
        pack!("address", "seq", "digest"),
        " AS packed FROM applied WHERE workspace = ?1 AND address > ?2 ORDER BY address LIMIT ?3)"
    );
    const PAGE: i64 = 8192;
    let (mut rows, mut after) = (Vec::new(), String::new());
    loop {
        let query = sqlx::query_scalar(SQL).bind(workspace.as_str()).bind(&after).bind(PAGE);
        let value: Option<Vec<u8>> = query.fetch_one(&mut *db).await?;
        let value = value.unwrap_or_default();
        let mut packed = Packed::new(&value);
        let before = rows.len();
        while let Some([address, seq, digest]) = packed.row() {
            let wrong = || corrupt(format!("the last applied row of `{}` cannot be read", text(address)));
            let row =
                AppliedRow { seq: number(seq).ok_or_else(wrong)?, digest: text(digest).parse().map_err(|_| wrong())? };
            rows.push((known(address)?, row));
        }
        match rows.last() {
            Some((last, _)) if rows.len() - before == PAGE as usize => last.as_str().clone_into(&mut after),
            _ => return Ok(rows.into_iter().collect()),
        }
    }
}

/// Who refers to what, who holds what: statements over a JSON list.
pub(super) const REFERRERS: &str = concat!(
    "SELECT ",
    pack_all!("reference.\"to\"", "reference.\"from\"", "reference.path"),
    " FROM json_each(?1) AS asked CROSS JOIN reference ON reference.\"to\" = asked.value"
);
pub(super) const HOLDERS: &str = concat!(
    "SELECT ",
    pack_all!("held.scope", "held.value", "held.address"),
    " FROM json_each(?1) AS asked CROSS JOIN unique_value AS held",
    " ON held.scope = asked.value ->> 0 AND held.value = asked.value ->> 1"
);

/// An address as stored. The table's checks keep others out, so that another one is damage.
pub(super) fn known(address: &[u8]) -> Result<Address, StoreError> {
    let address = text(address);
    Address::parse(&address).map_err(|_| corrupt(format!("`{address}` is no address")))
}

/// An owner as stored; empty for nobody.
pub(super) fn owner_of(name: &[u8]) -> Result<Option<WorkspaceName>, StoreError> {
    if name.is_empty() {
        return Ok(None);
    }
    let name = text(name);
    match WorkspaceName::new(name.as_ref()) {
        Ok(name) => Ok(Some(name)),
        Err(_) => Err(corrupt(format!("`{name}` is no name of a workspace"))),
    }
}

/// A digest as kept; whatever is no digest says as much as a blank.
pub(super) fn cached_digest(cached: &[u8]) -> Option<Digest> {
    text(cached).parse().ok()
}
