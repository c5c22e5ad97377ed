//! Which resources change, and how: the table of three ways.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use deskform_model::{
    Action, Address, After, Cause, Change, Desired, DesiredResource, Diagnostic, DriftNote, Edit, FieldPath, Kind,
    Live, LiveRow, Outline, Record, Registry, Severity, UniqueValue,
};

use crate::codes::{OWNED_BY_OTHER, UNOWNED, UNREADABLE, USE_BROKEN};
use crate::diff::{self, Known};
use crate::hints::{Pending, whose};
use crate::state::{Content, Opened, State};

/// Everything that the stages look at.
pub(crate) struct Context<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) desired: &'a Desired,
    pub(crate) live: &'a Live,
    pub(crate) pending: &'a Pending,
    pub(crate) state: &'a State,
}

/// One change, with what ordering needs to know of its two sides.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) change: Change,
    /// Of the document that it starts from.
    pub(crate) before: Arc<Outline>,
    /// Of the document that it leaves.
    pub(crate) after: Arc<Outline>,
}

impl Node {
    /// Unique values that it takes.
    pub(crate) fn taken(&self) -> impl Iterator<Item = &UniqueValue> {
        self.after.unique.iter().filter(|value| !has(&self.before, value))
    }

    /// Unique values that it lets go.
    fn let_go(&self) -> impl Iterator<Item = &UniqueValue> {
        self.before.unique.iter().filter(|value| !has(&self.after, value))
    }
}

fn has(outline: &Outline, value: &UniqueValue) -> bool {
    outline.unique.iter().any(|other| other.scope == value.scope && other.value == value.value)
}

/// Who lets a value go, by scope and value; places among the changes.
pub(crate) type Released<'c> = BTreeMap<(&'c str, &'c str), Vec<usize>>;

/// The changes before they are ordered.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) nodes: Vec<Node>,
    pub(crate) records: Vec<Record>,
    pub(crate) drift: Vec<DriftNote>,
    pub(crate) titles: BTreeMap<Address, String>,
}

impl Context<'_> {
    pub(crate) fn is_ours(&self, address: &Address) -> bool {
        self.live.rows.get(address).is_some_and(|row| self.owns(row))
    }

    fn owns(&self, row: &LiveRow) -> bool {
        row.owner.as_ref() == Some(&self.desired.workspace)
    }

    pub(crate) fn kind(&self, address: &Address) -> Option<&dyn Kind> {
        self.registry.get(address.kind())
    }

    /// The address that a row has before the plan.
    pub(crate) fn origin<'s>(&'s self, address: &'s Address) -> &'s Address {
        self.pending.moves.get(address).unwrap_or(address)
    }
}

impl Changes {
    pub(crate) fn work_out(ctx: &Context<'_>, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut changes = Self::default();
        changes.check_uses(ctx, diagnostics);
        changes.moves(ctx);
        for (address, desired) in &ctx.desired.resources {
            changes.declared(ctx, address, desired, diagnostics);
        }
        changes.undeclared(ctx, diagnostics);
        changes.values_held_elsewhere(ctx, diagnostics);
        changes.records.sort();
        changes.drift.sort_by(|a, b| a.address.cmp(&b.address));
        changes
    }

    /// How many declared resources no change is about.
    pub(crate) fn unchanged(&self, desired: &Desired) -> u64 {
        let touched: BTreeSet<&Address> = self.nodes.iter().map(|node| &node.change.address).collect();
        desired.resources.keys().filter(|address| !touched.contains(address)).count() as u64
    }

    /// The places of the changes that do this.
    pub(crate) fn of(&self, action: Action) -> impl Iterator<Item = usize> {
        let nodes = self.nodes.iter().enumerate();
        nodes.filter(move |(_, node)| node.change.action == action).map(|(index, _)| index)
    }

