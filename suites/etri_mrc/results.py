"""The body of a success: its own members, and the reading inside return_object.

The document gives the reading's members no types and does not show how they stand in return_object, so every way that
its table can be read is lawful (etri.return-object, etri.confidence-type).
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from understudy.verify.reading import Reading, Verdict, shown

from .forms import texts_of
from .heads import is_number
from .indexes import WHERE, IndexBase, index

MEMBERS = ("answer", "confidence", "passage", "question", "begin", "end")
RESERVED = "reserved field"
FARTHEST = 2**53


class Found(NamedTuple):
    """What stands in return_object. ``members`` is None where nothing was found, or nothing that can be read.

    ``readable``: it is an object, or text of one. ``grouped``: the members stand together. ``nested``: under MRCInfo.
    """

    members: Mapping[str, Any] | None
    readable: bool = True
    grouped: bool = True
    nested: bool = True


def find(value: Any) -> Found:
    """The reading inside a return_object: under MRCInfo, flat, or either of them as text."""
    if isinstance(value, str):
        try:
            inner = json.loads(value)
        except (ValueError, RecursionError):
            return Found(None, readable=False)
        found = find(inner) if not isinstance(inner, str) else Found(None, readable=False)
        return found._replace(nested=False)
    if not isinstance(value, dict):
        return Found(None, readable=False)
    if not value:
        return Found(None)
    info = value.get("MRCInfo")
    if isinstance(info, dict):
        return Found(info or None, nested=bool(info))
    if "MRCInfo" not in value and "answer" in value and len(value.keys() & set(MEMBERS)) > 1:
        return Found(value, nested=False)
    return Found(None, grouped=False)


def judge_success(reading: Reading) -> Iterator[Verdict]:
    """The members of a success, but for what return_object holds."""
    value = reading.value
    yield reading.expect("etri.success.status", reading.status == 200, "status 200", reading.status, "status")
    seconds = reading.observation.elapsed
    yield reading.expect("etri.success.in-time", seconds <= 5, "an answer within 5 s", f"{seconds:.1f} s", "time")
    if not isinstance(value, dict):
        return
    given = value.get("result")
    yield reading.expect("etri.success.result", is_number(given, 0), "result 0", _seen(value, "result"))
    if is_number(given, 0):
        yield reading.expect("etri.success.result-integer", type(given) is int, "an integer", repr(given))
    request_id = value.get("request_id")
    held = isinstance(request_id, str)
    yield reading.expect("etri.success.request-id", held, "request_id, a string", _seen(value, "request_id"))
    if held:
        expected = _own_request_id(reading)
        yield reading.expect("etri.success.request-id-echo", request_id == expected, repr(expected), request_id)
    if "return_type" in value:
        held = isinstance(value["return_type"], str)
        yield reading.expect("etri.success.return-type", held, "a string", _seen(value, "return_type"))
    found = find(value.get("return_object"))
    expected = "return_object with the reading as JSON"
    yield reading.expect("etri.success.return-object", found.readable, expected, _seen(value, "return_object"))
    if found.readable:
        yield reading.expect(
            "etri.result.mrc-info", found.grouped, "the six members together", _seen(value, "return_object")
        )
        nested = found.nested and found.grouped
        expected = "an object with MRCInfo"
        yield reading.expect("etri.success.return-object-nesting", nested, expected, _seen(value, "return_object"))


def says_nothing(members: Mapping[str, Any]) -> bool:
    """Whether a reading says that nothing was found: its answer is empty, and its indexes span no text either."""
    begin, end = index(members.get("begin")), index(members.get("end"))
    return members.get("answer") == "" and (begin is None or end is None or end <= begin)


def judge_nothing(reading: Reading, members: Mapping[str, Any] | None) -> Iterator[Verdict]:
    """Nothing was found: how the answer says so. A request with an empty text is answered so too."""
    value = reading.member("return_object")
    seen = shown(repr(members or value))
    yield reading.expect("etri.result.nothing-found", value == {}, "return_object {}", seen)
    if not all(texts_of(reading.body)):
        yield reading.holds("etri.result.empty-text")


def judge_members(
    reading: Reading, members: Mapping[str, Any], passage: str, question: str, base: IndexBase
) -> Iterator[Verdict]:
    """The six members of a reading of ``passage`` and ``question``."""
    yield from _confidence(reading, members)
    for name, sent in (("passage", passage), ("question", question)):
        came, clause, where = members.get(name), f"etri.result.{name}", f"{WHERE}/{name}"
        if came == sent:
            yield reading.holds(clause, where)
        else:
            yield reading.expect(clause, False, *_apart(sent, came), where)
    answer = members.get("answer")
    if not isinstance(answer, str):
        yield reading.expect("etri.result.answer", False, "answer, a text", _seen(members, "answer"), WHERE)
        return
    yield reading.holds("etri.result.answer", WHERE)
    verbatim = answer in passage
    region = verbatim or _plain(answer) in _plain(passage)
    yield reading.expect("etri.result.answer-in-passage", region, "a region of the passage", answer, f"{WHERE}/answer")
    if region:
        expected = "the passage's own characters"
        yield reading.expect("etri.result.answer-verbatim", verbatim, expected, ascii(answer), f"{WHERE}/answer")
    yield from _indexes(reading, members, passage, answer, base)


def _indexes(
    reading: Reading, members: Mapping[str, Any], passage: str, answer: str, base: IndexBase
) -> Iterator[Verdict]:
    begin, end = index(members.get("begin")), index(members.get("end"))
    for name, place in (("begin", begin), ("end", end)):
        if place is None or abs(place) > FARTHEST:
            expected = f"{name}, an index of the passage"
            yield reading.expect(f"etri.result.{name}", False, expected, _seen(members, name), f"{WHERE}/{name}")
            begin = None
    if begin is None or end is None:
        return
    whole = type(members["begin"]) is int and type(members["end"]) is int
    expected = "begin and end to be integers"
    yield reading.expect("etri.result.integers", whole, expected, shown([members["begin"], members["end"]]), WHERE)
    yield reading.expect("etri.result.begin-not-after-end", begin <= end, "begin <= end", f"{begin} > {end}", WHERE)
    yield from base.judge(reading, passage, answer, begin, end)


def _confidence(reading: Reading, members: Mapping[str, Any]) -> Iterator[Verdict]:
    value = members.get("confidence")
    said = type(value) in (int, float) or (isinstance(value, str) and bool(value.strip()))
    where = f"{WHERE}/confidence"
    expected = "how far the answer can be trusted"
    yield reading.expect("etri.result.confidence", said, expected, _seen(members, "confidence"), where)
    if not said:
        return
    number = _decimal(value)
    textual = isinstance(value, str) and number is not None
    yield reading.expect(
        "etri.result.confidence-string", textual, "a string with a decimal number", shown(value), where
    )
    if number is not None:
        yield reading.expect("etri.result.confidence-range", 0 <= number <= 1, "from 0 to 1", shown(value), where)


def _decimal(value: Any) -> float | None:
    try:
        return float(value) if not isinstance(value, str) or value.isascii() else None
    except (ValueError, OverflowError):
        return None


def _own_request_id(reading: Reading) -> str:
    sent = reading.body.get("request_id") if isinstance(reading.body, dict) else None
    return sent if isinstance(sent, str) else RESERVED


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _seen(members: Mapping[str, Any], name: str) -> str:
    return f"{name} {shown(repr(members[name]))}" if name in members else f"no {name}"


def _apart(sent: str, came: Any) -> tuple[str, str]:
    """What was sent and what came, from shortly before the place where they differ, invisible characters spelt out."""
    if not isinstance(came, str):
        return shown(repr(sent)), shown(repr(came))
    pairs = enumerate(zip(sent, came, strict=False))
    same = next((at for at, (one, other) in pairs if one != other), min(len(sent), len(came)))
    window = slice(max(0, same - 10), same + 20)
    return f"{sent[window]!a} from {window.start}", f"{came[window]!a}"
