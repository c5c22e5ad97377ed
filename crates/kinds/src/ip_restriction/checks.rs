//! Reads the ranges, and says what is wrong with a restriction.

use std::collections::BTreeMap;

use deskform_model::{FieldPath, Lowering, Problem};

use super::codes;
use super::range::{Fault, IpRange};
use super::spec::{Manifest, RangeName, RangeSet};

/// A range and where it is written.
struct Placed<'a> {
    name: &'a RangeName,
    range: IpRange,
    path: FieldPath,
}

/// The ranges by name; `None` if a text is no range.
pub(super) fn ranges(manifest: &Manifest, lowering: &mut Lowering<'_>) -> Option<BTreeMap<RangeName, RangeSet>> {
    let mut placed = Vec::new();
    let mut complete = true;
    for (name, tokens) in &manifest.ranges {
        let path = FieldPath::keys(["ranges", name]);
        for (index, text) in tokens.texts() {
            let path = index.map_or_else(|| path.clone(), |index| path.index(index));
            match range(text, &path, lowering) {
                Some(range) => placed.push(Placed { name, range, path }),
                None => complete = false,
            }
        }
    }
    nobody(manifest, lowering);
    overlaps(&placed, lowering);
    let of = |name: &RangeName| {
        placed.iter().filter(|placed| placed.name == name).map(|placed| placed.range).collect::<Vec<_>>()
    };
    complete.then(|| manifest.ranges.keys().map(|name| (name.clone(), RangeSet::of(of(name)))).collect())
}

fn range(text: &str, path: &FieldPath, lowering: &mut Lowering<'_>) -> Option<IpRange> {
    match IpRange::read(text) {
        Ok(range) => {
            sense(text, &range, path, lowering);
            Some(range)
        }
        Err(Fault::Everybody) => {
            lowering.report(everybody(text, path));
            None
        }
        Err(fault) => {
            lowering.report(no_range(text, fault, path));
            None
        }
    }
}

/// What is a range all the same.
fn sense(text: &str, range: &IpRange, path: &FieldPath, lowering: &mut Lowering<'_>) {
    if range.is_everything() {
        lowering.report(everybody(text, path));
    }
    let Some((address, _)) = text.split_once('/') else { return };
    if !range.to_string().starts_with(&format!("{address}/")) && range.to_string() != address {
        let message = format!("the range `{text}` has bits set behind its prefix");
        let problem = Problem::error(codes::HOST_BITS, path.clone(), message, "one address, or the whole range?");
        lowering.report(problem.hint(format!("Write `{range}` for the range, `{address}` for the address.")));
    }
}

fn everybody(text: &str, path: &FieldPath) -> Problem {
    let message = format!("the range `{text}` lets everybody in");
    Problem::error(codes::EVERYBODY, path.clone(), message, "restricts nothing")
        .hint("Give the ranges of your offices, or write `enabled = false`.")
}

fn no_range(text: &str, fault: Fault, path: &FieldPath) -> Problem {
    let (label, hint) = match fault {
        Fault::Several => {
            let parts: Vec<String> = text
                .split([',', ';', ' ', '\u{3000}', '\t', '\n'])
                .filter(|part| !part.is_empty())
                .map(|part| format!("\"{part}\""))
                .collect();
            ("several ranges, or a space", format!("Write a list, one range each: `[{}]`.", parts.join(", ")))
        }
        Fault::Version6 => ("looks like IPv6", "Give IPv4 addresses; Zendesk takes no others.".to_owned()),
        Fault::Span => (
            "a first and a last address",
            "Write the prefixes that make up the span, such as `203.0.113.0/28`.".to_owned(),
        ),
        Fault::Prefix => ("the prefix is no number from 1 to 32", "Write a prefix such as `/24`.".to_owned()),
        Fault::StarAndPrefix => {
            ("both `*` and a prefix", "Write one of the two: `203.0.113.*` or `203.0.113.0/24`.".to_owned())
        }
        Fault::Octets => {
            ("not four numbers", "Write four numbers with dots between them, such as `203.0.113.7`.".to_owned())
        }
        Fault::Octet | Fault::Everybody => (
            "a part is neither a number from 0 to 255 nor `*`",
            "Write each part as a number, or as a whole `*`.".to_owned(),
        ),
    };
    let message = format!("`{text}` is no range of IPv4 addresses");
    Problem::error(codes::NO_RANGE, path.clone(), message, label).hint(hint)
}

fn nobody(manifest: &Manifest, lowering: &mut Lowering<'_>) {
    if manifest.enabled && manifest.ranges.values().all(|tokens| tokens.texts().is_empty()) {
        let message = "the restriction is enabled and has no range";
        let problem = Problem::error(codes::NOBODY, FieldPath::keys(["enabled"]), message, "shuts everybody out");
        lowering.report(problem.hint("Add the ranges of your offices to `ranges`, or write `enabled = false`."));
    }
}

/// Reports each range that overlaps one before it, once.
fn overlaps(placed: &[Placed<'_>], lowering: &mut Lowering<'_>) {
    for (index, later) in placed.iter().enumerate() {
        let Some(earlier) = placed.iter().take(index).find(|earlier| earlier.range.overlaps(&later.range)) else {
            continue;
        };
        let message = format!("the ranges `{}` and `{}` overlap", earlier.range, later.range);
        let label = match (earlier.range.contains_net(&later.range), later.range.contains_net(&earlier.range)) {
            (true, _) => format!("lies in `{}` already", &**earlier.name),
            (_, true) => format!("holds all of `{}`", &**earlier.name),
            _ => format!("shares addresses with `{}`", &**earlier.name),
        };
        let problem = Problem::warning(codes::OVERLAP, later.path.clone(), message, label);
        lowering.report(problem.hint("Part them, or take the smaller one out."));
    }
}
