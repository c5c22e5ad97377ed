//! Which resources of a store go into which config repo.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{Address, Document, Registry, WorkspaceName};

use super::open;
use crate::manifest::POLICY;

/// What a store holds: every row with its owner.
pub type Rows = BTreeMap<Address, (Option<WorkspaceName>, Document)>;

/// Resources, and the statements that they need.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chosen<'r> {
    /// The resources that manifests declare.
    pub resources: BTreeMap<&'r Address, &'r Document>,
    /// The policy of the workspace.
    pub policy: Option<&'r Document>,
    /// What they refer to and other workspaces own.
    pub uses: BTreeMap<&'r Address, &'r WorkspaceName>,
    /// Those that nobody owns.
    pub adopt: BTreeSet<&'r Address>,
    /// What was wanted and no manifest can declare: a policy that is not the workspace's own.
    pub left_out: BTreeSet<&'r Address>,
}

/// The addresses that somebody owns, or nobody.
pub fn owned_by(rows: &Rows, owner: Option<&WorkspaceName>) -> BTreeSet<Address> {
    let owned = rows.iter().filter(|(_, (found, _))| found.as_ref() == owner);
    owned.map(|(address, _)| address.clone()).collect()
}

/// Chooses these resources as they are, with nothing around them.
pub fn choose<'r>(rows: &'r Rows, workspace: &WorkspaceName, wanted: &BTreeSet<Address>) -> Chosen<'r> {
    let mut chosen = Chosen::default();
    for address in wanted {
        chosen.take(rows, workspace, address);
    }
    let policy = rows.iter().filter(|(address, _)| address.kind() == POLICY && wanted.contains(*address));
    chosen.left_out = policy.map(|(address, _)| address).collect();
    Chosen { policy: None, ..chosen }
}

/// Chooses these resources and all that the manifests of a workspace have to say to declare them: what others own is used,
/// what nobody owns is taken over, also where a chosen resource refers to it.
pub fn choose_whole<'r>(
    registry: &Registry,
    rows: &'r Rows,
    workspace: &WorkspaceName,
    wanted: &BTreeSet<Address>,
) -> Chosen<'r> {
    let mut chosen = Chosen::default();
    let mut queue: Vec<Address> = wanted.iter().cloned().collect();
    while let Some(address) = queue.pop() {
        let Some((owner, document)) = chosen.take(rows, workspace, &address) else { continue };
        if let (None, Some((address, _))) = (owner, rows.get_key_value(&address)) {
            chosen.adopt.insert(address);
        }
        let references = open(registry, document).map(|(kind, spec, _)| kind.outline(&spec).references);
        for reference in references.unwrap_or_default() {
            match rows.get_key_value(&reference.to) {
                Some((_, (None, _))) => queue.push(reference.to),
                Some((address, (Some(owner), _))) if owner != workspace => {
                    chosen.uses.insert(address, owner);
                }
                _ => {}
            }
        }
    }
    chosen
}

impl<'r> Chosen<'r> {
    /// Takes a row; gives it where a manifest declares it and it was not taken before.
    fn take(
        &mut self,
        rows: &'r Rows,
        workspace: &WorkspaceName,
        address: &Address,
    ) -> Option<(Option<&'r WorkspaceName>, &'r Document)> {
        let (address, (owner, document)) = rows.get_key_value(address)?;
        if address.kind() != POLICY {
            let new = self.resources.insert(address, document).is_none();
            return new.then_some((owner.as_ref(), document));
        }
        if address.name() == workspace.as_str() && owner.as_ref() == Some(workspace) {
            self.policy = Some(document);
        } else {
            self.left_out.insert(address);
        }
        None
    }
}
