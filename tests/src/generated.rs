//! Config repos of any size: brands of eight strings and a reference, about 420 bytes of TOML each, and the business hours
//! that they refer to.
#![expect(clippy::disallowed_methods, reason = "a config repo is files")]

use std::fmt::Write as _;
use std::path::Path;

/// So many brands share one set of business hours.
const BRANDS_FOR_HOURS: usize = 50;

/// So many brands stand in one file.
const BRANDS_IN_FILE: usize = 100;

/// Writes a config repo that declares `resources` resources. Another `edition` is other text in every brand.
pub fn write_project(folder: &Path, resources: usize, edition: usize) {
    let hours = (resources / BRANDS_FOR_HOURS).max(1);
    std::fs::create_dir_all(folder.join("brands")).expect("the folder can be made");
    std::fs::write(folder.join("deskform.toml"), PROJECT).expect("the project file can be written");
    let mut text = String::new();
    for number in 0..hours {
        let _ = write!(
            text,
            "[business_hours.h{number}]\ntime_zone = \"Asia/Tokyo\"\n[business_hours.h{number}.weekly]\n\
             mon-fri = [\"0{}:00-12:00\", \"13:00-17:00\"]\nsat-sun = []\n\n",
            number % 9
        );
    }
    std::fs::write(folder.join("hours.toml"), text).expect("a manifest can be written");
    let brands = resources.saturating_sub(hours);
    for (file, first) in (0..brands).step_by(BRANDS_IN_FILE).enumerate() {
        let last = (first + BRANDS_IN_FILE).min(brands);
        let text: String = (first..last).map(|number| brand(number, number % hours, edition)).collect();
        std::fs::write(folder.join(format!("brands/{file:05}.toml")), text).expect("a manifest can be written");
    }
}

const PROJECT: &str = "[workspace]\nname = \"bench\"\n\n[limits]\nbrand = 1000000\nbusiness_hours = 1000000\n\n[guard]\n\
                       max_deletes = 1000000\nmax_deletes_percent = 100\n";

fn brand(number: usize, hours: usize, edition: usize) -> String {
    let default = if number == 0 { "default = true\n" } else { "" };
    format!(
        "[brand.b{number}]\ndisplay_name = \"Support desk number {number:06}, {edition}\"\nsubdomain = \"support-desk-number-{number:06}\"\n\
         {default}business_hours = \"h{hours}\"\nfamily = \"family of the desks {:04}\"\n\
         signature_template = \"{{{{agent.name}}}}, desk {number:06}, {edition}\"\n[brand.b{number}.host_mapping]\n\
         host = \"support-{number:06}.acme.example\"\ncertificate = \"managed\"\n[brand.b{number}.channels]\n\
         help_center = {{ state = \"enabled\", title = \"Help center of desk {number:06}\" }}\n\
         mail = {{ address = \"help-{number:06}@acme.example\" }}\n\n",
        number / 10
    )
}
