"""What others do, and what becomes of calls on their way."""

from __future__ import annotations

from tests.suites.enricher_provider import Provider
from tests.suites.enricher_provider.things import Job, Key, Organisation, Refused, Watching
from tests.suites.enricher_provider.wire import KEYS
from tests.suites.enricher_variants.registry import lawful
from understudy.http import Request, Response
from understudy.verify.observation import TransportFailure


@lawful
class IsBusy(Provider):
    """Others of the organisation add and delete all the time."""

    def send(self, request: Request) -> Response:
        for organisation in self.organisations.values():
            job = organisation.jobs.setdefault("others", Job("others", "batch", organisation, {}, 0.0, "completed"))
            theirs = [id for id, record in organisation.records.items() if record.told["job_id"] == "others"]
            for id in theirs[:1] if self.calls % 3 else ():
                del organisation.records[id]
            told = {**self.about(job, None, "남의 것 😀", None, True, 0.0), "type": "enrichment"}
            self.kept(job, self.clock, told, {"남의": "것"}, {})
            self.save(organisation, f"남의 스키마 {self.calls}", {"type": "object"})
            if len(organisation.schemas) > 12:
                named = [id for id, schema in organisation.schemas.items() if schema.name.startswith("남의")]
                del organisation.schemas[named[0]]
        return super().send(request)


class Failing(Provider):
    """Every so many calls are not answered as they should be."""

    every = 10
    status = 429

    def send(self, request: Request) -> Response:
        if self.calls % self.every == self.every - 1:
            self.calls += 1
            return self.failed(request)
        return super().send(request)

    def failed(self, request: Request) -> Response:
        return self.render(request, self.status, {"detail": "나중에 다시 해 보세요."})


@lawful
class IsAskedTooOften(Failing):
    """Every tenth call."""


@lawful
class IsDownAtTimes(Failing):
    every = 11
    status = 503


@lawful
class LosesCalls(Failing):
    """The call is never carried out."""

    every = 9

    def failed(self, request: Request) -> Response:
        raise TransportFailure("no whole answer came in time")


@lawful
class LosesAnswers(Provider):
    """The call is carried out, and nobody hears of it."""

    def send(self, request: Request) -> Response:
        response = super().send(request)
        if self.calls % 12 == 11:
            raise TransportFailure("the connection was closed before the answer was whole")
        return response


@lawful
class BreaksSomeStreamsOff(Provider):
    """Every third stream is cut off on the way."""

    streams = 0

    def watched(self, answer: Watching) -> Response:
        response = super().watched(answer)
        self.streams += 1
        if self.streams % 3 == 0:
            chunks = tuple(response.stream or ())[:2]
            partial = response._replace(stream=chunks)
            raise TransportFailure("the connection was closed before the answer was whole", partial=partial)
        return response


@lawful
class RunsOutOfCredit(Provider):
    """After sixty calls the plan is used up: whatever costs money is refused with 402."""

    def let_in(self, request: Request, operation: str | None) -> Organisation:
        found = super().let_in(request, operation)
        costly = ("start_enrichment", "enrich", "start_batch", "generate_schema", "edit_schema", "merge_records")
        if self.calls > 60 and operation in costly:
            raise Refused(402, {"detail": "한도를 다 썼습니다.", "code": "limit_reached", "limit": 1, "used": 1})
        return found


@lawful
class AllowsFortyCallsAMinute(Provider):
    """Whoever calls more often is refused with 429 until the minute is over."""

    def __init__(self) -> None:
        super().__init__()
        self.minute, self.made = 0, 0

    def let_in(self, request: Request, operation: str | None) -> Organisation:
        if int(self.clock // 60) != self.minute:
            self.minute, self.made = int(self.clock // 60), 0
        self.made += 1
        if self.made > 40:
            raise Refused(429, "너무 잦습니다.")
        return super().let_in(request, operation)


@lawful
class LetsTheKeyExpire(Provider):
    def known_key(self, value: str) -> Key | None:
        return super().known_key(value) if self.calls < 70 or value not in KEYS["good"] else None


@lawful
class IsGoneAfterAWhile(Provider):
    def send(self, request: Request) -> Response:
        if self.calls > 90:
            self.calls += 1
            raise TransportFailure("the connection was closed before the answer was whole")
        return super().send(request)
