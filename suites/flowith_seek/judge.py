"""The judge of Flowith seek: a pure reader of exchanges in order. What their parts promise stands in other modules."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from understudy.contract import BINDING_GRADES
from understudy.verify.judge import Judge, rule
from understudy.verify.reading import Reading, Verdict

from .answers import Texts, is_streamed, judge_json
from .asked import LIST_PATHS, SEEK_PATHS, Claims, Known, claims_of
from .blocks import read_stream
from .credits import Credits
from .lists import judge_list, models_of
from .rates import Rates
from .refusals import LATER, judge_no_access, judge_refusal, judge_unlawful
from .scope import Scope
from .streams import judge_stream


class FlowithJudge(Judge):
    """Keeps, of every account, when it called; which texts, pieces and models it was shown; what was accepted once."""

    stem: ClassVar[str] = "flowith_seek"

    def prepare(self) -> None:
        fixtures = self.briefing.fixtures
        self._knowledge_bases = frozenset(_texts(fixtures.get("knowledge_bases")))
        self._foreign = frozenset(_texts(fixtures.get("foreign_knowledge_bases")))
        self.models: dict[str, None] = {}  # those that lists have shown, in their order
        self._accepted: set[str] = set()
        self._rates = Rates(
            self.limits["requests_per_minute"], sliding=self.readings["flowith.rate-window"] == "sliding"
        )
        self._texts = Texts()
        self._scope = Scope(self._knowledge_bases)
        self._credits = Credits(self.briefing.limits)

    def _general(self, reading: Reading) -> Iterable[Verdict]:
        """Nothing: a schema says of a whole stream what holds for a part, and charges what is supposed to all of it."""
        return ()

    @rule()
    def exchange(self, reading: Reading) -> Iterator[Verdict]:
        """Everything there is to say of one exchange. No token appears in a verdict."""
        for verdict in self._judged(reading):
            yield verdict if verdict.held else _redacted(verdict, reading.credential)

    def unanswered(self, reading: Reading) -> Iterator[Verdict]:
        """No whole answer came to a request that may not be left without one."""
        if reading.role in ("good", "more") and reading.lawful:
            claims = self._claims(reading)
            account = reading.credential
            list(self._rates.judge(reading, account, counts=False, due=False))
            if not claims.doubts:
                seen = reading.observation.failure or "nothing"
                yield reading.expect("flowith.service.http", False, "a whole answer", seen, "connection")

    def _judged(self, reading: Reading) -> Iterator[Verdict]:
        yield reading.holds("flowith.service.http", "connection")
        if reading.operation is None:
            yield from self._elsewhere(reading)
            return
        account = reading.credential if reading.role else None
        claims = self._claims(reading) if reading.lawful else None
        counts = reading.succeeded and reading.operation == "seek"
        due = claims is not None and not claims.doubts and reading.status != 402
        yield from self._rates.judge(reading, account, counts=counts, due=due)
        if self.without_access(reading):
            if not self._is_gone(reading):
                yield from judge_no_access(reading)
        elif reading.succeeded:
            yield from self._succeeded(reading, claims)
        elif reading.role and claims is not None:
            yield from self._refused(reading, claims)
        elif reading.role:
            yield from judge_unlawful(reading)

    def _claims(self, reading: Reading) -> Claims:
        known = Known(self._knowledge_bases, self._foreign, frozenset(self.models), self.limits)
        return claims_of(reading, known)

    def _elsewhere(self, reading: Reading) -> Iterator[Verdict]:
        """A path or a method that the contract does not have."""
        if not reading.role or reading.status == 429:
            return
        path = reading.observation.request.path
        known = path in SEEK_PATHS or path in LIST_PATHS
        clause, status = ("method-not-allowed", 405) if known else ("unknown-path", 404)
        seen = f"status {reading.status}"
        yield reading.expect(f"flowith.error.{clause}", reading.status == status, f"status {status}", seen, "status")

    # -- answers

    def _succeeded(self, reading: Reading, claims: Claims | None) -> Iterator[Verdict]:
        if reading.role:
            yield reading.holds("flowith.auth.identity", "status")
            yield from self._credits.judge_answered(reading)
        if claims is not None:
            self._accepted.update(claims.sure, claims.doubts)
            for clause in filter(self._may_hold, (*claims.sure, *claims.doubts)):
                yield reading.holds(clause, "status")
        if reading.operation == "listModels":
            yield from judge_list(reading, self.limits["models"] or [])
            self.models.update(dict.fromkeys(models_of(reading.value)))
        elif claims is not None:
            yield from self._answered(reading)

    def _may_hold(self, clause: str) -> bool:
        return bool(clause) and clause not in ("flowith.body.stream-default", "flowith.error.not-json")

    def _answered(self, reading: Reading) -> Iterator[Verdict]:
        """A seek that was answered: in the form that was asked for, or else in the one that it came in."""
        asked, came = reading.body.get("stream"), is_streamed(reading)
        if asked is True:
            seen = "another answer"
            yield reading.expect("flowith.body.stream-on", came or not _is_object(reading), "a stream", seen)
        elif asked is False:
            yield reading.expect("flowith.body.stream-off", not came, "one JSON object", "a stream")
        else:
            yield reading.expect("flowith.body.stream-default", not came, "one JSON object", "a stream")
        if asked is True or (asked is None and came):
            yield from judge_stream(reading, pieces=self.readings["flowith.final-count"] == "pieces")
        else:
            yield from judge_json(reading)
        yield from self._compared(reading, streamed=came)

    def _compared(self, reading: Reading, *, streamed: bool) -> Iterator[Verdict]:
        """What other answers say about this one."""
        question = {name: value for name, value in reading.body.items() if name != "stream"}
        if not streamed:
            text = reading.member("content")
        else:
            stream = read_stream(reading.response.content)
            yield from self._scope.judge(reading, stream)
            text = stream.text
        if isinstance(text, str) and text:
            yield from self._texts.judge(reading, json.dumps(question, sort_keys=True), text, streamed=streamed)

    # -- refusals

    def _refused(self, reading: Reading, claims: Claims) -> Iterator[Verdict]:
        if reading.status == 402 or reading.role == "credits_exhausted":
            yield from self._credits.judge_refused(reading)
            return
        if reading.operation == "seek" and self._foreign & set(reading.body["kb_list"]):
            yield from judge_refusal(reading, ("flowith.error.foreign-knowledge-base",))
        if reading.status in LATER:
            return
        if self._is_gone(reading):
            yield reading.holds("flowith.error.path-gone", "status")
        elif any(claims.doubts):
            yield from judge_refusal(reading, [doubt for doubt in claims.doubts if doubt not in self._accepted])
        elif not claims.doubts:
            yield from judge_refusal(reading, self._blamed(reading, claims))

    def _is_gone(self, reading: Reading) -> bool:
        """By a dialect the document's path of the list is not served."""
        spelling = LIST_PATHS.get(reading.observation.request.path)
        return reading.status == 404 and spelling == "flowith.models.path" and self.readings["flowith.paths"] == "live"

    def _blamed(self, reading: Reading, claims: Claims) -> list[str]:
        """What a refusal breaks: the claims that were never accepted, or else what is said of every answer."""
        fresh = [clause for clause in claims.sure if clause not in self._accepted]
        if reading.status in (404, 405) and (paths := [clause for clause in fresh if "path" in clause]):
            return paths
        if reading.operation == "listModels":
            return fresh or ["flowith.models.purpose"]
        general = "flowith.stream.status" if reading.body.get("stream") is True else "flowith.json.status"
        binding = [clause for clause in fresh if self.contract.clauses[clause].grade in BINDING_GRADES]
        return binding or [general]


def _is_object(reading: Reading) -> bool:
    return isinstance(reading.value, dict)


def _texts(value: Any) -> list[str]:
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list | tuple) else []


def _redacted(verdict: Verdict, credential: str | None) -> Verdict:
    token = (credential or "").strip()
    return verdict._replace(seen=verdict.seen.replace(token, "[redacted]")) if token else verdict
