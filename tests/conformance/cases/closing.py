"""Section 7: the closing handshake, and the contents of close frames."""

from case import INFORMATIONAL, add, case, ends, fails, receive
from client import CLOSE, CONTINUATION, PING, close, frame, text

HELLO = b"Hello World!"
NORMAL = frozenset({1000, None})

VALID_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999]
INVALID_CODES = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999]


def closed_by_us(client, *frames):
    client.sent_close = True
    client.send(*frames)


@case("7.1.1", "text, then close")
def _(client):
    closed_by_us(client, text(HELLO), close(1000))
    return ends(client, ("text", HELLO), codes=NORMAL)


@case("7.1.2", "two close frames")
def _(client):
    closed_by_us(client, close(1000), close(1000))
    return ends(client, codes=NORMAL)


@case("7.1.3", "ping behind the close frame")
def _(client):
    closed_by_us(client, close(1000), frame(PING))
    return ends(client, codes=NORMAL)


@case("7.1.4", "text behind the close frame")
def _(client):
    closed_by_us(client, close(1000), text(HELLO))
    return ends(client, codes=NORMAL)


@case("7.1.5", "close frame within a fragmented message")
def _(client):
    first, rest = text(b"fragment1", fin=False), frame(CONTINUATION, b"fragment2")
    closed_by_us(client, first, close(1000), rest)
    return ends(client, codes=NORMAL)


@case("7.1.6", "text of 256 KiB, text, close, ping: how much is echoed is the server's choice")
def _(client):
    big = b"BAsd7&jh23" * (256 * 1024 // 10)
    closed_by_us(client, text(big), text(HELLO), close(1000), frame(PING))
    while receive(client, "the end of the connection") != ("end",):
        pass
    return INFORMATIONAL


def answered(payload, codes):
    """Our close frame is valid and is answered."""

    def run(client):
        closed_by_us(client, frame(CLOSE, payload))
        return ends(client, codes=codes)

    return run


def refused(payload, codes=frozenset({1002})):
    def run(client):
        closed_by_us(client, frame(CLOSE, payload))
        return fails(client, codes=codes)

    return run


def code(number):
    return number.to_bytes(2, "big")


add("7.3.1", "close without a payload", answered(b"", NORMAL))
add("7.3.2", "close of one octet", refused(b"a"))
add("7.3.3", "close with a code", answered(code(1000), NORMAL))
add("7.3.4", "close with a code and a reason", answered(code(1000) + b"Hello World!", NORMAL))
add("7.3.5", "close with the longest reason", answered(code(1000) + b"*" * 123, NORMAL))
add("7.3.6", "close with too long a reason", refused(code(1000) + b"*" * 124))

NOT_UTF8 = "κ\u1f79σμε".encode() + b"\xed\xa0\x80" + b"edited"
add(
    "7.5.1",
    "close with a reason that is not UTF-8",
    refused(code(1000) + NOT_UTF8, frozenset({1002, 1007})),
)

for index, number in enumerate(VALID_CODES, start=1):
    either = frozenset({1000, number})
    add(f"7.7.{index}", f"close with the valid code {number}", answered(code(number), either))

for index, number in enumerate(INVALID_CODES, start=1):
    add(f"7.9.{index}", f"close with the invalid code {number}", refused(code(number)))


def open_to_the_server(number):
    def run(client):
        closed_by_us(client, frame(CLOSE, code(number)))
        fails(client, codes=frozenset({1000, 1002, number}))
        return INFORMATIONAL

    return run


add("7.13.1", "close with the code 5000", open_to_the_server(5000))
add("7.13.2", "close with the code 65535", open_to_the_server(65535))
