//! Folds what is written into windows, and says what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{FieldPath, Lowering, Problem, ResourceName};
use jiff::civil::Date;

use super::codes;
use super::recurrence::{self, ExceptionType};
use super::spec::{Exception, WeekTable, WindowText, ZoneText};
use crate::week::{Day, Spread, Week, Window, joined};
use crate::zones::{self, Zone};

/// Amazon Connect takes at most this many windows a week.
const MOST_WINDOWS: usize = 100;
/// Amazon Connect takes at most this many exceptions, and the number cannot be raised.
const MOST_EXCEPTIONS: usize = 50;
/// Amazon Connect links hours to at most this many parents.
const MOST_PARENTS: usize = 3;
/// Zendesk's admin centre takes windows of at least an hour.
const SHORTEST: u16 = 60;
/// Zendesk's admin centre takes times on this grid.
const GRID: u16 = 15;
/// The minute that people write who mean the end of the day.
const LAST_MINUTE: u16 = 23 * 60 + 59;

/// Checks the name of the zone.
pub(super) fn zone(name: &ZoneText, lowering: &mut Lowering<'_>) {
    let path = FieldPath::keys(["time_zone"]);
    let unknown = || {
        let message = format!("there is no time zone `{}`", &**name);
        Problem::error(codes::UNKNOWN_ZONE, path.clone(), message, "not in the IANA database")
    };
    match zones::zone(name) {
        Zone::Known => {}
        Zone::Cased(right) => {
            let message = format!("the time zone `{}` is written `{right}`", &**name);
            let problem = Problem::error(codes::ZONE_CASE, path, message, "upper and lower case differ");
            return lowering.report(problem.hint(format!("Write `{right}`.")));
        }
        Zone::Friendly(right) => {
            let problem = Problem { label: "a name that Zendesk shows, no IANA name".to_owned(), ..unknown() };
            return lowering.report(problem.hint(format!("Write `{right}`.")));
        }
        Zone::Near(right) => return lowering.report(unknown().hint(format!("Did you mean `{right}`?"))),
        Zone::Unknown => return lowering.report(unknown().hint("Write an IANA name such as `Asia/Tokyo`.")),
    }
    if let Some(place) = zones::posix(name) {
        let message = format!("the time zone `{}` names no place", &**name);
        let problem = Problem::warning(codes::POSIX_ZONE, path, message, "may not follow what the place does");
        lowering.report(problem.hint(format!("Write `{place}` if that is where the desk is.")));
    }
}

/// A window of a day, and where it is written.
#[derive(Clone, Copy)]
struct Placed<'a> {
    window: Window,
    key: &'a str,
    index: usize,
    text: &'a str,
}

impl Placed<'_> {
    fn path(&self) -> FieldPath {
        FieldPath::keys(["weekly", self.key]).index(self.index)
    }

    /// Where it is written, as something that can be sorted and compared.
    fn place(&self) -> (&str, usize) {
        (self.key, self.index)
    }
}

/// Spreads the week over its days and checks it.
pub(super) fn week(table: &WeekTable, lowering: &mut Lowering<'_>) -> Week {
    let owners = owners(table, lowering);
    let mut placed: BTreeMap<Day, Vec<Placed<'_>>> = BTreeMap::new();
    for (key, windows) in &table.0 {
        let days: Vec<Day> = key.days().into_iter().filter(|day| owners.get(day) == Some(&&**key)).collect();
        for (index, text) in windows.iter().enumerate() {
            let path = FieldPath::keys(["weekly", key]).index(index);
            let Some(spread) = spread(text, &path, lowering) else { continue };
            for day in &days {
                let at = |window| Placed { window, key, index, text };
                placed.entry(*day).or_default().push(at(spread.today));
                if let Some(rest) = spread.tomorrow {
                    placed.entry(day.next()).or_default().push(at(rest));
                }
            }
        }
    }
    overlaps(&mut placed, lowering);
    let mut week = Week::default();
    for (day, windows) in &placed {
        windows.iter().for_each(|placed| week.open(*day, placed.window));
    }
    grid(&week, &placed, lowering);
    amount(&week, !table.0.values().all(Vec::is_empty), lowering);
    week
}

