"""What a request does is the contract's to say: by method, by x-safe, and by what a suite knows to be left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.verify.boxes import CONTRACT
from understudy.http import Request
from understudy.project import find_project
from understudy.verify.effects import Effects

PROJECT = find_project(Path(__file__))


@pytest.mark.parametrize(
    ("method", "path", "safe"),
    [
        ("GET", "/boxes/", True),
        ("GET", "/boxes/%EC%83%81%EC%9E%90?x=1", True),
        ("DELETE", "/boxes/a", False),
        ("POST", "/boxes/", False),
        ("HEAD", "/nowhere", True),
        ("QUERY", "/nowhere", True),
        ("POST", "/nowhere", False),
        ("상자", "/boxes/", False),
    ],
)
def test_safe_is_what_only_reads(method: str, path: str, safe: bool) -> None:
    assert Effects(CONTRACT).safe(Request(method, path)) is safe


def test_a_contract_may_say_that_a_post_only_reads() -> None:
    unsafe = {
        stem: {
            operation.id
            for operation in PROJECT.contract(stem).operations.values()
            if not Effects(PROJECT.contract(stem)).safe(Request(operation.method, operation.path.replace("{", "")))
        }
        for stem in ("etri_mrc", "flowith_seek")
    }

    assert unsafe == {"etri_mrc": set(), "flowith_seek": set()}


def test_what_is_left_behind_is_the_suites_to_say() -> None:
    effects = Effects(CONTRACT, creating=frozenset({"makeBox"}), lasting=frozenset({"dropBox"}))
    make, drop, read = (
        Request(method, "/boxes/a" if method != "POST" else "/boxes/") for method in ("POST", "DELETE", "GET")
    )

    assert [effects.creates(request) for request in (make, drop, read)] == [True, True, False]
    assert [effects.lasts(request) for request in (make, drop, read)] == [False, True, False]
