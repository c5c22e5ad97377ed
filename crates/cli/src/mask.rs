//! Which characters of a manifest may be quoted: keys, headers and the shape of values, never the values themselves.
//!
//! Works on any text, also on text that is no TOML: a secret typed in the wrong place must not show either.

/// How much of a line may be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Only what stands before the first `=`: the text may be no TOML at all.
    Keys,
    /// The shape of the value too: it is known to be TOML. Texts, numbers and words in it are masked.
    Shape,
}

/// A line as it may be quoted, one character for one, without its end. Comments are left out.
pub(crate) fn masked_line(text: &str, line_start: usize, sight: Sight) -> Vec<char> {
    let line_start = line_start.min(text.len());
    let mut state = State::default();
    for line in text.get(..line_start).unwrap_or_default().split_inclusive('\n') {
        state.skip(line);
    }
    let line: Vec<char> =
        text.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default().chars().collect();
    let parts = state.parts(&line);
    let mut shown: Vec<char> = line.iter().zip(&parts).map_while(|(c, part)| shown(*c, *part, sight)).collect();
    while shown.last().is_some_and(|c| *c == ' ' || *c == '\t') {
        shown.pop();
    }
    shown
}

fn shown(c: char, part: Part, sight: Sight) -> Option<char> {
    let visible = match part {
        Part::Comment => return None,
        Part::Key | Part::Blank => true,
        Part::Mark | Part::InnerKey => sight == Sight::Shape,
        Part::Value => false,
    };
    Some(if visible { c } else { '*' })
}

/// What a character belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// A header, or a key up to its `=`.
    Key,
    /// A blank.
    Blank,
    /// A bracket, brace, comma, equals sign or quote within a value.
    Mark,
    /// A key of an inline table.
    InnerKey,
    /// Everything else of a value.
    Value,
    /// From `#` to the end of the line.
    Comment,
}

/// True of most lines that open nothing which goes on behind their end: behind the first `=` stand at most strings that end on
/// the line, and nowhere anything that could make them look so.
fn closes_what_it_opens(line: &str) -> bool {
    let (mut is_value, mut quotes, mut unclear) = (false, 0, false);
    for byte in line.bytes() {
        match byte {
            b'\'' | b'[' | b'{' => return false,
            b'"' if !is_value => return false,
            b'"' => quotes += 1,
            b'=' => is_value = true,
            b'\\' | b'#' => unclear = true,
            _ => {}
        }
    }
    quotes == 0 || (quotes % 2 == 0 && !unclear && !line.contains("\"\"\""))
}

/// Where a line starts.
#[derive(Debug, Default)]
struct State {
    /// The quote of the multi-line string that is open.
    quote: Option<char>,
    /// How many brackets and braces are open.
    depth: u32,
    /// A string was not closed on its line: nothing is known until the next header.
    broken: bool,
}

impl State {
    fn skip(&mut self, line: &str) {
        let line = line.strip_suffix('\n').unwrap_or(line);
        // Most lines open nothing that the next one could be inside of.
        let plain = self.quote.is_none() && self.depth == 0 && !self.broken;
        if plain && closes_what_it_opens(line) {
            return;
        }
        let line: Vec<char> = line.chars().collect();
        self.parts(&line);
    }

    fn parts(&mut self, line: &[char]) -> Vec<Part> {
        if self.quote.is_none() && is_header(line) && (self.broken || self.depth == 0) {
            self.broken = false;
            self.depth = 0;
            return header_parts(line);
        }
        if self.broken {
            return line.iter().map(|c| blank_or(*c, Part::Value)).collect();
        }
        let mut parts = Vec::with_capacity(line.len());
        let mut rest = line;
        if self.quote.is_none() && self.depth == 0 {
            let Some(end) = key_end(line) else {
                // No key: whatever it is, it is no place for a secret to be seen.
                self.value(line, &mut parts);
                return line.iter().map(|c| blank_or(*c, Part::Value)).collect();
            };
            parts.extend(std::iter::repeat_n(Part::Key, end));
            rest = &line[end..];
        }
        self.value(rest, &mut parts);
        parts
    }

