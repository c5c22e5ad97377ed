//! What is wrong with one profile. What depends on who holds it besides which others stands elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{FieldPath, Lowering, Problem};

use super::catalog::{Permission, catalog};
use super::codes;
use super::read::{Grant, Granted};
use super::spec::{Access, Applications, ByTag, Manifest, TagKey, TagValue};

/// Amazon Connect takes at most this many permissions in a profile.
const MOST_PERMISSIONS: usize = 500;
/// Amazon Connect takes at most this many tags on a resource.
const MOST_TAGS: usize = 50;
/// Amazon Connect restricts by at most this many tags.
const MOST_ACCESS_TAGS: usize = 4;
/// Amazon Connect takes at most this many applications in a profile.
const MOST_APPLICATIONS: usize = 10;
/// Amazon Connect takes at most this many permissions of one application.
const MOST_APPLICATION_PERMISSIONS: usize = 50;
/// The default profile of administrators in every instance.
const ADMINISTRATORS: &str = "Admin";
/// Permissions to redacted conversations, and to the same unredacted.
const REDACTED: [(&str, &str); 5] = [
    ("call_recording_redacted.access", "call_recording_unredacted.access"),
    ("transcript_redacted.access", "transcript_unredacted.access"),
    ("screen_recording_redacted.access", "screen_recording.access"),
    ("ivr_recording_redacted.access", "ivr_recording_unredacted.access"),
    ("ivr_transcript_redacted.access", "ivr_transcript_unredacted.access"),
];

/// Runs all checks.
pub(super) fn run(manifest: &Manifest, granted: &Granted, lowering: &mut Lowering<'_>) {
    if granted.len() > MOST_PERMISSIONS {
        let message = format!("the profile grants {} permissions", granted.len());
        let label = format!("Amazon Connect takes at most {MOST_PERMISSIONS}");
        let path = FieldPath::keys(["unknown_permissions"]);
        lowering.report(Problem::error(codes::TOO_MANY_PERMISSIONS, path, message, label));
    }
    views(granted, lowering);
    recordings(granted, lowering);
    contradictions(granted, lowering);
    schedules(granted, lowering);
    escalation(manifest, granted, lowering);
    tags(&manifest.tags, &FieldPath::keys(["tags"]), lowering);
    access(&manifest.access, granted, lowering);
    applications(&manifest.applications, lowering);
}

/// The console grants the view with whatever else is granted; a profile that is written by hand can lack it.
fn views(granted: &Granted, lowering: &mut Lowering<'_>) {
    let mut blind: BTreeMap<&str, &Grant> = BTreeMap::new();
    for grant in granted.grants() {
        let views = grant.permission.implies.iter().filter(|id| id.ends_with(".view") && granted.get(id).is_none());
        for view in views {
            blind.entry(view).or_insert(grant);
        }
    }
    for (view, grant) in blind {
        let message = format!("`{}` is granted without `{view}`", grant.permission.id);
        let label = "Amazon Connect's console grants both together";
        let problem = Problem::warning(codes::WITHOUT_VIEW, grant.path.clone(), message, label);
        lowering.report(problem.hint(adding(&[view])));
    }
}

fn recordings(granted: &Granted, lowering: &mut Lowering<'_>) {
    let both = REDACTED.iter().filter_map(|(redacted, open)| Some((granted.get(redacted)?, granted.get(open)?)));
    // A legacy permission stands for several pairs at once: one finding a place is enough.
    let mut seen = BTreeSet::new();
    for (redacted, open) in both.filter(|(_, open)| seen.insert(open.path.clone())) {
        let message = format!("`{}` and `{}` are both granted", redacted.permission.id, open.permission.id);
        let label = "where a redacted form exists, only that is shown";
        let problem = Problem::warning(codes::REDACTED_AND_UNREDACTED, open.path.clone(), message, label);
        lowering.report(problem.hint("Grant the one that the role needs, and give the other to another profile."));
    }
    for grant in granted.grants() {
        match grant.permission.action() {
            "enable_download" => download(grant, granted, lowering),
            "delete" => delete(grant, granted, lowering),
            _ => {}
        }
    }
}

