use deskform_model::{Event, Kind as _, Typed};
use jiff::ToSpan as _;
use serde_json::{Value, json};

use super::BusinessHoursKind;
use super::recurrence::Recurrence;
use crate::testing::{self, body, read, spec};

/// Hours in Tokyo with the week given.
fn week(weekly: &str) -> String {
    format!("time_zone = \"Asia/Tokyo\"\n[weekly]\n{weekly}")
}

/// Hours that are always open, and exceptions.
fn exceptions(list: &str) -> String {
    format!("time_zone = \"Asia/Tokyo\"\nweekly = {{ mon-sun = [\"00:00-24:00\"] }}\nexceptions = [{list}]")
}

#[track_caller]
fn check(text: &str, expected: &str) {
    testing::check("business_hours", text, expected);
}

fn days(weekly: &str) -> Value {
    spec("business_hours", &week(weekly))["weekly"].take()
}

#[test]
fn a_zone_is_a_name_of_the_database() {
    let zone = |name: &str| format!("time_zone = \"{name}\"\nweekly = {{ mon-sun = [\"09:00-17:00\"] }}");
    check(
        &zone("Asia/Tokio"),
        "
        BH001 error time_zone: there is no time zone `Asia/Tokio`
          not in the IANA database
          Did you mean `Asia/Tokyo`?
        ",
    );
    check(
        &zone("Central Time (US & Canada)"),
        "
        BH001 error time_zone: there is no time zone `Central Time (US & Canada)`
          a name that Zendesk shows, no IANA name
          Write `America/Chicago`.
        ",
    );
    check(
        &zone("UTC+9 of Tokyo"),
        "
        BH001 error time_zone: there is no time zone `UTC+9 of Tokyo`
          not in the IANA database
          Write an IANA name such as `Asia/Tokyo`.
        ",
    );
    check(&zone("Asia/Tokyo"), "");
    check(&zone("Asia/Rangoon"), "");
}

#[test]
fn a_zone_is_written_as_the_database_writes_it() {
    check(
        "time_zone = \"asia/tokyo\"\nweekly = { mon-sun = [\"09:00-17:00\"] }",
        "
        BH002 error time_zone: the time zone `asia/tokyo` is written `Asia/Tokyo`
          upper and lower case differ
          Write `Asia/Tokyo`.
        ",
    );
}

#[test]
fn a_zone_should_name_a_place() {
    check(
        "time_zone = \"EST5EDT\"\nweekly = { mon-sun = [\"09:00-17:00\"] }",
        "
        BH003 warning time_zone: the time zone `EST5EDT` names no place
          may not follow what the place does
          Write `America/New_York` if that is where the desk is.
        ",
    );
    check("time_zone = \"America/New_York\"\nweekly = { mon-sun = [\"09:00-17:00\"] }", "");
}

#[test]
fn every_day_is_mentioned() {
    check(
        &week("mon-thu = [\"09:00-17:00\"]\nsat = []"),
        "
        BH004 error weekly: the week says nothing about `fri` and `sun`
          each day stands exactly once
          Give the day its windows, or `[]` if it is closed.
        ",
    );
    check(&week("mon-thu = [\"09:00-17:00\"]\nfri-sun = []"), "");
}

#[test]
fn no_day_is_given_twice() {
    check(
        &week("mon-fri = [\"09:00-17:00\"]\nsat-mon = [\"09:00-17:00\"]\nwed-thu = []"),
        "
        BH005 error weekly.sat-mon: `mon` is given twice, by `mon-fri` and by `sat-mon`
          each day stands exactly once
          Take the day out of one of the two.
        BH005 error weekly.wed-thu: `wed` and `thu` are given twice, by `mon-fri` and by `wed-thu`
          each day stands exactly once
          Take the day out of one of the two.
        ",
    );
    check(&week("tue-fri = [\"09:00-17:00\"]\nsat-mon = [\"09:00-17:00\"]"), "");
}

