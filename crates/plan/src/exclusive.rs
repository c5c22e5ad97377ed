//! Roles that one resource of a kind has, such as the default brand: handed over in one step, and where one is needed never
//! lost.

use std::collections::BTreeMap;

use deskform_model::{Action, Address, ExclusiveScope, KindName, Outline, Precondition, Refusal, set_digest};

use crate::changes::{Changes, Context, Node};
use crate::codes::NO_HOLDER;

/// What ordering, guards and preconditions have to know.
#[derive(Debug, Default)]
pub(crate) struct Handovers {
    pub(crate) refusals: Vec<Refusal>,
    pub(crate) sets: Vec<Precondition>,
    /// One step: who releases, who takes, and the scope.
    pub(crate) together: Vec<(usize, usize, String)>,
    /// The first must come before the second.
    pub(crate) before: Vec<(usize, usize)>,
}

/// Looks at every such scope of every kind.
pub(crate) fn handovers(ctx: &Context<'_>, changes: &Changes) -> Handovers {
    let mut out = Handovers::default();
    for kind in ctx.registry.kinds() {
        for scope in kind.exclusive() {
            Scope::new(changes, kind.name(), scope).judge(ctx, &mut out);
        }
    }
    out
}

struct Scope<'a> {
    kind: &'a KindName,
    scope: &'a ExclusiveScope,
    /// The changes of the kind, with their places among all changes; moves and adoptions change no value.
    nodes: Vec<(usize, &'a Node)>,
}

fn holds(outline: &Outline, scope: &str) -> bool {
    outline.unique.iter().any(|value| value.scope == scope)
}

impl<'a> Scope<'a> {
    fn new(changes: &'a Changes, kind: &'a KindName, scope: &'a ExclusiveScope) -> Self {
        let of_kind = |(_, node): &(usize, &Node)| {
            node.change.address.kind() == kind.as_str() && node.change.action != Action::Move
        };
        Self { kind, scope, nodes: changes.nodes.iter().enumerate().filter(of_kind).collect() }
    }

    fn takers(&self) -> impl Iterator<Item = (usize, &'a Node)> {
        self.nodes
            .iter()
            .copied()
            .filter(|(_, n)| !holds(&n.before, self.scope.scope) && holds(&n.after, self.scope.scope))
    }

    fn releasers(&self) -> impl Iterator<Item = (usize, &'a Node)> {
        self.nodes
            .iter()
            .copied()
            .filter(|(_, n)| holds(&n.before, self.scope.scope) && !holds(&n.after, self.scope.scope))
    }

    fn of_action(&self, actions: &'static [Action]) -> impl Iterator<Item = (usize, &'a Node)> {
        self.nodes.iter().copied().filter(move |(_, node)| actions.contains(&node.change.action))
    }

    fn judge(&self, ctx: &Context<'_>, out: &mut Handovers) {
        let joins_or_leaves = &[Action::Create, Action::Adopt, Action::Delete, Action::Forget];
        let touched = self.takers().chain(self.releasers()).chain(self.of_action(joins_or_leaves)).next().is_some();
        if !touched {
            return;
        }
        self.hand_over(out);
        if !self.scope.needed {
            return;
        }
        self.link(ctx, out);
        let ours = ctx.desired.resources.iter().filter(|(address, _)| address.kind() == self.kind.as_str());
        if ours.clone().any(|(_, resource)| holds(&resource.outline, self.scope.scope)) {
            return;
        }
        let stays = |address: &&Address| ctx.pending.forgets.contains(*address);
        let forgotten: Vec<&Address> = self.nodes.iter().map(|(_, n)| &n.change.address).filter(stays).collect();
        let outside = self.outside(ctx);
        let others = ctx.live.others_exist(self.kind, &ctx.desired.workspace);
        let held = !outside.is_empty() || self.holders(ctx).any(|(address, _)| forgotten.contains(&address));
        let anybody = others || !forgotten.is_empty() || ours.clone().next().is_some();
        if anybody && !held {
            out.refusals.push(self.refusal(ours.map(|(address, _)| address)));
        }
        out.sets.push(Precondition::Set {
            scope: self.scope.scope.to_owned(),
            kind: self.kind.clone(),
            digest: set_digest(&outside, others),
        });
    }

    fn hand_over(&self, out: &mut Handovers) {
        for (releaser, _) in self.releasers() {
            for (taker, _) in self.takers() {
                out.together.push((releaser, taker, self.scope.scope.to_owned()));
            }
        }
    }

    /// The holder is there first and goes last.
    fn link(&self, ctx: &Context<'_>, out: &mut Handovers) {
        let nobody_holds = self.holders(ctx).next().is_none();
        for (taker, _) in self.takers().filter(|_| nobody_holds) {
            let joining = self.of_action(&[Action::Create, Action::Adopt]).filter(|(member, _)| *member != taker);
            out.before.extend(joining.map(|(member, _)| (taker, member)));
        }
        if self.takers().next().is_none() {
            for (holder, _) in self.releasers().filter(|(_, node)| node.change.action == Action::Delete) {
                let leaving = self.of_action(&[Action::Delete]).filter(|(member, _)| *member != holder);
                out.before.extend(leaving.map(|(member, _)| (member, holder)));
            }
        }
    }

    fn holders<'l>(&self, ctx: &Context<'l>) -> impl Iterator<Item = (&'l Address, &'l String)> {
        let holders = ctx.live.detail.scopes.get(self.scope.scope).map(Vec::as_slice).unwrap_or_default();
        holders.iter().map(|(address, value)| (address, value))
    }

    /// Who outside the workspace holds it.
    fn outside(&self, ctx: &Context<'_>) -> Vec<(String, String)> {
        let foreign = self.holders(ctx).filter(|(address, _)| !ctx.is_ours(address));
        foreign.map(|(address, value)| (address.to_string(), value.clone())).collect()
    }

    fn refusal<'d>(&self, declared: impl Iterator<Item = &'d Address>) -> Refusal {
        let mut addresses: Vec<Address> = self.releasers().map(|(_, node)| node.change.address.clone()).collect();
        if addresses.is_empty() {
            addresses.extend(declared.cloned());
        }
        let args = [("scope", self.scope.scope), ("what", self.scope.what)];
        let args: BTreeMap<_, _> = args.into_iter().map(|(key, text)| (key.to_owned(), text.into())).collect();
        Refusal { code: NO_HOLDER.0.to_owned(), addresses, args, lifted_by_deletes: None }
    }
}
