"""`understudy verify` of an instance that is not ours, and `understudy cleanup` after it, in processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from understudy.adapters.cli import main
from understudy.adapters.inprocess import EngineTransport
from understudy.adapters.server import serving
from understudy.engine import Engine
from understudy.http import Request
from understudy.journal import Exchange
from understudy.project import find_project
from understudy.stage import ManualClock, Stage
from understudy.verify.har import read_har

ROOT = Path(__file__).resolve().parents[2]
PROJECT = find_project(ROOT)
STEM, TOKEN = "dhub_knowledge", "dhub-test-good"
CREATE = ("POST", "/api/v1/knowledges/")
Tap = Callable[[Request, int], None]


class Tapped:
    """A mock, and somebody who is told of every call, and the how manieth it is, before it is answered."""

    def __init__(self, tap: Tap) -> None:
        contract = PROJECT.contract(STEM)
        self.engine = Engine(PROJECT.load_mock(STEM), contract, Stage(ManualClock()))
        self.requests: list[Request] = []
        self._tap = tap
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    def choose(self, headers: Mapping[str, str]) -> Tapped:
        return self

    def handle(self, request: Request) -> Exchange:
        with self._lock:
            self.requests.append(request)
            self._tap(request, len(self.requests))
            return self.engine.handle(request)

    @property
    def names(self) -> list[str]:
        """The names of the Knowledges that runs have made."""
        request = Request("GET", "/api/v1/knowledges/?limit=100", {"authorization": f"Bearer {TOKEN}"})
        items = json.loads(EngineTransport(self.engine).send(request).content)["items"]
        names = [json.loads(item)["name"] for item in items.values()]
        return [name for name in names if name.startswith("understudy-")]


@contextmanager
def tapped(tap: Tap = lambda request, number: None) -> Iterator[tuple[Tapped, str]]:
    provider = Tapped(tap)
    with serving({STEM: provider}) as running:
        yield provider, running.urls[STEM]


def understudy(*arguments: str | Path) -> Result:
    command = ["--project", str(ROOT), *map(str, arguments)]
    return CliRunner().invoke(main, command, env={"UNDERSTUDY_DHUB_KNOWLEDGE_GOOD": TOKEN})


def verify(url: str, *options: str | Path) -> Result:
    return understudy("verify", STEM, "--url", url, "--examples", "0", "-q", *options)


class Child:
    """``understudy verify`` in a process of its own, and the signals that it is sent."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None
        self._started = threading.Event()

    def signal(self, number: int) -> None:
        assert self._started.wait(30)
        assert self.process is not None
        os.kill(self.process.pid, number)

    def run(self, url: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-m",
            "understudy.adapters.cli",
            "--project",
            str(ROOT),
            "verify",
            STEM,
            "--url",
            url,
        ]
        command += ["--writes", "--examples", "0", "-q", *options]
        environment = os.environ | {"UNDERSTUDY_DHUB_KNOWLEDGE_GOOD": TOKEN}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=folder, env=environment, text=True, stdout=pipe, stderr=pipe)
        self._started.set()
        out, error = self.process.communicate(timeout=120)
        return subprocess.CompletedProcess(command, self.process.returncode, out, error)


def test_an_instance_is_only_read_unless_writes_are_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with tapped() as (provider, url):
        result = verify(url)
        methods = {request.method for request in provider.requests}

    assert result.exit_code == 0, result.output
    assert methods == {"GET"}
    assert [*tmp_path.iterdir()] == []


def test_what_is_created_is_deleted_and_its_ledger_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with tapped() as (provider, url):
        result = verify(url, "--writes")

    assert result.exit_code == 0, result.output + result.stderr
    assert any(request.method == "POST" for request in provider.requests)
    assert provider.names == []
    assert [*tmp_path.iterdir()] == []


def test_a_cap_that_runs_out_leaves_clauses_unchecked_and_nothing_behind(tmp_path: Path) -> None:
    with tapped() as (provider, url):
        result = verify(url, "--writes", "--calls", "23", "--ledger", tmp_path / "ledger")

    assert result.exit_code == 0, result.output
    assert len(provider.requests) <= 23
    assert " 0 violated" in result.output
    assert provider.names == []


def test_a_plan_calls_nobody_and_comes_to_what_is_called() -> None:
    with tapped() as (provider, url):
        told = understudy("verify", STEM, "--url", url, "--examples", "0", "--writes", "--plan", "--json")
        assert provider.requests == []
        (plan,) = json.loads(told.output)["plans"]
        verify(url, "--writes")

    assert told.exit_code == 0
    assert plan["calls"] == len(provider.requests)
    assert plan["created"]["createKnowledge"] == plan["deleted"]["deleteKnowledge"] > 0
    assert plan["unchecked"]


def test_a_plan_without_writes_says_what_stays_unchecked() -> None:
    told = understudy("verify", STEM, "--url", "http://127.0.0.1:1", "--plan")

    assert told.exit_code == 0, told.output
    assert "writes are not allowed: --writes" in told.output
    assert "creates" not in told.output
    assert TOKEN not in told.output


