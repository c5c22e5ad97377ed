//! The table as written and the content as stored.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::range::IpRange;
use crate::words::{Description, DisplayName, is_no, one_line, present, text};

macro_rules! octet {
    () => {
        "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
    };
}

text!(
    /// A range of IPv4 addresses.
    RangeText,
    concat!(
        "^(?:(?:", octet!(), "\\.){3}", octet!(), "/(?:3[0-2]|[12][0-9]|[1-9])",
        "|(?:(?:", octet!(), "|\\*)\\.){3}(?:", octet!(), "|\\*))$"
    ),
    7..=18, "an IPv4 address such as 203.0.113.7, a range such as 203.0.113.0/24, or whole octets as `*`: 203.0.113.*"
);
text!(
    /// The name of a range.
    RangeName, one_line!(), 1..=127, "1 to 127 characters on one line, without spaces at the ends"; key one_line!("{0,125}")
);

/// From where people may sign in to Zendesk. It holds for all of an account: whoever comes from elsewhere is turned away,
/// every program that calls the API included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ip_restriction")]
pub(crate) struct Manifest {
    /// The name for people, in any language. Without it the restriction is called by its address.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DisplayName")]
    pub(crate) display_name: Option<DisplayName>,
    /// What the restriction is for, at most 250 characters.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Description")]
    pub(crate) description: Option<Description>,
    /// Whether it is in force. Of all restrictions at most one is.
    pub(crate) enabled: bool,
    /// Whether customers may come from anywhere. Agents and admins never may.
    #[serde(default, skip_serializing_if = "is_no")]
    #[schemars(extend("default" = false))]
    pub(crate) customers_exempt: bool,
    /// The ranges of IPv4 addresses, each under a name that tells a reviewer what it is: `"本社" = "203.0.113.0/24"`, or a
    /// list. A range is one address, a prefix from /1 to /32, or has whole octets as `*`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) ranges: BTreeMap<RangeName, Tokens>,
}

/// What is stored: as [`Manifest`], every range a set in the one spelling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IpRestriction {
    /// The name for people.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DisplayName")]
    pub(crate) display_name: Option<DisplayName>,
    /// What the restriction is for.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Description")]
    pub(crate) description: Option<Description>,
    /// Whether it is in force.
    pub(crate) enabled: bool,
    /// Whether customers may come from anywhere.
    #[serde(default, skip_serializing_if = "is_no")]
    #[schemars(extend("default" = false))]
    pub(crate) customers_exempt: bool,
    /// The ranges by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) ranges: BTreeMap<RangeName, RangeSet>,
}

/// Ranges of one name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("x-deskform-list" = "set"))]
pub(crate) struct RangeSet(Vec<RangeText>);

/// One range or a list. Reading takes any text, so that what is wrong with it can be said; the schema takes ranges, and
/// [`super::checks`] refuses the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Tokens {
    /// One range.
    One(#[schemars(with = "RangeText")] String),
    /// A list of ranges.
    Many(#[schemars(with = "RangeSet")] Vec<String>),
}

impl Tokens {
    /// The texts, with the index of each in a list.
    pub(crate) fn texts(&self) -> Vec<(Option<usize>, &str)> {
        match self {
            Self::One(text) => vec![(None, text)],
            Self::Many(texts) => texts.iter().enumerate().map(|(index, text)| (Some(index), text.as_str())).collect(),
        }
    }
}

impl RangeSet {
    /// The ranges, each once, in the order of their spellings.
    pub(crate) fn of(ranges: impl IntoIterator<Item = IpRange>) -> Self {
        let mut texts: Vec<RangeText> = ranges.into_iter().map(|range| RangeText(range.to_string())).collect();
        texts.sort();
        texts.dedup();
        Self(texts)
    }

    /// The ranges. A stored document that somebody else wrote may spell them otherwise.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = IpRange> {
        self.0.iter().filter_map(|text| IpRange::parse(text))
    }

    /// As people write it.
    pub(crate) fn tokens(&self) -> Tokens {
        match self.0.as_slice() {
            [one] => Tokens::One(one.to_string()),
            several => Tokens::Many(several.iter().map(|text| text.to_string()).collect()),
        }
    }
}
