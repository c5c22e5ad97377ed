//! What is wrong with how a strategy treats staff.

use deskform_model::{FieldPath, Lowering, Problem};

use super::checks::{key_twice, listed_twice};
use super::codes;
use super::mail::{ApprovedName, is_public};
use super::products::{JSM, roles_of_jsm};
use super::spec::{ApprovedDomain, CustomerStrategy, Internal, Manifest};
use super::terms::{Audience, Provisioning, Role};

/// The number of accounts that the article on strategies gives; beyond it a vendor should be asked.
const MANY_ACCOUNTS: u64 = 75_000;
/// Atlassian's directory holds no more.
const MOST_ACCOUNTS: u64 = 1_000_000;

/// Runs the checks of a strategy that serves staff.
pub(super) fn run(written: &Manifest, spec: &CustomerStrategy, lowering: &mut Lowering<'_>) {
    let (Some(internal), Some(folded)) = (&written.internal, &spec.internal) else { return };
    identity_management(written, spec, internal, lowering);
    provisioning(written.audience, internal, lowering);
    directory(internal, lowering);
    approved(internal, folded, lowering);
    numbers(internal, lowering);
    let root = FieldPath::keys(["internal"]);
    listed_twice(internal.domains.iter().map(|domain| &**domain), &root.key("domains"), lowering);
    listed_twice(internal.addresses.iter().map(|address| &**address), &root.key("addresses"), lowering);
    key_twice(internal.approved_domains.keys().map(|name| &**name), &root.key("approved_domains"), lowering);
}

fn identity_management(written: &Manifest, spec: &CustomerStrategy, internal: &Internal, lowering: &mut Lowering<'_>) {
    let single = internal.directory.as_ref().is_some_and(|directory| directory.single_sign_on);
    let what = match (internal.by(Provisioning::IdentityProvider), single) {
        (true, _) => "an identity provider is to sync staff",
        (false, true) => "staff are to sign in through their directory",
        (false, false) if spec.identity_management => return,
        (false, false) => {
            let message = "staff is served without identity management";
            let label = "accounts are not synced; who joins by domain needs sign-up to be on";
            let path = FieldPath::keys(["audience"]);
            let problem = Problem::advice(codes::IDENTITY_MANAGEMENT_ADVISED, path, message, label);
            let hint = "Consider Atlassian Guard Standard: it costs nothing for customers without a paid seat.";
            return lowering.report(problem.hint(hint));
        }
    };
    if written.identity_management == Some(false) {
        let message = format!("{what}, and there is no identity management");
        let path = FieldPath::keys(["identity_management"]);
        let problem = Problem::error(codes::SYNC_UNMANAGED, path, message, "needs Atlassian Guard Standard");
        lowering.report(problem.hint("Make it true, or let staff in by `approved_domains` or `by_hand`."));
    }
}

fn provisioning(audience: Audience, internal: &Internal, lowering: &mut Lowering<'_>) {
    if audience == Audience::Internal && internal.provisioning.is_empty() {
        let message = "staff have no way to an account";
        let path = FieldPath::keys(["internal"]);
        let problem = Problem::error(codes::NO_PROVISIONING, path, message, "`provisioning` is empty");
        let hint = "Add `provisioning` with `identity_provider`, `approved_domains` or `by_hand`.";
        lowering.report(problem.hint(hint));
    }
}

fn directory(internal: &Internal, lowering: &mut Lowering<'_>) {
    let synced = internal.by(Provisioning::IdentityProvider);
    let path = FieldPath::keys(["internal", "directory"]);
    match &internal.directory {
        None if synced => {
            let message = "an identity provider is to sync staff, and nothing says which groups";
            let path = FieldPath::keys(["internal", "provisioning"]);
            let problem = Problem::warning(codes::SYNC_UNDECLARED, path, message, "`directory` is missing");
            lowering.report(problem.hint("Add `directory = { name = \"...\", groups = [\"...\"] }`."));
        }
        Some(directory) if synced && directory.groups.is_empty() => {
            let message = format!("the directory `{}` is to sync staff, and no groups are chosen", &*directory.name);
            let problem = Problem::error(codes::SYNC_WITHOUT_GROUPS, path, message, "nobody is synced");
            lowering.report(problem.hint("Add `groups`, the groups of the directory to sync."));
        }
        Some(directory) if !synced && !directory.groups.is_empty() => {
            let message = format!("groups of the directory `{}` are chosen, and nobody syncs them", &*directory.name);
            let label = "`identity_provider` is not in `provisioning`";
            let problem = Problem::warning(codes::GROUPS_UNSYNCED, path.key("groups"), message, label);
            lowering.report(problem.hint("Add `identity_provider` to `provisioning`, or take the groups out."));
        }
        _ => {}
    }
}