    pub(crate) fn released(&self) -> Released<'_> {
        let mut released = Released::new();
        for (index, node) in self.nodes.iter().enumerate() {
            for value in node.let_go() {
                released.entry((&value.scope, &value.value)).or_default().push(index);
            }
        }
        released
    }

    fn check_uses(&self, ctx: &Context<'_>, diagnostics: &mut Vec<Diagnostic>) {
        for (address, used) in &ctx.desired.uses {
            let message = match ctx.live.rows.get(address) {
                Some(row) if row.owner.as_ref() == Some(&used.workspace) => continue,
                Some(_) => format!("`{address}` {}, not to `{}`", whose(ctx.live, address), used.workspace),
                None => format!("`{address}` is not in the store"),
            };
            diagnostics.push(
                Diagnostic::error(USE_BROKEN, message)
                    .about(address)
                    .at(used.source.span, "used here")
                    .hint(format!(
                        "Apply the config repo of workspace `{}` first, or correct the name.",
                        used.workspace
                    ))
                    .quotable(),
            );
        }
    }

    fn moves(&mut self, ctx: &Context<'_>) {
        for done in &ctx.state.moves {
            let (before, after) = (Opened::of(ctx.registry, &done.before), Opened::of(ctx.registry, &done.after));
            let change = Change {
                from: Some(done.from.clone()),
                before: Some(done.before.digest()),
                after: Some(After::kept(&done.after)),
                follows: done.follows.clone(),
                ..blank(&done.to, Action::Move, Cause::Config)
            };
            self.push(change, before.outline(ctx.registry).into(), after.outline(ctx.registry).into());
        }
    }

    fn declared(
        &mut self,
        ctx: &Context<'_>,
        address: &Address,
        desired: &DesiredResource,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let origin = ctx.origin(address);
        match ctx.live.rows.get(origin) {
            None => self.create(ctx, address, desired),
            Some(row) if ctx.owns(row) => self.compare(ctx, address, desired, diagnostics),
            Some(_) if ctx.pending.adopts.contains(address) => self.adopt(ctx, address, desired),
            Some(row) => {
                let (code, hint) = match &row.owner {
                    None => (UNOWNED, format!("Add `[[adopt]]` with `address = \"{address}\"` to take it over.")),
                    Some(owner) => (
                        OWNED_BY_OTHER,
                        format!("Remove it here; to refer to it, add `[[use]]` with `workspace = \"{owner}\"`."),
                    ),
                };
                diagnostics.push(
                    Diagnostic::error(code, format!("`{address}` {}", whose(ctx.live, address)))
                        .about(address)
                        .at(desired.source.span, "declared here")
                        .hint(hint)
                        .quotable(),
                );
            }
        }
    }

    fn create(&mut self, ctx: &Context<'_>, address: &Address, desired: &DesiredResource) {
        let cause = match ctx.live.applied.get(address) {
            None => Cause::Config,
            Some(applied) if applied.digest == desired.digest => Cause::Drift,
            Some(_) => Cause::Conflict,
        };
        if cause != Cause::Config {
            self.drift.push(DriftNote { address: address.clone(), cause: Some(cause) });
        }
        let after = Some(After::declared(&desired.document, desired.digest));
        let change = Change { after, ..blank(address, Action::Create, cause) };
        self.push(change, Arc::default(), Arc::clone(&desired.outline));
    }

    fn compare(
        &mut self,
        ctx: &Context<'_>,
        address: &Address,
        desired: &DesiredResource,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let Some(row) = ctx.state.rows.get(address) else {
            // The index alone said that desired, live and last applied are one content.
            return;
        };
        let wanted = Opened::of(ctx.registry, &desired.document);
        if let Content::Newer(reason) = &*row.live.content {
            diagnostics.push(
                Diagnostic::error(UNREADABLE, format!("the live `{address}` cannot be read: {reason}"))
                    .about(address)
                    .at(desired.source.span, "declared here")
                    .hint("Run the deskform that wrote it, or a newer one.")
                    .quotable(),
            );
            return;
        }
        if row.live.same(&wanted) {
            self.settled(ctx, address, &row.live);
            return;
        }
        let known = ctx.state.applied.get(address).and_then(Opened::whole);
        let known = known.as_deref().map_or(Known::Stranger, Known::Applied);
        self.update(ctx, address, desired, &wanted, &row.live, &known);
    }

    /// Live is as desired. Where it is not, to the byte, as last applied, somebody else made it so: record it.
    fn settled(&mut self, ctx: &Context<'_>, address: &Address, live: &Opened) {
        let digest = live.document.digest();
        let followed = ctx.state.applied.get(address).map(|applied| applied.document.digest());
        let applied = followed.or_else(|| ctx.live.applied.get(ctx.origin(address)).map(|row| row.digest));
        if applied == Some(digest) {
            return;
        }
        self.records.push(Record { address: address.clone(), digest: Some(digest) });
        self.drift.push(DriftNote { address: address.clone(), cause: None });
    }

    fn update(
        &mut self,
        ctx: &Context<'_>,
        address: &Address,
        desired: &DesiredResource,
        wanted: &Opened,
        live: &Opened,
        known: &Known<'_>,
    ) {
        let Some(kind) = ctx.kind(address) else { return };
        let edits = edits(ctx, kind, wanted, live, known);
        let cause = diff::strongest(&edits);
        if cause != Cause::Config {
            self.drift.push(DriftNote { address: address.clone(), cause: Some(cause) });
        }
        let replaces = edits.iter().any(|edit| kind.replace_only().iter().any(|field| overlap(field, &edit.path)));
        let action = if replaces { Action::Replace } else { Action::Update };
        let change = Change {
            before: Some(live.document.digest()),
            after: Some(After::declared(&desired.document, desired.digest)),
            edits,
            ..blank(address, action, cause)
        };
        self.push(change, live.outline(ctx.registry).into(), Arc::clone(&desired.outline));
    }

    fn adopt(&mut self, ctx: &Context<'_>, address: &Address, desired: &DesiredResource) {
        let Some(document) = ctx.live.detail.documents.get(address) else { return };
        let live = Opened::of(ctx.registry, document);
        let outline = Arc::new(live.outline(ctx.registry));
        let change = Change {
            before: Some(document.digest()),
            after: Some(After::kept(document)),
            ..blank(address, Action::Adopt, Cause::Config)
        };
        self.push(change, Arc::clone(&outline), outline);
        let wanted = Opened::of(ctx.registry, &desired.document);
        if !live.same(&wanted) {
            self.update(ctx, address, desired, &wanted, &live, &Known::Adopted);
        }
    }

    /// What the workspace owns or last applied and does not declare.
    fn undeclared(&mut self, ctx: &Context<'_>, diagnostics: &mut Vec<Diagnostic>) {
        for (address, row) in &ctx.state.rows {
            if ctx.desired.resources.contains_key(address) {
                continue;
            }
            let (before, digest) = (Arc::new(row.live.outline(ctx.registry)), Some(row.live.document.digest()));
            if let (true, Content::Newer(reason)) = (ctx.pending.forgets.contains(address), &*row.live.content) {
                let message = format!("`{address}` cannot be forgotten: it cannot be read: {reason}");
                diagnostics.push(
                    Diagnostic::error(UNREADABLE, message)
                        .about(address)
                        .hint("Run the deskform that wrote it, or a newer one."),
                );
                continue;
            }
            if ctx.pending.forgets.contains(address) {
                let after = Some(After::kept(&row.live.document));
                let change = Change { before: digest, after, ..blank(address, Action::Forget, Cause::Config) };
                self.push(change, Arc::clone(&before), before);
                continue;
            }
            if let Content::Newer(reason) = &*row.live.content {
                let message = format!("`{address}` is no longer declared but stays: it cannot be read: {reason}");
                diagnostics.push(
                    Diagnostic::new(UNREADABLE, Severity::Warning, message)
                        .about(address)
                        .hint("Run the deskform that wrote it, or a newer one."),
                );
                continue;
            }
            let cause = match ctx.state.applied.get(address) {
                Some(applied) if applied.same(&row.live) => Cause::Config,
                Some(_) => Cause::Conflict,
                None => Cause::Drift,
            };
            if cause != Cause::Config {
                self.drift.push(DriftNote { address: address.clone(), cause: Some(cause) });
            }
            let change = Change { before: digest, ..blank(address, Action::Delete, cause) };
            self.push(change, before, Arc::default());
        }
        let moved: BTreeSet<&Address> = ctx.pending.moves.values().collect();
        for address in ctx.live.applied.keys() {
            let gone = !ctx.live.rows.contains_key(address) && !ctx.desired.resources.contains_key(address);
            if gone && !moved.contains(address) {
                self.records.push(Record { address: address.clone(), digest: None });
                self.drift.push(DriftNote { address: address.clone(), cause: None });
            }
        }
    }

    fn values_held_elsewhere(&self, ctx: &Context<'_>, diagnostics: &mut Vec<Diagnostic>) {
        for node in &self.nodes {
            for value in &node.after.unique {
                let holder = ctx.live.detail.holder(&value.scope, &value.value);
                // Who is being adopted lets go of it in this plan, or holds it as declared.
                let outside = |holder: &&Address| !ctx.is_ours(holder) && !ctx.pending.adopts.contains(*holder);
                let Some(holder) = holder.filter(outside) else { continue };
                let address = &node.change.address;
                if holder == address {
                    continue;
                }
                let roles = ctx.kind(address).map(|kind| kind.exclusive()).unwrap_or_default();
                let whose = whose(ctx.live, holder);
                let (message, hint) = match roles.iter().find(|role| role.scope == value.scope) {
                    Some(role) => (
                        format!(
                            "`{address}` would be the {}, which `{holder}` is already; that one {whose}",
                            role.what
                        ),
                        "Let the other give the role up first, or leave it there.",
                    ),
                    None => (
                        format!("`{}` of `{address}` is held by `{holder}`, which {whose}", value.path),
                        "Choose another value, or let the holder release it first.",
                    ),
                };
                let diagnostic = Diagnostic::error(crate::codes::VALUE_TAKEN, message).about(address).hint(hint);
                let place = ctx.desired.resources.get(address).map(|resource| resource.source.span);
                diagnostics.push(match place {
                    Some(span) => diagnostic.at(span, "declared here").quotable(),
                    None => diagnostic,
                });
            }
        }
    }

    fn push(&mut self, change: Change, before: Arc<Outline>, after: Arc<Outline>) {
        let title = after.title.as_ref().or(before.title.as_ref());
        if let Some(title) = title {
            self.titles.insert(change.address.clone(), title.clone());
        }
        self.nodes.push(Node { change, before, after });
    }
}

