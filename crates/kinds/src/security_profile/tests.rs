use std::collections::BTreeSet;

use deskform_model::{Kind as _, ReadError, Typed};
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::{SecurityProfileKind, Strength, catalog};
use crate::testing::{self, body, read, schema, spec};

#[track_caller]
fn check(text: &str, expected: &str) {
    testing::check("security_profile", text, expected);
}

fn permissions(text: &str) -> Value {
    let reading = read("security_profile", body(text)).expect("a profile that fits its types");
    reading.spec.value()["permissions"].clone()
}

fn codes(text: &str) -> BTreeSet<String> {
    let problems = match read("security_profile", body(text)) {
        Ok(reading) => reading.problems,
        Err(ReadError::Problems(problems)) => problems,
        Err(ReadError::Shape(error)) => panic!("{error}"),
    };
    problems.into_iter().map(|problem| problem.code.0.to_owned()).collect()
}

/// The verdict of reading and that of the schema.
#[track_caller]
fn judged(text: &str, good: bool) {
    let kind = Typed::<SecurityProfileKind>::new();
    let schema = schema(&kind);
    let table = body(text);
    assert_eq!((read("security_profile", table.clone()).is_ok(), schema.is_valid(&table)), (good, good), "{text}");
}

#[test]
fn an_object_is_one_of_the_catalog() {
    check(
        "permissions.contact_serch = [\"view\"]",
        "
        SP001 error permissions.contact_serch: there is no object `contact_serch` in the catalog of permissions
          not an object
          Write `contact_search = [\"view\"]`, with what is needed of it.
        ",
    );
    check("permissions.contact_search = [\"view\"]", "");
}

#[test]
fn an_object_is_found_by_its_labels_ids_and_vendor_names() {
    let meant = |text: &str| catalog().object_meant(text);
    for (text, object) in [
        ("キュー", "queue"),
        ("コントロールパネルへのアクセス", "ccp"),
        ("問い合わせの検索", "contact_search"),
        ("録音した会話（編集済み）", "recording_redacted_legacy"),
        ("保存されたレポー", "saved_report"),
        ("Contact Flows", "contact_flow"),
        ("Flows", "contact_flow"),
        ("real-time contact monitoring", "manager_monitor"),
        ("queue.view", "queue"),
        ("Queues.View", "queue"),
        ("TransferDestinations", "quick_connect"),
        ("queues", "queue"),
    ] {
        assert_eq!(meant(text), Some(object), "{text}");
    }
    assert_eq!(meant("weather"), None);
    check(
        "permissions.weather = [\"view\"]",
        "
        SP001 error permissions.weather: there is no object `weather` in the catalog of permissions
          not an object
          Grant what Amazon Connect calls otherwise by its vendor name, in `vendor_permissions`.
        ",
    );
}

#[test]
fn an_action_that_is_not_offered_says_what_there_is() {
    check(
        "permissions.phone_number = [\"view\", \"delete\"]",
        "
        SP002 error permissions.phone_number[1]: the object `phone_number` has no action `delete`
          there is `view`, `edit`, `claim`, `release`
          Write `release`.
        ",
    );
    check(
        "permissions.agent_status = [\"delete\"]",
        "
        SP002 error permissions.agent_status[0]: the object `agent_status` has no action `delete`
          there is `view`, `edit`, `create`, `enable_disable`
          Write `enable_disable`.
        ",
    );
    check(
        "permissions.customer_profile = [\"delete\"]",
        "
        SP002 error permissions.customer_profile[0]: the object `customer_profile` has no action `delete`
          there is `view`, `edit`, `create`
          Take the action out, or choose one of those that there are.
        ",
    );
    check(
        "permissions.ccp = [\"publish\"]",
        "
        SP002 error permissions.ccp[0]: the object `ccp` has no action `publish`
          there is `access`
          Write `access`, the only action here.
        ",
    );
    check(
        "permissions.queue = [\"View\"]",
        "
        SP002 error permissions.queue[0]: the object `queue` has no action `View`
          there is `view`, `edit`, `create`, `enable_disable`, `delete`, `purge`, `edit_expressions`
          Write `view`.
        ",
    );
    check("permissions.phone_number = [\"view\", \"release\"]", "");
}

