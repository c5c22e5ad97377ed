//! The rules of `business_hours`.

use crate::words::codes;

codes! {
    /// the time zone is no name of the IANA database
    UNKNOWN_ZONE = "BH001";
    /// the time zone differs from the IANA name in upper and lower case
    ZONE_CASE = "BH002";
    /// the time zone names offsets and a rule, not a place
    POSIX_ZONE = "BH003";
    /// a day of the week is not mentioned
    DAY_MISSING = "BH004";
    /// a day of the week is given twice
    DAY_TWICE = "BH005";
    /// a range of days starts and ends on the same day
    RANGE_OF_ONE = "BH006";
    /// a window starts and ends at the same time
    EMPTY_WINDOW = "BH007";
    /// two windows of a day overlap
    OVERLAP = "BH008";
    /// a window ends at 23:59 and leaves the last minute of the day closed
    LAST_MINUTE = "BH009";
    /// a window is shorter than an hour or off the quarters of an hour
    GRID = "BH010";
    /// the week has no window at all
    ALWAYS_CLOSED = "BH011";
    /// the week has more than 100 windows
    TOO_MANY_WINDOWS = "BH012";
    /// there are more than 50 exceptions
    TOO_MANY_EXCEPTIONS = "BH013";
    /// a date is not in the calendar
    NO_SUCH_DATE = "BH014";
    /// an exception ends before it starts
    FROM_AFTER_TO = "BH015";
    /// two exceptions hold on the same date
    EXCEPTIONS_OVERLAP = "BH016";
    /// two exceptions have the same name
    EXCEPTION_TWICE = "BH017";
    /// a window of an exception runs past midnight
    PAST_MIDNIGHT = "BH018";
    /// there are more business hours than the vendor allows
    TOO_MANY = "BH019";
    /// an exception does not have the fields of its type
    EXCEPTION_FIELDS = "BH020";
    /// nothing or two things say when an exception comes again
    RECURRENCE = "BH021";
    /// there are more than three parents
    TOO_MANY_PARENTS = "BH022";
    /// an exception that comes again holds on no day between its dates
    NEVER_HOLDS = "BH023";
    /// parents have parents themselves
    GRANDPARENTS = "BH024";
}
