#!/bin/sh
# Guess: when the server ends the connection without a close frame, the listener of a
# java.net.http.WebSocket is told by onClose (1006) or onError, whatever it is doing.
#
# OpenJDK 17.0.15 (Debian 12, openjdk-17-jdk-headless 17.0.15+6-1~deb12u1; Temurin 25 as well): if the
# end arrives while onText is running, neither is called, also after onText has returned and has called
# request(1). If it arrives later, onClose is called with 1006.
#
# What it means for users: watch the time since the last onText or onPing, and abort().
#
# Seen 2026-11-30 (needs a JDK; the version is printed):
#     the end comes while onText runs: nothing
#     the end comes after onText: onClose 1006
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
java -version 2>&1 | head -n 1

cat >Client.java <<'JAVA'
import java.net.URI;
import java.net.http.*;
import java.util.concurrent.*;

final class Client implements WebSocket.Listener {
    static final boolean during = Boolean.getBoolean("during");
    final CountDownLatch ended = new CountDownLatch(1);
    volatile String told = "nothing";

    public static void main(String[] arguments) throws Exception {
        var client = new Client();
        HttpClient.newHttpClient().newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + arguments[0] + "/"), client).join();
        client.ended.await(10, TimeUnit.SECONDS);
        System.out.println(client.told);
        System.exit(0);
    }

    public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
        try {
            // The server ends the stream 1 second after its message.
            if (during) Thread.sleep(2000);
        } catch (InterruptedException error) {
            throw new IllegalStateException(error);
        }
        socket.request(1);
        return null;
    }

    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        told = "onClose " + code;
        ended.countDown();
        return null;
    }

    public void onError(WebSocket socket, Throwable error) {
        told = "onError " + error;
        ended.countDown();
    }
}
JAVA
javac Client.java

cat >server.py <<'PY'
import base64, hashlib, re, socket, subprocess, time
listener = socket.create_server(("127.0.0.1", 0))
port = str(listener.getsockname()[1])

def run(during):
    client = subprocess.Popen(["java", f"-Dduring={during}", "-cp", ".", "Client", port],
                              stdout=subprocess.PIPE, text=True)
    stream, _ = listener.accept()
    head = b""
    while b"\r\n\r\n" not in head:
        head += stream.recv(4096)
    key = re.search(rb"(?i)sec-websocket-key: *(\S+)", head)[1]
    accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    stream.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n" b"\x81\x05hello")
    time.sleep(1)
    stream.shutdown(socket.SHUT_WR)
    return client.communicate(timeout=60)[0].strip()

seen = [run("true"), run("false")]
print(f"the end comes while onText runs: {seen[0]}")
print(f"the end comes after onText: {seen[1]}")
raise SystemExit(seen != ["nothing", "onClose 1006"])
PY
python3 server.py
