//! The table as written and the content as stored.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::mail::{ApprovedName, MailAddress, MailDomain};
use super::terms::{
    Accounts, Audience, Days, EmailAccounts, GroupName, PasswordStrength, ProductName, Provisioning, Role, SignUp,
    SiteName,
};
use crate::words::{DisplayName, Label, LongText, is_default, is_no, is_yes, present, yes};

/// Whom a Jira Service Management site serves, and how they get in: staff, outside customers, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "customer_strategy")]
pub(crate) struct Manifest {
    /// The site: the first part of `<site>.atlassian.net`, such as `acme-support`. One strategy a site. A change replaces
    /// the strategy: accounts of outside customers belong to one site and do not move.
    pub(crate) site: SiteName,
    /// The name for people. Without it the strategy is called by its address.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DisplayName")]
    pub(crate) display_name: Option<DisplayName>,
    /// Whom the strategy serves: `internal` staff, `external` customers, or both (`hybrid`). `internal` needs the table
    /// `internal`, `external` the table `external`, `hybrid` both; no other may stand there.
    pub(crate) audience: Audience,
    /// Whether the company has Atlassian Guard Standard (once called Atlassian Access), which syncs accounts from an identity
    /// provider and gives single sign-on. It costs nothing for customers without a paid seat, and needs a verified domain.
    /// Not said, it is on where `identity_provider` or `single_sign_on` needs it. Say it to have it checked.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    pub(crate) identity_management: Option<bool>,
    /// Staff, and others who work for the company: they have Atlassian accounts.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Internal")]
    pub(crate) internal: Option<Internal>,
    /// Customers outside: they have portal-only accounts, which are free, hold on this site alone and can be in no group.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "External")]
    pub(crate) external: Option<External>,
    /// How the help center lets people in (at Jira: Customer access).
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) help_center: HelpCenterTable,
    /// Who may use which product besides asking for help; what takes a paid seat is decided here. For Atlassian accounts
    /// only.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) product_access: ProductAccess,
}

/// What is stored: as [`Manifest`], with every switch and every approved domain said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CustomerStrategy {
    /// The site, in lower case.
    pub(crate) site: SiteName,
    /// The name for people.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DisplayName")]
    pub(crate) display_name: Option<DisplayName>,
    /// Whom the strategy serves.
    pub(crate) audience: Audience,
    /// Whether the company has Atlassian Guard Standard.
    pub(crate) identity_management: bool,
    /// Staff.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Internal")]
    pub(crate) internal: Option<Internal>,
    /// Customers outside.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "External")]
    pub(crate) external: Option<External>,
    /// How the help center lets people in.
    pub(crate) help_center: HelpCenter,
    /// Who may use which product.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) product_access: ProductAccess,
}

/// Staff, and others who work for the company.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Internal {
    /// How they get their accounts, one or several ways: `identity_provider`, `approved_domains`, `by_hand`. Accounts that
    /// are there before the first visit avoid a portal-only account that nobody reaches later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) provisioning: Vec<Provisioning>,
    /// The mail domains of staff, such as `["acme.example"]`: whose address is here is no outside customer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) domains: Vec<MailDomain>,
    /// Single addresses that count as staff although their domain does not, such as those of contractors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) addresses: Vec<MailAddress>,
    /// The directory that holds them: the identity provider, its groups, single sign-on.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "InternalDirectory")]
    pub(crate) directory: Option<InternalDirectory>,
    /// What an address gets that joins by its domain, such as `"acme.example" = { role = "customer" }` (at Atlassian:
    /// Approved domains). `anyone` stands for every address; a sub-domain is a domain of its own. Where staff joins by
    /// `approved_domains`, a domain of `domains` that is not here is approved with the role `customer`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) approved_domains: BTreeMap<ApprovedName, ApprovedDomain>,
    /// What their passwords must be like (at Atlassian: authentication policy).
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "PasswordPolicy")]
    pub(crate) password_policy: Option<PasswordPolicy>,
    /// How many accounts of staff are expected. Atlassian's guidance ends below 500,000, its directory at 1,000,000.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Accounts")]
    pub(crate) expected_accounts: Option<Accounts>,
}

/// The directory of staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InternalDirectory {
    /// What it is called, such as `Entra ID`.
    pub(crate) name: Label,
    /// The groups that are synced; each member gets an Atlassian account without a visit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) groups: Vec<GroupName>,
    /// Whether staff sign in through it. Needs `identity_management`.
    #[serde(default, skip_serializing_if = "is_no")]
    #[schemars(extend("default" = false))]
    pub(crate) single_sign_on: bool,
}

/// What an address of an approved domain gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApprovedDomain {
    /// The role in Jira Service Management: `customer` is free, `agent` and `user` take a paid seat, `none` keeps the help
    /// center closed.
    pub(crate) role: Role,
    /// Roles in other products, such as `{ confluence = "user" }`; each but `none` takes a paid seat for every account.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) other_roles: BTreeMap<ProductName, Role>,
    /// Whether an admin has to approve each one who joins.
    #[serde(default, skip_serializing_if = "is_no")]
    #[schemars(extend("default" = false))]
    pub(crate) admin_approval: bool,
    /// Whether admins get a mail about each one who joins.
    #[serde(default, skip_serializing_if = "is_no")]
    #[schemars(extend("default" = false))]
    pub(crate) notify_admins: bool,
}

