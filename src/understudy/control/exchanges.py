"""Exchanges as JSON: redacted, and bounded."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from understudy.contract.secrets import REDACTED, SECRET_HEADERS
from understudy.control.showing import Json, told_time
from understudy.faults import Due
from understudy.http import Chunk
from understudy.journal import Exchange

LEAST = 32
"""How many bytes a piece of a stream counts as at least: an endless drip of single bytes is bounded too."""
CHARACTER = 4
"""How many bytes of UTF-8 a character has at most."""


def summary(exchange: Exchange) -> Json:
    """An exchange as it is listed."""
    return {
        "number": exchange.number,
        "at": exchange.at,
        "time": told_time(exchange.at),
        "service": exchange.stem,
        "operation": exchange.operation,
        "method": exchange.request.method,
        "target": exchange.request.target,
        "status": exchange.response.status,
        "latency": exchange.latency,
        "clauses": list(exchange.clauses),
        "violations": [violation._asdict() for violation in exchange.violations],
        "fault": None if exchange.fault is None else _fault(exchange.fault),
    }


def whole(exchange: Exchange, most: int) -> Json:
    """An exchange that has been redacted, as it is read. Of each body or stream ``most`` bytes are shown."""
    request, response = exchange.request, exchange.response
    headers = [[name, REDACTED if name.lower() in SECRET_HEADERS else value] for name, value in response.headers]
    stream = response.stream
    return {
        **summary(exchange),
        "request": {"headers": dict(request.headers), "peer": request.peer, "body": content(request.body, most)},
        "response": {
            "headers": headers,
            "body": content(response.body, most),
            "stream": None if stream is None else list(_pieces(stream, most)),
        },
    }


def content(data: bytes, most: int) -> Json:
    """Bytes as text where they are UTF-8, else as base64; cut where there are more than ``most``."""
    shown = data[:most]
    cut = len(shown) < len(data)
    told: Json = {"bytes": len(data), "cut": cut}
    try:
        told["text"] = shown.decode()
    except UnicodeDecodeError as error:
        if cut and error.start > len(shown) - CHARACTER:  # the cut went through a character
            told["text"] = shown[: error.start].decode()
        else:
            told["base64"] = b64encode(shown).decode()
    return told


def _pieces(chunks: Iterable[Chunk], most: int) -> Iterator[Json]:
    """What was sent, piece by piece; what there is no room for is told as one piece that is cut."""
    left, last, unshown = most, 0.0, 0
    for chunk in chunks:
        last = chunk.at
        if left > 0:
            yield {"at": chunk.at, **content(chunk.data, left)}
            left -= max(LEAST, len(chunk.data))
        else:
            unshown += len(chunk.data)
    if unshown:
        yield {"at": last, "bytes": unshown, "cut": True, "text": ""}


def _fault(due: Due) -> Json:
    found: Any = msgspec.to_builtins(due.fault)
    return {"id": due.id, "kind": found["kind"]}
