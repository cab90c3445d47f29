"""Defects in what events carry, and in what records hold of it."""

from __future__ import annotations

import unicodedata
from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from tests.suites.enricher_defects.forms import Change, changed, renamed, telling, without
from tests.suites.enricher_defects.registry import breaks
from tests.suites.enricher_provider import Provider
from tests.suites.enricher_provider.things import Event, Job, Record

# What a model brought


def of_success(change: Change) -> Change:
    """A change of what models tell that succeeded."""
    return lambda event: change(event) if event.get("success") else event


COMPLETED: dict[str, tuple[str, Change]] = {
    "TellsNoResult": ("result", without("result")),
    "TellsNullForAResult": ("result", changed(result=None)),
    "CallsTheResultOutput": ("result", renamed("result", "output")),
    "TellsTheResultAsText": ("result", changed(result=str)),
    "TellsTheResultInAList": ("result", changed(result=lambda result: [result])),
    "TellsNoRecord": ("record-id", without("record_id")),
    "TellsNullForARecord": ("record-id", changed(record_id=None)),
    "CallsTheRecordId": ("record-id", renamed("record_id", "id")),
    "TellsARecordInCamelCase": ("record-id", renamed("record_id", "recordId")),
    "NumbersRecords": ("record-id", changed(record_id=lambda id: int(id[:8], 16))),
    "TellsAnEmptyRecord": ("record-id", changed(record_id="")),
    "TellsNoCost": ("cost", without("cost", "cost_usd")),
    "TellsNullForTheCost": ("cost", changed(cost=None, cost_usd=None)),
}
for name, (topic, change) in COMPLETED.items():
    clauses = (f"event.model-completed-{topic}", "transport.ids", "get-record.same-as-event")
    breaks(*clauses)(telling(name, "model_completed", of_success(change)))


@breaks("get-record.of-event")
class TellsOfRecordsThatAreNot(Provider):
    def events(self, job: Job, events: list[Event]) -> list[Event]:
        change = of_success(changed(record_id=lambda id: f"{id[:-1]}x"))
        return [change(event) if event["type"] == "model_completed" else event for event in events]


@breaks("get-record.same-as-event", "get-record.of-event", rare=True)
class SwapsTheRecordsOfTwoModels(Provider):
    def events(self, job: Job, events: list[Event]) -> list[Event]:
        done = [event for event in events if event["type"] == "model_completed" and event.get("success")]
        ids = [event["record_id"] for event in done]
        others = dict(zip(map(id, done), [*ids[1:], *ids[:1]], strict=True))
        return [{**event, "record_id": others[id(event)]} if id(event) in others else event for event in events]


@breaks("get-record.same-as-event", "event.model-completed-record-id", rare=True)
class TellsOfTheFirstRecordAgain(Provider):
    """The second model of a job has the record of the first."""

    def events(self, job: Job, events: list[Event]) -> list[Event]:
        done = [event for event in events if event["type"] == "model_completed" and event.get("success")]
        known = done[0]["record_id"] if done else None
        return [{**event, "record_id": known} if event in done else event for event in events]


@breaks("event.model-completed-result", rare=True)
class TellsNoResultInTheThirdStream(Provider):
    streams = 0

    def events(self, job: Job, events: list[Event]) -> list[Event]:
        self.streams += 1
        return [without("result")(event) for event in events] if self.streams == 3 else events


@breaks("get-record.structured-output", "get-record.structured-output-json", "get-record.same-as-event", rare=True)
class KeepsNoOutputOfBatches(Provider):
    """Records of batches are read without what they hold."""

    def details(self, record: Record) -> Any:
        batches = [
            job.id for entry in self.organisations.values() for job in entry.jobs.values() if job.type == "batch"
        ]
        shown = super().details(record)
        return without("structured_output")(shown) if record.told["job_id"] in batches else shown


# Domains of expertise

for name, change in {
    "TellsNoPartialResult": without("partial_result", "expertise_result"),
    "TellsNullForThePartialResult": changed(partial_result=None, expertise_result=None),
    "TellsOnlyTheNameOfADomain": lambda event: {
        key: value for key, value in event.items() if key not in ("partial_result", "expertise_result", "success")
    },
}.items():
    breaks("event.expertise-partial", rare=True)(telling(name, "expertise_completed", change))

# The index of an entity

for moment in ("started", "completed"):
    for name, change in {
        f"TellsNoIndexOfEntities{moment.capitalize()}": without("entity_index"),
        f"TellsNullForTheIndexOfEntities{moment.capitalize()}": changed(entity_index=None),
        f"CallsTheIndexOfEntities{moment.capitalize()}Index": renamed("entity_index", "index"),
    }.items():
        breaks(f"event.entity-{moment}-index", "event.entity-each")(telling(name, f"entity_{moment}", change))


# What a record holds of it


class Keeping(Provider):
    """A record that is read is another than its event was."""

    def details(self, record: Record) -> Any:
        return self.kept_otherwise(super().details(record))

    @abstractmethod
    def kept_otherwise(self, value: Any) -> Any:
        """What the record holds."""


