#!/bin/sh
# Runs one test file, then prints its whole output while no other file prints.
set -u
said=$(mktemp) || exit 2
node --test "$1" >"$said" 2>&1
status=$?
exec 9<"$0"
flock 9
cat "$said"
rm -f "$said"
exit "$status"
