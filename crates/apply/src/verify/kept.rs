//! A head that somebody keeps outside the store, where whoever can write the store cannot reach it.

use std::fmt;
use std::str::FromStr;

use deskform_model::Digest;

use crate::{AuditEntry, Chain};

/// The end of a chain at some time. Its text is `CHAIN@NUMBER:HASH`, and `CHAIN@NUMBER:HASH:ROOT` where the entry has a root.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeptHead {
    /// The chain.
    pub chain: Chain,
    /// The number of its last entry.
    pub seq: u64,
    /// The hash of that entry.
    pub hash: Digest,
    /// The digest over all that the workspace had last applied then; `None` for the store's own chain.
    pub root: Option<Digest>,
}

/// Text that is no head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a head is `WORKSPACE@NUMBER:HASH` or `WORKSPACE@NUMBER:HASH:ROOT`")]
pub struct InvalidHead;

impl KeptHead {
    /// The head that an entry is.
    pub fn of(entry: &AuditEntry) -> Self {
        Self { chain: entry.workspace.clone(), seq: entry.seq, hash: entry.hash, root: entry.root }
    }

    /// True if it is this entry. A head without a root does not ask for one.
    pub(crate) fn is(&self, entry: &AuditEntry) -> bool {
        let Self { chain, seq, hash, root } = self;
        *chain == entry.workspace
            && *seq == entry.seq
            && *hash == entry.hash
            && root.is_none_or(|root| entry.root == Some(root))
    }
}

impl fmt::Display for KeptHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { chain, seq, hash, root } = self;
        write!(f, "{chain}@{seq}:{hash}")?;
        root.iter().try_for_each(|root| write!(f, ":{root}"))
    }
}

impl FromStr for KeptHead {
    type Err = InvalidHead;

    fn from_str(text: &str) -> Result<Self, InvalidHead> {
        let (chain, rest) = text.rsplit_once('@').ok_or(InvalidHead)?;
        let mut parts = rest.split(':');
        let seq = parts.next().filter(|seq| seq.bytes().all(|byte| byte.is_ascii_digit())).ok_or(InvalidHead)?;
        let digest = |part: &str| part.parse::<Digest>().map_err(|_| InvalidHead);
        let head = Self {
            chain: Chain::try_from(chain.to_owned()).map_err(|_| InvalidHead)?,
            seq: seq.parse().ok().filter(|seq| *seq > 0).ok_or(InvalidHead)?,
            hash: digest(parts.next().ok_or(InvalidHead)?)?,
            root: parts.next().map(digest).transpose()?,
        };
        if parts.next().is_some() { Err(InvalidHead) } else { Ok(head) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_reads_back_and_nothing_else_is_one() {
        let hash = "0a".repeat(32);
        for text in [format!("acme-support@61:{hash}:{hash}"), format!("@store@1:{hash}")] {
            assert_eq!(text.parse::<KeptHead>().map(|head| head.to_string()), Ok(text));
        }
        for text in [
            hash.clone(),
            format!("acme@0:{hash}"),
            format!("acme@+1:{hash}"),
            format!("acme@1:{hash}:{hash}:{hash}"),
            format!("Acme@1:{hash}"),
            "acme@1:0a".to_owned(),
            "acme@1".to_owned(),
        ] {
            assert_eq!(text.parse::<KeptHead>(), Err(InvalidHead), "{text}");
        }
    }
}
