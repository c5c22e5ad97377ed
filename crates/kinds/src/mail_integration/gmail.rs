//! What is wrong with sending by Gmail.

use deskform_model::{FieldPath, Lowering, Problem};

use super::sending::Gmail;
use super::terms::{PublishingStatus, UserType};
use super::{codes, smtp};

/// Runs all checks.
pub(super) fn run(gmail: &Gmail, lowering: &mut Lowering<'_>) {
    sender(gmail, lowering);
    consent(gmail, lowering);
    origins(gmail, lowering);
    if let Some(interim) = &gmail.interim {
        smtp::run(&interim.smtp, &FieldPath::keys(["gmail", "interim", "smtp"]), lowering);
    }
}

fn sender(gmail: &Gmail, lowering: &mut Lowering<'_>) {
    let Gmail { sender, aliases, consent_account, .. } = gmail;
    let is_sender = |address: &str| address.eq_ignore_ascii_case(sender);
    if !is_sender(consent_account) && !aliases.iter().any(|alias| is_sender(alias)) {
        let message = format!("`{}` is no address of the account that sends", &**sender);
        let path = FieldPath::keys(["gmail", "sender"]);
        let label = format!("`{}` consents and sends", &**consent_account);
        let problem = Problem::error(codes::FOREIGN_SENDER, path, message, label);
        lowering
            .report(problem.hint("Send from that account, or add the address to `aliases` once Google verified it."));
    }
}

fn consent(gmail: &Gmail, lowering: &mut Lowering<'_>) {
    if gmail.user_type == Some(UserType::External) && gmail.publishing_status == Some(PublishingStatus::Testing) {
        let message = "the consent ends after seven days";
        let path = FieldPath::keys(["gmail", "publishing_status"]);
        let problem = Problem::warning(codes::WEEKLY_CONSENT, path, message, "an external client is being tried out");
        lowering.report(problem.hint("Publish the client, or make it `internal`."));
    }
    let message = format!("the consent ends when the password of `{}` changes", &*gmail.consent_account);
    let path = FieldPath::keys(["gmail", "consent_account"]);
    let label = "Google then takes back what reaches mail";
    let problem = Problem::advice(codes::CONSENT_AND_PASSWORD, path, message, label);
    lowering.report(problem.hint("Plan a new consent with each change of that password."));
}

fn origins(gmail: &Gmail, lowering: &mut Lowering<'_>) {
    let lists = [
        ("javascript_origins", gmail.javascript_origins.is_empty()),
        ("redirect_uris", gmail.redirect_uris.is_empty()),
    ];
    for (field, _) in lists.into_iter().filter(|(_, empty)| *empty) {
        let message = format!("`gmail.{field}` is not written down");
        let path = FieldPath::keys(["gmail", field]);
        let label = "Google refuses the sign-in unless it was given exactly these";
        let problem = Problem::advice(codes::ORIGINS_UNSAID, path, message, label);
        lowering.report(problem.hint("Copy what eSales Manager shows."));
    }
}
