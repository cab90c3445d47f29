"""A conversation with Entity Enricher as a recording would have it, judged exchange by exchange."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.suites.enricher_verification import CONTRACT, SUITE
from understudy.http import Request, Response
from understudy.verify.judge import Briefing
from understudy.verify.observation import Observation
from understudy.verify.reading import Verdict

GOOD, OTHER, NOTHING, FAILING = "ent_good_4Kd8", "ent_other_2Lm5", "ent_nothing_9Qs1", "ent_failing_8Bv3"
ROLES = {GOOD: "good", OTHER: "good", NOTHING: "no_permission", FAILING: "internal_error"}
COMPANY = {"type": "object", "properties": {"name": {"type": "string"}, "업종": {"type": "string"}}}
DELETE = "records/batch-delete"


class Conversation:
    """Exchanges as a recording would have them, judged in order."""

    def __init__(self, **limits: Any) -> None:
        self.judge = SUITE.judge(CONTRACT, Briefing(ROLES, limits))
        self.count = 0

    def say(
        self,
        method: str,
        path: str,
        body: Any,
        status: int,
        value: Any,
        *,
        key: str | None = GOOD,
        media_type: str = "application/json",
    ) -> dict[str, bool]:
        """One exchange; whether each clause that it bears on held."""
        headers = {} if key is None else {"x-api-key": key}
        sent = b"" if body is None else json.dumps(body).encode()
        if sent:
            headers["content-type"] = "application/json"
        content = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
        return self.exchange(
            Request(method, f"/api/{path}", headers, sent), Response(status, (("Content-Type", media_type),), content)
        )

    def exchange(self, request: Request, response: Response | None) -> dict[str, bool]:
        self.count += 1
        _, verdicts = self.judge.read(Observation(self.count, float(self.count), 0.1, request, response))
        return folded(verdicts)

    def schema(self, id: str, name: str, **parts: Any) -> dict[str, bool]:
        body = {"name": name, "schema_content": COMPANY}
        return self.say("POST", "schema/saved", body, 200, {"id": id, **body}, **parts)

    def batch(self, *records: str, key: str = GOOD) -> None:
        """A batch with an entity for each of ``records``, which its stream tells of."""
        entities = [{"name": record} for record in records]
        body = {"entities": entities, "schema_id": "s", "models": ["a::b"], "strategy": "multi_expertise"}
        job = f"job-{self.count:04}"
        self.say("POST", "enrichment/batch/start", body, 200, {"job_id": job}, key=key)
        events: list[dict[str, Any]] = []
        for place, record in enumerate(records):
            events += [
                {"type": "entity_started", "entity_index": place},
                {"type": "model_started", "model": "a::b"},
                {
                    "type": "model_completed",
                    "model": "a::b",
                    "result": {"name": record},
                    "record_id": record,
                    "cost": 0,
                },
                {"type": "entity_completed", "entity_index": place},
            ]
        lines = "".join(f"data: {json.dumps(event)}\n\n" for event in [*events, {"type": "completed"}])
        self.say("GET", f"llm/stream/{job}", None, 200, lines.encode(), key=key, media_type="text/event-stream")

    def record(self, id: str, status: int = 200, **parts: Any) -> dict[str, bool]:
        value = {"id": id, "structured_output": {"name": id}} if status == 200 else {"detail": "없습니다"}
        return self.say("GET", f"records/{id}", None, status, value, **parts)

    def records(self, query: str, ids: Sequence[str], **more: Any) -> dict[str, bool]:
        return self.say("GET", f"records?{query}", None, 200, {"records": [{"id": id} for id in ids], **more})

    def delete(self, *ids: str, status: int = 200, **parts: Any) -> dict[str, bool]:
        value = {"deleted": min(len(ids), 100)} if status == 200 else {"detail": "안 됩니다"}
        return self.say("POST", DELETE, {"ids": list(ids)}, status, value, **parts)

    def upload(self, id: str, data: bytes, **parts: Any) -> dict[str, bool]:
        body = {
            "content_base64": base64.b64encode(data).decode(),
            "filename": "파일 📎.txt",
            "media_type": "text/plain",
        }
        return self.say("POST", "attachments/base64", body, 200, {"id": id}, **parts)

    def download(self, id: str, data: bytes) -> dict[str, bool]:
        return self.say("GET", f"attachments/{id}/download", None, 200, data, media_type="text/plain")


def folded(verdicts: tuple[Verdict, ...]) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for verdict in verdicts:
        clause = verdict.clause.removeprefix("ee.")
        found[clause] = found.get(clause, True) and verdict.held
    return found


def broken(found: Mapping[str, bool]) -> set[str]:
    """The documented clauses that did not hold."""
    grades = {clause.id.removeprefix("ee."): clause.grade for clause in CONTRACT.clauses.values()}
    return {clause for clause, held in found.items() if not held and grades[clause] in ("documented", "example")}
