"""Mocks and their control plane, served, and the calls that tests make to both."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from tests.server.wire import Client
from understudy.stage import Stage
from understudy.stages import Stages

JSON = {"Content-Type": "application/json"}


class Answer(NamedTuple):
    """``headers`` by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Served:
    """``url`` and ``token`` are the plane's, ``urls`` the mocks', by stem."""

    def __init__(self, stages: Stages, urls: Mapping[str, str], url: str, token: str) -> None:
        self.stages = stages
        self.urls = urls
        self.url = url
        self.token = token

    @property
    def port(self) -> int:
        return port_of(self.url)

    @property
    def default(self) -> Stage:
        return self.stages.default

    def call(self, method: str, target: str, body: Any = None, **headers: str | None) -> Answer:
        """Call the plane with its token. ``body`` is JSON, or bytes; a header that is None is left out."""
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        given: dict[str, str | None] = {"Authorization": f"Bearer {self.token}"}
        given |= JSON if content is not None else {}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        return ask(self.url, method, target, content, {name: text for name, text in given.items() if text is not None})

    def done(self, method: str, target: str, body: Any = None) -> Any:
        """The JSON of an answer that is a success; None where it has no content."""
        answer = self.call(method, target, body)
        assert 200 <= answer.status < 300, answer.body.decode()
        return answer.json if answer.body else None

    def refused(self, method: str, target: str, body: Any = None) -> tuple[int, str, str]:
        """Status, name and detail of a refusal."""
        answer = self.call(method, target, body)
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json
        assert problem["status"] == answer.status
        return answer.status, problem["error"], problem["detail"]

    def mock(self, stem: str, method: str, target: str, body: Any = None, **headers: str) -> Answer:
        """Call a mock."""
        content = None if body is None else json.dumps(body).encode()
        given = {name.replace("_", "-"): value for name, value in headers.items()} | (JSON if content else {})
        return ask(self.urls[stem], method, target, content, given)

    def seek(self, credential: str, question: str = "배터리", **headers: str) -> Answer:
        """Ask Flowith."""
        asked = {"messages": [{"role": "user", "content": question}], "model": "gpt-4o-mini", "kb_list": []}
        return self.mock("flowith_seek", "POST", SEEK, asked, Authorization=f"Bearer {credential}", **headers)

    def wire(self) -> Client:
        """A raw connection to the plane."""
        return Client(self.port)


SEEK = "/external/use/seek-knowledge/seek"
KNOWLEDGES = "/api/v1/knowledges/"


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def ask(url: str, method: str, target: str, content: bytes | None, headers: Mapping[str, str]) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port_of(url), timeout=10)
    try:
        connection.request(method, target, content, dict(headers))
        response = connection.getresponse()
        named = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, named, response.read())
    finally:
        connection.close()
