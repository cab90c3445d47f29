"""Other ways to keep files."""

from __future__ import annotations

from tests.suites.enricher_defects.forms import answering
from tests.suites.enricher_provider import Provider
from tests.suites.enricher_provider.things import Answer, Attachment, Call, Refused
from tests.suites.enricher_variants.registry import lawful, lawful_in_mocks

# Attachments

lawful(
    answering(
        "WrapsAttachments", ("upload_attachments", "upload_attachment_base64"), lambda value: {"attachments": value}
    )
)
lawful(answering("AnswersBase64WithAList", "upload_attachment_base64", lambda value: [value]))
lawful(answering("ConfirmsDeletionOfFiles", "delete_attachment", lambda value: {"message": "지웠습니다."}))


lawful(answering("AnswersUploadsInAnotherOrder", "upload_attachments", lambda value: value[::-1]))


@lawful
class TakesSmallFilesOnly(Provider):
    def store(self, call: Call, filename: str, media_type: str, data: bytes) -> Attachment:
        if len(data) > 50_000:
            raise Refused(413, "파일이 너무 큽니다.")
        return super().store(call, filename, media_type, data)


@lawful
class TakesNoEmptyFiles(Provider):
    def store(self, call: Call, filename: str, media_type: str, data: bytes) -> Attachment:
        if not data:
            raise Refused(400, "빈 파일입니다.")
        return super().store(call, filename, media_type, data)


@lawful
class TakesTextOnly(Provider):
    """Files of other media types than text, or of no text, are refused."""

    def store(self, call: Call, filename: str, media_type: str, data: bytes) -> Attachment:
        try:
            plain = media_type.startswith("text/") and "\0" not in data.decode()
        except UnicodeDecodeError:
            plain = False
        if not plain:
            raise Refused(400, "글만 받습니다.")
        return super().store(call, filename, media_type, data)


@lawful_in_mocks
class KeepsOneOfTheSame(Provider):
    """Files with the same bytes are one attachment, whatever they are called."""

    def store(self, call: Call, filename: str, media_type: str, data: bytes) -> Attachment:
        for entry in call.organisation.attachments.values():
            if entry.data == data:
                return entry
        return super().store(call, filename, media_type, data)


@lawful
class NamesFilesItself(Provider):
    """Names are made harmless, and media types guessed."""

    def store(self, call: Call, filename: str, media_type: str, data: bytes) -> Attachment:
        return super().store(call, f"file-{len(data)}.bin", "application/octet-stream", data)

    def download_headers(self, entry: Attachment) -> tuple[tuple[str, str], ...]:
        return (("Content-Type", "binary/octet-stream"),)


@lawful
class ShowsFilesInTheBrowser(Provider):
    def download_headers(self, entry: Attachment) -> tuple[tuple[str, str], ...]:
        return (("Content-Type", "text/plain; charset=utf-8"), ("Content-Disposition", "inline"))


@lawful
class DeletesWhatIsGone(Provider):
    """Deleting is done when it is done: a second time it is no error."""

    def delete_attachment(self, call: Call) -> Answer:
        if call.id not in call.organisation.attachments:
            return 200, {"success": True}
        return super().delete_attachment(call)
