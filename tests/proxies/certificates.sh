#!/bin/sh
# certificates.sh FOLDER: an authority, ca.pem, and two certificates for localhost, as before and after
# a renewal: first.pem, first.key, second.pem, second.key.
set -eu
cd "$1"
curve='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2'
# shellcheck disable=SC2086 # one word per option
openssl req -x509 $curve -subj '/CN=authority of a test' -keyout ca.key -out ca.pem 2>/dev/null
echo 'subjectAltName=DNS:localhost,IP:127.0.0.1' >names
for name in first second; do
    # shellcheck disable=SC2086
    openssl req $curve -subj "/CN=$name" -keyout "$name.key" -out request 2>/dev/null
    openssl x509 -req -in request -days 2 -CA ca.pem -CAkey ca.key -CAcreateserial -extfile names \
        -out "$name.pem" 2>/dev/null
done