    /// Goes through the rest of a line that belongs to a value.
    fn value(&mut self, line: &[char], parts: &mut Vec<Part>) {
        let mut at = 0;
        // Where the key of an inline table may have begun.
        let mut key_from = (self.depth > 0 && self.quote.is_none()).then_some(parts.len());
        if let Some(quote) = self.quote {
            at = self.string_end(line, 0, quote, true, parts);
        }
        while let Some(&c) = line.get(at) {
            match c {
                '#' => {
                    parts.extend(std::iter::repeat_n(Part::Comment, line.len() - at));
                    return;
                }
                '"' | '\'' => {
                    let long = line[at..].starts_with(&[c, c, c]);
                    let open = if long { 3 } else { 1 };
                    parts.extend(std::iter::repeat_n(Part::Mark, open));
                    self.quote = long.then_some(c);
                    at = self.string_end(line, at + open, c, long, parts);
                    continue;
                }
                '[' | '{' | ',' => {
                    self.depth += u32::from(c != ',');
                    parts.push(Part::Mark);
                    key_from = Some(parts.len());
                }
                ']' | '}' => {
                    self.depth = self.depth.saturating_sub(1);
                    parts.push(Part::Mark);
                    key_from = None;
                }
                '=' => {
                    if let Some(from) = key_from.take() {
                        parts[from..].iter_mut().filter(|p| **p == Part::Value).for_each(|p| *p = Part::InnerKey);
                    }
                    parts.push(Part::Mark);
                }
                _ => parts.push(blank_or(c, Part::Value)),
            }
            at += 1;
        }
    }

    /// Goes to the end of a string that is open at `at`; gives back the place behind its closing quote.
    fn string_end(&mut self, line: &[char], mut at: usize, quote: char, long: bool, parts: &mut Vec<Part>) -> usize {
        while let Some(&c) = line.get(at) {
            if c == '\\' && quote == '"' {
                let taken = (line.len() - at).min(2);
                parts.extend(std::iter::repeat_n(Part::Value, taken));
                at += taken;
            } else if c == quote && (!long || line[at..].starts_with(&[quote, quote, quote])) {
                let close = if long { 3 } else { 1 };
                parts.extend(std::iter::repeat_n(Part::Mark, close));
                self.quote = None;
                return at + close;
            } else {
                parts.push(blank_or(c, Part::Value));
                at += 1;
            }
        }
        self.broken |= !long;
        at
    }
}

fn blank_or(c: char, part: Part) -> Part {
    if c == ' ' || c == '\t' { Part::Blank } else { part }
}

fn is_key_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '\t')
}

/// A line that opens a table: `[a.b]`, `[[a]]`, quoted keys included, and nothing else but a comment.
fn is_header(line: &[char]) -> bool {
    let text: String = line.iter().collect();
    let text = text.trim();
    let Some(end) = text.rfind(']') else { return false };
    let after = text[end + 1..].trim_start();
    text.starts_with('[') && (after.is_empty() || after.starts_with('#')) && {
        let inner = text[..end].trim_matches(['[', ']', ' ', '\t']);
        let first = inner.chars().next().unwrap_or(' ');
        !inner.contains([',', '=', '{']) && (first.is_ascii_lowercase() || first == '_')
    }
}

fn header_parts(line: &[char]) -> Vec<Part> {
    let end = line.iter().rposition(|c| *c == ']').map_or(line.len(), |at| at + 1);
    let comment = line[end..].iter().map(|c| blank_or(*c, Part::Comment));
    std::iter::repeat_n(Part::Key, end).chain(comment).collect()
}

