//! All domain knowledge: what a brand, business hours and the policy of a workspace hold, which spellings mean the same,
//! and what is wrong with them.
//!
//! Turns the tables that people write into specs, and specs into outlines, events and tables again. Never opens a file
//! (facts of files are handed in), reads no clock, knows no database and no terminal; only the command line names this
//! crate, everybody else is handed the [`registry`]. Read `business_hours/mod.rs` first, then `words.rs` for the checked
//! texts that tables are made of.

mod brand;
mod business_hours;
mod customer_strategy;
mod form;
mod guards;
mod ip_restriction;
mod mail_integration;
mod near;
mod organization;
mod policy;
mod security_profile;
mod service_desk;
mod team;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod week;
mod words;
mod zones;

use deskform_model::{Code, Registry, Rule, Typed};

pub use ip_restriction::{IpRange, lets_in, ranges_of};
pub use policy::guard_of;
pub use security_profile::{Catalog, Need, Permission, Strength, catalog};
pub use week::{Day, Spread, Week, Window};

/// The kinds of deskform, and the guards over them. A new kind is one line here and one in `OWNERS`.
pub fn registry() -> Registry {
    let kinds = Registry::new()
        .with(Typed::<brand::BrandKind>::new())
        .with(Typed::<business_hours::BusinessHoursKind>::new())
        .with(Typed::<customer_strategy::CustomerStrategyKind>::new())
        .with(Typed::<ip_restriction::IpRestrictionKind>::new())
        .with(Typed::<mail_integration::MailIntegrationKind>::new())
        .with(Typed::<organization::OrganizationKind>::new())
        .with(Typed::<policy::PolicyKind>::new())
        .with(Typed::<security_profile::SecurityProfileKind>::new())
        .with(Typed::<service_desk::ServiceDeskKind>::new())
        .with(Typed::<team::TeamKind>::new());
    guards::guarded(kinds)
}

/// The rules of all kinds.
pub fn rules() -> Vec<Rule> {
    OWNERS.iter().flat_map(|(codes, page)| Rule::list(codes, page)).collect()
}

/// The codes of all kinds.
fn codes() -> impl Iterator<Item = Code> {
    OWNERS.iter().flat_map(|(codes, _)| codes.iter().map(|(code, _)| *code))
}

const OWNERS: [words::Rules; 10] = [
    brand::codes::ALL,
    business_hours::codes::ALL,
    customer_strategy::codes::ALL,
    ip_restriction::codes::ALL,
    mail_integration::codes::ALL,
    organization::codes::ALL,
    policy::codes::ALL,
    security_profile::codes::ALL,
    service_desk::codes::ALL,
    team::codes::ALL,
];