#[test]
fn vendor_names_are_kept_by_their_ids() {
    let text = "vendor_permissions = [\"Queues.Edit\", \"Queues.View\", \"RealTimeMetrics.Access\"]";
    check(
        text,
        "
        SP004 warning vendor_permissions: permissions are given by their vendor names
          kept by their ids
          Write in `permissions` instead: `queue = [\"edit\", \"view\"]`, `realtime_metrics = [\"access\"]`.
        ",
    );
    assert_eq!(permissions(text), json!({ "queue": ["edit", "view"], "realtime_metrics": ["access"] }));
}

#[test]
fn a_vendor_name_is_one_of_the_catalog() {
    check(
        "vendor_permissions = [\"Queue.View\", \"queue.view\", \"Something.Else\"]",
        "
        SP003 error vendor_permissions[0]: there is no permission of the vendor name `Queue.View`
          not in the catalog
          Did you mean `Queues.View`?
        SP003 error vendor_permissions[1]: there is no permission of the vendor name `queue.view`
          not in the catalog
          Write `queue = [\"view\"]` in `permissions`, or the vendor name `Queues.View` here.
        SP003 error vendor_permissions[2]: there is no permission of the vendor name `Something.Else`
          not in the catalog
          Move it to `unknown_permissions` if Amazon Connect has it and deskform does not know it yet.
        ",
    );
}

#[test]
fn a_legacy_permission_is_what_stands_for_it_today() {
    let legacy = "permissions = { recording_redacted_legacy = [\"view\"], contact_search = [\"view\"] }";
    check(
        legacy,
        "
        SP005 warning permissions.recording_redacted_legacy[0]: `recording_redacted_legacy.view` (RedactedData.View) is a legacy permission
          kept as `call_recording_redacted.access`, `transcript_redacted.access`
          Write what it is kept as: that is what the vendor's console makes of it.
        ",
    );
    let today = "permissions = { call_recording_redacted = [\"access\"], transcript_redacted = [\"access\"], contact_search = [\"view\"] }";
    check(today, "");
    assert_eq!(permissions(legacy), permissions(today));
    check(
        "vendor_permissions = [\"ContactRecording.Access\"]",
        "
        SP005 warning vendor_permissions[0]: the permission `ContactRecording.Access` is no more
          grants nothing, not kept
          Take it out.
        ",
    );
}

#[test]
fn a_stored_legacy_permission_reads_as_what_stands_for_it_today() {
    let kind = Typed::<SecurityProfileKind>::new();
    let stored = json!({ "permissions": { "recording_redacted_legacy": ["view"], "newer_object": ["view"] } });
    let today = json!({ "permissions": {
        "call_recording_redacted": ["access"], "newer_object": ["view"], "transcript_redacted": ["access"],
    } });
    assert_eq!(kind.upgrade(1, stored), Ok(today));
}

#[test]
fn a_permission_that_the_catalog_does_not_know_is_let_through_on_request() {
    assert_eq!(
        spec("security_profile", "unknown_permissions = [\"B.View\", \"A\", \"B.View\"]"),
        json!({ "unknown_permissions": ["A", "B.View"] })
    );
    let text = "unknown_permissions = [\"Queues.View\", \"A\"]";
    check(
        text,
        "
        SP006 warning unknown_permissions[0]: the permission `Queues.View` is known
          kept as `queue.view`
          Write `queue = [\"view\"]` in `permissions` instead.
        ",
    );
    assert_eq!(
        spec("security_profile", text),
        json!({ "permissions": { "queue": ["view"] }, "unknown_permissions": ["A"] })
    );
}

#[test]
fn a_profile_grants_at_most_five_hundred_permissions() {
    let text = |count: usize| {
        let names: Vec<String> = (0..count).map(|n| format!("\"New{n}.View\"")).collect();
        format!("unknown_permissions = [{}]\npermissions.queue = [\"view\"]", names.join(", "))
    };
    check(
        &text(500),
        "
        SP007 error unknown_permissions: the profile grants 501 permissions
          Amazon Connect takes at most 500
        ",
    );
    check(&text(499), "");
}

#[test]
fn what_can_be_changed_can_be_seen() {
    check(
        "permissions = { queue = [\"edit\", \"create\"], prompt = [\"view\", \"edit\"] }",
        "
        SP008 warning permissions.queue[1]: `queue.create` is granted without `queue.view`
          Amazon Connect's console grants both together
          Add `\"view\"` to `queue` in `permissions`.
        ",
    );
    check("permissions.queue = [\"view\", \"edit\"]", "");
}

