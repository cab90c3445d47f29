"""The curls of D.Hub's document, in their order, with nothing but host and token changed."""

from __future__ import annotations

import json
from pathlib import Path

from tests.samples.documents import excerpt, filled, replies, served

STEM = "dhub_knowledge"
CURLS = r"^cURL\n(.*?)^Knowledge Builder"
ORIGIN, TOKEN = "https://api.dhub.io", "<access_token>"
OLD = "knowledge-abc123"


def test_the_curls_are_answered_as_documented(tmp_path: Path) -> None:
    source = excerpt(STEM, CURLS)
    with served(STEM, tmp_path) as mock:
        ready = filled(source, {ORIGIN: mock["url"], TOKEN: mock["credentials"]["good"]})
        created, listed, made, deleted = replies(ready, tmp_path)
    assert (created.status, list(created.json)) == (200, ["item"])
    new = created.json["item"]
    assert listed.status == 200
    items = {id: json.loads(text) for id, text in listed.json["items"].items()}
    assert {id: (item["id"], item["name"]) for id, item in items.items()} == {
        OLD: (OLD, "Product FAQ"),
        new: (new, "Product FAQ"),
    }
    assert "token" in listed.json
    assert (made.status, list(made.json)) == (200, ["item"])
    assert deleted.status == 409, "a Document is left in it"
    assert isinstance(deleted.json["detail"], str)
