//! The table, which is the same as written and as stored but for the case of mail domains.

use deskform_model::ResourceName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::customer_strategy::GroupName;
use crate::customer_strategy::mail::MailAddress;
use crate::words::{DisplayName, choice, is_default, is_no, present, text};

text!(
    /// The key of a Jira project.
    ProjectKey, "^[A-Z][A-Z0-9]{1,9}$", 2..=10, "2 to 10 capital ASCII letters and digits, starting with a letter, such as HR"
);

choice!(
    /// Whom a desk serves.
    Audience {
        /// Staff, and others who work for the company.
        Internal = "internal",
        /// Customers and anybody else outside.
        External = "external",
    }
);
choice!(
    /// Who may send requests to a desk.
    Access {
        /// Whoever the strategy of the site lets in.
        Open = "open",
        /// Only those who are named.
        Restricted = "restricted",
    }
);
choice!(
    /// Who manages the Jira project behind a desk.
    Management {
        /// Admins, for the whole company.
        Company = "company",
        /// The team itself.
        Team = "team",
    } default Company
);
choice!(
    /// With whom customers may share their requests.
    Sharing {
        /// With their own organization.
        Organization = "organization",
        /// With any customer and organization of the desk, whom they find by searching.
        Project = "project",
        /// With anybody, by mail address.
        Anyone = "anyone",
        /// With their own group.
        Group = "group",
    } default Organization
);
choice!(
    /// What a desk is for.
    Function {
        /// IT services.
        Itsm = "itsm",
        /// Human resources.
        Hr = "hr",
        /// Legal matters.
        Legal = "legal",
        /// Finance and accounting.
        Finance = "finance",
        /// Support of customers.
        Support = "support",
        /// Sales.
        Sales = "sales",
        /// Admission of students or members.
        Admissions = "admissions",
        /// Recruiting.
        Recruiting = "recruiting",
        /// Ideas and questions about a product.
        Product = "product",
    }
);

/// A desk that takes requests: whom it serves, who may reach it, who works on what comes in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "service_desk")]
pub(crate) struct ServiceDesk {
    /// The name that customers read. Without it the desk is called by its address.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DisplayName")]
    pub(crate) display_name: Option<DisplayName>,
    /// The key of the Jira project behind the desk, such as `HR`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ProjectKey")]
    pub(crate) key: Option<ProjectKey>,
    /// The brand under which the desk appears: the name of a `brand`, of the same audience.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ResourceName")]
    pub(crate) brand: Option<ResourceName>,
    /// The strategy of the site on which the desk stands: the name of a `customer_strategy`. A change replaces the desk: a
    /// project does not move to another site.
    pub(crate) strategy: ResourceName,
    /// Whom the desk serves: `internal` staff or `external` customers. Both need desks of their own.
    pub(crate) audience: Audience,
    /// Who may send requests (at Jira: Channel access): whoever the strategy lets in (`open`), or only those whom
    /// `customers` and `organizations` name (`restricted`).
    pub(crate) access: Access,
    /// Whether what the desk deals with is confidential, as at HR. A private desk is `restricted`.
    #[serde(default, skip_serializing_if = "is_no")]
    #[schemars(extend("default" = false))]
    pub(crate) private: bool,
    /// Who manages the Jira project: `company` (unless stated) or `team`. A change replaces the desk: Jira cannot change it
    /// in place.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(extend("default" = "company"))]
    pub(crate) management: Management,
    /// What the desk is for, such as `itsm` or `support`. Advice follows from it, nothing else.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Function")]
    pub(crate) function: Option<Function>,
    /// The address whose mail becomes requests.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Mail")]
    pub(crate) mail: Option<Mail>,
    /// The teams that work on the requests: names of `team`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) agents: Vec<ResourceName>,
    /// The customers of a restricted desk, besides `organizations`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) customers: Customers,
    /// The organizations whose members are customers of the desk: names of `organization`. This is the only place where an
    /// organization is linked to a desk.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) organizations: Vec<ResourceName>,
    /// With whom customers may share their requests (at Jira: Customer sharing): their own `organization` (unless stated),
    /// anybody of the `project`, `anyone` by mail address, or their own `group`.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(extend("default" = "organization"))]
    pub(crate) sharing: Sharing,
    /// The internal desk that works on what comes in here: the name of a `service_desk`. Whoever sends a request here cannot
    /// reach that one.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ResourceName")]
    pub(crate) escalates_to: Option<ResourceName>,
}

/// Mail to a desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mail {
    /// The address to which customers write, such as `help@acme.example`; unique over desks, upper and lower case alike.
    pub(crate) address: MailAddress,
}

/// Who may reach a restricted desk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Customers {
    /// Groups of the directory, such as `["jsm-hr"]`. They hold staff only: outside customers can be in no group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) groups: Vec<GroupName>,
    /// Teams whose people are customers here: names of `team`. Who works on requests stands in `agents`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) teams: Vec<ResourceName>,
    /// Single people, by mail address. Groups and organizations are easier to keep right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) people: Vec<MailAddress>,
}

impl ServiceDesk {
    /// Folds the case of mail domains.
    pub(crate) fn folded(mut self) -> Self {
        self.mail = self.mail.map(|Mail { address }| Mail { address: address.folded() });
        self.customers.people = self.customers.people.iter().map(MailAddress::folded).collect();
        self
    }
}
