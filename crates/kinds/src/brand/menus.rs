//! The menus of a telephone line: their table, and what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};

use deskform_model::{FieldPath, Lowering, Problem, ResourceName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::codes;
use super::spec::{Emergency, Phone, PhoneNumber, Voicemail};
use crate::near::nearest;
use crate::words::{LongText, present, text};

text!(
    /// The name of a menu within its brand.
    MenuName, "^[a-z0-9][a-z0-9_-]{0,63}$", 1..=64,
    "1 to 64 lower-case ASCII letters, digits, `_` or `-`, starting with a letter or digit"
);
text!(
    /// What a caller presses.
    MenuKey, "^(?:[0-9*#]|default)$", 1..=7,
    "one key of a telephone, 0 to 9, `*` or `#`, or the word `default` for callers who press none"
);

/// What callers hear, and what the keys of their telephone then do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Menu {
    /// What callers hear who come here. The same placeholders as in `announcement`; at most 4000 characters.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "LongText")]
    pub(crate) greeting: Option<LongText>,
    /// What each key does, such as `1 = { teams = ["support"] }`: `0` to `9`, `*`, `#`, and `default` for callers who press
    /// none of them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) keys: BTreeMap<MenuKey, KeyAction>,
}

/// What a key does: exactly one of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyAction {
    /// Rings with the teams of these names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-deskform-list" = "set"))]
    pub(crate) teams: Vec<ResourceName>,
    /// Records a voicemail. `voicemail = {}` is enough.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Voicemail")]
    pub(crate) voicemail: Option<Voicemail>,
    /// Transfers to a number in E.164. Not the brand's own.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "PhoneNumber")]
    pub(crate) transfer_to: Option<PhoneNumber>,
    /// Goes on to the menu of this name, which may be one that the caller was in before.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "MenuName")]
    pub(crate) menu: Option<MenuName>,
    /// Sends the caller a short message with this text.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "LongText")]
    pub(crate) text_back: Option<LongText>,
}

impl MenuName {
    /// The menu that callers hear first, unless another is named.
    pub(super) fn main() -> Self {
        Self("main".to_owned())
    }

    /// True for the name of that menu.
    pub(super) fn is_main(&self) -> bool {
        self.0 == "main"
    }
}

impl Menu {
    /// Folds line ends, and the order of teams.
    pub(super) fn folded(mut self) -> Self {
        self.greeting = self.greeting.map(|text| text.folded());
        for action in self.keys.values_mut() {
            action.text_back = action.text_back.as_ref().map(LongText::folded);
            action.teams.sort();
            action.teams.dedup();
        }
        self
    }
}

impl KeyAction {
    /// The fields that say what the key does. One, unless the key is wrong.
    fn fields(&self) -> Vec<&'static str> {
        let Self { teams, voicemail, transfer_to, menu, text_back } = self;
        let fields = [
            ("teams", !teams.is_empty()),
            ("voicemail", voicemail.is_some()),
            ("transfer_to", transfer_to.is_some()),
            ("menu", menu.is_some()),
            ("text_back", text_back.is_some()),
        ];
        fields.into_iter().filter(|(_, there)| *there).map(|(field, _)| field).collect()
    }
}

/// Runs all checks; `number` is that of the brand.
pub(super) fn run(phone: &Phone, number: Option<&PhoneNumber>, lowering: &mut Lowering<'_>) {
    for (name, menu) in &phone.menus {
        let path = path_of(name);
        if menu.keys.is_empty() {
            let message = format!("the menu `{}` has no keys", &**name);
            let problem =
                Problem::warning(codes::EMPTY_MENU, path.clone(), message, "callers can go nowhere from here");
            lowering.report(problem.hint("Add `keys`, such as `default = { voicemail = {} }`."));
        }
        for (key, action) in &menu.keys {
            let path = path.key("keys").key(&**key);
            one_action(key, action, &path, lowering);
            target(action, &path, phone, lowering);
            circle(action, &path, number, lowering);
        }
    }
    first(phone, lowering);
    emergency(phone, lowering);
}

/// The path of a menu.
pub(super) fn path_of(name: &MenuName) -> FieldPath {
    FieldPath::keys(["phone", "menus", name])
}

