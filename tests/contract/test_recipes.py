"""Recipes laid out as the calls to make, and calls as requests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from understudy.contract import Contract
from understudy.contract.calls import NOBODY, filled, kept, request_of
from understudy.contract.document import contract_of
from understudy.contract.forms import decode_form
from understudy.contract.recipes import Part, Recipe, Recipes, Step, patched
from understudy.errors import ContractError, UsageError

NULL: Any = None


@pytest.fixture
def contract(small: dict[str, Any]) -> Contract:
    return contract_of("small", small, Path("small.yaml"))


def step(**parts: Any) -> Step:
    return Step("writeNote", "POST", "/notes", **parts)


@pytest.mark.parametrize(  # from RFC 7396, appendix A
    ("value", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b", "b": "c"}, {"a": NULL}, {"b": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": NULL}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], {"a": "b"}, {"a": "b"}),
        ({"e": NULL}, {"a": 1}, {"e": NULL, "a": 1}),
        ({}, {"a": {"bb": {"ccc": NULL}}}, {"a": {"bb": {}}}),
        ({"제목": "가"}, msgspec.UNSET, {"제목": "가"}),
    ],
)
def test_a_body_is_changed_as_by_a_merge_patch(value: Any, patch: Any, result: Any) -> None:
    before = msgspec.json.encode(value)
    assert patched(value, patch) == result
    assert msgspec.json.encode(value) == before


def test_what_a_call_needs_is_called_before_it_and_once(contract: Contract) -> None:
    way = Recipes(contract).way("writeNote", Recipe(before=("readNote",)))
    assert [one.operation for one in way.before] == ["readNote"]
    assert (way.call.operation, way.call.body, way.call.keep) == ("writeNote", {"text": "$text"}, {})


def test_a_call_before_that_is_changed_is_made_again(contract: Contract) -> None:
    error = next(error for error in contract.errors if error.name == "wrong_key")
    recipes = Recipes(contract)
    recipe = recipes.recipe(error, "writeNote")
    assert recipe is not None
    way = recipes.way("writeNote", recipe)
    assert [(one.operation, one.keep) for one in way.before] == [
        ("readNote", {"text": "/text"}),
        ("readNote", {"other": "/stored"}),
    ]
    assert (way.call.credential, way.call.body) == ("unknown", {"text": "$other"})


def test_a_recipe_that_names_an_operation_goes_before_one_for_the_others(contract: Contract) -> None:
    cells = {(cell.operation, cell.error.name): cell for cell in Recipes(contract).cells()}
    assert {key for key, cell in cells.items() if cell.natural is not None} == set(cells)
    limited = cells["readNote", "wrong_key"].natural
    assert limited is not None
    assert (limited.limits, limited.dialects, limited.times) == ({"daily_calls": 1}, ("sliding-day",), 2)
    shown = cells["writeNote", "wrong_key"].credential
    assert shown is not None
    assert shown.call.credential == "blocked"


def test_another_spelling_of_an_operation_is_called_as_that_is(small: dict[str, Any]) -> None:
    spelled = dict(small["paths"]["/notes"]["post"], operationId="writeNoteShort", **{"x-behaves-as": "writeNote"})
    small["paths"]["/n"] = {"post": spelled}
    recipes = Recipes(contract_of("small", small, Path("small.yaml")))
    assert recipes.way("writeNoteShort", Recipe()).call.target == "/n"
    assert recipes.call("writeNoteShort") is recipes.call("writeNote")


def test_an_operation_without_a_lawful_call_is_said(small: dict[str, Any]) -> None:
    del small["x-calls"]["writeNote"]
    recipes = Recipes(contract_of("small", small, Path("small.yaml")))
    with pytest.raises(ContractError, match="#/x-calls has no call of writeNote: add one that is lawful"):
        list(recipes.cells())


def test_a_malformed_recipe_is_said_with_its_place(small: dict[str, Any]) -> None:
    small["x-errors"][1]["recipes"][0]["pth"] = {}
    with pytest.raises(ContractError, match=r"small\.yaml: #/x-errors/1/recipes/0: .*`pth`.*docs/contract-format\.md"):
        Recipes(contract_of("small", small, Path("small.yaml")))


# Requests


def test_variables_are_replaced_wherever_they_are_a_whole_text(contract: Contract) -> None:
    made = step(
        path={"id": "$id"},
        query={"at": "$id", "some": "of $id", "none": NULL, "yes": True, "page": 0},
        body={"ids": ["$id", {"$id": "$notes"}], "text": "$ 5, ${id}"},
        credential="$key",
    )._replace(target="/notes/{id}")
    request = request_of(contract, made, {"id": "노트/1 🙂", "notes": ["가"], "key": "비밀"})
    name = "%EB%85%B8%ED%8A%B8%2F1%20%F0%9F%99%82"
    assert request.target == f"/notes/{name}?at={name}&some=of%20%24id&yes=true&page=0"
    assert msgspec.json.decode(request.body) == {"ids": ["노트/1 🙂", {"$id": ["가"]}], "text": "$ 5, ${id}"}
    assert request.headers == {"x-key": "비밀", "content-type": "application/json"}


@pytest.mark.parametrize("dots", [".", ".."])
def test_segments_that_clients_would_resolve_are_sent(contract: Contract, dots: str) -> None:
    made = Step("readNote", "GET", "/notes/{id}", path={"id": dots})
    assert request_of(contract, made, {}).target == "/notes/" + dots.replace(".", "%2E")


@pytest.mark.parametrize(
    ("credential", "account", "other", "sent"),
    [
        ("good", "", "", "small-good"),
        ("good", "m1", "", "small-good-m1"),
        ("good", "m1", "other", "small-good-m1-other"),
        ("blocked", "", "", "small-blocked"),
        ("none", "m1", "", None),
        ("unknown", "m1", "", NOBODY),
    ],
)
def test_a_call_is_made_with_the_credential_that_is_said(
    contract: Contract, credential: str, account: str, other: str, sent: str | None
) -> None:
    request = request_of(contract, step(credential=credential, account=other), {}, account)
    assert request.headers.get("x-key") == sent


def test_headers_are_added_replaced_and_left_out(contract: Contract) -> None:
    made = step(body={}, headers={"Content-Type": NULL, "X-Key": "다른", "X-More": "$more"})
    assert request_of(contract, made, {"more": "1"}).headers == {"x-key": "다른", "x-more": "1"}


def test_bytes_replace_the_body_and_spaces_pad_it(contract: Contract) -> None:
    request = request_of(contract, step(body={"text": "가"}, pad=20), {})
    assert (len(request.body), msgspec.json.decode(request.body)) == (20, {"text": "가"})
    assert request_of(contract, step(raw="{글", pad=2), {}).body == "{글".encode()


def test_a_form_is_one_that_is_read_back(contract: Contract) -> None:
    parts = (Part("files", "참석 셋\r\n🙂", '회의"록.txt', "text/plain"), Part("note", ""))
    request = request_of(contract, step(form=parts), {})
    form = decode_form(request.body, request.headers["content-type"])
    assert [(part.name, part.filename, part.media_type, part.data.decode()) for part in form.parts] == [
        ("files", '회의"록.txt', "text/plain", "참석 셋\r\n🙂"),
        ("note", None, "", ""),
    ]


def test_bytes_in_place_of_a_form_are_declared_as_one(contract: Contract) -> None:
    request = request_of(contract, step(form=(Part("a", "b"),), raw="{"), {})
    assert request.body == b"{"
    assert "boundary=" in request.headers["content-type"]


# What is kept


def test_members_of_an_answer_are_kept_by_pointer() -> None:
    made = step(keep={"id": "/items/1/a~1b", "whole": "/items"})
    assert kept(made, '{"items": [0, {"a/b": "나"}]}'.encode()) == {"id": "나", "whole": [0, {"a/b": "나"}]}
    assert kept(step(), b"no JSON") == {}


@pytest.mark.parametrize("answer", [b"{}", b"[]", b'{"items": "x"}', b'{"items": []}', b"\xff", b"", b"null"])
def test_an_answer_without_what_is_kept_is_said(answer: bytes) -> None:
    with pytest.raises(UsageError, match="answer of writeNote"):
        kept(step(keep={"id": "/items/0"}), answer)


def test_a_variable_without_a_value_is_said() -> None:
    with pytest.raises(UsageError, match=r"\$id has no value: no call before has kept it"):
        filled({"a": ["$id"]}, {"ids": 1})
