//! `mail_integration`: a system that reads the mail of staff with customers, or sends mail. Whose mail, of which customers,
//! by whose consent and within which bounds; from which address, by which server, and who hears of trouble.
//!
//! The table and those of reading stand in `spec.rs`, those of sending in `sending.rs`; what is wrong with them in
//! `checks.rs` and the files that it calls.

mod checks;
pub(crate) mod codes;
mod dns;
mod events;
mod gmail;
mod notices;
mod reading;
mod sending;
mod smtp;
mod spec;
mod terms;
#[cfg(test)]
mod tests;

use deskform_model::{
    Address, Category, Edit, Event, FieldPath, KindName, Lowering, Outline, Reference, ResourceName, TypedKind,
    UniqueValue,
};

use spec::{MailIntegration, System};

/// The kind.
pub(crate) struct MailIntegrationKind;

impl TypedKind for MailIntegrationKind {
    const NAME: &'static str = "mail_integration";
    type Manifest = MailIntegration;
    type Spec = MailIntegration;

    fn lower(manifest: MailIntegration, lowering: &mut Lowering<'_>) -> Option<MailIntegration> {
        checks::run(&manifest, lowering);
        Some(manifest.folded())
    }

    fn raise(spec: &MailIntegration) -> MailIntegration {
        spec.clone().raised()
    }

    fn outline(spec: &MailIntegration) -> Outline {
        Outline {
            title: spec.display_name.as_deref().map(str::to_owned),
            references: references(spec),
            unique: spec.systems().into_iter().map(|system| unique(spec, system)).collect(),
        }
    }

    fn category() -> Category {
        Category::Application
    }

    fn events(before: Option<&MailIntegration>, after: Option<&MailIntegration>, edits: &[Edit]) -> Vec<Event> {
        events::events(before, after, edits)
    }

    /// Of an access policy Exchange changes the description alone. A tenant is another system. That an application or a
    /// policy appears or goes makes a replacement too, and with it the way from Google to Microsoft and back.
    fn replace_only() -> Vec<FieldPath> {
        let policy =
            ["access_policy", "entra_app_id", "policy_scope"].map(|field| FieldPath::keys(["microsoft", field]));
        policy.into_iter().chain([FieldPath::keys(["tenant"])]).collect()
    }

    fn secrets() -> Vec<FieldPath> {
        let paths: [&[&str]; 3] = [
            &["gmail", "client_secret"],
            &["gmail", "interim", "smtp", "password"],
            &["own_server", "smtp", "password"],
        ];
        paths.map(|keys| FieldPath::keys(keys.iter().copied())).into()
    }
}

/// What makes an integration the only one: a tenant connects once to Google and once to Microsoft, and sends in one way.
fn unique(spec: &MailIntegration, system: System) -> UniqueValue {
    let (scope, provider) = match system {
        System::Google | System::Microsoft => ("mail_integration.reading", system.word()),
        System::Automatic | System::OwnServer | System::Gmail => ("mail_integration.sending", "esales"),
    };
    UniqueValue {
        scope: scope.to_owned(),
        value: format!("{provider}/{}", spec.tenant.to_ascii_lowercase()),
        path: FieldPath::keys(["tenant"]),
    }
}

/// What an integration refers to, in the order of the paths.
fn references(spec: &MailIntegration) -> Vec<Reference> {
    let customers = spec.customers.iter().enumerate();
    let customers =
        customers.map(|(index, name)| reference(FieldPath::keys(["customers"]).index(index), "organization", name));
    let team = |path: &[&str], name: Option<&ResourceName>| {
        name.map(|name| reference(FieldPath::keys(path.iter().copied()), "team", name))
    };
    let scope = spec.microsoft.as_ref().and_then(|microsoft| microsoft.policy_scope.as_ref());
    let teams = [
        team(&["microsoft", "policy_scope"], scope),
        team(&["readers"], spec.readers.as_ref()),
        team(&["team"], spec.team.as_ref()),
    ];
    customers.chain(teams.into_iter().flatten()).collect()
}

fn reference(path: FieldPath, kind: &str, name: &ResourceName) -> Reference {
    Reference { path, to: Address::new(&KindName::new(kind).expect("a legal name of a kind"), name) }
}
