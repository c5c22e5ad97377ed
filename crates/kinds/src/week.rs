//! The arithmetic of a week: days, windows of wall-clock minutes, what they add up to.

use std::fmt;

/// Minutes of a day on the wall clock.
const DAY: u16 = 1440;

/// A day of the week, Monday first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Day {
    /// The days in order.
    pub const ALL: [Self; 7] = [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];

    /// The word for it in manifests: `mon`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
        }
    }

    /// The day of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|day| day.word() == word)
    }

    /// The day after; Monday after Sunday.
    pub const fn next(self) -> Self {
        Self::ALL[(self as usize + 1) % 7]
    }

    /// The days from this one to `last`, both counted, on over Sunday where `last` comes earlier in the week.
    pub fn through(self, last: Self) -> Vec<Self> {
        let mut days = vec![self];
        let mut day = self;
        while day != last {
            day = day.next();
            days.push(day);
        }
        days
    }

    /// The place in a week that starts on Monday, from 0.
    const fn index(self) -> usize {
        self as usize
    }
}

/// A window within one day: from a minute on, up to and without another; `0 <= start < end <= 1440`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    start: u16,
    end: u16,
}

impl Window {
    /// Checks the bounds and makes the window.
    pub fn new(start: u16, end: u16) -> Option<Self> {
        (start < end && end <= DAY).then_some(Self { start, end })
    }

    /// The first minute of the day that is open.
    pub const fn start(self) -> u16 {
        self.start
    }

    /// The minute of the day at which it is closed; 1440 for midnight at the end.
    pub const fn end(self) -> u16 {
        self.end
    }

    /// Its length in minutes.
    pub const fn minutes(self) -> u16 {
        self.end - self.start
    }

    /// True if there is a minute that both hold.
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// `HH:MM-HH:MM`; midnight at the end is `24:00`.
impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { start, end } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", start / 60, start % 60, end / 60, end % 60)
    }
}

/// What `HH:MM-HH:MM`, written for a day, opens: a window of that day and, past midnight, one of the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// The window of the day itself.
    pub today: Window,
    /// The rest, in the day after.
    pub tomorrow: Option<Window>,
}

impl Spread {
    /// Reads `HH:MM-HH:MM`. `00:00` as an end is the midnight that ends the day. `None` if the text is no window: start
    /// and end are equal (but for `00:00-00:00`, the whole day) or no times of a day.
    pub fn read(text: &str) -> Option<Self> {
        let (start, end) = text.split_once('-')?;
        let (start, end) = (minute(start)?, minute(end)?);
        let end = if end == 0 { DAY } else { end };
        if start >= DAY || start == end {
            return None;
        }
        if start < end {
            return Some(Self { today: Window::new(start, end)?, tomorrow: None });
        }
        Some(Self { today: Window::new(start, DAY)?, tomorrow: Window::new(0, end) })
    }
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
    (hour <= 24 && minute < 60 && hour * 60 + minute <= DAY).then_some(hour * 60 + minute)
}

/// The open windows of a week: for each day sorted, apart from each other, touching ones joined.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Week {
    days: [Vec<Window>; 7],
}

impl Week {
    /// Opens a window on a day. What it touches or overlaps becomes one window with it.
    pub fn open(&mut self, day: Day, window: Window) {
        let windows = &mut self.days[day.index()];
        windows.push(window);
        *windows = joined(windows);
    }

    /// The windows of a day.
    pub fn day(&self, day: Day) -> &[Window] {
        &self.days[day.index()]
    }

    /// How many windows there are.
    pub fn windows(&self) -> usize {
        self.days.iter().map(Vec::len).sum()
    }

    /// How many minutes are open in all.
    pub fn minutes(&self) -> u32 {
        self.days.iter().flatten().map(|window| u32::from(window.minutes())).sum()
    }

    /// The windows as minutes from Sunday 00:00, from 0 up to and without 10080, split at each midnight: Zendesk's form.
    pub fn intervals(&self) -> Vec<(u16, u16)> {
        let days = Day::Sun.through(Day::Sat);
        let spread = |(index, day): (u16, Day)| {
            self.day(day).iter().map(move |window| (index * DAY + window.start, index * DAY + window.end))
        };
        (0..).zip(days).flat_map(spread).collect()
    }
}

