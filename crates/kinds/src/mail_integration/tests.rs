use deskform_model::{FieldPath, Kind as _, Outline, Typed};
use serde_json::{Value, json};

use super::MailIntegrationKind;
use crate::customer_strategy::samples;
use crate::testing::{self, body, read, spec};

const SAMPLE: &str = include_str!("sample.toml");

/// Reading at Google, of which nothing is wrong.
const GOOGLE: &str = "tenant = \"acme\"\nteam = \"support\"\ncustomers = [\"contoso\"]\nconnect_admins = [\"ops@acme.example\"]\ngoogle = {}\n";
/// Reading at Microsoft, of which nothing is wrong.
const MICROSOFT: &str = r#"tenant = "acme"
team = "support"
customers = ["contoso"]
[microsoft]
consent_account = "admin@acme.example"
entra_app_id = "00000000-0000-4000-8000-00000000abcd"
access_policy = "restrict"
access_control = "rbac"
"#;
/// Sending by the vendor, of which nothing is wrong.
const AUTOMATIC: &str = "tenant = \"acme\"\nautomatic.enabled = true\nlockout_recipients = [\"it@acme.example\"]\n";

/// Sending by a server of one's own, to which the test adds to the server.
fn own_server(smtp: &str) -> String {
    format!(
        "tenant = \"acme\"\nlockout_recipients = [\"it@acme.example\"]\n[own_server]\nsender = \"noreply@acme.example\"\n[own_server.smtp]\n{smtp}"
    )
}

/// Sending by Gmail, to which the test adds.
fn gmail(rest: &str) -> String {
    format!(
        r#"tenant = "acme"
lockout_recipients = ["it@acme.example"]
[gmail]
sender = "IT@acme.example"
client_id = "1234-abc.apps.googleusercontent.com"
client_secret = {{ env = "GMAIL_SECRET", version = 2 }}
consent_account = "it@acme.example"
javascript_origins = ["https://esales.acme.example"]
redirect_uris = ["https://esales.acme.example/oauth2/callback/"]
{rest}"#
    )
}

/// What is always said to sending by Gmail.
const PASSWORD: &str = "
        MI040 advice gmail.consent_account: the consent ends when the password of `it@acme.example` changes
          Google then takes back what reaches mail
          Plan a new consent with each change of that password.
        ";

fn with(integration: &str, rest: &str) -> String {
    [integration, rest].concat()
}

/// The same before the first table.
fn before(integration: &str, rest: &str) -> String {
    with(&with(rest, "\n"), integration)
}

#[track_caller]
fn check(text: &str, expected: &str) {
    testing::check("mail_integration", text, expected);
}

#[test]
fn an_integration_is_of_exactly_one_system() {
    check(
        "tenant = \"acme\"",
        "
        MI001 error : nothing says which system this is
          one of the tables `google`, `microsoft`, `automatic`, `own_server`, `gmail` says it
          Add the table of the system, such as `google = {}`.
        ",
    );
    check(
        &with(GOOGLE, "automatic.enabled = true\nlockout_recipients = [\"it@acme.example\"]"),
        "
        MI001 error automatic: `automatic` stands beside `google`
          an integration is of one system
          Take one of the two out, or declare an integration for each.
        ",
    );
    check(
        &before(MICROSOFT, "google = {}\nconnect_admins = [\"ops@acme.example\"]"),
        "
        MI001 error microsoft: `microsoft` stands beside `google`
          an integration is of one system
          Take one of the two out, or declare an integration for each.
        ",
    );
    for one in [GOOGLE, MICROSOFT, AUTOMATIC] {
        check(one, "");
    }
}

#[test]
fn what_belongs_to_the_other_direction_is_an_error() {
    check(
        &with(AUTOMATIC, "team = \"support\"\nall_customers = true"),
        "
        MI002 error team: `team` does not belong here
          this integration sends mail, and the field is about reading
          Take it out, or move it to the integration that it is about.
        MI002 error all_customers: `all_customers` does not belong here
          this integration sends mail, and the field is about reading
          Take it out, or move it to the integration that it is about.
        ",
    );
    check(
        &with(GOOGLE, "monitoring.interval_minutes = 5"),
        "
        MI002 error monitoring: `monitoring` does not belong here
          this integration reads mail, and the field is about sending
          Take it out, or move it to the integration that it is about.
        ",
    );
    check(&with(AUTOMATIC, "monitoring = {}\nverify = {}\ncustomers = []"), "");
}