fn edits(ctx: &Context<'_>, kind: &dyn Kind, wanted: &Opened, live: &Opened, known: &Known<'_>) -> Vec<Edit> {
    let Some(wanted) = wanted.whole() else { return Vec::new() };
    match live.whole() {
        Some(live) => diff::edits(kind, &live, &wanted, known),
        None => vec![whole_edit(ctx, live, wanted.into_owned(), known)],
    }
}

/// A live document that does not fit its kind differs as a whole.
fn whole_edit(ctx: &Context<'_>, live: &Opened, wanted: serde_json::Value, known: &Known<'_>) -> Edit {
    let (cause, applied) = match known {
        Known::Applied(applied) if **applied == wanted => (Cause::Drift, Some((*applied).clone())),
        Known::Applied(applied) => (Cause::Conflict, Some((*applied).clone())),
        Known::Adopted => (Cause::Config, None),
        Known::Stranger => (Cause::Conflict, None),
    };
    let before = Some(ctx.registry.shown(&live.document));
    Edit { path: FieldPath::root(), before, after: Some(wanted), cause, applied }
}

/// True if one path is the other or lies below it.
fn overlap(field: &FieldPath, path: &FieldPath) -> bool {
    field.segments().iter().zip(path.segments()).all(|(a, b)| a == b)
}

fn blank(address: &Address, action: Action, cause: Cause) -> Change {
    Change {
        address: address.clone(),
        action,
        cause,
        from: None,
        before: None,
        after: None,
        edits: Vec::new(),
        follows: Vec::new(),
        waits_for: Vec::new(),
        consequences: Vec::new(),
        operator_steps: Vec::new(),
    }
}
