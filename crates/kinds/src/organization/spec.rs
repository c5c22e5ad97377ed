//! The table, which is the same as written and as stored but for the case of mail domains.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::customer_strategy::mail::{MailAddress, MailDomain};
use crate::words::{Label, choice, is_default, present, text};

text!(
    /// The name of an organization.
    OrganizationName,
    "^[^\\u0000-\\u001F\\u007F-\\u009F \\u3000](?:[^\\u0000-\\u001F\\u007F-\\u009F]*[^\\u0000-\\u001F\\u007F-\\u009F \\u3000])?$",
    1..=200, "1 to 200 characters on one line, without control characters and without spaces at the ends"
);

choice!(
    /// What the list of members means.
    Membership {
        /// Those who are listed are members; others may be too.
        Additive = "additive",
        /// Those who are listed are the members; others are removed.
        Authoritative = "authoritative",
    } default Additive
);

/// Outside customers who belong together, such as those of one company: they reach the same desks and can share requests.
/// (No organization at Atlassian, which is what one's own company has there.)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "organization")]
pub(crate) struct Organization {
    /// The name that agents and customers read, 1 to 200 characters, unique over organizations, upper and lower case alike.
    /// A change replaces the organization: Jira has no call that renames one, so its members move to a new one unless an
    /// admin renames it by hand.
    pub(crate) display_name: OrganizationName,
    /// Mail domains, such as `["contoso.example"]`, whose people join by themselves when they get an account; at most 10.
    /// Who has an account already neither joins by a new domain nor leaves with an old one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) email_domains: Vec<MailDomain>,
    /// Members by mail address, whatever their domain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) members: Vec<MailAddress>,
    /// What `members` means: whoever is listed is a member and others may be too (`additive`, unless stated), or nobody else
    /// is (`authoritative`).
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(extend("default" = "additive"))]
    pub(crate) membership: Membership,
    /// The level of service that was agreed, in words of your own, such as `premium`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Label")]
    pub(crate) service_level: Option<Label>,
}

impl Organization {
    /// Folds the case of mail domains.
    pub(crate) fn folded(mut self) -> Self {
        self.email_domains = self.email_domains.iter().map(MailDomain::folded).collect();
        self.members = self.members.iter().map(MailAddress::folded).collect();
        self
    }
}