#[test]
fn a_range_of_one_day_is_not_guessed_at() {
    check(
        &week("mon-mon = [\"09:00-17:00\"]\ntue-sun = []"),
        "
        BH006 error weekly.mon-mon: the range `mon-mon` starts and ends on the same day
          one day, or all seven?
          Write the day alone, or `mon-sun` for the whole week.
        ",
    );
}

#[test]
fn a_window_is_open_for_some_time() {
    check(
        &week("mon-sat = [\"00:00-24:00\"]\nsun = [\"09:00-09:00\"]"),
        "
        BH007 error weekly.sun[0]: the window `09:00-09:00` starts and ends at the same time
          open for no minute, or for all?
          Write `00:00-24:00` for the whole day, or leave the window out.
        ",
    );
    check(&week("mon-sun = [\"00:00-00:00\"]"), "");
}

#[test]
fn windows_of_a_day_do_not_overlap() {
    check(
        &week("mon-fri = [\"09:00-12:00\", \"13:00-17:00\", \"11:00-14:00\"]\nsat-sun = []"),
        "
        BH008 error weekly.mon-fri[2]: the window `11:00-14:00` overlaps `09:00-12:00`
          the same minutes are opened twice
          Make one window of the two, or let the second start where the first ends.
        BH008 error weekly.mon-fri[2]: the window `11:00-14:00` overlaps `13:00-17:00`
          the same minutes are opened twice
          Make one window of the two, or let the second start where the first ends.
        ",
    );
    check(&week("mon-fri = [\"09:00-12:00\", \"12:00-17:00\"]\nsat-sun = []"), "");
}

#[test]
fn a_window_past_midnight_may_overlap_the_next_day() {
    check(
        &week("fri = [\"22:00-02:00\"]\nsat = [\"01:00-05:00\"]\nsun-thu = []"),
        "
        BH008 error weekly.sat[0]: the window `01:00-05:00` overlaps `22:00-02:00` of `fri`
          the same minutes are opened twice
          Make one window of the two, or let the second start where the first ends.
        ",
    );
    check(&week("fri = [\"22:00-02:00\"]\nsat = [\"02:00-05:00\"]\nsun-thu = []"), "");
}

#[test]
fn the_last_minute_of_a_day_is_rarely_left_out_on_purpose() {
    check(
        &week("mon-sun = [\"11:00-23:59\"]"),
        "
        BH009 warning weekly.mon-sun[0]: the window `11:00-23:59` leaves the last minute of the day closed
          ends a minute before midnight
          Write `24:00` if the window ends at midnight.
        ",
    );
    check(&week("mon-sun = [\"11:00-24:00\"]"), "");
}

#[test]
fn windows_should_be_what_the_vendors_screen_takes() {
    check(
        &week("mon-fri = [\"09:00-09:45\", \"10:05-12:00\"]\nsat = [\"22:00-00:30\"]\nsun = []"),
        "
        BH010 warning weekly.mon-fri[0]: Zendesk's admin centre does not take the window `09:00-09:45`
          shorter than an hour within its day
          Use windows of at least an hour, on the quarters of an hour.
        BH010 warning weekly.mon-fri[1]: Zendesk's admin centre does not take the window `10:05-12:00`
          off the quarters of an hour
          Use windows of at least an hour, on the quarters of an hour.
        BH010 warning weekly.sat[0]: Zendesk's admin centre does not take the window `22:00-00:30`
          shorter than an hour within its day
          Use windows of at least an hour, on the quarters of an hour.
        ",
    );
    check(&week("mon-fri = [\"09:00-09:30\", \"09:30-10:15\"]\nsat-sun = []"), "");
}

#[test]
fn a_week_should_have_a_window() {
    check(
        &week("mon-sun = []"),
        "
        BH011 warning weekly: the week is always closed
          no window at all
          Give at least one day a window.
        ",
    );
    check(&week("mon-sat = []\nsun = [\"10:00-12:00\"]"), "");
}

