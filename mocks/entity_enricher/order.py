"""What an enrichment is asked for, looked up and resolved; the options that it chooses from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from understudy import Call

from .enriching import chosen_strategy
from .refusals import (
    BadModelKey,
    TooManyEntities,
    TooManyModels,
    UnknownAttachment,
    UnknownLanguage,
    UnknownSchema,
)
from .state import SavedSchema, State
from .timeline import Order

MODELS = {
    "anthropic::claude-sonnet-4-5-20250514": "Claude Sonnet 4.5",
    "openai::gpt-4o": "GPT-4o",
    "google::gemini-2.5-pro": "Gemini 2.5 Pro",
    "deepseek::deepseek-chat": "DeepSeek Chat",
}
"""The four keys of the document, and what people call them. All are available."""
LANGUAGES = {
    "en": "English",
    "ko": "한국어",
    "ja": "日本語",
    "zh": "中文",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
}
STRATEGIES = {
    "auto": "The service chooses by the schema",
    "single_pass": "One request for the whole schema",
    "expert_domains": "One request for each domain of expertise of the schema",
    "multi_expertise": "One request for each domain of expertise, each with what the ones before it found",
}
AUTO = "auto"


def options() -> dict[str, Any]:
    return {
        "models": [{"key": key, "is_available": True, "display_name": name} for key, name in MODELS.items()],
        "languages": LANGUAGES,
        "strategies": [{"name": name, "description": text} for name, text in STRATEGIES.items()],
    }


def ordered(state: State, call: Call, entities: int = 1) -> Order:
    """The enrichment that a call asks for. What it names wrongly is refused, in the order of the contract's errors."""
    body, limits = call.body, call.limits
    named, arbiter, classifier = body["models"], body.get("arbitration_model"), body.get("classification_model")
    models, chosen = resolved(named)
    for other in (arbiter, classifier):
        if other is not None:
            available(other)
    languages = body.get("languages", ["en"])
    for code in languages:
        if code not in LANGUAGES:
            raise UnknownLanguage(f"{code!r} is not a language of the options.")
    if exceeds(len(named), limits["job_models"]):
        raise TooManyModels
    if exceeds(entities, limits["batch_entities"]):
        raise TooManyEntities
    schema = saved_schema(state, body["schema_id"])
    attachment_ids = list(dict.fromkeys(body.get("attachment_ids", ())))
    if any(id not in state.attachments for id in attachment_ids):
        raise UnknownAttachment
    strategy = chosen_strategy(schema.content, body.get("strategy", "single_pass"))
    if body.get("strategy") == AUTO:
        chosen.insert(0, ("strategy_selected", {"strategy": strategy}))
    files = [state.attachments[id].data for id in attachment_ids]
    languages = list(dict.fromkeys(languages))
    seed = call.stage.seed
    return Order(
        schema.id, schema.content, models, strategy, languages, arbiter, classifier, attachment_ids, files, seed, chosen
    )


def resolved(named: Iterable[str]) -> tuple[list[str], list[tuple[str, dict[str, Any]]]]:
    """The models that work, each once, and the events that tell what was chosen for auto."""
    given = list(named)
    for key in given:
        if key != AUTO:
            available(key)
    choice = next((key for key in MODELS if key not in given), next(iter(MODELS)))
    models = list(dict.fromkeys(choice if key == AUTO else key for key in given))
    return models, [("model_auto_selected", {"model": choice})] if AUTO in given else []


def available(key: str) -> None:
    if key not in MODELS:
        raise BadModelKey(f"{key!r} names no available model; GET /api/enrichment/options lists those.")


def saved_schema(state: State, schema_id: str) -> SavedSchema:
    schema = state.schemas.get(schema_id)
    if schema is None:
        raise UnknownSchema
    return schema


def exceeds(count: int, most: int | None) -> bool:
    return most is not None and count > most
