//! What the store is and what it guarantees.

use std::collections::BTreeSet;

use deskform_model::WorkspaceName;
use sqlx::sqlite::SqliteConnection;

use super::connect::{self, Meta, corrupt};
use super::{Trouble, as_u64};
use crate::{Engine, Guarantee, Guaranteed, STORE_CHAIN, StoreStatus, WorkspaceStatus};

pub(super) async fn status(db: &mut SqliteConnection, meta: &Meta) -> Result<StoreStatus, Trouble> {
    const COUNTS: &str = "SELECT count(*), count(*) - count(workspace) FROM resource";
    let (rows, unmanaged): (i64, i64) = sqlx::query_as(COUNTS).fetch_one(&mut *db).await?;
    Ok(StoreStatus {
        identity: meta.identity.clone(),
        schema: meta.schema,
        engine: Engine::Sqlite,
        version: connect::version(db).await?,
        workspaces: workspaces(db).await?,
        rows: as_u64(rows),
        unmanaged: as_u64(unmanaged),
        guarantees: guarantees(db).await?,
    })
}

async fn workspaces(db: &mut SqliteConnection) -> Result<Vec<WorkspaceStatus>, Trouble> {
    const SQL: &str = "SELECT name, serial, head, ifnull((SELECT max(seq) FROM audit WHERE audit.workspace = name), 0), \
         ifnull(owned, 0) FROM workspace \
         LEFT JOIN (SELECT workspace AS owner, count(*) AS owned FROM resource GROUP BY workspace) ON owner = name \
         WHERE name <> ? ORDER BY name";
    let rows: Vec<(String, i64, String, i64, i64)> = sqlx::query_as(SQL).bind(STORE_CHAIN).fetch_all(db).await?;
    let mut workspaces = Vec::with_capacity(rows.len());
    for (name, serial, head, seq, owned) in rows {
        workspaces.push(WorkspaceStatus {
            name: WorkspaceName::new(name.as_str())
                .map_err(|_| corrupt(format!("`{name}` is no name of a workspace")))?,
            serial: as_u64(serial),
            seq: as_u64(seq),
            head: head.parse().ok(),
            owned: as_u64(owned),
        });
    }
    Ok(workspaces)
}

/// The triggers that a person may have dropped, and what no file can guarantee.
async fn guarantees(db: &mut SqliteConnection) -> Result<Vec<Guaranteed>, Trouble> {
    const KEEPERS: [&str; 6] = [
        "audit_keeps_rows",
        "audit_keeps_values",
        "audit_payload_keeps_rows",
        "audit_payload_keeps_values",
        "run_keeps_rows",
        "run_keeps_values",
    ];
    let names: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetch_all(db).await?;
    let names: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    let all = [
        (Guarantee::DigestBlanking, names.contains("resource_blanks_digest")),
        (Guarantee::AppendOnlyTriggers, KEEPERS.iter().all(|name| names.contains(name))),
        (Guarantee::AppendOnlyPrivileges, false),
        (Guarantee::ObservedActor, false),
        (Guarantee::OutsideChanges, false),
    ];
    Ok(all.into_iter().map(|(guarantee, holds)| Guaranteed { guarantee, holds }).collect())
}
