"""Requests in Korean: the verb comes last, and what it is done to is marked by particles."""

from __future__ import annotations

import re

from .concepts import is_word
from .edit_requests import QUOTED, TYPE, Reader, Request, listed, type_of

_SCALAR = TYPE.removesuffix(r"(?![\w가-힣])")
_CHANGE = r"(?:변경|바꾸|바꿔|바꿀|수정|고치|고쳐|전환|지정|설정|만들|변환|표시|처리|하|해|두|둬)"
_END = r"\S*(?:\s+(?:주세요|주십시오|줘|줄래\S*|주시\S*|합니다|해|한다|돼|됩니다|바랍니다|싶\S*|것))*"
_OBJ = r"(?:을|를|은|는|이|가)?"
_TO = r"(?:으로|로)"
_FIELD = r"(?:필드|속성|항목|컬럼|열|프로퍼티)"
VERB = re.compile(r"추가|삭제|제거|없애|빼|지우|지워|넣|변경|바꾸|바꿔|수정|만들|설정|지정|제한|하나|필수로|선택")
"""What tells that a prompt is in Korean, though names in it may not be."""
SPLIT = re.compile(
    r"\s*(?:[\n;]+|\.(?=\s|$)|\s그리고\s|(?<=하고)[,\s]+(?=\S)|(?<=(?:추가|삭제|제거|변경))(?:하며|한\s?(?:다음|뒤|후에?))[,\s]+|"
    r"(?<=(?:바꾸고|지우고|없애고|만들고))[,\s]+|(?<=(?:빼고|넣고))[,\s]+)\s*"
)


def _state(match: re.Match[str]) -> Request:
    return Request("required", listed(match["field"]), wanted=match["state"] == "필수" and not match["not"])


def _only(match: re.Match[str]) -> Request:
    return Request("values", (match["field"],), values=listed(match["values"]), wanted=True)


_TYPE_WORD = rf"(?P<type>{_SCALAR})\s*(?:형|타입|형식|자료형)?"
_PIECES = [
    (
        "description",
        rf"[,\s(]*(?:그리고\s*)?설명(?:은|는|이|을|:)?\s*(?P<description>{QUOTED})(?:으로|로|인|이고|라는|을|를)?\s*\)?",
    ),
    (
        "values",
        r"[,\s(]*(?:허용\s*)?(?:값|선택지|옵션)(?:은|이|이\s|:)\s*(?P<values>(?:[^\s,]+\s*,\s*)*[^\s,()]+?)(?:인|으로|로|이고|을|를)?(?=\s|\)|$)\s*\)?",
    ),
    ("state", r"[,\s(]*(?P<state>필수|선택)(?:적|\s?항목|\s?사항|\s?값|\s?필드)*(?:인|으로|로)?(?=\s|\)|$)\s*\)?"),
    ("type", rf"[,\s(]*{_TYPE_WORD}(?:으로|로|의|인)?(?=\s|\)|$)\s*\)?"),
]
_PARENT = re.compile(r"^(?P<parent>\S+(?:\s\S+)?)(?:에는|에다|에|안에|아래에|하위에)\s+(?=\S)")
_AROUND_NAME = re.compile(
    rf"^(?:새로운|새|추가로)\s+|^{_FIELD}\s+|\s*{_FIELD}(?:을|를)?$|(?:이라는|라는|이름의|이라고\s?하는)\s*{_FIELD}?$|(?<=[\w가-힣›])(?:을|를)$|^이름이\s+"
)


def _added(match: re.Match[str]) -> Request:
    """What is said of the new property is taken off piece by piece; what is left is its name."""
    rest, found = match["rest"].strip(), {}
    parent = ""
    if place := _PARENT.search(rest):
        rest = rest[place.end() :]
        parent = "" if re.fullmatch(r"(?:이\s)?스키마", place["parent"]) else place["parent"]
    for name, pattern in _PIECES:
        piece = re.search(pattern, rest)
        without = piece and f"{rest[: piece.start()]} {rest[piece.end() :]}".strip()
        if piece and without and _bare(without):
            found[name], rest = piece[name], without
    values = listed(found["values"]) if "values" in found else ()
    kind = type_of(found["type"]) if "type" in found else None
    wanted = found["state"] == "필수" if "state" in found else None
    return Request(
        "add",
        listed(_bare(rest)),
        type=kind,
        wanted=wanted,
        values=values,
        description=found.get("description", ""),
        parent=parent,
    )


