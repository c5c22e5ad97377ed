//! What is wrong with one integration. What is wrong between it, its team and its customers stands elsewhere.

use deskform_model::{FieldPath, Lowering, Problem};

use super::spec::{MailIntegration, System};
use super::{codes, dns, gmail, notices, reading, smtp};
use crate::customer_strategy::mail::{MailAddress, repeated};

/// Runs all checks.
pub(super) fn run(integration: &MailIntegration, lowering: &mut Lowering<'_>) {
    let systems = integration.systems();
    one_system(&systems, lowering);
    let reads = systems.iter().any(|system| system.reads());
    let sends = systems.iter().any(|system| !system.reads());
    foreign(integration, reads, sends, lowering);
    switch(integration, reads, sends, lowering);
    if reads {
        reading::run(integration, lowering);
    }
    if let Some(server) = &integration.own_server {
        smtp::run(&server.smtp, &FieldPath::keys(["own_server", "smtp"]), lowering);
        smtp::gmail(&server.smtp, lowering);
    }
    if let Some(table) = &integration.gmail {
        gmail::run(table, lowering);
    }
    if sends {
        notices::run(integration, lowering);
    }
    dns::run(integration, lowering);
    twice(integration, lowering);
}

fn one_system(systems: &[System], lowering: &mut Lowering<'_>) {
    let words = System::ALL.map(System::word);
    let Some((first, others)) = systems.split_first() else {
        let message = "nothing says which system this is";
        let label = format!("one of the tables `{}` says it", words.join("`, `"));
        let problem = Problem::error(codes::NOT_ONE_SYSTEM, FieldPath::root(), message, label);
        return lowering.report(problem.hint("Add the table of the system, such as `google = {}`."));
    };
    for other in others {
        let message = format!("`{}` stands beside `{}`", other.word(), first.word());
        let path = FieldPath::keys([other.word()]);
        let problem = Problem::error(codes::NOT_ONE_SYSTEM, path, message, "an integration is of one system");
        lowering.report(problem.hint("Take one of the two out, or declare an integration for each."));
    }
}

/// Reports what belongs to the other direction. Where tables of both stand, that is the mistake.
fn foreign(integration: &MailIntegration, reads: bool, sends: bool, lowering: &mut Lowering<'_>) {
    if reads == sends {
        return;
    }
    let MailIntegration {
        tenant: _,
        display_name: _,
        enabled: _,
        google: _,
        microsoft: _,
        automatic: _,
        own_server: _,
        gmail: _,
        team,
        readers,
        customers,
        all_customers,
        organization_domains,
        connect_admins,
        all_employees_acknowledged,
        verify,
        lockout_recipients,
        monitoring,
        dns,
    } = integration;
    let of_reading = [
        ("team", team.is_some()),
        ("readers", readers.is_some()),
        ("customers", !customers.is_empty()),
        ("all_customers", *all_customers),
        ("organization_domains", !organization_domains.is_empty()),
        ("connect_admins", !connect_admins.is_empty()),
        ("all_employees_acknowledged", *all_employees_acknowledged),
        ("verify", *verify != Default::default()),
    ];
    let of_sending = [
        ("lockout_recipients", !lockout_recipients.is_empty()),
        ("monitoring", *monitoring != Default::default()),
        ("dns", dns.is_some()),
    ];
    let (fields, why): (&[(&str, bool)], _) = if reads {
        (&of_sending, "this integration reads mail, and the field is about sending")
    } else {
        (&of_reading, "this integration sends mail, and the field is about reading")
    };
    for (field, _) in fields.iter().filter(|(_, there)| *there) {
        let message = format!("`{field}` does not belong here");
        let problem = Problem::error(codes::FOREIGN_FIELD, FieldPath::keys([*field]), message, why);
        lowering.report(problem.hint("Take it out, or move it to the integration that it is about."));
    }
}

fn switch(integration: &MailIntegration, reads: bool, sends: bool, lowering: &mut Lowering<'_>) {
    if integration.enabled || reads || !sends {
        return;
    }
    let message = "an integration that sends has no switch of its own";
    let path = FieldPath::keys(["enabled"]);
    let problem = Problem::error(codes::ENABLED_OUTSIDE, path, message, "only `automatic` can be switched off");
    let hint = if integration.automatic.is_some() {
        "Take it out, and write `enabled = false` in `automatic`."
    } else {
        "Take it out. To send nothing, take the integration out."
    };
    lowering.report(problem.hint(hint));
}

/// Reports every address that stood in its list before.
fn twice(integration: &MailIntegration, lowering: &mut Lowering<'_>) {
    let MailIntegration { connect_admins, verify, lockout_recipients, monitoring, gmail, .. } = integration;
    let aliases = gmail.as_ref().map(|gmail| gmail.aliases.as_slice()).unwrap_or_default();
    let lists: [(&[&str], &[MailAddress]); 6] = [
        (&["connect_admins"], connect_admins),
        (&["verify", "granted"], &verify.granted),
        (&["verify", "denied"], &verify.denied),
        (&["gmail", "aliases"], aliases),
        (&["lockout_recipients"], lockout_recipients),
        (&["monitoring", "recipients"], &monitoring.recipients),
    ];
    for (path, list) in lists {
        for place in repeated(list.iter().map(|address| &**address)) {
            let message = format!("`{}` is listed twice", &*list[place]);
            let path = FieldPath::keys(path.iter().copied()).index(place);
            let problem = Problem::warning(codes::LISTED_TWICE, path, message, "upper and lower case alike");
            lowering.report(problem.hint("Take one of the two out."));
        }
    }
}
