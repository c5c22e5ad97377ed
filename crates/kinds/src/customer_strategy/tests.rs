use deskform_model::{FieldPath, Kind as _, Outline, Typed};
use serde_json::{Value, json};

use super::{CustomerStrategyKind, samples};
use crate::testing::{self, body, read, spec};

const SAMPLE: &str = include_str!("sample.toml");

const STAFF: &str = r#"site = "acme-it"
audience = "internal"
internal.domains = ["acme.example"]
internal.provisioning = ["identity_provider"]
internal.directory = { name = "Entra ID", groups = ["all-staff"] }
"#;
const JOIN: &str = r#"identity_management = true
site = "acme-it"
audience = "internal"
internal.domains = ["acme.example"]
internal.provisioning = ["approved_domains"]
"#;
const OUTSIDE: &str = r#"site = "acme-support"
audience = "external"
external.sign_up = "open"
"#;
const BOTH: &str = r#"site = "acme"
audience = "hybrid"
identity_management = true
internal.domains = ["acme.example"]
internal.provisioning = ["approved_domains"]
external.sign_up = "open"
"#;

/// A strategy and what the test adds.
fn with(strategy: &str, rest: &str) -> String {
    [strategy, rest].concat()
}

#[track_caller]
fn check(text: &str, expected: &str) {
    testing::check("customer_strategy", text, expected);
}

