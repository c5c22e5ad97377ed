//! What people do to config repos and, by hand, to the store.

use std::collections::BTreeSet;
use std::ops::Range;

use deskform_model::{Address, Document, HintKind, Lifecycle, Registry, Source, Span};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::workspace::{add_move, desired_resource};
use super::{Item, ModelRow, Theme, World};

/// One edit: what is done, and three numbers that say to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edit {
    /// What is done.
    pub tool: Tool,
    /// In which workspace.
    pub who: u8,
    /// To which resource.
    pub what: u8,
    /// To which value.
    pub how: u8,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// Declares a resource with references.
    AddHub,
    /// Declares a resource to point at.
    AddTarget,
    /// Changes the name for people.
    Title,
    /// Changes an optional field, which for a `leaf` changes the format.
    Note,
    /// Changes a field that only a replacement changes.
    Region,
    /// Rotates a secret.
    Key,
    /// Changes a set of words.
    Tag,
    /// Changes a list of words.
    Stage,
    /// Changes a keyed list with references.
    Contact,
    /// Changes a table with references.
    Binding,
    /// Points at another hub.
    Next,
    /// Changes a set of references.
    Peer,
    /// Points at a target.
    Leaf,
    /// Takes a unique value that nobody wants.
    Slot,
    /// Lets two or three resources exchange their unique values.
    SwapSlots,
    /// Lets another resource hold what exactly one must hold.
    HandOver,
    /// Gives a resource another address.
    Rename,
    /// Takes a resource away, with all references to it.
    Delete,
    /// Leaves a resource to itself.
    Forget,
    /// Takes over a resource that nobody owns.
    Adopt,
    /// Turns protection on or off.
    Protect,
    /// Takes away the hints that are done.
    Tidy,
    /// In the store: changes a text.
    HandText,
    /// In the store: changes a unique value.
    HandSlot,
    /// In the store: changes a reference.
    HandLink,
    /// In the store: takes a row away.
    HandDelete,
    /// In the store: puts in a row that nobody owns.
    HandInsert,
    /// In the store: puts in a row that a workspace owns but does not declare.
    HandOwn,
    /// In the store: does what is declared but not yet applied.
    HandDesired,
}

const TOOLS: [(u32, Tool); 29] = [
    (6, Tool::AddHub),
    (4, Tool::AddTarget),
    (2, Tool::Title),
    (2, Tool::Note),
    (2, Tool::Region),
    (1, Tool::Key),
    (1, Tool::Tag),
    (1, Tool::Stage),
    (2, Tool::Contact),
    (2, Tool::Binding),
    (4, Tool::Next),
    (2, Tool::Peer),
    (4, Tool::Leaf),
    (1, Tool::Slot),
    (3, Tool::SwapSlots),
    (3, Tool::HandOver),
    (4, Tool::Rename),
    (5, Tool::Delete),
    (2, Tool::Forget),
    (2, Tool::Adopt),
    (1, Tool::Protect),
    (1, Tool::Tidy),
    (2, Tool::HandText),
    (1, Tool::HandSlot),
    (2, Tool::HandLink),
    (2, Tool::HandDelete),
    (1, Tool::HandInsert),
    (1, Tool::HandOwn),
    (2, Tool::HandDesired),
];

/// Any edits, so many of them.
pub fn edits(count: Range<usize>) -> impl Strategy<Value = Vec<Edit>> {
    let tools = TOOLS.map(|(weight, tool)| (weight, Just(tool)));
    let tool = proptest::strategy::Union::new_weighted(tools.to_vec());
    let edit = (tool, any::<u8>(), any::<u8>(), any::<u8>());
    proptest::collection::vec(edit.prop_map(|(tool, who, what, how)| Edit { tool, who, what, how }), count)
}

/// Any edits in rounds; between two rounds the workspaces apply.
pub fn history(rounds: Range<usize>, count: Range<usize>) -> impl Strategy<Value = Vec<Vec<Edit>>> {
    proptest::collection::vec(edits(count), rounds)
}

/// How many unique values edits choose from; rows put in by hand have values above.
const SLOTS: u8 = 60;

impl World {
    /// Performs an edit; false if there is nothing that it could be done to.
    pub fn perform(&mut self, registry: &Registry, edit: Edit) -> bool {
        let Edit { tool, who, what, how } = edit;
        let who = usize::from(who) % self.workspaces.len();
        self.attempt(registry, tool, who, what, how).is_some()
    }

