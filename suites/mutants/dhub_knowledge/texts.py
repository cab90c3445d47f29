"""What is kept of texts, arrays and objects that naive code gets wrong: each shows for some values only."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from understudy.http import Response
from understudy.mutants import Asked, Behaviour, Forward, Memory

from .common import catalogue, changed

Spoil = Callable[[Any], Any]


def spoiling(text: Callable[[str], str]) -> Spoil:
    """Does this to every text of a value, names of members included."""

    def spoil(value: Any) -> Any:
        if isinstance(value, str):
            return text(value)
        if isinstance(value, list):
            return [spoil(entry) for entry in value]
        if isinstance(value, dict):
            return {name: spoil(entry) for name, entry in value.items()}
        return value

    return spoil


def numbers(number: Callable[[Any], Any]) -> Spoil:
    def spoil(value: Any) -> Any:
        if type(value) in (int, float):
            return number(value)
        if isinstance(value, list):
            return [spoil(entry) for entry in value]
        return {name: spoil(entry) for name, entry in value.items()} if isinstance(value, dict) else value

    return spoil


def arrays(change: Callable[[list[Any]], list[Any]]) -> Spoil:
    def spoil(value: Any) -> Any:
        if isinstance(value, list):
            return change([spoil(entry) for entry in value])
        return {name: spoil(entry) for name, entry in value.items()} if isinstance(value, dict) else value

    return spoil


def objects(change: Callable[[dict[str, Any]], dict[str, Any]], *, deep: bool = True) -> Spoil:
    """Does this to every object but the outermost one; of those inside only where it is ``deep``."""

    def spoil(value: Any, depth: int = 0) -> Any:
        if isinstance(value, list):
            return [spoil(entry, depth + 1) for entry in value]
        if not isinstance(value, dict):
            return value
        inner = {name: spoil(entry, depth + 1) for name, entry in value.items()}
        return change(inner) if depth == (2 if deep else 1) else inner

    return spoil


SPOILS: dict[str, tuple[str, Spoil]] = {
    "composes": ("Texts are brought into composed form.", spoiling(lambda t: unicodedata.normalize("NFC", t))),
    "decomposes": ("Texts are brought into decomposed form.", spoiling(lambda t: unicodedata.normalize("NFD", t))),
    "no-astral": (
        "Emoji become question marks.",
        spoiling(lambda t: "".join(c if c < "\U00010000" else "?" for c in t)),
    ),
    "no-joiners": ("Joiners inside emoji are lost.", spoiling(lambda t: t.replace("\u200d", ""))),
    "escapes-html": ("Texts are escaped as HTML.", spoiling(lambda t: html.escape(t, quote=False))),
    "unescapes-html": ("References of HTML are resolved.", spoiling(html.unescape)),
    "strips-tags": ("What looks like a tag of HTML is removed.", spoiling(lambda t: t.replace("<b>", ""))),
    "decodes-percent": ("Texts are percent-decoded.", spoiling(unquote)),
    "no-backslash": ("Backslashes are lost.", spoiling(lambda t: t.replace("\\", ""))),
    "no-quotes": ("Quotation marks are doubled.", spoiling(lambda t: t.replace('"', '""'))),
    "cuts-100": ("Texts are cut after a hundred code points.", spoiling(lambda t: t[:100])),
    "cuts-255-bytes": (
        "Texts are cut after 255 bytes.",
        spoiling(lambda t: t.encode("utf-8", "surrogatepass")[:255].decode("utf-8", "ignore")),
    ),
    "cuts-1000": ("Texts are cut after a thousand code points.", spoiling(lambda t: t[:1000])),
    "lowers": ("Texts are put into lower case.", spoiling(str.lower)),
    "expands-dollars": ("A dollar and a digit are lost.", spoiling(lambda t: t.replace("$1", ""))),
    "no-latin-accents": ("Accents are lost.", spoiling(lambda t: t.replace("é", "e").replace("\u0301", ""))),
    "floats": ("Whole numbers become fractions.", numbers(lambda n: n + 0.5 if n > 2**50 else n)),
    "whole-numbers": ("Fractions are cut off.", numbers(int)),
    "no-negatives": ("Numbers lose their sign.", numbers(abs)),
    "32-bits": ("Numbers are cut to 32 bits.", numbers(lambda n: n % 2**32 if isinstance(n, int) and n > 0 else n)),
    "sorts": ("Arrays of texts are sorted.", arrays(lambda a: sorted(a) if all(isinstance(e, str) for e in a) else a)),
    "reverses": ("Arrays are reversed.", arrays(lambda a: a[::-1])),
    "first-only": ("Arrays keep their first two entries.", arrays(lambda a: a[:2])),
    "drops-nulls": ("Null is lost from arrays.", arrays(lambda a: [e for e in a if e is not None])),
    "no-booleans": ("True becomes 1 in arrays.", arrays(lambda a: [1 if e is True else e for e in a])),
    "no-nesting": ("Objects inside of options are emptied.", objects(lambda o: {})),
    "ascii-members": (
        "Members of options with names beyond ASCII are lost.",
        objects(lambda o: {name: value for name, value in o.items() if name.isascii()}, deep=False),
    ),
    "one-option": ("Options keep one member.", objects(lambda o: dict([*o.items()][:1]), deep=False)),
}


def spoils(operation: str, spoil: Spoil) -> Behaviour:
    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        if asked.does != operation or not isinstance(asked.body, dict):
            return forward(asked.request)
        spoiled = {**spoil(asked.body), **{name: asked.body[name] for name in ("type",) if name in asked.body}}
        return forward(changed(asked, spoiled))

    return behave


for _name, (_says, _spoil) in SPOILS.items():
    catalogue.add(
        f"createKnowledge.{_name}",
        "value",
        f"{_says} It happens to a new Knowledge.",
        ("dhub.create-knowledge.kept", "dhub.list-knowledges.groups-one"),
        spoils("createKnowledge", _spoil),
        rare=True,
    )
for _name in ("no-astral", "cuts-100", "cuts-1000", "lowers"):
    _says, _spoil = SPOILS[_name]
    catalogue.add(
        f"updateKnowledge.{_name}",
        "value",
        f"{_says} It happens to what an update gives.",
        ("dhub.update-knowledge.applied", "dhub.update-knowledge.comment", "dhub.knowledge.comment"),
        spoils("updateKnowledge", _spoil),
        rare=True,
    )
for _name in ("composes", "no-astral", "lowers", "decodes-percent"):
    _says, _spoil = SPOILS[_name]
    catalogue.add(
        f"createDocument.{_name}",
        "value",
        f"{_says} It happens to a new Document.",
        ("dhub.create-document.kept",),
        spoils("createDocument", _spoil),
        rare=True,
    )
