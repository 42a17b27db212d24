#!/bin/sh
# Fetches proxies from Debian's packages and unpacks them, with the libraries that this machine lacks,
# into build/proxies/root. Nothing is installed, so no service starts, and no privilege is needed.
# packages.sh PACKAGE...: what is unpacked stays, so a second call needs no network.
set -eu
cd "$(dirname "$0")/../.."
mkdir -p build/proxies/lists/partial build/proxies/archives/partial build/proxies/root
cd build/proxies

missing=''
for package in "$@"; do
    [ -e "root/.$package" ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
command -v apt-get >/dev/null || {
    echo 'this is not Debian: the proxies of its packages cannot be had'
    exit 2
}

# Lists and archives of our own: the machine's may be absent, and belong to root.
apt() {
    apt-get -q -y -o "Dir::State::lists=$PWD/lists" -o "Dir::Cache=$PWD" -o "Dir::Cache::archives=$PWD/archives" \
        -o Debug::NoLocking=true -o APT::Sandbox::User=root "$@"
}
apt update
rm -f archives/*.deb
# shellcheck disable=SC2086 # one word per package
{
    # apt leaves out what is installed; a proxy that is installed is fetched all the same.
    apt install --download-only --no-install-recommends $missing
    (cd archives && for package in $missing; do
        ls "$package"_*.deb >/dev/null 2>&1 || apt-get -q -o "Dir::State::lists=$PWD/../lists" download "$package"
    done)
}
for archive in archives/*.deb; do
    dpkg -x "$archive" root
done
rm -f archives/*.deb
for package in $missing; do
    : >"root/.$package"
done
