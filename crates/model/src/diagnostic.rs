//! What a user wrote wrong, as data: found low, printed high, all at once.

use std::fmt;

use crate::Address;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing can be planned.
    Error,
    /// Probably not what was meant.
    Warning,
    /// Could be better.
    Advice,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Advice => "advice",
        })
    }
}

/// A stable rule code: two letters and three digits, never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub &'static str);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

/// A file of the config repo, by the order in which the reader was handed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A range of bytes in a file. Line and column are worked out only when something is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

/// Another place that belongs to a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there, as a lower-case fragment.
    pub text: String,
}

/// One finding. Its texts hold no value of a field that may be secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong: a lower-case fragment, names in backticks.
    pub message: String,
    /// The resource it is about.
    pub address: Option<Address>,
    /// Where it is.
    pub place: Option<Span>,
    /// Why it is wrong, in a few words, shown under the place.
    pub label: String,
    /// Other places.
    pub related: Vec<Label>,
    /// What to do: a whole imperative sentence.
    pub hint: Option<String>,
    /// True if the source text at `place` may be shown as it is. Values on a line are masked otherwise.
    pub quotable: bool,
}

impl Diagnostic {
    /// A finding of the given severity; places, label and hint are added by the methods below.
    pub fn new(code: Code, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            address: None,
            place: None,
            label: String::new(),
            related: Vec::new(),
            hint: None,
            quotable: false,
        }
    }

    /// An error.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    /// Says where, and why in a few words.
    #[must_use]
    pub fn at(mut self, place: Span, label: impl Into<String>) -> Self {
        self.place = Some(place);
        self.label = label.into();
        self
    }

    /// Says which resource it is about.
    #[must_use]
    pub fn about(mut self, address: &Address) -> Self {
        self.address = Some(address.clone());
        self
    }

    /// Names another place.
    #[must_use]
    pub fn with(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push(Label { span, text: text.into() });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Allows the source text at the place to be shown: a key, a name, or a value of a field that is never secret.
    #[must_use]
    pub fn quotable(mut self) -> Self {
        self.quotable = true;
        self
    }
}
