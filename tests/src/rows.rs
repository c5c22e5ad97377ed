//! The least that a program does to put rows into a store: it reads them from one flat file, and writes them by one
//! prepared statement a table in one transaction.
#![expect(clippy::disallowed_methods, reason = "a baseline reads files")]

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use rusqlite::types::{Null, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Statement};

/// What stands before every statement of the schema, every table, and every value.
const STATEMENT: u8 = b'S';
const TABLE: u8 = b'T';
const NULL: u8 = b'n';
const INTEGER: u8 = b'i';
const REAL: u8 = b'r';
const TEXT: u8 = b't';
const BLOB: u8 = b'b';

/// What a database holds.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// Rows of all tables.
    pub rows: usize,
    /// Entries of the log.
    pub entries: u64,
}

/// Writes everything that a database holds to a flat file: statements that make its tables, indexes and triggers, then
/// every row of every table. A text is its length in eight bytes and itself, a number eight bytes.
pub fn dump(store: &Path, file: &Path) -> Counts {
    let database = Connection::open(store).expect("the store can be opened");
    let (mut out, mut counts) = (Vec::new(), Counts::default());
    let schema = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid";
    texts(&database, schema).iter().for_each(|sql| put(&mut out, STATEMENT, sql.as_bytes()));
    let names =
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY rowid";
    for name in texts(&database, names) {
        let mut statement = database.prepare(&format!("SELECT * FROM \"{name}\"")).expect("a table");
        let columns = statement.column_count();
        put(&mut out, TABLE, name.as_bytes());
        out.extend((columns as u64).to_le_bytes());
        let mut rows = statement.query([]).expect("it can be read");
        while let Some(row) = rows.next().expect("a row") {
            for column in 0..columns {
                put_value(&mut out, row.get_ref(column).expect("a column"));
            }
            counts.rows += 1;
            counts.entries += u64::from(name == "audit");
        }
    }
    std::fs::write(file, out).expect("the rows can be written");
    counts
}

fn texts(database: &Connection, sql: &str) -> Vec<String> {
    let mut statement = database.prepare(sql).expect("it is SQLite");
    let texts = statement.query_map([], |row| row.get(0)).expect("it can be read");
    texts.map(|text| text.expect("a text")).collect()
}

fn put(out: &mut Vec<u8>, what: u8, bytes: &[u8]) {
    out.push(what);
    out.extend((bytes.len() as u64).to_le_bytes());
    out.extend(bytes);
}

fn put_value(out: &mut Vec<u8>, value: ValueRef<'_>) {
    match value {
        ValueRef::Null => out.push(NULL),
        ValueRef::Integer(number) => {
            out.push(INTEGER);
            out.extend(number.to_le_bytes());
        }
        ValueRef::Real(number) => {
            out.push(REAL);
            out.extend(number.to_le_bytes());
        }
        ValueRef::Text(text) => put(out, TEXT, text),
        ValueRef::Blob(bytes) => put(out, BLOB, bytes),
    }
}

/// Writes the rows of a flat file into a new database, with the settings of a store.
pub fn insert(file: &Path, target: &Path) {
    let _ = std::fs::remove_file(target);
    let mut flat = Flat(BufReader::new(File::open(file).expect("the rows can be read")));
    let database = Connection::open(target).expect("a database can be made");
    let settings = "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; PRAGMA foreign_keys = ON; \
                    PRAGMA recursive_triggers = ON; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; \
                    BEGIN IMMEDIATE;";
    database.execute_batch(settings).expect("settings");
    let mut mark = flat.mark();
    while mark == Some(STATEMENT) {
        database.execute_batch(&flat.name()).expect("the schema is SQLite's own");
        mark = flat.mark();
    }
    while mark == Some(TABLE) {
        let name = flat.name();
        let columns = usize::try_from(flat.number()).expect("few columns");
        let places = vec!["?"; columns].join(", ");
        let mut insert = database.prepare(&format!("INSERT INTO \"{name}\" VALUES ({places})")).expect("a table");
        mark = flat.mark();
        while let Some(first) = mark.filter(|mark| *mark != TABLE) {
            for column in 1..=columns {
                let tag = if column == 1 { Some(first) } else { flat.mark() };
                flat.bind(tag, column, &mut insert);
            }
            insert.raw_execute().expect("the row fits");
            mark = flat.mark();
        }
    }
    database.execute_batch("COMMIT").expect("it commits");
    database.close().expect("it closes");
}

/// What is left of a flat file.
struct Flat(BufReader<File>);

impl Flat {
    /// What comes next; none at the end.
    fn mark(&mut self) -> Option<u8> {
        let mut mark = [0];
        self.0.read_exact(&mut mark).ok().map(|()| mark[0])
    }

    fn number(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.0.read_exact(&mut bytes).expect("eight bytes");
        u64::from_le_bytes(bytes)
    }

    fn bytes(&mut self) -> Vec<u8> {
        let mut bytes = vec![0; usize::try_from(self.number()).expect("it was in memory once")];
        self.0.read_exact(&mut bytes).expect("as many bytes as were announced");
        bytes
    }

    fn name(&mut self) -> String {
        String::from_utf8(self.bytes()).expect("a name or a statement is text")
    }

    /// Hands the value that comes next to a statement.
    fn bind(&mut self, tag: Option<u8>, column: usize, statement: &mut Statement<'_>) {
        let bound = match tag {
            Some(NULL) => statement.raw_bind_parameter(column, Null),
            Some(INTEGER) => statement.raw_bind_parameter(column, i64::from_le_bytes(self.number().to_le_bytes())),
            Some(REAL) => statement.raw_bind_parameter(column, f64::from_bits(self.number())),
            Some(TEXT) => statement.raw_bind_parameter(column, ToSqlOutput::Borrowed(ValueRef::Text(&self.bytes()))),
            Some(BLOB) => statement.raw_bind_parameter(column, self.bytes()),
            _ => Err(rusqlite::Error::InvalidQuery),
        };
        bound.expect("a value, and a column for it");
    }
}
