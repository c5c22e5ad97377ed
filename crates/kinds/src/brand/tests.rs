use deskform_model::{Edit, Event, FieldPath, Kind as _, Outline, Typed};
use serde_json::{Value, json};

use super::BrandKind;
use crate::testing::{self, body, read, spec};

/// A brand of which nothing is wrong, and what the test adds.
fn brand(rest: &str) -> String {
    format!("display_name = \"Acme\"\nsubdomain = \"acme\"\n{rest}")
}

/// The same with a telephone line, hours and voicemail, that needs no emergency way.
fn line(phone: &str) -> String {
    brand(&format!(
        "business_hours = \"tokyo\"\nchannels.talk.number = \"+81300000001\"\n[phone]\nvoicemail = {{}}\n{phone}"
    ))
}

#[track_caller]
fn check(text: &str, expected: &str) {
    testing::check("brand", text, expected);
}

const EMERGENCY: &str = "emergency = { key = \"9\", transfer_to = \"+81300000002\" }\n";

#[test]
fn a_name_and_a_subdomain_are_all_a_brand_needs() {
    check(&brand(""), "");
    assert_eq!(spec("brand", &brand("")), json!({ "display_name": "Acme", "subdomain": "acme" }));
}

#[test]
fn capital_letters_of_a_subdomain_are_kept_small() {
    let text = "display_name = \"Acme\"\nsubdomain = \"Acme-1\"";
    check(
        text,
        "
        BR001 warning subdomain: the subdomain `Acme-1` has capital letters
          kept as `acme-1`
          Write `acme-1`.
        ",
    );
    assert_eq!(spec("brand", text)["subdomain"], "acme-1");
}

#[test]
fn a_logo_is_kept_as_the_facts_of_its_file() {
    for path in ["logo.png", "art/logo.JPEG", "logo.gif", "logo.svg"] {
        check(&brand(&format!("logo = \"{path}\"")), "");
    }
    let logo = json!({ "path": "logo.gif", "sha256": "0f".repeat(32), "size": 800 });
    assert_eq!(spec("brand", &brand("logo = \"logo.gif\""))["logo"], logo);
}

#[test]
fn a_logo_that_is_not_there_is_an_error() {
    check(
        &brand("logo = \"no.png\""),
        "
        BR002 error logo: the logo `no.png` cannot be used
          no such file
          Write the path from the folder of `deskform.toml`, with `/` between its parts.
        ",
    );
    check(
        &brand("logo = \"../logo.png\""),
        "
        BR002 error logo: the logo `../logo.png` cannot be used
          no plain file of the config repo
          Put a copy of the picture into the config repo.
        ",
    );
    check(
        &brand("logo = \"locked.png\""),
        "
        BR002 error logo: the logo `locked.png` cannot be used
          permission denied
        ",
    );
}

#[test]
fn a_logo_is_a_picture_of_the_type_of_its_name() {
    check(
        &brand("logo = \"wrong.svg\""),
        "
        BR003 error logo: the logo `wrong.svg` is no picture of the type that its name says
          named as svg, but it is a png
        ",
    );
    check(
        &brand("logo = \"page.svg\""),
        "
        BR003 error logo: the logo `page.svg` is no picture of the type that its name says
          named as svg, but its bytes are not
        ",
    );
    check(
        &brand("logo = \"logo.webp\""),
        "
        BR003 error logo: the logo `logo.webp` is no picture of the type that its name says
          a logo is a png, jpg, gif or svg file
        ",
    );
}

#[test]
fn an_svg_logo_draws_and_does_nothing_else() {
    check(
        &brand("logo = \"active.svg\""),
        "
        BR030 error logo: the logo `active.svg` does more than draw
          line 2: the element `script`
          Export it as plain SVG, without scripts, links and a document type, or as PNG.
        ",
    );
    check(
        &brand("logo = \"open.svg\""),
        "
        BR031 error logo: the logo `open.svg` is an SVG that cannot be read
          line 2: another element is closed than the one that is open
          Export the picture again.
        ",
    );
    check(
        &brand("logo = \"packed.svg\""),
        "
        BR003 error logo: the logo `packed.svg` is no picture of the type that its name says
          it is compressed, as an svgz is: unpack it
        ",
    );
}

