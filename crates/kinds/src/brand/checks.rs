//! What is wrong with one brand. What is wrong between resources stands elsewhere.

use deskform_model::{FieldPath, Lowering, Problem};

use super::announcement::{EMERGENCY_KEY, PLACEHOLDERS, Piece, pieces, spoken_keys};
use super::spec::{Audience, Brand, Certificate, Channels, Emergency, HelpCenterState, Logo, LogoPath, Phone};
use super::{codes, menus};
use crate::near::nearest;
use crate::words::LongText;

/// Checks of what folding takes away.
pub(super) fn spelling(written: &Brand<LogoPath>, lowering: &mut Lowering<'_>) {
    let lower = written.subdomain.to_ascii_lowercase();
    if lower != *written.subdomain {
        let message = format!("the subdomain `{}` has capital letters", &*written.subdomain);
        let label = format!("kept as `{lower}`");
        let problem = Problem::warning(codes::SUBDOMAIN_CASE, FieldPath::keys(["subdomain"]), message, label);
        lowering.report(problem.hint(format!("Write `{lower}`.")));
    }
}

/// All other checks, on what is kept.
pub(super) fn run(brand: &Brand<Logo>, lowering: &mut Lowering<'_>) {
    activity(brand, lowering);
    host(brand, lowering);
    entrances(brand, lowering);
    line(brand, lowering);
    emergency(brand, lowering);
    texts(&brand.phone, lowering);
    menus::run(&brand.phone, brand.channels.talk.as_ref().map(|talk| &talk.number), lowering);
}

fn activity(brand: &Brand<Logo>, lowering: &mut Lowering<'_>) {
    let path = FieldPath::keys(["active"]);
    if brand.default && !brand.active {
        let message = "the default brand is not active";
        let problem = Problem::error(codes::DEFAULT_INACTIVE, path, message, "what names no brand goes to this one");
        lowering.report(problem.hint("Make another brand the default first."));
    } else if brand.host_mapping.is_some() && !brand.active {
        let message = "an inactive brand keeps its mapped host";
        let problem = Problem::warning(
            codes::INACTIVE_HOST,
            FieldPath::keys(["host_mapping"]),
            message,
            "needs a valid certificate all the same",
        );
        lowering.report(problem.hint("Take `host_mapping` out until the brand is active again."));
    }
}

fn host(brand: &Brand<Logo>, lowering: &mut Lowering<'_>) {
    let Some(mapping) = &brand.host_mapping else { return };
    let path = FieldPath::keys(["host_mapping"]);
    if mapping.host.ends_with(".zendesk.com") || &*mapping.host == "zendesk.com" {
        let message = format!("the host `{}` is Zendesk's own", &*mapping.host);
        let problem = Problem::error(codes::VENDOR_HOST, path.key("host"), message, "only a host of yours is mapped");
        lowering.report(problem.hint("Take `host_mapping` out: the brand answers under its subdomain anyway."));
    }
    if mapping.certificate == Certificate::None {
        let message = format!("the host `{}` has no certificate", &*mapping.host);
        let label = "visitors are sent on to zendesk.com";
        let problem = Problem::warning(codes::NO_CERTIFICATE, path.key("certificate"), message, label);
        lowering.report(problem.hint("Write `managed` to have Zendesk get one and renew it."));
    }
}

/// An internal brand is one that outsiders cannot come upon.
fn entrances(brand: &Brand<Logo>, lowering: &mut Lowering<'_>) {
    if brand.audience != Audience::Internal {
        return;
    }
    let Channels { help_center, talk: _, facebook, instagram, twitter, mail: _ } = &brand.channels;
    let open = help_center.as_ref().is_some_and(|center| center.state == HelpCenterState::Enabled);
    let entrances: [(bool, &[&str], &str); 5] = [
        (open, &["channels", "help_center", "state"], "a help center that anybody may see"),
        (facebook.is_some(), &["channels", "facebook"], "a page on Facebook"),
        (instagram.is_some(), &["channels", "instagram"], "an account on Instagram"),
        (twitter.is_some(), &["channels", "twitter"], "an account on Twitter"),
        (brand.host_mapping.is_some(), &["host_mapping"], "a host of its own"),
    ];
    for (_, path, what) in entrances.into_iter().filter(|(there, ..)| *there) {
        let path = FieldPath::keys(path.iter().copied());
        let message = format!("an internal brand has {what}");
        let problem = Problem::warning(codes::INTERNAL_ENTRANCE, path, message, "outsiders can come upon it");
        lowering.report(problem.hint("Close this entrance, or make the audience `external`."));
    }
}

