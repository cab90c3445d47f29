"""Recorded traffic is judged as a verification judges, and nothing that a recording lacks is held against anybody."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tests.suites.dhub_provider import TOKENS, Provider
from tests.suites.dhub_verification import CONTRACT, PROJECT, SUITE
from understudy.adapters.cli import main
from understudy.errors import UsageError
from understudy.http import Request
from understudy.verify.har import har, read_har
from understudy.verify.observation import Observation
from understudy.verify.recorded import Told, judge_recording
from understudy.verify.verification import Outcome, Verification

ROOT = "/api/v1/knowledges/"
ORIGIN = "https://dhub.example.com"
KEY = {"authorization": f"Bearer {TOKENS[0]}", "content-type": "application/json"}
Calls = list[tuple[str, str, Any]]


def recorded(calls: Calls, provider: Provider | None = None, headers: dict[str, str] | None = None) -> Any:
    """A HAR document of calls, in which ``{id}`` is what the last create answered."""
    provider, id = provider or Provider(), ""
    observations = []
    for number, (method, target, body) in enumerate(calls, 1):
        content = b"" if body is None else json.dumps(body).encode()
        sent = Request(method, target.replace("{id}", id), KEY if headers is None else headers, content)
        asked = sent if headers is None else sent._replace(headers={**KEY, **headers})
        response = provider.send(asked)
        if method == "POST":
            id = json.loads(response.body)["item"]
        observations.append(Observation(number, float(number), 0.01, sent, response))
    return har(observations, ORIGIN)


def judged(document: Any, told: Told | None = None, origin: str | None = None) -> Verification:
    return judge_recording(CONTRACT, SUITE, read_har(json.dumps(document).encode()), told or Told(), origin)


def violated(verification: Verification) -> set[str]:
    return {row.clause.id for row in verification.of(Outcome.VIOLATED)}


def held(verification: Verification) -> set[str]:
    return {row.clause.id for row in verification.of(Outcome.HELD)}


LIFE: Calls = [
    ("POST", ROOT, {"name": "기록 📼"}),
    ("GET", ROOT + "{id}", None),
    ("DELETE", ROOT + "{id}", None),
    ("GET", ROOT + "{id}", None),
]


class Undead(Provider):
    """Answers a deletion, and deletes nothing."""

    def answer(self, request: Request) -> Any:
        if request.method == "DELETE":
            return 200, {"message": "Knowledge deleted successfully"}
        return super().answer(request)


def test_what_is_right_is_found_right() -> None:
    verification = judged(recorded(LIFE))

    assert violated(verification) == set()
    assert "dhub.delete-knowledge.gone" in held(verification)


def test_a_get_after_a_delete_that_answers_200_is_found() -> None:
    assert "dhub.delete-knowledge.gone" in violated(judged(recorded(LIFE, Undead())))


@pytest.mark.parametrize("headers", [{"content-type": "application/json"}, {**KEY, "authorization": "[redacted]"}])
def test_credentials_that_were_stripped_are_not_missed(headers: dict[str, str]) -> None:
    class Trusting(Undead):
        def valid(self, token: str | None) -> bool:
            return True

        def send(self, request: Request) -> Any:
            return super().send(request._replace(headers=KEY))

    document = recorded(LIFE, Trusting(), headers)

    assert violated(judged(document)) == {"dhub.delete-knowledge.gone"}


def test_a_credential_is_assumed_where_it_is_said_so() -> None:
    document = recorded(LIFE)
    del document["log"]["entries"][1]["request"]["headers"][0]

    assert "dhub.auth.required" in violated(judged(document))
    assert violated(judged(document, Told(credential="good"))) == set()


def test_entries_are_put_in_the_order_of_time() -> None:
    document = recorded(LIFE, Undead())
    document["log"]["entries"].reverse()

    assert "dhub.delete-knowledge.gone" in violated(judged(document))


def without_body(entry: Any) -> None:
    entry["response"]["content"].pop("text")


def without_answer(entry: Any) -> None:
    entry["response"] |= {"status": 0, "content": {"size": 0, "mimeType": "x-unknown"}}


def broken_base64(entry: Any) -> None:
    entry["response"]["content"] |= {"text": "a", "encoding": "base64"}


@pytest.mark.parametrize("change", [without_body, without_answer, broken_base64])
def test_an_answer_that_was_not_kept_is_nobodys_fault(change: Callable[[Any], None]) -> None:
    document = recorded(LIFE)
    for entry in document["log"]["entries"]:
        change(entry)

    assert violated(judged(document)) == set()


def test_a_request_that_was_not_kept_is_left_out() -> None:
    document = recorded(LIFE)
    document["log"]["entries"][0]["request"]["postData"].pop("text")

    recording = read_har(json.dumps(document).encode())

    assert (len(recording.exchanges), recording.left_out) == (3, 1)


def test_base64_pseudo_headers_and_codings_are_understood() -> None:
    document = recorded(LIFE, Undead())
    for entry in document["log"]["entries"]:
        content = entry["response"]["content"]
        content["text"] = base64.b64encode(content["text"].encode()).decode()
        content["encoding"] = "base64"
        entry["response"]["headers"] += [
            {"name": "content-encoding", "value": "br"},
            {"name": "Content-Length", "value": "7"},
        ]
        entry["request"]["headers"] += [{"name": ":authority", "value": "dhub.example.com"}]

    assert violated(judged(document)) == {"dhub.delete-knowledge.gone"}


def test_the_origin_is_named_where_there_are_several() -> None:
    document = recorded(LIFE, Undead())
    other = json.loads(json.dumps(recorded(LIFE)).replace(ORIGIN, "http://127.0.0.1:9000"))
    elsewhere = json.loads(json.dumps(document["log"]["entries"][1]))
    elsewhere["request"]["url"] = "https://cdn.example.net/logo.png"
    document["log"]["entries"] += [*other["log"]["entries"], elsewhere]

    with pytest.raises(UsageError, match=r"at 2 origins; name one by --origin: https://dhub\."):
        judged(document)
    assert "dhub.delete-knowledge.gone" in violated(judged(document, origin=ORIGIN))
    assert violated(judged(document, origin="http://127.0.0.1:9000/")) == set()
    with pytest.raises(UsageError, match="at 0 origins"):
        judged(document, origin="https://none.example.com")


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff\xfe", b'{"log": {"entries": 7}}', b"[" * 100_000])
def test_what_is_no_har_is_refused(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"not a HAR 1\.2 file"):
        read_har(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(["startedDateTime", "time", "request", "response"]), json_values, st.text(), st.text())
def test_a_recording_is_not_trusted(member: str, value: Any, url: str, time: str) -> None:
    document = recorded(LIFE)
    entries = document["log"]["entries"]
    entries[0][member] = value
    entries[1]["request"]["url"] = url
    entries[2]["startedDateTime"] = time
    with suppress(UsageError):  # what is no HAR, or has no call of the service, is told as such
        assert judged(document, origin=ORIGIN).rows


def test_the_command_judges_reports_and_exits(tmp_path: Path) -> None:
    good, bad = tmp_path / "좋음.har", tmp_path / "나쁨.har"
    good.write_text(json.dumps(recorded(LIFE)), encoding="utf-8")
    bad.write_text(json.dumps(recorded(LIFE, Undead())), encoding="utf-8")
    project = ["--project", str(PROJECT.root), "judge"]

    fine = CliRunner().invoke(main, [*project, str(good), "-q"])
    wrong = CliRunner().invoke(main, [*project, str(bad), "-q", "--report", f"html={tmp_path}/r.html"])
    accepted = CliRunner().invoke(main, [*project, str(bad), "-q", "--write-baseline", str(tmp_path / "b.toml")])
    again = CliRunner().invoke(main, [*project, str(bad), "-q", "--baseline", str(tmp_path / "b.toml")])

    assert fine.exit_code == 0, fine.output
    assert fine.output.startswith("dhub_knowledge: passed: 0 violated")
    assert wrong.exit_code == accepted.exit_code == 1
    assert "✗ dhub.delete-knowledge.gone" in wrong.output
    assert "FAILED" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert again.exit_code == 0, again.output
    assert "accepted by the baseline" in again.output


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "x.har"
    file.write_text("{}")
    none = tmp_path / "none.har"
    none.write_text('{"log": {"entries": []}}')
    project = ["--project", str(PROJECT.root), "judge"]

    assert "not a HAR 1.2 file" in CliRunner().invoke(main, [*project, str(file)]).output
    empty = CliRunner().invoke(main, [*project, str(none)])
    assert empty.exit_code == 2
    assert "has no call of dhub_knowledge" in empty.output
    odd = CliRunner().invoke(main, [*project, str(none), "--report", "pdf=x"])
    assert "expected KIND=PATH with a kind of junit, json, html, sarif, har" in odd.output
