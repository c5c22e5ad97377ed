//! The rules of planning. Numbers are never used again; refusals are below PL100.

use deskform_model::{Code, Rule};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal;)+) => {
        $($(#[doc = $doc])+ pub(crate) const $name: Code = Code($code);)+

        /// The rules of this crate.
        pub fn rules() -> Vec<Rule> {
            Rule::list(&[$(($name, concat!($($doc),+).trim_ascii())),+], include_str!("rules.md"))
        }
    };
}

codes! {
    /// more resources would be deleted than `max_deletes` allows
    TOO_MANY_DELETES = "PL001";
    /// a larger share of a kind would be deleted than `max_deletes_percent` allows
    TOO_LARGE_A_SHARE = "PL002";
    /// a kind would be left without any resource
    KIND_EMPTIED = "PL003";
    /// a protected resource would be deleted, replaced or forgotten
    PROTECTED = "PL004";
    /// a resource that others refer to would be deleted, moved or forgotten
    STILL_USED = "PL005";
    /// nobody would be left to hold what exactly one must hold, such as the default brand
    NO_HOLDER = "PL006";
    /// a declared resource is in the store and nobody owns it
    UNOWNED = "PL101";
    /// a declared resource belongs to another workspace
    OWNED_BY_OTHER = "PL102";
    /// a resource that `[[use]]` names is not there or belongs to somebody else
    USE_BROKEN = "PL103";
    /// a hint contradicts what is live
    HINT_WRONG = "PL104";
    /// a hint has done its work
    HINT_DONE = "PL105";
    /// there is nothing to adopt
    NOTHING_TO_ADOPT = "PL106";
    /// a value that only one resource may hold is held outside this workspace
    VALUE_TAKEN = "PL107";
    /// a live resource is written in a newer format than this deskform knows
    UNREADABLE = "PL108";
}
