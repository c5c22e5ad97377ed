#!/bin/sh
# Puts deskform on the PATH: the binary of DESKFORM_URL, if its SHA-256 is DESKFORM_SHA256. Does nothing where deskform is
# there already, as on a runner of your own.
set -eu

if command -v deskform >/dev/null 2>&1; then
    deskform --version
    exit 0
fi
: "${DESKFORM_URL:?where to get the binary from}"
: "${DESKFORM_SHA256:?its SHA-256, 64 hexadecimal digits}"

folder=${DESKFORM_BIN:-$HOME/.local/bin}
mkdir -p "$folder"
curl --fail --silent --show-error --location --retry 3 --output "$folder/deskform.new" "$DESKFORM_URL"
if ! echo "$DESKFORM_SHA256  $folder/deskform.new" | sha256sum --check --status; then
    rm -f "$folder/deskform.new"
    echo "what $DESKFORM_URL gives has another SHA-256 than DESKFORM_SHA256; not installed" >&2
    exit 1
fi
chmod 755 "$folder/deskform.new"
mv "$folder/deskform.new" "$folder/deskform"
# The steps that follow find it, too.
if [ -n "${GITHUB_PATH:-}" ]; then echo "$folder" >>"$GITHUB_PATH"; fi
"$folder/deskform" --version