#[test]
fn sending_has_a_switch_in_automatic_alone() {
    check(
        &with(AUTOMATIC, "enabled = false"),
        "
        MI003 error enabled: an integration that sends has no switch of its own
          only `automatic` can be switched off
          Take it out, and write `enabled = false` in `automatic`.
        MI020 warning automatic.enabled: notices are set up, and mail is switched off
          none of them is sent
          Switch it on, or take the notices out.
        ",
    );
    check(
        &before(&own_server("host = \"smtp.acme.example\"\nport = 465\nencryption = \"tls\""), "enabled = false"),
        "
        MI003 error enabled: an integration that sends has no switch of its own
          only `automatic` can be switched off
          Take it out. To send nothing, take the integration out.
        ",
    );
    check(&with(GOOGLE, "enabled = false"), "");
    check(&with(AUTOMATIC, "enabled = true"), "");
}

#[test]
fn whose_mail_is_read_is_said() {
    check(
        "tenant = \"acme\"\nall_customers = true\nconnect_admins = [\"ops@acme.example\"]\ngoogle = {}",
        "
        MI004 error team: nothing says whose mail is read
          without a group every mailbox would be a target
          Add `team`, the name of the team that talks to customers.
        ",
    );
}

#[test]
fn customers_are_named_or_all_are() {
    check(
        &with(GOOGLE, "all_customers = true"),
        "
        MI005 error customers: all customers are meant, and some are named
          `all_customers` is true
          Take `customers` out, or `all_customers`.
        ",
    );
    let none = "tenant = \"acme\"\nteam = \"support\"\nconnect_admins = [\"ops@acme.example\"]\ngoogle = {}\n";
    check(
        none,
        "
        MI006 warning customers: no customer is named, so no mail is read
          only mail with customers who are named is taken
          Add `customers`, names of `organization`, or `all_customers = true`.
        ",
    );
    check(&with(none, "all_customers = true"), "");
    check(&with(none, "enabled = false"), "");
}

#[test]
fn readers_need_not_be_the_team() {
    check(
        &with(GOOGLE, "readers = \"support\""),
        "
        MI007 advice readers: `support` reads what is found in its own mail
          who reads and whose mail is read need not be the same
          Look whether each of them needs to read it.
        ",
    );
    check(&with(GOOGLE, "readers = \"managers\""), "");
}

#[test]
fn reading_everybody_is_said_twice() {
    let everyone = GOOGLE.replace("google = {}", "google.install_scope = \"everyone\"");
    check(
        &everyone,
        "
        MI008 error google.install_scope: the app is installed for everyone
          the mail of all employees can be read
          Write `group`, or say `all_employees_acknowledged = true`.
        ",
    );
    check(&with(&everyone, "all_employees_acknowledged = true"), "");
}

#[test]
fn who_presses_connect_at_google_is_named() {
    check(
        "tenant = \"acme\"\nteam = \"support\"\ncustomers = [\"contoso\"]\ngoogle = {}",
        "
        MI009 warning connect_admins: nobody is named who presses Connect
          whoever does must be in the group, or Google shows an error
          Add `connect_admins`, the addresses of these admins.
        ",
    );
}

#[test]
fn an_admin_is_of_the_company() {
    check(
        &with(GOOGLE, "organization_domains = [\"acme.test.example\"]"),
        "
        MI010 warning connect_admins[0]: `ops@acme.example` is outside the company's domains
          `organization_domains` lists others
          Correct the address, or add its domain to `organization_domains`.
        ",
    );
    check(&with(GOOGLE, "organization_domains = [\"ACME.example\"]"), "");
}

#[test]
fn an_admin_consents_at_microsoft() {
    check(
        &MICROSOFT.replace("consent_account = \"admin@acme.example\"\n", ""),
        "
        MI011 error microsoft.consent_account: nobody is named who consents at Microsoft
          only an admin can consent
          Add `consent_account`, the address of a Global Administrator.
        ",
    );
}

#[test]
fn an_access_policy_names_its_application() {
    check(
        &MICROSOFT.replace("entra_app_id = \"00000000-0000-4000-8000-00000000abcd\"\n", ""),
        "
        MI012 error microsoft.entra_app_id: the access policy names no application
          Exchange asks for its id
          Add `entra_app_id`; Entra shows it once somebody has consented.
        ",
    );
}

