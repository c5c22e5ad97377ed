//! What an SVG says besides drawing. Browsers run scripts in a picture that is opened by itself, and help centers open it.

use std::collections::BTreeMap;

use roxmltree::{Attribute, Document, Error, Node, NodeType, ParsingOptions};

const SVG: &str = "http://www.w3.org/2000/svg";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Elements that run something or hold what is no SVG.
const ACTIVE: [&str; 8] = ["script", "handler", "listener", "foreignobject", "iframe", "embed", "object", "html"];

/// Elements that change attributes while the picture is shown.
const ANIMATIONS: [&str; 5] = ["animate", "animatemotion", "animatetransform", "animatecolor", "set"];

/// Attributes that name something else.
const LINKS: [&str; 2] = ["href", "src"];

/// What may stand in a link besides the name of a part of the picture itself.
const PICTURES: [&str; 4] = ["data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp"];

/// Most elements of a picture, text and comments counted too.
const MOST_NODES: u32 = 100_000;

/// Most attributes of one element.
const MOST_ATTRIBUTES: usize = 500;

/// Most declarations of namespaces.
const MOST_NAMESPACES: usize = 200;

/// Most findings that are told.
const MOST_TOLD: usize = 5;

/// What is wrong with an SVG.
#[derive(Debug, PartialEq)]
pub(super) enum Fault {
    /// It cannot be read, for a reason.
    Unreadable(String),
    /// It does more than draw: what and in which lines.
    Active(String),
}

/// Reads an SVG. `None` if it draws and does nothing else.
pub(super) fn fault(bytes: &[u8]) -> Option<Fault> {
    match readable(bytes) {
        Ok(text) => judge(text).err(),
        Err(reason) => Some(Fault::Unreadable(reason.to_owned())),
    }
}

/// How an SVG is wrapped that does not begin as one.
pub(super) fn wrapping(bytes: &[u8]) -> Option<&'static str> {
    let starts = |marks: &[&[u8]]| marks.iter().any(|mark| bytes.starts_with(mark));
    if starts(&[b"\x1f\x8b"]) {
        Some("it is compressed, as an svgz is: unpack it")
    } else if starts(&[b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"]) {
        Some("it is written in UTF-16: save it as UTF-8")
    } else {
        None
    }
}

/// The text of an SVG in UTF-8, without a byte order mark.
fn readable(bytes: &[u8]) -> Result<&str, &'static str> {
    let text = str::from_utf8(bytes).map_err(|_| "it is not written in UTF-8: save it as UTF-8")?;
    let text = text.trim_start_matches('\u{feff}');
    if declares_other_encoding(text) {
        return Err("its first line names another encoding than UTF-8: save it as UTF-8");
    }
    Ok(text)
}

fn declares_other_encoding(text: &str) -> bool {
    let declaration = text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map(|(inside, _)| inside);
    let encoding = declaration.and_then(|inside| inside.split_once("encoding")).map(|(_, behind)| behind);
    let word = encoding.map(|behind| behind.trim_start_matches([' ', '\t', '\r', '\n', '=', '"', '\'']));
    let word = word.map(|word| word.split(['"', '\'']).next().unwrap_or_default().to_ascii_lowercase());
    word.is_some_and(|word| !["utf-8", "utf8", "us-ascii"].contains(&word.as_str()))
}

fn judge(text: &str) -> Result<(), Fault> {
    // The parser takes the square of both numbers.
    if most_attributes(text) > MOST_ATTRIBUTES {
        return Err(Fault::Unreadable(format!("an element has more than {MOST_ATTRIBUTES} attributes")));
    }
    if text.matches("xmlns").count() > MOST_NAMESPACES {
        return Err(Fault::Unreadable(format!("it declares more than {MOST_NAMESPACES} namespaces")));
    }
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = match Document::parse_with_options(text, options) {
        Ok(document) => document,
        Err(Error::DtdDetected) => {
            let line = Lines::of(text).line(doctype(text));
            return Err(Fault::Active(format!("line {line}: a document type, which may declare entities")));
        }
        Err(error) => return Err(Fault::Unreadable(reason(&error))),
    };
    if !document.root_element().has_tag_name((SVG, "svg")) {
        return Err(Fault::Unreadable(format!("its outermost element is no `svg` of the namespace `{SVG}`")));
    }
    let lines = Lines::of(text);
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut more = 0;
    for node in document.descendants() {
        for (at, what) in active(&node) {
            if found.len() < MOST_TOLD {
                found.push((lines.line(at), what));
            } else {
                more += 1;
            }
        }
    }
    if found.is_empty() { Ok(()) } else { Err(Fault::Active(told(found, more))) }
}

