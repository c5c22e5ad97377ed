//! The tables of the systems that send mail, and of the mail that they send about themselves.

use deskform_model::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::spec::folded;
use super::terms::{
    ClientId, DkimSelector, DmarcPolicy, Encryption, Hours, Interval, Mails, Notice, Origin, Port, PublishingStatus,
    RedirectUri, ServerName, SpfInclude, UserType,
};
use crate::customer_strategy::mail::MailAddress;
use crate::words::{DisplayName, Label, is_default, is_no, present};

/// Sending by the vendor's servers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Automatic {
    /// Whether mail is sent at all.
    pub(crate) enabled: bool,
}

/// Sending by a server of one's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnServer {
    /// The address that mail comes from.
    pub(crate) sender: MailAddress,
    /// The mail server.
    pub(crate) smtp: Smtp,
}

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Smtp {
    /// The name or the IPv4 address of the server, such as `smtp.acme.example`.
    pub(crate) host: ServerName,
    /// Its port: 465 for `tls`, 587 for `starttls`.
    pub(crate) port: Port,
    /// How the way to it is encrypted: `tls`, `starttls` or `none`.
    pub(crate) encryption: Encryption,
    /// Whether the server asks for a user name and a password.
    #[serde(default, skip_serializing_if = "is_no")]
    #[schemars(extend("default" = false))]
    pub(crate) auth: bool,
    /// The user name, where `auth` is true.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DisplayName")]
    pub(crate) username: Option<DisplayName>,
    /// Where the platform finds the password, where `auth` is true: one of `env`, `file` and `vault`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Secret")]
    pub(crate) password: Option<Secret>,
}

/// Sending by Gmail.
///
/// Client id and secret can be changed here. eSales Manager locks both once their consent was got: it then forgets them only
/// by going over to a server of one's own and back, which is what `interim` is for. Whether a consent was got is status, so
/// no rule of a single table can tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gmail {
    /// The address that mail comes from: `consent_account` or one of `aliases`.
    pub(crate) sender: MailAddress,
    /// Further addresses from which the account may send, verified at Google.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) aliases: Vec<MailAddress>,
    /// The id of the OAuth client that was made at Google. Once consented to, it changes only by way of `interim`.
    pub(crate) client_id: ClientId,
    /// Where the platform finds the client's secret: one of `env`, `file` and `vault`. Google shows it once.
    pub(crate) client_secret: Secret,
    /// The address of the administrator who consents, and whose account sends.
    pub(crate) consent_account: MailAddress,
    /// Who may consent to the client: `internal` accounts of the Workspace, or `external` ones, as a free account needs.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "UserType")]
    pub(crate) user_type: Option<UserType>,
    /// How far the client is published: `production`, or `testing`, in which a consent to an `external` client ends after
    /// a week.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "PublishingStatus")]
    pub(crate) publishing_status: Option<PublishingStatus>,
    /// What the client is called at Google.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Label")]
    pub(crate) oauth_client_name: Option<Label>,
    /// The origins that eSales Manager shows and Google is given, exactly as shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) javascript_origins: Vec<Origin>,
    /// The redirect URIs that eSales Manager shows and Google is given, exactly as shown, a last `/` included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) redirect_uris: Vec<RedirectUri>,
    /// The server by which mail goes while the client is exchanged.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "OwnServer")]
    pub(crate) interim: Option<OwnServer>,
}

/// Mail about background jobs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Monitoring {
    /// How often jobs are looked at: 5 to 60 minutes, in steps of 5. Needed as soon as a job is monitored.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Interval")]
    pub(crate) interval_minutes: Option<Interval>,
    /// Who gets the mail about all jobs. Who hears of locked accounts stands in `lockout_recipients`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) recipients: Vec<MailAddress>,
    /// The jobs.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) jobs: Jobs,
}

/// The background jobs of eSales Manager.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Jobs {
    /// Extracting data from data sources.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) data_source: Job,
    /// Keeping appointments in step with Google Calendar.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) google_calendar_sync: Job,
    /// Linking the accounts of Analytics.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) analytics_account_link: Job,
}

/// What is told of a job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Job {
    /// Whether the job is monitored.
    #[serde(default, skip_serializing_if = "is_no")]
    #[schemars(extend("default" = false))]
    pub(crate) enabled: bool,
    /// What is told of it: `normal` ends, `abnormal` ones, and `long_running`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) notify: Vec<Notice>,
    /// After how many hours the job runs long, 1 to 24. Needed for `long_running`.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Hours")]
    pub(crate) long_running_hours: Option<Hours>,
}

/// What the name servers say about the sender's domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dns {
    /// The domains that the SPF record includes, such as `["_spf.google.com"]`; at most ten count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) spf_includes: Vec<SpfInclude>,
    /// The names of the DKIM keys, such as `["google"]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) dkim_selectors: Vec<DkimSelector>,
    /// What the DMARC record asks of receivers: `none`, `quarantine` or `reject`. Without a record, leave it out.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DmarcPolicy")]
    pub(crate) dmarc_policy: Option<DmarcPolicy>,
    /// About how many mails are sent a day.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Mails")]
    pub(crate) daily_volume: Option<Mails>,
}

impl OwnServer {
    /// Folds the case of the domain and the host.
    pub(crate) fn folded(mut self) -> Self {
        self.sender = self.sender.folded();
        self.smtp.host = self.smtp.host.folded();
        self
    }
}

impl Gmail {
    /// Folds the case of the domains and the host.
    pub(crate) fn folded(mut self) -> Self {
        self.sender = self.sender.folded();
        self.aliases = folded(&self.aliases);
        self.consent_account = self.consent_account.folded();
        self.interim = self.interim.map(OwnServer::folded);
        self
    }
}

impl Monitoring {
    /// Folds the case of the domains.
    pub(crate) fn folded(mut self) -> Self {
        self.recipients = folded(&self.recipients);
        self
    }
}

impl Jobs {
    /// The jobs with their names.
    pub(crate) fn named(&self) -> [(&'static str, &Job); 3] {
        let Self { data_source, google_calendar_sync, analytics_account_link } = self;
        [
            ("data_source", data_source),
            ("google_calendar_sync", google_calendar_sync),
            ("analytics_account_link", analytics_account_link),
        ]
    }
}

impl Dns {
    /// Folds the case of the domains.
    pub(crate) fn folded(mut self) -> Self {
        self.spf_includes = self.spf_includes.iter().map(SpfInclude::folded).collect();
        self
    }
}
