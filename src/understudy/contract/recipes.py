"""How every error is come by: a lawful call of each operation, and what to change of it for each error.

What a contract says of that (``x-calls``, and the ``recipes`` of its ``x-errors``; docs/contract-format.md) is read
here, and laid out as the calls to make. `understudy.contract.calls` makes requests of what is laid out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

import msgspec

from understudy.contract.values import Contract, ErrorCase
from understudy.errors import ContractError

GOOD = "good"
NO_CREDENTIAL, UNKNOWN_CREDENTIAL = "none", "unknown"
"""What a recipe may say for ``credential`` besides a role and a value: that none is sent, or one that nobody has."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part of a form (RFC 7578): a file when it has a ``filename``."""

    name: str
    text: str
    filename: str | None = None
    media_type: str | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What differs from a lawful call. ``body`` is a merge patch (RFC 7396); ``form`` and ``raw`` replace the body.

    A query parameter or header of None is left out. ``pad`` has spaces follow the body until it has so many bytes.
    ``account`` is another account of the credential's role.
    """

    path: dict[str, Any] = {}
    query: dict[str, Any] = {}
    headers: dict[str, str | None] = {}
    body: Any = msgspec.UNSET
    form: tuple[Part, ...] | None = None
    raw: str | None = None
    pad: int = 0
    credential: str = GOOD
    account: str = ""


class EarlierCall(Change, frozen=True, kw_only=True):
    """A call that is made before another one. ``keep`` takes the place of that of the lawful call."""

    call: str
    keep: dict[str, str] | None = None


Before = tuple[str | EarlierCall, ...]


class LawfulCall(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call that is answered as one hopes. ``keep`` names members of its answer's JSON, by pointer."""

    before: Before = ()
    path: dict[str, Any] = {}
    query: dict[str, Any] = {}
    headers: dict[str, str | None] = {}
    body: Any = msgspec.UNSET
    form: tuple[Part, ...] | None = None
    keep: dict[str, str] = {}


class Recipe(Change, frozen=True, kw_only=True):
    """The smallest change to a lawful call, or to the situation that it is made in, that leads to an error.

    ``operations`` are those it is for; None: those of the error that no other recipe is for. ``limits`` and
    ``dialects`` are those of the instance, ``advance`` is by how many seconds its clock is moved before the call.
    The error is the answer to the last of ``times`` calls; with ``overlapping``, while so many others with the
    same credential are unanswered. ``stall``: half of the body is sent, and then nothing.
    """

    operations: tuple[str, ...] | None = None
    before: Before = ()
    limits: dict[str, Any] = {}
    dialects: tuple[str, ...] = ()
    method: str | None = None
    target: str | None = None
    advance: float = 0
    times: int = 1
    stall: bool = False
    overlapping: int = 0


class Step(NamedTuple):
    """One call, laid out. ``target`` is a path with the parameters that ``path`` has values for.

    Strings of the form ``$name`` stand for fixtures and for what earlier calls have kept. ``operation`` is None for a
    request that no operation matches.
    """

    operation: str | None
    method: str
    target: str
    path: Mapping[str, Any] = {}
    query: Mapping[str, Any] = {}
    headers: Mapping[str, str | None] = {}
    body: Any = msgspec.UNSET
    form: tuple[Part, ...] | None = None
    raw: str | None = None
    pad: int = 0
    credential: str = GOOD
    account: str = ""
    keep: Mapping[str, str] = {}


class Way(NamedTuple):
    """A way to an error: the calls ``before``, then ``call``, whose answer it is. The rest is as in `Recipe`."""

    call: Step
    before: tuple[Step, ...] = ()
    limits: Mapping[str, Any] = {}
    dialects: tuple[str, ...] = ()
    advance: float = 0
    times: int = 1
    stall: bool = False
    overlapping: int = 0


class Cell(NamedTuple):
    """An error at one operation (None: at requests that no operation matches), and the ways that lead to it there.

    ``natural``: the state, the clock or the call itself leads to it, by ``recipe``. ``credential``: the test credential
    of a role does. The third way, by force, is open to every cell: a fault answers ``call``, an ordinary one, with it.
    """

    operation: str | None
    error: ErrorCase
    recipe: Recipe | None
    natural: Way | None
    credential: Way | None
    call: Way