def test_a_plan_keeps_the_documented_rate(tmp_path: Path) -> None:
    """Seeks only read, though they are POST: so they need no --writes."""
    targets = tmp_path / "targets.toml"
    text = '[flowith_seek]\nurl = "http://127.0.0.1:1"\nfixtures = {knowledge_bases = ["가"]}\n'
    targets.write_text(text + 'credentials = {good = "flowith-secret"}', encoding="utf-8")
    told = understudy("verify", "--target", targets, "--plan", "--json")
    (plan,) = json.loads(told.output)["plans"]

    assert told.exit_code == 0
    assert plan["by_operation"]["seek"] > 12
    assert plan["calls"] <= 36
    assert 120 <= plan["seconds"] <= 300
    assert plan["created"] == {}
    assert not [reason for reason in plan["unchecked"].values() if "writes" in reason]


def test_a_plan_is_of_somebody() -> None:
    result = understudy("verify", STEM, "--plan")

    assert result.exit_code == 2
    assert "--url or --target" in result.stderr


def test_exchanges_are_recorded_without_secrets(tmp_path: Path) -> None:
    with tapped() as (provider, url):
        verify(url, "--record", tmp_path / "기록.har")
    data = (tmp_path / "기록.har").read_bytes()

    assert len(read_har(data).exchanges) == len(provider.requests) > 0
    assert TOKEN.encode() not in data
    assert (tmp_path / "기록.har").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_stopped_cleans_up(tmp_path: Path, number: int, code: int) -> None:
    child = Child()

    def tap(request: Request, count: int) -> None:
        if count == 6:
            child.signal(number)

    with tapped(tap) as (provider, url):
        ended = child.run(url, tmp_path, "--record", "run.har")

    assert ended.returncode == code, ended.stderr
    assert "stopped by" in ended.stderr
    assert any((request.method, request.path) == CREATE for request in provider.requests)
    assert provider.names == []
    assert "0 violated" in ended.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["run.har"]
    assert len(read_har((tmp_path / "run.har").read_bytes()).exchanges) == len(provider.requests)


def test_a_run_that_is_stopped_twice_breaks_off_its_call_and_cleans_up(tmp_path: Path) -> None:
    child, creations, released = Child(), 0, threading.Event()

    def tap(request: Request, count: int) -> None:
        nonlocal creations
        creations += (request.method, request.path) == CREATE
        if creations == 2 and not released.is_set():
            released.set()
            child.signal(signal.SIGINT)
            child.signal(signal.SIGTERM)

    with tapped(tap) as (provider, url):
        ended = child.run(url, tmp_path, "--ledger", "ledger")

    assert ended.returncode in (130, 143), ended.stderr
    assert len(provider.names) <= 1
    if provider.names:  # the creation that was broken off: nobody knows its id, but it can be recognised
        assert "createKnowledge (POST /api/v1/knowledges/): never answered" in ended.stderr


def test_what_a_killed_run_left_is_cleaned_up_by_its_ledger(tmp_path: Path) -> None:
    child = Child()

    def tap(request: Request, count: int) -> None:
        if count == 8 and child.process is not None and child.process.returncode is None:
            child.signal(signal.SIGKILL)

    with tapped(tap) as (provider, url):
        ended = child.run(url, tmp_path, "--ledger", "ledger")
        left = provider.names
        result = understudy("cleanup", tmp_path / "ledger")
        again = understudy("cleanup", tmp_path / "ledger")

    assert ended.returncode == -signal.SIGKILL
    assert left
    assert result.exit_code == 0, result.output + result.stderr
    assert provider.names == []
    assert "deleted" in result.output
    assert again.exit_code == 0
    assert "nothing is left" in again.output
    assert TOKEN not in (tmp_path / "ledger").read_text(encoding="utf-8")


def left_behind(tmp_path: Path, url: str) -> Path:
    """A ledger that lists one Knowledge."""
    head = {"ledger": 1, "stem": STEM, "url": url, "label": "understudy-0", "variables": {}}
    left = {"operation": "deleteKnowledge", "path": {"knowledge_id": "knowledge-abc123"}, "role": "good"}
    lines = [head, {"stem": STEM, "left": [left]}]
    path = tmp_path / "ledger"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines) + '{"stem": "dh', encoding="utf-8")
    return path


def test_what_cannot_be_deleted_is_told(tmp_path: Path) -> None:
    with tapped() as (_, url):
        ledger = left_behind(tmp_path, url)
        ledger.write_text(ledger.read_text(encoding="utf-8").replace('"good"', '"nobody"'), encoding="utf-8")
        result = understudy("cleanup", ledger)

    assert result.exit_code == 1
    assert (
        "deleteKnowledge knowledge-abc123: not deleted: the target has no credential for the role nobody"
        in result.stderr
    )
    assert "0 of 1 deleted" in result.output


def test_a_ledger_is_cleaned_up_where_it_was_made(tmp_path: Path) -> None:
    targets = tmp_path / "targets.json"
    targets.write_text(json.dumps({STEM: {"url": "http://127.0.0.1:2"}}), encoding="utf-8")
    ledger = left_behind(tmp_path, "http://127.0.0.1:1")

    assert "name the target of that run" in understudy("cleanup", ledger, "--target", targets).stderr
    assert understudy("cleanup", ledger).exit_code == 3


def test_a_ledger_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    ledger = left_behind(tmp_path, "http://127.0.0.1:1")
    with tapped() as (provider, url):
        result = verify(url, "--writes", "--ledger", ledger)

    assert result.exit_code == 2
    assert "understudy cleanup" in result.stderr
    assert provider.names == []
