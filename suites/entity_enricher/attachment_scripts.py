"""Scripts: files that are uploaded in both ways, downloaded byte for byte, and deleted."""

from __future__ import annotations

from understudy.verify.session import Session, Unmet

from .definition import suite
from .resource_calls import (
    BOUNDARY,
    NOBODY,
    File,
    delete_attachment,
    download,
    embedded_only,
    sizes,
    upload,
    upload_base64,
)

EVERY_BYTE = bytes(range(256))
TEXT = File("인사 👋.txt", "\ufeff안녕하세요\r\ncafe\u0301 — 줄 끝은 \n과 \r\n 둘 다입니다.\r\n\r\n".encode())
PDF = File(
    "보고서 (최종).pdf",
    b"%PDF-1.7\r\n%\xe2\xe3\xcf\xd3\n" + EVERY_BYTE * 271 + b"\r\n--\r\n%%EOF",
    "application/pdf",
)
PNG = File("그림.png", b"\x89PNG\r\n\x1a\n" + EVERY_BYTE[::-1] * 40 + b"\x00\x00\r\n", "image/png")
EMPTY = File("빈 글.txt", b"")
NAMES = (
    "공백 있는 이름.txt", 'quo"ted.txt', "a%20b+c.txt", "semi;colon=.txt", "back\\slash.txt", "한글 각 e\u0301 🏳️‍🌈.txt",
    ".hidden", "no-extension", "긴이름" * 30 + ".txt", "../../etc/passwd", "tab\tname.txt", "日本語.TXT",
)  # fmt: skip
CONTENTS = (
    b"\r\n",
    b"--" + BOUNDARY.encode()[:-1] + b"\r\n", b"\r\n--", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1f\x8b\x08\x00",
    b"=\n=\n", b"a\rb\nc\r\n", b"trailing \r\n\r\n", '{"detail": "파일"}'.encode(), b"%00%0d%0a", EVERY_BYTE,
)  # fmt: skip


@suite.script(
    "ee.upload.files", "ee.upload.multipart", "ee.upload-base64.json", "ee.upload-base64.one", "ee.upload-base64.same",
    "ee.download.bytes", "ee.delete-attachment.deletes",
)  # fmt: skip
def files_are_kept_byte_for_byte(session: Session) -> None:
    """Files by multipart, one and two with one call, one as base64; some of them are deleted, and the others stay."""
    first = _first(session)
    download(session, first)
    long, short = TEXT._replace(name="긴 글.txt", data=TEXT.data * 900), TEXT._replace(data="같은 이름 🏷️".encode())
    others = [*_stored(session, long, short), *_stored(session, PDF), *_stored(session, EMPTY), *_encoded(session)]
    for id in others:
        download(session, id)
    deleted = others[0] if others else first
    delete_attachment(session, deleted)
    for id in dict.fromkeys((deleted, first)):
        download(session, id)


@suite.script("ee.download.bytes", "ee.upload-base64.same", "ee.upload.files", "ee.download.disposition")
def files_of_every_kind(session: Session) -> None:
    """Lengths, contents and names that naive code breaks, by both ways of uploading."""
    embedded_only(session, "is about rare files")
    lengths = list(sizes(session.limit("attachment_bytes")))
    for start in range(0, len(lengths), 9):
        files = [File(f"{length}.bin", _data(length), None) for length in lengths[start : start + 9]]
        _there_and_back(session, files)
    _there_and_back(session, [File(f"내용 {place}.bin", data, "image/png") for place, data in enumerate(CONTENTS)])
    _there_and_back(session, [File(name, name.encode(), "text/plain; charset=utf-8") for name in NAMES])


def _there_and_back(session: Session, files: list[File]) -> None:
    ids = upload(session, *files)
    ids += [upload_base64(session, file) for file in files]
    for id in ids:
        download(session, id)
    for id in ids:
        delete_attachment(session, id)
    download(session, ids[0])
    delete_attachment(session, ids[-1])
    download(session, NOBODY)


def _data(length: int) -> bytes:
    return (EVERY_BYTE * (length // 256 + 1))[:length]


def _first(session: Session) -> str:
    """A file of any media type that the target takes. Raises `Unmet` when it takes none."""
    for file in (TEXT, PDF):
        stored = _stored(session, file)
        if stored:
            return stored[0]
    return upload(session, PNG)[0]


def _stored(session: Session, *files: File) -> list[str]:
    try:
        return upload(session, *files)
    except Unmet:
        return []


def _encoded(session: Session) -> list[str]:
    try:
        return [upload_base64(session, PNG)]
    except Unmet:
        return []
