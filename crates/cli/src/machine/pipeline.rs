//! What a pipeline says of itself and of who started it. All of it is a claim: whoever can set a variable can say anything.

use deskform_apply::Pipeline;

/// No name, number or address of a pipeline is longer.
const MOST_CHARACTERS: usize = 512;

/// Gives a variable that is set.
type Variables<'v> = dyn Fn(&str) -> Option<String> + 'v;

/// A pipeline's system, and what it calls things.
struct System {
    /// Its name in the log.
    name: &'static str,
    /// Set in its runs and nowhere else.
    mark: &'static str,
    /// Who started it; the first that is set.
    actor: &'static [&'static str],
    repository: &'static str,
    ref_name: &'static str,
    id: &'static str,
    attempt: &'static str,
    pull_request: &'static str,
    /// The page of the run.
    page: fn(&Variables<'_>) -> Option<String>,
}

const SYSTEMS: [System; 5] = [
    System {
        name: "github_actions",
        mark: "GITHUB_ACTIONS",
        // Whoever runs a pipeline again is not whoever pushed.
        actor: &["GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR"],
        repository: "GITHUB_REPOSITORY",
        ref_name: "GITHUB_REF",
        id: "GITHUB_RUN_ID",
        attempt: "GITHUB_RUN_ATTEMPT",
        pull_request: "",
        page: |var| {
            let (server, repository) = (var("GITHUB_SERVER_URL")?, var("GITHUB_REPOSITORY")?);
            let run = format!("{server}/{repository}/actions/runs/{}", var("GITHUB_RUN_ID")?);
            Some(match var("GITHUB_RUN_ATTEMPT") {
                Some(attempt) => format!("{run}/attempts/{attempt}"),
                None => run,
            })
        },
    },
    System {
        name: "gitlab_ci",
        mark: "GITLAB_CI",
        actor: &["GITLAB_USER_LOGIN"],
        repository: "CI_PROJECT_PATH",
        ref_name: "CI_COMMIT_REF_NAME",
        id: "CI_PIPELINE_ID",
        attempt: "",
        pull_request: "CI_MERGE_REQUEST_IID",
        // A job that is run again is another job with a page of its own.
        page: |var| var("CI_JOB_URL").or_else(|| var("CI_PIPELINE_URL")),
    },
    System {
        name: "jenkins",
        mark: "JENKINS_URL",
        actor: &["BUILD_USER_ID"],
        repository: "GIT_URL",
        ref_name: "GIT_BRANCH",
        id: "BUILD_NUMBER",
        attempt: "",
        pull_request: "CHANGE_ID",
        page: |var| var("BUILD_URL"),
    },
    System {
        name: "azure_pipelines",
        mark: "TF_BUILD",
        actor: &["BUILD_REQUESTEDFOR"],
        repository: "BUILD_REPOSITORY_NAME",
        ref_name: "BUILD_SOURCEBRANCH",
        id: "BUILD_BUILDID",
        attempt: "SYSTEM_JOBATTEMPT",
        pull_request: "SYSTEM_PULLREQUEST_PULLREQUESTNUMBER",
        page: |_| None,
    },
    System {
        name: "ci",
        mark: "CI",
        actor: &[],
        repository: "",
        ref_name: "",
        id: "",
        attempt: "",
        pull_request: "",
        page: |var| var("BUILD_URL"),
    },
];

/// What is known of the pipeline that this is a part of.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// The system.
    pub(super) system: Option<&'static str>,
    /// Who started it.
    pub(super) actor: Option<String>,
    /// The page of the run.
    pub(super) page: Option<String>,
    /// The rest.
    pub(super) pipeline: Option<Pipeline>,
}

