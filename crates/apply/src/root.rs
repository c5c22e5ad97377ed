//! The root: one digest over everything that a workspace has last applied.

use std::fmt::Write as _;

use deskform_model::{Address, Digest};
use sha2::{Digest as _, Sha256};

/// SHA-256 over `deskform.root.1` and, sorted by address, every address and its digest in hex, all joined by NUL.
///
/// `applied` must come sorted by address, as out of a `BTreeMap`.
pub fn applied_root<'a>(applied: impl IntoIterator<Item = (&'a Address, Digest)>) -> Digest {
    let mut hash = Sha256::new();
    hash.update(b"deskform.root.1");
    let mut part = String::with_capacity(256);
    for (address, digest) in applied {
        part.clear();
        // Writing to a String cannot fail.
        let _ = write!(part, "\0{address}\0{digest}");
        hash.update(part.as_bytes());
    }
    Digest::from_bytes(hash.finalize().into())
}
