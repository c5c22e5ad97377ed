//! The rules of `service_desk`.

use crate::words::codes;

codes! {
    /// a private desk is open
    PRIVATE_AND_OPEN = "SD001";
    /// groups are customers of a team-managed desk
    GROUPS_OF_TEAM_MANAGED = "SD002";
    /// groups or teams are customers of an external desk
    GROUPS_OUTSIDE = "SD003";
    /// a restricted external desk names no organization
    NO_ORGANIZATION = "SD004";
    /// requests are shared within groups
    SHARED_IN_GROUP = "SD005";
    /// a desk of HR is open
    HR_OPEN = "SD006";
    /// what a desk is for does not go with whom it serves
    FUNCTION_AND_AUDIENCE = "SD007";
    /// customers are listed at a desk that is open anyway
    LIST_AT_OPEN = "SD008";
    /// an address is listed twice
    LISTED_TWICE = "SD009";
    /// no open external desk of a hybrid strategy would be left
    LAST_OPEN_DESK = "SD010";
}
