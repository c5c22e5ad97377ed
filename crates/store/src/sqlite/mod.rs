//! A store in a SQLite file.

mod audit;
mod bulk;
mod commit;
pub(crate) mod connect;
mod detail;
mod log;
mod migrate;
mod packed;
mod preconditions;
mod reader;
mod rehearsal;
mod rows;
mod snapshot;
mod status;
mod writer;

use std::path::Path;

use sqlx::sqlite::SqliteConnection;

pub(crate) use migrate::migrate;
pub(crate) use reader::{Reader, View};
pub(crate) use rehearsal::Rehearsal;
pub(crate) use writer::Writer;

use crate::StoreError;
use packed::Packed;

/// Why reading stopped: the driver, whose error still needs to be told what it was about, or the store.
enum Trouble {
    Sql(sqlx::Error),
    Store(StoreError),
}

impl Trouble {
    fn about(self, path: &Path, doing: &'static str) -> StoreError {
        match self {
            Self::Sql(error) => connect::failed(path, doing, error),
            Self::Store(error) => error,
        }
    }
}

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// How many items of a list one statement gets. The answer is one value, made and copied as a whole: it had better be small.
const CHUNK: usize = 400;

/// Runs a statement for a list, in chunks. The statement finds a chunk as a JSON array in `?1`, further texts from `?2`
/// on, and gives one packed value; it is looked at while SQLite works on the next.
async fn for_list<T: serde::Serialize>(
    db: &mut SqliteConnection,
    sql: &'static str,
    list: &[T],
    others: &[&str],
    mut each: impl FnMut(&mut Packed<'_>) -> Result<(), StoreError>,
) -> Result<(), Trouble> {
    let mut each = |answer: Option<Vec<u8>>| answer.map_or(Ok(()), |answer| each(&mut Packed::new(&answer)));
    let mut answer = None;
    for chunk in list.chunks(CHUNK) {
        let mut query = sqlx::query_scalar::<_, Option<Vec<u8>>>(sql).bind(json(chunk));
        for other in others {
            query = query.bind(*other);
        }
        let (next, taken) = tokio::join!(query.fetch_one(&mut *db), async { each(answer.take()) });
        taken?;
        answer = next?;
    }
    Ok(each(answer)?)
}

/// A list as a JSON array. Lists of texts and of pairs of texts only, which always have one.
fn json<T: serde::Serialize>(list: &[T]) -> String {
    serde_json::to_string(list).expect("texts are JSON")
}

/// A count as SQLite keeps it. No store lives to see a count beyond 2^63.
fn as_i64(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A count as read. What is negative was written by hand and counts as none.
fn as_u64(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
