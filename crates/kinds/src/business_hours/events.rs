//! What an auditor reads of a change of hours.

use std::collections::BTreeSet;

use deskform_model::{Category, Event};
use serde_json::{Value, json};

use super::spec::{BusinessHours, Exception};
use crate::week::Day;

/// `hours.changed`, with the days and exceptions that differ and the open minutes of a week before and after.
pub(super) fn events(before: Option<&BusinessHours>, after: Option<&BusinessHours>) -> Vec<Event> {
    if before == after {
        return Vec::new();
    }
    let minutes = |hours: Option<&BusinessHours>| hours.map(|hours| hours.weekly.week().minutes());
    let zone = |hours: Option<&BusinessHours>| hours.map(|hours| hours.time_zone.to_string());
    let mut arguments = json!({
        "days": days(before, after),
        "exceptions": exceptions(before, after),
        "minutes_per_week": { "before": minutes(before), "after": minutes(after) },
    });
    if zone(before) != zone(after) {
        arguments["time_zone"] = json!({ "before": zone(before), "after": zone(after) });
    }
    let parents = |hours: Option<&BusinessHours>| hours.map(|hours| hours.parents.clone()).unwrap_or_default();
    if parents(before) != parents(after) {
        arguments["parents"] = json!({ "before": parents(before), "after": parents(after) });
    }
    vec![Event { name: "hours.changed", category: Category::Rule, arguments }]
}

fn days(before: Option<&BusinessHours>, after: Option<&BusinessHours>) -> Vec<&'static str> {
    let texts =
        |hours: Option<&BusinessHours>, day| hours.map(|hours| hours.weekly.texts(day).to_vec()).unwrap_or_default();
    Day::ALL.into_iter().filter(|day| texts(before, *day) != texts(after, *day)).map(Day::word).collect()
}

fn exceptions(before: Option<&BusinessHours>, after: Option<&BusinessHours>) -> Value {
    let of = |hours: Option<&'_ BusinessHours>| -> Vec<Exception> {
        hours.map(|hours| hours.exceptions.clone()).unwrap_or_default()
    };
    let (before, after) = (of(before), of(after));
    let differ = |ours: &[Exception], theirs: &[Exception]| -> Vec<String> {
        ours.iter().filter(|one| !theirs.contains(one)).map(|one| one.name.to_string()).collect()
    };
    let names: BTreeSet<String> = differ(&before, &after).into_iter().chain(differ(&after, &before)).collect();
    json!(names)
}
