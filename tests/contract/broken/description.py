"""Broken OpenAPI, extensions, references, examples and schemas."""

from __future__ import annotations

from tests.contract.broken import MEDIA, NOTE, PARAMETER, READ, REPLY, STREAM, WRITE, Case

CASES = {
    # About OpenAPI and the extensions.
    "no title": Case("L101", "/info", {"/info/title": ...}),
    "an unknown member": Case("L101", READ, {f"{READ}/respones": {}}),
    "a status that is none": Case("L101", f"{READ}/responses", {f"{READ}/responses/2000": {"description": "?"}}),
    "a tag twice": Case("L101", "/", {"/tags": [{"name": "노트"}, {"name": "노트"}]}),
    "paths are a list": Case("L101", "/paths", {"/paths": []}),
    "a keyword of the wrong type": Case(
        "L102", f"{NOTE}/properties/text/minLength", {f"{NOTE}/properties/text/minLength": "1"}
    ),
    "a type that is none": Case("L102", f"{NOTE}/type", {f"{NOTE}/type": "오브젝트"}),
    "a required parameter of the path that is not": Case("L101", PARAMETER, {f"{PARAMETER}/required": ...}),
    "no operationId": Case("L103", READ, {f"{READ}/operationId": ...}),
    "one operationId twice": Case("L103", f"{WRITE}/operationId", {f"{WRITE}/operationId": "readNote"}),
    "an operationId that is no camelCase": Case("L103", f"{WRITE}/operationId", {f"{WRITE}/operationId": "write_note"}),
    "a path parameter not declared": Case("L104", READ, {"/paths/~1notes~1{id}/parameters": []}),
    "a path parameter not in the path": Case("L104", READ, {f"{PARAMETER}/name": "ident"}),
    "another dialect": Case("L110", "/jsonSchemaDialect", {"/jsonSchemaDialect": "https://example.com/mine"}),
    "a server with a path": Case("L110", "/servers/0/url", {"/servers/0/url": "https://api.example.com/v1"}),
    "a clause without a grade": Case("L110", "/x-clauses/small.note.id", {"/x-clauses/small.note.id/grade": ...}),
    "a grade that is none": Case("L110", "/x-clauses/small.note.id/grade", {"/x-clauses/small.note.id/grade": "sure"}),
    "a limit without a unit": Case("L110", "/x-limits/daily_calls", {"/x-limits/daily_calls/unit": ...}),
    "a limit of a wrong kind": Case("L110", "/x-limits/daily_calls/value", {"/x-limits/daily_calls/value": {"n": 1}}),
    "no credentials": Case("L110", "/", {"/x-credentials": ...}),
    "a credential with a space": Case(
        "L110", "/x-credentials/roles/good/value", {"/x-credentials/roles/good/value": "a b"}
    ),
    "an error whose status is text": Case("L110", "/x-errors/0/status", {"/x-errors/0/status": "401"}),
    "one reading only": Case(
        "L110", "/x-ambiguities/0/readings", {"/x-ambiguities/0/readings": {"calendar": "Midnight."}}
    ),
    "a stream without framing": Case("L110", STREAM, {f"{STREAM}/framing": ...}),
    "x-clauses that is no list": Case("L110", f"{READ}/x-clauses", {f"{READ}/x-clauses": "small.note.read"}),
    "x-clauses with one twice": Case("L110", f"{READ}/x-clauses", {f"{READ}/x-clauses": ["small.note.read"] * 2}),
    "a misspelt extension": Case("L111", f"{NOTE}/x-clause", {f"{NOTE}/x-clause": []}),
    "a stream on an operation": Case("L111", f"{READ}/x-stream", {f"{READ}/x-stream": {}}),
    "x-safe that is no boolean": Case("L110", f"{WRITE}/x-safe", {f"{WRITE}/x-safe": "예"}),
    "x-safe of a schema": Case("L111", f"{NOTE}/x-safe", {f"{NOTE}/x-safe": True}),
    "x-safe that the method says": Case("L504", f"{READ}/x-safe", {f"{READ}/x-safe": True}),
    "x-safe of one spelling alone": Case("L504", f"{WRITE}/x-behaves-as", {f"{WRITE}/x-behaves-as": "readNote"}),
    # About references.
    "a dangling $ref": Case(
        "L201", f"{MEDIA}/itemSchema/$ref", {f"{MEDIA}/itemSchema/$ref": "#/components/schemas/Evnt"}
    ),
    "a $ref to an anchor": Case("L201", f"{MEDIA}/itemSchema/$ref", {f"{MEDIA}/itemSchema/$ref": "#Event"}),
    "a $ref that is no string": Case("L201", f"{NOTE}/$ref", {f"{NOTE}/$ref": 7}),
    "a mapping that dangles": Case(
        "L201",
        "/components/schemas/Event/discriminator/mapping/begun",
        {"/components/schemas/Event/discriminator": {"propertyName": "event", "mapping": {"begun": "Began"}}},
    ),
    "a remote $ref": Case("L202", f"{NOTE}/$ref", {f"{NOTE}/$ref": "https://example.com/note.json"}),
    "a $ref to another file": Case("L202", f"{NOTE}/$ref", {f"{NOTE}/$ref": "note.yaml#/Note"}),
    "an example elsewhere": Case(
        "L202",
        f"{PARAMETER}/examples/hangul/externalValue",
        {f"{PARAMETER}/examples/hangul": {"externalValue": "a.json"}},
    ),
    "an $id": Case("L202", f"{NOTE}/$id", {f"{NOTE}/$id": "https://example.com/note"}),
    "a $ref to itself": Case("L203", f"{NOTE}/$ref", {NOTE: {"$ref": "#/components/schemas/Note"}}),
    "a $ref to the wrong kind": Case(
        "L204", f"{MEDIA}/itemSchema/$ref", {f"{MEDIA}/itemSchema/$ref": "#/components/responses/Refused"}
    ),
    "a component that nobody uses": Case(
        "L205", "/components/schemas/Lone", {"/components/schemas/Lone": {"type": "string"}}
    ),
    # About examples.
    "an example of the wrong type": Case(
        "L601",
        f"{REPLY}/content/application~1json/examples/note/value/text",
        {f"{REPLY}/content/application~1json/examples/note/value/text": 1},
    ),
    "an example that lacks a member": Case(
        "L601",
        f"{REPLY}/content/application~1json/examples/note/value",
        {f"{REPLY}/content/application~1json/examples/note/value": {}},
    ),
    "text in an example that is not JSON": Case(
        "L601",
        f"{REPLY}/content/application~1json/examples/note/value/stored",
        {f"{REPLY}/content/application~1json/examples/note/value/stored": "{text: 안녕}"},
    ),
    "text in an example whose JSON is refused": Case(
        "L601",
        f"{REPLY}/content/application~1json/examples/note/value/stored",
        {f"{REPLY}/content/application~1json/examples/note/value/stored": '{"text": 1}'},
    ),
    "an example of a parameter": Case(
        "L601", f"{PARAMETER}/examples/hangul/value", {f"{PARAMETER}/examples/hangul/value": ".."}
    ),
    "an example of a schema": Case("L601", f"{NOTE}/examples/0/text", {f"{NOTE}/examples": [{"text": None}]}),
    "a default": Case("L601", f"{NOTE}/properties/text/default", {f"{NOTE}/properties/text/default": "a/b"}),
    "an example as it is written": Case(
        "L601",
        f"{REPLY}/content/application~1json/examples/note/serializedValue",
        {f"{REPLY}/content/application~1json/examples/note": {"serializedValue": "{"}},
    ),
    "an example with a member that is not described": Case(
        "L602",
        f"{REPLY}/content/application~1json/examples/note/value",
        {f"{REPLY}/content/application~1json/examples/note/value/제목": "인사"},
    ),
    "an item of a stream": Case(
        "L601",
        f"{MEDIA}/examples/short/value/0/by",
        {f"{MEDIA}/examples/short/value": [{"event": "begun", "by": 1}, {"event": "done", "by": "가"}]},
    ),
    "a stream that is not framed": Case(
        "L601", f"{MEDIA}/examples/short/value", {f"{MEDIA}/examples/short/value": "event: done\n\n"}
    ),
    # About schemas.
    "a pattern with \\w": Case(
        "L701", f"{NOTE}/properties/text/pattern", {f"{NOTE}/properties/text/pattern": r"^\w*$"}
    ),
    "a pattern with \\d in a class": Case(
        "L701", f"{NOTE}/properties/text/pattern", {f"{NOTE}/properties/text/pattern": r"^[a-z\d]*$"}
    ),
    "a pattern with a look-ahead": Case(
        "L701", f"{NOTE}/properties/text/pattern", {f"{NOTE}/properties/text/pattern": r"^(?!\.)[^/]*$"}
    ),
    "a pattern with \\s behind a group": Case(
        "L701", f"{NOTE}/properties/text/pattern", {f"{NOTE}/properties/text/pattern": r"^(?:[^/]|\s)*$"}
    ),
    "a pattern that is none": Case("L701", f"{NOTE}/properties/text/pattern", {f"{NOTE}/properties/text/pattern": "["}),
    "a pattern of names": Case("L701", f"{NOTE}/patternProperties/\\d", {f"{NOTE}/patternProperties": {"\\d": True}}),
    "int64": Case(
        "L702", f"{REPLY}/headers/X-Length/schema/format", {f"{REPLY}/headers/X-Length/schema/format": "int64"}
    ),
    "binary": Case("L702", f"{NOTE}/properties/text/format", {f"{NOTE}/properties/text/format": "binary"}),
    "a closed schema": Case("L703", f"{NOTE}/additionalProperties", {f"{NOTE}/additionalProperties": False}),
    "nullable": Case("L704", f"{NOTE}/properties/text/nullable", {f"{NOTE}/properties/text/nullable": True}),
    "a misspelt keyword": Case("L704", f"{NOTE}/properties/text/minlength", {f"{NOTE}/properties/text/minlength": 1}),
    "contentSchema alone": Case(
        "L704", f"{NOTE}/properties/stored/contentSchema", {f"{NOTE}/properties/stored/contentMediaType": ...}
    ),
    "required, but no property": Case("L705", f"{NOTE}/required", {f"{NOTE}/required": ["text", "tekst"]}),
    "a keyword beside a $ref that its target has": Case(
        "L707", f"{MEDIA}/itemSchema/oneOf", {f"{MEDIA}/itemSchema/oneOf": [{"$ref": "#/components/schemas/Done"}]}
    ),
    "a keyword that an unknown limit moves": Case(
        "L708",
        f"{NOTE}/properties/text/x-limited-by/maxLength",
        {f"{NOTE}/properties/text/maxLength": 10, f"{NOTE}/properties/text/x-limited-by": {"maxLength": "daily_cals"}},
    ),
    "a keyword that says another number than its limit": Case(
        "L708",
        f"{NOTE}/properties/text/x-limited-by/maxLength",
        {f"{NOTE}/properties/text/maxLength": 11, f"{NOTE}/properties/text/x-limited-by": {"maxLength": "daily_calls"}},
    ),
    "a path parameter that takes ..": Case("L706", f"{PARAMETER}/schema", {f"{PARAMETER}/schema/not": ...}),
}
