"""Lists of the D.Hub mock: pages, filters, and tokens that hold while items come and go."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from tests.mocks.conftest import EngineFor
from tests.mocks.dhub import KNOWLEDGES, SAMPLE, TEXTS, Dhub, path

DOCUMENTS = SAMPLE + "/documents/"


@pytest.fixture
def dhub(engine_for: EngineFor) -> Dhub:
    """An account without Knowledges but the sample."""
    return Dhub(engine_for("dhub_knowledge"))


def test_items_are_listed_in_the_order_of_creation_page_by_page(dhub: Dhub) -> None:
    made = ["knowledge-abc123", *(dhub.create(name=f"이름 {number}") for number in range(6))]
    dhub("PUT", path(made[2]), {"name": "an update moves nothing"})
    assert list(dhub.pages(limit=3)) == [made[:3], made[3:6], made[6:]]
    assert list(dhub.pages(limit=7)) == [made]
    assert dhub.page(limit=7).body["token"] is None


def test_a_page_holds_a_hundred_items_if_nothing_else_is_said(dhub: Dhub) -> None:
    for _ in range(100):
        dhub.create()
    assert [len(page) for page in dhub.pages()] == [100, 1]


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "ten", "1.5", "", "9" * 30, "%00"])
def test_a_limit_out_of_bounds_is_refused(dhub: Dhub, limit: str) -> None:
    refused = dhub("GET", f"{KNOWLEDGES}?limit={limit}")
    assert (refused.status, refused.body["detail"][0]["loc"]) == (422, ["query", "limit"])


def test_a_query_that_is_not_utf_8_is_refused(dhub: Dhub) -> None:
    for query in ("groups=%ff", "token=%ED%A0%80", "\ud800=1"):
        refused = dhub("GET", f"{KNOWLEDGES}?{query}")
        assert (refused.status, refused.clause) == (422, "dhub.error.request-violation")


@pytest.mark.parametrize("listing", [KNOWLEDGES, DOCUMENTS])
def test_a_filter_lets_pass_what_has_any_of_its_groups(dhub: Dhub, listing: str) -> None:
    dhub("DELETE", SAMPLE) if listing == KNOWLEDGES else None
    sets: tuple[list[str], ...] = (["a"], ["b", "a", "b"], [], ["c"], ["A", "é"], ["고객 지원"])
    made = [dhub("POST", listing, {"name": "n", "groups": groups}).item for groups in sets]
    expected = {
        "a": [0, 1],
        "b": [1],
        "a,b": [0, 1],
        "b,,a,": [0, 1],
        "c,고객 지원": [3, 5],
        "é": [4],
        "e\u0301": [],
        " a": [],
        "": [0, 1, 2, 3, 4, 5],
        ",": [0, 1, 2, 3, 4, 5],
        "nobody": [],
    }
    for groups, numbers in expected.items():
        assert dhub.listed(listing, groups=groups, limit=1) == [made[number] for number in numbers], groups
    assert list(dhub.pages(listing, groups="a,b", limit=2)) == [made[:2]]


def test_a_filter_follows_updates(dhub: Dhub) -> None:
    item = dhub.create(groups=["before", "both"])
    dhub("PUT", path(item), {"groups": ["both", "after"]})
    assert [dhub.listed(groups=name) for name in ("before", "both", "after")] == [[], [item], [item]]
    dhub("PUT", path(item), {"name": "groups are not given"})
    assert dhub.listed(groups="after") == [item]
    dhub("PUT", path(item), {"groups": []})
    assert dhub.listed(groups="both,after") == []


def test_a_group_with_a_comma_in_its_name_cannot_be_named_by_a_filter(dhub: Dhub) -> None:
    item = dhub.create(groups=["a,b"])
    assert dhub.listed(groups="a,b") == []
    assert item in dhub.listed()


@pytest.mark.parametrize("text", [text for text in TEXTS if "," not in text])
def test_any_text_can_be_a_group(dhub: Dhub, text: str) -> None:
    item = dhub.create(groups=[text])
    assert dhub.listed(groups=text) == [item]
    dhub("DELETE", path(item))
    assert dhub.listed(groups=text) == []


def test_a_page_goes_on_where_the_last_one_ended_whatever_came_and_went(dhub: Dhub) -> None:
    made = [dhub.create() for _ in range(8)]
    dhub("DELETE", SAMPLE)
    first = dhub.page(limit=3).body
    assert list(first["items"]) == made[:3]
    for gone in (made[0], made[2], made[3]):  # before the place, the place itself, after it
        dhub("DELETE", path(gone))
    late = dhub.create()
    second = dhub.page(limit=4, token=first["token"]).body
    assert list(second["items"]) == made[4:8]
    assert list(dhub.page(token=second["token"]).body["items"]) == [late]


def test_a_token_outlives_everything_that_it_was_given_out_for(dhub: Dhub) -> None:
    made = ["knowledge-abc123", dhub.create(), dhub.create()]
    token = dhub.page(limit=1).body["token"]
    for item in made:
        dhub("DELETE", path(item))
    assert dhub.page(token=token).body == {"items": {}, "token": None}
    late = dhub.create()
    assert list(dhub.page(token=token).body["items"]) == [late]


def test_limit_may_change_between_pages(dhub: Dhub) -> None:
    made = [dhub.create() for _ in range(5)]
    token = dhub.page(limit=2).body["token"]
    assert list(dhub.page(limit=1000, token=token).body["items"]) == made[1:]


def test_a_token_is_good_for_its_own_list_and_filter_only(dhub: Dhub) -> None:
    other = Dhub(dhub.engine, "dhub-test-good-other")
    holders = [dhub.create(groups=["a", "b"]) for _ in range(3)]
    for account in (dhub, other):
        account.create_document("knowledge-abc123")
        account.create_document("knowledge-abc123")
    for _ in range(2):
        dhub.create_document(holders[0])
    lists: list[tuple[Dhub, str, dict[str, str]]] = [
        (dhub, KNOWLEDGES, {}),
        (dhub, KNOWLEDGES, {"groups": "a"}),
        (dhub, KNOWLEDGES, {"groups": "a,b"}),
        (dhub, DOCUMENTS, {}),
        (dhub, path(holders[0], "documents/"), {}),
        (other, DOCUMENTS, {}),
    ]
    tokens = [account.page(target, limit=1, **query).body["token"] for account, target, query in lists]
    for index, (account, target, query) in enumerate(lists):
        for given, token in enumerate(tokens):
            answer = account.page(target, **query, token=token)
            assert (answer.status, answer.clause) == (
                (200, None) if given == index else (422, "dhub.error.invalid-token")
            )


def test_the_names_of_a_filter_may_be_written_otherwise_on_the_next_page(dhub: Dhub) -> None:
    made = [dhub.create(groups=["a"]), dhub.create(groups=["b"])]
    token = dhub.page(groups="a,b", limit=1).body["token"]
    assert list(dhub.page(groups="b,,a,b", token=token).body["items"]) == made[1:]


def test_a_token_that_was_not_given_out_is_refused(dhub: Dhub) -> None:
    dhub.create()
    token = dhub.page(limit=1).body["token"]
    flipped = ("B" if token[0] == "A" else "A") + token[1:]
    for wrong in (
        "",
        "next-page-token",
        flipped,
        token[:-1],
        token + "=",
        token + "A",
        f" {token}",
        "토큰",
        "A" * 20,
        "x" * 9999,
    ):
        refused = dhub.page(token=wrong)
        assert (refused.status, refused.clause) == (422, "dhub.error.invalid-token"), wrong
        assert refused.body["detail"][0]["loc"] == ["query", "token"]


def test_a_token_survives_a_restart(engine_for: EngineFor) -> None:
    """Saved state must be able to serve the next page of a list that was begun before."""

    def begun() -> Dhub:
        dhub = Dhub(engine_for("dhub_knowledge"))
        for _ in range(3):
            dhub.create()
        return dhub

    token = begun().page(limit=1).body["token"]
    after = begun()
    assert list(after.page(token=token).body["items"]) == after.listed()[1:]


@pytest.mark.parametrize("query", [{}, {"groups": "all"}, {"groups": "all,odd,nobody"}])
def test_a_page_costs_the_same_however_many_items_there_are(engine_for: EngineFor, query: dict[str, str]) -> None:
    """Function calls are counted, of Python and of C: a step for each item of a list could not hide among them."""

    def filled(items: int) -> Dhub:
        dhub = Dhub(engine_for("dhub_knowledge"))
        for number in range(items):
            dhub.create(groups=["all", "odd"] if number % 2 else ["all"])
        return dhub

    few, many = filled(1_000), filled(20_000)
    deep = None
    for _ in range(15):
        deep = many.page(limit=1000, **query, **({"token": deep} if deep else {})).body["token"]
    expected = calls_made(few, limit=100, **query)
    assert calls_made(many, limit=100, **query) < expected * 1.5
    assert calls_made(many, limit=100, **query, token=deep) < expected * 1.5


def calls_made(dhub: Dhub, **query: Any) -> int:
    """How many functions one page calls."""
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    dhub.page(**query)  # what is compiled once is not the cost of a page
    sys.setprofile(counted)
    try:
        found = dhub.page(**query)
    finally:
        sys.setprofile(None)
    assert len(found.body["items"]) == 100
    return count
