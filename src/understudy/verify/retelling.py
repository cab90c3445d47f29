"""A story retold, for somebody who wants to see it happen: as curl commands, and as a pytest function.

Credentials are never told: they stand as variables of the environment.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from understudy.contract import Contract
from understudy.http import Request
from understudy.verify.findings import Finding
from understudy.verify.judge import Judge
from understudy.verify.observation import Observation

SHOWN_BODY = 4096
"""Bytes of a body up to which it is written out."""
_UNSAFE = re.compile(r"[^a-z0-9]+")


def variable(contract: Contract, role: str | None) -> str:
    """The variable of the environment that has the credential of a role, as `understudy verify` reads it."""
    return f"UNDERSTUDY_{contract.stem}_{role or 'good'}".upper()


def as_curl(story: Sequence[Observation], judge: Judge) -> str:
    """The calls as a shell script: one curl command each, with what was answered as a comment."""
    return "\n".join(_curl(one, judge) for one in story)


def as_pytest(finding: Finding, judge: Judge) -> str:
    """A test of httpx that makes the calls and says what should have been seen. It is read and finished by a person:
    what the answers give out (identifiers) stands as it was then.
    """
    name = _UNSAFE.sub("_", f"{finding.row.clause.id}_{finding.fingerprint}".lower())
    verdict = finding.verdict
    lines = [
        "import os",
        "",
        "import httpx",
        "",
        "",
        f"def test_{name}() -> None:",
        f'    """{_plain(finding.row.clause.says)} ({finding.row.clause.source})"""',
        f'    with httpx.Client(base_url=os.environ["UNDERSTUDY_{judge.stem.upper()}_URL"]) as client:',
    ]
    for number, one in enumerate(finding.story, 1):
        lines.append(f"        answer = client.{_httpx(one.request, judge)}")
        lines.append(f"        # call {number} was answered with {_answered(one)}")
    lines.append(
        f"    # expected {_plain(verdict.expected)}; seen {_plain(verdict.seen)} in {verdict.where or 'the answer'}"
    )
    last = finding.story[-1].response if finding.story else None
    if last is not None and verdict.where == "status":
        lines.append(f"    assert answer.status_code != {last.status}, {verdict.expected!r}")
    else:
        lines.append(f"    assert answer.content != {(last.content if last else b'')[:200]!r}, {verdict.expected!r}")
    return "\n".join(lines) + "\n"


def _curl(observation: Observation, judge: Judge) -> str:
    request = observation.request
    parts = ["curl", "-i"]
    if request.method != "GET":
        parts += ["-X", request.method]
    words = [shlex.quote(part) for part in parts]
    words.append(f'"$UNDERSTUDY_{judge.stem.upper()}_URL"{shlex.quote(request.target)}')
    for name, value in _headers(request, judge.credential_header):
        words += ["-H", shlex.quote(f"{name}: {value}")]
    sent = request.headers.get(judge.credential_header)
    if sent is not None:
        words += ["-H", _credential(sent, judge)]
    if request.body:
        words += ["--data-binary", shlex.quote(_body(request.body))]
    return " ".join(words) + f"   # {_answered(observation)}"


def _credential(sent: str, judge: Judge) -> str:
    """The credential's header, with a variable where it was one of ours, hidden where it was nobody's."""
    bearer = judge.contract.credential_scheme["type"] == "http"
    bare = sent[7:] if bearer and sent[:7].lower() == "bearer " else sent
    role = judge.roles.get(bare)
    scheme = "Bearer " if bearer else ""
    return (
        f'"{judge.credential_header}: {scheme}${variable(judge.contract, role)}"'
        if role
        else f'"{judge.credential_header}: {scheme}nobody"'
    )


def _httpx(request: Request, judge: Judge) -> str:
    headers = ", ".join(f"{name!r}: {value!r}" for name, value in _headers(request, judge.credential_header))
    sent = request.headers.get(judge.credential_header)
    if sent is not None:
        bearer = judge.contract.credential_scheme["type"] == "http"
        bare = sent[7:] if bearer and sent[:7].lower() == "bearer " else sent
        role = judge.roles.get(bare)
        value = f'os.environ["{variable(judge.contract, role)}"]' if role else '"nobody"'
        value = f'"Bearer " + {value}' if bearer and role else value
        headers += f"{', ' if headers else ''}{judge.credential_header!r}: {value}"
    content = f", content={request.body[:SHOWN_BODY]!r}" if request.body else ""
    return f"request({request.method!r}, {request.target!r}, headers={{{headers}}}{content})"


def _headers(request: Request, header: str) -> list[tuple[str, str]]:
    left_out = {header, "host", "content-length", "connection", "accept-encoding", "cookie"}
    return [(name, value) for name, value in request.headers.items() if name not in left_out]


def _body(body: bytes) -> str:
    text = body[:SHOWN_BODY].decode("utf-8", "replace")
    return text if len(body) <= SHOWN_BODY else f"{text}… ({len(body)} bytes in all)"


def _answered(observation: Observation) -> str:
    response = observation.response
    return f"no answer ({observation.failure})" if response is None else str(response.status)


def _plain(text: str) -> str:
    return " ".join(text.replace('"""', "'''").replace("\\", "/").split())