#[test]
fn an_application_without_an_access_policy_reaches_everybody() {
    let open = MICROSOFT.replace("access_policy = \"restrict\"\n", "");
    check(
        &open,
        "
        MI014 warning microsoft.access_policy: no access policy bounds the application
          it can read every mailbox; the group is only a filter of the vendor
          Add `access_policy = \"restrict\"`.
        ",
    );
    check(
        &with(&open, "policy_scope = \"sales\"\npolicy_description = \" \""),
        "
        MI013 error microsoft.policy_scope: `policy_scope` describes an access policy, and there is none
          `access_policy` is missing
          Add `access_policy = \"restrict\"`, or take it out.
        MI013 error microsoft.policy_description: `policy_description` describes an access policy, and there is none
          `access_policy` is missing
          Add `access_policy = \"restrict\"`, or take it out.
        ",
    );
    check(
        &MICROSOFT.replace("\"restrict\"", "\"deny\""),
        "
        MI015 warning microsoft.access_policy: the only access policy denies a group
          every other mailbox stays open
          Write `restrict`, which is what the vendor asks for.
        ",
    );
    check(&with(MICROSOFT, "policy_scope = \"sales\"\npolicy_description = \" \""), "");
}

#[test]
fn access_policies_are_on_their_way_out() {
    check(
        &MICROSOFT.replace("access_control = \"rbac\"\n", ""),
        "
        MI016 advice microsoft.access_policy: access policies are Microsoft's former means
          new ones are discouraged, and will have to be moved
          Plan for RBAC for Applications, and say so with `access_control = \"rbac\"`.
        ",
    );
}

#[test]
fn what_is_tried_is_expected_one_way_and_both_ways_are_tried() {
    check(
        &before(MICROSOFT, "verify = { granted = [\"a@acme.example\"], denied = [\"A@acme.example\"] }"),
        "
        MI017 error verify.denied[0]: `A@acme.example` is expected to be read and not to be read
          `verify.granted` lists it too
          Take it out of one of the two.
        ",
    );
    check(
        &before(MICROSOFT, "verify.granted = [\"a@acme.example\"]"),
        "
        MI018 advice verify.granted: only addresses that must be read are tried
          a scope that is too wide would not be noticed
          Add an address outside the group to `verify.denied`.
        ",
    );
    check(&before(MICROSOFT, "verify.denied = [\"a@acme.example\"]"), "");
}

#[test]
fn an_address_is_listed_once() {
    check(
        &with(AUTOMATIC, "").replace("[\"it@acme.example\"]", "[\"it@acme.example\", \"IT@acme.example\"]"),
        "
        MI019 warning lockout_recipients[1]: `IT@acme.example` is listed twice
          upper and lower case alike
          Take one of the two out.
        ",
    );
}

#[test]
fn notices_need_mail_that_is_switched_on() {
    check(
        &AUTOMATIC.replace("true", "false"),
        "
        MI020 warning automatic.enabled: notices are set up, and mail is switched off
          none of them is sent
          Switch it on, or take the notices out.
        ",
    );
    check("tenant = \"acme\"\nautomatic.enabled = false", "");
}

#[test]
fn somebody_hears_of_locked_accounts() {
    check(
        "tenant = \"acme\"\nautomatic.enabled = true",
        "
        MI021 warning lockout_recipients: nobody hears of locked accounts, the user neither
          no mail goes out without recipients
          Add `lockout_recipients`, such as the address of the IT department.
        ",
    );
}

/// An automatic integration that monitors.
fn monitoring(table: &str) -> String {
    with(AUTOMATIC, &format!("[monitoring]\n{table}"))
}

#[test]
fn jobs_are_monitored_at_an_interval_and_somebody_is_told() {
    check(
        &monitoring("jobs.data_source = { enabled = true, notify = [\"abnormal\"] }"),
        "
        MI022 error monitoring.interval_minutes: jobs are monitored at no interval
          how often is looked?
          Add `interval_minutes`, 5 to 60 in steps of 5.
        MI023 error monitoring.recipients: jobs are monitored, and nobody is told
          no notice can be sent
          Add `recipients`.
        ",
    );
    let told = "interval_minutes = 15\nrecipients = [\"ops@acme.example\"]\n";
    check(&monitoring(&with(told, "jobs.data_source = { enabled = true, notify = [\"abnormal\"] }")), "");
    check(
        &monitoring(told),
        "
        MI029 advice monitoring.recipients: somebody is to be told of jobs, and none is monitored
          no job has `enabled = true`
          Switch a job on, or take the recipients out.
        ",
    );
}