#[test]
fn a_logo_has_bytes_and_not_too_many() {
    check(
        &brand("logo = \"large.png\""),
        "
        BR004 error logo: the logo `large.png` has 524289 bytes
          a logo has 1 to 524288 bytes
        ",
    );
    check(
        &brand("logo = \"empty.png\""),
        "
        BR004 error logo: the logo `empty.png` has 0 bytes
          a logo has 1 to 524288 bytes
        ",
    );
}

#[test]
fn a_logo_that_git_lfs_has_not_fetched_is_told_apart() {
    check(
        &brand("logo = \"pointer.png\""),
        "
        BR005 error logo: the logo `pointer.png` is a pointer of git-lfs
          the picture itself is not fetched
          Run `git lfs pull`, in CI too, or keep the logo in git itself.
        ",
    );
}

#[test]
fn the_default_brand_is_active() {
    check(
        &brand("default = true\nactive = false"),
        "
        BR006 error active: the default brand is not active
          what names no brand goes to this one
          Make another brand the default first.
        ",
    );
    check(&brand("default = true"), "");
    check(&brand("active = false"), "");
}

const HOST: &str = "host_mapping = { host = \"help.acme.example\", certificate = \"managed\" }\n";

#[test]
fn an_inactive_brand_should_give_up_its_host() {
    check(
        &brand(&format!("active = false\n{HOST}")),
        "
        BR007 warning host_mapping: an inactive brand keeps its mapped host
          needs a valid certificate all the same
          Take `host_mapping` out until the brand is active again.
        ",
    );
    check(&brand(HOST), "");
}

#[test]
fn a_host_should_have_a_certificate() {
    check(
        &brand("host_mapping = { host = \"help.acme.example\", certificate = \"none\" }"),
        "
        BR008 warning host_mapping.certificate: the host `help.acme.example` has no certificate
          visitors are sent on to zendesk.com
          Write `managed` to have Zendesk get one and renew it.
        ",
    );
    check(&brand("host_mapping = { host = \"help.acme.example\", certificate = \"own\" }"), "");
}

#[test]
fn a_host_of_zendesk_is_not_mapped() {
    check(
        &brand("host_mapping = { host = \"Acme.Zendesk.com\", certificate = \"own\" }"),
        "
        BR009 error host_mapping.host: the host `acme.zendesk.com` is Zendesk's own
          only a host of yours is mapped
          Take `host_mapping` out: the brand answers under its subdomain anyway.
        ",
    );
    check(&brand("host_mapping = { host = \"notzendesk.com\", certificate = \"own\" }"), "");
}

#[test]
fn an_internal_brand_should_have_no_public_entrance() {
    let entrances = "channels = { help_center = { state = \"enabled\" }, facebook = { page = \"acme\" } }\n";
    check(
        &brand(&format!("audience = \"internal\"\n{entrances}{HOST}")),
        "
        BR010 warning channels.help_center.state: an internal brand has a help center that anybody may see
          outsiders can come upon it
          Close this entrance, or make the audience `external`.
        BR010 warning channels.facebook: an internal brand has a page on Facebook
          outsiders can come upon it
          Close this entrance, or make the audience `external`.
        BR010 warning host_mapping: an internal brand has a host of its own
          outsiders can come upon it
          Close this entrance, or make the audience `external`.
        ",
    );
    check(&brand(&format!("audience = \"external\"\n{entrances}{HOST}")), "");
    check(&brand("audience = \"internal\"\nchannels.help_center.state = \"restricted\""), "");
}

#[test]
fn what_callers_hear_needs_a_number_to_call() {
    check(
        &brand("phone.voicemail = {}"),
        "
        BR011 error phone: `phone` says what callers hear, but the brand has no number
          `channels.talk` is missing
          Add `talk = { number = \"+81300000001\" }` to `channels`, with your number.
        ",
    );
    check(&brand("phone = {}"), "");
    check(&line("emergency_needed = false"), "");
}

#[test]
fn a_number_needs_hours() {
    check(
        &brand("channels.talk.number = \"+81300000001\"\nphone = { voicemail = {}, emergency_needed = false }"),
        "
        BR012 error channels.talk: the brand has a telephone number but no business hours
          nobody knows when to answer
          Add `business_hours`, the name of the hours that hold.
        ",
    );
}

