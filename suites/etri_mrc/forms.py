"""The ways in which a lawful request may be written, and what makes it doubtful whether a request is lawful at all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from understudy.verify.reading import Reading


class Form(NamedTuple):
    """One respect in which a request is written, and the clause that says it may be."""

    clause: str
    variant: str = ""


def forms(reading: Reading) -> frozenset[Form]:
    """The forms of a request that is lawful by its schema."""
    return frozenset(_forms(reading))


def text_forms(found: frozenset[Form]) -> frozenset[Form]:
    """Those that say how text is written: they are only kept when the text comes back unchanged."""
    return frozenset(form for form in found if form.clause in TEXT)


SERVED_DOUBTS = (
    "etri.request.no-content-type",
    "etri.request.unknown-members",
    "etri.auth.access-key-unread",
)
"""Doubts whose clause says that such a request is answered. The others only excuse a refusal."""

REQUEST_MEMBERS = frozenset(("request_id", "access_key", "argument"))
ARGUMENT_MEMBERS = frozenset(("question", "passage"))
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff]")
TEXT = ("etri.request.escapes", "etri.request.question-utf8", "etri.request.passage-utf8")


def doubts(reading: Reading) -> tuple[str, ...]:
    """What makes a request that is lawful by its schema doubtful: an instance may refuse it, and break no more than
    these assumed clauses; the empty one where nothing is said at all."""
    return tuple(_doubts(reading))


def texts_of(body: Any) -> tuple[str, str]:
    """The passage and the question of a request that is lawful by its schema."""
    return body["argument"]["passage"], body["argument"]["question"]


def foreign_texts(raw: bytes, encoding: str = "euc-kr") -> tuple[str, str] | None:
    """Passage and question of a body that is Korean in another encoding than UTF-8."""
    try:
        passage, question = texts_of(json.loads(raw.decode(encoding)))
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return (passage, question) if isinstance(passage, str) and isinstance(question, str) else None


def _forms(reading: Reading) -> Iterator[Form]:
    request = reading.observation.request
    declared = request.headers.get("content-type", "")
    yield Form("etri.request.content-type", "charset" if ";" in declared else "")
    if ";" not in declared:
        yield Form("etri.request.content-type-bare")
    if "request_id" not in reading.body:
        yield Form("etri.request.request-id-optional")
    yield Form("etri.request.member-order", next(iter(reading.body["argument"]), ""))
    if b"\n" in request.body or request.body.startswith(b"{ "):
        yield Form("etri.request.whitespace")
    if b"\\u" in request.body:
        yield Form("etri.request.escapes")
    elif not request.body.isascii():
        passage, question = texts_of(reading.body)
        if not passage.isascii():
            yield Form("etri.request.passage-utf8")
        if not question.isascii():
            yield Form("etri.request.question-utf8")


def _doubts(reading: Reading) -> Iterator[str]:
    request = reading.observation.request
    declared = request.headers.get("content-type")
    if declared is None:
        yield "etri.request.no-content-type"
    elif declared.partition(";")[2].replace(" ", "").lower() not in ("", "charset=utf-8"):
        yield ""
    if "?" in request.target:
        yield ""
    if "access_key" in reading.body and "authorization" in request.headers:
        yield "etri.auth.access-key-unread"
    if reading.body.keys() - REQUEST_MEMBERS or reading.body["argument"].keys() - ARGUMENT_MEMBERS:
        yield "etri.request.unknown-members"
    if CONTROL.search(reading.body.get("request_id", "")):
        yield ""
    texts = texts_of(reading.body)
    if not all(texts):
        yield "etri.result.empty-text"
    elif not all(map(_is_language, texts)):
        yield ""


def _is_language(text: str) -> bool:
    """Whether a text could be a natural language's: it has letters, and no control characters but white space."""
    return any(map(str.isalpha, text)) and CONTROL.search(text) is None
