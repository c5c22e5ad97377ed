//! Rows in full: one with all that hangs on it, and all of them for verification.

use std::ops::ControlFlow;

use deskform_model::{Address, FieldPath, Referrer, UniqueValue};
use sqlx::sqlite::SqliteConnection;

use super::Trouble;
use super::detail::{document_of, path_of};
use super::packed::{Packed, pack, pack_all, text};
use super::snapshot::{REFERRERS, cached_digest, known, owner_of, rows_after};
use crate::{RowView, StoreError, StoredDocument};

/// Reads one row.
pub(super) async fn row(db: &mut SqliteConnection, address: &Address) -> Result<Option<RowView>, Trouble> {
    const ROW: &str = concat!(
        "SELECT ",
        pack_all!("ifnull(workspace, '')", "kind", "format", "document", "digest", "protected"),
        " FROM resource WHERE address = ?1"
    );
    const REFERENCES: &str = concat!(
        "SELECT ",
        pack_all!("path", "\"to\""),
        " FROM (SELECT * FROM reference WHERE \"from\" = ?1 ORDER BY path)"
    );
    const UNIQUE: &str = concat!(
        "SELECT ",
        pack_all!("scope", "value"),
        " FROM (SELECT * FROM unique_value WHERE address = ?1 ORDER BY scope, value)"
    );
    let found = packed(db, ROW, address.as_str()).await?;
    let Some([owner, kind, format, document, cached, protected]) = Packed::new(&found).row() else { return Ok(None) };
    let document = document_of(kind, format, document)?;

    let (mut references, mut referrers, mut unique) = (Vec::new(), Vec::new(), Vec::new());
    let value = packed(db, REFERENCES, address.as_str()).await?;
    let mut rows = Packed::new(&value);
    while let Some([path, to]) = rows.row() {
        references.push((path_of(path), known(to)?));
    }
    let value = packed(db, REFERRERS, &super::json(&[address.as_str()])).await?;
    let mut rows = Packed::new(&value);
    while let Some([_, from, path]) = rows.row() {
        referrers.push(Referrer { from: known(from)?, path: path_of(path) });
    }
    referrers.sort_unstable_by(|a, b| (&a.from, &a.path).cmp(&(&b.from, &b.path)));
    let value = packed(db, UNIQUE, address.as_str()).await?;
    let mut rows = Packed::new(&value);
    while let Some([scope, value]) = rows.row() {
        let (scope, value) = (text(scope).into_owned(), text(value).into_owned());
        unique.push(UniqueValue { scope, value, path: FieldPath::root() });
    }
    Ok(Some(RowView {
        address: address.clone(),
        owner: owner_of(owner)?,
        digest: document.digest(),
        document,
        cached: cached_digest(cached),
        protected: protected != b"0",
        references,
        referrers,
        unique,
    }))
}

async fn packed(db: &mut SqliteConnection, sql: &'static str, asked: &str) -> Result<Vec<u8>, sqlx::Error> {
    let value: Option<Vec<u8>> = sqlx::query_scalar(sql).bind(asked).fetch_one(db).await?;
    Ok(value.unwrap_or_default())
}

/// Hands on all rows by address.
pub(super) async fn rows(
    db: &mut SqliteConnection,
    mut each: impl FnMut(Vec<StoredDocument>) -> ControlFlow<()>,
) -> Result<(), Trouble> {
    const SQL: &str = rows_after!("address", "ifnull(workspace, '')", "kind", "format", "document");
    const PAGE: i64 = 1024;
    let mut after = String::new();
    loop {
        let value: Option<Vec<u8>> = sqlx::query_scalar(SQL).bind(&after).bind(PAGE).fetch_one(&mut *db).await?;
        let batch = batch(&value.unwrap_or_default())?;
        let Some(last) = batch.last() else { return Ok(()) };
        last.address.as_str().clone_into(&mut after);
        if each(batch).is_break() {
            return Ok(());
        }
    }
}

fn batch(value: &[u8]) -> Result<Vec<StoredDocument>, StoreError> {
    let (mut packed, mut batch) = (Packed::new(value), Vec::new());
    while let Some([address, owner, kind, format, document]) = packed.row() {
        batch.push(StoredDocument {
            address: known(address)?,
            owner: owner_of(owner)?,
            document: document_of(kind, format, document)?,
        });
    }
    Ok(batch)
}