#[test]
fn an_emergency_key_is_announced() {
    check(
        &line(EMERGENCY),
        "
        BR013 error phone.emergency: nothing tells callers of the emergency key `9`
          `phone.announcement` is missing
          Add an `announcement` that holds `{emergency_key}`.
        ",
    );
    check(
        &line(&format!("{EMERGENCY}announcement = \"お電話ありがとうございます。\"")),
        "
        BR013 warning phone.announcement: the announcement does not tell callers of the emergency key
          the emergency key is `9`
          Write `{emergency_key}` where the text names the key.
        ",
    );
    check(&line(&format!("{EMERGENCY}announcement = \"緊急の場合は{{emergency_key}}番を押してください。\"")), "");
}

#[test]
fn an_emergency_does_not_ring_where_the_call_came_from() {
    let text = "emergency = { key = \"9\", transfer_to = \"+81300000001\" }\nannouncement = \"{emergency_key}\"";
    check(
        &line(text),
        "
        BR014 error phone.emergency.transfer_to: the emergency key transfers to `+81300000001`, the brand's own number
          callers come back to where they are
          Give the number of the telephone that rings in an emergency.
        ",
    );
}

#[test]
fn only_known_placeholders_are_filled_in() {
    check(
        &line("emergency_needed = false\nannouncement = \"{open}から{ closes }、{holiday}\""),
        "
        BR015 error phone.announcement: there is no placeholder `{open}`
          callers would hear it as it stands
          Did you mean `{opens}`?
        BR015 error phone.announcement: there is no placeholder `{ closes }`
          callers would hear it as it stands
          Did you mean `{closes}`?
        BR015 error phone.announcement: there is no placeholder `{holiday}`
          callers would hear it as it stands
          Use `{opens}`, `{closes}` or `{emergency_key}`.
        ",
    );
    check(&line("emergency_needed = false\nannouncement = \"{opens}から{closes}\""), "");
}

#[test]
fn an_announced_key_exists() {
    check(
        &line("emergency_needed = false\nannouncement = \"緊急は{emergency_key}番\""),
        "
        BR016 error phone.announcement: the announcement names an emergency key that the brand does not have
          `phone.emergency` is missing
          Add `emergency = { key, transfer_to }` to `phone`, or change the text.
        ",
    );
}

#[test]
fn a_key_that_is_written_out_is_the_emergency_key() {
    check(
        &line(&format!("{EMERGENCY}announcement = \"緊急の場合は８番を押してください。\"")),
        "
        BR017 error phone.announcement: the announcement tells callers to press `8`
          the emergency key is `9`
          Write `{emergency_key}` where the text names the key.
        ",
    );
    check(&line(&format!("{EMERGENCY}announcement = \"緊急の場合は９番を押してください。\"")), "");
}

#[test]
fn a_line_without_an_emergency_way_is_worth_an_advice() {
    check(
        &line(""),
        "
        BR018 advice channels.talk: callers have no way to say that it is urgent
          voicemail may be too slow for some
          Add `phone.emergency`, or say `emergency_needed = false` in `phone`.
        ",
    );
    check(&line("emergency_needed = false"), "");
}

#[test]
fn somebody_answers_outside_the_hours() {
    let talk = "business_hours = \"tokyo\"\nchannels.talk.number = \"+81300000001\"\n";
    check(
        &brand(&format!("{talk}phone.emergency_needed = false")),
        "
        BR019 warning channels.talk: callers outside the hours reach nobody
          neither voicemail nor an emergency way
          Add `voicemail = {}` to `phone`.
        ",
    );
    check(&brand(&format!("{talk}[phone]\n{EMERGENCY}announcement = \"{{emergency_key}}\"")), "");
}

#[test]
fn a_brace_cannot_be_spoken() {
    check(
        &line("emergency_needed = false\nannouncement = \"｛opens} から\""),
        "
        BR020 error phone.announcement: the announcement holds a `｛` that belongs to no placeholder
          a brace cannot be spoken
          Write placeholders as `{opens}`, with ASCII braces, and no other brace.
        BR020 error phone.announcement: the announcement holds a `}` that belongs to no placeholder
          a brace cannot be spoken
          Write placeholders as `{opens}`, with ASCII braces, and no other brace.
        ",
    );
}

#[test]
fn a_brand_that_needs_no_emergency_way_has_none() {
    check(
        &line(&format!("{EMERGENCY}announcement = \"{{emergency_key}}\"\nemergency_needed = false")),
        "
        BR021 warning phone.emergency_needed: the brand is said to need no emergency way, and has one
          silences an advice not given
          Take `emergency_needed` out.
        ",
    );
}