#[test]
fn a_week_has_at_most_a_hundred_windows() {
    let hour = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
    let windows = |count: u32| {
        let texts: Vec<String> = (0..count).map(|n| format!("\"{}-{}\"", hour(n * 90), hour(n * 90 + 60))).collect();
        texts.join(", ")
    };
    let text = |sunday: u32| week(&format!("mon-sat = [{}]\nsun = [{}]", windows(15), windows(sunday)));
    check(
        &text(11),
        "
        BH012 error weekly: the week has 101 windows
          Amazon Connect takes at most 100
        ",
    );
    check(&text(10), "");
}

#[test]
fn there_are_at_most_fifty_exceptions() {
    let text = |count: u32| {
        let one = |n: u32| format!("{{ name = \"{n}\", from = {0}-01-01, to = {0}-01-01, open = [] }}", 2000 + n);
        exceptions(&(0..count).map(one).collect::<Vec<_>>().join(", "))
    };
    check(
        &text(51),
        "
        BH013 error exceptions: there are 51 exceptions
          Amazon Connect takes at most 50
        ",
    );
    check(&text(50), "");
}

#[test]
fn an_exceptions_dates_are_in_the_calendar() {
    let text = |to: &str| exceptions(&format!("{{ name = \"a\", from = \"2027-02-28\", to = \"{to}\", open = [] }}"));
    check(
        &text("2027-02-29"),
        "
        BH014 error exceptions[0].to: there is no date `2027-02-29`
          the month has no such day
        ",
    );
    check(&text("2028-02-29"), "");
}

#[test]
fn an_exception_does_not_end_before_it_starts() {
    let text = |to: &str| exceptions(&format!("{{ name = \"年始\", from = 2027-01-02, to = {to}, open = [] }}"));
    check(
        &text("2027-01-01"),
        "
        BH015 error exceptions[0].to: the exception `年始` ends before it starts
          `from` is 2027-01-02
          Exchange the dates, or correct the year.
        ",
    );
    check(&text("2027-01-02"), "");
}

#[test]
fn a_date_has_one_exception() {
    let text = |from: &str| {
        exceptions(&format!(
            "{{ name = \"b\", from = {from}, to = 2027-01-05, open = [] }}, \
             {{ name = \"a\", from = 2027-01-01, to = 2027-01-03, open = [] }}"
        ))
    };
    check(
        &text("2027-01-03"),
        "
        BH016 error exceptions[0].from: the exceptions `a` and `b` share dates
          both hold on 2027-01-03
          Part them, so that each date has one exception.
        ",
    );
    check(&text("2027-01-04"), "");
}

#[test]
fn an_exceptions_name_is_its_own() {
    let text = |name: &str| {
        exceptions(&format!(
            "{{ name = \"a\", from = 2027-01-01, to = 2027-01-01, open = [] }}, \
             {{ name = \"{name}\", from = 2028-01-01, to = 2028-01-01, open = [] }}"
        ))
    };
    check(
        &text("a"),
        "
        BH017 error exceptions[1].name: there are two exceptions `a`
          the name is taken
          Give each exception a name of its own, for example with its year.
        ",
    );
    check(&text("A"), "");
}

#[test]
fn an_exceptions_windows_stay_within_their_day() {
    let text =
        |open: &str| exceptions(&format!("{{ name = \"a\", from = 2027-01-01, to = 2027-01-01, open = [{open}] }}"));
    check(
        &text("\"22:00-02:00\""),
        "
        BH018 error exceptions[0].open[0]: the window `22:00-02:00` of an exception runs past midnight
          the next day is not an exception's
          End it at `24:00`, and give the next day an exception with the rest.
        ",
    );
    check(&text("\"22:00-00:00\""), "");
    check(
        &text("\"09:00-12:00\", \"11:00-13:00\""),
        "
        BH008 error exceptions[0].open[1]: the window `11:00-13:00` overlaps `09:00-12:00`
          the same minutes are opened twice
          Make one window of the two, or let the second start where the first ends.
        ",
    );
}

