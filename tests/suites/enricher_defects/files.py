"""Defects in attachments: uploads, downloads and deletions."""

from __future__ import annotations

import base64
import json
from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from tests.suites.enricher_defects.forms import answering, without
from tests.suites.enricher_defects.registry import breaks
from tests.suites.enricher_provider import Provider
from tests.suites.enricher_provider.attachments import Part
from tests.suites.enricher_provider.things import Answer, Attachment, Call, Refused

# Bytes that are not those that were uploaded; which contents show it


class Mangling(Provider):
    def downloaded(self, entry: Attachment) -> bytes:
        return self.mangled(entry.data)

    @abstractmethod
    def mangled(self, data: bytes) -> bytes:
        """The bytes that are kept."""


BYTES: dict[str, tuple[bool, Callable[[bytes], bytes]]] = {
    "AddsALineAtTheEnd": (False, lambda data: data + b"\n"),
    "SendsFilesAsBase64": (False, base64.b64encode),
    "SendsFilesAsJson": (False, lambda data: json.dumps(data.decode("latin-1")).encode()),
    "SendsNothing": (False, lambda data: b""),
    "CutsTheLastByte": (False, lambda data: data[:-1]),
    "FillsUpEmptyFiles": (True, lambda data: data or b"\n"),
    "StripsBlanksAtTheEnds": (True, lambda data: data.strip()),
    "WritesLfForCrlf": (True, lambda data: data.replace(b"\r\n", b"\n")),
    "WritesCrlfForLf": (True, lambda data: data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")),
    "WritesLfForCr": (
        True,
        lambda data: data.replace(b"\r\n", b"\0\1").replace(b"\r", b"\n").replace(b"\0\1", b"\r\n"),
    ),
    "EndsFilesAtNul": (True, lambda data: data.split(b"\0")[0]),
    "LeavesNulOut": (True, lambda data: data.replace(b"\0", b"")),
    "MendsUtf8": (True, lambda data: data.decode("utf-8", "replace").encode()),
    "LeavesBrokenUtf8Out": (True, lambda data: data.decode("utf-8", "ignore").encode()),
    "DropsByteOrderMarks": (True, lambda data: data.removeprefix(b"\xef\xbb\xbf")),
    "CutsFilesAtSixtyFourKilobytes": (True, lambda data: data[:65_536]),
    "RepeatsTheFirstSixtyFourKilobytes": (True, lambda data: data[:65_536] * 2 if len(data) > 65_536 else data),
    "EndsFilesAtControlZ": (True, lambda data: data.split(b"\x1a")[0]),
    "SetsTheHighestBitToNought": (True, lambda data: bytes(byte & 0x7F for byte in data)),
}
for name, (rare, mangle) in BYTES.items():

    def mangled(self: Any, data: bytes, mangle: Callable[[bytes], bytes] = mangle) -> bytes:
        return mangle(data)

    breaks("download.bytes", rare=rare)(type(name, (Mangling,), {"mangled": mangled}))


@breaks("download.bytes", rare=True)
class EndsFilesAtTheirBoundary(Provider):
    """Two hyphens at the beginning of a line end a part."""

    def stored_bytes(self, data: bytes) -> bytes:
        return data.split(b"\r\n--")[0]


@breaks("download.bytes", rare=True)
class TakesPlusForABlank(Provider):
    """What comes as base64 was made by whoever read it as a form."""

    def decoded(self, content: str) -> bytes:
        clean = content.replace("+", "")
        return super().decoded(clean + "=" * (-len(clean) % 4))


@breaks("download.bytes", "delete-attachment.deletes", rare=True)
class DownloadsAFileOnce(Provider):
    def downloaded(self, entry: Attachment) -> bytes:
        data, entry.data = entry.data, b""
        return data


@breaks("download.bytes", "upload.files", rare=True)
class KeepsTheFirstBytesOfAName(Provider):
    """A file of a name that is taken has the bytes of the one before."""

    def store(self, call: Call, filename: str, media_type: str, data: bytes) -> Attachment:
        for entry in call.organisation.attachments.values():
            if entry.filename == filename:
                data = entry.data
        return super().store(call, filename, media_type, data)


# Uploads


@breaks("upload.files", "upload.multipart")
class TakesNoMultipart(Provider):
    def upload_attachments(self, call: Call) -> Answer:
        raise Refused(415, "JSON만 받습니다.")


@breaks("upload.files", rare=True)
class TakesOneFileOnly(Provider):
    def files(self, call: Call) -> list[Part]:
        return super().files(call)[:1]


@breaks("upload.files", rare=True)
class RefusesSeveralFiles(Provider):
    def files(self, call: Call) -> list[Part]:
        parts = super().files(call)
        if len(parts) > 1:
            raise Refused(400, "파일을 하나만 보내세요.")
        return parts


@breaks("download.bytes", "upload.files", "upload.array", rare=True)
class GivesAllFilesTheBytesOfTheLast(Provider):
    def files(self, call: Call) -> list[Part]:
        parts = super().files(call)
        return [part._replace(data=parts[-1].data) for part in parts]


@breaks("download.bytes", "upload.files", rare=True)
class SwapsTheBytesOfFiles(Provider):
    """Each file of an upload has the bytes of the next one."""

    def files(self, call: Call) -> list[Part]:
        parts = super().files(call)
        return [part._replace(data=parts[place - 1].data) for place, part in enumerate(parts)]


@breaks("download.bytes", "upload.files", rare=True)
class JoinsTheFilesOfAnUpload(Provider):
    def files(self, call: Call) -> list[Part]:
        parts = super().files(call)
        return [parts[0]._replace(data=b"".join(part.data for part in parts))] if parts else []


breaks("attachment.id", "upload.files", documented=False)(
    answering("AnswersUploadsWithoutIds", "upload_attachments", lambda value: [without("id")(entry) for entry in value])
)
breaks("upload.array", documented=False)(
    answering("AnswersUploadsInFiles", "upload_attachments", lambda value: {"files": value})
)


@breaks("upload-base64.json", "upload-base64.one")
class TakesNoBase64(Provider):
    def upload_attachment_base64(self, call: Call) -> Answer:
        raise Refused(404, "그런 경로가 없습니다.")


@breaks("upload-base64.same", "download.bytes")
class ForgetsWhatCameAsBase64(Provider):
    def upload_attachment_base64(self, call: Call) -> Answer:
        answer = super().upload_attachment_base64(call)
        call.organisation.attachments.popitem()
        return answer


@breaks("upload-base64.same", "download.bytes")
class KeepsBase64AsItCame(Provider):
    def decoded(self, content: str) -> bytes:
        super().decoded(content)
        return content.encode()


@breaks("upload-base64.same", "delete-attachment.deletes", rare=True)
class CannotDeleteWhatCameAsBase64(Provider):
    def __init__(self) -> None:
        super().__init__()
        self.encoded: set[str] = set()

    def upload_attachment_base64(self, call: Call) -> Answer:
        answer = super().upload_attachment_base64(call)
        self.encoded.add(next(reversed(call.organisation.attachments)))
        return answer

    def delete_attachment(self, call: Call) -> Answer:
        if call.id in self.encoded:
            raise Refused(400, "지울 수 없습니다.")
        return super().delete_attachment(call)


# Deletion


@breaks("delete-attachment.deletes")
class DeletesFilesInWordsOnly(Provider):
    def drop(self, call: Call, entry: Attachment) -> None:
        return


@breaks("delete-attachment.deletes")
class DeletesNoFiles(Provider):
    def delete_attachment(self, call: Call) -> Answer:
        raise Refused(405, "지울 수 없습니다.")


@breaks("delete-attachment.deletes", rare=True)
class EmptiesDeletedFiles(Provider):
    """What is deleted can still be downloaded; there is nothing in it."""

    def drop(self, call: Call, entry: Attachment) -> None:
        entry.data = b""


@breaks("delete-attachment.deletes", "download.bytes", rare=True)
class DeletesTheFileBefore(Provider):
    def drop(self, call: Call, entry: Attachment) -> None:
        ids = list(call.organisation.attachments)
        place = max(0, ids.index(entry.id) - 1)
        call.organisation.attachments.pop(ids[place])


@breaks("download.bytes", "delete-attachment.deletes", rare=True)
class DeletesAllFiles(Provider):
    """Which shows when one is deleted and another is read."""

    def drop(self, call: Call, entry: Attachment) -> None:
        call.organisation.attachments.clear()


@breaks("delete-attachment.after-enrichment", "delete-attachment.deletes", rare=True)
class KeepsFilesThatWereUsed(Provider):
    """A file that an enrichment was given cannot be deleted any more."""

    def delete_attachment(self, call: Call) -> Answer:
        used = [id for job in call.organisation.jobs.values() for id in job.asked.get("attachment_ids") or ()]
        if call.id in used:
            raise Refused(400, "쓰인 파일입니다.")
        return super().delete_attachment(call)


@breaks("delete-attachment.after-enrichment", "get-record.of-event", rare=True)
class DeletesRecordsWithTheirFiles(Provider):
    def drop(self, call: Call, entry: Attachment) -> None:
        super().drop(call, entry)
        for id, record in list(call.organisation.records.items()):
            if entry.id in record.more.get("attachment_ids", ()):
                del call.organisation.records[id]
