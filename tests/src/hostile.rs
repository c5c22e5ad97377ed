//! Files that nobody should have: bytes that are no text, texts of any length, and many files at once.
//!
//! Turns a notation that can be read and kept in git into bytes. Never panics on a notation that is wrong: the transcript
//! would show the file as it came out.

use crate::sandbox::Sandbox;

/// The bytes that a notation stands for: `\\` a backslash, `\r` and `\t` as in Rust, `\xNN` a byte, `\u{N}` a character,
/// `\(COUNT TEXT\)` a text so many times with `#` counted up in it, and `\` at the end of a line no line feed.
pub fn bytes(notation: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = notation;
    while let Some(at) = rest.find('\\') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        rest = escape(&rest[at + 1..], &mut out);
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

/// Adds what an escape stands for; gives back what follows it.
fn escape<'n>(rest: &'n str, out: &mut Vec<u8>) -> &'n str {
    let mut characters = rest.chars();
    match characters.next() {
        Some('r') => out.push(b'\r'),
        Some('t') => out.push(b'\t'),
        Some('\n') => {}
        Some('x') => {
            let (digits, behind) = characters.as_str().split_at_checked(2).unwrap_or((characters.as_str(), ""));
            out.extend(u8::from_str_radix(digits, 16));
            return behind;
        }
        Some('u') => {
            let (digits, behind) = characters.as_str().split_once('}').unwrap_or_default();
            let character = u32::from_str_radix(digits.trim_start_matches('{'), 16).ok().and_then(char::from_u32);
            out.extend(character.map(String::from).unwrap_or_default().into_bytes());
            return behind;
        }
        Some('(') => {
            let (repeat, behind) = characters.as_str().split_once("\\)").unwrap_or_default();
            let (count, text) = repeat.split_once(' ').unwrap_or_default();
            for number in 0..count.parse().unwrap_or(0_u32) {
                out.extend_from_slice(text.replace('#', &number.to_string()).as_bytes());
            }
            return behind;
        }
        Some(other) => out.extend(String::from(other).into_bytes()),
        None => {}
    }
    characters.as_str()
}

/// Writes so many files; `#` in the pattern of the path and in the text is the number of the file.
pub fn many(sandbox: &Sandbox, count: &str, pattern: &str, text: &str) {
    for number in 0..count.parse().unwrap_or(0_u32) {
        let number = format!("{number:05}");
        sandbox.write(&pattern.replace('#', &number), &text.replace('#', &number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notation_stands_for_any_bytes() {
        assert_eq!(bytes("a\\r\n\\x00\\xffb\\\\\\\nc\\u{202e}"), b"a\r\n\x00\xffb\\c\xe2\x80\xae");
        assert_eq!(bytes("x\\(3 k# = [\nm\\)y"), b"xk0 = [\nmk1 = [\nmk2 = [\nmy");
    }
}
