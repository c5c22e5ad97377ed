//! Rules: all of them in a list, or one in full.

use deskform_model::{Code, Example, Rule};
use serde::Serialize;
use serde_json::Value;

use crate::render::Report;
use crate::text::{Page, style, widest, wrapped};

/// Paragraphs are as wide as this.
const WIDTH: usize = 96;

/// Every rule.
pub(crate) struct RulesReport<'a> {
    pub(crate) rules: &'a [Rule],
}

impl Report for RulesReport<'_> {
    fn human(&self, page: &mut Page) {
        let severities: Vec<String> = self.rules.iter().map(severities).collect();
        let column = widest(severities.iter().map(String::as_str), 24);
        for (rule, severities) in self.rules.iter().zip(&severities) {
            page.styled(style::BOLD, rule.code.0).text("  ").padded(severities, column).text("  ");
            page.text(rule.title).end();
        }
        page.end();
        page.line("`deskform explain CODE` tells why, with an example that breaks the rule and one that does not.");
    }

    fn json(&self) -> serde_json::Result<Value> {
        serde_json::to_value(RulesJson { rules: self.rules.iter().map(RuleJson::of).collect() })
    }
}

/// One rule.
pub(crate) struct RuleReport<'a> {
    pub(crate) rule: &'a Rule,
}

impl Report for RuleReport<'_> {
    fn human(&self, page: &mut Page) {
        let Self { rule } = self;
        page.styled(style::BOLD, &format!("{} ({})", rule.code, severities(rule))).text(": ").text(rule.title).end();
        for paragraph in rule.text().split("\n\n") {
            page.end();
            page.lines(&wrapped(paragraph, WIDTH));
        }
        let mut last = None;
        for example in rule.examples() {
            page.end();
            if last != Some(example.role) {
                page.line(heading(example.role));
                page.end();
            }
            last = Some(example.role);
            text(&example, page);
        }
    }

    fn json(&self) -> serde_json::Result<Value> {
        serde_json::to_value(RuleJson::of(self.rule))
    }
}

fn severities(rule: &Rule) -> String {
    rule.severities().join(", ")
}

fn heading(role: &str) -> &'static str {
    match role {
        "bad" => "Breaks the rule:",
        "good" => "Does not:",
        "other" => "Applied by another workspace:",
        _ => "Applied before:",
    }
}

/// An example, with the name of its file where more than one stands together.
fn text(example: &Example, page: &mut Page) {
    let Example { role: _, language, file, text } = example;
    if let Some(file) = file {
        page.text("    # ").text(file).end();
    }
    for line in text.lines() {
        page.text(if *language == "sh" { "    $ " } else { "    " }).text(line).end();
    }
    if text.is_empty() {
        page.line("    (an empty file)");
    }
}

#[derive(Serialize)]
struct RulesJson<'a> {
    rules: Vec<RuleJson<'a>>,
}

#[derive(Serialize)]
struct RuleJson<'a> {
    code: &'a str,
    severities: Vec<&'a str>,
    title: &'a str,
    text: &'a str,
    examples: Vec<ExampleJson<'a>>,
}

#[derive(Serialize)]
struct ExampleJson<'a> {
    role: &'a str,
    language: &'a str,
    file: &'a str,
    text: &'a str,
}

impl<'a> RuleJson<'a> {
    fn of(rule: &'a Rule) -> Self {
        let Code(code) = rule.code;
        let example = |Example { role, language, file, text }| {
            let file = file.unwrap_or("example.toml");
            ExampleJson { role, language, file, text }
        };
        Self {
            code,
            severities: rule.severities(),
            title: rule.title,
            text: rule.text(),
            examples: rule.examples().into_iter().map(example).collect(),
        }
    }
}
