//! The rules of `team`.

use crate::words::codes;

codes! {
    /// an address is listed twice
    ADDRESS_TWICE = "TM001";
    /// a team holds more than 10 security profiles
    TOO_MANY_PROFILES = "TM002";
    /// a directory group that receives mail has no address
    GROUP_WITHOUT_ADDRESS = "TM003";
    /// the address of the directory group is listed as a person's
    GROUP_AS_PERSON = "TM004";
    /// no team of people would be left that can edit security profiles
    NO_EDITING_TEAM = "TM005";
    /// teams stand on more than five levels
    TOO_MANY_LEVELS = "TM006";
}