#[test]
fn the_plan_or_the_quota_says_how_many_there_may_be() {
    let limit = |policy: Value| {
        let limit = Typed::<BusinessHoursKind>::new().limit(&policy).expect("hours are limited");
        (limit.code.0, limit.most, limit.source)
    };
    let plan = |plan: &str| json!({ "platform": { "zendesk": { "plan": plan } } });
    assert_eq!(limit(json!({})), ("BH019", 100, "Amazon Connect".to_owned()));
    assert_eq!(limit(plan("suite_growth")), ("BH019", 1, "Zendesk Suite Growth".to_owned()));
    assert_eq!(limit(plan("suite_enterprise")), ("BH019", 100, "Amazon Connect".to_owned()));
    let own = json!({ "limits": { "business_hours": 400 } });
    assert_eq!(limit(own), ("BH019", 400, "`limits.business_hours` of the policy".to_owned()));
}

#[test]
fn days_are_spread_out_windows_split_sorted_and_joined() {
    let spread =
        days("fri-sun = [\"22:00-02:00\"]\nmon-wed = [\"13:00-17:00\", \"09:00-12:00\", \"12:00-13:00\"]\nthu = []");
    assert_eq!(
        spread,
        json!({
            "mon": ["00:00-02:00", "09:00-17:00"],
            "tue": ["09:00-17:00"],
            "wed": ["09:00-17:00"],
            "thu": [],
            "fri": ["22:00-24:00"],
            "sat": ["00:00-02:00", "22:00-24:00"],
            "sun": ["00:00-02:00", "22:00-24:00"],
        })
    );
}

#[test]
fn spellings_of_one_week_are_one_content() {
    let one = days("mon-sun = [\"11:00-24:00\"]");
    assert_eq!(days("wed-tue = [\"11:00-00:00\"]"), one);
    assert_eq!(
        days("mon-fri = [\"12:00-24:00\", \"11:00-12:00\"]\nsat = [\"11:00-24:00\"]\nsun = [\"11:00-00:00\"]"),
        one
    );
}

#[test]
fn export_folds_equal_days_into_ranges() {
    let raised = |text: &str| {
        let spec = spec("business_hours", text);
        Typed::<BusinessHoursKind>::new().to_manifest(&spec)["weekly"].take()
    };
    let folded = json!({ "mon-fri": ["09:00-17:00"], "sat-sun": [] });
    assert_eq!(raised(&week("mon = [\"09:00-17:00\"]\ntue-fri = [\"09:00-17:00\"]\nsat = []\nsun = []")), folded);
    let split = json!({ "mon-thu": [], "fri": ["22:00-24:00"], "sat": ["00:00-02:00"], "sun": [] });
    assert_eq!(raised(&week("sat-thu = []\nfri = [\"22:00-02:00\"]")), split);
}

#[test]
fn hours_are_called_by_their_name() {
    let title = |text: &str| read("business_hours", body(text)).expect("fits").outline.title;
    assert_eq!(title(include_str!("sample.toml")).as_deref(), Some("東京 平日"));
    assert_eq!(title(&week("mon-sun = [\"09:00-17:00\"]")), None);
}

fn event(before: Option<&str>, after: Option<&str>) -> Option<Value> {
    let (before, after) = (before.map(|t| spec("business_hours", t)), after.map(|t| spec("business_hours", t)));
    let mut events = Typed::<BusinessHoursKind>::new().events(before.as_ref(), after.as_ref(), &[]);
    let Event { name, category, arguments } = events.pop()?;
    assert_eq!((name, category.to_string().as_str(), events.len()), ("hours.changed", "rule", 0));
    Some(arguments)
}

#[test]
fn an_auditor_reads_which_days_changed() {
    let before = week("mon-sat = [\"09:00-17:00\"]\nsun = []");
    let after = format!(
        "{}\n[[exceptions]]\nname = \"年始\"\nfrom = 2027-01-01\nto = 2027-01-03\nopen = []",
        week("mon-fri = [\"09:00-17:00\"]\nsat = [\"09:00-12:00\"]\nsun = []")
    );
    assert_eq!(
        event(Some(&before), Some(&after)),
        Some(json!({ "days": ["sat"], "exceptions": ["年始"], "minutes_per_week": { "before": 2880, "after": 2580 } }))
    );
    assert_eq!(event(Some(&before), Some(&before)), None);
    assert_eq!(
        event(None, Some(&week("mon-sun = []"))),
        Some(json!({
            "days": [], "exceptions": [], "minutes_per_week": { "before": null, "after": 0 },
            "time_zone": { "before": null, "after": "Asia/Tokyo" },
        }))
    );
}

