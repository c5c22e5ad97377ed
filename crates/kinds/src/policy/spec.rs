//! The table, which is the same as written and as stored.

use std::collections::BTreeMap;

use deskform_model::KindName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::words::{DateText, Description, choice, is_default, number, present, text};

number!(
    /// A number of deletes.
    Deletes, 0..=1_000_000
);
number!(
    /// A share in percent.
    Percent, 0..=100
);
number!(
    /// A number of things, at least one.
    Count, 1..=1_000_000
);
text!(
    /// A range of IPv4 addresses.
    Cidr,
    "^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])/(?:3[0-2]|[12][0-9]|[1-9])$",
    9..=18, "a range of IPv4 addresses such as 203.0.113.0/24, from /1 to /32"
);
text!(
    /// The code of a rule.
    RuleCode, "^[A-Z]{2}[0-9]{3}$", 5..=5, "two capital letters and three digits, such as BH010"
);
text!(
    /// The name of a system of eSales Manager.
    Tenant, "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", 1..=64,
    "1 to 64 ASCII letters, digits, `.`, `_` or `-`, starting with a letter or digit"
);

/// What holds for the workspace as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "policy")]
pub(crate) struct Policy {
    /// What a plan may not do without being asked twice.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) guard: GuardTable,
    /// How many resources of a kind there may be, where that is not what the vendor's plan says: `brand = 300`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) limits: BTreeMap<KindName, Count>,
    /// Waivers: rules whose warnings and advice are not reported until a date, by their code. Errors always are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) lint: BTreeMap<RuleCode, Waiver>,
    /// Facts of the platform on which rules rest and which no resource holds.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) platform: Platform,
}

/// The guards: a plan that goes over any of them is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GuardTable {
    /// The most deletes that one plan may hold. 10 unless stated.
    #[serde(default = "max_deletes", skip_serializing_if = "is_max_deletes")]
    #[schemars(extend("default" = 10))]
    pub(crate) max_deletes: Deletes,
    /// The most that one plan may delete of a kind that has four or more resources, in percent. 25 unless stated.
    #[serde(default = "max_deletes_percent", skip_serializing_if = "is_max_deletes_percent")]
    #[schemars(extend("default" = 25))]
    pub(crate) max_deletes_percent: Percent,
    /// Ranges of IPv4 addresses that no IP restriction may shut out, such as `203.0.113.0/24`: the way back in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) way_in: Vec<Cidr>,
}

/// A waiver of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Waiver {
    /// The last date on which it holds, such as `2027-03-31`.
    pub(crate) until: DateText,
    /// Why, at most 250 characters; goes to the audit log.
    pub(crate) reason: Description,
}

/// Facts of the platform, by vendor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Platform {
    /// Facts of the Zendesk account.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) zendesk: Zendesk,
    /// Facts of the Amazon Connect instance.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) connect: Connect,
    /// Facts of the systems of eSales Manager, by the name of the tenant.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) esales: BTreeMap<Tenant, Esales>,
}

/// Facts of the Zendesk account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Zendesk {
    /// The plan that the account has; how many brands and schedules there may be follows from it.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ZendeskPlan")]
    pub(crate) plan: Option<ZendeskPlan>,
    /// How many agent seats the account has.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Count")]
    pub(crate) agents: Option<Count>,
}

/// Facts of the Amazon Connect instance.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Connect {
    /// Whether Contact Lens is turned on, which makes redacted recordings.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    pub(crate) contact_lens: Option<bool>,
}

/// Facts of one system of eSales Manager.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Esales {
    /// Whether the system can send mail by itself, without a server of its own or Gmail.
    pub(crate) automatic: bool,
}

choice!(
    /// The plan of a Zendesk account.
    ZendeskPlan {
        /// Zendesk Suite Team: one brand.
        SuiteTeam = "suite_team",
        /// Zendesk Suite Growth: five brands, one schedule.
        SuiteGrowth = "suite_growth",
        /// Zendesk Suite Professional: five brands, one schedule.
        SuiteProfessional = "suite_professional",
        /// Zendesk Suite Enterprise: 300 brands, hours for each.
        SuiteEnterprise = "suite_enterprise",
        /// Zendesk Suite Enterprise Plus: 300 brands, hours for each.
        SuiteEnterprisePlus = "suite_enterprise_plus",
        /// Zendesk Support Team: one brand.
        SupportTeam = "support_team",
        /// Zendesk Support Professional: one brand, one schedule.
        SupportProfessional = "support_professional",
        /// Zendesk Support Enterprise: five brands, more with an add-on; many schedules.
        SupportEnterprise = "support_enterprise",
    }
);

/// The plan whose limits hold where none is stated: nothing is refused that some plan allows.
pub(crate) const LARGEST_PLAN: ZendeskPlan = ZendeskPlan::SuiteEnterprise;

impl ZendeskPlan {
    /// Its name, brands and schedules allowed; `None` where the number of schedules is not limited.
    const fn row(self) -> (&'static str, u64, Option<u64>) {
        match self {
            Self::SuiteTeam => ("Zendesk Suite Team", 1, Some(1)),
            Self::SuiteGrowth => ("Zendesk Suite Growth", 5, Some(1)),
            Self::SuiteProfessional => ("Zendesk Suite Professional", 5, Some(1)),
            Self::SuiteEnterprise => ("Zendesk Suite Enterprise", 300, None),
            Self::SuiteEnterprisePlus => ("Zendesk Suite Enterprise Plus", 300, None),
            Self::SupportTeam => ("Zendesk Support Team", 1, Some(1)),
            Self::SupportProfessional => ("Zendesk Support Professional", 1, Some(1)),
            Self::SupportEnterprise => ("Zendesk Support Enterprise", 5, None),
        }
    }

    /// What people call it.
    pub(crate) const fn name(self) -> &'static str {
        self.row().0
    }

    /// The most brands.
    pub(crate) const fn brands(self) -> u64 {
        self.row().1
    }

    /// The most schedules, which `business_hours` become; `None` for any number.
    pub(crate) const fn schedules(self) -> Option<u64> {
        self.row().2
    }
}

fn max_deletes() -> Deletes {
    Deletes(10)
}

fn is_max_deletes(value: &Deletes) -> bool {
    *value == max_deletes()
}

fn max_deletes_percent() -> Percent {
    Percent(25)
}

fn is_max_deletes_percent(value: &Percent) -> bool {
    *value == max_deletes_percent()
}

impl Default for GuardTable {
    fn default() -> Self {
        Self { max_deletes: max_deletes(), max_deletes_percent: max_deletes_percent(), way_in: Vec::new() }
    }
}

impl Policy {
    /// The guards as the planner takes them.
    pub(crate) fn guard(&self) -> deskform_model::Guard {
        let GuardTable { max_deletes, max_deletes_percent, way_in } = &self.guard;
        deskform_model::Guard {
            max_deletes: max_deletes.get(),
            max_deletes_percent: max_deletes_percent.get(),
            way_in: way_in.iter().map(|range| range.to_string()).collect(),
        }
    }
}

impl Cidr {
    /// The same prefix with no bits behind it.
    pub(crate) fn network(&self) -> Option<Self> {
        let (address, prefix) = self.0.split_once('/')?;
        let address: std::net::Ipv4Addr = address.parse().ok()?;
        let prefix: u32 = prefix.parse().ok()?;
        let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or_default();
        Some(Self(format!("{}/{prefix}", std::net::Ipv4Addr::from(u32::from(address) & mask))))
    }
}
