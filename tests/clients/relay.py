"""A TCP relay that records the WebSocket frames it passes on. With it a test sees what a library does
by itself: what it offers, whether it answers pings, how it closes."""

import socket
import threading
from typing import NamedTuple

# Opcodes (RFC 6455 §5.2).
CLOSE, PING, PONG = 8, 9, 10

READ_BYTES = 65_536


class Frame(NamedTuple):
    opcode: int
    compressed: bool  # RSV1 (RFC 7692 §6)
    payload: bytes


class Record:
    """One direction of a connection: an HTTP head, then frames. Fed by one thread; what it has is only
    added to."""

    def __init__(self):
        self.head = None  # text, once it is complete
        self.frames = []
        self._rest = bytearray()

    def feed(self, data):
        self._rest += data
        if self.head is None:
            head, blank_line, rest = self._rest.partition(b"\r\n\r\n")
            if not blank_line:
                return
            self.head, self._rest = head.decode("latin-1"), rest
        while self._take_frame():
            pass

    def header(self, name):
        """The values of a header, joined as RFC 9110 §5.3 allows; None if it is absent."""
        fields = (line.partition(":") for line in self.head.split("\r\n")[1:])
        values = [value.strip() for key, _, value in fields if key.strip().lower() == name.lower()]
        return ", ".join(values) if values else None

    def payloads(self, opcode):
        return [frame.payload for frame in self.frames if frame.opcode == opcode]

    def _take_frame(self):
        rest = self._rest
        if len(rest) < 2:
            return False
        masked, size, at = rest[1] & 0x80, rest[1] & 0x7F, 2
        if size >= 126:
            at += 2 if size == 126 else 8
            if len(rest) < at:
                return False
            size = int.from_bytes(rest[2:at], "big")
        mask = rest[at : at + 4] if masked else b""
        at += len(mask) if masked else 0
        if len(rest) < at + size or (masked and len(mask) < 4):
            return False
        payload = bytes(rest[at : at + size])
        if masked:
            payload = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self.frames.append(Frame(rest[0] & 0x0F, bool(rest[0] & 0x40), payload))
        del rest[: at + size]
        return True


class Relay:
    """Passes on the one connection that is made to `port`, both ways, until both sides have ended."""

    def __init__(self, address):
        self.from_client = Record()
        self.from_server = Record()
        self._changed = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1)
        self.port = self._listener.getsockname()[1]
        self._sockets = []
        threading.Thread(target=self._accept, args=(address,), daemon=True).start()

    def wait_for(self, condition, seconds):
        """Whether the condition, a function without arguments, has become true in that time."""
        with self._changed:
            return self._changed.wait_for(condition, seconds)

    def close(self):
        # Closing alone would not wake a thread that waits in accept() or recv().
        for each in [self._listener, *self._sockets]:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it has ended by itself
            each.close()

    def _accept(self, address):
        try:
            client, _ = self._listener.accept()
            server = socket.create_connection(address)
        except OSError:
            return  # closed before a client came
        self._sockets += [client, server]
        for source, target, record in (
            (client, server, self.from_client),
            (server, client, self.from_server),
        ):
            threading.Thread(target=self._pass_on, args=(source, target, record), daemon=True).start()

    def _pass_on(self, source, target, record):
        try:
            while data := source.recv(READ_BYTES):
                # Recorded first, so that what one side has seen is in the record.
                with self._changed:
                    record.feed(data)
                    self._changed.notify_all()
                target.sendall(data)
        except OSError:
            pass  # a reset ends this direction like an end of the stream
        try:
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass
