//! What is wrong with one organization. What is wrong between organizations stands elsewhere.

use deskform_model::{FieldPath, Lowering, Problem};

use super::codes;
use super::spec::{Membership, Organization};
use crate::customer_strategy::mail::{is_public, repeated};

/// Jira takes at most this many mail domains for an organization.
const MOST_DOMAINS: usize = 10;

/// Runs all checks.
pub(super) fn run(organization: &Organization, lowering: &mut Lowering<'_>) {
    domains(organization, lowering);
    membership(organization, lowering);
    twice("email_domains", organization.email_domains.iter().map(|domain| &**domain), lowering);
    twice("members", organization.members.iter().map(|member| &**member), lowering);
}

fn domains(organization: &Organization, lowering: &mut Lowering<'_>) {
    let path = FieldPath::keys(["email_domains"]);
    let again = repeated(organization.email_domains.iter().map(|domain| &**domain)).len();
    let count = organization.email_domains.len() - again;
    if count > MOST_DOMAINS {
        let message = format!("the organization has {count} mail domains");
        let label = format!("Jira takes at most {MOST_DOMAINS}");
        let problem = Problem::error(codes::TOO_MANY_DOMAINS, path.clone(), message, label);
        lowering.report(problem.hint("List the people of the rest as `members`, or make a second organization."));
    }
    for (index, domain) in organization.email_domains.iter().enumerate().filter(|(_, domain)| is_public(domain)) {
        let message = format!("anybody with an address at `{}` joins the organization", &**domain);
        let label = "anybody can get such an address";
        let problem = Problem::warning(codes::PUBLIC_DOMAIN, path.index(index), message, label);
        lowering.report(problem.hint("List the people as `members` instead."));
    }
}

fn membership(organization: &Organization, lowering: &mut Lowering<'_>) {
    if organization.membership == Membership::Authoritative && !organization.email_domains.is_empty() {
        let message = "people who join by their domain are removed again";
        let path = FieldPath::keys(["membership"]);
        let label = "nobody but `members` is to be a member";
        let problem = Problem::warning(codes::JOIN_AND_REMOVE, path, message, label);
        lowering.report(problem.hint("Write `additive`, or take `email_domains` out."));
    }
}

fn twice<'a>(field: &str, texts: impl Iterator<Item = &'a str> + Clone, lowering: &mut Lowering<'_>) {
    for place in repeated(texts.clone()) {
        let message = format!("`{}` is listed twice", texts.clone().nth(place).unwrap_or_default());
        let path = FieldPath::keys([field]).index(place);
        let problem = Problem::warning(codes::LISTED_TWICE, path, message, "upper and lower case alike");
        lowering.report(problem.hint("Take one of the two out."));
    }
}
