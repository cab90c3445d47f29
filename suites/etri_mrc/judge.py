"""The judge of ETRI machine reading.

Every exchange is asked three things: what is known to forbid the request (`causes`), whether the answer is one that is
lawful then (`refusals`), and whether it is formed as every answer is (`heads`, `errors`, `results`). Of a success also
whether what was found stands where it is said to (`results`, `indexes`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from understudy.verify.judge import Judge, rule
from understudy.verify.reading import Reading, Verdict

from .calendar import told_time
from .calls import Calls
from .causes import Table, causes, incomplete, key_of
from .errors import is_error_of_this_service, judge_error
from .evidence import Evidence
from .forms import SERVED_DOUBTS, Form, doubts, foreign_texts, forms, text_forms, texts_of
from .heads import judge_head, judge_json
from .indexes import IndexBase
from .quotas import Quotas
from .refusals import Refusals
from .results import find, judge_members, judge_nothing, judge_success, says_nothing
from .situation import Situation, is_served


class EtriJudge(Judge):
    """Keeps, of every key, when its calls were answered; which questions were asked; and how indexes are counted."""

    stem: ClassVar[str] = "etri_mrc"

    def prepare(self) -> None:
        self._table = Table(self)
        self._calls: dict[str, Calls] = {}
        self._quotas = Quotas(self, self._table)
        self._refusals = Refusals(self, self._table, self._quotas, self._calls)
        self._evidence = Evidence()
        self._base = IndexBase(one_based=self.readings["etri.index-base"] == "one-based")
        self._served_forms: set[Form] = set()

    def _general(self, reading: Reading) -> Iterable[Verdict]:
        """Nothing: the document writes no types and no status of a success, so schemas would fail lawful answers."""
        return ()

    @rule()
    def exchange(self, reading: Reading) -> Iterator[Verdict]:
        """Everything there is to say of one exchange. No key appears in a verdict."""
        in_body = reading.body.get("access_key") if isinstance(reading.body, dict) else None
        keys = [key for key in (reading.credential, in_body) if isinstance(key, str) and key]
        for verdict in self._answered(reading):
            yield verdict if verdict.held else _redacted(verdict, keys)

    def unanswered(self, reading: Reading) -> Iterator[Verdict]:
        """A whole request was not answered."""
        most = self.limits["body_bytes"]
        if incomplete(reading) or (most is not None and len(reading.observation.request.body) > most):
            return  # a server may close the connection on what it will not read, and its answer be lost with it
        seen = reading.observation.failure or "nothing"
        yield reading.expect("etri.service.http", False, "an answer", seen, "connection")

    def _answered(self, reading: Reading) -> Iterator[Verdict]:
        yield reading.holds("etri.service.http", "connection")
        situation = self._situation(reading)
        if incomplete(reading):
            yield from self._refusals.judge_incomplete(reading, situation)
        elif situation.causes:
            yield from self._refusals.judge_forbidden(reading, situation)
        elif situation.key.role == "good" and situation.served:
            yield from self._judge_served(reading, situation)
        elif situation.key.role == "good":
            yield from self._refusals.judge_refused(reading, situation, self._served_forms)
        if self._held_to_form(reading, situation):
            yield from self._judge_form(reading, situation)
        if situation.served and reading.lawful:
            yield from self._judge_reading(reading)
        elif situation.served and reading.breaches:
            yield from self._judge_encoding(reading)
        situation.calls.keep(reading.observation, situation.at, answered=situation.served)
        if not situation.served and situation.at is not None and situation.error in self._quotas.errors:
            situation.calls.refused[situation.error] = (situation.at, reading.observation.number)

    def _situation(self, reading: Reading) -> Situation:
        key = key_of(self, reading)
        calls = self._calls.setdefault(key.value, Calls())
        at = told_time(reading)
        return Situation(
            key,
            calls,
            at,
            causes=causes(self, self._table, reading, key, self._quotas.used_up(key, calls, at)),
            doubts=doubts(reading) if reading.lawful else (),
            error=self._table.of_phrase(reading.member("reason")),
            served=is_served(reading),
        )

    def _judge_served(self, reading: Reading, situation: Situation) -> Iterator[Verdict]:
        """Nothing is known to forbid the call, and it was answered."""
        yield from self._quotas.judge_served(reading, situation.key, situation.calls, situation.at)
        in_header = self.credential_header in reading.observation.request.headers
        auth = ("etri.auth.header", "etri.auth.raw") if in_header else ("etri.auth.key-in-body",)
        for clause in ("etri.service.path", "etri.service.method", "etri.auth.issued-key", *auth):
            yield reading.holds(clause, "status")
        if len(reading.observation.request.body) == self.limits["body_bytes"]:
            yield reading.holds("etri.limit.body", "status")
        for clause in situation.doubts:
            if clause in SERVED_DOUBTS:
                yield reading.holds(clause, "status")

    # -- the form of an answer

    def _held_to_form(self, reading: Reading, situation: Situation) -> bool:
        """Whether the document says how this answer is formed: not where it does not say that there is a refusal."""
        if reading.observation.request.method == "HEAD":
            return False
        if (situation.served and reading.operation is not None) or (incomplete(reading) and reading.status == 408):
            return True
        return situation.documented or is_error_of_this_service(reading)

    def _judge_form(self, reading: Reading, situation: Situation) -> Iterator[Verdict]:
        yield from judge_head(reading, error=not situation.served)
        yield from judge_json(reading)
        if situation.served:
            yield from judge_success(reading)
        else:
            yield from judge_error(reading, self._table, documented=situation.documented)

    # -- what was read

    def _judge_reading(self, reading: Reading) -> Iterator[Verdict]:
        texts = texts_of(reading.body)
        members = find(reading.member("return_object")).members
        passage, question = texts
        if members is None or says_nothing(members):
            yield from judge_nothing(reading, members)
        else:
            yield from judge_members(reading, members, passage, question, self._base)
        yield from self._evidence.judge(reading, passage, question, members)
        echoed = members is not None and (members.get("passage"), members.get("question")) == texts
        yield from self._judge_forms(reading, echoed=echoed, said=members is not None)

    def _judge_forms(self, reading: Reading, *, echoed: bool, said: bool) -> Iterator[Verdict]:
        """The request was accepted as it was written; how its text was written only counts if that came back."""
        written = forms(reading)
        kept = written if echoed else written - text_forms(written)
        self._served_forms |= kept
        for clause in sorted({form.clause for form in kept}):
            yield reading.holds(clause, "status")
        if said and not echoed:
            for clause in sorted({form.clause for form in text_forms(written) - self._served_forms}):
                yield reading.expect(clause, False, "the text that was sent", "another text came back")

    def _judge_encoding(self, reading: Reading) -> Iterator[Verdict]:
        """A body that is not UTF-8 was read all the same: it was *supported* if its text came back as it was meant."""
        texts = foreign_texts(reading.observation.request.body)
        members = find(reading.member("return_object")).members
        if texts is None or members is None:
            return
        for name, text in zip(("passage", "question"), texts, strict=True):
            if not text.isascii() and members.get(name) == text:
                clause = f"etri.request.{name}-utf8"
                yield reading.expect(clause, False, "a refusal of EUC-KR", f"its text, {text}", f"body {name}")


def _redacted(verdict: Verdict, keys: list[str]) -> Verdict:
    seen = verdict.seen
    for key in keys:
        seen = seen.replace(key, "[redacted]")
    return verdict._replace(seen=seen)
