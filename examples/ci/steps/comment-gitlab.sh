#!/bin/sh
# Puts plan.md on the merge request: one note, found by its first line and changed in place. Needs curl and jq.
#
# DESKFORM_GITLAB_TOKEN  a project access token with the scope `api` (a job token cannot write notes), masked and protected
# DESKFORM_COMMENT_BY    the name of the token's user, if other notes may begin in the same way
set -eu
: "${DESKFORM_GITLAB_TOKEN:?}" "${CI_API_V4_URL:?}" "${CI_PROJECT_ID:?}" "${CI_MERGE_REQUEST_IID:?}"
file=${1:-plan.md}
by=${DESKFORM_COMMENT_BY:-}

if [ ! -s "$file" ]; then
    echo "there is no $file to put on the merge request" >&2
    exit 1
fi

# The token goes in by a file that is no file, and never as an argument that everybody on the machine can read.
api() {
    printf 'header = "PRIVATE-TOKEN: %s"\n' "$DESKFORM_GITLAB_TOKEN" |
        curl --config - --fail --silent --show-error --retry 3 --header 'Content-Type: application/json' "$@"
}

notes=$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes
marker=$(head -n 1 "$file")
found=
page=1
while [ -z "$found" ]; do
    list=$(api "$notes?per_page=100&page=$page")
    found=$(printf '%s' "$list" | jq --raw-output --arg marker "$marker" --arg by "$by" \
        'map(select(($by == "" or .author.username == $by) and (.body | startswith($marker + "\n") or startswith($marker + "\r\n")))) | first // empty | .id')
    if [ "$(printf '%s' "$list" | jq length)" -lt 100 ]; then break; fi
    page=$((page + 1))
done

body=$(mktemp)
trap 'rm -f "$body"' EXIT
jq --null-input --rawfile body "$file" '{body: $body}' >"$body"
if [ -n "$found" ]; then
    api --request PUT --data-binary "@$body" "$notes/$found" >/dev/null
    echo "note $found changed"
else
    api --request POST --data-binary "@$body" "$notes" >/dev/null
    echo "note made"
fi
