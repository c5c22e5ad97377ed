//! The filters of `audit log`.

use std::net::IpAddr;

use deskform_apply::AuditEntry;
use deskform_model::{Address, Category};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::args::LogArgs;
use crate::commands::UsageError;
use crate::commands::show::address;

/// Which entries are asked for; all that is given must hold.
#[derive(Debug, Default)]
pub(super) struct Filter {
    resource: Option<Address>,
    actor: Option<String>,
    from_ip: Option<Range>,
    category: Option<Category>,
    event: Option<String>,
    run: Option<Run>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
}

#[derive(Debug, PartialEq, Eq)]
enum Run {
    Serial(u64),
    /// The beginning of a plan id.
    Plan(String),
}

/// A range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    address: IpAddr,
    prefix: u32,
}

impl Filter {
    /// Reads the flags. A time may count back from `now`.
    pub(super) fn of(args: &LogArgs, now: Timestamp) -> Result<Self, UsageError> {
        let LogArgs { resource, actor, from_ip, category, event, run, since, until } = args;
        let time = |flag, text: &Option<String>| text.as_deref().map(|text| time(flag, text, now)).transpose();
        Ok(Self {
            resource: resource.as_deref().map(address).transpose()?,
            actor: actor.clone(),
            from_ip: from_ip.as_deref().map(range).transpose()?,
            category: category.as_deref().map(category_of).transpose()?,
            event: event.clone(),
            run: run.as_deref().map(run_of).transpose()?,
            since: time("--since", since)?,
            until: time("--until", until)?,
        })
    }

    /// True if the entry is asked for.
    pub(super) fn takes(&self, entry: &AuditEntry) -> bool {
        let Self { resource, actor, from_ip, category, event, run, since, until } = self;
        let at = || entry.at.parse::<Timestamp>().ok();
        resource.as_ref().is_none_or(|a| entry.address.as_ref() == Some(a) || entry.from.as_ref() == Some(a))
            && actor.as_ref().is_none_or(|actor| entry.claimed.actor == *actor)
            && from_ip.is_none_or(|range| seen_from(entry).is_some_and(|address| range.holds(address)))
            && category.is_none_or(|c| entry.category == c || entry.events.iter().any(|event| event.category == c))
            && event.as_ref().is_none_or(|name| entry.events.iter().any(|event| event.name == *name))
            && run.as_ref().is_none_or(|run| run.is(entry))
            && since.is_none_or(|since| at().is_some_and(|at| at >= since))
            && until.is_none_or(|until| at().is_some_and(|at| at < until))
    }
}

/// The address that the server saw; where there is no server, the one that the client says.
fn seen_from(entry: &AuditEntry) -> Option<IpAddr> {
    entry.observed.address.as_deref().or(entry.claimed.address.as_deref())?.parse().ok()
}

impl Run {
    fn is(&self, entry: &AuditEntry) -> bool {
        entry.run.is_some_and(|run| match self {
            Self::Serial(serial) => run.serial == *serial,
            Self::Plan(id) => run.plan.to_string().starts_with(id),
        })
    }
}

impl Range {
    fn holds(self, address: IpAddr) -> bool {
        let (own, other, bits) = match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => (u128::from(u32::from(own)), u128::from(u32::from(other)), 32),
            (IpAddr::V6(own), IpAddr::V6(other)) => (u128::from(own), u128::from(other), 128),
            _ => return false,
        };
        let shift = bits - self.prefix;
        shift == 128 || own >> shift == other >> shift
    }
}

fn range(text: &str) -> Result<Range, UsageError> {
    let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
    let read = || {
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Some(most), |prefix| prefix.parse().ok())?;
        (prefix <= most).then_some(Range { address, prefix })
    };
    let rule = "it is no address and no range such as `203.0.113.0/24`";
    read().ok_or_else(|| UsageError::Filter { flag: "--from-ip", text: text.to_owned(), rule })
}

fn category_of(text: &str) -> Result<Category, UsageError> {
    let rule = "a category is one of account, user, application, rule, other";
    let refused = |_| UsageError::Filter { flag: "--category", text: text.to_owned(), rule };
    serde_json::from_value(text.into()).map_err(refused)
}

fn run_of(text: &str) -> Result<Run, UsageError> {
    if let Ok(serial) = text.parse() {
        return Ok(Run::Serial(serial));
    }
    let hex = text.strip_prefix("sha256:").unwrap_or(text);
    if (8..=64).contains(&hex.len()) && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return Ok(Run::Plan(format!("sha256:{hex}")));
    }
    let rule = "a run is a number, or a plan id (at least its first 8 digits)";
    Err(UsageError::Filter { flag: "--run", text: text.to_owned(), rule })
}

fn time(flag: &'static str, text: &str, now: Timestamp) -> Result<Timestamp, UsageError> {
    let at_day = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp());
    let ago = || {
        let span: Span = text.parse().ok()?;
        now.to_zoned(TimeZone::UTC).checked_sub(span.abs()).ok().map(|then| then.timestamp())
    };
    let rule = "it is no time such as `2026-11-01`, `2026-11-01T09:00:00+09:00` or `7d`";
    let found = text.parse::<Timestamp>().ok().or_else(at_day).or_else(ago);
    found.ok_or_else(|| UsageError::Filter { flag, text: text.to_owned(), rule })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_the_addresses_that_share_its_beginning() {
        for (text, address, expected) in [
            ("203.0.113.0/24", "203.0.113.200", true),
            ("203.0.113.0/24", "203.0.114.1", false),
            ("203.0.113.7", "203.0.113.7", true),
            ("0.0.0.0/0", "203.0.113.7", true),
            ("::/0", "2001:db8::1", true),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("::/0", "203.0.113.7", false),
        ] {
            let range = range(text).expect("a range");
            assert_eq!(range.holds(address.parse().expect("an address")), expected, "{text} {address}");
        }
        for text in ["203.0.113.0/33", "x", "1.2.3", "1.2.3.4/x"] {
            assert!(range(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_is_a_moment_a_day_or_a_while_ago() {
        let now: Timestamp = "2026-11-21T10:00:00Z".parse().expect("a time");
        for (text, expected) in [
            ("2026-11-01", "2026-11-01T00:00:00Z"),
            ("2026-11-01T09:00:00+09:00", "2026-11-01T00:00:00Z"),
            ("7d", "2026-11-14T10:00:00Z"),
            ("2h", "2026-11-21T08:00:00Z"),
        ] {
            assert_eq!(time("--since", text, now).expect("a time").to_string(), expected, "{text}");
        }
        assert!(time("--since", "soon", now).is_err());
    }

    #[test]
    fn a_run_is_a_number_or_the_beginning_of_a_plan_id() {
        assert_eq!(run_of("12").expect("a run"), Run::Serial(12));
        assert_eq!(run_of("sha256:0123abcd").expect("a run"), Run::Plan("sha256:0123abcd".to_owned()));
        assert_eq!(run_of("abcdef01").expect("a run"), Run::Plan("sha256:abcdef01".to_owned()));
        assert!(run_of("xyz").is_err());
        assert!(run_of("abc").is_err());
    }
}
