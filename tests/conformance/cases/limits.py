"""Sections 9 and 10: large messages, many fragments, small chunks, many round trips."""

import random

from case import add, echoes, ends, expect, send_close
from client import BINARY, NAMES, TEXT, fragments, frame

KIB, MIB = 1024, 1024 * 1024
TIMEOUT_SECONDS = 120  # reached only if the server hangs

MESSAGE_BYTES = [64 * KIB, 256 * KIB, 1 * MIB, 4 * MIB, 8 * MIB, 16 * MIB]
FRAGMENT_BYTES = [64, 256, 1 * KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, 1 * MIB, 4 * MIB]
CHOP_BYTES = [64, 128, 256, 512, 1024, 2048]
ROUND_TRIP_BYTES = [0, 16, 64, 256, 1024, 4096]
ROUND_TRIPS = 1000


def payload_of(opcode, size):
    if opcode == BINARY:
        return random.Random(size).randbytes(size)
    return (b"BAsd7&jh23" * (size // 10 + 1))[:size]


def large(opcode, size):
    def run(client):
        payload = payload_of(opcode, size)
        client.send(frame(opcode, payload))
        return echoes(client, (NAMES[opcode], payload))

    return run


def fragmented(opcode, size, fragment_bytes):
    def run(client):
        payload = payload_of(opcode, size)
        client.send(fragments(payload, fragment_bytes, opcode))
        return echoes(client, (NAMES[opcode], payload))

    return run


def chopped(opcode, size, chop_bytes):
    def run(client):
        payload = payload_of(opcode, size)
        client.send(frame(opcode, payload), octets=chop_bytes)
        return echoes(client, (NAMES[opcode], payload))

    return run


def round_trips(opcode, size):
    def run(client):
        payload = payload_of(opcode, size)
        for _ in range(ROUND_TRIPS):
            client.send(frame(opcode, payload))
            expect(client, (NAMES[opcode], payload))
        send_close(client)
        return ends(client, codes={1000, None})

    return run


def row(part, title, make, sizes):
    for index, size in enumerate(sizes, start=1):
        add(f"{part}.{index}", title.format(size), make(size), TIMEOUT_SECONDS)


for offset, opcode in enumerate((TEXT, BINARY)):
    name = NAMES[opcode]
    row(
        f"9.{1 + offset}",
        f"{name} of {{}} octets",
        lambda size, o=opcode: large(o, size),
        MESSAGE_BYTES,
    )
    row(
        f"9.{3 + offset}",
        f"{name} of 4 MiB in fragments of {{}}",
        lambda size, o=opcode: fragmented(o, 4 * MIB, size),
        FRAGMENT_BYTES,
    )
    row(
        f"9.{5 + offset}",
        f"{name} of 1 MiB in chops of {{}}",
        lambda size, o=opcode: chopped(o, 1 * MIB, size),
        CHOP_BYTES,
    )
    row(
        f"9.{7 + offset}",
        f"{ROUND_TRIPS} round trips of {name} of {{}} octets",
        lambda size, o=opcode: round_trips(o, size),
        ROUND_TRIP_BYTES,
    )

add("10.1.1", "text of 65536 octets in fragments of 1300", fragmented(TEXT, 65536, 1300))
