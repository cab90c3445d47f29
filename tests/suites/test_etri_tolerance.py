"""A provider that differs where the document is silent, or speaks in two ways, is not failed for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.suites.etri_provider import LIMITS, Asked, Provider, Quirks, read
from tests.suites.etri_verification import GENEROUS, ROLES, SUITE, no_bodies, session_with, verified, violated
from understudy.http import Request, Response
from understudy.verify.verification import Outcome, verify

Info = dict[str, Any]


def every_value(**members: Any) -> Quirks:
    return Quirks(value=lambda status, value: {**value, **members})


def headers(**changed: str) -> Quirks:
    names = {name.replace("_", "-"): text for name, text in changed.items()}
    return Quirks(headers=lambda status, headers, body: {**headers, **names})


def in_small_letters(status: int, headers: dict[str, str], body: bytes) -> dict[str, str]:
    return {name.lower(): text for name, text in headers.items()}


def without_date(status: int, headers: dict[str, str], body: bytes) -> dict[str, str]:
    return {name: text for name, text in headers.items() if name != "Date"}


def written_otherwise(status: int, body: bytes) -> bytes:
    return json.dumps(json.loads(body), indent=4, ensure_ascii=True, sort_keys=True).encode()


def backwards(status: int, body: bytes) -> bytes:
    return json.dumps(dict(reversed(json.loads(body).items())), ensure_ascii=False).encode()


def flat(status: int, value: Any) -> Any:
    found = value.get("return_object")
    return {**value, "return_object": found.get("MRCInfo", {})} if found is not None else value


def as_text(status: int, value: Any) -> Any:
    found = value.get("return_object")
    return {**value, "return_object": json.dumps(found)} if found is not None else value


def from_one(asked: Asked, info: Info) -> Info:
    return {**info, "begin": asked.begin + 1, "end": asked.end}


def last_words(passage: str, question: str) -> tuple[int, int] | None:
    """Of the sentence only the last two words."""
    place = read(passage, question)
    if place is None:
        return None
    words = passage[place[0] : place[1]].split()[-2:]
    begin = passage.index(words[0], place[0])
    return begin, place[1]


def often_wrong(passage: str, question: str) -> tuple[int, int] | None:
    """Right for short questions alone; else the beginning of the passage."""
    return read(passage, question) if len(question) < 25 else (0, max(1, len(passage) // 3))


def best_guess(passage: str, question: str) -> tuple[int, int] | None:
    return read(passage, question) or ((0, len(passage)) if passage else None)


def own_form(request: Request, response: Response) -> Response:
    """What cannot be read is refused by a framework in front of the service, in its own words."""
    if response.status != 400:
        return response
    body = b'{"detail": [{"loc": ["body"], "msg": "field required"}]}'
    return Response(422, (("Content-Type", "application/json"), ("Content-Length", str(len(body)))), body)


def created(request: Request, response: Response) -> Response:
    return response._replace(status=201) if response.status == 200 else response


class Hurried:
    """A key may make ten calls in a row, and then has to rest: the other reading of Concurrent Limit Exceeded."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, request: Request, cause: str | None) -> str | None:
        self.calls += 1
        return "burst" if cause is None and self.calls % 13 > 10 else cause


class FewKeys:
    """From one address at most so many keys may be used."""

    def __init__(self, most: int) -> None:
        self.keys: list[str] = []
        self.most = most

    def __call__(self, request: Request, cause: str | None) -> str | None:
        key = request.headers.get("authorization", "")
        if cause in ("empty_auth_header", "invalid_key", "blocked"):
            return cause
        if key not in self.keys:
            self.keys.append(key)
        return "too_many_keys" if self.keys.index(key) >= self.most else cause


def plain_405(request: Request, response: Response) -> Response:
    if request.method == "POST":
        return response
    return Response(405, (("Content-Type", "text/html"), ("Allow", "POST")), b"<h1>Method Not Allowed</h1>")


def options(request: Request, response: Response) -> Response:
    return Response(204, (("Allow", "POST"),)) if request.method != "POST" else response


def path_first(request: Request, cause: str | None) -> str | None:
    """The path is looked at before the key."""
    path = request.target.partition("?")[0]
    return "invalid_api" if not path.startswith("/MRCServlet") and cause != "body_size" else cause


def instead(**causes: str | None) -> Quirks:
    """One cause of a refusal taken for another, or for none."""
    return Quirks(cause=lambda request, cause: causes.get(cause, cause) if cause else None)


def empty_is_unknown(request: Request, cause: str | None) -> str | None:
    return "invalid_key" if request.headers.get("authorization") == "" else cause


def scheme_word(request: Request, cause: str | None) -> str | None:
    return None if request.headers.get("authorization", "").startswith("Bearer ") else cause


def key_in_body(request: Request, cause: str | None) -> str | None:
    return None if b"access_key" in request.body and cause == "empty_auth_header" else cause


def below_is_nothing(request: Request, cause: str | None) -> str | None:
    return "invalid_api" if request.target.startswith("/MRCServlet/") and cause == "subpath_not_allowed" else cause


def strict(request: Request, cause: str | None) -> str | None:
    """Members that are not in the document, bodies without a type and empty texts are refused."""
    odd = "content-type" not in request.headers or "여분".encode() in request.body or b'""' in request.body
    return "bad_request" if cause is None and odd else cause


def texts(asked: Asked, info: Info) -> Info:
    return {**info, "begin": str(info["begin"]), "end": float(info["end"])}


