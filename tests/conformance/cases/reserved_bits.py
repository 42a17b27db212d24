"""Section 3: a reserved bit that was not negotiated fails the connection."""

from case import case, fails
from client import BINARY, CLOSE, PING, frame, text

HELLO = b"Hello, world!"
ECHO = ("text", HELLO)


@case("3.1", "text with RSV 1")
def _(client):
    client.send(text(HELLO, rsv=1))
    return fails(client)


@case("3.2", "text, then text with RSV 2, then ping, at once")
def _(client):
    client.send(text(HELLO) + text(HELLO, rsv=2) + frame(PING))
    return fails(client, ECHO)


@case("3.3", "text, then text with RSV 3, then ping, frame by frame")
def _(client):
    client.send(text(HELLO), text(HELLO, rsv=3), frame(PING))
    return fails(client, ECHO)


@case("3.4", "text, then text with RSV 4, then ping, octet by octet")
def _(client):
    client.send(text(HELLO), text(HELLO, rsv=4), frame(PING), octets=1)
    return fails(client, ECHO)


@case("3.5", "binary with RSV 5")
def _(client):
    client.send(frame(BINARY, b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff", rsv=5))
    return fails(client)


@case("3.6", "ping with RSV 6")
def _(client):
    client.send(frame(PING, HELLO, rsv=6))
    return fails(client)


@case("3.7", "close with RSV 7")
def _(client):
    client.send(frame(CLOSE, rsv=7))
    return fails(client)
