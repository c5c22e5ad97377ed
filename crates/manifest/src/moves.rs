//! All statements of all files together: chains of moves folded, contradictions found.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{Address, Code, Diagnostic, Hint, HintKind, Source, Span, Use, WorkspaceName};

use crate::codes;
use crate::findings::{way_of, with_places};
use crate::hints::{Says, Statement, Word};

/// What the statements come to.
#[derive(Default)]
pub(crate) struct Resolved {
    pub(crate) hints: Vec<Hint>,
    pub(crate) uses: BTreeMap<Address, Use>,
    /// Old addresses, with the declared one that each now has and the place that says so.
    pub(crate) renamed: BTreeMap<Address, (Address, Span)>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// One move.
struct Move<'s> {
    from: &'s Address,
    to: &'s Address,
    at: Span,
    to_at: Span,
    source: Source,
}

/// Resolves the statements, given in the order of their places.
pub(crate) fn resolve(
    statements: &[Statement],
    is_declared: &dyn Fn(&Address) -> bool,
    workspace: &WorkspaceName,
) -> Resolved {
    let mut resolved = Resolved::default();
    resolved.simple(statements, is_declared, workspace);
    let moves = resolved.moves(statements);
    resolved.chains(&moves, is_declared);
    resolved.forgotten_moves(statements, &moves);
    let places: BTreeMap<(u32, u32), usize> = statements
        .iter()
        .enumerate()
        .map(|(order, statement)| ((statement.source.span.file.0, statement.source.span.start), order))
        .collect();
    resolved.hints.sort_by_key(|hint| places.get(&(hint.source.span.file.0, hint.source.span.start)).copied());
    resolved
}

fn error(code: Code, message: String, place: Span, label: &str, hint: &str) -> Diagnostic {
    Diagnostic::error(code, message).at(place, label).hint(hint).quotable()
}

impl Resolved {
    /// `[[use]]`, `[[adopt]]` and `[[forget]]`, each by itself.
    fn simple(&mut self, statements: &[Statement], is_declared: &dyn Fn(&Address) -> bool, workspace: &WorkspaceName) {
        let mut seen: BTreeMap<(Word, &Address), Span> = BTreeMap::new();
        for statement in statements {
            let (word, address) = match &statement.says {
                Says::Use { address, .. } => (Word::Use, address),
                Says::Adopt(address) => (Word::Adopt, address),
                Says::Forget(address) => (Word::Forget, address),
                Says::Moved { .. } | Says::Unset(_) => continue,
            };
            if let Some(first) = seen.insert((word, address), statement.at) {
                let message = format!("`[[{}]]` names `{address}` twice", word.as_str());
                let found = error(codes::HINT_TWICE, message, statement.at, "the second one", "Remove one of the two.");
                self.diagnostics.push(found.with(first, "the first one"));
                continue;
            }
            let found = fault(statement, is_declared(address), workspace);
            if found.is_none() {
                self.accept(statement);
            }
            self.diagnostics.extend(found);
        }
    }

    fn accept(&mut self, statement: &Statement) {
        let source = statement.source;
        match &statement.says {
            Says::Use { address, workspace } => {
                self.uses.insert(address.clone(), Use { workspace: workspace.clone(), source });
            }
            Says::Adopt(address) => self.hints.push(Hint { kind: HintKind::Adopt(address.clone()), source }),
            Says::Forget(address) => self.hints.push(Hint { kind: HintKind::Forget(address.clone()), source }),
            Says::Moved { .. } | Says::Unset(_) => {}
        }
    }

