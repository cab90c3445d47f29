"""Objects and arrays that keep what a schema asks of them, made member by member."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from .chance import canonical, number
from .checking import is_valid
from .concepts import same_meaning
from .leaves import MISSING, Impossible
from .patterns import NoText, text_for
from .shapes import Plain, largest, smallest

if TYPE_CHECKING:
    from .making import Maker, Path

MOST_ITEMS = 2_000
"""Items, and members, that one container is made with; a schema that asks for more has no value here."""
LIKELY_ITEMS = 3
DISTINCT_TRIES = 40
MOST_READ = 500
"""Of how many members that are known the meaning of the name is looked at."""


def an_object(maker: Maker, plain: Plain, path: Path, known: Any, turn: int) -> dict[str, Any]:
    """An object; on a later ``turn`` with required and known members only, then without the known ones.

    Raises `Impossible`.
    """
    if any(schema.get("multilingual") is True for schema in plain) and path:
        return _by_language(maker, plain, path, known)
    given = known if isinstance(known, dict) else {}
    most, least = smallest(plain, "maxProperties"), largest(plain, "minProperties")
    if least > MOST_ITEMS:
        raise Impossible(f"minProperties {least} is more than the {MOST_ITEMS} members that are made")
    required = _required(plain, [name for schema in plain for name in schema.get("required", ())])
    made: dict[str, Any] = {}
    for name in required:
        made[name] = _member(maker, plain, path, name, given)
    for name in _optional(plain, given, path):
        if turn > 1 or (turn and name not in given):
            continue
        wanted = [other for other in _required(plain, [name]) if other not in made]
        if most is None or len(made) + len(wanted) <= most:
            made.update(_together(maker, plain, path, wanted, given))
    for name in _invented(plain, least) if len(made) < least else ():
        if name not in made:
            made.update(_together(maker, plain, path, _required(plain, [name]), given))
        if len(made) >= least:
            break
    if len(made) < least:
        raise Impossible(f"no {least} members are found that minProperties asks for")
    return _in_order(plain, made)


def _together(maker: Maker, plain: Plain, path: Path, names: list[str], given: Mapping[str, Any]) -> dict[str, Any]:
    """Members that depend on one another; none of them where one cannot be made."""
    try:
        return {name: _member(maker, plain, path, name, given) for name in names}
    except Impossible:
        return {}


def _member(maker: Maker, plain: Plain, path: Path, name: str, given: Mapping[str, Any]) -> Any:
    if not _named_well(plain, name):
        raise Impossible(f"propertyNames does not allow {name!r}")
    return maker.value(member_schemas(plain, name), (*path, name), known_of(name, given))


def known_of(name: str, given: Mapping[str, Any]) -> Any:
    """What is given under ``name``, or under another name that means the same; MISSING where nothing is."""
    if name in given:
        return given[name]
    read = islice(given.items(), MOST_READ)
    return next((value for other, value in read if same_meaning(name, other)), MISSING)


def member_schemas(plain: Plain, name: str) -> list[Any]:
    """What ``plain`` asks of the member ``name``."""
    found: list[Any] = []
    for schema in plain:
        own = _declared(schema, name)
        found.extend(own or ([schema["additionalProperties"]] if "additionalProperties" in schema else []))
    if any(_declared(schema, name) for schema in plain):
        return found
    return [*found, *(schema["unevaluatedProperties"] for schema in plain if "unevaluatedProperties" in schema)]


def _declared(schema: Mapping[str, Any], name: str) -> list[Any]:
    own = [schema["properties"][name]] if name in schema.get("properties", {}) else []
    return own + [part for pattern, part in schema.get("patternProperties", {}).items() if _matches(pattern, name)]


@lru_cache(maxsize=4096)
def _matches(pattern: str, name: str) -> bool:
    return is_valid({"pattern": pattern}, name)


def _named_well(plain: Plain, name: str) -> bool:
    """References in propertyNames point into the whole schema: those are left to the check of the whole value."""
    rules = [schema["propertyNames"] for schema in plain if "propertyNames" in schema]
    return all("$" in canonical(rule) or is_valid({"allOf": [rule]}, name) for rule in rules)


def _required(plain: Plain, names: list[str]) -> list[str]:
    """``names`` with all that they depend on, each once."""
    found = list(dict.fromkeys(names))
    for name in found:  # grows while it is read
        for schema in plain:
            dependent = schema.get("dependentRequired", {}).get(name, ())
            found.extend(other for other in dict.fromkeys(dependent) if other not in found)
    if len(found) > MOST_ITEMS:
        raise Impossible(f"more than {MOST_ITEMS} members are required")
    return found


def _optional(plain: Plain, given: Mapping[str, Any], path: Path) -> list[str]:
    declared = list(dict.fromkeys(name for schema in plain for name in schema.get("properties", {})))
    free = path and not declared and all("patternProperties" not in schema for schema in plain)
    return [*declared, *given] if free else declared


def _invented(plain: Plain, count: int) -> Iterator[str]:
    """Names for members that no schema names, for as many as are needed: by pattern first."""
    yield from (name for schema in plain for name in schema.get("properties", {}))
    patterns = [pattern for schema in plain for pattern in schema.get("patternProperties", {})]
    patterns += [schema["propertyNames"]["pattern"] for schema in plain if _has_pattern(schema.get("propertyNames"))]
    for pattern in patterns:
        for again in range(count * 3):
            yield from _by_pattern(pattern, again)
    for schema in plain:
        if isinstance(schema.get("propertyNames"), dict):
            yield from (name for name in schema["propertyNames"].get("enum", ()) if isinstance(name, str))
    yield from (f"detail_{place + 1}" for place in range(count * 2))
    for size in range(1, 9):
        yield from (
            chr(97 + place % 26) * size + str(place // 26) * (place >= 26) for place in range(min(count * 2, 260))
        )


def _has_pattern(rule: Any) -> bool:
    return isinstance(rule, dict) and isinstance(rule.get("pattern"), str)


def _by_pattern(pattern: str, again: int) -> list[str]:
    steps = iter(range(10**9))
    try:
        return [text_for(pattern, lambda below: number(pattern, again, next(steps), below=below))]
    except NoText:
        return []


def _in_order(plain: Plain, made: dict[str, Any]) -> dict[str, Any]:
    """As the schema lists them, which is the order that people read them in."""
    declared = dict.fromkeys(name for schema in plain for name in schema.get("properties", {}))
    return {name: made[name] for name in [*declared, *made] if name in made}


def _by_language(maker: Maker, plain: Plain, path: Path, known: Any) -> dict[str, Any]:
    """A value for each language that was asked for, by ee.enrichment.languages. Raises `Impossible`."""
    given = known if isinstance(known, dict) else {}
    names = _required(plain, [*(name for schema in plain for name in schema.get("required", ())), *maker.languages])
    made: dict[str, Any] = {}
    for name in names:
        schemas = member_schemas(plain, name)
        if name in maker.languages:
            schemas = schemas or [{"type": "string"}]
        made[name] = maker.in_language(name, schemas, (*path, name), given.get(name, MISSING))
    return made


def an_array(maker: Maker, plain: Plain, path: Path, known: Any, turn: int) -> list[Any]:
    """An array of what is known, or of a few items; a later ``turn`` has as few as may be. Raises `Impossible`."""
    given = known if isinstance(known, list) else [] if known is MISSING or known is None else [known]
    least, most = largest(plain, "minItems"), smallest(plain, "maxItems")
    needed = [schema for schema in plain if "contains" in schema and schema.get("minContains", 1) > 0]
    count = sum(int(schema.get("minContains", 1)) for schema in needed)
    likely = len(given) or 1 + number(*maker.wanted(path, 0).key, "items", below=LIKELY_ITEMS)
    wanted = least if turn else max(least, likely)
    if least > MOST_ITEMS or count > MOST_ITEMS:
        raise Impossible(f"it asks for more than the {MOST_ITEMS} items that are made")
    made = _Items(maker, plain, path, given, any(schema.get("uniqueItems") for schema in plain))
    limit = MOST_ITEMS if most is None else most
    for schema in needed:
        for _ in range(int(schema.get("minContains", 1))):
            while not made.add([schema["contains"]]):
                made.skip()
    while len(made.items) < min(wanted, limit) and made.add([]):
        pass
    if len(made.items) < least or len(made.items) > limit:
        raise Impossible(f"no {least} items are found that keep the schema")
    return made.items


class _Items:
    """The items of an array, one after another."""

    def __init__(self, maker: Maker, plain: Plain, path: Path, given: list[Any], unique: bool) -> None:
        self.items: list[Any] = []
        self._seen: set[str] = set()
        self._maker, self._plain, self._path, self._given, self._unique = maker, plain, path, given, unique

    def add(self, also: list[Any]) -> bool:
        """Whether another item is found, which keeps ``also`` besides the rules of its place."""
        place = len(self.items)
        known = self._given[place] if place < len(self._given) else MISSING
        schemas = [*also, *item_schemas(self._plain, place)]
        for salt in range(DISTINCT_TRIES if self._unique else LIKELY_ITEMS):
            try:
                item = self._maker.value(schemas, (*self._path, place), known if salt == 0 else MISSING, salt)
            except Impossible:
                return False
            again = canonical(item) in self._seen
            if not again or (not self._unique and (known is not MISSING or salt == LIKELY_ITEMS - 1)):
                self.items.append(item)
                self._seen.add(canonical(item))
                return True
        return False

    def skip(self) -> None:
        """An item where the one that is needed may not be. Raises `Impossible` where there is none, or no end."""
        if len(self.items) > len(max((schema.get("prefixItems", []) for schema in self._plain), key=len, default=[])):
            raise Impossible("no item is found that contains asks for")
        if not self.add([]):
            raise Impossible("no item is found that goes before what contains asks for")


def item_schemas(plain: Plain, place: int) -> list[Any]:
    """What ``plain`` asks of the item at ``place``, from 0."""
    found: list[Any] = []
    for schema in plain:
        first = schema.get("prefixItems", [])
        if place < len(first):
            found.append(first[place])
        elif "items" in schema:
            found.append(schema["items"])
        elif not first and "unevaluatedItems" in schema:
            found.append(schema["unevaluatedItems"])
    return found
