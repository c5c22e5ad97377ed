//! A config repo of any size, the same bytes every time: what is killed.
#![expect(clippy::disallowed_methods, reason = "a config repo is files")]

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

/// So many resources hang together: hours, and the brands that refer to them.
pub const BLOCK: usize = 11;

/// The workspace of every generated repo.
pub const WORKSPACE: &str = "acme";

/// So many resources stand in one manifest.
const PER_FILE: usize = 100;

/// A config repo of numbered resources.
#[derive(Debug, Clone)]
pub struct Repo {
    resources: Range<usize>,
    wording: String,
}

impl Repo {
    /// The repo of these resources, the first of which begins a block. The first brand is the default; `wording` stands in
    /// the name of every resource.
    pub fn new(resources: Range<usize>, wording: &str) -> Self {
        assert_eq!(resources.start % BLOCK, 0, "a repo begins with hours");
        Self { resources, wording: wording.to_owned() }
    }

    /// Writes `deskform.toml` and the manifests.
    pub fn write(&self, folder: &Path) {
        std::fs::create_dir_all(folder.join("desks")).expect("a folder can be made");
        std::fs::write(folder.join("deskform.toml"), PROJECT).expect("a file can be written");
        for start in self.resources.clone().step_by(PER_FILE) {
            let end = self.resources.end.min(start + PER_FILE);
            let text: String = (start..end).map(|number| self.resource(number)).collect();
            std::fs::write(folder.join(format!("desks/{start:06}.toml")), text).expect("a file can be written");
        }
    }

    /// Every address that it declares, the policy's too.
    pub fn addresses(&self) -> BTreeSet<String> {
        let declared = self.resources.clone().map(|number| {
            let kind = if number % BLOCK == 0 { "business_hours.h" } else { "brand.b" };
            format!("{kind}{number:06}")
        });
        declared.chain([format!("policy.{WORKSPACE}")]).collect()
    }

    fn resource(&self, number: usize) -> String {
        let (block, wording) = (number - number % BLOCK, &self.wording);
        let default = if number == self.resources.start + 1 { "default = true\n" } else { "" };
        if number == block {
            format!(
                "[business_hours.h{number:06}]\n\
                 display_name = \"{wording}{number}\"\n\
                 time_zone = \"UTC\"\n\
                 weekly = {{ mon-sun = [] }}\n"
            )
        } else {
            format!(
                "[brand.b{number:06}]\n\
                 display_name = \"{wording}{number}\"\n\
                 subdomain = \"b{number:06}\"\n\
                 business_hours = \"h{block:06}\"\n\
                 {default}"
            )
        }
    }
}

/// Limits beyond any vendor's: what is tried here is deskform.
const PROJECT: &str = "[workspace]
name = \"acme\"

[guard]
max_deletes = 20

[limits]
brand          = 1000000
business_hours = 1000000
";
