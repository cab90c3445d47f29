"""Secret members: found in a contract's schemas wherever they stand, and taken out of bodies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from understudy.contract import Contract, contract_of
from understudy.contract.secrets import Secrets, without

SECRET = {"type": "string", "x-secret": True}
KEYED = {"type": "object", "properties": {"key": {"$ref": "#/components/schemas/Key"}, "이름": {"type": "string"}}}


def secrets_of(asked: Any, told: Any) -> Secrets:
    def json_of(schema: Any) -> dict[str, Any]:
        return {"content": {"application/json": {"schema": schema}}, "description": "x"}

    operation = {"operationId": "op", "requestBody": json_of(asked), "responses": {"200": json_of(told), "400": {}}}
    document = {
        "x-sources": {},
        "x-clauses": {},
        "x-credentials": {"roles": {}},
        "paths": {"/x": {"post": operation}},
        "components": {"schemas": {"Key": SECRET, "Keyed": KEYED}},
    }
    contract: Contract = contract_of("s", document, Path("s.yaml"))
    return Secrets(contract, contract.operations["op"])


@pytest.mark.parametrize(
    ("schema", "body", "expected"),
    [
        (KEYED, {"key": "비밀", "이름": "세종"}, {"key": "-", "이름": "세종"}),
        (KEYED, {"이름": "key"}, {"이름": "key"}),
        (KEYED, [{"key": "비밀"}], [{"key": "비밀"}]),
        ({"type": "array", "items": KEYED}, [{"key": "비밀"}, {"key": 7}], [{"key": "-"}, {"key": "-"}]),
        ({"additionalProperties": SECRET}, {"a": "비밀", "😀": ["비밀"]}, {"a": "-", "😀": "-"}),
        ({"allOf": [{"properties": {"in": KEYED}}]}, {"in": {"key": {"깊은": "비밀"}}}, {"in": {"key": "-"}}),
        ({"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Keyed"}]}, {"key": "비밀"}, {"key": "-"}),
        (SECRET, "비밀", "-"),
    ],
)
def test_what_a_schema_marks_is_taken_out(schema: Any, body: Any, expected: Any) -> None:
    for secrets in (secrets_of(schema, True), secrets_of(True, schema)):
        found = without(json.dumps(body).encode(), secrets.asked or secrets.told, "-")
        assert json.loads(found) == expected
        assert bool(secrets)


def test_where_nothing_is_secret_a_body_is_left_as_it_is() -> None:
    secrets = secrets_of({"type": "object"}, True)
    assert not secrets
    assert without(b'{"a" :1}', secrets.told, "-") == b'{"a" :1}'


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"key": "\xed\xa0\x80"}', b"[" * 100_000])
def test_of_a_body_that_cannot_be_read_nothing_is_left(body: bytes) -> None:
    assert without(body, secrets_of(KEYED, True).asked, "-") == b"-"
