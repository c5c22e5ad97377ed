//! Exceptions that come again: their table, and what is wrong with it.

use deskform_model::{FieldPath, Lowering, Problem};
use jiff::ToSpan as _;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::codes;
use super::spec::Exception;
use crate::words::{choice, is_default, number, present};

/// Days after which an exception that has not held will not: 29 February every sixth year comes within 28 years, over a
/// century without a leap day included.
const LONGEST_WAIT: usize = 30 * 366;

choice!(
    /// How an exception goes with what is open otherwise.
    ExceptionType {
        /// Replaces all that is open on its dates.
        Standard = "standard",
        /// Comes again, and replaces what the week and `standard` say on the days on which it holds.
        Open = "open",
        /// Comes again, and closes what everything else opens.
        Closed = "closed",
    } default Standard
);
choice!(
    /// The period after which something comes again.
    Frequency {
        /// Weeks.
        Weekly = "weekly",
        /// Months.
        Monthly = "monthly",
        /// Years.
        Yearly = "yearly",
    }
);
choice!(
    /// A day of the week.
    Weekday {
        /// Monday.
        Mon = "mon",
        /// Tuesday.
        Tue = "tue",
        /// Wednesday.
        Wed = "wed",
        /// Thursday.
        Thu = "thu",
        /// Friday.
        Fri = "fri",
        /// Saturday.
        Sat = "sat",
        /// Sunday.
        Sun = "sun",
    }
);
number!(
    /// A number of periods.
    Interval, 1..=6
);
number!(
    /// A month of the year.
    Month, 1..=12
);

/// A place counted from 1, or -1 for the last; at most `MOST`. That it is not 0 is checked apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Place<const MOST: i64>(i64);

impl<'de, const MOST: i64> Deserialize<'de> for Place<MOST> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(deserializer)?;
        let last = number.as_i64() == Some(-1) || number.as_f64() == Some(-1.0);
        let place = crate::words::whole(&number).and_then(|number| i64::try_from(number).ok());
        let place = if last { Some(-1) } else { place.filter(|place| *place <= MOST) };
        place.map(Self).ok_or_else(|| serde::de::Error::custom("the number is out of range"))
    }
}

impl<const MOST: i64> JsonSchema for Place<MOST> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Place{MOST}").into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": -1, "maximum": MOST })
    }
}

/// When an exception comes again, within its dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recurrence {
    /// How often: `weekly`, `monthly` or `yearly`.
    pub(crate) frequency: Frequency,
    /// Every how many of these periods, 1 (unless stated) to 6.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(extend("default" = 1))]
    pub(crate) interval: Interval,
    /// In which month, 1 to 12; for `yearly`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Month")]
    pub(crate) by_month: Option<Month>,
    /// On which day of the month, 1 to 31, or -1 for the last; for `monthly` and `yearly`. A month without that day is
    /// skipped.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Place<31>")]
    pub(crate) by_month_day: Option<Place<31>>,
    /// Which one of a weekday in the month, 1 to 4, or -1 for the last; for `monthly` and `yearly`, with one day in
    /// `weekdays`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Place<4>")]
    pub(crate) by_weekday_occurrence: Option<Place<4>>,
    /// On which days of the week, such as `["wed"]`; for `weekly`, and one for `by_weekday_occurrence`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) weekdays: Vec<Weekday>,
}

impl Recurrence {
    /// True if it holds on a date, not looking at the last one; periods are counted from the one that `from` lies in, weeks
    /// from Monday.
    pub(crate) fn holds_on(&self, from: Date, date: Date) -> bool {
        let Self { frequency, interval, by_month, by_month_day, by_weekday_occurrence, weekdays } = self;
        let monday = |date: Date| i32::from(date.weekday().to_monday_zero_offset());
        let years = i32::from(date.year()) - i32::from(from.year());
        let periods = match frequency {
            Frequency::Weekly => ((date - from).get_days() - monday(date) + monday(from)) / 7,
            Frequency::Monthly => 12 * years + i32::from(date.month()) - i32::from(from.month()),
            Frequency::Yearly => years,
        };
        let turn = i64::from(periods).rem_euclid(i64::try_from(interval.get()).unwrap_or(1)) == 0;
        let month = by_month.is_none_or(|month| i8::try_from(month.get()) == Ok(date.month()));
        let (day, last) = (i64::from(date.day()), i64::from(date.days_in_month()));
        let day_fits = by_month_day.is_none_or(|Place(place)| day == if place == -1 { last } else { place });
        let occurrence = |Place(place): Place<4>| if place == -1 { day + 7 > last } else { (day - 1) / 7 + 1 == place };
        let weekday = weekdays.is_empty() || weekdays.iter().any(|weekday| *weekday as i32 == monday(date));
        turn && month && day_fits && by_weekday_occurrence.is_none_or(occurrence) && weekday
    }
}

impl Default for Interval {
    fn default() -> Self {
        Self(1)
    }
}