/// The findings of one job.
fn job(table: &str) -> String {
    monitoring(&format!(
        "interval_minutes = 15\nrecipients = [\"ops@acme.example\"]\njobs.google_calendar_sync = {{ enabled = true, notify = [\"abnormal\"] }}\njobs.data_source = {table}"
    ))
}

#[test]
fn what_is_told_of_a_job_fits_together() {
    check(
        &job("{ enabled = true }"),
        "
        MI024 warning monitoring.jobs.data_source.notify: `data_source` is monitored, and nothing is told of it
          `notify` is empty
          Add `notify`, such as `[\"abnormal\"]`.
        ",
    );
    check(
        &job("{ enabled = true, notify = [\"abnormal\", \"long_running\"] }"),
        "
        MI025 error monitoring.jobs.data_source.notify: nothing says when `data_source` runs long
          `long_running_hours` is missing
          Add `long_running_hours`, a whole number from 1 to 24.
        ",
    );
    check(
        &job("{ enabled = true, notify = [\"abnormal\"], long_running_hours = 3 }"),
        "
        MI026 warning monitoring.jobs.data_source.long_running_hours: runs of `data_source` of 3 hours and more are not told of
          `notify` does not list `long_running`
          Add `long_running` to `notify`, or take the hours out.
        ",
    );
    check(
        &job("{ notify = [\"abnormal\", \"long_running\"], long_running_hours = 24 }"),
        "
        MI027 warning monitoring.jobs.data_source: `data_source` is set up and not monitored
          `enabled` is not true
          Write `enabled = true`, or take the rest out.
        ",
    );
    check(
        &job("{ enabled = true, notify = [\"normal\"] }"),
        "
        MI028 advice monitoring.jobs.data_source.notify: failures of `data_source` are not told of
          `notify` does not list `abnormal`
          Add `abnormal`.
        ",
    );
    check(&job("{ enabled = true, notify = [\"abnormal\", \"long_running\"], long_running_hours = 1 }"), "");
    check(&job("{}"), "");
}

const SERVER: &str = "host = \"smtp.acme.example\"\nport = 587\nencryption = \"starttls\"\n";
const SIGN_IN: &str = "auth = true\nusername = \"mailer\"\npassword = { env = \"SMTP_PASSWORD\" }\n";

#[test]
fn a_server_is_signed_in_to_with_both_or_with_nothing() {
    check(
        &own_server(&with(SERVER, "auth = true")),
        "
        MI030 error own_server.smtp.auth: the server asks for a sign-in, and `username` is missing
          `auth` is true
          Add `username`, or take `auth` out.
        MI030 error own_server.smtp.auth: the server asks for a sign-in, and `password` is missing
          `auth` is true
          Add `password`, or take `auth` out.
        ",
    );
    check(
        &own_server(&with(SERVER, "username = \"mailer\"\npassword = { file = \"/run/secrets/smtp\" }")),
        "
        MI031 warning own_server.smtp.auth: `username` is given, and the server is not signed in to
          `auth` is not true
          Write `auth = true`, or take `username` out.
        MI031 warning own_server.smtp.auth: `password` is given, and the server is not signed in to
          `auth` is not true
          Write `auth = true`, or take `password` out.
        ",
    );
    check(&own_server(SERVER), "");
    check(&own_server(&with(SERVER, SIGN_IN)), "");
}

#[test]
fn nothing_goes_to_a_server_in_clear_text() {
    let open = "host = \"smtp.acme.example\"\nport = 2525\nencryption = \"none\"\n";
    check(
        &own_server(&with(open, SIGN_IN)),
        "
        MI032 error own_server.smtp.encryption: the password goes to the server in clear text
          nothing encrypts the way
          Write `tls` with port 465, or `starttls` with port 587.
        ",
    );
    check(
        &own_server(open),
        "
        MI033 warning own_server.smtp.encryption: mail goes to the server in clear text
          obsolete since RFC 8314
          Write `tls` with port 465, or `starttls` with port 587.
        ",
    );
}

