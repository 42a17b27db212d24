#!/bin/sh
# Puts Debian's proxies in front of the server, each configured as docs/deploy.md says, and tries
# what clients do. ROTACAST_BIN must name the rotacast binary.
# run.sh [--all] [--first] [TEST...]: --all also tries the proxies that ./test does not; with --first they are
# configured as shortly as possible, which is the second table of that page. A TEST is the name of a proxy, or
# of a file here without .test.mjs; without any, all are run.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 2

: "${ROTACAST_BIN:?set ROTACAST_BIN to the rotacast binary}"
case $ROTACAST_BIN in
    /*) ;;
    *) ROTACAST_BIN=$PWD/$ROTACAST_BIN ;;
esac
export ROTACAST_BIN
cd "$here" || exit 2

packages='nginx haproxy apache2-bin lighttpd lighttpd-mod-openssl caddy varnish systemd'  # systemd: to verify the unit
proxies='nginx haproxy apache lighttpd caddy varnish'
if [ "${1:-}" = --all ]; then
    shift
    packages="$packages trafficserver nghttp2-proxy squid stunnel4 hitch"
    proxies="$proxies trafficserver nghttpx squid stunnel hitch"
fi
if [ "${1:-}" = --first ]; then
    shift
    export FIRST=1
    # shellcheck disable=SC2046,SC2086 # one word per proxy
    [ $# -gt 0 ] || set -- $(printf '%s\n' $proxies | grep -vxE 'stunnel|hitch')
fi
# shellcheck disable=SC2086 # one word per package
./packages.sh $packages || exit 2

# One authority for everybody: Node.js reads it once, when it starts.
tls=$(mktemp -d) || exit 2
trap 'rm -rf "$tls"' EXIT
./certificates.sh "$tls" || exit 2
export ROTACAST_TEST_TLS="$tls"
export NODE_EXTRA_CA_CERTS="$tls/ca.pem"
export NODE_OPTIONS=--dns-result-order=ipv4first

# Tests mostly wait, so one per core runs at a time. Each prints its output in one piece.
# shellcheck disable=SC2086 # one word per proxy
[ $# -gt 0 ] || set -- $proxies table rolling deploy_page
printf '%s\n' "$@" | xargs -P "$(nproc)" -I '{}' ./run_one.sh '{}'
