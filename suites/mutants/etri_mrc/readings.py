"""What a reading says: places counted otherwise, texts that come back changed, and answers of other calls."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from understudy.http import Response
from understudy.mutants import Asked, Behaviour, Forward, Memory
from understudy.mutants.changes import edited_body, value_of

from .common import catalogue

Info = dict[str, Any]
When = Callable[[Asked, Info, int], bool]
"""Whether a mutant shows: for this request, this reading, and as which reading of all, from 1."""
Spoil = Callable[[Info], Info]
INFO = ("return_object", "MRCInfo")
SLICE = ("etri.result.slice", "etri.result.begin", "etri.result.end")


def whole(response: Response) -> Info | None:
    """A reading that found something."""
    value = value_of(response)
    info = value.get("return_object", {}) if isinstance(value, dict) else None
    info = info.get("MRCInfo") if isinstance(info, dict) else None
    return info if isinstance(info, dict) and type(info.get("begin")) is int and info.get("answer") else None


def spoils(spoil: Spoil, when: When) -> Behaviour:
    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        info = whole(response)
        if info is None or response.status != 200:
            return response
        memory["count"] = memory.get("count", 0) + 1
        return edited_body(response, INFO, spoil) if when(asked, info, memory["count"]) else response

    return behave


def has(test: Callable[[str], bool]) -> When:
    """The passage is such a one."""
    return lambda asked, info, count: test(info["passage"]) if isinstance(info.get("passage"), str) else False


def composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


WHEN: dict[str, tuple[str, When]] = {
    "": ("", lambda asked, info, count: True),
    "from-third": (", from the third reading on", lambda asked, info, count: count > 2),
    "astral": (" where the passage has emoji", has(lambda text: max(text, default="") > "\uffff")),
    "lines": (" where the passage has CR LF", has(lambda text: "\r\n" in text)),
    "combining": (" where the passage is not composed", has(lambda text: composed(text) != text)),
    "english": (" where the passage is English", has(lambda text: text.isascii())),
    "long": (" in passages of more than 500 code points", has(lambda text: len(text) > 500)),
    "at-start": (" where the answer begins the passage", lambda asked, info, count: info["begin"] == 0),
    "deep": (" where the answer stands after the hundredth place", lambda asked, info, count: info["begin"] > 100),
    "one-syllable": (" where the answer is short", lambda asked, info, count: len(info["answer"]) < 3),
}

MOVES: dict[str, tuple[str, Spoil]] = {
    "begin+1": ("begin is one too large", lambda info: {**info, "begin": info["begin"] + 1}),
    "begin-1": ("begin is one too small", lambda info: {**info, "begin": info["begin"] - 1}),
    "end+1": ("end lies behind the answer", lambda info: {**info, "end": info["end"] + 1}),
    "end-1": ("end is one too small", lambda info: {**info, "end": info["end"] - 1}),
    "both+1": ("places count from 1", lambda info: {**info, "begin": info["begin"] + 1, "end": info["end"] + 1}),
    "length": ("end is the length of the answer", lambda info: {**info, "end": info["end"] - info["begin"] + 1}),
    "answer-cut": ("the answer lacks its last syllable", lambda info: {**info, "answer": info["answer"][:-1]}),
    "answer-more": ("the answer ends in a full stop", lambda info: {**info, "answer": info["answer"] + "."}),
}

for _name, (_what, _spoil) in MOVES.items():
    for _when in ("", "from-third", "astral", "lines", "english", "deep"):
        if (_when == "lines" and _name not in ("begin+1", "end+1")) or (_when == "deep" and _name != "both+1"):
            continue
        if _name == "both+1" and not _when:
            continue  # an instance may lawfully count from 1, if it always does
        _where, _test = WHEN[_when]
        _clauses = SLICE if "answer" not in _name else (*SLICE, "etri.result.answer", "etri.result.answer-in-passage")
        _says = f"{_what[:1].upper()}{_what[1:]}{_where}."
        _id = f"{_name}.{_when}" if _when else _name
        catalogue.add(_id, "index", _says, _clauses, spoils(_spoil, _test), rare=bool(_when))


def measured(measure: Callable[[str], int]) -> Spoil:
    """Places counted in other units than code points."""

    def spoil(info: Info) -> Info:
        passage = info["passage"]
        begin = measure(passage[: info["begin"]])
        return {**info, "begin": begin, "end": begin + measure(passage[info["begin"] : info["end"] + 1]) - 1}

    return spoil


UNITS: dict[str, tuple[str, Callable[[str], int]]] = {
    "utf-16": ("UTF-16 code units", lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2),
    "utf-8": ("bytes", lambda text: len(text.encode("utf-8", "surrogatepass"))),
    "composed": ("code points of the composed text", lambda text: len(composed(text))),
    "decomposed": ("code points of the decomposed text", lambda text: len(unicodedata.normalize("NFD", text))),
    "lf": ("code points with LF for CR LF", lambda text: len(text.replace("\r\n", "\n"))),
    "no-space": ("code points that are no white space", lambda text: sum(not c.isspace() for c in text)),
    "stripped": ("code points after leading white space", lambda text: len(text.lstrip())),
    "no-joiners": ("code points without joiners", lambda text: len(text.replace("\u200d", ""))),
    "escaped": ("code points with line ends escaped", lambda text: len(text.replace("\n", "\\n"))),
}

for _name, (_what, _measure) in UNITS.items():
    catalogue.add(
        f"units.{_name}", "index", f"Places count {_what}.", SLICE, spoils(measured(_measure), WHEN[""][1]), rare=True
    )


def echoes(member: str, change: Callable[[str], str]) -> Spoil:
    return lambda info: {**info, member: change(info[member])} if isinstance(info.get(member), str) else info


ECHOES: dict[str, tuple[str, Callable[[str], str]]] = {
    "composed": ("in composed form", composed),
    "lf": ("with LF for CR LF", lambda text: text.replace("\r\n", "\n")),
    "stripped": ("without the white space around it", str.strip),
    "no-astral": ("with ? for emoji", lambda text: "".join(c if c <= "\uffff" else "?" for c in text)),
    "cut-200": ("without what follows 200 code points", lambda text: text[:200]),
    "one-space": ("with one space for several", lambda text: re.sub(" +", " ", text)),
    "no-tabs": ("with spaces for tabs", lambda text: text.replace("\t", " ")),
    "escaped": ("escaped as HTML", lambda text: text.replace("&", "&amp;").replace("<", "&lt;")),
    "no-quotes": ("without quotation marks", lambda text: text.replace('"', "")),
    "no-joiners": ("without joiners in emoji", lambda text: text.replace("\u200d", "")),
    "folded": ("in lower case", str.lower),
    "no-mark": ("without its last code point", lambda text: text[:-1]),
}

for _name, (_what, _change) in ECHOES.items():
    for _member in ("passage", "question"):
        if _member == "question" and _name not in ("composed", "no-astral", "folded", "no-mark"):
            continue
        catalogue.add(
            f"{_member}.{_name}",
            "value",
            f"The {_member} comes back {_what}.",
            (f"etri.result.{_member}", "etri.request.escapes"),
            spoils(echoes(_member, _change), WHEN[""][1]),
            rare=_name not in ("no-mark", "folded"),
        )


def stale(*members: str, every: int = 1) -> Behaviour:
    """Members are those of the reading before, at every ``every``-th."""

    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        info = whole(response)
        if info is None:
            return response
        before, memory["last"] = memory.get("last"), info
        memory["count"] = memory.get("count", 0) + 1
        if before is None or memory["count"] % every:
            return response
        return edited_body(response, INFO, lambda now: {**now, **{name: before[name] for name in members}})

    return behave


for _name, _members, _broken in (
    ("question", ("question",), ("etri.result.question", "etri.success.analysis")),
    ("passage", ("passage",), ("etri.result.passage",)),
    (
        "answer",
        ("answer", "begin", "end"),
        ("etri.result.answer-in-passage", "etri.result.slice", "etri.success.analysis"),
    ),
    ("places", ("begin", "end"), ("etri.result.slice",)),
):
    for _every in (1, 3):
        _when = "" if _every == 1 else " at every third call"
        _says = f"The {_name} is that of the call before{_when}."
        _id = f"stale-{_name}" + ("" if _every == 1 else ".third")
        catalogue.add(_id, "state", _says, _broken, stale(*_members, every=_every), rare=_every > 1)


def cached(key: Callable[[Info], Any], *echoed: str) -> Behaviour:
    """A reading is given again for what has the same key; ``echoed`` members are those of the request."""

    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        info = whole(response)
        if info is None:
            return response
        before: Response = memory.setdefault(key(info), response)
        return edited_body(before, INFO, lambda old: {**old, **{name: info[name] for name in echoed}})

    return behave


for _name, _says, _key, _echoed in (
    ("passage", "the same passage, whatever is asked", lambda info: info["passage"], ("question",)),
    ("question", "the same question, whatever the passage", lambda info: info["question"], ("passage",)),
    ("first-words", "a passage that begins alike", lambda info: info["passage"][:2], ("passage", "question")),
):
    catalogue.add(
        f"cached-by-{_name}",
        "state",
        f"The first answer is given again for {_says}.",
        ("etri.success.analysis", "etri.result.answer-in-passage", "etri.result.slice", "etri.service.purpose"),
        cached(_key, *_echoed),
        rare=True,
    )


def first_word(info: Info) -> Info:
    word = info["passage"].split()[0]
    begin = info["passage"].index(word)
    return {**info, "answer": word, "begin": begin, "end": begin + len(word) - 1}


def all_of_it(info: Info) -> Info:
    return {**info, "answer": info["passage"], "begin": 0, "end": len(info["passage"]) - 1}


for _name, _says, _spoil in (
    ("first-word", "The answer is the first word of the passage, whatever is asked.", first_word),
    ("all-of-it", "The answer is the whole passage, whatever is asked.", all_of_it),
):
    catalogue.add(
        f"reader.{_name}",
        "value",
        _says,
        ("etri.service.purpose", "etri.success.analysis", "etri.service.domains", "etri.service.question-kind"),
        spoils(_spoil, WHEN[""][1]),
        rare=True,
    )
