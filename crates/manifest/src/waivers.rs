//! The waivers of `[lint]`: which findings are not reported until a day, and what is to be said of the waivers themselves.

use deskform_model::{Diagnostic, Severity, Span};

use crate::codes;

/// The waivers of a project, by code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waivers {
    pub(crate) waivers: Vec<Waiver>,
}

/// A waiver of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waiver {
    pub(crate) code: String,
    /// The last day on which it holds, as `YYYY-MM-DD`: such texts compare as their days do.
    pub(crate) until: String,
    /// Where it is written.
    pub(crate) place: Span,
}

/// How much was looked at before the waivers are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// The manifests alone: no rule of planning was asked.
    Manifests,
    /// The manifests and the store.
    Store,
}

impl Waivers {
    /// True if the finding is not to be reported on that day (`YYYY-MM-DD`). An error always is.
    pub fn cover(&self, found: &Diagnostic, day: &str) -> bool {
        let covers = |waiver: &Waiver| waiver.is_of(found) && waiver.holds(day);
        found.severity != Severity::Error && self.waivers.iter().any(covers)
    }

    /// Which waivers have ended and which waive nothing, held against everything that was found, waived or not.
    pub fn judge<'f>(
        &self,
        found: impl Iterator<Item = &'f Diagnostic> + Clone,
        day: &str,
        extent: Extent,
    ) -> Vec<Diagnostic> {
        let judged = self.waivers.iter().filter(|waiver| extent == Extent::Store || !waiver.code.starts_with("PL"));
        judged.filter_map(|waiver| waiver.judge(found.clone().any(|found| waiver.is_of(found)), day)).collect()
    }
}

impl Waiver {
    fn is_of(&self, found: &Diagnostic) -> bool {
        found.code.0 == self.code
    }

    fn holds(&self, day: &str) -> bool {
        day <= self.until.as_str()
    }

    fn judge(&self, found: bool, day: &str) -> Option<Diagnostic> {
        let Self { code, until, place } = self;
        let finding = match (found, self.holds(day)) {
            (true, true) => return None,
            (true, false) => Diagnostic::new(
                codes::WAIVER_ENDED,
                Severity::Warning,
                format!("the waiver of `{code}` ended on {until}"),
            )
            .at(*place, "waives nothing any more")
            .hint("Mend what it waived, or agree on a later day."),
            (false, _) => {
                Diagnostic::new(codes::WAIVER_IDLE, Severity::Advice, format!("the waiver of `{code}` waives nothing"))
                    .at(*place, "nothing of the kind was found")
                    .hint("Take it out.")
            }
        };
        Some(finding.quotable())
    }
}