    /// The moves that lead from one address to one other of its kind, by the old address.
    fn moves<'s>(&mut self, statements: &'s [Statement]) -> BTreeMap<&'s Address, Move<'s>> {
        let mut moves: BTreeMap<&Address, Move<'s>> = BTreeMap::new();
        let mut targets: BTreeMap<&Address, Span> = BTreeMap::new();
        for statement in statements {
            let Says::Moved { from, to, to_at } = &statement.says else { continue };
            let found = Move { from, to, at: statement.at, to_at: *to_at, source: statement.source };
            if let Some(diagnostic) = found.fault(moves.get(from).map(|first| first.at), targets.get(to).copied()) {
                self.diagnostics.push(diagnostic);
            } else {
                targets.insert(to, *to_at);
                moves.insert(from, found);
            }
        }
        moves
    }

    fn chains(&mut self, moves: &BTreeMap<&Address, Move<'_>>, is_declared: &dyn Fn(&Address) -> bool) {
        let targets: BTreeSet<&Address> = moves.values().map(|m| m.to).collect();
        let mut seen: BTreeSet<&Address> = BTreeSet::new();
        for start in moves.values().filter(|m| !targets.contains(m.from)) {
            let chain = chain_of(moves, start);
            seen.extend(chain.iter().map(|m| m.from));
            self.chain(&chain, is_declared);
        }
        for start in moves.values() {
            if !seen.contains(start.from) {
                let chain = chain_of(moves, start);
                seen.extend(chain.iter().map(|m| m.from));
                self.cycle(&chain);
            }
        }
    }

    fn chain(&mut self, chain: &[&Move<'_>], is_declared: &dyn Fn(&Address) -> bool) {
        let [first, ..] = chain else { return };
        let last = chain.last().unwrap_or(first);
        for link in chain.iter().filter(|link| is_declared(link.from)) {
            let message = format!("`{}` is moved and still declared", link.from);
            let hint = "Remove the `[[moved]]`, or declare the resource under its new address only.";
            self.diagnostics.push(error(codes::STILL_DECLARED, message, link.at, "still declared", hint));
        }
        if !is_declared(last.to) {
            let message = format!("`{}` is where `{}` moves, and it is not declared", last.to, last.from);
            let hint = "Declare the resource under its new address, or remove the `[[moved]]`.";
            self.diagnostics.push(error(codes::NOT_DECLARED, message, last.to_at, "not declared", hint));
        }
        let (from, to) = (first.from.clone(), last.to.clone());
        let via: Vec<Address> = chain.iter().skip(1).map(|link| link.from.clone()).collect();
        for link in chain {
            self.renamed.insert(link.from.clone(), (to.clone(), link.at));
        }
        self.hints.push(Hint { kind: HintKind::Moved { from, via, to }, source: first.source });
    }

    fn cycle(&mut self, chain: &[&Move<'_>]) {
        let [first, rest @ ..] = chain else { return };
        let way = way_of(chain.iter().map(|link| link.from.as_str()));
        let message = format!("moves go in a circle: {way} and back");
        let hint = "Remove the moves that are done; a swap of two addresses needs a third one and two applies.";
        let found = error(codes::MOVE_CYCLE, message, first.at, "comes back to itself", hint);
        self.diagnostics.push(with_places(found, rest.iter().map(|link| link.at), "part of the circle"));
    }

    fn forgotten_moves(&mut self, statements: &[Statement], moves: &BTreeMap<&Address, Move<'_>>) {
        for statement in statements {
            let Says::Forget(address) = &statement.says else { continue };
            if let Some(moved) = moves.get(address) {
                let message = format!("`{address}` is both moved and forgotten");
                let hint = "Remove the `[[forget]]` or the `[[moved]]`.";
                let found = error(codes::HINT_CONFLICT, message, statement.at, "forgotten here", hint);
                self.diagnostics.push(found.with(moved.at, "moved here"));
            }
        }
    }
}

fn fault(statement: &Statement, is_declared: bool, own: &WorkspaceName) -> Option<Diagnostic> {
    let at = statement.at;
    match &statement.says {
        Says::Adopt(address) if !is_declared => {
            let message = format!("`{address}` is adopted and not declared");
            let hint = "Declare the resource, or remove the `[[adopt]]`.";
            Some(error(codes::NOT_DECLARED, message, at, "not declared", hint))
        }
        Says::Forget(address) if is_declared => {
            let message = format!("`{address}` is forgotten and still declared");
            let hint = "Remove the declaration or the `[[forget]]`.";
            Some(error(codes::FORGET_DECLARED, message, at, "still declared", hint))
        }
        Says::Use { address, .. } if is_declared => {
            let message = format!("`{address}` is declared here and cannot be another workspace's");
            let hint = "Remove the `[[use]]`: a resource of this workspace can be referred to as it is.";
            Some(error(codes::USE_OWN, message, at, "declared in this workspace", hint))
        }
        Says::Use { address, workspace } if workspace == own => {
            let message = format!("`{address}` is said to be of this workspace, and it is not declared");
            let hint = "Name the workspace that owns it, or declare it and remove the `[[use]]`.";
            Some(error(codes::USE_OWN, message, at, "not declared here", hint))
        }
        _ => None,
    }
}

impl Move<'_> {
    fn fault(&self, from_before: Option<Span>, to_before: Option<Span>) -> Option<Diagnostic> {
        let Self { from, to, at, to_at, source: _ } = self;
        if from.kind() != to.kind() {
            let message = format!("`{from}` cannot become `{to}`: a move keeps the kind");
            return Some(error(
                codes::KIND_CHANGES,
                message,
                *to_at,
                "another kind",
                "Name an address of the same kind.",
            ));
        }
        if from == to {
            let message = format!("`{from}` moves to itself");
            return Some(error(codes::MOVE_CYCLE, message, *to_at, "the same address", "Remove the `[[moved]]`."));
        }
        let twice = |address: &Address, verb: &str, place: Span, first: Span| {
            let message = format!("two moves {verb} `{address}`");
            let found = error(codes::MOVE_TWICE, message, place, "the second one", "Remove one of the two.");
            Some(found.with(first, "the first one"))
        };
        match (from_before, to_before) {
            (Some(first), _) => twice(from, "start at", *at, first),
            (None, Some(first)) => twice(to, "end at", *to_at, first),
            (None, None) => None,
        }
    }
}

/// The moves from a start on, each beginning where the one before ends; a circle is walked once.
fn chain_of<'m, 's>(moves: &'m BTreeMap<&'s Address, Move<'s>>, start: &'m Move<'s>) -> Vec<&'m Move<'s>> {
    let mut chain = vec![start];
    let mut at = start.to;
    while let Some(next) = moves.get(at).filter(|next| next.from != start.from) {
        chain.push(next);
        at = next.to;
    }
    chain
}
