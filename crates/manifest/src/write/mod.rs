//! What a store holds as the texts that a person would have written for it.
//!
//! Never leaves a resource out in silence: one that cannot be written, or holds a secret written out, becomes a text that is
//! refused until somebody has seen to it. A manifest without it would delete it.

mod choose;
mod guide;
mod layout;
mod node;

use std::collections::BTreeMap;

use deskform_model::{
    Address, Document, HIDDEN_LITERAL, Kind, Lifecycle, NamedFile, Registry, Unreadable, WorkspaceName,
};
use serde_json::{Value, json};

use crate::manifest::POLICY;
use crate::project::POLICY_SECTIONS;
use crate::schema::{manifest_schema, project_schema};

use guide::Guide;
use layout::toml_text;
use node::Node;

pub use choose::{Chosen, Rows, choose, choose_whole, owned_by};

/// More resources than this are written a hundred to a file: a config repo has at most 10,000.
const MOST_FILES: usize = 5_000;

/// So many resources stand in such a file.
const IN_FILE: usize = 100;

/// Where an exported file looks for its schema.
const SCHEMA_LINE: &str = "#:schema ../schemas/manifest.schema.json\n\n";
const ROOT_SCHEMA_LINE: &str = "#:schema schemas/manifest.schema.json\n\n";
const PROJECT_SCHEMA_LINE: &str = "#:schema schemas/project.schema.json\n\n";

/// Stands in for a secret that the store holds written out, for as long as it takes to write the resource down.
const MARK: &str = "(a place that somebody has to name)";

/// What somebody has to see to before the texts are valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gap {
    /// The store holds so many secrets of the resource written out.
    Secret {
        /// The resource.
        address: Address,
        /// How many.
        count: usize,
    },
    /// This version cannot read the resource.
    Unreadable {
        /// The resource.
        address: Address,
        /// Why.
        why: Unreadable,
    },
}

/// Manifests, by their path relative to `deskform.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    /// The texts.
    pub files: BTreeMap<String, String>,
    /// What somebody has to see to.
    pub gaps: Vec<Gap>,
    /// Files that the resources name and that the store does not hold.
    pub named: Vec<(Address, NamedFile)>,
}

/// What `deskform.toml` is to say.
#[derive(Debug, Clone, Copy)]
pub struct ProjectText<'a> {
    /// The workspace.
    pub workspace: &'a WorkspaceName,
    /// Where the store is; `None` for the default.
    pub store_url: Option<&'a str>,
    /// The label of the store.
    pub label: Option<&'a str>,
    /// The policy.
    pub policy: Option<&'a Document>,
}

/// Writes the manifests: a folder for each kind, a file for each resource. `schemas` says whether the files point at the
/// schemas beside them.
pub fn write_manifests(registry: &Registry, chosen: &Chosen<'_>, schemas: bool) -> Texts {
    let schema = manifest_schema(registry);
    let mut texts = Texts::default();
    let bundled = chosen.resources.len() > MOST_FILES;
    let mut of_kind = BTreeMap::<&str, usize>::new();
    for (address, document) in &chosen.resources {
        let place = of_kind.entry(address.kind()).or_default();
        let folder = folder(address.kind());
        let file = if bundled { format!("part-{:04}", *place / IN_FILE) } else { address.name().to_owned() };
        *place += 1;
        let text = texts.resource(registry, Guide::of(&schema), address, document);
        texts.add(format!("{folder}/{file}.toml"), &text, if schemas { SCHEMA_LINE } else { "" });
    }
    let line = if schemas { ROOT_SCHEMA_LINE } else { "" };
    if !chosen.uses.is_empty() {
        let uses = chosen
            .uses
            .iter()
            .map(|(address, owner)| Node::texts([("address", address.as_str()), ("workspace", owner.as_str())]));
        let text = statements("use", uses, "# What other workspaces own and this one refers to.\n");
        texts.add("uses.toml".to_owned(), &text, line);
    }
    if !chosen.adopt.is_empty() {
        let adopt = chosen.adopt.iter().map(|address| Node::texts([("address", address.as_str())]));
        let text = statements(
            "adopt",
            adopt,
            "# What nobody owns and this workspace takes over. Once it is applied, this file may go.\n",
        );
        texts.add("adopt.toml".to_owned(), &text, line);
    }
    texts
}

/// Writes `deskform.toml`.
pub fn write_project(registry: &Registry, project: &ProjectText<'_>) -> (String, Option<Gap>) {
    let ProjectText { workspace, store_url, label, policy } = project;
    let schema = project_schema(registry);
    let mut text = PROJECT_SCHEMA_LINE.to_owned();
    let mut section = |name: &str, node: Node, sections: usize| {
        if node != Node::Table(Vec::new()) {
            text.push_str(if text.ends_with("\n\n") { "" } else { "\n" });
            text.push_str(&toml_text(&[(name.to_owned(), node)], sections, Guide::of(&schema)));
        }
    };
    section("workspace", Node::texts([("name", workspace.as_str())]), 1);
    let store = [("url", store_url), ("label", label)];
    section("store", Node::texts(store.into_iter().filter_map(|(key, text)| Some((key, (*text)?)))), 1);
    let Some(policy) = policy else { return (text, None) };
    match content(registry, policy) {
        Ok(Content { node: Node::Table(entries), .. }) => {
            for name in POLICY_SECTIONS {
                let own = entries.iter().find(|(key, _)| key == name).map(|(_, node)| node.clone());
                // Facts of the platform stand by vendor.
                section(name, own.unwrap_or(Node::Table(Vec::new())), if name == "platform" { 2 } else { 1 });
            }
            (text, None)
        }
        Ok(_) => (text, None),
        Err(why) => {
            let address = chosen_policy(workspace);
            text.push_str(&stub(&address, &why, &[("guard".to_owned(), unreadable())], 1));
            (text, Some(Gap::Unreadable { address, why }))
        }
    }
}

