//! A resource of a generated world: small numbers for its fields, addresses for its references.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{Address, KindName, ResourceName};
use serde_json::{Map, Value, json};

/// Which kinds a world is made of: each has a kind with references (a hub) and one that is pointed at (a target).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// `node` and `leaf`.
    Small,
    /// `brand` and `business_hours`, with a policy for every workspace.
    Real,
}

impl Theme {
    /// The kind with references.
    pub fn hub(self) -> &'static str {
        match self {
            Self::Small => "node",
            Self::Real => "brand",
        }
    }

    /// The kind that is pointed at.
    pub fn target(self) -> &'static str {
        match self {
            Self::Small => "leaf",
            Self::Real => "business_hours",
        }
    }

    /// The scope of the hub's unique value.
    pub fn slot_scope(self) -> &'static str {
        match self {
            Self::Small => "node.slot",
            Self::Real => "brand.subdomain",
        }
    }

    /// The scope of which exactly one hub holds the value `true`.
    pub fn head_scope(self) -> &'static str {
        match self {
            Self::Small => "node.head",
            Self::Real => "brand.default",
        }
    }

    /// The field of the hub that names a target, and the one that names it for people.
    pub fn fields(self) -> (&'static str, &'static str) {
        match self {
            Self::Small => ("leaf", "title"),
            Self::Real => ("business_hours", "display_name"),
        }
    }

    /// The address of a kind of this theme.
    pub fn address(self, hub: bool, name: &str) -> Address {
        let kind = KindName::new(if hub { self.hub() } else { self.target() }).expect("a constant that is legal");
        Address::new(&kind, &ResourceName::new(name).expect("worlds make legal names"))
    }
}

/// The content of a resource. A kind takes the fields that it has and leaves the others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item {
    /// What it is called.
    pub title: u8,
    /// An optional field.
    pub note: Option<u8>,
    /// A value that only one resource of the store holds.
    pub slot: Option<u8>,
    /// A value that exactly one resource of the kind holds.
    pub head: bool,
    /// A field that cannot change in place.
    pub region: Option<u8>,
    /// The rotation of a secret.
    pub key: Option<u8>,
    /// A set of words.
    pub tags: BTreeSet<u8>,
    /// A list of words.
    pub stages: Vec<u8>,
    /// A keyed list with references.
    pub contacts: BTreeMap<u8, Option<Address>>,
    /// A table with references.
    pub bindings: BTreeMap<u8, Address>,
    /// A reference to another hub.
    pub next: Option<Address>,
    /// A set of references to hubs.
    pub peers: BTreeSet<Address>,
    /// A reference to a target.
    pub leaf: Option<Address>,
    /// `lifecycle.protected`.
    pub protected: bool,
}

impl Item {
    /// Everything that it refers to.
    pub fn targets(&self) -> BTreeSet<Address> {
        let contacts = self.contacts.values().flatten();
        let named = self.next.iter().chain(&self.leaf).chain(&self.peers);
        named.chain(self.bindings.values()).chain(contacts).cloned().collect()
    }

    /// Lets every reference to `from` be one to `to`.
    pub fn retarget(&mut self, from: &Address, to: &Address) {
        let swap = |address: &mut Address| {
            if address == from {
                *address = to.clone();
            }
        };
        self.next.iter_mut().chain(&mut self.leaf).for_each(swap);
        self.contacts.values_mut().flatten().for_each(swap);
        self.bindings.values_mut().for_each(swap);
        if self.peers.remove(from) {
            self.peers.insert(to.clone());
        }
    }

    /// Drops every reference to an address that `gone` is true for.
    pub fn forget_targets(&mut self, gone: impl Fn(&Address) -> bool) {
        self.next.take_if(|address| gone(address));
        self.leaf.take_if(|address| gone(address));
        self.peers.retain(|address| !gone(address));
        self.bindings.retain(|_, address| !gone(address));
        for contact in self.contacts.values_mut() {
            contact.take_if(|address| gone(address));
        }
    }

