#!/bin/sh
# Guess: QWebSocket::closeCode() is 1006 after a connection that was lost, or was never made.
#
# Qt 6.4.2 (Debian 12, libqt6websockets6 6.4.2-1): it is 1000, normal closure, although no close frame
# was received (RFC 6455 §7.1.5: 1006). It is 1000 from the beginning and changes only with a close
# frame.
#
# What it means for users: in a slot of disconnected(), the connection was lost unless error() is
# QAbstractSocket::UnknownSocketError. A client that takes 1000 for an end that it wanted itself
# would not reconnect when the server or the network fails.
#
# Seen 2026-11-30:
#     close frame with 4401: code 4401, error -1
#     end of the stream: code 1000, error 1
#     connection refused: code 1000, error 0
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get download -q qt6-websockets-dev=6.4.2-1 libqt6websockets6=6.4.2-1 qt6-base-dev=6.4.2+dfsg-10 \
    libqt6core6=6.4.2+dfsg-10 libqt6network6=6.4.2+dfsg-10 libb2-1 libbrotli1 libdouble-conversion3 \
    libglib2.0-0 libgssapi-krb5-2 libicu72 libk5crypto3 libkrb5-3 libkrb5support0 libpcre2-16-0 \
    libproxy1v5 >/dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(dirname "$(find "$folder/root" -name 'libQt6Core.so.6')")
export LD_LIBRARY_PATH
headers=$(dirname "$(find "$folder/root" -type d -name QtWebSockets -path '*include*')")

cat >client.cpp <<'CPP'
#include <QCoreApplication>
#include <QUrl>
#include <QWebSocket>
#include <cstdio>

int main(int count, char** arguments) {
    QCoreApplication application(count, arguments);
    QWebSocket socket;
    QObject::connect(&socket, &QWebSocket::disconnected, &application, [&] {
        std::printf("code %d, error %d\n", int(socket.closeCode()), int(socket.error()));
        QCoreApplication::quit();
    }, Qt::QueuedConnection);
    socket.open(QUrl(QStringLiteral("ws://127.0.0.1:%1/").arg(QLatin1String(arguments[1]))));
    return QCoreApplication::exec();
}
CPP
g++ -std=c++17 -fPIC -isystem "$headers" -isystem "$headers/QtCore" -isystem "$headers/QtNetwork" \
    -isystem "$headers/QtWebSockets" client.cpp -o client -L "$LD_LIBRARY_PATH" \
    -l:libQt6WebSockets.so.6 -l:libQt6Network.so.6 -l:libQt6Core.so.6

# Three ends for three clients.
cat >server.py <<'PY'
import base64, hashlib, re, socket, subprocess
CLOSE = b"\x88\x0f" + (4401).to_bytes(2, "big") + b"token_revoked"
listener = socket.create_server(("127.0.0.1", 0))
port = str(listener.getsockname()[1])

def run(last_bytes):
    client = subprocess.Popen(["./client", port], stdout=subprocess.PIPE, text=True)
    if last_bytes is not None:
        stream, _ = listener.accept()
        head = b""
        while b"\r\n\r\n" not in head:
            head += stream.recv(4096)
        key = re.search(rb"(?i)sec-websocket-key: *(\S+)", head)[1]
        accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
        stream.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n" + last_bytes)
        stream.shutdown(socket.SHUT_WR)
    return client.communicate(timeout=60)[0].strip()

seen = [("close frame with 4401", run(CLOSE)), ("end of the stream", run(b""))]
listener.close()
seen.append(("connection refused", run(None)))
for end, told in seen:
    print(f"{end}: {told}")
raise SystemExit([told for _, told in seen] != ["code 4401, error -1", "code 1000, error 1", "code 1000, error 0"])
PY
python3 server.py
