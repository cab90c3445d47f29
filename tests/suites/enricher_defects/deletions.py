"""Defects in deleting records, and in fusing them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

from tests.suites.enricher_defects.forms import answering, changed
from tests.suites.enricher_defects.registry import breaks
from tests.suites.enricher_provider import Provider
from tests.suites.enricher_provider.asking import Asked
from tests.suites.enricher_provider.things import Answer, Call, Entity, Event, Job, Record, Refused

# Deleting

GONE = ("delete-records.gone", "delete-records.several")


class Deleting(Provider):
    """Of the named ids others are deleted."""

    def to_delete(self, ids: list[str]) -> list[str]:
        return self.chosen_ids(ids)

    @abstractmethod
    def chosen_ids(self, ids: list[str]) -> list[str]:
        """The ids that are deleted."""


@breaks(*GONE)
class DeletesInWordsOnly(Deleting):
    def chosen_ids(self, ids: list[str]) -> list[str]:
        return []


@breaks(*GONE)
class DeletesTheFirstOnly(Deleting):
    def chosen_ids(self, ids: list[str]) -> list[str]:
        return ids[:1]


@breaks(*GONE, rare=True)
class DeletesAllButTheLast(Deleting):
    def chosen_ids(self, ids: list[str]) -> list[str]:
        return ids[:-1] if len(ids) > 1 else ids


@breaks(*GONE, rare=True)
class DeletesAllButTheFirst(Deleting):
    def chosen_ids(self, ids: list[str]) -> list[str]:
        return ids[1:] if len(ids) > 1 else ids


@breaks("delete-records.exactly-100", rare=True)
class DeletesNinetyNine(Provider):
    """The last of a hundred ids is passed over."""

    def delete_records(self, call: Call) -> Answer:
        body = self.body(call)
        ids = self.member(body, "ids", list)
        if len(ids) == 100 and all(isinstance(id, str) for id in ids):
            body = {**body, "ids": ids[:99]}
            call = call._replace(request=call.request._replace(body=self.written(body)))
        return super().delete_records(call)


@breaks("delete-records.exactly-100", rare=True)
class RefusesAHundred(Provider):
    def most_deleted(self) -> int:
        return 99


@breaks("delete-records.exactly-100", rare=True)
class RefusesMoreThanFifty(Provider):
    def most_deleted(self) -> int:
        return 50


@breaks("delete-records.at-most", rare=True)
class DeletesAHundredAndOne(Provider):
    def most_deleted(self) -> int:
        return 101


@breaks("delete-records.at-most", rare=True)
class DeletesAnyNumber(Provider):
    def most_deleted(self) -> int:
        return 1_000_000


@breaks("delete-records.others-stay")
class DeletesAllRecords(Provider):
    def forget(self, call: Call, id: str) -> None:
        call.organisation.records.clear()


@breaks("delete-records.others-stay", rare=True)
class DeletesTheNextRecordToo(Provider):
    def forget(self, call: Call, id: str) -> None:
        ids = list(call.organisation.records)
        for other in ids[ids.index(id) :][:2] if id in ids else ():
            del call.organisation.records[other]


@breaks("delete-records.others-stay", rare=True)
class DeletesAllRecordsOfAJob(Provider):
    def forget(self, call: Call, id: str) -> None:
        named = call.organisation.records.get(id)
        for other, record in list(call.organisation.records.items()):
            if named is not None and record.told["job_id"] == named.told["job_id"]:
                del call.organisation.records[other]


class HidingBadly(Provider):
    """What is deleted is only marked, and not everywhere looked for."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: set[str] = set()

    def forget(self, call: Call, id: str) -> None:
        self.hidden.add(id)


@breaks("delete-records.gone", rare=True)
class ListsWhatIsDeleted(HidingBadly):
    def find_record(self, call: Call, id: str) -> Record:
        if id in self.hidden:
            raise Refused(404, "그런 레코드가 없습니다.")
        return super().find_record(call, id)


