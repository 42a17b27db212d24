#!/bin/sh
# Runs the integration suites: JavaScript, Python, browser. ROTACAST_BIN must name the rotacast binary.
# Arguments select suites (js, python, browser); without arguments all are run.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 2

: "${ROTACAST_BIN:?set ROTACAST_BIN to the rotacast binary}"
case $ROTACAST_BIN in
    /*) ;;
    *) ROTACAST_BIN=$PWD/$ROTACAST_BIN ;;
esac
if [ ! -x "$ROTACAST_BIN" ]; then
    echo "ROTACAST_BIN is not an executable file: $ROTACAST_BIN" >&2
    exit 2
fi
export ROTACAST_BIN

if [ -n "${ROTACAST_SCREENSHOTS:-}" ]; then
    case $ROTACAST_SCREENSHOTS in
        /*) ;;
        *) ROTACAST_SCREENSHOTS=$PWD/$ROTACAST_SCREENSHOTS ;;
    esac
    export ROTACAST_SCREENSHOTS
fi

cd "$here" || exit 2

# npm's copy of the lock file records what is installed.
stamp=node_modules/.installed-lock.json
if ! cmp -s package-lock.json "$stamp"; then
    echo 'black box: installing npm packages'
    log=$(mktemp) || exit 2
    if ! npm ci --no-audit --no-fund --loglevel=error >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        exit 2
    fi
    rm -f "$log"
    cp package-lock.json "$stamp"
fi

failed=''
[ "$#" -gt 0 ] || set -- js python browser
for suite in "$@"; do
    echo "black box: $suite"
    case $suite in
        # Tests mostly wait, so more files than cores run at a time. Each prints its output in one
        # piece.
        js) printf '%s\n' ./*.test.mjs | xargs -P "$(($(nproc) + 1))" -I '{}' ./run_file.sh '{}' ;;
        python) /usr/bin/python3 -B -m unittest test_python_client test_python_redis test_python_v1 test_store_trouble ;;
        browser) node --test ../browser/*.test.mjs ;;
        *)
            echo "no such suite: $suite" >&2
            exit 2
            ;;
    esac || failed="$failed $suite"
done

if [ -n "$failed" ]; then
    echo "black box: failed:$failed" >&2
    exit 1
fi
echo 'black box: all suites passed'
