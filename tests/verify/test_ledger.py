"""The ledger knows, whatever happens, what a run may have left behind, and how that is deleted."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from tests.verify.boxes import CONTRACT, TOKENS, Boxes, BoxJudge, reply
from understudy.errors import UsageError
from understudy.http import Request, Response
from understudy.verify.cleaning import clean
from understudy.verify.effects import Effects
from understudy.verify.gate import Allowance, Gate
from understudy.verify.judge import Briefing
from understudy.verify.ledger import Book, Page, read_ledger
from understudy.verify.observation import TransportFailure
from understudy.verify.session import Session
from understudy.verify.target import Target

TARGET = Target(url="http://127.0.0.1:1", credentials={"good": TOKENS[0], "many": list(TOKENS[1:])})


class Kept:
    """A session that keeps a ledger, in memory: ``text`` is what stands there."""

    def __init__(self, boxes: Boxes, calls: int = 100, target: Target = TARGET, lasting: str = "") -> None:
        self.file = io.BytesIO()
        effects = Effects(CONTRACT, BoxJudge.creating, frozenset((lasting,) if lasting else ()))
        book = Book(self.file.write, CONTRACT, target, effects, "이름표")
        gate = Gate(boxes, Allowance(calls), lambda: boxes.now, boxes.wait, watchers=(book,))
        judge = BoxJudge(CONTRACT, Briefing(target.roles))
        self.session = Session(CONTRACT, target, gate, judge, label="이름표", book=book)

    @property
    def text(self) -> str:
        return self.file.getvalue().decode()

    @property
    def page(self) -> Page:
        (page,) = read_ledger(io.BytesIO(self.file.getvalue()))
        return page


class Watched(Boxes):
    """Keeps what stood in the ledger when a call arrived."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: Kept | None = None
        self.before: list[str] = []

    def answer(self, request: Request) -> Response:
        self.before.append(self.kept.text if self.kept is not None else "")
        return super().answer(request)


def test_what_may_be_created_is_written_down_before_the_call() -> None:
    boxes = Watched()
    boxes.kept = kept = Kept(boxes)
    kept.session.call("listBoxes")
    kept.session.call("makeBox", body={"label": "상자"}, credential=TOKENS[2])

    assert boxes.before[0] == ""
    head, sent = map(json.loads, boxes.before[1].splitlines())
    assert head["variables"] == {"good": "UNDERSTUDY_BOXES_GOOD", "many": "UNDERSTUDY_BOXES_MANY"}
    assert sent == {
        **{"stem": "boxes", "sent": 2, "operation": "makeBox", "method": "POST", "path": "/boxes/"},
        **{"role": "many", "nth": 1},
    }


def test_no_credential_is_written() -> None:
    kept = Kept(Boxes())
    kept.session.call("makeBox", body={"label": "상자"})
    kept.session.call("makeBox", body={"label": "상자"}, credential=TOKENS[1])

    assert kept.page.left
    assert not any(token in kept.text for token in TOKENS)


def test_what_was_deleted_is_settled() -> None:
    kept = Kept(Boxes())
    kept.session.call("makeBox", body={"label": "하나"})
    kept.session.call("makeBox", body={"label": "둘"})
    assert [str(left) for left in kept.page.left] == ["dropBox box-1", "dropBox box-2"]
    kept.session.clean_up()

    assert kept.page.orphans() == ()
    assert kept.session.orphans() == ()


def test_a_creation_that_was_refused_leaves_nothing() -> None:
    kept = Kept(Boxes())
    kept.session.call("makeBox", body={"label": 5})

    assert kept.page.orphans() == ()


def test_a_creation_that_was_never_answered_is_in_doubt() -> None:
    class Breaks(Boxes):
        def send(self, request: Request) -> Response:
            raise TransportFailure("the connection broke")

    kept = Kept(Breaks())
    kept.session.call("makeBox", body={"label": "상자"})

    (orphan,) = kept.page.orphans()
    assert orphan == "makeBox (POST /boxes/): the connection broke; look for names that begin with 이름표"
    assert kept.session.orphans() == kept.page.orphans()


def test_a_creation_in_whose_midst_the_run_died_is_in_doubt() -> None:
    class Dies(Boxes):
        def send(self, request: Request) -> Response:
            raise KeyboardInterrupt

    kept = Kept(Dies())
    with pytest.raises(KeyboardInterrupt):
        kept.session.call("makeBox", body={"label": "상자"})

    assert "never answered" in kept.page.orphans()[0]


