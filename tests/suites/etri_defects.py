"""Ways to be wrong in one respect, each with the clause that it breaks."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from typing import Any

from tests.suites.etri_provider import Asked, Quirks, read
from understudy.http import Request

Info = dict[str, Any]

CLAUSES = {
    "empty_auth_header": "etri.error.empty-auth-header",
    "invalid_key": "etri.error.invalid-key",
    "blocked": "etri.error.blocked-key",
    "daily_exhausted": "etri.error.daily-limit",
    "monthly_exhausted": "etri.error.monthly-limit",
    "yearly_exhausted": "etri.error.yearly-limit",
    "too_many_keys": "etri.error.too-many-keys",
    "too_many_ips": "etri.error.too-many-ips",
    "ip_not_allowed": "etri.error.not-allowed-ip",
    "subpath_not_allowed": "etri.error.not-allowed-subpath",
    "invalid_api": "etri.error.invalid-api",
    "timeout": "etri.error.request-timeout",
    "body_size": "etri.error.body-size",
    "burst": "etri.error.concurrent-limit",
    "internal_error": "etri.error.internal",
}


def changed(**members: Any) -> Quirks:
    """Members of a reading replaced; a function is given the lawful value."""

    def info(asked: Asked, info: Info) -> Info:
        return {**info, **{name: new(info[name]) if callable(new) else new for name, new in members.items()}}

    return Quirks(info=info)


def without(name: str) -> Quirks:
    return Quirks(info=lambda asked, info: {key: value for key, value in info.items() if key != name})


def found(change: Callable[[str], str]) -> Quirks:
    """Indexes in the passage as ``change`` makes it, which is what a careless provider works on."""

    def info(asked: Asked, info: Info) -> Info:
        return {
            **info,
            "begin": len(change(asked.passage[: asked.begin])),
            "end": len(change(asked.passage[: asked.end])) - 1,
        }

    return Quirks(info=info)


def answered(status: int, **members: Any) -> Quirks:
    """Members of every answer with ``status`` replaced, left out if None."""

    def value(seen: int, value: Info) -> Info:
        merged = {**value, **members} if seen == status else value
        return {name: entry for name, entry in merged.items() if entry is not None}

    return Quirks(value=value)


def header(name: str, text: str | None, *statuses: int) -> Quirks:
    """A header replaced, left out if None, in answers with ``statuses`` or in all."""

    def headers(status: int, headers: dict[str, str], body: bytes) -> dict[str, str]:
        if statuses and status not in statuses:
            return headers
        others = {key: value for key, value in headers.items() if key != name}
        return others if text is None else {**others, name: text}

    return Quirks(headers=headers)


def served_instead(*causes: str) -> Quirks:
    return Quirks(cause=lambda request, cause: None if cause in causes else cause)


def refused_if(wrong: Callable[[Request], bool], cause: str) -> Quirks:
    return Quirks(cause=lambda request, lawful: cause if lawful is None and wrong(request) else lawful)


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


class Stale:
    """A member is that of the request before."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.last: Info = {}

    def __call__(self, asked: Asked, info: Info) -> Info:
        before, self.last = self.last, dict(info)
        return {**info, **{name: before[name] for name in self.names if name in before}}


def literal_escapes(body: bytes) -> Any:
    return json.loads(body.replace(b"\\u", b"\\\\u"))


def first_member_is_question(body: bytes) -> Any:
    value = json.loads(body)
    question, passage = value["argument"].values()
    return {**value, "argument": {"question": question, "passage": passage}}


def euc_kr_too(body: bytes) -> Any:
    try:
        return json.loads(body)
    except UnicodeDecodeError:
        return json.loads(body.decode("euc-kr"))


def first_word(passage: str, question: str) -> tuple[int, int] | None:
    words = passage.split()
    begin = passage.index(words[0]) if words else 0
    return (begin, begin + len(words[0])) if words else None


def lengthened(status: int, headers: dict[str, str], body: bytes) -> dict[str, str]:
    return {**headers, "Content-Length": str(len(body.decode()))}


def emoji_only(info: Callable[[Asked, Info], Info]) -> Quirks:
    """Wrong for passages beyond the Basic Multilingual Plane alone."""
    return Quirks(info=lambda asked, good: info(asked, good) if max(asked.passage) > "\uffff" else good)


