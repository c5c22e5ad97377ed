//! `deskform.toml`: the workspace, its store, and the policy.

use deskform_model::{
    Address, Diagnostic, Facts, FileId, FileProblem, Guard, Kind, KindName, Registry, ResourceName, Segment, Severity,
    Source, Span, WorkspaceName,
};
use serde_json::{Map, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::codes;
use crate::environments::{ENV, Environments, WORKSPACE};
use crate::explain::{Judge, Subject};
use crate::findings::Findings;
use crate::judges::{Context, Judges};
use crate::manifest::POLICY;
use crate::merge::{Merged, Unset};
use crate::origin::{self, Origin};
use crate::resource::{Declared, read as read_resource};
use crate::schema::{MOST_OF_LABEL, project_schema, sections_schema};
use crate::syntax::parse;
use crate::text::{Lines, Text};
use crate::tree::{Node, table_of};
use crate::waivers::{Waiver, Waivers};
use crate::wording::name_rule;

/// The sections that are the policy's.
pub(crate) const POLICY_SECTIONS: [&str; 4] = ["guard", "limits", "lint", "platform"];

/// What `deskform.toml` says.
pub struct Project {
    /// The workspace.
    pub workspace: WorkspaceName,
    /// True if the workspace wants to own nothing any more.
    pub retired: bool,
    /// Where the store is, as written.
    pub store_url: Option<String>,
    /// The label that the store must carry.
    pub label: Option<String>,
    /// Globs of files that are no manifests.
    pub exclude: Vec<String>,
    /// The guards in force.
    pub guard: Guard,
    /// The waivers of rules.
    pub waivers: Waivers,
    /// The sections `guard`, `limits`, `lint` and `platform` as written: the manifest table of the kind `policy`.
    pub policy: Value,
    /// The names of all environments.
    pub environments: Vec<String>,
    resource: Option<Declared>,
    origins: Vec<Origin>,
    spec: Value,
    place: Span,
    retired_place: Span,
    broken: bool,
}

impl Project {
    /// The spec of the policy, `{}` where there is none.
    pub(crate) fn policy_spec(&self) -> &Value {
        &self.spec
    }

    /// The resource that the kind `policy` made.
    pub(crate) fn policy_resource(&self) -> Option<&Declared> {
        self.resource.as_ref()
    }

    /// Takes the resource that the kind `policy` made.
    pub(crate) fn take_policy(&mut self) -> Option<Declared> {
        self.resource.take()
    }

    /// Where each value of the policy comes from, if it is that resource.
    pub(crate) fn take_origins(&mut self, address: &Address) -> Option<Vec<Origin>> {
        let is_policy = self.resource.as_ref().is_some_and(|resource| resource.address == *address);
        is_policy.then(|| std::mem::take(&mut self.origins))
    }

    /// Where the workspace is named.
    pub(crate) fn place(&self) -> Span {
        self.place
    }

    /// Where `retired` stands.
    pub(crate) fn retired_place(&self) -> Span {
        self.retired_place
    }

    /// True if the file has errors, so that nothing may be planned.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken
    }
}

/// Reads `deskform.toml`, whose [`FileId`] is 0. There is a project as soon as the workspace has a legal name, so that the
/// manifests can be read for their own errors; nothing becomes of it if there is any error here.
pub fn read_project(registry: &Registry, text: &str) -> (Option<Project>, Vec<Diagnostic>) {
    read(registry, text, None)
}

/// Reads `deskform.toml` as an environment has it. One that is not among [`Project::environments`] changes nothing.
pub fn read_environment(registry: &Registry, text: &str, name: &str) -> (Option<Project>, Vec<Diagnostic>) {
    read(registry, text, Some(name))
}

fn read(registry: &Registry, text: &str, environment: Option<&str>) -> (Option<Project>, Vec<Diagnostic>) {
    let text = Text::new(FileId(0), text);
    let parsed = parse(&text);
    let mut out = Findings::default();
    out.extend(parsed.diagnostics);
    if !parsed.sound {
        return (None, out.end(&text));
    }
    let root = Spanned::new(0..0, DeValue::Table(parsed.tree));
    let subject = Subject { text: &text, address: None, root: Node { key: None, value: &root }, unset: None };
    let mut project = read_root(registry, &subject, environment, &mut out);
    let mut out = out.end(&text);
    if let Some(project) = &mut project {
        project.broken = out.iter().any(|found| found.severity == Severity::Error);
    }
    out.sort_by_cached_key(|found| (found.place.map(|place| place.start), found.code, found.message.clone()));
    (project, out)
}

