"""Whether an entity is of the kind that a schema describes, and whether models fail on it.

Only marks that are plain decide: a legal form (Inc, 주식회사), a word for a place (Mount, 호수), a form of address
(Dr., 박사), a known name, or members that tell of a kind (birth_date). Where they tell nothing the entity fits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, NamedTuple

from .concepts import has_hangul, words_of
from .subjects import Subject, entity_label, kind_of_members, subject_of

FAILING = ("always fails", "항상 실패")
"""How the name of an entity begins that every model fails on, in any case of letters. Clause ee.fixture.failing."""
_KIND_WORDS = {
    "company": "company companies organization organisation corporation business firm enterprise employer vendor "
    "supplier startup 회사 기업 법인 업체 조직 거래처 공급사",
    "person": "person people individual human employee candidate contact author scientist researcher patient customer "
    "인물 사람 개인 직원 후보자 연구자 저자 고객",
    "place": "place location mountain river lake country city region landmark 장소 지역 도시 산 강 호수 국가 지명",
}
_SHOWN = {"company": "Company", "person": "Person", "place": "Place"}
_DESCRIBED = {"company": "A company", "person": "A person", "place": "A place"}
_COUNTRY = re.compile(r"[A-Z]{2}")
CERTAIN, LIKELY, UNTOLD = 0.97, 0.9, 0.6


class Classification(NamedTuple):
    """``status`` is match or mismatch; ``confidence`` goes from 0 to 1. Clause ee.event.classification."""

    matches: bool
    status: str
    expected_type: str
    entity_description: str
    reasoning: str
    confidence: float

    def payload(self, classification_model: str | None = None) -> dict[str, Any]:
        """The classification as a pause and the blocking answer carry it."""
        told = self._asdict()
        del told["matches"]
        return {**told, "classification_model": classification_model}


def fails(entity_data: Mapping[str, Any]) -> bool:
    """Whether every model fails on the entity: its name begins with "Always Fails" (or "항상 실패")."""
    label = " ".join(unicodedata.normalize("NFC", entity_label(entity_data)).casefold().split())
    return label.startswith(FAILING)


def fits(schema_content: Mapping[str, Any], entity_data: Mapping[str, Any]) -> Classification:
    """Whether ``entity_data`` is of the kind that ``schema_content`` describes, by what plainly tells its kind."""
    expected, subject = _kind_of_schema(schema_content), subject_of(entity_data)
    shown = _expected_type(schema_content, expected)
    described = _description(subject, entity_data)
    if not expected or not subject.kind:
        reason = f"Nothing tells that {subject.label} is not what the schema describes ({shown})."
        return Classification(True, "match", shown, described, reason, UNTOLD)
    same = expected == subject.kind
    found, wanted = _DESCRIBED[subject.kind], _DESCRIBED[expected].lower()
    reason = f"{subject.label} is {found.lower()}, as the schema asks." if same else f"{found} is not {wanted}."
    confidence = CERTAIN if subject.is_known or subject.kind == "place" else LIKELY
    return Classification(same, "match" if same else "mismatch", shown, described, reason, confidence)


def _kind_of_schema(schema_content: Mapping[str, Any]) -> str:
    """By its title, then by its description, then by what its properties tell of."""
    for member in ("title", "description"):
        words = {*words_of(str(schema_content.get(member, "")))}
        kinds = [kind for kind, listed in _KIND_WORDS.items() if words & {*listed.split()}]
        if len(kinds) == 1:
            return kinds[0]
    return kind_of_members(schema_content.get("properties", {}))


def _expected_type(schema_content: Mapping[str, Any], kind: str) -> str:
    title = schema_content.get("title")
    return title if isinstance(title, str) and title else _SHOWN.get(kind, "Entity")


def _description(subject: Subject, entity_data: Mapping[str, Any]) -> str:
    country = next(
        (value for value in entity_data.values() if isinstance(value, str) and _COUNTRY.fullmatch(value)), ""
    )
    described = _DESCRIBED.get(subject.kind, "An entity")
    if subject.korean and has_hangul(subject.label):
        named = {"company": "회사", "person": "인물", "place": "장소"}.get(subject.kind, "대상")
        return f"{subject.label}({named})" + (f", {country}" if country else "")
    return f"{described} called {subject.label}" + (f" in {country}" if country else "")


__all__ = ["Classification", "entity_label", "fails", "fits"]