/// One exception that comes again, from a table without name and dates.
fn again(rest: &str) -> String {
    exceptions(&format!("{{ name = \"定休日\", from = 2026-04-01, to = 2027-03-31, {rest} }}"))
}

#[test]
fn an_exception_has_the_fields_of_its_type() {
    check(
        &exceptions("{ name = \"年始\", from = 2027-01-01, to = 2027-01-03 }"),
        "
        BH020 error exceptions[0].open: the exception `年始` has no `open`
          an exception of the type `standard` needs it
          Add `open`.
        ",
    );
    check(
        &again("type = \"closed\", open = []"),
        "
        BH020 error exceptions[0].open: the exception `定休日` has `open`
          it does not go with the type `closed`
          Take it out, or change `type`.
        BH020 error exceptions[0].closed: the exception `定休日` has no `closed`
          an exception of the type `closed` needs it
          Add `closed`.
        BH020 error exceptions[0].recurrence: the exception `定休日` has no `recurrence`
          an exception of the type `closed` needs it
          Add `recurrence`.
        ",
    );
    check(
        &again("type = \"open\", open = [], recurrence = { frequency = \"weekly\", weekdays = [\"wed\"] }"),
        "
        BH020 error exceptions[0].open: the exception `定休日` changes nothing
          `open` is empty, and the type is `open`
          Add a window; `00:00-24:00` is the whole day.
        ",
    );
    check(
        &again("open = [], recurrence = { frequency = \"weekly\", weekdays = [\"wed\"] }"),
        "
        BH020 error exceptions[0].recurrence: the exception `定休日` has `recurrence`
          it does not go with the type `standard`
          Take it out, or change `type`.
        ",
    );
    check(
        &again(
            "type = \"closed\", closed = [\"00:00-24:00\"], recurrence = { frequency = \"weekly\", interval = 2, weekdays = [\"wed\", \"sun\"] }",
        ),
        "",
    );
}

/// The findings of one recurrence.
fn recurrence(table: &str) -> String {
    again(&format!("type = \"open\", open = [\"10:00-12:00\"], recurrence = {{ {table} }}"))
}

#[test]
fn a_recurrence_says_its_day_in_one_way() {
    let one = |table: &str, expected: &str| check(&recurrence(table), &format!("{expected}\n"));
    one(
        "frequency = \"yearly\", by_month_day = 1",
        "
        BH021 error exceptions[0].recurrence.by_month: a yearly exception has no month
          in which month of the year?
          Add `by_month`, 1 to 12.",
    );
    one(
        "frequency = \"monthly\", by_month = 1, by_month_day = 0",
        "
        BH021 error exceptions[0].recurrence.by_month: `by_month` goes with `yearly` alone
          the exception holds in every month
          Take it out.
        BH021 error exceptions[0].recurrence.by_month_day: there is no day 0
          counted from 1
          Count from 1, or write -1 for the last.",
    );
    one(
        "frequency = \"weekly\"",
        "
        BH021 error exceptions[0].recurrence.weekdays: a weekly exception has no day
          on which days of the week?
          Add `weekdays`, such as `[\"wed\"]`.",
    );
    one(
        "frequency = \"weekly\", by_month_day = 3",
        "
        BH021 error exceptions[0].recurrence.by_month_day: a day of the month does not go with `weekly`
          a week is no month
          Use `weekdays` alone.",
    );
    one(
        "frequency = \"weekly\", by_weekday_occurrence = 0, weekdays = [\"wed\"]",
        "
        BH021 error exceptions[0].recurrence.by_weekday_occurrence: there is no weekday 0
          counted from 1
          Count from 1, or write -1 for the last.
        BH021 error exceptions[0].recurrence.by_weekday_occurrence: a counted weekday does not go with `weekly`
          a week has each day once
          Use `weekdays` alone.",
    );
    one(
        "frequency = \"monthly\"",
        "
        BH021 error exceptions[0].recurrence.by_month_day: nothing says on which day of the month
          neither `by_month_day` nor `by_weekday_occurrence` is given
          Add one of the two.",
    );
    one(
        "frequency = \"monthly\", by_month_day = 3, by_weekday_occurrence = 1",
        "
        BH021 error exceptions[0].recurrence.by_weekday_occurrence: the day is given in two ways
          `by_month_day` is given too
          Take one of the two out.",
    );
    one(
        "frequency = \"monthly\", by_weekday_occurrence = 3, weekdays = [\"wed\", \"thu\"]",
        "
        BH021 error exceptions[0].recurrence.weekdays: nothing says which weekday is counted
          exactly one day belongs here
          Write one day, such as `[\"wed\"]`.",
    );
    one(
        "frequency = \"monthly\", by_month_day = 3, weekdays = [\"wed\"]",
        "
        BH021 error exceptions[0].recurrence.weekdays: a day of the month needs no weekday
          `by_month_day` is given
          Take `weekdays` out.",
    );
}

