//! What is wrong with the mail that a system sends about itself: locked accounts, background jobs.

use deskform_model::{FieldPath, Lowering, Problem};

use super::codes;
use super::sending::{Job, Monitoring};
use super::spec::MailIntegration;
use super::terms::Notice;

/// Runs all checks of an integration that sends.
pub(super) fn run(integration: &MailIntegration, lowering: &mut Lowering<'_>) {
    let MailIntegration { lockout_recipients, monitoring, .. } = integration;
    if integration.is_on() {
        lockout(integration, lowering);
    } else if integration.automatic.is_some()
        && (!lockout_recipients.is_empty() || *monitoring != Monitoring::default())
    {
        let message = "notices are set up, and mail is switched off";
        let path = FieldPath::keys(["automatic", "enabled"]);
        let problem = Problem::warning(codes::SENDING_OFF, path, message, "none of them is sent");
        lowering.report(problem.hint("Switch it on, or take the notices out."));
    }
    monitored(monitoring, lowering);
    for (name, table) in monitoring.jobs.named() {
        job(name, table, lowering);
    }
}

fn lockout(integration: &MailIntegration, lowering: &mut Lowering<'_>) {
    if integration.lockout_recipients.is_empty() {
        let message = "nobody hears of locked accounts, the user neither";
        let path = FieldPath::keys(["lockout_recipients"]);
        let problem =
            Problem::warning(codes::NO_LOCKOUT_RECIPIENT, path, message, "no mail goes out without recipients");
        lowering.report(problem.hint("Add `lockout_recipients`, such as the address of the IT department."));
    }
}

fn monitored(monitoring: &Monitoring, lowering: &mut Lowering<'_>) {
    let Monitoring { interval_minutes, recipients, jobs } = monitoring;
    let on = || jobs.named().into_iter().filter(|(_, job)| job.enabled);
    let path = FieldPath::keys(["monitoring"]);
    if on().next().is_none() {
        if !recipients.is_empty() {
            let message = "somebody is to be told of jobs, and none is monitored";
            let path = path.key("recipients");
            let problem = Problem::advice(codes::NOTHING_MONITORED, path, message, "no job has `enabled = true`");
            lowering.report(problem.hint("Switch a job on, or take the recipients out."));
        }
        return;
    }
    if interval_minutes.is_none() {
        let message = "jobs are monitored at no interval";
        let path = path.key("interval_minutes");
        let problem = Problem::error(codes::NO_INTERVAL, path, message, "how often is looked?");
        lowering.report(problem.hint("Add `interval_minutes`, 5 to 60 in steps of 5."));
    }
    if recipients.is_empty() && on().any(|(_, job)| !job.notify.is_empty()) {
        let message = "jobs are monitored, and nobody is told";
        let problem = Problem::error(codes::NOBODY_TOLD, path.key("recipients"), message, "no notice can be sent");
        lowering.report(problem.hint("Add `recipients`."));
    }
}

fn job(name: &str, job: &Job, lowering: &mut Lowering<'_>) {
    let Job { enabled, notify, long_running_hours } = job;
    let path = FieldPath::keys(["monitoring", "jobs", name]);
    let long = notify.contains(&Notice::LongRunning);
    if long && long_running_hours.is_none() {
        let message = format!("nothing says when `{name}` runs long");
        let path = path.key("notify");
        let problem = Problem::error(codes::NO_HOURS, path, message, "`long_running_hours` is missing");
        lowering.report(problem.hint("Add `long_running_hours`, a whole number from 1 to 24."));
    }
    if !enabled {
        if !notify.is_empty() || long_running_hours.is_some() {
            let message = format!("`{name}` is set up and not monitored");
            let problem = Problem::warning(codes::JOB_OFF, path, message, "`enabled` is not true");
            lowering.report(problem.hint("Write `enabled = true`, or take the rest out."));
        }
        return;
    }
    if let Some(hours) = long_running_hours.filter(|_| !long) {
        let message = format!("runs of `{name}` of {} hours and more are not told of", hours.get());
        let path = path.key("long_running_hours");
        let problem = Problem::warning(codes::HOURS_UNUSED, path, message, "`notify` does not list `long_running`");
        lowering.report(problem.hint("Add `long_running` to `notify`, or take the hours out."));
    }
    let path = path.key("notify");
    if notify.is_empty() {
        let message = format!("`{name}` is monitored, and nothing is told of it");
        let problem = Problem::warning(codes::NOTHING_TOLD, path, message, "`notify` is empty");
        lowering.report(problem.hint("Add `notify`, such as `[\"abnormal\"]`."));
    } else if !notify.contains(&Notice::Abnormal) {
        let message = format!("failures of `{name}` are not told of");
        let problem = Problem::advice(codes::FAILURES_UNTOLD, path, message, "`notify` does not list `abnormal`");
        lowering.report(problem.hint("Add `abnormal`."));
    }
}
