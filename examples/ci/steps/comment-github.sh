#!/bin/sh
# Puts plan.md on the pull request: one comment, found by its first line and changed in place. Needs curl and jq.
#
# GITHUB_TOKEN         may write comments (permission `pull-requests: write`)
# DESKFORM_PULL        the number of the pull request
# DESKFORM_COMMENT_BY  whose comment it is, `github-actions[bot]` if not set: nobody else's is changed
set -eu
: "${GITHUB_TOKEN:?}" "${GITHUB_API_URL:?}" "${GITHUB_REPOSITORY:?}" "${DESKFORM_PULL:?}"
file=${1:-plan.md}
by=${DESKFORM_COMMENT_BY:-github-actions[bot]}

if [ ! -s "$file" ]; then
    echo "there is no $file to put on the pull request" >&2
    exit 1
fi

# The token goes in by a file that is no file, and never as an argument that everybody on the machine can read.
api() {
    printf 'header = "Authorization: Bearer %s"\n' "$GITHUB_TOKEN" |
        curl --config - --fail --silent --show-error --retry 3 \
            --header 'Accept: application/vnd.github+json' --header 'X-GitHub-Api-Version: 2022-11-28' "$@"
}

comments=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/$DESKFORM_PULL/comments
marker=$(head -n 1 "$file")
found=
page=1
while [ -z "$found" ]; do
    list=$(api "$comments?per_page=100&page=$page")
    found=$(printf '%s' "$list" | jq --raw-output --arg marker "$marker" --arg by "$by" \
        'map(select(.user.login == $by and (.body | startswith($marker + "\n") or startswith($marker + "\r\n")))) | first // empty | .id')
    if [ "$(printf '%s' "$list" | jq length)" -lt 100 ]; then break; fi
    page=$((page + 1))
done

body=$(mktemp)
trap 'rm -f "$body"' EXIT
jq --null-input --rawfile body "$file" '{body: $body}' >"$body"
if [ -n "$found" ]; then
    api --request PATCH --data-binary "@$body" "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/comments/$found" >/dev/null
    echo "comment $found changed"
else
    api --request POST --data-binary "@$body" "$comments" >/dev/null
    echo "comment made"
fi
