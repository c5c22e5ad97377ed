//! The checked texts, numbers and choices that tables are made of. Each states its rule once, for serde and for the
//! schema, so that the two accept the same values.

use std::fmt;

use serde::{Deserialize, Deserializer};

/// Why a value does not fit; says the rule and never the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unfit(pub(crate) &'static str);

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The ASCII form of a full-width character; another one as it is.
pub(crate) fn narrow(letter: char) -> char {
    match u32::from(letter) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(letter),
        _ => letter,
    }
}

/// Makes a newtype of a text: name, pattern (equal in Rust and in ECMAScript), length in characters, rule in words.
/// The rule goes to the schema as `x-deskform-rule`, for whoever reports a value that does not fit.
///
/// After it may stand a format of JSON Schema, by which editors know a date.
///
/// The pattern of a type that is the key of a map must say its length to the schema, whose `patternProperties` has nothing
/// else: such a pattern stands after `key`. Here the length is counted apart, because counting by pattern takes long to
/// compile.
macro_rules! text {
    (@schema $pattern:expr) => { $pattern };
    (@schema $pattern:expr, $key:expr) => { $key };
    ($(#[$doc:meta])* $name:ident, $pattern:expr, $length:expr, $rule:expr $(, $format:literal)? $(; key $key:expr)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
        #[serde(try_from = "String")]
        pub(crate) struct $name(String);

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::words::Unfit;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                static FORM: $crate::form::Form = $crate::form::Form::new($pattern, $length);
                if FORM.fits(&text) {
                    Ok(Self(text))
                } else {
                    Err($crate::words::Unfit($rule))
                }
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0
            }
        }

        impl std::ops::Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "pattern": $crate::words::text!(@schema $pattern $(, $key)?),
                    "minLength": $length.start(),
                    "maxLength": $length.end(),
                    "x-deskform-rule": $rule,
                    $("format": $format,)?
                })
            }
        }
    };
}

/// Makes a newtype of a whole number: name and range. `5.0` is read as 5, because JSON Schema calls both an integer.
macro_rules! number {
    ($(#[$doc:meta])* $name:ident, $range:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
        #[serde(transparent)]
        pub(crate) struct $name(u64);

        impl $name {
            /// The number.
            pub(crate) fn get(self) -> u64 {
                self.0
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let number = <serde_json::Number as serde::Deserialize>::deserialize(deserializer)?;
                let whole = $crate::words::whole(&number).filter(|whole| $range.contains(whole));
                whole.map(Self).ok_or_else(|| serde::de::Error::custom("the number is out of range"))
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "integer", "minimum": $range.start(), "maximum": $range.end() })
            }
        }
    };
}

/// Makes an enum of words. The schema lists the words flatly (so that a wrong one can be answered with a near one) and
/// explains them under `enumDescriptions`, which editors show.
macro_rules! choice {
    ($(#[$meta:meta])* $name:ident { $($(#[doc = $doc:literal])+ $variant:ident = $word:literal,)+ } $(default $default:ident)?) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub(crate) enum $name {
            $($(#[doc = $doc])+ #[serde(rename = $word)] $variant,)+
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "enum": [$($word),+],
                    "enumDescriptions": [$(concat!($($doc),+).trim()),+],
                })
            }
        }

        $(
            impl Default for $name {
                fn default() -> Self {
                    Self::$default
                }
            }
        )?
    };
}

