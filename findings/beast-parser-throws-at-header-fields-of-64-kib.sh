#!/bin/sh
# Guess: basic_parser::put(buffers, error_code&) reports a field that is too long in the error code.
#
# Boost.Beast 1.81 (Debian 12, libboost1.81-dev 1.81.0-5+deb12u1): a header field whose name and value
# together have about 64 KiB passes the header limit, if that is set higher, and is then stored in
# basic_fields, which keeps lengths in 16 bits: std::length_error is thrown out of the overload that
# takes an error_code. Nothing else of the message is lost.
#
# What it means for users: do not set header_limit() to 64 KiB or more, or catch around put().
#
# Seen 2026-11-30:
#     a value of 65000 bytes: accepted
#     a value of 66000 bytes: put() threw std::length_error
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
version=1.81.0-5+deb12u1
apt-get download -q "libboost1.81-dev=$version" >/dev/null 2>&1
dpkg-deb -x ./*.deb root

cat >field.cpp <<'CPP'
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstdio>
#include <stdexcept>
#include <string>

namespace http = boost::beast::http;

std::string outcome(std::size_t bytes) {
    const std::string text =
        "GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(bytes, 'a') + "\r\n\r\n";
    http::request_parser<http::string_body> parser;
    parser.header_limit(1024 * 1024);
    boost::system::error_code error;
    try {
        parser.put(boost::asio::buffer(text), error);
    } catch (const std::length_error&) {
        return "put() threw std::length_error";
    }
    return error ? error.message() : "accepted";
}

int main() {
    bool as_seen = true;
    for (const auto& [bytes, expected] : {std::pair<std::size_t, std::string>{65000, "accepted"},
                                          {66000, "put() threw std::length_error"}}) {
        const auto seen = outcome(bytes);
        std::printf("a value of %zu bytes: %s\n", bytes, seen.c_str());
        as_seen = as_seen && seen == expected;
    }
    return as_seen ? 0 : 1;
}
CPP
g++ -std=c++17 -isystem root/usr/include field.cpp -o field -pthread
./field