/// `line 3: a script, an attribute; line 5: …`.
fn told(found: Vec<(usize, String)>, more: usize) -> String {
    let mut by_line: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (line, what) in found {
        by_line.entry(line).or_default().push(what);
    }
    let mut parts: Vec<String> =
        by_line.into_iter().map(|(line, what)| format!("line {line}: {}", what.join(", "))).collect();
    if more > 0 {
        parts.push(format!("and {more} more"));
    }
    parts.join("; ")
}

/// What a node does besides drawing, with where it stands.
fn active(node: &Node<'_, '_>) -> Vec<(usize, String)> {
    let at = node.range().start;
    match node.node_type() {
        NodeType::PI => vec![(at, "a processing instruction".to_owned())],
        NodeType::Text if is_style(node) && !is_plain_style(node.text().unwrap_or_default()) => {
            vec![(at, "a style that loads something".to_owned())]
        }
        NodeType::Element => {
            let name = node.tag_name().name().to_ascii_lowercase();
            let element = ACTIVE.contains(&name.as_str()) || is_html(node);
            let element = element.then(|| (at, format!("the element `{}`", brief(node.tag_name().name()))));
            let attributes = node.attributes().filter_map(|attribute| {
                let what = attribute_does(&name, &attribute)?;
                Some((attribute.range().start, what))
            });
            element.into_iter().chain(attributes).collect()
        }
        NodeType::Root | NodeType::Comment | NodeType::Text => Vec::new(),
    }
}

fn is_html(node: &Node<'_, '_>) -> bool {
    node.tag_name().namespace().is_some_and(|namespace| namespace.ends_with("/xhtml"))
}

fn is_style(node: &Node<'_, '_>) -> bool {
    node.parent().is_some_and(|parent| parent.tag_name().name().eq_ignore_ascii_case("style"))
}

/// What an attribute of an element does, if it does anything.
fn attribute_does(element: &str, attribute: &Attribute<'_, '_>) -> Option<String> {
    let name = attribute.name().to_ascii_lowercase();
    let shown = || format!("`{}`", brief(attribute.name()));
    let value = attribute.value().trim();
    if name.starts_with("on") {
        return Some(format!("the event handler {}", shown()));
    }
    if name == "base" && attribute.namespace() == Some(XML) {
        return Some("`xml:base`, which turns links outwards".to_owned());
    }
    if LINKS.contains(&name.as_str()) && !is_own(value) {
        return Some(format!("a link to elsewhere in {}", shown()));
    }
    if name == "attributename" && ANIMATIONS.contains(&element) {
        let changed = value.rsplit(':').next().unwrap_or_default().to_ascii_lowercase();
        let harms = changed.starts_with("on") || LINKS.contains(&changed.as_str());
        return harms.then(|| format!("an animation of `{}`", brief(value)));
    }
    let loads = attribute.namespace().is_none() && !is_plain_style(value);
    loads.then(|| format!("something that is loaded in {}", shown()))
}

/// True for the name of a part of the picture and for a picture that is written out.
fn is_own(link: &str) -> bool {
    let link = link.to_ascii_lowercase();
    link.is_empty() || link.starts_with('#') || PICTURES.iter().any(|picture| link.starts_with(picture))
}

/// True for a style that loads nothing. A backslash may spell anything.
fn is_plain_style(style: &str) -> bool {
    let style = style.to_ascii_lowercase();
    let mut rest = style.as_str();
    while let Some((_, behind)) = rest.split_once("url(") {
        if !is_own(behind.trim_start().trim_start_matches(['"', '\'']).trim_start()) {
            return false;
        }
        rest = behind;
    }
    let disguised = style.contains('\\') && style.contains(['(', '@']);
    !(disguised || style.contains("@import") || style.contains("image-set("))
}

