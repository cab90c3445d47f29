"""What the options tell, in whichever shape, and what is fetched from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from understudy.verify.reading import Reading, Verdict, shown

from .sameness import holds_data, members, texts

MODEL_KEY = re.compile(r"[^:\s]+::\S.*", re.DOTALL)
DOCUMENTED_KEYS = {
    "anthropic::claude-sonnet-4-5-20250514": "ee.model-key.anthropic",
    "openai::gpt-4o": "ee.model-key.openai",
    "google::gemini-2.5-pro": "ee.model-key.google",
    "deepseek::deepseek-chat": "ee.model-key.deepseek",
}
CLAUSES = tuple(f"ee.options.{name}" for name in ("models", "model-keys", "languages", "strategies", "bare-get"))
SAMPLE_STRATEGY = "multi_expertise"


class Options:
    """The models that the options have shown as available, in their order, and the strategies and languages."""

    def __init__(self) -> None:
        self.models: list[str] = []
        self.withheld: set[str] = set()
        self.strategies: list[str] = []
        self.languages: list[str] = []

    def judge(self, reading: Reading) -> Iterator[Verdict]:
        """The options as they are shown."""
        value = reading.value
        keys = [text for text in dict.fromkeys(texts(value)) if MODEL_KEY.fullmatch(text)]
        seen = shown(repr(value), 120)
        shown_models = bool(keys) or _told(value, "model")
        yield reading.expect("ee.options.models", shown_models, "models that are available", seen)
        lacking = _without_key(value)
        told = f"no key of {shown(repr(lacking[0]), 80)}" if lacking else seen
        yield reading.expect("ee.options.model-keys", bool(keys) and not lacking, "the key of each model", told)
        if keys:
            yield reading.holds("ee.model-key.identifies")
            yield reading.holds("ee.model-key.form")
        for clause, words in (("languages", ("lang", "locale")), ("strategies", ("strateg",))):
            held = any(_told(value, word) for word in words)
            yield reading.expect(f"ee.options.{clause}", held, f"{clause} that are available", seen)
        if not set(reading.observation.request.headers) & {"content-type", "accept"} and not reading.query:
            yield reading.holds("ee.options.bare-get")
        for key in keys:
            if key in DOCUMENTED_KEYS:
                yield reading.holds(DOCUMENTED_KEYS[key])
        self._learn(value, keys)

    def _learn(self, value: Any, keys: list[str]) -> None:
        self.withheld = {
            entry["key"]
            for _, listed in members(value)
            if isinstance(listed, list)
            for entry in listed
            if isinstance(entry, dict) and isinstance(entry.get("key"), str) and entry.get("is_available") is False
        }
        self.models = [key for key in keys if key not in self.withheld]
        self.strategies = list(_names(value, "strateg"))
        self.languages = list(_names(value, "lang"))


def judge_fetched(reading: Reading) -> Iterator[Verdict]:
    """Entities that were fetched: an array of objects, wherever the answer has it."""
    lists = [reading.value, *(value for _, value in members(reading.value))]
    found = [entry for entry in lists if isinstance(entry, list) and all(isinstance(each, dict) for each in entry)]
    yield reading.expect("ee.fetch.fetches", bool(found), "the entities", shown(repr(reading.value), 120))


def _told(value: Any, word: str) -> bool:
    """Whether a member whose name has this word in it has something in it."""
    return any(word in name.lower() and (holds_data(inner) or _is_text(inner)) for name, inner in members(value))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _without_key(value: Any) -> list[Any]:
    """The entries of a list of models that no key can be read from."""
    lists = [inner for name, inner in members(value, 3) if name.lower() == "models" and isinstance(inner, list)]
    return [
        entry for listed in lists for entry in listed if not any(MODEL_KEY.fullmatch(text) for text in texts(entry))
    ]


def _names(value: Any, word: str) -> Iterator[str]:
    """What a list or an object of options names."""
    for name, inner in members(value, 3):
        if word in name.lower() and isinstance(inner, dict):
            yield from inner
        elif word in name.lower() and isinstance(inner, list):
            for entry in inner:
                found = [entry] if isinstance(entry, str) else [entry.get(key) for key in ("name", "key", "id", "code")
                         ] if isinstance(entry, dict) else []  # fmt: skip
                yield from [text for text in found if isinstance(text, str)][:1]
