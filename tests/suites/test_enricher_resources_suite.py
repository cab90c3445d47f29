"""The judge of Entity Enricher's schemas, records and files, as a reader of exchanges."""

from __future__ import annotations

import pytest

from tests.suites.enricher_conversation import COMPANY, GOOD, Conversation, broken
from understudy.verify.judge import Leftover

# Schemas


def test_a_schema_that_was_created_is_listed_from_then_on() -> None:
    said = Conversation()
    said.schema("schema-1", "회사 🏢")

    assert not broken(said.say("GET", "schema/saved", None, 200, {"schemas": [{"id": "schema-1"}, {"id": "x"}]}))
    assert broken(said.say("GET", "schema/saved", None, 200, {"schemas": [{"id": "x"}]})) == {"list-schemas.all"}


def test_a_schema_whose_creation_was_refused_is_not_listed() -> None:
    said = Conversation()
    body = {"name": "몰래", "schema_content": COMPANY}
    said.say("POST", "schema/saved", body, 401, {"detail": "누구세요"}, key=None)

    found = said.say("GET", "schema/saved", None, 200, {"schemas": [{"id": "x", "name": "몰래"}]})

    assert broken(found) == {"auth.required"}


def test_a_body_that_the_document_does_not_show_may_be_refused_until_it_was_taken() -> None:
    said = Conversation()
    body = {"name": "회사", "schema_content": COMPANY}
    assert not broken(said.say("POST", "schema/saved", body, 422, {"detail": [{"msg": "title이 없습니다"}]}))
    said.schema("schema-1", "회사 둘")

    assert broken(said.say("POST", "schema/saved", {**body, "name": "셋"}, 422, {"detail": "이제 안 됩니다"})) == {
        "create-schema.creates"
    }


# Records


def test_what_was_deleted_is_neither_read_nor_listed() -> None:
    said = Conversation()
    said.batch("record-1", "record-2")
    said.delete("record-1")

    assert "delete-records.gone" in broken(said.record("record-1"))
    assert "delete-records.gone" in broken(said.records("page_size=10", ["record-2", "record-1"]))
    assert not broken(said.record("record-1", 404))


def test_what_was_not_named_stays() -> None:
    said = Conversation()
    said.batch("record-1", "record-2")
    said.records("page_size=10", ["record-1", "record-2"])
    said.delete("record-1")

    assert "delete-records.others-stay" in broken(said.record("record-2", 404))


def test_a_record_that_was_never_there_is_not_for_a_deletion_to_blame() -> None:
    said = Conversation()
    said.batch("record-1", "record-2")
    said.delete("record-1")

    found = broken(said.record("record-2", 404))

    assert "get-record.of-event" in found
    assert "delete-records.others-stay" not in found


def test_a_deletion_that_failed_may_have_been_carried_out_or_not() -> None:
    for status in (200, 404):
        said = Conversation()
        said.batch("record-1")
        said.delete("record-1", status=503)

        assert not broken(said.record("record-1", status))


def test_a_refused_deletion_deletes_nothing() -> None:
    said = Conversation()
    said.batch("record-1")
    said.record("record-1")
    said.delete("record-1", status=401, key=None)

    assert "auth.required" in broken(said.record("record-1", 404))


def test_of_more_than_a_hundred_the_first_hundred_may_be_deleted() -> None:
    ids = [f"record-{place:03}" for place in range(101)]
    for status in (200, 404):
        said = Conversation()
        said.batch(*ids)
        assert not broken(said.delete(*ids))
        assert not broken(said.record(ids[0], 404))

        assert ("delete-records.at-most" in broken(said.record(ids[100], status))) is (status == 404)


def test_a_hundred_refused_where_fewer_are_taken_is_one_too_few() -> None:
    said = Conversation()
    said.batch("record-1", "record-2")
    unknown = [f"nobodys-{place}" for place in range(99)]
    assert not broken(said.delete(*unknown, "record-1", status=400))

    assert "delete-records.exactly-100" in broken(said.delete(unknown[0], "record-2"))