#[test]
fn redacted_and_unredacted_are_not_both_granted() {
    let text = |more: &str| {
        format!(
            "permissions = {{ contact_search = [\"view\"], call_recording_redacted = [\"access\"], {more} = [\"access\"] }}"
        )
    };
    check(
        &text("call_recording_unredacted"),
        "
        SP009 warning permissions.call_recording_unredacted[0]: `call_recording_redacted.access` and `call_recording_unredacted.access` are both granted
          where a redacted form exists, only that is shown
          Grant the one that the role needs, and give the other to another profile.
        ",
    );
    check(&text("transcript_unredacted"), "");
    let legacy = "vendor_permissions = [\"ListenCallRecordings\", \"RedactedData.View\", \"ContactSearch.View\"]";
    assert_eq!(codes(legacy), ["SP004", "SP005", "SP009"].map(str::to_owned).into());
}

#[test]
fn a_download_needs_something_to_download() {
    check(
        "permissions.call_recording_redacted = [\"enable_download\"]",
        "
        SP010 warning permissions.call_recording_redacted[0]: `call_recording_redacted.enable_download` is granted without `call_recording_redacted.access`
          there is nothing to download
          Add `\"access\"` to `call_recording_redacted` in `permissions`.
        ",
    );
    check("permissions.call_recording_redacted = [\"enable_download\", \"access\"]", "");
    let legacy = |more: &str| format!("vendor_permissions = [\"DownloadCallRecordings\"{more}]");
    assert!(codes(&legacy("")).contains("SP010"));
    assert!(!codes(&legacy(", \"ListenCallRecordings\"")).contains("SP010"));
}

#[test]
fn who_deletes_recordings_can_download_them() {
    let text = |more: &str| {
        format!(
            "permissions = {{ recording_unredacted_legacy = [\"delete\"], call_recording_unredacted = [\"access\"{more}] }}"
        )
    };
    check(
        &text(""),
        "
        SP011 warning permissions.recording_unredacted_legacy[0]: `recording_unredacted_legacy.delete` is granted without `call_recording_unredacted.enable_download`
          Amazon Connect's console grants both together
          Add `\"enable_download\"` to `call_recording_unredacted` in `permissions`.
        ",
    );
    check(&text(", \"enable_download\""), "");
}

#[test]
fn permissions_do_not_forbid_each_other() {
    check(
        "permissions = { self_assign = [\"access\"], restrict_task_creation = [\"access\"] }",
        "
        SP012 warning permissions.restrict_task_creation[0]: `restrict_task_creation.access` and `self_assign.access` make no sense together
          one forbids what the other permits
          Take one of the two out.
        ",
    );
    check("permissions = { restrict_task_creation = [\"access\"], restrict_phone_type = [\"access\"] }", "");
}

#[test]
fn scheduling_a_report_needs_all_that_a_schedule_needs() {
    let text = |schedules: &str| {
        format!(
            "permissions = {{ saved_report = [\"view\", \"publish\", \"schedule\"], report_schedule = [{schedules}] }}"
        )
    };
    check(
        &text("\"view\", \"create\", \"edit\""),
        "
        SP013 error permissions.saved_report[2]: reports cannot be scheduled without `report_schedule.delete`
          Amazon Connect refuses it alone
          Add `\"delete\"` to `report_schedule` in `permissions`.
        ",
    );
    check(&text("\"view\", \"create\", \"edit\", \"delete\""), "");
}

#[test]
fn tags_are_few_and_none_is_the_vendors() {
    let text = |count: usize| {
        let tags: Vec<String> = (0..count).map(|n| format!("k{n} = \"\"")).collect();
        format!("tags = {{ {} }}", tags.join(", "))
    };
    check(
        &text(51),
        "
        SP014 error tags: there are 51 tags
          Amazon Connect takes at most 50
        ",
    );
    check(&text(50), "");
    check(
        "tags = { \"aws:team\" = \"a\", \"チーム\" = \"東京\" }",
        "
        SP015 error tags.\"aws:team\": the tag `aws:team` is reserved
          `aws:` is the vendor's own
          Choose a key without `aws:` at its start.
        ",
    );
}

/// A profile that sees users and nothing else, restricted.
fn restricted(access: &str) -> String {
    format!("permissions.user = [\"view\"]\naccess = {{ {access} }}")
}

