//! What the planner has to see in full.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{Address, Detail, Digest, Document, FieldPath, KindName, Referrer, Wanted, WorkspaceName};
use serde::Deserialize;
use sqlx::sqlite::SqliteConnection;

use super::connect::corrupt;
use super::packed::{Packed, number, pack_all, text};
use super::snapshot::{HOLDERS, REFERRERS, known};
use super::{Trouble, for_list};
use crate::StoreError;

pub(super) async fn detail(
    db: &mut SqliteConnection,
    workspace: &WorkspaceName,
    wanted: &Wanted,
) -> Result<Detail, Trouble> {
    let Wanted { documents, applied, referrers, values, scopes } = wanted;
    let mut detail = Detail {
        referrers: referrers_of(db, referrers).await?,
        applied: applied_documents(db, workspace, applied).await?,
        values: holders(db, values).await?,
        ..Detail::default()
    };
    let from = detail.referrers.values().flatten().map(|referrer| &referrer.from);
    let asked: BTreeSet<&Address> = documents.iter().chain(from).collect();
    detail.documents = documents_of(db, asked).await?;
    for scope in scopes {
        detail.scopes.insert(scope.clone(), holders_in(db, scope).await?);
    }
    Ok(detail)
}

async fn documents_of(
    db: &mut SqliteConnection,
    asked: BTreeSet<&Address>,
) -> Result<BTreeMap<Address, Document>, Trouble> {
    const SQL: &str = concat!(
        "SELECT ",
        pack_all!("resource.address", "kind", "format", "document"),
        " FROM json_each(?1) AS asked CROSS JOIN resource ON resource.address = asked.value"
    );
    let asked: Vec<&str> = asked.into_iter().map(Address::as_str).collect();
    let mut documents = BTreeMap::new();
    for_list(db, SQL, &asked, &[], |packed| {
        while let Some([address, kind, format, document]) = packed.row() {
            documents.insert(known(address)?, document_of(kind, format, document)?);
        }
        Ok(())
    })
    .await?;
    Ok(documents)
}

/// A document as stored.
pub(super) fn document_of(kind: &[u8], format: &[u8], document: &[u8]) -> Result<Document, StoreError> {
    let name = text(kind);
    let kind = KindName::new(name.as_ref()).map_err(|_| corrupt(format!("`{name}` is no name of a kind")))?;
    let format = number(format).ok_or_else(|| corrupt(format!("a document of kind `{name}` has no format")))?;
    Ok(Document::stored(kind, format, text(document).into_owned()))
}

/// The part of a payload that matters here.
#[derive(Deserialize)]
struct Quoted {
    after: Option<Side>,
}

#[derive(Deserialize)]
struct Side {
    format: u32,
    text: String,
}

/// Reads last applied documents out of the log. One that was erased, or that is not the document whose digest was
/// recorded, is left out.
async fn applied_documents(
    db: &mut SqliteConnection,
    workspace: &WorkspaceName,
    asked: &BTreeSet<Address>,
) -> Result<BTreeMap<Address, Document>, Trouble> {
    const SQL: &str = concat!(
        "SELECT ",
        pack_all!("applied.address", "applied.digest", "payload.text"),
        " FROM json_each(?1) AS asked",
        " CROSS JOIN applied ON applied.workspace = ?2 AND applied.address = asked.value",
        " CROSS JOIN audit_payload AS payload",
        " ON payload.workspace = applied.workspace AND payload.seq = applied.seq"
    );
    let asked: Vec<&str> = asked.iter().map(Address::as_str).collect();
    let mut documents = BTreeMap::new();
    for_list(db, SQL, &asked, &[workspace.as_str()], |packed| {
        while let Some([address, digest, payload]) = packed.row() {
            let address = known(address)?;
            let document = quoted_document(&address, payload);
            let digest: Option<Digest> = text(digest).parse().ok();
            if let Some(document) = document.filter(|document| Some(document.digest()) == digest) {
                documents.insert(address, document);
            }
        }
        Ok(())
    })
    .await?;
    Ok(documents)
}

fn quoted_document(address: &Address, payload: &[u8]) -> Option<Document> {
    let Side { format, text } = serde_json::from_slice::<Quoted>(payload).ok()?.after?;
    Some(Document::stored(KindName::new(address.kind()).ok()?, format, text))
}

async fn referrers_of(
    db: &mut SqliteConnection,
    asked: &BTreeSet<Address>,
) -> Result<BTreeMap<Address, Vec<Referrer>>, Trouble> {
    let asked: Vec<&str> = asked.iter().map(Address::as_str).collect();
    let mut referrers: BTreeMap<Address, Vec<Referrer>> = BTreeMap::new();
    for_list(db, REFERRERS, &asked, &[], |packed| {
        while let Some([to, from, path]) = packed.row() {
            referrers.entry(known(to)?).or_default().push(Referrer { from: known(from)?, path: path_of(path) });
        }
        Ok(())
    })
    .await?;
    for list in referrers.values_mut() {
        list.sort_unstable_by(|a, b| (&a.from, &a.path).cmp(&(&b.from, &b.path)));
    }
    Ok(referrers)
}

/// A field as stored; what cannot be read is the whole document.
pub(super) fn path_of(path: &[u8]) -> FieldPath {
    serde_json::from_slice(path).unwrap_or_default()
}

async fn holders(
    db: &mut SqliteConnection,
    asked: &BTreeSet<(String, String)>,
) -> Result<BTreeMap<String, BTreeMap<String, Address>>, Trouble> {
    let asked: Vec<&(String, String)> = asked.iter().collect();
    let mut holders: BTreeMap<String, BTreeMap<String, Address>> = BTreeMap::new();
    for_list(db, HOLDERS, &asked, &[], |packed| {
        while let Some([scope, value, address]) = packed.row() {
            let values = holders.entry(text(scope).into_owned()).or_default();
            values.insert(text(value).into_owned(), known(address)?);
        }
        Ok(())
    })
    .await?;
    Ok(holders)
}

async fn holders_in(db: &mut SqliteConnection, scope: &str) -> Result<Vec<(Address, String)>, Trouble> {
    const SQL: &str = concat!("SELECT ", pack_all!("address", "value"), " FROM unique_value WHERE scope = ?1");
    let value: Option<Vec<u8>> = sqlx::query_scalar(SQL).bind(scope).fetch_one(db).await?;
    let value = value.unwrap_or_default();
    let (mut packed, mut holders) = (Packed::new(&value), Vec::new());
    while let Some([address, value]) = packed.row() {
        holders.push((known(address)?, text(value).into_owned()));
    }
    holders.sort_unstable();
    Ok(holders)
}
