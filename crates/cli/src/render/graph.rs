//! Resources and what they refer to: as a tree, as DOT, as JSON.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{Address, FieldPath, Segment, WorkspaceName};
use serde::Serialize;
use serde_json::Value;

use crate::render::Report;
use crate::text::{Page, count, style};

/// Resources by address, and the references between them.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    nodes: BTreeMap<Address, Node>,
    /// By the resource that refers: the field and the resource it names.
    to: BTreeMap<Address, BTreeSet<(String, Address)>>,
    /// By the resource that is referred to.
    from: BTreeMap<Address, BTreeSet<(String, Address)>>,
}

/// A resource.
#[derive(Debug, Default, Clone)]
pub(crate) struct Node {
    pub(crate) title: Option<String>,
    /// The workspace that owns it, where that is known and not the one that declares it.
    pub(crate) workspace: Option<WorkspaceName>,
    /// Whether whose it is sets it apart from the others.
    pub(crate) apart: bool,
}

impl Node {
    /// Whose it is, where that sets it apart.
    fn whose(&self) -> Option<String> {
        let whose = || match &self.workspace {
            Some(workspace) => format!("of workspace {workspace}"),
            None => "of nobody".to_owned(),
        };
        self.apart.then(whose)
    }
}

impl Graph {
    /// Adds a resource.
    pub(crate) fn add(&mut self, address: &Address, node: Node) {
        self.nodes.insert(address.clone(), node);
    }

    /// Sets resources apart by their owner: where they all have the same one, none.
    pub(crate) fn part_by_owner(&mut self) {
        let owners: BTreeSet<&WorkspaceName> = self.nodes.values().filter_map(|node| node.workspace.as_ref()).collect();
        let many = owners.len() > 1;
        self.nodes.values_mut().for_each(|node| node.apart = many || node.workspace.is_none());
    }

    /// Adds a reference; items of a list are one field.
    pub(crate) fn refer(&mut self, from: &Address, path: &FieldPath, to: &Address) {
        let keys = path.segments().iter().filter(|segment| matches!(segment, Segment::Key(_)));
        let field = keys.cloned().collect::<FieldPath>().to_string();
        self.to.entry(from.clone()).or_default().insert((field.clone(), to.clone()));
        self.from.entry(to.clone()).or_default().insert((field, from.clone()));
    }

    /// True if the resource is there.
    pub(crate) fn has(&self, address: &Address) -> bool {
        self.nodes.contains_key(address)
    }

    /// What a resource refers to and what refers to it, and so on from there, each in its direction.
    pub(crate) fn around(&self, address: &Address) -> Self {
        let below = reach(&self.to, address);
        let above = reach(&self.from, address);
        let mut part = Self::default();
        for address in below.union(&above) {
            part.add(address, self.nodes.get(address).cloned().unwrap_or_default());
        }
        for (from, field, to) in self.references() {
            if [&below, &above].iter().any(|side| side.contains(from) && side.contains(to)) {
                part.to.entry(from.clone()).or_default().insert((field.to_owned(), to.clone()));
                part.from.entry(to.clone()).or_default().insert((field.to_owned(), from.clone()));
            }
        }
        part
    }

    /// Every reference, by the resource that refers.
    fn references(&self) -> impl Iterator<Item = (&Address, &str, &Address)> {
        self.to.iter().flat_map(|(from, fields)| fields.iter().map(move |(field, to)| (from, field.as_str(), to)))
    }

    /// Where trees begin: at what nothing refers to; a circle that nothing leads to begins at its first address.
    fn roots(&self) -> Vec<&Address> {
        let mut roots: Vec<&Address> = self.nodes.keys().filter(|address| !self.from.contains_key(*address)).collect();
        let mut seen: BTreeSet<Address> = roots.iter().flat_map(|root| reach(&self.to, root)).collect();
        for address in self.nodes.keys() {
            if !seen.contains(address) {
                seen.extend(reach(&self.to, address));
                roots.push(address);
            }
        }
        roots
    }

