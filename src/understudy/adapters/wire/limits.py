"""What a server allows a connection, whatever the service: so that no client can exhaust it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WireLimits:
    """Bytes and seconds of real time, not of the stage's clock: a stuck client is stuck in real time.

    A service's own limits come first: ``body_bytes`` below is for services that have none, or a larger one, and
    ``wait_seconds`` of a contract takes the place of ``head_seconds`` and ``body_seconds``.
    """

    head_bytes: int = 32 * 1024
    """Request line and header fields together, and trailer fields. More is 431."""
    body_bytes: int = 64 * 2**20
    """The most that is ever held of one body. More is 413."""
    head_seconds: float = 20.0
    """From a request's first byte to the end of its head. Longer is 408."""
    body_seconds: float = 60.0
    """From the end of a head to the end of the body. Longer is 408."""
    idle_seconds: float = 75.0
    """Without a request; then the connection is closed without a word."""
    stall_seconds: float = 60.0
    """Without the client reading on, when the buffers are full; then the connection is cut."""
    linger_seconds: float = 2.0
    """How long a connection is read on after its last answer, so that a client still sending gets to read it."""
    pipeline_depth: int = 32
    """Answers that may wait for their turn on one connection; beyond them it is not read."""
