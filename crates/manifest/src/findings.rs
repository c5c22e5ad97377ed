//! Findings as they are collected: so many of a file, and a word that there were more.

use deskform_model::{Diagnostic, Severity, Span};

use crate::codes;
use crate::near::Slips;
use crate::text::Text;

/// Most errors that one file, one table or one question to all files reports, and most findings of other severities.
/// After so many, the rest is rarely about anything else.
pub(crate) const MOST: usize = 200;

/// Most findings of all files together.
const MOST_IN_ALL: usize = 10_000;

/// The findings of one file. What is beyond the limit is counted and not kept, and an error that is not kept still leaves
/// an error.
#[derive(Default)]
pub(crate) struct Findings {
    all: Vec<Diagnostic>,
    errors: Tally,
    others: Tally,
    /// What is compared to give hints about this file.
    pub(crate) slips: Slips,
}

#[derive(Default)]
struct Tally {
    kept: usize,
    dropped: usize,
}

impl Findings {
    /// Adds a finding.
    pub(crate) fn push(&mut self, found: Diagnostic) {
        let tally = if found.severity == Severity::Error { &mut self.errors } else { &mut self.others };
        if tally.kept < MOST {
            tally.kept += 1;
            self.all.push(found);
        } else {
            tally.dropped += 1;
        }
    }

    /// Adds findings.
    pub(crate) fn extend(&mut self, found: impl IntoIterator<Item = Diagnostic>) {
        found.into_iter().for_each(|found| self.push(found));
    }

    /// How many are kept.
    pub(crate) fn count(&self) -> usize {
        self.all.len()
    }

    /// Those that were kept after so many others.
    pub(crate) fn after(&mut self, count: usize) -> &mut [Diagnostic] {
        self.all.get_mut(count..).unwrap_or_default()
    }

    /// True if no further error of this file is kept, so that it need not be explained.
    pub(crate) fn is_full(&self) -> bool {
        self.errors.dropped > 0
    }

    /// Counts an error that nobody explains.
    pub(crate) fn skip(&mut self) {
        self.errors.dropped += 1;
    }

    /// Everything that was kept, and that there is more if something was not.
    pub(crate) fn end(mut self, text: &Text<'_>) -> Vec<Diagnostic> {
        let severity = match (self.errors.dropped, self.others.dropped) {
            (0, 0) => return self.all,
            (0, _) => Severity::Advice,
            _ => Severity::Error,
        };
        let end = text.text.len();
        let found = Diagnostic::new(codes::MORE, severity, "there is more to say about this file than is listed")
            .at(text.span(&(end..end)), format!("the first {MOST} of each severity are listed"))
            .hint("Mend what is listed, and ask again.");
        self.all.push(found.quotable());
        self.all
    }
}

/// Most other places that one finding names.
const MOST_PLACES: usize = 20;

/// Names other places of a finding, and how many there are beyond so many.
pub(crate) fn with_places(found: Diagnostic, places: impl IntoIterator<Item = Span>, label: &str) -> Diagnostic {
    let mut places = places.into_iter();
    let shown: Vec<Span> = places.by_ref().take(MOST_PLACES).collect();
    let label_of = |index: usize, more: usize| match more {
        more if more > 0 && index + 1 == MOST_PLACES => format!("{label}, and {more} more"),
        _ => label.to_owned(),
    };
    let more = places.count();
    shown.into_iter().enumerate().fold(found, |found, (index, place)| found.with(place, label_of(index, more)))
}

/// Names along a way, in backticks, and how many there are beyond so many.
pub(crate) fn way_of<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let more = names.len().saturating_sub(MOST_PLACES);
    let mut shown: Vec<String> = names.take(MOST_PLACES).map(|name| format!("`{name}`")).collect();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    shown.join(" to ")
}

/// Adds the findings of a file to those of others. Where there are very many, one error of a file is enough.
pub(crate) fn add(all: &mut Vec<Diagnostic>, of_file: Vec<Diagnostic>) {
    if all.len() < MOST_IN_ALL {
        all.extend(of_file);
    } else {
        all.extend(of_file.into_iter().find(|found| found.severity == Severity::Error));
    }
}