/// Why a text is no XML, in words, with its line.
fn reason(error: &Error) -> String {
    let line = error.pos().row;
    match error {
        Error::NodesLimitReached => format!("it has more than {MOST_NODES} elements and texts"),
        Error::NoRootNode => "it holds no element".to_owned(),
        Error::UnclosedRootNode | Error::UnexpectedEndOfStream => "it ends before its elements are closed".to_owned(),
        Error::UnexpectedCloseTag(..) => format!("line {line}: another element is closed than the one that is open"),
        Error::UnknownNamespace(prefix, _) => format!("line {line}: the prefix `{}` is not declared", brief(prefix)),
        Error::DuplicatedAttribute(name, _) => format!("line {line}: the attribute `{}` stands twice", brief(name)),
        Error::UnknownEntityReference(name, _) => format!("line {line}: there is no entity `{}`", brief(name)),
        Error::UnexpectedDeclaration(_) => format!("line {line}: `<?xml` stands anywhere but at the very beginning"),
        _ => format!("line {line} is no well-formed XML"),
    }
}

/// At least as many as the element with the most attributes has.
fn most_attributes(text: &str) -> usize {
    text.split('<').map(|tag| tag.bytes().filter(|byte| *byte == b'=').count()).max().unwrap_or(0)
}

fn brief(name: &str) -> &str {
    name.char_indices().nth(40).map_or(name, |(end, _)| &name[..end])
}

/// Where the document type begins: not within a comment before it.
fn doctype(text: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let found = rest.find("<!DOCTYPE").unwrap_or(0);
        let comment = rest.find("<!--").filter(|comment| *comment < found);
        match comment.and_then(|from| Some(from + rest[from..].find("-->")?)) {
            Some(behind) => at += behind,
            None => return at + found,
        }
    }
}

