//! What is wrong with one desk. What is wrong between a desk, its strategy and its brand stands elsewhere.

use deskform_model::{FieldPath, Lowering, Problem};

use super::codes;
use super::spec::{Access, Audience, Customers, Function, Management, ServiceDesk, Sharing};
use crate::customer_strategy::mail::repeated;

/// Runs all checks.
pub(super) fn run(desk: &ServiceDesk, lowering: &mut Lowering<'_>) {
    access(desk, lowering);
    groups(desk, lowering);
    outside(desk, lowering);
    sharing(desk, lowering);
    function(desk, lowering);
    twice(desk, lowering);
}

fn access(desk: &ServiceDesk, lowering: &mut Lowering<'_>) {
    if desk.access != Access::Open {
        return;
    }
    let path = FieldPath::keys(["access"]);
    if desk.private {
        let message = "a private desk is open";
        let problem = Problem::error(codes::PRIVATE_AND_OPEN, path, message, "`private` is true");
        lowering.report(problem.hint("Write `restricted`, and name who may reach the desk."));
    } else if desk.function == Some(Function::Hr) {
        let message = "a desk of HR is open to everybody on the site";
        let problem = Problem::advice(codes::HR_OPEN, path, message, "its requests are often confidential");
        lowering.report(problem.hint("Consider `private = true` and `access = \"restricted\"`."));
    }
    if desk.customers != Customers::default() {
        let message = "customers are listed, and the desk is open anyway";
        let path = FieldPath::keys(["customers"]);
        let problem = Problem::advice(codes::LIST_AT_OPEN, path, message, "the list keeps nobody out");
        lowering.report(problem.hint("Make `access` `restricted`, or take the list out."));
    }
}

fn groups(desk: &ServiceDesk, lowering: &mut Lowering<'_>) {
    let path = FieldPath::keys(["customers"]);
    let lists = [("groups", desk.customers.groups.is_empty()), ("teams", desk.customers.teams.is_empty())];
    for (list, _) in lists.into_iter().filter(|(_, empty)| desk.audience == Audience::External && !empty) {
        let message = format!("{list} are customers of an external desk");
        let label = "outside customers can be in no group";
        let problem = Problem::error(codes::GROUPS_OUTSIDE, path.key(list), message, label);
        lowering.report(problem.hint("Put outside customers in an `organization`, and name it in `organizations`."));
    }
    if desk.management == Management::Team && !desk.customers.groups.is_empty() {
        let message = "groups are customers of a team-managed desk";
        let label = "Jira's pages do not offer it (JSDCLOUD-4867)";
        let problem = Problem::warning(codes::GROUPS_OF_TEAM_MANAGED, path.key("groups"), message, label);
        lowering.report(
            problem.hint("Have an admin add the groups to the role of customers, or let the company manage it."),
        );
    }
}

fn outside(desk: &ServiceDesk, lowering: &mut Lowering<'_>) {
    let restricted = desk.audience == Audience::External && desk.access == Access::Restricted;
    if restricted && desk.organizations.is_empty() {
        let message = "a restricted external desk names no organization";
        let path = FieldPath::keys(["access"]);
        let problem = Problem::warning(codes::NO_ORGANIZATION, path, message, "outside customers are best named by it");
        lowering.report(problem.hint("Group the customers in an `organization`, and name it in `organizations`."));
    }
}

fn sharing(desk: &ServiceDesk, lowering: &mut Lowering<'_>) {
    if desk.sharing == Sharing::Group {
        let message = "requests are shared within groups";
        let path = FieldPath::keys(["sharing"]);
        let label = "not every site of Jira offers it (JSDCLOUD-4867)";
        let problem = Problem::warning(codes::SHARED_IN_GROUP, path, message, label);
        lowering.report(problem.hint("Look whether yours does, or write `organization`."));
    }
}

fn function(desk: &ServiceDesk, lowering: &mut Lowering<'_>) {
    let Some(function) = desk.function else { return };
    let message = match (function, desk.audience) {
        (Function::Itsm | Function::Hr | Function::Legal | Function::Finance, Audience::External) => {
            "this desk usually serves staff, and its audience is `external`"
        }
        (Function::Support | Function::Sales, Audience::Internal) => {
            "this desk usually serves outside customers, and its audience is `internal`"
        }
        _ => return,
    };
    let path = FieldPath::keys(["function"]);
    let problem = Problem::advice(codes::FUNCTION_AND_AUDIENCE, path, message, "the two seldom go together");
    lowering.report(problem.hint("Look whether `audience` is right."));
}

fn twice(desk: &ServiceDesk, lowering: &mut Lowering<'_>) {
    let people = &desk.customers.people;
    for place in repeated(people.iter().map(|address| &**address)) {
        let message = format!("`{}` is listed twice", &*people[place]);
        let path = FieldPath::keys(["customers", "people"]).index(place);
        let problem = Problem::warning(codes::LISTED_TWICE, path, message, "upper and lower case alike");
        lowering.report(problem.hint("Take one of the two out."));
    }
}
