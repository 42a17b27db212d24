#!/bin/sh
# Guess: a client that has offered permessage-deflate and is answered `client_no_context_takeover`
# compresses each message on its own.
#
# Mojolicious 9.31 (Debian 12, libmojolicious-perl 9.31+dfsg-1), if a program adds the header
# `Sec-WebSocket-Extensions: permessage-deflate` to its request, as its documentation shows: it only
# looks for the extension's name in the answer. Its second message refers to its first, which the
# server has forgotten, as it has said. A client that does not support what the answer says must fail
# the connection (RFC 7692 §7.1).
#
# What it means for users: do not add that header if the server answers with the parameter, as servers
# with many connections do to save the memory.
#
# Seen 2026-11-30:
#     message 1: hello, hello, hello
#     message 2: zlib: Error -3 while decompressing data: invalid distance too far back
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
version=9.31+dfsg-1
apt-get download -q "libmojolicious-perl=$version" >/dev/null 2>&1
dpkg-deb -x ./*.deb root

cat >client.pl <<'PERL'
use Mojo::Base -strict, -signatures;
use Mojo::IOLoop;
use Mojo::UserAgent;
my $agent = Mojo::UserAgent->new;
$agent->websocket("ws://127.0.0.1:$ARGV[0]/" => {'Sec-WebSocket-Extensions' => 'permessage-deflate'} => sub ($agent, $socket) {
    die 'no WebSocket' unless $socket->is_websocket;
    $socket->on(finish => sub { Mojo::IOLoop->stop });
    $socket->send('hello, hello, hello' => sub ($socket) { $socket->send('hello, hello, hello') });
});
Mojo::IOLoop->start;
PERL

# Prints each message, inflated on its own, or why it cannot be.
cat >server.py <<'PY'
import base64, hashlib, re, socket, subprocess, zlib
listener = socket.create_server(("127.0.0.1", 0))
subprocess.Popen(["perl", "-Iroot/usr/share/perl5", "client.pl", str(listener.getsockname()[1])])
listener.settimeout(30)
client, _ = listener.accept()
client.settimeout(30)
stream = client.makefile("rb")
head = b""
while not head.endswith(b"\r\n\r\n"):
    head += stream.readline()
key = re.search(rb"(?i)sec-websocket-key: *(\S+)", head)[1]
accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
client.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               b"Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n"
               b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")
seen = []
for number in (1, 2):
    first, length = stream.read(2)
    assert first == 0xC1 and length & 0x7F < 126, "one compressed text frame"
    mask = stream.read(4)
    message = bytes(byte ^ mask[i % 4] for i, byte in enumerate(stream.read(length & 0x7F)))
    try:
        seen.append(zlib.decompressobj(-15).decompress(message + b"\x00\x00\xff\xff").decode())
    except zlib.error as error:
        seen.append(f"zlib: {error}")
    print(f"message {number}: {seen[-1]}", flush=True)
client.sendall(b"\x88\x02\x03\xe8")
raise SystemExit(not (seen[0] == "hello, hello, hello" and seen[1].startswith("zlib: ")))
PY
python3 server.py