@breaks("delete-records.gone", rare=True)
class ReadsWhatIsDeleted(HidingBadly):
    def stored(self, call: Call) -> list[Record]:
        return [record for record in super().stored(call) if record.id not in self.hidden]


@breaks("delete-records.gone", rare=True)
class ListsWhatIsDeletedByType(ListsWhatIsDeleted):
    """The list is right as long as it is not filtered."""

    def stored(self, call: Call) -> list[Record]:
        kept = super().stored(call)
        return kept if "type" in call.query else [record for record in kept if record.id not in self.hidden]


@breaks("delete-records.gone", rare=True)
class BringsBackWhatWasDeleted(HidingBadly):
    """Three calls after it was deleted a record is there again."""

    deleted_at = 0

    def forget(self, call: Call, id: str) -> None:
        super().forget(call, id)
        self.deleted_at = self.calls

    def find_record(self, call: Call, id: str) -> Record:
        if id in self.hidden and self.calls - self.deleted_at <= 3:
            raise Refused(404, "그런 레코드가 없습니다.")
        return super().find_record(call, id)

    def stored(self, call: Call) -> list[Record]:
        soon = self.calls - self.deleted_at <= 3
        return [record for record in super().stored(call) if record.id not in self.hidden or not soon]


@breaks("delete-records.several")
class CannotDeleteRecords(Provider):
    def delete_records(self, call: Call) -> Answer:
        raise Refused(405, "지울 수 없습니다.")


@breaks("delete-records.several", rare=True)
class DeletesOneAtATime(Provider):
    def most_deleted(self) -> int:
        return 1


# Fusion


@breaks("merge.fuses")
class CannotFuse(Provider):
    def merge_records(self, call: Call) -> Answer:
        raise Refused(404, "그런 경로가 없습니다.")


breaks("merge.fuses", "merge.merged-result")(
    answering("TellsOnlyThatItFused", "merge_records", lambda value: {"success": True})
)
breaks("merge.merged-result", documented=False)(
    answering("TellsTheFusionAsText", "merge_records", changed(merged_result=str))
)


@breaks("job.stream-of-fusion", "error.unknown-job", "stream.uses", rare=True)
class HasNoStreamOfFusions(Provider):
    def stream_job(self, call: Call) -> Answer:
        if self.find_job(call).type == "fusion":
            raise Refused(404, "그런 작업이 없습니다.")
        return super().stream_job(call)


@breaks(
    "merge.sources-stay", "get-record.of-event", "delete-records.others-stay", documented=False, rare=True, costly=True
)
class UsesUpWhatItFuses(Provider):
    def merge(self, call: Call, body: Any, records: list[Record], arbiter: str | None) -> Job:
        job = super().merge(call, body, records, arbiter)
        for record in records:
            call.organisation.records.pop(record.id, None)
        return job


@breaks("merge.record-id", "get-record.whole", documented=False, rare=True)
class KeepsNoRecordOfFusions(Provider):
    def merge(self, call: Call, body: Any, records: list[Record], arbiter: str | None) -> Job:
        job = super().merge(call, body, records, arbiter)
        call.organisation.records.pop(job.fused[0]["record_id"])
        return job


@breaks("get-record.same-as-event", "event.fusion-record-id", "event.fusion-result", documented=False, rare=True)
class KeepsAnotherFusionThanItTells(Provider):
    def fusion_ends(self, job: Job, at: float, entity: Entity, asked: Asked) -> Iterable[Event]:
        events = list(super().fusion_ends(job, at, entity, asked))
        return [{**event, "merged_result": {**event["merged_result"], "더": 1}} for event in events]


@breaks("error.unknown-record", rare=True)
class FusesUnknownRecords(Provider):
    def find_record(self, call: Call, id: str) -> Record:
        if call.operation == "merge_records" and id not in call.organisation.records:
            job = Job("", "fusion", call.organisation, {}, 0.0)
            return Record(id, 0.0, self.about(job, None, None, None, True, 0.0), {})
        return super().find_record(call, id)