    fn attempt(&mut self, registry: &Registry, tool: Tool, who: usize, what: u8, how: u8) -> Option<()> {
        match tool {
            Tool::AddHub => self.add(registry, who, true, what, how),
            Tool::AddTarget => self.add(registry, who, false, what, how),
            Tool::Title => self.pick(who, what).map(|item| item.title = how % 8),
            Tool::Note => self.pick(who, what).map(|item| item.note = (!how.is_multiple_of(3)).then_some(how % 4)),
            Tool::Region => self.region(registry, who, what, how),
            Tool::Key => self.pick(who, what).map(|item| item.key = (!how.is_multiple_of(4)).then_some(how % 4)),
            Tool::Tag => self.pick(who, what).map(|item| toggle(&mut item.tags, how % 6)),
            Tool::Stage => self.pick(who, what).map(|item| stage(&mut item.stages, how)),
            Tool::Contact | Tool::Binding | Tool::Next | Tool::Peer | Tool::Leaf => self.link(tool, who, what, how),
            Tool::Slot => self.take_slot(who, what, how),
            Tool::SwapSlots => self.swap_slots(who, what, how),
            Tool::HandOver => self.hand_over(what),
            Tool::Rename => self.rename(who, what, how),
            Tool::Delete => self.delete(registry, who, what),
            Tool::Forget => self.forget(registry, who, what),
            Tool::Adopt => self.adopt(who, what, how),
            Tool::Protect => self.pick(who, what).map(|item| item.protected = !item.protected),
            Tool::Tidy => self.tidy(who),
            Tool::HandText => self.hand_text(what, how),
            Tool::HandSlot => self.hand_slot(registry, what, how),
            Tool::HandLink => self.hand_link(registry, what, how),
            Tool::HandDelete => self.hand_delete(what),
            Tool::HandInsert => self.hand_insert(registry, None, what, how),
            Tool::HandOwn => self.hand_insert(registry, Some(who), what, how),
            Tool::HandDesired => self.hand_desired(registry, who, what),
        }
    }

    // Config repos.

    fn add(&mut self, registry: &Registry, who: usize, hub: bool, what: u8, how: u8) -> Option<()> {
        let address = (0..16).map(|n| self.name(who, hub, what.wrapping_add(n))).find(|a| self.may_declare(who, a))?;
        if self.guarded(registry, who, &address) {
            return None;
        }
        let mut item = Item { title: how % 8, ..Item::default() };
        if hub {
            item.slot =
                (how.is_multiple_of(2) || self.theme == Theme::Real).then(|| self.free_slot(who, how)).flatten();
            item.leaf = self.candidates(who, false, &address).get(usize::from(how) % 5).cloned();
            if self.theme == Theme::Small {
                item.next = self.candidates(who, true, &address).get(usize::from(how) % 7).cloned();
                item.region = how.is_multiple_of(3).then_some(0);
            }
        }
        self.workspaces[who].items.insert(address, item);
        Some(())
    }

    fn region(&mut self, registry: &Registry, who: usize, what: u8, how: u8) -> Option<()> {
        let address = self.picked(who, what)?;
        if self.guarded(registry, who, &self.living(who, &address)) {
            return None;
        }
        self.workspaces[who].items.get_mut(&address)?.region = (!how.is_multiple_of(4)).then_some(how % 4);
        Some(())
    }

    fn link(&mut self, tool: Tool, who: usize, what: u8, how: u8) -> Option<()> {
        if self.theme == Theme::Real && tool != Tool::Leaf {
            return None;
        }
        let address = self.pick_kind(who, true, what)?;
        let hub = matches!(tool, Tool::Next | Tool::Peer);
        let candidates = self.candidates(who, hub, &address);
        let target = candidates.get(usize::from(how) % (candidates.len() + 1)).cloned();
        let item = self.workspaces[who].items.get_mut(&address)?;
        match tool {
            Tool::Next => item.next = target,
            Tool::Leaf => item.leaf = target,
            Tool::Peer => toggle(&mut item.peers, target?),
            Tool::Contact => drop(item.contacts.insert(how % 3, target)),
            _ => match target {
                Some(target) => drop(item.bindings.insert(how % 3, target)),
                None => drop(item.bindings.remove(&(how % 3))),
            },
        }
        Some(())
    }