class Recipes:
    """The lawful calls and recipes of one contract.

    Raises:
        ContractError: one of them has not the form of docs/contract-format.md.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.calls: Mapping[str, LawfulCall] = {
            name: _read(LawfulCall, entry, f"#/x-calls/{name}", contract)
            for name, entry in contract.document.get("x-calls", {}).items()
        }
        self.by_error: Mapping[str, tuple[Recipe, ...]] = {
            entry["name"]: tuple(
                _read(Recipe, recipe, f"#/x-errors/{rank}/recipes/{place}", contract)
                for place, recipe in enumerate(entry.get("recipes", ()))
            )
            for rank, entry in enumerate(contract.document.get("x-errors", ()))
        }

    def call(self, operation: str) -> LawfulCall:
        """The lawful call of an operation: its own, or that of the operation that it spells differently.

        Raises:
            ContractError: the contract has none.
        """
        behaves_as = self.contract.operations[operation].behaves_as
        found = self.calls.get(operation) or self.calls.get(behaves_as)
        if found is None:
            raise ContractError(f"{self.contract.path}: #/x-calls has no call of {operation}: add one that is lawful")
        return found

    def recipe(self, error: ErrorCase, operation: str | None) -> Recipe | None:
        """The recipe of an error for an operation, None where it has none."""
        recipes = self.by_error[error.name]
        named = [recipe for recipe in recipes if recipe.operations is not None and operation in recipe.operations]
        others = [recipe for recipe in recipes if recipe.operations is None]
        return next(iter(named or others), None)

    def cells(self) -> Iterator[Cell]:
        """Every error at every operation that it is listed for, in the order of the operations, then of precedence.

        Raises:
            ContractError: an operation has no lawful call, or an error of requests that match none has no recipe.
        """
        for operation in (*self.contract.operations, None):
            for error in self.contract.errors:
                if _listed(error, operation):
                    yield self._cell(error, operation)

    def _cell(self, error: ErrorCase, operation: str | None) -> Cell:
        recipe = self.recipe(error, operation)
        natural = None if recipe is None else self.way(operation, recipe)
        ordinary = self._unmatched(error) if operation is None else self.way(operation, Recipe())
        shown = None
        if error.role is not None:
            shown = ordinary._replace(call=ordinary.call._replace(credential=error.role))
        return Cell(operation, error, recipe, natural, shown, ordinary)

    def _unmatched(self, error: ErrorCase) -> Way:
        """A request that no operation matches: one that leads to another error than ``error``, where there is one."""
        alike = sorted((other for other in self.contract.errors if other.operations == ()), key=error.__eq__)
        for other in alike:
            recipe = self.recipe(other, None)
            if recipe is not None:
                return self.way(None, recipe)
        raise ContractError(f"{self.contract.path}: the error {error.name} has no recipe: say which request it is")

    def way(self, operation: str | None, recipe: Recipe) -> Way:
        """The calls by which a recipe leads to its error. Raises `ContractError` where a lawful call is missing."""
        lawful = LawfulCall() if operation is None else self.call(operation)
        made: set[str] = set()
        before = (*self._earlier(lawful.before, made), *self._earlier(recipe.before, made))
        call = self._step(operation, lawful, recipe)._replace(keep={})
        call = call._replace(method=recipe.method or call.method, target=recipe.target or call.target)
        return Way(
            call, before, recipe.limits, recipe.dialects, recipe.advance, recipe.times, recipe.stall, recipe.overlapping
        )

    def _earlier(self, before: Before, made: set[str]) -> Iterator[Step]:
        """The calls of ``before``, each after those that it needs; a plain name is called unless it has been."""
        for entry in before:
            change = EarlierCall(call=entry) if isinstance(entry, str) else entry
            if isinstance(entry, str) and entry in made:
                continue
            made.add(change.call)
            lawful = self.call(change.call)
            yield from self._earlier(lawful.before, made)
            yield self._step(change.call, lawful, change)._replace(
                keep=lawful.keep if change.keep is None else change.keep
            )

    def _step(self, operation: str | None, lawful: LawfulCall, change: Change) -> Step:
        node = None if operation is None else self.contract.operations[operation]
        replaced = change.form is not None or change.raw is not None
        return Step(
            operation,
            node.method if node is not None else "",
            node.path if node is not None else "",
            {**lawful.path, **change.path},
            {**lawful.query, **change.query},
            {**lawful.headers, **change.headers},
            msgspec.UNSET if replaced else patched(lawful.body, change.body),
            lawful.form if change.form is None else change.form,
            change.raw,
            change.pad,
            change.credential,
            change.account,
        )


def patched(value: Any, patch: Any) -> Any:
    """``value`` after a JSON merge patch (RFC 7396); one that is not given changes nothing."""
    if patch is msgspec.UNSET:
        return value
    if not isinstance(patch, Mapping):
        return patch
    result = dict(value) if isinstance(value, Mapping) else {}
    for name, entry in patch.items():
        if entry is None:
            result.pop(name, None)
        else:
            result[name] = patched(result.get(name), entry)
    return result


def _listed(error: ErrorCase, operation: str | None) -> bool:
    """Whether the error is an answer to calls of the operation; None: to requests that match none."""
    if operation is None:
        return error.operations == ()
    return error.operations is None or operation in error.operations


S = TypeVar("S", bound=msgspec.Struct)


def _read(kind: type[S], entry: Any, pointer: str, contract: Contract) -> S:
    try:
        return msgspec.convert(entry, kind)
    except msgspec.ValidationError as error:
        raise ContractError(f"{contract.path}: {pointer}: {error}; see docs/contract-format.md") from error