#[test]
fn access_is_restricted_by_at_most_four_tags() {
    let text = |tags: &str| restricted(&format!("by_tag = {{ tags = {{ {tags} }}, resources = [\"user\"] }}"));
    check(
        &text("a = \"1\", b = \"1\", c = \"1\", d = \"1\", e = \"1\""),
        "
        SP016 error access.by_tag.tags: access is restricted by 5 tags
          Amazon Connect takes at most 4
        ",
    );
    check(&text("a = \"1\", b = \"1\", c = \"1\", d = \"1\""), "");
}

#[test]
fn a_restriction_by_tag_names_tags_and_resources() {
    check(
        &restricted("by_tag = { tags = {}, resources = [] }"),
        "
        SP017 error access.by_tag.tags: a restriction by tag names no tag
          Amazon Connect takes tags and resources only together
          Name at least one tag, or take `by_tag` out.
        SP017 error access.by_tag.resources: a restriction by tag names no resource
          Amazon Connect takes tags and resources only together
          Name at least one resource, or take `by_tag` out.
        ",
    );
    check(&restricted("by_tag = { tags = { a = \"\" }, resources = [\"user\"] }"), "");
}

#[test]
fn what_is_restricted_can_be_seen() {
    check(
        &restricted("by_tag = { tags = { a = \"b\" }, resources = [\"user\", \"queue\"] }"),
        "
        SP018 warning access.by_tag.resources[1]: `queue` is restricted and cannot be seen
          `queue.view` is not granted
          Add `\"view\"` to `queue` in `permissions`.
        ",
    );
    check(&restricted("by_hierarchy = {}"), "");
}

#[test]
fn a_restriction_does_not_reach_every_list() {
    let text = |access: &str| {
        format!(
            "permissions = {{ user = [\"view\"], contact_flow = [\"view\"], agent_hierarchy = [\"view\"] }}\naccess = {{ {access} }}"
        )
    };
    check(
        &text("by_hierarchy = { team = \"cs\" }"),
        "
        SP019 warning access: the restriction does not reach what `agent_hierarchy.view`, `contact_flow.view` shows
          lists everything all the same
          Take these permissions out, or accept that their lists are whole.
        ",
    );
    check(&text("by_tag = { tags = { a = \"b\" }, resources = [\"user\", \"contact_flow\"] }"), "");
    check(&text(""), "");
}

#[test]
fn applications_are_few_and_each_is_granted_something() {
    let text = |count: usize, permissions: usize| {
        let names: Vec<String> = (1..count).map(|n| format!("\"app{n}\"")).collect();
        let own: Vec<String> = (0..permissions).map(|n| format!("\"p{n}\"")).collect();
        format!("applications = {{ third_party = [{}], mcp = {{ kb = [{}] }} }}", names.join(", "), own.join(", "))
    };
    check(
        &text(11, 51),
        "
        SP020 error applications: there are 11 applications
          Amazon Connect takes at most 10
        SP021 error applications.mcp.kb: the application `kb` is granted 51 permissions
          Amazon Connect takes 1 to 50
        ",
    );
    check(
        &text(10, 0),
        "
        SP021 error applications.mcp.kb: the application `kb` is granted 0 permissions
          Amazon Connect takes 1 to 50
        ",
    );
    check(&text(10, 50), "");
}

#[test]
fn rights_over_rights_belong_to_administrators() {
    let some = "permissions.user = [\"view\", \"create\", \"edit\"]";
    check(
        some,
        "
        SP022 warning permissions.user[1]: who holds `user.create`, `user.edit` can give themselves more rights
          belongs to administrators
          Leave these to the profile of the administrators, which grants all of its kind.
        ",
    );
    check(&format!("name = \"Admin\"\n{some}"), "");
    check(
        "permissions = { user = [\"view\", \"create\", \"edit\", \"edit_permission\"], security_profile = [\"view\", \"edit\", \"create\"] }",
        "",
    );
    check("permissions.user = [\"view\", \"remove\"]", "");
}

#[test]
fn the_quota_says_how_many_there_may_be() {
    let limit = |policy: Value| {
        let limit = Typed::<SecurityProfileKind>::new().limit(&policy).expect("profiles are limited");
        (limit.code.0, limit.most, limit.source)
    };
    assert_eq!(limit(json!({})), ("SP023", 100, "Amazon Connect".to_owned()));
    let own = json!({ "limits": { "security_profile": 300 } });
    assert_eq!(limit(own), ("SP023", 300, "`limits.security_profile` of the policy".to_owned()));
}