/// The end of `key = `, the sign included; `None` if the line does not begin with a key.
fn key_end(line: &[char]) -> Option<usize> {
    let mut at = 0;
    while let Some(&c) = line.get(at) {
        match c {
            '=' => return Some(at + 1),
            '"' | '\'' => at += 1 + line[at + 1..].iter().position(|other| *other == c)?,
            _ if is_key_char(c) => {}
            _ => return None,
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Masks the line that holds `|`, which is taken out.
    fn check(marked: &str, sight: Sight, expected: &str) {
        let at = marked.find('|').expect("a mark");
        let text = marked.replacen('|', "", 1);
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        assert_eq!(masked_line(&text, start, sight).into_iter().collect::<String>(), expected);
    }

    #[test]
    fn values_are_masked_one_character_for_one() {
        check("|password = \"hunter2\" # was x", Sight::Keys, "password = *********");
        check("|password = \"hunter2\" # was x", Sight::Shape, "password = \"*******\"");
        check("|name = \"札幌 窓口\"", Sight::Shape, "name = \"** **\"");
        check("|port = 12345", Sight::Shape, "port = *****");
    }

    #[test]
    fn the_shape_of_a_value_shows_its_keys() {
        check(
            "|a = { state = \"on\", \"鍵\" = 'x', list = [\"p\", 3] }",
            Sight::Shape,
            "a = { state = \"**\", \"鍵\" = '*', list = [\"*\", *] }",
        );
        check("a = [\n  |\"s3cret\", s3cret,\n]", Sight::Shape, "  \"******\", ******,");
        check("a = {\n  |user = \"s3cret\",\n}", Sight::Shape, "  user = \"******\",");
    }

    #[test]
    fn a_line_that_looks_closed_leaves_nothing_open() {
        let letters = ['a', '=', '"', '\'', '[', '#', '\\', ' '];
        let mut lines = vec![String::new()];
        for _ in 0..6 {
            lines = lines.iter().flat_map(|line| letters.iter().map(move |letter| format!("{line}{letter}"))).collect();
            for line in lines.iter().filter(|line| closes_what_it_opens(line)) {
                let mut state = State::default();
                state.parts(&line.chars().collect::<Vec<char>>());
                assert!(state.quote.is_none() && state.depth == 0 && !state.broken, "{line}");
            }
        }
        assert!(
            closes_what_it_opens("a = \"b\"") && closes_what_it_opens("a = 1 # \\") && !closes_what_it_opens("a = \"b")
        );
    }

    #[test]
    fn headers_show_and_their_comments_do_not() {
        check("|[brand.acme] # s3cret", Sight::Keys, "[brand.acme]");
        check("|[[use]]", Sight::Keys, "[[use]]");
        check("|[ip_restriction.offices.\"本社\"]", Sight::Keys, "[ip_restriction.offices.\"本社\"]");
    }

    #[test]
    fn text_inside_a_string_over_several_lines_is_never_taken_for_a_key() {
        check("a = \"\"\"\n|b = s3cret\n\"\"\"", Sight::Shape, "* * ******");
        check("a = '''x'''\n|b = 's'", Sight::Shape, "b = '*'");
        check("a = \"\"\"x\\\"\"\"\n|s3cret = 1\n", Sight::Keys, "****** * *");
    }

    #[test]
    fn after_a_string_that_was_not_closed_nothing_shows_until_a_header() {
        check("password = \"abc\n|Zm9v= \"\n", Sight::Keys, "***** *");
        check("password = \"abc\nx\n|[brand.acme]\n", Sight::Keys, "[brand.acme]");
    }

    #[test]
    fn what_is_no_toml_is_masked_too() {
        check("|password: hunter2", Sight::Keys, "********* *******");
        check("|hunter2", Sight::Keys, "*******");
        check("|password ＝ ”hunter2”", Sight::Keys, "******** * *********");
        check("|password = ”hunter2”", Sight::Keys, "password = *********");
    }
}
