"""All stages of one set of services, and which of them a request is for.

A request is for the stage that its credential names (``<test credential>-<stage>``), else for the one that its header
``X-Understudy-Stage`` names, else for the default stage. A header that names none is refused: a test that believes to
be alone must not share the default stage by a slip.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from understudy.clock import Clock
from understudy.contract.limiting import check_dialects, check_limits
from understudy.engine import Engine
from understudy.errors import UsageError
from understudy.http import Request, Response
from understudy.journal import Exchange
from understudy.snapshots import Snapshot, restore
from understudy.stage import DEFAULT, Stage

HEADER = "x-understudy-stage"
NO_STAGE = 421
"""Misdirected Request (RFC 9110 section 15.5.20): of all statuses the one that no service under test gives."""


class Stages:
    """The stages of the services of ``engines``, which are those of the default stage, by stem."""

    def __init__(self, engines: Mapping[str, Engine]) -> None:
        self._engines = dict(engines)
        (stage,) = {id(engine.stage): engine.stage for engine in engines.values()}.values()
        self.default: Stage = stage
        self.named: dict[str, Stage] = {}
        self._made = 0

    def __iter__(self) -> Iterator[Stage]:
        return iter((self.default, *self.named.values()))

    def __getitem__(self, name: str) -> Stage:
        """Raises UsageError when there is no stage of this name."""
        found = self.default if name == self.default.name else self.named.get(name)
        if found is None:
            raise UsageError(f"there is no stage {name!r}; there are {', '.join(stage.name for stage in self)}")
        return found

    def create(
        self,
        clock: Clock,
        name: str | None = None,
        *,
        seed: int = 0,
        limits: Mapping[str, Mapping[str, Any]] | None = None,
        dialects: frozenset[str] | None = None,
    ) -> Stage:
        """A new stage with every service on it; without a name it gets one that is free.

        Limits and dialects that are not given are the default stage's.

        Raises:
            UsageError: the name is taken or no name, a limit is none of a contract that is served or has no such value,
                or no contract has a dialect.
        """
        self._check(limits or {}, dialects or ())
        return self._entered(
            Stage(
                clock,
                name=self._new_name(name),
                seed=seed,
                limits=_merged(self.default.limits, limits or {}),
                dialects=self.default.dialects if dialects is None else dialects,
            )
        )

    def create_from(self, found: Snapshot, clock: Clock, name: str | None = None) -> Stage:
        """A new stage as it is in a snapshot, with its seed, limits and dialects; the clock goes on from its time.

        Raises:
            UsageError: as `create`.
            StateError: as `understudy.snapshots.restore`. Then there is no new stage.
        """
        self._check(found.limits, found.dialects)
        name, dialects = self._new_name(name), frozenset(found.dialects)
        stage = self._entered(Stage(clock, name=name, seed=found.seed, limits=found.limits, dialects=dialects))
        try:
            restore(stage, found)
        except BaseException:
            self.delete(stage.name)
            raise
        return stage

    def delete(self, name: str) -> None:
        """Take a stage away, with all that it holds.

        Raises:
            UsageError: there is none of this name, or it is the default stage.
        """
        stage = self[name]
        if stage is self.default:
            raise UsageError("the default stage cannot be deleted; reset it instead")
        stage.closed = True
        del self.named[name]
        stage.journal.close()

    def service(self, stem: str) -> StagedService:
        """What an adapter serves of one service: every stage behind one port."""
        return StagedService(self._engines[stem], self)

    def _check(self, limits: Mapping[str, Mapping[str, Any]], dialects: Iterable[str]) -> None:
        contracts = {stem: engine.contract for stem, engine in self._engines.items()}
        check_limits(contracts, limits)
        check_dialects(contracts, dialects)

    def _new_name(self, asked: str | None) -> str:
        """``asked``, or a name that is free. Raises UsageError when it is taken."""
        if asked in self.named or asked == self.default.name:
            raise UsageError(f"there is a stage {asked!r} already: delete it, or choose another name")
        name = asked
        while name is None:
            self._made += 1
            name = None if f"s{self._made}" in self.named else f"s{self._made}"
        return name

    def _entered(self, stage: Stage) -> Stage:
        """``stage`` with every service on it, as one of these."""
        for engine in self._engines.values():
            engine.on(stage)
        self.named[stage.name] = stage
        return stage


def _merged(
    limits: Mapping[str, Mapping[str, Any]], over: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    return {stem: {**limits.get(stem, {}), **over.get(stem, {})} for stem in (*limits, *over)}


class StagedService:
    """One service on all stages. Its own attributes are those of the default stage."""

    def __init__(self, engine: Engine, stages: Stages) -> None:
        self._engine = engine
        self._named = stages.named
        self._stages = stages
        self._nowhere = _Nowhere(engine, stages)
        self.stem = engine.stem
        self.stage = engine.stage
        self.limits = engine.limits
        self.credential_header = engine.credential_header

    def choose(self, headers: Mapping[str, str]) -> Engine | _Nowhere:
        """The service on the stage that a request with these headers is for."""
        name = headers.get(HEADER)
        if self._named:
            credential = headers.get(self.credential_header)
            if credential is not None:
                stage = self._named.get(credential.rpartition("-")[2])
                if stage is not None:
                    return stage.engines[self.stem]
        if name is None or name == DEFAULT:
            return self._engine
        named = self._named.get(name)
        return self._nowhere if named is None else named.engines[self.stem]

    def handle(self, request: Request) -> Exchange:
        return self.choose(request.headers).handle(request)

    def refuse(self, kind: str, request: Request) -> Exchange:
        return self.choose(request.headers).refuse(kind, request)


class _Nowhere:
    """Answers what names a stage that there is none of."""

    def __init__(self, engine: Engine, stages: Stages) -> None:
        self.stem, self.stage, self.limits = engine.stem, engine.stage, engine.limits
        self.credential_header = engine.credential_header
        self._stages = stages

    def choose(self, headers: Mapping[str, str]) -> _Nowhere:
        return self

    def handle(self, request: Request) -> Exchange:
        there_are = [stage.name for stage in self._stages]
        body = msgspec.json.encode(
            {
                "understudy": f"there is no stage {request.headers.get(HEADER)!r}",
                "stages": there_are,
                "next": "create it by the control plane, or leave the header X-Understudy-Stage out",
            }
        )
        answer = Response(NO_STAGE, (("Content-Type", "application/json"),), body)
        return Exchange(0, self.stage.clock.now(), self.stem, None, request, answer)

    def refuse(self, kind: str, request: Request) -> Exchange:
        return self.handle(request)
