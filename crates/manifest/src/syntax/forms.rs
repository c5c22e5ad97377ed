//! How the errors of the parser are shown.

use deskform_model::Code;

use crate::codes;

/// How one class of the parser's errors is shown.
pub(super) struct Form {
    starts: &'static [&'static str],
    ends: &'static [&'static str],
    pub(super) code: Code,
    pub(super) message: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
}

/// The form of a message of the parser.
pub(super) fn form_of(message: &str) -> &'static Form {
    let fits = |form: &&Form| {
        form.starts.iter().any(|start| message.starts_with(start))
            && (form.ends.is_empty() || form.ends.iter().any(|end| message.ends_with(end)))
    };
    FORMS.iter().find(fits).unwrap_or(&OTHER)
}

const OTHER: Form = Form {
    starts: &[],
    ends: &[],
    code: codes::SYNTAX,
    message: "not valid TOML here",
    label: "this cannot stand here",
    hint: "",
};

const STRINGS: &[&str] = &[
    "invalid basic string",
    "invalid literal string",
    "invalid multi-line basic string",
    "invalid multi-line literal string",
];

/// Of a key where nothing follows the sign.
pub(super) const NO_VALUE: &Form = &FORMS[0];

const FORMS: &[Form] = &[
    Form {
        starts: &["key with no value", "missing value", "missing assignment", "extra assignment"],
        ends: &[],
        code: codes::NO_VALUE,
        message: "a key has no value",
        label: "expected `=` and a value",
        hint: "Write `key = value`, on one line.",
    },
    Form {
        starts: STRINGS,
        ends: &["expected `\"`", "expected `'`"],
        code: codes::UNTERMINATED,
        message: "a string has no closing quote",
        label: "the string is not closed",
        hint: "Close the string with the quote that opened it.",
    },
    Form {
        starts: &["invalid basic string", "invalid literal string", "invalid multi-line", "invalid comment character"],
        ends: &[],
        code: codes::CONTROL,
        message: "a control character stands in the text",
        label: "an invisible character",
        hint: "Remove it, or write it in double quotes as an escape such as `\\u001B`.",
    },
    Form {
        starts: &["missing escaped value", "too few unicode", "invalid value"],
        ends: &[],
        code: codes::ESCAPE,
        message: "an escape sequence that TOML does not have",
        label: "a backslash begins an escape",
        hint: "Write a backslash twice, or put the text in single quotes.",
    },
    Form {
        starts: &["string values must be quoted", "invalid boolean"],
        ends: &[],
        code: codes::UNQUOTED,
        message: "a value without quotes",
        label: "no string, number, boolean, date, list or table",
        hint: "Put text in quotes, and write booleans as `true` or `false`.",
    },
    Form {
        starts: &["unclosed"],
        ends: &[],
        code: codes::UNCLOSED,
        message: "a bracket is not closed",
        label: "the closing bracket is missing before this",
        hint: "Close the list, table or header that is open here.",
    },
    Form {
        starts: &["cannot recurse", "recursion limit"],
        ends: &[],
        code: codes::TOO_DEEP,
        message: "tables or lists are nested too deeply",
        label: "80 levels are the most",
        hint: "Nest less deeply.",
    },
    Form {
        starts: &["invalid unquoted key", "unquoted keys cannot be empty", "keys cannot be"],
        ends: &[],
        code: codes::BARE_KEY,
        message: "a key that is empty or needs quotes",
        label: "a plain key has ASCII letters, digits, `_` and `-` only",
        hint: "Put a key with other characters in quotes.",
    },
    Form {
        starts: &[
            "invalid date",
            "invalid time",
            "invalid offset",
            "invalid integer",
            "invalid hexadecimal",
            "invalid octal",
            "invalid binary",
            "invalid float",
            "invalid fraction",
            "invalid exponent",
            "unexpected leading zero",
            "unexpected sign",
            "redundant",
            "radix must",
            "integers with a radix",
            "`_` may only",
        ],
        ends: &[],
        code: codes::NUMBER,
        message: "a number, date or time that is not well formed",
        label: "no such number, date or time",
        hint: "Write a whole number, or a date as `YYYY-MM-DD`; put anything else in quotes.",
    },
    Form {
        starts: &["missing comma"],
        ends: &[],
        code: codes::SYNTAX,
        message: "a comma or a closing bracket is missing",
        label: "expected `,` or the end before this",
        hint: "Separate the items with commas and close the bracket.",
    },
    Form {
        starts: &["extra comma"],
        ends: &[],
        code: codes::SYNTAX,
        message: "a comma too many",
        label: "nothing stands before this comma",
        hint: "Remove the comma.",
    },
    Form {
        starts: &["unexpected key or value"],
        ends: &[],
        code: codes::SYNTAX,
        message: "something follows on a line that is complete",
        label: "expected the end of the line",
        hint: "Put each key on a line of its own, and check the quotes before this.",
    },
];
