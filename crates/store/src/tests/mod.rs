//! What every engine must do, through the public handles; each test gets a [`Scene`], and only that knows where its store is.

mod commits;
mod locking;
mod preconditions;
mod reading;
mod recovery;
mod tables;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use deskform_model::{
    Address, AppliedChange, Commit, Committed, Digest, Document, FieldPath, KindName, Lineage, PlanId, Precondition,
    Reference, Row, RunKey, SealInput, SealedEntry, Sealing, ServerFacts, UniqueValue, WorkspaceName, Write,
};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use tempfile::TempDir;

use crate::{CommitError, Creation, Holder, Opening, Reader, StoreUrl, Writer};

/// A folder that may hold a store.
pub(crate) struct Scene {
    dir: TempDir,
    pub(crate) url: StoreUrl,
}

impl Scene {
    /// A folder without a store.
    pub(crate) fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = StoreUrl::sqlite(dir.path().join("live.db"));
        Self { dir, url }
    }

    /// A folder with a store that had one run, of workspace `desk`: `brand.acme` refers to `hours.week`.
    pub(crate) async fn with_store() -> Self {
        let scene = Self::empty();
        let acme =
            row("brand.acme", r#"{"hours":"week"}"#).refers("hours", "hours.week").holds("brand.subdomain", "acme");
        let draft = Draft::new(0).first().insert(acme).insert(row("hours.week", "{}"));
        draft.run(&scene.url).await.unwrap();
        scene
    }

    pub(crate) fn path(&self) -> &Path {
        self.url.path()
    }

    /// Names of the files in the folder.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.dir.path()).unwrap();
        let mut files: Vec<String> = entries.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        files
    }

    /// A connection as of a program that is not deskform, with SQLite's own settings.
    async fn stranger(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.path()).foreign_keys(false);
        options.busy_timeout(Duration::from_millis(50)).connect().await.unwrap()
    }

    /// Runs SQL as a stranger would; gives the error's text.
    async fn by_hand(&self, sql: &str) -> Result<u64, String> {
        let mut db = self.stranger().await;
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut db).await;
        db.close().await.unwrap();
        done.map(|done| done.rows_affected()).map_err(|error| error.to_string())
    }

    /// Reads a number as a stranger would.
    pub(crate) async fn number(&self, sql: &'static str) -> i64 {
        let mut db = self.stranger().await;
        let number = sqlx::query_scalar(sql).fetch_one(&mut db).await.unwrap();
        db.close().await.unwrap();
        number
    }

    /// All that the store holds, as text, for "nothing changed".
    pub(crate) async fn contents(&self) -> Vec<String> {
        let mut db = self.stranger().await;
        let mut contents = Vec::new();
        for sql in [
            "SELECT concat_ws('|', schema, lineage, label) FROM meta",
            "SELECT concat_ws('|', name, serial, head) FROM workspace ORDER BY 1",
            "SELECT concat_ws('|', address, ifnull(workspace, '-'), kind, format, document, digest, protected) FROM resource ORDER BY 1",
            "SELECT concat_ws('|', \"from\", path, \"to\") FROM reference ORDER BY 1",
            "SELECT concat_ws('|', scope, value, address) FROM unique_value ORDER BY 1",
            "SELECT concat_ws('|', workspace, address, seq, digest) FROM applied ORDER BY 1",
            "SELECT concat_ws('|', workspace, plan_id, base_serial, serial, at, actor) FROM run ORDER BY 1",
            "SELECT concat_ws('|', workspace, seq, entry, hash) FROM audit ORDER BY 1",
            "SELECT concat_ws('|', workspace, seq, hex(salt), text) FROM audit_payload ORDER BY 1",
            "SELECT concat_ws('|', workspace, plan_id) FROM writer ORDER BY 1",
        ] {
            contents.extend(sqlx::query_scalar::<_, String>(sql).fetch_all(&mut db).await.unwrap());
        }
        db.close().await.unwrap();
        contents
    }

    async fn reader(&self) -> Reader {
        Reader::open(&self.url).await.unwrap()
    }
}

pub(crate) fn holder() -> Holder {
    Holder {
        actor: "suzuki".to_owned(),
        host: "desk-1".to_owned(),
        pid: 4711,
        since: "2026-01-02T03:04:05Z".to_owned(),
        plan: Some("sha256:00".to_owned()),
    }
}

fn lineage() -> Lineage {
    Lineage::new("0123456789abcdef0123456789abcdef").unwrap()
}

