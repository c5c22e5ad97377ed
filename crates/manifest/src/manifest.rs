//! One manifest: its top-level tables, each to the resource or hint that it declares.

use std::collections::BTreeSet;

use deskform_model::{Address, Diagnostic, Kind, KindName, Registry, ResourceName, Source};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::codes;
use crate::findings::with_places;
use crate::hints::{Statement, Word, read_statements};
use crate::judges::Context;
use crate::lookalikes::folded;
use crate::near::alternatives;
use crate::resource::Declared;
use crate::text::{Lines, Text, brief};
use crate::tree::Node;
use crate::wording::name_rule;

/// The sections of `deskform.toml`.
pub(crate) const SECTIONS: [&str; 7] = ["workspace", "store", "guard", "limits", "lint", "platform", "env"];

/// The kind that is made from `deskform.toml`.
pub(crate) const POLICY: &str = "policy";

/// What all manifests together declare.
#[derive(Default)]
pub(crate) struct Gathered {
    pub(crate) declared: Vec<Declared>,
    pub(crate) statements: Vec<Statement>,
    /// Addresses that are probably declared, in places that cannot be read: nothing is said to be missing for them.
    pub(crate) known: BTreeSet<Address>,
    /// What is declared and what the environment does not have.
    pub(crate) removed: BTreeSet<Address>,
}

type Key<'t> = Spanned<std::borrow::Cow<'t, str>>;

/// A resource's table that was found.
pub(crate) struct Found<'a, 'b, 't> {
    pub(crate) kind: &'a dyn Kind,
    pub(crate) address: Address,
    pub(crate) source: Source,
    pub(crate) text: &'b Text<'t>,
    pub(crate) root: Node<'b, 't>,
}

/// What becomes of each resource that is found; nothing if it is not declared by that.
pub(crate) type Take<'f, 't> = dyn FnMut(&mut Context<'_, '_>, Found<'_, '_, 't>) -> Option<Declared> + 'f;

/// Reads the tree of a manifest or an overlay, in which some statements may stand.
pub(crate) fn read<'t>(
    ctx: &mut Context<'_, '_>,
    text: &Text<'t>,
    tree: &DeTable<'t>,
    words: &[Word],
    gathered: &mut Gathered,
    take: &mut Take<'_, 't>,
) {
    let mut entries: Vec<_> = tree.iter().collect();
    entries.sort_unstable_by_key(|(key, _)| key.span().start);
    let mut lines = Lines::of(text);
    for (key, value) in entries {
        let name = key.get_ref().as_ref();
        let word = Word::of(name);
        if let Some(word) = word.filter(|word| words.contains(word)) {
            let found = read_statements(ctx, text, word, &Node::new(key, value));
            gathered.statements.extend(found);
        } else if word.is_some() || name == POLICY || SECTIONS.contains(&name) {
            ctx.out.push(elsewhere(text, name, &Node::new(key, value)));
        } else if let Some(kind) = ctx.registry.get(name) {
            read_kind(ctx, text, &mut lines, kind, (key, value), take, gathered);
        } else {
            unknown(ctx, text, (key, value), gathered);
        }
    }
}

/// Addresses of the headers of a file that has no sound tree.
pub(crate) fn scan_headers(registry: &Registry, text: &Text<'_>) -> BTreeSet<Address> {
    let header = |line: &str| {
        let inside = line.trim_start().strip_prefix('[')?.split(']').next()?;
        let mut parts = inside.split('.').map(str::trim);
        address_of(registry, parts.next()?, parts.next()?)
    };
    text.lines().filter_map(|(_, line)| header(line)).collect()
}

fn address_of(registry: &Registry, kind: &str, name: &str) -> Option<Address> {
    let kind = registry.get(kind)?.name();
    ResourceName::new(name).ok().map(|name| Address::new(kind, &name))
}

fn elsewhere(text: &Text<'_>, name: &str, node: &Node<'_, '_>) -> Diagnostic {
    let (message, hint) = if name == POLICY {
        (
            "a `policy` cannot be declared".to_owned(),
            "Write `[guard]`, `[limits]`, `[lint]` or `[platform]` in `deskform.toml`.",
        )
    } else if name == Word::Unset.as_str() {
        (
            "`[[unset]]` does not belong here".to_owned(),
            "Move it to an overlay below `envs`, or remove it together with the declaration.",
        )
    } else {
        (format!("`{name}` does not belong in a manifest"), "Move it to `deskform.toml`.")
    };
    let place = node.key.clone().unwrap_or_default();
    Diagnostic::error(codes::ELSEWHERE, message).at(text.span(&place), "not in a manifest").hint(hint).quotable()
}

fn read_kind<'t>(
    ctx: &mut Context<'_, '_>,
    text: &Text<'t>,
    lines: &mut Lines<'_>,
    kind: &dyn Kind,
    (key, value): (&Key<'_>, &Spanned<DeValue<'t>>),
    take: &mut Take<'_, 't>,
    gathered: &mut Gathered,
) {
    let kind_name = kind.name();
    let Some(table) = value.get_ref().as_table() else {
        ctx.out.push(no_table(text, kind_name, &Node::new(key, value)));
        return;
    };
    let (mut resources, strays): (Vec<_>, Vec<_>) = table.iter().partition(|(_, value)| value.get_ref().is_table());
    if resources.is_empty() && strays.is_empty() {
        ctx.out.push(no_name(text, kind_name, &Node::new(key, value)));
    }
    stray_keys(ctx, text, kind_name, &Node::new(key, value), &strays);
    resources.sort_unstable_by_key(|(key, _)| key.span().start);
    for (key, value) in resources {
        let node = Node::new(key, value);
        match ResourceName::new(key.get_ref().as_ref()) {
            Err(_) => ctx.out.push(bad_name(text, key)),
            Ok(name) => {
                let heading = node.heading(text);
                let source = Source { span: text.span(&heading), line: lines.line(heading.start) };
                let address = Address::new(kind_name, &name);
                gathered.declared.extend(take(ctx, Found { kind, address, source, text, root: node }));
            }
        }
    }
}

