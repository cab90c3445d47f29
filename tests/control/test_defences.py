"""Who may call the control plane: whoever has the token, from this machine, and no page in a browser."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from tests.control.served import Served
from tests.server.wire import Answer, request
from understudy.adapters.controlling import controlling
from understudy.control import Plane, plane_engine
from understudy.errors import UsageError
from understudy.http import Request
from understudy.stage import ManualClock
from understudy.stages import Stages

MEBIBYTE = 2**20
CREATION = b'{"name":"t1"}'
JSON = "Content-Type: application/json"


@pytest.fixture(autouse=True)
def nothing_was_done(served: Served) -> Any:
    """Whatever a test of this module sends, no stage comes of it."""
    yield
    assert [stage.name for stage in served.stages] == ["default"]


def raw(
    served: Served, *head: str, host: str | None = "", body: bytes | None = CREATION, method: str = "POST"
) -> Answer:
    """The answer to a creation of a stage with just this head; ``host`` is the plane's own where it is empty."""
    named = f"127.0.0.1:{served.port}" if host == "" else host
    with served.wire() as client:
        return client.ask(request(method, "/stages", *head, body=body, host=named))


def bearer(served: Served) -> str:
    return f"Authorization: Bearer {served.token}"


def error(answer: Answer) -> tuple[int, str]:
    assert not any(name.startswith("access-control-") for name in answer.headers)
    return answer.status, answer.json["error"]


@pytest.mark.parametrize(
    "credential",
    [
        "Bearer ",
        "Bearer x",
        "Bearer made-at-start",
        "Bearer made-at-start-1",
        "Basic {}",
        "{}",
        "Bearer {}x",
        "Bearer {}-a",
    ],
)
def test_another_token_opens_nothing(served: Served, credential: str) -> None:
    answer = raw(served, f"Authorization: {credential.format(served.token)}", JSON)
    assert error(answer)[0] == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_token_is_needed(served: Served) -> None:
    assert error(raw(served, JSON)) == (401, "missing_token")
    for target in ("/stages", "/openapi.json", "/nowhere", "/stages/default/journal/follow"):
        with served.wire() as client:
            assert error(client.ask(request("GET", target, host=f"127.0.0.1:{served.port}"))) == (401, "missing_token")


def test_every_start_makes_a_token_of_its_own(served: Served) -> None:
    with controlling(served.stages) as first, controlling(served.stages) as second:
        tokens = {served.token, first.token, second.token}
    assert len(tokens) == 3
    assert {len(token) for token in tokens} == {43}, "256 bits, base64"


@pytest.mark.parametrize(
    "host",
    [
        None, "", "evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}",
        "127.0.0.1.evil.example:{port}", "0.0.0.0:{port}", "192.168.0.1:{port}", "[::]:{port}", "2130706433:{port}",
        "127.0.0.1:{port}:{port}", "localhost:{port}@evil.example", "localhost, evil.example",
    ],
)  # fmt: skip
def test_a_foreign_host_leads_nowhere(served: Served, host: str | None) -> None:
    if host is None:
        with served.wire() as client:  # HTTP/1.0 asks for no Host
            lines = ["POST /stages HTTP/1.0", bearer(served), JSON, f"Content-Length: {len(CREATION)}", "", ""]
            assert error(client.ask("\r\n".join(lines).encode() + CREATION)) == (421, "foreign_host")
        return
    named = host.format(port=served.port)
    with served.wire() as client:
        answer = client.ask(request("POST", "/stages", bearer(served), JSON, body=CREATION, host=named))
    assert error(answer) == (421, "foreign_host")


@pytest.mark.parametrize(
    "host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", "[::1]:{port}", "127.1.2.3:{port}"]
)
def test_a_host_of_loopback_is_let_in(served: Served, host: str) -> None:
    answer = raw(served, bearer(served), host=host.format(port=served.port), method="GET", body=None)
    assert answer.status == 200


def test_nobody_is_let_in_before_the_plane_listens(served: Served) -> None:
    plane = Plane(Stages(dict(served.default.engines)), "token", lambda: 0.0)
    headers = {"host": "127.0.0.1:80", "authorization": "Bearer token"}
    engine = plane_engine(plane, ManualClock())
    assert engine.handle(Request("GET", "/stages", headers)).response.status == 421
    plane.listens(80, {})
    assert engine.handle(Request("GET", "/stages", headers)).response.status == 200
    assert engine.handle(Request("GET", "/stages", headers | {"host": "localhost"})).response.status == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_it_listens_on_loopback_only(served: Served, host: str) -> None:
    with pytest.raises(UsageError, match="loopback only"), controlling(served.stages, host=host):
        pytest.fail("it listens")


# What a page in a browser can send without being asked for permission, and what it cannot

FORM = b"name=t1"
MULTIPART = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nt1\r\n--x--\r\n'
CROSS = ("Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: empty")


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (("Content-Type: text/plain", "Origin: http://evil.example"), CREATION),
        (("Content-Type: text/plain;charset=UTF-8", "Origin: null", "Sec-Fetch-Site: cross-site", *CROSS), CREATION),
        (("Content-Type: application/x-www-form-urlencoded", "Sec-Fetch-Site: cross-site"), FORM),
        (("Content-Type: multipart/form-data; boundary=x", "Sec-Fetch-Site: same-site"), MULTIPART),
        (("Sec-Fetch-Site: cross-site", *CROSS), CREATION),
        (("Origin: http://127.0.0.1:{port}", "Sec-Fetch-Site: same-origin", JSON), CREATION),
        (("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"), None),
    ],
)
@pytest.mark.parametrize("stolen", [False, True], ids=["without the token", "even with the token"])
def test_a_page_in_a_browser_does_nothing(
    served: Served, head: tuple[str, ...], body: bytes | None, stolen: bool
) -> None:
    sent = [field.format(port=served.port) for field in head] + [bearer(served)] * stolen
    assert error(raw(served, *sent, body=body)) == (403, "from_a_browser")