pub(crate) fn desk() -> WorkspaceName {
    WorkspaceName::new("desk").unwrap()
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

pub(crate) fn opening(create: bool, lock_timeout: Duration) -> Opening {
    let first = entry(1, "{\"store\":\"created\"}", None, lineage().as_str());
    let creation = Creation { lineage: lineage(), label: Some("production".to_owned()), first };
    Opening { create: create.then_some(creation), lock_timeout, holder: holder() }
}

pub(crate) fn facts() -> ServerFacts {
    ServerFacts { engine: "sqlite".to_owned(), time: "2026-01-02T03:04:05.000Z".to_owned(), user: None, address: None }
}

fn entry(seq: u64, text: &str, after: Option<&Document>, previous: &str) -> SealedEntry {
    let payload = match after {
        None => serde_json::json!({}),
        Some(after) => serde_json::json!({ "after": { "format": after.format(), "text": after.text() } }),
    };
    let hash = Digest::of(&[previous.as_bytes(), text.as_bytes()]);
    SealedEntry { seq, text: text.to_owned(), hash, salt: [seq as u8; 32], payload: payload.to_string() }
}

/// A row of workspace `desk`.
pub(crate) fn row(at: &str, text: &str) -> Row {
    let address = address(at);
    let document = Document::stored(KindName::new(address.kind()).unwrap(), 1, text.to_owned());
    let digest = document.digest();
    Row { address, owner: Some(desk()), document, digest, protected: false, outline: Arc::default() }
}

trait RowParts {
    fn refers(self, field: &str, to: &str) -> Self;
    fn holds(self, scope: &str, value: &str) -> Self;
    fn owned_by(self, owner: Option<&str>) -> Self;
}

impl RowParts for Row {
    fn refers(mut self, field: &str, to: &str) -> Self {
        let reference = Reference { path: FieldPath::keys([field]), to: address(to) };
        Arc::make_mut(&mut self.outline).references.push(reference);
        self
    }

    fn holds(mut self, scope: &str, value: &str) -> Self {
        Arc::make_mut(&mut self.outline).unique.push(UniqueValue {
            scope: scope.to_owned(),
            value: value.to_owned(),
            path: FieldPath::root(),
        });
        self
    }

    fn owned_by(mut self, owner: Option<&str>) -> Self {
        self.owner = owner.map(|name| WorkspaceName::new(name).unwrap());
        self
    }
}

/// A commit of workspace `desk`, with one entry for each write.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) commit: Commit,
    afters: Vec<Option<Document>>,
}

impl Draft {
    pub(crate) fn new(plan: u64) -> Self {
        let run = RunKey { workspace: desk(), plan: PlanId::of(&plan.to_string()), base_serial: 0 };
        let commit = Commit {
            run,
            lineage: Some(lineage()),
            actor: "suzuki".to_owned(),
            preconditions: Vec::new(),
            writes: Vec::new(),
            applied: Vec::new(),
        };
        Self { commit, afters: Vec::new() }
    }

    /// For a store that is not there yet.
    pub(crate) fn first(mut self) -> Self {
        self.commit.lineage = None;
        self
    }

    fn requires(mut self, precondition: Precondition) -> Self {
        self.commit.preconditions.push(precondition);
        self
    }

    pub(crate) fn insert(mut self, row: Row) -> Self {
        self.applied(&row);
        self.commit.writes.push(Write::Insert(row));
        self
    }

    fn update(mut self, at: &str, before: Digest, row: Row) -> Self {
        if row.address.as_str() != at {
            self.commit.applied.push(AppliedChange { address: address(at), entry: None });
        }
        self.applied(&row);
        self.commit.writes.push(Write::Update { address: address(at), before, row });
        self
    }

    fn delete(mut self, at: &str, before: Digest) -> Self {
        self.commit.applied.push(AppliedChange { address: address(at), entry: None });
        self.afters.push(None);
        self.commit.writes.push(Write::Delete { address: address(at), before });
        self
    }

    fn applied(&mut self, row: &Row) {
        let entry = Some((self.afters.len(), row.digest));
        self.commit.applied.push(AppliedChange { address: row.address.clone(), entry });
        self.afters.push(Some(row.document.clone()));
    }

    pub(crate) fn seal(&self, input: SealInput) -> Sealing<'static> {
        self.entries(input).into()
    }

    pub(crate) fn entries(&self, input: SealInput) -> Vec<SealedEntry> {
        let mut previous = input.head.hash.map_or_else(|| input.lineage.to_string(), |hash| hash.to_string());
        let mut entries = Vec::new();
        for (seq, after) in (input.head.seq + 1..).zip(self.afters.iter().map(Option::as_ref).chain([None])) {
            let entry = entry(seq, &format!("{{\"run\":{},\"seq\":{seq}}}", input.serial), after, &previous);
            previous = entry.hash.to_string();
            entries.push(entry);
        }
        entries
    }

    pub(crate) async fn by(&self, writer: &mut Writer) -> Result<Committed, CommitError> {
        writer.commit(&self.commit, facts(), |input| Ok(self.seal(input))).await
    }

    /// Opens, commits and closes.
    async fn run(&self, url: &StoreUrl) -> Result<Committed, CommitError> {
        let mut writer = Writer::open(url, opening(true, Duration::from_secs(20))).await?;
        let done = self.by(&mut writer).await;
        writer.close().await;
        done
    }
}
