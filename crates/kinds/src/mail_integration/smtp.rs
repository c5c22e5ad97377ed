//! What is wrong with the way to a mail server.

use deskform_model::{FieldPath, Lowering, Problem};

use super::codes;
use super::sending::Smtp;
use super::terms::Encryption;

/// The server of Exchange Online.
const OFFICE: &str = "smtp.office365.com";
/// The server of Gmail.
const GMAIL: &str = "smtp.gmail.com";

/// Runs the checks that hold for every server, at the path of its table.
pub(super) fn run(smtp: &Smtp, path: &FieldPath, lowering: &mut Lowering<'_>) {
    sign_in(smtp, path, lowering);
    encryption(smtp, path, lowering);
    port(smtp, path, lowering);
    if smtp.auth && smtp.host.eq_ignore_ascii_case(OFFICE) {
        let message = "Exchange Online is signed in to by password";
        let label = "switched off by default at the end of December 2026";
        let problem = Problem::warning(codes::OFFICE_PASSWORD, path.key("host"), message, label);
        lowering.report(problem.hint("Look for a way to send that needs no password."));
    }
}

/// Gmail has a table of its own, but may fill in as `interim`.
pub(super) fn gmail(smtp: &Smtp, lowering: &mut Lowering<'_>) {
    if smtp.host.eq_ignore_ascii_case(GMAIL) {
        let message = "Gmail is used as a plain mail server";
        let path = FieldPath::keys(["own_server", "smtp", "host"]);
        let problem = Problem::advice(codes::GMAIL_AS_SERVER, path, message, "it has a table of its own");
        lowering.report(problem.hint("Declare the table `gmail`, which needs no password."));
    }
}

fn sign_in(smtp: &Smtp, path: &FieldPath, lowering: &mut Lowering<'_>) {
    let fields = [("username", smtp.username.is_some()), ("password", smtp.password.is_some())];
    let path = path.key("auth");
    if smtp.auth {
        for (field, _) in fields.into_iter().filter(|(_, there)| !there) {
            let message = format!("the server asks for a sign-in, and `{field}` is missing");
            let problem = Problem::error(codes::SIGN_IN_MISSING, path.clone(), message, "`auth` is true");
            lowering.report(problem.hint(format!("Add `{field}`, or take `auth` out.")));
        }
    } else {
        for (field, _) in fields.into_iter().filter(|(_, there)| *there) {
            let message = format!("`{field}` is given, and the server is not signed in to");
            let problem = Problem::warning(codes::SIGN_IN_UNUSED, path.clone(), message, "`auth` is not true");
            lowering.report(problem.hint(format!("Write `auth = true`, or take `{field}` out.")));
        }
    }
}

fn encryption(smtp: &Smtp, path: &FieldPath, lowering: &mut Lowering<'_>) {
    if smtp.encryption != Encryption::None {
        return;
    }
    let path = path.key("encryption");
    let problem = if smtp.auth {
        let message = "the password goes to the server in clear text";
        Problem::error(codes::PASSWORD_IN_CLEAR, path, message, "nothing encrypts the way")
    } else {
        let message = "mail goes to the server in clear text";
        Problem::warning(codes::MAIL_IN_CLEAR, path, message, "obsolete since RFC 8314")
    };
    lowering.report(problem.hint("Write `tls` with port 465, or `starttls` with port 587."));
}

fn port(smtp: &Smtp, path: &FieldPath, lowering: &mut Lowering<'_>) {
    let usual = match (smtp.port.get(), smtp.encryption) {
        (465, Encryption::Starttls) => Some("tls"),
        (587, Encryption::Tls) => Some("starttls"),
        _ => None,
    };
    let port = smtp.port.get();
    if let Some(usual) = usual {
        let message = format!("the port {port} is that of `{usual}`");
        let label = "465 is encrypted from the first byte on, 587 by STARTTLS";
        let problem = Problem::warning(codes::PORT_AND_ENCRYPTION, path.key("encryption"), message, label);
        lowering.report(problem.hint(format!("Write `{usual}`, or change the port.")));
    }
    if port == 25 && smtp.auth {
        let message = "the port 25 is the one between servers";
        let problem = Problem::warning(codes::RELAY_PORT, path.key("port"), message, "`auth` is true");
        lowering.report(problem.hint("Write 465 or 587."));
    }
}
