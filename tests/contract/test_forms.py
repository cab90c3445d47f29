"""Uploads as multipart/form-data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.contract.bodies import BodyError
from understudy.contract.forms import MAX_PARTS, Part, decode_form


def form(*parts: tuple[str, bytes], boundary: str = "B") -> bytes:
    heads = (f"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + data for head, data in parts)
    return b"\r\n".join(heads) + f"\r\n--{boundary}--\r\n".encode()


def test_parts_keep_their_order_names_and_every_byte() -> None:
    nasty = b"\r\n--B\r\r\n--C--\x00\xff"
    body = form(
        ('name="files"; filename="보고서 👩‍👩‍👧.txt"\r\nContent-Type: text/plain', nasty),
        ('name="note"', "각".encode()),
    )
    body = body.replace(b"\r\n--B\r\r\n", b"\r\n--\r\r\n")
    read = decode_form(body, "multipart/form-data; boundary=B")
    assert read.parts == (
        Part("files", "보고서 👩‍👩‍👧.txt", "text/plain", nasty.replace(b"--B", b"--")),
        Part("note", None, "", "각".encode()),
    )
    assert read.as_json(frozenset(("files",))) == {"files": ["보고서 👩‍👩‍👧.txt"], "note": "각"}
    assert [part.name for part in read.named("note")] == ["note"]


@given(data=st.binary(max_size=3000))
def test_any_bytes_travel(data: bytes) -> None:
    boundary = "understudy-boundary-that-no-random-bytes-hold"
    body = form(('name="files"; filename="f"', data), boundary=boundary)
    assert decode_form(body, f"multipart/form-data; boundary={boundary}").parts[0].data == data


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "multipart/form-data; boundary=B"),
        (form(('name="files"', b"x")), "multipart/form-data"),
        (form(('name="files"', b"x")), "multipart/form-data; boundary=C"),
        (form(('name="files"', b"x"))[:-4], "multipart/form-data; boundary=B"),
        (form(('filename="x"', b"x")), "multipart/form-data; boundary=B"),
        (b"\xff" * 1000, "multipart/form-data; boundary=B"),
        (form(*[('name="a"', b"")] * (MAX_PARTS + 1)), "multipart/form-data; boundary=B"),
    ],
)
def test_what_is_no_whole_form_is_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(BodyError, match="multipart/form-data"):
        decode_form(body, content_type)


@given(body=st.binary(max_size=500))
def test_garbage_never_crashes(body: bytes) -> None:
    try:
        form = decode_form(b"--B\r\n" + body, "multipart/form-data; boundary=B")
    except BodyError:
        return
    assert sum(len(part.data) for part in form.parts) <= len(body)
