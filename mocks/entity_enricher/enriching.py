"""What a model finds out about an entity: made up, the same each time, and valid against the schema it was asked for.

A schema that no value is found for makes the model fail (`CannotSatisfy`): one that contradicts itself, asks for huge
values, or has a pattern with backreferences or lookarounds that no made text keeps.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from .attached import known_from
from .chance import canonical, number
from .checking import DEEPEST, depth_of
from .classifying import Classification, fails, fits
from .making import CannotSatisfy, Maker
from .prices import price_of
from .subjects import entity_label, subject_of

__all__ = [
    "CannotSatisfy",
    "Classification",
    "Expertise",
    "Finding",
    "chosen_strategy",
    "enrich_entity",
    "entity_label",
    "expertise_domains",
    "fails",
    "fits",
]

BYTES_PER_TOKEN = 4
INSTRUCTION_TOKENS = 180
"""What every prompt has besides the schema, the entity and its attachments. Chosen."""
LARGEST_REMEMBERED = 65_536
"""Characters of a question whose answer is remembered: domains of one model ask the same one after another."""


class Expertise(NamedTuple):
    """A domain of expertise, and the top-level properties that it brings."""

    key: str
    name: str
    properties: tuple[str, ...]


class Finding(NamedTuple):
    """What one request of a model brought, and what it cost (US dollars, whole milliseconds of at least 1)."""

    values: dict[str, Any]
    input_tokens: int
    output_tokens: int
    cost_usd: float
    processing_time_ms: int


def chosen_strategy(schema_content: Mapping[str, Any], strategy: str) -> str:
    """``strategy``, or what auto stands for: multi_expertise where the schema has two domains or more."""
    if strategy != "auto":
        return strategy
    return "multi_expertise" if len(_domains(schema_content)) > 1 else "single_pass"


def expertise_domains(schema_content: Mapping[str, Any], strategy: str) -> list[Expertise]:
    """The domains that ``strategy`` asks one after another, in their order; none for single_pass.

    Properties that name no domain belong to the first. Clauses ee.schema.content-domains and
    ee.event.expertise-by-strategy.
    """
    domains = _domains(schema_content)
    if chosen_strategy(schema_content, strategy) == "single_pass" or not domains:
        return []
    keys = list(domains)
    owners = {name: _owner(part, keys) for name, part in _properties(schema_content).items()}
    return [
        Expertise(key, _domain_name(key, domains[key]), tuple(name for name, owner in owners.items() if owner == key))
        for key in keys
    ]


def enrich_entity(
    schema_content: dict[str, Any],
    entity_data: dict[str, Any],
    model: str,
    expertise: Expertise | None,
    attachments: Sequence[bytes | str] = (),
    seed: int = 0,
    languages: Sequence[str] = ("en",),
) -> Finding:
    """What ``model`` finds of ``expertise`` (None: of all). The findings of all domains together are that of None.

    The whole is valid against ``schema_content``, which `checking.problem_with` accepts; what ``entity_data`` and the
    attachments tell is carried over where a property of the same meaning takes it. ``languages`` are for multilingual
    properties, by ee.enrichment.languages.

    Raises:
        CannotSatisfy: no value was found that is valid against the schema.
    """
    known = {**known_from(attachments), **entity_data}
    known = {name: value for name, value in known.items() if depth_of([value]) <= DEEPEST}
    whole = _whole(schema_content, known, model, seed, tuple(languages))
    values = whole if expertise is None else _part(schema_content, whole, expertise)
    asked = schema_content if expertise is None else {name: values[name] for name in values}
    read = sum(_size(attachment) for attachment in attachments)
    input_tokens = INSTRUCTION_TOKENS + (_bytes(asked) + _bytes(known) + read) // BYTES_PER_TOKEN
    output_tokens = 8 + _bytes(values) // BYTES_PER_TOKEN
    price = price_of(model)
    taken = price.milliseconds(output_tokens, number(canonical(known), model, seed, expertise and expertise.key))
    return Finding(values, input_tokens, output_tokens, price.cost(input_tokens, output_tokens), taken)


def _whole(
    schema_content: dict[str, Any], known: dict[str, Any], model: str, seed: int, languages: tuple[str, ...]
) -> dict[str, Any]:
    schema, given = json.dumps(schema_content), json.dumps(known)
    make = _made if len(schema) + len(given) <= LARGEST_REMEMBERED else _made.__wrapped__
    whole: dict[str, Any] = json.loads(make(schema, given, model, seed, languages))
    return whole


@lru_cache(maxsize=128)
def _made(schema: str, known: str, model: str, seed: int, languages: tuple[str, ...]) -> str:
    """As JSON, so that nobody changes what is remembered."""
    given = json.loads(known)
    return json.dumps(Maker(json.loads(schema), subject_of(given), model, seed, languages).make(given))


def _part(schema_content: Mapping[str, Any], whole: dict[str, Any], expertise: Expertise) -> dict[str, Any]:
    """Members of no domain, whose names the schema does not list, come with the first."""
    domains = expertise_domains(schema_content, "multi_expertise")
    listed = {name for domain in domains for name in domain.properties}
    first = bool(domains) and domains[0].key == expertise.key
    return {
        name: value for name, value in whole.items() if name in expertise.properties or (first and name not in listed)
    }


def _domains(schema_content: Mapping[str, Any]) -> Mapping[str, Any]:
    """What x-expertiseDomains names, by key; a list of keys, or of objects with a key, is read as well."""
    named = schema_content.get("x-expertiseDomains")
    if isinstance(named, Mapping):
        return named
    if not isinstance(named, list):
        return {}
    entries = [entry if isinstance(entry, Mapping) else {"key": entry} for entry in named]
    return {entry["key"]: entry for entry in entries if isinstance(entry.get("key"), str)}


def _domain_name(key: str, domain: Any) -> str:
    name = domain.get("name") if isinstance(domain, Mapping) else None
    return name if isinstance(name, str) and name else key.replace("_", " ").capitalize()


def _owner(part: Any, keys: list[str]) -> str:
    named = part.get("expertise") if isinstance(part, Mapping) else None
    return named if named in keys else keys[0]


def _properties(schema_content: Mapping[str, Any]) -> Mapping[str, Any]:
    properties: Mapping[str, Any] = schema_content.get("properties", {})
    return properties


def _bytes(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def _size(attachment: bytes | str) -> int:
    return len(attachment) if isinstance(attachment, bytes) else len(attachment.encode("utf-8", "replace"))
