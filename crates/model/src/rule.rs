//! Rules as `explain` and the pages of the documentation tell them.

use crate::Code;

/// A rule: its code, what breaks it, and a section of its owner's `rules.md` with the why and the examples.
///
/// A section begins with `## CODE (severity)`, goes on with paragraphs, and holds its examples in fences: ```` ```toml bad ````,
/// or `good`; `before` for what was applied beforehand, once for each apply; `other` for what another workspace applied. The
/// name of a file may follow, `example.toml` otherwise. In place of `toml` stand `text` for other files, `sh` for a command
/// that makes the files, `sql` for a statement on the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The code.
    pub code: Code,
    /// What breaks it, a lower-case fragment.
    pub title: &'static str,
    section: &'static str,
}

/// One text of an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// `bad`, `good`, `before` or `other`.
    pub role: &'static str,
    /// `toml`, `text`, `sh` or `sql`.
    pub language: &'static str,
    /// The file that holds it, where that is not `example.toml`.
    pub file: Option<&'static str>,
    /// The text.
    pub text: &'static str,
}

impl Rule {
    /// The rules of a list of codes, each with its section of `page`; an empty one if there is none.
    pub fn list(codes: &[(Code, &'static str)], page: &'static str) -> Vec<Self> {
        let sections: Vec<&str> = sections(page).collect();
        let section = |code: Code| sections.iter().find(|section| section.starts_with(code.0)).copied();
        codes
            .iter()
            .map(|(code, title)| Self { code: *code, title, section: section(*code).unwrap_or_default() })
            .collect()
    }

    /// How bad it is: one or several of `error`, `warning`, `advice`, `refused`.
    pub fn severities(&self) -> Vec<&'static str> {
        let head = self.section.lines().next().unwrap_or_default();
        let inside = head.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(inside, _)| inside);
        inside.split(", ").filter(|word| !word.is_empty()).collect()
    }

    /// Why it is a rule, in paragraphs.
    pub fn text(&self) -> &'static str {
        let body = self.section.split_once('\n').map_or("", |(_, body)| body);
        body.split("```").next().unwrap_or_default().trim()
    }

    /// Its examples, in the order of the page.
    pub fn examples(&self) -> Vec<Example> {
        let fences = self.section.split("```").skip(1).step_by(2);
        fences.filter_map(Example::of).collect()
    }
}

impl Example {
    fn of(fence: &'static str) -> Option<Self> {
        let (head, text) = fence.split_once('\n')?;
        let mut words = head.split_whitespace();
        Some(Self { language: words.next()?, role: words.next()?, file: words.next(), text })
    }
}

/// The parts of a page that begin with `## `.
fn sections(page: &'static str) -> impl Iterator<Item = &'static str> {
    page.split("\n## ").map(|section| section.trim_start_matches("## "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "## AB001 (error, warning)\n\nOne\nline.\n\n```toml bad\na = 1\n```\n\n```sh good x.toml\n```\n\n## AB002 (advice)\n\nTwo.\n";

    #[test]
    fn a_rule_has_the_section_of_its_code() {
        let codes = [(Code("AB001"), "a"), (Code("AB002"), "b"), (Code("AB003"), "c")];
        let rules = Rule::list(&codes, PAGE);
        let told: Vec<_> = rules.iter().map(|rule| (rule.severities(), rule.text(), rule.examples().len())).collect();
        assert_eq!(told, [(vec!["error", "warning"], "One\nline.", 2), (vec!["advice"], "Two.", 0), (vec![], "", 0)]);
    }

    #[test]
    fn an_example_says_what_it_is_and_where_it_stands() {
        let rules = Rule::list(&[(Code("AB001"), "a")], PAGE);
        assert_eq!(
            rules[0].examples(),
            [
                Example { role: "bad", language: "toml", file: None, text: "a = 1\n" },
                Example { role: "good", language: "sh", file: Some("x.toml"), text: "" },
            ]
        );
    }
}