/// A kind's name over something that is no table: `[[brand]]`, or `brand = 1`.
fn no_table(text: &Text<'_>, kind: &KindName, node: &Node<'_, '_>) -> Diagnostic {
    let place = node.key.clone().unwrap_or_default();
    let found = if is_list_header(text, node.value) {
        Diagnostic::error(codes::LIST_HEADER, "a resource is not declared in a list")
            .at(text.span(&place), "two brackets make a list")
    } else {
        Diagnostic::error(codes::OUTSIDE, format!("`{kind}` is a kind and holds no value"))
            .at(text.span(&place), "a kind of resources")
    };
    found.hint(format!("Write `[{kind}.NAME]`.")).quotable()
}

fn no_name(text: &Text<'_>, kind: &KindName, node: &Node<'_, '_>) -> Diagnostic {
    Diagnostic::error(codes::NO_NAME, format!("this `{kind}` has no name"))
        .at(text.span(&node.heading(text)), "a header names the kind and the resource")
        .hint(format!("Write `[{kind}.NAME]`."))
        .quotable()
}

/// Keys right under a kind: the header lacks the name, or a name has a value that is no table.
fn stray_keys(
    ctx: &mut Context<'_, '_>,
    text: &Text<'_>,
    kind: &KindName,
    node: &Node<'_, '_>,
    strays: &[(&Key<'_>, &Spanned<DeValue<'_>>)],
) {
    let (lists, values): (Vec<_>, Vec<_>) = strays.iter().partition(|(_, value)| is_list_header(text, value));
    for (key, _) in lists {
        let name = key.get_ref();
        let found =
            Diagnostic::error(codes::LIST_HEADER, format!("the {kind} `{}` is declared as a list", brief(name)))
                .at(text.span(&key.span()), "two brackets make a list")
                .hint(format!("Write `[{kind}.{}]`.", brief(name)));
        ctx.out.push(found.quotable());
    }
    if !values.is_empty() {
        ctx.out.push(no_name(text, kind, node));
    }
}

fn is_list_header(text: &Text<'_>, value: &Spanned<DeValue<'_>>) -> bool {
    let is_header = text.slice(&value.span()).starts_with("[[");
    is_header && value.get_ref().as_array().is_some_and(|items| items.iter().all(|item| item.get_ref().is_table()))
}

fn bad_name(text: &Text<'_>, key: &Key<'_>) -> Diagnostic {
    let name = key.get_ref();
    let hint = match ResourceName::new(folded(name).to_lowercase()) {
        Ok(legal) => format!("Write `{legal}`."),
        Err(_) => format!("Use another name: {}.", name_rule()),
    };
    let message = match name.replace('\0', "").as_str() {
        "" => "a resource has an empty name".to_owned(),
        name => format!("`{}` cannot be the name of a resource", brief(name)),
    };
    Diagnostic::error(codes::NAME, message).at(text.span(&key.span()), "not a legal name").hint(hint).quotable()
}

/// A top-level key that is neither a kind nor a hint.
fn unknown(
    ctx: &mut Context<'_, '_>,
    text: &Text<'_>,
    (key, value): (&Key<'_>, &Spanned<DeValue<'_>>),
    gathered: &mut Gathered,
) {
    let name = key.get_ref().as_ref();
    let kinds = ctx.registry.kinds().map(|kind| kind.name().as_str()).filter(|kind| *kind != POLICY);
    let kinds: Vec<String> = kinds.map(str::to_owned).collect();
    if ctx.out.is_full() {
        return ctx.out.skip();
    }
    let near =
        ctx.out.slips.nearest(name, kinds.iter().map(String::as_str).chain(Word::OF_MANIFESTS.map(Word::as_str)));
    let children = value.get_ref().as_table().into_iter().flatten();
    let names: Vec<_> = children.filter(|(_, child)| child.get_ref().is_table()).collect();
    if let Some(near) = near {
        let likely = names.iter().filter_map(|(key, _)| address_of(ctx.registry, near, key.get_ref()));
        gathered.known.extend(likely);
    }
    let is_table = value.get_ref().is_table() || is_list_header(text, value);
    let mut found = if is_table {
        Diagnostic::error(codes::UNKNOWN_KIND, format!("there is no kind `{}`", brief(name)))
            .at(text.span(&key.span()), "not a kind of resources")
    } else {
        Diagnostic::error(codes::OUTSIDE, format!("the key `{}` belongs to no resource", brief(name)))
            .at(text.span(&key.span()), "stands above the first header")
    };
    found.hint = Some(match near {
        Some(near) => format!("Write `{near}`."),
        None if is_table => format!("Use {}.", alternatives(&kinds)),
        None => "Put it below the header of its resource, such as `[brand.NAME]`.".to_owned(),
    });
    let others = names.iter().skip(1).map(|(key, _)| text.span(&key.span()));
    ctx.out.push(with_places(found, others, "here too").quotable());
}
