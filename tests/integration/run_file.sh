#!/bin/sh
# Runs one file of tests and then prints all that it said, while no other file prints.
set -u
said=$(mktemp) || exit 2
node --test "$1" >"$said" 2>&1
status=$?
exec 9<"$0"
flock 9
cat "$said"
rm -f "$said"
exit "$status"
