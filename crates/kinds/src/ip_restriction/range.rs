//! Ranges of IPv4 addresses in the forms that Zendesk takes: an address, a prefix, whole octets as `*`.

use std::fmt;

/// A range of IPv4 addresses: for each of the four octets, the first and the last value.
///
/// Every form is such a box: a prefix leaves a part of one octet and the whole of those behind it open, a `*` the whole of
/// one octet, wherever it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct IpRange([(u8, u8); 4]);

/// Why a text is no range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Several ranges in one text.
    Several,
    /// An address of IPv6.
    Version6,
    /// A first and a last address.
    Span,
    /// The prefix `/0`.
    Everybody,
    /// A prefix above 32, or no number.
    Prefix,
    /// A prefix behind a `*`.
    StarAndPrefix,
    /// Not four octets.
    Octets,
    /// An octet that is neither 0 to 255 nor `*`.
    Octet,
}

const ALL: (u8, u8) = (0, u8::MAX);

impl IpRange {
    /// Reads `203.0.113.7`, `203.0.113.0/24` or `203.0.*.*`. Bits behind a prefix are cleared.
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(text).ok()
    }

    /// As [`IpRange::parse`], with the reason.
    pub(super) fn read(text: &str) -> Result<Self, Fault> {
        if text.contains([',', ';', ' ', '\u{3000}', '\t', '\n']) {
            return Err(Fault::Several);
        }
        if text.contains(':') {
            return Err(Fault::Version6);
        }
        if text.contains('-') {
            return Err(Fault::Span);
        }
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let octets: Vec<(u8, u8)> = address.split('.').map(octet).collect::<Option<_>>().ok_or(Fault::Octet)?;
        let octets: [(u8, u8); 4] = octets.try_into().map_err(|_| Fault::Octets)?;
        let Some(prefix) = prefix else { return Ok(Self(octets)) };
        let prefix = number(prefix, 32).ok_or(Fault::Prefix)?;
        match prefix {
            0 => Err(Fault::Everybody),
            _ if octets.contains(&ALL) => Err(Fault::StarAndPrefix),
            prefix => Ok(Self::network(octets.map(|(first, _)| first), prefix)),
        }
    }

    fn network(octets: [u8; 4], prefix: u8) -> Self {
        let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or_default();
        let first = u32::from_be_bytes(octets) & mask;
        let (first, last) = (first.to_be_bytes(), (first | !mask).to_be_bytes());
        Self(std::array::from_fn(|index| (first[index], last[index])))
    }

    /// True if every address of `net` lies in this range.
    pub fn contains_net(&self, net: &Self) -> bool {
        self.0.iter().zip(&net.0).all(|((first, last), (low, high))| first <= low && high <= last)
    }

    /// True if some address lies in both.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|((first, last), (low, high))| first <= high && low <= last)
    }

    /// True if every IPv4 address lies in it.
    pub fn is_everything(&self) -> bool {
        self.0 == [ALL; 4]
    }

    /// The prefix, if the range is a network.
    fn prefix(&self) -> Option<u32> {
        let Self(octets) = self;
        let first = u32::from_be_bytes(octets.map(|(first, _)| first));
        let last = u32::from_be_bytes(octets.map(|(_, last)| last));
        let prefix = (first ^ last).leading_zeros();
        let host = u32::MAX.checked_shr(prefix).unwrap_or_default();
        (first & host == 0 && last & host == host).then_some(prefix)
    }

    /// What is left of this range without another: boxes that do not overlap.
    fn without(self, other: &Self) -> Vec<Self> {
        if !self.overlaps(other) {
            return vec![self];
        }
        let mut left = Vec::new();
        let mut core = self;
        for index in 0..4 {
            let ((first, last), (low, high)) = (core.0[index], other.0[index]);
            if let Some(below) = low.checked_sub(1).filter(|_| first < low) {
                left.push(core.with(index, (first, below)));
            }
            if let Some(above) = high.checked_add(1).filter(|_| high < last) {
                left.push(core.with(index, (above, last)));
            }
            core = core.with(index, (first.max(low), last.min(high)));
        }
        left
    }

    fn with(mut self, index: usize, octet: (u8, u8)) -> Self {
        self.0[index] = octet;
        self
    }
}

