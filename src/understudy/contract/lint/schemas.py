"""Schemas that mean the same to every validator, and promise what the document promises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from understudy.contract.document import escape
from understudy.contract.lint.finding import Rule, Said
from understudy.contract.lint.page import Page, nearest, shown, strings
from understudy.contract.lint.validators import Validators
from understudy.contract.objects import SCHEMA_KINDS

_ASSERTED = frozenset(
    ("date", "date-time", "time", "duration", "email", "ipv4", "ipv6", "hostname", "uuid", "uri", "regex")
)
_OPENAPI_KEYWORDS = ("discriminator", "externalDocs", "xml")
_ANNOTATIONS = (
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    *_OPENAPI_KEYWORDS,
)
_UNEQUAL = re.compile(r"(?<!\\)(?:\\\\)*(?P<found>\\[wWdDsSbBpPZzAG]|\(\?(?!:))")


def _pattern(page: Page) -> Iterator[Said]:
    for node in page.nodes:
        if node.kind not in SCHEMA_KINDS:
            continue
        written = [(f"{node.pointer}/pattern", node.members.get("pattern"))]
        keys = node.members.get("patternProperties")
        written += [(f"{node.pointer}/patternProperties/{escape(key)}", key) for key in strings(keys)]
        for pointer, pattern in written:
            if isinstance(pattern, str):
                yield from _portable(pointer, pattern)


def _portable(pointer: str, pattern: str) -> Iterator[Said]:
    unequal = _UNEQUAL.search(pattern)
    if unequal:
        text = f"the pattern {pattern!r} has {unequal['found']!r}, which validators read differently or not at all"
        yield Said(pointer, f"{text}: write the characters out, as in [0-9A-Za-z_] or [^/]")
        return
    try:
        re.compile(pattern)
    except re.error as error:
        yield Said(pointer, f"the pattern {pattern!r} is no regular expression ({error}): correct it")


def _format(page: Page) -> Iterator[Said]:
    for node in page.nodes:
        name = node.members.get("format") if node.kind in SCHEMA_KINDS else None
        if isinstance(name, str) and name not in _ASSERTED:
            text = (
                f"no validator asserts the format {name!r}: say it by minimum and maximum, pattern or contentEncoding"
            )
            yield Said(f"{node.pointer}/format", f"{text} (asserted are: {shown(_ASSERTED, 20)})")


def _open(page: Page) -> Iterator[Said]:
    for node in page.of("schema", "property"):
        for member in ("additionalProperties", "unevaluatedProperties"):
            if node.value.get(member) is False:
                text = "an extra field is lawful for a provider, and the engine closes its own replies itself"
                yield Said(f"{node.pointer}/{member}", f"{member} is false, but {text}: leave it out")


@cache
def _keywords() -> frozenset[str]:
    from jsonschema_specifications import REGISTRY

    base = "https://json-schema.org/draft/2020-12/"
    vocabularies = REGISTRY.contents(f"{base}schema")["allOf"]
    parts = [REGISTRY.contents(base + part["$ref"]) for part in vocabularies]
    return frozenset(key for part in parts for key in part["properties"]).union(_OPENAPI_KEYWORDS)


def _keyword(page: Page) -> Iterator[Said]:
    known = _keywords()
    for node in page.nodes:
        for member in node.members if node.kind in SCHEMA_KINDS else ():
            if member not in known and not member.startswith("x-"):
                text = f"validators ignore {member!r}, no keyword of JSON Schema 2020-12; {nearest(member, known)}"
                yield Said(f"{node.pointer}/{escape(member)}", text)
    for node in page.of(*SCHEMA_KINDS):
        if "contentSchema" in node.value and node.value.get("contentMediaType") != "application/json":
            text = "contentSchema is checked only beside `contentMediaType: application/json`: add that"
            yield Said(f"{node.pointer}/contentSchema", text)


def _required(page: Page) -> Iterator[Said]:
    elsewhere = ("allOf", "anyOf", "oneOf", "$ref", "if", "patternProperties", "additionalProperties")
    for node in page.of("schema", "property"):
        known = node.value.get("properties")
        if isinstance(known, dict) and not any(member in node.value for member in elsewhere):
            for name in strings(node.value.get("required")):
                if name not in known:
                    text = f"{name!r} is required but not among the properties; {nearest(name, known)}"
                    yield Said(f"{node.pointer}/required", text)


def _implies(keyword: str, value: Any, other: Any) -> bool:
    """Whether a schema that keeps the keyword as ``value`` keeps it as ``other`` too."""
    return bool(value == other) or (keyword == "required" and set(strings(value)) >= set(strings(other)))


def _beside(page: Page) -> Iterator[Said]:
    for node in page.of(*SCHEMA_KINDS):
        if "$ref" not in node.value:
            continue
        target = page.resolved({"$ref": node.value["$ref"]})
        for member, value in node.value.items():
            asserts = member not in _ANNOTATIONS and not member.startswith(("x-", "$"))
            if asserts and member in target and not _implies(member, value, target[member]):
                text = (
                    f"{member} stands beside the $ref and in what it leads to, and tools differ on which of them holds"
                )
                yield Said(f"{node.pointer}/{escape(member)}", f"{text}: put one of the two in an `allOf`")


def _segment(page: Page) -> Iterator[Said]:
    validators = Validators(page.document)
    for node in page.of("parameter"):
        if node.value.get("in") != "path" or "schema" not in node.value:
            continue
        taken = [text for text in ("", ".", "..") if not any(validators.errors(f"{node.pointer}/schema", text))]
        if taken and isinstance(node.value["schema"], dict):
            text = (
                f"the path parameter {node.value.get('name')!r} takes {shown(map(repr, taken))}, which clients rewrite"
            )
            yield Said(f"{node.pointer}/schema", f"{text}: write `minLength: 1` and `not: {{enum: ['.', '..']}}`")


def _limited_by(page: Page) -> Iterator[Said]:
    limits = {entry.name: entry.value.get("value") for entry in page.entries("limit")}
    for node in page.nodes:
        named = node.members.get("x-limited-by") if node.kind in SCHEMA_KINDS else None
        for keyword, limit in named.items() if isinstance(named, dict) else ():
            pointer = f"{node.pointer}/x-limited-by/{escape(keyword)}"
            if limit not in limits:
                yield Said(pointer, f"there is no limit {limit!r}; {nearest(str(limit), list(limits))}")
            elif node.members.get(keyword) != limits[limit]:
                text = f"{keyword} is {node.members.get(keyword)!r} and the limit {limit} is {limits[limit]!r}"
                yield Said(pointer, f"{text}: both say the same number, so correct one of them")


RULES = (
    Rule("L701", "pattern", "a pattern means the same to Python, Rust and ECMAScript", _pattern),
    Rule("L702", "format", "a format is one that validators assert", _format),
    Rule("L703", "closed-schema", "schemas are open", _open),
    Rule("L704", "ignored-keyword", "a schema has no keyword that validators ignore", _keyword),
    Rule("L705", "required-property", "what is required is among the properties", _required),
    Rule("L707", "beside-ref", "a $ref has no keyword beside it that its target has otherwise", _beside),
    Rule("L708", "limited-by", "a keyword that a limit moves says what the limit says", _limited_by),
    Rule("L706", "path-segment", "a path parameter is neither empty nor a dot segment", _segment),
)
