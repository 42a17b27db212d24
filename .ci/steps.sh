# shellcheck shell=sh disable=SC2034,SC2317
# Functions for run, test, Makefile and .ci/run: packages, steps, counting. Source it from the root
# folder. A step prints one line with its duration. Its output goes to build/logs/NAME.log and is
# printed only if the step fails.

packages_to_build='g++ cmake ninja-build ccache pkg-config libboost1.81-dev libboost-json1.81-dev
libboost-url1.81-dev libssl-dev libsqlite3-dev libcjose-dev libjansson-dev libspdlog-dev libfmt-dev
libcli11-dev libtomlplusplus-dev tao-pegtl-dev zlib1g-dev libhiredis-dev prometheus-cpp-dev'
packages_to_test='libgtest-dev mold openssl python3 python3-websockets python3-redis curl sqlite3 redis-server
redis-sentinel prometheus'
packages_of_clients='python3-aiohttp python3-websocket python3-requests python3-httpx libmojolicious-perl
ruby-faye-websocket libwebsockets-dev'  # tests/clients
packages_with_clang='clang-16 clang-tidy-16 libclang-rt-16-dev'  # sanitizers, fuzzers, clang-tidy

logs=build/logs
mkdir -p "$logs"

# Lets ccache share results between checkouts. A preset's environment applies to configuring only.
CCACHE_NOHASHDIR=1
CCACHE_BASEDIR=$PWD
export CCACHE_NOHASHDIR CCACHE_BASEDIR

passed_in_all=0
failed_in_all=0

say() { printf '%s\n' "$*"; }

# step NAME COMMAND...: runs the command and returns its status.
step() {
    step_name=$1
    shift
    step_log=$logs/$(printf '%s' "$step_name" | tr ' ' '-').log
    step_start=$(date +%s)
    step_status=0
    "$@" >"$step_log" 2>&1 </dev/null || step_status=$?
    step_seconds=$(($(date +%s) - step_start))
    if [ "$step_status" -eq 0 ]; then
        printf '%-28s ok      %4d s\n' "$step_name" "$step_seconds"
    else
        printf '%-28s FAILED  %4d s  (status %d, output follows)\n' \
            "$step_name" "$step_seconds" "$step_status"
        cat "$step_log"
    fi
    return "$step_status"
}

# must NAME COMMAND...: a step that ends the run if it fails.
must() {
    step "$@" && return 0
    failed_in_all=$((failed_in_all + 1))
    finish
}

# suite NAME COMMAND...: a step that runs tests; they are counted from its log.
suite() {
    suite_name=$1
    shift
    suite_start=$(date +%s)
    suite_log=$logs/$(printf '%s' "$suite_name" | tr ' ' '-').log
    suite_status=0
    "$@" >"$suite_log" 2>&1 </dev/null || suite_status=$?
    suite_counts=$(awk -f .ci/count.awk "$suite_log")
    suite_passed=${suite_counts% *}
    suite_failed=${suite_counts#* }
    # A suite that fails without naming a test, or runs no test, counts as one failure.
    [ "$suite_status" -eq 0 ] || [ "$suite_failed" -gt 0 ] || suite_failed=1
    [ "$suite_passed" -gt 0 ] || [ "$suite_failed" -gt 0 ] || suite_failed=1
    passed_in_all=$((passed_in_all + suite_passed))
    failed_in_all=$((failed_in_all + suite_failed))
    suite_word=ok
    [ "$suite_failed" -eq 0 ] || suite_word=FAILED
    printf '%-28s %-6s  %4d s  %d passed, %d failed\n' "$suite_name" "$suite_word" \
        "$(($(date +%s) - suite_start))" "$suite_passed" "$suite_failed"
    [ "$suite_failed" -eq 0 ] || show_failures "$suite_log"
}

# Prints the lines about failures, then where the complete log is.
show_failures() {
    grep -aE -B 2 -A 14 '^ *not ok|Failure$|^(FAIL|ERROR):|FAILED|Sanitizer|runtime error' "$1" |
        head -n 200
    tail -n 20 "$1"
    say "complete log: $1"
}

finish() {
    say "$passed_in_all passed, $failed_in_all failed"
    [ "$failed_in_all" -eq 0 ]
    exit
}

# Prints the packages of "$@" that are not installed. Asks dpkg only, so no network is needed if all
# are installed.
missing_packages() {
    for package in "$@"; do
        case $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) in
            installed) ;;
            *) printf '%s ' "$package" ;;
        esac
    done
}

apt_install() {
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || {
            echo "neither root nor sudo; install the packages yourself: apt-get install $*"
            return 1
        }
        as_root=sudo
    fi
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q &&
        $as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -q --no-install-recommends ca-certificates "$@"
}

# install_packages PACKAGE...
install_packages() {
    command -v dpkg-query >/dev/null || {
        say 'this is not Debian: install what CONTRIBUTING.md lists'
        return 0
    }
    # shellcheck disable=SC2046 # one word per package
    set -- $(missing_packages "$@")
    [ $# -eq 0 ] || must packages apt_install "$@"
}

# npm_packages FOLDER: installs the packages of its lock file. A copy of the lock file in node_modules
# records what is installed.
npm_packages() {
    (
        cd "$1" || exit
        cmp -s package-lock.json node_modules/.installed-lock.json && exit
        npm ci --ignore-scripts --no-audit --no-fund --loglevel=error &&
            cp package-lock.json node_modules/.installed-lock.json
    )
}

# npm_tarballs FOLDER: fetches and unpacks the packages in its packages.sha512 (NAME-VERSION.tgz each),
# without their dependencies.
npm_tarballs() {
    (
        cd "$1" || exit
        cmp -s packages.sha512 node_modules/packages.sha512 && exit
        rm -rf node_modules && mkdir node_modules && cd node_modules || exit
        while read -r digest tarball; do
            name=${tarball%-[0-9]*}
            version=${tarball#"$name"-}
            npm pack --silent "$name@${version%.tgz}" </dev/null &&
                echo "$digest  $tarball" | sha512sum --check --quiet - &&
                mkdir "$name" &&
                tar -xzf "$tarball" -C "$name" --strip-components=1 &&
                rm "$tarball" || exit
        done <../packages.sha512
        cp ../packages.sha512 .
    )
}

# build_preset PRESET [TARGET...]
build_preset() {
    preset=$1
    shift
    must "configure $preset" cmake --preset "$preset"
    if [ $# -gt 0 ]; then
        must "build $preset" cmake --build --preset "$preset" --target "$@"
    else
        must "build $preset" cmake --build --preset "$preset"
    fi
}
