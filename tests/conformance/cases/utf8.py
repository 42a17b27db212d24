"""Section 6: text is UTF-8, however it is fragmented; invalid text is rejected at once.

Sequences after Markus Kuhn's "UTF-8 decoder capability and stress test"."""

from case import NON_STRICT, OK, Failure, add, echoes, fails, show
from client import CONTINUATION, Silence, Violation, frame, message_of, text

NOT_UTF8 = frozenset({1007})

GREEK = "κ\u1f79σμε".encode()
GREETING = "Hello-µ@ßöäüàá-UTF-8!!".encode()
SURROGATE_INSIDE = GREEK + b"\xed\xa0\x80" + b"edited"


def judged(client, payload):
    if is_utf8(payload):
        return echoes(client, ("text", payload))
    return fails(client, codes=NOT_UTF8)


def whole(payload):
    def run(client):
        client.send(text(payload))
        return judged(client, payload)

    return run


def parted(*parts):
    def run(client):
        client.send(*message_of(parts))
        payload = b"".join(parts)
        return judged(client, payload)

    return run


def octets_of(payload):
    return [payload[i : i + 1] for i in range(len(payload))]


def is_utf8(payload):
    try:
        payload.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


add("6.1.1", "empty text", whole(b""))
add("6.1.2", "text in three empty fragments", parted(b"", b"", b""))
add("6.1.3", "text in three fragments, the outer ones empty", parted(b"", b"middle", b""))

add("6.2.1", "valid text", whole(GREETING))
add("6.2.2", "valid text, cut between code points", parted(GREETING[:15], GREETING[15:]))
add("6.2.3", "valid text, a fragment per octet", parted(*octets_of(GREETING)))
add("6.2.4", "valid Greek text, a fragment per octet", parted(*octets_of(GREEK)))

add("6.3.1", "invalid text", whole(SURROGATE_INSIDE))
add("6.3.2", "invalid text, a fragment per octet", parted(*octets_of(SURROGATE_INSIDE)))


# ---------------------------------------------------------------------------- 6.4: fail fast

PAUSE_SECONDS = 0.2  # long enough for a server to reject what it should accept
FAST_SECONDS = 1.0  # the limit for "at once"


def still_open(client, seconds):
    """Returns whether the server sends nothing, and what it sends otherwise."""
    try:
        event = client.receive(seconds)
    except Silence:
        return True, None
    except Violation as violation:
        raise Failure("a close with 1007", violation) from None
    return False, event


def fast(client, valid, offence, rest):
    """Sends the pieces with pauses. The server should reject the text before the last piece."""
    client.send(valid)
    open_, event = still_open(client, PAUSE_SECONDS)
    if not open_:
        raise Failure("silence while the text is valid", show(event))
    client.send(offence)
    open_, event = still_open(client, FAST_SECONDS)
    if open_:
        client.send(rest)
        fails(client, codes=NOT_UTF8)
        return NON_STRICT
    if event[0] == "end":
        return NON_STRICT
    if event[:2] != ("close", 1007):
        raise Failure("a close with 1007", show(event))
    return OK


BEYOND_UNICODE = b"\xf4\x90\x80\x80"  # invalid from its second byte on
TEXT_BEYOND = GREEK + BEYOND_UNICODE + b"edited"
AROUND_SEQUENCE = (len(GREEK), len(GREEK) + len(BEYOND_UNICODE))
AROUND_OCTET = (len(GREEK) + 1, len(GREEK) + 2)


def fast_by_frames(cuts):
    def run(client):
        first, second = cuts
        return fast(
            client,
            text(TEXT_BEYOND[:first], fin=False),
            frame(CONTINUATION, TEXT_BEYOND[first:second], fin=False),
            frame(CONTINUATION, TEXT_BEYOND[second:]),
        )

    return run


def fast_by_chops(cuts):
    def run(client):
        whole_frame = text(TEXT_BEYOND)
        header = len(whole_frame) - len(TEXT_BEYOND)
        first, second = (header + cut for cut in cuts)
        return fast(client, whole_frame[:first], whole_frame[first:second], whole_frame[second:])

    return run


add("6.4.1", "invalid sequence in the second of three fragments", fast_by_frames(AROUND_SEQUENCE))
add("6.4.2", "invalid octet in the second of three fragments", fast_by_frames(AROUND_OCTET))
add("6.4.3", "invalid sequence in the second of three chops", fast_by_chops(AROUND_SEQUENCE))
add("6.4.4", "invalid octet in the second of three chops", fast_by_chops(AROUND_OCTET))


# --------------------------------------------------------------- 6.5 to 6.23: sequences

