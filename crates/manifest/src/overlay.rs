//! Overlays: what an environment says otherwise of resources.
//!
//! The table that comes of manifest and overlay (`merge.rs`) keeps the place of every key, so that reading it is reading any
//! other table.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use deskform_model::{Address, Diagnostic, Facts, FileId, FileProblem, Registry, Severity, Span};
use toml::Spanned;
use toml::de::DeValue;

use crate::codes;
use crate::explain::Subject;
use crate::findings::{Findings, add};
use crate::hints::{Says, Statement, Word};
use crate::judges::{Context, Judges};
use crate::manifest::{self, Found, Gathered};
use crate::merge::{Merged, Unset, merge, shifted};
use crate::moves::Resolved;
use crate::near::Slips;
use crate::resource::{Declared, read as read_resource};
use crate::syntax::parse;
use crate::text::Text;
use crate::tree::Node;

/// The overlays of one environment, by what they are about.
#[derive(Default)]
pub(crate) struct Overlays<'t> {
    amended: BTreeMap<Address, Amendment<'t>>,
    /// Resources that the environment does not have, and where that is said.
    removed: BTreeMap<Address, Span>,
    statements: Vec<Statement>,
    diagnostics: Vec<Diagnostic>,
}

/// What an overlay says of one resource.
struct Amendment<'t> {
    text: Text<'t>,
    table: Spanned<DeValue<'t>>,
    heading: Range<usize>,
}

impl<'t> Overlays<'t> {
    /// Reads the overlays of an environment. The first is the file of that id.
    pub(crate) fn read(registry: &Registry, first: usize, texts: &'t [(String, String)]) -> Self {
        let mut overlays = Self::default();
        let mut judges = Judges::new(registry);
        for (index, (_, text)) in texts.iter().enumerate() {
            let text = Text::new(FileId(u32::try_from(first + index).unwrap_or(u32::MAX)), text);
            let found = overlays.read_one(registry, &mut judges, text);
            add(&mut overlays.diagnostics, found);
        }
        overlays
    }