#[test]
fn the_plan_says_how_many_brands_there_may_be() {
    let limit = |policy: Value| {
        let limit = Typed::<BrandKind>::new().limit(&policy).expect("brands are limited");
        (limit.code.0, limit.most, limit.source)
    };
    assert_eq!(limit(json!({})), ("BR022", 300, "Zendesk Suite Enterprise".to_owned()));
    let professional = json!({ "platform": { "zendesk": { "plan": "suite_professional" } } });
    assert_eq!(limit(professional), ("BR022", 5, "Zendesk Suite Professional".to_owned()));
    let own = json!({ "platform": { "zendesk": { "plan": "suite_team" } }, "limits": { "brand": 7 } });
    assert_eq!(limit(own), ("BR022", 7, "`limits.brand` of the policy".to_owned()));
}

#[test]
fn what_is_spelling_only_makes_no_other_brand() {
    let one = brand(
        "phone = {}\nchannels = {}\nactive = true\naudience = \"external\"\ndefault = false\nsignature_template = \"a\\r\\nb\"",
    );
    let other = brand("signature_template = \"a\\nb\"");
    assert_eq!(spec("brand", &one), spec("brand", &other));
}

#[test]
fn every_entrance_is_the_brands_alone() {
    let Outline { title, references, unique } = read("brand", body(include_str!("sample.toml"))).expect("fits").outline;
    assert_eq!(title.as_deref(), Some("Acme サポート"));
    let references: Vec<String> = references.iter().map(|r| format!("{} -> {}", r.path, r.to)).collect();
    assert_eq!(references, ["business_hours -> business_hours.tokyo_weekdays"]);
    let unique: Vec<String> = unique.iter().map(|u| format!("{} {} {}", u.scope, u.value, u.path)).collect();
    assert_eq!(
        unique,
        [
            "brand.subdomain acme subdomain",
            "brand.default true default",
            "brand.host support.acme.example host_mapping.host",
            "brand.talk +81300000001 channels.talk.number",
            "brand.facebook acme-support channels.facebook.page",
            "brand.instagram acme.support channels.instagram.account",
            "brand.twitter acme_support channels.twitter.account",
            "brand.mail help@acme.example channels.mail.address",
        ]
    );
}

fn events(before: Option<&str>, after: Option<&str>, edits: &[(&str, Option<Value>, Option<Value>)]) -> Vec<String> {
    let (before, after) = (before.map(|text| spec("brand", text)), after.map(|text| spec("brand", text)));
    let edit = |(path, before, after): &(&str, Option<Value>, Option<Value>)| Edit {
        path: FieldPath::keys(path.split('.')),
        before: before.clone(),
        after: after.clone(),
        cause: deskform_model::Cause::Config,
        applied: None,
    };
    let edits: Vec<Edit> = edits.iter().map(edit).collect();
    let events = Typed::<BrandKind>::new().events(before.as_ref(), after.as_ref(), &edits);
    events.iter().map(|Event { name, category, arguments }| format!("{category} {name} {arguments}")).collect()
}

#[test]
fn an_auditor_reads_of_brands_that_come_and_go() {
    let plain = brand("");
    let told = r#"{"display_name":"Acme","subdomain":"acme"}"#;
    assert_eq!(events(None, Some(&plain), &[]), [format!("account brand.created {told}")]);
    assert_eq!(events(Some(&plain), None, &[]), [format!("account brand.deleted {told}")]);
    let inactive = brand("active = false");
    let edit = [("active", None, Some(json!(false)))];
    assert_eq!(events(Some(&plain), Some(&inactive), &edit), [format!("account brand.deactivated {told}")]);
    assert_eq!(events(Some(&inactive), Some(&plain), &edit), [format!("account brand.activated {told}")]);
    assert_eq!(events(Some(&plain), Some(&plain), &[]), Vec::<String>::new());
}

