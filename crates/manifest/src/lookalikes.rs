//! Characters that an input method writes where ASCII is due: full-width forms, Japanese punctuation, typographic quotes
//! and dashes. Says which one stands where and what to write, and shows nothing else of a text.

use std::fmt::Write as _;

/// The ASCII character that another one was probably meant as.
pub(crate) fn meant(character: char) -> Option<char> {
    match character {
        '\u{3000}' | '\u{a0}' | '\u{2002}'..='\u{200a}' | '\u{202f}' => Some(' '),
        'ー' | 'ｰ' | '－' | '～' | '〜' | '─' | '−' | '\u{2010}'..='\u{2015}' => Some('-'),
        '“' | '”' | '„' | '‟' | '″' | '〝' | '〞' | '〟' | '「' | '」' | '『' | '』' | '｢' | '｣' => {
            Some('"')
        }
        '‘' | '’' | '‚' | '‛' | '′' => Some('\''),
        '、' | '､' => Some(','),
        '。' | '｡' => Some('.'),
        '【' | '〔' => Some('['),
        '】' | '〕' => Some(']'),
        '∶' => Some(':'),
        '！'..='｝' => u32::from(character).checked_sub(0xFEE0).and_then(char::from_u32),
        _ => None,
    }
}

/// A text with every such character as the ASCII that was meant.
pub(crate) fn folded(text: &str) -> String {
    text.chars().map(|character| meant(character).unwrap_or(character)).collect()
}

/// How to write a text in ASCII, if such characters are all that keeps it from being so.
pub(crate) fn advice(text: &str) -> Option<String> {
    let is_slip = !text.is_ascii() && folded(text).is_ascii();
    is_slip.then(|| advice_on(text.chars().enumerate().map(|(at, character)| (at + 1, character)), "character"))
}

/// What to write in place of which characters, each named where it first stands. Letters and digits are not named.
fn advice_on(text: impl Iterator<Item = (usize, char)>, unit: &str) -> String {
    let mut named: Vec<char> = Vec::new();
    let mut wide = None;
    let mut out = String::new();
    for (at, character) in text {
        let Some(ascii) = meant(character) else { continue };
        if ascii.is_ascii_alphanumeric() {
            wide = wide.or(Some(at));
        } else if !named.contains(&character) {
            named.push(character);
            let lead = if out.is_empty() { "Write " } else { ", " };
            // Writing to a string cannot fail.
            let _ = write!(out, "{lead}{} in place of {} at {unit} {at}", shown(ascii), shown(character));
        }
    }
    if let Some(at) = wide {
        let lead = if out.is_empty() { "Write " } else { ", " };
        let _ = write!(out, "{lead}ASCII letters and digits in place of the full-width ones from {unit} {at} on");
    }
    out + "."
}

fn shown(character: char) -> String {
    match character {
        ' ' => "a space".to_owned(),
        '\u{3000}' => "the wide space U+3000".to_owned(),
        c if c.is_whitespace() => format!("the space U+{:04X}", u32::from(c)),
        '`' => "a backtick".to_owned(),
        c => format!("`{c}`"),
    }
}

/// Such a character where TOML itself wants ASCII.
pub(crate) struct Slip {
    /// The byte of the line at which it stands.
    pub(crate) at: usize,
    pub(crate) message: String,
    pub(crate) label: String,
    pub(crate) hint: String,
}

/// The first such character of a line that stands in no string and no comment, with advice on all of them.
pub(crate) fn slip(line: &str) -> Option<Slip> {
    let found = outside(line);
    let &(at, _, first) = found.first()?;
    let ascii = meant(first)?;
    let (message, label) = if ascii.is_ascii_alphanumeric() {
        ("full-width letters or digits where ASCII is due".to_owned(), "written in full width".to_owned())
    } else {
        (format!("{} where {} is due", shown(first), shown(ascii)), format!("this is U+{:04X}", u32::from(first)))
    };
    let hint = advice_on(found.into_iter().map(|(_, column, character)| (column, character)), "column");
    Some(Slip { at, message, label, hint })
}

