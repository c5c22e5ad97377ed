//! Two small kinds that use everything a kind can have, and a guard over both, so that the whole is tried beyond the fields
//! of today's brands and hours.

use std::collections::BTreeMap;

use deskform_model::{
    Address, Breach, Category, Code, Edit, Event, ExclusiveScope, FieldPath, KindName, Limit, Lowering, Outline,
    Problem, Reference, Refusal, RefusalWords, Registry, ResourceName, Safeguard, Secret, Side, Typed, TypedKind,
    UniqueValue, Verdict, World,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// `node` and `leaf` alone.
pub fn small_registry() -> Registry {
    Registry::new().with(Typed::<NodeKind>::new()).with(Typed::<LeafKind>::new())
}

/// The same, with the guard over both.
pub fn guarded_registry() -> Registry {
    small_registry().guarded_by(Lit)
}

/// The kinds of the product, and `node` and `leaf`.
pub fn whole_registry() -> Registry {
    deskform_kinds::registry().with(Typed::<NodeKind>::new()).with(Typed::<LeafKind>::new())
}

/// A kind with references to itself and to `leaf`, a unique value, an exclusive one, every shape of list, a field that
/// only a replacement changes, and a secret.
pub struct NodeKind;

/// The content of a `node`, as written and as stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// What it is called.
    title: String,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// Held by one node alone; upper and lower case are one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    slot: Option<String>,
    /// True for exactly one node.
    #[serde(default, skip_serializing_if = "is_false")]
    head: bool,
    /// Cannot be changed in place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    /// A secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<Secret>,
    /// Another node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<ResourceName>,
    /// A leaf.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    leaf: Option<ResourceName>,
    /// Other nodes, in any order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    peers: Vec<ResourceName>,
    /// Words, in any order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    tags: Vec<String>,
    /// Words whose order counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "ordered"))]
    stages: Vec<String>,
    /// Tables told apart by their name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = { "keyed": "name" }))]
    contacts: Vec<Contact>,
    /// Leaves by a key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    bindings: BTreeMap<String, ResourceName>,
}

/// One entry of a keyed list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Tells it apart.
    name: String,
    /// A leaf.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    leaf: Option<ResourceName>,
}

impl TypedKind for NodeKind {
    const NAME: &'static str = "node";
    type Manifest = Node;
    type Spec = Node;

    fn lower(mut node: Node, lowering: &mut Lowering<'_>) -> Option<Node> {
        if node.title.is_empty() {
            let path = FieldPath::keys(["title"]);
            lowering.report(Problem::error(Code("ND001"), path, "`title` is empty", "has no character"));
        }
        node.slot = node.slot.map(|slot| slot.to_lowercase());
        Some(node)
    }

    fn raise(node: &Node) -> Node {
        node.clone()
    }

    fn outline(node: &Node) -> Outline {
        Outline { title: Some(node.title.clone()), references: node_references(node), unique: node_unique(node) }
    }

    fn category() -> Category {
        Category::Rule
    }

    fn events(before: Option<&Node>, after: Option<&Node>, _: &[Edit]) -> Vec<Event> {
        match (before, after) {
            (Some(before), Some(after)) if before.title != after.title => {
                let arguments = json!({ "before": before.title, "after": after.title });
                vec![Event { name: "node.retitled", category: Category::Account, arguments }]
            }
            _ => Vec::new(),
        }
    }

    fn replace_only() -> Vec<FieldPath> {
        vec![FieldPath::keys(["region"])]
    }

    fn secrets() -> Vec<FieldPath> {
        vec![FieldPath::keys(["key"])]
    }

    fn exclusive() -> Vec<ExclusiveScope> {
        vec![ExclusiveScope { scope: "node.head", what: "head node", needed: true }]
    }
}

fn node_references(node: &Node) -> Vec<Reference> {
    let mut references = Vec::new();
    let mut refer = |path: FieldPath, kind: &str, name: &ResourceName| {
        references.push(Reference { path, to: address(kind, name) });
    };
    for (key, name) in &node.bindings {
        refer(FieldPath::keys(["bindings", key]), "leaf", name);
    }
    for contact in &node.contacts {
        if let Some(name) = &contact.leaf {
            refer(FieldPath::keys(["contacts", &contact.name, "leaf"]), "leaf", name);
        }
    }
    if let Some(name) = &node.leaf {
        refer(FieldPath::keys(["leaf"]), "leaf", name);
    }
    if let Some(name) = &node.next {
        refer(FieldPath::keys(["next"]), "node", name);
    }
    for (index, name) in node.peers.iter().enumerate() {
        refer(FieldPath::keys(["peers"]).index(index), "node", name);
    }
    references
}

fn node_unique(node: &Node) -> Vec<UniqueValue> {
    let value = |scope: &str, value: String, path: &str| UniqueValue {
        scope: scope.to_owned(),
        value,
        path: FieldPath::keys([path]),
    };
    let head = node.head.then(|| value("node.head", "true".to_owned(), "head"));
    let slot = node.slot.as_ref().map(|slot| value("node.slot", slot.clone(), "slot"));
    head.into_iter().chain(slot).collect()
}

