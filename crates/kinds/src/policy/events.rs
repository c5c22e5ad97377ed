//! What an auditor reads of a change of policy.

use deskform_model::{Category, Event};
use serde::Serialize;
use serde_json::json;

use super::spec::Policy;

/// An event for each part that differs, with the part before and after; one for each new waiver.
pub(super) fn events(before: Option<&Policy>, after: Option<&Policy>) -> Vec<Event> {
    let nothing = Policy::default();
    let Policy { guard, limits, lint, platform } = before.unwrap_or(&nothing);
    let after = after.unwrap_or(&nothing);
    let mut events = Vec::new();
    if (guard, lint) != (&after.guard, &after.lint) {
        let was = json!({ "guard": guard, "lint": lint });
        events.push(changed(
            "policy.changed",
            Category::Other,
            &was,
            &json!({ "guard": after.guard, "lint": after.lint }),
        ));
    }
    for (code, waiver) in after.lint.iter().filter(|(code, waiver)| lint.get(code) != Some(waiver)) {
        let arguments = json!({ "code": code, "until": waiver.until, "reason": waiver.reason });
        events.push(Event { name: "waiver.added", category: Category::Other, arguments });
    }
    if *limits != after.limits {
        events.push(changed("limits.changed", Category::Account, limits, &after.limits));
    }
    if *platform != after.platform {
        events.push(changed("platform.changed", Category::Account, platform, &after.platform));
    }
    events
}

fn changed(name: &'static str, category: Category, before: &impl Serialize, after: &impl Serialize) -> Event {
    Event { name, category, arguments: json!({ "before": before, "after": after }) }
}
