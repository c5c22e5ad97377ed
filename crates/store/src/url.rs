//! Where a store is.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The place of a store: `sqlite://` and a path, which is taken literally (nothing in it is percent-decoded).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreUrl {
    path: PathBuf,
}

/// Text that names no store. Says the rule and never the text, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidStoreUrl {
    /// It has no scheme, or one that no engine has.
    #[error("a store URL starts with `sqlite://`")]
    Scheme,
    /// It names a PostgreSQL database.
    #[error("a store in PostgreSQL is not supported by this version")]
    Postgres,
    /// It has no path.
    #[error("a store URL names a file after `sqlite://`")]
    NoPath,
    /// It has a part that only other URLs have.
    #[error("a `sqlite://` URL holds a path only, without `?`, `#` or NUL")]
    NotAPath,
}

impl StoreUrl {
    /// The store in a SQLite file.
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The same store, a relative path being taken from `base`.
    #[must_use]
    pub fn resolved(&self, base: &Path) -> Self {
        Self { path: base.join(&self.path) }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl FromStr for StoreUrl {
    type Err = InvalidStoreUrl;
    fn from_str(text: &str) -> Result<Self, InvalidStoreUrl> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Err(InvalidStoreUrl::Postgres);
        }
        let path = text.strip_prefix("sqlite://").ok_or(InvalidStoreUrl::Scheme)?;
        if path.is_empty() || path.ends_with('/') {
            return Err(InvalidStoreUrl::NoPath);
        }
        if path.contains(['?', '#', '\0']) {
            return Err(InvalidStoreUrl::NotAPath);
        }
        Ok(Self::sqlite(path))
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sqlite://{}", self.path.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_a_scheme_and_a_literal_path() {
        let url: StoreUrl = "sqlite://.deskform/live 100%.db".parse().expect("a legal URL");
        assert_eq!(url.path(), Path::new(".deskform/live 100%.db"));
        assert_eq!(url.to_string(), "sqlite://.deskform/live 100%.db");
        assert_eq!(url.resolved(Path::new("/repo")).to_string(), "sqlite:///repo/.deskform/live 100%.db");
        let absolute: StoreUrl = "sqlite:///var/live.db".parse().expect("a legal URL");
        assert_eq!(absolute.resolved(Path::new("/repo")).path(), Path::new("/var/live.db"));
    }

    #[test]
    fn what_names_no_store_is_refused_without_being_quoted() {
        for (text, error) in [
            ("live.db", InvalidStoreUrl::Scheme),
            ("sqlite:live.db", InvalidStoreUrl::Scheme),
            ("mysql://u:secret@h/d", InvalidStoreUrl::Scheme),
            ("postgres://u:secret@h/d", InvalidStoreUrl::Postgres),
            ("sqlite://", InvalidStoreUrl::NoPath),
            ("sqlite://dir/", InvalidStoreUrl::NoPath),
            ("sqlite://a.db?mode=memory", InvalidStoreUrl::NotAPath),
        ] {
            assert_eq!(text.parse::<StoreUrl>(), Err(error.clone()), "{text}");
            assert!(!error.to_string().contains("secret"));
        }
    }
}