/// The look-alikes of a line outside of strings and comments, with byte and column. In a string that is not closed, only
/// quotes count: one of them was meant to close it.
fn outside(line: &str) -> Vec<(usize, usize, char)> {
    let characters: Vec<(usize, char)> = line.char_indices().collect();
    let mut found = Vec::new();
    let mut quote = None;
    let mut column = 0;
    while let Some(&(at, character)) = characters.get(column) {
        column += 1;
        match quote {
            Some(open) if character == open => quote = None,
            Some('"') if character == '\\' => column += 1,
            Some(open) if is_quote(character, open) && !rest_closes(&characters[column..], open) => {
                found.push((at, column, character));
                quote = None;
            }
            Some(_) => {}
            None if character == '"' || character == '\'' => quote = Some(character),
            None if character == '#' => break,
            None if meant(character).is_some() && !is_in_a_word(&characters, column - 1) => {
                found.push((at, column, character));
            }
            None => {}
        }
    }
    found
}

fn is_quote(character: char, open: char) -> bool {
    meant(character) == Some(open)
}

fn rest_closes(rest: &[(usize, char)], open: char) -> bool {
    rest.iter().any(|(_, character)| *character == open)
}

/// True for a prolonged sound mark or a dash next to a letter that is no ASCII and has none: it is part of a word.
fn is_in_a_word(characters: &[(usize, char)], index: usize) -> bool {
    let is_letter = |index: Option<usize>| {
        let neighbour = index.and_then(|index| characters.get(index)).map(|(_, character)| *character);
        neighbour.is_some_and(|c| !c.is_ascii() && c.is_alphanumeric() && meant(c).is_none())
    };
    let is_dash = characters.get(index).is_some_and(|(_, character)| meant(*character) == Some('-'));
    is_dash && (is_letter(index.checked_sub(1)) || is_letter(Some(index + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: &str) {
        let found = slip(line).map(|slip| format!("{} {} ({}) | {}", slip.at, slip.message, slip.label, slip.hint));
        assert_eq!(found.unwrap_or_default(), expected);
    }

    #[test]
    fn every_full_width_character_of_ascii_is_known() {
        for ascii in '!'..='}' {
            let wide = char::from_u32(u32::from(ascii) + 0xFEE0).unwrap();
            assert_eq!(meant(wide), Some(ascii), "{wide}");
        }
        assert_eq!(folded("０９：００〜１２：００"), "09:00-12:00");
        assert_eq!(meant('札'), None);
    }

    #[test]
    fn a_slip_is_named_with_its_column_and_what_to_write() {
        check("name ＝ \"札幌\"", "5 `＝` where `=` is due (this is U+FF1D) | Write `=` in place of `＝` at column 6.");
        check(
            "name = ”a”　# x",
            "7 `”` where `\"` is due (this is U+201D) | Write `\"` in place of `”` at column 8, a space in place of the wide \
             space U+3000 at column 11.",
        );
        check(
            "ａｂ = １",
            "0 full-width letters or digits where ASCII is due (written in full width) | Write ASCII letters and digits in \
             place of the full-width ones from column 1 on.",
        );
    }

    #[test]
    fn strings_comments_and_words_are_left_alone() {
        check("name = \"＝：「」\" # ＝", "");
        check("サーバー = 1", "");
        check("name = 'it”s' x", "");
    }

    #[test]
    fn a_quote_that_only_looks_like_one_closes_no_string() {
        check(
            "name = \"札ー幌”",
            "17 `”` where `\"` is due (this is U+201D) | Write `\"` in place of `”` at column 12.",
        );
    }

    #[test]
    fn a_value_gets_advice_only_where_ascii_is_all_that_it_lacks() {
        assert_eq!(
            advice("09：00〜12：00").as_deref(),
            Some("Write `:` in place of `：` at character 3, `-` in place of `〜` at character 6.")
        );
        assert_eq!(advice("札幌：店"), None);
        assert_eq!(advice("09:00"), None);
    }
}