def test_a_page_ends_what_is_missing_from_it() -> None:
    said = Conversation()
    said.batch("record-1", "record-2", "record-3")
    assert not broken(said.records("page_size=2", ["record-3", "record-2"]))

    assert "list-records.pages" in broken(said.records("page_size=2&page=2", []))


def test_what_others_make_between_two_pages_may_move_them() -> None:
    said = Conversation()
    said.batch("record-1", "record-2")
    said.records("page_size=2", ["남의 것 1", "record-2"], total=3)

    assert not broken(said.records("page_size=2&page=2", ["record-2"], total=4))
    assert not broken(said.records("page_size=2", ["남의 것 2", "남의 것 1"], total=4))


def test_where_the_first_page_stayed_as_it_was_nothing_moved_them() -> None:
    said = Conversation()
    said.batch("record-1", "record-2")
    said.records("page_size=2", ["남의 것 1", "record-2"], total=3)
    said.records("page_size=2&page=2", ["record-2"], total=3)

    assert broken(said.records("page_size=2", ["남의 것 1", "record-2"], total=3)) == {"list-records.pages"}


def test_an_instance_may_know_no_parameter_called_page() -> None:
    said = Conversation()
    said.batch("record-1", "record-2", "record-3")
    said.records("page_size=2", ["record-3", "record-2"])

    assert not broken(said.records("page_size=2&page=2", ["record-3", "record-2"]))
    assert "list-records.pages" in broken_walk(echo=True)


def broken_walk(*, echo: bool) -> set[str]:
    """What is broken by the first page again, by an instance that says that it is the second."""
    said = Conversation()
    said.batch("record-1", "record-2", "record-3")
    said.records("page_size=2", ["record-3", "record-2"], page=1)
    return broken(said.records("page_size=2&page=2", ["record-3", "record-2"], page=2 if echo else 1))


def test_a_failed_record_may_have_no_output() -> None:
    said = Conversation()
    value = {"structured_output": None, "success": False}

    assert not broken(said.say("GET", "records/record-9", None, 200, value))
    assert "get-record.structured-output" in broken(
        said.say("GET", "records/record-9", None, 200, {**value, "success": True})
    )


def test_records_and_files_that_are_left_are_deleted_in_the_end() -> None:
    said = Conversation(batch_delete_ids=2)
    said.batch("record-1", "record-2", "record-3", "record-4")
    said.upload("file-1", "하나".encode())
    said.upload("file-2", "둘".encode())
    said.delete("record-2")
    said.say("DELETE", "attachments/file-1", None, 200, {"success": True})

    assert said.judge.leftovers() == (
        Leftover("deleteRecords", {}, GOOD, {"ids": ["record-1", "record-3"]}),
        Leftover("deleteRecords", {}, GOOD, {"ids": ["record-4"]}),
        Leftover("deleteAttachment", {"id": "file-2"}, GOOD),
    )


# Files


@pytest.mark.parametrize("data", [b"", b"\r\n", b"\x00\xff", "각 cafe\u0301 👩🏽‍💻\n".encode()])
def test_a_file_is_downloaded_byte_for_byte(data: bytes) -> None:
    said = Conversation()
    said.upload("file-1", data)

    assert not broken(said.download("file-1", data))
    assert broken(said.download("file-1", data + b"\n")) == {"download.bytes", "upload-base64.same"}


def test_the_same_bytes_may_be_one_attachment() -> None:
    said = Conversation()
    said.upload("file-1", b"same")

    assert not broken(said.upload("file-1", b"same"))
    assert broken(said.upload("file-1", b"other")) == {"upload-base64.one"}


def test_a_file_cannot_be_downloaded_once_it_is_deleted() -> None:
    said = Conversation()
    said.upload("file-1", b"gone")
    said.say("DELETE", "attachments/file-1", None, 200, {"id": "file-1"})

    assert broken(said.download("file-1", b"gone")) == {"delete-attachment.deletes"}
