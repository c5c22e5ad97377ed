//! The form that a text must have: a pattern and a length.

use std::ops::RangeInclusive;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::OnceLock;

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::util::pool::Pool;
use regex_automata::{Anchored, Input};

/// A pattern from `^` to `$`, equal in Rust and in ECMAScript, and a length in characters, as JSON Schema counts them.
///
/// Compiled when it is first asked. A text fits as a whole or not at all, so nobody needs to know where a match begins or
/// how it is divided: an automaton that reads forward is enough, and takes a third of what a `Regex` takes to compile. A
/// company has some forty forms; compiling them is much of what reading a small repo takes.
pub(crate) struct Form {
    pattern: &'static str,
    length: RangeInclusive<usize>,
    automaton: OnceLock<Automaton>,
}

struct Automaton {
    dfa: DFA,
    /// States that were worked out so far, one set a thread.
    caches: Pool<Cache, NewCache>,
}

type NewCache = Box<dyn Fn() -> Cache + Send + Sync + UnwindSafe + RefUnwindSafe>;

impl Form {
    pub(crate) const fn new(pattern: &'static str, length: RangeInclusive<usize>) -> Self {
        Self { pattern, length, automaton: OnceLock::new() }
    }

    pub(crate) fn fits(&self, text: &str) -> bool {
        // Most texts are well within, whatever their characters: one has 1 to 4 bytes.
        let (least, most) = (text.len().div_ceil(4), text.len());
        let Self { length, .. } = self;
        let within = (length.contains(&least) && length.contains(&most)) || length.contains(&text.chars().count());
        within && self.automaton.get_or_init(|| Automaton::of(self.pattern)).takes(text)
    }
}

impl Automaton {
    fn of(pattern: &str) -> Self {
        let dfa = DFA::new(pattern).expect("a pattern is a constant that a test compiles");
        let caches: NewCache = Box::new({
            let dfa = dfa.clone();
            move || dfa.create_cache()
        });
        Self { dfa, caches: Pool::new(caches) }
    }

    fn takes(&self, text: &str) -> bool {
        let input = Input::new(text).anchored(Anchored::Yes).earliest(true);
        let found = self.dfa.try_search_fwd(&mut self.caches.get(), &input);
        found.expect("an automaton that neither quits nor gives up has an answer").is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::Regex;

    #[test]
    fn a_form_is_what_a_regex_and_a_count_say() {
        let cases: &[(&'static str, RangeInclusive<usize>)] = &[
            ("^[a-z](?:[a-z-]*[a-z])?$", 1..=5),
            ("^[^\\u0000-\\u001F \\u3000](?:[^\\u0000-\\u001F]*[^\\u0000-\\u001F \\u3000])?$", 1..=4),
            ("^(?:ab|abc)$", 0..=3),
            ("^[^a]*$", 0..=2),
        ];
        let texts = [
            "",
            "a",
            "ab",
            "abc",
            "abcd",
            "a-c",
            "a-",
            "xab",
            "ab\n",
            "ab ",
            "あ",
            "あいうえ",
            "あいうえお",
            "あ い",
            "あ　",
        ];
        for (pattern, length) in cases {
            let (form, regex) = (Form::new(pattern, length.clone()), Regex::new(pattern).expect("a pattern"));
            for text in texts {
                let expected = regex.is_match(text) && length.contains(&text.chars().count());
                assert_eq!(form.fits(text), expected, "{pattern} {text:?}");
            }
        }
    }
}
