//! `brand`: one contact point, as customers or colleagues meet it: its name and address, its channels, its telephone.

mod announcement;
mod checks;
pub(crate) mod codes;
mod events;
mod logo;
mod menus;
mod spec;
mod svg;
#[cfg(test)]
mod tests;

use deskform_model::{
    Address, Category, Edit, Event, ExclusiveScope, FieldPath, KindName, Limit, Lowering, NamedFile, Outline,
    Reference, ResourceName, TypedKind, UniqueValue,
};
use serde_json::Value;

use crate::policy::Policy;
use spec::{Brand, Logo, LogoPath, Voicemail};

/// The scope of the one value `true` that the default brand holds.
const DEFAULT: &str = "brand.default";

/// The kind.
pub(crate) struct BrandKind;

impl TypedKind for BrandKind {
    const NAME: &'static str = "brand";
    const FORMAT: u32 = 2;
    const SAME_SINCE: u32 = 1;
    type Manifest = Brand<LogoPath>;
    type Spec = Brand<Logo>;

    fn lower(manifest: Brand<LogoPath>, lowering: &mut Lowering<'_>) -> Option<Brand<Logo>> {
        checks::spelling(&manifest, lowering);
        let logo = manifest.logo.as_ref().and_then(|path| logo::read(path, lowering));
        let spec = manifest.with_logo(logo).folded();
        checks::run(&spec, lowering);
        Some(spec)
    }

    fn raise(spec: &Brand<Logo>) -> Brand<LogoPath> {
        let path = spec.logo.as_ref().map(|logo| logo.path.clone());
        spec.clone().with_logo(path)
    }

    fn outline(spec: &Brand<Logo>) -> Outline {
        Outline { title: Some(spec.display_name.to_string()), references: references(spec), unique: unique(spec) }
    }

    /// The second format added teams, who listens to voicemail, and menus.
    fn format_of(spec: &Brand<Logo>) -> u32 {
        if spec.needs_second_format() { 2 } else { 1 }
    }

    fn category() -> Category {
        Category::Account
    }

    fn events(before: Option<&Brand<Logo>>, after: Option<&Brand<Logo>>, edits: &[Edit]) -> Vec<Event> {
        events::events(before, after, edits)
    }

    fn files(spec: &Brand<Logo>) -> Vec<NamedFile> {
        let logo = |logo: &Logo| NamedFile { path: logo.path.to_string(), sha256: logo.sha256.to_string() };
        spec.logo.iter().map(logo).collect()
    }

    fn exclusive() -> Vec<ExclusiveScope> {
        vec![ExclusiveScope { scope: DEFAULT, what: "default brand", needed: true }]
    }

    /// Zendesk's plans count brands; Enterprise, the largest, where no plan is stated.
    fn limit(policy: &Value) -> Option<Limit> {
        let policy = Policy::stated(policy);
        let plan = policy.plan().unwrap_or(crate::policy::LARGEST_PLAN);
        Some(policy.limit("brand", codes::TOO_MANY, plan.brands(), plan.name()))
    }
}

/// What a brand refers to, in the order of the paths.
fn references(spec: &Brand<Logo>) -> Vec<Reference> {
    let hours = spec.business_hours.iter();
    let mut found: Vec<Reference> =
        hours.map(|hours| reference(FieldPath::keys(["business_hours"]), "business_hours", hours)).collect();
    for (name, menu) in &spec.phone.menus {
        for (key, action) in &menu.keys {
            let path = menus::path_of(name).key("keys").key(&**key);
            found.extend(teams(&path.key("teams"), &action.teams));
            found.extend(listener(&path.key("voicemail"), action.voicemail.as_ref()));
        }
    }
    found.extend(listener(&FieldPath::keys(["phone", "voicemail"]), spec.phone.voicemail.as_ref()));
    found.extend(teams(&FieldPath::keys(["teams"]), &spec.teams));
    found
}

fn teams(path: &FieldPath, names: &[ResourceName]) -> impl Iterator<Item = Reference> {
    names.iter().enumerate().map(|(index, name)| reference(path.index(index), "team", name))
}

fn listener(path: &FieldPath, voicemail: Option<&Voicemail>) -> Option<Reference> {
    voicemail?.team.as_ref().map(|name| reference(path.key("team"), "team", name))
}

fn reference(path: FieldPath, kind: &str, name: &ResourceName) -> Reference {
    Reference { path, to: Address::new(&KindName::new(kind).expect("a legal name of a kind"), name) }
}

/// What makes the brand's entrances its own, so that nobody who calls, writes or visits ends up with another brand.
fn unique(spec: &Brand<Logo>) -> Vec<UniqueValue> {
    let spec::Channels { help_center: _, talk, facebook, instagram, twitter, mail } = &spec.channels;
    let candidates: [(&str, &[&str], Option<&str>); 8] = [
        ("brand.subdomain", &["subdomain"], Some(&spec.subdomain)),
        (DEFAULT, &["default"], spec.default.then_some("true")),
        ("brand.host", &["host_mapping", "host"], spec.host_mapping.as_ref().map(|mapping| &*mapping.host)),
        ("brand.talk", &["channels", "talk", "number"], talk.as_ref().map(|talk| &*talk.number)),
        ("brand.facebook", &["channels", "facebook", "page"], facebook.as_ref().map(|facebook| &*facebook.page)),
        ("brand.instagram", &["channels", "instagram", "account"], instagram.as_ref().map(|social| &*social.account)),
        ("brand.twitter", &["channels", "twitter", "account"], twitter.as_ref().map(|social| &*social.account)),
        ("brand.mail", &["channels", "mail", "address"], mail.as_ref().map(|mail| &*mail.address)),
    ];
    let held = candidates.into_iter().filter_map(|(scope, path, value)| Some((scope, path, value?)));
    held.map(|(scope, path, value)| UniqueValue {
        scope: scope.to_owned(),
        value: value.to_ascii_lowercase(),
        path: FieldPath::keys(path.iter().copied()),
    })
    .collect()
}