VARIANTS: Mapping[str, Quirks] = {
    # the head and the writing of an answer
    "more headers": headers(Server="Jetty", X_Request_Id="7", Cache_Control="no-store", Vary="Origin"),
    "header names in small letters": Quirks(headers=in_small_letters),
    "charset in small letters": headers(Content_Type="application/json;charset=utf-8"),
    "charset in quotes": headers(Content_Type='application/JSON ; charset="UTF-8"'),
    "Connection with more": headers(Connection="Close, TE"),
    "no Date": Quirks(headers=without_date),
    "a Date that is none": headers(Date="언젠가"),
    "white space, escapes and another order": Quirks(body=written_otherwise),
    "members backwards": Quirks(body=backwards),
    # members
    "more members": every_value(version="2.0", time=0.01, warnings=[None, {"😀": "가"}]),
    "more members of a reading": Quirks(info=lambda asked, info: {**info, "candidates": [], "이름": "세종"}),
    "another request_id": every_value(request_id="c0ffee-요청"),
    "an empty request_id": every_value(request_id=""),
    "another return_type": Quirks(
        value=lambda status, value: {**value, "return_type": "map"} if status == 200 else value
    ),
    "no return_type": Quirks(
        value=lambda status, value: {name: entry for name, entry in value.items() if name != "return_type"}
    ),
    "a flat return_object": Quirks(value=flat),
    "return_object as text": Quirks(value=as_text),
    "confidence a number": Quirks(info=lambda asked, info: {**info, "confidence": 0.25}),
    "confidence in percent": Quirks(info=lambda asked, info: {**info, "confidence": "87.5 %"}),
    "indexes from 1": Quirks(info=from_one),
    "indexes as text and as decimals": Quirks(info=texts),
    # readers
    "a reader that gives less": Quirks(read=last_words),
    "a reader that is often wrong": Quirks(read=often_wrong),
    "a reader that always guesses": Quirks(read=best_guess),
    "nothing found told by an empty MRCInfo": Quirks(
        value=lambda status, value: (
            {**value, "return_object": value.get("return_object") or {"MRCInfo": {}}} if status == 200 else value
        )
    ),
    "a success with 201": Quirks(response=created),
    # refusals of which the document says nothing
    **{
        f"bad bodies with {status}": Quirks(rows={"bad_request": (status, "나쁜 요청")})
        for status in (400, 415, 422, 500)
    },
    "bad bodies with an inner error": Quirks(rows={"bad_request": (500, "Internal Server Error")}),
    "bad bodies with status 200 and result -1": Quirks(rows={"bad_request": (200, "Bad Request")}),
    "bad bodies refused by a framework": Quirks(response=own_form),
    "bad bodies read somehow": instead(bad_request=None),
    "only what is documented": Quirks(cause=strict),
    "other methods with 405": Quirks(response=plain_405),
    "other methods are options": Quirks(response=options),
    "other methods are answered": instead(other_method=None),
    # readings of the table
    "another reading of the phrases": Quirks(
        rows={"invalid_key": (403, "Invalid Key KEY"), "blocked": (403, "Blocked")}
    ),
    "an empty header is an unknown key": Quirks(cause=empty_is_unknown),
    "a key after a scheme word is read": Quirks(cause=scheme_word),
    "a key in the body is read": Quirks(cause=key_in_body),
    "the path before the key": Quirks(cause=path_first),
    "a subpath is no API": Quirks(cause=below_is_nothing),
    # limits
    "days of London": Quirks(day_begins=0.0),
    "days of Kiritimati": Quirks(day_begins=14 * 3600.0),
    "days of Baker Island": Quirks(day_begins=-12 * 3600.0),
    "refusals are counted": Quirks(counts_refusals=True),
    "one call less in flight": Quirks(limits={"concurrent_calls": 1}),
}


@pytest.mark.parametrize("embedded", [True, False], ids=["embedded", "elsewhere"])
@pytest.mark.parametrize("name", VARIANTS)
def test_variant_is_not_failed(name: str, embedded: bool) -> None:
    assert not violated(verified(VARIANTS[name], embedded=embedded))


@pytest.mark.parametrize(
    "limits",
    [
        {"body_bytes": 100_000_000},
        {"body_bytes": 2_000},
        {"concurrent_calls": 50},
        {"daily_calls": 20},
        {"wait_seconds": 40},
        {"allowed_subpaths": ["", "/restricted"]},
    ],
    ids=str,
)
def test_a_target_that_does_not_tell_its_limits_may_have_others(limits: Mapping[str, Any]) -> None:
    assert not violated(verified(Quirks(limits=limits), embedded=False, told=False))


def test_calls_in_quick_succession_may_be_refused() -> None:
    provider = Provider(ROLES, Quirks(cause=Hurried()), {**LIMITS, **GENEROUS})
    session = session_with(provider, {}, advance=None, tick=0.001)
    assert not violated(verify(session, SUITE, examples=0, lawful_bodies=no_bodies))


def test_an_address_with_few_keys_may_be_refused_the_others() -> None:
    provider = Provider(ROLES, Quirks(cause=FewKeys(2)), {**LIMITS, **GENEROUS})
    session = session_with(provider, {"keys_per_ip": 2}, advance=None)
    assert not violated(verify(session, SUITE, examples=0, lawful_bodies=no_bodies))


def test_roles_that_a_target_lacks_are_not_checked() -> None:
    provider = Provider(ROLES, limits={**LIMITS, **GENEROUS})
    good = {key: role for key, role in ROLES.items() if role == "good"}
    result = verify(session_with(provider, {}, advance=None, roles=good), SUITE, examples=0, lawful_bodies=no_bodies)
    assert not violated(result)
    unchecked = {row.clause.id: row.reason for row in result.of(Outcome.NOT_CHECKED)}
    assert unchecked["etri.error.blocked-key"] == "the target has no credential for the role blocked"