#[test]
fn a_port_has_its_encryption() {
    check(
        &own_server("host = \"203.0.113.7\"\nport = 465\nencryption = \"starttls\""),
        "
        MI034 warning own_server.smtp.encryption: the port 465 is that of `tls`
          465 is encrypted from the first byte on, 587 by STARTTLS
          Write `tls`, or change the port.
        ",
    );
    check(
        &own_server("host = \"smtp\"\nport = 587\nencryption = \"tls\""),
        "
        MI034 warning own_server.smtp.encryption: the port 587 is that of `starttls`
          465 is encrypted from the first byte on, 587 by STARTTLS
          Write `starttls`, or change the port.
        ",
    );
    check(
        &own_server(&with("host = \"smtp\"\nport = 25\nencryption = \"starttls\"\n", SIGN_IN)),
        "
        MI035 warning own_server.smtp.port: the port 25 is the one between servers
          `auth` is true
          Write 465 or 587.
        ",
    );
    check(&own_server("host = \"smtp\"\nport = 25\nencryption = \"starttls\""), "");
}

#[test]
fn some_servers_are_better_not_used_like_that() {
    let host = |host: &str| SERVER.replace("smtp.acme.example", host);
    check(
        &own_server(&with(&host("SMTP.office365.com"), SIGN_IN)),
        "
        MI036 warning own_server.smtp.host: Exchange Online is signed in to by password
          switched off by default at the end of December 2026
          Look for a way to send that needs no password.
        ",
    );
    check(
        &own_server(&with(&host("smtp.gmail.com"), SIGN_IN)),
        "
        MI037 advice own_server.smtp.host: Gmail is used as a plain mail server
          it has a table of its own
          Declare the table `gmail`, which needs no password.
        ",
    );
    check(&own_server(&host("smtp.office365.com")), "");
}

#[test]
fn gmail_sends_from_its_own_account() {
    check(&gmail(""), PASSWORD);
    check(
        &gmail("").replace("IT@acme", "help@acme").replace("sender", "aliases = [\"Help@acme.example\"]\nsender"),
        PASSWORD,
    );
    check(
        &gmail("").replace("IT@acme", "help@acme"),
        &format!(
            "
        MI038 error gmail.sender: `help@acme.example` is no address of the account that sends
          `it@acme.example` consents and sends
          Send from that account, or add the address to `aliases` once Google verified it.
{}",
            PASSWORD.trim_start_matches('\n')
        ),
    );
}

#[test]
fn a_client_that_is_tried_out_forgets_consents() {
    check(
        &gmail("user_type = \"external\"\npublishing_status = \"testing\""),
        &format!(
            "
        MI039 warning gmail.publishing_status: the consent ends after seven days
          an external client is being tried out
          Publish the client, or make it `internal`.
{}",
            PASSWORD.trim_start_matches('\n')
        ),
    );
    check(&gmail("user_type = \"internal\"\npublishing_status = \"testing\""), PASSWORD);
    check(&gmail("user_type = \"external\"\npublishing_status = \"production\""), PASSWORD);
}

#[test]
fn what_google_is_given_is_written_down() {
    let text = gmail("").replace("javascript_origins = [\"https://esales.acme.example\"]\n", "");
    check(
        &text,
        &format!(
            "{}MI041 advice gmail.javascript_origins: `gmail.javascript_origins` is not written down
          Google refuses the sign-in unless it was given exactly these
          Copy what eSales Manager shows.
        ",
            PASSWORD
        ),
    );
}

#[test]
fn the_server_that_fills_in_for_gmail_is_checked_too() {
    check(
        &gmail(
            "[gmail.interim]\nsender = \"noreply@acme.example\"\nsmtp = { host = \"smtp.gmail.com\", port = 2525, encryption = \"none\" }",
        ),
        &format!(
            "{}MI033 warning gmail.interim.smtp.encryption: mail goes to the server in clear text
          obsolete since RFC 8314
          Write `tls` with port 465, or `starttls` with port 587.
        ",
            PASSWORD
        ),
    );
}

/// An automatic integration with what its name servers say.
fn dns(table: &str) -> String {
    with(AUTOMATIC, &format!("[dns]\n{table}"))
}

#[test]
fn receivers_want_to_know_who_sends() {
    check(
        &dns(""),
        "
        MI042 warning dns: the sender's domain has neither SPF nor DKIM
          receivers want one of them at least
          Add `spf_includes` or `dkim_selectors`, once they are set up.
        ",
    );
    check(
        &dns("dmarc_policy = \"reject\""),
        "
        MI044 warning dns.dmarc_policy: DMARC has receivers refuse mail that neither SPF nor DKIM vouches for
          the domain's own mail fails
          Add `spf_includes` or `dkim_selectors`, once they are set up.
        ",
    );
    check(&dns("spf_includes = [\"_spf.google.com\"]"), "");
    check(&dns("dkim_selectors = [\"google\"]\ndmarc_policy = \"reject\""), "");
    check(AUTOMATIC, "");
}

