//! Guards over several kinds: what has to be left after a plan, stated by whoever knows the kinds.
//!
//! A safeguard is a pure function over a [`World`]: the resources of its kinds before and after. The planner builds the
//! world and knows no kind; over an empty `before` the same function judges the manifests alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{Address, Code, Document, Refusal, Registry};

/// What no plan may take away.
pub trait Safeguard: Send + Sync {
    /// The kinds whose resources it looks at. A plan that changes none of them is not judged.
    fn kinds(&self) -> &'static [&'static str];

    /// Judges what is there before and after. Over an empty `before`, what it finds must hold for the manifests alone,
    /// whatever a store holds.
    fn judge(&self, world: &World<'_>) -> Verdict;

    /// Puts a refusal into words; `None` for one that is not its own.
    fn words(&self, refusal: &Refusal) -> Option<RefusalWords>;
}

/// What a safeguard finds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verdict {
    /// Why the plan may not be applied.
    pub breaches: Vec<Breach>,
    /// Resources without which there would be a breach. The plan is stale once one of them is not as it was judged.
    pub rests_on: BTreeSet<Address>,
}

/// Something that would be lost.
#[derive(Debug, Clone, PartialEq)]
pub struct Breach {
    /// The rule.
    pub code: Code,
    /// What it is about; the first one is named first.
    pub addresses: Vec<Address>,
    /// Figures and names for the message.
    pub args: BTreeMap<String, Value>,
}

impl From<Breach> for Refusal {
    fn from(breach: Breach) -> Self {
        let Breach { code, addresses, args } = breach;
        Self { code: code.0.to_owned(), addresses, args, lifted_by_deletes: None }
    }
}

/// A refusal in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalWords {
    /// What is refused, a lower-case fragment.
    pub message: String,
    /// The same in a few words, to stand under a place in a manifest.
    pub label: String,
    /// How to go on, a whole imperative sentence.
    pub hint: String,
}

/// The resources of some kinds, before and after a plan. Moves are carried out on both sides, so that a resource has one
/// address.
pub struct World<'w> {
    /// What there is before.
    pub before: Side<'w>,
    /// What there would be after.
    pub after: Side<'w>,
}

impl World<'_> {
    /// The resources of a kind that are there before and are not the same after, by address.
    pub fn changed(&self, kind: &str) -> impl Iterator<Item = Member<'_>> {
        let members = self.before.members.iter().filter(move |(address, _)| address.kind() == kind);
        let changed = members.filter(|(address, (_, document))| !self.after.holds(address, document));
        changed.filter_map(|(address, (standing, document))| self.before.member(address, *standing, document))
    }
}

/// How a resource stands to the plan. In the order in which it is better to rest on one: what a plan writes itself needs no
/// further fact of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The workspace's, and changed by the plan.
    Written,
    /// The workspace's, and not changed.
    Kept,
    /// Another workspace's, or nobody's.
    Foreign,
}

/// One side of a [`World`]. Documents are opened when they are asked for; those that cannot be read say nothing.
pub struct Side<'w> {
    registry: &'w Registry,
    members: BTreeMap<&'w Address, (Standing, &'w Document)>,
}

/// A resource of a [`Side`].
#[derive(Debug, Clone, PartialEq)]
pub struct Member<'s> {
    /// Its address.
    pub address: &'s Address,
    /// How it stands to the plan.
    pub standing: Standing,
    /// Its spec in its kind's latest format.
    pub spec: Value,
}

impl Member<'_> {
    /// True if the workspace that plans owns it.
    pub fn is_ours(&self) -> bool {
        self.standing != Standing::Foreign
    }
}

impl<'w> Side<'w> {
    /// A side of these resources.
    pub fn new(
        registry: &'w Registry,
        members: impl IntoIterator<Item = (&'w Address, Standing, &'w Document)>,
    ) -> Self {
        let members = members.into_iter().map(|(address, standing, document)| (address, (standing, document)));
        Self { registry, members: members.collect() }
    }

    /// The resources of a kind, by standing and address: the first one found is the best to rest on.
    pub fn of(&self, kind: &str) -> impl Iterator<Item = Member<'_>> {
        let mut found: Vec<_> = self.members.iter().filter(|(address, _)| address.kind() == kind).collect();
        found.sort_by_key(|(_, (standing, _))| *standing);
        found.into_iter().filter_map(|(address, (standing, document))| self.member(address, *standing, document))
    }

    /// The resource of an address.
    pub fn get(&self, address: &Address) -> Option<Member<'_>> {
        let (address, (standing, document)) = self.members.get_key_value::<Address>(address)?;
        self.member(address, *standing, document)
    }

    fn holds(&self, address: &Address, document: &Document) -> bool {
        let held = self.members.get::<Address>(address);
        held.is_some_and(|(_, held)| std::ptr::eq(*held, document) || *held == document)
    }

    fn member<'s>(&'s self, address: &'s Address, standing: Standing, document: &Document) -> Option<Member<'s>> {
        let (spec, _) = self.registry.open(document).ok()?;
        Some(Member { address, standing, spec })
    }
}

/// At most so many names stand in a message.
const MOST_NAMES: usize = 10;

/// Names for a message: `` `a`, `b` and 3 more ``.
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let mut text = names.iter().take(MOST_NAMES).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if names.len() > MOST_NAMES {
        text.push_str(&format!(" and {} more", names.len() - MOST_NAMES));
    }
    text
}