#[test]
fn reading_and_schema_accept_the_same_profiles() {
    for good in [
        include_str!("sample.toml"),
        "",
        "permissions = {}",
        "permissions.queue = []",
        "permissions.recording_unredacted_legacy = [\"access\", \"enable_download\", \"delete\"]",
        "vendor_permissions = [\"RealTimeMetrics.Access\", \"ContactRecording.Access\"]",
        "name = \"QA_Team @Tokyo-1\"",
        "access = {}",
        "access.by_hierarchy = {}",
        "access.by_tag = { tags = {}, resources = [] }",
        "tags = { \"チーム\" = \"\" }",
    ] {
        judged(good, true);
    }
    let long = format!("name = \"{}\"", "a".repeat(128));
    let key = format!("tags = {{ \"{}\" = \"\" }}", "あ".repeat(129));
    let description = format!("description = \"{}\"", "あ".repeat(251));
    for bad in [
        "name = \"管理者\"",
        "name = \"\"",
        &long,
        &key,
        &description,
        "permissions = []",
        "permissions.queue = \"view\"",
        "permissions.queue = [1]",
        "permissions.queue = [\"delete \"]",
        "permissions.queues = [\"view\"]",
        "permissions.phone_number = [\"delete\"]",
        "vendor_permissions = [\"queue.view\"]",
        "unknown_permissions = [\"\"]",
        "unknown_permissions = [\"キュー\"]",
        "tags = { \"\" = \"a\" }",
        "access.by_tag = { tags = { a = \"b\" } }",
        "access.by_tag = { resources = [\"user\"] }",
        "access.by_tag = { tags = {}, resources = [\"phone_number\"] }",
        "access.by_hierarchy = { resources = [\"queue\"] }",
        "access.by_hierarchy = { team = \"con\" }",
        "applications.third_party = { crm = [\"ACCESS\"] }",
        "applications.mcp = [\"kb\"]",
        "type = \"AWS_MANAGED\"",
    ] {
        judged(bad, false);
    }
}

#[test]
fn an_outline_names_the_team_and_the_vendors_name() {
    let outline =
        read("security_profile", body("display_name = \"品質\"\nname = \"QA\"\naccess.by_hierarchy.team = \"cs\""))
            .expect("fits")
            .outline;
    assert_eq!(outline.title.as_deref(), Some("品質"));
    let references: Vec<String> = outline.references.iter().map(|one| format!("{} {}", one.path, one.to)).collect();
    assert_eq!(references, ["access.by_hierarchy.team team.cs"]);
    let unique: Vec<String> =
        outline.unique.iter().map(|one| format!("{} {} {}", one.path, one.scope, one.value)).collect();
    assert_eq!(unique, ["name security_profile.name QA"]);
}

fn events(before: Option<&str>, after: Option<&str>) -> Value {
    let (before, after) = (before.map(|t| spec("security_profile", t)), after.map(|t| spec("security_profile", t)));
    let events = Typed::<SecurityProfileKind>::new().events(before.as_ref(), after.as_ref(), &[]);
    assert!(events.iter().all(|event| event.category.to_string() == "user"));
    events.into_iter().map(|event| (event.name.to_owned(), event.arguments)).collect::<serde_json::Map<_, _>>().into()
}

#[test]
fn an_auditor_reads_which_rights_grow_and_which_shrink() {
    let before = "permissions = { queue = [\"view\", \"edit\"], prompt = [\"view\"] }";
    let after = "permissions = { queue = [\"view\"], prompt = [\"view\", \"edit\"] }\nunknown_permissions = [\"New\"]";
    assert_eq!(
        events(Some(before), Some(after)),
        json!({
            "rights.widened": { "permissions": ["prompt.edit"], "unknown_permissions": ["New"] },
            "rights.narrowed": { "permissions": ["queue.edit"] },
        })
    );
    assert_eq!(
        events(None, Some(before)),
        json!({ "rights.widened": { "permissions": ["prompt.view", "queue.edit", "queue.view"] } })
    );
    assert_eq!(events(Some("display_name = \"a\""), Some("display_name = \"b\"")), json!({}));
}

#[test]
fn a_restricting_permission_narrows_when_it_is_granted() {
    let before = "permissions.contact_search = [\"view\"]";
    let after = "permissions = { contact_search = [\"view\"], restrict_contact_access = [\"view\"] }";
    assert_eq!(
        events(Some(before), Some(after)),
        json!({ "rights.narrowed": { "restrictions_imposed": ["restrict_contact_access.view"] } })
    );
    assert_eq!(
        events(Some(after), Some(before)),
        json!({ "rights.widened": { "restrictions_lifted": ["restrict_contact_access.view"] } })
    );
}

