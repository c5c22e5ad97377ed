//! `init`: a config repo to start from.

use std::path::Path;

use deskform_model::WorkspaceName;

use crate::args::InitArgs;
use crate::commands::UsageError;
use crate::commands::new_files::{NewFiles, absolute};
use crate::exit::{Exit, Failure};
use crate::output::Context;
use crate::project::Root;
use crate::render::init::InitReport;

/// What git is to leave alone.
pub(super) const GITIGNORE: &str = include_str!("../../starter/gitignore");

/// The files of a new config repo; `{workspace}` stands for its name.
const STARTER: [(&str, &str); 18] = [
    (".gitignore", GITIGNORE),
    (".taplo.toml", include_str!("../../starter/taplo.toml")),
    (".tombi.toml", include_str!("../../starter/tombi.toml")),
    (".vscode/extensions.json", include_str!("../../starter/vscode-extensions.json")),
    (".vscode/settings.json", include_str!("../../starter/vscode-settings.json")),
    ("CODEOWNERS", include_str!("../../starter/CODEOWNERS")),
    ("README.md", include_str!("../../starter/README.md")),
    ("deskform.toml", include_str!("../../starter/deskform.toml")),
    ("brands/support.toml", include_str!("../../starter/brands/support.toml")),
    ("business_hours/weekdays.toml", include_str!("../../starter/business_hours/weekdays.toml")),
    (
        "customer_strategies/example.toml.example",
        include_str!("../../starter/customer_strategies/example.toml.example"),
    ),
    ("ip_restrictions/example.toml.example", include_str!("../../starter/ip_restrictions/example.toml.example")),
    ("mail_integrations/example.toml.example", include_str!("../../starter/mail_integrations/example.toml.example")),
    ("organizations/example.toml.example", include_str!("../../starter/organizations/example.toml.example")),
    ("security_profiles/administrator.toml", include_str!("../../starter/security_profiles/administrator.toml")),
    ("security_profiles/agent.toml", include_str!("../../starter/security_profiles/agent.toml")),
    ("service_desks/example.toml.example", include_str!("../../starter/service_desks/example.toml.example")),
    ("teams/support.toml", include_str!("../../starter/teams/support.toml")),
];

pub(super) fn run(ctx: &Context<'_>, args: &InitArgs) -> Result<Exit, Failure> {
    let InitArgs { dir, name } = args;
    let base =
        ctx.global.project.as_deref().map_or_else(|| ctx.machine.cwd().to_owned(), |dir| ctx.machine.cwd().join(dir));
    let folder = dir.as_deref().map_or_else(|| base.clone(), |dir| base.join(dir));
    let workspace = match name {
        Some(name) => named(name)?,
        None => named_after(&folder)?,
    };
    let mut files = NewFiles::default();
    for (name, text) in STARTER {
        files.add(name, text.replace("{workspace}", workspace.as_str()));
    }
    files.add_schemas(ctx.registry)?;
    files.write(&folder)?;
    let report = InitReport {
        folder: folder.display().to_string(),
        enter: dir.as_ref().map(|dir| dir.display().to_string()),
        workspace,
        files: files.names(),
        also_read: also_read(&folder, &files.names()),
    };
    ctx.publish(&report)?;
    Ok(Exit::Done)
}

/// Reads a workspace's name off the command line.
pub(super) fn named(text: &str) -> Result<WorkspaceName, UsageError> {
    WorkspaceName::new(text).map_err(|source| UsageError::Workspace { text: text.to_owned(), source })
}

/// The name of the folder, as far as it is one for a workspace too.
fn named_after(folder: &Path) -> Result<WorkspaceName, UsageError> {
    let folder = absolute(folder);
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let spelled = name.to_ascii_lowercase().replace([' ', '.'], "-");
    WorkspaceName::new(spelled).map_err(|source| UsageError::FolderName { text: name, source })
}

/// Other TOML files in the folder: they are manifests from now on.
fn also_read(folder: &Path, written: &[String]) -> Vec<String> {
    let Ok(root) = Root::find(folder) else { return Vec::new() };
    let (manifests, _) = root.manifests(&[]);
    manifests.into_iter().map(|manifest| manifest.name).filter(|name| !written.contains(name)).collect()
}
