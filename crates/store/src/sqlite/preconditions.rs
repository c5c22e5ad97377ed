//! Reading under the lock what the preconditions speak of.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{Address, Digest, Document, KindName, WorkspaceName, set_digest};
use sqlx::sqlite::SqliteConnection;

use super::detail::document_of;
use super::packed::{Packed, pack_all, text};
use super::snapshot::{HOLDERS, REFERRERS, known, owner_of};
use super::{Trouble, as_i64, for_list};
use crate::commit::{Asked, Found, FoundRow};

/// Reads all that a commit asks for beside the rows. SQLite has one writer at a time, so that the order of reading does
/// not matter.
pub(super) async fn others(
    db: &mut SqliteConnection,
    workspace: &WorkspaceName,
    asked: &Asked<'_>,
    rows: BTreeMap<Address, FoundRow>,
) -> Result<Found, Trouble> {
    let Asked { rows: _, presence, referrers, values, sets } = asked;
    let mut found = Found { rows, ..Found::default() };
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
pub(super) async fn rows(
    db: &mut SqliteConnection,
    asked: &Asked<'_>,
) -> Result<(BTreeMap<Address, FoundRow>, BTreeMap<Address, Document>), Trouble> {
    const SQL: &str = concat!(
        "SELECT ",
        pack_all!("resource.address", "ifnull(workspace, '')", "digest", "kind", "format", "document"),
        " FROM json_each(?1) AS asked CROSS JOIN resource ON resource.address = asked.value"
    );
    let asked: Vec<&str> = asked.rows.iter().map(|address| address.as_str()).collect();
    let (mut rows, mut documents) = (BTreeMap::new(), BTreeMap::new());
    for_list(db, SQL, &asked, &[], |packed| {
        while let Some([address, owner, cached, kind, format, document]) = packed.row() {
            let row = FoundRow {
                owner: owner_of(owner)?,
                cached: text(cached).into_owned(),
                digest: Digest::of(&[kind, format, document]),
            };
            let address = known(address)?;
            documents.insert(address.clone(), document_of(kind, format, document)?);
            rows.insert(address, row);
        }
        Ok(())
    })
    .await?;
    Ok((rows, documents))
}

/// Which of the addresses have a row.
pub(super) async fn present(db: &mut SqliteConnection, asked: &[&Address]) -> Result<BTreeSet<Address>, Trouble> {
    const SQL: &str = concat!(
        "SELECT ",
        pack_all!("resource.address"),
        " FROM json_each(?1) AS asked CROSS JOIN resource ON resource.address = asked.value"
    );
    const ALL: &str = concat!("SELECT ", pack_all!("address"), " FROM resource");
    const COUNT: &str = "SELECT count(*) FROM (SELECT 1 FROM resource LIMIT ?)";
    let mut present = BTreeSet::new();
    let mut each = |packed: &mut Packed<'_>| {
        while let Some([address]) = packed.row() {
            present.insert(known(address)?);
        }
        Ok(())
    };
    if fewer(db, COUNT, asked.len()).await? {
        each(&mut Packed::new(&all(db, ALL).await?))?;
        return Ok(asked.iter().filter_map(|address| present.take(*address)).collect());
    }
    let asked: Vec<&str> = asked.iter().map(|address| address.as_str()).collect();
    for_list(db, SQL, &asked, &[], each).await?;
    Ok(present)
}

/// Who holds which of the values, by scope and value.
pub(super) async fn holders(
    db: &mut SqliteConnection,
    values: &[(&str, &str)],
) -> Result<BTreeMap<String, BTreeMap<String, Address>>, Trouble> {
    const ALL: &str = concat!("SELECT ", pack_all!("scope", "value", "address"), " FROM unique_value");
    const COUNT: &str = "SELECT count(*) FROM (SELECT 1 FROM unique_value LIMIT ?)";
    let mut holders: BTreeMap<String, BTreeMap<String, Address>> = BTreeMap::new();
    let mut each = |packed: &mut Packed<'_>| {
        while let Some([scope, value, address]) = packed.row() {
            let values = holders.entry(text(scope).into_owned()).or_default();
            values.insert(text(value).into_owned(), known(address)?);
        }
        Ok(())
    };
    if fewer(db, COUNT, values.len()).await? {
        each(&mut Packed::new(&all(db, ALL).await?))?;
        let asked: BTreeSet<_> = values.iter().copied().collect();
        for (scope, held) in &mut holders {
            held.retain(|value, _| asked.contains(&(scope.as_str(), value.as_str())));
        }
    } else {
        for_list(db, HOLDERS, values, &[], each).await?;
    }
    Ok(holders)
}

/// True if a table has fewer rows than are asked for: then reading it whole is less work than asking for each, and for a
/// new store none.
async fn fewer(db: &mut SqliteConnection, count: &'static str, asked: usize) -> Result<bool, sqlx::Error> {
    let most = as_i64(asked as u64);
    let found: i64 = sqlx::query_scalar(count).bind(most).fetch_one(db).await?;
    Ok(found < most)
}

/// The packed value of a whole table; empty for an empty one.
async fn all(db: &mut SqliteConnection, sql: &'static str) -> Result<Vec<u8>, sqlx::Error> {
    Ok(sqlx::query_scalar::<_, Option<Vec<u8>>>(sql).fetch_one(db).await?.unwrap_or_default())
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