def test_what_no_operation_deletes_is_told() -> None:
    class Forgets(BoxJudge):
        creating = frozenset()

        def leftovers(self) -> tuple[Any, ...]:
            return ()

    kept = Kept(Boxes(), lasting="makeBox")
    kept.session.judge = Forgets(CONTRACT, kept.session.judge.briefing)
    kept.session.call("makeBox", body={"label": "상자"})
    kept.session.call("makeBox", body={"label": 5})

    (orphan,) = kept.page.orphans()
    assert orphan == "makeBox: no operation deletes what it created; look for names that begin with 이름표"


def test_a_last_line_that_a_crash_cut_off_is_passed_over() -> None:
    kept = Kept(Boxes())
    kept.session.call("makeBox", body={"label": "상자"})
    whole = kept.file.getvalue()

    for cut in range(whole.index(b"\n") + 1, len(whole)):
        (page,) = read_ledger(io.BytesIO(whole[:cut]))
        assert page.stem == "boxes"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"hello\n", "line 1 is no JSON object"),
        (b"\xff\n", "line 1 is no JSON object"),
        (b"[" * 100_000 + b"\n", "line 1 is no JSON object"),
        (b"[]\n", "line 1 is no JSON object"),
        (b'{"ledger": 2, "stem": "boxes"}\n', "version 2"),
        (b'{"stem": "boxes", "sent": 1}\n', "line 1 belongs to no run"),
        (b'{"ledger": 1, "stem": "boxes"}\n{"stem": "boxes", "left": 5}\n', "not a ledger"),
        (b'{"ledger": 1, "stem": "boxes"}\n{"stem": "boxes", "sent": "x"}\n', "not a ledger"),
    ],
)
def test_what_is_no_ledger_is_told(text: bytes, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_ledger(io.BytesIO(text))


def cleaned(kept: Kept, boxes: Boxes, target: Target = TARGET, calls: int = 100) -> tuple[tuple[str, str], ...]:
    """Clean up after ``kept`` in a run of its own; what was not deleted, and why."""
    after = Kept(boxes, calls, target)
    return tuple((str(one.left), one.why) for one in clean(after.session, kept.page, kept.file.write))


def test_cleaning_deletes_what_is_left_with_the_credential_that_made_it() -> None:
    boxes = Boxes()
    kept = Kept(boxes)
    kept.session.call("makeBox", body={"label": "하나"})
    kept.session.call("makeBox", body={"label": "둘"}, credential=TOKENS[2])
    boxes.requests.clear()

    assert cleaned(kept, boxes) == ()
    assert boxes.boxes == {}
    assert [each.headers["authorization"] for each in boxes.requests] == [f"Bearer {TOKENS[0]}", f"Bearer {TOKENS[2]}"]
    assert kept.page.left == ()


def test_what_is_gone_already_is_deleted() -> None:
    boxes = Boxes()
    kept = Kept(boxes)
    kept.session.call("makeBox", body={"label": "하나"})
    boxes.boxes.clear()

    assert cleaned(kept, boxes) == ()


def test_what_was_in_the_way_is_deleted_first() -> None:
    class Stacked(Boxes):
        """Of the boxes that there are, only the last one can be thrown away."""

        def answer(self, request: Request) -> Response:
            if request.method == "DELETE" and request.path != f"/boxes/{[*self.boxes][-1]}":
                return reply(409, {"reason": "쌓임"})
            return super().answer(request)

    boxes = Stacked()
    kept = Kept(boxes)
    for _ in range(3):
        kept.session.call("makeBox", body={"label": "상자"})

    assert cleaned(kept, boxes) == ()
    assert boxes.boxes == {}


def test_what_cannot_be_deleted_is_told_and_stays_in_the_ledger() -> None:
    class Keeps(Boxes):
        def answer(self, request: Request) -> Response:
            return reply(403, {"reason": "안 됨"}) if request.method == "DELETE" else super().answer(request)

    boxes = Keeps()
    kept = Kept(boxes)
    kept.session.call("makeBox", body={"label": "하나"}, credential=TOKENS[2])

    assert cleaned(kept, boxes) == (("dropBox box-1", "it was answered with status 403"),)
    fewer = Target(url=TARGET.url, credentials={"good": TOKENS[0], "many": TOKENS[1]})
    assert cleaned(kept, boxes, fewer) == (
        ("dropBox box-1", "the target has no credential for the role many (number 2)"),
    )
    assert cleaned(kept, boxes, calls=0)[0][1] == "the cap of 0 calls is used up"
    assert len(kept.page.left) == 1


def test_what_an_issued_credential_made_cannot_be_deleted() -> None:
    boxes = Boxes()
    kept = Kept(boxes)
    kept.session.call("makeBox", body={"label": "하나"}, credential=f"{TOKENS[0]}-issued")

    assert "issued in the run itself" in cleaned(kept, boxes)[0][1]
