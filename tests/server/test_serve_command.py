"""``understudy serve``: what it prints, writes, refuses, and how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.server.wire import Client, request
from understudy.adapters.cli import main
from understudy.verify.target import read_targets

PROJECT = Path(__file__).with_name("project")
KEY = "X-API-Key: greeter-test-good"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of two services, ``greeter`` and ``waver``, and a contract that has no mock."""
    root = tmp_path / "프로젝트"
    shutil.copytree(PROJECT, root, ignore=shutil.ignore_patterns("__pycache__"))
    contract, mock = root / "contracts/greeter.yaml", root / "mocks/greeter.py"
    (root / "contracts/waver.yaml").write_text(contract.read_text().replace("greeter-test", "waver-test"))
    (root / "mocks/waver.py").write_text(mock.read_text().replace('"greeter"', '"waver"'))
    (root / "contracts/mute.yaml").write_text(contract.read_text())
    return root


class Server:
    """A server in a process of its own. ``printed`` is what it says until it is ready, ``ready`` its ready file."""

    def __init__(self, project: Path, *arguments: str) -> None:
        self.file = project / "ready.json"
        command = [sys.executable, "-m", "understudy.adapters.cli", "--project", str(project), "serve", *arguments]
        self.process = subprocess.Popen(
            [*command, "--ready-file", str(self.file)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONUTF8": "1"},
            text=True,
        )

    def lines(self, count: int) -> list[str]:
        assert self.process.stdout is not None
        return [self.process.stdout.readline().rstrip("\n") for _ in range(count)]

    @property
    def ready(self) -> Any:
        return json.loads(self.file.read_text(encoding="utf-8"))

    def client(self, stem: str) -> Client:
        return Client(int(self.ready[stem]["url"].rpartition(":")[2]))

    def stop(self, number: int) -> tuple[int, str]:
        """Send a signal; returns the exit code and what it said on standard error."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=30)
        return self.process.returncode, errors


@pytest.fixture
def start(project: Path) -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def begin(*arguments: str) -> Server:
        servers.append(Server(project, *arguments))
        return servers[-1]

    yield begin
    for server in servers:
        server.process.kill()
        server.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serves_every_mock_until_it_is_told_to_stop(start: Callable[..., Server], number: int) -> None:
    server = start("--port", "0")
    printed = server.lines(10)
    ready = server.ready
    assert list(ready) == ["greeter", "waver", "control"], "a contract without a mock is left out"
    assert printed[0] == f"greeter  {ready['greeter']['url']}"
    assert printed[1:4] == ["  X-API-Key: <credential>, by role:", "    good  greeter-test-good",
                            "    more  greeter-test-a greeter-test-b"]  # fmt: skip
    assert ready["waver"] == {
        "url": ready["waver"]["url"],
        "credentials": {"good": "waver-test-good", "more": ["waver-test-a", "waver-test-b"]},
        "fixtures": {"names": ["하나", "둘"]},
        "limits": {"body_bytes": 1000, "languages": ["ko", "en"], "tone": "polite"},
    }
    assert printed[8:] == [
        f"control  {ready['control']['url']}",
        f"  Authorization: Bearer {ready['control']['token']}",
    ]
    with server.client("greeter") as client:
        assert client.ask(request("GET", "/greetings/%EC%95%88", KEY)).json["text"].startswith("안, polite ")
        assert server.stop(number) == (0, "")
    assert not server.file.exists(), "a ready file means that somebody serves"


def test_services_take_ports_in_the_order_in_which_they_are_named(start: Callable[..., Server]) -> None:
    for base in range(20_000, 32_000, 1000):
        server = start("waver", "greeter", "waver", "--port", str(base))
        if server.lines(1) != [""]:
            break
    assert {stem: entry["url"] for stem, entry in server.ready.items() if stem != "control"} == {
        "waver": f"http://127.0.0.1:{base}",
        "greeter": f"http://127.0.0.1:{base + 1}",
    }


def test_seed_clock_dialect_and_limits_reach_the_mock(start: Callable[..., Server]) -> None:
    options = ("--clock", "manual", "--dialect", "shouting", "--limit", 'greeter.tone="반말"')
    texts = []
    for seed in ("7", "7", "8"):
        server = start("greeter", "--port", "0", "--seed", seed, *options, "--limit", "greeter.body_bytes=3")
        server.lines(4)
        assert server.ready["greeter"]["limits"] == {"body_bytes": 3, "languages": ["ko", "en"], "tone": "반말"}
        with server.client("greeter") as client:
            answer = client.ask(request("GET", "/greetings/you", KEY))
            texts.append(answer.json["text"])
            assert answer.headers["date"] == "Thu, 01 Jan 2026 00:00:00 GMT"
            assert client.ask(request("POST", "/greetings/you", body=b"long")).json == {"error": "That is too long."}
    assert texts[0].startswith("YOU, 반말 ")
    assert texts[0] == texts[1] != texts[2], "the same seed, the same identifiers"


def run(project: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--project", str(project), "serve", *arguments])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["greter"], "did you mean 'greeter'"),
        (["mute"], "no file for 'mute'"),
        (["--port", "65535"], "choose a lower --port"),
        (["--dialect", "whispering"], "there are shouting"),
        (["--limit", "greeter.body_bytes"], "expected STEM.NAME=JSON"),
        (["--limit", "body_bytes=3"], "expected STEM.NAME=JSON"),
        (["--limit", "other.body_bytes=3"], "served are greeter, waver"),
        (["--limit", "greeter.bodybytes=3"], "it has body_bytes, languages, tone"),
        (["--limit", "greeter.tone=loud"], "is not JSON"),
        (["--limit", "greeter.tone=\udcff"], "is not JSON"),
        (["--limit", "greeter.tone=3"], "expected a string"),
        (["--limit", "greeter.languages=3"], "expected a list"),
        (["--limit", 'greeter.body_bytes="3"'], "expected a number from 0 up"),
        (["--limit", "greeter.body_bytes=-1"], "expected a number from 0 up"),
        (["--limit", "greeter.body_bytes=true"], "expected a number from 0 up"),
        (["--host", "192.0.2.1", "--port", "0"], "no address of this machine"),
        (["--host", "no such host", "--port", "0"], "no address or name"),
        (["--port", "0", "--ready-file", "missing/ready.json"], "cannot be written"),
        (["--control-port", "8500", "--no-control"], "give one of them"),
    ],
)
def test_wrong_usage_says_what_to_do_and_exits_with_2(project: Path, arguments: list[str], says: str) -> None:
    result = run(project, *arguments)
    assert result.exit_code == 2, result.output
    assert says in result.output
    assert len(result.output.strip().splitlines()) == 1, "one line, no traceback"


def test_a_port_in_use_is_named(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ready = project / "ready.json"
        ready.write_text("{}")
        result = run(project, "--port", str(port), "--ready-file", str(ready))
    assert result.exit_code == 2
    assert f"port {port} for greeter is in use on 127.0.0.1" in result.output
    assert ready.read_text() == "{}", "somebody else's ready file stays"


def test_a_ready_file_that_is_another_s_by_now_is_left(start: Callable[..., Server]) -> None:
    server = start("--port", "0")
    server.lines(8)
    server.file.write_text('{"another": {}}')
    assert server.stop(signal.SIGTERM) == (0, "")
    assert server.ready == {"another": {}}
    assert list(server.file.parent.glob(".ready.json*")) == [], "nothing unfinished is left beside it"


def test_warns_when_other_machines_can_call(start: Callable[..., Server]) -> None:
    server = start("greeter", "--host", "0.0.0.0", "--port", "0")
    server.lines(4)
    assert server.ready["greeter"]["url"].startswith("http://127.0.0.1:")
    code, errors = server.stop(signal.SIGINT)
    assert code == 0
    assert "0.0.0.0 can be reached from other machines" in errors


def test_serving_imports_no_test_library(project: Path) -> None:
    code = f"""
import os, signal, sys
from understudy.adapters.cli import main
sys.argv = ["understudy", "--project", {str(project)!r}, "serve", "--port", "0"]
import click
echo = click.echo
def stop(*args, **kwargs):
    echo(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGTERM)
click.echo = stop
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
heavy = {{"hypothesis", "schemathesis", "httpx", "pytest", "pydantic", "requests", "rich", "jsonschema"}}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "greeter  http://127.0.0.1:" in done.stdout


# The control plane


def test_the_control_plane_makes_stages_behind_every_port(start: Callable[..., Server]) -> None:
    server = start("--port", "0", "--clock", "manual")
    server.lines(10)
    command = ["control", "--ready-file", str(server.file), "stage", "create", "t1", "--limit", 'greeter.tone="반말"']
    made = CliRunner().invoke(main, command)
    assert made.exit_code == 0, made.output
    assert "    good  greeter-test-good-t1" in made.stdout.splitlines()
    with server.client("greeter") as client:
        for key, tone in ((KEY, "polite"), (f"{KEY}-t1", "반말")):
            assert client.ask(request("GET", "/greetings/you", key)).json["text"].startswith(f"you, {tone} ")
    assert server.stop(signal.SIGTERM) == (0, "")
    gone = CliRunner().invoke(main, ["control", "--ready-file", str(server.file), "stages"])
    assert gone.exit_code == 2
    assert "does `understudy serve` run?" in gone.stderr


def test_a_ready_file_with_a_token_is_its_owner_s_alone(start: Callable[..., Server]) -> None:
    server = start("--port", "0")
    server.lines(10)
    if sys.platform != "win32":
        assert stat.S_IMODE(server.file.stat().st_mode) == 0o600
    assert list(read_targets(server.file)) == ["greeter", "waver"], "it is a target file still"


def test_no_control_plane_where_none_is_wanted(start: Callable[..., Server]) -> None:
    server = start("--port", "0", "--no-control")
    server.lines(8)
    assert list(server.ready) == ["greeter", "waver"]
    server.process.send_signal(signal.SIGTERM)
    assert server.process.communicate(timeout=30) == ("", ""), "no line more is printed"


def test_the_control_plane_has_the_port_it_is_given_and_stays_on_loopback(start: Callable[..., Server]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = start("greeter", "--port", "0", "--host", "0.0.0.0", "--control-port", str(port))
    server.lines(6)
    assert server.ready["control"]["url"] == f"http://127.0.0.1:{port}"
    with contextlib.suppress(OSError), socket.create_connection((own_address(), port), timeout=5):
        pytest.fail("the control plane can be reached from elsewhere")


def own_address() -> str:
    """An address of this machine that is not loopback's, where it has one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no address but loopback")
        return str(probe.getsockname()[0])


def test_a_service_that_is_called_control_has_to_do_without(project: Path) -> None:
    for folder, suffix in (("contracts", "yaml"), ("mocks", "py")):
        path = project / folder / f"greeter.{suffix}"
        path.with_name(f"control.{suffix}").write_text(path.read_text().replace('"greeter"', '"control"'))
    result = run(project, "--port", "0")
    assert result.exit_code == 2
    assert "give --no-control" in result.output


def test_a_control_port_in_use_is_named(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run(project, "--port", "0", "--control-port", str(port))
    assert result.exit_code == 2
    assert f"port {port} for control is in use on 127.0.0.1" in result.output
