"""Which operation a request names, and what came near."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.contract.routes import Router


@pytest.fixture(scope="module")
def router() -> Router[str]:
    router: Router[str] = Router()
    for method, template in (
        ("GET", "/a/"),
        ("POST", "/a/"),
        ("GET", "/a/{id}"),
        ("GET", "/a/mine"),
        ("DELETE", "/a/{id}/b/{b}"),
        ("GET", "/a/mine/c"),
    ):
        router.add(method, template, f"{method} {template}")
    return router


@pytest.mark.parametrize(
    ("method", "path", "operation", "values"),
    [
        ("GET", "/a/", "GET /a/", {}),
        ("GET", "/a/7", "GET /a/{id}", {"id": "7"}),
        ("GET", "/a/mine", "GET /a/mine", {}),
        ("DELETE", "/a/mine/b/%EA%B0%81", "DELETE /a/{id}/b/{b}", {"id": "mine", "b": "각"}),
        ("GET", "/a/x%2Fy", "GET /a/{id}", {"id": "x/y"}),
    ],
)
def test_a_literal_segment_wins_and_values_are_decoded(
    router: Router[str], method: str, path: str, operation: str, values: dict[str, str]
) -> None:
    assert router.match(method, path) == (operation, values)


@pytest.mark.parametrize("path", ["", "/", "/a", "//a/", "/a//", "/a/7/", "/a/7/b/", "/A/", "a/"])
def test_other_paths_name_nothing(router: Router[str], path: str) -> None:
    assert router.match("GET", path) is None


def test_bytes_that_are_not_utf8_are_no_value(router: Router[str]) -> None:
    match = router.match("GET", "/a/%FF")
    assert match is not None
    assert match.values is None


def test_near_misses_name_the_slash_the_method_and_the_spelling(router: Router[str]) -> None:
    assert [str(near) for near in router.near_misses("POST", "/a")] == [
        "POST /a/ (with a trailing slash)",
        "POST /a/ (a path like it)",
    ]
    assert "GET /a/7 (the path has GET, not PUT)" in map(str, router.near_misses("PUT", "/a/7"))
    assert any("a path like it" in str(near) for near in router.near_misses("GET", "/a/mime/c"))
    assert router.near_misses("GET", "/완전히/다른/길") == ()


@given(id=st.text(min_size=1).filter(lambda text: text not in (".", "..", "mine") and text.isprintable()))
def test_any_text_travels_through_a_path(router: Router[str], id: str) -> None:
    from urllib.parse import quote

    match = router.match("GET", "/a/" + quote(id, safe=""))
    assert match is not None
    assert match.values == {"id": id}