fn line(brand: &Brand<Logo>, lowering: &mut Lowering<'_>) {
    let Some(_) = &brand.channels.talk else {
        if brand.phone != Phone::default() {
            let message = "`phone` says what callers hear, but the brand has no number";
            let path = FieldPath::keys(["phone"]);
            let problem = Problem::error(codes::PHONE_WITHOUT_TALK, path, message, "`channels.talk` is missing");
            lowering
                .report(problem.hint("Add `talk = { number = \"+81300000001\" }` to `channels`, with your number."));
        }
        return;
    };
    let path = FieldPath::keys(["channels", "talk"]);
    if brand.business_hours.is_none() {
        let message = "the brand has a telephone number but no business hours";
        let problem = Problem::error(codes::TALK_WITHOUT_HOURS, path, message, "nobody knows when to answer");
        lowering.report(problem.hint("Add `business_hours`, the name of the hours that hold."));
    } else if brand.phone.voicemail.is_none() && brand.phone.emergency.is_none() {
        let message = "callers outside the hours reach nobody";
        let problem = Problem::warning(codes::NOBODY_ANSWERS, path, message, "neither voicemail nor an emergency way");
        lowering.report(problem.hint("Add `voicemail = {}` to `phone`."));
    }
}

fn emergency(brand: &Brand<Logo>, lowering: &mut Lowering<'_>) {
    let Phone { announcement: _, voicemail: _, emergency, emergency_needed, first_menu: _, menus: _ } = &brand.phone;
    let path = FieldPath::keys(["phone", "emergency"]);
    let number = brand.channels.talk.as_ref().map(|talk| &talk.number);
    let Some(emergency) = emergency else {
        if number.is_some() && *emergency_needed {
            let message = "callers have no way to say that it is urgent";
            let path = FieldPath::keys(["channels", "talk"]);
            let problem = Problem::advice(codes::NO_EMERGENCY, path, message, "voicemail may be too slow for some");
            lowering.report(problem.hint("Add `phone.emergency`, or say `emergency_needed = false` in `phone`."));
        }
        return;
    };
    if heard_first(&brand.phone).is_empty() {
        let message = format!("nothing tells callers of the emergency key `{}`", &*emergency.key);
        let label = "`phone.announcement` is missing";
        let problem = Problem::error(codes::EMERGENCY_UNANNOUNCED, path.clone(), message, label);
        lowering.report(problem.hint("Add an `announcement` that holds `{emergency_key}`."));
    }
    if number == Some(&emergency.transfer_to) {
        let message = format!("the emergency key transfers to `{}`, the brand's own number", &*emergency.transfer_to);
        let path = path.key("transfer_to");
        let problem = Problem::error(codes::EMERGENCY_CIRCLE, path, message, "callers come back to where they are");
        lowering.report(problem.hint("Give the number of the telephone that rings in an emergency."));
    }
    if !emergency_needed {
        let message = "the brand is said to need no emergency way, and has one";
        let path = FieldPath::keys(["phone", "emergency_needed"]);
        let problem = Problem::warning(codes::EMERGENCY_NOT_NEEDED, path, message, "silences an advice not given");
        lowering.report(problem.hint("Take `emergency_needed` out."));
    }
}

/// What callers hear before they can press a key, with its places.
fn heard_first(phone: &Phone) -> Vec<(FieldPath, &LongText)> {
    let announcement = phone.announcement.as_ref().map(|text| (FieldPath::keys(["phone", "announcement"]), text));
    let menu = phone.menus.get(&phone.first_menu).and_then(|menu| menu.greeting.as_ref());
    let greeting = menu.map(|text| (menus::path_of(&phone.first_menu).key("greeting"), text));
    announcement.into_iter().chain(greeting).collect()
}

