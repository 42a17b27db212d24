"""The client's side of permessage-deflate (RFC 7692): sends the offer, and checks the response and
every compressed message against the RFC. Uses Python's zlib. One object per connection."""

import zlib

from client import Violation

NAME = "permessage-deflate"
TAIL = b"\x00\x00\xff\xff"
WINDOW_BITS_MIN = 9  # for zlib; the RFC also allows 8
WINDOW_BITS_MAX = 15
# The window is checked by inflating in steps, because within one step zlib also accepts a match
# beyond the window.
STEP_BYTES = 256

FLAGS = ("server_no_context_takeover", "client_no_context_takeover")
WINDOWS = ("server_max_window_bits", "client_max_window_bits")


def offer(server_no_context_takeover=False, server_max_window_bits=0):
    """The offer of a client that supports every parameter of a server. 0: unlimited."""
    parameters = {"client_no_context_takeover": None, "client_max_window_bits": None}
    if server_no_context_takeover:
        parameters["server_no_context_takeover"] = None
    if server_max_window_bits:
        parameters["server_max_window_bits"] = server_max_window_bits
    return parameters


def spelled(parameters):
    return [name if value is None else f"{name}={value}" for name, value in parameters.items()]


class PermessageDeflate:
    def __init__(self, offers):
        self.offers = offers
        self.agreed = None  # the parameters of the server's response; None if it declined
        self.compressed_messages = 0  # received
        self._deflater = self._inflater = None

    def header(self):
        return ", ".join("; ".join([NAME, *spelled(one)]) for one in self.offers)

    def accept(self, answer):
        """`answer` is the server's header value, or None."""
        if answer is None:
            return
        agreed = parse(answer)
        reasons = [why_not(one, agreed) for one in self.offers]
        if all(reasons):
            raise Violation(f"the answer {answer!r} to none of our offers: {reasons}")
        self.agreed = agreed

    def compress(self, payload):
        if self._deflater is None or "client_no_context_takeover" in self.agreed:
            bits = max(WINDOW_BITS_MIN, self.agreed.get("client_max_window_bits", WINDOW_BITS_MAX))
            self._deflater = zlib.compressobj(wbits=-bits)
        octets = self._deflater.compress(payload) + self._deflater.flush(zlib.Z_SYNC_FLUSH)
        return octets[: -len(TAIL)]

    def inflate(self, octets):
        if self._inflater is None or "server_no_context_takeover" in self.agreed:
            bits = max(WINDOW_BITS_MIN, self.agreed.get("server_max_window_bits", WINDOW_BITS_MAX))
            self._inflater = zlib.decompressobj(wbits=-bits)
        self.compressed_messages += 1
        rest, parts = octets + TAIL, []
        try:
            while rest and not self._inflater.eof:
                parts.append(self._inflater.decompress(rest, STEP_BYTES))
                rest = self._inflater.unconsumed_tail
            # Data that zlib still has buffered from the last step.
            while part := self._inflater.decompress(b"", STEP_BYTES):
                parts.append(part)
        except zlib.error as error:
            raise Violation(f"a compressed message that does not inflate: {error}") from None
        return b"".join(parts)


def parse(answer):
    """RFC 7692 section 7.1: what a response may contain, whatever the offer."""
    name, *parameters = (part.strip() for part in answer.split(";"))
    if name != NAME:
        raise Violation(f"an extension that was not offered: {answer!r}")
    agreed = {}
    for parameter in parameters:
        key, equals, value = (part.strip() for part in parameter.partition("="))
        if key in agreed:
            raise Violation(f"{key} twice in {answer!r}")
        if key in FLAGS and not equals:
            agreed[key] = None
        elif key in WINDOWS and value in [str(bits) for bits in range(8, WINDOW_BITS_MAX + 1)]:
            agreed[key] = int(value)
        else:
            raise Violation(f"the parameter {parameter!r} in {answer!r}")
    return agreed


def why_not(offered, agreed):
    """The reason why `agreed` is no valid response to `offered`; None if it is one."""
    if "server_no_context_takeover" in offered and "server_no_context_takeover" not in agreed:
        return "server_no_context_takeover is ignored (section 7.1.1.1)"
    bound = offered.get("server_max_window_bits")
    if bound is not None and agreed.get("server_max_window_bits", WINDOW_BITS_MAX + 1) > bound:
        return "server_max_window_bits is ignored (section 7.1.2.1)"
    bits = agreed.get("client_max_window_bits")
    if bits is not None and "client_max_window_bits" not in offered:
        return "client_max_window_bits without being offered (section 7.1.2.2)"
    if bits is not None and bits > (offered["client_max_window_bits"] or WINDOW_BITS_MAX):
        return "client_max_window_bits above the offer (section 7.1.2.2)"
    return None