@pytest.mark.parametrize(
    ("head", "body", "status"),
    [
        (("Content-Type: text/plain",), CREATION, 415),
        (("Content-Type: application/x-www-form-urlencoded",), FORM, 415),
        ((), CREATION, 415),
    ],
)
def test_a_browser_that_hides_itself_does_nothing_either(
    served: Served, head: tuple[str, ...], body: bytes, status: int
) -> None:
    """An old browser, or one behind something that takes those fields away; and then, if it had the token."""
    assert error(raw(served, *head, body=body))[0] == 401
    assert error(raw(served, *head, bearer(served), body=body))[0] == status


def test_a_preflight_gets_no_permission(served: Served) -> None:
    asked = ("Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization, content-type")
    private = "Access-Control-Request-Private-Network: true"
    answer = raw(served, "Origin: http://evil.example", *asked, private, method="OPTIONS", body=None)
    assert error(answer) == (403, "from_a_browser")
    assert error(raw(served, bearer(served), *asked, method="OPTIONS", body=None)) == (405, "method_not_allowed")


# Bodies


@pytest.mark.parametrize(
    ("body", "status", "name", "pointer"),
    [
        (b"{", 400, "malformed_json", ""),
        (b"", 400, "malformed_json", ""),
        (b"\xff\xfe", 400, "malformed_json", ""),
        (b'{"name":"\\ud800"}', 400, "malformed_json", ""),
        (b"[" * 100_000, 400, "malformed_json", ""),
        (b'{"seed":' + b"[" * 300 + b"]" * 300 + b"}", 400, "malformed_json", ""),
        (b'{"seed":NaN}', 400, "malformed_json", ""),
        (b"null", 400, "request_violation", ""),
        (b'{"name":3}', 400, "request_violation", "/name"),
        (b'{"clock":{"kind":"sun"}}', 400, "request_violation", "/clock/kind"),
        (b'{"limits":{"flowith_seek":3}}', 400, "request_violation", "/limits/flowith_seek"),
        (b'{"limits":{"\\u0000\\r\\n\\u007f":3}}', 400, "request_violation", "/limits/\x00\r\n\x7f"),
        ('{"name":"무대"}'.encode(), 400, "request_violation", "/name"),
        (b'{"name":"a\\u0000"}', 400, "request_violation", "/name"),
    ],
)
def test_a_malformed_body_is_told_where(served: Served, body: bytes, status: int, name: str, pointer: str) -> None:
    answer = raw(served, bearer(served), JSON, body=body)
    assert error(answer) == (status, name)
    assert pointer in [violation["pointer"] for violation in answer.json["violations"]]


def test_a_body_has_a_bound(served: Served) -> None:
    long = b'{"name":"t1"' + b" " * MEBIBYTE + b"}"
    told = served.call("POST", "/stages/default/clock/advance", long)
    assert (told.status, told.json["error"]) == (413, "payload_too_large")
    assert served.call("PATCH", "/stages/default/clock", b'{"straight":true}'.ljust(MEBIBYTE)).status == 200
    document = served.call("GET", "/stages/default/snapshot").body
    assert served.call("PUT", "/stages/default/snapshot", document.ljust(2 * MEBIBYTE)).status == 200


@pytest.mark.parametrize(
    ("known", "most"), [(False, MEBIBYTE), (True, 64 * MEBIBYTE)], ids=["a stranger", "the holder"]
)
def test_more_is_not_even_read(served: Served, known: bool, most: int) -> None:
    head = [bearer(served)] if known else []
    lines = [
        "POST /stages HTTP/1.1",
        f"Host: 127.0.0.1:{served.port}",
        *head,
        JSON,
        f"Content-Length: {most + 1}",
        "",
        "",
    ]
    with served.wire() as client:
        assert error(client.ask("\r\n".join(lines).encode())) == (413, "payload_too_large")


# The token is kept


def test_the_token_is_in_no_answer_no_log_and_no_text(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    targets = [
        "/stages",
        "/stages/default",
        "/openapi.json",
        "/stages/default/snapshot",
        "/stages/default/journal",
        "/nowhere",
    ]
    answers = [served.call("GET", target) for target in targets]
    answers += [served.call("GET", f"/stages/{served.token}"), served.call("POST", "/stages", {"name": served.token})]
    answers += [
        served.call("POST", "/stages/default/preparations", {"service": served.token, "name": "", "values": {}})
    ]
    with controlling(served.stages) as plane:
        texts = [repr(plane), str(plane), caplog.text]
        assert all(plane.token not in text for text in texts)
    echoed = answers.pop()
    assert echoed.status == 422, "what a holder says himself may be said back"
    assert all(served.token not in answer.body.decode() + str(answer.headers) for answer in answers)
    assert served.token not in caplog.text


def test_a_failure_inside_does_not_tell_it(
    served: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("inside")

    monkeypatch.setattr(type(served.default), "reset", fail)
    answer = served.call("POST", "/stages/default/reset")
    assert answer.status == 500
    assert "RuntimeError in the mock of resetStage: inside" in answer.body.decode()
    assert served.token not in answer.body.decode() + caplog.text
