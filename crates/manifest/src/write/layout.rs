//! How a value looks as TOML: what is a section, what stands on one line, where the equals signs are.

use deskform_model::is_active;
use toml_edit::{Array, ArrayOfTables, Datetime, DocumentMut, InlineTable, Item, Key, Table, Value};

use super::guide::Guide;
use super::node::Node;

/// A line may have so many characters before a table becomes a section, or a list takes a line for each item.
const LINE: usize = 100;

/// A table within a table stays on its line while it is as short as this.
const SHORT: usize = 60;

/// What stands above a secret that nobody has named a place for.
const OPEN_SECRET: &str = "\
# The store holds this secret written out, and it is not exported. Put it where the platform finds it and name the place:
# { env = \"NAME\" }, { file = \"PATH\" } or { vault = \"path#field\" }.
";

/// A table as the text of a TOML file; the tables of its first `sections` levels have headers of their own.
pub(crate) fn toml_text(entries: &[(String, Node)], sections: usize, guide: Guide<'_>) -> String {
    let mut document = DocumentMut::new();
    fill(document.as_table_mut(), entries, sections, guide);
    document.to_string()
}

/// How an entry is written.
#[derive(PartialEq)]
enum Form {
    Line,
    Section,
    Sections,
}

/// Lines first: in TOML, what stands below a header belongs to it.
fn fill(table: &mut Table, entries: &[(String, Node)], sections: usize, guide: Guide<'_>) {
    let placed =
        || entries.iter().map(|(key, node)| (key, node, guide.key(key), form(key, node, sections, guide.key(key))));
    for (key, node, guide, _) in placed().filter(|(.., form)| *form == Form::Line) {
        table.insert(key, Item::Value(line(key, node, guide)));
        if *node == Node::Secret
            && let Some(mut key) = table.key_mut(key)
        {
            key.leaf_decor_mut().set_prefix(OPEN_SECRET);
        }
    }
    align(table);
    table.set_implicit(table.is_empty() && !entries.is_empty());
    for (key, node, guide, form) in placed() {
        match (form, node) {
            (Form::Section, Node::Table(inner)) => {
                let mut section = Table::new();
                fill(&mut section, inner, sections.saturating_sub(1), guide);
                table.insert(key, Item::Table(section));
            }
            (Form::Sections, Node::List(items)) => {
                let mut list = ArrayOfTables::new();
                for item in items {
                    let mut section = Table::new();
                    if let Node::Table(inner) = item {
                        fill(&mut section, inner, 0, guide.item());
                    }
                    section.set_implicit(false);
                    list.push(section);
                }
                table.insert(key, Item::ArrayOfTables(list));
            }
            _ => {}
        }
    }
}

/// Equals signs below each other, as the usual formatters put them: by characters.
fn align(table: &mut Table) {
    let width = |key: &str| length(&Key::new(key).display_repr());
    let keys: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).collect();
    let widest = keys.iter().map(|key| width(key)).max().unwrap_or_default();
    for name in keys {
        if let Some(mut key) = table.key_mut(&name) {
            key.leaf_decor_mut().set_suffix(" ".repeat(widest - width(&name) + 1));
        }
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

fn form(key: &str, node: &Node, sections: usize, guide: Guide<'_>) -> Form {
    let apart = || sections > 0 || node.any(&needs_lines) || !fits(key, node, guide);
    match node {
        Node::Table(entries) if entries.is_empty() && sections == 0 => Form::Line,
        Node::Table(entries) if spreads(entries, guide) || apart() => Form::Section,
        Node::List(items) if !items.is_empty() && items.iter().all(is_table) && apart() => Form::Sections,
        _ => Form::Line,
    }
}

fn is_table(node: &Node) -> bool {
    matches!(node, Node::Table(_))
}

/// True for what stands on more than one line wherever it stands.
fn needs_lines(node: &Node) -> bool {
    match node {
        Node::Text(text) => text.contains('\n'),
        Node::Secret => true,
        _ => false,
    }
}

/// True for a table that nobody writes on one line, however short it is.
fn spreads(entries: &[(String, Node)], guide: Guide<'_>) -> bool {
    let lists = entries.iter().filter(|(_, value)| matches!(value, Node::List(_)));
    lists.count() > 1 || guide.is_map() && entries.len() > 1
}

fn fits(key: &str, node: &Node, guide: Guide<'_>) -> bool {
    let nested = match node {
        Node::Table(entries) => entries.iter().any(|(_, value)| value.any(&is_table)),
        _ => true,
    };
    length(&inline(node, guide).to_string()) + length(key) <= if nested { SHORT } else { LINE }
}

/// A value on its line; a long list has a line for each item.
fn line(key: &str, node: &Node, guide: Guide<'_>) -> Value {
    let mut value = inline(node, guide);
    if let Value::Array(items) = &mut value
        && length(&items.to_string()) + length(key) > LINE
    {
        for item in items.iter_mut() {
            item.decor_mut().set_prefix("\n  ");
        }
        items.set_trailing("\n");
        items.set_trailing_comma(true);
    }
    value
}

fn inline(node: &Node, guide: Guide<'_>) -> Value {
    match node {
        Node::Text(text) if guide.is_date() => text.parse::<Datetime>().map_or_else(|_| text_value(text), Value::from),
        Node::Text(text) => text_value(text),
        Node::Integer(number) => Value::from(*number),
        Node::Boolean(flag) => Value::from(*flag),
        Node::List(items) => Value::Array(items.iter().map(|item| inline(item, guide.item())).collect::<Array>()),
        Node::Table(entries) => {
            let mut table = InlineTable::new();
            for (key, value) in entries {
                table.insert(key, inline(value, guide.key(key)));
            }
            Value::InlineTable(table)
        }
        // Empty, and so refused by whoever reads it before somebody has filled it in.
        Node::Secret => Value::InlineTable(InlineTable::from_iter([("env", "")])),
    }
}

/// A text as it is; with everything written out that would not be seen, or would move what is.
fn text_value(text: &str) -> Value {
    let hidden = text.chars().any(|c| c != '\n' && is_active(c)) || text.contains(" \n");
    if !hidden {
        return Value::from(text);
    }
    let mut written = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => written.extend(['\\', c]),
            '\n' => written.push_str("\\n"),
            c if is_active(c) => written.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => written.push(c),
        }
    }
    written.push('"');
    written.parse().unwrap_or_else(|_| Value::from(text))
}