/// The key that speaks for each day; the first, where several do.
fn owners<'a>(table: &'a WeekTable, lowering: &mut Lowering<'_>) -> BTreeMap<Day, &'a str> {
    let mut owners: BTreeMap<Day, &str> = BTreeMap::new();
    for key in table.0.keys() {
        let path = FieldPath::keys(["weekly", key]);
        if key.split_once('-').is_some_and(|(first, last)| first == last) {
            let message = format!("the range `{}` starts and ends on the same day", &**key);
            let problem = Problem::error(codes::RANGE_OF_ONE, path.clone(), message, "one day, or all seven?");
            lowering.report(problem.hint("Write the day alone, or `mon-sun` for the whole week."));
        }
        let mut twice: BTreeMap<&str, Vec<Day>> = BTreeMap::new();
        for day in key.days() {
            match owners.get(&day) {
                Some(other) => twice.entry(other).or_default().push(day),
                None => drop(owners.insert(day, key)),
            }
        }
        for (other, days) in twice {
            let verb = if days.len() == 1 { "is" } else { "are" };
            let message = format!("{} {verb} given twice, by `{other}` and by `{}`", listed(&days), &**key);
            let problem = Problem::error(codes::DAY_TWICE, path.clone(), message, "each day stands exactly once");
            lowering.report(problem.hint("Take the day out of one of the two."));
        }
    }
    let missing: Vec<Day> = Day::ALL.into_iter().filter(|day| !owners.contains_key(day)).collect();
    if !missing.is_empty() {
        let message = format!("the week says nothing about {}", listed(&missing));
        let path = FieldPath::keys(["weekly"]);
        let problem = Problem::error(codes::DAY_MISSING, path, message, "each day stands exactly once");
        lowering.report(problem.hint("Give the day its windows, or `[]` if it is closed."));
    }
    owners
}

fn listed(days: &[Day]) -> String {
    let words: Vec<String> = days.iter().map(|day| format!("`{}`", day.word())).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// Reads one window and checks what can be seen in it alone.
fn spread(text: &WindowText, path: &FieldPath, lowering: &mut Lowering<'_>) -> Option<Spread> {
    let Some(spread) = Spread::read(text) else {
        let message = format!("the window `{}` starts and ends at the same time", &**text);
        let problem = Problem::error(codes::EMPTY_WINDOW, path.clone(), message, "open for no minute, or for all?");
        lowering.report(problem.hint("Write `00:00-24:00` for the whole day, or leave the window out."));
        return None;
    };
    let end = spread.tomorrow.unwrap_or(spread.today).end();
    if end == LAST_MINUTE {
        let message = format!("the window `{}` leaves the last minute of the day closed", &**text);
        let problem = Problem::warning(codes::LAST_MINUTE, path.clone(), message, "ends a minute before midnight");
        lowering.report(problem.hint("Write `24:00` if the window ends at midnight."));
    }
    Some(spread)
}

/// Reports every two places whose windows overlap on some day, once, and sorts the windows of each day. Of so many windows
/// that no week may have them, not every two are reported.
fn overlaps(placed: &mut BTreeMap<Day, Vec<Placed<'_>>>, lowering: &mut Lowering<'_>) {
    let mut seen = BTreeSet::new();
    for windows in placed.values_mut() {
        windows.sort_by_key(|placed| placed.window);
        for (index, later) in windows.iter().enumerate() {
            for earlier in windows.iter().take(index).filter(|earlier| earlier.window.overlaps(later.window)) {
                let (first, second) = if earlier.place() < later.place() { (earlier, later) } else { (later, earlier) };
                if seen.len() > MOST_WINDOWS {
                    return;
                }
                if seen.insert((first.path(), second.path())) {
                    lowering.report(overlap(first, second));
                }
            }
        }
    }
}

fn overlap(first: &Placed<'_>, second: &Placed<'_>) -> Problem {
    let of = if first.key == second.key { String::new() } else { format!(" of `{}`", first.key) };
    let message = format!("the window `{}` overlaps `{}`{of}", second.text, first.text);
    Problem::error(codes::OVERLAP, second.path(), message, "the same minutes are opened twice")
        .hint("Make one window of the two, or let the second start where the first ends.")
}

/// Reports windows that Zendesk's admin centre does not take, each place once.
fn grid(week: &Week, placed: &BTreeMap<Day, Vec<Placed<'_>>>, lowering: &mut Lowering<'_>) {
    let mut seen = BTreeSet::new();
    for (day, windows) in placed {
        for placed in windows {
            let joined = week.day(*day).iter().find(|window| window.start() == placed.window.start());
            let Some(label) = joined.and_then(|window| off_grid(*window)) else { continue };
            if seen.insert(placed.path()) {
                let message = format!("Zendesk's admin centre does not take the window `{}`", placed.text);
                let problem = Problem::warning(codes::GRID, placed.path(), message, label);
                lowering.report(problem.hint("Use windows of at least an hour, on the quarters of an hour."));
            }
        }
    }
}

fn off_grid(window: Window) -> Option<&'static str> {
    let off = |minute: u16| !minute.is_multiple_of(GRID) && minute != LAST_MINUTE;
    if window.minutes() < SHORTEST {
        Some("shorter than an hour within its day")
    } else if off(window.start()) || off(window.end()) {
        Some("off the quarters of an hour")
    } else {
        None
    }
}

