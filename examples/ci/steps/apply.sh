#!/bin/sh
# Applies the plan with the id given and no other: what was reviewed, or nothing (exit 3). Leaves head.txt, the end of the
# log, which belongs where whoever can write the store cannot reach it.
#
# DESKFORM_STORE_URL  the store
# DESKFORM_REASON     why, for the audit log
# DESKFORM_ENV        the environment, where deskform.toml has some
set -eu
id=${1:-}

if [ -z "$id" ]; then
    # Shown, so that somebody can review it and start the pipeline again with its id.
    deskform plan --detailed-exitcode && exit 0
    echo 'nobody reviewed a plan for this commit, so nothing was applied' >&2
    echo '  = help: Review the plan above, and run the pipeline again with its id.' >&2
    exit 3
fi
deskform apply --yes --no-input --expect "$id" ${DESKFORM_REASON:+--reason "$DESKFORM_REASON"}
deskform audit head --output human=head.txt
