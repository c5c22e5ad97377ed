#!/bin/sh
# Prints the id of the plan that was reviewed: the one in the comment on the pull request that this commit came in by. Prints
# nothing where there is none, as after a push that had no pull request. Needs curl and jq.
#
# GITHUB_TOKEN         may read pull requests (permission `pull-requests: read`)
# DESKFORM_ENV         the environment, where deskform.toml has some: each has a comment of its own
# DESKFORM_MARKER      the first line of the comment, if the plan was made with `-C`
# DESKFORM_COMMENT_BY  whose comments are believed, `github-actions[bot]` if not set
set -eu
: "${GITHUB_TOKEN:?}" "${GITHUB_API_URL:?}" "${GITHUB_REPOSITORY:?}" "${GITHUB_SHA:?}"
marker=${DESKFORM_MARKER:-<!-- deskform plan${DESKFORM_ENV:+ env=$DESKFORM_ENV} -->}
by=${DESKFORM_COMMENT_BY:-github-actions[bot]}

api() {
    printf 'header = "Authorization: Bearer %s"\n' "$GITHUB_TOKEN" |
        curl --config - --fail --silent --show-error --retry 3 \
            --header 'Accept: application/vnd.github+json' --header 'X-GitHub-Api-Version: 2022-11-28' "$@"
}

pull=$(api "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/commits/$GITHUB_SHA/pulls" |
    jq --raw-output --arg sha "$GITHUB_SHA" 'map(select(.merge_commit_sha == $sha)) | first // empty | .number')
if [ -z "$pull" ]; then exit 0; fi

# The backticks are Markdown.
# shellcheck disable=SC2016
id_of='s/^Plan id `\(sha256:[0-9a-f]\{64\}\)`.*/\1/p'
page=1
while :; do
    list=$(api "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/$pull/comments?per_page=100&page=$page")
    id=$(printf '%s' "$list" | jq --raw-output --arg marker "$marker" --arg by "$by" \
        'map(select(.user.login == $by and (.body | startswith($marker + "\n") or startswith($marker + "\r\n")))) | map(select(.body | contains("\nPlan id `"))) | max_by(.id) // {} | .body // ""' |
        sed -n "$id_of" | tail -n 1)
    if [ -n "$id" ]; then
        echo "$id"
        exit 0
    fi
    if [ "$(printf '%s' "$list" | jq length)" -lt 100 ]; then exit 0; fi
    page=$((page + 1))
done
