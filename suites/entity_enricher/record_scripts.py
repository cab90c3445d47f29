"""Scripts: records of a batch, listed in pages and by type, read, and deleted with one call."""

from __future__ import annotations

from understudy.verify.session import Session, Unmet

from .definition import suite
from .lists import ids_in
from .outcomes import NOBODYS
from .resource_calls import (
    COMPANIES,
    File,
    batch,
    create_schema,
    delete_attachment,
    delete_records,
    embedded_only,
    fresh,
    get_record,
    list_records,
    organisation,
    upload_base64,
)

AS_IN_SAMPLE = {"content-type": "application/json"}
NOTES = File("메모.txt", "Roche: 스위스 바젤에 있는 제약사 💊\r\n".encode())


@suite.script(
    "ee.list-records.records", "ee.list-records.pages", "ee.list-records.type", "ee.list-records.filters",
    "ee.list-records.type-enrichment", "ee.list-records.page-size", "ee.list-records.after-batch",
    "ee.get-record.whole", "ee.get-record.structured-output", "ee.get-record.structured-output-json",
    "ee.quick-start.record", "ee.delete-records.several", "ee.delete-records.gone", "ee.delete-records.others-stay",
    "ee.error.unknown-record", "ee.delete-attachment.after-enrichment", "ee.delete-records.at-most",
    "ee.delete-records.exactly-100", "ee.transport.content-type-on-get",
)  # fmt: skip
def records_of_a_batch(session: Session) -> None:
    """Three records, by a batch that is given a file: listed, read, two of them deleted, the file deleted."""
    create_schema_if_embedded(session)
    file = _file(session)
    given = {"attachment_ids": [file]} if file else {}
    ids = [record.id for record in batch(session, COMPANIES, headers=AS_IN_SAMPLE, **given)]
    listed = list_records(session, type="enrichment", page_size=10)
    if "type" not in (listed.member("records", 0) or {"type": None}):
        list_records(session, type="understudy", page_size=10)  # so that it shows whether that is looked at
    _walk(session, max(1, len(ids) - 1))
    get_record(session, ids[0], headers=AS_IN_SAMPLE)
    if file:
        delete_attachment(session, file)
    middle, others = ids[len(ids) // 2], [id for id in ids if id != ids[len(ids) // 2]]
    if others and not delete_records(session, others).succeeded:
        delete_records(session, others[:1])
    for id in (*others[:1], middle):
        get_record(session, id)
    list_records(session, page_size=10)
    _more_than_allowed(session, middle)


@suite.script("ee.error.too-many-ids")
def as_many_as_one_call_may_delete(session: Session) -> None:
    """As many records as one call may delete, and one more."""
    embedded_only(session, "takes more than a hundred enrichments to see, which cost money")
    most = session.limit("batch_delete_ids")
    ids = many_records(session, most + 3)
    list_records(session, 9, page_size=session.limit("page_size_max") - 1)
    delete_records(session, ids[: most + 1])
    get_record(session, ids[most])
    get_record(session, ids[0])
    list_records(session, 9, page_size=session.limit("page_size_max"))
    here = [record.id for record in organisation(session).records.values() if record.gone is not True]
    if len(here) > most:
        delete_records(session, here[:most], hard_delete=True)
    list_records(session, page_size=10)
    get_record(session, ids[-1])


def many_records(session: Session, count: int) -> list[str]:
    """The ids of ``count`` records or a few more, left by as many batches as it takes."""
    ids: list[str] = []
    while len(ids) < count:
        entities = [{"name": f"회사 {place} 🏢"} for place in range(min(session.limit("batch_entities"), count))]
        ids += [record.id for record in batch(session, entities)]
    return ids


def create_schema_if_embedded(session: Session) -> None:
    """A schema of our own for companies. Elsewhere one script made one already, and none can be deleted."""
    if session.embedded or not any(schema.ours for schema in organisation(session).schemas.values()):
        session.call("listSchemas")
        try:
            create_schema(session, fresh(session, "회사 🏢 기록"))
        except Unmet:
            return


def _walk(session: Session, page_size: int) -> None:
    """The list in pages; the first once more where others have records too, to see whether it stayed as it was."""
    before = len(session.readings)
    list_records(session, 3, page_size=page_size)
    shown = {id for reading in session.readings[before:] for id in ids_in(reading)}
    if not shown <= organisation(session).records.keys():
        list_records(session, page_size=page_size)


def _file(session: Session) -> str | None:
    try:
        return upload_base64(session, NOTES)
    except Unmet:
        return None


def _more_than_allowed(session: Session, id: str) -> None:
    """One more than a call may delete, then as many; the last of them is a record, the others are nobody's. If that is
    refused it may be for those, which is seen when fewer are named."""
    most = session.limit("batch_delete_ids")
    nobodys = [f"{NOBODYS}{place:04x}" for place in range(16, 16 + most)]
    delete_records(session, [*nobodys, id])
    if not get_record(session, id).succeeded:
        return
    if not delete_records(session, [*nobodys[1:], id]).succeeded:
        delete_records(session, [nobodys[0], id])
    get_record(session, id)