MISSING_LAST = [
    b"\xc0", b"\xe0\x80", b"\xf0\x80\x80", b"\xf8\x80\x80\x80", b"\xfc\x80\x80\x80\x80",
    b"\xdf", b"\xef\xbf", b"\xf7\xbf\xbf", b"\xfb\xbf\xbf\xbf", b"\xfd\xbf\xbf\xbf\xbf",
]  # fmt: skip


def lonely(first, last):
    return b"".join(bytes([octet, 0x20]) for octet in range(first, last))


def wtf8(*code_units):
    """UTF-16 code units, including surrogates, each encoded like UTF-8."""
    return "".join(map(chr, code_units)).encode("utf-8", "surrogatepass")


def noncharacters():
    """U+FFFE and U+FFFF, then the four-byte noncharacters of the form F? ?F BF B[EF]."""
    found = [b"\xef\xbf\xbe", b"\xef\xbf\xbf"]
    for lead in (0xF0, 0xF1, 0xF2, 0xF3, 0xF4):
        for second in (0x8F, 0x9F, 0xAF, 0xBF):
            pair = [bytes([lead, second, 0xBF, last]) for last in (0xBE, 0xBF)]
            found += [sequence for sequence in pair if is_utf8(sequence)]
    return found


SEQUENCES = {
    5: ("valid sequences", [
        b"hello\x24world", "hello¢world".encode(), "hello€world".encode(),
        b"hello\xf0\xa4\xad\xa2world", GREEK,
    ]),
    6: ("prefixes of a valid text", [GREEK[:size] for size in range(1, len(GREEK) + 1)]),
    7: ("first sequence of each length", [
        b"\x00", b"\xc2\x80", b"\xe0\xa0\x80", b"\xf0\x90\x80\x80",
    ]),
    8: ("first sequence of length 5 and 6", [b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80"]),
    9: ("last sequence of each length", [
        b"\x7f", b"\xdf\xbf", b"\xef\xbf\xbf", b"\xf4\x8f\xbf\xbf",
    ]),
    10: ("last sequence of length 4, 5 and 6", [
        b"\xf7\xbf\xbf\xbf", b"\xfb\xbf\xbf\xbf\xbf", b"\xfd\xbf\xbf\xbf\xbf\xbf",
    ]),
    11: ("other borders", [
        b"\xed\x9f\xbf", b"\xee\x80\x80", b"\xef\xbf\xbd", b"\xf4\x8f\xbf\xbf", b"\xf4\x90\x80\x80",
    ]),
    12: ("continuation octets alone", [
        b"\x80", b"\xbf", *((b"\x80\xbf" * 3)[:size] for size in range(2, 7)),
        bytes(range(0x80, 0xBF)),
    ]),
    13: ("start octets alone", [
        lonely(0xC0, 0xDF), lonely(0xE0, 0xEF), lonely(0xF0, 0xF7),
        lonely(0xF8, 0xFB), lonely(0xFC, 0xFD),
    ]),
    14: ("sequences without their last octet", MISSING_LAST),
    15: ("incomplete sequences in a row", [b"".join(MISSING_LAST)]),
    16: ("impossible octets", [b"\xfe", b"\xff", b"\xfe\xfe\xff\xff"]),
    17: ("overlong slash", [
        b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf",
        b"\xf8\x80\x80\x80\xaf", b"\xfc\x80\x80\x80\x80\xaf",
    ]),
    18: ("largest overlong sequences", [
        b"\xc1\xbf", b"\xe0\x9f\xbf", b"\xf0\x8f\xbf\xbf",
        b"\xf8\x87\xbf\xbf\xbf", b"\xfc\x83\xbf\xbf\xbf\xbf",
    ]),
    19: ("overlong NUL", [
        b"\xc0\x80", b"\xe0\x80\x80", b"\xf0\x80\x80\x80",
        b"\xf8\x80\x80\x80\x80", b"\xfc\x80\x80\x80\x80\x80",
    ]),
    20: ("surrogates alone", [
        wtf8(unit) for unit in (0xD800, 0xDB7F, 0xDB80, 0xDBFF, 0xDC00, 0xDF80, 0xDFFF)
    ]),
    21: ("surrogates in pairs", [
        wtf8(high) + wtf8(low)
        for high in (0xD800, 0xDB7F, 0xDB80, 0xDBFF)
        for low in (0xDC00, 0xDFFF)
    ]),
    22: ("noncharacters, which are valid", noncharacters()),
    23: ("specials", [chr(code_point).encode() for code_point in range(0xFFF9, 0x10000)]),
}  # fmt: skip

for part, (title, payloads) in SEQUENCES.items():
    for index, payload in enumerate(payloads, start=1):
        add(f"6.{part}.{index}", f"{title}: {payload[:12].hex(' ')}", whole(payload))
