//! The rules of `security_profile`.

use crate::words::codes;

codes! {
    /// a permission is granted on an object that is not in the catalog
    UNKNOWN_OBJECT = "SP001";
    /// an object does not offer an action
    UNKNOWN_ACTION = "SP002";
    /// a vendor name is not in the catalog
    UNKNOWN_NAME = "SP003";
    /// permissions are given by their vendor names
    VENDOR_NAMES = "SP004";
    /// a permission is a legacy one
    LEGACY = "SP005";
    /// a permission is declared as unknown, and the catalog knows it
    KNOWN = "SP006";
    /// there are more than 500 permissions
    TOO_MANY_PERMISSIONS = "SP007";
    /// an object can be changed and not be seen
    WITHOUT_VIEW = "SP008";
    /// redacted and unredacted conversations are both granted
    REDACTED_AND_UNREDACTED = "SP009";
    /// a download is granted without the access to what is downloaded
    DOWNLOAD_WITHOUT_ACCESS = "SP010";
    /// recordings can be deleted and not be downloaded
    DELETE_WITHOUT_DOWNLOAD = "SP011";
    /// two permissions make no sense beside each other
    CONTRADICTION = "SP012";
    /// reports can be scheduled, but not all that a schedule needs is granted
    SCHEDULE_INCOMPLETE = "SP013";
    /// there are more than 50 tags
    TOO_MANY_TAGS = "SP014";
    /// the key of a tag starts with `aws:`
    RESERVED_TAG = "SP015";
    /// access is restricted by more than four tags
    TOO_MANY_ACCESS_TAGS = "SP016";
    /// a restriction by tag has no tag, or nothing that it restricts
    EMPTY_RESTRICTION = "SP017";
    /// what is restricted cannot be seen at all
    RESTRICTED_UNSEEN = "SP018";
    /// a permission shows lists that the restriction does not reach
    UNRESTRICTED_LIST = "SP019";
    /// there are more than 10 applications
    TOO_MANY_APPLICATIONS = "SP020";
    /// an application is granted no permission, or more than 50
    APPLICATION_PERMISSIONS = "SP021";
    /// holders of the profile can give themselves more rights
    ESCALATION = "SP022";
    /// there are more security profiles than the vendor allows
    TOO_MANY = "SP023";
    /// no security profile would be left that can edit security profiles
    NO_EDITOR = "SP024";
}