/// Where lines begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at + 1).collect())
    }

    fn line(&self, at: usize) -> usize {
        self.0.partition_point(|start| *start <= at) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found in an `svg` element around a text that begins on line 2.
    fn found(inside: &str) -> String {
        let xlink = "xmlns:xlink=\"http://www.w3.org/1999/xlink\"";
        told_of(format!("<svg xmlns=\"{SVG}\" {xlink}>\n{inside}\n</svg>").as_bytes())
    }

    fn told_of(bytes: &[u8]) -> String {
        match fault(bytes) {
            None => String::new(),
            Some(Fault::Active(what)) => format!("active: {what}"),
            Some(Fault::Unreadable(why)) => format!("unreadable: {why}"),
        }
    }

    #[test]
    fn what_drawing_programs_write_is_plain() {
        for inside in [
            "<!-- made by hand --><title>札幌 & co</title>".replace('&', "&amp;").as_str(),
            "<defs><path id='p' d='M0 0L1 1z'/></defs><use xlink:href='#p'/><use href=\"#p\"/>",
            "<style>.a{fill:url(#g);font-family:'Noto Sans'}</style><rect class='a' fill='url( \"#g\" )'/>",
            "<style><![CDATA[ a > b { fill: red } ]]></style>",
            "<image href='data:image/png;base64,iVBORw0KGgo='/>",
            "<metadata><r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' r:about=''/></metadata>",
            "<circle r='1'><animate attributeName='r' values='1;2'/></circle>",
        ] {
            assert_eq!(found(inside), "", "{inside}");
        }
        assert_eq!(
            told_of(
                "\u{feff}<?xml version='1.0' encoding='UTF-8'?><svg xmlns='http://www.w3.org/2000/svg'/>".as_bytes()
            ),
            ""
        );
    }

    #[test]
    fn what_does_more_than_draw_is_told_with_its_line() {
        for (inside, expected) in [
            ("<script>alert(1)</script>", "the element `script`"),
            ("<x:SCRIPT xmlns:x='http://www.w3.org/2000/svg'/>", "the element `SCRIPT`"),
            ("<foreignObject/>", "the element `foreignObject`"),
            ("<b xmlns='http://www.w3.org/1999/xhtml'/>", "the element `b`"),
            ("<g onload='x()'/>", "the event handler `onload`"),
            ("<g ONCLICK='x()'/>", "the event handler `ONCLICK`"),
            ("<a xlink:href='https://evil.example'/>", "a link to elsewhere in `href`"),
            ("<a href='&#106;avascript:x()'/>", "a link to elsewhere in `href`"),
            ("<image href='data:image/svg+xml,x'/>", "a link to elsewhere in `href`"),
            ("<image href='//evil.example/a.png'/>", "a link to elsewhere in `href`"),
            ("<g xml:base='https://evil.example/'/>", "`xml:base`, which turns links outwards"),
            ("<set attributeName='xlink:href' to='x'/>", "an animation of `xlink:href`"),
            ("<animate attributeName='onclick' to='x'/>", "an animation of `onclick`"),
            ("<g fill='URL( https://evil.example)'/>", "something that is loaded in `fill`"),
            ("<g style='fill:u\\72l(//evil.example)'/>", "something that is loaded in `style`"),
            ("<style>@import 'https://evil.example';</style>", "a style that loads something"),
            ("<style>a{fill:url(#b)}b{fill:url(//evil.example)}</style>", "a style that loads something"),
            ("<?xml-stylesheet href='a.css'?>", "a processing instruction"),
        ] {
            assert_eq!(found(inside), format!("active: line 2: {expected}"), "{inside}");
        }
    }

    #[test]
    fn the_first_five_are_told_and_the_rest_counted() {
        assert_eq!(
            found("<g onload='' onclick=''/>\n\n<script/>\n<a href='x'/><a href='x'/><a href='x'/><a href='x'/>"),
            "active: line 2: the event handler `onload`, the event handler `onclick`; line 4: the element `script`; \
             line 5: a link to elsewhere in `href`, a link to elsewhere in `href`; and 2 more"
        );
    }

    #[test]
    fn a_document_type_is_refused_where_it_stands() {
        let text = format!(
            "<?xml version='1.0'?>\n<!-- <!DOCTYPE -->\n<!DOCTYPE svg [<!ENTITY a 'b'>]>\n<svg xmlns='{SVG}'>&a;</svg>"
        );
        assert_eq!(told_of(text.as_bytes()), "active: line 3: a document type, which may declare entities");
    }

    #[test]
    fn what_is_no_well_formed_svg_says_why() {
        for (bytes, expected) in [
            (&b"<svg xmlns='http://www.w3.org/2000/svg'>\n<g>"[..], "it ends before its elements are closed"),
            (
                b"<svg xmlns='http://www.w3.org/2000/svg'>\n<g a='1' a='2'/></svg>",
                "line 2: the attribute `a` stands twice",
            ),
            (b"<svg xmlns='http://www.w3.org/2000/svg'>&nbsp;</svg>", "line 1: there is no entity `nbsp`"),
            (b"<svg xmlns='http://www.w3.org/2000/svg' x:a='1'/>", "line 1: the prefix `x` is not declared"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/><g/>", "line 1 is no well-formed XML"),
            (b"<svg/>", "its outermost element is no `svg` of the namespace `http://www.w3.org/2000/svg`"),
            (b"<svg xmlns='\xff'/>", "it is not written in UTF-8: save it as UTF-8"),
            (
                b"<?xml version='1.0' encoding='Shift_JIS'?><svg xmlns='http://www.w3.org/2000/svg'/>",
                "its first line names another encoding than UTF-8: save it as UTF-8",
            ),
        ] {
            assert_eq!(told_of(bytes), format!("unreadable: {expected}"), "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn what_would_take_the_parser_long_is_not_read() {
        let attributes: String = (0..600).map(|number| format!(" a{number}=''")).collect();
        assert_eq!(found(&format!("<g{attributes}/>")), "unreadable: an element has more than 500 attributes");
        let nested: String = (0..300).map(|number| format!("<g xmlns:n{number}='x'>")).collect();
        assert_eq!(found(&nested), "unreadable: it declares more than 200 namespaces");
        assert_eq!(found(&"<a/>".repeat(100_001)), "unreadable: it has more than 100000 elements and texts");
    }
}
