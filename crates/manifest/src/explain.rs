//! Why a table does not fit its schema, in own words: every error with the place of its key or value, never with a value.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use deskform_model::{Address, Diagnostic, FieldPath, Kind, Segment, Span};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{JsonType, ValidationError, Validator};
use serde_json::Value;

use crate::codes;
use crate::findings::MOST;
use crate::lookalikes::{self, folded};
use crate::merge::Unset;
use crate::near::{alternatives, nearest};
use crate::secrets::{SecretFault, Secrets};
use crate::text::{Text, brief};
use crate::tree::{Fault, Node};
use crate::wording::{
    NAME_PATTERN, expectation, field_path, limit_text, name_rule, required_of, subject, type_name, type_of, types,
    word, words,
};

/// A schema that explains what is wrong with a table. Compiled when it is first asked; a kind's is not even made before.
pub(crate) struct Judge<'s> {
    source: Source<'s>,
    /// Keys that the table may have besides those of the schema.
    besides: &'static [&'static str],
    secrets: Secrets,
    validator: OnceCell<Option<Validator>>,
}

/// Whose schema it is.
enum Source<'s> {
    Kind(&'s dyn Kind),
    Own(Value),
}

/// The table that is judged.
pub(crate) struct Subject<'a, 't> {
    pub(crate) text: &'a Text<'t>,
    pub(crate) address: Option<&'a Address>,
    pub(crate) root: Node<'a, 't>,
    /// What an overlay took away, where there is one.
    pub(crate) unset: Option<&'a [Unset]>,
}

impl<'s> Judge<'s> {
    /// By a schema, which marks what is a secret.
    pub(crate) fn new(schema: Value, besides: &'static [&'static str]) -> Self {
        let secrets = Secrets::marked(&schema);
        Self { source: Source::Own(schema), besides, secrets, validator: OnceCell::new() }
    }

    /// By the schema of a kind, which names its secrets.
    pub(crate) fn of_kind(kind: &'s dyn Kind, besides: &'static [&'static str]) -> Self {
        let secrets = Secrets::named(kind.secrets());
        Self { source: Source::Kind(kind), besides, secrets, validator: OnceCell::new() }
    }

    /// True if a field is, holds, or lies within a secret.
    pub(crate) fn touches_secret(&self, path: &[Segment]) -> bool {
        self.secrets.touch(path)
    }

    /// Every error of a value against the schema. Fields with faults are known to be wrong and not judged again.
    pub(crate) fn explain(&self, subject: &Subject<'_, '_>, value: &Value, faults: &[Fault]) -> Vec<Diagnostic> {
        let secrets = self.secrets.faults(value);
        let mut found = Explanation {
            judge: self,
            subject,
            silent: faults.iter().map(|fault| fault.path().segments().to_vec()).collect(),
            not_one: Vec::new(),
            out: Vec::new(),
        };
        for (path, fault) in secrets {
            found.secret(path, fault);
        }
        for error in self.validator().into_iter().flat_map(|validator| validator.iter_errors(value)) {
            if found.is_full() {
                break;
            }
            found.error(&error);
        }
        without_echoes(found.out)
    }

    /// The error for a table that its kind refuses and its schema accepts.
    pub(crate) fn misfit(&self, subject: &Subject<'_, '_>) -> Diagnostic {
        let place = subject.text.span(&subject.root.heading(subject.text));
        let found =
            Diagnostic::error(codes::MISFIT, "the resource does not fit its kind, and its schema does not say why")
                .at(place, "somewhere in this resource")
                .hint("Report this as a bug of deskform, with the names of the fields that the resource sets.");
        about(found, subject.address).quotable()
    }

    fn schema(&self) -> &Value {
        match &self.source {
            Source::Kind(kind) => kind.manifest_schema(),
            Source::Own(schema) => schema,
        }
    }

    fn validator(&self) -> Option<&Validator> {
        // A date that no month has is a finding of the kind, which says it better.
        let build = || jsonschema::draft7::options().should_validate_formats(false).build(self.schema()).ok();
        self.validator.get_or_init(build).as_ref()
    }
}

/// A text of the wrong form is often also of the wrong length; the form says it all.
fn without_echoes(found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let formless: Vec<Option<Span>> = found.iter().filter(|d| d.code == codes::FORM).map(|d| d.place).collect();
    found.into_iter().filter(|d| d.code != codes::LENGTH || !formless.contains(&d.place)).collect()
}

fn about(diagnostic: Diagnostic, address: Option<&Address>) -> Diagnostic {
    match address {
        Some(address) => diagnostic.about(address),
        None => diagnostic,
    }
}