#[test]
fn an_auditor_reads_of_the_way_of_a_call_apart_from_the_rest() {
    let before = brand("");
    let after = line("emergency_needed = false\n[channels.facebook]\npage = \"acme\"");
    let edits = [
        ("business_hours", None, Some(json!("tokyo"))),
        ("channels", None, Some(json!({ "talk": {}, "facebook": {} }))),
        ("phone", None, Some(json!({}))),
    ];
    assert_eq!(
        events(Some(&before), Some(&after), &edits),
        [
            r#"account brand.changed {"fields":["channels"]}"#.to_owned(),
            concat!(
                r#"rule call_path.changed {"after":{"announcement":null,"business_hours":"tokyo","emergency":null,"#,
                r#""first_menu":null,"menus":{},"number":"+81300000001","voicemail":true,"voicemail_team":null},"#,
                r#""before":{"announcement":null,"business_hours":null,"emergency":null,"first_menu":null,"menus":{},"#,
                r#""number":null,"voicemail":false,"voicemail_team":null}}"#
            )
            .to_owned(),
        ]
    );
    let only_line = [("channels", None, Some(json!({ "talk": {} })))];
    let names: Vec<String> = events(Some(&before), Some(&line("")), &only_line);
    assert!(matches!(names.as_slice(), [one] if one.starts_with("rule call_path.changed")), "{names:?}");
}

