"""Other ids, other JSON, other members; other options."""

from __future__ import annotations

import json
from typing import Any

from tests.suites.enricher_defects.forms import answering, changed, each, without
from tests.suites.enricher_provider import Provider
from tests.suites.enricher_provider.things import Refused, Schema
from tests.suites.enricher_variants.registry import lawful, lawful_in_mocks
from understudy.http import Request, Response

# Ids


@lawful
class GivesNumbersAsTexts(Provider):
    """Every kind of thing is counted for itself, so that a schema and a record may have the same id."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: dict[str, int] = {}

    def new_id(self, kind: str) -> str:
        self.count += 1
        self.numbers[kind] = self.numbers.get(kind, 0) + 1
        return str(self.count if kind == "key" else self.numbers[kind])


@lawful
class GivesLongIds(Provider):
    def new_id(self, kind: str) -> str:
        return f"{kind}_{super().new_id(kind)}_{'x' * 200}"


@lawful
class GivesIdsInKorean(Provider):
    def new_id(self, kind: str) -> str:
        return f"가나 {super().new_id(kind)} 😀"


@lawful
class GivesIdsWithSigns(Provider):
    def new_id(self, kind: str) -> str:
        return f"{kind}:{super().new_id(kind)}+a=b~c%20!"


# JSON


@lawful
class SaysMore(Provider):
    def render(self, request: Request, status: int, value: Any) -> Response:
        return super().render(
            request, status, {"_links": None, **value, "여분": 1} if isinstance(value, dict) else value
        )

    def framed(self, event: Any) -> bytes:
        return super().framed({"seq": 3, **event, "여분": {"a": [None]}})


@lawful
class SaysWhatIsNeeded(Provider):
    """Of what only clients know nothing is told."""

    def schema_entry(self, schema: Schema) -> Any:
        return {"id": schema.id, "name": schema.name}

    def envelope(self, records: list[Any], total: int, page: int, size: int) -> Any:
        return {"records": [{"id": record["id"]} for record in records]}

    def details(self, record: Any) -> Any:
        return {"structured_output": record.output}

    def stamped(self, job: Any, event: Any) -> Any:
        named = ("type", "model", "success", "result", "record_id", "cost", "entity_index", "partial_result", "job_id")
        return {name: event[name] for name in named if name in event}

    def started(self, job: Any) -> Any:
        return {"job_id": job.id}

    def started_schema_job(self, job: Any) -> Any:
        return {"job_id": job.id}

    def changed(self, job: Any, status: str) -> Any:
        return {"message": "네"}


@lawful
class WritesJsonOtherwise(Provider):
    def written(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()

    def json_headers(self) -> tuple[tuple[str, str], ...]:
        return (("content-type", 'Application/JSON; charset="UTF-8"'), ("X-Request-Id", "가"))


@lawful
class WritesJsonOnManyLines(Provider):
    def render(self, request: Request, status: int, value: Any) -> Response:
        body = json.dumps(value, ensure_ascii=False, indent=4).encode() + b"\n"
        return super().render(request, status, value)._replace(body=body)


@lawful
class CountsTimeInSeconds(Provider):
    """Times are numbers."""

    def summary_of(self, record: Any) -> Any:
        return {**super().summary_of(record), "created_at": int(record.created_at)}

    def schema_entry(self, schema: Schema) -> Any:
        return {**super().schema_entry(schema), "created_at": int(schema.created_at), "updated_at": None}


# Options

lawful(
    answering(
        "ListsModelsAsTexts",
        "get_options",
        changed(
            models=lambda models: [model["key"] for model in models],
            languages=list,
            strategies=lambda entries: [entry["name"] for entry in entries],
        ),
    )
)
lawful(
    answering(
        "ListsModelsByProvider",
        "get_options",
        changed(models=lambda models: {model["key"].split("::")[0]: [model] for model in models}),
    )
)
lawful(answering("NamesModelsOnly", "get_options", each("models", without("is_available", "display_name"))))


class Serving(Provider):
    """Has other models than those that the document mentions."""

    served: tuple[str, ...] = ("local::라마-3", "mistral::mistral-large")

    def models(self) -> dict[str, str]:
        return {key: key.split("::")[1] for key in self.served}


@lawful
class HasOtherModels(Serving):
    def check_model(self, model: Any) -> None:
        if model == "auto":
            raise self.bad_model(model)
        super().check_model(model)


@lawful
class HasOneModel(Serving):
    served = ("openai::gpt-4o",)


@lawful
class HasModelsThatAreNotAvailable(Provider):
    """They are listed all the same, and refused."""

    off = ("anthropic::claude-sonnet-4-5-20250514", "google::gemini-2.5-pro")

    def model_option(self, key: str, name: str) -> Any:
        return {**super().model_option(key, name), "is_available": key not in self.off}

    def check_model(self, model: Any) -> None:
        super().check_model(model)
        if model in self.off:
            raise self.bad_model(model)


@lawful_in_mocks
class TakesNewModelsItDoesNotList(Provider):
    """A model key that has the form is tried; whether there is such a model shows in the job."""

    def check_model(self, model: Any) -> None:
        provider, colons, name = model.partition("::") if isinstance(model, str) else ("", "", "")
        if model != "auto" and not (provider and colons and name):
            raise self.bad_model(model)

    def fails(self, entity: Any, model: str) -> bool:
        return model not in self.models() or super().fails(entity, model)


@lawful
class KnowsFewStrategies(Provider):
    def options(self) -> Any:
        return {**super().options(), "strategies": [{"name": "multi_expertise", "label": "여러 전문가"}]}

    def strategy(self, body: dict[str, Any]) -> str:
        if body.get("strategy") not in (None, "multi_expertise"):
            raise Refused(400, "그런 전략이 없습니다.")
        return "multi_expertise"


@lawful
class KnowsMoreStrategies(Provider):
    def strategy(self, body: dict[str, Any]) -> str:
        return "multi_expertise" if body.get("strategy") == "깊이 생각하기" else super().strategy(body)

    def options(self) -> Any:
        value = super().options()
        return {**value, "strategies": [{"name": "깊이 생각하기"}, *value["strategies"]]}


@lawful_in_mocks
class NeedsAStrategy(Provider):
    def strategy(self, body: dict[str, Any]) -> str:
        if "strategy" not in body:
            raise self.lacking("strategy")
        return super().strategy(body)
