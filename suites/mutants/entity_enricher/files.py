"""Files: bytes that change on their way, and attachments that are mixed up, kept or lost."""

from __future__ import annotations

from collections.abc import Callable

from understudy.http import Response
from understudy.mutants import Asked, Behaviour, Forward, Memory
from understudy.mutants.changes import answered, value_of

from .common import asks, catalogue, clauses_of, done

UPLOADS = ("uploadAttachments", "uploadAttachmentBase64")
BYTES = clauses_of("download.bytes", "upload.files")
Spoil = Callable[[bytes], bytes]


def downloads(spoil: Spoil) -> Behaviour:
    def behave(asked: Asked, forward: Forward, memory: Memory) -> Response:
        response = forward(asked.request)
        if not done(asked, response, "downloadAttachment"):
            return response
        return response._replace(body=spoil(response.body))

    return behave


def decoded(data: bytes) -> bytes:
    """What is left of bytes that are taken for UTF-8."""
    return data.decode("utf-8", "replace").encode()


SPOILS: dict[str, tuple[str, Spoil, bool]] = {
    "cut": ("loses its last byte", lambda d: d[:-1], False),
    "more": ("ends in a line feed more", lambda d: d + b"\n", False),
    "lf": ("has LF for CR LF", lambda d: d.replace(b"\r\n", b"\n"), True),
    "crlf": ("has CR LF for every LF", lambda d: d.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), True),
    "cr": ("has LF for every CR", lambda d: d.replace(b"\r", b"\n"), True),
    "utf-8": ("is taken for UTF-8 text", decoded, True),
    "latin-1": ("is read as Latin-1 and written as UTF-8", lambda d: d.decode("latin-1").encode(), True),
    "no-bom": ("loses a byte order mark", lambda d: d.removeprefix(b"\xef\xbb\xbf"), True),
    "ascii": ("loses the highest bit of each byte", lambda d: bytes(b & 127 for b in d), True),
    "no-nul": ("loses NUL", lambda d: d.replace(b"\x00", b""), True),
    "to-nul": ("ends at the first NUL", lambda d: d.split(b"\x00")[0], True),
    "stripped": ("loses the white space at its ends", bytes.strip, True),
    "no-last-line": ("loses its last line end", lambda d: d.removesuffix(b"\n").removesuffix(b"\r"), True),
    "no-ff": ("loses the byte 255", lambda d: d.replace(b"\xff", b""), True),
    "ctrl-z": ("ends at the byte 26", lambda d: d.split(b"\x1a")[0], True),
    "4096": ("loses what follows 4,096 bytes", lambda d: d[:4096], True),
    "8192": ("loses what follows 8,192 bytes", lambda d: d[:8192], True),
    "65536": ("loses what follows 65,536 bytes", lambda d: d[:65536], True),
    "1024-exact": (
        "loses its last byte where its length is a multiple of 1,024",
        lambda d: d[: -(len(d) % 1024 == 0) or None],
        True,
    ),
    "doubled-1": ("comes twice where it is one byte long", lambda d: d * 2 if len(d) == 1 else d, True),
    "odd": ("loses its last byte where its length is odd", lambda d: d[:-1] if len(d) % 2 else d, True),
    "three": ("loses what base64 pads", lambda d: d[: len(d) // 3 * 3], True),
    "boundary": ("ends where two hyphens begin a line", lambda d: d.split(b"\r\n--")[0], True),
    "plus": ("has spaces for plus signs", lambda d: d.replace(b"+", b" "), True),
    "percent": ("has percent signs doubled", lambda d: d.replace(b"%", b"%%"), True),
}

for _name, (_what, _spoil, _rare) in SPOILS.items():
    catalogue.add(f"download.{_name}", "bytes", f"A downloaded file {_what}.", BYTES, downloads(_spoil), rare=_rare)


@catalogue.mutant("bytes", *BYTES, rare=True)
def gives_the_newest_file(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """Whatever file is asked for, the one that was downloaded first under this name of it is answered."""
    response = forward(asked.request)
    if not done(asked, response, "downloadAttachment"):
        return response
    name = response.header("content-disposition")
    kept: Response = memory.setdefault(name, response)
    return kept


@catalogue.mutant("bytes", *BYTES, rare=True)
def mixes_up_files_of_one_size(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A file with the same beginning as one before is taken for that one."""
    response = forward(asked.request)
    if not done(asked, response, "downloadAttachment") or not response.body:
        return response
    first: bytes = memory.setdefault(response.body[:16], response.body)
    return response._replace(body=first)


@catalogue.mutant("bytes", *BYTES, rare=True)
def spoils_the_second_download(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """From the third download on, the first byte is another."""
    response = forward(asked.request)
    if not done(asked, response, "downloadAttachment"):
        return response
    memory["count"] = memory.get("count", 0) + 1
    data = response.body
    return response._replace(body=bytes([data[0] ^ 1]) + data[1:]) if memory["count"] > 2 and data else response


@catalogue.mutant("deletion", *clauses_of("delete-attachment.deletes"), rare=True)
def forgets_to_delete(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A deletion is answered and not done."""
    if asked.does != "deleteAttachment":
        return forward(asked.request)
    there = forward(asks(asked, "GET", f"{asked.request.path}/download"))
    if there.status != 200 or asked.request.path in memory:
        return forward(asked.request)
    memory[asked.request.path] = True
    return answered(200, {"id": asked.request.path.rpartition("/")[2], "filename": "file", "success": True})


@catalogue.mutant("deletion", *clauses_of("delete-attachment.deletes"), rare=True)
def downloads_what_is_deleted(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """A file that was downloaded once is downloaded after its deletion, too."""
    response = forward(asked.request)
    if asked.does != "downloadAttachment":
        return response
    if response.status == 200:
        memory[asked.request.path] = response
    kept: Response = memory.get(asked.request.path, response) if response.status == 404 else response
    return kept


@catalogue.mutant("deletion", *clauses_of("delete-attachment.after-enrichment", "delete-attachment.deletes"), rare=True)
def keeps_what_was_used(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """An attachment that an enrichment was given cannot be deleted."""
    if asked.does in ("startEnrichment", "enrich", "startBatch") and isinstance(asked.body, dict):
        memory.setdefault("used", set()).update(text for text in _texts(asked.body))
    if asked.does == "deleteAttachment" and asked.request.path.rpartition("/")[2] in memory.get("used", ()):
        return answered(409, {"detail": "The attachment is in use."})
    return forward(asked.request)


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for entry in value.values() for text in _texts(entry)]
    if isinstance(value, list):
        return [text for entry in value for text in _texts(entry)]
    return [value] if isinstance(value, str) else []


@catalogue.mutant("deletion", *clauses_of("delete-attachment.after-enrichment", "get-record.whole"), rare=True)
def loses_records_with_files(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """After an attachment is deleted, records that were read before are gone."""
    response = forward(asked.request)
    if done(asked, response, "getRecord"):
        memory.setdefault("read", []).append(asked.request.path.rpartition("/")[2])
    if done(asked, response, "deleteAttachment") and memory.get("read"):
        forward(asks(asked, "POST", "/api/records/batch-delete", {"ids": memory["read"][-90:]}))
    return response


@catalogue.mutant("identity", *clauses_of("upload.files", "download.bytes"), rare=True)
def keeps_one_of_two(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """Of several files of one upload the last is kept alone."""
    response = forward(asked.request)
    value = value_of(response)
    if done(asked, response, "uploadAttachments") and isinstance(value, list) and len(value) > 1:
        for entry in value[:-1]:
            forward(asks(asked, "DELETE", f"/api/attachments/{entry['id']}"))
    return response


@catalogue.mutant("identity", *clauses_of("upload.files", "download.bytes"), rare=True)
def answers_the_upload_before(asked: Asked, forward: Forward, memory: Memory) -> Response:
    """Every third upload is answered with what was uploaded before it."""
    response = forward(asked.request)
    if not done(asked, response, *UPLOADS):
        return response
    before: Response = memory.get(asked.does, response)
    memory[asked.does] = response
    memory["count"] = memory.get("count", 0) + 1
    return response if memory["count"] % 3 else before