/// Checks that an exception has the fields of its type, and that it holds at all between its dates.
pub(super) fn fields(
    exception: &Exception,
    dates: Option<(Date, Date)>,
    path: &FieldPath,
    lowering: &mut Lowering<'_>,
) {
    let Exception { name, exception_type, from: _, to: _, open, closed, recurrence } = exception;
    let recurs = *exception_type != ExceptionType::Standard;
    let fields: [(&str, bool, bool, bool); 3] = [
        ("open", *exception_type != ExceptionType::Closed, open.is_some(), open.as_ref().is_some_and(Vec::is_empty)),
        (
            "closed",
            *exception_type == ExceptionType::Closed,
            closed.is_some(),
            closed.as_ref().is_some_and(Vec::is_empty),
        ),
        ("recurrence", recurs, recurrence.is_some(), false),
    ];
    let word = exception_type.word();
    for (field, wanted, there, empty) in fields {
        let problem =
            |message: String, label: String| Problem::error(codes::EXCEPTION_FIELDS, path.key(field), message, label);
        if wanted && !there {
            let message = format!("the exception `{}` has no `{field}`", &**name);
            let label = format!("an exception of the type `{word}` needs it");
            lowering.report(problem(message, label).hint(format!("Add `{field}`.")));
        } else if there && !wanted {
            let message = format!("the exception `{}` has `{field}`", &**name);
            let label = format!("it does not go with the type `{word}`");
            lowering.report(problem(message, label).hint("Take it out, or change `type`."));
        } else if recurs && wanted && empty {
            let message = format!("the exception `{}` changes nothing", &**name);
            let label = format!("`{field}` is empty, and the type is `{word}`");
            lowering.report(problem(message, label).hint("Add a window; `00:00-24:00` is the whole day."));
        }
    }
    let Some(recurrence) = recurrence else { return };
    let path = path.key("recurrence");
    if check(recurrence, &path, lowering)
        && let Some(dates) = dates.filter(|_| recurs)
    {
        never(exception, recurrence, dates, path, lowering);
    }
}

/// A contradiction: field, what is wrong, why, what to do.
type Contradiction = (&'static str, &'static str, &'static str, &'static str);

/// Reports what contradicts itself; true if nothing does.
fn check(recurrence: &Recurrence, path: &FieldPath, lowering: &mut Lowering<'_>) -> bool {
    let found: Vec<Contradiction> =
        month(recurrence).into_iter().chain(zero(recurrence)).chain(day(recurrence)).collect();
    for (field, message, label, hint) in &found {
        let problem = Problem::error(codes::RECURRENCE, path.key(*field), *message, *label);
        lowering.report(problem.hint(*hint));
    }
    found.is_empty()
}

/// Reports an exception that holds on no day between its dates.
fn never(
    exception: &Exception,
    recurrence: &Recurrence,
    (from, to): (Date, Date),
    path: FieldPath,
    lowering: &mut Lowering<'_>,
) {
    let days = from.series(1.day()).take_while(|date| *date <= to).take(LONGEST_WAIT);
    if !days.into_iter().any(|date| recurrence.holds_on(from, date)) {
        let message = format!("the exception `{}` never holds", &*exception.name);
        let label = format!("no day from {from} to {to} is such a day");
        let problem = Problem::error(codes::NEVER_HOLDS, path, message, label);
        lowering.report(problem.hint("Correct its dates, or when it comes again."));
    }
}

fn month(recurrence: &Recurrence) -> Option<Contradiction> {
    let field = "by_month";
    match (recurrence.frequency, recurrence.by_month) {
        (Frequency::Yearly, None) => {
            Some((field, "a yearly exception has no month", "in which month of the year?", "Add `by_month`, 1 to 12."))
        }
        (Frequency::Weekly | Frequency::Monthly, Some(_)) => {
            Some((field, "`by_month` goes with `yearly` alone", "the exception holds in every month", "Take it out."))
        }
        _ => None,
    }
}

fn zero(recurrence: &Recurrence) -> Vec<Contradiction> {
    let hint = "Count from 1, or write -1 for the last.";
    let day = ("by_month_day", "there is no day 0", "counted from 1", hint);
    let occurrence = ("by_weekday_occurrence", "there is no weekday 0", "counted from 1", hint);
    let (day_is, occurrence_is) = (recurrence.by_month_day, recurrence.by_weekday_occurrence);
    let found = [(day_is == Some(Place(0)), day), (occurrence_is == Some(Place(0)), occurrence)];
    found.into_iter().filter(|(zero, _)| *zero).map(|(_, contradiction)| contradiction).collect()
}

/// A week has its weekdays; a month has a day, or a weekday that is counted.
fn day(recurrence: &Recurrence) -> Option<Contradiction> {
    let Recurrence { frequency, by_month_day, by_weekday_occurrence, weekdays, .. } = recurrence;
    let weekly = *frequency == Frequency::Weekly;
    Some(match (by_month_day.is_some(), by_weekday_occurrence.is_some()) {
        (true, _) if weekly => (
            "by_month_day",
            "a day of the month does not go with `weekly`",
            "a week is no month",
            "Use `weekdays` alone.",
        ),
        (false, true) if weekly => {
            let hint = "Use `weekdays` alone.";
            ("by_weekday_occurrence", "a counted weekday does not go with `weekly`", "a week has each day once", hint)
        }
        (false, false) if weekly && weekdays.is_empty() => {
            let hint = "Add `weekdays`, such as `[\"wed\"]`.";
            ("weekdays", "a weekly exception has no day", "on which days of the week?", hint)
        }
        (true, true) => {
            let hint = "Take one of the two out.";
            ("by_weekday_occurrence", "the day is given in two ways", "`by_month_day` is given too", hint)
        }
        (false, false) if !weekly => {
            let label = "neither `by_month_day` nor `by_weekday_occurrence` is given";
            ("by_month_day", "nothing says on which day of the month", label, "Add one of the two.")
        }
        (false, true) if weekdays.len() != 1 => {
            let hint = "Write one day, such as `[\"wed\"]`.";
            ("weekdays", "nothing says which weekday is counted", "exactly one day belongs here", hint)
        }
        (true, false) if !weekdays.is_empty() => {
            ("weekdays", "a day of the month needs no weekday", "`by_month_day` is given", "Take `weekdays` out.")
        }
        _ => return None,
    })
}

impl ExceptionType {
    /// Its word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}
