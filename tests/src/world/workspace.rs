//! One config repo of a generated world.

use std::collections::BTreeMap;

use deskform_model::{
    Address, Desired, DesiredResource, Document, Facts, FileId, FileProblem, Guard, Hint, HintKind, Lifecycle,
    Registry, Source, Span, Use, WorkspaceName,
};
use serde_json::{Value, json};

use super::{Item, Theme};

/// One config repo.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// Its name.
    pub name: WorkspaceName,
    /// What it declares.
    pub items: BTreeMap<Address, Item>,
    /// Its hints, pending or done.
    pub hints: Vec<HintKind>,
    /// Its guards: wide open, because what they refuse is tested case by case.
    pub guard: Guard,
}

/// How the same content is written down; nothing of it may reach a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spelling {
    /// Sets, defaults and letters the other way round.
    pub turned: bool,
    /// The file and line that places start from.
    pub offset: u32,
}

impl Workspace {
    /// An empty config repo.
    pub fn new(name: &str) -> Self {
        Self {
            name: WorkspaceName::new(name).expect("worlds make legal names"),
            items: BTreeMap::new(),
            hints: Vec::new(),
            guard: Guard { max_deletes: 10_000, max_deletes_percent: 100, way_in: Vec::new() },
        }
    }

    /// What it declares; `declarer` finds who declares an address that is not its own.
    pub fn desired<'a>(
        &self,
        registry: &Registry,
        theme: Theme,
        spelling: Spelling,
        declarer: impl Fn(&Address) -> Option<&'a Workspace>,
    ) -> Desired {
        let mut resources = BTreeMap::new();
        for (position, (address, item)) in self.items.iter().enumerate() {
            let table = item.table(address.kind(), spelling.turned);
            let source = source(position, spelling);
            resources.insert(address.clone(), desired_resource(registry, address, table, item.protected, source));
        }
        if theme == Theme::Real {
            let address = self.policy();
            let policy = desired_resource(registry, &address, json!({}), false, source(0, spelling));
            resources.insert(address, policy);
        }
        let foreign = self.items.values().flat_map(Item::targets).filter(|target| !self.items.contains_key(target));
        let uses = foreign.filter_map(|address| {
            let workspace = declarer(&address)?.name.clone();
            Some((address, Use { workspace, source: source(0, spelling) }))
        });
        Desired {
            workspace: self.name.clone(),
            label: None,
            retired: false,
            guard: self.guard.clone(),
            resources,
            hints: self.spelled_hints(spelling),
            uses: uses.collect(),
        }
    }

    /// The address of its policy.
    pub fn policy(&self) -> Address {
        Address::parse(&format!("policy.{}", self.name)).expect("a workspace's name is a resource's")
    }

    fn spelled_hints(&self, spelling: Spelling) -> Vec<Hint> {
        let mut hints = self.hints.clone();
        if spelling.turned {
            hints.reverse();
        }
        let placed = |(position, kind)| Hint { kind, source: source(position, spelling) };
        hints.into_iter().enumerate().map(placed).collect()
    }
}

/// Reads a table as the manifest reader would.
pub fn desired_resource(
    registry: &Registry,
    address: &Address,
    table: Value,
    protected: bool,
    source: Source,
) -> DesiredResource {
    let kind = registry.get(address.kind()).expect("worlds are made of registered kinds");
    let facts = Facts { file: &|_| Err(FileProblem::Missing) };
    let reading = kind.read(table.into(), &facts).expect("worlds declare what their kinds accept");
    assert!(reading.problems.is_empty(), "{address}: {:?}", reading.problems);
    let document = Document::of(kind.name().clone(), reading.format, &reading.spec, Lifecycle { protected })
        .expect("a reading has a canonical text");
    let outline = reading.outline.into();
    DesiredResource { digest: document.digest(), document, outline, typed: None, protected, source }
}

fn source(position: usize, spelling: Spelling) -> Source {
    let position = u32::try_from(position).unwrap_or(u32::MAX - 1_000) + spelling.offset;
    let span = Span { file: FileId(1 + position % 7), start: position, end: position + 1 };
    Source { span, line: position + 1 }
}

/// Folds a new move into the hints, as the manifest reader folds chains.
pub(super) fn add_move(hints: &mut Vec<HintKind>, from: &Address, to: &Address) {
    for hint in hints.iter_mut() {
        if let HintKind::Moved { via, to: end, .. } = hint
            && end == from
        {
            via.push(from.clone());
            *end = to.clone();
            return;
        }
    }
    hints.push(HintKind::Moved { from: from.clone(), via: Vec::new(), to: to.clone() });
}
