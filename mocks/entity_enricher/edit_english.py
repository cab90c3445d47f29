"""Requests in English: patterns for whole sentences, so that what is not understood is not half done."""

from __future__ import annotations

import re
from typing import Any

from .edit_requests import QUOTED, TYPE, Reader, Request, listed, type_of

_FIELD = r"(?:fields?|propert(?:y|ies)|attributes?|columns?|members?|keys?)"
_VERBS = (
    r"(?:add|create|include|insert|introduce|remove|delete|drop|rename|make|mark|change|convert|set|describe|restrict|limit"
    r"|allow|require|update|turn)"
)
SPLIT = re.compile(
    rf"(?i)\s*(?:[\n;]+|\.(?=\s|$)|,?\s+(?:and\s+)?then\s+|,?\s+and\s+(?:also\s+)?(?={_VERBS}\b)|,\s*(?={_VERBS}\b))\s*"
)
_POLITE = re.compile(
    r"(?i)^(?:please|also|and|then|finally|first|next|now|could you|can you|i want(?: you)? to|we need to|let's)[\s,]+"
    r"|[\s,]+please$|[?!]+$"
)
_STATE = r"(?P<state>required|mandatory|optional|not required|not mandatory|nullable|not nullable|non-nullable)"


def _state(match: re.Match[str]) -> Request:
    state = match["state"].lower()
    wanted = not state.startswith(("optional", "not", "non"))
    return Request("nullable" if "nullable" in state else "required", listed(match["field"]), wanted=wanted)


def _typed(match: re.Match[str]) -> Request:
    return Request("type", listed(match["field"]), type=type_of(match["type"]))


def _values(match: re.Match[str]) -> Request:
    return Request("values", (match["field"],), values=listed(match["values"]))


def _only(match: re.Match[str]) -> Request:
    return Request("values", (match["field"],), values=listed(match["values"]), wanted=True)


def _described(match: re.Match[str]) -> Request:
    return Request("description", (match["field"],), description=match["text"])


_ADDED_DESCRIPTION = re.compile(
    rf"(?i)[\s,]*(?:with|and|having)?\s*(?:a |the )?(?:description\s*(?:of|:|is|as)?\s*(?P<quoted>{QUOTED})"
    rf"|(?:describing|that describes|which describes|described as|to describe)\s+(?P<text>.+))$"
)
_ADDED_VALUES = re.compile(
    r"(?i)[\s,(]*(?:with|having|that is|which is|allowing)?\s*(?:the )?(?:allowed |possible |enum )?"
    r"(?:(?:values?|options?|choices?|enum)\s*:?|one of:?|either)\s+(?P<values>[^()]+?)\)?$"
)
_ADDED_TYPE = re.compile(
    rf"(?i)[\s,]*(?:(?:with|of|and|having)\s+(?:the\s+)?(?:data\s+)?type(?:\s+of)?|as|being|:|that is|which is|\()\s*"
    rf"(?:(?P<state>required|mandatory|optional)\s+)?(?:an?\s+)?(?P<type>{TYPE})\s*(?:type|field|value)?\s*\)?"
)
_ADDED_STATE = re.compile(
    r"(?i)[\s,(]*(?:and\s+)?(?:that is|which is|it is|as|make it|mark it(?: as)?)?\s*"
    r"\b(?P<not>not )?(?P<state>required|mandatory|optional|nullable)\b\s*\)?"
)
_ADDED_PARENT = re.compile(
    r"(?i)\s+(?:to|into|in|inside|under|within)\s+(?:the\s+|each\s+|every\s+|this\s+)?(?P<parent>[^,]+?)$"
)
_LEADING_TYPE = re.compile(rf"(?i)^(?P<type>{TYPE})\s+(?={_FIELD}\b|called\b|named\b)")
_TRAILING_TYPE = re.compile(r"(?i)\s+(?P<type>booleans?|bool|flag|strings?|integers?|int|floats?|arrays?)$")
_AROUND_NAME = re.compile(
    rf"(?i)^(?:an?\s+|the\s+|new\s+|additional\s+|another\s+)+|^{_FIELD}\s+(?:called\s+|named\s+|for\s+)?(?:the\s+)?|\s+{_FIELD}$|^(?:called|named)\s+"
)


def _added(match: re.Match[str]) -> Request:
    """What is said of the new property is taken off piece by piece; what is left is its name."""
    rest = match["rest"].strip()
    description, parent = "", ""
    values: tuple[str, ...] = ()
    kind: dict[str, Any] | None = None
    state: bool | None = None
    nullable: bool | None = None
    if found := _ADDED_DESCRIPTION.search(rest):
        description, rest = found["quoted"] or found["text"], rest[: found.start()]
    if found := _ADDED_VALUES.search(rest):
        values, rest = listed(found["values"]), rest[: found.start()]
    if (found := _ADDED_PARENT.search(rest)) and not re.fullmatch(r"(?i)(?:schema|it|root)", found["parent"]):
        parent, rest = found["parent"], rest[: found.start()]
    elif found:
        rest = rest[: found.start()]
    if found := _ADDED_TYPE.search(rest):
        kind, rest = type_of(found["type"]), rest[: found.start()] + rest[found.end() :]
        state = found["state"].lower() != "optional" if found["state"] else None
    while found := _ADDED_STATE.search(rest):
        wanted = not found["not"]
        if found["state"].lower() == "nullable":
            nullable = wanted
        else:
            state = wanted == (found["state"].lower() != "optional")
        rest = f"{rest[: found.start()]} {rest[found.end() :]}".strip()
    rest = _bare(rest)
    if kind is None and (found := _LEADING_TYPE.search(rest)) and _bare(rest[found.end() :]):
        kind, rest = type_of(found["type"]), rest[found.end() :]
    if kind is None and (found := _TRAILING_TYPE.search(rest)):
        kind, rest = type_of(found["type"]), rest[: found.start()]
    names = listed(_bare(rest))
    return Request(
        "add", names, type=kind, wanted=state, nullable=nullable, values=values, description=description, parent=parent
    )


