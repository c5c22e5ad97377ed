//! A config repo of any size, the same bytes every time: what is killed, raced and measured.
#![expect(clippy::disallowed_methods, reason = "a config repo is files")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

/// One hours, and ten brands that refer to it.
pub const BLOCK: usize = 11;

/// How many resources a manifest holds.
const PER_FILE: usize = 100;

/// A config repo of numbered resources: hours, and brands with about 450 bytes of TOML each.
#[derive(Debug, Clone)]
pub struct Repo {
    /// Which resources; begins with the hours of a block. The first brand is the default.
    pub resources: Range<usize>,
    /// A word that stands in the name of every resource.
    pub wording: String,
}

impl Repo {
    /// The repo of these resources.
    pub fn new(resources: Range<usize>, wording: &str) -> Self {
        assert_eq!(resources.start % BLOCK, 0, "a repo begins with hours");
        Self { resources, wording: wording.to_owned() }
    }

    /// Writes `deskform.toml` and the manifests.
    pub fn write(&self, folder: &Path) {
        std::fs::create_dir_all(folder.join("desks")).expect("a folder can be made");
        std::fs::write(folder.join("deskform.toml"), PROJECT).expect("a file can be written");
        for start in self.resources.clone().step_by(PER_FILE) {
            let mut text = String::new();
            for number in start..(start + PER_FILE).min(self.resources.end) {
                self.resource(number, &mut text);
            }
            let file = folder.join(format!("desks/{start:06}.toml"));
            std::fs::write(file, text).expect("a file can be written");
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

    fn resource(&self, number: usize, out: &mut String) {
        let block = number - number % BLOCK;
        let wording = &self.wording;
        let written = if number == block {
            write!(
                out,
                "[business_hours.h{number:06}]\n\
                 display_name = \"窓口 {number:06} 平日 {wording}\"\n\
                 time_zone    = \"Asia/Tokyo\"\n\
                 \n\
                 [business_hours.h{number:06}.weekly]\n\
                 mon-fri = [\"08:00-12:00\", \"13:00-17:00\"]\n\
                 sat-sun = []\n\n"
            )
        } else {
            let default = if number == self.resources.start + 1 { "default        = true\n" } else { "" };
            write!(
                out,
                "[brand.b{number:06}]\n\
                 display_name   = \"サポート窓口 {number:06} {wording}\"\n\
                 subdomain      = \"acme-support-desk-{number:06}\"\n\
                 {default}\
                 business_hours = \"h{block:06}\"\n\
                 host_mapping   = {{ host = \"desk-{number:06}.support.acme.example\", certificate = \"managed\" }}\n\
                 family         = \"acme\"\n\
                 \n\
                 [brand.b{number:06}.channels]\n\
                 help_center = {{ state = \"enabled\", title = \"よくある質問 {number:06}\", locales = [\"ja\", \"en-us\"] }}\n\
                 mail        = {{ address = \"desk-{number:06}@support.acme.example\" }}\n\n"
            )
        };
        written.expect("a string takes any text");
    }
}

/// The workspace of every generated repo.
pub const WORKSPACE: &str = "acme";

/// More than any vendor allows, because what is measured is deskform.
const PROJECT: &str = "[workspace]
name = \"acme\"

[guard]
max_deletes = 20

[limits]
brand          = 1000000
business_hours = 1000000
";
