//! `[env.NAME]`: what an environment says otherwise of `deskform.toml` itself, by the rule of overlays.

use std::collections::BTreeMap;

use deskform_model::Diagnostic;
use serde_json::Value;
use toml::de::DeTable;

use crate::codes;
use crate::explain::Subject;
use crate::findings::Findings;
use crate::merge::{Merged, merge, shifted};
use crate::project::{credentials, place_of};
use crate::text::Text;
use crate::tree::Node;

/// The section that holds them.
pub(crate) const ENV: &str = "env";

/// The section that no environment changes.
pub(crate) const WORKSPACE: &str = "workspace";

/// The environments of a project.
pub(crate) struct Environments<'a, 't> {
    /// By name.
    tables: Vec<(&'a str, Node<'a, 't>)>,
    subject: &'a Subject<'a, 't>,
}

/// What an environment says of its store, with what it leaves to the project.
#[derive(Clone, Copy)]
struct Store<'v> {
    url: Option<&'v str>,
    label: Option<&'v str>,
}

impl<'v> Store<'v> {
    fn of(section: Option<&'v Value>) -> Self {
        let text = |key: &str| section?.get(key)?.as_str();
        Self { url: text("url"), label: text("label") }
    }

    fn or(self, base: Self) -> Self {
        Self { url: self.url.or(base.url), label: self.label.or(base.label) }
    }
}

/// The stores of environments, each by the number of the first one that has it. A store has one address and one label: two
/// environments that share either cannot be told apart.
#[derive(Default)]
struct Stores<'v> {
    by_url: BTreeMap<&'v str, usize>,
    by_label: BTreeMap<Option<&'v str>, usize>,
    /// Those without an address.
    by_label_only: BTreeMap<Option<&'v str>, usize>,
}

impl<'v> Stores<'v> {
    /// The environment that has the store already; if there is none, the given one has it from now on.
    fn holder(&mut self, store: Store<'v>, number: usize) -> Option<usize> {
        let Store { url, label } = store;
        let holders = match url {
            Some(url) => [self.by_url.get(url), self.by_label_only.get(&label)],
            None => [self.by_label.get(&label), None],
        };
        let holder = holders.into_iter().flatten().min().copied();
        if holder.is_none() {
            self.by_label.entry(label).or_insert(number);
            match url {
                Some(url) => self.by_url.entry(url).or_insert(number),
                None => self.by_label_only.entry(label).or_insert(number),
            };
        }
        holder
    }
}

impl<'a, 't> Environments<'a, 't> {
    /// Those that the file names.
    pub(crate) fn of(subject: &'a Subject<'a, 't>) -> Self {
        let entries = subject.root.table().and_then(|table| table.get(ENV)).and_then(|env| env.get_ref().as_table());
        let tables = entries.into_iter().flatten().filter(|(_, value)| value.get_ref().is_table());
        let mut tables: Vec<_> = tables.map(|(key, value)| (key.get_ref().as_ref(), Node::new(key, value))).collect();
        tables.sort_by_key(|(name, _)| *name);
        Self { tables, subject }
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.tables.iter().map(|(name, _)| (*name).to_owned()).collect()
    }

    /// The file as an environment has it: what the environment says lies behind the end of the file, as in an overlay.
    pub(crate) fn merged(&self, name: &str, out: &mut Findings) -> Option<(Merged<'t>, Text<'t>)> {
        let (_, node) = self.tables.iter().find(|(other, _)| *other == name)?;
        let file = self.subject.text;
        let text = file.with_overlay(*file);
        let mut base: DeTable<'t> = self.subject.root.table().cloned().unwrap_or_default();
        base.remove(ENV);
        // Whose resources they are is the same everywhere.
        let workspace = base.remove_entry(WORKSPACE);
        let heading = node.heading(file);
        let heading = heading.start + text.seam()..heading.end + text.seam();
        let mut merged = merge(&text, base, shifted(node.value, text.seam()), &heading, None, out);
        merged.table.extend(workspace);
        Some((merged, text))
    }

    /// What is wrong with their stores: each must have one of its own.
    pub(crate) fn judge(&self, value: &Value) -> Vec<Diagnostic> {
        let base = Store::of(value.get("store"));
        let mut out = Vec::new();
        let mut stores = Stores::default();
        for (number, (name, node)) in self.tables.iter().enumerate() {
            let section = value.get(ENV).and_then(|env| env.get(*name)).and_then(|env| env.get("store"));
            out.extend(credentials(self.subject, &[ENV, name, "store", "url"], section));
            let own = Store::of(section);
            if own.url.is_none() && own.label.is_none() {
                out.push(without_store(self.subject.text, name, node));
                continue;
            }
            let holder = stores.holder(own.or(base), number).and_then(|number| self.tables.get(number));
            out.extend(holder.map(|(other, _)| self.one_store(name, other)));
        }
        out
    }

    fn one_store(&self, name: &str, other: &str) -> Diagnostic {
        let place = |name: &str| place_of(self.subject, &[ENV, name, "store"]);
        Diagnostic::error(codes::ENV_STORE_TWICE, format!("`{other}` and `{name}` have the same store"))
            .at(place(name), "the second one")
            .with(place(other), "the first one")
            .hint("Give each environment a `url`, or where that comes from outside, a `label` of its own.")
            .quotable()
    }
}

fn without_store(text: &Text<'_>, name: &str, node: &Node<'_, '_>) -> Diagnostic {
    Diagnostic::error(codes::ENV_STORE, format!("the environment `{name}` does not say which store is its own"))
        .at(text.span(&node.heading(text)), "it would be applied to the store of the project")
        .hint(format!("Add `[env.{name}.store]` with a `url`, or where that comes from outside, a `label`."))
        .quotable()
}
