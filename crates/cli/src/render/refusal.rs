//! Refusals and preconditions in words. The plan holds codes and arguments only.

use std::collections::BTreeMap;

use deskform_model::{Address, Precondition, Refusal, RefusalWords, Registry, listed};
use serde::Serialize;
use serde_json::Value;

use crate::text::{Page, count, style};

/// A refusal in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct RefusalText {
    /// The rule.
    pub(crate) code: String,
    /// What is refused, a lower-case fragment.
    pub(crate) message: String,
    /// What it is about.
    pub(crate) addresses: Vec<Address>,
    /// How to go on.
    pub(crate) hint: String,
}

impl RefusalText {
    /// Puts a refusal into words: those of the planner here, those of the kinds by the registry.
    pub(crate) fn of(registry: &Registry, refusal: &Refusal) -> Self {
        let Refusal { code, addresses, args, lifted_by_deletes } = refusal;
        let args = Args(args);
        let about = addresses.first().map_or("", Address::as_str);
        let (message, hint) = match code.as_str() {
            "PL001" => (
                format!(
                    "{}, and `max_deletes` allows {}",
                    count_of(args.number("deletes"), "delete"),
                    args.number("allowed")
                ),
                "Delete in smaller parts".to_owned(),
            ),
            "PL002" => (
                format!(
                    "{} of {} `{}` would be deleted, and `max_deletes_percent` allows {} percent",
                    args.number("deletes"),
                    args.number("of"),
                    args.text("kind"),
                    args.number("allowed_percent")
                ),
                "Delete in smaller parts".to_owned(),
            ),
            "PL003" => (
                format!(
                    "no `{}` would be left: {} of {} deleted",
                    args.text("kind"),
                    args.number("deletes"),
                    args.number("of")
                ),
                "Keep one".to_owned(),
            ),
            "PL004" => (
                format!("`{about}` is protected and would be subject to {}", args.text("action")),
                "Set `lifecycle.protected = false`, apply, and then take it away.".to_owned(),
            ),
            "PL005" => (
                format!("`{about}` is used by {}, outside of this workspace", args.list("by")),
                "Ask the owners to remove their references first.".to_owned(),
            ),
            "PL006" => (
                format!("no `{}` would be left", args.text("what")),
                "Declare one resource that takes the role over.".to_owned(),
            ),
            _ => match registry.words(refusal) {
                Some(RefusalWords { message, label: _, hint }) => (message, hint),
                None => ("the plan is refused".to_owned(), "See the arguments in `--format json`.".to_owned()),
            },
        };
        let hint = match lifted_by_deletes {
            Some(deletes) => format!("{hint}, or pass `--allow-deletes {deletes}` to apply if all of it is meant."),
            None => hint,
        };
        Self { code: code.clone(), message, addresses: addresses.clone(), hint }
    }

    /// Writes it.
    pub(crate) fn human(&self, page: &mut Page) {
        let Self { code, message, addresses: _, hint } = self;
        page.styled(style::RED, &format!("refused[{code}]")).text(": ").text(message).end();
        page.text("  = help: ").text(hint).end();
    }
}

struct Args<'a>(&'a BTreeMap<String, Value>);

impl Args<'_> {
    fn number(&self, name: &str) -> u64 {
        self.0.get(name).and_then(Value::as_u64).unwrap_or(0)
    }

    fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or("?")
    }

    fn list(&self, name: &str) -> String {
        let items = self.0.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        listed(items.iter().filter_map(Value::as_str))
    }
}

fn count_of(number: u64, noun: &str) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), noun)
}

/// Says what no longer holds, as a lower-case fragment.
pub(crate) fn broken(precondition: &Precondition) -> String {
    match precondition {
        Precondition::Row { address, digest: _, owner: _ } => {
            format!("`{address}` has changed, is gone, or has another owner")
        }
        Precondition::Absent { address } => format!("`{address}` is there now"),
        Precondition::Exists { address } => format!("`{address}` is gone"),
        Precondition::Unreferenced { address, except: _ } => format!("something else refers to `{address}` now"),
        Precondition::Free { scope, value, except: _ } => format!("`{scope}` `{value}` is taken now"),
        Precondition::Set { scope, kind, digest: _ } => {
            format!("outside of this workspace, other resources of kind `{kind}` hold `{scope}` now")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(code: &str, addresses: &[&str], args: Value, lifted: Option<u64>, expected: &str) {
        let refusal = Refusal {
            code: code.to_owned(),
            addresses: addresses.iter().map(|a| Address::parse(a).expect("legal")).collect(),
            args: args.as_object().expect("a table").clone().into_iter().collect(),
            lifted_by_deletes: lifted,
        };
        let mut page = Page::new();
        RefusalText::of(&Registry::new(), &refusal).human(&mut page);
        assert_eq!(page.plain(), expected);
    }

    #[test]
    fn guards_over_deletes_name_both_numbers_and_the_flag() {
        check(
            "PL001",
            &[],
            json!({"deletes": 12, "allowed": 10}),
            Some(12),
            "refused[PL001]: 12 deletes, and `max_deletes` allows 10\n  = help: Delete in smaller parts, or pass `--allow-deletes 12` to apply if all of it is meant.\n",
        );
        check(
            "PL003",
            &[],
            json!({"deletes": 1, "of": 1, "kind": "brand"}),
            Some(1),
            "refused[PL003]: no `brand` would be left: 1 of 1 deleted\n  = help: Keep one, or pass `--allow-deletes 1` to apply if all of it is meant.\n",
        );
    }

    #[test]
    fn what_no_flag_lifts_names_the_way_round() {
        check(
            "PL004",
            &["brand.acme"],
            json!({"action": "delete"}),
            None,
            "refused[PL004]: `brand.acme` is protected and would be subject to delete\n  = help: Set `lifecycle.protected = false`, apply, and then take it away.\n",
        );
        check(
            "PL005",
            &["business_hours.a"],
            json!({"action": "delete", "by": ["brand.x", "brand.y"]}),
            None,
            "refused[PL005]: `business_hours.a` is used by `brand.x`, `brand.y`, outside of this workspace\n  = help: Ask the owners to remove their references first.\n",
        );
    }

    #[test]
    fn every_refusal_of_the_planner_has_its_own_words() {
        for code in deskform_plan::rules().iter().map(|rule| rule.code).filter(|code| code.0 < "PL100") {
            let refusal =
                Refusal { code: code.0.to_owned(), addresses: vec![], args: BTreeMap::new(), lifted_by_deletes: None };
            assert_ne!(RefusalText::of(&Registry::new(), &refusal).message, "the plan is refused", "{code}");
        }
    }
}
