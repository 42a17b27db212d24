#!/bin/sh
# run_one.sh NAME: runs NAME.test.mjs, or behind.test.mjs with the proxy NAME.
if [ ! -e "$1.test.mjs" ]; then
    PROXY=$1
    export PROXY
    set -- behind
fi
exec ../integration/run_file.sh "./$1.test.mjs"
