//! What is wrong with one strategy. What is wrong between a strategy and its desks stands elsewhere.

use deskform_model::{FieldPath, Lowering, Problem};

use super::mail::repeated;
use super::spec::{CustomerStrategy, Manifest};
use super::terms::{Audience, EmailAccounts, Provisioning, SignUp};
use super::{codes, fold, outsiders, products, staff};

/// Runs all checks: of what is written, for the places, and of what follows from it.
pub(super) fn run(written: &Manifest, spec: &CustomerStrategy, lowering: &mut Lowering<'_>) {
    tables(written, lowering);
    if written.audience.staff() {
        staff::run(written, spec, lowering);
    }
    if written.audience.outsiders() {
        outsiders::run(written, spec, lowering);
    }
    sign_up(written, lowering);
    portal_accounts(written, lowering);
    anonymous(spec, lowering);
    mail(spec, lowering);
    products::run(written, lowering);
}

/// Reports each text of a list that stood there before.
pub(super) fn listed_twice<'a>(
    texts: impl IntoIterator<Item = &'a str> + Clone,
    path: &FieldPath,
    lowering: &mut Lowering<'_>,
) {
    for place in repeated(texts.clone()) {
        let text = texts.clone().into_iter().nth(place).unwrap_or_default();
        let message = format!("`{text}` is listed twice");
        let problem = Problem::warning(codes::LISTED_TWICE, path.index(place), message, "upper and lower case alike");
        lowering.report(problem.hint("Take one of the two out."));
    }
}

/// Reports each key of a table that stands there in another case too; the last one counts.
pub(super) fn key_twice<'a>(
    keys: impl IntoIterator<Item = &'a str> + Clone,
    path: &FieldPath,
    lowering: &mut Lowering<'_>,
) {
    for place in repeated(keys.clone()) {
        let key = keys.clone().into_iter().nth(place).unwrap_or_default();
        let message = format!("`{key}` stands here in upper and in lower case");
        let problem = Problem::error(codes::KEY_TWICE, path.key(key), message, "the same name twice");
        lowering.report(problem.hint("Keep one of the two, in lower case."));
    }
}

/// The tables of those who are served, and no others.
fn tables(written: &Manifest, lowering: &mut Lowering<'_>) {
    let audience = written.audience;
    let tables = [
        ("internal", audience.staff(), written.internal.is_some(), "staff"),
        ("external", audience.outsiders(), written.external.is_some(), "outside customers"),
    ];
    for (table, needed, there, who) in tables {
        if needed && !there {
            let message = format!("the audience `{}` needs the table `{table}`", audience.word());
            let path = FieldPath::keys(["audience"]);
            let label = format!("nothing is said about {who}");
            let problem = Problem::error(codes::TABLE_MISSING, path, message, label);
            lowering.report(problem.hint(format!("Add the table `{table}`, or change the audience.")));
        } else if there && !needed {
            let message = format!("the table `{table}` does not go with the audience `{}`", audience.word());
            let label = format!("{who} are not served");
            let problem = Problem::error(codes::TABLE_UNWANTED, FieldPath::keys([table]), message, label);
            lowering.report(problem.hint("Take the table out, or make the audience `hybrid`."));
        }
    }
}