fn texts(phone: &Phone, lowering: &mut Lowering<'_>) {
    if let Some(text) = &phone.announcement {
        spoken("the announcement", text, &FieldPath::keys(["phone", "announcement"]), phone, lowering);
    }
    for (name, menu) in &phone.menus {
        if let Some(text) = &menu.greeting {
            spoken("the greeting", text, &menus::path_of(name).key("greeting"), phone, lowering);
        }
    }
    if let Some(emergency) = &phone.emergency {
        told(phone, emergency, lowering);
    }
}

/// The placeholders of one text, and its stray braces.
fn spoken(what: &str, text: &str, path: &FieldPath, phone: &Phone, lowering: &mut Lowering<'_>) {
    for piece in pieces(text) {
        match piece {
            Piece::Placeholder(EMERGENCY_KEY) if phone.emergency.is_none() => {
                let message = format!("{what} names an emergency key that the brand does not have");
                let label = "`phone.emergency` is missing";
                let problem = Problem::error(codes::KEY_WITHOUT_EMERGENCY, path.clone(), message, label);
                lowering.report(problem.hint("Add `emergency = { key, transfer_to }` to `phone`, or change the text."));
            }
            Piece::Placeholder(name) if !PLACEHOLDERS.contains(&name) => {
                lowering.report(unknown_placeholder(name, path.clone()));
            }
            Piece::Placeholder(_) => {}
            Piece::Brace(brace) => {
                let message = format!("{what} holds a `{brace}` that belongs to no placeholder");
                let label = "a brace cannot be spoken";
                let problem = Problem::error(codes::STRAY_BRACE, path.clone(), message, label);
                lowering
                    .report(problem.hint("Write placeholders as `{opens}`, with ASCII braces, and no other brace."));
            }
        }
    }
}

fn unknown_placeholder(name: &str, path: FieldPath) -> Problem {
    let hint = match nearest(name.trim(), PLACEHOLDERS) {
        Some(near) => format!("Did you mean `{{{near}}}`?"),
        None => "Use `{opens}`, `{closes}` or `{emergency_key}`.".to_owned(),
    };
    let message = format!("there is no placeholder `{{{name}}}`");
    Problem::error(codes::UNKNOWN_PLACEHOLDER, path, message, "callers would hear it as it stands").hint(hint)
}

/// What is heard first tells of the emergency key, by the placeholder or by the key itself.
fn told(phone: &Phone, emergency: &Emergency, lowering: &mut Lowering<'_>) {
    let heard = heard_first(phone);
    let by_placeholder = |text: &LongText| pieces(text).contains(&Piece::Placeholder(EMERGENCY_KEY));
    let is_key = |key: &char| emergency.key.starts_with(*key);
    if heard.iter().any(|(_, text)| by_placeholder(text) || spoken_keys(text).iter().any(is_key)) {
        return;
    }
    let label = format!("the emergency key is `{}`", &*emergency.key);
    let menu = phone.menus.get(&phone.first_menu);
    let of_menu = |key: &char| menu.is_some_and(|menu| menu.keys.keys().any(|known| known.starts_with(*key)));
    let others = heard.iter().flat_map(|(path, text)| spoken_keys(text).into_iter().map(move |key| (path, key)));
    let problem = match (others.into_iter().find(|(_, key)| !of_menu(key)), heard.first()) {
        (Some((path, key)), _) => {
            let message = format!("the announcement tells callers to press `{key}`");
            Problem::error(codes::OTHER_KEY, path.clone(), message, label)
        }
        (None, Some((path, _))) => {
            let message = "the announcement does not tell callers of the emergency key";
            Problem::warning(codes::EMERGENCY_UNANNOUNCED, path.clone(), message, label)
        }
        (None, None) => return,
    };
    lowering.report(problem.hint("Write `{emergency_key}` where the text names the key."));
}