#[test]
fn a_recurrence_that_says_its_day_is_taken() {
    for table in [
        "frequency = \"weekly\", interval = 6, weekdays = [\"sat\", \"sun\"]",
        "frequency = \"monthly\", by_month_day = -1",
        "frequency = \"monthly\", by_month_day = 31",
        "frequency = \"monthly\", by_weekday_occurrence = 3, weekdays = [\"wed\"]",
        "frequency = \"yearly\", by_month = 2, by_month_day = 28",
        "frequency = \"yearly\", by_month = 11, by_weekday_occurrence = -1, weekdays = [\"thu\"]",
    ] {
        check(&recurrence(table), "");
    }
}

#[test]
fn an_exception_that_comes_again_comes_at_least_once() {
    check(
        &recurrence("frequency = \"yearly\", by_month = 4, by_month_day = 31"),
        "
        BH023 error exceptions[0].recurrence: the exception `定休日` never holds
          no day from 2026-04-01 to 2027-03-31 is such a day
          Correct its dates, or when it comes again.
        ",
    );
    let leap = recurrence("frequency = \"yearly\", by_month = 2, by_month_day = 29");
    check(
        &leap,
        "
        BH023 error exceptions[0].recurrence: the exception `定休日` never holds
          no day from 2026-04-01 to 2027-03-31 is such a day
          Correct its dates, or when it comes again.
        ",
    );
    check(&leap.replace("2027-03-31", "2028-03-31"), "");
}

/// The days of a year on which a recurrence holds that counts from the first of April 2026, a Wednesday.
fn held(year: i16, table: &str) -> Vec<String> {
    let recurrence: Recurrence = serde_json::from_value(body(table)).expect("a recurrence");
    let date = |year, month, day| jiff::civil::date(year, month, day);
    let days = date(year, 1, 1).series(1.day()).take_while(|day| day.year() == year);
    let held = days.filter(|day| *day >= date(2026, 4, 1) && recurrence.holds_on(date(2026, 4, 1), *day));
    held.map(|day| day.strftime("%m-%d").to_string()).collect()
}

#[test]
fn a_recurrence_holds_on_its_days() {
    let wednesday = "by_weekday_occurrence = 3\nweekdays = [\"wed\"]";
    assert_eq!(held(2026, &format!("frequency = \"monthly\"\ninterval = 3\n{wednesday}")), ["04-15", "07-15", "10-21"]);
    assert_eq!(held(2026, "frequency = \"monthly\"\ninterval = 4\nby_month_day = -1"), ["04-30", "08-31", "12-31"]);
    assert_eq!(held(2026, "frequency = \"monthly\"\ninterval = 3\nby_month_day = 31"), ["07-31", "10-31"]);
    let weekly = held(2026, "frequency = \"weekly\"\ninterval = 2\nweekdays = [\"mon\", \"thu\"]");
    assert_eq!(weekly[..4], ["04-02", "04-13", "04-16", "04-27"]);
    let thanksgiving =
        "frequency = \"yearly\"\ninterval = 2\nby_month = 11\nby_weekday_occurrence = -1\nweekdays = [\"thu\"]";
    assert_eq!((held(2027, thanksgiving), held(2028, thanksgiving)), (vec![], vec!["11-30".to_owned()]));
    assert_eq!(held(2028, "frequency = \"yearly\"\nby_month = 2\nby_month_day = 29"), ["02-29"]);
}

