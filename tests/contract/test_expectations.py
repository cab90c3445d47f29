"""What was expected, in words that follow "expected"."""

from __future__ import annotations

from typing import Any

import pytest

from understudy.contract.bodies import DEEPEST, BodyError, decode_json
from understudy.contract.expectations import expectation
from understudy.contract.schemas import Checker, pointer_of


@pytest.mark.parametrize(
    ("schema", "value", "pointer", "phrase"),
    [
        ({"type": ["string", "null"]}, 1, "", "null or a string"),
        ({"required": ["이름"]}, {}, "/이름", 'the member "이름"'),
        ({"properties": {"a": {"required": ["b/c"]}}}, {"a": {}}, "/a/b~1c", 'the member "b/c"'),
        ({"enum": ["WEB", "FILE"]}, "secret", "", 'one of "WEB", "FILE"'),
        ({"const": 1}, 2, "", "1"),
        ({"minLength": 1}, "", "", "at least 1 character"),
        ({"maxItems": 2}, [1, 2, 3], "", "at most 2 items"),
        ({"maximum": 1000}, 1001, "", "a number of at most 1000"),
        ({"pattern": "^a"}, "secret", "", 'text that matches "^a"'),
        ({"not": {"enum": ["."]}}, ".", "", 'anything but {"enum": ["."]}'),
        ({"items": {"type": "string"}}, ["가", 1], "/1", "a string"),
    ],
)
def test_an_expectation_says_what_the_keyword_asks_for(
    schema: dict[str, Any], value: Any, pointer: str, phrase: str
) -> None:
    [problem] = Checker(schema).problems(value)
    assert (pointer_of(problem), expectation(problem)) == (pointer, phrase)


def test_text_that_holds_json_is_checked_every_time() -> None:
    """Texts that passed are remembered; one that did not pass is refused again."""
    checker = Checker({"contentSchema": {"type": "object"}})
    for _ in range(2):
        assert checker.valid('{"a": 1}')
        assert not checker.valid("[]")
        assert not checker.valid("{")


def test_json_is_bounded_in_depth() -> None:
    assert decode_json(b"[" * DEEPEST + b"]" * DEEPEST)
    assert decode_json(b"[" + b"[]," * 1000 + b"[]]")
    for levels in (DEEPEST + 1, 100_000):
        with pytest.raises(BodyError, match="nested"):
            decode_json(b"[" * levels + b"]" * levels)