    fn take_slot(&mut self, who: usize, what: u8, how: u8) -> Option<()> {
        let slot = self.free_slot(who, how)?;
        let address = self.pick_kind(who, true, what)?;
        self.workspaces[who].items.get_mut(&address)?.slot = Some(slot);
        Some(())
    }

    /// Two exchange, three pass on, or one takes what the other gives up for a free one.
    fn swap_slots(&mut self, who: usize, what: u8, how: u8) -> Option<()> {
        let free = self.free_slot(who, how);
        let hubs = self.own(who, true);
        let pick = |n: usize| hubs.get((usize::from(what) + n) % hubs.len().max(1)).cloned();
        let chosen: BTreeSet<Address> = (0..2 + usize::from(how % 2)).filter_map(pick).collect();
        let chosen: Vec<Address> = chosen.into_iter().collect();
        if chosen.len() < 2 {
            return None;
        }
        let items = &mut self.workspaces[who].items;
        let mut slots: Vec<Option<u8>> = chosen.iter().map(|address| items[address].slot).collect();
        slots.rotate_left(1);
        if how.is_multiple_of(5) {
            slots[0] = free.or(slots[0]);
        }
        for (address, slot) in chosen.iter().zip(slots) {
            items.get_mut(address)?.slot = slot;
        }
        Some(())
    }

    /// The head is always one of the first workspace's.
    fn hand_over(&mut self, what: u8) -> Option<()> {
        let to = self.pick_kind(0, true, what)?;
        let items = &mut self.workspaces[0].items;
        items.values_mut().for_each(|item| item.head = false);
        items.get_mut(&to)?.head = true;
        Some(())
    }

    fn rename(&mut self, who: usize, what: u8, how: u8) -> Option<()> {
        let from = self.picked(who, what)?;
        let hub = from.kind() == self.theme.hub();
        let to = (0..16).map(|n| self.name(who, hub, how.wrapping_add(n))).find(|to| self.unheard_of(to))?;
        let living = self.living(who, &from);
        if self.held_by_others(who, &from) || self.held_by_others(who, &living) {
            return None;
        }
        let lives = self.store.rows.contains_key(&living);
        if lives && !self.owns(who, &living) {
            return None; // still to be adopted
        }
        let workspace = &mut self.workspaces[who];
        workspace.hints.retain(|hint| *hint != HintKind::Adopt(from.clone()));
        let item = workspace.items.remove(&from)?;
        workspace.items.insert(to.clone(), item);
        workspace.items.values_mut().for_each(|item| item.retarget(&from, &to));
        if lives {
            add_move(&mut workspace.hints, &from, &to);
        } else {
            workspace.hints.retain(|hint| !names(hint, &from));
        }
        Some(())
    }

    fn delete(&mut self, registry: &Registry, who: usize, what: u8) -> Option<()> {
        let address = self.picked(who, what)?;
        let living = self.living(who, &address);
        let foreign = self.store.rows.contains_key(&living) && !self.owns(who, &living);
        if foreign || self.held_by_others(who, &address) || self.held_by_others(who, &living) {
            return None;
        }
        if self.guarded(registry, who, &living) {
            return None;
        }
        if self.workspaces[who].items[&address].head {
            let heir = self.own(who, true).into_iter().find(|heir| *heir != address)?;
            self.workspaces[who].items.get_mut(&heir)?.head = true;
        }
        self.undeclare(who, &address);
        Some(())
    }

    /// Forgets a resource that is in the store just as it can stay there.
    fn forget(&mut self, registry: &Registry, who: usize, what: u8) -> Option<()> {
        let address = self.picked(who, what)?;
        let item = self.workspaces[who].items[&address].clone();
        let head = self.store.holder(self.theme.head_scope(), "true") == Some(&address);
        let slot = item.slot.is_none_or(|slot| self.slot_holder(slot) == Some(&address));
        let pointed = self.store.references.iter().filter(|(from, _, _)| *from == address).all(|(_, _, to)| {
            !self.owns(who, to) || (self.workspaces[who].items.contains_key(to) && !self.pending_move(who, to))
        });
        let taken = self.workspaces.iter().flat_map(|w| &w.items).any(|(other, item)| {
            *other != address && item.slot.is_some_and(|slot| self.slot_holder(slot) == Some(&address))
        });
        let fit = self.owns(who, &address) && slot && pointed && !head && !item.head && !taken;
        let held = self.held_by_others(who, &address) || self.guarded(registry, who, &address);
        if !fit || held || self.pending_move(who, &address) {
            return None;
        }
        self.undeclare(who, &address);
        self.workspaces[who].hints.push(HintKind::Forget(address.clone()));
        self.unmanaged.insert(address, item);
        Some(())
    }