/// A legacy download stands for all downloads that there are: one access is enough for it.
fn download(grant: &Grant, granted: &Granted, lowering: &mut Lowering<'_>) {
    let unmet = |permission: &Permission| !catalog().unmet(permission, &granted.ids().collect()).is_empty();
    let useless = match grant.legacy {
        Some(legacy) => {
            let first = legacy.replaced_by.first().is_some_and(|id| *id == grant.permission.id);
            first && catalog().current(legacy).into_iter().all(unmet)
        }
        None => unmet(grant.permission),
    };
    if useless {
        let access: Vec<&str> =
            grant.permission.requires.iter().flat_map(|need| &need.any_of).map(String::as_str).collect();
        let message = format!("`{}` is granted without `{}`", grant.permission.id, access.join("` or `"));
        let label = "there is nothing to download";
        let problem = Problem::warning(codes::DOWNLOAD_WITHOUT_ACCESS, grant.path.clone(), message, label);
        lowering.report(problem.hint(adding(&access)));
    }
}

fn delete(grant: &Grant, granted: &Granted, lowering: &mut Lowering<'_>) {
    let missing = |id: &&String| id.ends_with(".enable_download") && granted.get(id).is_none();
    for id in grant.permission.implies.iter().filter(missing) {
        let message = format!("`{}` is granted without `{id}`", grant.permission.id);
        let label = "Amazon Connect's console grants both together";
        let problem = Problem::warning(codes::DELETE_WITHOUT_DOWNLOAD, grant.path.clone(), message, label);
        lowering.report(problem.hint(adding(&[id])));
    }
}

fn contradictions(granted: &Granted, lowering: &mut Lowering<'_>) {
    for grant in granted.grants() {
        for other in
            grant.permission.conflicts.iter().filter(|id| grant.permission.id < **id && granted.get(id).is_some())
        {
            let message = format!("`{}` and `{other}` make no sense together", grant.permission.id);
            let problem = Problem::warning(
                codes::CONTRADICTION,
                grant.path.clone(),
                message,
                "one forbids what the other permits",
            );
            lowering.report(problem.hint("Take one of the two out."));
        }
    }
}

fn schedules(granted: &Granted, lowering: &mut Lowering<'_>) {
    let Some(grant) = granted.get("saved_report.schedule") else { return };
    let held: BTreeSet<&str> = granted.ids().collect();
    let missing: Vec<&str> =
        catalog().unmet(grant.permission, &held).iter().flat_map(|need| &need.any_of).map(String::as_str).collect();
    if !missing.is_empty() {
        let message = format!("reports cannot be scheduled without `{}`", missing.join("`, `"));
        let label = "Amazon Connect refuses it alone";
        let problem = Problem::error(codes::SCHEDULE_INCOMPLETE, grant.path.clone(), message, label);
        lowering.report(problem.hint(adding(&missing)));
    }
}

/// Rights over rights belong to administrators. A profile that grants all of them is openly one of those.
fn escalation(manifest: &Manifest, granted: &Granted, lowering: &mut Lowering<'_>) {
    let administrators = manifest.name.as_deref() == Some(ADMINISTRATORS);
    let all = catalog().permissions().iter().filter(|permission| permission.escalates()).count();
    let held: Vec<&Grant> = granted.grants().filter(|grant| grant.permission.escalates()).collect();
    let Some(first) = held.first().filter(|_| !administrators && held.len() < all) else { return };
    let ids: Vec<String> = held.iter().map(|grant| format!("`{}`", grant.permission.id)).collect();
    let message = format!("who holds {} can give themselves more rights", ids.join(", "));
    let label = "belongs to administrators";
    let problem = Problem::warning(codes::ESCALATION, first.path.clone(), message, label);
    lowering.report(problem.hint("Leave these to the profile of the administrators, which grants all of its kind."));
}

fn tags(tags: &BTreeMap<TagKey, TagValue>, path: &FieldPath, lowering: &mut Lowering<'_>) {
    if tags.len() > MOST_TAGS {
        let message = format!("there are {} tags", tags.len());
        let label = format!("Amazon Connect takes at most {MOST_TAGS}");
        lowering.report(Problem::error(codes::TOO_MANY_TAGS, path.clone(), message, label));
    }
    for key in tags.keys().filter(|key| key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"))) {
        let message = format!("the tag `{}` is reserved", &**key);
        let problem = Problem::error(codes::RESERVED_TAG, path.key(&**key), message, "`aws:` is the vendor's own");
        lowering.report(problem.hint("Choose a key without `aws:` at its start."));
    }
}

