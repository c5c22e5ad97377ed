//! The rules of `brand`.

use crate::words::codes;

codes! {
    /// the subdomain is written with capital letters
    SUBDOMAIN_CASE = "BR001";
    /// the file of the logo cannot be used
    LOGO_FILE = "BR002";
    /// the logo is no picture of the kind that its name says
    LOGO_TYPE = "BR003";
    /// the logo is empty or larger than 512 KiB
    LOGO_SIZE = "BR004";
    /// the logo is a pointer of git-lfs and not the picture
    LOGO_POINTER = "BR005";
    /// the default brand is not active
    DEFAULT_INACTIVE = "BR006";
    /// an inactive brand keeps its mapped host
    INACTIVE_HOST = "BR007";
    /// a mapped host has no certificate
    NO_CERTIFICATE = "BR008";
    /// a mapped host lies under zendesk.com
    VENDOR_HOST = "BR009";
    /// an internal brand has a public entrance
    INTERNAL_ENTRANCE = "BR010";
    /// what a caller hears is declared, and no telephone number
    PHONE_WITHOUT_TALK = "BR011";
    /// a telephone number has no business hours
    TALK_WITHOUT_HOURS = "BR012";
    /// there is an emergency key that no announcement names
    EMERGENCY_UNANNOUNCED = "BR013";
    /// the emergency key transfers to the brand's own number
    EMERGENCY_CIRCLE = "BR014";
    /// an announcement holds a placeholder that is not there
    UNKNOWN_PLACEHOLDER = "BR015";
    /// an announcement names the emergency key of a brand that has none
    KEY_WITHOUT_EMERGENCY = "BR016";
    /// an announcement names another key than the emergency key
    OTHER_KEY = "BR017";
    /// callers have no way to say that it is urgent
    NO_EMERGENCY = "BR018";
    /// callers outside the hours reach nobody
    NOBODY_ANSWERS = "BR019";
    /// an announcement holds a brace that belongs to no placeholder
    STRAY_BRACE = "BR020";
    /// an emergency key is declared for a brand that is said to need none
    EMERGENCY_NOT_NEEDED = "BR021";
    /// there are more brands than the plan allows
    TOO_MANY = "BR022";
    /// a key of a menu does not do exactly one thing
    KEY_ACTION = "BR023";
    /// a key leads to a menu that is not there
    UNKNOWN_MENU = "BR024";
    /// the menu that callers hear first is not there
    FIRST_MENU = "BR025";
    /// no key leads to a menu
    UNREACHED_MENU = "BR026";
    /// a menu has no keys
    EMPTY_MENU = "BR027";
    /// a key transfers to the brand's own number
    KEY_CIRCLE = "BR028";
    /// the first menu gives the emergency key another meaning
    EMERGENCY_KEY_TAKEN = "BR029";
    /// the logo is an SVG that does more than draw
    LOGO_ACTIVE = "BR030";
    /// the logo is an SVG that cannot be read
    LOGO_UNREADABLE = "BR031";
}
