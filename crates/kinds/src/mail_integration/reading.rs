//! What is wrong with reading mail: whose, for which customers, how far the app reaches.

use deskform_model::{FieldPath, Lowering, Problem};

use super::codes;
use super::spec::{Google, MailIntegration, Microsoft};
use super::terms::{AccessControl, AccessPolicy, InstallScope};

/// Runs all checks of an integration that reads.
pub(super) fn run(integration: &MailIntegration, lowering: &mut Lowering<'_>) {
    people(integration, lowering);
    customers(integration, lowering);
    if let Some(google) = &integration.google {
        installation(integration, google, lowering);
    }
    if let Some(microsoft) = &integration.microsoft {
        consent(microsoft, lowering);
        policy(microsoft, lowering);
    }
    admins(integration, lowering);
    verify(integration, lowering);
}

fn people(integration: &MailIntegration, lowering: &mut Lowering<'_>) {
    let Some(team) = &integration.team else {
        let message = "nothing says whose mail is read";
        let path = FieldPath::keys(["team"]);
        let label = "without a group every mailbox would be a target";
        let problem = Problem::error(codes::NO_TEAM, path, message, label);
        return lowering.report(problem.hint("Add `team`, the name of the team that talks to customers."));
    };
    if integration.readers.as_ref() == Some(team) {
        let message = format!("`{team}` reads what is found in its own mail");
        let path = FieldPath::keys(["readers"]);
        let label = "who reads and whose mail is read need not be the same";
        let problem = Problem::advice(codes::READERS_ARE_TEAM, path, message, label);
        lowering.report(problem.hint("Look whether each of them needs to read it."));
    }
}

fn customers(integration: &MailIntegration, lowering: &mut Lowering<'_>) {
    let MailIntegration { customers, all_customers, enabled, .. } = integration;
    if *all_customers && !customers.is_empty() {
        let message = "all customers are meant, and some are named";
        let path = FieldPath::keys(["customers"]);
        let problem = Problem::error(codes::CUSTOMERS_AND_ALL, path, message, "`all_customers` is true");
        lowering.report(problem.hint("Take `customers` out, or `all_customers`."));
    } else if *enabled && !all_customers && customers.is_empty() {
        let message = "no customer is named, so no mail is read";
        let path = FieldPath::keys(["customers"]);
        let label = "only mail with customers who are named is taken";
        let problem = Problem::warning(codes::NO_CUSTOMERS, path, message, label);
        lowering.report(problem.hint("Add `customers`, names of `organization`, or `all_customers = true`."));
    }
}

fn installation(integration: &MailIntegration, google: &Google, lowering: &mut Lowering<'_>) {
    if google.install_scope == InstallScope::Everyone && !integration.all_employees_acknowledged {
        let message = "the app is installed for everyone";
        let path = FieldPath::keys(["google", "install_scope"]);
        let problem = Problem::error(codes::EVERYONE, path, message, "the mail of all employees can be read");
        lowering.report(problem.hint("Write `group`, or say `all_employees_acknowledged = true`."));
    }
    if integration.connect_admins.is_empty() {
        let message = "nobody is named who presses Connect";
        let path = FieldPath::keys(["connect_admins"]);
        let label = "whoever does must be in the group, or Google shows an error";
        let problem = Problem::warning(codes::NO_CONNECT_ADMIN, path, message, label);
        lowering.report(problem.hint("Add `connect_admins`, the addresses of these admins."));
    }
}

fn consent(microsoft: &Microsoft, lowering: &mut Lowering<'_>) {
    if microsoft.consent_account.is_none() {
        let message = "nobody is named who consents at Microsoft";
        let path = FieldPath::keys(["microsoft", "consent_account"]);
        let problem = Problem::error(codes::NO_CONSENT_ACCOUNT, path, message, "only an admin can consent");
        lowering.report(problem.hint("Add `consent_account`, the address of a Global Administrator."));
    }
}

