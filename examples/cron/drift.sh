#!/bin/sh
# Looks for drift, and tells somebody only when there is something to tell. For cron and for a systemd timer; docs/howto/cron.md
# says how to set it up. Exits as `deskform drift` does, and with what `deskform audit verify` exits where there is no drift.
#
# DESKFORM_PROJECT    the config repo; the current folder if not set
# DESKFORM_STORE_URL  the store, if not the one of deskform.toml
# DESKFORM_ENV        the environment, where deskform.toml has some
# DESKFORM_HEAD       a file of `deskform audit head`, kept outside of the store: the log must still hold it
# DESKFORM_MAIL_TO    mails the message there, with `mail`
# DESKFORM_WEBHOOK    posts {"text": message} to this URL, with curl
# DESKFORM_NOTIFY     a command that gets the message on stdin and the subject as its last argument
# DESKFORM_STATE      a folder for what was told last; nobody is told the same thing twice in a row
# DESKFORM_RETRY      seconds until another look where an apply is running, 60 if not set; three looks in all
set -u
umask 077

state=${DESKFORM_STATE:-${STATE_DIRECTORY:-${XDG_STATE_HOME:-$HOME/.local/state}/deskform}}
mkdir -p "$state" || exit 1
out=$(mktemp) && err=$(mktemp) && payload=$(mktemp) || exit 1
trap 'rm -f "$out" "$err" "$payload"' EXIT

if [ -n "${DESKFORM_PROJECT:-}" ]; then cd "$DESKFORM_PROJECT" || exit 1; fi

# Sends stdin to whoever is named. Where nobody is, or somebody cannot be told, it goes to stdout, where cron mails it from.
send() {
    subject=$1
    message=$(cat)
    told=no
    failed=0
    if [ -n "${DESKFORM_MAIL_TO:-}" ]; then
        if printf '%s\n' "$message" | mail -s "$subject" "$DESKFORM_MAIL_TO"; then told=yes; else failed=1; fi
    fi
    if [ -n "${DESKFORM_WEBHOOK:-}" ]; then
        # The URL is a secret: it goes in by a file that is no file, and never as an argument.
        {
            printf '{"text": "'
            printf '%s\n%s\n' "$subject" "$message" | tr '\t' ' ' | sed -e 's/[\\"]/\\&/g' -e 's/$/\\n/' | tr -d '\n'
            printf '"}'
        } >"$payload"
        if printf 'url = "%s"\n' "$DESKFORM_WEBHOOK" |
            curl --config - --fail --silent --show-error --retry 3 --output /dev/null \
                --header 'Content-Type: application/json' --data-binary "@$payload"; then told=yes; else failed=1; fi
    fi
    if [ -n "${DESKFORM_NOTIFY:-}" ]; then
        # A command with arguments is meant to fall into words.
        # shellcheck disable=SC2086
        if printf '%s\n' "$message" | $DESKFORM_NOTIFY "$subject"; then told=yes; else failed=1; fi
    fi
    if [ "$told" = no ]; then printf '%s\n\n%s\n' "$subject" "$message"; fi
    return "$failed"
}

# Tells what is on stdin, unless it is what was told last. What did not reach everybody is told again.
tell() {
    message=$(cat)
    mark=$(printf '%s\n%s\n' "$1" "$message" | cksum)
    if [ "$(cat "$state/told" 2>/dev/null)" = "$mark" ]; then return; fi
    printf '%s\n' "$message" | send "$1" || return
    printf '%s\n' "$mark" >"$state/told.new" && mv "$state/told.new" "$state/told"
}

# A look that hangs must not keep quiet for ever, and two must not run at once.
exec 9>"$state/lock"
if ! flock -w "${DESKFORM_RETRY:-60}" 9; then
    echo 'The look before this one has not ended.' | tell 'deskform: drift cannot be looked for'
    exit 6
fi

look() { deskform drift >"$out" 2>"$err" 9>&-; }

tries=1
look
code=$?
while [ "$code" -eq 6 ] && [ "$tries" -lt 3 ]; do
    sleep "${DESKFORM_RETRY:-60}"
    tries=$((tries + 1))
    look
    code=$?
done

# Without drift, every row must be explained by the log.
if [ "$code" -eq 0 ]; then
    deskform audit verify ${DESKFORM_HEAD:+--against "$DESKFORM_HEAD"} >"$out" 2>"$err" 9>&-
    code=$?
fi

case $code in
    0)
        if [ -f "$state/told" ]; then
            send 'deskform: all is well again' <"$out" && rm -f "$state/told"
        fi
        ;;
    2) tell 'deskform: drift' <"$out" ;;
    4) tell 'deskform: the store cannot be reached' <"$err" ;;
    5) cat "$out" "$err" | tell 'deskform: the audit log is broken' ;;
    6) tell 'deskform: an apply keeps the store locked' <"$err" ;;
    *) { echo "exit code $code"; cat "$err"; } | tell 'deskform: drift cannot be looked for' ;;
esac
exit "$code"
