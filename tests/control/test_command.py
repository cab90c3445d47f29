"""``understudy control``: what it does to a running server, what it prints, and how it says that something is wrong."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.control.served import KNOWLEDGES, Served
from tests.control.test_stages import create, status_of
from understudy.adapters.cli import main
from understudy.adapters.commands.control import values
from understudy.errors import UsageError


class Control:
    """Runs ``understudy control`` on a plane."""

    def __init__(self, served: Served) -> None:
        self._named = ("control", "--url", served.url, "--token", served.token)

    def __call__(self, *arguments: str) -> list[str]:
        """The lines that a command prints, which has to succeed."""
        result = self.run(*arguments)
        assert result.exit_code == 0, result.output
        return result.stdout.splitlines()

    def json(self, *arguments: str) -> Any:
        return json.loads("\n".join(self(*arguments, "--json")))

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, [*self._named, *arguments])


@pytest.fixture
def control(served: Served) -> Control:
    return Control(served)


def test_stages(served: Served, control: Control) -> None:
    clock = ("--clock", "manual", "--waited-for", "--at", "2026-03-01T09:00:00+09:00")
    limits = ("--limit", "flowith_seek.requests_per_minute=1", "--dialect", "observed")
    made = control("stage", "create", "t1", "--seed", "7", *limits, *clock)
    assert made[0] == "t1  manual 2026-03-01T00:00:00Z  seed 7  dialects observed  0 accounts  0 exchanges  0 faults"
    assert made[1:3] == [f"  dhub_knowledge  {served.urls['dhub_knowledge']}", "    good  dhub-test-good-t1"]
    assert any(line.endswith("flowith-test-more-1-t1 flowith-test-more-2-t1 flowith-test-more-3-t1") for line in made)
    id = create(served, "dhub-test-good-t1")
    assert control("stages") == [
        "default  manual 2026-01-01T00:00:00Z  seed 0  0 accounts  0 exchanges  0 faults",
        "t1  manual 2026-03-01T00:00:00Z  seed 7  dialects observed  1 accounts  1 exchanges  0 faults",
    ]
    assert control.json("stage", "show", "t1") == served.done("GET", "/stages/t1")
    assert control("stage", "reset", "t1")[0].endswith("0 accounts  0 exchanges  0 faults")
    assert status_of(served, "dhub-test-good-t1", id) == 404
    assert control("stage", "delete", "t1") == []
    assert [stage["name"] for stage in control.json("stages")["stages"]] == ["default"]


def test_snapshots(served: Served, control: Control, tmp_path: Path) -> None:
    id = create(served, "dhub-test-good", "남는 것 🗒️")
    file = tmp_path / "무대.json"
    assert control("stage", "snapshot", "--output", str(file)) == [f"default: written to {file}"]
    assert json.loads(control("stage", "snapshot")[0]) == json.loads(file.read_text(encoding="utf-8"))
    lost = create(served, "dhub-test-good")
    control("stage", "restore", "default", str(file))
    assert (status_of(served, "dhub-test-good", id), status_of(served, "dhub-test-good", lost)) == (200, 404)
    control("stage", "create", "t1", "--snapshot", str(file))
    assert status_of(served, "dhub-test-good-t1", id) == 200


def test_clocks(control: Control) -> None:
    assert control("clock", "show") == ["default  manual 2026-01-01T00:00:00Z  straight"]
    assert control("clock", "advance", "1.5h") == ["default  manual 2026-01-01T01:30:00Z  straight"]
    assert control("clock", "set", "2026-02-01") == ["default  manual 2026-02-01T00:00:00Z  straight"]
    assert control("clock", "use", "manual", "--waited-for") == ["default  manual 2026-02-01T00:00:00Z  waited for"]
    (line,) = control("clock", "use", "scaled", "--factor", "0.5")
    assert line.startswith("default  scaled 0.5x 2026-02-01T00:00:0")
    control("stage", "create", "t1", "--clock", "manual")
    assert control.json("clock", "--stage", "t1", "show")["kind"] == "manual"


def test_faults(served: Served, control: Control) -> None:
    add = ("fault", "add", "flowith_seek", "refuse", "error=rate_exceeded")
    assert control(*add, "--operation", "seek", "--calls", "1,3", "--times", "2", "--probability", "0.5") == [
        'fault-1  flowith_seek.seek  refuse error="rate_exceeded"  calls [1,3]  times 2  probability 0.5'
        "  matched 0  struck 0"
    ]
    control("fault", "remove", "fault-1")
    control(*add, "--times", "1")
    assert served.seek("flowith-test-good").status == 429
    text = "찻주전자 🫖"
    control("fault", "add", "flowith_seek", "answer", "status:=418", f"text={text}", "--unlawful")
    assert served.seek("flowith-test-good").body.decode() == text
    assert control("fault", "list") == [
        'fault-2  flowith_seek  refuse error="rate_exceeded"  times 1  matched 1  struck 1  spent',
        f'fault-3  flowith_seek  answer status=418 text="{text}"  unlawful  matched 1  struck 1',
    ]
    control("fault", "clear")
    assert control.json("fault", "list") == {"faults": []}


def test_preparations(served: Served, control: Control, tmp_path: Path) -> None:
    file = tmp_path / "휴가.txt"
    file.write_text("연차 휴가는 15일입니다.", encoding="utf-8")
    assert "flowith_seek  load_text kb_id title text" in control("preparations")
    load = ("prepare", "flowith_seek", "load_text", "kb_id=rules", "title=휴가")
    (told,) = control(*load, f"text=@{file}")
    assert set(json.loads(told)) == {"source_id"}
    page = ("prepare", "entity_enricher", "publish_page", "url=https://example.com/")
    assert control(*page, 'entities:=[{"이름": "세종"}]', "--credential", "ent_test_good-a") == []
    assert control("accounts") == ["entity_enricher  ent_test_good-a  good", "flowith_seek  flowith-test-good  good"]
    assert control.json("accounts", "--service", "flowith_seek", "--limit", "1")["total"] == 1


def test_the_journal(served: Served, control: Control) -> None:
    good = {"Authorization": "Bearer dhub-test-good"}
    served.mock("dhub_knowledge", "GET", KNOWLEDGES, **good)
    served.mock("dhub_knowledge", "POST", KNOWLEDGES, {"name": 3}, **good)
    at = "2026-01-01T00:00:00Z  dhub_knowledge"
    wrong = [
        f"2  {at}  createKnowledge  POST /api/v1/knowledges/  422  dhub.error.request-violation",
        "    consumer: body /name: expected a string; got an integer",
    ]
    assert control("journal") == [f"1  {at}  listKnowledges  GET /api/v1/knowledges/  200", *wrong]
    assert control("journal", "--violations") == wrong
    assert control("journal", "--since", "1", "--limit", "1", "--status", "4xx") == wrong
    assert control.json("journal", "--service", "none")["exchanges"] == []
    assert json.loads("\n".join(control("exchange", "2"))) == served.done("GET", "/stages/default/journal/2")
    control("journal", "--clear")
    assert control("journal") == []


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_the_journal_is_followed_until_its_stage_is_gone(
    served: Served, control: Control, form: tuple[str, ...]
) -> None:
    served.done("POST", "/stages", {"name": "t1"})
    results: list[Result] = []
    follow = ("journal", "--stage", "t1", "--follow", "--operation", "listKnowledges", *form)
    follower = threading.Thread(target=lambda: results.append(control.run(*follow)))
    follower.start()
    journal = served.stages["t1"].journal
    while not journal._watchers and follower.is_alive():
        served.done("GET", "/stages")
    served.mock("dhub_knowledge", "GET", KNOWLEDGES, Authorization="Bearer dhub-test-good-t1")
    served.done("DELETE", "/stages/t1")
    follower.join(10)
    (result,) = results
    assert result.exit_code == 0
    if form:
        assert [json.loads(line)["kind"] for line in result.stdout.splitlines()] == ["exchange", "ended"]
    else:
        assert result.stdout.splitlines() == [
            "1  2026-01-01T00:00:00Z  dhub_knowledge  listKnowledges  GET /api/v1/knowledges/  200"
        ]
        assert result.stderr == "t1: nothing follows: stage deleted\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["stage", "show", "t9"], "there is no stage 't9'; there are default"),
        (["stage", "create", "default"], "choose another name"),
        (["stage", "create", "t1", "--limit", "x=3"], "expected STEM.NAME=JSON"),
        (["stage", "create", "t1", "--snapshot", "missing.json"], "missing.json cannot be read"),
        (["stage", "create", "t1", "--at", "yesterday"], "is no moment"),
        (["clock", "advance", "soon"], "is no length of time"),
        (["clock", "set", "1970-01-01"], "does not run backwards"),
        (["fault", "add", "flowith_seek", "refuse"], 'body /fault/error: expected the member "error"'),
        (["fault", "add", "flowith_seek", "cut", "after_events:=three"], "is not JSON"),
        (["fault", "add", "flowith_seek", "cut", "three"], "expected NAME=TEXT"),
        (["fault", "add", "flowith_seek", "delay", "seconds:=1", "--calls", "one"], "parted by commas"),
        (["fault", "remove", "fault-1"], "it plans none"),
        (["journal", "--clear", "--violations"], "give it alone"),
        (["journal", "--follow", "--limit", "1"], "give one of them"),
        (["journal", "--status", "40"], "query status: expected text that matches"),
        (["exchange", "1"], "keeps no exchange 1"),
        (["prepare", "flowith_seek", "load_text", "text=@missing.txt"], "missing.txt cannot be read as text"),
        (["prepare", "flowith_seek", "load_text"], "its values are kb_id, title, text"),
    ],
)
def test_wrong_usage_says_what_to_do_and_exits_with_2(control: Control, arguments: list[str], says: str) -> None:
    result = control.run(*arguments)
    assert result.exit_code == 2, result.output
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1


# Finding the plane


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, ["control", *arguments], env=environment)


def test_the_plane_is_found_by_a_ready_file_or_the_environment(served: Served, tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    ready.write_text(json.dumps({"flowith_seek": {}, "control": {"url": served.url, "token": served.token}}))
    assert run("--ready-file", str(ready), "stages").exit_code == 0
    named = {"UNDERSTUDY_CONTROL_URL": served.url, "UNDERSTUDY_CONTROL_TOKEN": served.token}
    assert run("stages", **named).exit_code == 0
    assert run("--token", "x", "stages", **named).exit_code == 2, "what is given goes before the environment"


def test_a_plane_that_cannot_be_found_is_told_how(served: Served, tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    ready.write_text("{}")
    for arguments, says in (
        ((), "set UNDERSTUDY_CONTROL_URL and UNDERSTUDY_CONTROL_TOKEN"),
        (("--url", served.url), "Give --ready-file FILE"),
        (("--ready-file", str(ready)), "ran with --no-control"),
        (("--ready-file", str(tmp_path / "none.json")), "does `understudy serve` run?"),
        (("--ready-file", str(ready), "--url", served.url), "give one of them"),
        (("--url", "https://127.0.0.1", "--token", "x"), "is no URL of a control plane"),
        (("--url", "http://127.0.0.1:x", "--token", "x"), "is no URL of a control plane"),
        (("--url", served.url, "--token", "비밀\r\n"), "the token is none"),
        (("--url", served.url, "--token", "x"), "This is not the token"),
    ):
        result = run(*arguments, "stages")
        assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1), result.output
        assert says in result.stderr
        assert served.token not in result.output


def test_where_nothing_answers_the_target_is_to_blame(served: Served) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    result = run("--url", f"http://127.0.0.1:{port}", "--token", "비밀".encode().hex(), "stages")
    assert result.exit_code == 3
    assert "is `understudy serve` still running there?" in result.stderr
    other = run("--url", served.urls["flowith_seek"], "--token", "x", "stages")
    assert other.exit_code != 0
    assert "control plane" in other.stderr


def test_help_needs_no_plane() -> None:
    for command in ((), ("stage", "create"), ("clock", "advance"), ("fault", "add"), ("journal",), ("prepare",)):
        result = run(*command, "--help")
        assert result.exit_code == 0
        assert "Usage:" in result.output


def test_items_are_read_as_httpie_writes_them(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('{"이름": 1}', encoding="utf-8")
    texts = ["a=1", "b:=1", "c=x=y", "d=", f"e:=@{file}", f"f=@{file}", "g==", "h=줄\n바꿈 🙂"]
    assert values.items(texts) == {
        "a": "1", "b": 1, "c": "x=y", "d": "", "e": {"이름": 1}, "f": '{"이름": 1}', "g": "=", "h": "줄\n바꿈 🙂",
    }  # fmt: skip
    with pytest.raises(UsageError, match="expected NAME=TEXT"):
        values.items(["=x"])


@pytest.mark.parametrize(
    ("text", "expected"), [("90", 90), ("1.5h", 5400), ("31d", 2_678_400), ("2w", 1_209_600), ("5m", 300), ("0s", 0)]
)
def test_lengths_of_time(text: str, expected: float) -> None:
    assert values.seconds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("1767225600.5", 1_767_225_600.5),
        ("2026-01-01", 1_767_225_600),
        ("2026-01-01T09:00+09:00", 1_767_225_600),
    ],
)
def test_moments(text: str, expected: float) -> None:
    assert values.moment(text) == expected