    fn adopt(&mut self, who: usize, what: u8, how: u8) -> Option<()> {
        let free: Vec<Address> = self.rows(|_, row| row.owner.is_none()).collect();
        let address = free.get(usize::from(what) % free.len().max(1))?.clone();
        if self.declarer(&address).is_some() {
            return None;
        }
        let mut item = self.unmanaged.get(&address)?.clone();
        if how.is_multiple_of(2) {
            item.title = how % 8;
        }
        let hub = |target: &Address| target.kind() == self.theme.hub();
        item.forget_targets(|target| !self.candidates(who, hub(target), &address).contains(target));
        let wanted = |slot| self.workspaces.iter().flat_map(|w| w.items.values()).any(|other| other.slot == Some(slot));
        if item.slot.is_some_and(|slot| wanted(slot) || self.slot_holder(slot).is_some_and(|h| *h != address)) {
            item.slot = Some(self.free_slot(who, how)?);
        }
        for workspace in &mut self.workspaces {
            workspace.hints.retain(|hint| !names(hint, &address));
        }
        self.unmanaged.remove(&address);
        self.workspaces[who].hints.push(HintKind::Adopt(address.clone()));
        self.workspaces[who].items.insert(address, item);
        Some(())
    }

    fn tidy(&mut self, who: usize) -> Option<()> {
        let hints = std::mem::take(&mut self.workspaces[who].hints);
        let (pending, done): (Vec<_>, Vec<_>) = hints.into_iter().partition(|hint| match hint {
            HintKind::Moved { from, via, to } => {
                !self.store.rows.contains_key(to) || std::iter::once(from).chain(via).any(|old| self.owns(who, old))
            }
            HintKind::Adopt(address) => !self.owns(who, address),
            HintKind::Forget(address) => self.owns(who, address),
        });
        self.workspaces[who].hints = pending;
        (!done.is_empty()).then_some(())
    }

    fn undeclare(&mut self, who: usize, address: &Address) {
        let workspace = &mut self.workspaces[who];
        workspace.items.remove(address);
        workspace.items.values_mut().for_each(|item| item.forget_targets(|target| target == address));
        workspace.hints.retain(|hint| !names(hint, address));
    }

    // The store, by hand.

    /// Changes nothing but the text, as a person with a SQL shell would.
    fn hand_text(&mut self, what: u8, how: u8) -> Option<()> {
        let address = self.row(what, |_, _| true)?;
        let field = match address.kind() {
            "leaf" => "label",
            kind if kind == self.theme.hub() => self.theme.fields().1,
            _ => return None,
        };
        let row = self.store.rows.get_mut(&address)?;
        let (mut spec, lifecycle) = row.document.parts()?;
        spec[field] = json!(format!("by hand {}", how % 3));
        let document = rewritten(&row.document, spec, lifecycle)?;
        row.blank |= row.document != document;
        row.document = document;
        Some(())
    }

    fn hand_slot(&mut self, registry: &Registry, what: u8, how: u8) -> Option<()> {
        let address = self.row(what, |address, _| address.kind() == self.theme.hub())?;
        let slot = (0..20).map(|n| 120 + (how % 100).wrapping_add(n)).find(|slot| self.slot_holder(*slot).is_none())?;
        let field = if self.theme == Theme::Small { "slot" } else { "subdomain" };
        self.hand_write(registry, &address, |spec| spec[field] = json!(format!("slot-{slot}")))
    }

    fn hand_link(&mut self, registry: &Registry, what: u8, how: u8) -> Option<()> {
        let hub = self.theme.hub();
        let address =
            self.row(what, |address, row| address.kind() == hub && row.owner.is_some() && !self.hinted(address))?;
        let owner = self.store.rows[&address].owner.clone();
        let target = self.row(how, |target, row| target.kind() == self.theme.target() && row.owner == owner)?;
        let field = self.theme.fields().0;
        self.hand_write(registry, &address, |spec| spec[field] = json!(target.name()))
    }