fn sign_up(written: &Manifest, lowering: &mut Lowering<'_>) {
    let Some(on) = written.help_center.sign_up else { return };
    let usual = fold::Usual::of(written.audience, written.internal.as_ref(), written.external.as_ref()).sign_up;
    if on == usual {
        return;
    }
    let path = FieldPath::keys(["help_center", "sign_up"]);
    let problem = match (written.audience, on) {
        (Audience::Internal, true) => {
            let message = "sign-up is on, and no approved domain lets staff join";
            Problem::error(codes::SIGN_UP_ON, path, message, "who signs up gets no account of staff")
                .hint("Switch it off, or add `approved_domains` to `internal.provisioning`.")
        }
        (Audience::Internal, false) => {
            let message = "staff are to join by approved domains, and sign-up is off";
            Problem::error(codes::SIGN_UP_OFF, path, message, "they join by signing up")
                .hint("Switch it on, or take `approved_domains` out of `internal.provisioning`.")
        }
        (_, true) => {
            let message = "sign-up is on, and agents are to make every account";
            Problem::error(codes::SIGN_UP_CONTRADICTED, path, message, "`external.sign_up` is `agents_only`")
                .hint("Take `sign_up` out here, and say in `external.sign_up` how customers come in.")
        }
        (_, false) => {
            let message = "sign-up is off, and outside customers are to sign up";
            Problem::error(codes::SIGN_UP_CONTRADICTED, path, message, "neither sign-up nor mail gets them in")
                .hint("Take `sign_up` out here, or make `external.sign_up` `agents_only`.")
        }
    };
    lowering.report(problem);
}

fn portal_accounts(written: &Manifest, lowering: &mut Lowering<'_>) {
    let path = FieldPath::keys(["help_center", "portal_accounts"]);
    match (written.audience.outsiders(), written.help_center.portal_accounts) {
        (true, Some(false)) => {
            let message = "outside customers are served, and portal-only accounts are off";
            let label = "neither customers nor agents can make their accounts";
            let problem = Problem::error(codes::PORTAL_ACCOUNTS_OFF, path, message, label);
            lowering.report(problem.hint("Take `portal_accounts` out, or make the audience `internal`."));
        }
        (false, Some(true)) => {
            let message = "only staff is served, and portal-only accounts are on";
            let problem = Problem::warning(codes::PORTAL_ACCOUNTS_ON, path, message, "outsiders can get accounts");
            lowering.report(problem.hint("Take `portal_accounts` out, or make the audience `hybrid`."));
        }
        _ => {}
    }
}

fn anonymous(spec: &CustomerStrategy, lowering: &mut Lowering<'_>) {
    if !spec.help_center.anonymous {
        return;
    }
    let path = FieldPath::keys(["help_center", "anonymous"]);
    if spec.audience == Audience::Internal {
        let message = "a help center for staff can be used without signing in";
        let problem = Problem::warning(codes::ANONYMOUS_INTERNAL, path.clone(), message, "not recommended");
        lowering.report(problem.hint("Take `anonymous` out: staff have accounts."));
    }
    if !spec.help_center.sign_up {
        let message = "nobody can sign up, so nobody can go without signing in";
        let label = "Jira switches it off while sign-up is off";
        let problem = Problem::error(codes::ANONYMOUS_WITHOUT_SIGN_UP, path, message, label);
        lowering.report(problem.hint("Take `anonymous` out, or let people sign up."));
    }
}

fn mail(spec: &CustomerStrategy, lowering: &mut Lowering<'_>) {
    if spec.help_center.email_account_creation != EmailAccounts::Anyone {
        return;
    }
    let path = FieldPath::keys(["help_center", "email_account_creation"]);
    let problem = if spec.help_center.sign_up {
        let message = "a mail makes an account of everybody whom it names";
        Problem::warning(codes::MAIL_MAKES_ACCOUNTS, path, message, "addresses in To and Cc too")
            .hint("Write `agents_and_existing` if only known people should count.")
    } else {
        let message = "a stranger's mail is to make an account, and nobody can sign up";
        Problem::error(codes::MAIL_WITHOUT_SIGN_UP, path, message, "mail of strangers is dropped while sign-up is off")
            .hint("Write `agents_and_existing`, or let people sign up.")
    };
    lowering.report(problem);
}

/// True where staff of an approved domain are to sign up on a site on which only agents make accounts.
pub(super) fn approved_but_closed(spec: &CustomerStrategy) -> bool {
    let approved = spec.internal.as_ref().is_some_and(|internal| internal.by(Provisioning::ApprovedDomains));
    approved && spec.external.as_ref().is_some_and(|external| external.sign_up == SignUp::AgentsOnly)
}