#[test]
fn who_sends_much_has_all_three() {
    check(
        &dns("spf_includes = [\"_spf.google.com\"]\ndkim_selectors = [\"google\"]\ndaily_volume = 5001"),
        "
        MI043 warning dns.daily_volume: 5001 mails a day need SPF, DKIM and DMARC
          Google asks for all three above 5000
          Set up what is missing, and write it down here.
        ",
    );
    check(&dns("spf_includes = [\"_spf.google.com\"]\ndaily_volume = 5000"), "");
    let all = "spf_includes = [\"_spf.google.com\"]\ndkim_selectors = [\"google\"]\ndmarc_policy = \"none\"\n";
    check(&dns(&with(all, "daily_volume = 5001")), "");
}

#[test]
fn an_spf_record_includes_ten_domains() {
    let includes = |number: usize| {
        let domains: Vec<String> = (0..number).map(|index| format!("\"s{index}.acme.example\"")).collect();
        dns(&format!("spf_includes = [{}]", domains.join(", ")))
    };
    check(
        &includes(11),
        "
        MI045 warning dns.spf_includes: the SPF record includes 11 domains
          receivers give up after 10
          Take out the domains that no longer send for you.
        ",
    );
    check(&includes(10), "");
}

/// Everything that sending by Gmail can say.
fn full_gmail() -> String {
    gmail(
        r#"aliases = ["help@Acme.example"]
user_type = "internal"
publishing_status = "production"
oauth_client_name = "営業支援"
[gmail.interim]
sender = "noreply@acme.example"
smtp = { host = "SMTP.acme.example", port = 465.0, encryption = "tls", auth = true, username = "mailer", password = { vault = "kv/smtp#password" } }
[monitoring]
interval_minutes = 60
recipients = ["ops@acme.example"]
[monitoring.jobs.analytics_account_link]
enabled = true
notify = ["normal", "abnormal", "long_running"]
long_running_hours = 24
[dns]
spf_includes = ["_spf.Google.com"]
dkim_selectors = ["google"]
dmarc_policy = "quarantine"
daily_volume = 1200
"#,
    )
}

