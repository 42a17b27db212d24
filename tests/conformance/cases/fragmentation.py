"""Section 5: fragments are joined, control frames may come between them, order is kept."""

from case import add, case, echoes, expect, fails
from client import CONTINUATION, PING, PONG, frame, message_of, text

ONE, TWO = b"fragment1", b"fragment2"
WHOLE = ("text", ONE + TWO)

# Each sequence is sent three times: at once, frame by frame, byte by byte.
WAYS = ("at once", "frame by frame", "octet by octet")


def send_as(client, way, frames):
    if way == "at once":
        client.send(b"".join(frames))
    else:
        client.send(*frames, octets=1 if way == "octet by octet" else None)


def fragmented_control(opcode):
    def run(client):
        client.send(*message_of([ONE, TWO], opcode))
        return fails(client)

    return run


def joined(way, ping):
    def run(client):
        first, last = message_of([ONE, TWO])
        between = [] if ping is None else [frame(PING, ping)]
        send_as(client, way, [first, *between, last])
        return echoes(client, *(() if ping is None else (("pong", ping),)), WHOLE)

    return run


def nothing_to_continue(way, fin):
    def run(client):
        stray = frame(CONTINUATION, b"non-continuation payload", fin=fin)
        send_as(client, way, [stray, text(b"Hello, world!")])
        return fails(client)

    return run


add("5.1", "ping in two fragments", fragmented_control(PING))
add("5.2", "pong in two fragments", fragmented_control(PONG))
for index, way in enumerate(WAYS):
    add(f"5.{3 + index}", f"text in two fragments, {way}", joined(way, None))
    add(f"5.{6 + index}", f"the same with a ping between, {way}", joined(way, b"ping payload"))
    stray = "continuation of nothing, then text"
    add(f"5.{9 + index}", f"final {stray}, {way}", nothing_to_continue(way, True))
    add(f"5.{12 + index}", f"{stray}, {way}", nothing_to_continue(way, False))


@case("5.15", "text in two fragments, then a continuation of nothing, then text, at once")
def _(client):
    stray = frame(CONTINUATION, b"fragment3", fin=False)
    client.send(b"".join([*message_of([ONE, TWO]), stray, text(b"fragment4")]))
    return fails(client, WHOLE)


def stray_before_each_message(fin):
    def run(client):
        for _ in range(2):
            client.send(frame(CONTINUATION, ONE, fin=fin), *message_of([TWO, b"fragment3"]))
        return fails(client)

    return run


TWICE = "continuation of nothing, then text in two fragments, twice"
add("5.16", TWICE, stray_before_each_message(False))
add("5.17", f"final {TWICE}", stray_before_each_message(True))


@case("5.18", "text in two fragments that both say text")
def _(client):
    client.send(text(ONE, fin=False), text(TWO))
    return fails(client)


def two_pings(way):
    """The first ping is answered before the rest of the message is sent."""

    def run(client):
        parts = [b"fragment%d" % i for i in range(1, 6)]
        frames = message_of(parts)
        send_as(client, way, [*frames[:2], frame(PING, b"pongme 1!")])
        expect(client, ("pong", b"pongme 1!"))
        send_as(client, way, [*frames[2:4], frame(PING, b"pongme 2!"), frames[4]])
        return echoes(client, ("pong", b"pongme 2!"), ("text", b"".join(parts)))

    return run


for index, way in enumerate(WAYS[:2]):
    title = f"text in five fragments with two pings between, {way}"
    add(f"5.{19 + index}", title, two_pings(way))
