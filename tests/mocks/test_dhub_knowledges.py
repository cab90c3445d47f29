"""Knowledges of the D.Hub mock: create, read, update, delete, versions, and what is refused."""

from __future__ import annotations

import pytest

from tests.mocks.conftest import EngineFor
from tests.mocks.dhub import KNOWLEDGES, SAMPLE, TEXTS, Dhub, path
from understudy.http import Request
from understudy.stage import ManualClock

NOW = 1_800_000_000.75


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def dhub(engine_for: EngineFor, clock: ManualClock) -> Dhub:
    return Dhub(engine_for("dhub_knowledge", clock=clock))


def test_every_account_starts_with_what_the_samples_name(dhub: Dhub) -> None:
    sample = {
        "id": "knowledge-abc123",
        "name": "Product FAQ",
        "alias": "product-faq",
        "category": "knowledge",
        "type": "document",
        "groups": ["support"],
        "tags": ["faq", "product"],
        "options": {"embedding": "BAAI/bge-m3"},
        "comment": "",
        "created_at": 1700000000,
        "updated_at": 1700100000,
    }
    assert dhub("GET", SAMPLE).body == sample
    assert dhub("GET", SAMPLE + "?knowledge_version=v2").body == sample
    newest = dhub("GET", SAMPLE + "/versions").body[0]
    assert (newest["version_id"], newest["last_modified"]) == ("v2", "2024-06-15T10:30:00Z")
    assert dhub.listed() == ["knowledge-abc123"]
    assert dhub.listed(SAMPLE + "/documents/") == []


def test_the_samples_run_in_their_order(dhub: Dhub) -> None:
    creation = {"name": "Product FAQ", "type": "document", "groups": ["support"], "tags": ["faq"]}
    assert dhub("POST", KNOWLEDGES, {**creation, "options": {"embedding": "BAAI/bge-m3"}}).status == 200
    assert dhub.page(limit=50).status == 200
    guide = {"name": "Getting Started Guide", "type": "WEB", "options": {"url": "https://docs.example.com/guide"}}
    assert dhub("POST", SAMPLE + "/documents/", guide).item.startswith("knowledge.")
    assert dhub("DELETE", SAMPLE).status == 409  # the text on deletion wins over the sample (D8)


def test_a_knowledge_is_read_as_it_was_created(dhub: Dhub) -> None:
    given = {
        "name": "사내 규정 📚",
        "alias": "",
        "type": "아무 유형",
        "groups": ["고객지원", "고객지원", ""],
        "tags": ["e\u0301", "é"],
        "options": {"embedding": "BAAI/bge-m3", "big": 2**70, "deep": [[{"a": None}]], "float": 0.1},
    }
    created = dhub("POST", KNOWLEDGES, given)
    assert (created.status, list(created.body)) == (200, ["item"])
    assert created.item.startswith("knowledge-")
    assert dhub("GET", path(created.item)).body == {
        "id": created.item,
        **given,
        "category": "knowledge",
        "comment": "",
        "created_at": int(NOW),
        "updated_at": int(NOW),
    }


def test_a_name_is_enough_and_what_was_not_given_is_shown_empty(dhub: Dhub) -> None:
    read = dhub("GET", path(dhub.create(name="a"))).body
    unset: dict[str, object] = {"alias": None, "type": None, "groups": [], "tags": [], "options": {}, "comment": ""}
    assert {name: read[name] for name in unset} == unset


def test_a_member_that_no_table_names_is_not_kept(dhub: Dhub) -> None:
    item = dhub.create(id="knowledge-mine", category="x", comment="early", created_at=1, 모름=1)
    read = dhub("GET", path(item)).body
    assert (read["id"], read["category"], read["comment"], read["created_at"]) == (item, "knowledge", "", int(NOW))
    assert "모름" not in read


@pytest.mark.parametrize("text", TEXTS)
def test_text_comes_back_code_point_for_code_point(dhub: Dhub, text: str) -> None:
    item = dhub.create(name=text, alias=text, type=text, groups=[text], tags=[text], options={text: text})
    dhub("PUT", path(item), {"comment": text})
    read = dhub("GET", path(item)).body
    assert [read[name] for name in ("name", "alias", "type", "comment")] == [text] * 4
    assert (read["groups"], read["tags"], read["options"]) == ([text], [text], {text: text})
    entry = dhub.page().body["items"][item]
    assert entry.encode() == dhub("GET", path(item)).exchange.response.body


