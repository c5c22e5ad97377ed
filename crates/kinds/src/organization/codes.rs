//! The rules of `organization`.

use crate::words::codes;

codes! {
    /// an organization has more than ten mail domains
    TOO_MANY_DOMAINS = "OR001";
    /// people join an organization by a domain at which anybody can get an address
    PUBLIC_DOMAIN = "OR002";
    /// people who join by their domain are removed again
    JOIN_AND_REMOVE = "OR003";
    /// a domain or an address is listed twice
    LISTED_TWICE = "OR004";
}