    /// The table as a person would write it; `turned` writes what has no order the other way round.
    pub fn table(&self, kind: &str, turned: bool) -> Value {
        match kind {
            "node" => self.node(turned),
            "leaf" => self.leaf(),
            "brand" => self.brand(turned),
            _ => self.business_hours(turned),
        }
    }

    fn node(&self, turned: bool) -> Value {
        let Self {
            title,
            note,
            slot,
            head,
            region,
            key,
            tags,
            stages,
            contacts,
            bindings,
            next,
            peers,
            leaf,
            protected,
        } = self;
        let mut table = Map::new();
        table.insert("title".to_owned(), word("title", *title));
        put(&mut table, "note", note.map(|n| word("note", n)));
        let slot = slot.map(|n| if turned { format!("SLOT-{n}") } else { format!("slot-{n}") });
        put(&mut table, "slot", slot.map(Value::from));
        put(&mut table, "head", (*head || turned).then(|| json!(*head)));
        put(&mut table, "region", region.map(|n| word("region", n)));
        put(&mut table, "key", key.map(|n| json!({ "env": "NODE_KEY", "version": u32::from(n) + 1 })));
        put(&mut table, "next", next.as_ref().map(name));
        put(&mut table, "leaf", leaf.as_ref().map(name));
        put(&mut table, "peers", some_list(peers.iter().map(name), turned));
        put(&mut table, "tags", some_list(tags.iter().map(|n| word("tag", *n)), turned));
        put(&mut table, "stages", some_list(stages.iter().map(|n| word("stage", *n)), false));
        let contact = |(n, leaf): (&u8, &Option<Address>)| {
            let mut contact = json!({ "name": word("contact", *n) });
            if let Some(leaf) = leaf {
                contact["leaf"] = name(leaf);
            }
            contact
        };
        put(&mut table, "contacts", some_list(contacts.iter().map(contact), turned));
        let bindings: Map<_, _> = bindings.iter().map(|(n, leaf)| (format!("key {n}"), name(leaf))).collect();
        put(&mut table, "bindings", (!bindings.is_empty()).then_some(Value::Object(bindings)));
        let _ = protected; // stands in `lifecycle`, which is no kind's own table
        Value::Object(table)
    }

    fn leaf(&self) -> Value {
        let mut table = Map::from_iter([("label".to_owned(), word("label", self.title))]);
        put(&mut table, "colour", self.note.map(|n| word("colour", n)));
        Value::Object(table)
    }

    fn brand(&self, turned: bool) -> Value {
        let mut table = Map::from_iter([("display_name".to_owned(), word("ブランド", self.title))]);
        table.insert("audience".to_owned(), json!("external"));
        table.insert("subdomain".to_owned(), json!(format!("slot-{}", self.slot.unwrap_or(0))));
        put(&mut table, "default", (self.head || turned).then(|| json!(self.head)));
        put(&mut table, "business_hours", self.leaf.as_ref().map(name));
        Value::Object(table)
    }

    fn business_hours(&self, turned: bool) -> Value {
        let zone = ["Asia/Tokyo", "Europe/Paris", "America/New_York", "UTC"][usize::from(self.title % 4)];
        let opens = format!("{:02}:00-12:00", 8 + self.note.unwrap_or(0) % 3);
        let week = if turned {
            json!({ "mon": [opens, "12:00-17:00"], "tue-fri": [opens, "12:00-17:00"], "sat": [], "sun": [] })
        } else {
            json!({ "mon-fri": ["12:00-17:00", opens], "sat-sun": [] })
        };
        json!({ "time_zone": zone, "weekly": week })
    }
}

fn word(word: &str, number: u8) -> Value {
    Value::String(format!("{word} {number}"))
}

fn name(address: &Address) -> Value {
    Value::String(address.name().to_owned())
}

fn put(table: &mut Map<String, Value>, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        table.insert(key.to_owned(), value);
    }
}

fn some_list(items: impl Iterator<Item = Value>, turned: bool) -> Option<Value> {
    let mut items: Vec<Value> = items.collect();
    if turned {
        items.reverse();
    }
    (!items.is_empty()).then_some(Value::Array(items))
}
