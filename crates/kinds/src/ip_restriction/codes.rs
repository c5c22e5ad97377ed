//! The rules of `ip_restriction`.

use crate::words::codes;

codes! {
    /// a text is no range of IPv4 addresses
    NO_RANGE = "IP001";
    /// a range lets everybody in
    EVERYBODY = "IP002";
    /// a range has bits set behind its prefix
    HOST_BITS = "IP003";
    /// a restriction is enabled and lets nobody in
    NOBODY = "IP004";
    /// two ranges overlap
    OVERLAP = "IP005";
    /// a restriction would shut out a range of `way_in`
    SHUTS_OUT = "IP006";
}
