//! The rules of `customer_strategy`.

use crate::words::codes;

codes! {
    /// the table of those whom the strategy serves is missing
    TABLE_MISSING = "CS001";
    /// there is a table for people whom the strategy does not serve
    TABLE_UNWANTED = "CS002";
    /// an identity provider is to sync or sign in staff without identity management
    SYNC_UNMANAGED = "CS003";
    /// an identity provider is to sync staff, and no groups are chosen
    SYNC_WITHOUT_GROUPS = "CS004";
    /// staff have no way to an account
    NO_PROVISIONING = "CS005";
    /// staff are to join by approved domains, and no domain grants access
    NO_APPROVED_DOMAIN = "CS006";
    /// domains are approved, and staff do not join by them
    APPROVED_UNUSED = "CS007";
    /// outside customers are served, and portal-only accounts are switched off
    PORTAL_ACCOUNTS_OFF = "CS008";
    /// only staff is served, and portal-only accounts are switched on
    PORTAL_ACCOUNTS_ON = "CS009";
    /// sign-up is on where only staff is served and no approved domain lets anybody join
    SIGN_UP_ON = "CS010";
    /// staff are to join by approved domains, and sign-up is switched off
    SIGN_UP_OFF = "CS011";
    /// staff are to join by approved domains of a site on which only agents make accounts
    APPROVED_BUT_CLOSED = "CS012";
    /// a help center for staff can be used without signing in
    ANONYMOUS_INTERNAL = "CS013";
    /// a help center can be used without signing in while nobody can sign up
    ANONYMOUS_WITHOUT_SIGN_UP = "CS014";
    /// only customers for whom an agent made an account can ask for help
    AGENTS_ONLY = "CS015";
    /// the switch for sign-up says otherwise than the way of outside customers
    SIGN_UP_CONTRADICTED = "CS016";
    /// staff who arrive first become outside customers
    STAFF_AS_OUTSIDERS = "CS017";
    /// a domain of staff is among those of outside customers
    STAFF_DOMAIN_LISTED = "CS018";
    /// nothing tells the addresses of staff from those of outside customers
    STAFF_NOT_SEPARATED = "CS019";
    /// domains of outside customers are listed, and the list is not in use
    LIST_UNUSED = "CS020";
    /// outside customers are to sign up from listed domains, and none is listed
    LIST_EMPTY = "CS021";
    /// the domains of staff and the approved domains differ
    DOMAINS_DIFFER = "CS022";
    /// every new account of an approved domain takes a paid seat
    PAID_SEAT = "CS023";
    /// anybody can join by an approved domain
    ANYONE_JOINS = "CS024";
    /// every new account takes a paid seat by default
    DEFAULT_SEAT = "CS025";
    /// products are given to outside customers, who cannot have any
    OUTSIDERS_WITH_PRODUCTS = "CS026";
    /// a product is given to a person and not through a group
    GRANT_TO_PERSON = "CS027";
    /// single sign-on for outside customers lacks identity management
    PORTAL_SSO_UNMANAGED = "CS028";
    /// outside customers have no way to sign in
    NO_SIGN_IN = "CS029";
    /// single sign-on for outside customers names no directory
    PORTAL_SSO_WITHOUT_DIRECTORY = "CS030";
    /// more than 75,000 accounts of staff are expected
    MANY_ACCOUNTS = "CS031";
    /// more than 1,000,000 accounts of staff are expected
    TOO_MANY_ACCOUNTS = "CS032";
    /// a mail makes an account of everybody whom it names
    MAIL_MAKES_ACCOUNTS = "CS033";
    /// a mail of a stranger is to make an account while nobody can sign up
    MAIL_WITHOUT_SIGN_UP = "CS034";
    /// staff is served without identity management
    IDENTITY_MANAGEMENT_ADVISED = "CS035";
    /// staff and outside customers stand in the same directory
    ONE_DIRECTORY = "CS036";
    /// a domain or an address is listed twice
    LISTED_TWICE = "CS037";
    /// a key stands twice, in upper and in lower case
    KEY_TWICE = "CS038";
    /// groups are chosen that no identity provider syncs
    GROUPS_UNSYNCED = "CS039";
    /// a product is given a role that only jsm has
    ROLE_OF_JSM = "CS040";
    /// the role in jsm stands among those of other products
    JSM_AMONG_OTHERS = "CS041";
    /// an identity provider is to sync staff, and no directory is declared
    SYNC_UNDECLARED = "CS042";
}
