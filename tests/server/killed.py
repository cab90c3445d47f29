"""Writers that write to a server until it is killed, and know afterwards what was answered."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

DHUB = {"Authorization": "Bearer dhub-test-good"}
ENRICHER = {"X-API-Key": "ent_test_good"}
ETRI = {"Authorization": "etri-test-good"}
ROOT = "/api/v1/knowledges/"
FILES = (b"", "한글 파일 🗂️".encode(), b"\x00\xff\r\n" * 5_000)


class Gone(Exception):
    """No answer came: whether the call had its effect nobody knows."""


class Service:
    """One connection to one service."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        self._headers = headers

    def call(self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, media_type: str = "") -> Any:
        """The JSON (or bytes) of an answer with status 200."""
        content = json.dumps(body).encode() if raw is None and body is not None else raw
        headers = self._headers | ({"Content-Type": media_type or "application/json"} if content is not None else {})
        try:
            self._connection.request(method, path, content, headers)
            response = self._connection.getresponse()
            read = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Gone from error
        assert response.status == 200, (method, path, response.status, read)
        return json.loads(read) if response.getheader("Content-Type", "").startswith("application/json") else read

    def close(self) -> None:
        self._connection.close()


class Written:
    """What was answered, over all servers that there have been.

    A Knowledge has one of its names, or is gone (None): several while a call about it was not answered.
    """

    def __init__(self) -> None:
        self.knowledges: dict[str, set[str | None]] = {}
        self.files: dict[str, bytes] = {}
        self.records: dict[str, Any] = {}
        self.readings = 0
        self._names = itertools.count()

    def name(self) -> str:
        return f"이름 {next(self._names)} 🛒"


def write_knowledges(service: Service, written: Written) -> None:
    """Create, change and delete; a name stands in three fields, so that half a write would show."""
    first, second = written.name(), written.name()
    id = service.call("POST", ROOT, fields(first))["item"]
    written.knowledges[id] = {first, second}
    service.call("PUT", ROOT + id, fields(second))
    written.knowledges[id] = {second}
    if len(written.knowledges) % 4 == 0:
        written.knowledges[id] = {second, None}
        service.call("DELETE", ROOT + id)
        written.knowledges[id] = {None}


def fields(name: str) -> dict[str, Any]:
    return {"name": name, "tags": [name], "options": {"name": name}}


def write_files(service: Service, written: Written) -> None:
    parts = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="files"; filename="f%d"\r\n\r\n%s\r\n' % (number, data)
        for number, data in enumerate(FILES)
    )
    told = service.call("POST", "/api/attachments", raw=parts + b"--b--", media_type="multipart/form-data; boundary=b")
    written.files.update(zip((file["id"] for file in told), FILES, strict=True))


def write_records(service: Service, written: Written) -> None:
    schema = service.call("GET", "/api/schema/saved")["schemas"][0]["id"]
    order = {
        "entity_data": {"name": written.name(), "country": "KR"},
        "schema_id": schema,
        "models": ["openai::gpt-4o"],
    }
    job = service.call("POST", "/api/single/enrich/stream", order)["job_id"]
    events = service.call("GET", f"/api/llm/stream/{job}").decode().split("\r\n\r\n")
    told = [json.loads(event.removeprefix("data: ")) for event in events if event]
    for event in told:
        if event["type"] == "model_completed":
            written.records[event["record_id"]] = event["result"]


def read_passage(service: Service, written: Written) -> None:
    asked = {"argument": {"question": "대한민국의 수도는 어디인가?", "passage": "대한민국의 수도는 서울이다."}}
    service.call("POST", "/MRCServlet", asked)
    written.readings += 1


class Writers:
    """One thread for each kind of write; ``until`` returns when so many writes were answered."""

    def __init__(self, urls: dict[str, str], written: Written) -> None:
        self._answered = threading.Semaphore(0)
        self._errors: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._write, args=(Service(urls[stem], headers), write, written))
            for stem, headers, write in (
                ("dhub_knowledge", DHUB, write_knowledges),
                ("entity_enricher", ENRICHER, write_files),
                ("entity_enricher", ENRICHER, write_records),
                ("etri_mrc", ETRI, read_passage),
            )
        ]
        for thread in self._threads:
            thread.start()

    def until(self, answers: int) -> None:
        for _ in range(answers):
            assert self._answered.acquire(timeout=30), self._errors

    def end(self) -> None:
        for thread in self._threads:
            thread.join()
        if self._errors:
            raise self._errors[0]

    def _write(self, service: Service, write: Callable[[Service, Written], None], written: Written) -> None:
        try:
            while True:
                write(service, written)
                self._answered.release()
        except Gone:
            pass
        except BaseException as error:
            self._errors.append(error)
        finally:
            service.close()