fn read_root(
    registry: &Registry,
    subject: &Subject<'_, '_>,
    environment: Option<&str>,
    out: &mut Findings,
) -> Option<Project> {
    let before = out.count();
    let (value, readable) = judged(registry, subject, out)?;
    let environments = Environments::of(subject);
    out.extend(environments.judge(&value));
    let merged = environment.filter(|_| out.count() == before).and_then(|name| environments.merged(name, out));
    let Some((merged, text)) = merged else {
        let mut project = project(registry, subject, &value, readable, environments.names(), out)?;
        project.origins = policy_origins(registry, subject.text, subject.root.table()?, None);
        return Some(project);
    };
    let unset: Vec<Unset> = merged.unset.iter().map(|(unset, _)| unset.clone()).collect();
    let root = Spanned::new(0..0, DeValue::Table(merged.table.clone()));
    let root = Node { key: None, value: &root };
    let subject = Subject { text: &text, address: None, root, unset: Some(&unset) };
    let (value, readable) = judged(registry, &subject, out)?;
    let mut project = project(registry, &subject, &value, readable, environments.names(), out)?;
    project.origins = policy_origins(registry, &text, &merged.table, Some(&merged));
    Some(project)
}

/// Where each value of the policy comes from.
fn policy_origins(
    registry: &Registry,
    text: &Text<'_>,
    table: &DeTable<'_>,
    merged: Option<&Merged<'_>>,
) -> Vec<Origin> {
    let Some(kind) = registry.get(POLICY) else { return Vec::new() };
    let sections = policy_sections(table);
    let mut origins = match merged {
        Some(merged) => origin::of_table(kind, text, &sections, merged),
        None => origin::of_plain_table(kind, text, &sections),
    };
    let is_of_policy =
        |segment: &Segment| matches!(segment, Segment::Key(key) if POLICY_SECTIONS.contains(&key.as_str()));
    origins.retain(|origin| origin.path.segments().first().is_some_and(is_of_policy));
    origins
}

fn policy_sections<'t>(table: &DeTable<'t>) -> DeTable<'t> {
    let own = table.iter().filter(|(key, _)| POLICY_SECTIONS.contains(&key.get_ref().as_ref()));
    own.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// The value of the whole file, and whether its schema finds nothing wrong with it.
fn judged(registry: &Registry, subject: &Subject<'_, '_>, out: &mut Findings) -> Option<(Value, bool)> {
    let mut faults = Vec::new();
    let mut table = table_of(subject.root.table()?, &mut faults);
    out.extend(misplaced(registry, subject, &mut table));
    faults.retain(|fault| matches!(fault.path().segments(), [Segment::Key(key), ..] if table.contains_key(key)));
    out.extend(faults.iter().map(|fault| fault.diagnostic(subject.text)));
    out.extend(credentials(subject, &["store", "url"], table.get("store")));
    let fits = faults.is_empty() && fits(registry, &table);
    let has_environments = table.contains_key(ENV);
    let value = Value::Object(table);
    let explain = || {
        let schema = if has_environments { project_schema(registry) } else { sections_schema(registry) };
        Judge::new(schema, &[ENV]).explain(subject, &value, &faults)
    };
    debug_assert!(!fits || explain().is_empty(), "what fits has nothing wrong with it");
    let found = if fits { Vec::new() } else { explain() };
    let readable = faults.is_empty() && found.is_empty();
    out.extend(found);
    Some((value, readable))
}

