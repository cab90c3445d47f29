"""The suite itself: its judge, a lawful call, what cannot be observed, and the helpers that its scripts share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from understudy.verify.reading import Reading
from understudy.verify.session import Session, Unmet
from understudy.verify.suite import Arranged, Suite

from .judge import EtriJudge
from .passages import HANGUL_WHO, Item

_SAMPLE = (
    "what a program prints is no part of an exchange; what the sample needs of an answer (status, head and body) is "
    "judged under etri.head and etri.success"
)
_ONE_ADDRESS = "all calls of a verification come from one address"

UNOBSERVABLE: Mapping[str, str] = {
    "etri.service.origin": "an instance under test stands elsewhere, by its nature",
    "etri.service.shut-down": "it speaks of the address in the document, not of an instance",
    "etri.service.successor": "it speaks of another service than the one under test",
    "etri.auth.key-was-in-body": "it speaks of the past",
    "etri.head.connection-closes": "what becomes of a connection after its answer is not seen by a call's observer",
    "etri.head.one-piece": "an answer is handed over whole; only that it came chunked would be seen",
    "etri.sample.java": _SAMPLE,
    "etri.sample.php": _SAMPLE,
    "etri.sample.cpp": _SAMPLE,
    "etri.sample.python": _SAMPLE,
    "etri.sample.node": _SAMPLE,
    "etri.limit.ips-per-key": _ONE_ADDRESS,
    "etri.limit.allowed-ips": _ONE_ADDRESS,
}

EMBEDDED_LIMITS: Mapping[str, Any] = {
    "daily_calls": 40,
    "monthly_calls": 60,
    "yearly_calls": 80,
    "keys_per_ip": 100,
    "allowed_subpaths": ["", "/open"],
    "concurrent_calls": 4,
    "body_bytes": 65_536,
    "wait_seconds": 0.2,
}


MOST_BODY_BYTES = 16 * 2**20
"""No larger body is sent to find out what is too large."""


def arrange(session: Session, operation: str) -> Arranged | None:
    """A lawful call of the one operation."""
    return Arranged(body=HANGUL_WHO.body) if operation == "readPassage" else None


suite = Suite("etri_mrc", EtriJudge, arrange, unobservable=UNOBSERVABLE, embedded_limits=EMBEDDED_LIMITS)


def ask(session: Session, item: Item = HANGUL_WHO, **parts: Any) -> Reading:
    """Ask a question. By the consecutive-calls dialect a second goes by first, where the clock can be moved."""
    if in_a_row(session) and session.embedded:
        session.advance(1.0)
    return session.call("readPassage", **{"body": item.body, **parts})


def in_a_row(session: Session) -> bool:
    """Whether the consecutive-calls dialect is in force."""
    return session.judge.readings["etri.concurrent-or-consecutive"] == "consecutive"


def told(session: Session, limit: str) -> bool:
    """Whether a limit's number is known, and not only the contract's assumption."""
    return session.embedded or limit in session.target.limits


def number(session: Session, limit: str) -> float:
    """A limit as a number above 0. Raises `Unmet` when it is none."""
    value = session.limit(limit)
    if not isinstance(value, int | float) or value <= 0:
        raise Unmet(f"the target has no {limit}")
    return value


def assumed_only(session: Session) -> None:
    """Raise `Unmet` unless the target is embedded: what is only assumed is not worth a call to another one."""
    if not session.embedded:
        raise Unmet("only assumed; left out to spare the target's calls")


def body_of(size: int) -> bytes:
    """A lawful body of so many bytes, most of them white space."""
    text = json.dumps(HANGUL_WHO.body).encode("ascii")
    if size < len(text):
        raise Unmet(f"a lawful body has {len(text)} bytes and the target takes {size}")
    return b"{" + b" " * (size - len(text)) + text[1:]