/// Reports a week of too many windows, and one of none (unless its windows are wrong, which is reported already).
fn amount(week: &Week, written: bool, lowering: &mut Lowering<'_>) {
    let path = FieldPath::keys(["weekly"]);
    if week.windows() > MOST_WINDOWS {
        let message = format!("the week has {} windows", week.windows());
        let label = format!("Amazon Connect takes at most {MOST_WINDOWS}");
        lowering.report(Problem::error(codes::TOO_MANY_WINDOWS, path, message, label));
    } else if week.windows() == 0 && !written {
        let problem = Problem::warning(codes::ALWAYS_CLOSED, path, "the week is always closed", "no window at all");
        lowering.report(problem.hint("Give at least one day a window."));
    }
}

/// Checks how many parents there are.
pub(super) fn parents(list: &[ResourceName], lowering: &mut Lowering<'_>) {
    let distinct: BTreeSet<&ResourceName> = list.iter().collect();
    if distinct.len() > MOST_PARENTS {
        let message = format!("there are {} parents", distinct.len());
        let label = format!("Amazon Connect takes at most {MOST_PARENTS}");
        let problem = Problem::error(codes::TOO_MANY_PARENTS, FieldPath::keys(["parents"]), message, label);
        lowering.report(problem.hint("Gather the exceptions in fewer hours."));
    }
}

/// Folds the windows of the exceptions and checks them.
pub(super) fn exceptions(list: &[Exception], lowering: &mut Lowering<'_>) -> Vec<Exception> {
    let root = FieldPath::keys(["exceptions"]);
    if list.len() > MOST_EXCEPTIONS {
        let message = format!("there are {} exceptions", list.len());
        let label = format!("Amazon Connect takes at most {MOST_EXCEPTIONS}");
        lowering.report(Problem::error(codes::TOO_MANY_EXCEPTIONS, root.clone(), message, label));
    }
    names(list, &root, lowering);
    let mut spans = Vec::new();
    let mut folded = Vec::new();
    for (index, exception) in list.iter().enumerate() {
        let path = root.index(index);
        let dates = dates(exception, &path, lowering);
        let standard = exception.exception_type == ExceptionType::Standard;
        spans.extend(dates.filter(|_| standard).map(|(from, to)| (from, to, index)));
        recurrence::fields(exception, dates, &path, lowering);
        let mut windows =
            |list: &Option<Vec<WindowText>>, field| list.as_ref().map(|list| windows(list, &path.key(field), lowering));
        let (open, closed) = (windows(&exception.open, "open"), windows(&exception.closed, "closed"));
        folded.push(Exception { open, closed, ..exception.clone() });
    }
    shared_dates(list, spans, &root, lowering);
    folded
}

