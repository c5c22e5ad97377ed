use super::{check, check_files};

#[test]
fn a_dangling_reference_suggests_what_is_declared() {
    check_files(
        &[
            (
                "shops.toml",
                "[shop.a]\ndisplay_name = 'a'\nhours = \"tokyo\"\npartners = [\"z\", \"x\"]\n[shop.b]\ndisplay_name = 'b'\nhours = \"new\"\n",
            ),
            (
                "hours.toml",
                "[hours.tokio]\nzone = 'z'\n[hours.newer]\nzone = 'z'\n[[moved]]\nfrom = \"hours.new\"\nto = \"hours.newer\"\n",
            ),
        ],
        r#"
shops.toml:3:9 MF060 error shop.a: `hours` names `hours.tokyo`, which is not declared (no such hours) | Write `tokio`.
shops.toml:4:13 MF060 error shop.a: `partners[1]` names `shop.z`, which is not declared (no such shop) | Declare `[shop.z]`, or name its owner with `[[use]]`.
shops.toml:4:18 MF060 error shop.a: `partners[0]` names `shop.x`, which is not declared (no such shop) | Declare `[shop.x]`, or name its owner with `[[use]]`.
shops.toml:7:9 MF060 error shop.b: `hours` names `hours.new`, which is not declared (no such hours) [also hours.toml:6:8 moved here] | Write `newer`: that is its name after the move.
"#,
    );
}

#[test]
fn a_resource_that_cannot_be_read_is_still_declared() {
    check(
        "[hours.h]\nzone = 1\n[shop.a]\ndisplay_name = 'a'\nhours = \"h\"\n",
        r#"
a.toml:2:8 MF032 error hours.h: `zone` must be a string (this is a number)
"#,
    );
}

#[test]
fn a_unique_value_has_one_holder() {
    check_files(
        &[
            ("b.toml", "[shop.a]\ndisplay_name = 'a'\nsubdomain = \"acme\"\n"),
            ("a.toml", "[shop.b]\ndisplay_name = 'b'\nsubdomain = \"acme\"\n"),
        ],
        r#"
b.toml:3:13 MF061 error shop.a: `shop.b` and `shop.a` hold the same `shop.subdomain` (the second one) [also a.toml:3:13 the first one] | Give each of them a value of its own.
"#,
    );
}

#[test]
fn an_exclusive_role_has_one_holder() {
    check(
        "[shop.b]\ndisplay_name = 'b'\ndefault = true\n[shop.a]\ndisplay_name = 'a'\ndefault = true\n",
        r#"
a.toml:6:11 MF062 error shop.a: `shop.b` and `shop.a` are both the default shop (the second one) [also a.toml:3:11 the first one] | Leave one default shop.
"#,
    );
    check("[shop.a]\ndisplay_name = 'a'\n", "");
}

#[test]
fn a_limit_is_counted_with_its_source() {
    let text: String = ["a", "b", "c", "d", "e"].iter().map(|n| format!("[hours.{n}]\nzone = 'z'\n")).collect();
    check(
        &text,
        r#"
a.toml:7:1 HO001 error hours.d: 5 of `hours` are declared, and the vendor allows 3 (the first one above the limit) | Declare fewer, or write a limit that was agreed as `hours` under `[limits]` in `deskform.toml`.
"#,
    );
    let policy = super::kinds::registry_with_policy();
    super::check_repo(&policy, "[workspace]\nname = \"w\"\n[limits]\nhours = 5\n", &[("a.toml", &text)], "");
}
