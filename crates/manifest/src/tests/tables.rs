use super::{check, check_files, check_repo};

#[test]
fn a_kind_must_be_known() {
    check(
        "[shpo.a]\ndisplay_name = \"a\"\n[shpo.b]\n[shop.c]\ndisplay_name = \"c\"\npartners = [\"a\"]\n",
        r#"
a.toml:1:2 MF020 error there is no kind `shpo` (not a kind of resources) [also a.toml:3:7 here too] | Write `shop`.
"#,
    );
    check(
        "[automation.a]\nx = 1\n[[trigger]]\n",
        r#"
a.toml:1:2 MF020 error there is no kind `automation` (not a kind of resources) | Use `hours`, `odd` or `shop`.
a.toml:3:3 MF020 error there is no kind `trigger` (not a kind of resources) | Use `hours`, `odd` or `shop`.
"#,
    );
}

#[test]
fn a_name_must_be_legal() {
    check(
        "[shop.Billing]\n[shop.'ａｄｍｉｎ']\n[shop.'аdmin']\n[shop.'']\n[shop.con]\n[shop.\"a\u{200d}b\"]\n[shop.'../x']\n[hours.ok]\nzone = 'z'\n",
        r#"
a.toml:1:7 MF021 error `Billing` cannot be the name of a resource (not a legal name) | Write `billing`.
a.toml:2:7 MF021 error `ａｄｍｉｎ` cannot be the name of a resource (not a legal name) | Write `admin`.
a.toml:3:7 MF021 error `аdmin` cannot be the name of a resource (not a legal name) | Use another name: a name has 1 to 64 lower-case ASCII letters, digits, `_` or `-`, starts with a letter or digit, and is no device name such as `con`.
a.toml:4:7 MF021 error a resource has an empty name (not a legal name) | Use another name: a name has 1 to 64 lower-case ASCII letters, digits, `_` or `-`, starts with a letter or digit, and is no device name such as `con`.
a.toml:5:7 MF021 error `con` cannot be the name of a resource (not a legal name) | Use another name: a name has 1 to 64 lower-case ASCII letters, digits, `_` or `-`, starts with a letter or digit, and is no device name such as `con`.
a.toml:6:7 MF021 error `a‍b` cannot be the name of a resource (not a legal name) | Use another name: a name has 1 to 64 lower-case ASCII letters, digits, `_` or `-`, starts with a letter or digit, and is no device name such as `con`.
a.toml:7:7 MF021 error `../x` cannot be the name of a resource (not a legal name) | Use another name: a name has 1 to 64 lower-case ASCII letters, digits, `_` or `-`, starts with a letter or digit, and is no device name such as `con`.
"#,
    );
}

#[test]
fn sections_of_the_project_belong_there() {
    check(
        "[policy.acme]\n[workspace]\nname = \"a\"\n[guard]\n[env.x]\n[hours.h]\nzone = \"z\"\n",
        r#"
a.toml:1:2 MF022 error a `policy` cannot be declared (not in a manifest) | Write `[guard]`, `[limits]`, `[lint]` or `[platform]` in `deskform.toml`.
a.toml:2:2 MF022 error `workspace` does not belong in a manifest (not in a manifest) | Move it to `deskform.toml`.
a.toml:4:2 MF022 error `guard` does not belong in a manifest (not in a manifest) | Move it to `deskform.toml`.
a.toml:5:2 MF022 error `env` does not belong in a manifest (not in a manifest) | Move it to `deskform.toml`.
"#,
    );
}

#[test]
fn a_header_needs_a_name() {
    check(
        "[shop]\ndisplay_name = \"a\"\nstate = \"open\"\n",
        r#"
a.toml:1:1 MF023 error this `shop` has no name (a header names the kind and the resource) | Write `[shop.NAME]`.
"#,
    );
    check(
        "[shop]\n[hours.h]\nzone = 'z'\n",
        r#"
a.toml:1:1 MF023 error this `shop` has no name (a header names the kind and the resource) | Write `[shop.NAME]`.
"#,
    );
}

