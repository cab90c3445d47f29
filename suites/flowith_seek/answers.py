"""An answer that is not streamed, and the texts of answers to one question beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from understudy.verify.reading import Reading, Verdict, shown

from .blocks import looks_streamed, read_json
from .heads import is_json

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""What a decoder leaves of a character that it met in halves."""


def judge_json(reading: Reading) -> Iterator[Verdict]:
    """An answer that is not streamed."""
    response, status = reading.response, reading.status
    yield reading.expect("flowith.json.status", status == 200, "status 200", status, "status")
    content_type = response.header("content-type") or ""
    held = is_json(content_type)
    expected = "application/json"
    yield reading.expect("flowith.json.media-type", held, expected, content_type or "none", "header Content-Type")
    value = read_json(response.content)
    held = isinstance(value, dict) and {"tag", "content"} <= value.keys()
    seen = shown(ascii(response.content[:200].decode("utf-8", "replace")), 80)
    yield reading.expect("flowith.json.object", held, "one JSON object with tag and content", seen)
    if not isinstance(value, dict):
        return
    tag, content = value.get("tag"), value.get("content")
    yield reading.expect("flowith.json.tag", tag == "final", "tag final", shown(repr(tag)), "body /tag")
    said = isinstance(content, str) and bool(content.strip())
    yield reading.expect("flowith.json.content", said, "the text of the answer", shown(repr(content)), "body /content")


def is_streamed(reading: Reading) -> bool:
    """Whether an answer came as a stream, whatever was asked for."""
    return looks_streamed(reading.response.content)


class Told(NamedTuple):
    """The text of one answer, and the exchange that it came in."""

    text: str
    number: int


class Texts:
    """The answers to each question, streamed and whole.

    Nothing says that a question is answered twice in the same words. But where it visibly is, whole and streamed, a
    text that is only the beginning or the end of the other is not complete.
    """

    def __init__(self) -> None:
        self._told: dict[str, dict[bool, list[Told]]] = {}

    def judge(self, reading: Reading, question: str, text: str, *, streamed: bool) -> Iterator[Verdict]:
        """The next answer to ``question``."""
        told = self._told.setdefault(question, {True: [], False: []})
        told[streamed].append(Told(text, reading.observation.number))
        if any(len(answers) < 2 or len({each.text for each in answers}) > 1 for answers in told.values()):
            return
        here, there = told[streamed][0].text, told[not streamed][0].text
        for part, whole, is_streamed in ((here, there, streamed), (there, here, not streamed)):
            spoilt = REPLACEMENT in part and REPLACEMENT not in whole
            ended = part != whole and (whole.startswith(part) or whole.endswith(part))
            if ended or spoilt:
                clause = "flowith.final.content" if is_streamed else "flowith.json.content"
                kind = "streamed" if is_streamed else "not streamed"
                seen = f"{len(part)} code points of it, {shown(ascii(part[-20:]))} at the end, when {kind}"
                expected = (
                    f"the complete text, {len(whole)} code points as in exchange {told[not is_streamed][0].number}"
                )
                yield reading.expect(clause, False, expected, seen)
