//! Inserting many rows: some hundred of them a statement, the next statement's values being made while SQLite works on
//! the last. One statement a row costs three times as much.

use std::sync::Arc;

use sqlx::AssertSqlSafe;
use sqlx::error::BoxDynError;
use sqlx::sqlite::{SqliteArguments, SqliteConnection};

/// The most rows a statement. SQLite allows 32766 parameters; a table here has at most eight columns.
pub(super) const ROWS: usize = 500;

/// Few rows go into this many statements, as SQLite takes longer to read a long statement than to run a short one again; but
/// not into shorter ones than [`LEAST`].
const SHARES: usize = 8;
const LEAST: usize = 50;

/// A statement that takes rows of values: what stands before `VALUES`, how many columns, what stands after.
pub(super) struct Bulk {
    pub(super) head: &'static str,
    pub(super) columns: usize,
    pub(super) tail: &'static str,
}

impl Bulk {
    /// Runs it for all items; `bind` adds the values of one.
    pub(super) async fn insert<T>(
        &self,
        db: &mut SqliteConnection,
        items: impl ExactSizeIterator<Item = T>,
        bind: impl Fn(&mut SqliteArguments, T) -> Result<(), BoxDynError>,
    ) -> Result<(), sqlx::Error> {
        self.run(db, items, bind).await.map(drop)
    }

    /// As [`Bulk::insert`], and counts the rows that were touched.
    pub(super) async fn run<T>(
        &self,
        db: &mut SqliteConnection,
        mut items: impl ExactSizeIterator<Item = T>,
        bind: impl Fn(&mut SqliteArguments, T) -> Result<(), BoxDynError>,
    ) -> Result<u64, sqlx::Error> {
        let most = (items.len() / SHARES).clamp(LEAST, ROWS);
        let full = (items.len() >= most).then(|| self.sql(most));
        let mut statement = || -> Result<_, sqlx::Error> {
            let rows = items.len().min(most);
            if rows == 0 {
                return Ok(None);
            }
            let mut values = SqliteArguments::default();
            sqlx::Arguments::reserve(&mut values, rows * self.columns, 0);
            for item in items.by_ref().take(rows) {
                bind(&mut values, item).map_err(sqlx::Error::Encode)?;
            }
            let sql = full.as_ref().filter(|_| rows == most).map_or_else(|| self.sql(rows), Arc::clone);
            Ok(Some(sqlx::query_with(AssertSqlSafe(sql), values).persistent(rows == most)))
        };
        let mut next = statement()?;
        let mut touched = 0;
        while let Some(query) = next {
            let (done, following) = tokio::join!(query.execute(&mut *db), async { statement() });
            touched += done?.rows_affected();
            next = following?;
        }
        Ok(touched)
    }

    /// The text holds no value: only the constants above and question marks.
    fn sql(&self, rows: usize) -> Arc<str> {
        let tuple = format!("({})", vec!["?"; self.columns].join(","));
        let mut sql = String::with_capacity(self.head.len() + self.tail.len() + (tuple.len() + 1) * rows + 16);
        sql.push_str(self.head);
        sql.push_str(" VALUES ");
        for row in 0..rows {
            if row > 0 {
                sql.push(',');
            }
            sql.push_str(&tuple);
        }
        sql.push_str(self.tail);
        sql.into()
    }
}
