#!/bin/sh
# The way of a change from a clone to an alarm and back, with the steps of examples/ci and examples/cron, in a plain shell.
# Called by the suite as `tests/pipeline.sh FOLDER`: FOLDER is empty, and deskform, git and sqlite3 are on the PATH.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$1"

say() { printf '== %s\n' "$*"; }
fail() { printf 'pipeline: %s\n' "$*" >&2; exit 1; }
# exits CODE COMMAND...: the command ends with that exit code.
exits() {
    expected=$1
    shift
    code=0
    "$@" >out.txt 2>err.txt || code=$?
    [ "$code" -eq "$expected" ] || { cat out.txt err.txt >&2; fail "exit code $code in place of $expected: $*"; }
}
holds() { grep -qF -- "$2" "$1" || { cat "$1" >&2; fail "$1 does not hold: $2"; }; }
quiet() { if [ -s out.txt ] || [ -s err.txt ]; then cat out.txt err.txt >&2; fail 'something was said'; fi; }

export GIT_CONFIG_GLOBAL="$PWD/gitconfig" GIT_CONFIG_NOSYSTEM=1
git config --global user.name 'Suzuki' && git config --global user.email suzuki@acme.example
git config --global init.defaultBranch main

say 'a config repo'
git init --quiet --bare origin.git
git clone --quiet origin.git repo 2>/dev/null
cp -R "$root/examples/acme/." repo/
mkdir repo/ci && cp "$root"/examples/ci/steps/*.sh repo/ci/
cd repo
printf 'plan.json\nplan.md\nresult.json\nhead.txt\nout.txt\nerr.txt\n' >.gitignore
git add . && git commit --quiet --message 'the company' && git push --quiet origin HEAD:main
cd ..

say 'its stores, made once by a person'
stores=$PWD
# into ENVIRONMENT: what follows is about it and its store.
into() { export DESKFORM_ENV="$1" DESKFORM_STORE_URL="sqlite://$stores/$1.db"; }
for environment in staging production; do
    into "$environment"
    exits 0 deskform apply -C repo --create-store --rehearse
    [ ! -e "$environment.db" ] || fail 'a rehearsal made a store'
    exits 0 deskform apply -C repo --create-store --yes --reason 'the beginning'
done
deskform audit head -C repo --output human=kept.txt >/dev/null

say 'a branch with an edit: validate, plan, review'
git clone --quiet origin.git work && cd work
git checkout --quiet -b holiday
git apply changes/holiday_hours/edit.diff
git commit --quiet --all --message 'shorter Saturdays'
export GITHUB_ACTIONS=true GITHUB_ACTOR=octocat GITHUB_REPOSITORY=acme/config GITHUB_SERVER_URL=https://github.example
export GITHUB_RUN_ID=77 GITHUB_RUN_ATTEMPT=1 GITHUB_REF=refs/pull/12/merge GITHUB_STEP_SUMMARY="$PWD/../summary.md"
exits 0 ci/install.sh
exits 0 env -u DESKFORM_STORE_URL ci/validate.sh
exits 1 env DESKFORM_DENY=warnings ci/validate.sh
for environment in staging production; do
    into "$environment"
    exits 0 ci/plan.sh
    [ "$(head -n 1 plan.md)" = "<!-- deskform plan env=$environment -->" ] || fail 'the comment has no marker'
    holds plan.md "1 to update"
    holds plan.md "$environment"
    # shellcheck disable=SC2016
    reviewed=$(sed -n 's/^Plan id `\(sha256:[0-9a-f]*\)`.*/\1/p' plan.md)
    [ "$reviewed" = "$(sed -n 's/^  "id": "\(.*\)",$/\1/p' plan.json)" ] || fail 'the comment names another plan than the file'
    holds plan.md "deskform apply --env $environment --expect $reviewed"
    holds plan.json '"git_dirty": false'
    echo "$reviewed" >"../$environment.id"
done
holds ../summary.md '+ weekly.sat = ["08:00-12:00"]'
[ "$reviewed" != "$(cat ../staging.id)" ] || fail 'two stores have one plan'

say 'what is not committed is said, and is no part of the id'
printf '\n' >>brands/a.toml
exits 0 ci/plan.sh
holds plan.json '"git_dirty": true'
holds plan.md "Plan id \`$reviewed\`, of commit \`$(git rev-parse HEAD)\` with changes that are not committed."
git checkout --quiet brands/a.toml

