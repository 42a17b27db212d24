"""A WebSocket client on a plain socket: it can send invalid frames, and it checks each frame
of the server against RFC 6455. Not thread-safe."""

import base64
import hashlib
import os
import socket
import time

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
RSV1 = 4  # as a number formed by the three reserved bits
NAMES = {TEXT: "text", BINARY: "binary", CLOSE: "close", PING: "ping", PONG: "pong"}

ACCEPT_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3
RECEIVE_BYTES = 256 * 1024

END = ("end",)
"""The event after the server's last byte."""


class Violation(Exception):
    """The server violated the protocol."""


class Silence(Exception):
    """Nothing complete arrived before the timeout."""


def mask(payload, key):
    """XORs the whole as one big integer: the only fast way without a library."""
    if not payload:
        return b""
    size = len(payload)
    stream = (key * (size // 4 + 1))[:size]
    masked = int.from_bytes(payload, "little") ^ int.from_bytes(stream, "little")
    return masked.to_bytes(size, "little")


def length_octets(size):
    if size < 126:
        return bytes([0x80 | size])
    if size < 65536:
        return b"\xfe" + size.to_bytes(2, "big")
    return b"\xff" + size.to_bytes(8, "big")


def frame(opcode, payload=b"", fin=True, rsv=0):
    key = os.urandom(4)
    first = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    return first + length_octets(len(payload)) + key + mask(payload, key)


def text(payload, **bits):
    return frame(TEXT, payload, **bits)


def close(code=None, reason=b""):
    return frame(CLOSE, reason if code is None else code.to_bytes(2, "big") + reason)


def message_of(parts, opcode=TEXT, rsv=0):
    """One message as a list of frames, one fragment per part; `rsv` is set on the first one."""
    last = len(parts) - 1
    return [
        frame(CONTINUATION, part, fin=i == last) if i else frame(opcode, part, i == last, rsv)
        for i, part in enumerate(parts)
    ]


def fragments(payload, size, opcode=TEXT):
    """Like message_of, in equal parts, joined; one key for all frames, so that 65,536 are fast."""
    key = os.urandom(4)
    masked = mask(payload, key)
    assert size % 4 == 0, "the key would have to be turned"
    out = []
    for at in range(0, len(payload), size):
        part = masked[at : at + size]
        fin = 0x80 if at + size >= len(payload) else 0
        first = bytes([fin | (CONTINUATION if at else opcode)])
        out.append(first + length_octets(len(part)) + key + part)
    return b"".join(out)


class Client:
    """`deflate`: the deflate.PermessageDeflate to offer, or None."""

    def __init__(self, port, timeout_seconds, deflate=None):
        self.timeout_seconds = timeout_seconds
        self.deflate = deflate
        self.sent_close = False
        self._received = bytearray()
        self._ended = False
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=timeout_seconds)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self._handshake(port)
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def send(self, *pieces, octets=None):
        """Sends each piece with one call, or in chunks of `octets` bytes. Data for a server that has
        already closed is dropped: only its response matters."""
        try:
            self._socket.settimeout(self.timeout_seconds)
            for piece in pieces:
                if octets is None:
                    self._socket.sendall(piece)
                    continue
                for at in range(0, len(piece), octets):
                    self._socket.sendall(piece[at : at + octets])
        except TimeoutError:
            raise Silence("the server does not read") from None
        except OSError:
            pass

    def receive(self, timeout_seconds=None):
        """The next event: (name, payload), ("close", code or None, reason) or END."""
        deadline = time.monotonic() + (timeout_seconds or self.timeout_seconds)
        opcode, parts, compressed = None, [], False
        while True:
            got = self._frame(deadline)
            if got is None:
                if opcode is not None:
                    raise Violation("the connection ended within a fragmented message")
                return END
            fin, rsv, kind, payload = got
            if rsv and (kind not in (TEXT, BINARY) or not self._may_be_compressed(rsv)):
                raise Violation(f"reserved bits set: RSV {rsv} in a frame of opcode {kind}")
            if kind == CLOSE:
                return self._close_event(payload)
            if kind in (PING, PONG):
                if opcode is not None:
                    raise Violation("a control frame within a fragmented message: not handled here")
                return (NAMES[kind], payload)
            if (kind == CONTINUATION) != (opcode is not None):
                raise Violation("fragments out of order")
            opcode, compressed = opcode or kind, compressed or rsv
            parts.append(payload)
            if fin:
                whole = parts[0] if len(parts) == 1 else b"".join(parts)
                return (NAMES[opcode], self.deflate.inflate(whole) if compressed else whole)

    def _may_be_compressed(self, rsv):
        return rsv == RSV1 and self.deflate is not None and self.deflate.agreed is not None

    def _frame(self, deadline):
        start = self._take(2, deadline)
        if start is None:
            return None
        fin, rsv, opcode = start[0] & 0x80, start[0] >> 4 & 0x07, start[0] & 0x0F
        size = start[1] & 0x7F
        if opcode != CONTINUATION and opcode not in NAMES:
            raise Violation(f"reserved opcode {opcode}")
        if start[1] & 0x80:
            raise Violation("the server masks its frames")
        if opcode >= CLOSE and (size > 125 or not fin):
            raise Violation("a control frame that is long or fragmented")
        if size == 126:
            size = self._length(2, 126, deadline)
        elif size == 127:
            size = self._length(8, 65536, deadline)
        payload = self._take(size, deadline)
        if payload is None:
            raise Violation("the connection ended within a frame")
        return fin, rsv, opcode, payload

    def _length(self, octets, size_min, deadline):
        field = self._take(octets, deadline)
        if field is None:
            raise Violation("the connection ended within a frame")
        size = int.from_bytes(field, "big")
        if size < size_min:
            raise Violation("a length that is not in its shortest form")
        return size

    def _take(self, size, deadline):
        """`size` bytes; None if the connection ends before."""
        while len(self._received) < size:
            if not self._receive_more(deadline):
                if self._received:
                    raise Violation("the connection ended within a frame")
                return None
        taken = bytes(memoryview(self._received)[:size])
        del self._received[:size]
        return taken

    def _receive_more(self, deadline):
        if self._ended:
            return False
        left = deadline - time.monotonic()
        if left <= 0:
            raise Silence("nothing more arrives")
        self._socket.settimeout(left)
        try:
            octets = self._socket.recv(RECEIVE_BYTES)
        except TimeoutError:
            raise Silence("nothing more arrives") from None
        except OSError:  # reset: the server closed before it had read all of our bytes
            octets = b""
        self._ended = not octets
        self._received += octets
        return not self._ended

    def _close_event(self, payload):
        if len(payload) == 1:
            raise Violation("a close frame of one octet")
        code = int.from_bytes(payload[:2], "big") if payload else None
        try:
            reason = payload[2:].decode("utf-8")
        except UnicodeDecodeError:
            raise Violation("a close reason that is not UTF-8") from None
        return ("close", code, reason)

    def _handshake(self, port):
        key = base64.b64encode(os.urandom(16))
        extensions = b""
        if self.deflate:
            extensions = b"Sec-WebSocket-Extensions: %s\r\n" % self.deflate.header().encode()
        self._socket.sendall(
            b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n%s\r\n"
            % (port, key, extensions)
        )
        deadline = time.monotonic() + self.timeout_seconds
        while b"\r\n\r\n" not in self._received:
            if len(self._received) > 65536 or not self._receive_more(deadline):
                raise Violation("no answer to the handshake")
        head, _, rest = bytes(self._received).partition(b"\r\n\r\n")
        self._received = bytearray(rest)
        status, *lines = head.decode("latin-1").split("\r\n")
        split = (line.partition(":") for line in lines)
        fields = {name.strip().lower(): value.strip() for name, _, value in split}
        accept = base64.b64encode(hashlib.sha1(key + ACCEPT_GUID).digest()).decode()
        if not status.startswith("HTTP/1.1 101"):
            raise Violation(f"handshake answered with {status!r}")
        if fields.get("upgrade", "").lower() != "websocket":
            raise Violation("handshake without Upgrade: websocket")
        if "upgrade" not in fields.get("connection", "").lower():
            raise Violation("handshake without Connection: Upgrade")
        if fields.get("sec-websocket-accept") != accept:
            raise Violation("handshake with a wrong Sec-WebSocket-Accept")
        extensions = fields.pop("sec-websocket-extensions", None)
        if self.deflate:
            self.deflate.accept(extensions)
        elif extensions is not None:
            raise Violation("handshake with an extension that was not asked for")
        if "sec-websocket-protocol" in fields:
            raise Violation("handshake with a subprotocol that was not asked for")