/// True for most files in which nothing is wrong: their schema need not be asked, and compiling it is most of what reading a
/// small repo takes. What this takes, the schema takes, too.
pub(crate) fn fits(registry: &Registry, table: &Map<String, Value>) -> bool {
    let is_workspace = |(key, value): (&String, &Value)| match key.as_str() {
        "name" => value.as_str().is_some_and(is_name),
        "retired" => value.is_boolean(),
        "exclude" => value.as_array().is_some_and(|globs| globs.iter().all(is_text)),
        _ => false,
    };
    let is_environment = |(name, sections): (&String, &Value)| {
        is_name(name) && sections.as_object().is_some_and(|sections| sections_fit(registry, sections.iter().collect()))
    };
    let workspace = table.get(WORKSPACE).and_then(Value::as_object);
    let own = workspace.is_some_and(|entries| entries.contains_key("name") && entries.iter().all(is_workspace));
    let environments = table.get(ENV).map(|environments| environments.as_object());
    let sections = table.iter().filter(|(section, _)| ![WORKSPACE, ENV].contains(&section.as_str()));
    own && environments.is_none_or(|all| all.is_some_and(|all| all.iter().all(is_environment)))
        && sections_fit(registry, sections.collect())
}

/// The same of the sections that an environment may have, too.
fn sections_fit(registry: &Registry, sections: Vec<(&String, &Value)>) -> bool {
    let is_store = |(key, value): (&String, &Value)| match key.as_str() {
        "url" => is_text(value),
        "label" => is_text(value) && value.as_str().is_some_and(|label| label.chars().count() <= MOST_OF_LABEL),
        _ => false,
    };
    let (policy, others): (Vec<_>, Vec<_>) =
        sections.into_iter().partition(|(section, _)| POLICY_SECTIONS.contains(&section.as_str()));
    let others_fit = others.iter().all(|(section, value)| {
        section.as_str() == "store" && value.as_object().is_some_and(|entries| entries.iter().all(is_store))
    });
    let policy: Map<String, Value> =
        policy.into_iter().map(|(section, value)| (section.clone(), value.clone())).collect();
    let facts = Facts { file: &|_| Err(FileProblem::Missing) };
    let reads = |kind: &dyn Kind| kind.read(Value::Object(policy).into(), &facts).is_ok();
    others_fit && registry.get(POLICY).is_some_and(reads)
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

fn is_name(name: &str) -> bool {
    WorkspaceName::new(name).is_ok()
}

/// The project out of the value of the file.
fn project(
    registry: &Registry,
    subject: &Subject<'_, '_>,
    value: &Value,
    readable: bool,
    environments: Vec<String>,
    out: &mut Findings,
) -> Option<Project> {
    let name = value.pointer("/workspace/name").and_then(Value::as_str);
    let workspace = WorkspaceName::new(name?);
    if workspace.is_err() && readable {
        out.push(bad_workspace(subject));
    }
    let workspace = workspace.ok()?;
    let resource = if readable { read_policy(registry, subject, &workspace, out) } else { None };
    let spec = resource.as_ref().and_then(spec_of);
    let text_at = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    Some(Project {
        retired: value.pointer("/workspace/retired").and_then(Value::as_bool).unwrap_or(false),
        store_url: text_at("/store/url"),
        label: text_at("/store/label"),
        exclude: strings(value.pointer("/workspace/exclude")),
        guard: guard_of(value),
        waivers: waivers_of(subject, value),
        policy: policy_of(value),
        environments,
        resource,
        origins: Vec::new(),
        spec: spec.unwrap_or_else(|| Value::Object(Map::new())),
        place: place_of(subject, &["workspace", "name"]),
        retired_place: place_of(subject, &["workspace", "retired"]),
        broken: false,
        workspace,
    })
}

/// Sections that are resources. They are taken out, so that the schema does not speak of them again.
fn misplaced(registry: &Registry, subject: &Subject<'_, '_>, table: &mut Map<String, Value>) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let entries: Vec<_> = subject.root.table().into_iter().flatten().collect();
    for (key, value) in entries {
        let name = key.get_ref().as_ref();
        let place = subject.text.span(&key.span());
        if name == POLICY {
            let found = Diagnostic::error(codes::ELSEWHERE, "a `policy` cannot be declared").at(place, "not a section");
            out.push(found.hint("Write `[guard]`, `[limits]`, `[lint]` or `[platform]`.").quotable());
        } else if registry.get(name).is_some() && value.get_ref().is_table() {
            let found = Diagnostic::error(
                codes::ELSEWHERE,
                format!("`{name}` is a kind, and no resource is declared in `deskform.toml`"),
            )
            .at(place, "a resource")
            .hint("Move it to a manifest: any other `*.toml` file of the config repo.");
            out.push(found.quotable());
        } else {
            continue;
        }
        table.remove(name);
    }
    out
}

