//! From the table as written to the content as stored, and back.

use std::collections::BTreeMap;

use super::mail::{ApprovedName, MailAddress, MailDomain};
use super::spec::{
    ApprovedDomain, CustomerStrategy, External, HelpCenter, HelpCenterTable, Internal, LoginPage, Manifest,
    ProductAccess,
};
use super::terms::{Audience, Provisioning, Role, SignUp};

/// Says every switch and approved domain, and folds what is spelling only: upper and lower case of domains, line ends.
pub(super) fn lower(manifest: Manifest) -> CustomerStrategy {
    let Manifest {
        site,
        display_name,
        audience,
        identity_management,
        internal,
        external,
        help_center: page,
        product_access,
    } = manifest;
    let usual = Usual::of(audience, internal.as_ref(), external.as_ref());
    CustomerStrategy {
        site: site.folded(),
        display_name,
        audience,
        identity_management: identity_management.unwrap_or(usual.identity_management),
        internal: internal.map(staff),
        external: external.map(outsiders),
        help_center: help_center(page, &usual),
        product_access: products(product_access),
    }
}

/// The table as a person would write it: what would be so anyway is not said.
pub(super) fn raise(spec: &CustomerStrategy) -> Manifest {
    let CustomerStrategy {
        site,
        display_name,
        audience,
        identity_management,
        internal,
        external,
        help_center,
        product_access,
    } = spec.clone();
    let usual = Usual::of(audience, internal.as_ref(), external.as_ref());
    let HelpCenter { sign_up, portal_accounts, anonymous, email_account_creation, login_page } = help_center;
    let said = |is: bool, usual: bool| (is != usual).then_some(is);
    Manifest {
        site,
        display_name,
        audience,
        identity_management: said(identity_management, usual.identity_management),
        internal: internal.map(with_usual_domains_unsaid),
        external,
        help_center: HelpCenterTable {
            sign_up: said(sign_up, usual.sign_up),
            portal_accounts: said(portal_accounts, usual.portal_accounts),
            anonymous,
            email_account_creation,
            login_page,
        },
        product_access,
    }
}

/// The switches as those whom a strategy serves need them.
pub(super) struct Usual {
    pub(super) identity_management: bool,
    pub(super) sign_up: bool,
    pub(super) portal_accounts: bool,
}

impl Usual {
    /// A site has one switch for sign-up. Where outside customers are served, it is as they need it.
    pub(super) fn of(audience: Audience, internal: Option<&Internal>, external: Option<&External>) -> Self {
        let by = |way| internal.is_some_and(|internal| internal.by(way));
        let directory = internal.and_then(|internal| internal.directory.as_ref());
        let identity_management = by(Provisioning::IdentityProvider)
            || directory.is_some_and(|directory| directory.single_sign_on)
            || external.is_some_and(|external| external.authentication.single_sign_on);
        let sign_up = if audience.outsiders() {
            external.is_some_and(|external| external.sign_up != SignUp::AgentsOnly)
        } else {
            by(Provisioning::ApprovedDomains)
        };
        Self { identity_management, sign_up, portal_accounts: audience.outsiders() }
    }
}

fn help_center(page: HelpCenterTable, usual: &Usual) -> HelpCenter {
    let HelpCenterTable { sign_up, portal_accounts, anonymous, email_account_creation, login_page } = page;
    let folded = |LoginPage { title, message }| LoginPage { title, message: message.folded() };
    HelpCenter {
        sign_up: sign_up.unwrap_or(usual.sign_up),
        portal_accounts: portal_accounts.unwrap_or(usual.portal_accounts),
        anonymous,
        email_account_creation,
        login_page: login_page.map(folded),
    }
}

fn staff(mut internal: Internal) -> Internal {
    internal.domains = internal.domains.iter().map(MailDomain::folded).collect();
    internal.addresses = internal.addresses.iter().map(MailAddress::folded).collect();
    let written = std::mem::take(&mut internal.approved_domains);
    internal.approved_domains = written.into_iter().map(|(name, domain)| (name.folded(), domain)).collect();
    if internal.by(Provisioning::ApprovedDomains) {
        for domain in &internal.domains {
            internal.approved_domains.entry(ApprovedName::from(domain)).or_insert(ApprovedDomain::USUAL);
        }
    }
    internal
}

/// A domain of staff that is approved as usual is not said. One that somebody took out of the store is said to be none.
fn with_usual_domains_unsaid(mut internal: Internal) -> Internal {
    if internal.by(Provisioning::ApprovedDomains) {
        for name in internal.domains.iter().map(ApprovedName::from) {
            let none = || ApprovedDomain { role: Role::None, ..ApprovedDomain::USUAL };
            let domain = internal.approved_domains.remove(&name).unwrap_or_else(none);
            if domain != ApprovedDomain::USUAL {
                internal.approved_domains.insert(name, domain);
            }
        }
    }
    internal
}

fn outsiders(mut external: External) -> External {
    external.listed_domains = external.listed_domains.iter().map(MailDomain::folded).collect();
    external
}

fn products(access: ProductAccess) -> ProductAccess {
    let ProductAccess { default_roles, groups, people } = access;
    let people: BTreeMap<_, _> = people.into_iter().map(|(address, roles)| (address.folded(), roles)).collect();
    ProductAccess { default_roles, groups, people }
}
