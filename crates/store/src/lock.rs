//! The side file that says who writes: locked by the kernel for as long as its holder lives, so that there is nothing to
//! unlock by hand. Its text is for the message only.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::StoreError;

/// Who holds the store, as it says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The person or the program.
    pub actor: String,
    /// The machine.
    pub host: String,
    /// The process.
    pub pid: u32,
    /// Since when, RFC 3339.
    pub since: String,
    /// The plan that it applies; `None` for other work.
    pub plan: Option<String>,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (process {} on {}) since {}", self.actor, self.pid, self.host, self.since)
    }
}

/// How long a waiting process sleeps between two tries.
const POLL: Duration = Duration::from_millis(40);

/// A file that is not this size or smaller was not written by [`Lock::acquire`].
const LONGEST: u64 = 64 * 1024;

/// The lock, held until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
}

impl Lock {
    /// Waits for the lock of a store at most as long as told, then says who it is.
    pub(crate) async fn acquire(store: &Path, holder: Option<&Holder>, patience: Duration) -> Result<Self, StoreError> {
        let path = side_file(store);
        let failed = |source| StoreError::Folder { path: path.clone(), source };
        let mut file = open(&path).map_err(failed)?;
        match tokio::time::timeout(patience, poll(&file)).await {
            Ok(Ok(())) => {}
            Ok(Err(source)) => return Err(failed(source)),
            Err(_) => return Err(StoreError::Locked { holder: read(&mut file) }),
        }
        let mut lock = Self { file };
        lock.describe(holder).map_err(failed)?;
        Ok(lock)
    }

    /// The same for work that leaves nothing: without a side file there is no lock to wait for, and none is made.
    pub(crate) async fn acquire_if_there(
        store: &Path,
        holder: Option<&Holder>,
        patience: Duration,
    ) -> Result<Option<Self>, StoreError> {
        let path = side_file(store);
        match path.symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            _ => Self::acquire(store, holder, patience).await.map(Some),
        }
    }

    /// Writes the holder only now that the lock is held: before, the text is another's.
    fn describe(&mut self, holder: Option<&Holder>) -> io::Result<()> {
        self.file.set_len(0)?;
        let Some(holder) = holder else { return Ok(()) };
        let text = serde_json::to_vec(holder)?;
        self.file.rewind()?;
        self.file.write_all(&text)
    }
}

impl Drop for Lock {
    /// Takes the text away while the lock is still held; the kernel then drops the lock with the file. The file stays:
    /// removing it would let two processes lock two files of one name.
    fn drop(&mut self) {
        let _ = self.file.set_len(0);
    }
}

/// Who holds the lock of a store now, if anybody of deskform does. Creates nothing.
pub(crate) fn holder_of(store: &Path) -> Option<Holder> {
    let mut file = OpenOptions::new().read(true).open(side_file(store)).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => read(&mut file),
        _ => None,
    }
}

/// The path of a store's side file.
pub(crate) fn side_file(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

/// Opens without truncation, because the text may be that of the holder.
fn open(path: &Path) -> io::Result<File> {
    if path.symlink_metadata().is_ok_and(|facts| !facts.is_file()) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no plain file"));
    }
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

async fn poll(file: &File) -> io::Result<()> {
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(POLL).await,
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// Reads the holder; `None` if the text is another's or not yet written in full.
fn read(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(LONGEST).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}
