//! Digests: SHA-256, written as lower-case hex.

use std::fmt;
use std::io;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A SHA-256, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Digest([u8; 32]);

/// Text that is no digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a digest of 64 lower-case hexadecimal digits")]
pub struct NotADigest;

impl Digest {
    /// Hashes the parts, each followed by a NUL except the last.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                hash.update([0]);
            }
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// Hashes a tag, a NUL and what `write` writes, without keeping it.
    pub(crate) fn of_written(tag: &[u8], write: impl FnOnce(&mut Written) -> io::Result<()>) -> io::Result<Self> {
        let mut hash = Hashing(Sha256::new());
        hash.0.update(tag);
        hash.0.update([0]);
        let mut out = io::BufWriter::with_capacity(HASHED_AT_ONCE, hash);
        write(&mut out)?;
        Ok(Self(out.into_inner()?.0.finalize().into()))
    }

    /// Wraps 32 bytes that a hash or a MAC gave.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Bytes that are written in small pieces are hashed by so many.
const HASHED_AT_ONCE: usize = 64 * 1024;

/// Takes what is to be hashed. A type of its own and no `dyn Write`: a plan is written in hundreds of thousands of pieces.
pub(crate) type Written = io::BufWriter<Hashing>;

pub(crate) struct Hashing(Sha256);

impl io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Digest {
    fn hex(&self) -> [u8; 64] {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0u8; 64];
        for (index, byte) in self.0.iter().enumerate() {
            text[2 * index] = HEX[usize::from(byte >> 4)];
            text[2 * index + 1] = HEX[usize::from(byte & 15)];
        }
        text
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.hex()).map_err(|_| fmt::Error)?)
    }
}

/// Without a `String` in between: a log of a hundred thousand entries holds half a million digests.
impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(std::str::from_utf8(&self.hex()).map_err(serde::ser::Error::custom)?)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl FromStr for Digest {
    type Err = NotADigest;
    fn from_str(text: &str) -> Result<Self, NotADigest> {
        let text = text.as_bytes();
        if text.len() != 64 {
            return Err(NotADigest);
        }
        let mut bytes = [0; 32];
        for (index, pair) in text.chunks_exact(2).enumerate() {
            bytes[index] = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Ok(Self(bytes))
    }
}

fn nibble(byte: u8) -> Result<u8, NotADigest> {
    match byte {
        b'0'..=b'9' => Ok(byte - b'0'),
        b'a'..=b'f' => Ok(byte - b'a' + 10),
        _ => Err(NotADigest),
    }
}

impl TryFrom<String> for Digest {
    type Error = NotADigest;
    fn try_from(text: String) -> Result<Self, NotADigest> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> String {
        digest.to_string()
    }
}

impl JsonSchema for Digest {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Digest".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256 in lower-case hexadecimal." })
    }
}

/// The identity of a plan: `sha256:` and the digest of its canonical text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct PlanId(Digest);

impl PlanId {
    const TAG: &[u8] = b"deskform.plan.1";

    /// Hashes the canonical text of the `plan` part of a plan file.
    pub fn of(canonical: &str) -> Self {
        Self(Digest::of(&[Self::TAG, canonical.as_bytes()]))
    }

    /// As [`PlanId::of`], of what `write` writes.
    pub(crate) fn of_written(write: impl FnOnce(&mut Written) -> io::Result<()>) -> io::Result<Self> {
        Digest::of_written(Self::TAG, write).map(Self)
    }

    /// The first twelve hexadecimal digits, for people.
    pub fn short(&self) -> String {
        self.0.to_string()[..12].to_owned()
    }
}

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.0)
    }
}

impl FromStr for PlanId {
    type Err = NotADigest;
    fn from_str(text: &str) -> Result<Self, NotADigest> {
        text.strip_prefix("sha256:").ok_or(NotADigest)?.parse().map(Self)
    }
}

impl TryFrom<String> for PlanId {
    type Error = NotADigest;
    fn try_from(text: String) -> Result<Self, NotADigest> {
        text.parse()
    }
}

/// Without a `String` in between: every entry of the log holds one.
impl Serialize for PlanId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for PlanId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PlanId".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^sha256:[0-9a-f]{64}$" })
    }
}

/// The digest behind a `set` precondition: who outside the workspace holds a value of a scope, and whether any row of the
/// kind lies outside it. The planner and the store compute it from what each of them reads.
///
/// `holders` are `(address, value)` pairs sorted by address.
pub fn set_digest(holders: &[(String, String)], others: bool) -> Digest {
    let mut parts: Vec<&[u8]> = vec![b"deskform.set.1", if others { b"1" } else { b"0" }];
    for (address, value) in holders {
        parts.push(address.as_bytes());
        parts.push(value.as_bytes());
    }
    Digest::of(&parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_joined_by_nul() {
        // printf 'brand\0001\000{}' | sha256sum
        let digest = Digest::of(&[b"brand", b"1", b"{}"]);
        assert_eq!(digest, Digest::of(&[b"brand\x001\x00{}"]));
        assert_eq!(digest.to_string().parse(), Ok(digest));
    }

    #[test]
    fn upper_case_hex_is_no_digest() {
        assert_eq!("A".repeat(64).parse::<Digest>(), Err(NotADigest));
    }
}
