"""The faults of a stage, and when each is due: which operation, which of its calls, how often, by what chance."""

from __future__ import annotations

import hashlib
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta, Struct

from understudy.contract import Contract
from understudy.errors import UsageError
from understudy.faults.kinds import Fault, Ordinal
from understudy.faults.lawful import Scope, scope_of


class Planned(Struct, frozen=True, forbid_unknown_fields=True):
    """A fault of the service ``stem`` and when it is due.

    It matches the calls of ``operation``, or of every operation that can have it where that is None. ``calls`` are
    numbers of matching calls, from 1; None is every one. Of those, each is struck with ``probability``, and ``times``
    in all (None: without an end). ``unlawful``: the fault may break the contract.
    """

    fault: Fault
    stem: str
    operation: str | None = None
    calls: Annotated[tuple[Ordinal, ...], Meta(min_length=1)] | None = None
    times: Ordinal | None = None
    probability: Annotated[float, Meta(ge=0, le=1)] = 1.0
    unlawful: bool = False


class Due(NamedTuple):
    """The fault of one answer. ``id`` is that of its plan on the stage."""

    id: str
    fault: Fault


class Standing(Struct, frozen=True, forbid_unknown_fields=True):
    """A plan as it stands: how many calls it has ``matched`` and how many of them it ``struck``.

    ``spent``: no call can be struck any more.
    """

    id: str
    planned: Planned
    matched: int
    struck: int
    spent: bool


class Plan:
    """``scope`` has the operations whose calls match, None for requests that name none; no scope is every request."""

    __slots__ = ("id", "last", "matched", "planned", "scope", "struck")

    def __init__(self, id: str, planned: Planned, scope: Scope) -> None:
        self.id = id
        self.planned = planned
        self.scope = scope
        self.last = max(planned.calls) if planned.calls else None
        self.matched = 0
        self.struck = 0

    @property
    def spent(self) -> bool:
        planned = self.planned
        if self.last is not None and self.matched >= self.last:
            return True
        return planned.times is not None and self.struck >= planned.times

    def meets(self, stem: str, operation: str | None) -> bool:
        return self.planned.stem == stem and (self.scope is None or operation in self.scope)

    def chosen(self, seed: int) -> bool:
        """Whether the call that was matched last is to be struck."""
        planned = self.planned
        if planned.calls is not None and self.matched not in planned.calls:
            return False
        return planned.probability >= 1 or _chance(seed, self.id, self.matched) < planned.probability

    def standing(self) -> Standing:
        return Standing(self.id, self.planned, self.matched, self.struck, self.spent)


class Faults:
    """What is to go wrong on one stage. The first that is due strikes; every plan that a call matches counts it.

    ``active`` are the plans that can strike yet: empty where nothing is to go wrong. ``dialects`` are the stage's.
    """

    def __init__(self, seed: int, dialects: frozenset[str] = frozenset()) -> None:
        self._seed = seed
        self._dialects = dialects
        self._contracts: dict[str, Contract] = {}
        self._plans: dict[str, Plan] = {}
        self._added = 0
        self.active: tuple[Plan, ...] = ()

    def know(self, contract: Contract) -> None:
        """Take faults for the service of ``contract``: what is lawful is read off it."""
        self._contracts[contract.stem] = contract

    def add(self, planned: Planned) -> str:
        """Plan a fault. Returns the id by which `remove` knows it.

        Raises:
            UsageError: a number is out of range, the service, the operation or the error is not known, nothing could
                ever have this fault, or it breaks the contract and is not said to be ``unlawful``.
        """
        planned = _in_range(planned)
        scope = self._scope(planned)
        self._added += 1
        plan = Plan(f"fault-{self._added}", planned, scope)
        self._plans[plan.id] = plan
        self._look()
        return plan.id

    def remove(self, id: str) -> None:
        """Forget one plan. Raises UsageError when there is none of this id."""
        if self._plans.pop(id, None) is None:
            known = ", ".join(self._plans) or "none"
            raise UsageError(f"this stage has no fault {id!r}; it has {known}")
        self._look()

    def clear(self, stem: str | None = None) -> None:
        """Forget all plans, or those of one service."""
        self._plans = {id: plan for id, plan in self._plans.items() if stem not in (None, plan.planned.stem)}
        self._look()

    def begin(self) -> None:
        """Begin anew, as on a new stage."""
        self.clear()
        self._added = 0

    def list(self) -> tuple[Standing, ...]:
        """All plans as they stand, in the order in which they were added, spent ones too."""
        return tuple(plan.standing() for plan in self._plans.values())

    def due(self, stem: str, operation: str | None) -> Due | None:
        """The fault of this call, if it is to have one. ``operation`` is None for a request that names none."""
        found = None
        for plan in self.active:
            if plan.meets(stem, operation):
                plan.matched += 1
                if found is None and plan.chosen(self._seed):
                    plan.struck += 1
                    found = Due(plan.id, plan.planned.fault)
        if any(plan.spent for plan in self.active):
            self._look()
        return found

    def missed(self, due: Due) -> None:
        """The answer turned out to have no events for this fault, so that it has not struck."""
        plan = self._plans.get(due.id)
        if plan is not None:
            plan.struck -= 1
            self._look()

    def _scope(self, planned: Planned) -> Scope:
        contract = self._contracts.get(planned.stem)
        if contract is None:
            known = ", ".join(self._contracts) or "none"
            raise UsageError(f"no service {planned.stem!r} plays on this stage; it has {known}")
        return scope_of(planned.fault, planned.operation, planned.unlawful, contract, self._dialects)

    def _look(self) -> None:
        """Put in one place what can strike yet, so that a stage without that asks nothing more of a call."""
        self.active = tuple(plan for plan in tuple(self._plans.values()) if not plan.spent)


def _in_range(planned: Planned) -> Planned:
    """``planned``, its values held to their types and ranges as those that come from JSON are."""
    try:
        return msgspec.convert(msgspec.to_builtins(planned, builtin_types=(bytes,)), Planned)
    except (msgspec.ValidationError, TypeError, RecursionError) as error:
        raise UsageError(f"this fault cannot be planned: {error}") from error


def _chance(seed: int, id: str, number: int) -> float:
    """From 0 up to 1: a function of the stage's seed, the plan and the number of the call."""
    digest = hashlib.blake2b(f"{seed}\0{id}\0{number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
