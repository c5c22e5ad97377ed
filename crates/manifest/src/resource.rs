//! One resource: its table, read by its kind, with a place for everything that can be found wrong later.

use std::sync::Arc;

use deskform_model::{
    Address, Body, Diagnostic, Digest, Document, FieldPath, Kind, Lifecycle, Outline, Problem, ReadError, Reading,
    Segment, Severity, Source, Span, TypedSpec,
};
use serde_json::{Value, json};

use crate::explain::{Judge, Subject};
use crate::judges::{Context, Judges};
use crate::lookalikes;
use crate::tree::{self, Fault, Place, value_of};

/// A declared resource.
pub(crate) struct Declared {
    pub(crate) address: Address,
    pub(crate) source: Source,
    /// `None` where its table could not be read; it is declared all the same.
    pub(crate) content: Option<Content>,
}

/// What a readable resource says.
pub(crate) struct Content {
    pub(crate) document: Document,
    pub(crate) digest: Digest,
    pub(crate) outline: Arc<Outline>,
    pub(crate) typed: Option<TypedSpec>,
    pub(crate) protected: bool,
    /// Where each of the outline's references stands.
    pub(crate) references: Vec<Site>,
    /// Where each of the outline's unique values stands.
    pub(crate) unique: Vec<Site>,
}

/// A place, and whether its text may be shown.
#[derive(Clone, Copy)]
pub(crate) struct Site {
    pub(crate) span: Span,
    pub(crate) quotable: bool,
}

impl Site {
    /// Puts a diagnostic there.
    pub(crate) fn put(self, diagnostic: Diagnostic, label: impl Into<String>) -> Diagnostic {
        let mut diagnostic = diagnostic.at(self.span, label);
        diagnostic.quotable = self.quotable;
        diagnostic
    }
}

/// Reads one resource.
pub(crate) fn read(
    ctx: &mut Context<'_, '_>,
    kind: &dyn Kind,
    address: Address,
    source: Source,
    subject: &Subject<'_, '_>,
) -> Declared {
    let mut faults = Vec::new();
    let (body, stated) = body_of(subject, &mut faults);
    ctx.out.extend(faults.iter().map(|fault| fault.diagnostic(subject.text).about(&address)));
    let lifecycle = stated.map_or_else(Lifecycle::default, |stated| lifecycle(ctx, subject, &stated.into()));
    let content = if faults.is_empty() {
        read_by_kind(ctx, kind, body, subject)
            .and_then(|reading| content(ctx.judges, kind, reading, lifecycle, subject))
    } else {
        let judge = ctx.judges.of_kind(kind.name().as_str());
        ctx.out.extend(judge.explain(subject, &body.into(), &faults));
        None
    };
    Declared { address, source, content }
}

/// The table of the kind, and what it says under `lifecycle`, which is no kind's.
fn body_of<'a>(subject: &Subject<'a, '_>, faults: &mut Vec<Fault>) -> (Body<'a>, Option<Body<'a>>) {
    let Body::Table(mut entries) = tree::body_of(subject.root.value, faults) else {
        return (Body::Table(Vec::new()), None);
    };
    let place = entries.iter().position(|(key, _)| key == "lifecycle");
    let stated = place.map(|place| entries.remove(place).1);
    (Body::Table(entries), stated)
}

/// The typed reading. Only where it fails is the schema asked why.
fn read_by_kind(
    ctx: &mut Context<'_, '_>,
    kind: &dyn Kind,
    body: Body<'_>,
    subject: &Subject<'_, '_>,
) -> Option<Reading> {
    let problems = match kind.read(body, ctx.facts) {
        Ok(reading) if reading.problems.is_empty() => return Some(reading),
        Ok(mut reading) => {
            let problems = std::mem::take(&mut reading.problems);
            report(ctx, kind, &problems, subject);
            return Some(reading);
        }
        Err(ReadError::Problems(problems)) => problems,
        Err(ReadError::Shape(_)) => {
            misread(ctx, kind, subject);
            return None;
        }
    };
    report(ctx, kind, &problems, subject);
    if !problems.iter().any(|problem| problem.severity == Severity::Error) {
        ctx.out.push(ctx.judges.of_kind(kind.name().as_str()).misfit(subject));
    }
    None
}