#[test]
fn serde_and_schema_agree_on_tables() {
    let own = |smtp: &str| own_server(&with("host = \"smtp\"\nport = 25\nencryption = \"tls\"\n", smtp));
    let microsoft = |field: &str| with("tenant = \"acme\"\n[microsoft]\n", field);
    let monitored = |field: &str| monitoring(field);
    let good = [
        SAMPLE.to_owned(),
        GOOGLE.to_owned(),
        MICROSOFT.to_owned(),
        AUTOMATIC.to_owned(),
        full_gmail(),
        with(MICROSOFT, "policy_scope = \"sales\""),
        own(SIGN_IN),
        own("password = { vault = \"a#b\", version = 3.0 }"),
        monitored("interval_minutes = 5.0"),
        gmail("").replace("https://esales.acme.example\"]", "http://localhost:8080\"]"),
        "tenant = \"acme\"".to_owned(),
        "tenant = \"acme\"\ngoogle = {}\nmicrosoft = {}".to_owned(),
    ];
    let bad = [
        String::new(),
        "tenant = \"アクメ\"".to_owned(),
        with(GOOGLE, "server = {}"),
        with(GOOGLE, "customers_from = \"brand:acme\""),
        GOOGLE.replace("[\"contoso\"]", "\"all\""),
        GOOGLE.replace("{}", "true"),
        GOOGLE.replace("{}", "[]"),
        GOOGLE.replace("{}", "{ install_scope = \"all\" }"),
        microsoft("entra_app_id = \"*\""),
        microsoft("entra_app_id = \"staircase\""),
        microsoft("access_policy = \"RestrictAccess\""),
        microsoft("access_control = \"none\""),
        microsoft("policy_description = \"\""),
        microsoft("consent_account = \"a@acme.example; b@acme.example\""),
        "tenant = \"acme\"\nautomatic = {}".to_owned(),
        "tenant = \"acme\"\nautomatic = { enabled = true, sender = \"a@acme.example\" }".to_owned(),
        "tenant = \"acme\"\nown_server.sender = \"a@acme.example\"".to_owned(),
        own("password = \"hunter2\""),
        own("password = {}"),
        own("password = { env = \"A\", file = \"b\" }"),
        own("password = { env = \"\" }"),
        own("password = { env = \"A\", version = 0 }"),
        own("password = { env = \"A\", version = 1.5 }"),
        own("").replace("port = 25", "port = 65536"),
        own("").replace("port = 25", "port = 0"),
        own("").replace("\"tls\"", "\"ssl\""),
        own("").replace("\"smtp\"", "\"smtp://a.example\""),
        gmail("smtp = {}"),
        gmail("").replace("1234-abc.apps.googleusercontent.com", "1234-abc"),
        gmail("").replace("https://esales.acme.example\"]", "https://esales.acme.example/\"]"),
        gmail("").replace("https://esales.acme.example/", "http://esales.acme.example/"),
        gmail("").replace("https://esales.acme.example/", "https://203.0.113.7/"),
        gmail("").replace("https://esales.acme.example/", "https://a@esales.acme.example/"),
        gmail("").replace("/oauth2/callback/", "/oauth2/../callback"),
        gmail("").replace("/oauth2/callback/", "/oauth2#a"),
        monitored("interval_minutes = 61"),
        monitored("interval_minutes = 12"),
        monitored("interval_minutes = 0"),
        monitored("interval_minutes = 7.5"),
        monitored("jobs.backup = { enabled = true }"),
        monitored("jobs.data_source = { enabled = true, notify = [\"slow\"] }"),
        monitored("jobs.data_source = { long_running_hours = 25 }"),
        dns("dmarc_policy = \"p=none\""),
        dns("spf_includes = [\"include:_spf.google.com\"]"),
        dns("daily_volume = -1"),
    ];
    let texts = |list: &[String]| -> Vec<String> { list.to_vec() };
    let (good, bad) = (texts(&good), texts(&bad));
    let good: Vec<&str> = good.iter().map(String::as_str).collect();
    let bad: Vec<&str> = bad.iter().map(String::as_str).collect();
    samples::agree("mail_integration", &good, &bad);
}

#[test]
fn the_text_and_digest_are_frozen() {
    samples::frozen("mail_integration", SAMPLE, include_str!("sample.json"), DIGEST);
}

const DIGEST: &str = "61b74117820d27bfdfe2ddc847588f43ae57d0fd5558b8627c3a10d5ef80e617";

#[test]
fn what_is_spelling_only_makes_no_other_integration() {
    let one = full_gmail();
    let other = one
        .replace("tenant = \"acme\"", "tenant = \"ACME\"\nenabled = true\nverify = {}\ncustomers = []")
        .replace("SMTP.acme.example", "smtp.acme.example")
        .replace("_spf.Google.com", "_spf.google.com")
        .replace("[\"normal\", \"abnormal\", \"long_running\"]", "[\"long_running\", \"normal\", \"abnormal\"]")
        .replace("interval_minutes = 60", "interval_minutes = 60\njobs.data_source = {}");
    assert_eq!(spec("mail_integration", &one), spec("mail_integration", &other));
}

#[test]
fn the_group_of_an_access_policy_is_stored_and_not_written() {
    let stored = spec("mail_integration", MICROSOFT);
    assert_eq!(stored["microsoft"]["policy_scope"], "support");
    let kind = Typed::<MailIntegrationKind>::new();
    assert_eq!(kind.to_manifest(&stored)["microsoft"].get("policy_scope"), None);
    let other = spec("mail_integration", &with(MICROSOFT, "policy_scope = \"sales\""));
    assert_eq!(kind.to_manifest(&other)["microsoft"]["policy_scope"], "sales");
    let unbounded = spec("mail_integration", &MICROSOFT.replace("access_policy = \"restrict\"\n", ""));
    assert_eq!(unbounded["microsoft"].get("policy_scope"), None);
}

#[test]
fn what_exchange_cannot_change_replaces() {
    let fields: Vec<String> =
        Typed::<MailIntegrationKind>::new().replace_only().iter().map(FieldPath::to_string).collect();
    assert_eq!(fields, ["microsoft.access_policy", "microsoft.entra_app_id", "microsoft.policy_scope", "tenant"]);
}