    fn hand_delete(&mut self, what: u8) -> Option<()> {
        let address = self.row(what, |address, row| {
            let used = self.workspaces.iter().any(|workspace| {
                row.owner.as_ref() != Some(&workspace.name)
                    && workspace.items.values().any(|item| item.targets().contains(address))
            });
            let head = self.store.holder(self.theme.head_scope(), "true") == Some(address);
            let policy = address.kind() == "policy";
            !used && !head && !policy && !self.hinted(address) && self.store.referrers(address).is_empty()
        })?;
        self.store.remove(&address);
        self.unmanaged.remove(&address);
        Some(())
    }

    fn hand_insert(&mut self, registry: &Registry, owner: Option<usize>, what: u8, how: u8) -> Option<()> {
        self.store.lineage.as_ref()?;
        let hub = what.is_multiple_of(2);
        let address = (0..16).map(|n| self.name(owner.unwrap_or(0), hub, what.wrapping_add(n))).find(|address| {
            self.unheard_of(address) && !owner.is_some_and(|who| self.guarded(registry, who, address))
        })?;
        let slot = (0..20).map(|n| 100 + n).find(|slot| self.slot_holder(*slot).is_none() && !self.wanted(*slot));
        let item = Item { title: how % 8, slot: slot.filter(|_| hub), ..Item::default() };
        let document = self.document(registry, &address, &item);
        let name = owner.map(|who| self.workspaces[who].name.clone());
        self.store.write(registry, &address, name, document).ok()?;
        if owner.is_none() {
            self.unmanaged.insert(address, item);
        }
        Some(())
    }

    /// Does by hand what is declared, where nothing stands in the way.
    fn hand_desired(&mut self, registry: &Registry, who: usize, what: u8) -> Option<()> {
        let address = self.picked(who, what)?;
        if !self.owns(who, &address) || self.hinted(&address) {
            return None;
        }
        let item = self.workspaces[who].items[&address].clone();
        let holds_head = self.store.holder(self.theme.head_scope(), "true") == Some(&address);
        let slot_free = item.slot.is_none_or(|slot| self.slot_holder(slot).is_none_or(|holder| *holder == address));
        let targets = item.targets();
        if holds_head != item.head || !slot_free || !targets.iter().all(|target| self.store.rows.contains_key(target)) {
            return None;
        }
        let document = self.document(registry, &address, &item);
        self.overwrite(registry, &address, document)
    }

    /// Changes a row and, as a careful person would, what the store has worked out from it.
    fn hand_write(&mut self, registry: &Registry, address: &Address, change: impl FnOnce(&mut Value)) -> Option<()> {
        let row = self.store.rows.get(address)?.clone();
        let (mut spec, lifecycle) = row.document.parts()?;
        change(&mut spec);
        let document = rewritten(&row.document, spec, lifecycle)?;
        self.overwrite(registry, address, document)
    }

    /// The store's cache of the digest is blank afterwards, unless nothing changed.
    fn overwrite(&mut self, registry: &Registry, address: &Address, document: Document) -> Option<()> {
        let row = self.store.rows.get(address)?.clone();
        let blank = row.blank || row.document != document;
        self.store.write(registry, address, row.owner, document).ok()?;
        self.store.rows.get_mut(address)?.blank = blank;
        Some(())
    }

    // Choices.

    fn name(&self, who: usize, hub: bool, number: u8) -> Address {
        let letter = &self.workspaces[who].name.as_str()[..1];
        self.theme.address(hub, &format!("{letter}{}", number % 16))
    }

    fn own(&self, who: usize, hub: bool) -> Vec<Address> {
        let kind = if hub { self.theme.hub() } else { self.theme.target() };
        self.workspaces[who].items.keys().filter(|address| address.kind() == kind).cloned().collect()
    }

    fn picked(&self, who: usize, what: u8) -> Option<Address> {
        let items = &self.workspaces[who].items;
        items.keys().nth(usize::from(what) % items.len().max(1)).cloned()
    }

    fn pick(&mut self, who: usize, what: u8) -> Option<&mut Item> {
        let address = self.picked(who, what)?;
        self.workspaces[who].items.get_mut(&address)
    }

    fn pick_kind(&self, who: usize, hub: bool, what: u8) -> Option<Address> {
        let own = self.own(who, hub);
        own.get(usize::from(what) % own.len().max(1)).cloned()
    }

    fn rows(&self, fit: impl Fn(&Address, &ModelRow) -> bool) -> impl Iterator<Item = Address> {
        self.store.rows.iter().filter(move |(address, row)| fit(address, row)).map(|(address, _)| address.clone())
    }

