"""Documents of the D.Hub mock: what belongs to one Knowledge, keeps it from being deleted, and has an original."""

from __future__ import annotations

import pytest

from tests.mocks.conftest import EngineFor
from tests.mocks.dhub import SAMPLE, TEXTS, Dhub, path
from understudy.stage import ManualClock

NOW = 1_800_000_000


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def dhub(engine_for: EngineFor, clock: ManualClock) -> Dhub:
    return Dhub(engine_for("dhub_knowledge", clock=clock))


@pytest.mark.parametrize("type", ["WEB", "FILE", "MANUAL", None])
def test_a_document_is_read_as_it_was_created(dhub: Dhub, type: str | None) -> None:
    given = {
        "name": "제품 설명서 📕",
        "alias": "설명서",
        "groups": ["g"],
        "tags": ["t"],
        "options": {"url": "https://x"},
    }
    holder = dhub.create()
    created = dhub("POST", path(holder, "documents/"), given if type is None else {**given, "type": type})
    assert (created.status, list(created.body)) == (200, ["item"])
    assert created.item.startswith("knowledge.")
    assert dhub("GET", path(holder, "documents", created.item)).body == {
        "id": created.item,
        **given,
        "type": type,
        "category": "knowledge.document",
        "comment": "",
        "created_at": NOW,
        "updated_at": NOW,
    }


@pytest.mark.parametrize("type", ["web", "PDF", "", None, 1])
def test_another_type_is_refused(dhub: Dhub, type: object) -> None:
    item = dhub.create_document("knowledge-abc123")
    for method, target in (("POST", SAMPLE + "/documents/"), ("PUT", path("knowledge-abc123", "documents", item))):
        refused = dhub(method, target, {"name": "a", "type": type})
        assert (refused.status, refused.clause) == (422, "dhub.error.request-violation")
        assert refused.body["detail"][0]["loc"] == ["body", "type"]
    assert dhub("GET", path("knowledge-abc123", "documents", item)).body["type"] is None


def test_a_knowledge_is_deleted_only_once_it_is_empty(dhub: Dhub) -> None:
    holder = dhub.create()
    documents = [dhub.create_document(holder) for _ in range(2)]
    for document in documents:
        refused = dhub("DELETE", path(holder))
        assert (refused.status, refused.clause) == (409, "dhub.delete.conflict")
        assert dhub("GET", path(holder, "documents", document)).status == 200
        gone = dhub("DELETE", path(holder, "documents", document))
        assert gone.body == {"message": "Document deleted successfully"}
    assert dhub("DELETE", path(holder)).status == 200


def test_a_document_belongs_to_one_knowledge(dhub: Dhub) -> None:
    holder, other = dhub.create(), dhub.create()
    document = dhub.create_document(holder)
    dhub.create_document(other)
    calls = [("GET", None, ()), ("PUT", {"name": "a"}, ()), ("DELETE", None, ()), ("GET", None, ("versions",))]
    for method, body, rest in calls:
        refused = dhub(method, path(other, "documents", document, *rest), body)
        assert (refused.status, refused.clause) == (404, "dhub.error.unknown-document")
    assert dhub.listed(path(holder, "documents/")) == [document]


def test_a_deleted_document_is_gone_and_its_id_is_not_given_again(dhub: Dhub) -> None:
    holder = dhub.create()
    document = dhub.create_document(holder, groups=["g"])
    dhub("DELETE", path(holder, "documents", document))
    for method, rest in (("GET", ()), ("GET", ("versions",)), ("PUT", ()), ("DELETE", ())):
        body = {"name": "a"} if method == "PUT" else None
        assert dhub(method, path(holder, "documents", document, *rest), body).status == 404
    assert dhub.listed(path(holder, "documents/")) == dhub.listed(path(holder, "documents/"), groups="g") == []
    assert dhub.create_document(holder) != document


