"""Section 2: pings are answered with their payload, pongs are not answered."""

from case import case, echoes, fails
from client import PING, PONG, frame

BINARY_PAYLOAD = bytes.fromhex("00fffefdfcfb00ff")
LONGEST = b"\xfe" * 125


def pongs(client, *payloads, octets=None):
    client.send(*(frame(PING, payload) for payload in payloads), octets=octets)
    return echoes(client, *(("pong", payload) for payload in payloads))


@case("2.1", "ping without a payload")
def _(client):
    return pongs(client, b"")


@case("2.2", "ping with a text payload")
def _(client):
    return pongs(client, b"Hello, world!")


@case("2.3", "ping with a payload that is not UTF-8")
def _(client):
    return pongs(client, BINARY_PAYLOAD)


@case("2.4", "ping of 125 octets")
def _(client):
    return pongs(client, LONGEST)


@case("2.5", "ping of 126 octets")
def _(client):
    client.send(frame(PING, LONGEST + b"\xfe"))
    return fails(client)


@case("2.6", "ping of 125 octets, octet by octet")
def _(client):
    return pongs(client, LONGEST, octets=1)


@case("2.7", "pong nobody asked for, without a payload")
def _(client):
    client.send(frame(PONG))
    return echoes(client)


@case("2.8", "pong nobody asked for, with a payload")
def _(client):
    client.send(frame(PONG, b"unsolicited pong payload"))
    return echoes(client)


@case("2.9", "pong nobody asked for, then a ping")
def _(client):
    client.send(frame(PONG, b"unsolicited pong payload"), frame(PING, b"ping payload"))
    return echoes(client, ("pong", b"ping payload"))


TEN = [f"payload-{i}".encode() for i in range(10)]


@case("2.10", "ten pings")
def _(client):
    return pongs(client, *TEN)


@case("2.11", "ten pings, octet by octet")
def _(client):
    return pongs(client, *TEN, octets=1)