/// Makes the table of a kind's rules: a constant a rule, and `ALL` of them with their summaries.
/// Codes with what breaks each, and the page that explains them.
pub(crate) type Rules = (&'static [(deskform_model::Code, &'static str)], &'static str);

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal;)+) => {
        use deskform_model::Code;

        $($(#[doc = $doc])+ pub(crate) const $name: Code = Code($code);)+

        /// Every rule of the kind with what breaks it, and the page that explains them.
        pub(crate) const ALL: crate::words::Rules =
            (&[$(($name, concat!($($doc),+).trim_ascii())),+], include_str!("rules.md"));
    };
}

/// One line of text: no control characters, no space at either end (U+3000 is a space too).
macro_rules! one_line {
    () => {
        $crate::words::one_line!("*")
    };
    ($count:literal) => {
        concat!(
            "^[^\\u0000-\\u001F\\u007F-\\u009F \\u3000](?:[^\\u0000-\\u001F\\u007F-\\u009F]",
            $count,
            "[^\\u0000-\\u001F\\u007F-\\u009F \\u3000])?$"
        )
    };
}

pub(crate) use {choice, codes, number, one_line, text};

/// The value of a number that JSON Schema calls an integer and that is not negative.
pub(crate) fn whole(number: &serde_json::Number) -> Option<u64> {
    let float = || number.as_f64().filter(|float| float.fract() == 0.0 && (0.0..9.0e15).contains(float));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, positive, below 2^53")]
    number.as_u64().or_else(|| float().map(|float| float as u64))
}

/// Reads an optional field that is there: unlike plain `Option`, `null` is refused, as the schema does.
pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// The default of a switch that is on unless it is said to be off.
pub(crate) fn yes() -> bool {
    true
}

/// True for the default of such a switch.
pub(crate) fn is_yes(value: &bool) -> bool {
    *value
}

/// True for the default of a switch that is off unless it is said to be on.
pub(crate) fn is_no(value: &bool) -> bool {
    !*value
}

/// True for a value that is its type's default.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

text!(
    /// A name for people.
    DisplayName, one_line!(), 1..=255,
    "1 to 255 characters on one line, without control characters and without spaces at the ends"
);
text!(
    /// A sentence that explains something.
    Description, one_line!(), 1..=250,
    "1 to 250 characters on one line, without control characters and without spaces at the ends"
);
text!(
    /// A short name for people, within something else.
    Label, one_line!(), 1..=127,
    "1 to 127 characters on one line, without control characters and without spaces at the ends"
);
text!(
    /// Text of several lines. `\r\n` is a line end like `\n`; see [`LongText::folded`].
    LongText, "^(?:[^\\u0000-\\u001F\\u007F-\\u009F]|\\n|\\r\\n)*$", 1..=4000,
    "1 to 4000 characters; of the control characters only line ends"
);
text!(
    /// A calendar date; that the month has the day is checked apart.
    DateText, "^[12][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$", 10..=10,
    "a date such as 2027-01-03", "date"
);

impl LongText {
    /// The same text with `\n` as its only line end.
    pub(crate) fn folded(&self) -> Self {
        Self(self.0.replace("\r\n", "\n"))
    }
}

impl DateText {
    /// The date; `None` if its month has no such day.
    pub(crate) fn date(&self) -> Option<jiff::civil::Date> {
        self.0.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    number!(
        /// A number from 2 to 5.
        Few, 2..=5
    );

    fn few(json: &str) -> Option<u64> {
        serde_json::from_str::<Few>(json).ok().map(Few::get)
    }

    #[test]
    fn a_number_is_whole_and_in_its_range() {
        assert_eq!(["2", "5", "3.0"].map(few), [Some(2), Some(5), Some(3)]);
        assert_eq!(["1", "6", "2.5", "-3", "\"3\"", "null", "1e300"].map(few), [None; 7]);
    }

    #[test]
    fn a_line_has_no_control_characters_and_no_space_at_its_ends() {
        let fits = |text: &str| Label::try_from(text.to_owned()).is_ok();
        for good in ["a", "総務 デスク", "a\u{3000}b", "\u{1F600}"] {
            assert!(fits(good), "{good:?}");
        }
        for bad in ["", " a", "a ", "\u{3000}", "a\n", "a\nb", "\u{85}a", &"あ".repeat(128)] {
            assert!(!fits(bad), "{bad:?}");
        }
        assert!(fits(&"あ".repeat(127)));
    }

    #[test]
    fn line_ends_of_long_text_are_one_content() {
        let text = LongText::try_from("a\r\nb\n".to_owned()).expect("legal");
        assert_eq!(&*text.folded(), "a\nb\n");
        assert!(LongText::try_from("a\rb".to_owned()).is_err());
    }
}