fn access(access: &Access, granted: &Granted, lowering: &mut Lowering<'_>) {
    let Access { by_tag, by_hierarchy } = access;
    let path = FieldPath::keys(["access"]);
    let mut restricted: Vec<(&str, FieldPath)> = Vec::new();
    if let Some(by_tag) = by_tag {
        let path = path.key("by_tag");
        self::by_tag(by_tag, &path, lowering);
        let resources = by_tag.resources.iter().enumerate();
        restricted.extend(resources.map(|(index, resource)| (resource.object(), path.key("resources").index(index))));
    }
    if by_hierarchy.is_some() {
        restricted.push(("user", path.key("by_hierarchy")));
    }
    unseen(&restricted, granted, lowering);
    let reached = |permission: &Permission| restricted.iter().any(|(object, _)| *object == permission.object());
    let beyond =
        |permission: &Permission| permission.lists_all() || (by_hierarchy.is_some() && permission.lists_all_agents());
    let lists = granted.grants().filter(|grant| beyond(grant.permission) && !reached(grant.permission));
    let ids: Vec<String> = lists.map(|grant| format!("`{}`", grant.permission.id)).collect();
    if !restricted.is_empty() && !ids.is_empty() {
        let message = format!("the restriction does not reach what {} shows", ids.join(", "));
        let label = "lists everything all the same";
        let problem = Problem::warning(codes::UNRESTRICTED_LIST, path, message, label);
        lowering.report(problem.hint("Take these permissions out, or accept that their lists are whole."));
    }
}

fn by_tag(by_tag: &ByTag, path: &FieldPath, lowering: &mut Lowering<'_>) {
    let ByTag { tags: access_tags, resources } = by_tag;
    let path_of_tags = path.key("tags");
    tags(access_tags, &path_of_tags, lowering);
    if access_tags.len() > MOST_ACCESS_TAGS && access_tags.len() <= MOST_TAGS {
        let message = format!("access is restricted by {} tags", access_tags.len());
        let label = format!("Amazon Connect takes at most {MOST_ACCESS_TAGS}");
        lowering.report(Problem::error(codes::TOO_MANY_ACCESS_TAGS, path_of_tags.clone(), message, label));
    }
    let missing =
        [(access_tags.is_empty(), path_of_tags, "tag"), (resources.is_empty(), path.key("resources"), "resource")];
    for (_, path, what) in missing.into_iter().filter(|(empty, ..)| *empty) {
        let message = format!("a restriction by tag names no {what}");
        let problem = Problem::error(
            codes::EMPTY_RESTRICTION,
            path,
            message,
            "Amazon Connect takes tags and resources only together",
        );
        lowering.report(problem.hint(format!("Name at least one {what}, or take `by_tag` out.")));
    }
}

fn unseen(restricted: &[(&str, FieldPath)], granted: &Granted, lowering: &mut Lowering<'_>) {
    for (object, path) in restricted {
        let view = format!("{object}.view");
        if granted.get(&view).is_none() {
            let message = format!("`{object}` is restricted and cannot be seen");
            let problem =
                Problem::warning(codes::RESTRICTED_UNSEEN, path.clone(), message, format!("`{view}` is not granted"));
            lowering.report(problem.hint(adding(&[&view])));
        }
    }
}

fn applications(applications: &Applications, lowering: &mut Lowering<'_>) {
    let Applications { third_party, mcp } = applications;
    let path = FieldPath::keys(["applications"]);
    let number = third_party.iter().collect::<BTreeSet<_>>().len() + mcp.len();
    if number > MOST_APPLICATIONS {
        let message = format!("there are {number} applications");
        let label = format!("Amazon Connect takes at most {MOST_APPLICATIONS}");
        lowering.report(Problem::error(codes::TOO_MANY_APPLICATIONS, path.clone(), message, label));
    }
    for (name, permissions) in mcp {
        let number = permissions.0.iter().collect::<BTreeSet<_>>().len();
        if number == 0 || number > MOST_APPLICATION_PERMISSIONS {
            let message = format!("the application `{}` is granted {number} permissions", &**name);
            let label = format!("Amazon Connect takes 1 to {MOST_APPLICATION_PERMISSIONS}");
            let path = path.key("mcp").key(&**name);
            lowering.report(Problem::error(codes::APPLICATION_PERMISSIONS, path, message, label));
        }
    }
}

/// The imperative that adds ids to `permissions`: one of them if they are alternatives, all otherwise.
fn adding(ids: &[&str]) -> String {
    let entries: Vec<String> = ids
        .iter()
        .filter_map(|id| id.split_once('.'))
        .map(|(object, action)| format!("`\"{action}\"` to `{object}`"))
        .collect();
    format!("Add {} in `permissions`.", entries.join(", "))
}
