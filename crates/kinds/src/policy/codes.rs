//! The rules of `policy`.

use crate::words::codes;

codes! {
    /// an address range has bits set behind its prefix
    HOST_BITS = "PO001";
    /// a date is not in the calendar
    NO_SUCH_DATE = "PO002";
    /// a waiver names a rule that is not there
    UNKNOWN_RULE = "PO003";
    /// a limit is given for a kind that has none
    UNKNOWN_LIMIT = "PO004";
}