/// Checks the approved domains: those that are written, and those of staff that are approved by being there.
fn approved(internal: &Internal, folded: &Internal, lowering: &mut Lowering<'_>) {
    let path = FieldPath::keys(["internal", "approved_domains"]);
    if !internal.by(Provisioning::ApprovedDomains) {
        if !internal.approved_domains.is_empty() {
            let message = "domains are approved, and staff do not join by them";
            let label = "`approved_domains` is not in `provisioning`";
            let problem = Problem::warning(codes::APPROVED_UNUSED, path, message, label);
            lowering.report(problem.hint("Add `approved_domains` to `provisioning`, or take the domains out."));
        }
    } else if folded.approved_domains.values().all(|domain| domain.role == Role::None) {
        let message = "staff are to join by approved domains, and no domain grants access";
        let path = FieldPath::keys(["internal", "provisioning"]);
        let problem = Problem::error(codes::NO_APPROVED_DOMAIN, path, message, "nobody can join");
        lowering.report(problem.hint("Add `domains`, the mail domains of staff."));
    } else {
        different(internal, folded, lowering);
    }
    for (name, domain) in &folded.approved_domains {
        let path = place(internal, name);
        anyone(name, domain, &path, lowering);
        seats(name, domain, &path, lowering);
        others(name, domain, &path, lowering);
    }
}

/// Where an approved domain is written: in the table, or among the domains of staff.
fn place(internal: &Internal, name: &ApprovedName) -> FieldPath {
    let root = FieldPath::keys(["internal"]);
    let written = internal.approved_domains.keys().rev().find(|written| written.folded() == *name);
    let listed = || internal.domains.iter().position(|domain| *domain.folded() == **name).unwrap_or_default();
    match written {
        Some(written) => root.key("approved_domains").key(&**written),
        None => root.key("domains").index(listed()),
    }
}

/// Reports domains of which the lists disagree whether they are those of staff.
fn different(internal: &Internal, folded: &Internal, lowering: &mut Lowering<'_>) {
    let synced = internal.by(Provisioning::IdentityProvider);
    for (name, domain) in folded.approved_domains.iter().filter(|(name, _)| !name.is_anyone()) {
        let listed = folded.domains.iter().any(|domain| **domain == **name);
        let (message, hint) = match (listed, domain.role) {
            (false, role) if role != Role::None => {
                (format!("the approved domain `{}` is not among those of staff", &**name), "Add it to `domains`.")
            }
            (true, Role::None) if !synced => {
                (format!("the domain `{}` of staff is not approved", &**name), "Give it the role `customer`.")
            }
            _ => continue,
        };
        let label = "`domains` and `approved_domains` differ";
        let problem = Problem::warning(codes::DOMAINS_DIFFER, place(internal, name), message, label);
        lowering.report(problem.hint(hint));
    }
}

fn anyone(name: &ApprovedName, domain: &ApprovedDomain, path: &FieldPath, lowering: &mut Lowering<'_>) {
    let open = name.is_anyone() || is_public(name);
    if !open || domain.admin_approval || domain.role == Role::None {
        return;
    }
    let message = if name.is_anyone() {
        "anybody can join as staff".to_owned()
    } else {
        format!("anybody with an address at `{}` can join as staff", &**name)
    };
    let problem = Problem::warning(codes::ANYONE_JOINS, path.clone(), message, "no domain of the company alone");
    lowering.report(problem.hint("Give `admin_approval = true`, or approve domains of your own only."));
}

fn seats(name: &ApprovedName, domain: &ApprovedDomain, path: &FieldPath, lowering: &mut Lowering<'_>) {
    let jsm = domain.role.is_paid().then(|| (JSM, path.key("role")));
    let others = domain.other_roles.iter().filter(|(_, role)| role.is_paid());
    let others = others.map(|(product, _)| (&**product, path.key("other_roles").key(&**product)));
    for (product, path) in jsm.into_iter().chain(others) {
        let message = format!("every new account of `{}` takes a paid seat in `{product}`", &**name);
        let problem = Problem::warning(codes::PAID_SEAT, path, message, "customers need none");
        lowering.report(problem.hint("Give the product through groups in `product_access.groups`."));
    }
}

fn others(name: &ApprovedName, domain: &ApprovedDomain, path: &FieldPath, lowering: &mut Lowering<'_>) {
    let path = path.key("other_roles");
    roles_of_jsm(&domain.other_roles, &path, lowering);
    if domain.other_roles.keys().any(|product| &**product == JSM) {
        let message = format!("the role of `{}` in `{JSM}` stands among those of other products", &**name);
        let problem = Problem::error(codes::JSM_AMONG_OTHERS, path.key(JSM), message, "`role` is the role in `jsm`");
        lowering.report(problem.hint("Move it to `role`."));
    }
}

fn numbers(internal: &Internal, lowering: &mut Lowering<'_>) {
    let Some(accounts) = internal.expected_accounts.map(|accounts| accounts.get()) else { return };
    let path = FieldPath::keys(["internal", "expected_accounts"]);
    let message = format!("{accounts} accounts of staff are expected");
    if accounts > MOST_ACCOUNTS {
        let label = format!("Atlassian's directory holds at most {MOST_ACCOUNTS}");
        let problem = Problem::error(codes::TOO_MANY_ACCOUNTS, path, message, label);
        lowering.report(problem.hint("Divide them over several organizations at Atlassian."));
    } else if accounts > MANY_ACCOUNTS {
        let label = format!("more than {MANY_ACCOUNTS}; Atlassian's guidance ends below 500000");
        let problem = Problem::warning(codes::MANY_ACCOUNTS, path, message, label);
        lowering.report(problem.hint("Ask your Atlassian account manager."));
    }
}
