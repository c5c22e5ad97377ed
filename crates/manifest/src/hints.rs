//! The statements that are no resources: `[[use]]`, `[[moved]]`, `[[adopt]]`, `[[forget]]`, and `[[unset]]` of overlays.

use deskform_model::{Address, Diagnostic, Segment, Source, Span, WorkspaceName};
use serde_json::{Map, Value, json};

use crate::codes;
use crate::explain::Subject;
use crate::judges::Context;
use crate::manifest::POLICY;
use crate::near::nearest;
use crate::text::{Lines, Text};
use crate::tree::{Fault, Node, value_of};
use crate::wording::name_rule;

/// Which statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Word {
    Use,
    Moved,
    Adopt,
    Forget,
    Unset,
}

/// One statement that is well formed.
pub(crate) struct Statement {
    pub(crate) says: Says,
    pub(crate) source: Source,
    /// Where its address stands, or the old address of a move.
    pub(crate) at: Span,
}

/// What a statement says.
pub(crate) enum Says {
    Use { address: Address, workspace: WorkspaceName },
    Moved { from: Address, to: Address, to_at: Span },
    Adopt(Address),
    Forget(Address),
    Unset(Address),
}

impl Word {
    pub(crate) const OF_MANIFESTS: [Self; 4] = [Self::Use, Self::Moved, Self::Adopt, Self::Forget];
    pub(crate) const OF_OVERLAYS: [Self; 5] = [Self::Use, Self::Moved, Self::Adopt, Self::Forget, Self::Unset];

    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::OF_OVERLAYS.into_iter().find(|word| word.as_str() == name)
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Use => "use",
            Self::Moved => "moved",
            Self::Adopt => "adopt",
            Self::Forget => "forget",
            Self::Unset => "unset",
        }
    }

    /// The schema of one statement.
    pub(crate) fn schema(self) -> fn() -> Value {
        match self {
            Self::Use => {
                || statement(&["address", "workspace"], "A resource of another workspace that this one refers to.")
            }
            Self::Moved => || statement(&["from", "to"], "A resource that has a new address."),
            Self::Adopt => || statement(&["address"], "A resource that nobody owns and that becomes this workspace's."),
            Self::Forget => {
                || statement(&["address"], "A resource that stays in the store and is no longer this workspace's.")
            }
            Self::Unset => || statement(&["address"], "A resource that the environment does not have."),
        }
    }
}

fn statement(keys: &[&str], description: &str) -> Value {
    let property = |key: &str| match key {
        "workspace" => json!({
            "type": "string",
            "description": "The workspace that owns it.",
            "pattern": r"^[a-z0-9][a-z0-9_-]{0,63}$",
        }),
        "from" => address_schema("The old address."),
        "to" => address_schema("The new address, which is declared."),
        _ => address_schema("The address of the resource."),
    };
    let properties: Map<String, Value> = keys.iter().map(|key| ((*key).to_owned(), property(key))).collect();
    json!({
        "type": "object",
        "description": description,
        "properties": properties,
        "required": keys,
        "additionalProperties": false,
    })
}

fn address_schema(description: &str) -> Value {
    json!({
        "type": "string",
        "description": description,
        "pattern": r"^[a-z][a-z0-9_]{0,31}\.[a-z0-9][a-z0-9_-]{0,63}$",
        "x-deskform-expects": "an address, `kind.name`",
    })
}

/// Reads all statements of one word in a file.
pub(crate) fn read_statements(
    ctx: &mut Context<'_, '_>,
    text: &Text<'_>,
    word: Word,
    node: &Node<'_, '_>,
) -> Vec<Statement> {
    let Some(items) = node.value.get_ref().as_array() else {
        let word = word.as_str();
        let found = Diagnostic::error(codes::LIST_HEADER, format!("`{word}` is a list"))
            .at(text.span(&node.heading(text)), "not a list")
            .hint(format!("Write `[[{word}]]`."));
        ctx.out.push(found.quotable());
        return Vec::new();
    };
    let mut lines = Lines::of(text);
    let read = |item| {
        let root = Node { key: None, value: item };
        let start = root.value.span().start;
        let source = Source { span: text.span(&root.value.span()), line: lines.line(start) };
        read_statement(ctx, &Subject { text, address: None, root, unset: None }, word, source)
    };
    items.iter().filter_map(read).collect()
}

