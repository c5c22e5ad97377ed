//! Looks up what is written in the catalog, and says what was probably meant where it is not there.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{FieldPath, Lowering, Problem};

use super::catalog::{DROPPED, Permission, catalog};
use super::codes;
use super::spec::{Manifest, VendorName};
use crate::near::nearest;

/// Actions that people look for, and what does the same where the object does not offer them; the first that it offers.
const INSTEAD: [(&str, &[&str]); 9] = [
    ("delete", &["remove", "release", "enable_disable"]),
    ("remove", &["delete", "release", "enable_disable"]),
    ("create", &["claim"]),
    ("view", &["access", "enable_disable"]),
    ("access", &["view", "enable_disable", "enable"]),
    ("enable", &["enable_disable", "access"]),
    ("disable", &["enable_disable"]),
    ("edit", &["access"]),
    ("download", &["enable_download"]),
];

/// What a profile permits, each permission with the place where it is written.
#[derive(Default)]
pub(super) struct Granted {
    grants: BTreeMap<&'static str, Grant>,
    /// Vendor names that no id stands for.
    pub(super) unknown: Vec<VendorName>,
}

/// One permission that a profile grants.
pub(super) struct Grant {
    pub(super) permission: &'static Permission,
    pub(super) path: FieldPath,
    /// The legacy permission that was written instead of it.
    pub(super) legacy: Option<&'static Permission>,
}

impl Granted {
    /// The ids, sorted.
    pub(super) fn ids(&self) -> impl Iterator<Item = &'static str> {
        self.grants.keys().copied()
    }

    /// All grants, by id.
    pub(super) fn grants(&self) -> impl Iterator<Item = &Grant> {
        self.grants.values()
    }

    /// The grant of an id.
    pub(super) fn get(&self, id: &str) -> Option<&Grant> {
        self.grants.get(id)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.grants.len() + self.unknown.len()
    }

    fn add(&mut self, permission: &'static Permission, path: &FieldPath, lowering: &mut Lowering<'_>) {
        let legacy = permission.is_legacy().then_some(permission);
        if let Some(legacy) = legacy {
            lowering.report(replaced(legacy, path));
        }
        for permission in catalog().current(permission) {
            let grant = Grant { permission, path: path.clone(), legacy };
            self.grants.entry(&permission.id).or_insert(grant);
        }
    }
}

/// Looks everything up; `None` if something is not there.
pub(super) fn permissions(manifest: &Manifest, lowering: &mut Lowering<'_>) -> Option<Granted> {
    let mut granted = Granted::default();
    let mut known = by_id(manifest, &mut granted, lowering);
    known &= by_vendor_name(manifest, &mut granted, lowering);
    unknown(manifest, &mut granted, lowering);
    known.then_some(granted)
}

fn by_id(manifest: &Manifest, granted: &mut Granted, lowering: &mut Lowering<'_>) -> bool {
    let mut known = true;
    let mut guesses = 0..MOST_GUESSES;
    for (object, actions) in &manifest.permissions.0 {
        let path = FieldPath::keys(["permissions", object]);
        if catalog().of(object).next().is_none() {
            lowering.report(unknown_object(object, path, guesses.next().is_some()));
            known = false;
            continue;
        }
        for (index, action) in actions.iter().enumerate() {
            let path = path.index(index);
            match catalog().permission(&format!("{object}.{action}")) {
                Some(permission) => granted.add(permission, &path, lowering),
                None => {
                    lowering.report(unknown_action(object, action, path));
                    known = false;
                }
            }
        }
    }
    known
}

/// So many unknown objects are compared with those that there are: a list of more is of no slips.
const MOST_GUESSES: usize = 100;

fn unknown_object(object: &str, path: FieldPath, guess: bool) -> Problem {
    let message = format!("there is no object `{object}` in the catalog of permissions");
    let problem = Problem::error(codes::UNKNOWN_OBJECT, path, message, "not an object");
    match guess.then(|| catalog().object_meant(object)).flatten() {
        Some(meant) => {
            problem.hint(format!("Write `{meant} = [{}]`, with what is needed of it.", quoted(&actions(meant))))
        }
        None => problem.hint("Grant what Amazon Connect calls otherwise by its vendor name, in `vendor_permissions`."),
    }
}

