"""Defects in the options."""

from __future__ import annotations

from typing import Any

from tests.suites.enricher_defects.forms import answering, changed, each, without
from tests.suites.enricher_defects.registry import breaks
from tests.suites.enricher_provider import Provider
from tests.suites.enricher_provider.things import Answer, Call, Refused

# The options

for member, clause in (("models", "models"), ("languages", "languages"), ("strategies", "strategies")):
    dropped = answering(f"LeavesOut{member.capitalize()}", "get_options", without(member))
    breaks(f"options.{clause}")(dropped)
    emptied = answering(f"GivesNullFor{member.capitalize()}", "get_options", changed(**{member: None}))
    breaks(f"options.{clause}")(emptied)

breaks("options.model-keys", "model-key.form", "model-key.identifies", "options.models")(
    answering("ListsModelsWithoutKeys", "get_options", each("models", without("key")))
)
breaks("model-key.form", "model-key.identifies")(
    answering(
        "JoinsModelKeysWithOneColon", "get_options", each("models", changed(key=lambda key: key.replace("::", ":")))
    )
)
breaks("model-key.form", "model-key.identifies")(
    answering("ListsModelsWithoutProviders", "get_options", each("models", changed(key=lambda key: key.split("::")[1])))
)
breaks("model-key.form", "model-key.identifies")(
    answering(
        "ListsProvidersWithoutModels", "get_options", each("models", changed(key=lambda key: key.split("::")[0] + "::"))
    )
)


@breaks("options.model-keys", "enrichment.models", "error.bad-model-key", rare=True)
class ListsModelsItDoesNotTake(Provider):
    """Every listed model is told to be available, and one of them is refused as no model at all."""

    def check_model(self, model: Any) -> None:
        if model in ("openai::gpt-4o", "google::gemini-2.5-pro", "deepseek::deepseek-chat"):
            raise self.bad_model(model)
        super().check_model(model)


@breaks("options.bare-get")
class WantsALanguageForOptions(Provider):
    def get_options(self, call: Call) -> Answer:
        if "language" not in call.query:
            raise Refused(400, "language가 필요합니다.")
        return super().get_options(call)


@breaks("options.bare-get")
class WantsAContentTypeForOptions(Provider):
    def get_options(self, call: Call) -> Answer:
        if "content-type" not in call.request.headers:
            raise Refused(400, "Content-Type이 필요합니다.")
        return super().get_options(call)