#[test]
fn hours_of_a_brand_without_a_line_are_no_call_path() {
    let after = brand("business_hours = \"tokyo\"");
    let edits = [("business_hours", None, Some(json!("tokyo")))];
    assert_eq!(
        events(Some(&brand("")), Some(&after), &edits),
        [r#"account brand.changed {"fields":["business_hours"]}"#]
    );
}

/// A line that needs no emergency way, with menus.
fn menus(tables: &str) -> String {
    line(&format!("emergency_needed = false\n{tables}"))
}

#[test]
fn a_key_does_exactly_one_thing() {
    check(
        &menus(
            "[phone.menus.main.keys]\n1 = {}\n\"*\" = { text_back = \"https://acme.example\", transfer_to = \"+81300000003\" }",
        ),
        "
        BR023 error phone.menus.main.keys.\"*\".text_back: the key `*` does two things, `transfer_to` and `text_back`
          a key does exactly one thing
          Take one of the two out.
        BR023 error phone.menus.main.keys.1: the key `1` does nothing
          a key does exactly one thing
          Add one of `teams`, `voicemail`, `transfer_to`, `menu` and `text_back`.
        ",
    );
    let each = r##"[phone.menus.main]
greeting = "営業時間は{opens}から{closes}です。"
[phone.menus.main.keys]
0 = { teams = ["support"] }
"*" = { voicemail = {} }
"#" = { transfer_to = "+81300000003" }
9 = { text_back = "https://acme.example" }
default = { menu = "main" }
"##;
    check(&menus(each), "");
}

#[test]
fn a_key_leads_to_a_menu_that_is_there() {
    check(
        &menus(
            "[phone.menus.main.keys]\n1 = { menu = \"bills\" }\n2 = { menu = \"x\" }\n3 = { menu = \"billing\" }\n[phone.menus.billing.keys]\n0 = { menu = \"main\" }",
        ),
        "
        BR024 error phone.menus.main.keys.1.menu: there is no menu `bills`
          `phone.menus` does not hold it
          Add the table `phone.menus.bills`.
        BR024 error phone.menus.main.keys.2.menu: there is no menu `x`
          `phone.menus` does not hold it
          Add the table `phone.menus.x`.
        ",
    );
    check(
        &menus(
            "[phone.menus.main.keys]\n1 = { menu = \"biling\" }\n2 = { menu = \"billing\" }\n[phone.menus.billing.keys]\n0 = { menu = \"main\" }",
        ),
        "
        BR024 error phone.menus.main.keys.1.menu: there is no menu `biling`
          `phone.menus` does not hold it
          Did you mean `billing`?
        ",
    );
    check(
        &menus("first_menu = \"entry\""),
        "
        BR024 error phone.first_menu: there is no menu `entry`
          `phone.menus` does not hold it
          Add the table `phone.menus.entry`.
        ",
    );
}

#[test]
fn there_is_a_menu_to_start_from() {
    let entry = "[phone.menus.entry.keys]\ndefault = { voicemail = {} }";
    check(
        &menus(entry),
        "
        BR025 error phone.first_menu: there is no menu `main`, which callers hear first
          no call reaches a menu
          Call the first menu `main`, or name it in `phone.first_menu`.
        ",
    );
    check(&menus(&format!("first_menu = \"entry\"\n{entry}")), "");
}

#[test]
fn every_menu_can_be_reached_and_left() {
    check(
        &menus("[phone.menus.main.keys]\n1 = { menu = \"main\" }\n[phone.menus.shop.keys]\n1 = { menu = \"shop\" }"),
        "
        BR026 warning phone.menus.shop: no key leads to the menu `shop`
          no caller ever hears it
          Add a key with `menu = \"shop\"`, or take the menu out.
        ",
    );
    check(
        &menus("[phone.menus.main]\ngreeting = \"こんにちは\""),
        "
        BR027 warning phone.menus.main: the menu `main` has no keys
          callers can go nowhere from here
          Add `keys`, such as `default = { voicemail = {} }`.
        ",
    );
}

#[test]
fn a_key_does_not_ring_where_the_call_came_from() {
    check(
        &menus("[phone.menus.main.keys]\n1 = { transfer_to = \"+81300000001\" }"),
        "
        BR028 error phone.menus.main.keys.1.transfer_to: a key transfers to `+81300000001`, the brand's own number
          callers come back to where they are
          Give another number, or go on to a menu with `menu`.
        ",
    );
}

#[test]
fn the_emergency_key_means_one_thing() {
    let key = |action: &str| {
        line(&format!("{EMERGENCY}announcement = \"{{emergency_key}}\"\n[phone.menus.main.keys]\n9 = {action}"))
    };
    check(
        &key("{ voicemail = {} }"),
        "
        BR029 error phone.menus.main.keys.9: the first menu gives the emergency key `9` another meaning
          in an emergency it transfers to `+81300000002`
          Give one of the two another key.
        ",
    );
    check(&key("{ transfer_to = \"+81300000002\" }"), "");
}

#[test]
fn a_greeting_may_tell_of_the_emergency_key() {
    let greeting = |text: &str| {
        line(&format!(
            "{EMERGENCY}[phone.menus.main]\ngreeting = \"{text}\"\nkeys = {{ 1 = {{ teams = [\"support\"] }} }}"
        ))
    };
    check(&greeting("ご用件は1番、緊急の場合は{emergency_key}番を押してください。"), "");
    check(
        &greeting("ご用件は1番を押してください。"),
        "
        BR013 warning phone.menus.main.greeting: the announcement does not tell callers of the emergency key
          the emergency key is `9`
          Write `{emergency_key}` where the text names the key.
        ",
    );
    check(
        &greeting("緊急の場合は8番を押してください。{holiday}"),
        "
        BR015 error phone.menus.main.greeting: there is no placeholder `{holiday}`
          callers would hear it as it stands
          Use `{opens}`, `{closes}` or `{emergency_key}`.
        BR017 error phone.menus.main.greeting: the announcement tells callers to press `8`
          the emergency key is `9`
          Write `{emergency_key}` where the text names the key.
        ",
    );
}

#[test]
fn what_the_first_format_cannot_hold_is_written_in_the_second() {
    let format = |text: &str| read("brand", body(text)).expect("fits").format;
    for first in [include_str!("sample.toml"), &brand("teams = []\nphone.menus = {}\nphone.first_menu = \"main\"")] {
        assert_eq!(format(first), 1, "{first}");
    }
    for second in ["teams = [\"support\"]", "phone.voicemail.team = \"support\"", "phone.menus.main = {}"] {
        assert_eq!(format(&brand(second)), 2, "{second}");
    }
    let stored: Value = serde_json::from_str(include_str!("sample.json")).expect("JSON");
    let kind = Typed::<BrandKind>::new();
    assert_eq!(kind.upgrade(1, stored.clone()), Ok(stored.clone()));
    assert_eq!(kind.upgrade(2, stored.clone()), Ok(stored));
}

#[test]
fn a_brand_refers_to_the_teams_that_answer() {
    let text = line("").replace("voicemail = {}", "voicemail = { team = \"night\" }")
        + "[phone.menus.main.keys]\n1 = { teams = [\"support\", \"sales\"] }\n2 = { voicemail = { team = \"office\" } }";
    let text = format!("teams = [\"support\", \"office\"]\n{text}");
    let references = read("brand", body(&text)).expect("fits").outline.references;
    let references: Vec<String> = references.iter().map(|r| format!("{} -> {}", r.path, r.to)).collect();
    assert_eq!(
        references,
        [
            "business_hours -> business_hours.tokyo",
            "phone.menus.main.keys.1.teams[0] -> team.sales",
            "phone.menus.main.keys.1.teams[1] -> team.support",
            "phone.menus.main.keys.2.voicemail.team -> team.office",
            "phone.voicemail.team -> team.night",
            "teams[0] -> team.office",
            "teams[1] -> team.support",
        ]
    );
}
