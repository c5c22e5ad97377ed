//! What the name servers should say about a domain that sends mail.

use deskform_model::{FieldPath, Lowering, Problem};

use super::codes;
use super::sending::Dns;
use super::spec::MailIntegration;
use super::terms::{DmarcPolicy, Mails};

/// Google asks more of those who send it more mails a day than this.
const BULK: u64 = 5000;
/// RFC 7208 lets a receiver give up after this many look-ups.
const MOST_INCLUDES: usize = 10;

/// Runs all checks, where the table is there.
pub(super) fn run(integration: &MailIntegration, lowering: &mut Lowering<'_>) {
    let Some(Dns { spf_includes, dkim_selectors, dmarc_policy, daily_volume }) = &integration.dns else { return };
    let path = FieldPath::keys(["dns"]);
    let (spf, dkim) = (!spf_includes.is_empty(), !dkim_selectors.is_empty());
    if !spf && !dkim {
        lowering.report(neither(*dmarc_policy, &path));
    }
    let volume = daily_volume.map_or(0, Mails::get);
    if volume > BULK && !(spf && dkim && dmarc_policy.is_some()) {
        let message = format!("{volume} mails a day need SPF, DKIM and DMARC");
        let label = format!("Google asks for all three above {BULK}");
        let problem = Problem::warning(codes::BULK_SENDER, path.key("daily_volume"), message, label);
        lowering.report(problem.hint("Set up what is missing, and write it down here."));
    }
    if spf_includes.len() > MOST_INCLUDES {
        let message = format!("the SPF record includes {} domains", spf_includes.len());
        let label = format!("receivers give up after {MOST_INCLUDES}");
        let problem = Problem::warning(codes::SPF_TOO_LONG, path.key("spf_includes"), message, label);
        lowering.report(problem.hint("Take out the domains that no longer send for you."));
    }
}

fn neither(dmarc: Option<DmarcPolicy>, path: &FieldPath) -> Problem {
    let hint = "Add `spf_includes` or `dkim_selectors`, once they are set up.";
    match dmarc {
        Some(DmarcPolicy::Quarantine | DmarcPolicy::Reject) => {
            let message = "DMARC has receivers refuse mail that neither SPF nor DKIM vouches for";
            let path = path.key("dmarc_policy");
            Problem::warning(codes::DMARC_FAILS, path, message, "the domain's own mail fails").hint(hint)
        }
        _ => {
            let message = "the sender's domain has neither SPF nor DKIM";
            let label = "receivers want one of them at least";
            Problem::warning(codes::NEITHER_SPF_NOR_DKIM, path.clone(), message, label).hint(hint)
        }
    }
}
