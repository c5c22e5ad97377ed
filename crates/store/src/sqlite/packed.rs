//! Many rows in one value. Handing over a row costs the driver several times what it costs SQLite to make it, so the
//! reading statements join thousands of rows into one blob: every field as its length in bytes, a colon, its bytes. That
//! holds for any text, also for what somebody wrote by hand.

use std::borrow::Cow;

/// The SQL of one packed row: its fields one after the other. A field must not be NULL.
macro_rules! pack {
    ($($field:literal),+ $(,)?) => {
        concat!("''" $(, "||octet_length(", $field, ")||':'||", $field)+)
    };
}

/// The SQL of many packed rows as one value, which is NULL if there are none.
macro_rules! pack_all {
    ($($field:literal),+ $(,)?) => {
        concat!("CAST(group_concat(", $crate::sqlite::packed::pack!($($field),+), ", '') AS BLOB)")
    };
}

pub(super) use {pack, pack_all};

/// A value made by `pack_all!`, read row by row.
pub(super) struct Packed<'a> {
    rest: &'a [u8],
}

impl<'a> Packed<'a> {
    pub(super) fn new(value: &'a [u8]) -> Self {
        Self { rest: value }
    }

    /// The next row, whose number of fields is that of the statement; `None` at the end.
    pub(super) fn row<const N: usize>(&mut self) -> Option<[&'a [u8]; N]> {
        let mut row: [&[u8]; N] = [&[]; N];
        for field in &mut row {
            *field = self.field()?;
        }
        Some(row)
    }

    fn field(&mut self) -> Option<&'a [u8]> {
        let mut length = 0usize;
        loop {
            let (&byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            if byte == b':' {
                break;
            }
            length = length * 10 + usize::from(byte.checked_sub(b'0')?);
        }
        let (field, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(field)
    }
}

/// Bytes as text. What is no UTF-8 becomes text that hashes to something else, which is just what it should do.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// A number written in decimal.
pub(super) fn number<T: std::str::FromStr>(bytes: &[u8]) -> Option<T> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_may_hold_anything() {
        let mut packed = Packed::new(b"1:a0:3:1:b2:\xff:0:1:c");
        assert_eq!(packed.row(), Some([&b"a"[..], b"", b"1:b"]));
        assert_eq!(packed.row(), Some([&b"\xff:"[..], b"", b"c"]));
        assert_eq!(packed.row::<3>(), None);
    }

    #[test]
    fn what_is_torn_ends_the_rows() {
        assert_eq!(Packed::new(b"5:abc").row::<1>(), None);
        assert_eq!(Packed::new(b"x:abc").row::<1>(), None);
    }
}
