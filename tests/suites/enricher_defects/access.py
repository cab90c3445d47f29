"""Defects in keys, in what they permit, and in who sees what."""

from __future__ import annotations

from typing import Any

from tests.suites.enricher_defects.forms import answering, camel, changed, without
from tests.suites.enricher_defects.registry import breaks
from tests.suites.enricher_provider import OPERATIONS, Provider
from tests.suites.enricher_provider.things import Answer, Call, Key, Organisation, Refused, Watching
from tests.suites.enricher_provider.wire import KEYS
from understudy.http import Request


def anybody(self: Provider, operation: str | None) -> Key:
    """The key that is taken in the place of one that is missing or wrong: the newest that may do everything."""
    self.known_key(KEYS["good"][0])
    return [key for key in self.keys.values() if len(key.scopes) == 2][-1]


def lets_in_without(name: str) -> type[Provider]:
    def key(self: Any, value: str | None, operation: str | None) -> Key:
        return anybody(self, operation) if not value and operation == name else Provider.key(self, value, operation)

    return type(f"NeedsNoKeyTo{camel(name)}", (Provider,), {"key": key})


def lets_in_wrong(name: str) -> type[Provider]:
    def key(self: Any, value: str | None, operation: str | None) -> Key:
        wrong = bool(value) and self.known_key(value) is None and operation == name
        return anybody(self, operation) if wrong else Provider.key(self, value, operation)

    return type(f"TakesAnyKeyTo{camel(name)}", (Provider,), {"key": key})


def lets_in_forbidden(name: str) -> type[Provider]:
    def permits(self: Any, key: Key, operation: str | None) -> bool:
        return operation == name or Provider.permits(self, key, operation)

    return type(f"PermitsAllTo{camel(name)}", (Provider,), {"permits": permits})


for operation in OPERATIONS:
    short = operation.endswith("_short")  # the document does not have these spellings: only mocks of ours are asked
    breaks("error.missing-key", "auth.required", costly=short)(lets_in_without(operation))
    breaks("error.wrong-key", "auth.required", costly=short)(lets_in_wrong(operation))
    breaks("error.forbidden", "auth.kinds", costly=short)(lets_in_forbidden(operation))


# How keys are refused


class RefusesOtherwise(Provider):
    """Refuses keys with other statuses than the document's: without one, with a wrong one, without permission."""

    missing, wrong, forbids = 401, 401, 403

    def no_key(self, operation: str | None) -> Refused:
        return Refused(self.missing, "키가 없습니다.")

    def wrong_key(self, operation: str | None) -> Refused:
        return Refused(self.wrong, "키가 틀렸습니다.")

    def forbidden(self, operation: str | None) -> Refused:
        return Refused(self.forbids, "권한이 없습니다.")


for code in (400, 403, 404, 422, 500):
    breaks("error.missing-key")(type(f"Answers{code}WithoutAKey", (RefusesOtherwise,), {"missing": code}))
    breaks("error.wrong-key")(type(f"Answers{code}ToAWrongKey", (RefusesOtherwise,), {"wrong": code}))
for code in (400, 401, 404, 500):
    breaks("error.forbidden")(type(f"Answers{code}WithoutPermission", (RefusesOtherwise,), {"forbids": code}))


@breaks("error.missing-key", rare=True)
class Answers403WithoutAKeyToDelete(Provider):
    def no_key(self, operation: str | None) -> Refused:
        return Refused(403 if operation == "delete_attachment" else 401, "키가 없습니다.")


@breaks("error.wrong-key", rare=True)
class Answers404ToAWrongKeyOnStreams(Provider):
    def wrong_key(self, operation: str | None) -> Refused:
        return Refused(404 if operation == "stream_job" else 401, "키가 틀렸습니다.")


@breaks("error.wrong-key", "auth.required", rare=True)
class TakesTheBeginningOfAKey(Provider):
    def known_key(self, value: str) -> Key | None:
        longer = [known for known in (*KEYS["good"], *self.keys) if len(value) > 8 and known.startswith(value)]
        return super().known_key(longer[0] if longer else value)


@breaks("auth.header", "error.wrong-key", "auth.required", "error.missing-key")
class ReadsTheKeyFromAuthorization(Provider):
    """Only the stream's: everything else would be refused, and nothing be judged."""

    def presented(self, request: Request) -> str | None:
        if "/llm/stream/" in request.path:
            return request.headers.get("authorization", "").removeprefix("Bearer ")
        return super().presented(request)


@breaks("auth.on-stream", "auth.header", "job.stream")
class WantsTheKeyOfAStreamInTheQuery(Provider):
    def presented(self, request: Request) -> str | None:
        if "/llm/stream/" in request.path:
            return dict(pair.partition("=")[::2] for pair in request.query.split("&")).get("api_key")
        return super().presented(request)


