//! The table, as written and as stored, and the tables of the systems that read mail. Those of the systems that send it
//! stand in `sending.rs`.

use deskform_model::ResourceName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::sending::{Automatic, Dns, Gmail, Monitoring, OwnServer};
use super::terms::{AccessControl, AccessPolicy, AppId, InstallScope, PolicyText, Tenant};
use crate::customer_strategy::mail::{MailAddress, MailDomain};
use crate::words::{DisplayName, is_default, is_no, is_yes, present, yes};

/// A system that reads the mail of staff with customers (Staircase AI) or sends mail (eSales Manager). Exactly one of the
/// tables `google`, `microsoft`, `automatic`, `own_server` and `gmail` says which, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "mail_integration")]
pub(crate) struct MailIntegration {
    /// The tenant of Staircase AI or the system of eSales Manager, by a name such as `acme-staircase`. A tenant is read for
    /// by one integration with Google and one with Microsoft, and sends by one. A change replaces the integration.
    pub(crate) tenant: Tenant,
    /// The name for people. Without it the integration is called by its address.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DisplayName")]
    pub(crate) display_name: Option<DisplayName>,
    /// Whether mail is read; `false` disconnects. Only where mail is read: sending has a switch in `automatic` alone.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    #[schemars(extend("default" = true))]
    pub(crate) enabled: bool,
    /// Reads mail of a Google Workspace, through the app of Staircase AI. `google = {}` is enough.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Google")]
    pub(crate) google: Option<Google>,
    /// Reads mail and meetings of Microsoft 365, by an application of Microsoft Entra.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Microsoft")]
    pub(crate) microsoft: Option<Microsoft>,
    /// Sends mail by the vendor's own servers; needs neither a server nor a sender.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Automatic")]
    pub(crate) automatic: Option<Automatic>,
    /// Sends mail by a mail server of yours.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "OwnServer")]
    pub(crate) own_server: Option<OwnServer>,
    /// Sends mail by a Gmail account.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Gmail")]
    pub(crate) gmail: Option<Gmail>,
    /// The people whose mail is read: the name of a `team`, whose directory group the vendor is given. Not all employees,
    /// only those who talk to customers. Needed where mail is read.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ResourceName")]
    pub(crate) team: Option<ResourceName>,
    /// The people who read what Staircase AI finds: the name of a `team`. They need not be those whose mail is read.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ResourceName")]
    pub(crate) readers: Option<ResourceName>,
    /// The customers whose mail with the team is read: names of `organization`. Their `email_domains` say which mail that is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) customers: Vec<ResourceName>,
    /// Whether every `organization` is such a customer, instead of those in `customers`.
    #[serde(default, skip_serializing_if = "is_no")]
    #[schemars(extend("default" = false))]
    pub(crate) all_customers: bool,
    /// The mail domains of the company, such as `["acme.example"]`: mail among them is nobody's customer mail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) organization_domains: Vec<MailDomain>,
    /// The addresses of the admins who press Connect. The vendor wants them in the group, so their mail is read too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) connect_admins: Vec<MailAddress>,
    /// Says that reading the mail of all employees is meant.
    #[serde(default, skip_serializing_if = "is_no")]
    #[schemars(extend("default" = false))]
    pub(crate) all_employees_acknowledged: bool,
    /// Addresses with which to try out who is read and who is not.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) verify: Verify,
    /// Who gets a mail, besides the user, when an account is locked after failed sign-ins, such as the IT department. Without
    /// any, nobody gets one, the user neither.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) lockout_recipients: Vec<MailAddress>,
    /// Mail about the background jobs of the system.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) monitoring: Monitoring,
    /// What the name servers say about the sender's domain. Rules rest on it, nothing else; without the table, none does.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Dns")]
    pub(crate) dns: Option<Dns>,
}

/// Reading at Google.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Google {
    /// For whom the app is installed from the Marketplace: the `group` of the team (unless stated) or `everyone`. A change
    /// can take 24 hours at Google.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(extend("default" = "group"))]
    pub(crate) install_scope: InstallScope,
}