fn address(kind: &str, name: &ResourceName) -> Address {
    Address::new(&KindName::new(kind).expect("a constant that is a legal kind"), name)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

/// A kind with two formats. Format 1 had `shade`, which format 2 calls `colour`; a leaf with neither is still written in
/// format 1.
pub struct LeafKind;

/// The content of a `leaf`, as written and as stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// What it is called.
    label: String,
    /// New in format 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    colour: Option<String>,
}

impl TypedKind for LeafKind {
    const NAME: &'static str = "leaf";
    const FORMAT: u32 = 2;
    type Manifest = Leaf;
    type Spec = Leaf;

    fn lower(leaf: Leaf, _: &mut Lowering<'_>) -> Option<Leaf> {
        Some(leaf)
    }

    fn raise(leaf: &Leaf) -> Leaf {
        leaf.clone()
    }

    fn outline(leaf: &Leaf) -> Outline {
        Outline { title: Some(leaf.label.clone()), ..Outline::default() }
    }

    fn category() -> Category {
        Category::Other
    }

    fn events(_: Option<&Leaf>, _: Option<&Leaf>, _: &[Edit]) -> Vec<Event> {
        Vec::new()
    }

    fn format_of(leaf: &Leaf) -> u32 {
        if leaf.colour.is_some() { 2 } else { 1 }
    }

    fn upgrade(_: u32, spec: Value) -> Option<Value> {
        let Value::Object(mut table) = spec else {
            return None;
        };
        if table.contains_key("colour") {
            return None;
        }
        if let Some(shade) = table.remove("shade") {
            table.insert("colour".to_owned(), shade);
        }
        Some(Value::Object(table))
    }

    fn limit(policy: &Value) -> Option<Limit> {
        let most = policy.pointer("/limits/leaf")?.as_u64()?;
        Some(Limit { code: Code("LF001"), most, source: "the tests".to_owned() })
    }
}

/// The last node that names a leaf with a colour keeps doing so.
pub struct Lit;

impl Safeguard for Lit {
    fn kinds(&self) -> &'static [&'static str] {
        &["leaf", "node"]
    }

    fn judge(&self, world: &World<'_>) -> Verdict {
        let (before, after) = (lit(&world.before), lit(&world.after));
        let lost: Vec<Address> = before
            .iter()
            .map(|(node, _)| node)
            .filter(|node| !after.iter().any(|(n, _)| n == *node))
            .cloned()
            .collect();
        match after.into_iter().next() {
            _ if lost.is_empty() => Verdict::default(),
            Some((node, leaf)) => Verdict { rests_on: [node, leaf].into(), ..Verdict::default() },
            None => {
                let breach = Breach { code: Code("ND002"), addresses: lost, args: BTreeMap::new() };
                Verdict { breaches: vec![breach], ..Verdict::default() }
            }
        }
    }

    fn words(&self, refusal: &Refusal) -> Option<RefusalWords> {
        (refusal.code == "ND002").then(|| RefusalWords {
            message: "no node would be lit".to_owned(),
            label: "the last that is lit".to_owned(),
            hint: "Light another.".to_owned(),
        })
    }
}

/// The nodes that name a leaf with a colour, with that leaf; the best to rest on first.
fn lit(side: &Side<'_>) -> Vec<(Address, Address)> {
    let pair = |node: deskform_model::Member<'_>| {
        let leaf = address("leaf", &serde_json::from_value(node.spec.get("leaf")?.clone()).ok()?);
        side.get(&leaf)?.spec.get("colour")?;
        Some((node.address.clone(), leaf))
    };
    side.of("node").filter_map(pair).collect()
}

#[cfg(test)]
mod tests {
    use deskform_model::{Document, Facts, FileProblem, Unreadable};

    use super::*;

    fn open(format: u32, text: &str) -> Result<Value, Unreadable> {
        let kind = KindName::new("leaf").expect("legal");
        small_registry().open(&Document::stored(kind, format, text.to_owned())).map(|(spec, _)| spec)
    }

    #[test]
    fn a_document_of_an_earlier_format_is_read_as_the_latest() {
        assert_eq!(open(1, r#"{"label":"x","shade":"red"}"#), Ok(json!({ "label": "x", "colour": "red" })));
        assert_eq!(open(2, r#"{"label":"x","colour":"red"}"#), Ok(json!({ "label": "x", "colour": "red" })));
        assert_eq!(open(1, r#"{"label":"x","colour":"red"}"#), Err(Unreadable::Misfit));
        assert_eq!(open(3, r#"{"label":"x"}"#), Err(Unreadable::Newer { found: 3, known: 2 }));
    }

    #[test]
    fn an_unused_new_field_changes_neither_format_nor_text() {
        let registry = small_registry();
        let facts = Facts { file: &|_| Err(FileProblem::Missing) };
        let leaf = registry.get("leaf").expect("registered");
        let format = |body: Value| leaf.read(body.into(), &facts).map(|reading| reading.format);
        assert_eq!(format(json!({ "label": "x" })), Ok(1));
        assert_eq!(format(json!({ "label": "x", "colour": "red" })), Ok(2));
    }

    #[test]
    fn every_list_of_the_small_kinds_says_how_it_is_compared() {
        for kind in small_registry().kinds() {
            assert_eq!(kind.shapes().unannotated(), [] as [String; 0], "{}", kind.name());
        }
    }
}
