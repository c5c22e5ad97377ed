//! Markdown for a comment on a pull request: what a manifest or a store holds is shown in it and never part of it.
//!
//! Values stand in fences that are longer than any row of backticks in them, or in code with every sign escaped that
//! Markdown or HTML would act on; neither mentions nobody nor links anything. What a terminal would obey is written out, as
//! everywhere. A text is made of whole blocks, so shortening never ends inside of one.

use crate::text::{count, cut};

/// A comment on GitHub holds 65,536 characters, counted as UTF-16 does; what is left is for what a pipeline adds.
const MOST_UNITS: usize = 60_000;

/// A line of a fence is cut beyond so many columns, and a value elsewhere.
const MOST_COLUMNS: usize = 400;
const MOST_COLUMNS_OF_A_VALUE: usize = 80;

/// A text in Markdown, block by block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Markdown {
    out: String,
    units: usize,
}

/// True for a `<details>` that begins unfolded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fold {
    Open,
    Folded,
}

impl Markdown {
    /// An empty text.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a paragraph of words of this program, in which values stand as [`code`].
    pub(crate) fn paragraph(&mut self, text: &str) -> &mut Self {
        self.block(text)
    }

    /// Adds lines as they are. A line of a `diff` begins with its sign.
    pub(crate) fn fence(&mut self, info: &str, lines: &[String]) -> &mut Self {
        let lines: Vec<_> = lines.iter().map(|line| bounded(line, MOST_COLUMNS)).collect();
        let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or(0);
        let fence = "`".repeat((longest + 1).max(3));
        let mut block = format!("{fence}{info}\n");
        for line in lines {
            block.push_str(line.trim_end());
            block.push('\n');
        }
        block.push_str(&fence);
        self.block(&block)
    }

    /// Adds a part that can be folded. The summary is HTML: words of this program and [`html_code`].
    pub(crate) fn details(&mut self, fold: Fold, summary: &str, inner: &Self) -> &mut Self {
        let open = if fold == Fold::Open { " open" } else { "" };
        // The blank line ends the HTML, so that what follows is Markdown again.
        self.block(&format!("<details{open}>\n<summary>{summary}</summary>"));
        self.block(inner.out.trim_end());
        self.block("</details>")
    }

    /// The text, one newline at its end.
    pub(crate) fn text(&self) -> &str {
        &self.out
    }

    /// True if it fits into a comment.
    pub(crate) fn fits(&self) -> bool {
        self.units <= MOST_UNITS
    }

    fn block(&mut self, text: &str) -> &mut Self {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out.push_str(text);
        self.out.push('\n');
        self.units += text.encode_utf16().count() + 2;
        self
    }
}

/// The first text that fits, or the last one.
pub(crate) fn first_that_fits(texts: impl IntoIterator<Item = Markdown>) -> Markdown {
    let mut last = Markdown::new();
    for text in texts {
        last = text;
        if last.fits() {
            break;
        }
    }
    last
}

/// A page for people as one fence, without the lines that do not fit into a comment.
pub(crate) fn fenced(heading: &str, page: &str) -> Markdown {
    let lines: Vec<String> = page.lines().map(str::to_owned).collect();
    let keeps = std::iter::successors(Some(lines.len()), |keep| (*keep > 0).then_some(keep / 2));
    first_that_fits(keeps.map(|keep| {
        let mut text = Markdown::new();
        if !heading.is_empty() {
            text.paragraph(heading);
        }
        text.fence("text", &first(&lines, keep, "line"));
        text
    }))
}

/// The first of some lines, and how many more there are.
pub(crate) fn first(lines: &[String], most: usize, noun: &str) -> Vec<String> {
    let mut shown: Vec<String> = lines.iter().take(most).cloned().collect();
    if lines.len() > most {
        shown.push(format!("# and {}", count(lines.len() - most, &format!("more {noun}"))));
    }
    shown
}

/// A value inside a paragraph: a code span that ends where it should.
pub(crate) fn code(text: &str) -> String {
    let text = bounded(text, MOST_COLUMNS_OF_A_VALUE);
    let ticks = "`".repeat(longest_run(&text) + 1);
    // Blanks keep a backtick at an end from the delimiters, and are taken away again.
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    if text.is_empty() { String::new() } else { format!("{ticks}{pad}{text}{pad}{ticks}") }
}

/// A value inside HTML. In `code`, nobody is mentioned and nothing is linked.
pub(crate) fn html_code(text: &str) -> String {
    let mut out = String::from("<code>");
    for c in bounded(text, MOST_COLUMNS_OF_A_VALUE).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out.push_str("</code>");
    out
}