/// Every object that is not offered an action that people look for says what there is instead.
fn unknown_action(object: &str, action: &str, path: FieldPath) -> Problem {
    let offered = actions(object);
    let message = format!("the object `{object}` has no action `{action}`");
    let label = format!("there is {}", offered.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "));
    let problem = Problem::error(codes::UNKNOWN_ACTION, path, message, label);
    let lower = action.to_lowercase();
    let instead = INSTEAD.iter().filter(|(wanted, _)| *wanted == lower).flat_map(|(_, words)| words.iter().copied());
    let meant = std::iter::once(lower.as_str()).chain(instead).find(|word| offered.contains(word));
    match meant.or_else(|| nearest(action, offered.iter().copied())) {
        Some(meant) => problem.hint(format!("Write `{meant}`.")),
        None => match offered.as_slice() {
            [only] => problem.hint(format!("Write `{only}`, the only action here.")),
            _ => problem.hint("Take the action out, or choose one of those that there are."),
        },
    }
}

fn actions(object: &str) -> Vec<&'static str> {
    catalog().of(object).map(Permission::action).collect()
}

fn by_vendor_name(manifest: &Manifest, granted: &mut Granted, lowering: &mut Lowering<'_>) -> bool {
    let root = FieldPath::keys(["vendor_permissions"]);
    let mut known = true;
    let mut ids: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (index, name) in manifest.vendor_permissions.iter().enumerate() {
        let path = root.index(index);
        match catalog().named(name) {
            Some(permission) => {
                for today in catalog().current(permission) {
                    ids.entry(today.object()).or_default().insert(today.action());
                }
                granted.add(permission, &path, lowering);
            }
            None if name == DROPPED => lowering.report(dropped(name, path)),
            None => {
                lowering.report(unknown_name(name, path));
                known = false;
            }
        }
    }
    if !ids.is_empty() {
        lowering.report(vendor_names(&ids, root));
    }
    known
}

fn vendor_names(ids: &BTreeMap<&str, BTreeSet<&str>>, path: FieldPath) -> Problem {
    let entry = |(object, actions): (&&str, &BTreeSet<&str>)| {
        format!("`{object} = [{}]`", quoted(&actions.iter().copied().collect::<Vec<_>>()))
    };
    let entries: Vec<String> = ids.iter().map(entry).collect();
    let message = "permissions are given by their vendor names";
    Problem::warning(codes::VENDOR_NAMES, path, message, "kept by their ids")
        .hint(format!("Write in `permissions` instead: {}.", entries.join(", ")))
}

fn unknown_name(name: &str, path: FieldPath) -> Problem {
    let message = format!("there is no permission of the vendor name `{name}`");
    let problem = Problem::error(codes::UNKNOWN_NAME, path, message, "not in the catalog");
    if let Some(permission) = catalog().permission(name) {
        let entry = format!("`{} = [\"{}\"]`", permission.object(), permission.action());
        return problem
            .hint(format!("Write {entry} in `permissions`, or the vendor name `{}` here.", permission.api_name));
    }
    match nearest(name, catalog().vendor_names()) {
        Some(near) => problem.hint(format!("Did you mean `{near}`?")),
        None => {
            problem.hint("Move it to `unknown_permissions` if Amazon Connect has it and deskform does not know it yet.")
        }
    }
}

/// Vendor names that the catalog does not know are let through; those that it does know are kept by their ids.
fn unknown(manifest: &Manifest, granted: &mut Granted, lowering: &mut Lowering<'_>) {
    for (index, name) in manifest.unknown_permissions.iter().enumerate() {
        let path = FieldPath::keys(["unknown_permissions"]).index(index);
        match catalog().named(name) {
            Some(permission) => {
                let message = format!("the permission `{}` is known", &**name);
                let problem =
                    Problem::warning(codes::KNOWN, path.clone(), message, format!("kept as `{}`", permission.id));
                let entry = format!("`{} = [\"{}\"]`", permission.object(), permission.action());
                lowering.report(problem.hint(format!("Write {entry} in `permissions` instead.")));
                granted.add(permission, &path, lowering);
            }
            None if &**name == DROPPED => lowering.report(dropped(name, path)),
            None => granted.unknown.push(name.clone()),
        }
    }
    granted.unknown.sort();
    granted.unknown.dedup();
}

fn replaced(legacy: &Permission, path: &FieldPath) -> Problem {
    let today: Vec<String> = legacy.replaced_by.iter().map(|id| format!("`{id}`")).collect();
    let message = format!("`{}` ({}) is a legacy permission", legacy.id, legacy.api_name);
    let label = format!("kept as {}", today.join(", "));
    Problem::warning(codes::LEGACY, path.clone(), message, label)
        .hint("Write what it is kept as: that is what the vendor's console makes of it.")
}

fn dropped(name: &str, path: FieldPath) -> Problem {
    let message = format!("the permission `{name}` is no more");
    Problem::warning(codes::LEGACY, path, message, "grants nothing, not kept").hint("Take it out.")
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}
