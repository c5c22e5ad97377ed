use super::{check, check_files};

const HOURS: &str = "[hours.c]\nzone = 'z'\n";

fn with(text: &str) -> String {
    format!("{HOURS}{text}")
}

#[test]
fn statements_are_lists_of_tables_with_addresses() {
    check(
        &with("[use]\naddress = \"shop.a\"\n"),
        r#"
a.toml:3:1 MF024 error `use` is a list (not a list) | Write `[[use]]`.
"#,
    );
    check(
        &with(
            "[[use]]\naddress = \"shop.a\"\nworkspac = \"w\"\n[[moved]]\nfrom = \"shop\"\nto = 1\n[[adopt]]\n[[forget]]\naddress = \"shop.con\"\n[[forget]]\naddress = 1.5\n",
        ),
        r#"
a.toml:3:1 MF031 error `workspace` is missing (no `workspace` in this table) | Add `workspace`: the workspace that owns it.
a.toml:5:1 MF030 error unknown key `workspac` (not a key of this table) | Write `workspace`.
a.toml:7:8 MF034 error `from` does not have the expected form (expected an address, `kind.name`)
a.toml:8:6 MF032 error `to` must be a string (this is a number)
a.toml:9:1 MF031 error `address` is missing (no `address` in this table) | Add `address`: an address, `kind.name`.
a.toml:10:1 MF021* error a name in this table is not legal (not a legal name) | Use another name: a name has 1 to 64 lower-case ASCII letters, digits, `_` or `-`, starts with a letter or digit, and is no device name such as `con`.
a.toml:13:11 MF016* error `address` is a number that is not whole (a fraction, an exponent, `inf` or `nan`) | Write a whole number, or text in quotes.
"#,
    );
    check(
        &with("adopt = 1\n"),
        r#"
a.toml:3:1 MF030 error hours.c: unknown key `adopt` (not a key of this table)
"#,
    );
    check(
        "use = [\"shop.a\"]\n[hours.c]\nzone = 'z'\n",
        r#"
a.toml:1:8 MF032 error this must be a table (this is a string)
"#,
    );
}

#[test]
fn statements_name_known_kinds() {
    check(
        &with("[[moved]]\nfrom = \"hour.a\"\nto = \"hours.c\"\n[[use]]\naddress = \"policy.x\"\nworkspace = \"x\"\n"),
        r#"
a.toml:4:8 MF020 error there is no kind `hour` (not a kind of resources) | Write `hours.a`.
a.toml:7:11 MF022 error a `policy` is not named in manifests (made from `deskform.toml`) | Remove this table.
"#,
    );
}

#[test]
fn moves_form_chains_and_never_circles() {
    check(
        &with("[[moved]]\nfrom = \"hours.b\"\nto = \"hours.c\"\n[[moved]]\nfrom = \"hours.a\"\nto = \"hours.b\"\n"),
        "",
    );
    check(
        &with(
            "[[moved]]\nfrom = \"hours.a\"\nto = \"hours.b\"\n[[moved]]\nfrom = \"hours.b\"\nto = \"hours.a\"\n[[moved]]\nfrom = \"hours.d\"\nto = \"hours.d\"\n",
        ),
        r#"
a.toml:4:8 MF051 error moves go in a circle: `hours.a` to `hours.b` and back (comes back to itself) [also a.toml:7:8 part of the circle] | Remove the moves that are done; a swap of two addresses needs a third one and two applies.
a.toml:11:6 MF051 error `hours.d` moves to itself (the same address) | Remove the `[[moved]]`.
"#,
    );
}

