#!/bin/sh
# Guess: object["key"] of a key that exists returns a reference and moves nothing.
#
# Boost.JSON 1.81 (Debian 12, libboost-json1.81.0 1.81.0-5+deb12u1): it may move every member, also
# when the key exists. operator[] is an emplace(), which reserves room for one more member before it
# looks for the key; if size() == capacity(), the table is allocated anew. The documentation of
# operator[] says that references are invalidated if an insertion makes the object grow. at() and
# find() move nothing.
#
# What it means for users: in `o["type"] = {o.at("type"), "null"}` the list holds a reference that
# is made before operator[] runs, and refers to freed memory afterwards. Copy the value first.
#
# Seen 2026-11-29:
#     size 1, capacity 1
#     at() moved the member: no
#     operator[] moved the member: yes, size 1, capacity 2
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
version=1.81.0-5+deb12u1
apt-get download -q "libboost1.81-dev=$version" "libboost-json1.81-dev=$version" \
    "libboost-json1.81.0=$version" >/dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" root; done
libraries=$(dirname "$(find "$folder/root" -name 'libboost_json.so.1.81.0')")

cat >moves.cpp <<'CPP'
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <cstdio>

int main() {
    boost::json::object object(1);
    object.emplace("key", 1);
    std::printf("size %zu, capacity %zu\n", object.size(), object.capacity());
    // Addresses are compared as numbers; nothing is read through an old one.
    const auto before = reinterpret_cast<std::uintptr_t>(&object.at("key"));
    const bool at_moves = reinterpret_cast<std::uintptr_t>(&object.at("key")) != before;
    const bool index_moves = reinterpret_cast<std::uintptr_t>(&object["key"]) != before;
    std::printf("at() moved the member: %s\n", at_moves ? "yes" : "no");
    std::printf("operator[] moved the member: %s, size %zu, capacity %zu\n",
                index_moves ? "yes" : "no", object.size(), object.capacity());
    return !at_moves && index_moves && object.size() == 1 ? 0 : 1;
}
CPP
g++ -std=c++17 -isystem root/usr/include moves.cpp -o moves \
    -L "$libraries" -l:libboost_json.so.1.81.0 -Wl,-rpath,"$libraries"
./moves