#[test]
fn the_audience_says_which_tables_there_are() {
    check(
        r#"site = "acme"
audience = "hybrid"
identity_management = true
internal.provisioning = ["identity_provider"]
internal.directory = { name = "x", groups = ["y"] }"#,
        "
        CS001 error audience: the audience `hybrid` needs the table `external`
          nothing is said about outside customers
          Add the table `external`, or change the audience.
        ",
    );
    check(
        r#"site = "acme"
audience = "internal""#,
        "
        CS001 error audience: the audience `internal` needs the table `internal`
          nothing is said about staff
          Add the table `internal`, or change the audience.
        ",
    );
    check(
        &with(OUTSIDE, "internal = {}"),
        "
        CS002 error internal: the table `internal` does not go with the audience `external`
          staff are not served
          Take the table out, or make the audience `hybrid`.
        ",
    );
    check(
        &with(STAFF, r#"external.sign_up = "open""#),
        "
        CS002 error external: the table `external` does not go with the audience `internal`
          outside customers are not served
          Take the table out, or make the audience `hybrid`.
        ",
    );
    check(STAFF, "");
    check(JOIN, "");
    check(OUTSIDE, "");
    check(BOTH, "");
}

#[test]
fn staff_are_synced_with_identity_management_only() {
    check(
        &with(STAFF, "identity_management = false"),
        "
        CS003 error identity_management: an identity provider is to sync staff, and there is no identity management
          needs Atlassian Guard Standard
          Make it true, or let staff in by `approved_domains` or `by_hand`.
        ",
    );
    check(&with(STAFF, "identity_management = true"), "");
    check(
        r#"site = "acme-it"
identity_management = false
audience = "internal"
internal.domains = ["acme.example"]
internal.provisioning = ["by_hand"]
internal.directory = { name = "Entra ID", single_sign_on = true }"#,
        "
        CS003 error identity_management: staff are to sign in through their directory, and there is no identity management
          needs Atlassian Guard Standard
          Make it true, or let staff in by `approved_domains` or `by_hand`.
        ",
    );
}

#[test]
fn groups_are_chosen_to_be_synced() {
    check(
        r#"site = "acme-it"
audience = "internal"
internal.domains = ["acme.example"]
internal.provisioning = ["identity_provider"]
internal.directory.name = "Entra ID""#,
        "
        CS004 error internal.directory: the directory `Entra ID` is to sync staff, and no groups are chosen
          nobody is synced
          Add `groups`, the groups of the directory to sync.
        ",
    );
    check(
        r#"site = "acme-it"
audience = "internal"
internal.domains = ["acme.example"]
internal.provisioning = ["identity_provider"]"#,
        r#"
        CS042 warning internal.provisioning: an identity provider is to sync staff, and nothing says which groups
          `directory` is missing
          Add `directory = { name = "...", groups = ["..."] }`.
        "#,
    );
    check(
        &with(JOIN, r#"internal.directory = { name = "Entra ID", groups = ["all-staff"] }"#),
        "
        CS039 warning internal.directory.groups: groups of the directory `Entra ID` are chosen, and nobody syncs them
          `identity_provider` is not in `provisioning`
          Add `identity_provider` to `provisioning`, or take the groups out.
        ",
    );
    check(&with(JOIN, r#"internal.directory.name = "Entra ID""#), "");
}

#[test]
fn staff_have_a_way_to_an_account() {
    check(
        r#"identity_management = true
site = "acme-it"
audience = "internal"
internal.domains = ["acme.example"]"#,
        "
        CS005 error internal: staff have no way to an account
          `provisioning` is empty
          Add `provisioning` with `identity_provider`, `approved_domains` or `by_hand`.
        ",
    );
    check(
        r#"identity_management = true
site = "acme-it"
audience = "internal"
internal.domains = ["acme.example"]
internal.provisioning = ["by_hand"]"#,
        "",
    );
}

#[test]
fn some_domain_grants_access_to_those_who_join_by_it() {
    check(
        r#"site = "acme"
audience = "internal"
identity_management = true
internal.provisioning = ["approved_domains"]"#,
        "
        CS006 error internal.provisioning: staff are to join by approved domains, and no domain grants access
          nobody can join
          Add `domains`, the mail domains of staff.
        ",
    );
    check(
        &with(JOIN, r#"internal.approved_domains."ACME.example".role = "none""#),
        "
        CS006 error internal.provisioning: staff are to join by approved domains, and no domain grants access
          nobody can join
          Add `domains`, the mail domains of staff.
        ",
    );
    check(
        &with(STAFF, r#"internal.approved_domains."acme.example".role = "customer""#),
        "
        CS007 warning internal.approved_domains: domains are approved, and staff do not join by them
          `approved_domains` is not in `provisioning`
          Add `approved_domains` to `provisioning`, or take the domains out.
        ",
    );
}

#[test]
fn outside_customers_need_portal_only_accounts() {
    check(
        &with(OUTSIDE, "help_center.portal_accounts = false"),
        "
        CS008 error help_center.portal_accounts: outside customers are served, and portal-only accounts are off
          neither customers nor agents can make their accounts
          Take `portal_accounts` out, or make the audience `internal`.
        ",
    );
    check(
        &with(BOTH, "help_center.portal_accounts = false"),
        "
        CS008 error help_center.portal_accounts: outside customers are served, and portal-only accounts are off
          neither customers nor agents can make their accounts
          Take `portal_accounts` out, or make the audience `internal`.
        ",
    );
    check(&with(OUTSIDE, "help_center.portal_accounts = true"), "");
    check(&with(STAFF, "help_center.portal_accounts = false"), "");
}

#[test]
fn staff_need_no_portal_only_accounts() {
    check(
        &with(STAFF, "help_center.portal_accounts = true"),
        "
        CS009 warning help_center.portal_accounts: only staff is served, and portal-only accounts are on
          outsiders can get accounts
          Take `portal_accounts` out, or make the audience `hybrid`.
        ",
    );
}

#[test]
fn sign_up_of_staff_goes_with_approved_domains() {
    check(
        &with(STAFF, "help_center.sign_up = true"),
        "
        CS010 error help_center.sign_up: sign-up is on, and no approved domain lets staff join
          who signs up gets no account of staff
          Switch it off, or add `approved_domains` to `internal.provisioning`.
        ",
    );
    check(&with(STAFF, "help_center.sign_up = false"), "");
    check(
        &with(JOIN, "help_center.sign_up = false"),
        "
        CS011 error help_center.sign_up: staff are to join by approved domains, and sign-up is off
          they join by signing up
          Switch it on, or take `approved_domains` out of `internal.provisioning`.
        ",
    );
    check(&with(JOIN, "help_center.sign_up = true"), "");
    check(
        r#"site = "acme-it"
audience = "internal"
internal = { provisioning = ["approved_domains", "identity_provider"], domains = ["acme.example"], directory = { name = "Entra ID", groups = ["all-staff"] } }
help_center.sign_up = true"#,
        "",
    );
}

#[test]
fn approved_domains_of_a_closed_site_let_nobody_join() {
    check(
        r#"site = "acme"
audience = "hybrid"
identity_management = true
internal = { provisioning = ["approved_domains"], domains = ["acme.example"] }
external.sign_up = "agents_only""#,
        "
        CS012 warning external.sign_up: staff are to join by approved domains, and only agents make accounts
          the site has one switch for sign-up, and it is off
          Let staff in another way, or write `listed_domains` with those of customers.
        ",
    );
    check(
        r#"site = "acme"
audience = "hybrid"
identity_management = true
internal = { provisioning = ["by_hand"], domains = ["acme.example"] }
external.sign_up = "agents_only""#,
        "",
    );
}

#[test]
fn staff_need_not_go_without_signing_in() {
    check(
        &with(JOIN, "help_center.anonymous = true"),
        "
        CS013 warning help_center.anonymous: a help center for staff can be used without signing in
          not recommended
          Take `anonymous` out: staff have accounts.
        ",
    );
    check(&with(OUTSIDE, "help_center.anonymous = true"), "");
    check(&with(BOTH, "help_center.anonymous = true"), "");
}

#[test]
fn nobody_goes_without_signing_in_where_nobody_can_sign_up() {
    check(
        &with(STAFF, "help_center.anonymous = true"),
        "
        CS013 warning help_center.anonymous: a help center for staff can be used without signing in
          not recommended
          Take `anonymous` out: staff have accounts.
        CS014 error help_center.anonymous: nobody can sign up, so nobody can go without signing in
          Jira switches it off while sign-up is off
          Take `anonymous` out, or let people sign up.
        ",
    );
}

#[test]
fn customers_of_agents_only_cannot_come_by_themselves() {
    check(
        r#"site = "vip"
audience = "external"
external.sign_up = "agents_only""#,
        "
        CS015 warning external.sign_up: only customers for whom an agent made an account can ask for help
          mail of unknown senders is dropped
          Write `open` or `listed_domains` if customers should come by themselves.
        ",
    );
}

#[test]
fn the_switch_for_sign_up_says_what_the_way_of_customers_says() {
    check(
        &with(OUTSIDE, "help_center.sign_up = false"),
        "
        CS016 error help_center.sign_up: sign-up is off, and outside customers are to sign up
          neither sign-up nor mail gets them in
          Take `sign_up` out here, or make `external.sign_up` `agents_only`.
        ",
    );
    check(
        r#"site = "acme"
audience = "hybrid"
identity_management = true
internal = { provisioning = ["by_hand"] }
external.sign_up = "agents_only"
help_center.sign_up = true"#,
        "
        CS016 error help_center.sign_up: sign-up is on, and agents are to make every account
          `external.sign_up` is `agents_only`
          Take `sign_up` out here, and say in `external.sign_up` how customers come in.
        ",
    );
    check(&with(OUTSIDE, "help_center.sign_up = true"), "");
}

#[test]
fn staff_are_told_from_outside_customers() {
    check(
        r#"site = "acme"
audience = "hybrid"
identity_management = true
internal = { provisioning = ["by_hand"], domains = ["acme.example"] }
external.sign_up = "open""#,
        "
        CS017 warning external.sign_up: staff who arrive before their account is made become outside customers
          the portal-only account is out of reach once they get their own
          Add `approved_domains` to `internal.provisioning`, with `internal.domains`.
        ",
    );
    check(
        r#"site = "acme"
audience = "hybrid"
internal = { provisioning = ["identity_provider"], directory = { name = "x", groups = ["y"] } }
external.sign_up = "open""#,
        "
        CS019 warning external.sign_up: nothing tells the addresses of staff from those of outside customers
          staff who are not synced yet get portal-only accounts
          Add `approved_domains` to `internal.provisioning`, with `internal.domains`.
        ",
    );
    check(
        r#"site = "acme"
audience = "hybrid"
identity_management = true
internal = { provisioning = ["by_hand"], domains = ["acme.example"] }
external = { sign_up = "listed_domains", listed_domains = ["contoso.example"] }"#,
        "",
    );
}

#[test]
fn a_domain_of_staff_is_none_of_outside_customers() {
    check(
        r#"site = "acme"
audience = "hybrid"
identity_management = true
internal = { provisioning = ["approved_domains"], domains = ["acme.example"] }
external = { sign_up = "listed_domains", listed_domains = ["contoso.example", "ACME.example"] }"#,
        "
        CS018 error external.listed_domains[1]: the domain `ACME.example` is one of staff
          staff would get portal-only accounts
          Take it out here, or out of `internal.domains`.
        ",
    );
    check(
        r#"site = "acme"
audience = "hybrid"
identity_management = true
internal = { provisioning = ["approved_domains"], domains = ["acme.example"] }
external = { sign_up = "listed_domains", listed_domains = ["contoso.example", "sub.acme.example"] }"#,
        "",
    );
}

#[test]
fn a_list_of_domains_is_there_where_it_is_used() {
    check(
        &with(OUTSIDE, r#"external.listed_domains = ["contoso.example"]"#),
        "
        CS020 error external.listed_domains: domains are listed, and the list is not in use
          `sign_up` is not `listed_domains`
          Make `sign_up` `listed_domains`, or take the list out.
        ",
    );
    check(
        r#"site = "acme"
audience = "external"
external.sign_up = "listed_domains""#,
        "
        CS021 error external.sign_up: outside customers are to sign up from listed domains, and none is listed
          Jira takes an empty list for any domain
          Add `listed_domains`, or write `open`.
        ",
    );
    check(
        r#"site = "acme"
audience = "external"
external = { sign_up = "listed_domains", listed_domains = ["contoso.example"] }"#,
        "",
    );
}

#[test]
fn domains_of_staff_and_approved_domains_are_the_same() {
    check(
        &with(JOIN, r#"internal.approved_domains."sub.acme.example".role = "customer""#),
        r#"
        CS022 warning internal.approved_domains."sub.acme.example": the approved domain `sub.acme.example` is not among those of staff
          `domains` and `approved_domains` differ
          Add it to `domains`.
        "#,
    );
    check(
        &with(
            JOIN,
            r#"internal.approved_domains = { "acme.example" = { role = "none" }, "Other.example" = { role = "customer" } }"#,
        ),
        r#"
        CS022 warning internal.approved_domains."acme.example": the domain `acme.example` of staff is not approved
          `domains` and `approved_domains` differ
          Give it the role `customer`.
        CS022 warning internal.approved_domains."Other.example": the approved domain `other.example` is not among those of staff
          `domains` and `approved_domains` differ
          Add it to `domains`.
        "#,
    );
    check(&with(JOIN, r#"internal.approved_domains."ACME.example".role = "customer""#), "");
    check(
        r#"site = "acme-it"
audience = "internal"
internal.domains = ["acme.example"]
internal.provisioning = ["approved_domains", "identity_provider"]
internal.directory = { name = "x", groups = ["y"] }
internal.approved_domains = { "acme.example" = { role = "none" }, anyone = { role = "customer", admin_approval = true } }"#,
        "",
    );
}

#[test]
fn an_approved_domain_costs_no_seats() {
    check(
        &with(
            JOIN,
            r#"internal.approved_domains."acme.example" = { role = "agent", other_roles = { confluence = "user", jira = "none" } }"#,
        ),
        r#"
        CS023 warning internal.approved_domains."acme.example".role: every new account of `acme.example` takes a paid seat in `jsm`
          customers need none
          Give the product through groups in `product_access.groups`.
        CS023 warning internal.approved_domains."acme.example".other_roles.confluence: every new account of `acme.example` takes a paid seat in `confluence`
          customers need none
          Give the product through groups in `product_access.groups`.
        "#,
    );
    check(
        &with(
            JOIN,
            r#"internal.approved_domains."acme.example" = { role = "customer", other_roles = { jira = "none" } }"#,
        ),
        "",
    );
}

#[test]
fn an_approved_domain_is_the_companys_own() {
    check(
        &with(JOIN, r#"internal.approved_domains.anyone.role = "customer""#),
        "
        CS024 warning internal.approved_domains.anyone: anybody can join as staff
          no domain of the company alone
          Give `admin_approval = true`, or approve domains of your own only.
        ",
    );
    check(
        r#"site = "acme"
audience = "internal"
identity_management = true
internal = { provisioning = ["approved_domains"], domains = ["acme.example", "Gmail.com"] }"#,
        "
        CS024 warning internal.domains[1]: anybody with an address at `gmail.com` can join as staff
          no domain of the company alone
          Give `admin_approval = true`, or approve domains of your own only.
        ",
    );
    check(&with(JOIN, r#"internal.approved_domains.anyone = { role = "customer", admin_approval = true }"#), "");
}

#[test]
fn no_seat_is_given_by_default() {
    check(
        &with(STAFF, r#"product_access.default_roles = { confluence = "user", jsm = "agent", jira = "none" }"#),
        "
        CS025 warning product_access.default_roles.confluence: every new account takes a paid seat in `confluence`
          synced and signed-up ones alike
          Give no role by default, and products through `groups`.
        CS025 warning product_access.default_roles.jsm: every new account takes a paid seat in `jsm`
          synced and signed-up ones alike
          Give no role by default, and products through `groups`.
        ",
    );
    check(&with(STAFF, r#"product_access.default_roles = { jsm = "customer" }"#), "");
}

#[test]
fn outside_customers_get_no_products() {
    check(
        &with(
            OUTSIDE,
            r#"product_access = { default_roles = { jsm = "customer" }, groups = { partners = { jsm = "customer" } } }"#,
        ),
        "
        CS026 error product_access.default_roles: products are given to outside customers
          portal-only accounts can have no product and be in no group
          Take it out: outside customers reach desks, alone or through organizations.
        CS026 error product_access.groups.partners.jsm: products are given to outside customers
          portal-only accounts can have no product and be in no group
          Take it out: outside customers reach desks, alone or through organizations.
        ",
    );
    check(&with(OUTSIDE, r#"product_access.groups.jsm-agents.jsm = "agent""#), "");
    check(&with(BOTH, r#"product_access.groups.jsm-customers.jsm = "customer""#), "");
}

#[test]
fn products_are_given_through_groups() {
    check(
        &with(STAFF, r#"product_access.people."sato@acme.example".jira = "user""#),
        r#"
        CS027 warning product_access.people."sato@acme.example": `sato@acme.example` gets products as a person
          nobody sees it when people change
          Put people in a group, and give it the product in `groups`.
        "#,
    );
    check(&with(STAFF, r#"product_access.groups.jira-devs.jira = "user""#), "");
}

#[test]
fn single_sign_on_of_outside_customers_has_what_it_needs() {
    check(
        &with(OUTSIDE, "identity_management = false\nexternal.authentication.single_sign_on = true"),
        r#"
        CS028 error external.authentication.single_sign_on: outside customers are to sign in through their directory, and there is no identity management
          needs Atlassian Guard Standard
          Make `identity_management` true, or let them sign in by password.
        CS030 error external.authentication.single_sign_on: outside customers are to sign in through a directory, and none is named
          `directory` is missing
          Add `directory = { name = "..." }` to `external`.
        "#,
    );
    check(
        &with(
            OUTSIDE,
            r#"external.authentication.single_sign_on = true
external.directory.name = "Partner IdP""#,
        ),
        "",
    );
}

#[test]
fn outside_customers_can_sign_in() {
    check(
        &with(OUTSIDE, "external.authentication.password = false"),
        "
        CS029 error external.authentication.password: outside customers have no way to sign in
          neither a password nor single sign-on
          Leave the password on, or add `single_sign_on = true`.
        ",
    );
    check(
        &with(
            OUTSIDE,
            r#"external.authentication = { password = false, single_sign_on = true }
external.directory.name = "Partner IdP""#,
        ),
        "",
    );
}

#[test]
fn a_number_of_accounts_has_bounds() {
    check(
        &with(STAFF, "internal.expected_accounts = 1000001"),
        "
        CS032 error internal.expected_accounts: 1000001 accounts of staff are expected
          Atlassian's directory holds at most 1000000
          Divide them over several organizations at Atlassian.
        ",
    );
    check(
        &with(STAFF, "internal.expected_accounts = 1000000"),
        "
        CS031 warning internal.expected_accounts: 1000000 accounts of staff are expected
          more than 75000; Atlassian's guidance ends below 500000
          Ask your Atlassian account manager.
        ",
    );
    check(&with(STAFF, "internal.expected_accounts = 75000"), "");
}

#[test]
fn a_mail_makes_accounts_only_of_known_people() {
    check(
        &with(OUTSIDE, r#"help_center.email_account_creation = "anyone""#),
        "
        CS033 warning help_center.email_account_creation: a mail makes an account of everybody whom it names
          addresses in To and Cc too
          Write `agents_and_existing` if only known people should count.
        ",
    );
    check(
        &with(STAFF, r#"help_center.email_account_creation = "anyone""#),
        "
        CS034 error help_center.email_account_creation: a stranger's mail is to make an account, and nobody can sign up
          mail of strangers is dropped while sign-up is off
          Write `agents_and_existing`, or let people sign up.
        ",
    );
    check(&with(OUTSIDE, r#"help_center.email_account_creation = "agents_and_existing""#), "");
}

#[test]
fn identity_management_is_advised_for_staff() {
    check(
        r#"site = "acme-it"
audience = "internal"
internal.domains = ["acme.example"]
internal.provisioning = ["by_hand"]"#,
        "
        CS035 advice audience: staff is served without identity management
          accounts are not synced; who joins by domain needs sign-up to be on
          Consider Atlassian Guard Standard: it costs nothing for customers without a paid seat.
        ",
    );
    check(&with(OUTSIDE, "identity_management = false"), "");
}

#[test]
fn staff_and_outside_customers_have_directories_of_their_own() {
    check(
        &with(
            BOTH,
            r#"internal.directory.name = "Entra ID"
external.directory.name = "entra id""#,
        ),
        "
        CS036 warning external.directory.name: staff and outside customers stand in the same directory `entra id`
          the two are hard to tell apart
          Keep outside customers in a directory of their own.
        ",
    );
    check(
        &with(
            BOTH,
            r#"internal.directory.name = "Entra ID"
external.directory.name = "Partner IdP""#,
        ),
        "",
    );
}

#[test]
fn nothing_is_listed_twice() {
    check(
        r#"site = "acme"
audience = "hybrid"
identity_management = true
internal = { provisioning = ["approved_domains"], domains = ["acme.example", "ACME.example"], addresses = ["sato@a.example", "Sato@a.example"] }
external = { sign_up = "listed_domains", listed_domains = ["b.example", "b.example"] }"#,
        "
        CS037 warning internal.domains[1]: `ACME.example` is listed twice
          upper and lower case alike
          Take one of the two out.
        CS037 warning internal.addresses[1]: `Sato@a.example` is listed twice
          upper and lower case alike
          Take one of the two out.
        CS037 warning external.listed_domains[1]: `b.example` is listed twice
          upper and lower case alike
          Take one of the two out.
        ",
    );
}

#[test]
fn a_key_stands_once() {
    check(
        &with(
            JOIN,
            r#"internal.approved_domains = { "acme.example" = { role = "customer" }, "ACME.example" = { role = "customer" } }"#,
        ),
        r#"
        CS038 error internal.approved_domains."acme.example": `acme.example` stands here in upper and in lower case
          the same name twice
          Keep one of the two, in lower case.
        "#,
    );
    check(
        &with(
            STAFF,
            r#"product_access.people = { "sato@acme.example" = { jira = "user" }, "sato@ACME.example" = { jira = "user" } }"#,
        ),
        r#"
        CS027 warning product_access.people."sato@ACME.example": `sato@ACME.example` gets products as a person
          nobody sees it when people change
          Put people in a group, and give it the product in `groups`.
        CS027 warning product_access.people."sato@acme.example": `sato@acme.example` gets products as a person
          nobody sees it when people change
          Put people in a group, and give it the product in `groups`.
        CS038 error product_access.people."sato@acme.example": `sato@acme.example` stands here in upper and in lower case
          the same name twice
          Keep one of the two, in lower case.
        "#,
    );
}

#[test]
fn only_jsm_has_customers_and_agents() {
    check(
        &with(
            STAFF,
            r#"product_access = { default_roles = { jira = "customer" }, groups = { devs = { confluence = "agent" } } }"#,
        ),
        "
        CS040 error product_access.default_roles.jira: `jira` has no role `customer`
          only `jsm` has customers and agents
          Write `user`, or `none`.
        CS040 error product_access.groups.devs.confluence: `confluence` has no role `agent`
          only `jsm` has customers and agents
          Write `user`, or `none`.
        ",
    );
    check(
        &with(
            JOIN,
            r#"internal.approved_domains."acme.example" = { role = "customer", other_roles = { jsm = "customer", jira = "customer" } }"#,
        ),
        r#"
        CS040 error internal.approved_domains."acme.example".other_roles.jira: `jira` has no role `customer`
          only `jsm` has customers and agents
          Write `user`, or `none`.
        CS041 error internal.approved_domains."acme.example".other_roles.jsm: the role of `acme.example` in `jsm` stands among those of other products
          `role` is the role in `jsm`
          Move it to `role`.
        "#,
    );
    check(&with(STAFF, r#"product_access.groups.devs = { jsm = "agent", jira = "user" }"#), "");
}

#[test]
fn a_short_hybrid_strategy_is_no_error() {
    check(
        r#"
        site     = "acme-support"
        audience = "hybrid"
        [internal]
        provisioning = ["identity_provider", "approved_domains"]
        domains      = ["acme.example"]
        [external]
        sign_up = "open"
        "#,
        r#"
        CS042 warning internal.provisioning: an identity provider is to sync staff, and nothing says which groups
          `directory` is missing
          Add `directory = { name = "...", groups = ["..."] }`.
        "#,
    );
}

#[test]
fn serde_and_schema_agree() {
    let strategy = |rest: &str| with(OUTSIDE, rest);
    let bad = [
        strategy("audience2 = \"x\""),
        strategy("display_name = \" \""),
        strategy("identity_management = \"yes\""),
        strategy("external.portal_accounts = true"),
        strategy("external.listed_domains = [\"@contoso.example\"]"),
        strategy("external.listed_domains = [\"contoso\"]"),
        strategy("external.listed_domains = [\"anyone\"]"),
        strategy("external.listed_domains = \"contoso.example\""),
        strategy("external.directory = \"x\""),
        strategy("external.directory.groups = [\"x\"]"),
        strategy("external.authentication.password = 1"),
        strategy("help_center.anonymous = \"no\""),
        strategy("help_center.email_account_creation = \"nobody\""),
        strategy("help_center.login_page = {}"),
        strategy("product_access.default_roles = [\"jira\"]"),
        strategy("product_access.default_roles.Jira = \"user\""),
        strategy("product_access.default_roles.jira = \"admin\""),
        strategy("product_access.groups.\" x\".jira = \"user\""),
        strategy(&format!("product_access.groups.\"{}\".jira = \"user\"", "あ".repeat(256))),
        strategy("product_access.people.sato.jira = \"user\""),
        with(STAFF, "internal.provisioned = true"),
        with(STAFF, "internal.addresses = [\"a@b.example; c@d.example\"]"),
        with(STAFF, "internal.approved_domains.Anyone.role = \"customer\""),
        with(STAFF, "internal.approved_domains.\"acme.example\" = {}"),
        with(STAFF, "internal.approved_domains.\"acme.example\" = { role = \"guest\" }"),
        with(STAFF, "internal.password_policy.strength = \"best\""),
        with(STAFF, "internal.password_policy = { strength = \"good\", expires_after_days = 0 }"),
        with(STAFF, "internal.expected_accounts = -1"),
        "audience = \"external\"\nexternal.sign_up = \"open\"".to_owned(),
        "site = \"acme\"\nexternal.sign_up = \"open\"".to_owned(),
        "site = \"acme.atlassian.net\"\naudience = \"external\"\nexternal.sign_up = \"open\"".to_owned(),
        "site = \"acme\"\naudience = \"everybody\"".to_owned(),
        "site = \"acme\"\naudience = \"external\"\nexternal = {}".to_owned(),
        "site = \"acme\"\naudience = \"external\"\nexternal.sign_up = \"closed\"".to_owned(),
        "site = \"acme\"\naudience = \"internal\"\ninternal.provisioning = [\"idp_sync\"]".to_owned(),
    ];
    let good = [
        SAMPLE.to_owned(),
        strategy("help_center = {}\nproduct_access = {}\nexternal.authentication = {}\nexternal.listed_domains = []"),
        strategy(&format!("product_access.groups.\"{}\".jsm = \"agent\"", "あ".repeat(255))),
        strategy("external.listed_domains = [\"a.example\", \"A.example\"]\nhelp_center.portal_accounts = false"),
        with(
            JOIN,
            "internal.approved_domains = { anyone = { role = \"none\" }, \"ACME.example\" = { role = \"agent\" } }",
        ),
        with(JOIN, "help_center.sign_up = false\nhelp_center.login_page.message = \"a\\r\\nb\""),
        with(STAFF, "identity_management = false\nhelp_center.portal_accounts = true"),
        BOTH.to_owned(),
    ];
    fn texts(tables: &[String]) -> Vec<&str> {
        tables.iter().map(String::as_str).collect()
    }
    samples::agree("customer_strategy", &texts(&good), &texts(&bad));
}

#[test]
fn the_text_and_digest_are_frozen() {
    let digest = "f2b877400e725b66dda9e5bfc9eef1255c0e155671291c1a530bb86f5c2f305a";
    samples::frozen("customer_strategy", SAMPLE, include_str!("sample.json"), digest);
}

#[test]
fn what_is_stored_says_every_switch() {
    let switches = |text: &str| {
        let spec = spec("customer_strategy", text);
        let page = spec["help_center"].clone();
        (spec["identity_management"] == true, page["sign_up"] == true, page["portal_accounts"] == true)
    };
    assert_eq!(switches(STAFF), (true, false, false));
    assert_eq!(switches(&JOIN.replace("identity_management = true\n", "")), (false, true, false));
    assert_eq!(switches(OUTSIDE), (false, true, true));
    assert_eq!(switches(&OUTSIDE.replace("open", "agents_only")), (false, false, true));
    assert_eq!(switches(BOTH), (true, true, true));
    let single = "external.authentication.single_sign_on = true\nexternal.directory.name = \"Partner IdP\"";
    assert_eq!(switches(&with(OUTSIDE, single)), (true, true, true));
}

#[test]
fn what_is_as_it_would_be_anyway_is_no_other_strategy() {
    let said = with(
        JOIN,
        "help_center = { sign_up = true, portal_accounts = false, anonymous = false, email_account_creation = \
         \"agents_and_existing\" }\nproduct_access = {}\ninternal.approved_domains.\"Acme.Example\".role = \"customer\"",
    );
    assert_eq!(spec("customer_strategy", &said), spec("customer_strategy", JOIN));
    assert_eq!(
        spec("customer_strategy", JOIN)["internal"]["approved_domains"],
        json!({ "acme.example": { "role": "customer" } })
    );
}

#[test]
fn a_person_writes_only_what_is_not_so_anyway() {
    let raised = |spec: &Value| Typed::<CustomerStrategyKind>::new().to_manifest(spec);
    let mut live = spec("customer_strategy", JOIN);
    let mut expected = body(JOIN);
    expected["internal"]["provisioning"] = json!(["approved_domains"]);
    assert_eq!(raised(&live), expected);
    live["help_center"]["sign_up"] = json!(false);
    live["internal"]["approved_domains"] = json!({});
    expected["help_center"] = json!({ "sign_up": false });
    expected["internal"]["approved_domains"] = json!({ "acme.example": { "role": "none" } });
    assert_eq!(raised(&live), expected);
}

#[test]
fn a_site_has_one_strategy_and_another_site_is_another_strategy() {
    let Outline { title, references, unique } = read("customer_strategy", body(SAMPLE)).expect("fits").outline;
    assert_eq!((title.as_deref(), references), (Some("入学案内"), Vec::new()));
    let unique: Vec<String> = unique.iter().map(|u| format!("{} {} {}", u.scope, u.value, u.path)).collect();
    assert_eq!(unique, ["customer_strategy.site acme-admissions site"]);
    assert_eq!(Typed::<CustomerStrategyKind>::new().replace_only(), [FieldPath::keys(["site"])]);
}

fn events(before: Option<&str>, after: Option<&str>, paths: &[&str]) -> Vec<String> {
    samples::events("customer_strategy", before, after, paths)
}

#[test]
fn an_auditor_reads_whom_a_strategy_serves() {
    assert_eq!(
        events(Some(OUTSIDE), Some(&with(OUTSIDE, "help_center.anonymous = true")), &["help_center/anonymous"]),
        [r#"rule strategy.changed {"fields":["help_center.anonymous"]}"#]
    );
    let wider = &["audience", "internal"];
    let both = with(&OUTSIDE.replace("external\"", "hybrid\""), "internal.provisioning = [\"by_hand\"]");
    assert_eq!(
        events(Some(OUTSIDE), Some(&both), wider),
        [
            r#"rule strategy.changed {"audience":{"after":"hybrid","before":"external"},"fields":["audience","internal"]}"#,
            concat!(
                r#"user sign_in.changed {"after":{"outside_customers":{"password":true,"single_sign_on":false},"#,
                r#""staff":{"password_policy":null,"single_sign_on":false}},"before":{"outside_customers":"#,
                r#"{"password":true,"single_sign_on":false},"staff":null}}"#
            ),
        ]
    );
    assert_eq!(events(Some(OUTSIDE), Some(OUTSIDE), &[]), Vec::<String>::new());
    let created = events(None, Some(OUTSIDE), &[]);
    assert_eq!(created[0], r#"rule strategy.changed {"audience":{"after":"external","before":null},"fields":[]}"#);
}

#[test]
fn an_auditor_reads_of_sign_in_apart_from_the_rest() {
    let after = with(STAFF, "internal.password_policy = { strength = \"strong\", expires_after_days = 90 }");
    assert_eq!(
        events(Some(STAFF), Some(&after), &["internal/password_policy"]),
        [concat!(
            r#"user sign_in.changed {"after":{"outside_customers":null,"staff":{"password_policy":"#,
            r#"{"expires_after_days":90,"strength":"strong"},"single_sign_on":false}},"#,
            r#""before":{"outside_customers":null,"staff":{"password_policy":null,"single_sign_on":false}}}"#
        )]
    );
}

#[test]
fn an_auditor_reads_of_every_domain_that_may_join() {
    let listed = |domains: &str| {
        format!(
            "site = \"a\"\naudience = \"external\"\nexternal = {{ sign_up = \"listed_domains\", listed_domains = [{domains}] }}"
        )
    };
    assert_eq!(
        events(
            Some(&listed("\"a.example\", \"b.example\"")),
            Some(&listed("\"b.example\", \"c.example\"")),
            &["external/listed_domains"]
        ),
        [
            r#"other domain.allowed {"domain":"c.example","list":"listed_domains"}"#,
            r#"other domain.removed {"domain":"a.example","list":"listed_domains"}"#,
        ]
    );
    let after = with(
        JOIN,
        "internal.approved_domains.anyone = { role = \"customer\", other_roles = { confluence = \"user\" } }",
    );
    assert_eq!(
        events(Some(JOIN), Some(&after), &["internal/approved_domains/anyone"]),
        [concat!(
            r#"other domain.allowed {"domain":"anyone","grants":{"other_roles":{"confluence":"user"},"role":"customer"},"#,
            r#""list":"approved_domains"}"#
        )]
    );
    let other = with(JOIN, "internal.approved_domains.\"acme.example\".role = \"agent\"");
    assert_eq!(
        events(Some(JOIN), Some(&other), &["internal/approved_domains/acme.example/role"]),
        [r#"rule strategy.changed {"fields":["internal.approved_domains.\"acme.example\".role"]}"#]
    );
}
