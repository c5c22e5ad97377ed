//! Reading under the lock what the preconditions speak of.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{Address, Digest, KindName, WorkspaceName, set_digest};
use sqlx::sqlite::SqliteConnection;

use super::detail::document_of;
use super::packed::{Packed, pack_all, text};
use super::snapshot::{HOLDERS, REFERRERS, known, owner_of};
use super::{Trouble, for_list};
use crate::commit::{Asked, Found, FoundRow};

/// Reads all that a commit asks for. SQLite has one writer at a time, so that the order of reading does not matter.
pub(super) async fn read(
    db: &mut SqliteConnection,
    workspace: &WorkspaceName,
    asked: &Asked<'_>,
) -> Result<Found, Trouble> {
    let Asked { rows, presence, referrers, values, sets } = asked;
    let mut found = Found { rows: read_rows(db, rows.iter().copied()).await?, ..Found::default() };
    found.present = present(db, presence).await?;
    let referrers: Vec<&str> = referrers.iter().map(|address| address.as_str()).collect();
    for_list(db, REFERRERS, &referrers, &[], |packed| {
        while let Some([to, from, _]) = packed.row() {
            found.referrers.entry(known(to)?).or_default().insert(known(from)?);
        }
        Ok(())
    })
    .await?;
    found.holders = holders(db, values).await?;
    for (scope, kind) in sets {
        let digest = read_set(db, workspace, scope, kind).await?;
        found.sets.entry((*scope).to_owned()).or_default().insert(kind.as_str().to_owned(), digest);
    }
    Ok(found)
}

/// Reads rows and hashes their documents: the digest column is no evidence.
async fn read_rows<'c>(
    db: &mut SqliteConnection,
    asked: impl Iterator<Item = &'c Address>,
) -> Result<BTreeMap<Address, FoundRow>, Trouble> {
    const SQL: &str = concat!(
        "SELECT ",
        pack_all!("resource.address", "ifnull(workspace, '')", "digest", "kind", "format", "document"),
        " FROM json_each(?1) AS asked CROSS JOIN resource ON resource.address = asked.value"
    );
    let asked: Vec<&str> = asked.map(Address::as_str).collect();
    let mut rows = BTreeMap::new();
    for_list(db, SQL, &asked, &[], |packed| {
        while let Some([address, owner, cached, kind, format, document]) = packed.row() {
            let row = FoundRow {
                owner: owner_of(owner)?,
                cached: text(cached).into_owned(),
                document: document_of(kind, format, document)?,
                digest: Digest::of(&[kind, format, document]),
            };
            rows.insert(known(address)?, row);
        }
        Ok(())
    })
    .await?;
    Ok(rows)
}

/// Which of the addresses have a row.
pub(super) async fn present(db: &mut SqliteConnection, asked: &[&Address]) -> Result<BTreeSet<Address>, Trouble> {
    const SQL: &str = concat!(
        "SELECT ",
        pack_all!("resource.address"),
        " FROM json_each(?1) AS asked CROSS JOIN resource ON resource.address = asked.value"
    );
    let asked: Vec<&str> = asked.iter().map(|address| address.as_str()).collect();
    let mut present = BTreeSet::new();
    for_list(db, SQL, &asked, &[], |packed| {
        while let Some([address]) = packed.row() {
            present.insert(known(address)?);
        }
        Ok(())
    })
    .await?;
    Ok(present)
}

/// Who holds which of the values, by scope and value.
pub(super) async fn holders(
    db: &mut SqliteConnection,
    values: &[(&str, &str)],
) -> Result<BTreeMap<String, BTreeMap<String, Address>>, Trouble> {
    let mut holders: BTreeMap<String, BTreeMap<String, Address>> = BTreeMap::new();
    for_list(db, HOLDERS, values, &[], |packed| {
        while let Some([scope, value, address]) = packed.row() {
            let values = holders.entry(text(scope).into_owned()).or_default();
            values.insert(text(value).into_owned(), known(address)?);
        }
        Ok(())
    })
    .await?;
    Ok(holders)
}

/// The digest of what lies outside the workspace, as the planner works it out.
async fn read_set(
    db: &mut SqliteConnection,
    workspace: &WorkspaceName,
    scope: &str,
    kind: &KindName,
) -> Result<Digest, Trouble> {
    const HELD: &str = concat!(
        "SELECT ",
        pack_all!("held.address", "held.value"),
        " FROM unique_value AS held CROSS JOIN resource ON resource.address = held.address",
        " WHERE held.scope = ?1 AND resource.workspace IS NOT ?2"
    );
    const OTHERS: &str = "SELECT EXISTS (SELECT 1 FROM resource WHERE kind = ?1 AND workspace IS NOT ?2)";
    let value: Option<Vec<u8>> =
        sqlx::query_scalar(HELD).bind(scope).bind(workspace.as_str()).fetch_one(&mut *db).await?;
    let value = value.unwrap_or_default();
    let (mut packed, mut holders) = (Packed::new(&value), Vec::new());
    while let Some([address, value]) = packed.row() {
        holders.push((text(address).into_owned(), text(value).into_owned()));
    }
    holders.sort_unstable();
    let others: bool = sqlx::query_scalar(OTHERS).bind(kind.as_str()).bind(workspace.as_str()).fetch_one(db).await?;
    Ok(set_digest(&holders, others))
}
