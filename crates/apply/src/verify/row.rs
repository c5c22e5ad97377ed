//! One row of the log, read without trusting any of it.

use deskform_model::Digest;
use serde::Deserialize;

use crate::AuditEntry;
use crate::entry::{FORMAT, hash_of};
use crate::payload::{Payload, commitment};

/// A row of the log as stored. Bytes, because what was tampered with need not be text.
#[derive(Debug, Clone, Copy)]
pub struct LogRow<'a> {
    /// The column that numbers it.
    pub seq: u64,
    /// The entry.
    pub text: &'a [u8],
    /// The column with its hash, in hex.
    pub hash: &'a [u8],
    /// The row of its payload; `None` if there is none.
    pub payload: Option<LogPayload<'a>>,
}

/// The payload of an entry as stored.
#[derive(Debug, Clone, Copy)]
pub struct LogPayload<'a> {
    /// 32 bytes.
    pub salt: &'a [u8],
    /// The quoted values.
    pub text: &'a [u8],
}

/// What a row turned out to hold.
pub(crate) enum Read {
    /// An entry whose hash is right wherever it stands.
    Sound(Box<AuditEntry>),
    /// An entry of which text, hash and hash column do not agree.
    Edited,
    /// An entry of a later format.
    Newer,
    Unreadable,
}

impl Read {
    pub(crate) fn of(row: &LogRow<'_>) -> Self {
        let Ok(text) = std::str::from_utf8(row.text) else { return Self::Unreadable };
        let Ok(entry) = serde_json::from_str::<AuditEntry>(text) else {
            return if is_newer(text) { Self::Newer } else { Self::Unreadable };
        };
        if entry.format > FORMAT {
            return Self::Newer;
        }
        let stored = std::str::from_utf8(row.hash).ok().and_then(|hash| hash.parse::<Digest>().ok());
        let sound =
            entry.to_text() == text && hash_of(text, &entry.previous) == Some(entry.hash) && stored == Some(entry.hash);
        if sound { Self::Sound(Box::new(entry)) } else { Self::Edited }
    }
}

fn is_newer(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Version {
        format: u32,
    }
    serde_json::from_str::<Version>(text).is_ok_and(|version| version.format > FORMAT)
}

/// What is wrong with a payload.
pub(crate) enum PayloadFault {
    Missing,
    Edited,
    Unfit,
}

/// Holds the payload against the entry: the commitment first, then what it says.
pub(crate) fn check_payload(entry: &AuditEntry, payload: Option<LogPayload<'_>>) -> Option<PayloadFault> {
    let Some(LogPayload { salt, text }) = payload else { return Some(PayloadFault::Missing) };
    // A key of a MAC may be padded with zeros and stay the same key: the length counts.
    if salt.len() != 32 || commitment(salt, text) != entry.payload {
        return Some(PayloadFault::Edited);
    }
    let read = std::str::from_utf8(text).ok().and_then(Payload::from_text);
    (!read.is_some_and(|payload| says_the_same(entry, &payload))).then_some(PayloadFault::Unfit)
}

fn says_the_same(entry: &AuditEntry, payload: &Payload) -> bool {
    let Payload { after, before, edits: _, events, reason } = payload;
    let names = entry.events.iter().map(|event| &event.name);
    let hashes = |quoted: &crate::Quoted, digest: Option<Digest>| {
        let document = entry.kind.as_ref().and_then(|kind| quoted.document(kind));
        quoted.redacted || document.is_some_and(|document| Some(document.digest()) == digest)
    };
    after.is_some() == entry.after.is_some()
        && after.as_ref().is_none_or(|quoted| hashes(quoted, entry.after))
        && before.as_ref().is_none_or(|quoted| hashes(quoted, entry.before))
        && events.iter().map(|event| &event.name).eq(names)
        && reason.is_some() == entry.why.reason
}