/// True if every address of `net` lies in one of the ranges, or a part of it in one and the rest in others.
pub(super) fn covers(ranges: &[IpRange], net: &IpRange) -> bool {
    let mut left = vec![*net];
    for range in ranges {
        left = left.into_iter().flat_map(|part| part.without(range)).collect();
    }
    left.is_empty()
}

fn octet(text: &str) -> Option<(u8, u8)> {
    if text == "*" {
        return Some(ALL);
    }
    let value = number(text, u8::MAX)?;
    Some((value, value))
}

/// A number as it is usually written: no sign and no zero in front, which some programs read as octal.
fn number(text: &str, most: u8) -> Option<u8> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|value| plain && *value <= most)
}

/// The one spelling that is kept: an address, else a prefix, else octets with `*`.
impl fmt::Display for IpRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.0.map(|(first, _)| first);
        match self.prefix() {
            Some(32) => write!(f, "{a}.{b}.{c}.{d}"),
            Some(prefix) if prefix > 0 => write!(f, "{a}.{b}.{c}.{d}/{prefix}"),
            _ => {
                let octet = |(first, last): (u8, u8)| if first == last { first.to_string() } else { "*".to_owned() };
                f.write_str(&self.0.map(octet).join("."))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> IpRange {
        IpRange::parse(text).unwrap_or_else(|| panic!("{text} is a range"))
    }

    #[test]
    fn a_range_has_one_spelling() {
        for (text, spelling) in [
            ("203.0.113.7", "203.0.113.7"),
            ("203.0.113.7/32", "203.0.113.7"),
            ("192.*.*.*", "192.0.0.0/8"),
            ("192.168.1.*", "192.168.1.0/24"),
            ("192.168.1.200/25", "192.168.1.128/25"),
            ("128.0.0.0/1", "128.0.0.0/1"),
            ("10.*.5.*", "10.*.5.*"),
            ("*.*.*.*", "*.*.*.*"),
            ("0.0.0.0", "0.0.0.0"),
        ] {
            assert_eq!(range(text).to_string(), spelling, "{text}");
            assert_eq!(range(spelling), range(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_range_says_why() {
        for (text, fault) in [
            ("10.0.0.0/0", Fault::Everybody),
            ("300.1.1.1", Fault::Octet),
            ("192.1*.0.1", Fault::Octet),
            ("010.0.0.1", Fault::Octet),
            ("+1.0.0.1", Fault::Octet),
            ("", Fault::Octet),
            ("10.0.0", Fault::Octets),
            ("10.0.0.1,10.0.0.2", Fault::Several),
            ("10.0.0.1 10.0.0.2", Fault::Several),
            ("10.0.0.1-10.0.0.9", Fault::Span),
            ("2001:db8::/32", Fault::Version6),
            ("10.0.0.0/33", Fault::Prefix),
            ("10.0.0.0/", Fault::Prefix),
            ("10.0.*.*/16", Fault::StarAndPrefix),
        ] {
            assert_eq!(IpRange::read(text), Err(fault), "{text}");
        }
    }

    #[test]
    fn a_range_contains_what_lies_in_it_as_a_whole() {
        let half = range("192.168.1.0/25");
        assert!(half.contains_net(&range("192.168.1.127")) && !half.contains_net(&range("192.168.1.128")));
        assert!(half.contains_net(&range("192.168.1.64/26")) && !half.contains_net(&range("192.168.1.0/24")));
        assert!(range("10.*.5.*").contains_net(&range("10.200.5.0/24")));
    }

    #[test]
    fn several_ranges_may_cover_what_none_of_them_contains() {
        let halves = [range("10.0.0.0/25"), range("10.0.0.128/25")];
        assert!(covers(&halves, &range("10.0.0.0/24")));
        assert!(!covers(&halves, &range("10.0.0.0/23")));
        assert!(!covers(&halves[..1], &range("10.0.0.0/24")));
        assert!(!covers(&[], &range("10.0.0.1")));
        assert!(covers(&[range("0.0.0.0/1"), range("128.0.0.0/1")], &range("*.*.*.*")));
    }
}
