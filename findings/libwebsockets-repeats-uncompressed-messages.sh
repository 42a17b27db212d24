#!/bin/sh
# Guess: if permessage-deflate was agreed on, a message that is not compressed is delivered once.
#
# libwebsockets 4.1.6 (Debian 12, libwebsockets17 4.1.6-3): a client delivers it without end, and so
# never reads or writes again. A sender may leave any message uncompressed (RFC 7692 §6: RSV1 is then
# 0), and servers do so for short ones. Without the extension the same message is delivered once.
#
# What it means for users: do not pass lws_extension_callback_pm_deflate in the options of a context.
#
# Seen 2026-11-30:
#     without permessage-deflate: delivered 1 time
#     with permessage-deflate: delivered 1000 times, then given up
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
version=4.1.6-3
apt-get download -q "libwebsockets-dev=$version" "libwebsockets17=$version" >/dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" root; done
libraries=$(dirname "$(find "$folder/root" -name 'libwebsockets.so.17')")

# Accepts the offered extension, if any, and sends the text "once", uncompressed; then a close frame.
cat >server.py <<'PY'
import base64, hashlib, re, socket
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    client, _ = listener.accept()
    head = b""
    while b"\r\n\r\n" not in head:
        head += client.recv(4096)
    key = re.search(rb"(?i)sec-websocket-key: *(\S+)", head)[1]
    accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    extension = b"Sec-WebSocket-Extensions: permessage-deflate\r\n" if b"permessage-deflate" in head else b""
    client.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   b"Sec-WebSocket-Protocol: test\r\n" + extension +
                   b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
                   b"\x81\x04once" b"\x88\x02\x03\xe8")
    while client.recv(4096):
        pass
    client.close()
PY

cat >client.c <<'C'
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>

static int delivered, ended;

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t bytes) {
    (void)wsi, (void)user, (void)in, (void)bytes;
    if (reason == LWS_CALLBACK_CLIENT_RECEIVE && ++delivered == 1000) return -1;
    if (reason == LWS_CALLBACK_CLIENT_CLOSED || reason == LWS_CALLBACK_CLIENT_CONNECTION_ERROR) ended = 1;
    return 0;
}

int main(int count, char **arguments) {
    const struct lws_protocols protocols[] = {{.name = "test", .callback = on_event}, {0}};
    const struct lws_extension extensions[] = {
        {"permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate"}, {0}};
    lws_set_log_level(LLL_ERR, NULL);
    struct lws_context_creation_info options = {
        .port = CONTEXT_PORT_NO_LISTEN, .protocols = protocols, .extensions = count > 2 ? extensions : NULL};
    struct lws_context *context = lws_create_context(&options);
    struct lws_client_connect_info target = {
        .context = context, .address = "127.0.0.1", .host = "127.0.0.1", .port = atoi(arguments[1]),
        .path = "/", .protocol = "test"};
    if (lws_client_connect_via_info(&target) == NULL) return 2;
    while (!ended && delivered < 1000) lws_service(context, 0);
    printf("delivered %d time%s%s\n", delivered, delivered == 1 ? "" : "s",
           delivered < 1000 ? "" : ", then given up");
    return 0;
}
C
gcc -std=gnu11 -isystem root/usr/include client.c -o client -L "$libraries" -l:libwebsockets.so.17 \
    -Wl,-rpath,"$libraries"

python3 server.py >port &
server=$!
trap 'kill $server; rm -rf "$folder"' EXIT
until [ -s port ]; do sleep 0.1; done
plain=$(./client "$(cat port)")
compressed=$(./client "$(cat port)" deflate)
echo "without permessage-deflate: $plain"
echo "with permessage-deflate: $compressed"
[ "$plain" = 'delivered 1 time' ] && [ "$compressed" = 'delivered 1000 times, then given up' ]