fn misread(ctx: &mut Context<'_, '_>, kind: &dyn Kind, subject: &Subject<'_, '_>) {
    if ctx.out.is_full() {
        return ctx.out.skip();
    }
    let (body, _) = body_of(subject, &mut Vec::new());
    let judge = ctx.judges.of_kind(kind.name().as_str());
    let found = judge.explain(subject, &body.into(), &[]);
    if found.is_empty() {
        ctx.out.push(judge.misfit(subject));
    }
    ctx.out.extend(found);
}

fn report(ctx: &mut Context<'_, '_>, kind: &dyn Kind, problems: &[Problem], subject: &Subject<'_, '_>) {
    let judge = ctx.judges.of_kind(kind.name().as_str());
    ctx.out.extend(problems.iter().map(|problem| diagnostic_of(judge, problem, subject)));
}

fn diagnostic_of(judge: &Judge<'_>, problem: &Problem, subject: &Subject<'_, '_>) -> Diagnostic {
    let Problem { code, severity, path, message, label, hint, quotable } = problem;
    let place = subject.root.locate(subject.text, path.segments());
    let mut found =
        Diagnostic::new(*code, *severity, message.as_str()).at(subject.text.span(&place.range), label.as_str());
    found.hint.clone_from(hint);
    found.address = subject.address.cloned();
    found.quotable = may_show(judge, &place, path.segments(), *quotable);
    let value = subject.root.find(path.segments()).and_then(|node| node.value.get_ref().as_str());
    if let Some(advice) = value.filter(|_| found.quotable && *severity == Severity::Error).and_then(lookalikes::advice)
    {
        found.hint = Some(advice);
    }
    found
}

/// Keys and headers may be shown, values only of fields that are no secrets.
fn may_show(judge: &Judge<'_>, place: &Place, path: &[Segment], value_may: bool) -> bool {
    place.is_key || (place.exact && value_may && !judge.touches_secret(path))
}

fn content(
    judges: &mut Judges<'_>,
    kind: &dyn Kind,
    reading: Reading,
    lifecycle: Lifecycle,
    subject: &Subject<'_, '_>,
) -> Option<Content> {
    let Reading { spec, format, outline, problems: _, typed } = reading;
    let document = Document::of(kind.name().clone(), format, &spec, lifecycle).ok()?;
    let judge = judges.of_kind(kind.name().as_str());
    let site = |place: Place, path: &FieldPath| Site {
        span: subject.text.span(&place.range),
        quotable: may_show(judge, &place, path.segments(), true),
    };
    let locate_name = |path: &FieldPath, name| subject.root.locate_name(subject.text, path.segments(), name);
    let references = outline.references.iter().map(|r| site(locate_name(&r.path, r.to.name()), &r.path)).collect();
    let locate = |path: &FieldPath| subject.root.locate(subject.text, path.segments());
    let unique = outline.unique.iter().map(|u| site(locate(&u.path), &u.path)).collect();
    let digest = document.digest();
    let (outline, protected) = (outline.into(), lifecycle.protected);
    Some(Content { document, digest, outline, typed, protected, references, unique })
}

fn lifecycle(ctx: &mut Context<'_, '_>, subject: &Subject<'_, '_>, value: &Value) -> Lifecycle {
    let protected = value.get("protected").map_or(Some(false), Value::as_bool);
    let known = value.as_object().is_some_and(|table| table.keys().all(|key| key == "protected"));
    if let (Some(protected), true) = (protected, known) {
        return Lifecycle { protected };
    }
    let path = [Segment::Key("lifecycle".to_owned())];
    if let Some(root) = subject.root.find(&path) {
        let mut faults = Vec::new();
        let value = value_of(root.value, &mut faults);
        let subject = Subject { text: subject.text, address: subject.address, root, unset: subject.unset };
        ctx.out.extend(ctx.judges.of_table("lifecycle", lifecycle_schema).explain(&subject, &value, &faults));
    }
    Lifecycle::default()
}

/// The schema of the table `lifecycle` of every resource.
pub(crate) fn lifecycle_schema() -> Value {
    json!({
        "type": "object",
        "description": "What every kind of resource has besides its own fields.",
        "properties": {
            "protected": {
                "type": "boolean",
                "description": "Refuses to delete, replace or forget the resource.",
                "default": false,
            },
        },
        "additionalProperties": false,
    })
}
