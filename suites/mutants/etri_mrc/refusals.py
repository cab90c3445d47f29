"""Who is refused and why: reasons, keys, quotas, and requests that are read as others."""

from __future__ import annotations

from collections.abc import Callable

from understudy.http import Request, Response
from understudy.mutants import Asked, Behaviour, Forward, Memory
from understudy.mutants.changes import edited_body, value_of

from .common import catalogue

REASONS = {
    "Empty Auth Header": "etri.error.empty-auth-header",
    "Invalid Key": "etri.error.invalid-key",
    "Blocked KEY": "etri.error.blocked-key",
    "Daily Limit Exceeded": "etri.error.daily-limit",
    "Monthly Limit Exceeded": "etri.error.monthly-limit",
    "Yearly Limit Exceeded": "etri.error.yearly-limit",
    "Too Many Keys": "etri.error.too-many-keys",
    "Too Many IPs": "etri.error.too-many-ips",
    "Not Allowed IP": "etri.error.not-allowed-ip",
    "Not Allowed Subpath": "etri.error.not-allowed-subpath",
    "Invalid API": "etri.error.invalid-api",
    "Body Size Limit Exceeded": "etri.error.body-size",
    "Request Timeout": "etri.error.request-timeout",
    "Concurrent Limit Exceeded": "etri.error.concurrent-limit",
}


def reason_of(response: Response) -> str:
    value = value_of(response) if response.status >= 400 else None
    return str(value.get("reason", "")) if isinstance(value, dict) else ""


def renames(reason: str, other: str) -> Behaviour:
    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        if not reason_of(response).startswith(reason):
            return response
        return edited_body(response, ("reason",), lambda told: other)

    return behave


def replies(asked: Asked, forward: Forward, key: str) -> Response:
    """The call answered for another key."""
    return forward(asked.request._replace(headers={**asked.request.headers, "authorization": key}))


def lets_in(reason: str) -> Behaviour:
    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        if not reason_of(response).startswith(reason):
            return response
        memory["count"] = memory.get("count", 0) + 1
        return replies(asked, forward, f"etri-test-good-let-in{memory['count']}")

    return behave


_PHRASES = [*REASONS]
for _place, (_reason, _clause) in enumerate(REASONS.items()):
    _other = _PHRASES[(_place + 5) % len(_PHRASES)]
    _id = _reason.lower().replace(" ", "-")
    catalogue.add(
        f"{_id}.other-reason",
        "refusal",
        f"Where the reason is {_reason}, {_other} is told.",
        (_clause, "etri.error.reason-phrase"),
        renames(_reason, _other),
        rare="Limit" in _reason,
    )
    if _reason in ("Invalid API", "Body Size Limit Exceeded", "Request Timeout", "Not Allowed Subpath"):
        continue
    catalogue.add(
        f"{_id}.let-in",
        "quota" if "Limit" in _reason else "auth",
        f"What is refused for {_reason} is answered.",
        (_clause, "etri.auth.issued-key", "etri.limit.allowance"),
        lets_in(_reason),
        rare="Limit" in _reason,
    )


