"""Section 4: a reserved opcode fails the connection, for data (3 to 7) and control (11 to 15)."""

from case import add, fails
from client import PING, frame, text

HELLO = b"Hello, world!"


def alone(opcode, payload):
    def run(client):
        client.send(frame(opcode, payload))
        return fails(client)

    return run


def behind_text(opcode, payload, octets):
    def run(client):
        client.send(text(HELLO), frame(opcode, payload), frame(PING), octets=octets)
        return fails(client, ("text", HELLO))

    return run


for part, start in ((1, 3), (2, 11)):
    add(f"4.{part}.1", f"opcode {start} without a payload", alone(start, b""))
    add(f"4.{part}.2", f"opcode {start + 1} with a payload", alone(start + 1, HELLO))
    add(f"4.{part}.3", f"text, opcode {start + 2}, ping", behind_text(start + 2, b"", None))
    title = "text, opcode {} with a payload, ping"
    add(f"4.{part}.4", title.format(start + 3), behind_text(start + 3, HELLO, None))
    title += ", octet by octet"
    add(f"4.{part}.5", title.format(start + 4), behind_text(start + 4, HELLO, 1))