fn one_action(key: &MenuKey, action: &KeyAction, path: &FieldPath, lowering: &mut Lowering<'_>) {
    let fields = action.fields();
    let Some((first, others)) = fields.split_first() else {
        let message = format!("the key `{}` does nothing", &**key);
        let problem = Problem::error(codes::KEY_ACTION, path.clone(), message, "a key does exactly one thing");
        let hint = "Add one of `teams`, `voicemail`, `transfer_to`, `menu` and `text_back`.";
        return lowering.report(problem.hint(hint));
    };
    for other in others {
        let message = format!("the key `{}` does two things, `{first}` and `{other}`", &**key);
        let problem = Problem::error(codes::KEY_ACTION, path.key(*other), message, "a key does exactly one thing");
        lowering.report(problem.hint("Take one of the two out."));
    }
}

fn target(action: &KeyAction, path: &FieldPath, phone: &Phone, lowering: &mut Lowering<'_>) {
    let Some(menu) = action.menu.as_ref().filter(|menu| !phone.menus.contains_key(*menu)) else { return };
    lowering.report(unknown(menu, path.key("menu"), phone));
}

fn unknown(menu: &MenuName, path: FieldPath, phone: &Phone) -> Problem {
    let message = format!("there is no menu `{}`", &**menu);
    let problem = Problem::error(codes::UNKNOWN_MENU, path, message, "`phone.menus` does not hold it");
    match nearest(menu, phone.menus.keys().map(|name| &**name)) {
        Some(near) => problem.hint(format!("Did you mean `{near}`?")),
        None => problem.hint(format!("Add the table `phone.menus.{}`.", &**menu)),
    }
}

fn circle(action: &KeyAction, path: &FieldPath, number: Option<&PhoneNumber>, lowering: &mut Lowering<'_>) {
    if let Some(transfer_to) = action.transfer_to.as_ref().filter(|to| Some(*to) == number) {
        let message = format!("a key transfers to `{}`, the brand's own number", &**transfer_to);
        let path = path.key("transfer_to");
        let problem = Problem::error(codes::KEY_CIRCLE, path, message, "callers come back to where they are");
        lowering.report(problem.hint("Give another number, or go on to a menu with `menu`."));
    }
}

/// Where callers start, and what they cannot come to from there.
fn first(phone: &Phone, lowering: &mut Lowering<'_>) {
    let path = FieldPath::keys(["phone", "first_menu"]);
    if phone.menus.is_empty() {
        if !phone.first_menu.is_main() {
            lowering.report(unknown(&phone.first_menu, path, phone));
        }
        return;
    }
    if !phone.menus.contains_key(&phone.first_menu) {
        let message = format!("there is no menu `{}`, which callers hear first", &*phone.first_menu);
        let problem = Problem::error(codes::FIRST_MENU, path, message, "no call reaches a menu");
        return lowering.report(problem.hint("Call the first menu `main`, or name it in `phone.first_menu`."));
    }
    let reached = reached(phone);
    for name in phone.menus.keys().filter(|name| !reached.contains(name)) {
        let message = format!("no key leads to the menu `{}`", &**name);
        let problem = Problem::warning(codes::UNREACHED_MENU, path_of(name), message, "no caller ever hears it");
        lowering.report(problem.hint(format!("Add a key with `menu = \"{}\"`, or take the menu out.", &**name)));
    }
}

fn reached(phone: &Phone) -> BTreeSet<&MenuName> {
    let mut reached = BTreeSet::new();
    let mut open = vec![&phone.first_menu];
    while let Some(name) = open.pop() {
        let Some(menu) = phone.menus.get(name).filter(|_| reached.insert(name)) else { continue };
        open.extend(menu.keys.values().filter_map(|action| action.menu.as_ref()));
    }
    reached
}

/// The emergency key holds from the first moment on, so the first menu cannot give it another meaning.
fn emergency(phone: &Phone, lowering: &mut Lowering<'_>) {
    let Some(Emergency { key, transfer_to }) = &phone.emergency else { return };
    let Some(menu) = phone.menus.get(&phone.first_menu) else { return };
    let same =
        |action: &KeyAction| action.fields() == ["transfer_to"] && action.transfer_to.as_ref() == Some(transfer_to);
    if let Some((_, action)) = menu.keys.iter().find(|(other, _)| ***other == **key)
        && !same(action)
    {
        let message = format!("the first menu gives the emergency key `{}` another meaning", &**key);
        let path = path_of(&phone.first_menu).key("keys").key(&**key);
        let label = format!("in an emergency it transfers to `{}`", &**transfer_to);
        let problem = Problem::error(codes::EMERGENCY_KEY_TAKEN, path, message, label);
        lowering.report(problem.hint("Give one of the two another key."));
    }
}
