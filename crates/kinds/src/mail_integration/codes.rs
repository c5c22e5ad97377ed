//! The rules of `mail_integration`.

use crate::words::codes;

codes! {
    /// there is not exactly one of the tables google, microsoft, automatic, own_server and gmail
    NOT_ONE_SYSTEM = "MI001";
    /// a field of reading stands at an integration that sends, or the reverse
    FOREIGN_FIELD = "MI002";
    /// the switch of reading is off at an integration that sends
    ENABLED_OUTSIDE = "MI003";
    /// an integration that reads mail names no team
    NO_TEAM = "MI004";
    /// all customers are meant, and some are named
    CUSTOMERS_AND_ALL = "MI005";
    /// an integration that reads mail has no customers
    NO_CUSTOMERS = "MI006";
    /// those who read are those whose mail is read
    READERS_ARE_TEAM = "MI007";
    /// the app is installed for everyone, and nobody says that this is meant
    EVERYONE = "MI008";
    /// nobody is named who presses Connect at Google
    NO_CONNECT_ADMIN = "MI009";
    /// the address of an admin is outside the company's domains
    ADMIN_OUTSIDE = "MI010";
    /// nobody is named who consents at Microsoft
    NO_CONSENT_ACCOUNT = "MI011";
    /// an access policy names no application
    POLICY_WITHOUT_APP = "MI012";
    /// an access policy is described that is not there
    NO_POLICY = "MI013";
    /// no access policy bounds the application
    NO_RESTRICTION = "MI014";
    /// the access policy leaves every other mailbox open
    DENY_ALONE = "MI015";
    /// access policies are to be given up
    LEGACY_POLICY = "MI016";
    /// an address is expected to be read and not to be read
    VERIFY_CONTRADICTED = "MI017";
    /// no address is tried that must not be read
    VERIFY_ONE_SIDED = "MI018";
    /// an address is listed twice
    LISTED_TWICE = "MI019";
    /// notices are set up while nothing is sent
    SENDING_OFF = "MI020";
    /// nobody hears of locked accounts
    NO_LOCKOUT_RECIPIENT = "MI021";
    /// jobs are monitored at no interval
    NO_INTERVAL = "MI022";
    /// jobs are monitored, and nobody is told
    NOBODY_TOLD = "MI023";
    /// a job is monitored, and nothing is told of it
    NOTHING_TOLD = "MI024";
    /// a long run has no length
    NO_HOURS = "MI025";
    /// a long run has a length, and is not told of
    HOURS_UNUSED = "MI026";
    /// a job is set up that is not monitored
    JOB_OFF = "MI027";
    /// failures of a job are not told of
    FAILURES_UNTOLD = "MI028";
    /// somebody is to be told of jobs, and none is monitored
    NOTHING_MONITORED = "MI029";
    /// a mail server asks for a sign-in that is not there
    SIGN_IN_MISSING = "MI030";
    /// a sign-in is given that the mail server does not ask for
    SIGN_IN_UNUSED = "MI031";
    /// a password goes over the wire in clear text
    PASSWORD_IN_CLEAR = "MI032";
    /// mail goes to its server in clear text
    MAIL_IN_CLEAR = "MI033";
    /// a port is used with the encryption of another
    PORT_AND_ENCRYPTION = "MI034";
    /// the port between servers is used with a sign-in
    RELAY_PORT = "MI035";
    /// Exchange Online is signed in to by password
    OFFICE_PASSWORD = "MI036";
    /// Gmail is used as a plain mail server
    GMAIL_AS_SERVER = "MI037";
    /// the sender is no address of the account that sends
    FOREIGN_SENDER = "MI038";
    /// the consent ends after a week
    WEEKLY_CONSENT = "MI039";
    /// the consent ends with the password
    CONSENT_AND_PASSWORD = "MI040";
    /// what Google must be given is not written down
    ORIGINS_UNSAID = "MI041";
    /// the sender's domain has neither SPF nor DKIM
    NEITHER_SPF_NOR_DKIM = "MI042";
    /// a domain that sends much lacks SPF, DKIM or DMARC
    BULK_SENDER = "MI043";
    /// DMARC refuses the domain's own mail
    DMARC_FAILS = "MI044";
    /// an SPF record includes too much
    SPF_TOO_LONG = "MI045";
}