say 'a mistake on the branch says so in the comment, and the plan fails'
cp broken/site_taken.toml .
exits 1 ci/plan.sh
[ "$(head -n 1 plan.md)" = '<!-- deskform plan env=production -->' ] || fail 'the comment of a failure has another marker'
holds plan.md 'error[MF061]'
[ ! -e plan.json ] || fail 'there is a plan file'
rm site_taken.toml
git push --quiet origin holiday
cd ..

say 'merged, and applied as reviewed, first to staging'
git clone --quiet origin.git main && cd main
git merge --quiet --no-ff --message 'Merge pull request #12' origin/holiday
git push --quiet origin HEAD:main
export GITHUB_REF=refs/heads/main GITHUB_RUN_ID=78 DESKFORM_REASON='Merge pull request #12'
exits 3 ci/apply.sh ''
holds err.txt 'nobody reviewed a plan'
exits 3 ci/apply.sh sha256:0000000000000000000000000000000000000000000000000000000000000000
into staging
exits 3 ci/apply.sh "$reviewed"
exits 0 ci/apply.sh "$(cat ../staging.id)"
into production
exits 0 deskform plan
holds out.txt '1 to update'
exits 0 ci/apply.sh "$reviewed"
holds head.txt 'acme-support@60:'
deskform audit log --run 2 >out.txt
holds out.txt 'octocat by github_actions (claimed)'
holds out.txt 'reason: Merge pull request #12'
holds out.txt "claimed origin: https://github.example/acme/config/actions/runs/78/attempts/1, acme/config, refs/heads/main, commit $(git rev-parse HEAD)"
exits 0 ci/apply.sh "$(deskform plan --format json | sed -n 's/^    "id": "\(.*\)",$/\1/p')"
cp head.txt ../kept.txt
cd ..
unset GITHUB_ACTIONS

say 'cron is quiet while there is nothing to tell'
drift="$root/examples/cron/drift.sh"
export DESKFORM_PROJECT="$PWD/main" DESKFORM_STATE="$PWD/state" DESKFORM_HEAD="$PWD/kept.txt" DESKFORM_RETRY=0
exits 0 "$drift"
quiet

say 'somebody changes a row: an alarm, once'
sqlite3 production.db "UPDATE resource SET document = json_set(document, '$.display_name', 'Acme by hand') WHERE address = 'brand.a'"
exits 2 "$drift"
holds out.txt 'deskform: drift'
holds out.txt 'live          "Acme by hand"'
exits 2 "$drift"
quiet

say 'a plan puts it right, and cron says so'
(cd main && exits 0 deskform plan && holds out.txt 'Changed outside deskform, will be set back:' &&
    exits 0 deskform apply --yes --reason 'set back')
exits 0 "$drift"
holds out.txt 'deskform: all is well again'
exits 0 "$drift"
quiet

say 'a log that was written anew is an alarm of its own'
cp production.db whole.db && rm production.db
(cd main && exits 0 deskform apply --create-store --yes)
exits 5 "$drift"
holds out.txt 'deskform: the audit log is broken'
holds out.txt '[kept_head]'
mv whole.db production.db

say 'a store that is away, one that is locked, and a look that fails, are told apart and are no drift'
exits 4 env DESKFORM_STORE_URL="sqlite://$PWD/none/production.db" "$drift"
holds out.txt 'deskform: the store cannot be reached'
mkdir stub && printf '#!/bin/sh\necho look >>"%s"\nexit 6\n' "$PWD/looks" >stub/deskform && chmod +x stub/deskform
exits 6 env PATH="$PWD/stub:$PATH" "$drift"
holds out.txt 'deskform: an apply keeps the store locked'
[ "$(wc -l <looks)" -eq 3 ] || fail 'it looks three times'
exits 1 env DESKFORM_PROJECT="$PWD" "$drift"
holds out.txt 'deskform: drift cannot be looked for'

say 'hooks: what cannot be told is said, and told again'
exits 1 env DESKFORM_PROJECT="$PWD" DESKFORM_NOTIFY=false "$drift"
quiet
rm state/told
exits 1 env DESKFORM_PROJECT="$PWD" DESKFORM_NOTIFY=false "$drift"
holds out.txt 'deskform: drift cannot be looked for'
[ ! -e state/told ] || fail 'what nobody was told counts as told'
exits 1 env DESKFORM_PROJECT="$PWD" "$drift"
printf '#!/bin/sh\nprintf "%%s|" "$@" >>"%s"\ncat >>"%s"\n' "$PWD/told.txt" "$PWD/told.txt" >notify && chmod +x notify
exits 0 env DESKFORM_NOTIFY="$PWD/notify to ops" "$drift"
quiet
holds told.txt 'to|ops|deskform: all is well again|'
say 'done'
