"""Scenarios: named starting states, in the folder ``scenarios`` of a project.

A scenario ``<name>.yaml`` is a list of calls for each service, checked by its contract as any call is::

    says: A handbook with two documents, one of them deleted a day later.
    begins: 2026-03-02T09:00:00Z
    services:
      dhub_knowledge:
        - {call: createKnowledge, body: {name: 사내 규정}, keep: {handbook: /item}}
        - {call: createDocument, path: {kid: $handbook}, body: {name: 휴가 규정}, keep: {leave: /item}, times: 2}
        - {advance: 86400}
        - {call: deleteDocument, path: {kid: $handbook, did: $leave}}
      flowith_seek:
        - {prepare: load_text, values: {kb_id: kb-1, title: 안내, text: 영업시간은 9시부터입니다.}}

``<name>.json`` is what `understudy.snapshots.snapshot` gave. Services that a stage does not have are passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import yaml

from understudy.contract.calls import kept, request_of
from understudy.contract.recipes import GOOD, Part, Step
from understudy.errors import ScenarioError, UnderstudyError
from understudy.snapshots import Snapshot, read_snapshot, restore

if TYPE_CHECKING:
    from understudy.engine import Engine
    from understudy.stage import Stage


class Line(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line of a scenario: a ``call`` of an operation, something to ``prepare``, or time to ``advance`` (seconds).

    ``credential`` is a role or a credential; ``account`` is another account of it. ``times`` repeats a call. ``keep``
    takes values from the answer, by JSON pointer, which later lines name as ``$name``. ``status`` is what the answer
    has to be; without it any status of success.
    """

    call: str | None = None
    prepare: str | None = None
    advance: float | None = None
    values: dict[str, Any] = {}
    path: dict[str, Any] = {}
    query: dict[str, Any] = {}
    headers: dict[str, str | None] = {}
    body: Any = msgspec.UNSET
    form: tuple[Part, ...] | None = None
    credential: str = GOOD
    account: str = ""
    times: int = 1
    keep: dict[str, str] = {}
    status: int | None = None


class Scenario(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """``begins`` is the stage's time (RFC 3339) before the first line; without it the clock is left as it is."""

    says: str
    begins: datetime | None = None
    services: dict[str, tuple[Line, ...]]


def names(folder: Path) -> tuple[str, ...]:
    """The scenarios of a folder, in alphabetical order; none where there is no folder."""
    return tuple(sorted({path.stem for path in folder.glob("*") if path.suffix in (".yaml", ".json")}))


def read(folder: Path, name: str) -> Scenario | Snapshot:
    """A scenario of a folder.

    Raises:
        ScenarioError: there is none of this name, or it has not the form of one.
    """
    if name not in names(folder):
        there_are = ", ".join(names(folder)) or "none"
        raise ScenarioError(f"no scenario {name!r} in {folder}; there are: {there_are}")
    written, saved = folder / f"{name}.yaml", folder / f"{name}.json"
    try:
        if not written.is_file():
            return read_snapshot(saved.read_bytes())
        return msgspec.convert(yaml.safe_load(written.read_text(encoding="utf-8")), Scenario)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError, UnderstudyError) as error:
        raise ScenarioError(f"the scenario {name!r} in {folder} cannot be read: {error}") from error


def begin(stage: Stage, scenario: Scenario | Snapshot) -> None:
    """Let a stage begin anew, in the state of a scenario. What led there is in no journal.

    Raises:
        ScenarioError: a line is not lawful, or was answered otherwise than it says. The stage has then begun anew.
    """
    if isinstance(scenario, Snapshot):
        restore(stage, scenario)
        return
    stage.reset()
    if scenario.begins is not None:
        stage.use(stage.clock.anew(scenario.begins.timestamp()))
    try:
        for stem, lines in scenario.services.items():
            if stem in stage.engines:
                _play(stage.engines[stem], lines)
    except UnderstudyError:
        stage.reset()
        raise
    stage.journal.clear()


def _play(engine: Engine, lines: tuple[Line, ...]) -> None:
    values: dict[str, Any] = dict(engine.contract.fixture_values)
    for number, line in enumerate(lines):
        try:
            if [line.call, line.prepare, line.advance].count(None) != 2:
                raise ScenarioError("expected one of call, prepare and advance")
            for _ in range(line.times):
                values |= _played(engine, line, values)
        except (UnderstudyError, ValueError) as error:
            raise ScenarioError(f"/services/{engine.stem}/{number}: {error}") from error


def _played(engine: Engine, line: Line, values: Mapping[str, Any]) -> dict[str, Any]:
    if line.advance is not None:
        engine.stage.clock.advance(line.advance)
        return {}
    if line.prepare is not None:
        engine.prepare(_credential(engine, line), line.prepare, line.values)
        return {}
    node = engine.contract.operations.get(line.call or "")
    if node is None:
        raise ScenarioError(f"{engine.stem} has no operation {line.call!r}")
    step = Step(
        node.id, node.method, node.path, line.path, line.query, line.headers, line.body, line.form, None, 0,
        line.credential, line.account, line.keep,
    )  # fmt: skip
    response = engine.handle(request_of(engine.contract, step, values)).response
    fits = response.status == line.status if line.status is not None else 200 <= response.status < 300
    if not fits:
        why = response.header("understudy-violation") or response.header("understudy-clause") or ""
        expected = line.status or "a success"
        raise ScenarioError(f"{line.call}: expected {expected}, got {response.status} {why}".rstrip())
    return kept(step, response.body)


def _credential(engine: Engine, line: Line) -> str:
    roles = engine.contract.roles
    value = roles[line.credential].values[0] if line.credential in roles else line.credential
    return f"{value}-{line.account}" if line.account else value
