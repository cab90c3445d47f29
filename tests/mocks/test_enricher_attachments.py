"""The Entity Enricher mock's attachments: every byte back, safe names, and room."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mocks.conftest import EngineFor, make_engine
from tests.mocks.enricher import TEXTS, Answer, Enricher, of_kind

File = tuple[str, str | None, bytes]
"""Name, media type and bytes."""
BYTES = bytes(range(256)) * 3 + b"\r\n--boundary--\r\n" + "끝 🏁".encode()


@pytest.fixture
def enricher(engine_for: EngineFor) -> Enricher:
    return Enricher(engine_for("entity_enricher"))


def form(files: list[File], field: str = "files", boundary: str = "b0un-dary") -> tuple[bytes, dict[str, str]]:
    """A body of multipart/form-data, and the header that goes with it."""
    parts = []
    for name, kind, data in files:
        quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        lines = [f'Content-Disposition: form-data; name="{field}"; filename="{quoted}"']
        lines += [f"Content-Type: {kind}"] if kind is not None else []
        parts.append("\r\n".join([f"--{boundary}", *lines, "", ""]).encode() + data + b"\r\n")
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    return body, {"content-type": f"multipart/form-data; boundary={boundary}"}


def upload(enricher: Enricher, files: list[File], field: str = "files") -> Answer:
    body, headers = form(files, field)
    return enricher("POST", "/api/attachments", raw=body, headers=headers)


def upload_base64(enricher: Enricher, name: str, data: bytes, **more: str) -> Answer:
    body = {"content_base64": b64encode(data).decode(), "filename": name, **more}
    return enricher("POST", "/api/attachments/base64", body)


def test_several_files_come_back_byte_for_byte(enricher: Enricher) -> None:
    files: list[File] = [
        ("보고서.txt", "text/plain", BYTES),
        ("로고.png", "image/png", b"\x89PNG"),
        ("빈 파일", None, b""),
    ]
    answer = upload(enricher, files)
    assert [entry["filename"] for entry in answer.body] == [name for name, _, _ in files]
    for entry, (_, kind, data) in zip(answer.body, files, strict=True):
        assert (entry["size_bytes"], entry["sha256"]) == (len(data), sha256(data).hexdigest())
        assert entry["media_type"] == (kind or "application/octet-stream")
        for _ in range(2):
            download = enricher("GET", f"/api/attachments/{entry['id']}/download")
            assert (download.status, download.exchange.response.body) == (200, data)
            assert download.exchange.response.header("content-type") == entry["media_type"]
    assert len({entry["id"] for entry in answer.body}) == 3


def test_base64_makes_an_attachment_like_any_other(enricher: Enricher) -> None:
    answer = upload_base64(enricher, "인사.txt", BYTES, media_type="text/plain; charset=utf-8")
    (same,) = upload(enricher, [("인사.txt", "text/plain; charset=utf-8", BYTES)]).body
    assert {**answer.body, "id": ""} == {**same, "id": ""}
    assert answer.body["id"] != same["id"]
    assert enricher("GET", f"/api/attachments/{answer.body['id']}/download").exchange.response.body == BYTES
    assert upload_base64(enricher, "빈 파일", b"").body["size_bytes"] == 0
    assert upload_base64(enricher, "x", b"").body["media_type"] == "application/octet-stream"


@pytest.mark.parametrize("text", ["가", "YQ", "YQ==\n", "Y Q==", "YQ===", "_-__", "=", "YQ==YQ=="])
def test_what_is_no_base64_is_refused(enricher: Enricher, text: str) -> None:
    answer = enricher("POST", "/api/attachments/base64", {"content_base64": text, "filename": "x"})
    assert (answer.status, answer.clause) == (400, "ee.error.bad-base64")


# Names


def disposed(answer: Answer) -> str:
    return answer.exchange.response.header("content-disposition") or ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("report.pdf", 'attachment; filename="report.pdf"'),
        ("a b.txt", 'attachment; filename="a b.txt"'),
        ("보고서.txt", "attachment; filename=\"___.txt\"; filename*=UTF-8''%EB%B3%B4%EA%B3%A0%EC%84%9C.txt"),
        ('a"b.txt', "attachment; filename=\"a_b.txt\"; filename*=UTF-8''a%22b.txt"),
        ("../../etc/passwd", "attachment; filename=\"_.._etc_passwd\"; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd"),
        ("50%.txt", "attachment; filename=\"50_.txt\"; filename*=UTF-8''50%25.txt"),
        ("a\r\nX: y", "attachment; filename=\"a__X_ y\"; filename*=UTF-8''a%0D%0AX%3A%20y"),
        ("...", "attachment; filename=\"file\"; filename*=UTF-8''..."),
    ],
)
def test_the_name_of_a_download_is_written_safely(enricher: Enricher, name: str, expected: str) -> None:
    id = upload_base64(enricher, name, b"x").body["id"]
    assert disposed(enricher("GET", f"/api/attachments/{id}/download")) == expected


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40))
def test_any_name_can_be_written_and_read_back(name: str) -> None:
    enricher = Enricher(make_engine("entity_enricher"))
    made = upload_base64(enricher, name, b"x").body
    assert made["filename"] == name
    field = disposed(enricher("GET", f"/api/attachments/{made['id']}/download"))
    assert re.fullmatch(r"[\x20-\x7e]+", field)
    plain = re.search(r'filename="([^"]*)"', field)
    assert plain is not None
    assert not set(plain[1]) & set('/\\%"')
    whole = re.search(r"filename\*=UTF-8''(\S+)$", field)
    assert (unquote(whole[1], errors="strict") if whole else plain[1]) == name


@pytest.mark.parametrize("name", [text for text in TEXTS if "\x00" not in text and len(text) < 4096])
def test_the_name_of_a_part_is_kept(enricher: Enricher, name: str) -> None:
    kept = upload(enricher, [(name, None, b"")]).body[0]["filename"]
    assert kept.replace("%22", '"') == name


# What is refused


@pytest.mark.parametrize(
    "kind", ["text", "text/", "/plain", "text/plain\r\nX: y", "텍스트/plain", "text/plain; name=한글", "\x00"]
)
def test_a_media_type_that_no_header_can_carry_is_refused(enricher: Enricher, kind: str) -> None:
    assert upload_base64(enricher, "x", b"", media_type=kind).clause == "ee.error.bad-request"


def test_a_form_without_files_is_refused(enricher: Enricher) -> None:
    whole, headers = form([("x", None, b"x")])
    assert upload(enricher, []).status == 400
    assert upload(enricher, [("x", None, b"x")], field="file").clause == "ee.error.missing-field"
    no_filename = whole.replace(b'; filename="x"', b"")
    assert enricher("POST", "/api/attachments", raw=no_filename, headers=headers).clause == "ee.error.bad-request"
    for raw in (whole[:-5], b"{}", b"\xff" * 100):
        assert enricher("POST", "/api/attachments", raw=raw, headers=headers).clause == "ee.error.bad-request"
    assert enricher("POST", "/api/attachments", {}).clause == "ee.error.unsupported-media-type"
    unbounded = enricher("POST", "/api/attachments", raw=whole, headers={"content-type": "multipart/form-data"})
    assert unbounded.clause == "ee.error.bad-request"
    assert not enricher.state.attachments


def test_of_an_upload_all_files_are_stored_or_none(engine_for: EngineFor) -> None:
    limits = {"entity_enricher": {"attachment_bytes": 10, "kept_attachment_bytes": 25}}
    enricher = Enricher(engine_for("entity_enricher", limits=limits))
    small, large = ("작은 것", None, b"x" * 10), ("큰 것", None, b"x" * 11)
    refused = upload(enricher, [small, large])
    assert (refused.status, refused.clause) == (413, "ee.error.attachment-too-large")
    assert upload_base64(enricher, "x", b"x" * 11).clause == "ee.error.attachment-too-large"
    assert not enricher.state.attachments
    ids = [entry["id"] for entry in upload(enricher, [small, small]).body]
    assert upload(enricher, [("a", None, b"xxx"), ("b", None, b"xxx")]).clause == "ee.error.attachments-full"
    assert enricher("DELETE", f"/api/attachments/{ids[0]}").status == 200
    assert upload(enricher, [("a", None, b"xxx"), ("b", None, b"xxx")]).status == 200


# Deletion and use


def test_a_deleted_attachment_is_gone_and_the_records_stay(enricher: Enricher) -> None:
    (made,) = upload(enricher, [("메모.txt", "text/plain", "설립: 1969 🏢".encode())]).body
    events = enricher.events(enricher.start({"name": "삼성전자"}, attachment_ids=[made["id"], made["id"]]))
    record_id = of_kind(events, "model_completed")[0]["record_id"]
    answer = enricher("DELETE", f"/api/attachments/{made['id']}")
    assert answer.body == {"id": made["id"], "filename": "메모.txt", "success": True}
    for method, path in (
        ("GET", f"/api/attachments/{made['id']}/download"),
        ("DELETE", f"/api/attachments/{made['id']}"),
    ):
        assert enricher(method, path).clause == "ee.error.unknown-attachment"
    assert enricher.record(record_id)["attachment_ids"] == [made["id"]]
    again = enricher("POST", "/api/single/enrich/stream", enricher.order(attachment_ids=[made["id"]]))
    assert again.clause == "ee.error.unknown-attachment"


def test_what_another_organisation_uploaded_does_not_exist(enricher: Enricher) -> None:
    other = Enricher(enricher.engine, "ent_test_good-other")
    (made,) = upload(enricher, [("비밀", None, b"x")]).body
    assert other("GET", f"/api/attachments/{made['id']}/download").status == 404
    assert other("DELETE", f"/api/attachments/{made['id']}").status == 404
    assert enricher("GET", f"/api/attachments/{made['id']}/download").status == 200