def test_an_update_changes_what_it_gives_and_every_version_can_be_read(dhub: Dhub, clock: ManualClock) -> None:
    holder = dhub.create()
    target = path(holder, "documents", dhub.create_document(holder, name="하나", type="MANUAL", tags=["t"]))
    first = dhub("GET", target).body
    clock.advance(90)
    updated = dhub("PUT", target, {"name": "둘", "type": "WEB", "comment": "새 판"})
    assert (updated.status, updated.body) == (200, {"message": "Document updated successfully"})
    second = {**first, "name": "둘", "type": "WEB", "comment": "새 판", "updated_at": NOW + 90}
    assert dhub("GET", target).body == dhub("GET", target + "?document_version=v2").body == second
    assert dhub("GET", target + "?document_version=v1").body == first
    history = dhub("GET", target + "/versions").body
    assert [entry["version_id"] for entry in history] == ["v2", "v1"]
    assert [entry["last_modified"] for entry in history] == ["2027-01-15T08:01:30Z", "2027-01-15T08:00:00Z"]
    unknown = dhub("GET", target + "?document_version=v3")
    assert (unknown.status, unknown.clause) == (404, "dhub.error.unknown-document-version")


def test_documents_leave_their_knowledge_as_it_was(dhub: Dhub, clock: ManualClock) -> None:
    before = dhub("GET", SAMPLE).body, dhub("GET", SAMPLE + "/versions").body
    clock.advance(10)
    document = path("knowledge-abc123", "documents", dhub.create_document("knowledge-abc123"))
    dhub("PUT", document, {"name": "b"})
    dhub("DELETE", document)
    assert (dhub("GET", SAMPLE).body, dhub("GET", SAMPLE + "/versions").body) == before


@pytest.mark.parametrize("text", TEXTS)
def test_text_comes_back_code_point_for_code_point(dhub: Dhub, text: str) -> None:
    document = dhub.create_document("knowledge-abc123", name=text, tags=[text], options={text: [text]})
    read = dhub("GET", path("knowledge-abc123", "documents", document))
    assert (read.body["name"], read.body["tags"], read.body["options"]) == (text, [text], {text: [text]})
    entry = dhub.page(SAMPLE + "/documents/").body["items"][document]
    assert entry.encode() == read.exchange.response.body


def test_a_file_has_an_original_as_long_as_it_exists(dhub: Dhub) -> None:
    holder = dhub.create()
    file = dhub.create_document(holder, type="FILE", options={"filename": "제품 설명서.pdf"})
    nameless = dhub.create_document(holder, name="메모", type="FILE", options={"filename": 1})
    for type in ("WEB", "MANUAL"):
        dhub.create_document(holder, type=type, options={"filename": "a.pdf"})
    assert dhub.state.originals == {file: "제품 설명서.pdf", nameless: "메모"}
    dhub("PUT", path(holder, "documents", nameless), {"type": "MANUAL"})
    dhub("PUT", path(holder, "documents", file), {"options": {"filename": "개정판.pdf"}})
    assert dhub.state.originals == {file: "개정판.pdf"}
    dhub("DELETE", path(holder, "documents", file))
    assert dhub.state.originals == {}


def test_precedence_of_refusals(dhub: Dhub) -> None:
    """x-errors: what is wrong with a request goes before what does not exist, the Knowledge before its Document."""
    missing = path("knowledge-none", "documents", "knowledge.none")
    assert dhub("PUT", missing, {"name": 1}).clause == "dhub.error.request-violation"
    assert dhub("PUT", missing, raw=b"{").clause == "dhub.error.malformed-json"
    assert dhub("PUT", missing, {}).clause == "dhub.error.unknown-knowledge"
    assert dhub("GET", path("knowledge-none", "documents/") + "?token=x").clause == "dhub.error.unknown-knowledge"
    nowhere = path("knowledge-abc123", "documents", "x")
    assert dhub("GET", nowhere + "?document_version=v9").clause == "dhub.error.unknown-document"