    fn row(&self, what: u8, fit: impl Fn(&Address, &ModelRow) -> bool) -> Option<Address> {
        let rows: Vec<Address> = self.rows(fit).collect();
        rows.get(usize::from(what) % rows.len().max(1)).cloned()
    }

    /// What a resource of the workspace may refer to: its own, and what another workspace declares and has applied.
    fn candidates(&self, who: usize, hub: bool, except: &Address) -> Vec<Address> {
        let mut found = self.own(who, hub);
        for other in (0..self.workspaces.len()).filter(|other| *other != who) {
            found.extend(self.own(other, hub).into_iter().filter(|address| self.owns(other, address)));
        }
        found.retain(|address| address != except);
        found
    }

    fn owns(&self, who: usize, address: &Address) -> bool {
        self.store.rows.get(address).is_some_and(|row| row.owner.as_ref() == Some(&self.workspaces[who].name))
    }

    /// Where the resource that is declared at an address stands in the store now.
    fn living(&self, who: usize, address: &Address) -> Address {
        let old = self.workspaces[who].hints.iter().find_map(|hint| match hint {
            HintKind::Moved { from, via, to } if to == address => {
                std::iter::once(from).chain(via).find(|old| self.owns(who, old))
            }
            _ => None,
        });
        old.unwrap_or(address).clone()
    }

    fn pending_move(&self, who: usize, address: &Address) -> bool {
        self.living(who, address) != *address
    }

    fn unheard_of(&self, address: &Address) -> bool {
        self.declarer(address).is_none() && !self.store.rows.contains_key(address) && !self.hinted(address)
    }

    fn may_declare(&self, who: usize, address: &Address) -> bool {
        let lives = self.store.rows.contains_key(address);
        self.declarer(address).is_none() && !self.hinted(address) && (!lives || self.owns(who, address))
    }

    /// True if the live or the last applied document is protected.
    fn guarded(&self, registry: &Registry, who: usize, address: &Address) -> bool {
        let live = self.store.rows.get(address).map(|row| &row.document);
        let own = self.store.workspaces.get(&self.workspaces[who].name);
        let applied = own.and_then(|own| own.applied.get(address)).map(|applied| &applied.document);
        let is_protected = |document: &Document| registry.open(document).is_ok_and(|(_, l)| l.protected);
        live.into_iter().chain(applied).any(is_protected)
    }

    fn slot_holder(&self, slot: u8) -> Option<&Address> {
        self.store.holder(self.theme.slot_scope(), &format!("slot-{slot}"))
    }

    fn wanted(&self, slot: u8) -> bool {
        let declared = self.workspaces.iter().flat_map(|workspace| workspace.items.values());
        declared.chain(self.unmanaged.values()).any(|item| item.slot == Some(slot))
    }

    /// A unique value that nobody declares and that is free, or is released by the workspace's next run.
    fn free_slot(&self, who: usize, how: u8) -> Option<u8> {
        (0..SLOTS).map(|n| (how % SLOTS + n) % SLOTS).find(|slot| {
            !self.wanted(*slot)
                && self.slot_holder(*slot).is_none_or(|holder| !self.stays(&self.workspaces[who], holder))
        })
    }

    fn document(&self, registry: &Registry, address: &Address, item: &Item) -> Document {
        let nowhere = Source { span: Span { file: deskform_model::FileId(1), start: 0, end: 0 }, line: 1 };
        let table = item.table(address.kind(), false);
        desired_resource(registry, address, table, item.protected, nowhere).document
    }
}

fn rewritten(document: &Document, spec: Value, lifecycle: Lifecycle) -> Option<Document> {
    Document::new(document.kind().clone(), document.format(), spec, lifecycle).ok()
}

fn toggle<T: Ord>(set: &mut BTreeSet<T>, value: T) {
    if !set.remove(&value) {
        set.insert(value);
    }
}

fn stage(stages: &mut Vec<u8>, how: u8) {
    match how % 3 {
        0 => stages.push(how % 5),
        1 => stages.reverse(),
        _ => drop(stages.pop()),
    }
}

fn names(hint: &HintKind, address: &Address) -> bool {
    match hint {
        HintKind::Moved { from, via, to } => from == address || to == address || via.contains(address),
        HintKind::Adopt(named) | HintKind::Forget(named) => named == address,
    }
}
