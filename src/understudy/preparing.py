"""Preparations: what a service offers for loading data that no operation of its API can.

A preparation is a function ``(state, **values)`` of a mock, registered by `Service.preparation`. Its values are checked
by the types that its parameters are annotated with, as those of a call are by the contract.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, get_type_hints

import msgspec

from understudy.errors import ServiceError, UsageError

if TYPE_CHECKING:
    from understudy.engine import Engine
    from understudy.service import Service


class Preparation(NamedTuple):
    """``says`` is the first paragraph of the function's docstring; ``values`` is a Struct made of its parameters."""

    name: str
    says: str
    values: type[msgspec.Struct]
    load: Callable[..., Any]

    @property
    def schema(self) -> dict[str, Any]:
        """A JSON Schema (2020-12) of the values."""
        (_,), definitions = msgspec.json.schema_components((self.values,), ref_template="#/$defs/{name}")
        schema = definitions.pop(self.values.__name__)
        schema.pop("title", None)
        return {**schema, "$defs": definitions} if definitions else schema


def preparations_of(service: Service[Any]) -> dict[str, Preparation]:
    """The preparations of a service, by name.

    Raises:
        ServiceError: there is no parameter for the state, or one behind it is no single named value, or has no
            annotation, or one that msgspec cannot read JSON into.
    """
    return {name: _preparation(service.stem, name, load) for name, load in service.preparations.items()}


def prepare(engine: Engine, credential: str, name: str, values: Mapping[str, Any]) -> Any:
    """Load data into the account of ``credential``, and save it. Returns what the function did, as a JSON value.

    Raises:
        UsageError: the service has no such preparation, the credential is no test credential of it, or the values do
            not fit or cannot be loaded. Then nothing is loaded.
        StateError: what was loaded cannot be saved.
    """
    stem, known = engine.stem, engine.preparations
    preparation = known.get(name)
    if preparation is None:
        offered = f"it offers {', '.join(known)}" if known else "it offers none"
        raise UsageError(f"{stem} has no preparation {name!r}; {offered}")
    account = engine.account(credential)
    if account is None:
        roles = ", ".join(engine.contract.roles)
        raise UsageError(f"{stem}: this is no test credential; expected one of a role ({roles}), or one with a suffix")
    try:
        given = msgspec.convert(dict(values), preparation.values)
        result = preparation.load(account.state, **msgspec.structs.asdict(given))
    except (msgspec.ValidationError, ValueError, RecursionError) as error:
        raise UsageError(f"{stem}: {name} cannot load this: {error}; its values are {_told(preparation)}") from error
    stage = engine.stage
    if stage.saving is not None:
        stage.saving.save(stem, account, stage.shared.get(stem), stage.clock.now())
    return msgspec.to_builtins(result)


def _preparation(stem: str, name: str, load: Callable[..., Any]) -> Preparation:
    parameters = list(inspect.signature(load).parameters.values())
    if not parameters:
        raise ServiceError(f"{stem}: the preparation {name} takes no state: write (state, a: str)")
    try:
        hints = get_type_hints(load)
    except NameError as error:
        raise ServiceError(f"{stem}: the preparation {name}: {error}; import it where it runs, too") from error
    fields: list[Any] = []
    for parameter in parameters[1:]:
        if parameter.kind not in _NAMED or parameter.name not in hints:
            raise ServiceError(
                f"{stem}: the preparation {name}: {parameter} is no single value with a type; write (state, a: str)"
            )
        fields.append((parameter.name, hints[parameter.name], *_default(parameter)))
    try:
        values = msgspec.defstruct(name, fields, kw_only=True, forbid_unknown_fields=True, frozen=True)
        msgspec.json.schema_components((values,))
    except TypeError as error:
        raise ServiceError(f"{stem}: the preparation {name}: no JSON can be read into its values: {error}") from error
    return Preparation(name, " ".join((inspect.getdoc(load) or "").partition("\n\n")[0].split()), values, load)


def _default(parameter: inspect.Parameter) -> tuple[Any, ...]:
    return () if parameter.default is parameter.empty else (parameter.default,)


def _told(preparation: Preparation) -> str:
    """``kb_id, title, text?``: the names of the values, a question mark after those that may be left out."""
    fields = msgspec.structs.fields(preparation.values)
    return ", ".join(f"{field.name}{'' if field.required else '?'}" for field in fields) or "none"


_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
