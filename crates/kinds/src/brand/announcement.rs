//! The text that callers hear, with its placeholders.

use std::sync::OnceLock;

use regex::Regex;

use crate::words::narrow;

/// The placeholders that a text may hold.
pub(super) const PLACEHOLDERS: [&str; 3] = ["opens", "closes", EMERGENCY_KEY];

/// The placeholder for the emergency key.
pub(super) const EMERGENCY_KEY: &str = "emergency_key";

/// What stands out in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// `{name}`, whatever the name.
    Placeholder(&'a str),
    /// A brace that opens or closes nothing. There is no escape: nobody can speak a brace.
    Brace(char),
}

/// The placeholders and stray braces of a text, in order.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(['{', '}', '｛', '｝']) {
        let found = rest[start..].chars().next().unwrap_or_default();
        rest = &rest[start + found.len_utf8()..];
        let end = rest.find(['{', '}']).filter(|end| found == '{' && rest[*end..].starts_with('}'));
        match end {
            Some(end) => {
                pieces.push(Piece::Placeholder(&rest[..end]));
                rest = &rest[end + 1..];
            }
            None => pieces.push(Piece::Brace(found)),
        }
    }
    pieces
}

/// The keys that a text tells callers to press, in letters and not by the placeholder: `9番を押して`, `press 9`.
pub(super) fn spoken_keys(text: &str) -> Vec<char> {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    let pattern = PATTERN.get_or_init(|| {
        Regex::new("([0-9*#０-９＊＃]) ?番?(?:のキー|キー)?を(?:押|プッシュ)|(?i:press|push|dial) ([0-9*#])")
            .expect("a pattern that a test compiles")
    });
    let keys = pattern.captures_iter(text).filter_map(|found| found.get(1).or_else(|| found.get(2)));
    keys.filter_map(|key| key.as_str().chars().next()).map(narrow).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_belong_to_a_placeholder_or_to_nothing() {
        use Piece::{Brace, Placeholder};
        assert_eq!(pieces("{opens}から{ closes }"), [Placeholder("opens"), Placeholder(" closes ")]);
        assert_eq!(pieces("{{opens}}"), [Brace('{'), Placeholder("opens"), Brace('}')]);
        assert_eq!(pieces("a } b { c"), [Brace('}'), Brace('{')]);
        assert_eq!(pieces("｛opens｝"), [Brace('｛'), Brace('｝')]);
        assert_eq!(pieces("{}"), [Placeholder("")]);
    }

    #[test]
    fn keys_are_heard_in_both_languages_and_widths() {
        assert_eq!(spoken_keys("緊急の場合は9番を押してください。"), ['9']);
        assert_eq!(spoken_keys("緊急の場合は９番を押してください。"), ['9']);
        assert_eq!(spoken_keys("＃を押すか、Press 0."), ['#', '0']);
        assert_eq!(spoken_keys("1番出口から3分です。"), []);
    }
}
