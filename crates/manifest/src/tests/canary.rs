//! Nothing of a value shows in any text, and nothing panics.

use deskform_model::Diagnostic;

use super::kinds::registry_with_policy;
use super::{PROJECT, read};
use crate::read_project;

const CANARY: &str = "c4n4ry";

/// Values that hold the canary, whole and broken.
const VALUES: &[&str] = &[
    "\"c4n4ry\"",
    "\"c4n4ry",
    "'c4n4ry",
    "\"\"\"c4n4ry",
    "\"\"\"\nc4n4ry\n\"\"\" x",
    "c4n4ry",
    "\"c4n4ry\\q\"",
    "\"c4n4ry\\u12\"",
    "\"c4n4ry\" \"c4n4ry\"",
    "\"c4n4ry\"\nc4n4ry",
    "\"a\n c4n4ry\" = 1",
    "[\"c4n4ry\"",
    "[\"c4n4ry\", 1.5]",
    "{ x = \"c4n4ry\" }",
    "{ x = \"c4n4ry\"",
    "{ env = \"c4n4ry\", file = \"c4n4ry\" }",
    "\"c4n4ry\u{1}\"",
    "\"c4n4ry\\u0000\"",
    "\"c4n4ry\"\r",
    "”c4n4ry”",
    "\"c4n4ry\"\n<<<<<<< c4n4ry\n=======\n>>>>>>> c4n4ry",
    "= \"c4n4ry\"",
    "[[\"c4n4ry\"]]",
    "0xc4n4ry",
    "2026-99-c4n4ry",
    "truec4n4ry",
    "\"c4n4ry\"\n[shop.a]",
    "# c4n4ry",
];

/// Places where a value may stand; `@` is the value.
const PLACES: &[&str] = &[
    "[shop.a]\ndisplay_name = 'a'\npassword = @\n",
    "[shop.a]\ndisplay_name = @\n",
    "[shop.a]\npassword = { env = @ }\n",
    "[shop.a]\ndisplay_name = 'a'\npassword = @\npassword = @\n",
    "[odd.a]\nsecret = @\nmaybe_secret = @\nword = @\nrank = @\n",
    "[odd.a.people.x]\ntoken = @\nage = @\n",
    "[shop.a]\ndisplay_name = 'a'\nphone = { number = @ }\nstate = @\n",
    "[[moved]]\nfrom = @\nto = @\n",
    "shop = @\n",
];

fn texts() -> impl Iterator<Item = String> {
    PLACES.iter().flat_map(|place| VALUES.iter().map(|value| place.replace('@', value)))
}

fn mentions(found: &[Diagnostic]) -> Vec<String> {
    let texts = |d: &Diagnostic| {
        let related = d.related.iter().map(|label| label.text.clone());
        related.chain([d.message.clone(), d.label.clone(), d.hint.clone().unwrap_or_default()]).collect::<Vec<_>>()
    };
    found.iter().flat_map(texts).filter(|text| text.contains(CANARY)).collect()
}

fn all(text: &str) -> Vec<Diagnostic> {
    let registry = registry_with_policy();
    let (outcome, _) = read(&registry, PROJECT, &[("a.toml", text), ("b.toml", "[hours.a]\nzone = 'z'\n")]);
    outcome.diagnostics
}

#[test]
fn no_message_holds_a_value() {
    let mut broken = 0;
    for text in texts() {
        let found = all(&text);
        broken += usize::from(!found.is_empty());
        assert_eq!(mentions(&found), Vec::<String>::new(), "{text}");
    }
    assert!(broken > 200, "{broken}");
}

#[test]
fn no_message_about_the_project_holds_a_value() {
    let registry = registry_with_policy();
    for place in [
        "[workspace]\nname = @\n",
        "[workspace]\nname = \"a\"\n[store]\nurl = @\n[guard]\nway_in = @\nmax_deletes = @\n",
    ] {
        for value in VALUES {
            let text = place.replace('@', value);
            assert_eq!(mentions(&read_project(&registry, &text).1), Vec::<String>::new(), "{text}");
        }
    }
    let text = "[workspace]\nname = \"a\"\n[store]\nurl = \"postgres://u:c4n4ry@h/d?password=c4n4ry\"\n";
    let found = read_project(&registry, text).1;
    assert!(mentions(&found).is_empty() && found.iter().all(|d| !d.quotable));
}

#[test]
fn what_may_be_shown_holds_no_secret() {
    let places =
        ["[shop.a]\ndisplay_name = 'a'\npassword = @\n", "[odd.a]\nsecret = @\n", "[odd.a.people.x]\ntoken = @\n"];
    for place in places {
        for value in [
            "\"c4n4ry\"",
            "{ env = [\"c4n4ry\"] }",
            "{ x = \"c4n4ry\" }",
            "[\"c4n4ry\"]",
            "{ env = \"c4n4ry\", file = 'x' }",
            "\"c4n4ry\\u0000\"",
        ] {
            let text = place.replace('@', value);
            for d in all(&text).iter().filter(|d| d.quotable) {
                let span = d.place.unwrap();
                let quoted = if span.file.0 == 1 { &text[span.start as usize..span.end as usize] } else { "" };
                assert!(!quoted.contains(CANARY), "{text}\n{d:?}");
            }
        }
    }
}

/// A small generator of fixed numbers, so that a failure comes again.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end.max(1)
    }
}

const PIECES: &[&str] = &[
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ",",
    ".",
    "\"",
    "'",
    "\"\"\"",
    "\n",
    "\r",
    "\r\n",
    "\\",
    "#",
    " ",
    "0",
    "1.5",
    "shop",
    "a",
    "札",
    "\u{feff}",
    "\0",
    "<<<<<<< \n",
    "deskform-second",
    "2026-01-01",
    "use",
    "moved",
    "true",
    "e\u{301}",
];

#[test]
fn no_text_makes_reading_panic() {
    let registry = registry_with_policy();
    let mut numbers = Numbers(7);
    let seeds: Vec<String> = texts().collect();
    for round in 0..1_500 {
        let mut text: String = seeds[numbers.below(seeds.len())].clone();
        for _ in 0..=numbers.below(4) {
            let mut at = numbers.below(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            if numbers.below(3) == 0 {
                text.truncate(at);
            } else {
                text.insert_str(at, PIECES[numbers.below(PIECES.len())]);
            }
        }
        let project = read_project(&registry, &text).1;
        let (outcome, _) = read(&registry, PROJECT, &[("a.toml", &text), ("b.toml", &seeds[round % seeds.len()])]);
        for span in project.iter().chain(&outcome.diagnostics).filter_map(|d| d.place) {
            assert!(span.start <= span.end, "{text:?}");
            let whole = if span.file.0 < 2 { &text } else { &seeds[round % seeds.len()] };
            let is_project = span.file.0 == 0 && whole.len() < span.end as usize;
            assert!(is_project || whole.get(span.start as usize..span.end as usize).is_some(), "{text:?} {span:?}");
        }
    }
}
