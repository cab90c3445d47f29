"""A saved schema changed as a text in English or Korean asks.

It understands sentences that add, remove, rename or describe a property, make it required, optional or nullable, give
it another type, or add values to it or take them away; several at once, and properties within others. Anything else is
refused as a whole, so that nothing is changed that was not asked for.
"""

from __future__ import annotations

import copy
import re
from typing import Any

from . import edit_english, edit_korean
from .checking import problem_with
from .concepts import has_hangul
from .edit_requests import CannotEdit, Quotes, Request
from .schema_changes import change

LONGEST_PROMPT = 4_000
"""Code points of a prompt that is read; a longer one is refused."""

LONGEST_SENTENCE = 500
"""Code points of one request, without what is quoted in it; a longer one is not understood."""


def edit_schema(schema_content: dict[str, Any], prompt: str) -> tuple[dict[str, Any], str]:
    """The changed schema_content and what was changed, in plain words. ``schema_content`` itself is left as it is.

    Raises:
        CannotEdit: the prompt, or a part of it, is not understood or cannot be done. Clause ee.edit-schema.cannot.
    """
    changed = copy.deepcopy(schema_content)
    said = [change(changed, request) for request in _requests(prompt)]
    problem = problem_with(changed)
    if problem is not None:
        raise CannotEdit(f"The schema would no longer be one: {problem}.")
    if changed == schema_content and list(changed) == list(schema_content):
        raise CannotEdit("The prompt changes nothing in the schema.")
    return changed, " ".join(said)


def _requests(prompt: str) -> list[Request]:
    if len(prompt) > LONGEST_PROMPT:
        raise CannotEdit(f"The prompt is longer than {LONGEST_PROMPT} characters: ask for less at once.")
    prompt = "\n".join(" ".join(line.split()) for line in prompt.splitlines() if line.strip())
    quotes = Quotes(re.sub(r"^\s*(?:[-*•]|\d+[.)])\s+", "", prompt, flags=re.MULTILINE))
    sentences = _sentences(quotes.masked)
    if not sentences:
        raise CannotEdit("The prompt asks for nothing: say what to change.")
    found = []
    for sentence in sentences:
        request = _read(sentence) if len(sentence) <= LONGEST_SENTENCE else None
        if request is None:
            raise CannotEdit(
                f"{quotes.back(sentence)!r} is not understood. Ask to add, remove, rename or describe a property, to "
                "make it required, optional or nullable, to change its type, or to add values to it."
            )
        found.append(quotes.fill(request))
    return found


def _read(sentence: str) -> Request | None:
    """English verbs stand first, Korean ones last; a Korean name within an English sentence does not make it Korean."""
    readers = (edit_korean.read, edit_english.read) if has_hangul(sentence) else (edit_english.read,)
    return next((request for request in (read(sentence) for read in readers) if request is not None), None)


def _sentences(text: str) -> list[str]:
    splitter = edit_korean.SPLIT if edit_korean.VERB.search(text) else edit_english.SPLIT
    return [part for part in splitter.split(text) if part and part.strip(" .,!?")]
