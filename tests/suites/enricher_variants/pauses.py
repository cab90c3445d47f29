"""Other ways for jobs to be paused, continued, called off and forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.suites.enricher_provider import Provider
from tests.suites.enricher_provider.asking import Asked
from tests.suites.enricher_provider.things import Answer, Call, Entity, Event, Job, Raw, Refused, Step, Watching
from tests.suites.enricher_variants.registry import lawful, lawful_in_mocks

# Pauses


@lawful_in_mocks
class PausesForAClassifierOnly(Provider):
    def classify(self, job: Job, at: float, entity: Entity, asked: Asked) -> Iterable[Event]:
        return super().classify(job, at, entity, asked) if asked.body.get("classification_model") else ()


@lawful
class PausesTwice(Provider):
    """Once continued it pauses again, and has to be continued again."""

    def classify(self, job: Job, at: float, entity: Entity, asked: Asked) -> Iterable[Event]:
        if self.mismatches(entity):
            job.to_come.insert(
                0, Step(at + 0.3, lambda again: super(PausesTwice, self).classify(job, again, entity, asked))
            )
        return super().classify(job, at, entity, asked)


@lawful
class PausesInSilence(Provider):
    """No event tells of the pause, and none comes while it lasts."""

    def shown(self, job: Job, opened: float) -> list[tuple[float, Event]]:
        quiet = ("classification_mismatch_pause", "heartbeat")
        return [(at, event) for at, event in super().shown(job, opened) if event["type"] not in quiet]


@lawful
class CallsThePauseOtherwise(Provider):
    def events(self, job: Job, events: list[Event]) -> list[Event]:
        other = {"type": "paused", "event": "paused", "reason": "분류가 다릅니다"}
        return [other if event["type"] == "classification_mismatch_pause" else event for event in events]


@lawful_in_mocks
class WaitsForTenSeconds(Provider):
    def pause(self, job: Job, now: float, event: Event) -> Iterable[Event]:
        told = super().pause(job, now, event)
        job.to_come = [step for step in job.to_come if step.at < now + 10]
        job.to_come.append(Step(now + 10, lambda at: self.given_up(job)))
        return told


# Calling off


@lawful_in_mocks
class LetsModelsAtWorkFinish(Provider):
    """A cancelled job begins nothing new."""

    def cancel(self, job: Job) -> None:
        if job.status == "paused" or not job.running:
            return super().cancel(job)
        for step in list(job.to_come):
            for event in step.run(step.at):
                at_work = (event.get("entity_index"), event.get("model")) in job.running
                if at_work and event["type"] in ("model_completed", "expertise_completed"):
                    self.tell(job, self.clock, [event])
            if not job.running:
                break
        return super().cancel(job)


@lawful_in_mocks
class EndsCancelledJobsAtOnce(Provider):
    """What was begun is not told to be over."""

    def closings(self, job: Job) -> list[Event]:
        return []


@lawful
class TellsAnErrorWhenCancelled(Provider):
    def closings(self, job: Job) -> list[Event]:
        return [*super().closings(job), {"type": "error", "detail": "취소되었습니다."}]


@lawful_in_mocks
class IgnoresWhatComesTooLate(Provider):
    """Cancelling what has ended and continuing what is not paused changes nothing, and is no error."""

    def cancel_job(self, call: Call) -> Answer:
        job = self.find_job(call)
        return (200, {"status": job.status}) if job.ended else super().cancel_job(call)

    def continue_job(self, call: Call) -> Answer:
        job = self.find_job(call)
        return super().continue_job(call) if job.status == "paused" else (200, {"status": job.status})


@lawful_in_mocks
class ForgetsJobsThatHaveEnded(Provider):
    """A job is not there any more once its stream was read, or it was cancelled."""

    def watched(self, answer: Watching) -> Any:
        response = super().watched(answer)
        answer.job.organisation.jobs.pop(answer.job.id, None)
        return response

    def find_job(self, call: Call) -> Job:
        job = super().find_job(call)
        if call.operation != "stream_job" and job.ended:
            raise Refused(404, "그런 작업이 없습니다.")
        return job


@lawful
class AnswersWithAWord(Provider):
    """The answer to cancelling and continuing is a text in JSON."""

    def changed(self, job: Job, status: str) -> Any:
        return "ok"


@lawful
class AnswersWithNull(Provider):
    def changed(self, job: Job, status: str) -> Any:
        return None


@lawful
class StreamsEditsAtOnce(Provider):
    """The table marks the two operations with SSE, and of edits nothing says that a job is answered first."""

    def edit_schema(self, call: Call) -> Answer:
        answer = super().edit_schema(call)
        assert not isinstance(answer, (Raw, Watching))
        return Watching(call.organisation.jobs[answer[1]["job_id"]], self.clock, call.request)
