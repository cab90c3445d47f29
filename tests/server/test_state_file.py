"""``serve --state FILE``: what was answered is there after any end of the server; a foreign file is left alone."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.server.killed import DHUB, ENRICHER, ETRI, FILES, ROOT, Service, Writers, Written, read_passage
from understudy.adapters.sqlite import APPLICATION, VERSION

REPOSITORY = Path(__file__).parents[2]
STEMS = ("dhub_knowledge", "entity_enricher", "etri_mrc")
KILLS = 100


class Server:
    """The mocks in a process of its own, on a clock that stands still, so that streams are told at once."""

    def __init__(self, state: Path, *arguments: str) -> None:
        self._file = state.with_name("ready.json")
        self._file.unlink(missing_ok=True)
        command = [sys.executable, "-m", "understudy.adapters.cli", "--project", str(REPOSITORY), "serve", *STEMS]
        self.process = subprocess.Popen(
            [*command, "--port", "0", "--state", str(state), "--ready-file", str(self._file), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"},
            text=True,
        )

    @property
    def urls(self) -> dict[str, str]:
        """Where the services are, once they are."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate(timeout=30)[1]
        return {stem: entry["url"] for stem, entry in json.loads(self._file.read_text(encoding="utf-8")).items()}

    def end(self, number: int) -> tuple[int, str]:
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=30)
        return self.process.returncode, errors

    def failure(self) -> tuple[int, str]:
        _, errors = self.process.communicate(timeout=30)
        return self.process.returncode, errors


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "상태.db"


def test_every_answered_write_survives_kill_9_and_none_by_half(state: Path) -> None:
    written, random = Written(), Random(20260101)
    limits = ("--clock", "manual", "--limit", "etri_mrc.daily_calls=null")
    for _ in range(KILLS):
        server = Server(state, *limits)
        urls = server.urls
        holds(urls, written)
        writers = Writers(urls, written)
        try:
            writers.until(random.randint(1, 30))
        finally:
            server.end(signal.SIGKILL)
            writers.end()
    server = Server(state, "--clock", "manual", "--limit", f"etri_mrc.daily_calls={written.readings}")
    urls = server.urls
    holds(urls, written)
    etri = Service(urls["etri_mrc"], ETRI)
    with pytest.raises(AssertionError, match="Daily Limit Exceeded"):
        read_passage(etri, Written())
    etri.close()
    server.end(signal.SIGTERM)
    assert written.readings > KILLS
    assert len(written.records) > KILLS
    assert len(written.files) > KILLS


def holds(urls: dict[str, str], written: Written) -> None:
    """The services hold what was answered, whole, and nothing that was deleted."""
    dhub, enricher = Service(urls["dhub_knowledge"], DHUB), Service(urls["entity_enricher"], ENRICHER)
    found: dict[str, dict[str, object]] = {}
    token = ""
    while token is not None:
        page = dhub.call("GET", f"{ROOT}?limit=100" + (f"&token={token}" if token else ""))
        found |= {id: json.loads(text) for id, text in page["items"].items()}
        token = page["token"]
    for id, knowledge in found.items():
        name = knowledge["name"]
        assert id == "knowledge-abc123" or (knowledge["tags"], knowledge["options"]) == ([name], {"name": name})
    for id, names in written.knowledges.items():
        assert found.get(id, {"name": None})["name"] in names
    for id, data in list(written.files.items())[-2 * len(FILES) :]:
        assert enricher.call("GET", f"/api/attachments/{id}/download") == data
    for id, result in list(written.records.items())[-5:]:
        assert enricher.call("GET", f"/api/records/{id}")["structured_output"] == result
    dhub.close()
    enricher.close()


def once(url: str, method: str, path: str, body: Any = None) -> Any:
    """One call of D.Hub on a connection of its own."""
    service = Service(url, DHUB)
    try:
        return service.call(method, path, body)
    finally:
        service.close()


def test_a_file_that_is_not_ours_is_refused_and_left_untouched(state: Path) -> None:
    connection = sqlite3.connect(state)
    connection.execute("CREATE TABLE diary (text)")
    connection.commit()
    connection.close()
    for content in (state.read_bytes(), "일기장\n".encode(), b"SQLite format 3\x00"):
        state.write_bytes(content)

        code, errors = Server(state).failure()

        assert code == 2
        assert "is no file in which understudy saves its state: choose another; it is left untouched" in errors
        assert state.read_bytes() == content
        assert sorted(path.name for path in state.parent.iterdir()) == [state.name]


def test_a_file_of_a_newer_version_is_refused_and_left_untouched(state: Path) -> None:
    connection = sqlite3.connect(state)
    connection.executescript(f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION + 1};")
    connection.execute("CREATE TABLE rows (later)")
    connection.close()
    content = state.read_bytes()

    code, errors = Server(state).failure()

    assert code == 2
    assert f"saved by a newer understudy (version {VERSION + 1} of the file, this one reads {VERSION})" in errors
    assert state.read_bytes() == content


def test_a_file_in_use_is_refused(state: Path) -> None:
    first = Server(state)
    urls = first.urls

    code, errors = Server(state).failure()

    assert code == 2
    assert "is in use by another server" in errors
    assert once(urls["dhub_knowledge"], "GET", ROOT)["items"]
    assert first.end(signal.SIGTERM)[0] == 0


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    code, errors = Server(tmp_path / "없는 폴더" / "state.db").failure()

    assert code == 2
    assert "cannot be made" in errors


def test_an_empty_file_is_begun(state: Path) -> None:
    state.touch()
    server = Server(state)
    assert once(server.urls["dhub_knowledge"], "GET", ROOT)["items"]
    assert server.end(signal.SIGTERM)[0] == 0
    assert state.read_bytes().startswith(b"SQLite format 3\x00")


def test_the_seed_is_the_files(state: Path) -> None:
    first = Server(state, "--seed", "7")
    one = once(first.urls["dhub_knowledge"], "POST", ROOT, {"name": "하나"})["item"]
    first.end(signal.SIGTERM)

    code, errors = Server(state, "--seed", "8").failure()

    assert code == 2
    assert "was begun with --seed 7; leave the option out" in errors
    again = Server(state)
    two = once(again.urls["dhub_knowledge"], "POST", ROOT, {"name": "둘"})["item"]
    again.end(signal.SIGTERM)
    assert one != two


def test_time_does_not_run_back(state: Path) -> None:
    """A state that was saved later than the manual clock's begin goes on from there."""
    real = Server(state)
    created = once(real.urls["dhub_knowledge"], "POST", ROOT, {"name": "지금"})["item"]
    real.end(signal.SIGTERM)

    again = Server(state, "--clock", "manual")
    url = again.urls["dhub_knowledge"]
    later = once(url, "POST", ROOT, {"name": "나중"})["item"]
    times = [once(url, "GET", ROOT + id)["created_at"] for id in (created, later)]
    again.end(signal.SIGTERM)

    assert times[0] <= times[1]
