#!/bin/sh
# Says everything that is wrong with the manifests. Needs no store and no secret, so it runs for forks as well.
#
# DESKFORM_ENV   the environment, where deskform.toml has some
# DESKFORM_DENY  `warnings`, to let neither warnings nor advice pass
set -eu
exec deskform validate ${DESKFORM_DENY:+--deny "$DESKFORM_DENY"}
