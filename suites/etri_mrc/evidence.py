"""What is decided by many answers together: whether questions about easy passages are answered at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from understudy.verify.reading import Reading, Verdict, shown

from .indexes import WHERE
from .passages import ENCYCLOPEDIA, ITEMS, KNOWN, PAIRS, Item, found

ENOUGH = 8
"""How many easy questions a reader may miss without one hit before its misses are held against it: a reader that is
right every second time does so once in 256 runs."""


class Evidence:
    """How the easy questions were answered so far. ``None``: nothing was found."""

    def __init__(self) -> None:
        self._answers: dict[Item, str | None] = {}
        self._asked: set[int] = set()

    def judge(
        self, reading: Reading, passage: str, question: str, members: Mapping[str, object] | None
    ) -> Iterator[Verdict]:
        """What one more answer says of the reader."""
        yield from self._belongs(reading, question, members)
        item = KNOWN.get((passage, question))
        if item is None:
            return
        answer = members.get("answer") if members else None
        self._answers[item] = answer if isinstance(answer, str) and answer else None
        hit = found(item, self._answers[item] or "")
        if hit:
            yield reading.holds("etri.service.purpose", f"{WHERE}/answer")
            if item.domain != ENCYCLOPEDIA:
                yield reading.holds("etri.service.domains", f"{WHERE}/answer")
        else:
            yield from self._missed(reading, item)
        yield from self._pair(reading, item)

    def _belongs(self, reading: Reading, question: str, members: Mapping[str, object] | None) -> Iterator[Verdict]:
        """The answer is one to this question, not to one that was asked before."""
        echoed = members.get("question") if members else None
        if isinstance(echoed, str):
            strange = echoed != question and hash(echoed) in self._asked
            expected = f"an answer to {shown(question, 60)}"
            yield reading.expect("etri.success.analysis", not strange, expected, f"one to {shown(echoed, 60)}", WHERE)
        self._asked.add(hash(question))

    def _missed(self, reading: Reading, item: Item) -> Iterator[Verdict]:
        for clause, items in (
            ("etri.service.purpose", ITEMS),
            ("etri.service.domains", [entry for entry in ITEMS if entry.domain != ENCYCLOPEDIA]),
        ):
            asked = [entry for entry in items if entry in self._answers]
            hits = any(found(entry, self._answers[entry] or "") for entry in asked)
            if item in items and len(asked) >= ENOUGH and not hits:
                seen = f"{self._answers[item] or 'nothing'}; none of {len(asked)} easy questions was answered"
                yield reading.expect(clause, False, f"{item.expected} or what is around it", seen, f"{WHERE}/answer")

    def _pair(self, reading: Reading, item: Item) -> Iterator[Verdict]:
        """Two questions about one passage; a reader that always gives both the same answer does not read them."""
        pair = PAIRS.get(item.passage)
        if pair is None or not all(entry in self._answers for entry in pair):
            return
        answers = [self._answers[entry] for entry in pair]
        if answers[0] != answers[1] and all(
            found(entry, answer or "") for entry, answer in zip(pair, answers, strict=True)
        ):
            yield reading.holds("etri.service.question-kind", f"{WHERE}/answer")
        complete = [both for both in PAIRS.values() if all(entry in self._answers for entry in both)]
        given = [[self._answers[entry] for entry in both] for both in complete]
        if len(given) == len(PAIRS) and all(first is not None and first == second for first, second in given):
            expected = "answers that depend on the question"
            seen = (
                f"the same answer to both questions about each of {len(PAIRS)} passages, here {shown(answers[0] or '')}"
            )
            for clause in ("etri.success.analysis", "etri.service.question-kind"):
                yield reading.expect(clause, False, expected, seen, f"{WHERE}/answer")