/// The errors of one table as they are collected.
struct Explanation<'e, 'a, 't> {
    judge: &'e Judge<'e>,
    subject: &'e Subject<'a, 't>,
    /// Fields about which all is said.
    silent: BTreeSet<Vec<Segment>>,
    /// Secrets of which it is said that they are not exactly one of the three.
    not_one: Vec<FieldPath>,
    out: Vec<Diagnostic>,
}

impl<'e> Explanation<'e, '_, '_> {
    fn secret(&mut self, path: FieldPath, fault: SecretFault) {
        let (message, label) = match fault {
            SecretFault::Literal => ("must be a reference", "written out here"),
            SecretFault::NotOne => ("must name one place", "exactly one of `env`, `file` and `vault`"),
        };
        let hint = match (fault, self.subject.unset) {
            (SecretFault::NotOne, Some(_)) => {
                format!("Write `unset = [\"{path}\"]` in the overlay to replace the secret instead of adding to it.")
            }
            _ => "Write `{ env = \"NAME\" }`, or `file` or `vault` instead of `env`, and let the platform hold the secret."
                .to_owned(),
        };
        let place = self.subject.root.locate(self.subject.text, path.segments());
        let found = Diagnostic::error(codes::SECRET, format!("the secret `{path}` {message}"))
            .at(self.subject.text.span(&place.range), label)
            .hint(hint);
        self.out.push(about(found, self.subject.address));
        match fault {
            SecretFault::Literal => drop(self.silent.insert(path.segments().to_vec())),
            SecretFault::NotOne => self.not_one.push(path),
        }
    }

