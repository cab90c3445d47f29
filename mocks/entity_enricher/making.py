"""A value that is valid against a schema, made with what is known and what is plausible.

It is made part by part, checked as a whole, and made again where the check found fault: other alternatives, other
candidates, optional members left out. What is made depends on the schema, the entity and the model alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from . import containers
from .chance import canonical, number
from .checking import problems
from .leaves import MISSING, Impossible, enumerated, leaf
from .plausible import Wanted, fact_of, has_range, tells_of_others
from .references import References
from .shapes import Plain, alternatives, listed, types_of
from .subjects import Subject

ATTEMPTS = 48
STEPS = 10_000
"""How many steps one attempt may take: a schema that needs more has no value here."""
STEPS_IN_ALL = 30_000
"""Of all attempts together: about a second."""
DEEPEST = 40
FULL_DEPTH = 8
"""Below this depth optional members are left out."""
DIVERGING_PERCENT = 30
"""Of how many fields the models differ about, unless they are known."""
_OF_TYPE = {"boolean": bool, "object": dict, "array": list, "string": str, "null": type(None)}

Path = tuple[str | int, ...]


class CannotSatisfy(Exception):
    """No value was found that is valid against the schema: the model fails. ``message`` is for people."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class _Exhausted(Exception):
    """The attempt has taken as many steps as it may."""