#[test]
fn a_resource_is_no_list() {
    check(
        "[[shop]]\ndisplay_name = \"a\"\n",
        r#"
a.toml:1:3 MF024 error a resource is not declared in a list (two brackets make a list) | Write `[shop.NAME]`.
"#,
    );
    check(
        "[[shop.a]]\ndisplay_name = \"a\"\n",
        r#"
a.toml:1:8 MF024 error the shop `a` is declared as a list (two brackets make a list) | Write `[shop.a]`.
"#,
    );
}

#[test]
fn a_key_belongs_to_a_resource() {
    check(
        "shop = 1\ndisplay_name = \"a\"\nhour = 1\n",
        r#"
a.toml:1:1 MF025 error `shop` is a kind and holds no value (a kind of resources) | Write `[shop.NAME]`.
a.toml:2:1 MF025 error the key `display_name` belongs to no resource (stands above the first header) | Put it below the header of its resource, such as `[brand.NAME]`.
a.toml:3:1 MF025 error the key `hour` belongs to no resource (stands above the first header) | Write `hours`.
"#,
    );
}

#[test]
fn an_address_is_declared_once() {
    check_files(
        &[
            ("b.toml", "\n[hours.x]\nzone = \"z\"\n"),
            ("a.toml", "[hours.x]\nzone = \"z\"\n"),
            ("c.toml", "[hours.x.more]\n"),
        ],
        r#"
b.toml:2:1 MF026 error hours.x: `hours.x` is declared twice (the second one) [also a.toml:1:1 the first one] | Merge the two in one file, or give one of them another name.
c.toml:1:8 MF026 error hours.x: `hours.x` is declared twice (the second one) [also a.toml:1:1 the first one] | Merge the two in one file, or give one of them another name.
c.toml:1:8 MF031 error hours.x: `zone` is missing (no `zone` in this table) | Add `zone`.
c.toml:1:10 MF030 error hours.x: unknown key `more` (not a key of this table) | Use `zone`.
"#,
    );
}

#[test]
fn tables_may_be_written_in_any_form() {
    check(
        "shop.a.display_name = \"a\"\nshop.b = { display_name = \"b\" }\n[hours]\nc = { zone = \"z\" }\nd.zone = \"z\"\n",
        "",
    );
}

#[test]
fn a_protected_resource_says_so_in_its_lifecycle() {
    check(
        "[hours.a]\nzone = 'z'\nlifecycle = { protected = true }\n[hours.b]\nzone = 'z'\nlifecycle.protected = false\n",
        "",
    );
    check(
        "[hours.a]\nzone = 'z'\nlifecycle = true\n[hours.b]\nzone = 'z'\nlifecycle.protectd = true\n[hours.c]\nzone = 'z'\nlifecycle = { protected = \"yes\" }\n",
        r#"
a.toml:3:13 MF032 error hours.a: this must be a table (this is a boolean)
a.toml:6:11 MF030 error hours.b: unknown key `protectd` (not a key of this table) | Write `protected`.
a.toml:9:27 MF032 error hours.c: `protected` must be a boolean (this is a string)
"#,
    );
}

#[test]
fn nothing_declared_is_an_error_unless_retired() {
    check_files(
        &[],
        r#"
deskform.toml:2:8 MF072 error no manifest declares a resource (a workspace of nothing) | Declare a resource, or write `retired = true` under `[workspace]` to own nothing any more.
"#,
    );
    check(
        "[[forget]]\naddress = \"shop.a\"\n",
        r#"
deskform.toml:2:8 MF072 error no manifest declares a resource (a workspace of nothing) | Declare a resource, or write `retired = true` under `[workspace]` to own nothing any more.
"#,
    );
    let retired = "[workspace]\nname = \"acme\"\nretired = true\n";
    check_repo(&super::registry(), retired, &[], "");
    check_repo(
        &super::registry(),
        retired,
        &[("a.toml", "[hours.a]\nzone = 'z'\n")],
        r#"
deskform.toml:3:11 MF073 error the workspace is retired and still declares resources (retired here) [also a.toml:1:1 declared here] | Remove the manifests, or remove `retired`.
"#,
    );
}