    fn error(&mut self, error: &ValidationError<'_>) {
        let path = field_path(error.instance_path());
        let steps = path.segments();
        if (0..=steps.len()).any(|length| self.silent.contains(&steps[..length])) {
            return;
        }
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => self.unknown_keys(error, &path, unexpected),
            ValidationErrorKind::Required { property } => self.missing_key(error, &path, property),
            ValidationErrorKind::PropertyNames { .. } => self.key_form(error, &path),
            ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
                self.no_branch(error, &path, context);
            }
            ValidationErrorKind::OneOfMultipleValid { .. } => self.two_branches(error, &path),
            ValidationErrorKind::Type { kind } => self.wrong_type(error, &path, &types(kind)),
            ValidationErrorKind::Enum { options } => self.not_allowed(error, &path, words(options)),
            ValidationErrorKind::Constant { expected_value } => {
                self.not_allowed(error, &path, vec![word(expected_value)]);
            }
            ValidationErrorKind::Pattern { pattern } => self.form(error, &path, pattern),
            other => self.limit(&path, other),
        }
    }

    fn unknown_keys(&mut self, error: &ValidationError<'_>, path: &FieldPath, unexpected: &[String]) {
        let node = self.node(error);
        let properties = node.and_then(|node| node.get("properties")).and_then(Value::as_object);
        let own: Vec<&str> = properties.into_iter().flatten().map(|(key, _)| key.as_str()).collect();
        let besides: &[&str] = if path.is_root() { self.judge.besides } else { &[] };
        let used = |key: &str| error.instance().get(key).is_some();
        for key in unexpected {
            if self.is_full() {
                break;
            }
            let near = nearest(key, own.iter().chain(besides).copied());
            let free: Vec<String> = own.iter().filter(|key| !used(key)).map(|key| (*key).to_owned()).collect();
            let hint = match near {
                Some(near) if used(near) => Some(format!("Remove it: `{near}` is set already.")),
                Some(near) => Some(format!("Write `{near}`.")),
                None if lookalikes::advice(key).is_some() => Some(format!("Write `{}`.", brief(&folded(key)))),
                None if !free.is_empty() && free.len() <= 12 => Some(format!("Use {}.", alternatives(&free))),
                None if own.is_empty() => node.and_then(expectation).map(|text| format!("Write {text}.")),
                // What the table is says nothing about a key that it does not have.
                None => None,
            };
            self.unknown_key(path, key, near.is_some(), hint);
        }
    }

    fn unknown_key(&mut self, path: &FieldPath, key: &str, is_slip: bool, hint: Option<String>) {
        if self.silent.contains(path.key(key).segments()) {
            return;
        }
        let table = if path.is_root() { "this table".to_owned() } else { format!("`{path}`") };
        if self.judge.secrets.hold(path.segments()) && !is_slip {
            // The secret itself may stand in the place of a key.
            let found = Diagnostic::error(codes::UNKNOWN_KEY, format!("unknown key in the secret {table}"));
            return self.push_heading(found, path, "one of its keys".to_owned());
        }
        let found = Diagnostic::error(codes::UNKNOWN_KEY, format!("unknown key `{}`", brief(key)));
        self.push_key(found, path, key, format!("not a key of {table}"), hint);
    }

    fn missing_key(&mut self, error: &ValidationError<'_>, path: &FieldPath, property: &Value) {
        let Some(key) = property.as_str() else { return };
        let wanted = path.key(key);
        let properties = self.node(error).and_then(|node| node.get("properties")).and_then(|p| p.get(key));
        let hint = match properties.and_then(expectation) {
            Some(text) => format!("Add `{key}`: {text}."),
            None => format!("Add `{key}`."),
        };
        let found = Diagnostic::error(codes::MISSING_KEY, format!("`{wanted}` is missing")).hint(hint);
        match self.subject.unset.and_then(|unset| unset.iter().find(|unset| unset.path == wanted)) {
            Some(unset) => self.push(found.at(unset.place, "taken away here"), true),
            None => self.push_heading(found, path, format!("no `{key}` in this table")),
        }
    }

    fn key_form(&mut self, error: &ValidationError<'_>, path: &FieldPath) {
        let ValidationErrorKind::PropertyNames { error: inner } = error.kind() else { return };
        let instance = inner.instance();
        let Some(key) = instance.as_str() else { return };
        let advice = lookalikes::advice(key).map(|_| format!("Write `{}`.", brief(&folded(key))));
        let hint = advice.or_else(|| self.node(error).and_then(expectation).map(|text| format!("Write {text}.")));
        let key_shown = brief(key);
        let found = Diagnostic::error(codes::FORM, format!("`{key_shown}` cannot be a key here"));
        self.push_key(found, path, key, "not of the expected form".to_owned(), hint);
    }

    /// Shows the errors of the branch that was probably meant: one that the value's type fits.
    fn no_branch(&mut self, error: &ValidationError<'_>, path: &FieldPath, context: &[Vec<ValidationError<'static>>]) {
        if self.not_one.contains(path) && required_of(self.at(error)).iter().any(|key| key == "env") {
            return;
        }
        let here = error.instance_path();
        let is_other = |e: &ValidationError<'_>| {
            e.instance_path() == here
                && matches!(
                    e.kind(),
                    ValidationErrorKind::Type { .. }
                        | ValidationErrorKind::Enum { .. }
                        | ValidationErrorKind::Constant { .. }
                )
        };
        let fitting: Vec<_> = context.iter().filter(|branch| !branch.iter().any(is_other)).collect();
        let is_required = |e: &ValidationError<'_>| {
            e.instance_path() == here && matches!(e.kind(), ValidationErrorKind::Required { .. })
        };
        if fitting.len() > 1 && fitting.iter().all(|branch| branch.iter().all(is_required)) {
            self.none_of(path, &required_of(self.at(error)));
        } else if let Some(best) = fitting.iter().min_by_key(|branch| branch.len()) {
            best.iter().for_each(|inner| self.error(inner));
        } else {
            self.no_type(error, path, context);
        }
    }

    fn none_of(&mut self, path: &FieldPath, keys: &[String]) {
        let found = Diagnostic::error(codes::COMBINATION, format!("{} needs one of several keys", subject(path)))
            .hint(format!("Add {}.", alternatives(keys)));
        self.push_heading(found, path, format!("expected {}", alternatives(keys)));
    }

    fn two_branches(&mut self, error: &ValidationError<'_>, path: &FieldPath) {
        if self.not_one.contains(path) {
            return;
        }
        let keys = required_of(self.at(error));
        let label = match keys.as_slice() {
            [] => "several forms at once".to_owned(),
            keys => format!("only one of {}", alternatives(keys)),
        };
        let found =
            Diagnostic::error(codes::COMBINATION, format!("{} holds keys that exclude each other", subject(path)));
        self.push_heading(found, path, label);
    }

    /// No branch has the value's type: says what any of them would take.
    fn no_type(&mut self, error: &ValidationError<'_>, path: &FieldPath, context: &[Vec<ValidationError<'static>>]) {
        let mut allowed: Vec<String> = Vec::new();
        let mut wanted: Vec<JsonType> = Vec::new();
        for inner in context.iter().flatten().filter(|inner| inner.instance_path() == error.instance_path()) {
            match inner.kind() {
                ValidationErrorKind::Enum { options } => allowed.extend(words(options)),
                ValidationErrorKind::Constant { expected_value } => allowed.push(word(expected_value)),
                ValidationErrorKind::Type { kind } => wanted.extend(types(kind)),
                _ => {}
            }
        }
        if error.instance().is_string() && !allowed.is_empty() {
            return self.not_allowed(error, path, allowed);
        }
        if !allowed.is_empty() {
            wanted.insert(0, JsonType::String);
        }
        self.wrong_type(error, path, &wanted);
    }

    fn wrong_type(&mut self, error: &ValidationError<'_>, path: &FieldPath, wanted: &[JsonType]) {
        let mut names: Vec<&str> = wanted.iter().filter(|t| **t != JsonType::Null).map(|t| type_name(*t)).collect();
        names.dedup();
        let wanted = if names.is_empty() { "of another type".to_owned() } else { names.join(" or ") };
        let found = Diagnostic::error(codes::WRONG_TYPE, format!("{} must be {wanted}", subject(path)));
        self.push_value(found, path, format!("this is {}", type_of(error.instance())));
    }

    fn not_allowed(&mut self, error: &ValidationError<'_>, path: &FieldPath, mut allowed: Vec<String>) {
        allowed.dedup();
        let instance = error.instance();
        let Some(given) = instance.as_str() else {
            return self.wrong_type(error, path, &[JsonType::String]);
        };
        let near = nearest(given, allowed.iter().map(String::as_str));
        let mut found =
            Diagnostic::error(codes::NOT_ALLOWED, format!("{} is none of the allowed words", subject(path)));
        found.hint = near.map(|near| format!("Write `{near}`.")).or_else(|| self.advice(path, given));
        self.push_value(found, path, format!("expected {}", alternatives(&allowed)));
    }

    /// Advice on characters that look like those that a field wants, unless it may be a secret.
    fn advice(&self, path: &FieldPath, given: &str) -> Option<String> {
        if self.judge.touches_secret(path.segments()) { None } else { lookalikes::advice(given) }
    }

    fn form(&mut self, error: &ValidationError<'_>, path: &FieldPath, pattern: &str) {
        let mut found = Diagnostic::error(codes::FORM, format!("{} does not have the expected form", subject(path)));
        let label = match (pattern == NAME_PATTERN, self.node(error)) {
            (true, _) => {
                found = found.hint(format!("Write a legal name: {}.", name_rule()));
                "not a name".to_owned()
            }
            (false, node) => match node.and_then(|node| node.get("x-deskform-expects")).and_then(Value::as_str) {
                Some(expects) => format!("expected {expects}"),
                None => {
                    let rule = node.and_then(|node| node.get("x-deskform-rule")).and_then(Value::as_str);
                    let text = node.and_then(expectation);
                    found.hint = Some(match (rule, text) {
                        (Some(rule), _) => format!("Write {rule}."),
                        (None, Some(text)) => format!("Write what the field holds: {text}."),
                        (None, None) => format!("Write a text that fits the pattern `{pattern}`."),
                    });
                    "not of the expected form".to_owned()
                }
            },
        };
        if let Some(advice) = error.instance().as_str().and_then(|given| self.advice(path, given)) {
            found.hint = Some(advice);
        }
        self.push_value(found, path, label);
    }

    fn limit(&mut self, path: &FieldPath, kind: &ValidationErrorKind) {
        let (code, message, label) = limit_text(kind);
        let found = Diagnostic::error(code, format!("{} {message}", subject(path)));
        self.push_value(found, path, label);
    }

    /// The schema at an error's keyword.
    fn at(&self, error: &ValidationError<'_>) -> Option<&'e Value> {
        self.judge.schema().pointer(error.schema_path().as_str())
    }

    /// The schema that holds an error's keyword.
    fn node(&self, error: &ValidationError<'_>) -> Option<&'e Value> {
        let path = error.schema_path().as_str();
        self.judge.schema().pointer(path.rsplit_once('/').map_or("", |(parent, _)| parent))
    }

    fn push_value(&mut self, found: Diagnostic, path: &FieldPath, label: String) {
        let place = self.subject.root.locate(self.subject.text, path.segments());
        let quotable = place.is_key || (place.exact && !self.judge.touches_secret(path.segments()));
        self.push(found.at(self.subject.text.span(&place.range), label), quotable);
    }

    fn push_heading(&mut self, found: Diagnostic, path: &FieldPath, label: String) {
        let node = self.subject.root.find(path.segments());
        let heading = node.as_ref().unwrap_or(&self.subject.root).heading(self.subject.text);
        let quotable = node.as_ref().unwrap_or(&self.subject.root).has_heading(self.subject.text);
        self.push(found.at(self.subject.text.span(&heading), label), quotable);
    }

    fn push_key(&mut self, mut found: Diagnostic, path: &FieldPath, key: &str, label: String, hint: Option<String>) {
        let Some(place) = self.subject.root.key_at(path.segments(), key) else {
            found.hint = hint;
            return self.push_heading(found, path, label);
        };
        found.hint = hint;
        self.push(found.at(self.subject.text.span(&place), label), true);
    }

    /// True if more is found than is reported of a file.
    fn is_full(&self) -> bool {
        self.out.len() > MOST
    }

    fn push(&mut self, found: Diagnostic, quotable: bool) {
        let mut found = about(found, self.subject.address);
        found.quotable = quotable;
        if !self.out.contains(&found) {
            self.out.push(found);
        }
    }
}