#[test]
fn secrets_are_known_as_such() {
    let fields: Vec<String> = Typed::<MailIntegrationKind>::new().secrets().iter().map(FieldPath::to_string).collect();
    assert_eq!(fields, ["gmail.client_secret", "gmail.interim.smtp.password", "own_server.smtp.password"]);
}

fn outline(text: &str) -> (Option<String>, Vec<String>, Vec<String>) {
    let Outline { title, references, unique } = read("mail_integration", body(text)).expect("fits").outline;
    let references = references.iter().map(|r| format!("{} -> {}", r.path, r.to)).collect();
    let unique = unique.iter().map(|u| format!("{} {} {}", u.scope, u.value, u.path)).collect();
    (title, references, unique)
}

#[test]
fn an_integration_refers_to_teams_and_customers() {
    let (title, references, unique) = outline(SAMPLE);
    assert_eq!(title.as_deref(), Some("Staircase（Microsoft）"));
    assert_eq!(
        references,
        [
            "customers[0] -> organization.acme_org",
            "customers[1] -> organization.contoso",
            "microsoft.policy_scope -> team.customer_facing",
            "readers -> team.insight_readers",
            "team -> team.customer_facing",
        ]
    );
    assert_eq!(unique, ["mail_integration.reading microsoft/acme-staircase tenant"]);
}

#[test]
fn a_tenant_connects_once_to_each_provider_and_sends_in_one_way() {
    let unique = |text: &str| outline(text).2;
    assert_eq!(unique(GOOGLE), ["mail_integration.reading google/acme tenant"]);
    let sending = ["mail_integration.sending esales/acme tenant"];
    assert_eq!(unique(AUTOMATIC), sending);
    assert_eq!(unique(&own_server(SERVER)), sending);
    assert_eq!(unique(&gmail("")), sending);
}

fn events(before: Option<&str>, after: Option<&str>, paths: &[&str]) -> Vec<String> {
    samples::events("mail_integration", before, after, paths)
}

#[test]
fn an_auditor_reads_of_integrations_that_come_and_go() {
    let told = r#"{"display_name":null,"system":"google","tenant":"acme"}"#;
    assert_eq!(events(None, Some(GOOGLE), &[]), [format!("application integration.created {told}")]);
    assert_eq!(events(Some(GOOGLE), None, &[]), [format!("application integration.deleted {told}")]);
    let off = with(GOOGLE, "enabled = false");
    assert_eq!(events(Some(GOOGLE), Some(&off), &["enabled"]), [format!("application integration.disabled {told}")]);
    assert_eq!(events(Some(&off), Some(GOOGLE), &["enabled"]), [format!("application integration.enabled {told}")]);
    let stopped = AUTOMATIC.replace("true", "false");
    let told = r#"{"display_name":null,"system":"automatic","tenant":"acme"}"#;
    assert_eq!(
        events(Some(AUTOMATIC), Some(&stopped), &["automatic/enabled"]),
        [format!("application integration.disabled {told}")]
    );
    assert_eq!(events(Some(GOOGLE), Some(GOOGLE), &[]), Vec::<String>::new());
}

#[test]
fn an_auditor_reads_that_credentials_changed_and_never_which_they_are() {
    let before = gmail("");
    let after = before.replace("version = 2", "version = 3").replace("IT@acme", "it@acme");
    assert_eq!(
        events(Some(&before), Some(&after), &["gmail/client_secret/version", "gmail/sender"]),
        [
            r#"application integration.credentials_replaced {"fields":["gmail.client_secret"]}"#,
            r#"application integration.changed {"fields":["gmail.sender"]}"#,
        ]
    );
}

#[test]
fn an_auditor_reads_of_another_way_to_send() {
    assert_eq!(
        events(Some(&own_server(SERVER)), Some(&gmail("")), &["own_server", "gmail"]),
        [concat!(
            r#"application integration.changed {"fields":["own_server","gmail"],"#,
            r#""system":{"after":"gmail","before":"own_server"}}"#
        )]
    );
}

#[test]
fn a_stored_integration_that_is_of_no_system_has_no_unique_value() {
    let kind = Typed::<MailIntegrationKind>::new();
    let outline = kind.outline(&json!({ "tenant": "acme" }));
    assert_eq!((outline.unique, outline.references), (vec![], vec![]));
    assert_eq!(kind.upgrade(1, json!({ "tenant": "acme", "google": { "everyone": true } })).ok(), None::<Value>);
}