def _bare(phrase: str) -> str:
    """A phrase without the word field and its particle around the name."""
    before = None
    while phrase != before:
        before, phrase = phrase, _AROUND_NAME.sub("", phrase.strip(" ,:"))
    also = phrase.removesuffix("도")  # a particle after a word that is known; many names end with it (속도, 위도)
    return also if is_word(also) and not is_word(phrase) else phrase


_PATTERNS: list[tuple[str, Reader]] = [
    (
        rf"(?P<field>.+?)(?:에|의)\s*(?:허용\s*)?(?:값|선택지|옵션)(?:으로|에|을|를)?\s+(?P<values>.+?)(?:을|를)?\s*추가{_END}",
        lambda match: Request("values", (match["field"],), values=listed(match["values"])),
    ),
    (
        rf"(?P<field>.+?)(?:에서|의)\s*(?:허용\s*)?(?:값|선택지|옵션)\s*(?P<values>.+?){_OBJ}\s*(?:삭제|제거|빼){_END}",
        lambda match: Request("drop_values", (match["field"],), values=listed(match["values"])),
    ),
    (rf"(?P<field>.+?)(?:의)?\s*(?:값)?{_OBJ}\s+(?P<values>.+?)\s*(?:중\s*하나|중에서\s*하나){_END}", _only),
    (rf"(?P<field>.+?)(?:의)?\s*(?:값)?(?:을|를)\s+(?P<values>.+?){_TO}\s*제한{_END}", _only),
    (
        rf"(?P<field>.+?)(?:의)?\s*설명(?:을|를)\s*(?P<text>.+?){_TO}\s*{_CHANGE}{_END}",
        lambda match: Request("description", (match["field"],), description=match["text"]),
    ),
    (
        rf"(?P<field>.+?)의?\s*(?:{_FIELD}의?\s*)?이름(?:을|를)\s*(?P<to>.+?){_TO}\s*{_CHANGE}{_END}",
        lambda match: Request("rename", (match["field"],), to=_bare(match["to"])),
    ),
    (
        rf"(?P<field>.+?)(?:을|를)\s*(?P<to>.+?){_TO}\s*이름(?:을|를)?\s*{_CHANGE}{_END}",
        lambda match: Request("rename", (match["field"],), to=_bare(match["to"])),
    ),
    (
        rf"(?P<field>.+?){_OBJ}\s*(?P<state>필수|선택)(?:적|\s*항목|\s*필드|\s*값|\s*사항)?(?P<not>가\s*아니\S*|이\s*아니\S*)?{_TO}?"
        rf"\s*{_CHANGE}{_END}",
        _state,
    ),
    (
        rf"(?P<field>.+?)의?\s*(?:(?:데이터\s*)?(?:타입|유형|자료형|형식))?(?:을|를)\s*{_TYPE_WORD}{_TO}\s*{_CHANGE}{_END}",
        lambda match: Request("type", listed(match["field"]), type=type_of(match["type"])),
    ),
    (
        rf"(?P<field>.+?)(?:을|를)\s*(?P<to>.+?){_TO}\s*(?:변경|바꾸|바꿔|수정){_END}",
        lambda match: Request("rename", (match["field"],), to=_bare(match["to"])),
    ),
    (
        rf"(?P<field>.+?){_OBJ}\s*(?:삭제|제거|없애|없앨|빼|뺄|지우|지워|지울){_END}",
        lambda match: Request("remove", listed(match["field"])),
    ),
    (rf"(?P<rest>.+?)(?:을|를)?\s*(?:새로\s*)?(?:추가|넣|신설){_END}", _added),
    (rf"(?P<rest>.+?{_FIELD})(?:을|를)?\s*(?:새로\s*)?(?:만들|만든){_END}", _added),
]
_COMPILED = [(re.compile(pattern, re.DOTALL), reader) for pattern, reader in _PATTERNS]


def read(sentence: str) -> Request | None:
    """What one sentence (quotes taken out) asks for; None where it is not understood."""
    text = re.sub(r"^(?:그리고|또|또한|먼저|다음으로|그다음)\s+", "", sentence.strip(" .,!?"))
    for pattern, reader in _COMPILED:
        if match := pattern.fullmatch(text):
            return reader(match)
    return None