fn names(list: &[Exception], root: &FieldPath, lowering: &mut Lowering<'_>) {
    let mut seen = BTreeSet::new();
    for (index, exception) in list.iter().enumerate() {
        if !seen.insert(&exception.name) {
            let message = format!("there are two exceptions `{}`", &*exception.name);
            let path = root.index(index).key("name");
            let problem = Problem::error(codes::EXCEPTION_TWICE, path, message, "the name is taken");
            lowering.report(problem.hint("Give each exception a name of its own, for example with its year."));
        }
    }
}

/// The first and the last date, if they are a range of the calendar.
fn dates(exception: &Exception, path: &FieldPath, lowering: &mut Lowering<'_>) -> Option<(Date, Date)> {
    let ends = [("from", &exception.from), ("to", &exception.to)].map(|(key, text)| {
        let date = text.date();
        if date.is_none() {
            let message = format!("there is no date `{}`", &**text);
            lowering.report(Problem::error(codes::NO_SUCH_DATE, path.key(key), message, "the month has no such day"));
        }
        date
    });
    let [Some(from), Some(to)] = ends else { return None };
    if from > to {
        let message = format!("the exception `{}` ends before it starts", &*exception.name);
        let label = format!("`from` is {from}");
        let problem = Problem::error(codes::FROM_AFTER_TO, path.key("to"), message, label);
        lowering.report(problem.hint("Exchange the dates, or correct the year."));
        return None;
    }
    Some((from, to))
}

/// Folds the windows of one exception.
fn windows(list: &[WindowText], path: &FieldPath, lowering: &mut Lowering<'_>) -> Vec<WindowText> {
    let mut windows: Vec<(Window, &str)> = Vec::new();
    for (index, text) in list.iter().enumerate() {
        let place = path.index(index);
        let Some(spread) = spread(text, &place, lowering) else { continue };
        if spread.tomorrow.is_some() {
            let message = format!("the window `{}` of an exception runs past midnight", &**text);
            let problem = Problem::error(codes::PAST_MIDNIGHT, place, message, "the next day is not an exception's");
            lowering.report(problem.hint("End it at `24:00`, and give the next day an exception with the rest."));
            continue;
        }
        if let Some((_, other)) = windows.iter().find(|(window, _)| window.overlaps(spread.today)) {
            let message = format!("the window `{}` overlaps `{other}`", &**text);
            let problem = Problem::error(codes::OVERLAP, place, message, "the same minutes are opened twice");
            let hint = "Make one window of the two, or let the second start where the first ends.";
            lowering.report(problem.hint(hint));
        }
        windows.push((spread.today, text));
    }
    let windows: Vec<Window> = windows.into_iter().map(|(window, _)| window).collect();
    joined(&windows).into_iter().map(WindowText::from).collect()
}

/// Reports exceptions that hold on a date on which one before them holds.
fn shared_dates(
    list: &[Exception],
    mut spans: Vec<(Date, Date, usize)>,
    root: &FieldPath,
    lowering: &mut Lowering<'_>,
) {
    spans.sort_unstable();
    let mut latest: Option<(Date, usize)> = None;
    for (from, to, index) in spans {
        if let Some((end, other)) = latest.filter(|(end, _)| from <= *end) {
            let message = format!("the exceptions `{}` and `{}` share dates", &*list[other].name, &*list[index].name);
            let label = format!("both hold on {from}");
            let problem = Problem::error(codes::EXCEPTIONS_OVERLAP, root.index(index).key("from"), message, label);
            lowering.report(problem.hint("Part them, so that each date has one exception."));
            latest = Some(if end < to { (to, index) } else { (end, other) });
        } else {
            latest = Some((to, index));
        }
    }
}
