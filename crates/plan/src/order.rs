//! The order of the changes: what must be before what, what is only valid together, and the steps that follow.
//!
//! ```text
//! moves ─▶ adopt ─▶ create / update / replace ─▶ delete, forget
//!            a reference's target before what points at it; what pointed at it before its delete;
//!            who lets a unique value go before who takes it; the holder of what one must hold first and last
//! ```

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{Action, Address, Change, ChangeRef, Step, StepReason};
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::changes::Changes;
use crate::exclusive::Handovers;

/// Why one change comes before another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    Reference,
    Value(String),
    HandOver(String),
    Holder,
}

/// In which order changes are carried out, and which of them as one; changes by their place.
pub(crate) struct Order {
    steps: Vec<Together>,
}

struct Together {
    /// Each with what it waits for.
    members: Vec<(usize, Vec<ChangeRef>)>,
    reason: Option<StepReason>,
}

impl Order {
    /// Orders the changes.
    pub(crate) fn of(changes: &Changes, handovers: &Handovers) -> Self {
        let edges = Edges::work_out(changes, handovers);
        let groups = edges.groups(changes.nodes.len());
        let order = edges.ordered(changes, &groups);
        let predecessors = edges.predecessors(changes.nodes.len());
        let references: Vec<ChangeRef> = changes.nodes.iter().map(|node| reference(&node.change)).collect();
        let together = |group: usize| {
            let mut members = groups[group].clone();
            members.sort_by(|a, b| references[*a].cmp(&references[*b]));
            let waits_for = |index: usize| waits_for(&predecessors[index], &groups[group], &references);
            Together {
                members: members.into_iter().map(|index| (index, waits_for(index))).collect(),
                reason: edges.reason(&groups[group], &references),
            }
        };
        Self { steps: order.into_iter().map(together).collect() }
    }

    /// The steps that the changes make in this order.
    pub(crate) fn steps(self, changes: Changes) -> Vec<Step> {
        let mut changes: Vec<Option<Change>> = changes.nodes.into_iter().map(|node| Some(node.change)).collect();
        let step = |Together { members, reason }| {
            let members = members.into_iter().filter_map(|(index, waits_for)| {
                let change = changes[index].take()?;
                Some(Change { waits_for, ..change })
            });
            Step { changes: members.collect(), reason }
        };
        self.steps.into_iter().map(step).collect()
    }
}

fn reference(change: &Change) -> ChangeRef {
    ChangeRef { address: change.address.clone(), action: change.action }
}

/// What must be before what; nodes by their place among the changes.
struct Edges {
    /// `(first, second)` and why.
    all: BTreeMap<(usize, usize), Why>,
}

impl Edges {
    fn work_out(changes: &Changes, handovers: &Handovers) -> Self {
        let mut edges = Self { all: BTreeMap::new() };
        edges.same_resource(changes);
        edges.references(changes);
        edges.values(changes);
        for (first, second) in &handovers.before {
            edges.add(*first, *second, Why::Holder);
        }
        for (releaser, taker, scope) in &handovers.together {
            edges.all.insert((*releaser, *taker), Why::HandOver(scope.clone()));
            edges.all.insert((*taker, *releaser), Why::Holder);
        }
        edges
    }

    fn add(&mut self, first: usize, second: usize, why: Why) {
        if first != second {
            self.all.entry((first, second)).or_insert(why);
        }
    }

    /// A move or an adoption comes before what else changes the resource, or a resource whose text it rewrites.
    fn same_resource(&mut self, changes: &Changes) {
        let mut first: BTreeMap<&Address, Vec<usize>> = BTreeMap::new();
        for index in changes.of(Action::Move).chain(changes.of(Action::Adopt)) {
            let change = &changes.nodes[index].change;
            first.entry(&change.address).or_default().push(index);
            for follow in &change.follows {
                first.entry(&follow.address).or_default().push(index);
            }
        }
        for (index, node) in changes.nodes.iter().enumerate() {
            if matches!(node.change.action, Action::Move | Action::Adopt) {
                continue;
            }
            for earlier in first.get(&node.change.address).into_iter().flatten() {
                self.add(*earlier, index, Why::Reference);
            }
        }
    }

    fn references(&mut self, changes: &Changes) {
        let appears: BTreeMap<&Address, usize> = changes
            .of(Action::Create)
            .chain(changes.of(Action::Adopt))
            .chain(changes.of(Action::Move))
            .map(|index| (&changes.nodes[index].change.address, index))
            .collect();
        let goes: BTreeMap<&Address, usize> = changes
            .of(Action::Delete)
            .chain(changes.of(Action::Forget))
            .map(|index| (&changes.nodes[index].change.address, index))
            .collect();
        for (index, node) in changes.nodes.iter().enumerate() {
            if matches!(node.change.action, Action::Move | Action::Adopt) {
                continue;
            }
            for reference in &node.after.references {
                if let Some(target) = appears.get(&reference.to) {
                    self.add(*target, index, Why::Reference);
                }
            }
            for reference in &node.before.references {
                if let Some(target) = goes.get(&reference.to) {
                    self.add(index, *target, Why::Reference);
                }
            }
        }
    }

