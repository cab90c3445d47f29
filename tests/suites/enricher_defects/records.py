"""Defects in lists of records, and in reading them."""

from __future__ import annotations

from typing import Any

from tests.suites.enricher_defects.forms import answering, changed, renamed
from tests.suites.enricher_defects.registry import breaks
from tests.suites.enricher_provider import Provider
from tests.suites.enricher_provider.things import Answer, Call, Job, Raw, Record, Refused, Watching

PAGES = ("list-records.page-size", "list-records.pages")

# The list

breaks("list-records.records")(answering("ListsRecordsAsItems", "list_records", renamed("records", "items")))
breaks("list-records.records", "list-records.pages")(
    answering("ListsRecordsAlone", "list_records", lambda value: value["records"])
)
breaks("list-records.records")(
    answering(
        "ListsRecordsById", "list_records", changed(records=lambda records: {entry["id"]: entry for entry in records})
    )
)
breaks("list-records.records")(
    answering("ListsNullForNoRecords", "list_records", changed(records=lambda records: records or None))
)


@breaks(*PAGES)
class IgnoresPageSize(Provider):
    def number(self, call: Call, name: str, default: int) -> int:
        return default if name == "page_size" else super().number(call, name, default)


@breaks(*PAGES)
class ListsOneTooMany(Provider):
    def number(self, call: Call, name: str, default: int) -> int:
        return super().number(call, name, default) + (name == "page_size")


@breaks(*PAGES, rare=True)
class ListsTenAtLeast(Provider):
    def number(self, call: Call, name: str, default: int) -> int:
        return (
            max(10, super().number(call, name, default)) if name == "page_size" else super().number(call, name, default)
        )


@breaks("list-records.page", "list-records.walk", "list-records.pages", documented=False)
class IgnoresPages(Provider):
    def first(self, page: int, size: int) -> int:
        return 0


@breaks("list-records.walk", "list-records.pages", documented=False, rare=True)
class SkipsARecordBetweenPages(Provider):
    def first(self, page: int, size: int) -> int:
        return super().first(page, size) + (page > 1)


@breaks("list-records.walk", "list-records.pages", documented=False, rare=True)
class RepeatsARecordBetweenPages(Provider):
    def first(self, page: int, size: int) -> int:
        return max(0, super().first(page, size) - (page > 1))


@breaks("list-records.pages", "list-records.walk", "list-records.counts", documented=False, rare=True)
class EndsAfterThePage(Provider):
    """There is nothing behind the first page."""

    def list_records(self, call: Call) -> Answer:
        answer = super().list_records(call)
        assert not isinstance(answer, (Raw, Watching))
        return 200, {**answer[1], "records": []} if call.query.get("page", "1") != "1" else answer[1]


@breaks("list-records.page", "list-records.pages", documented=False, rare=True)
class CountsPagesFromZero(Provider):
    def first(self, page: int, size: int) -> int:
        return page * size


@breaks("list-records.type", "list-records.filters", rare=True)
class IgnoresTypes(Provider):
    """Which shows when records of several types are there."""

    def passes_one(self, name: str, wanted: str, record: Record) -> bool:
        return name == "type" or super().passes_one(name, wanted, record)


@breaks("list-records.type", "list-records.type-enrichment", "list-records.after-batch", "list-records.filters")
class ListsAllButTheType(Provider):
    def passes_one(self, name: str, wanted: str, record: Record) -> bool:
        passes = super().passes_one(name, wanted, record)
        return not passes if name == "type" else passes


@breaks("list-records.counts", "list-records.filters", "list-records.walk", documented=False, rare=True)
class FiltersTypesAfterPaging(Provider):
    """The page is cut out first, so what passes may be on none or less of it than there is."""

    def list_records(self, call: Call) -> Answer:
        kind = call.query.get("type")
        rest = {name: text for name, text in call.query.items() if name != "type"}
        answer = super().list_records(call._replace(query=rest))
        assert not isinstance(answer, (Raw, Watching))
        shown = [entry for entry in answer[1]["records"] if kind in (None, entry["type"])]
        return 200, {**answer[1], "records": shown}


for name, wrong in (("CallsTheirTypeSingle", "single"), ("CallsTheirTypeInCapitals", "ENRICHMENT")):

    def about(self: Any, *of: Any, wrong: str = wrong) -> Any:
        return Provider.kept(
            self, of[0], of[1], {**of[2], "type": wrong if of[2]["type"] == "enrichment" else of[2]["type"]}, *of[3:]
        )

    breaks("list-records.type-enrichment", "list-records.after-batch")(type(name, (Provider,), {"kept": about}))


@breaks("list-records.type-enrichment", "list-records.after-batch", rare=True)
class CallsRecordsOfBatchesBatch(Provider):
    def kept(self, job: Job, at: float, told: Any, output: Any, more: Any) -> Record:
        return super().kept(job, at, {**told, "type": "batch" if job.type == "batch" else told["type"]}, output, more)


@breaks("list-records.after-batch", "list-records.pages", "list-records.filters", rare=True)
class LeavesTheNewestRecordOut(Provider):
    def stored(self, call: Call) -> list[Record]:
        return super().stored(call)[:-1]


@breaks("list-records.after-batch", "list-records.filters", "list-records.pages", rare=True)
class ListsWhatItListedBefore(Provider):
    """A list that is read once more within ten calls is the one from before."""

    read_at = -99
    listed: list[Record] | None = None

    def stored(self, call: Call) -> list[Record]:
        if self.listed is None or self.calls - self.read_at > 10:
            self.listed, self.read_at = super().stored(call), self.calls
        return self.listed


@breaks("list-records.page-size", "list-records.pages", rare=True)
class RefusesPagesOfTen(Provider):
    def number(self, call: Call, name: str, default: int) -> int:
        size = super().number(call, name, default)
        if name == "page_size" and size <= 10:
            raise Refused(400, "너무 작습니다.")
        return size


# Reading


@breaks("get-record.whole", "get-record.of-event", "error.unknown-record")
class ReadsNoRecords(Provider):
    def get_record(self, call: Call) -> Answer:
        raise Refused(404, "그런 레코드가 없습니다.")


@breaks("get-record.of-event", "get-record.same-as-event", "get-record.whole")
class ReadsAnotherRecord(Provider):
    """Of all records it reads the first."""

    def find_record(self, call: Call, id: str) -> Record:
        super().find_record(call, id)
        return next(iter(call.organisation.records.values()))


@breaks("get-record.of-event", "get-record.whole", rare=True)
class ReadsTheNewestRecordsOnly(Provider):
    def find_record(self, call: Call, id: str) -> Record:
        if id not in list(call.organisation.records)[-3:]:
            raise Refused(404, "그런 레코드가 없습니다.")
        return super().find_record(call, id)


@breaks("get-record.whole", "get-record.structured-output", rare=True)
class ReadsAsItLists(Provider):
    """A record that is read is shown as the list shows it."""

    def details(self, record: Record) -> Any:
        return self.summary_of(record)