    fn read_one<'r>(&mut self, registry: &'r Registry, judges: &mut Judges<'r>, text: Text<'t>) -> Vec<Diagnostic> {
        let parsed = parse(&text);
        let mut out = Findings::default();
        out.extend(parsed.diagnostics);
        if parsed.sound && parsed.tree.is_empty() {
            out.push(empty(&text));
        } else if parsed.sound {
            let mut gathered = Gathered::default();
            let facts = Facts { file: &|_| Err(FileProblem::Missing) };
            let mut ctx = Context { registry, facts: &facts, judges, out: &mut out };
            let mut take = |ctx: &mut Context<'_, '_>, found: Found<'_, '_, 't>| {
                self.amend(ctx, found);
                None
            };
            manifest::read(&mut ctx, &text, &parsed.tree, &Word::OF_OVERLAYS, &mut gathered, &mut take);
            for statement in gathered.statements {
                match statement.says {
                    Says::Unset(address) => out.extend(self.lose(address, statement.at)),
                    _ => self.statements.push(statement),
                }
            }
        }
        out.end(&text)
    }

    fn amend(&mut self, ctx: &mut Context<'_, '_>, found: Found<'_, '_, 't>) {
        let Found { kind: _, address, source, text, root } = found;
        if let Some(first) = self.place_of(&address) {
            ctx.out.push(twice(&address, source.span, first));
            return;
        }
        let amendment = Amendment { text: *text, table: root.value.clone(), heading: root.heading(text) };
        self.amended.insert(address, amendment);
    }

    fn lose(&mut self, address: Address, at: Span) -> Option<Diagnostic> {
        if let Some(first) = self.place_of(&address) {
            return Some(twice(&address, at, first));
        }
        self.removed.insert(address, at);
        None
    }

    /// Where something is said about a resource.
    fn place_of(&self, address: &Address) -> Option<Span> {
        let amended = self.amended.get(address).map(|amendment| amendment.text.span(&amendment.heading));
        amended.or_else(|| self.removed.get(address).copied())
    }

    /// The table of a declared resource as the environment has it, if an overlay is about it.
    pub(crate) fn merged(&self, found: &Found<'_, '_, 't>, out: &mut Findings) -> Option<(Merged<'t>, Text<'t>)> {
        let Found { kind: _, address, source: _, text, root } = found;
        let amendment = self.amended.get(address)?;
        let text = text.with_overlay(amendment.text);
        let over = shifted(&amendment.table, text.seam());
        let base = root.table().cloned().unwrap_or_default();
        let heading = amendment.heading.start + text.seam()..amendment.heading.end + text.seam();
        let merged = merge(&text, base, over, &heading, Some(address), out);
        Some((merged, text))
    }

    /// True if the environment does not have the resource.
    pub(crate) fn lacks(&self, address: &Address) -> bool {
        self.removed.contains_key(address)
    }

    /// Where it is said that the environment does not have the resource.
    pub(crate) fn removed(&self, address: &Address) -> Option<Span> {
        self.removed.get(address).copied()
    }

    /// True for a statement of a manifest about a resource that the environment does not have: nothing is left to do.
    pub(crate) fn settle(&self, statement: &Statement) -> bool {
        match &statement.says {
            Says::Adopt(address) | Says::Moved { to: address, .. } => self.lacks(address),
            Says::Use { .. } | Says::Forget(_) | Says::Unset(_) => false,
        }
    }

    /// What overlays state besides, for their environment alone.
    pub(crate) fn take_statements(&mut self) -> Vec<Statement> {
        std::mem::take(&mut self.statements)
    }

    /// What is wrong with the overlays themselves.
    pub(crate) fn take_diagnostics(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.diagnostics)
    }

    /// Reads a declared resource as the environment has it.
    pub(crate) fn read_resource(&self, ctx: &mut Context<'_, '_>, found: Found<'_, '_, 't>) -> Declared {
        let merged = self.merged(&found, ctx.out);
        let Found { kind, address, source, text, root } = found;
        let Some((merged, text)) = merged else {
            let subject = Subject { text, address: Some(&address), root, unset: None };
            return read_resource(ctx, kind, address.clone(), source, &subject);
        };
        let Merged { table, unset, replaced: _ } = merged;
        let unset: Vec<Unset> = unset.into_iter().map(|(unset, _)| unset).collect();
        let table = Spanned::new(root.value.span(), DeValue::Table(table));
        let root = Node { key: root.key, value: &table };
        let subject = Subject { text: &text, address: Some(&address), root, unset: Some(&unset) };
        let before = ctx.out.count();
        let declared = read_resource(ctx, kind, address.clone(), source, &subject);
        if let Some(place) = self.place_of(&address) {
            say_amended(ctx.out.after(before), source.span.file, place);
        }
        declared
    }

    /// What is about resources that are not declared.
    pub(crate) fn judge(
        &self,
        addresses: &dyn Fn(&Address) -> bool,
        declared: &[Declared],
        resolved: &Resolved,
    ) -> Vec<Diagnostic> {
        let amended = self.amended.keys().filter(|address| !addresses(address));
        let strangers: BTreeSet<&Address> =
            amended.chain(self.removed.keys().filter(|address| !addresses(address))).collect();
        let names = declared.iter().map(|resource| &resource.address).chain(self.removed.keys());
        let others: Vec<&str> = names.filter(|other| !strangers.contains(other)).map(Address::as_str).collect();
        let mut slips = Slips::default();
        let found = strangers.iter().map(|address| {
            let hint = match (resolved.renamed.get(*address), slips.nearest(address.as_str(), others.iter().copied())) {
                (Some((new, _)), _) => format!("Write `{new}`: that is its address after the move."),
                (None, Some(near)) => format!("Write `{near}`."),
                (None, None) if self.removed.contains_key(*address) => "Remove it: no environment has it.".to_owned(),
                (None, None) => {
                    "Declare it in a manifest, and `[[unset]]` it where an environment should not have it.".to_owned()
                }
            };
            let found = Diagnostic::error(codes::NOT_THERE, format!("`{address}` is not declared outside of `envs`"));
            let found = found.about(address).hint(hint).quotable();
            match self.place_of(address) {
                Some(place) => found.at(place, "an overlay changes what is declared"),
                None => found,
            }
        });
        found.collect()
    }
}

/// An error in a part that the base says may come of what the overlay says.
fn say_amended(found: &mut [Diagnostic], base: FileId, overlay: Span) {
    let is_of_base = |found: &&mut Diagnostic| found.place.is_none_or(|place| place.file == base);
    for found in found.iter_mut().filter(|found| found.severity == Severity::Error).filter(is_of_base) {
        *found = found.clone().with(overlay, "changed for this environment here");
    }
}

fn empty(text: &Text<'_>) -> Diagnostic {
    Diagnostic::error(codes::EMPTY, "the overlay is empty")
        .at(text.span(&(0..0)), "says nothing")
        .hint("Delete the file if the environment is to be like the others, or bring its content back.")
        .quotable()
}

fn twice(address: &Address, second: Span, first: Span) -> Diagnostic {
    Diagnostic::error(codes::OVERLAID_TWICE, format!("two overlays are about `{address}`"))
        .at(second, "the second one")
        .with(first, "the first one")
        .about(address)
        .hint("Put everything that the environment says of it into one table.")
        .quotable()
}