#[test]
fn two_moves_share_no_end() {
    check_files(
        &[
            ("b.toml", "[[moved]]\nfrom = \"hours.a\"\nto = \"hours.c\"\n"),
            (
                "a.toml",
                &with(
                    "[[moved]]\nfrom = \"hours.a\"\nto = \"hours.b\"\n[[moved]]\nfrom = \"hours.b\"\nto = \"hours.c\"\n[[moved]]\nfrom = \"hours.x\"\nto = \"hours.c\"\n",
                ),
            ),
        ],
        r#"
a.toml:11:6 MF052 error two moves end at `hours.c` (the second one) [also a.toml:8:6 the first one] | Remove one of the two.
b.toml:2:8 MF052 error two moves start at `hours.a` (the second one) [also a.toml:4:8 the first one] | Remove one of the two.
"#,
    );
}

#[test]
fn a_move_ends_at_what_is_declared_and_starts_at_what_is_not() {
    check(
        &with("[[moved]]\nfrom = \"hours.c\"\nto = \"hours.d\"\n"),
        r#"
a.toml:4:8 MF053 error `hours.c` is moved and still declared (still declared) | Remove the `[[moved]]`, or declare the resource under its new address only.
a.toml:5:6 MF054 error `hours.d` is where `hours.c` moves, and it is not declared (not declared) | Declare the resource under its new address, or remove the `[[moved]]`.
"#,
    );
    check(
        &with("[hours.d]\nzone = 'z'\n[[moved]]\nfrom = \"hours.c\"\nto = \"hours.d\"\n"),
        r#"
a.toml:6:8 MF053 error `hours.c` is moved and still declared (still declared) | Remove the `[[moved]]`, or declare the resource under its new address only.
"#,
    );
}

#[test]
fn a_move_keeps_the_kind() {
    check(
        &with("[[moved]]\nfrom = \"shop.a\"\nto = \"hours.c\"\n"),
        r#"
a.toml:5:6 MF057 error `shop.a` cannot become `hours.c`: a move keeps the kind (another kind) | Name an address of the same kind.
"#,
    );
}

#[test]
fn what_is_adopted_is_declared_and_what_is_forgotten_is_not() {
    check(&with("[[adopt]]\naddress = \"hours.c\"\n[[forget]]\naddress = \"hours.x\"\n"), "");
    check(
        &with("[[adopt]]\naddress = \"hours.x\"\n[[forget]]\naddress = \"hours.c\"\n"),
        r#"
a.toml:4:11 MF054 error `hours.x` is adopted and not declared (not declared) | Declare the resource, or remove the `[[adopt]]`.
a.toml:6:11 MF055 error `hours.c` is forgotten and still declared (still declared) | Remove the declaration or the `[[forget]]`.
"#,
    );
    check(
        &with(
            "[[adopt]]\naddress = \"hours.c\"\n[[adopt]]\naddress = \"hours.c\"\n[[forget]]\naddress = \"hours.x\"\n[[moved]]\nfrom = \"hours.x\"\nto = \"hours.c\"\n",
        ),
        r#"
a.toml:6:11 MF058 error `[[adopt]]` names `hours.c` twice (the second one) [also a.toml:4:11 the first one] | Remove one of the two.
a.toml:8:11 MF059 error `hours.x` is both moved and forgotten (forgotten here) [also a.toml:10:8 moved here] | Remove the `[[forget]]` or the `[[moved]]`.
"#,
    );
}

#[test]
fn what_is_used_belongs_to_another_workspace() {
    check(
        &with(
            "[[use]]\naddress = \"hours.x\"\nworkspace = \"platform\"\n[shop.a]\ndisplay_name = 'a'\nhours = \"x\"\n",
        ),
        "",
    );
    check(
        &with(
            "[[use]]\naddress = \"hours.c\"\nworkspace = \"platform\"\n[[use]]\naddress = \"hours.x\"\nworkspace = \"acme\"\n",
        ),
        r#"
a.toml:4:11 MF056 error `hours.c` is declared here and cannot be another workspace's (declared in this workspace) | Remove the `[[use]]`: a resource of this workspace can be referred to as it is.
a.toml:7:11 MF056 error `hours.x` is said to be of this workspace, and it is not declared (not declared here) | Name the workspace that owns it, or declare it and remove the `[[use]]`.
"#,
    );
}
