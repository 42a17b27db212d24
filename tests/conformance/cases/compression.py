"""Sections 12 and 13: permessage-deflate, with different payloads and different offers.

Autobahn sends a thousand messages per case, cut from files. Here they are fewer, cut from similar
data of a seeded generator."""

import functools
import random
from typing import Callable, NamedTuple

from case import NON_STRICT, Failure, add, ends, expect, send_close
from client import BINARY, NAMES, RSV1, TEXT, message_of
from deflate import offer, spelled

KIB = 1024
TIMEOUT_SECONDS = 60  # reached only if the server hangs
MESSAGES_MAX, MESSAGES_MIN, CASE_BYTES = 50, 8, 2 * KIB * KIB
DATA_BYTES = 256 * KIB

# Bytes per message, and per fragment of the compressed message; 0: not fragmented.
SIZES = [
    *((size, 0) for size in (16, 64, 256)),
    *((size * KIB, 0) for size in (1, 4, 8, 16, 32, 64, 128)),
    *((size * KIB, 256) for size in (8, 16, 32, 64, 128)),
    *((128 * KIB, fragment) for fragment in (1 * KIB, 4 * KIB, 32 * KIB)),
]


# --------------------------------------------------------------------------------------- payloads


def json_of(chance):
    return b'{"person_id": "%08x", "block": %d, "on_call": %s, "message": "%s"},\n' % (
        chance.getrandbits(32),
        chance.randrange(730),
        chance.choice((b"true", b"false")),
        chance.choice((b"Swap approved", b"Absence added", b"Coverage gap")),
    )


def bitmap_of(chance):
    shade = chance.randrange(200)
    return bytes(shade + chance.randrange(3) for _ in range(64))


def prose_of(chance):
    words = "Habe nun ach Philosophie Juristerei und Medizin und leider auch Theologie durchaus"
    line = chance.choices([*words.split(), "studiert", "mit heißem Bemühn"], k=8)
    return (" ".join(line) + "\n").encode()


def html_of(chance):
    return b'<tr class="row"><td>%d</td><td><a href="/people/%x">%s</a></td></tr>\n' % (
        chance.randrange(1000),
        chance.getrandbits(24),
        chance.choice((b"ward", b"clinic", b"night")),
    )


def document_of(chance):
    places = (b"%010d 00000 n \n" % chance.randrange(10**6) for _ in range(20))
    return b"<< /Filter /FlateDecode >> stream\n" + chance.randbytes(900) + b"".join(places)


class Payload(NamedTuple):
    title: str
    opcode: int
    part_of: Callable


JSON = Payload("JSON", TEXT, json_of)
PAYLOADS = [
    JSON,
    Payload("a bitmap", BINARY, bitmap_of),
    Payload("prose", BINARY, prose_of),
    Payload("HTML", TEXT, html_of),
    Payload("a document that is mostly compressed already", BINARY, document_of),
]


@functools.cache
def data_of(payload):
    chance = random.Random(payload.title)
    data = bytearray()
    while len(data) < DATA_BYTES:
        data += payload.part_of(chance)
    return bytes(data)


def messages_of(payload, size):
    """Consecutive slices of the data, which wraps around."""
    data = data_of(payload)
    data += data[:size]
    for i in range(max(MESSAGES_MIN, min(MESSAGES_MAX, CASE_BYTES // size))):
        at = i * size % DATA_BYTES
        yield data[at : at + size]


# ------------------------------------------------------------------------------------------ cases


def cut(octets, size):
    if not size:
        return [octets]
    return [octets[at : at + size] for at in range(0, len(octets), size)]


def round_trips(payload, size, fragment_bytes):
    def run(client):
        if client.deflate.agreed is None:
            return declined(client)
        for message in messages_of(payload, size):
            parts = cut(client.deflate.compress(message), fragment_bytes)
            client.send(b"".join(message_of(parts, payload.opcode, RSV1)))
            expect(client, (NAMES[payload.opcode], message))
        compressed = client.deflate.compressed_messages
        send_close(client)
        judgement = ends(client, codes={1000, None})
        # All but the shortest shrink: a server that negotiated compression should use it.
        return judgement if compressed or size < KIB else NON_STRICT

    return run


def declined(client):
    """A server need not support limiting its window (RFC 7692 section 7.1.2.1) and then declines
    an offer that requires it. All other offers require only what every implementation has."""
    if not all("server_max_window_bits" in one for one in client.deflate.offers):
        raise Failure("permessage-deflate", "a handshake without it")
    send_close(client)
    ends(client, codes={1000, None})
    return NON_STRICT


def section(part, title, payload, offers):
    for index, (size, fragment_bytes) in enumerate(SIZES, start=1):
        cutting = f" in fragments of {fragment_bytes}" if fragment_bytes else ""
        add(
            f"{part}.{index}",
            f"messages of {size} octets{cutting}, {title}",
            round_trips(payload, size, fragment_bytes),
            TIMEOUT_SECONDS,
            offers,
        )


for number, each in enumerate(PAYLOADS, start=1):
    section(f"12.{number}", each.title, each, (offer(),))

OFFERS = [
    (offer(),),
    (offer(server_no_context_takeover=True),),
    (offer(server_max_window_bits=9),),
    (offer(server_max_window_bits=15),),
    (offer(server_no_context_takeover=True, server_max_window_bits=9),),
    (offer(server_no_context_takeover=True, server_max_window_bits=15),),
    (
        offer(server_no_context_takeover=True, server_max_window_bits=9),
        offer(server_no_context_takeover=True),
        offer(),
    ),
]


def demands(parameters):
    demanded = {name: value for name, value in parameters.items() if name.startswith("server")}
    return " and ".join(spelled(demanded)) or "no demand"


for number, offers in enumerate(OFFERS, start=1):
    section(f"13.{number}", f"offering {' or '.join(map(demands, offers))}", JSON, offers)