class Maker:
    """Makes one value of ``schema_content``, an accepted one, for ``subject`` as ``model`` would give it."""

    def __init__(
        self, schema_content: dict[str, Any], subject: Subject, model: str, seed: int, languages: Sequence[str]
    ) -> None:
        self.languages = languages or ("en",)
        self.subject = subject
        self._schema = schema_content
        self._references = References(schema_content)
        self._model = model
        self._seed = seed
        self._variants: dict[Path, int] = {}
        self._steps = 0
        self._open: set[int] = set()  # the properties of the objects that are being made, by identity
        self._brief = 0  # how many of them have required members only
        self._code = ""  # of the language that is spoken just now

    def make(self, known: Any) -> Any:
        """A value that keeps what is ``known`` as far as the schema allows. Raises `CannotSatisfy`."""
        reason = "its parts contradict one another"
        in_all = 0
        for attempt in range(ATTEMPTS):
            self._steps = 0
            try:
                value = self.value([self._schema, {"type": "object"}], (), known)
                found = list(islice(problems(self._schema, value), 8))
            except (Impossible, _Exhausted, ValueError) as error:
                reason = str(error)
                self._try_otherwise((), attempt)
            else:
                if not found:
                    return value
                reason = found[0].message[:200]
                for problem in found:
                    self._try_otherwise(tuple(problem.instance_path), attempt)
            in_all += self._steps
            if in_all > STEPS_IN_ALL:
                break
        raise CannotSatisfy(f"no value was found that is valid against the schema: {reason}")

    def _try_otherwise(self, path: Path, attempt: int) -> None:
        """Every third time what encloses the fault is made otherwise too, as the fault may have come from there."""
        for place in (path, path[:-1]) if attempt % 3 == 2 else (path,):
            self._variants[place] = self._variants.get(place, 0) + 1

    def spend(self) -> None:
        """Counts a step."""
        self._steps += 1
        if self._steps > STEPS:
            raise _Exhausted("it takes more steps than are made to find one")

    def value(self, schemas: Sequence[Any], path: Path, known: Any = MISSING, salt: int = 0) -> Any:
        """A value that keeps all of ``schemas`` at ``path``; another ``salt`` makes another. Raises `Impossible`."""
        self.spend()
        if len(path) > DEEPEST:
            raise Impossible("the schema contains itself without end")
        choices = list(islice(alternatives(schemas, self._references, self.spend), 24))
        choices.sort(key=self._returns)
        reason = Impossible("the schema is false")
        variant = self._variants.get(path, 0)
        made: list[Any] = []
        for shift in range(len(choices)):
            turn, place = divmod(variant + shift, len(choices))
            try:
                value = self._of(choices[place], path, known, salt, turn)
            except Impossible as error:
                reason = error
                continue
            if variant or known is MISSING or _keeps(value, known):
                return value
            made.append(value)
        if not made:
            raise reason
        return made[0]

    def _returns(self, plain: Plain) -> bool:
        """Whether ``plain`` describes an object within itself: another alternative comes to an end sooner."""
        return any(id(schema.get("properties")) in self._open for schema in plain)

    def _of(self, plain: Plain, path: Path, known: Any, salt: int, turn: int) -> Any:
        values = listed(plain)
        if values is not None:
            return enumerated(values, plain, self.wanted(path, salt), known, turn)
        kinds = self._kinds(plain, path, known)
        reason = Impossible("no type is left for the value")
        for shift in range(len(kinds)):
            again, place = divmod(turn + shift, len(kinds))
            try:
                return self._typed(kinds[place], plain, path, known, salt, again + turn)
            except Impossible as error:
                reason = error
        raise reason

    def _typed(self, kind: str, plain: Plain, path: Path, known: Any, salt: int, turn: int) -> Any:
        if kind == "object":
            return self._object(plain, path, known, turn)
        if kind == "array":
            return containers.an_array(self, plain, path, known, turn + self._brief)
        wanted = self.wanted(path, salt)
        if any(schema.get("multilingual") is True for schema in plain):
            wanted = wanted._replace(subject=self._speaking(self.languages[0]))
        if kind == "boolean":
            told = [value for value in (known, fact_of(wanted)) if isinstance(value, bool)]
            likely = told[0] if told else bool(number(*wanted.key, below=2))
            return likely if turn % 2 == 0 else not likely
        return None if kind == "null" else leaf(plain, kind, wanted, known, turn)

    def _object(self, plain: Plain, path: Path, known: Any, turn: int) -> dict[str, Any]:
        """Within an object of the same schema only what is required is made, so that the schema comes to an end."""
        described = {id(schema["properties"]) for schema in plain if "properties" in schema} - self._open
        again = any("properties" in schema for schema in plain) and not described
        brief = again or len(path) > FULL_DEPTH
        self._open |= described
        self._brief += brief
        try:
            return containers.an_object(self, plain, path, known, turn + brief)
        finally:
            self._open -= described
            self._brief -= brief

    def _kinds(self, plain: Plain, path: Path, known: Any) -> list[str]:
        kinds = types_of(plain)
        typed = any("type" in schema for schema in plain)
        if not typed and kinds[:1] == ["string"] and has_range(self.wanted(path, 0)):
            kinds = ["integer", *(kind for kind in kinds if kind != "integer")]
        fitting = [kind for kind in kinds if known is not MISSING and _is_of(known, kind)]
        return [*fitting, *(kind for kind in kinds if kind not in fitting)]

    def in_language(self, code: str, schemas: Sequence[Any], path: Path, known: Any) -> Any:
        """A value in the language ``code``, which is the last part of ``path``. Raises `Impossible`."""
        subject, self.subject, self._code = self.subject, self._speaking(code), code
        try:
            return self.value(schemas, path, known)
        finally:
            self.subject, self._code = subject, ""

    def _speaking(self, code: str) -> Subject:
        """The subject for texts in Korean or, in any other language, in English."""
        return self.subject._replace(korean=code.partition("-")[0] == "ko", facts={})

    def wanted(self, path: Path, salt: int) -> Wanted:
        """What is wanted at ``path``. The models agree about most fields; about the others each has its own key."""
        names = [part for part in path if isinstance(part, str) and part != self._code]
        field = tuple(names[: _first_index(path)])
        key: tuple[Any, ...] = (self.subject.label, self._seed, *path, salt)
        diverges = number(self.subject.label, self._seed, field, self._model, below=100) < DIVERGING_PERCENT
        own = not any(map(tells_of_others, names[:-1])) and _first_index(path) >= len(path) - 1
        name, within = names[-1] if names else "", names[-2] if len(names) > 1 else ""
        return Wanted(name, within, self.subject, (*key, self._model) if diverges else key, own, diverges)


def _first_index(path: Path) -> int:
    return next((place for place, part in enumerate(path) if isinstance(part, int)), len(path))


def _keeps(value: Any, known: Any) -> bool:
    """Whether ``value`` has what is known, in all members that it has: if so no other alternative need be looked at."""
    if isinstance(value, dict) and isinstance(known, dict):
        return all(_keeps(value[name], known[name]) for name in value.keys() & known.keys())
    return isinstance(value, list) or canonical(value) == canonical(known)


def _is_of(value: Any, kind: str) -> bool:
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, _OF_TYPE[kind])
