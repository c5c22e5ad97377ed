#!/bin/sh
# Prints the id of the plan that was reviewed: the one in the note on the merge request that this commit came in by. Prints
# nothing where there is none, as after a push that had no merge request. Needs curl and jq.
#
# DESKFORM_GITLAB_TOKEN  a project access token with the scope `api` or `read_api`
# DESKFORM_ENV           the environment, where deskform.toml has some: each has a note of its own
# DESKFORM_MARKER        the first line of the note, if the plan was made with `-C`
# DESKFORM_COMMENT_BY    the name of the user whose notes are believed
set -eu
: "${DESKFORM_GITLAB_TOKEN:?}" "${CI_API_V4_URL:?}" "${CI_PROJECT_ID:?}" "${CI_COMMIT_SHA:?}" "${DESKFORM_COMMENT_BY:?}"
marker=${DESKFORM_MARKER:-<!-- deskform plan${DESKFORM_ENV:+ env=$DESKFORM_ENV} -->}

api() {
    printf 'header = "PRIVATE-TOKEN: %s"\n' "$DESKFORM_GITLAB_TOKEN" |
        curl --config - --fail --silent --show-error --retry 3 "$@"
}

project=$CI_API_V4_URL/projects/$CI_PROJECT_ID
merge=$(api "$project/repository/commits/$CI_COMMIT_SHA/merge_requests" |
    jq --raw-output 'map(select(.state == "merged")) | first // empty | .iid')
if [ -z "$merge" ]; then exit 0; fi

# The backticks are Markdown.
# shellcheck disable=SC2016
id_of='s/^Plan id `\(sha256:[0-9a-f]\{64\}\)`.*/\1/p'
page=1
while :; do
    list=$(api "$project/merge_requests/$merge/notes?per_page=100&page=$page")
    id=$(printf '%s' "$list" | jq --raw-output --arg marker "$marker" --arg by "$DESKFORM_COMMENT_BY" \
        'map(select(.author.username == $by and (.body | startswith($marker + "\n") or startswith($marker + "\r\n")))) | map(select(.body | contains("\nPlan id `"))) | max_by(.id) // {} | .body // ""' |
        sed -n "$id_of" | tail -n 1)
    if [ -n "$id" ]; then
        echo "$id"
        exit 0
    fi
    if [ "$(printf '%s' "$list" | jq length)" -lt 100 ]; then exit 0; fi
    page=$((page + 1))
done
