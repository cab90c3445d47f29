"""A mutant in front of a provider, where a server or a verification takes it for an engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from understudy.contract import Contract
from understudy.http import Request, Response
from understudy.journal import Exchange
from understudy.mutants.values import Mutant, Wrapper
from understudy.stage import Stage


class Answering(Protocol):
    """What a mutant needs of an engine, and is itself."""

    @property
    def stem(self) -> str: ...

    @property
    def stage(self) -> Stage: ...

    @property
    def limits(self) -> Mapping[str, Any]: ...

    @property
    def credential_header(self) -> str: ...

    def choose(self, headers: Mapping[str, str]) -> Answering: ...

    def handle(self, request: Request) -> Exchange: ...

    def refuse(self, kind: str, request: Request) -> Exchange: ...


class Mutated:
    """``inner`` as ``mutant`` breaks it; what the mutant remembers is kept by stage.

    The journal of ``inner`` keeps what was answered before the mutant had its hand in. A mutant that shifts limits
    needs an ``inner`` that has them (`shifted`).
    """

    def __init__(self, inner: Answering, mutant: Mutant, contract: Contract) -> None:
        self.mutant = mutant
        self.stem = inner.stem
        self.credential_header = inner.credential_header
        self._contract = contract
        self._wrappers: dict[str, Wrapper] = {}
        self._enter(inner)

    def _enter(self, inner: Answering) -> None:
        self._inner = inner
        self.stage = inner.stage
        self.limits = inner.limits

    def choose(self, headers: Mapping[str, str]) -> Mutated:
        chosen = self._inner.choose(headers)
        if chosen is self._inner:
            return self
        other = object.__new__(Mutated)
        other.__dict__.update(self.__dict__)
        other._enter(chosen)
        return other

    def handle(self, request: Request) -> Exchange:
        return self._answer(request, None)

    def refuse(self, kind: str, request: Request) -> Exchange:
        return self._answer(request, kind)

    def _answer(self, request: Request, refused: str | None) -> Exchange:
        """The exchange that the mutant makes of it: of the last one that was forwarded, if any was."""
        made: list[Exchange] = []

        def forward(asked: Request) -> Response:
            same = refused is not None and asked == request
            exchange = self._inner.refuse(refused or "", asked) if same else self._inner.handle(asked)
            made.append(exchange)
            return exchange.response

        wrapper = self._wrappers.get(self.stage.name)
        if wrapper is None:
            wrapper = self._wrappers[self.stage.name] = self.mutant.wrap(self._contract)
        response = wrapper(request, forward)
        if made:
            return made[-1]._replace(request=request, response=response)
        return Exchange(self.stage.journal.count, self.stage.clock.now(), self.stem, None, request, response)


def shifted(mutant: Mutant, limits: Mapping[str, Any], contract: Contract) -> dict[str, Any]:
    """``limits``, which override the contract's, as the mutant has them."""
    usual = {name: limits.get(name, contract.limits[name].value) for name in mutant.shift}
    return {**limits, **{name: usual[name] + by for name, by in mutant.shift.items()}}
