#!/bin/sh
# Plans, and leaves plan.json (the plan file), plan.md (the comment) and result.json. Exits as `deskform plan` does: 0 also
# with changes pending, 1 for invalid manifests, 3 for a refused plan. The comment says so in each case.
#
# DESKFORM_STORE_URL  the store
# DESKFORM_ENV, DESKFORM_DENY  as for validate.sh
set -u

rm -f plan.json plan.md result.json
deskform plan ${DESKFORM_DENY:+--deny "$DESKFORM_DENY"} \
    --out plan.json --output markdown=plan.md --output json=result.json
code=$?

# GitHub shows it on the page of the run.
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f plan.md ]; then
    cat plan.md >>"$GITHUB_STEP_SUMMARY"
fi
exit "$code"
