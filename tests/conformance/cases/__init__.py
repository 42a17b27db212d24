"""The cases, a module per section of the Autobahn test suite; importing a module adds its cases."""

from . import (  # noqa: F401
    closing,
    compression,
    fragmentation,
    framing,
    limits,
    opcodes,
    pings,
    reserved_bits,
    utf8,
)