/// What the passwords of staff must be like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordPolicy {
    /// The least strength: `weak`, `fair`, `good`, `strong` or `very_strong`.
    pub(crate) strength: PasswordStrength,
    /// After how many days a password must be changed; without it, never.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Days")]
    pub(crate) expires_after_days: Option<Days>,
}

/// Customers outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct External {
    /// How they get their accounts: anybody may sign up (`open`), whoever has an address of a listed domain
    /// (`listed_domains`), or nobody, because agents make every account (`agents_only`).
    pub(crate) sign_up: SignUp,
    /// The domains from which customers may sign up, such as `["contoso.example"]`; for `sign_up = "listed_domains"` (at
    /// Jira: Only allow account creation for customers with specific email domains).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) listed_domains: Vec<MailDomain>,
    /// The directory that holds them, for single sign-on; not the one of staff.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ExternalDirectory")]
    pub(crate) directory: Option<ExternalDirectory>,
    /// How they sign in; at least one way must be on.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) authentication: Authentication,
}

/// The directory of outside customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExternalDirectory {
    /// What it is called. One identity provider a site.
    pub(crate) name: Label,
    /// Groups of the identity provider whose members may sign in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) groups: Vec<GroupName>,
}

/// How outside customers sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Authentication {
    /// Whether they sign in with their address and a password. Keep it on until single sign-on is tested.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    #[schemars(extend("default" = true))]
    pub(crate) password: bool,
    /// Whether they sign in through their own directory (SAML). Needs `identity_management` and `directory`.
    #[serde(default, skip_serializing_if = "is_no")]
    #[schemars(extend("default" = false))]
    pub(crate) single_sign_on: bool,
}

/// How the help center lets people in, as written: a switch that is not said is as those whom the strategy serves need it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HelpCenterTable {
    /// Whether people can make accounts themselves, by link or by mail (at Jira: Allow customers to create accounts).
    /// Not said, it is on where `external.sign_up` is `open` or `listed_domains`, or where only staff is served and they
    /// join by approved domains. Say it to have it checked.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    pub(crate) sign_up: Option<bool>,
    /// Whether there can be new portal-only accounts, made by customers or by agents (at Jira: Allow portal-only accounts
    /// to be created). Not said, it is on where outside customers are served. Accounts that are there already stay.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    pub(crate) portal_accounts: Option<bool>,
    /// Whether requests can be sent without signing in. Works only while people can sign up; whoever gives an address gets
    /// an account all the same.
    #[serde(default, skip_serializing_if = "is_no")]
    #[schemars(extend("default" = false))]
    pub(crate) anonymous: bool,
    /// For whom a mail to a desk makes an account: `agents_and_existing` (unless stated) or `anyone`, which includes
    /// everybody in To and Cc.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(extend("default" = "agents_and_existing"))]
    pub(crate) email_account_creation: EmailAccounts,
    /// What the page says on which people sign in.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "LoginPage")]
    pub(crate) login_page: Option<LoginPage>,
}

/// How the help center lets people in, as stored: no switch depends on another field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HelpCenter {
    /// Whether people can make accounts themselves.
    pub(crate) sign_up: bool,
    /// Whether there can be new portal-only accounts.
    pub(crate) portal_accounts: bool,
    /// Whether requests can be sent without signing in.
    #[serde(default, skip_serializing_if = "is_no")]
    pub(crate) anonymous: bool,
    /// For whom a mail to a desk makes an account.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) email_account_creation: EmailAccounts,
    /// What the page says on which people sign in.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "LoginPage")]
    pub(crate) login_page: Option<LoginPage>,
}

/// The page on which people sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoginPage {
    /// Its title, at most 127 characters.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Label")]
    pub(crate) title: Option<Label>,
    /// What it says, at most 4000 characters.
    pub(crate) message: LongText,
}

/// Who may use which product.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProductAccess {
    /// The role that every new account gets in a product, by product, such as `{ jsm = "customer" }`. Best none that takes
    /// a paid seat; give those through groups.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) default_roles: BTreeMap<ProductName, Role>,
    /// The roles of groups, by group and product, such as `"jira-devs" = { jira = "user" }`. The role in `jsm` may be
    /// `customer`, `agent`, `user` or `none`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) groups: BTreeMap<GroupName, BTreeMap<ProductName, Role>>,
    /// The roles of single people, by mail address and product. Groups are easier to keep right.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) people: BTreeMap<MailAddress, BTreeMap<ProductName, Role>>,
}

impl ApprovedDomain {
    /// What a domain gets of which nothing else is said.
    pub(crate) const USUAL: Self =
        Self { role: Role::Customer, other_roles: BTreeMap::new(), admin_approval: false, notify_admins: false };
}

impl Default for Authentication {
    fn default() -> Self {
        Self { password: true, single_sign_on: false }
    }
}

impl Internal {
    /// True if staff get their accounts that way.
    pub(crate) fn by(&self, way: Provisioning) -> bool {
        self.provisioning.contains(&way)
    }
}
