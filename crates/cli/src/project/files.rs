//! Plain files: opened once, read with a limit, never a pipe or a device.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use deskform_model::FileFact;
use sha2::{Digest as _, Sha256};

/// Opens a file and makes sure, on the open handle, that it is one.
pub(super) fn open_plain(path: &Path) -> io::Result<(File, u64)> {
    // Opening a pipe would wait for a writer: look first, and again on the handle.
    if !path.symlink_metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no plain file"));
    }
    open_found(path)
}

/// Opens what was found to be a plain file.
pub(super) fn open_found(path: &Path) -> io::Result<(File, u64)> {
    let file = OpenOptions::new().read(true).open(path)?;
    let facts = file.metadata()?;
    if !facts.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no plain file"));
    }
    Ok((file, facts.len()))
}

/// Reads a plain file of at most so many bytes.
pub(crate) fn read_at_most(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let (file, size) = open_plain(path)?;
    drain(file, size, most)
}

pub(super) fn drain(file: File, size: u64, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(size.min(most)).unwrap_or(0) + 1);
    file.take(most + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|read| read > most) {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is too large"));
    }
    Ok(bytes)
}

/// Works out the facts of a file, unless it is far larger than any that a manifest may name.
pub(super) fn digest(mut file: File, size: u64, most: u64) -> io::Result<FileFact> {
    if size > most {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is too large"));
    }
    let mut hash = Sha256::new();
    let mut size = 0;
    let mut held = Vec::new();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            break;
        }
        held.extend_from_slice(&chunk[..read.min(FileFact::MOST_HELD - held.len())]);
        hash.update(&chunk[..read]);
        size += u64::try_from(read).unwrap_or(u64::MAX);
    }
    let digest = deskform_model::Digest::from_bytes(hash.finalize().into());
    Ok(FileFact { sha256: digest.to_string(), size, held })
}

/// What the system said, as a lower-case fragment without its number.
pub(super) fn what(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// A guess, worth a clause in a hint.
pub(super) fn encoding(bytes: &[u8]) -> &'static str {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return "; it looks like UTF-16";
    }
    if is_euc_jp(bytes) {
        return "; it looks like EUC-JP";
    }
    let mut rest = bytes;
    let mut pairs = 0;
    while let Some((first, tail)) = rest.split_first() {
        rest = match first {
            0x00..=0x7f | 0xa1..=0xdf => tail,
            0x81..=0x9f | 0xe0..=0xfc => match tail.split_first() {
                Some((0x40..=0x7e | 0x80..=0xfc, tail)) => {
                    pairs += 1;
                    tail
                }
                _ => return "",
            },
            _ => return "",
        };
    }
    if pairs > 0 { "; it looks like Shift_JIS" } else { "" }
}

fn is_euc_jp(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        rest = match (first, tail) {
            (0x00..=0x7f, tail) => tail,
            (0xa1..=0xf4 | 0x8e, [0xa1..=0xfe, tail @ ..]) => tail,
            _ => return false,
        };
    }
    true
}
