//! What is wrong with how a strategy treats outside customers.

use deskform_model::{FieldPath, Lowering, Problem};

use super::checks::{approved_but_closed, listed_twice};
use super::codes;
use super::spec::{CustomerStrategy, External, Internal, Manifest};
use super::terms::{Audience, Provisioning, SignUp};

/// Runs the checks of a strategy that serves outside customers.
pub(super) fn run(written: &Manifest, spec: &CustomerStrategy, lowering: &mut Lowering<'_>) {
    let Some(external) = &written.external else { return };
    list(external, lowering);
    agents_only(spec, external, lowering);
    sign_in(written, external, lowering);
    if let (Audience::Hybrid, Some(internal)) = (written.audience, &written.internal) {
        separation(internal, external, lowering);
        directories(internal, external, lowering);
    }
    let path = FieldPath::keys(["external", "listed_domains"]);
    listed_twice(external.listed_domains.iter().map(|domain| &**domain), &path, lowering);
}

fn list(external: &External, lowering: &mut Lowering<'_>) {
    let (listed, empty) = (external.sign_up == SignUp::ListedDomains, external.listed_domains.is_empty());
    if listed && empty {
        let message = "outside customers are to sign up from listed domains, and none is listed";
        let path = FieldPath::keys(["external", "sign_up"]);
        let problem = Problem::error(codes::LIST_EMPTY, path, message, "Jira takes an empty list for any domain");
        lowering.report(problem.hint("Add `listed_domains`, or write `open`."));
    } else if !listed && !empty {
        let message = "domains are listed, and the list is not in use";
        let path = FieldPath::keys(["external", "listed_domains"]);
        let problem = Problem::error(codes::LIST_UNUSED, path, message, "`sign_up` is not `listed_domains`");
        lowering.report(problem.hint("Make `sign_up` `listed_domains`, or take the list out."));
    }
}

fn agents_only(spec: &CustomerStrategy, external: &External, lowering: &mut Lowering<'_>) {
    let path = FieldPath::keys(["external", "sign_up"]);
    if spec.audience == Audience::External && external.sign_up == SignUp::AgentsOnly {
        let message = "only customers for whom an agent made an account can ask for help";
        let problem = Problem::warning(codes::AGENTS_ONLY, path, message, "mail of unknown senders is dropped");
        lowering.report(problem.hint("Write `open` or `listed_domains` if customers should come by themselves."));
    } else if spec.audience == Audience::Hybrid && approved_but_closed(spec) {
        let message = "staff are to join by approved domains, and only agents make accounts";
        let label = "the site has one switch for sign-up, and it is off";
        let problem = Problem::warning(codes::APPROVED_BUT_CLOSED, path, message, label);
        lowering.report(problem.hint("Let staff in another way, or write `listed_domains` with those of customers."));
    }
}

/// Reports what does not tell staff from outside customers.
fn separation(internal: &Internal, external: &External, lowering: &mut Lowering<'_>) {
    for (index, domain) in external.listed_domains.iter().enumerate() {
        if internal.domains.iter().any(|staff| staff.folded() == domain.folded()) {
            let path = FieldPath::keys(["external", "listed_domains"]).index(index);
            let message = format!("the domain `{}` is one of staff", &**domain);
            let label = "staff would get portal-only accounts";
            let problem = Problem::error(codes::STAFF_DOMAIN_LISTED, path, message, label);
            lowering.report(problem.hint("Take it out here, or out of `internal.domains`."));
        }
    }
    if external.sign_up != SignUp::Open || internal.by(Provisioning::ApprovedDomains) {
        return;
    }
    let path = FieldPath::keys(["external", "sign_up"]);
    let problem = if internal.by(Provisioning::IdentityProvider) {
        let message = "nothing tells the addresses of staff from those of outside customers";
        let label = "staff who are not synced yet get portal-only accounts";
        Problem::warning(codes::STAFF_NOT_SEPARATED, path, message, label)
    } else {
        let message = "staff who arrive before their account is made become outside customers";
        let label = "the portal-only account is out of reach once they get their own";
        Problem::warning(codes::STAFF_AS_OUTSIDERS, path, message, label)
    };
    lowering.report(problem.hint("Add `approved_domains` to `internal.provisioning`, with `internal.domains`."));
}

fn directories(internal: &Internal, external: &External, lowering: &mut Lowering<'_>) {
    let (Some(staff), Some(outside)) = (&internal.directory, &external.directory) else { return };
    if staff.name.to_lowercase() == outside.name.to_lowercase() {
        let message = format!("staff and outside customers stand in the same directory `{}`", &*outside.name);
        let path = FieldPath::keys(["external", "directory", "name"]);
        let problem = Problem::warning(codes::ONE_DIRECTORY, path, message, "the two are hard to tell apart");
        lowering.report(problem.hint("Keep outside customers in a directory of their own."));
    }
}

fn sign_in(written: &Manifest, external: &External, lowering: &mut Lowering<'_>) {
    let path = FieldPath::keys(["external", "authentication"]);
    let authentication = &external.authentication;
    if !authentication.single_sign_on {
        if !authentication.password {
            let message = "outside customers have no way to sign in";
            let label = "neither a password nor single sign-on";
            let problem = Problem::error(codes::NO_SIGN_IN, path.key("password"), message, label);
            lowering.report(problem.hint("Leave the password on, or add `single_sign_on = true`."));
        }
        return;
    }
    let path = path.key("single_sign_on");
    if written.identity_management == Some(false) {
        let message = "outside customers are to sign in through their directory, and there is no identity management";
        let label = "needs Atlassian Guard Standard";
        let problem = Problem::error(codes::PORTAL_SSO_UNMANAGED, path.clone(), message, label);
        lowering.report(problem.hint("Make `identity_management` true, or let them sign in by password."));
    }
    if external.directory.is_none() {
        let message = "outside customers are to sign in through a directory, and none is named";
        let problem = Problem::error(codes::PORTAL_SSO_WITHOUT_DIRECTORY, path, message, "`directory` is missing");
        lowering.report(problem.hint("Add `directory = { name = \"...\" }` to `external`."));
    }
}