    /// Writes a resource and, indented, what the edges lead to; what was written before is only named again.
    fn tree(&self, root: &Address, edges: &Edges, written: &mut BTreeSet<Address>, page: &mut Page) {
        let mut waiting = vec![(0, None::<&str>, root)];
        while let Some((depth, field, address)) = waiting.pop() {
            page.blanks(depth * 4);
            if let Some(field) = field {
                page.text(field).text(": ");
            }
            page.styled(style::BOLD, address.as_str());
            let next = edges.get(address);
            let again = next.is_some() && !written.insert(address.clone());
            self.rest_of_line(address, again, page);
            if !again {
                let next = next.into_iter().flatten().rev();
                waiting.extend(next.map(|(field, to)| (depth + 1, Some(field.as_str()), to)));
            }
        }
    }

    fn rest_of_line(&self, address: &Address, again: bool, page: &mut Page) {
        match self.nodes.get(address) {
            Some(node) => {
                if let Some(title) = &node.title {
                    page.text("  ").text(title);
                }
                if let Some(whose) = node.whose() {
                    page.text(&format!("  ({whose})"));
                }
            }
            None => drop(page.text("  (not there)")),
        }
        page.text(if again { "  (see above)" } else { "" }).end();
    }
}

type Edges = BTreeMap<Address, BTreeSet<(String, Address)>>;

/// Everything that edges lead to from an address, itself included.
fn reach(edges: &Edges, from: &Address) -> BTreeSet<Address> {
    let (mut seen, mut waiting) = (BTreeSet::from([from.clone()]), vec![from]);
    while let Some(address) = waiting.pop() {
        for (_, to) in edges.get(address).into_iter().flatten() {
            if seen.insert(to.clone()) {
                waiting.push(to);
            }
        }
    }
    seen
}

/// A graph, or the part of it around a resource.
pub(crate) struct GraphReport<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) about: Option<&'a Address>,
}

impl Report for GraphReport<'_> {
    fn human(&self, page: &mut Page) {
        let Self { graph, about } = self;
        match about {
            Some(address) => {
                page.line("Refers to:");
                graph.tree(address, &graph.to, &mut BTreeSet::new(), page);
                page.end();
                page.line("Is referred to by:");
                graph.tree(address, &graph.from, &mut BTreeSet::new(), page);
            }
            None => {
                let mut written = BTreeSet::new();
                for root in graph.roots() {
                    graph.tree(root, &graph.to, &mut written, page);
                }
            }
        }
        page.end();
        let references = count(graph.references().count(), "reference");
        page.line(&format!("{}, {references}.", count(graph.nodes.len(), "resource")));
    }

    fn dot(&self, page: &mut Page) {
        let graph = self.graph;
        page.line("digraph deskform {");
        page.line("  rankdir = LR;");
        page.line("  node [shape = box];");
        for (address, node) in &graph.nodes {
            let lines = node.title.as_deref().map(escaped).into_iter().chain(node.whose());
            let label: String = lines.map(|line| format!("\\n{line}")).collect();
            let style = if node.apart { ", style = dashed" } else { "" };
            page.line(&format!("  \"{address}\" [label = \"{address}{label}\"{style}];"));
        }
        for (from, field, to) in graph.references() {
            page.line(&format!("  \"{from}\" -> \"{to}\" [label = \"{}\"];", escaped(field)));
        }
        page.line("}");
    }

    fn json(&self) -> serde_json::Result<Value> {
        let resources = self.graph.nodes.iter().map(|(address, Node { title, workspace, apart: _ })| ResourceJson {
            address,
            title,
            workspace,
        });
        let references = self.graph.references().map(|(from, field, to)| ReferenceJson { from, field, to });
        serde_json::to_value(GraphJson { resources: resources.collect(), references: references.collect() })
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

#[derive(Serialize)]
struct GraphJson<'a> {
    resources: Vec<ResourceJson<'a>>,
    references: Vec<ReferenceJson<'a>>,
}