#[test]
fn a_restriction_narrows_and_an_application_widens() {
    let before = "applications = { mcp = { kb = [\"read\"] } }\naccess.by_hierarchy = { team = \"cs\" }";
    let after =
        "applications = { third_party = [\"crm\"] }\naccess.by_tag = { tags = { a = \"b\" }, resources = [\"user\"] }";
    assert_eq!(
        events(Some(before), Some(after)),
        json!({
            "rights.widened": {
                "applications": ["crm"],
                "restrictions_lifted": ["access.by_hierarchy", "access.by_hierarchy.team: cs"],
            },
            "rights.narrowed": {
                "applications": ["kb: read"],
                "restrictions_imposed": ["access.by_tag.resources: user", "access.by_tag.tags: a = b"],
            },
        })
    );
}

#[test]
fn every_row_of_the_catalog_has_names_of_its_own() {
    let all = catalog().permissions();
    assert_eq!((all.len(), catalog().objects().count()), (322, 130));
    assert_eq!(all.iter().map(|one| &one.id).collect::<BTreeSet<_>>().len(), 322);
    assert_eq!(catalog().vendor_names().count(), 322 + 3);
    for one in all {
        assert!(
            catalog().permission(&one.id) == Some(one) && catalog().named(&one.api_name) == Some(one),
            "{}",
            one.id
        );
        assert!(super::spec::Permissions::of([one.id.as_str()]).ids().contains(&one.id), "{}", one.id);
    }
}

#[test]
fn every_reference_of_the_catalog_resolves_and_none_goes_in_a_circle() {
    fn visit<'c>(id: &'c str, above: &mut Vec<&'c str>) {
        let one = catalog().permission(id).unwrap_or_else(|| panic!("{id} below {above:?}"));
        assert!(!above.contains(&id), "{id} below {above:?}");
        above.push(&one.id);
        let needs = one.requires.iter().flat_map(|need| &need.any_of);
        needs.chain(&one.implies).chain(&one.replaced_by).for_each(|id| visit(id, above));
        above.pop();
    }
    for one in catalog().permissions() {
        visit(&one.id, &mut Vec::new());
        for other in &one.conflicts {
            assert!(catalog().permission(other).is_some_and(|other| other.conflicts.contains(&one.id)), "{}", one.id);
        }
        assert!(one.replaced_by.iter().all(|id| catalog().permission(id).is_some_and(|today| !today.is_legacy())));
    }
}

#[test]
fn the_catalog_marks_what_restricts_and_what_escalates() {
    let marked = |mark: fn(&super::Permission) -> bool| -> Vec<&str> {
        catalog().permissions().iter().filter(|one| mark(one)).map(|one| one.id.as_str()).collect()
    };
    assert_eq!(
        marked(super::Permission::restricts),
        [
            "restrict_task_creation.access",
            "restrict_phone_type.access",
            "end_contact_confirm.enable",
            "restrict_contact_access.view"
        ]
    );
    assert_eq!(
        marked(super::Permission::escalates),
        ["user.edit", "user.create", "user.edit_permission", "security_profile.edit", "security_profile.create"]
    );
    assert_eq!(marked(super::Permission::lists_all).len(), 14);
    assert_eq!(marked(super::Permission::lists_all_agents), ["agent_hierarchy.view"]);
    assert_eq!(marked(super::Permission::is_legacy).len(), 3);
}

