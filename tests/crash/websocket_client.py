"""A classic client on a plain socket: watches one schedule and records events in order."""

import base64
import json
import os
import socket
import struct
import threading


class Watcher:
    """Reads on its own thread until the server ends the connection or `close` is called.

    `messages` holds the `message` of every schedule_updated; it is complete once `ended` is set.
    """

    def __init__(self, port, token, schedule_id):
        self.messages = []
        self.ended = threading.Event()
        self._arrived = threading.Condition()
        self._subscribed = threading.Event()
        self._bytes = b""
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self._upgrade(token)
        self._send({"action": "subscribe_schedule", "schedule_id": schedule_id})
        self._send({"action": "ping"})  # its pong confirms that the subscription has taken effect
        self._socket.settimeout(None)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        if not self._subscribed.wait(20):
            self.close()
            raise RuntimeError("no pong within 20 s after subscribing")

    def _upgrade(self, token):
        key = base64.b64encode(os.urandom(16)).decode()
        request = (
            f"GET /ws?token={token} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        )
        self._socket.sendall(request.encode())
        while b"\r\n\r\n" not in self._bytes:
            self._receive()
        head, self._bytes = self._bytes.split(b"\r\n\r\n", 1)
        if not head.startswith(b"HTTP/1.1 101"):
            raise RuntimeError(f"upgrade refused: {head[:100]!r}")

    def _send(self, command):
        self._send_frame(0x1, json.dumps(command).encode())

    def _send_frame(self, opcode, payload):
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self._socket.sendall(bytes([0x80 | opcode, 0x80 | len(payload)]) + mask + masked)

    def _receive(self):
        part = self._socket.recv(262144)
        if not part:
            raise EOFError
        self._bytes += part

    def _take(self, position, size):
        while len(self._bytes) < position + size:
            self._receive()
        return self._bytes[position : position + size]

    def _next_frame(self):
        first, length = self._take(0, 2)
        position = 2
        if length >= 126:
            form, size = (">H", 2) if length == 126 else (">Q", 8)
            (length,) = struct.unpack(form, self._take(position, size))
            position += size
        payload = self._take(position, length)
        self._bytes = self._bytes[position + length :]
        return first & 0x0F, payload

    def _run(self):
        try:
            while True:
                opcode, payload = self._next_frame()
                if opcode == 0x9:
                    self._send_frame(0xA, payload)
                if opcode == 0x1:
                    self._on_event(json.loads(payload))
        except (OSError, EOFError):
            pass  # killed, closed, or shut down by this side
        finally:
            self.ended.set()
            with self._arrived:
                self._arrived.notify_all()

    def _on_event(self, event):
        if event["event_type"] == "pong":
            self._subscribed.set()
        if event["event_type"] == "schedule_updated":
            with self._arrived:
                self.messages.append(event["message"])
                self._arrived.notify_all()

    def wait_for(self, message, timeout_s=20):
        """True if `message` was received; searches from the latest."""
        with self._arrived:
            self._arrived.wait_for(
                lambda: message in self.messages[-200:] or self.ended.is_set(), timeout_s
            )
            return message in self.messages

    def close(self):
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the server closed first
        self._thread.join()
        self._socket.close()
