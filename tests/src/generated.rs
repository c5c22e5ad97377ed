//! Config repos of any size: brands of eight strings and a reference, about 420 bytes of TOML each, and the business hours
//! that they refer to; or companies of all nine kinds.
#![expect(clippy::disallowed_methods, reason = "a config repo is files")]

use std::fmt::Write as _;
use std::path::Path;

/// So many brands share one set of business hours.
const BRANDS_FOR_HOURS: usize = 50;

/// So many brands stand in one file.
const BRANDS_IN_FILE: usize = 100;

/// What a generated config repo declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mix {
    /// Brands and business hours.
    Brands,
    /// All nine kinds, in files of a hundred.
    Company,
}

/// Writes a config repo that declares `resources` resources. Another `edition` is other text in every resource that has a
/// name for people.
pub fn write_project(folder: &Path, mix: Mix, resources: usize, edition: usize) {
    match mix {
        Mix::Brands => write_brands(folder, resources, edition),
        Mix::Company => write_company(folder, resources, edition),
    }
}

fn write_company(folder: &Path, resources: usize, edition: usize) {
    std::fs::create_dir_all(folder.join("parts")).expect("the folder can be made");
    std::fs::write(folder.join("deskform.toml"), PROJECT).expect("the project file can be written");
    for part in 0..resources.div_ceil(PART) {
        let count = PART.min(resources - part * PART);
        let text: String = (0..count).map(|place| member(part, place, edition)).collect();
        std::fs::write(folder.join(format!("parts/{part:05}.toml")), text).expect("a manifest can be written");
    }
}

/// Adds an environment `staging` to a company, which gives every brand another subdomain and another title.
pub fn write_overlays(folder: &Path, resources: usize) {
    let project = format!("{PROJECT}\n[env.staging.store]\nlabel = \"staging\"\n");
    std::fs::write(folder.join("deskform.toml"), project).expect("the project file can be written");
    std::fs::create_dir_all(folder.join("envs/staging")).expect("the folder can be made");
    let overlay = |number: usize| {
        format!(
            "[brand.b{number}]\nsubdomain = \"test-desk-{number:06}\"\n[brand.b{number}.channels.help_center]\ntitle = \"Test {number}\"\n\n"
        )
    };
    for part in 0..resources.div_ceil(PART) {
        let brands =
            (part * PART..resources.min(part * PART + PART)).filter(|number| (36..86).contains(&(number % PART)));
        let text: String = brands.map(overlay).collect();
        std::fs::write(folder.join(format!("envs/staging/{part:05}.toml")), text).expect("an overlay can be written");
    }
}

/// So many resources of a company stand in one file and refer to each other.
const PART: usize = 100;

/// One resource of a part; what others refer to comes first, so that a part may be cut short.
fn member(part: usize, place: usize, edition: usize) -> String {
    let name = format!("p{part}-{place}");
    match place {
        0..2 => format!(
            "[business_hours.{name}]\ndisplay_name = \"Hours {name}, {edition}\"\ntime_zone = \"Asia/Tokyo\"\n\
             weekly = {{ mon-fri = [\"0{}:00-12:00\", \"13:00-17:00\"], sat-sun = [] }}\n\n",
            part % 9
        ),
        2..10 => format!(
            "[security_profile.{name}]\ndisplay_name = \"Profile {name}, {edition}\"\n[security_profile.{name}.permissions]\n\
             ccp = [\"access\"]\ncontact_search = [\"view\"]\nsecurity_profile = [\"view\", \"edit\"]\n\n"
        ),
        10..22 => format!(
            "[organization.{name}]\ndisplay_name = \"Customer {name}, {edition}\"\nemail_domains = [\"{name}.example\"]\n\
             members = [\"first@{name}.example\", \"second@{name}.example\"]\n\n"
        ),
        22..26 => format!(
            "[customer_strategy.{name}]\nsite = \"site-{name}\"\ndisplay_name = \"Site {name}, {edition}\"\n\
             audience = \"external\"\n[customer_strategy.{name}.external]\nsign_up = \"open\"\n\n"
        ),
        26..36 => format!(
            "[team.{name}]\ndisplay_name = \"Team {name}, {edition}\"\nsecurity_profiles = [\"p{part}-{}\"]\n\
             [team.{name}.people]\nsuzuki = {{ address = \"suzuki@{name}.example\", name = \"鈴木\" }}\n\n",
            2 + place % 8
        ),
        36..86 => brand(36, part * PART + place, &format!("p{part}-{}", place % 2), edition),
        86..91 => format!(
            "[service_desk.{name}]\ndisplay_name = \"Desk {name}, {edition}\"\nbrand = \"b{}\"\nstrategy = \"p{part}-22\"\n\
             audience = \"external\"\naccess = \"open\"\nfunction = \"support\"\nagents = [\"p{part}-26\"]\n\n",
            part * PART + 36
        ),
        91 => format!(
            "[ip_restriction.{name}]\ndisplay_name = \"Offices {name}, {edition}\"\nenabled = false\n\
             [ip_restriction.{name}.ranges]\n\"本社\" = \"203.0.113.0/24\"\n\"VPN\" = \"192.0.2.0/26\"\n\n"
        ),
        _ => format!(
            "[mail_integration.{name}]\ntenant = \"tenant-{name}\"\ndisplay_name = \"Mail {name}, {edition}\"\n\
             lockout_recipients = [\"it@{name}.example\"]\n[mail_integration.{name}.own_server]\nsender = \"noreply@{name}.example\"\n\
             smtp = {{ host = \"smtp.{name}.example\", port = 587, encryption = \"starttls\", auth = true, username = \"mailer\", \
             password = {{ env = \"SMTP_PASSWORD\" }} }}\n\n"
        ),
    }
}

fn write_brands(folder: &Path, resources: usize, edition: usize) {
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
        let text: String =
            (first..last).map(|number| brand(0, number, &format!("h{}", number % hours), edition)).collect();
        std::fs::write(folder.join(format!("brands/{file:05}.toml")), text).expect("a manifest can be written");
    }
}

const PROJECT: &str = "[workspace]\nname = \"bench\"\n\n[limits]\nbrand = 1000000\nbusiness_hours = 1000000\nsecurity_profile = 1000000\n\n[guard]\n\
                       max_deletes = 1000000\nmax_deletes_percent = 100\n";

/// `first` is the number of the default brand.
fn brand(first: usize, number: usize, hours: &str, edition: usize) -> String {
    let default = if number == first { "default = true\n" } else { "" };
    format!(
        "[brand.b{number}]\ndisplay_name = \"Support desk number {number:06}, {edition}\"\nsubdomain = \"support-desk-number-{number:06}\"\n\
         {default}business_hours = \"{hours}\"\nfamily = \"family of the desks {:04}\"\n\
         signature_template = \"{{{{agent.name}}}}, desk {number:06}, {edition}\"\n[brand.b{number}.host_mapping]\n\
         host = \"support-{number:06}.acme.example\"\ncertificate = \"managed\"\n[brand.b{number}.channels]\n\
         help_center = {{ state = \"enabled\", title = \"Help center of desk {number:06}\" }}\n\
         mail = {{ address = \"help-{number:06}@acme.example\" }}\n\n",
        number / 10
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::Sandbox;

    #[test]
    fn every_mix_is_a_repo_without_errors() {
        for mix in [Mix::Brands, Mix::Company] {
            let sandbox = Sandbox::new();
            write_project(sandbox.path(), mix, 200, 0);
            let _ = sandbox.deskform(&["validate"]).expect(0);
        }
    }
}