    fn values(&mut self, changes: &Changes) {
        let released = changes.released();
        for (index, node) in changes.nodes.iter().enumerate() {
            for value in node.taken() {
                for releaser in released.get(&(value.scope.as_str(), value.value.as_str())).into_iter().flatten() {
                    self.add(*releaser, index, Why::Value(value.scope.clone()));
                }
            }
        }
    }

    /// Changes that are only valid together: the strongly connected components.
    fn groups(&self, count: usize) -> Vec<Vec<usize>> {
        let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(count, self.all.len());
        for _ in 0..count {
            graph.add_node(());
        }
        for (first, second) in self.all.keys() {
            graph.add_edge(NodeIndex::new(*first), NodeIndex::new(*second), ());
        }
        tarjan_scc(&graph).into_iter().map(|group| group.into_iter().map(NodeIndex::index).collect()).collect()
    }

    /// A walk with a sorted frontier: equal input gives equal order. Moves (which wait for nothing, so that they come in
    /// the order in which they were carried out), then what is written, then what goes; by address within.
    fn ordered(&self, changes: &Changes, groups: &[Vec<usize>]) -> Vec<usize> {
        let mut group_of = vec![0; changes.nodes.len()];
        for (group, members) in groups.iter().enumerate() {
            members.iter().for_each(|member| group_of[*member] = group);
        }
        let mut waiting = vec![0_usize; groups.len()];
        let mut then: Vec<Vec<usize>> = vec![Vec::new(); groups.len()];
        let between: BTreeSet<(usize, usize)> = self
            .all
            .keys()
            .map(|(first, second)| (group_of[*first], group_of[*second]))
            .filter(|(first, second)| first != second)
            .collect();
        for (first, second) in between {
            waiting[second] += 1;
            then[first].push(second);
        }
        let rank = |group: usize| {
            let keys = groups[group].iter().map(|index| {
                let change = &changes.nodes[*index].change;
                let class = match change.action {
                    Action::Move => 0,
                    Action::Delete | Action::Forget => 2,
                    _ => 1,
                };
                (class, &change.address, change.action)
            });
            keys.min()
        };
        let mut frontier: BTreeSet<_> =
            (0..groups.len()).filter(|group| waiting[*group] == 0).map(|group| (rank(group), group)).collect();
        let mut order = Vec::with_capacity(groups.len());
        while let Some((_, group)) = frontier.pop_first() {
            order.push(group);
            for next in &then[group] {
                waiting[*next] -= 1;
                if waiting[*next] == 0 {
                    frontier.insert((rank(*next), *next));
                }
            }
        }
        order
    }

    fn reason(&self, group: &[usize], references: &[ChangeRef]) -> Option<StepReason> {
        if group.len() < 2 {
            return None;
        }
        let members: BTreeSet<usize> = group.iter().copied().collect();
        let inside =
            || self.all.iter().filter(|((first, second), _)| members.contains(first) && members.contains(second));
        let mut scopes: BTreeSet<&String> = BTreeSet::new();
        for (_, why) in inside() {
            if let Why::Value(scope) = why {
                scopes.insert(scope);
            }
        }
        let handed = inside().find_map(|(pair, why)| match why {
            Why::HandOver(scope) => Some((pair, scope)),
            _ => None,
        });
        Some(match handed {
            Some(((first, second), scope)) => StepReason::HandOver {
                scope: scope.clone(),
                from: references[*first].address.clone(),
                to: references[*second].address.clone(),
            },
            None if scopes.is_empty() => StepReason::Circle,
            None => StepReason::Exchange { scopes: scopes.into_iter().cloned().collect() },
        })
    }

    /// For each change, the changes that must be before it.
    fn predecessors(&self, count: usize) -> Vec<Vec<usize>> {
        let mut out = vec![Vec::new(); count];
        for (first, second) in self.all.keys() {
            out[*second].push(*first);
        }
        out
    }
}

fn waits_for(predecessors: &[usize], group: &[usize], references: &[ChangeRef]) -> Vec<ChangeRef> {
    let earlier = predecessors.iter().filter(|first| !group.contains(first));
    let mut out: Vec<ChangeRef> = earlier.map(|first| references[*first].clone()).collect();
    out.sort();
    out
}
