//! The names, numbers and words that the table is made of.

use crate::words::{choice, number, text};

/// A host name of at least one dot that is no address.
macro_rules! host {
    () => {
        "(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.){1,8}[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
    };
}

/// The part of a URL that Google calls an origin.
macro_rules! origin {
    () => {
        concat!("(?:https://", host!(), "|http://localhost)(?::[0-9]{1,5})?")
    };
}

text!(
    /// The name of a tenant of Staircase AI, or of a system of eSales Manager.
    Tenant, "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", 1..=64,
    "1 to 64 ASCII letters, digits, `.`, `_` or `-`, starting with a letter or digit"
);
text!(
    /// The id of an application of Microsoft Entra.
    AppId, "^[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$", 36..=36,
    "a GUID such as 1a2b3c4d-0000-4000-8000-00000000abcd; `*`, which means every application, is not allowed"
);
text!(
    /// What an access policy says about itself. A single space is legal, and saves room in Exchange.
    PolicyText, "^[^\\u0000-\\u001F\\u007F-\\u009F]+$", 1..=250, "1 to 250 characters on one line"
);
text!(
    /// A mail server.
    ServerName, "^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$", 1..=253,
    "the bare name or IPv4 address of a server, without scheme, port and path"
);
text!(
    /// The id of an OAuth client of Google.
    ClientId, "^[0-9A-Za-z._-]+\\.apps\\.googleusercontent\\.com$", 28..=255,
    "an id that Google made, such as 1234-abc.apps.googleusercontent.com"
);
text!(
    /// An origin that Google lets start a sign-in.
    Origin, concat!("^", origin!(), "$"), 12..=300,
    "`https://` and a host, with a port if there is one, and nothing after it"
);
text!(
    /// An address that Google lets answer a sign-in.
    RedirectUri,
    concat!(
        "^", origin!(),
        "(?:/(?:[A-Za-z0-9_~!$&'()*+,;=:@%-][A-Za-z0-9._~!$&'()*+,;=:@%-]*)?)*(?:\\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?$"
    ),
    12..=1000, "an `https://` address of a host, without user, fragment and `..`"
);
text!(
    /// A domain that an SPF record includes.
    SpfInclude, "^(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$", 4..=253,
    "a bare domain such as _spf.google.com"
);
text!(
    /// The name of a DKIM key.
    DkimSelector, "^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$", 1..=63,
    "1 to 63 ASCII letters, digits, `.`, `_` or `-`, such as google"
);
number!(
    /// A port of a server.
    Port, 1..=65_535
);
number!(
    /// After how many hours a job runs long.
    Hours, 1..=24
);
number!(
    /// A number of mails.
    Mails, 0..=1_000_000_000
);

/// How often jobs are looked at, in minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub(crate) struct Interval(u64);

impl<'de> serde::Deserialize<'de> for Interval {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(deserializer)?;
        let fits = |minutes: &u64| (5..=60).contains(minutes) && minutes.is_multiple_of(5);
        let minutes = crate::words::whole(&number).filter(fits);
        minutes.map(Self).ok_or_else(|| serde::de::Error::custom("the interval is 5 to 60 in steps of 5"))
    }
}

impl schemars::JsonSchema for Interval {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Interval".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": 5, "maximum": 60, "multipleOf": 5 })
    }
}

choice!(
    /// Whose mail the app of Staircase AI may read at Google.
    InstallScope {
        /// That of the members of the team's group.
        Group = "group",
        /// That of everybody in the company.
        Everyone = "everyone",
    } default Group
);
choice!(
    /// What an access policy of Exchange does with its group.
    AccessPolicy {
        /// The app reaches the mailboxes of the group and no others.
        Restrict = "restrict",
        /// The app reaches every mailbox but those of the group.
        Deny = "deny",
    }
);
choice!(
    /// The means of Exchange that is to bound the app.
    AccessControl {
        /// Application access policies, which Microsoft wants to give up.
        ApplicationAccessPolicy = "application_access_policy",
        /// RBAC for Applications, their successor.
        Rbac = "rbac",
    } default ApplicationAccessPolicy
);
choice!(
    /// How the way to a mail server is encrypted.
    Encryption {
        /// Not at all.
        None = "none",
        /// By STARTTLS, as on port 587.
        Starttls = "starttls",
        /// From the first byte on, as on port 465.
        Tls = "tls",
    }
);
choice!(
    /// Who may consent to an OAuth client.
    UserType {
        /// Accounts of the own Workspace.
        Internal = "internal",
        /// Any Google account.
        External = "external",
    }
);
choice!(
    /// How far an OAuth client is published.
    PublishingStatus {
        /// It is being tried out: consents end after a week.
        Testing = "testing",
        /// It is in use.
        Production = "production",
    }
);
choice!(
    /// What is told of a job.
    Notice {
        /// That it ended as it should.
        Normal = "normal",
        /// That it failed.
        Abnormal = "abnormal",
        /// That it still runs after `long_running_hours`.
        LongRunning = "long_running",
    }
);
choice!(
    /// What receivers are asked to do with mail that fails DMARC.
    DmarcPolicy {
        /// Nothing.
        None = "none",
        /// Put it aside.
        Quarantine = "quarantine",
        /// Refuse it.
        Reject = "reject",
    }
);

impl Tenant {
    /// The name in lower case: upper and lower case mean the same.
    pub(crate) fn folded(&self) -> Self {
        Self(self.0.to_ascii_lowercase())
    }
}

impl AppId {
    /// The id in lower case.
    pub(crate) fn folded(&self) -> Self {
        Self(self.0.to_ascii_lowercase())
    }
}

impl ServerName {
    /// The name in lower case.
    pub(crate) fn folded(&self) -> Self {
        Self(self.0.to_ascii_lowercase())
    }
}

impl SpfInclude {
    /// The domain in lower case.
    pub(crate) fn folded(&self) -> Self {
        Self(self.0.to_ascii_lowercase())
    }
}