@breaks("auth.required", "error.missing-key", rare=True)
class TrustsWhoHasCalledBefore(Provider):
    """An address that had a good key once needs none for its streams."""

    trusted: Key | None = None

    def key(self, value: str | None, operation: str | None) -> Key:
        if not value and self.trusted is not None and self.calls > 3 and operation == "stream_job":
            return self.trusted
        found = super().key(value, operation)
        self.trusted = found
        return found


# Keys that are created


@breaks("create-api-key.creates")
class CreatesNoKeys(Provider):
    def create_api_key(self, call: Call) -> Answer:
        raise Refused(404, "그런 경로가 없습니다.")


breaks("auth.form")(answering("GivesKeysOfAnotherForm", "create_api_key", changed(key=lambda key: f"sk-{key[4:]}")))
breaks("create-api-key.key", documented=False)(answering("HidesTheKey", "create_api_key", without("key")))


@breaks("create-api-key.creates", "create-api-key.works", documented=False)
class ForgetsKeys(Provider):
    def create_api_key(self, call: Call) -> Answer:
        answer = super().create_api_key(call)
        self.keys.clear()
        return answer


@breaks("create-api-key.works", "auth.scopes", "error.forbidden-write", documented=False, rare=True, costly=True)
class GivesKeysThatWriteToo(Provider):
    def granted(self, scopes: list[str]) -> frozenset[str]:
        return frozenset({"read", "write"})


@breaks("error.forbidden-write", documented=False)
class LetsReadersWrite(Provider):
    def scope(self, operation: str) -> str:
        return "read"


@breaks("error.forbidden-write", documented=False, rare=True, costly=True)
class LetsReadersDeleteRecords(Provider):
    def scope(self, operation: str) -> str:
        return "read" if operation == "delete_records" else super().scope(operation)


# Who sees what


@breaks("auth.isolation", "auth.organisation", documented=False)
class SharesEverything(Provider):
    def organisation_of(self, key: str) -> str:
        return "everybody"


class Leaking(Provider):
    """Finds in other organisations what the one that asks has not."""

    def anywhere(self, call: Call, shelf: str) -> Organisation:
        holders = [entry for entry in self.organisations.values() if call.id in getattr(entry, shelf)]
        return holders[0] if holders else call.organisation


@breaks("auth.isolation", "auth.organisation", documented=False, rare=True)
class ShowsRecordsToOthers(Leaking):
    def get_record(self, call: Call) -> Answer:
        return super().get_record(call._replace(organisation=self.anywhere(call, "records")))


@breaks("auth.isolation", "auth.organisation", documented=False, rare=True)
class ShowsFilesToOthers(Leaking):
    def download_attachment(self, call: Call) -> Answer:
        return super().download_attachment(call._replace(organisation=self.anywhere(call, "attachments")))


@breaks("auth.isolation", "auth.organisation", documented=False, rare=True)
class LetsOthersDeleteFiles(Leaking):
    def delete_attachment(self, call: Call) -> Answer:
        return super().delete_attachment(call._replace(organisation=self.anywhere(call, "attachments")))


@breaks("auth.isolation", "auth.organisation", "auth.required", documented=False, rare=True)
class LetsOthersDeleteRecords(Provider):
    def delete_records(self, call: Call) -> Answer:
        named = self.body(call).get("ids")
        for other in self.organisations.values():
            for id in named if isinstance(named, list) else ():
                other.records.pop(str(id), None)
        return 200, {"deleted": 0, "not_found": []}


@breaks("auth.isolation", "auth.organisation", documented=False, rare=True)
class ShowsJobsToOthers(Leaking):
    def stream_job(self, call: Call) -> Answer:
        answer = super().stream_job(call._replace(organisation=self.anywhere(call, "jobs")))
        assert isinstance(answer, Watching)
        return answer


@breaks("auth.isolation", "auth.organisation", documented=False, rare=True)
class ListsRecordsOfAll(Provider):
    def list_records(self, call: Call) -> Answer:
        every = {id: record for entry in self.organisations.values() for id, record in entry.records.items()}
        return super().list_records(call._replace(organisation=Organisation("all", records=every)))


@breaks("auth.isolation", "auth.organisation", documented=False, rare=True)
class ListsSchemasOfAll(Provider):
    def list_schemas(self, call: Call) -> Answer:
        every = {id: schema for entry in self.organisations.values() for id, schema in entry.schemas.items()}
        return super().list_schemas(call._replace(organisation=Organisation("all", schemas=every)))