#[derive(Serialize)]
struct ResourceJson<'a> {
    address: &'a Address,
    title: &'a Option<String>,
    workspace: &'a Option<WorkspaceName>,
}

#[derive(Serialize)]
struct ReferenceJson<'a> {
    from: &'a Address,
    field: &'a str,
    to: &'a Address,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text).expect("legal")
    }

    fn graph(edges: &[(&str, &str)]) -> Graph {
        let mut graph = Graph::default();
        for (from, to) in edges {
            for end in [from, to] {
                graph.add(&address(end), Node::default());
            }
            graph.refer(&address(from), &FieldPath::keys(["f"]).index(3), &address(to));
        }
        graph
    }

    fn human(graph: &Graph, about: Option<&Address>) -> String {
        let mut page = Page::new();
        GraphReport { graph, about }.human(&mut page);
        page.plain()
    }

    #[test]
    fn what_was_written_is_named_again_and_not_written_again() {
        let graph = graph(&[("k.a", "k.c"), ("k.b", "k.c"), ("k.c", "k.d")]);
        assert_eq!(
            human(&graph, None),
            "k.a\n    f: k.c\n        f: k.d\nk.b\n    f: k.c  (see above)\n\n4 resources, 3 references.\n"
        );
    }

    #[test]
    fn a_circle_begins_at_its_first_address_and_ends() {
        let graph = graph(&[("k.b", "k.a"), ("k.a", "k.b")]);
        let expected = "k.a\n    f: k.b\n        f: k.a  (see above)\n\n2 resources, 2 references.\n";
        assert_eq!(human(&graph, None), expected);
    }

    #[test]
    fn around_a_resource_is_what_it_reaches_and_what_reaches_it() {
        let graph = graph(&[("k.a", "k.b"), ("k.b", "k.c"), ("k.x", "k.c"), ("k.a", "k.y")]);
        let about = address("k.b");
        assert_eq!(
            human(&graph.around(&about), Some(&about)),
            "Refers to:\nk.b\n    f: k.c\n\nIs referred to by:\nk.b\n    f: k.a\n\n3 resources, 2 references.\n"
        );
    }

    #[test]
    fn whose_a_resource_is_is_said_where_it_is_not_everybodys() {
        let owned = |owners: &[(&str, Option<&str>)]| {
            let mut graph = Graph::default();
            for (name, owner) in owners {
                let workspace = owner.map(|owner| WorkspaceName::new(owner).expect("legal"));
                graph.add(&address(name), Node { workspace, ..Node::default() });
            }
            graph.part_by_owner();
            human(&graph, None)
        };
        assert_eq!(
            owned(&[("brand.a", Some("w")), ("brand.b", Some("w"))]),
            "brand.a\nbrand.b\n\n2 resources, 0 references.\n"
        );
        assert_eq!(
            owned(&[("brand.a", Some("w")), ("brand.b", None)]),
            "brand.a\nbrand.b  (of nobody)\n\n2 resources, 0 references.\n"
        );
        assert_eq!(
            owned(&[("brand.a", Some("w")), ("brand.b", Some("v"))]),
            "brand.a  (of workspace w)\nbrand.b  (of workspace v)\n\n2 resources, 0 references.\n"
        );
    }

    #[test]
    fn dot_quotes_what_is_quoted() {
        let mut graph = Graph::default();
        graph.add(&address("k.a"), Node { title: Some("a \"b\" \\".to_owned()), ..Node::default() });
        let mut page = Page::new();
        GraphReport { graph: &graph, about: None }.dot(&mut page);
        assert!(page.plain().contains("  \"k.a\" [label = \"k.a\\na \\\"b\\\" \\\\\"];\n"), "{}", page.plain());
    }
}
