//! The logo: from a path to the facts of its file.

use deskform_model::{FieldPath, FileFact, FileProblem, Lowering, Problem};

use super::codes;
use super::spec::{Logo, LogoPath, Sha256};
use super::svg::{self, Fault};

/// Ours: larger pictures are slow at the top of every page.
const MOST_BYTES: u64 = 512 * 1024;

/// The first line of what git-lfs leaves in place of a file that it has not fetched.
const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// A type of picture.
#[derive(PartialEq)]
struct Type {
    name: &'static str,
    /// How the names of its files end.
    endings: &'static [&'static str],
    /// How its bytes begin.
    starts: &'static [&'static [u8]],
}

const TYPES: [Type; 4] = [
    Type { name: "png", endings: &["png"], starts: &[b"\x89PNG\r\n\x1a\n"] },
    Type { name: "jpg", endings: &["jpg", "jpeg"], starts: &[b"\xff\xd8\xff"] },
    Type { name: "gif", endings: &["gif"], starts: &[b"GIF87a", b"GIF89a"] },
    Type { name: "svg", endings: &["svg"], starts: &[b"<svg", b"<?xml", b"<!--", b"<!DOCTYPE svg"] },
];

/// Asks for the facts of the file and checks them; a file that cannot be used is reported.
pub(super) fn read(path: &LogoPath, lowering: &mut Lowering<'_>) -> Option<Logo> {
    let fact = match (lowering.facts.file)(path) {
        Ok(fact) => fact,
        Err(problem) => {
            lowering.report(unusable(path, &problem));
            return None;
        }
    };
    if let Some(problem) = wrong(path, &fact) {
        lowering.report(problem);
        return None;
    }
    let sha256 = Sha256::try_from(fact.sha256).ok()?;
    Some(Logo { path: path.clone(), sha256, size: fact.size })
}

fn at() -> FieldPath {
    FieldPath::keys(["logo"])
}

fn unusable(path: &LogoPath, problem: &FileProblem) -> Problem {
    let problem_at =
        |label: &str| Problem::error(codes::LOGO_FILE, at(), format!("the logo `{}` cannot be used", &**path), label);
    match problem {
        FileProblem::Missing => problem_at("no such file")
            .hint("Write the path from the folder of `deskform.toml`, with `/` between its parts."),
        FileProblem::Outside => {
            problem_at("no plain file of the config repo").hint("Put a copy of the picture into the config repo.")
        }
        FileProblem::Unreadable(reason) => problem_at(reason),
    }
}

fn wrong(path: &LogoPath, fact: &FileFact) -> Option<Problem> {
    if fact.held.starts_with(POINTER) {
        let message = format!("the logo `{}` is a pointer of git-lfs", &**path);
        let problem = Problem::error(codes::LOGO_POINTER, at(), message, "the picture itself is not fetched");
        return Some(problem.hint("Run `git lfs pull`, in CI too, or keep the logo in git itself."));
    }
    if fact.size == 0 || fact.size > MOST_BYTES {
        let message = format!("the logo `{}` has {} bytes", &**path, fact.size);
        let label = format!("a logo has 1 to {MOST_BYTES} bytes");
        return Some(Problem::error(codes::LOGO_SIZE, at(), message, label));
    }
    mismatch(path, fact).or_else(|| svg_fault(path, fact))
}

/// What is wrong within an SVG: a brand shows it in pages that customers and agents open.
fn svg_fault(path: &LogoPath, fact: &FileFact) -> Option<Problem> {
    if ending(path).as_deref() != Some("svg") {
        return None;
    }
    Some(match svg::fault(&fact.held)? {
        Fault::Active(what) => {
            let message = format!("the logo `{}` does more than draw", &**path);
            let problem = Problem::error(codes::LOGO_ACTIVE, at(), message, what);
            problem.hint("Export it as plain SVG, without scripts, links and a document type, or as PNG.")
        }
        Fault::Unreadable(why) => {
            let message = format!("the logo `{}` is an SVG that cannot be read", &**path);
            let problem = Problem::error(codes::LOGO_UNREADABLE, at(), message, why);
            problem.hint("Export the picture again.")
        }
    })
}

fn ending(path: &LogoPath) -> Option<String> {
    path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending.to_lowercase())
}

fn mismatch(path: &LogoPath, fact: &FileFact) -> Option<Problem> {
    let ending = ending(path);
    let ends = |kind: &&Type| ending.as_deref().is_some_and(|ending| kind.endings.contains(&ending));
    let begins = |kind: &&Type| kind.starts.iter().any(|start| begin(&fact.held).starts_with(start));
    let message = format!("the logo `{}` is no picture of the type that its name says", &**path);
    let label = match (TYPES.iter().find(ends), TYPES.iter().find(begins)) {
        (Some(named), Some(held)) if named == held => return None,
        (None, _) => "a logo is a png, jpg, gif or svg file".to_owned(),
        (Some(named), Some(held)) => format!("named as {}, but it is a {}", named.name, held.name),
        (Some(named), None) => match svg::wrapping(&fact.held).filter(|_| named.name == "svg") {
            Some(wrapping) => wrapping.to_owned(),
            None => format!("named as {}, but its bytes are not", named.name),
        },
    };
    Some(Problem::error(codes::LOGO_TYPE, at(), message, label))
}

/// The bytes behind a byte order mark and white space, which may stand before an svg.
fn begin(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start()
}
