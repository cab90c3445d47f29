"""A thousand streams at once on one server: jobs of Entity Enricher and answers of Flowith, on the clock they share.

All of them have begun before any is read to its end; one after another they would take more than an hour.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from tests.mocks.conftest import PROJECT, contract_of, make_engine
from tests.mocks.enricher import CLAUDE, GPT, Enricher, quiet
from tests.mocks.enricher import GOOD as KEY
from tests.mocks.flowith import ENGLISH, KOREAN, SEEK, Flowith, question
from tests.mocks.flowith import GOOD as TOKEN
from tests.server.wire import request
from tests.streams import judged, rules_of
from understudy.adapters.server import serving
from understudy.engine import Engine
from understudy.stage import ScaledClock, Stage

ENRICHER, FLOWITH = "entity_enricher", "flowith_seek"
STREAMS = 1_000
SPARE = 200
"""Descriptors that are left for everything else; a stream takes two, one at each end."""
FACTOR, BLOCK_SECONDS = 0.25, 0.4
"""So slow that the shortest stream lasts for five seconds: opening all of them took two where this was written."""
PATIENCE = 60.0
"""Seconds after which the test fails."""
CONNECTING = 100
"""How many connect at a time: a system may let no more than 128 wait."""
ASKED = ("작은 등의 배터리는 얼마나 오래 가나요? 🔋", "How long does the battery last?", "e\u0301 \u1112\u1161\u11ab?")
JSON = "Content-Type: application/json"


class Streamed(NamedTuple):
    """A stream as it arrived: of which service and account, what the request said, and the body's bytes."""

    stem: str
    credential: str
    asked: Mapping[str, Any]
    body: bytes


class Connection:
    """One connection of a client that waits for nothing but the loop."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def ask(self, data: bytes) -> Any:
        """Send a request and read the whole of its answer, which is JSON."""
        head = await self.begin(data)
        length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
        return json.loads(await self._reader.readexactly(int(length)))

    async def begin(self, data: bytes) -> bytes:
        """Send a request, and read the head of its answer."""
        self._writer.write(data)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        assert head.startswith(b"http/1.1 200 "), head
        return head

    async def rest(self) -> bytes:
        """The body of a streamed answer, to its end (RFC 9112 section 7.1)."""
        chunks: list[bytes] = []
        while size := int(await self._reader.readuntil(b"\r\n"), 16):
            chunks.append((await self._reader.readexactly(size + 2))[:-2])
        assert await self._reader.readexactly(2) == b"\r\n"
        return b"".join(chunks)

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


class Crowd:
    """``count`` clients, of which each opens a stream, waits for all the others, and reads it."""

    def __init__(self, ports: Mapping[str, int], count: int) -> None:
        self._ports = ports
        self._connecting = asyncio.Semaphore(CONNECTING)
        self._all_begun = asyncio.Barrier(count)
        self.streamed: list[Streamed] = []

    async def watch_job(self, number: int) -> None:
        """Two streams of one job."""
        credential = f"{KEY}-{number % 10}"
        field = f"X-API-Key: {credential}"
        connections = [await self._connect(ENRICHER) for _ in range(2)]
        schemas = await connections[0].ask(request("GET", "/api/schema/saved", field))
        path, body = _order(number, schemas["schemas"][0]["id"])
        started = await connections[0].ask(request("POST", path, field, JSON, body=json.dumps(body).encode()))
        stream = request("GET", f"/api/llm/stream/{started['job_id']}", field)
        asked = {"path": {"job_id": started["job_id"]}}
        async with asyncio.TaskGroup() as both:
            for connection in connections:
                both.create_task(self._read(connection, stream, ENRICHER, credential, asked))

    async def seek(self, number: int) -> None:
        """One streamed answer; ten belong to an account, which may ask twelve times a minute."""
        credential = f"{TOKEN}-{number // 10}"
        body = {**question(ASKED[number % len(ASKED)], KOREAN, ENGLISH), "stream": True}
        seek = request("POST", SEEK, f"Authorization: Bearer {credential}", JSON, body=json.dumps(body).encode())
        await self._read(await self._connect(FLOWITH), seek, FLOWITH, credential, {"body": body})

    async def _connect(self, stem: str) -> Connection:
        async with self._connecting:
            return Connection(*await asyncio.open_connection("127.0.0.1", self._ports[stem]))

    async def _read(
        self, connection: Connection, stream: bytes, stem: str, credential: str, asked: Mapping[str, Any]
    ) -> None:
        head = await connection.begin(stream)
        assert b"\r\ntransfer-encoding: chunked\r\n" in head
        await self._all_begun.wait()
        self.streamed.append(Streamed(stem, credential, asked, await connection.rest()))
        await connection.close()


async def watched(ports: Mapping[str, int], count: int) -> list[Streamed]:
    """What ``count`` streams bring, a multiple of four: as many of the one service as of the other."""
    crowd = Crowd(ports, count)
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as clients:
        for number in range(count // 4):
            clients.create_task(crowd.watch_job(number))
        for number in range(count // 2):
            clients.create_task(crowd.seek(number))
    return crowd.streamed


def _order(number: int, schema_id: str) -> tuple[str, dict[str, Any]]:
    """What is asked for: every fifth time a batch."""
    entity, common = {"name": f"삼성전자 {number} 🏢"}, {"schema_id": schema_id, "models": [CLAUDE, GPT]}
    if number % 5:
        return "/api/single/enrich/stream", {"entity_data": entity, **common}
    entities = [entity, {"name": "Roche", "country": "CH"}]
    return "/api/enrichment/batch/start", {"entities": entities, "arbitration_model": CLAUDE, **common}


@pytest.fixture
def count() -> Iterator[int]:
    """How many streams the descriptors of this process are enough for, `STREAMS` at most."""
    try:
        import resource
    except ImportError:  # Windows, which has no such limit
        yield STREAMS
        return
    before = soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * STREAMS + SPARE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    yield STREAMS if soft == resource.RLIM_INFINITY else min(STREAMS, (soft - SPARE) // 8 * 4)
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_thousand_streams_at_once_end_complete_and_in_order(loop_kind: str, count: int) -> None:
    stage = Stage(ScaledClock(time.time, FACTOR), limits={FLOWITH: {"block_seconds": BLOCK_SECONDS}})
    engines = {stem: Engine(PROJECT.load_mock(stem), contract_of(stem), stage) for stem in (ENRICHER, FLOWITH)}
    with serving(engines) as running:
        streamed = asyncio.run(watched(running.ports, count))
    assert len(streamed) == count
    other = Flowith(make_engine(FLOWITH, limits={FLOWITH: {"requests_per_minute": None}}))
    answers = {text: other.seek(text).text for text in ASKED}
    for stem, credential, asked, body in streamed:
        if stem == FLOWITH:
            searching, again, seeds, final = judged(rules_of(FLOWITH, "seek"), body, asked)
            assert [block["tag"] for block in (searching, again, seeds)] == ["searching", "searching", "seeds"]
            assert final["content"] == answers[asked["body"]["messages"][0]["content"]]
        else:
            events = judged(rules_of(ENRICHER, "streamJob"), body, asked)
            late = Enricher(engines[ENRICHER], credential).events(asked["path"]["job_id"])
            assert quiet(events) == quiet(late), "nothing is missing that happened"