#[test]
fn exceptions_that_come_again_may_share_dates() {
    let closed = "{ name = \"水曜\", type = \"closed\", from = 2026-12-29, to = 2027-12-31, closed = [\"00:00-24:00\"], recurrence = { frequency = \"weekly\", weekdays = [\"wed\"] } }";
    let standard = "{ name = \"年始\", from = 2026-12-29, to = 2027-01-03, open = [\"09:00-12:00\"] }";
    check(&exceptions(&format!("{closed}, {standard}, {}", closed.replace("水曜", "木曜"))), "");
}

#[test]
fn windows_of_exceptions_that_come_again_are_folded_and_checked() {
    let closed = |windows: &str| {
        again(&format!(
            "type = \"closed\", closed = {windows}, recurrence = {{ frequency = \"weekly\", weekdays = [\"wed\"] }}"
        ))
    };
    let folded = spec("business_hours", &closed("[\"14:00-15:00\", \"13:00-14:00\"]"));
    assert_eq!(folded["exceptions"][0]["closed"], json!(["13:00-15:00"]));
    check(
        &closed("[\"22:00-02:00\"]"),
        "
        BH018 error exceptions[0].closed[0]: the window `22:00-02:00` of an exception runs past midnight
          the next day is not an exception's
          End it at `24:00`, and give the next day an exception with the rest.
        ",
    );
}

#[test]
fn hours_have_at_most_three_parents() {
    let parents = |names: &str| format!("parents = [{names}]\n{}", week("mon-sun = [\"09:00-17:00\"]"));
    check(
        &parents("\"a\", \"b\", \"c\", \"d\""),
        "
        BH022 error parents: there are 4 parents
          Amazon Connect takes at most 3
          Gather the exceptions in fewer hours.
        ",
    );
    let three = parents("\"c\", \"a\", \"b\", \"a\"");
    check(&three, "");
    let references = read("business_hours", body(&three)).expect("fits").outline.references;
    let references: Vec<String> = references.iter().map(|r| format!("{} -> {}", r.path, r.to)).collect();
    assert_eq!(
        references,
        ["parents[0] -> business_hours.a", "parents[1] -> business_hours.b", "parents[2] -> business_hours.c"]
    );
}

#[test]
fn what_the_first_format_cannot_hold_is_written_in_the_second() {
    let format = |text: &str| read("business_hours", body(text)).expect("fits").format;
    let standard = "{ name = \"a\", from = 2027-01-01, to = 2027-01-01, open = [], type = \"standard\" }";
    for first in [include_str!("sample.toml"), &exceptions(standard)] {
        assert_eq!(format(first), 1, "{first}");
    }
    let parents = format!("parents = [\"holidays\"]\n{}", week("mon-sun = []"));
    for second in [&parents, &recurrence("frequency = \"monthly\", by_month_day = 1")] {
        assert_eq!(format(second), 2, "{second}");
    }
    let stored: Value = serde_json::from_str(include_str!("sample.json")).expect("JSON");
    let kind = Typed::<BusinessHoursKind>::new();
    assert_eq!(kind.upgrade(1, stored.clone()), Ok(stored.clone()));
    assert_eq!(kind.upgrade(2, stored.clone()), Ok(stored));
}

#[test]
fn an_auditor_reads_whose_exceptions_hold_too() {
    let before = week("mon-sun = []");
    let after = format!("parents = [\"holidays\"]\n{before}");
    assert_eq!(
        event(Some(&before), Some(&after)),
        Some(json!({
            "days": [], "exceptions": [], "minutes_per_week": { "before": 0, "after": 0 },
            "parents": { "before": [], "after": ["holidays"] },
        }))
    );
}
