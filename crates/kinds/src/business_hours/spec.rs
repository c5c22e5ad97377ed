//! The table as written and the content as stored.

use std::collections::BTreeMap;

use deskform_model::ResourceName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::recurrence::{ExceptionType, Recurrence};
use crate::week::{Day, Spread, Week, Window};
use crate::words::{DateText, Description, DisplayName, Label, is_default, present, text};

text!(
    /// The name of a time zone; whether there is one of that name is checked apart, so that a near one can be named.
    ZoneText, "^[^\\u0000-\\u001F\\u007F-\\u009F \\u3000](?:[^\\u0000-\\u001F\\u007F-\\u009F]*[^\\u0000-\\u001F\\u007F-\\u009F \\u3000])?$",
    1..=64, "an IANA name such as Asia/Tokyo"
);
text!(
    /// A window of a day.
    WindowText, "^(?:[01][0-9]|2[0-3]):[0-5][0-9]-(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
    11..=11, "a window such as 09:00-17:00, with two digits each; 24:00 is legal as an end"
);
text!(
    /// A day, or a range of days.
    DayRange, "^(?:mon|tue|wed|thu|fri|sat|sun)(?:-(?:mon|tue|wed|thu|fri|sat|sun))?$",
    3..=7, "a day such as mon, or a range such as mon-fri"
);

/// When a brand is open: the windows of each day of the week in the local time of a zone, and exceptions by date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "business_hours")]
pub(crate) struct Manifest {
    /// The name for people. Without it the resource is called by its address.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DisplayName")]
    pub(crate) display_name: Option<DisplayName>,
    /// What these hours are for, at most 250 characters (Amazon Connect).
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Description")]
    pub(crate) description: Option<Description>,
    /// The IANA name of the time zone, such as `Asia/Tokyo`. Windows are wall-clock time there: daylight saving moves
    /// them by itself.
    pub(crate) time_zone: ZoneText,
    /// The open windows of every day of the week. Each day stands exactly once, alone or in a range; `[]` says closed.
    pub(crate) weekly: WeekTable,
    /// Dates on which other windows hold. An exception replaces everything that is open on its dates, also what runs on
    /// from the day before. At most 50; no two that do not come again hold on the same date.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = { "keyed": "name" }))]
    pub(crate) exceptions: Vec<Exception>,
    /// Other hours whose exceptions hold here too: names of `business_hours`, at most three, which have no parents
    /// themselves. They do not count among the 50.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) parents: Vec<ResourceName>,
}

/// What is stored: as [`Manifest`], the days spread out and the windows split, sorted and joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BusinessHours {
    /// The name for people.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DisplayName")]
    pub(crate) display_name: Option<DisplayName>,
    /// What these hours are for.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Description")]
    pub(crate) description: Option<Description>,
    /// The IANA name of the time zone, as written.
    pub(crate) time_zone: ZoneText,
    /// The windows of all seven days.
    pub(crate) weekly: Days,
    /// Dates on which other windows hold, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = { "keyed": "name" }))]
    pub(crate) exceptions: Vec<Exception>,
    /// Other hours whose exceptions hold here too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) parents: Vec<ResourceName>,
}

/// Dates on which other windows hold than the week says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exception {
    /// What it is, such as `年始休業`; unique among the exceptions of these hours.
    pub(crate) name: Label,
    /// How it goes with what is open otherwise: `standard` (unless stated) replaces it on each of the dates; `open` and
    /// `closed` come again, see `recurrence`. Where several hold, `closed` wins over `open`, `open` over `standard`.
    #[serde(default, rename = "type", skip_serializing_if = "is_default")]
    #[schemars(extend("default" = "standard"))]
    pub(crate) exception_type: ExceptionType,
    /// The first date, such as `2027-01-01`.
    pub(crate) from: DateText,
    /// The last date, which still counts. The same as `from` for a single day.
    pub(crate) to: DateText,
    /// The windows that are open on each of the dates; `[]` says closed. None may run past midnight. Not for the type
    /// `closed`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<WindowText>", extend("x-deskform-list" = "ordered"))]
    pub(crate) open: Option<Vec<WindowText>>,
    /// The windows that are closed, for the type `closed`: `["00:00-24:00"]` is the whole day. What lies outside of them
    /// stays as it is otherwise.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<WindowText>", extend("x-deskform-list" = "ordered"))]
    pub(crate) closed: Option<Vec<WindowText>>,
    /// When it comes again between `from` and `to`, for the types `open` and `closed`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Recurrence")]
    pub(crate) recurrence: Option<Recurrence>,
}

/// A week as people write it: a key is a day or a range of days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct WeekTable(pub(crate) BTreeMap<DayRange, Vec<WindowText>>);

