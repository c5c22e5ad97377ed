//! Which schemas there are.

use serde::Serialize;
use serde_json::Value;

use crate::render::Report;
use crate::text::{Page, widest};

/// A schema file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct SchemaFile {
    pub(crate) name: &'static str,
    pub(crate) describes: &'static str,
}

/// The schemas, and the folder they were written to.
#[derive(Serialize)]
pub(crate) struct SchemaReport {
    pub(crate) folder: Option<String>,
    pub(crate) schemas: Vec<SchemaFile>,
}

impl Report for SchemaReport {
    fn human(&self, page: &mut Page) {
        let Self { folder, schemas } = self;
        let column = widest(schemas.iter().map(|schema| schema.name), 40);
        for SchemaFile { name, describes } in schemas {
            page.padded(name, column).text("  ").text(describes).end();
        }
        if let Some(folder) = folder {
            page.text("Written to ").text(folder).end();
        }
    }

    fn json(&self) -> serde_json::Result<Value> {
        serde_json::to_value(self)
    }
}
