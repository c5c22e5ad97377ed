//! What is wrong with a policy.

use deskform_model::{FieldPath, Lowering, Problem};

use super::codes;
use super::spec::Policy;
use crate::near::nearest;

/// The kinds of which a vendor allows only so many: those that state a limit.
pub(super) const LIMITED: [&str; 3] = ["brand", "business_hours", "security_profile"];

/// Runs all checks.
pub(super) fn run(policy: &Policy, lowering: &mut Lowering<'_>) {
    way_in(policy, lowering);
    limits(policy, lowering);
    waivers(policy, lowering);
}

fn way_in(policy: &Policy, lowering: &mut Lowering<'_>) {
    for (index, range) in policy.guard.way_in.iter().enumerate() {
        let Some(network) = range.network().filter(|network| network != range) else { continue };
        let path = FieldPath::keys(["guard", "way_in"]).index(index);
        let message = format!("the range `{}` has bits set behind its prefix", &**range);
        let problem = Problem::error(codes::HOST_BITS, path, message, "one address, or the whole range?");
        let address = range.split('/').next().unwrap_or_default();
        lowering.report(problem.hint(format!("Write `{}` for the range, `{address}/32` for the address.", &*network)));
    }
}

fn limits(policy: &Policy, lowering: &mut Lowering<'_>) {
    for kind in policy.limits.keys().map(|kind| kind.as_str()).filter(|kind| !LIMITED.contains(kind)) {
        let path = FieldPath::keys(["limits", kind]);
        let message = format!("there is no limit for `{kind}`");
        let problem = Problem::error(codes::UNKNOWN_LIMIT, path, message, "no kind whose number is limited");
        let hint = match nearest(kind, LIMITED) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => format!("Limits can be given for `{}`.", LIMITED.join("`, `")),
        };
        lowering.report(problem.hint(hint));
    }
}

fn waivers(policy: &Policy, lowering: &mut Lowering<'_>) {
    for (code, waiver) in &policy.lint {
        let path = FieldPath::keys(["lint", code]);
        if waiver.until.date().is_none() {
            let message = format!("there is no date `{}`", &*waiver.until);
            let problem = Problem::error(codes::NO_SUCH_DATE, path.key("until"), message, "the month has no such day");
            lowering.report(problem);
        }
        // Rules of the reader, the planner and the store are not known here: only the kinds' own letters are.
        let ours = crate::codes().any(|known| known.0[..2] == code[..2]);
        if ours && !crate::codes().any(|known| known.0 == &**code) {
            let message = format!("there is no rule `{}`", &**code);
            let problem = Problem::warning(codes::UNKNOWN_RULE, path, message, "waives nothing");
            lowering.report(problem.hint("Take the code from the report of the rule."));
        }
    }
}