/// Reads the variables of the first system whose mark is set.
pub(super) fn find(var: &Variables<'_>) -> Found {
    let var = |name: &str| var(name).map(|value| value.chars().take(MOST_CHARACTERS).collect::<String>());
    let Some(system) = SYSTEMS.iter().find(|system| var(system.mark).is_some()) else { return Found::default() };
    let System { name, mark: _, actor, repository, ref_name, id, attempt, pull_request, page } = system;
    let ref_name = var(ref_name);
    let pull_request = var(pull_request).or_else(|| pull_request_of(ref_name.as_deref()?));
    let pipeline =
        Pipeline { attempt: var(attempt), id: var(id), pull_request, ref_name, repository: var(repository).map(bare) };
    Found {
        system: Some(name),
        actor: actor.iter().find_map(|name| var(name)),
        page: page(&var).map(bare),
        pipeline: (pipeline != Pipeline::default()).then_some(pipeline),
    }
}

/// The number in `refs/pull/12/merge`, which is where GitHub has it.
fn pull_request_of(ref_name: &str) -> Option<String> {
    let number = ref_name.strip_prefix("refs/pull/")?.split('/').next()?;
    number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.to_owned())
}

/// An address without the user and the password that may stand in it.
fn bare(url: String) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url };
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    match host.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{host}{path}"),
        None => url,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(vars: &[(&str, &str)], expected: Found) {
        let var = |name: &str| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        assert_eq!(find(&var), expected);
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn a_run_on_github_names_who_started_it_and_its_attempt() {
        check(
            &[
                ("CI", "true"),
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_ACTOR", "octocat"),
                ("GITHUB_TRIGGERING_ACTOR", "hubot"),
                ("GITHUB_SERVER_URL", "https://github.com"),
                ("GITHUB_REPOSITORY", "acme/config"),
                ("GITHUB_RUN_ID", "77"),
                ("GITHUB_RUN_ATTEMPT", "2"),
                ("GITHUB_REF", "refs/pull/12/merge"),
            ],
            Found {
                system: Some("github_actions"),
                actor: some("hubot"),
                page: some("https://github.com/acme/config/actions/runs/77/attempts/2"),
                pipeline: Some(Pipeline {
                    attempt: some("2"),
                    id: some("77"),
                    pull_request: some("12"),
                    ref_name: some("refs/pull/12/merge"),
                    repository: some("acme/config"),
                }),
            },
        );
    }

    #[test]
    fn a_run_on_gitlab_names_its_merge_request() {
        check(
            &[
                ("GITLAB_CI", "true"),
                ("GITLAB_USER_LOGIN", "suzuki"),
                ("CI_JOB_URL", "https://gitlab.example/acme/config/-/jobs/5"),
                ("CI_PROJECT_PATH", "acme/config"),
                ("CI_PIPELINE_ID", "9"),
                ("CI_COMMIT_REF_NAME", "hours"),
                ("CI_MERGE_REQUEST_IID", "3"),
            ],
            Found {
                system: Some("gitlab_ci"),
                actor: some("suzuki"),
                page: some("https://gitlab.example/acme/config/-/jobs/5"),
                pipeline: Some(Pipeline {
                    attempt: None,
                    id: some("9"),
                    pull_request: some("3"),
                    ref_name: some("hours"),
                    repository: some("acme/config"),
                }),
            },
        );
    }

    #[test]
    fn variables_of_a_system_that_is_not_there_say_nothing() {
        check(
            &[("GITHUB_ACTOR", "octocat"), ("GITHUB_REPOSITORY", "a/b"), ("CI_JOB_URL", "https://x")],
            Found::default(),
        );
        check(&[("CI", "true")], Found { system: Some("ci"), ..Found::default() });
    }

    #[test]
    fn no_password_of_an_address_is_taken_over() {
        assert_eq!(bare("https://bot:s3cret@git.example/a@b".to_owned()), "https://git.example/a@b");
        assert_eq!(bare("acme/config".to_owned()), "acme/config");
        let long = "x".repeat(5_000);
        let found = find(&|name: &str| Some(if name == "GITHUB_ACTOR" { long.clone() } else { "1".to_owned() }));
        assert!(found.actor.is_some_and(|actor| actor.len() <= MOST_CHARACTERS));
    }
}
