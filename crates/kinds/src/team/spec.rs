//! The table, which is the same as written and as stored.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::ResourceName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::words::{DisplayName, Label, choice, is_no, present, text};

text!(
    /// A mail address.
    MailAddress,
    "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$",
    6..=254, "one bare mail address such as suzuki@acme.example"
);
text!(
    /// The key of a person.
    PersonKey, "^[a-z0-9][a-z0-9_-]{0,63}$", 1..=64,
    "1 to 64 lower-case ASCII letters, digits, `_` or `-`, starting with a letter or digit"
);

choice!(
    /// What a group of a directory is.
    GroupType {
        /// A security group of Exchange that receives mail: the only type that an access policy takes.
        MailEnabledSecurityGroup = "mail_enabled_security_group",
        /// A group of Google Workspace.
        GoogleGroup = "google_group",
        /// A security group of Microsoft Entra without mail.
        SecurityGroup = "security_group",
        /// A distribution list of Exchange.
        DistributionList = "distribution_list",
        /// A distribution list whose members follow from a rule.
        DynamicDistributionGroup = "dynamic_distribution_group",
        /// A Microsoft 365 group.
        Microsoft365Group = "microsoft_365_group",
        /// A group of an Atlassian organization.
        AtlassianGroup = "atlassian_group",
    }
);

/// A team: people, the directory group that stands for them, and the rights that they hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "team")]
pub(crate) struct Team {
    /// The name for people, in any language. Without it the team is called by its address.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DisplayName")]
    pub(crate) display_name: Option<DisplayName>,
    /// The team above this one. Whoever may only see contacts of the own level and below sees those of this team from there.
    /// At most five levels.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ResourceName")]
    pub(crate) parent: Option<ResourceName>,
    /// Where the team works, such as `東京`; at most 127 characters.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Label")]
    pub(crate) location: Option<Label>,
    /// What the team is good at, such as `["medical", "英語"]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) skills: Vec<Label>,
    /// The group of a directory that holds the same people, for systems that only know groups.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DirectoryGroup")]
    pub(crate) directory_group: Option<DirectoryGroup>,
    /// The security profiles that everybody in the team holds, at most 10. Who holds several may do what any of them permits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) security_profiles: Vec<ResourceName>,
    /// The brands that the team answers for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) brands: Vec<ResourceName>,
    /// The people, each under a key of its own, so that a new address is not somebody else.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) people: BTreeMap<PersonKey, Person>,
    /// Addresses of people of whom nothing else is known. A changed address is one who leaves and one who joins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) addresses: Vec<MailAddress>,
}

/// A group of a directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DirectoryGroup {
    /// The name of the group, as the directory shows it.
    pub(crate) name: Label,
    /// The address of the group; no two teams have the same. Needed for each type that receives mail.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "MailAddress")]
    pub(crate) address: Option<MailAddress>,
    /// What the group is. Mail integrations and desks take only some types.
    #[serde(rename = "type")]
    pub(crate) group_type: GroupType,
    /// Whether the directory itself keeps the members, from an identity provider.
    #[serde(default, skip_serializing_if = "is_no")]
    #[schemars(extend("default" = false))]
    pub(crate) synced: bool,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Person {
    /// The mail address, which is also the sign-in.
    pub(crate) address: MailAddress,
    /// The name.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Label")]
    pub(crate) name: Option<Label>,
    /// The title, such as `課長`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Label")]
    pub(crate) title: Option<Label>,
    /// The department, such as `経理`. Some departments should not have their mail read.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Label")]
    pub(crate) department: Option<Label>,
    /// Whether the person cannot sign in for the time being.
    #[serde(default, skip_serializing_if = "is_no")]
    #[schemars(extend("default" = false))]
    pub(crate) suspended: bool,
}

impl GroupType {
    /// True if mail to the group reaches its members, so that it has an address.
    pub(crate) const fn receives_mail(self) -> bool {
        match self {
            Self::MailEnabledSecurityGroup
            | Self::GoogleGroup
            | Self::DistributionList
            | Self::DynamicDistributionGroup
            | Self::Microsoft365Group => true,
            Self::SecurityGroup | Self::AtlassianGroup => false,
        }
    }
}

impl MailAddress {
    /// The address as it is compared: upper and lower case alike.
    pub(crate) fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The same address with its domain in lower case; the part before it belongs to the mail server.
    fn folded(&self) -> Self {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or_default();
        Self(format!("{local}@{}", domain.to_ascii_lowercase()))
    }
}

impl Team {
    /// Folds what is spelling only: domains, the order of sets, what stands in a set twice.
    pub(crate) fn folded(mut self) -> Self {
        let group = self.directory_group.iter_mut().filter_map(|group| group.address.as_mut());
        let people = self.people.values_mut().map(|person| &mut person.address);
        for address in group.chain(people).chain(&mut self.addresses) {
            *address = address.folded();
        }
        let mut seen: BTreeSet<String> = self.people.values().map(|person| person.address.key()).collect();
        self.addresses.retain(|address| seen.insert(address.key()));
        self.addresses.sort();
        for set in [&mut self.security_profiles, &mut self.brands] {
            set.sort();
            set.dedup();
        }
        self
    }
}