def test_an_update_changes_what_it_gives_and_nothing_else(dhub: Dhub, clock: ManualClock) -> None:
    item = dhub.create(alias="별칭", groups=["a"], tags=["t"], options={"kept": 1})
    before = dhub("GET", path(item)).body
    clock.advance(60)
    updated = dhub("PUT", path(item), {"tags": ["새 태그"], "options": {"new": 2}})
    assert (updated.status, updated.body) == (200, {"message": "Knowledge updated successfully"})
    changed = {"tags": ["새 태그"], "options": {"new": 2}, "updated_at": int(NOW + 60)}
    assert dhub("GET", path(item)).body == {**before, **changed}


def test_a_comment_stays_until_another_is_given(dhub: Dhub) -> None:
    item = dhub.create()
    for update, shown in (({"comment": "첫 판"}, "첫 판"), ({"name": "b"}, "첫 판"), ({"comment": ""}, "")):
        dhub("PUT", path(item), update)
        assert dhub("GET", path(item)).body["comment"] == shown


def test_every_update_adds_a_version_and_every_version_can_be_read(dhub: Dhub, clock: ManualClock) -> None:
    item = dhub.create(name="v1")
    states = [dhub("GET", path(item))]
    for update in ({"name": "v2", "comment": "둘"}, {}, {"name": "v2"}):
        clock.advance(1)
        dhub("PUT", path(item), update)
        states.append(dhub("GET", path(item)))
    history = dhub("GET", path(item, "versions")).body
    assert [entry["version_id"] for entry in history] == ["v4", "v3", "v2", "v1"]
    assert history[-1]["last_modified"] == "2027-01-15T08:00:00Z"
    assert history[0]["last_modified"] == "2027-01-15T08:00:03Z"
    for entry, state in zip(reversed(history), states, strict=True):
        read = dhub("GET", path(item) + "?knowledge_version=" + entry["version_id"])
        assert read.body == state.body
        assert entry["size"] == len(read.exchange.response.body)


@pytest.mark.parametrize("version", ["v0", "v2", "v01", "1", "V1", "v١", "v" + "9" * 5000, "", "v1%00", "latest"])
def test_a_version_that_does_not_exist_is_not_found(dhub: Dhub, version: str) -> None:
    refused = dhub("GET", path(dhub.create()) + f"?knowledge_version={version}")
    assert (refused.status, refused.clause) == (404, "dhub.error.unknown-knowledge-version")


def test_a_deleted_knowledge_is_gone_for_every_operation(dhub: Dhub) -> None:
    item = dhub.create(groups=["g"])
    assert dhub("DELETE", path(item)).body == {"message": "Knowledge deleted successfully"}
    calls = [
        ("GET", path(item), None),
        ("GET", path(item) + "?knowledge_version=v1", None),
        ("GET", path(item, "versions"), None),
        ("PUT", path(item), {"name": "a"}),
        ("DELETE", path(item), None),
        ("POST", path(item, "documents/"), {"name": "a"}),
        ("GET", path(item, "documents/"), None),
        ("GET", path(item, "documents", "x"), None),
        ("GET", path(item, "documents", "x", "versions"), None),
        ("PUT", path(item, "documents", "x"), {"name": "a"}),
        ("DELETE", path(item, "documents", "x"), None),
    ]
    for method, target, body in calls:
        answer = dhub(method, target, body)
        assert (answer.status, answer.body) == (404, {"detail": "Knowledge not found"})
    assert dhub.listed() == dhub.listed(groups="support") == ["knowledge-abc123"]
    assert dhub.listed(groups="g") == []


def test_an_id_is_never_given_twice(dhub: Dhub) -> None:
    seen = [dhub.create() for _ in range(50)]
    for item in seen:
        dhub("DELETE", path(item))
    seen += [dhub.create() for _ in range(50)]
    assert len(set(seen)) == 100


@pytest.mark.parametrize(
    ("body", "loc", "kind"),
    [
        ({}, ["body", "name"], "missing"),
        ({"name": ""}, ["body", "name"], "string_too_short"),
        ({"name": None}, ["body", "name"], "type_error"),
        ({"name": "a", "alias": None}, ["body", "alias"], "type_error"),
        ({"name": "a", "groups": "support"}, ["body", "groups"], "type_error"),
        ({"name": "a", "groups": ["a", 1]}, ["body", "groups", 1], "type_error"),
        ({"name": "a", "tags": [None]}, ["body", "tags", 0], "type_error"),
        ({"name": "a", "options": []}, ["body", "options"], "type_error"),
        ([], ["body"], "type_error"),
    ],
)
def test_a_body_that_breaks_the_tables_is_refused_where_it_does(
    dhub: Dhub, body: object, loc: list[object], kind: str
) -> None:
    refused = dhub("POST", KNOWLEDGES, body)
    assert (refused.status, refused.clause) == (422, "dhub.error.request-violation")
    assert [(found["loc"], found["type"]) for found in refused.body["detail"]] == [(loc, kind)]
    assert dhub.listed() == ["knowledge-abc123"]


