//! `schema`: the JSON Schemas of everything that deskform reads and writes.

use deskform_model::{PlanFile, Registry};
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::args::SchemaArgs;
use crate::exit::{Exit, Failure};
use crate::output::{Context, OutputError, json_bytes, write_file};
use crate::render::schema::{SchemaFile, SchemaReport};

type Make = fn(&Registry) -> Value;

const SCHEMAS: [(SchemaFile, Make); 5] = [
    (SchemaFile { name: "audit-entry.schema.json", describes: "an entry of the audit log" }, |_| {
        deskform_apply::audit_entry_schema()
    }),
    (SchemaFile { name: "manifest.schema.json", describes: "a manifest" }, deskform_manifest::manifest_schema),
    (
        SchemaFile { name: "overlay.schema.json", describes: "an overlay, below `envs`" },
        deskform_manifest::overlay_schema,
    ),
    (SchemaFile { name: "plan.schema.json", describes: "a plan file" }, |_| plan_schema()),
    (SchemaFile { name: "project.schema.json", describes: "deskform.toml" }, deskform_manifest::project_schema),
];

pub(super) fn run(ctx: &Context<'_>, args: &SchemaArgs) -> Result<Exit, Failure> {
    if let Some(folder) = &args.out {
        std::fs::create_dir_all(folder).map_err(|source| OutputError::File { path: folder.clone(), source })?;
        for (file, make) in &SCHEMAS {
            write_file(&folder.join(file.name), &json_bytes(&make(ctx.registry))?)?;
        }
    }
    let folder = args.out.as_ref().map(|folder| folder.display().to_string());
    ctx.publish(&SchemaReport { folder, schemas: SCHEMAS.into_iter().map(|(file, _)| file).collect() })?;
    Ok(Exit::Done)
}

fn plan_schema() -> Value {
    SchemaSettings::draft07().into_generator().into_root_schema_for::<PlanFile<'_>>().to_value()
}
