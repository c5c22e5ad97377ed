//! What is wrong with who may use which product.

use std::collections::BTreeMap;

use deskform_model::{FieldPath, Lowering, Problem};

use super::checks::key_twice;
use super::codes;
use super::spec::{Manifest, ProductAccess};
use super::terms::{Audience, ProductName, Role};

/// Jira Service Management, the one product of which somebody can be a customer.
pub(super) const JSM: &str = "jsm";

/// Runs all checks of product access.
pub(super) fn run(written: &Manifest, lowering: &mut Lowering<'_>) {
    let ProductAccess { default_roles, groups, people } = &written.product_access;
    let root = FieldPath::keys(["product_access"]);
    defaults(written.audience, default_roles, &root.key("default_roles"), lowering);
    for (group, roles) in groups {
        let path = root.key("groups").key(&**group);
        roles_of_jsm(roles, &path, lowering);
        customers(written.audience, roles, &path, lowering);
    }
    for (person, roles) in people {
        let path = root.key("people").key(&**person);
        roles_of_jsm(roles, &path, lowering);
        customers(written.audience, roles, &path, lowering);
        let message = format!("`{}` gets products as a person", &**person);
        let problem = Problem::warning(codes::GRANT_TO_PERSON, path, message, "nobody sees it when people change");
        lowering.report(problem.hint("Put people in a group, and give it the product in `groups`."));
    }
    key_twice(people.keys().map(|person| &**person), &root.key("people"), lowering);
}

/// Reports roles of a product that does not have them.
pub(super) fn roles_of_jsm(roles: &BTreeMap<ProductName, Role>, path: &FieldPath, lowering: &mut Lowering<'_>) {
    for (product, role) in roles.iter().filter(|(product, _)| &***product != JSM) {
        if matches!(role, Role::Customer | Role::Agent) {
            let message = format!("`{}` has no role `{}`", &**product, role.word());
            let label = "only `jsm` has customers and agents";
            let problem = Problem::error(codes::ROLE_OF_JSM, path.key(&**product), message, label);
            lowering.report(problem.hint("Write `user`, or `none`."));
        }
    }
}

fn defaults(audience: Audience, roles: &BTreeMap<ProductName, Role>, path: &FieldPath, lowering: &mut Lowering<'_>) {
    roles_of_jsm(roles, path, lowering);
    if audience == Audience::External {
        if !roles.is_empty() {
            lowering.report(outsiders_with_products(path.clone()));
        }
        return;
    }
    for (product, _) in roles.iter().filter(|(_, role)| role.is_paid()) {
        let message = format!("every new account takes a paid seat in `{}`", &**product);
        let path = path.key(&**product);
        let problem = Problem::warning(codes::DEFAULT_SEAT, path, message, "synced and signed-up ones alike");
        lowering.report(problem.hint("Give no role by default, and products through `groups`."));
    }
}

/// Reports groups and people that are to be customers where all customers are outside, and so in no group.
fn customers(audience: Audience, roles: &BTreeMap<ProductName, Role>, path: &FieldPath, lowering: &mut Lowering<'_>) {
    let customer = roles.iter().any(|(product, role)| &**product == JSM && *role == Role::Customer);
    if audience == Audience::External && customer {
        lowering.report(outsiders_with_products(path.key(JSM)));
    }
}

fn outsiders_with_products(path: FieldPath) -> Problem {
    let message = "products are given to outside customers";
    let label = "portal-only accounts can have no product and be in no group";
    Problem::error(codes::OUTSIDERS_WITH_PRODUCTS, path, message, label)
        .hint("Take it out: outside customers reach desks, alone or through organizations.")
}
