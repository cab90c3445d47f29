"""The two curls of Flowith's document, with nothing but origin, token and knowledge base changed.

They send the real service's name as Host, and go on doing so.
"""

from __future__ import annotations

from pathlib import Path

from tests.samples.documents import Reply, excerpt, filled, replaced, replies, served
from tests.streams import judged, rules_of

STEM = "flowith_seek"
CURL = r"^curl -X POST(?:(?!^curl).)*?^    \"stream\": {}.*?^  \}}'"
ORIGIN, TOKEN, KNOWLEDGE_BASE = "https://edge.flowith.net", "<your_token>", "<knowledge_base_id>"
REPAIRS = {
    # The apostrophe of a message ends the text that the shell has in quotes: it is written as a shell takes it there.
    "apostrophe": (r"(?<=I)'(?=d )", r"'\\''"),
}
"""What has to be mended before a sample runs at all, as patterns."""
MEMBERS = {"id", "tokens", "content", "order", "source_id", "source_title", "nip"}


def answered(stream: str, directory: Path, knowledge_base: int) -> Reply:
    """What the curl that says ``stream`` is answered about one of the mock's knowledge bases."""
    source = excerpt(STEM, CURL.format(stream))
    for pattern, instead in REPAIRS.values():
        source = replaced(source, pattern, instead)
    with served(STEM, directory) as mock:
        known = mock["fixtures"]["knowledge_bases"][knowledge_base]
        fillings = {ORIGIN: mock["url"], TOKEN: mock["credentials"]["good"], KNOWLEDGE_BASE: known}
        (reply,) = replies(filled(source, fillings), directory)
    assert reply.status == 200
    return reply


KOREAN, ENGLISH = 0, 1


def test_the_streamed_answer_searches_finds_and_ends(tmp_path: Path) -> None:
    reply = answered("true", tmp_path, ENGLISH)
    assert reply.media_type == "text/plain; charset=UTF-8"
    blocks = judged(rules_of(STEM, "seekKnowledgeBase"), reply.body.encode(), {})
    assert [block["tag"] for block in blocks] == ["searching", "seeds", "final"]
    searching, seeds, final = (block["content"] for block in blocks)
    assert searching
    assert [set(seed) for seed in seeds] == [MEMBERS] * len(seeds)
    assert any("rapport" in seed["content"] for seed in seeds), "what was asked about is in the knowledge base"
    assert "rapport" in final


def test_the_answer_in_one_piece_says_the_same(tmp_path: Path) -> None:
    whole = answered("false", tmp_path, ENGLISH).json
    *_, last = judged(rules_of(STEM, "seekKnowledgeBase"), answered("true", tmp_path, ENGLISH).body.encode(), {})
    assert whole == {"tag": "final", "content": last["content"]}


def test_a_knowledge_base_about_something_else_is_answered_too(tmp_path: Path) -> None:
    whole = answered("false", tmp_path, KOREAN).json
    assert whole["tag"] == "final"
    assert whole["content"]