/// Sorts windows and joins those that touch or overlap.
pub(crate) fn joined(windows: &[Window]) -> Vec<Window> {
    let mut sorted = windows.to_vec();
    sorted.sort_unstable();
    let mut out: Vec<Window> = Vec::with_capacity(sorted.len());
    for window in sorted {
        match out.last_mut() {
            Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
            _ => out.push(window),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn week(days: &[(Day, &str)]) -> Week {
        let mut week = Week::default();
        for (day, text) in days {
            let spread = Spread::read(text).expect("a window");
            week.open(*day, spread.today);
            if let Some(rest) = spread.tomorrow {
                week.open(day.next(), rest);
            }
        }
        week
    }

    #[test]
    fn a_brand_that_is_open_till_midnight_needs_no_split() {
        let all: Vec<_> = Day::ALL.into_iter().map(|day| (day, "11:00-24:00")).collect();
        let expected =
            [(660, 1440), (2100, 2880), (3540, 4320), (4980, 5760), (6420, 7200), (7860, 8640), (9300, 10080)];
        assert_eq!(week(&all).intervals(), expected);
        let zero: Vec<_> = Day::ALL.into_iter().map(|day| (day, "11:00-00:00")).collect();
        assert_eq!(week(&zero), week(&all));
    }

    #[test]
    fn a_window_past_midnight_is_split_into_the_next_day() {
        assert_eq!(week(&[(Day::Fri, "22:00-02:00")]).intervals(), [(8520, 8640), (8640, 8760)]);
        assert_eq!(week(&[(Day::Sat, "22:00-02:00")]).intervals(), [(0, 120), (9960, 10080)]);
        assert_eq!(week(&[(Day::Sun, "22:00-02:00")]).day(Day::Mon), [Window { start: 0, end: 120 }]);
    }

    #[test]
    fn a_lunch_break_is_two_windows() {
        let split = week(&[(Day::Mon, "13:00-17:00"), (Day::Mon, "09:00-12:00")]);
        assert_eq!(split.intervals(), [(1980, 2160), (2220, 2460)]);
        assert_eq!(split.minutes(), 7 * 60);
        let more = Spread::read("11:00-14:00").expect("a window").today;
        assert!(split.day(Day::Mon).iter().all(|window| window.overlaps(more)));
    }

    #[test]
    fn a_whole_day_is_no_empty_one() {
        let day = Some(Spread { today: Window { start: 0, end: 1440 }, tomorrow: None });
        assert_eq!([Spread::read("00:00-00:00"), Spread::read("00:00-24:00")], [day, day]);
        for text in ["09:00-09:00", "24:00-24:00", "24:00-01:00", "09:60-10:00", "25:00-26:00", "9-10", ""] {
            assert_eq!(Spread::read(text), None, "{text}");
        }
    }

    #[test]
    fn days_run_on_over_sunday() {
        assert_eq!(Day::Fri.through(Day::Mon), [Day::Fri, Day::Sat, Day::Sun, Day::Mon]);
        assert_eq!(Day::Sun.through(Day::Sun), [Day::Sun]);
    }

    fn windows() -> impl Strategy<Value = Vec<Window>> {
        let window =
            (0u16..1440, 1u16..=1440).prop_filter_map("start before end", |(start, end)| Window::new(start, end));
        proptest::collection::vec(window, 0..12)
    }

    proptest! {
        #[test]
        fn joining_keeps_every_minute_and_leaves_gaps_between(windows in windows()) {
            let joined = joined(&windows);
            let open = |list: &[Window], minute: u16| list.iter().any(|w| w.start <= minute && minute < w.end);
            for minute in 0..DAY {
                prop_assert_eq!(open(&windows, minute), open(&joined, minute));
            }
            prop_assert!(joined.windows(2).all(|pair| pair[0].end < pair[1].start));
        }

        #[test]
        fn the_order_of_opening_does_not_matter(windows in windows()) {
            let (mut forth, mut back) = (Week::default(), Week::default());
            windows.iter().for_each(|w| forth.open(Day::Wed, *w));
            windows.iter().rev().for_each(|w| back.open(Day::Wed, *w));
            prop_assert_eq!(forth, back);
        }

        #[test]
        fn a_window_reads_as_it_is_written(start in 0u16..1440, end in 1u16..=1440) {
            if let Some(window) = Window::new(start, end) {
                prop_assert_eq!(Spread::read(&window.to_string()), Some(Spread { today: window, tomorrow: None }));
            }
        }

        #[test]
        fn a_split_loses_no_minute(start in 0u16..1440, length in 1u16..1440) {
            let end = (start + length) % 1440;
            let text = format!("{:02}:{:02}-{:02}:{:02}", start / 60, start % 60, end / 60, end % 60);
            prop_assert_eq!(week(&[(Day::Sun, &text)]).minutes(), u32::from(length));
        }
    }
}
