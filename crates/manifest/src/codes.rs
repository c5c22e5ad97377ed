//! The codes of everything that reading can find. A code is never reused: MF070 was another rule once.

use deskform_model::{Code, Rule};

macro_rules! codes {
    ($($name:ident = $code:literal, $title:literal;)*) => {
        $(pub(crate) const $name: Code = Code($code);)*

        /// Every rule of this crate, in order.
        pub fn rules() -> Vec<Rule> {
            Rule::list(&[$(($name, $title)),*], include_str!("rules.md"))
        }
    };
}

codes! {
    SYNTAX = "MF001", "the text is not valid TOML";
    UNTERMINATED = "MF002", "a string has no closing quote";
    NO_VALUE = "MF003", "a key has no `=` or no value";
    DUPLICATE_KEY = "MF004", "a key is written twice in one table";
    TABLE_TWICE = "MF005", "a table is defined twice, or over something that is no table";
    ESCAPE = "MF006", "an escape sequence in a string is not one of TOML's";
    CONTROL = "MF007", "a control character stands in the text";
    CONFLICT = "MF008", "an unresolved merge conflict stands in the file";
    LINE_END = "MF009", "a line ends with a bare carriage return";
    UNQUOTED = "MF010", "a value is neither quoted nor a number, boolean or date";
    UNCLOSED = "MF011", "a bracket is not closed";
    TOO_DEEP = "MF012", "tables or lists are nested too deeply";
    BARE_KEY = "MF013", "a key is empty or needs quotes";
    NUMBER = "MF014", "a number, date or time is not well formed";
    EMPTY = "MF015", "a file declares nothing";
    FLOAT = "MF016", "a number is not whole";
    INTEGER_RANGE = "MF017", "a whole number does not fit 64 bits";
    DATE_TIME = "MF018", "a time or a date with a time is given where only dates exist";
    NUL = "MF019", "a string holds the character U+0000";
    UNKNOWN_KIND = "MF020", "there is no kind of that name";
    NAME = "MF021", "a name does not fit the rule for names";
    ELSEWHERE = "MF022", "something is declared in a file where it cannot be";
    NO_NAME = "MF023", "a resource has no name in its header";
    LIST_HEADER = "MF024", "a header has the wrong number of brackets";
    OUTSIDE = "MF025", "a key stands outside of every resource";
    ADDRESS_TWICE = "MF026", "a resource is declared twice";
    LONG_KEY = "MF027", "a key is longer than 256 bytes";
    LONG_TEXT = "MF028", "a text is longer than 64 KiB";
    MORE = "MF029", "a file has more findings than are listed";
    UNKNOWN_KEY = "MF030", "a table has no such key";
    MISSING_KEY = "MF031", "a required key is missing";
    WRONG_TYPE = "MF032", "a value has the wrong type";
    NOT_ALLOWED = "MF033", "a value is none of the allowed ones";
    FORM = "MF034", "a text does not have the expected form";
    LENGTH = "MF035", "a text, list or table is too long or too short";
    RANGE = "MF036", "a number is out of range";
    COMBINATION = "MF037", "keys or items do not go together";
    MISFIT = "MF038", "a resource does not fit its kind";
    SECRET = "MF039", "a secret must be a reference";
    TOO_MANY = "MF040", "more than 200,000 resources are declared";
    MANY_ITEMS = "MF041", "a list or a table has more than 10,000 entries";
    LOOKALIKE = "MF042", "a full-width or typographic character stands where TOML wants ASCII";
    MOVE_CYCLE = "MF051", "moves go in a circle";
    MOVE_TWICE = "MF052", "two moves start or end at the same address";
    STILL_DECLARED = "MF053", "a moved resource is still declared under its old address";
    NOT_DECLARED = "MF054", "a moved or adopted resource is not declared";
    FORGET_DECLARED = "MF055", "a forgotten resource is still declared";
    USE_OWN = "MF056", "a resource of this workspace is declared as another's";
    KIND_CHANGES = "MF057", "a move changes the kind";
    HINT_TWICE = "MF058", "a hint is given twice";
    HINT_CONFLICT = "MF059", "two hints contradict each other";
    DANGLING = "MF060", "a reference names nothing that is declared";
    VALUE_TWICE = "MF061", "two resources hold a value that only one may hold";
    ROLE_TWICE = "MF062", "two resources hold a role that only one may hold";
    CIRCLE = "MF063", "resources stand above each other in a circle";
    CREDENTIALS = "MF071", "the store's address holds credentials";
    NOTHING_DECLARED = "MF072", "nothing is declared and the workspace is not retired";
    RETIRED = "MF073", "a retired workspace declares resources";
    WAIVER_ENDED = "MF090", "a waiver has ended, and what it waived is still found";
    WAIVER_IDLE = "MF091", "a waiver waives nothing";
    MANY_TABLES = "MF120", "a file has too many tables and lists";
    NOT_THERE = "MF140", "an overlay is about a resource that is not declared";
    OVERLAID_TWICE = "MF141", "two overlays of an environment are about one resource";
    UNSET_FORM = "MF142", "`unset` is not a list of fields";
    UNSET_NOTHING = "MF143", "an overlay takes away a field that is not there";
    SAYS_NOTHING = "MF144", "an overlay changes nothing";
    ENV_STORE = "MF146", "an environment does not say which store is its own";
    ENV_STORE_TWICE = "MF147", "two environments have one store";
}