impl JsonSchema for WeekTable {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "WeekTable".into()
    }

    /// Names the usual keys besides the pattern, because an editor can only complete names. They say nothing but what
    /// they mean: the pattern holds for them too, and a window that is wrong is wrong once.
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let describe = |of: &str| {
            format!(
                "The open windows of {of}, such as [\"09:00-12:00\", \"13:00-17:00\"]; [] says closed. A window past \
                 midnight, such as \"22:00-02:00\", runs on into the next day."
            )
        };
        let days = Day::ALL.map(|day| (day.word(), format!("`{}`", day.word())));
        let ranges = ["mon-fri", "sat-sun", "mon-sun"].map(|range| (range, format!("each day of `{range}`")));
        let named = days.into_iter().chain(ranges);
        let named: serde_json::Map<_, _> =
            named.map(|(key, of)| (key.to_owned(), json!({ "description": describe(&of) }))).collect();
        let key = DayRange::json_schema(generator);
        let pattern = key.get("pattern").and_then(|pattern| pattern.as_str()).unwrap_or_default();
        schemars::json_schema!({
            "type": "object",
            "properties": named,
            "patternProperties": { pattern: {
                "type": "array",
                "items": generator.subschema_for::<WindowText>(),
                "x-deskform-list": "ordered",
                "description": describe("each day of the range"),
            } },
            "additionalProperties": false,
        })
    }
}

/// A week as it is stored: all seven days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Days {
    /// Monday's windows.
    #[schemars(extend("x-deskform-list" = "ordered"))]
    mon: Vec<WindowText>,
    /// Tuesday's windows.
    #[schemars(extend("x-deskform-list" = "ordered"))]
    tue: Vec<WindowText>,
    /// Wednesday's windows.
    #[schemars(extend("x-deskform-list" = "ordered"))]
    wed: Vec<WindowText>,
    /// Thursday's windows.
    #[schemars(extend("x-deskform-list" = "ordered"))]
    thu: Vec<WindowText>,
    /// Friday's windows.
    #[schemars(extend("x-deskform-list" = "ordered"))]
    fri: Vec<WindowText>,
    /// Saturday's windows.
    #[schemars(extend("x-deskform-list" = "ordered"))]
    sat: Vec<WindowText>,
    /// Sunday's windows.
    #[schemars(extend("x-deskform-list" = "ordered"))]
    sun: Vec<WindowText>,
}

impl DayRange {
    /// The days that it names.
    pub(crate) fn days(&self) -> Vec<Day> {
        let (first, last) = self.split_once('-').unwrap_or((self, self));
        match (Day::from_word(first), Day::from_word(last)) {
            (Some(first), Some(last)) => first.through(last),
            _ => Vec::new(),
        }
    }

    fn of(first: Day, last: Day) -> Self {
        Self(if first == last { first.word().to_owned() } else { format!("{}-{}", first.word(), last.word()) })
    }
}

impl From<Window> for WindowText {
    fn from(window: Window) -> Self {
        Self(window.to_string())
    }
}

impl BusinessHours {
    /// True if a binary that knows neither parents nor exceptions that come again would lose something.
    pub(crate) fn needs_second_format(&self) -> bool {
        let comes_again = |exception: &Exception| {
            let Exception { name: _, exception_type, from: _, to: _, open, closed, recurrence } = exception;
            *exception_type != ExceptionType::Standard || open.is_none() || closed.is_some() || recurrence.is_some()
        };
        !self.parents.is_empty() || self.exceptions.iter().any(comes_again)
    }
}

impl From<&Week> for Days {
    fn from(week: &Week) -> Self {
        let texts = |day| week.day(day).iter().copied().map(WindowText::from).collect();
        let [mon, tue, wed, thu, fri, sat, sun] = Day::ALL.map(texts);
        Self { mon, tue, wed, thu, fri, sat, sun }
    }
}

impl Days {
    /// The texts of a day.
    pub(crate) fn texts(&self, day: Day) -> &[WindowText] {
        match day {
            Day::Mon => &self.mon,
            Day::Tue => &self.tue,
            Day::Wed => &self.wed,
            Day::Thu => &self.thu,
            Day::Fri => &self.fri,
            Day::Sat => &self.sat,
            Day::Sun => &self.sun,
        }
    }

    /// The windows. A stored document that somebody else wrote may hold windows past midnight: they run on.
    pub(crate) fn week(&self) -> Week {
        let mut week = Week::default();
        for day in Day::ALL {
            for spread in self.texts(day).iter().filter_map(|text| Spread::read(text)) {
                week.open(day, spread.today);
                if let Some(rest) = spread.tomorrow {
                    week.open(day.next(), rest);
                }
            }
        }
        week
    }

    /// As people write it: a run of days with the same windows is one range.
    pub(crate) fn folded(&self) -> WeekTable {
        let mut runs: Vec<(Day, Day)> = Vec::new();
        for day in Day::ALL {
            match runs.last_mut() {
                Some((first, last)) if self.texts(*first) == self.texts(day) => *last = day,
                _ => runs.push((day, day)),
            }
        }
        let entry = |(first, last)| (DayRange::of(first, last), self.texts(first).to_vec());
        WeekTable(runs.into_iter().map(entry).collect())
    }
}
