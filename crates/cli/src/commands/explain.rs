//! `explain`: what a rule means, why it is one, and what breaks it.

use deskform_manifest::nearest;
use deskform_model::Rule;

use crate::args::ExplainArgs;
use crate::commands::UsageError;
use crate::exit::{Exit, Failure};
use crate::output::Context;
use crate::project;
use crate::render::explain::{RuleReport, RulesReport};

pub(super) fn run(ctx: &Context<'_>, args: &ExplainArgs) -> Result<Exit, Failure> {
    let rules = rules();
    match &args.code {
        None => ctx.publish(&RulesReport { rules: &rules })?,
        Some(text) => ctx.publish(&RuleReport { rule: find(&rules, text)? })?,
    }
    Ok(Exit::Done)
}

/// Every rule, by code.
fn rules() -> Vec<Rule> {
    let mut rules =
        [deskform_manifest::rules(), project::rules(), deskform_kinds::rules(), deskform_plan::rules()].concat();
    rules.sort_by_key(|rule| rule.code);
    rules
}

fn find<'r>(rules: &'r [Rule], text: &str) -> Result<&'r Rule, UsageError> {
    let found = rules.iter().find(|rule| rule.code.0.eq_ignore_ascii_case(text));
    found.ok_or_else(|| {
        let codes: Vec<String> = rules.iter().map(|rule| rule.code.0.to_lowercase()).collect();
        let near = nearest(text, codes.iter().map(String::as_str)).map(str::to_uppercase);
        UsageError::Rule { text: text.to_owned(), near }
    })
}