fn policy(microsoft: &Microsoft, lowering: &mut Lowering<'_>) {
    let Microsoft { consent_account: _, entra_app_id, access_policy, policy_scope, policy_description, access_control } =
        microsoft;
    let path = |field| FieldPath::keys(["microsoft", field]);
    let Some(policy) = access_policy else {
        let described =
            [("policy_scope", policy_scope.is_some()), ("policy_description", policy_description.is_some())];
        return unbounded(described, lowering);
    };
    if entra_app_id.is_none() {
        let message = "the access policy names no application";
        let problem =
            Problem::error(codes::POLICY_WITHOUT_APP, path("entra_app_id"), message, "Exchange asks for its id");
        lowering.report(problem.hint("Add `entra_app_id`; Entra shows it once somebody has consented."));
    }
    if *policy == AccessPolicy::Deny {
        let message = "the only access policy denies a group";
        let label = "every other mailbox stays open";
        let problem = Problem::warning(codes::DENY_ALONE, path("access_policy"), message, label);
        lowering.report(problem.hint("Write `restrict`, which is what the vendor asks for."));
    }
    if *access_control == AccessControl::ApplicationAccessPolicy {
        let message = "access policies are Microsoft's former means";
        let label = "new ones are discouraged, and will have to be moved";
        let problem = Problem::advice(codes::LEGACY_POLICY, path("access_policy"), message, label);
        lowering.report(problem.hint("Plan for RBAC for Applications, and say so with `access_control = \"rbac\"`."));
    }
}

/// Without a policy; `described` are the fields that describe one, and whether they are there.
fn unbounded(described: [(&str, bool); 2], lowering: &mut Lowering<'_>) {
    let path = |field| FieldPath::keys(["microsoft", field]);
    if described.iter().all(|(_, there)| !there) {
        let message = "no access policy bounds the application";
        let label = "it can read every mailbox; the group is only a filter of the vendor";
        let problem = Problem::warning(codes::NO_RESTRICTION, path("access_policy"), message, label);
        lowering.report(problem.hint("Add `access_policy = \"restrict\"`."));
    }
    for (field, _) in described.into_iter().filter(|(_, there)| *there) {
        let message = format!("`{field}` describes an access policy, and there is none");
        let problem = Problem::error(codes::NO_POLICY, path(field), message, "`access_policy` is missing");
        lowering.report(problem.hint("Add `access_policy = \"restrict\"`, or take it out."));
    }
}

/// The mailbox of an admin outside the company's domains is read as if it were a customer's.
fn admins(integration: &MailIntegration, lowering: &mut Lowering<'_>) {
    let domains = &integration.organization_domains;
    if domains.is_empty() {
        return;
    }
    for (index, address) in integration.connect_admins.iter().enumerate() {
        let domain = address.rsplit_once('@').map(|(_, domain)| domain).unwrap_or_default();
        if !domains.iter().any(|ours| ours.eq_ignore_ascii_case(domain)) {
            let message = format!("`{}` is outside the company's domains", &**address);
            let path = FieldPath::keys(["connect_admins"]).index(index);
            let problem = Problem::warning(codes::ADMIN_OUTSIDE, path, message, "`organization_domains` lists others");
            lowering.report(problem.hint("Correct the address, or add its domain to `organization_domains`."));
        }
    }
}

fn verify(integration: &MailIntegration, lowering: &mut Lowering<'_>) {
    let verify = &integration.verify;
    let key = |address: &str| address.to_ascii_lowercase();
    for (index, address) in verify.denied.iter().enumerate() {
        if verify.granted.iter().any(|granted| key(granted) == key(address)) {
            let message = format!("`{}` is expected to be read and not to be read", &**address);
            let path = FieldPath::keys(["verify", "denied"]).index(index);
            let problem = Problem::error(codes::VERIFY_CONTRADICTED, path, message, "`verify.granted` lists it too");
            lowering.report(problem.hint("Take it out of one of the two."));
        }
    }
    if !verify.granted.is_empty() && verify.denied.is_empty() {
        let message = "only addresses that must be read are tried";
        let path = FieldPath::keys(["verify", "granted"]);
        let label = "a scope that is too wide would not be noticed";
        let problem = Problem::advice(codes::VERIFY_ONE_SIDED, path, message, label);
        lowering.report(problem.hint("Add an address outside the group to `verify.denied`."));
    }
}
