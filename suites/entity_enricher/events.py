"""A stream as events, read from its bytes. Any bytes are read safely.

Lawful are LF, CRLF and CR, comments and the other fields of Server-Sent Events (WHATWG HTML section 9.2): the sample
passes over every line that does not begin with `data: `, and reads each that does as JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from understudy.contract.bodies import BodyError, decode_json
from understudy.http import Chunk, Response
from understudy.verify.reading import readable, shown

_LINE = re.compile(rb"([^\r\n]*)(\r\n|\n|\r|\Z)")
MEDIA_TYPE = "text/event-stream"
MOST_EVENTS, MOST_LINES = 50_000, 400_000
"""How much of a stream is read: more than any job tells that a test may start."""


class Event(NamedTuple):
    """One event: when it came (seconds after the answer began), its kind if it names one, and its JSON.

    ``value`` is an empty object where the event's JSON is none; ``whole`` is the JSON as it came.
    """

    at: float
    kind: str
    value: Mapping[str, Any]
    place: int
    whole: Any = None

    @property
    def where(self) -> str:
        return f"event {self.place} ({self.kind})" if self.kind else f"event {self.place}"

    @property
    def succeeded(self) -> bool:
        """Whether what the event tells of succeeded, which one that says nothing of it is taken to have."""
        success = self.value.get("success")
        if isinstance(success, bool):
            return success
        if self.value.get("cancelled") is True or self.value.get("status") in ("failed", "error", "cancelled"):
            return False
        return not any(self.value.get(name) for name in ("error", "error_message"))

    @property
    def entity(self) -> int | None:
        """The entity of a batch that the event is about, None where it names none by a whole number."""
        index = self.value.get("entity_index")
        if isinstance(index, str) and index.isascii() and index.isdecimal() and len(index) < 10:
            return int(index)
        return index if isinstance(index, int) and not isinstance(index, bool) else None


class Flaw(NamedTuple):
    """Where the framing breaks a clause: ``seen`` in place of ``expected``."""

    clause: str
    expected: str
    seen: str


class Stream(NamedTuple):
    """The events of an answer. ``tidy``: there are no lines but data lines, each followed by CRLF CRLF."""

    events: tuple[Event, ...]
    flaws: tuple[Flaw, ...]
    tidy: bool

    def of(self, *kinds: str) -> list[Event]:
        return [event for event in self.events if event.kind in kinds]

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]


class _Line(NamedTuple):
    text: bytes
    ending: bytes
    at: float


def read_stream(response: Response, *, whole: bool = True) -> Stream:
    """The events of an answer. ``whole``: it is all there, so that what is cut off at its end is a flaw."""
    chunks: Iterable[Chunk] = response.stream if response.stream is not None else (Chunk(0.0, response.body),)
    events: list[Event] = []
    flaws: dict[str, Flaw] = {}
    tidy, group = True, list[_Line]()
    for line in islice(_lines(list(chunks)), MOST_LINES):
        if len(events) >= MOST_EVENTS:
            break
        if line.text:
            group.append(line)
            continue
        if line.ending:
            tidy &= _is_tidy(group, line.ending)
            _read_group(group, events, flaws)
            group = []
    if group and whole:
        flaw = Flaw("ee.stream.media-type", "an empty line behind every event", "none behind the last one")
        tidy = False
        if any(line.text.startswith(b"data:") for line in group):
            flaws.setdefault(flaw.clause, flaw)
        _read_group(group, events, flaws)
    return Stream(tuple(events), tuple(flaws.values()), tidy)


def read_json(text: bytes) -> Any:
    """The JSON of a text. Raises `BodyError` when it is none."""
    return decode_json(readable(Response(200, body=text)).body)


def _lines(chunks: list[Chunk]) -> Iterator[_Line]:
    content = b"".join(chunk.data for chunk in chunks)
    start = 3 if content.startswith(b"\xef\xbb\xbf") else 0
    ends, total = list[int](), 0
    for chunk in chunks:
        total += len(chunk.data)
        ends.append(total)
    piece = 0
    for found in _LINE.finditer(content, start):
        while piece < len(ends) - 1 and ends[piece] < found.end():
            piece += 1
        if found[0]:
            yield _Line(found[1], found[2], chunks[piece].at)


def _is_tidy(group: list[_Line], ending: bytes) -> bool:
    return len(group) == 1 and group[0].text.startswith(b"data: ") and group[0].ending == ending == b"\r\n"


def _read_group(group: list[_Line], events: list[Event], flaws: dict[str, Flaw]) -> None:
    """The lines between two empty ones: an event, if any of them is a data line."""
    data = [line for line in group if line.text.startswith(b"data:") or line.text == b"data"]
    if not data:
        return
    named = [line.text[6:].strip().decode("utf-8", "replace") for line in group if line.text.startswith(b"event:")]
    texts = [line.text[5:].removeprefix(b" ") for line in data]
    if any(not line.text.startswith(b"data: ") for line in data):
        _add(flaws, "ee.stream.data-line", "`data:` and a space", _text(data[0].text))
    parts = [texts] if len(texts) == 1 or _is_json(b"\n".join(texts)) else [[text] for text in texts]
    if len(texts) > 1 and len(parts) == 1:
        _add(flaws, "ee.stream.data-line", "each event on one line", f"one on {len(texts)} lines")
    if len(parts) > 1:
        _add(flaws, "ee.stream.media-type", "an empty line between two events", f"{len(parts)} data lines without one")
    for part, line in zip(parts[:MOST_EVENTS], data, strict=False):
        try:
            value = read_json(b"\n".join(part))
        except BodyError:
            _add(flaws, "ee.stream.data-line", "JSON behind `data: `", _text(b"\n".join(part)))
            continue
        events.append(_event(value, named[-1] if named else "", line.at, len(events)))


def _event(value: Any, named: str, at: float, place: int) -> Event:
    members = value if isinstance(value, dict) else {}
    kinds = (members.get("type"), members.get("event"), named)
    kind = next((kind for kind in kinds if isinstance(kind, str) and kind), "")
    return Event(at, kind, members, place, value)


def _add(flaws: dict[str, Flaw], clause: str, expected: str, seen: str) -> None:
    flaws.setdefault(clause, Flaw(clause, expected, seen))


def _is_json(text: bytes) -> bool:
    try:
        read_json(text)
    except BodyError:
        return False
    return True


def _text(text: bytes) -> str:
    return shown(ascii(text[:200].decode("utf-8", "replace")), 80)
