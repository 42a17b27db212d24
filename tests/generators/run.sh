#!/bin/sh
# Feeds contract/ to the code generators that people use, and compiles their output together with
# programs that use it (uses/). Needs Node.js only; installs the packages of the lock file.
set -u
cd "$(dirname "$0")" || exit 2

# npm's copy of the lock file records what is installed.
stamp=node_modules/.installed-lock.json
if ! cmp -s package-lock.json "$stamp"; then
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && cp package-lock.json "$stamp" || exit 2
fi
rm -rf out
exec node --test --test-concurrency=2 ./*.test.mjs