/// A password in the store's address would be in git.
pub(crate) fn credentials(subject: &Subject<'_, '_>, keys: &[&str], store: Option<&Value>) -> Option<Diagnostic> {
    let url = store?.get("url")?.as_str()?;
    let (_, rest) = url.split_once("://")?;
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = place.split('/').next().unwrap_or_default();
    let in_authority = authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
    // A `/` or `?` in an unescaped password would end the authority early.
    let unescaped = rest.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
    let in_query = query.split('&').any(|pair| is_password_key(pair.split('=').next().unwrap_or_default()));
    (in_authority || unescaped || in_query).then(|| {
        Diagnostic::error(codes::CREDENTIALS, "the address of the store holds credentials")
            .at(place_of(subject, keys), "a password stands in here")
            .hint("Remove the password from the file and from its history, and hand it over in the environment.")
    })
}

fn is_password_key(key: &str) -> bool {
    matches!(key.to_ascii_lowercase().as_str(), "password" | "passwd" | "pass" | "pwd" | "sslpassword")
}

fn bad_workspace(subject: &Subject<'_, '_>) -> Diagnostic {
    Diagnostic::error(codes::NAME, "`workspace.name` is not a legal name")
        .at(place_of(subject, &["workspace", "name"]), "not a legal name")
        .hint(format!("Use another name: {}.", name_rule()))
        .quotable()
}

pub(crate) fn place_of(subject: &Subject<'_, '_>, keys: &[&str]) -> Span {
    let path: Vec<Segment> = keys.iter().map(|key| Segment::Key((*key).to_owned())).collect();
    subject.text.span(&subject.root.locate(subject.text, &path).range)
}

fn policy_of(value: &Value) -> Value {
    let section = |name: &str| Some((name.to_owned(), value.get(name)?.clone()));
    Value::Object(POLICY_SECTIONS.into_iter().filter_map(section).collect())
}

/// The sections of the policy as its kind reads them, with their places in this file.
fn read_policy(
    registry: &Registry,
    subject: &Subject<'_, '_>,
    workspace: &WorkspaceName,
    out: &mut Findings,
) -> Option<Declared> {
    let kind = registry.get(POLICY)?;
    let address = Address::new(&KindName::new(POLICY).ok()?, &ResourceName::new(workspace.as_str()).ok()?);
    let sections = policy_sections(subject.root.table()?);
    let heading = subject.root.find(&[Segment::Key("workspace".to_owned())])?.heading(subject.text);
    let root = Spanned::new(heading.clone(), DeValue::Table(sections));
    let source = Source { span: subject.text.span(&heading), line: Lines::of(subject.text).line(heading.start) };
    let policy = Subject {
        text: subject.text,
        address: Some(&address),
        root: Node { key: None, value: &root },
        unset: subject.unset,
    };
    let mut judges = Judges::new(registry);
    let facts = Facts { file: &|_| Err(FileProblem::Missing) };
    let mut ctx = Context { registry, facts: &facts, judges: &mut judges, out };
    let declared = read_resource(&mut ctx, kind, address.clone(), source, &policy);
    Some(declared)
}

fn spec_of(resource: &Declared) -> Option<Value> {
    resource.content.as_ref()?.document.parts().map(|(spec, _)| spec)
}

fn guard_of(value: &Value) -> Guard {
    let default = Guard::default();
    let number = |pointer: &str| value.pointer(pointer).and_then(Value::as_u64);
    Guard {
        max_deletes: number("/guard/max_deletes").unwrap_or(default.max_deletes),
        max_deletes_percent: number("/guard/max_deletes_percent").unwrap_or(default.max_deletes_percent),
        way_in: strings(value.pointer("/guard/way_in")),
    }
}

/// Waivers with a day. One without it is an error that was reported.
fn waivers_of(subject: &Subject<'_, '_>, value: &Value) -> Waivers {
    let written = value.get("lint").and_then(Value::as_object).into_iter().flatten();
    let waiver = |(code, waiver): (&String, &Value)| {
        let until = waiver.get("until")?.as_str()?.to_owned();
        Some(Waiver { code: code.clone(), until, place: place_of(subject, &["lint", code]) })
    };
    Waivers { waivers: written.filter_map(waiver).collect() }
}

fn strings(list: Option<&Value>) -> Vec<String> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
}