#[test]
fn the_graph_knows_what_a_permission_needs() {
    let unmet = |id: &str, held: &[&str]| -> Vec<String> {
        let permission = catalog().permission(id).expect("in the catalog");
        let held = held.iter().copied().collect();
        catalog().unmet(permission, &held).iter().map(|need| need.any_of.join("|")).collect()
    };
    assert_eq!(unmet("outbound_call.access", &["outbound_call.access"]), ["ccp.access"]);
    assert!(unmet("outbound_call.access", &["ccp.access"]).is_empty());
    assert_eq!(unmet("search_by_keywords.view", &[]), ["contact_search.view"]);
    assert_eq!(unmet("contact_search.view", &["contact_search.view"]), ["access_metrics.access"]);
    assert_eq!(unmet("configure_searchable_attributes.view", &["contact_search.view"]), ["contact_attributes.view"]);
    assert_eq!(unmet("manager_monitor.enable_disable", &["access_metrics.access"]), ["ccp.access"]);
    for recording in
        ["call_recording_redacted", "call_recording_unredacted", "transcript_redacted", "transcript_unredacted"]
    {
        let permission = catalog().permission(&format!("{recording}.access")).expect("in the catalog");
        let needs: Vec<_> = permission.requires.iter().map(|need| (need.strength, need.any_of.join("|"))).collect();
        assert_eq!(needs, [(Strength::Stated, "contact_search.view".to_owned())], "{recording}");
    }
    assert_eq!(
        unmet("recording_unredacted_legacy.delete", &[]),
        ["call_recording_unredacted.access|transcript_unredacted.access"]
    );
    assert!(unmet("recording_unredacted_legacy.delete", &["transcript_unredacted.access"]).is_empty());
}

#[test]
fn the_default_profile_of_managers_is_read_and_lacks_what_monitoring_needs() {
    let names = "AccessMetrics AgentGrouping.View AgentStates.View AgentTimeCard.View ContactAttributes.View ContactFlows.View \
                 ContactSearch.View DeleteCallRecordings DownloadCallRecordings HoursOfOperation.Create HoursOfOperation.Edit \
                 HoursOfOperation.View ListenCallRecordings ManagerListenIn MetricsReports.Create MetricsReports.Delete \
                 MetricsReports.Edit MetricsReports.Publish MetricsReports.Schedule MetricsReports.View PhoneNumbers.Claim \
                 PhoneNumbers.Edit PhoneNumbers.View Prompts.View Queues.Edit Queues.View ReportSchedules.Create \
                 ReportSchedules.Delete ReportSchedules.Edit ReportSchedules.View RoutingPolicies.View SecurityProfiles.View \
                 TransferDestinations.View Users.Create Users.Edit Users.EnableAndDisable Users.View";
    let names: Vec<String> = names.split_whitespace().map(|name| format!("\"{name}\"")).collect();
    let text = format!("name = \"CallCenterManager\"\nvendor_permissions = [{}]", names.join(", "));
    assert_eq!(names.len(), 37);
    assert_eq!(codes(&text), ["SP004", "SP005", "SP022"].map(str::to_owned).into());
    let ids = super::spec::Permissions::deserialize(&permissions(&text)).expect("permissions").ids();
    let held: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
    let monitor = catalog().permission("manager_monitor.enable_disable").expect("in the catalog");
    let unmet: Vec<String> = catalog().unmet(monitor, &held).iter().map(|need| need.any_of.join("|")).collect();
    assert_eq!(unmet, ["ccp.access"]);
}

#[test]
fn everything_that_the_walk_through_shows_says_what_a_person_sees() {
    let shown = |one: &&super::Permission| one.source.iter().any(|source| source == "article");
    let objects: BTreeSet<&str> = catalog().permissions().iter().filter(shown).map(super::Permission::object).collect();
    assert_eq!(objects.len(), 35);
    for one in catalog().permissions().iter().filter(shown) {
        let (ja, en) = catalog().effect(one).unwrap_or_else(|| panic!("{} has no effect", one.id));
        assert!(!ja.is_ascii() && en.is_ascii() && !ja.ends_with('。') && !en.ends_with('.'), "{}", one.id);
    }
    let release = catalog().permission("phone_number.release").and_then(|one| catalog().effect(one));
    assert_eq!(
        release.map(|(_, en)| en),
        Some("a number can be released; there is no delete, and a released number does not come back")
    );
}

#[test]
fn the_schema_lists_what_each_object_offers() {
    let kind = Typed::<SecurityProfileKind>::new();
    let queue = &kind.manifest_schema()["properties"]["permissions"]["properties"]["queue"];
    assert_eq!(
        *queue,
        json!({
            "type": "array",
            "items": { "type": "string", "enum": ["view", "edit", "create", "enable_disable", "delete", "purge", "edit_expressions"] },
            "x-deskform-list": "set",
            "description": "Queues / キュー: 問い合わせが待つキューの一覧を開ける。The queues open in which contacts wait.",
        })
    );
    assert!(kind.manifest_schema().to_string().len() < 64 * 1024);
    assert!(kind.shapes().unannotated().is_empty(), "{:?}", kind.shapes().unannotated());
}
