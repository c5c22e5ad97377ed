//! Which files are overlays, and of which environment.

use deskform_model::Diagnostic;

use super::{Manifest, STRAY_OVERLAY, at};
use crate::diagnostics::Finding;

/// The folder of the overlays, in a folder for each environment.
const OVERLAYS: &str = "envs/";

impl Manifest {
    /// The environment that the file is an overlay of, by the folder that it lies in; `None` for a manifest.
    pub(crate) fn overlay_of(&self) -> Option<Option<&str>> {
        let name = self.name.strip_prefix(OVERLAYS)?;
        Some(name.split_once('/').map(|(environment, _)| environment))
    }

    /// The finding for an overlay whose environment there is not.
    pub(crate) fn stray_overlay(&self, near: Option<&str>) -> Finding {
        let (message, folder) = match self.overlay_of().flatten() {
            Some(name) => (format!("there is no environment `{name}` that this overlay is for"), name),
            None => ("an overlay lies in the folder of its environment".to_owned(), "NAME"),
        };
        at(
            &self.name,
            Diagnostic::error(STRAY_OVERLAY, message).hint(match near {
                Some(near) => format!("Move it to `{OVERLAYS}{near}`."),
                None => format!("Add `[env.{folder}]` to `deskform.toml`, or move the file out of `envs`."),
            }),
        )
    }
}