fn chosen_policy(workspace: &WorkspaceName) -> Address {
    Address::parse(&format!("{POLICY}.{workspace}")).expect("the name of a workspace is that of a resource")
}

/// The name of a kind's folder.
fn folder(kind: &str) -> String {
    match kind.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if kind.ends_with('s') => kind.to_owned(),
        None => format!("{kind}s"),
    }
}

fn statements(word: &str, items: impl Iterator<Item = Node>, comment: &str) -> String {
    let list = Node::List(items.collect());
    comment.to_owned() + &toml_text(&[(word.to_owned(), list)], 1, Guide::UNKNOWN)
}

impl Texts {
    /// Adds to a file, which begins with a line of its own.
    fn add(&mut self, file: String, text: &str, first: &str) {
        match self.files.entry(file) {
            std::collections::btree_map::Entry::Vacant(new) => {
                new.insert(format!("{first}{text}"));
            }
            std::collections::btree_map::Entry::Occupied(mut held) => {
                held.get_mut().push('\n');
                held.get_mut().push_str(text);
            }
        }
    }

    fn resource(&mut self, registry: &Registry, guide: Guide<'_>, address: &Address, document: &Document) -> String {
        match content(registry, document) {
            Ok(Content { node, secrets, named }) => {
                self.named.extend(named.into_iter().map(|file| (address.clone(), file)));
                if secrets > 0 {
                    self.gaps.push(Gap::Secret { address: address.clone(), count: secrets });
                }
                toml_text(&declared(address, node), 2, guide)
            }
            Err(why) => {
                self.gaps.push(Gap::Unreadable { address: address.clone(), why: why.clone() });
                stub(address, &why, &declared(address, unreadable()), 2)
            }
        }
    }
}

/// A table under its header.
fn declared(address: &Address, node: Node) -> Vec<(String, Node)> {
    vec![(address.kind().to_owned(), Node::Table(vec![(address.name().to_owned(), node)]))]
}

/// What no kind has.
fn unreadable() -> Node {
    Node::Table(vec![("unreadable".to_owned(), Node::Boolean(true))])
}

/// What stands where a resource cannot be written: refused by every reader, and so never taken for absence.
fn stub(address: &Address, why: &Unreadable, table: &[(String, Node)], sections: usize) -> String {
    let comment = format!(
        "\n# The store holds `{address}`, which this version of deskform cannot read: {why}.\n\
         # It is not exported. Write it down in place of the next lines; left out, it would be deleted.\n"
    );
    comment.trim_start().to_owned() + &toml_text(table, sections, Guide::UNKNOWN)
}

/// A document on its way into a manifest.
struct Content {
    node: Node,
    /// How many secrets were written out.
    secrets: usize,
    named: Vec<NamedFile>,
}

fn content(registry: &Registry, document: &Document) -> Result<Content, Unreadable> {
    let (kind, spec, lifecycle) = open(registry, document)?;
    let mut node: Node = serde_json::from_str(&kind.to_manifest_text(&spec)).map_err(|_| Unreadable::Misfit)?;
    let secrets = node.open_secrets(&Node::texts([("env", MARK)]));
    if let (true, Node::Table(entries)) = (lifecycle.protected, &mut node) {
        entries.push(("lifecycle".to_owned(), Node::Table(vec![("protected".to_owned(), Node::Boolean(true))])));
    }
    Ok(Content { node, secrets, named: kind.files(&spec) })
}

/// The spec of a document, with a mark for every secret that is written out.
fn open<'r>(registry: &'r Registry, document: &Document) -> Result<(&'r dyn Kind, Value, Lifecycle), Unreadable> {
    let kind = registry.get(document.kind().as_str()).ok_or(Unreadable::Misfit)?;
    let (mut spec, lifecycle) = document.parts().ok_or(Unreadable::Misfit)?;
    mark_literals(&mut spec, &registry.shown(document));
    Ok((kind, kind.upgrade(document.format(), spec)?, lifecycle))
}

/// Puts a mark wherever a literal would be hidden.
fn mark_literals(spec: &mut Value, shown: &Value) {
    if spec == shown {
        return;
    }
    match (&mut *spec, shown) {
        (_, Value::String(text)) if text == HIDDEN_LITERAL => *spec = json!({ "env": MARK }),
        (Value::Object(table), Value::Object(shown)) => {
            for (key, value) in table {
                if let Some(shown) = shown.get(key) {
                    mark_literals(value, shown);
                }
            }
        }
        (Value::Array(items), Value::Array(shown)) => {
            items.iter_mut().zip(shown).for_each(|(item, shown)| mark_literals(item, shown));
        }
        _ => {}
    }
}