def test_an_update_is_held_to_its_table_and_changes_nothing_when_refused(dhub: Dhub) -> None:
    before = dhub("GET", SAMPLE).body
    bodies: tuple[dict[str, object], ...] = (
        {"name": ""},
        {"name": "b", "comment": None},
        {"tags": {}},
        {"options": None},
    )
    for body in bodies:
        assert dhub("PUT", SAMPLE, body).status == 422
    assert dhub("GET", SAMPLE).body == before
    assert len(dhub("GET", SAMPLE + "/versions").body) == 2


@pytest.mark.parametrize(
    "raw", [b"", b"{", b'{"name": "\xff"}', b'{"name": "\\ud800"}', b'{"name": NaN}', b"\xef\xbb\xbf{}"]
)
def test_a_body_that_is_no_json_is_refused(dhub: Dhub, raw: bytes) -> None:
    refused = dhub("POST", KNOWLEDGES, raw=raw)
    assert (refused.status, refused.clause) == (422, "dhub.error.malformed-json")
    assert refused.body["detail"][0]["loc"] == ["body"]


def test_a_form_is_no_json(dhub: Dhub) -> None:
    headers = {"authorization": "Bearer dhub-test-good", "content-type": "application/x-www-form-urlencoded"}
    refused = dhub.engine.handle(Request("POST", KNOWLEDGES, headers, b'{"name": "a"}')).response
    assert (refused.status, refused.header("understudy-clause")) == (422, "dhub.error.malformed-json")


@pytest.mark.parametrize(
    ("headers", "clause"),
    [
        ({}, "dhub.auth.missing"),
        ({"authorization": "Bearer nobody"}, "dhub.auth.invalid"),
        ({"authorization": "dhub-test-good"}, "dhub.auth.invalid"),
        ({"authorization": "Bearer dhub-test-good-" + "x" * 65}, "dhub.auth.invalid"),
    ],
)
def test_no_operation_without_a_valid_token(dhub: Dhub, headers: dict[str, str], clause: str) -> None:
    for method, target in (("GET", SAMPLE), ("DELETE", SAMPLE), ("GET", "/nowhere"), ("POST", KNOWLEDGES)):
        refused = dhub.engine.handle(Request(method, target, headers)).response
        assert (refused.status, refused.header("understudy-clause")) == (401, clause)
        assert refused.header("WWW-Authenticate") == "Bearer"
    assert dhub("GET", SAMPLE).status == 200


def test_the_scheme_is_read_without_regard_to_case(dhub: Dhub) -> None:
    assert dhub.engine.handle(Request("GET", SAMPLE, {"authorization": "bEARER dhub-test-good"})).response.status == 200


@pytest.mark.parametrize(
    "target", [KNOWLEDGES[:-1], SAMPLE + "/", SAMPLE + "/documents", SAMPLE + "/versions/", "/", "//"]
)
def test_a_path_with_another_slash_is_unknown(dhub: Dhub, target: str) -> None:
    refused = dhub("GET", target)
    assert (refused.status, refused.clause) == (404, "dhub.error.unknown-path")


def test_a_known_path_names_its_methods(dhub: Dhub) -> None:
    refused = dhub("PATCH", SAMPLE)
    assert (refused.status, refused.clause) == (405, "dhub.error.method-not-allowed")
    assert refused.exchange.response.header("allow") == "GET, PUT, DELETE"


def test_two_accounts_see_nothing_of_each_other(dhub: Dhub) -> None:
    other = Dhub(dhub.engine, "dhub-test-good-other")
    mine = dhub.create(name="mine")
    dhub("DELETE", SAMPLE)
    assert other("GET", path(mine)).status == 404
    assert other.listed() == ["knowledge-abc123"]
    theirs = other.create()
    assert dhub.listed() == [mine]
    assert mine != theirs


def test_the_same_seed_gives_the_same_answers(engine_for: EngineFor) -> None:
    def transcript(seed: int) -> list[bytes]:
        dhub = Dhub(engine_for("dhub_knowledge", seed=seed))
        item = dhub.create(groups=["g"])
        dhub.create_document(item)
        calls = [("GET", path(item)), ("GET", KNOWLEDGES + "?limit=1"), ("GET", path(item, "documents/"))]
        return [dhub(*call).exchange.response.body for call in calls]

    assert transcript(7) == transcript(7)
    assert transcript(7) != transcript(8)