/// What a pipeline knows its comment by: the command and what it was told on the command line, so that it is the same
/// whatever comes out. Only plain characters stay as they are.
pub(crate) fn marker(command: &str, told: &[(&str, &str)]) -> String {
    let mut out = format!("<!-- deskform {command}");
    for (name, value) in told {
        let plain = |c: char| if c.is_ascii_alphanumeric() || "._/-".contains(c) { c } else { '_' };
        out.push_str(&format!(" {name}={}", value.chars().map(plain).collect::<String>()));
    }
    out.push_str(" -->\n");
    out
}

/// Inert text of at most so many columns. Marks that have no width of their own count here: thousands of them fit a column.
fn bounded(text: &str, columns: usize) -> String {
    cut(text, columns).chars().take(2 * columns).collect()
}

/// The length of the longest row of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: [&str; 12] = [
        "```",
        "`````` diff",
        "</details>",
        "<!-- -->",
        "--> <script>alert(1)</script>",
        "@acme/admins #1 acme/acme#2",
        "a | b | c",
        "\u{202e}txt.exe\u{2066}",
        "\n\n# heading\n/close",
        "[x](javascript:alert(1)) ![x](http://evil.example/x.png)",
        "` ``` `",
        "&lt;&#64;",
    ];

    #[test]
    fn a_fence_is_longer_than_what_could_end_it() {
        for value in HOSTILE {
            let mut text = Markdown::new();
            text.fence("diff", &[format!("  {value}"), format!("+ {value}")]);
            let lines: Vec<&str> = text.text().lines().collect();
            let fence = lines.last().copied().unwrap_or_default();
            assert_eq!(lines.len(), 4, "{value}: {lines:?}");
            assert!(fence.len() >= 3 && fence.chars().all(|c| c == '`'), "{fence}");
            assert!(lines[1..3].iter().all(|line| longest_run(line) < fence.len()), "{lines:?}");
        }
    }

    #[test]
    fn a_line_has_an_end_whatever_it_is_made_of() {
        let mut text = Markdown::new();
        text.fence("diff", &["\u{301}".repeat(70_000), "東".repeat(70_000)]);
        assert!(text.text().lines().all(|line| line.chars().count() <= 800), "no line is long");
    }

    #[test]
    fn a_code_span_holds_what_would_end_it() {
        for (value, expected) in [
            ("acme", "`acme`"),
            ("a`b", "``a`b``"),
            ("```", "```` ``` ````"),
            (" a", "`  a `"),
            ("\u{202e}", "`\\u{202e}`"),
            ("a\nb", "`a\\u{a}b`"),
            ("", ""),
        ] {
            assert_eq!(code(value), expected);
        }
    }

    #[test]
    fn a_summary_holds_no_tag_but_its_own() {
        for value in HOSTILE {
            let html = html_code(value);
            let inner = html.strip_prefix("<code>").and_then(|html| html.strip_suffix("</code>")).expect("code");
            assert!(!inner.contains(['<', '>', '"', '\'', '\n', '\u{202e}']), "{inner}");
        }
        assert_eq!(html_code("</details> & @x"), "<code>&lt;/details&gt; &amp; @x</code>");
    }

    #[test]
    fn parts_are_blocks_of_their_own() {
        let mut inner = Markdown::new();
        inner.fence("diff", &["- a".to_owned()]);
        let mut text = Markdown::new();
        text.paragraph("**One.**").details(Fold::Open, "two", &inner);
        assert_eq!(
            text.text(),
            "**One.**\n\n<details open>\n<summary>two</summary>\n\n```diff\n- a\n```\n\n</details>\n"
        );
    }

    #[test]
    fn a_long_page_loses_whole_lines_and_says_how_many() {
        let page = format!("{}\n", "東京".repeat(150)).repeat(1000);
        let text = fenced("**Long.**", &page);
        assert!(text.fits());
        assert!(text.text().ends_with("# and 750 more lines\n```\n"), "{:?}", text.text().lines().rev().nth(1));
    }

    #[test]
    fn a_marker_is_one_comment_whatever_it_is_made_of() {
        assert_eq!(marker("plan", &[]), "<!-- deskform plan -->\n");
        let told = [("project", "a/b--> <b>\n@x"), ("env", "staging")];
        assert_eq!(marker("plan", &told), "<!-- deskform plan project=a/b--___b___x env=staging -->\n");
    }
}