def keeping(name: str, change: Change) -> type[Provider]:
    return type(name, (Keeping,), {"kept_otherwise": lambda self, value: change(value)})


def texts(change: Callable[[str], str]) -> Change:
    """A change of every text, names of members apart."""

    def deep(value: Any) -> Any:
        if isinstance(value, str):
            return change(value)
        if isinstance(value, list):
            return [deep(entry) for entry in value]
        return {name: deep(entry) for name, entry in value.items()} if isinstance(value, dict) else value

    return deep


def output(change: Change) -> Change:
    return changed(structured_output=change)


SHAPES: dict[str, Change] = {
    "KeepsNoOutput": without("structured_output"),
    "CallsTheOutputResult": renamed("structured_output", "result"),
    "CallsTheOutputCamelCase": renamed("structured_output", "structuredOutput"),
    "KeepsNullForTheOutput": changed(structured_output=None),
    "KeepsTheOutputAsText": output(str),
    "KeepsTheOutputInAList": output(lambda value: [value]),
    "PutsTheOutputInsideOfData": lambda value: {"data": value},
    "PutsRecordsInAList": lambda value: [value],
}
for name, change in SHAPES.items():
    clauses = ("get-record.structured-output", "get-record.structured-output-json", "get-record.whole")
    breaks(*clauses)(keeping(name, change))

OUTPUTS: dict[str, tuple[bool, Change]] = {
    "KeepsAnEmptyOutput": (False, output(lambda value: {})),
    "KeepsOneMemberLess": (False, output(lambda value: dict(list(value.items())[:-1]))),
    "KeepsOneMemberMore": (True, output(lambda value: {**value, "_meta": 1})),
    "KeepsNumbersAsTexts": (
        True,
        output(lambda value: {name: str(entry) if isinstance(entry, int) else entry for name, entry in value.items()}),
    ),
    "KeepsNumbersOneOff": (
        True,
        output(lambda value: {name: entry + 1 if type(entry) is int else entry for name, entry in value.items()}),
    ),
    "KeepsEmojiAsQuestionMarks": (
        True,
        output(texts(lambda text: "".join("?" if ord(letter) > 0xFFFF else letter for letter in text))),
    ),
    "KeepsKoreanAsQuestionMarks": (
        True,
        output(texts(lambda text: "".join("?" if "가" <= letter <= "힣" else letter for letter in text))),
    ),
    "KeepsKoreanTakenApart": (True, output(texts(lambda text: unicodedata.normalize("NFD", text)))),
    "KeepsTextsInSmallLetters": (True, output(texts(str.lower))),
    "KeepsMembersInKoreanNot": (
        True,
        output(lambda value: {name: entry for name, entry in value.items() if name.isascii()}),
    ),
    "KeepsTheFirstTenLetters": (True, output(texts(lambda text: text[:10]))),
}
for name, (rare, change) in OUTPUTS.items():
    breaks("get-record.same-as-event", rare=rare)(keeping(name, change))


@breaks("get-record.same-as-event", rare=True)
class ChangesARecordWhenItIsRead(Provider):
    """The second reading of a record is not the first."""

    def details(self, record: Record) -> Any:
        shown = super().details(record)
        record.output = {**record.output, "name": "읽혔습니다"}
        return shown


@breaks("get-record.of-event", "get-record.whole", rare=True)
class ShowsARecordOnce(Provider):
    def details(self, record: Record) -> Any:
        shown = super().details(record)
        for organisation in self.organisations.values():
            organisation.records.pop(record.id, None)
        return shown


@breaks("get-record.same-as-event", rare=True)
class KeepsWhatTheFirstModelBrought(Provider):
    """All records of a job hold the output of its first model."""

    def kept(self, job: Job, at: float, told: Any, output: Any, more: Any) -> Record:
        record = super().kept(job, at, told, output, more)
        firsts = [result["result"] for _, result in job.results if result["success"]]
        if firsts and told["type"] == "enrichment":
            record.output = firsts[0]
        return record


@breaks("get-record.same-as-event", "get-record.of-event", rare=True)
class KeepsTheFirstEntityForAll(Provider):
    """In a batch the records of later entities are as of the first."""

    def kept(self, job: Job, at: float, told: Any, output: Any, more: Any) -> Record:
        record = super().kept(job, at, told, output, more)
        before = [
            other for other in job.organisation.records.values()
            if other.told["job_id"] == job.id and other.told["model_composite_key"] == told["model_composite_key"]
        ]  # fmt: skip
        if job.type == "batch" and told["type"] == "enrichment" and before[0].output:
            record.output = before[0].output
        return record


@breaks("get-record.of-event", "list-records.after-batch", rare=True)
class LosesRecordsOfTheSecondModel(Provider):
    def kept(self, job: Job, at: float, told: Any, output: Any, more: Any) -> Record:
        record = super().kept(job, at, told, output, more)
        if len(job.models) > 1 and told["model_composite_key"] == job.models[1]:
            del job.organisation.records[record.id]
        return record
