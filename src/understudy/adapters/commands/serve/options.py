"""What the options of ``serve`` make: engines on one stage."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from understudy.adapters.commands import Chosen
from understudy.errors import ProjectError, UsageError

if TYPE_CHECKING:
    from understudy.adapters.sqlite import StateFile
    from understudy.contract import Contract
    from understudy.engine import Engine
    from understudy.saving import Saving
    from understudy.stage import Clock


def engines_of(
    chosen: Chosen,
    named: Sequence[str],
    clock: str,
    seed: int | None,
    dialects: Sequence[str],
    limits: Sequence[str],
    file: StateFile | None,
) -> dict[str, Engine]:
    """The engines of the services to serve, by stem, all on one stage.

    Raises:
        ProjectError: there is no such service, or none at all.
        UsageError: an option names what there is not.
        StateError: what ``file`` has does not fit a mock.
    """
    from understudy.engine import Engine
    from understudy.stage import Stage

    project = chosen.project
    stems = chosen.stems(named) if named else tuple(stem for stem in project.stems if project.has_mock(stem))
    if not stems:
        raise ProjectError(f"no mocks in {project.mocks}: expected files <stem>.py beside the contracts' <stem>.yaml")
    contracts = {stem: project.contract(stem) for stem in stems}
    stage = Stage(
        _clock(clock, file),
        seed=_seed(seed, file),
        limits=overrides(limits, contracts),
        dialects=_known_dialects(dialects, contracts),
        saving=_saving(file),
    )
    return {stem: Engine(project.load_mock(stem), contract, stage) for stem, contract in contracts.items()}


def overrides(given: Sequence[str], contracts: Mapping[str, Contract]) -> dict[str, dict[str, Any]]:
    """The limits of ``--limit STEM.NAME=JSON``, by stem and name. Raises UsageError."""
    from understudy.contract.limiting import check_limits

    found: dict[str, dict[str, Any]] = {stem: {} for stem in contracts}
    for text in given:
        stem, name, value = read_limit(text, next(iter(contracts)))
        try:
            check_limits(contracts, {stem: {name: value}})
        except UsageError as error:
            raise UsageError(f"--limit {text}: {error}") from error
        found[stem][name] = value
    return found


def read_limit(text: str, example: str = "etri_mrc") -> tuple[str, str, Any]:
    """Stem, name and value of ``STEM.NAME=JSON``. Raises UsageError."""
    place, equals, value = text.partition("=")
    stem, dot, name = place.partition(".")
    if not (equals and dot and name):
        raise UsageError(f"--limit {text!r}: expected STEM.NAME=JSON, as {example}.body_bytes=1000")
    try:
        return stem, name, msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise UsageError(
            f"--limit {place}: {value!r} is not JSON ({error}); strings need quotes of their own"
        ) from error


def _known_dialects(given: Sequence[str], contracts: Mapping[str, Contract]) -> frozenset[str]:
    from understudy.contract.limiting import check_dialects

    try:
        check_dialects(contracts, given)
    except UsageError as error:
        raise UsageError(f"--dialect: {error}") from error
    return frozenset(given)


def _saving(file: StateFile | None) -> Saving | None:
    if file is None:
        return None
    from understudy.saving import Saving

    return Saving(file)


def _clock(kind: str, file: StateFile | None) -> Clock:
    """A clock that does not run back behind what is saved: quotas and jobs rely on that."""
    from understudy.stage import ManualClock, ScaledClock

    begun = ManualClock() if kind == "manual" else ScaledClock(time.time)
    latest = None if file is None else file.setting("now")
    if latest is None or latest <= begun.now():
        return begun
    return ManualClock(latest) if kind == "manual" else ScaledClock(time.time, start=latest)


def _seed(given: int | None, file: StateFile | None) -> int:
    """The seed, which is a state file's for good: another could give out an identifier for the second time."""
    if file is None:
        return given or 0
    kept = file.setting("seed")
    if kept is None:
        file.set("seed", given or 0)
        return given or 0
    if given is not None and given != kept:
        raise UsageError(f"--seed {given}: {file.path} was begun with --seed {kept:g}; leave the option out")
    return int(kept)
