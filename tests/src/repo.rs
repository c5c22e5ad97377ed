//! A config repo of any size, the same bytes every time: what is killed, raced and measured.
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
    size: Size,
}

/// How much a resource says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// Only what it must.
    Short,
    /// As people write them: a brand has eight strings and a reference, about 450 bytes of TOML and as many of JSON.
    Usual,
}

impl Repo {
    /// The repo of these resources, the first of which begins a block. The first brand is the default; `wording` stands in
    /// the name of every resource.
    pub fn new(resources: Range<usize>, size: Size, wording: &str) -> Self {
        assert_eq!(resources.start % BLOCK, 0, "a repo begins with hours");
        Self { resources, wording: wording.to_owned(), size }
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
        match (number == block, self.size) {
            (true, Size::Short) => format!(
                "[business_hours.h{number:06}]\n\
                 display_name = \"{wording}{number}\"\n\
                 time_zone = \"UTC\"\n\
                 weekly = {{ mon-sun = [] }}\n"
            ),
            (false, Size::Short) => format!(
                "[brand.b{number:06}]\n\
                 display_name = \"{wording}{number}\"\n\
                 subdomain = \"b{number:06}\"\n\
                 business_hours = \"h{block:06}\"\n\
                 {default}"
            ),
            (true, Size::Usual) => format!(
                "[business_hours.h{number:06}]\n\
                 display_name = \"平日の窓口 {number:06} {wording}\"\n\
                 time_zone    = \"Asia/Tokyo\"\n\
                 \n\
                 [business_hours.h{number:06}.weekly]\n\
                 mon-fri = [\"08:00-12:00\", \"13:00-17:00\"]\n\
                 sat-sun = []\n\n"
            ),
            (false, Size::Usual) => format!(
                "[brand.b{number:06}]\n\
                 display_name   = \"サポート窓口 {number:06} {wording}\"\n\
                 subdomain      = \"acme-support-desk-{number:06}\"\n\
                 {default}\
                 business_hours = \"h{block:06}\"\n\
                 host_mapping   = {{ host = \"desk-{number:06}.support.acme.example\", certificate = \"managed\" }}\n\
                 family         = \"acme-desks-{block:06}\"\n\
                 \n\
                 [brand.b{number:06}.channels]\n\
                 help_center = {{ state = \"enabled\", title = \"よくある質問 {number:06}\", locales = [\"ja\", \"en-us\"] }}\n\
                 mail        = {{ address = \"desk-{number:06}@support.acme.example\" }}\n\n"
            ),
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
