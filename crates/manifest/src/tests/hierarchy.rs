use std::collections::BTreeSet;

use deskform_model::{
    Address, Category, Code, Edit, Event, FieldPath, Hierarchy, KindName, Lowering, Outline, Reference, Registry,
    ResourceName, Typed, TypedKind,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A kind whose resources stand above each other, on three levels at most.
struct Unit;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UnitTable {
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    above: BTreeSet<ResourceName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    friend: Option<ResourceName>,
}

impl TypedKind for Unit {
    const NAME: &'static str = "unit";
    const HIERARCHY: Option<Hierarchy> =
        Some(Hierarchy { field: "above", levels: 3, code: Code("UN001"), source: "the vendor" });
    type Manifest = UnitTable;
    type Spec = UnitTable;

    fn lower(manifest: UnitTable, _: &mut Lowering<'_>) -> Option<UnitTable> {
        Some(manifest)
    }
    fn raise(spec: &UnitTable) -> UnitTable {
        spec.clone()
    }
    fn outline(spec: &UnitTable) -> Outline {
        let to = |name: &ResourceName| Address::new(&KindName::new("unit").unwrap(), name);
        let above = spec.above.iter().enumerate();
        let above =
            above.map(|(index, name)| Reference { path: FieldPath::keys(["above"]).index(index), to: to(name) });
        let friend = spec.friend.iter().map(|name| Reference { path: FieldPath::keys(["friend"]), to: to(name) });
        Outline { references: above.chain(friend).collect(), ..Outline::default() }
    }
    fn category() -> Category {
        Category::Other
    }
    fn events(_: Option<&UnitTable>, _: Option<&UnitTable>, _: &[Edit]) -> Vec<Event> {
        Vec::new()
    }
}

fn check(text: &str, expected: &str) {
    super::check_repo(&Registry::new().with(Typed::<Unit>::new()), super::PROJECT, &[("a.toml", text)], expected);
}

#[test]
fn a_circle_is_found_once_with_all_its_places() {
    check(
        "[unit.a]\nabove = [\"b\"]\n[unit.b]\nabove = [\"c\"]\n[unit.c]\nabove = [\"a\"]\n[unit.d]\nabove = [\"a\"]\n",
        "
a.toml:2:10 MF063 error unit.a: `above` goes in a circle: `unit.a` to `unit.b` to `unit.c` and back (leads back here) [also a.toml:4:10 part of the circle] [also a.toml:6:10 part of the circle] | Take one `above` of the circle out.
",
    );
    check(
        "[unit.a]\nabove = [\"a\"]\n",
        "
a.toml:2:10 MF063 error unit.a: `unit.a` names itself in `above` (leads back here) | Take one `above` of the circle out.
",
    );
}

#[test]
fn a_circle_is_found_beside_and_above_sound_ways() {
    check(
        "[unit.top]\n[unit.low]\nabove = [\"top\", \"x\"]\n[unit.x]\nabove = [\"top\", \"y\"]\n[unit.y]\nabove = [\"x\"]\n",
        "
a.toml:5:17 MF063 error unit.x: `above` goes in a circle: `unit.x` to `unit.y` and back (leads back here) [also a.toml:7:10 part of the circle] | Take one `above` of the circle out.
",
    );
}

#[test]
fn other_references_may_go_in_a_circle() {
    check("[unit.a]\nfriend = \"b\"\n[unit.b]\nfriend = \"a\"\n", "");
}

#[test]
fn a_level_too_many_is_found_where_it_begins_by_the_longest_way() {
    check("[unit.c]\nabove = [\"a\", \"b\"]\n[unit.b]\nabove = [\"a\"]\n[unit.a]\n", "");
    check(
        "[unit.e]\nabove = [\"d\"]\n[unit.d]\nabove = [\"a\", \"c\"]\n[unit.c]\nabove = [\"b\"]\n[unit.b]\nabove = [\"a\"]\n[unit.a]\n",
        "
a.toml:4:15 UN001 error unit.d: `unit.d` stands on level 4, and the vendor allows 3 (on level 3 itself) | Name in `above` one that stands higher.
",
    );
}

#[test]
fn a_very_long_way_up_is_walked_without_recursion() {
    let last = 20_000;
    let chain: String = (0..last).map(|n| format!("[unit.u{n}]\nabove = [\"u{}\"]\n", n + 1)).collect();
    check(
        &format!("{chain}[unit.u{last}]\n"),
        &format!(
            "\na.toml:{}:10 UN001 error unit.u{}: `unit.u{}` stands on level 4, and the vendor allows 3 (on level 3 itself) | Name in `above` one that stands higher.\n",
            (last - 3) * 2 + 2,
            last - 3,
            last - 3
        ),
    );
}

#[test]
fn a_very_long_circle_is_told_by_its_beginning() {
    let text: String =
        (10..40).map(|n| format!("[unit.u{n}]\nabove = [\"u{}\"]\n", if n == 39 { 10 } else { n + 1 })).collect();
    let registry = Registry::new().with(Typed::<Unit>::new());
    let (outcome, _) = super::read(&registry, super::PROJECT, &[("a.toml", &text)]);
    let [found] = outcome.diagnostics.as_slice() else { panic!("one finding: {:#?}", outcome.diagnostics) };
    assert!(found.message.ends_with("`unit.u28` to `unit.u29` to 10 more and back"), "{}", found.message);
    let labels: Vec<&str> = found.related.iter().map(|label| label.text.as_str()).collect();
    assert_eq!((labels.len(), labels[18], labels[19]), (20, "part of the circle", "part of the circle, and 9 more"));
}