/// Reading at Microsoft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Microsoft {
    /// The address of the admin account that consents for the company: a Global Administrator or a Privileged Role
    /// Administrator.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "MailAddress")]
    pub(crate) consent_account: Option<MailAddress>,
    /// The id of the application at Microsoft Entra, a GUID; known after the consent at the latest. A change replaces the
    /// integration: a policy cannot be given to another application.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "AppId")]
    pub(crate) entra_app_id: Option<AppId>,
    /// What the access policy of Exchange does: `restrict` the application to the group, or `deny` it the group. Without one
    /// the application can read every mailbox. A change replaces the integration: the right of a policy is fixed.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "AccessPolicy")]
    pub(crate) access_policy: Option<AccessPolicy>,
    /// The team whose directory group the access policy names, if it is not that of `team`. A change, also one that follows
    /// from `team`, replaces the integration: the group of a policy is fixed.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ResourceName")]
    pub(crate) policy_scope: Option<ResourceName>,
    /// What the access policy says about itself, the only thing of it that Exchange can change. A single space saves room.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "PolicyText")]
    pub(crate) policy_description: Option<PolicyText>,
    /// The means that bounds the application: `application_access_policy` (unless stated), or `rbac`, its successor. Under
    /// `rbac` too an access policy is needed until the consent itself no longer covers mail.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(extend("default" = "application_access_policy"))]
    pub(crate) access_control: AccessControl,
}

/// Addresses to try.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Verify {
    /// Addresses of members of the group, whose mail must be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) granted: Vec<MailAddress>,
    /// Addresses outside the group, whose mail must not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) denied: Vec<MailAddress>,
}

/// The systems, in the order in which they are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    /// Reading at Google.
    Google,
    /// Reading at Microsoft.
    Microsoft,
    /// Sending by the vendor's servers.
    Automatic,
    /// Sending by a server of one's own.
    OwnServer,
    /// Sending by Gmail.
    Gmail,
}

impl System {
    /// All of them.
    pub(crate) const ALL: [Self; 5] = [Self::Google, Self::Microsoft, Self::Automatic, Self::OwnServer, Self::Gmail];

    /// The name of its table.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Microsoft => "microsoft",
            Self::Automatic => "automatic",
            Self::OwnServer => "own_server",
            Self::Gmail => "gmail",
        }
    }

    /// True if it reads mail, false if it sends it.
    pub(crate) const fn reads(self) -> bool {
        matches!(self, Self::Google | Self::Microsoft)
    }
}

impl MailIntegration {
    /// The systems whose tables are there. One, unless the integration is wrong.
    pub(crate) fn systems(&self) -> Vec<System> {
        let there = |system: &System| match system {
            System::Google => self.google.is_some(),
            System::Microsoft => self.microsoft.is_some(),
            System::Automatic => self.automatic.is_some(),
            System::OwnServer => self.own_server.is_some(),
            System::Gmail => self.gmail.is_some(),
        };
        System::ALL.into_iter().filter(there).collect()
    }

    /// True if it reads or sends mail, as far as its switches decide that.
    pub(crate) fn is_on(&self) -> bool {
        self.enabled && self.automatic.as_ref().is_none_or(|automatic| automatic.enabled)
    }

    /// Folds what is spelling only: the case of domains, ids and names that ignore it, and the order of references. The group
    /// of an access policy is said in full, so that a change of it can be seen wherever it comes from.
    pub(crate) fn folded(mut self) -> Self {
        self.tenant = self.tenant.folded();
        self.customers.sort();
        self.customers.dedup();
        self.organization_domains = self.organization_domains.iter().map(MailDomain::folded).collect();
        self.lockout_recipients = folded(&self.lockout_recipients);
        self.connect_admins = folded(&self.connect_admins);
        self.verify = Verify { granted: folded(&self.verify.granted), denied: folded(&self.verify.denied) };
        self.monitoring = self.monitoring.folded();
        self.own_server = self.own_server.map(OwnServer::folded);
        self.gmail = self.gmail.map(Gmail::folded);
        self.dns = self.dns.map(Dns::folded);
        if let Some(microsoft) = &mut self.microsoft {
            microsoft.consent_account = microsoft.consent_account.as_ref().map(MailAddress::folded);
            microsoft.entra_app_id = microsoft.entra_app_id.as_ref().map(AppId::folded);
            if microsoft.access_policy.is_some() && microsoft.policy_scope.is_none() {
                microsoft.policy_scope.clone_from(&self.team);
            }
        }
        self
    }

    /// As a person writes it: the group of a policy is said only if it is not that of the team.
    pub(crate) fn raised(mut self) -> Self {
        if let Some(microsoft) = &mut self.microsoft
            && microsoft.policy_scope == self.team
        {
            microsoft.policy_scope = None;
        }
        self
    }
}

/// The addresses with their domains in lower case.
pub(super) fn folded(addresses: &[MailAddress]) -> Vec<MailAddress> {
    addresses.iter().map(MailAddress::folded).collect()
}