@catalogue.mutant("quota", "etri.limit.allowance", "etri.error.daily-limit", "etri.service.purpose", rare=True)
def never_again(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A key that was refused once for its day is refused for ever."""
    if asked.credential in memory and asked.body is not None:
        refused: Response = memory[asked.credential]
        return refused
    response = forward(asked.request)
    if reason_of(response).startswith("Daily"):
        memory[asked.credential] = response
    return response


@catalogue.mutant("quota", "etri.limit.allowance", "etri.service.purpose", rare=True)
def counts_twice(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A call counts twice where its passage has emoji."""
    response = forward(asked.request)
    if response.status == 200 and max(str(asked.member("argument", "passage") or " ")) > "\U0001f300":
        forward(asked.request)
    return response


def refuses(test: Callable[[Request], bool], status: int, reason: str) -> Behaviour:
    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        if response.status != 200 or not test(asked.request):
            return response
        body = {"request_id": "reserved field", "result": -1, "reason": reason}
        return edited_body(response, (), lambda value: body)._replace(status=status)

    return behave


REFUSED: dict[str, tuple[str, Callable[[Request], bool], tuple[str, ...]]] = {
    "charset": (
        "with a charset beside its media type",
        lambda request: "charset" in request.headers.get("content-type", "").lower(),
        ("etri.request.content-type",),
    ),
    "no-charset": (
        "without a charset",
        lambda request: "charset" not in request.headers.get("content-type", "charset").lower(),
        ("etri.request.content-type-bare",),
    ),
    "no-request-id": (
        "without request_id",
        lambda request: b"request_id" not in request.body,
        ("etri.request.request-id-optional",),
    ),
    "passage-first": (
        "whose passage comes first",
        lambda request: -1 < request.body.find(b'"passage"') < request.body.find(b'"question"'),
        ("etri.request.member-order",),
    ),
    "question-first": (
        "whose question comes first",
        lambda request: -1 < request.body.find(b'"question"') < request.body.find(b'"passage"'),
        ("etri.request.member-order",),
    ),
    "escapes": ("with \\u escapes", lambda request: b"\\u" in request.body, ("etri.request.escapes",)),
    "lines": ("with a line end between tokens", lambda request: b"\n" in request.body, ("etri.request.whitespace",)),
    "emoji": (
        "with emoji in it",
        lambda request: b"\xf0\x9f" in request.body,
        ("etri.service.purpose", "etri.request.escapes"),
    ),
    "english": (
        "in English",
        lambda request: request.body.isascii() and b"\\u" not in request.body,
        ("etri.service.purpose",),
    ),
    "raw-korean": (
        "in raw Korean",
        lambda request: not request.body.isascii(),
        ("etri.service.purpose", "etri.request.escapes"),
    ),
    "long": ("of more than 900 bytes", lambda request: len(request.body) > 900, ("etri.service.purpose",)),
}

for _name, (_what, _wrong, _told) in REFUSED.items():
    catalogue.add(
        f"refuses-{_name}",
        "refusal",
        f"A call {_what} fails.",
        (*_told, "etri.service.purpose", "etri.request.content-type"),
        refuses(_wrong, 500, "Internal Server Error"),
        rare=_name in ("escapes", "emoji", "lines", "long"),
    )


def reads(change: Callable[[bytes], bytes]) -> Behaviour:
    """The body is read as another one."""

    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        return forward(asked.request._replace(body=change(asked.request.body)))

    return behave


for _name, _says, _change in (
    ("escapes-literally", "Escapes are read literally.", lambda body: body.replace(b"\\u", b"\\\\u")),
    ("latin-1", "Raw UTF-8 is read as Latin-1.", lambda body: body.decode("latin-1").encode()),
    ("no-surrogates", "Escaped pairs are read as one replacement.", lambda body: body.replace(b"\\ud83d", b"\\ufffd")),
    ("crlf", "Escaped CR LF is read as LF.", lambda body: body.replace(b"\\r\\n", b"\\n")),
):
    catalogue.add(
        f"reads.{_name}",
        "bytes",
        _says,
        ("etri.request.escapes", "etri.result.passage", "etri.result.question"),
        reads(_change),
        rare=True,
    )


def fails_from(count: int) -> Behaviour:
    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        if response.status != 200:
            return response
        memory["count"] = memory.get("count", 0) + 1
        if memory["count"] < count or memory["count"] % 3:
            return response
        body = {"request_id": "reserved field", "result": -1, "reason": "Internal Server Error"}
        return edited_body(response, (), lambda value: body)._replace(status=500)

    return behave


for _count in (3, 9):
    _says = f"Every third call fails, from the call {_count} on."
    catalogue.add(f"fails-from-{_count}", "refusal", _says, ("etri.service.purpose",), fails_from(_count), rare=True)


def prefixed(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A key is known when its first half is."""
    response = forward(asked.request)
    credential = (asked.credential or "").strip()
    known: list[str] = memory.setdefault("known", [])
    if reason_of(response).startswith("Invalid Key"):
        near = [key for key in known if len(credential) > len(key) // 2 and key.startswith(credential)]
        return replies(asked, forward, near[0]) if near else response
    if response.status == 200 and credential not in known:
        known.append(credential)
    return response


catalogue.add(
    "key-begins-alike",
    "auth",
    " ".join((prefixed.__doc__ or "").split()),
    ("etri.auth.issued-key", "etri.error.invalid-key"),
    prefixed,
    rare=True,
)


@catalogue.mutant("auth", "etri.auth.raw", "etri.error.invalid-key")
def asks_for_bearer(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A key is looked for after the word Bearer."""
    value = asked.request.headers.get("authorization", "")
    key = value.removeprefix("Bearer ") if value.startswith("Bearer ") else "nobody"
    return replies(asked, forward, key) if value else forward(asked.request)
