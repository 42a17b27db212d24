#!/bin/sh
# Installs the npm peers if they are missing, then runs the measurements. Passes its arguments to
# run.py.
set -eu
here=$(dirname "$0")
[ -d "$here/node_modules/graphql-ws" ] || npm ci --silent --no-audit --no-fund --prefix "$here" >&2
exec /usr/bin/python3 "$here/run.py" "$@"