fn read_statement(
    ctx: &mut Context<'_, '_>,
    subject: &Subject<'_, '_>,
    word: Word,
    source: Source,
) -> Option<Statement> {
    let mut faults = Vec::new();
    let value = value_of(subject.root.value, &mut faults);
    ctx.out.extend(faults.iter().map(|fault| fault.diagnostic(subject.text)));
    let read = value.as_object().and_then(|table| says(table, word, subject)).map(|says| {
        let first = if word == Word::Moved { "from" } else { "address" };
        Statement { says, source, at: place_of(subject, first) }
    });
    let Some(statement) = read else {
        explain(ctx, subject, word, &value, &faults);
        return None;
    };
    is_known(ctx, &statement).then_some(statement)
}

fn says(table: &Map<String, Value>, word: Word, subject: &Subject<'_, '_>) -> Option<Says> {
    let address = |key: &str| Address::parse(table.get(key)?.as_str()?).ok();
    let only = |count: usize| table.len() == count;
    match word {
        Word::Use if only(2) => {
            let workspace = WorkspaceName::new(table.get("workspace")?.as_str()?).ok()?;
            Some(Says::Use { address: address("address")?, workspace })
        }
        Word::Moved if only(2) => {
            Some(Says::Moved { from: address("from")?, to: address("to")?, to_at: place_of(subject, "to") })
        }
        Word::Adopt if only(1) => address("address").map(Says::Adopt),
        Word::Forget if only(1) => address("address").map(Says::Forget),
        Word::Unset if only(1) => address("address").map(Says::Unset),
        _ => None,
    }
}

fn place_of(subject: &Subject<'_, '_>, key: &str) -> Span {
    subject.text.span(&subject.root.locate(subject.text, &[Segment::Key(key.to_owned())]).range)
}

fn explain(ctx: &mut Context<'_, '_>, subject: &Subject<'_, '_>, word: Word, value: &Value, faults: &[Fault]) {
    if ctx.out.is_full() {
        return ctx.out.skip();
    }
    let found = ctx.judges.of_table(word.as_str(), word.schema()).explain(subject, value, faults);
    if found.is_empty() && faults.is_empty() {
        // The schema's patterns cannot tell device names.
        let place = subject.text.span(&subject.root.heading(subject.text));
        let found = Diagnostic::error(codes::NAME, "a name in this table is not legal").at(place, "not a legal name");
        ctx.out.push(found.hint(format!("Use another name: {}.", name_rule())));
    }
    ctx.out.extend(found);
}

/// Reports addresses of kinds that there are not, and of the policy, which is not declared in manifests.
fn is_known(ctx: &mut Context<'_, '_>, statement: &Statement) -> bool {
    let addresses = match &statement.says {
        Says::Use { address, .. } | Says::Adopt(address) | Says::Forget(address) | Says::Unset(address) => {
            vec![(address, statement.at)]
        }
        Says::Moved { from, to, to_at } => vec![(from, statement.at), (to, *to_at)],
    };
    let mut known = true;
    for (address, place) in addresses {
        let kind = address.kind();
        known &= kind != POLICY && ctx.registry.get(kind).is_some();
        if kind == POLICY {
            let found = Diagnostic::error(codes::ELSEWHERE, "a `policy` is not named in manifests")
                .at(place, "made from `deskform.toml`")
                .hint("Remove this table.");
            ctx.out.push(found.quotable());
        } else if ctx.registry.get(kind).is_none() {
            let near = nearest(kind, ctx.registry.kinds().map(|kind| kind.name().as_str()));
            let mut found = Diagnostic::error(codes::UNKNOWN_KIND, format!("there is no kind `{kind}`"))
                .at(place, "not a kind of resources")
                .quotable();
            found.hint = near.map(|near| format!("Write `{near}.{}`.", address.name()));
            ctx.out.push(found);
        }
    }
    known
}
