"""Definition of a test case, the list of all cases, and functions that judge a run.

Judgements are those of the Autobahn test suite: OK, NON-STRICT (tolerated there; fails with
--strict), INFORMATIONAL (the RFC leaves it open), or a failure. In addition, a server that drops
the connection instead of sending a close frame with a code is NON-STRICT here."""

from dataclasses import dataclass
from typing import Callable, Optional

from client import END, Client, Silence, Violation, close
from deflate import PermessageDeflate

OK, NON_STRICT, INFORMATIONAL = "OK", "NON-STRICT", "INFORMATIONAL"

# Number of cases in each section of the Autobahn test suite.
SECTION_SIZES = {1: 16, 2: 11, 3: 7, 4: 10, 5: 20, 6: 145, 7: 37, 9: 54, 10: 1, 12: 90, 13: 126}


class Failure(Exception):
    def __init__(self, expected, got):
        super().__init__(f"expected {expected}, got {got}")


@dataclass(frozen=True)
class Case:
    number: str
    title: str
    run: Callable[[Client], str]
    timeout_seconds: float
    offers: tuple

    def deflate(self) -> Optional[PermessageDeflate]:
        return PermessageDeflate(self.offers) if self.offers else None


CASES: list[Case] = []


def add(number, title, run, timeout_seconds=8, offers=()):
    """`run` takes a connected client and returns the judgement, or raises. `offers` are the
    offers of permessage-deflate in its handshake."""
    CASES.append(Case(number, title, run, timeout_seconds, offers))


def case(number, title):
    def register(run):
        add(number, title, run)
        return run

    return register


def check_numbering():
    numbers = [each.number for each in CASES]
    assert len(set(numbers)) == len(numbers), "a case number is used twice"
    for section, size in SECTION_SIZES.items():
        there = sum(number.startswith(f"{section}.") for number in numbers)
        assert there == size, f"section {section} has {there} cases, not {size}"


def expect(client, *events):
    for event in events:
        got = receive(client, show(event))
        if got != event:
            raise Failure(show(event), show(got))


def echoes(client, *events):
    """The server answers with these events and nothing else; then the client closes cleanly."""
    expect(client, *events)
    send_close(client)
    return ends(client, codes={1000, None})


def fails(client, *before, codes=frozenset({1002})):
    """The server may complete messages before the violation, then it fails the connection."""
    return ends(client, *before, codes=codes, clean=False)


def send_close(client, code=1000):
    client.sent_close = True
    client.send(close(code))


def ends(client, *before, codes, clean=True):
    """The connection ends with a close frame with one of `codes` (None: without a code). Unless
    `clean`, the events `before` may be missing, or the connection may be dropped."""
    wanted = f"a close with {' or '.join(str(code) for code in sorted(codes, key=str))}"
    due = list(before)
    last = receive(client, wanted)
    while last[0] not in ("close", "end"):
        if not due or last != due.pop(0):
            raise Failure(" ".join([*map(show, before), wanted]), show(last))
        last = receive(client, wanted)
    if due and (clean or len(due) < len(before)):
        raise Failure(" ".join([*map(show, before), wanted]), f"{show(last)} too early")
    judgement = NON_STRICT if due else OK
    if last == END:
        if clean:
            raise Failure(wanted, "a dropped connection")
        return NON_STRICT
    if last[1] not in codes:
        raise Failure(wanted, show(last))
    if not client.sent_close:
        send_close(client, 1000 if last[1] is None else last[1])
    after = receive(client, "the end of the connection")
    if after != END:
        raise Failure("nothing behind the close frame", show(after))
    return judgement


def receive(client, wanted, timeout_seconds=None):
    try:
        return client.receive(timeout_seconds)
    except Silence as silence:
        raise Failure(wanted, silence) from None
    except Violation as violation:
        raise Failure(wanted, violation) from None


def show(event):
    name, *values = event
    if name == "close":
        return f"close {values[0]} {values[1]!r}".rstrip(" '")
    if not values:
        return "a dropped connection"
    payload = values[0]
    if len(payload) <= 48:
        return f"{name} {payload!r}"
    return f"{name} of {len(payload)} octets, {payload[:24]!r}..."
