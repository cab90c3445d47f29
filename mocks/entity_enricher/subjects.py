"""The entity that is asked about: what it is called, what kind it is of, its language, and the facts that are known."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from .concepts import CONCEPTS, concept_of, has_hangul

_FACTS = tomllib.loads((Path(__file__).parent / "facts.toml").read_text(encoding="utf-8"))
_LEGAL_FORMS = (
    "inc incorporated corp corporation co company ltd limited llc llp plc gmbh ag sa nv bv oy ab spa kk "
    "holding holdings group"
)
_COMPANY = re.compile(
    r"(?i)[\s,.(]+(?:" + "|".join(_LEGAL_FORMS.split()) + r")\.?\)?\s*$|주식회사|유한회사|㈜|\(주\)|그룹$"
)
_PLACE = re.compile(
    r"(?i)^(?:mount|mt\.?|lake|river|cape|isle of|republic of|city of)\s|"
    r"\s(?:mountains?|river|lake|island|islands|valley|desert|falls|volcano|city|bridge)$|[가-힣](?:호수|산맥|폭포|해변|공원)$"
)
_PERSON = re.compile(r"(?i)^(?:mr|mrs|ms|dr|prof|sir|professor)\.?\s|[가-힣]\s?(?:박사|교수|선생)$")
MOST_READ = 500
LONGEST_LABEL = 200
"""Code points of an entity's name that are used in texts about it."""


class Subject(NamedTuple):
    """``kind`` is company, person, place or empty where nothing tells; ``facts`` are by concept.

    ``is_known``: it is one of the entities of facts.toml.
    """

    label: str
    kind: str
    korean: bool
    facts: Mapping[str, Any]
    is_known: bool = False


def entity_label(entity_data: Mapping[str, Any]) -> str:
    """What the entity is called: the text of its name, whatever the member is called, else its first text."""
    read = islice(entity_data.items(), MOST_READ)
    texts = {name: value.strip() for name, value in read if isinstance(value, str) and value.strip()}
    named = [value for name, value in texts.items() if _names(name)]
    whole = [value for name, value in texts.items() if name.casefold() in {"name", "이름"}]
    for found in (whole, named, list(texts.values())):
        if found:
            return found[0][:LONGEST_LABEL]
    scalars = [str(value) for value in entity_data.values() if isinstance(value, int | float)]
    return scalars[0][:LONGEST_LABEL] if scalars else "entity"


def _names(member: str) -> bool:
    return CONCEPTS.get(concept_of(member), {}).get("shape") in {"name", "legal_name", "title"}


def subject_of(entity_data: Mapping[str, Any]) -> Subject:
    """What can be told of an entity by what is given of it: by the first 500 members, where there are more."""
    entity_data = dict(islice(entity_data.items(), MOST_READ))
    label = entity_label(entity_data)
    known = facts_on(label)
    texts = [value for value in entity_data.values() if isinstance(value, str)]
    korean = any(has_hangul(text) for text in [*entity_data, *texts])
    country = next(
        (value for name, value in entity_data.items() if concept_of(name) == "country"), "KR" if korean else ""
    )
    kind = known.get("is_a") or _kind(label, entity_data)
    return Subject(label, kind, korean, {**_told_by(country), **known}, bool(known))


def _told_by(country: Any) -> Mapping[str, Any]:
    if not isinstance(country, str) or not country:
        return {}
    told = {concept: values[country] for concept, values in _FACTS["by_country"].items() if country in values}
    return {"country": country, **told}


def facts_on(label: str) -> Mapping[str, Any]:
    """The facts on an entity of that name; empty where it is not known."""
    wanted = _bare(label)
    for entry in _FACTS["entity"]:
        if wanted in map(_bare, entry["names"]):
            return {concept: fact for concept, fact in entry.items() if concept != "names"}
    return {}


def _bare(label: str) -> str:
    text = _COMPANY.sub("", unicodedata.normalize("NFC", label))
    return re.sub(r"[\W_]+", "", text).casefold()


def _kind(label: str, entity_data: Mapping[str, Any]) -> str:
    for kind, marks in (("company", _COMPANY), ("place", _PLACE), ("person", _PERSON)):
        if marks.search(unicodedata.normalize("NFC", label)):
            return kind
    return kind_of_members(entity_data)


def kind_of_members(names: Mapping[str, Any]) -> str:
    """The kind that most of the members tell of; empty where they tell nothing or two kinds as much."""
    told = [CONCEPTS.get(concept_of(name), {}).get("kind", "") for name in names]
    counts = sorted(((told.count(kind), kind) for kind in {*told} - {""}), reverse=True)
    if not counts or (len(counts) > 1 and counts[0][0] == counts[1][0]):
        return ""
    return str(counts[0][1])
