//! The rows of a store held against what the logs say was last applied.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{Address, AppliedRow, Digest, WorkspaceName};

use super::finding::{RowCode, RowFinding};

/// A row of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRow {
    /// Its address.
    pub address: Address,
    /// Its owner; `None` for nobody.
    pub owner: Option<WorkspaceName>,
    /// The digest of its document, worked out anew from the text.
    pub digest: Digest,
}

type AppliedTables = BTreeMap<WorkspaceName, BTreeMap<Address, AppliedRow>>;

/// Finds every difference between rows and logs that no entry explains; sorted by address.
///
/// `log` holds what each whole chain gives as last applied, `table` what the store says. A row that nobody owns and no
/// workspace has applied is unmanaged and no difference.
pub fn verify_rows(log: &AppliedTables, table: &AppliedTables, rows: &[StoredRow]) -> Vec<RowFinding> {
    let by_address: BTreeMap<&Address, &StoredRow> = rows.iter().map(|row| (&row.address, row)).collect();
    let mut findings = Vec::new();
    let workspaces: BTreeSet<&WorkspaceName> = log.keys().chain(table.keys()).collect();
    let none = BTreeMap::new();
    for workspace in workspaces {
        let (logged, stored) = (log.get(workspace).unwrap_or(&none), table.get(workspace).unwrap_or(&none));
        compare_tables(workspace, logged, stored, &mut findings);
        for (address, applied) in logged {
            let found = match by_address.get(address) {
                None => Some((RowCode::Missing, "the row is gone, and no entry says why")),
                Some(row) if row.owner.as_ref() != Some(workspace) => {
                    Some((RowCode::Owner, "the row has another owner, and no entry says why"))
                }
                Some(row) if row.digest != applied.digest => {
                    Some((RowCode::Changed, "the row is not as it was last applied, and no entry says why"))
                }
                Some(_) => None,
            };
            findings.extend(found.map(|(code, text)| finding(address, workspace, code, text)));
        }
    }
    for StoredRow { address, owner, digest: _ } in rows {
        if let Some(owner) = owner
            && !log.get(owner).is_some_and(|logged| logged.contains_key(address))
        {
            findings.push(finding(address, owner, RowCode::Unwritten, "no entry of its owner wrote the row"));
        }
    }
    findings.sort();
    findings
}

fn compare_tables(
    workspace: &WorkspaceName,
    logged: &BTreeMap<Address, AppliedRow>,
    stored: &BTreeMap<Address, AppliedRow>,
    findings: &mut Vec<RowFinding>,
) {
    let addresses: BTreeSet<&Address> = logged.keys().chain(stored.keys()).collect();
    for address in addresses {
        let text = match (logged.get(address), stored.get(address)) {
            (Some(logged), Some(stored)) if logged == stored => continue,
            (Some(_), Some(_)) => "what the store says was last applied is not what the log says",
            (Some(_), None) => "the log says what was last applied, and the store says nothing was",
            (None, _) => "the store says that something was last applied, and the log knows nothing of it",
        };
        findings.push(finding(address, workspace, RowCode::AppliedTable, text));
    }
}

fn finding(address: &Address, workspace: &WorkspaceName, code: RowCode, text: &str) -> RowFinding {
    RowFinding { address: address.clone(), workspace: workspace.clone(), code, text: text.to_owned() }
}
