"""What an enrichment may be asked for, and how it is refused."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.suites.enricher_provider.jobs import Jobs
from tests.suites.enricher_provider.things import Answer, Call, Refused, Schema

MODELS = {
    "anthropic::claude-sonnet-4-5-20250514": "Claude Sonnet 4.5",
    "openai::gpt-4o": "GPT-4o",
    "google::gemini-2.5-pro": "Gemini 2.5 Pro",
    "deepseek::deepseek-chat": "DeepSeek 챗",
}
STRATEGIES = {
    "auto": "알아서 고릅니다",
    "single_pass": "한 번에 묻습니다",
    "expert_domains": "분야마다 묻습니다",
    "multi_expertise": "여러 전문가에게 묻습니다 🧑\u200d🔬",
}
LANGUAGES = {"en": "English", "ko": "한국어", "ja": "日本語"}


class Asked(NamedTuple):
    """An enrichment that was asked for lawfully. ``arbiter`` is None where nothing is to be fused."""

    body: dict[str, Any]
    schema: Schema
    models: list[str]
    strategy: str
    arbiter: str | None


class Asking(Jobs):
    """The options, and the checks of what is asked for."""

    def get_options(self, call: Call) -> Answer:
        return 200, self.options()

    def options(self) -> Any:
        return {
            "models": [self.model_option(key, name) for key, name in self.models().items()],
            "languages": dict(LANGUAGES),
            "strategies": [{"name": name, "description": text} for name, text in STRATEGIES.items()],
        }

    def models(self) -> dict[str, str]:
        return MODELS

    def model_option(self, key: str, name: str) -> Any:
        return {"key": key, "is_available": True, "display_name": name}

    def asked(self, call: Call, subject: str) -> Asked:
        """What is asked for; ``subject`` is the member for what is enriched."""
        body = self.body(call)
        self.check_subject(body, subject)
        schema_id = self.member(body, "schema_id", str)
        models = self.chosen(self.member(body, "models", list))
        strategy = self.strategy(body)
        arbiter = self.model_in(body, "arbitration_model")
        self.model_in(body, "classification_model")
        self.check_languages(self.member(body, "languages", list, missing=["en"]))
        schema = self.schema_to_use(call, schema_id)
        for id in self.member(body, "attachment_ids", list, missing=[]):
            if id not in call.organisation.attachments:
                raise Refused(404, "그런 첨부 파일이 없습니다.")
        return Asked(body, schema, models, strategy, arbiter)

    def schema_to_use(self, call: Call, id: str) -> Schema:
        if id not in call.organisation.schemas:
            raise self.no_schema()
        return call.organisation.schemas[id]

    def no_schema(self) -> Refused:
        return Refused(404, "그런 스키마가 없습니다.")

    def check_subject(self, body: dict[str, Any], subject: str) -> None:
        entities = self.member(body, subject, list if subject == "entities" else dict)
        for entity in entities if subject == "entities" else [entities]:
            if not isinstance(entity, dict) or not entity:
                raise self.mistyped(subject)
        if not entities:
            raise self.mistyped(subject)
        if subject == "entities" and len(entities) > self.most_entities():
            raise Refused(400, "엔터티가 너무 많습니다.")

    def most_entities(self) -> int:
        return 100

    def chosen(self, models: list[Any]) -> list[str]:
        """The models that work, each once."""
        if not models:
            raise self.lacking("models")
        for model in models:
            self.check_model(model)
        named = dict.fromkeys(next(iter(self.models())) if model == "auto" else model for model in models)
        return list(named)

    def check_model(self, model: Any) -> None:
        if not isinstance(model, str):
            raise self.mistyped("models")
        if model != "auto" and model not in self.models():
            raise self.bad_model(model)

    def bad_model(self, model: str) -> Refused:
        return Refused(400, f"{model}: 그런 모델 키가 없습니다.")

    def model_in(self, body: dict[str, Any], name: str) -> str | None:
        model = self.member(body, name, str, missing=None)
        if model is None:
            return None
        self.check_model(model)
        return str(model)

    def strategy(self, body: dict[str, Any]) -> str:
        strategy = self.member(body, "strategy", str, missing="single_pass")
        if strategy not in STRATEGIES:
            raise Refused(400, "그런 전략이 없습니다.")
        return "multi_expertise" if strategy == "auto" else strategy

    def check_languages(self, languages: list[Any]) -> None:
        if not languages or any(language not in LANGUAGES for language in languages):
            raise Refused(400, "그런 언어가 없습니다.")