def utf16(text: str) -> str:
    """As many characters as the text has UTF-16 code units."""
    return "x" * (len(text.encode("utf-16-le")) // 2)


DEFECTS: dict[str, tuple[str, Quirks]] = {
    # the body of a success
    "result 1": ("etri.success.result", answered(200, result=1)),
    "result false": ("etri.success.result", answered(200, result=False)),
    "result as text": ("etri.success.result", answered(200, result="0")),
    "no result": ("etri.success.result", answered(200, result=None)),
    "a success that says -1": ("etri.success.result", answered(200, result=-1)),
    "no request_id": ("etri.success.request-id", answered(200, request_id=None)),
    "request_id a number": ("etri.success.request-id", answered(200, request_id=7)),
    "return_type a number": ("etri.success.return-type", answered(200, return_type=7)),
    "no return_object": ("etri.success.return-object", answered(200, return_object=None)),
    "return_object a list": ("etri.success.return-object", answered(200, return_object=[])),
    "return_object text that is no JSON": ("etri.success.return-object", answered(200, return_object="MRCInfo")),
    "MRCInfo renamed": ("etri.result.mrc-info", answered(200, return_object={"info": {"answer": "한글"}})),
    # the reading
    **{
        f"no {name}": (f"etri.result.{name}", without(name))
        for name in ("answer", "confidence", "passage", "question", "begin", "end")
    },
    "an answer that is null": ("etri.result.answer", changed(answer=None)),
    "a confidence that is null": ("etri.result.confidence", changed(confidence=None)),
    "a begin in words": ("etri.result.begin", changed(begin="첫째")),
    "an end with a fraction": ("etri.result.end", changed(end=3.5)),
    "an answer that is not in the passage": ("etri.result.answer-in-passage", changed(answer="서울특별시청")),
    "an answer in capitals": ("etri.result.answer-in-passage", changed(answer=str.upper)),
    "an answer cut by a character": ("etri.result.slice", changed(answer=lambda answer: answer[:-1])),
    "an empty answer that has a place": ("etri.result.slice", changed(answer="")),
    "a normalised answer": ("etri.result.slice", changed(answer=composed)),
    "a stripped passage": ("etri.result.passage", changed(passage=str.strip)),
    "a normalised passage": ("etri.result.passage", changed(passage=composed)),
    "a passage with other line ends": ("etri.result.passage", changed(passage=lambda text: text.replace("\r\n", "\n"))),
    "a passage cut at 40 characters": ("etri.result.passage", changed(passage=lambda text: text[:40])),
    "a normalised question": ("etri.result.question", changed(question=composed)),
    "the question of the request before": ("etri.success.analysis", Quirks(info=Stale("question"))),
    "the passage of the request before": ("etri.result.passage", Quirks(info=Stale("passage"))),
    "the answer of the request before": ("etri.result.answer-in-passage", Quirks(info=Stale("answer", "begin", "end"))),
    # indexes
    "begin one too large": ("etri.result.begin", changed(begin=lambda begin: begin + 1)),
    "begin one too small": ("etri.result.begin", changed(begin=lambda begin: begin - 1)),
    "an end that is not included": ("etri.result.end", changed(end=lambda end: end + 1)),
    "an end one too small": ("etri.result.end", changed(end=lambda end: end - 1)),
    "both one too small": ("etri.result.slice", changed(begin=lambda begin: begin - 1, end=lambda end: end - 1)),
    "begin and end exchanged": (
        "etri.result.begin-not-after-end",
        Quirks(info=lambda asked, info: {**info, "begin": info["end"], "end": info["begin"]}),
    ),
    "a length for an end": (
        "etri.result.end",
        Quirks(info=lambda asked, info: {**info, "end": asked.end - asked.begin}),
    ),
    "indexes of UTF-16 code units": ("etri.result.slice", found(utf16)),
    "indexes of bytes": ("etri.result.slice", found(lambda text: text.encode().decode("latin-1"))),
    "indexes of the normalised passage": ("etri.result.slice", found(composed)),
    "indexes of the stripped passage": ("etri.result.slice", found(str.lstrip)),
    "indexes after other line ends": ("etri.result.slice", found(lambda text: text.replace("\r\n", "\n"))),
    "indexes from 1 beside emoji only": (
        "etri.result.slice",
        emoji_only(lambda asked, info: {**info, "begin": info["begin"] + 1, "end": info["end"] + 1}),
    ),
    # the reader
    "a canned answer": ("etri.result.answer-in-passage", changed(answer="세종대왕")),
    "always the first word": ("etri.service.purpose", Quirks(read=first_word)),
    "never anything": ("etri.service.purpose", Quirks(read=lambda passage, question: None)),
    "a reader that does not read the question": (
        "etri.success.analysis",
        Quirks(read=lambda passage, question: (0, len(passage))),
    ),
    "a reader that finds nothing beyond an encyclopedia": (
        "etri.service.domains",
        Quirks(read=lambda text, question: read(text, question) if text.startswith(("한글", "The light")) else (0, 1)),
    ),
    # the head
    "no CORS": ("etri.head.cors", header("Access-Control-Allow-Origin", None)),
    "CORS for one origin": ("etri.head.cors", header("Access-Control-Allow-Origin", "http://localhost")),
    "Connection kept alive": ("etri.head.connection", header("Connection", "keep-alive")),
    "no Connection": ("etri.head.connection", header("Connection", None)),
    "no Content-Length": ("etri.head.content-length", header("Content-Length", None)),
    "a Content-Length of 0": ("etri.head.content-length", header("Content-Length", "0")),
    "a Content-Length in characters": ("etri.head.content-length", Quirks(headers=lengthened)),
    "no charset": ("etri.head.content-type", header("Content-Type", "application/json")),
    "another charset": ("etri.head.content-type", header("Content-Type", "application/json; charset=EUC-KR")),
    "another media type": ("etri.head.content-type", header("Content-Type", "text/html; charset=UTF-8")),
    "no Content-Type": ("etri.head.content-type", header("Content-Type", None)),
    "errors without CORS": ("etri.error.head", header("Access-Control-Allow-Origin", None, 403, 408, 413, 429, 500)),
    "errors without charset": ("etri.error.head", header("Content-Type", "application/json", 403)),
    "no JSON": ("etri.success.json-text", Quirks(body=lambda status, body: b"<html>" if status == 200 else body)),
    "JSON cut short": ("etri.service.json", Quirks(body=lambda status, body: body[:-1])),
    "JSON in EUC-KR": (
        "etri.success.utf8",
        Quirks(body=lambda status, body: body.decode().encode("euc-kr", "backslashreplace")),
    ),
    "an array": ("etri.success.json-text", Quirks(value=lambda status, value: [value])),
    # the body of an error
    "errors with result 0": ("etri.error.result", answered(403, result=0)),
    "errors with result as text": ("etri.error.result", answered(403, result="-1")),
    "errors without result": ("etri.error.result", answered(403, result=None)),
    "errors without reason": ("etri.error.reason", answered(403, reason=None)),
    "errors without request_id": ("etri.error.request-id", answered(403, request_id=None)),
    "errors without a body": ("etri.service.json", Quirks(body=lambda status, body: b"" if status == 403 else body)),
    "late requests without result": ("etri.error.result", answered(408, result=None)),
    "bodies too large without reason": ("etri.error.reason", answered(413, reason=None)),
    "a quota is named for an unknown path": (
        "etri.error.reason-phrase",
        Quirks(rows={"invalid_api": (403, "Daily Limit Exceeded")}),
    ),
    # keys
    "calls without a key are answered": ("etri.error.empty-auth-header", served_instead("empty_auth_header")),
    "any key will do": ("etri.auth.issued-key", served_instead("invalid_key")),
    "a blocked key is answered": ("etri.error.blocked-key", served_instead("blocked")),
    "no key is looked at": (
        "etri.auth.issued-key",
        served_instead("empty_auth_header", "invalid_key", "blocked", "ip_not_allowed", "too_many_ips"),
    ),
    "Bearer is asked for": (
        "etri.auth.raw",
        refused_if(lambda request: not request.headers["authorization"].startswith("Bearer "), "invalid_key"),
    ),
    "the key is asked for elsewhere": ("etri.auth.header", refused_if(lambda request: True, "empty_auth_header")),
    # requests
    "escapes are not read": ("etri.request.escapes", Quirks(parse=literal_escapes)),
    "members are read by their order": ("etri.result.question", Quirks(parse=first_member_is_question)),
    "another encoding is read": ("etri.request.passage-utf8", Quirks(parse=euc_kr_too)),
    "a charset is refused": (
        "etri.request.content-type",
        refused_if(lambda request: "charset=UTF-8" in request.headers.get("content-type", ""), "bad_request"),
    ),
    "no charset is refused": (
        "etri.request.content-type-bare",
        refused_if(lambda request: request.headers.get("content-type") == "application/json", "bad_request"),
    ),
    "request_id is asked for": (
        "etri.request.request-id-optional",
        refused_if(lambda request: b"request_id" not in request.body, "bad_request"),
    ),
    "lines are refused": ("etri.request.whitespace", refused_if(lambda request: b"\n" in request.body, "bad_request")),
    "Korean fails": (
        "etri.request.passage-utf8",
        refused_if(lambda request: not request.body.isascii(), "internal_error"),
    ),
    "emoji fail": (
        "etri.service.purpose",
        refused_if(lambda request: "😀".encode() in request.body, "internal_error"),
    ),
    "the path is unknown": ("etri.service.path", refused_if(lambda request: True, "invalid_api")),
    "any path will do": ("etri.error.invalid-api", served_instead("invalid_api")),
    "another method is asked for": (
        "etri.service.method",
        Quirks(rows={"internal_error": (405, "Method Not Allowed")}, cause=lambda request, cause: "internal_error"),
    ),
}