def _bare(phrase: str) -> str:
    """A phrase without articles and the word field around the name."""
    before = None
    while phrase != before:
        before, phrase = phrase, _AROUND_NAME.sub("", phrase.strip(" ,:"))
    return phrase


_A = r"(?:an?\s+|the\s+)?"
_OF_FIELD = r"(?P<field>.+?)"
_PATTERNS: list[tuple[str, Reader]] = [
    (
        rf"(?:add|append)\s+(?:the\s+)?(?:enum\s+|new\s+)*(?:values?|options?|choices?)\s+(?P<values>.+?)\s+(?:to|for|in)\s+{_OF_FIELD}",
        _values,
    ),
    (
        rf"(?:remove|delete|drop)\s+(?:the\s+)?(?:enum\s+)?(?:values?|options?|choices?)\s+(?P<values>.+?)\s+(?:from|of|in)\s+{_OF_FIELD}",
        lambda match: Request("drop_values", (match["field"],), values=listed(match["values"])),
    ),
    (rf"(?:restrict|limit)\s+{_OF_FIELD}\s+to\s+(?:one of\s+|the values\s+)?:?\s*(?P<values>.+)", _only),
    (rf"{_OF_FIELD}\s+(?:must|should|can|may)\s+(?:only\s+)?be\s+(?:one of|either)\s*:?\s*(?P<values>.+)", _only),
    (rf"allow\s+only\s+(?P<values>.+?)\s+(?:for|in|as)\s+{_OF_FIELD}", _only),
    (rf"(?:set|change|update)\s+the\s+description\s+of\s+{_OF_FIELD}\s+(?:to|as)\s*:?\s+(?P<text>.+)", _described),
    (rf"describe\s+{_OF_FIELD}\s+as\s*:?\s+(?P<text>.+)", _described),
    (rf"add\s+(?:a\s+|the\s+)?description\s+(?P<text>{QUOTED})\s+(?:to|for)\s+{_OF_FIELD}", _described),
    (
        rf"(?:rename|change\s+the\s+name\s+of)\s+{_OF_FIELD}\s+(?:to|as|into|->|→)\s+{_A}(?P<to>.+)",
        lambda match: Request("rename", (match["field"],), to=_bare(match["to"])),
    ),
    (rf"(?:make|mark|set)\s+{_OF_FIELD}\s+(?:as\s+|to\s+be\s+|to\s+)?{_A}{_STATE}(?:\s+{_FIELD})?", _state),
    (
        rf"{_OF_FIELD}\s+(?:(?:should|must|has\s+to|have\s+to|needs?\s+to|may|can)\s+be(?:come)?|is|are)\s+{_A}{_STATE}",
        _state,
    ),
    (rf"require\s+{_OF_FIELD}", lambda match: Request("required", listed(match["field"]), wanted=True)),
    (
        rf"(?:change|convert|turn|set|make|switch|update)\s+(?:the\s+)?(?:(?:data\s+)?type\s+of\s+)?{_OF_FIELD}(?:'s\s+type|\s+type)?"
        rf"\s+(?:to\s+be\s+|from\s+(?:an?\s+)?{TYPE}\s+to\s+|to\s+|into\s+|as\s+)?{_A}(?P<type>{TYPE})(?:\s+(?:type|{_FIELD}))?",
        _typed,
    ),
    (rf"{_OF_FIELD}\s+(?:should|must|has\s+to|needs?\s+to)\s+be\s+(?:of\s+type\s+)?{_A}(?P<type>{TYPE})", _typed),
    (
        rf"(?:remove|delete|drop|eliminate|get\s+rid\s+of)\s+{_OF_FIELD}(?:\s+from\s+the\s+schema)?",
        lambda match: Request("remove", listed(match["field"])),
    ),
    (r"(?:add|create|include|insert|introduce)\s+(?P<rest>.+)", _added),
]
_COMPILED = [(re.compile(pattern, re.IGNORECASE | re.DOTALL), reader) for pattern, reader in _PATTERNS]


def read(sentence: str) -> Request | None:
    """What one sentence (quotes taken out) asks for; None where it is not understood."""
    text = sentence.strip(" .,")
    before = None
    while text != before:
        before, text = text, _POLITE.sub("", text).strip(" .,")
    for pattern, reader in _COMPILED:
        if match := pattern.fullmatch(text):
            return reader(match)
    return None
