//! Generated worlds: a store in memory and several config repos that disagree with it in known ways.
//!
//! A world is made by performing [`Edit`]s, each a few small numbers that are taken modulo what is there, so that any
//! list of them is legal and a failing one shrinks by leaving edits out. An edit never makes a world that deskform
//! should refuse; what is refused is tested case by case.

mod edit;
mod item;
mod model;
mod workspace;

pub use edit::{Edit, Tool, edits, history};
pub use item::{Item, Theme};
pub use model::{AppliedDocument, Model, ModelRow, ModelWorkspace};
pub use workspace::{Spelling, Workspace, desired_resource};

use std::collections::BTreeMap;

use deskform_model::{Address, Desired, HintKind, Live, Registry, Wanted};

/// Several config repos and the store that they share.
#[derive(Debug, Clone)]
pub struct World {
    /// Which kinds it is made of.
    pub theme: Theme,
    /// The store.
    pub store: Model,
    /// The config repos; the first one owns the head.
    pub workspaces: Vec<Workspace>,
    /// What nobody owns, as it would be declared.
    pub unmanaged: BTreeMap<Address, Item>,
}

impl World {
    /// A world without a store, of one to three config repos; the first declares the head and nothing else.
    pub fn new(theme: Theme, workspaces: usize) -> Self {
        let names = ["alpha", "beta", "gamma"].iter().take(workspaces);
        let mut workspaces: Vec<Workspace> = names.map(|name| Workspace::new(name)).collect();
        let head = Item { head: true, slot: Some(0), ..Item::default() };
        workspaces[0].items.insert(theme.address(true, "a0"), head);
        Self { theme, store: Model::default(), workspaces, unmanaged: BTreeMap::new() }
    }

    /// What a workspace declares, spelled as told.
    pub fn desired(&self, registry: &Registry, workspace: usize, spelling: Spelling) -> Desired {
        let own = &self.workspaces[workspace];
        own.desired(registry, self.theme, spelling, |address| self.declarer(address))
    }

    /// What the store shows a workspace that asks for `wanted`.
    pub fn live(
        &self,
        registry: &Registry,
        workspace: usize,
        hashed: bool,
        wanted: impl FnOnce(&Live) -> Wanted,
    ) -> Live {
        self.store.live(registry, &self.workspaces[workspace].name, hashed, wanted)
    }

    /// The workspace that declares an address.
    fn declarer(&self, address: &Address) -> Option<&Workspace> {
        self.workspaces.iter().find(|workspace| workspace.items.contains_key(address))
    }

    /// True if something that the workspace cannot change refers to the address, now or as declared.
    fn held_by_others(&self, workspace: usize, address: &Address) -> bool {
        let own = &self.workspaces[workspace];
        let declared = self.workspaces.iter().enumerate().any(|(index, other)| {
            index != workspace && other.items.values().any(|item| item.targets().contains(address))
        });
        declared || self.store.referrers(address).iter().any(|from| self.stays(own, from))
    }

    /// True if the live row is nothing that the workspace will have changed after its next run.
    fn stays(&self, workspace: &Workspace, address: &Address) -> bool {
        let owned = self.store.rows.get(address).is_some_and(|row| row.owner.as_ref() == Some(&workspace.name));
        !owned || workspace.hints.contains(&HintKind::Forget(address.clone()))
    }

    /// True if a hint of any workspace names the address.
    fn hinted(&self, address: &Address) -> bool {
        self.workspaces.iter().flat_map(|workspace| &workspace.hints).any(|hint| match hint {
            HintKind::Moved { from, via, to } => from == address || to == address || via.contains(address),
            HintKind::Adopt(named) | HintKind::Forget(named) => named == address,
        })
    }
}
