"""Section 1: payloads of lengths around each limit of the length field."""

from case import add, echoes
from client import BINARY, NAMES, TEXT, frame

SIZES = [0, 125, 126, 127, 128, 65535, 65536, 65536]
CHOP_BYTES = 997  # the last case of each row: the same as the one before, sent in chunks


def echo_of(opcode, payload, octets):
    def run(client):
        client.send(frame(opcode, payload), octets=octets)
        return echoes(client, (NAMES[opcode], payload))

    return run


for part, opcode, filler in ((1, TEXT, b"*"), (2, BINARY, b"\xfe")):
    for index, size in enumerate(SIZES, start=1):
        octets = CHOP_BYTES if index == len(SIZES) else None
        title = f"{NAMES[opcode]} message of {size} octets"
        title += f" in chops of {octets}" if octets else ""
        add(f"1.{part}.{index}", title, echo_of(opcode, filler * size, octets))
