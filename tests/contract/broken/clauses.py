"""Broken clauses, sources, links and credentials."""

from __future__ import annotations

from tests.contract.broken import NOTE, PARAMETER, READ, REPLY, STREAM, WRITE, Case

CASES = {
    # About clauses.
    "an operation without a clause": Case("L301", READ, {f"{READ}/x-clauses": ...}),
    "a parameter without a clause": Case("L301", PARAMETER, {f"{PARAMETER}/x-clauses": ...}),
    "a request body without a clause": Case("L301", f"{WRITE}/requestBody", {f"{WRITE}/requestBody/x-clauses": ...}),
    "a response without a clause": Case("L301", REPLY, {f"{REPLY}/x-clauses": ...}),
    "a shared response without a clause": Case(
        "L301", "/components/responses/Refused", {"/components/responses/Refused/x-clauses": ...}
    ),
    "a header without a clause": Case(
        "L301", f"{REPLY}/headers/X-Length", {f"{REPLY}/headers/X-Length/x-clauses": ...}
    ),
    "a property without a clause": Case("L301", f"{NOTE}/properties/text", {f"{NOTE}/properties/text/x-clauses": []}),
    "a property within text without a clause": Case(
        "L301",
        f"{NOTE}/properties/stored/contentSchema/properties/text",
        {f"{NOTE}/properties/stored/contentSchema/properties/text/x-clauses": ...},
    ),
    "a boolean property": Case("L301", f"{NOTE}/properties/any", {f"{NOTE}/properties/any": True}),
    "a security scheme without a clause": Case(
        "L301", "/components/securitySchemes/key", {"/components/securitySchemes/key/x-clauses": ...}
    ),
    "a stream without a clause": Case("L301", STREAM, {f"{STREAM}/clauses": []}),
    "a limit without a clause": Case("L301", "/x-limits/daily_calls", {"/x-limits/daily_calls/clauses": ...}),
    "an error without a clause": Case("L301", "/x-errors/1", {"/x-errors/1/clauses": []}),
    "a role without a clause": Case("L301", "/x-credentials/roles/good", {"/x-credentials/roles/good/clauses": ...}),
    "a fixture without a clause": Case("L301", "/x-fixtures/notes", {"/x-fixtures/notes/clauses": ...}),
    "an unknown clause": Case(
        "L302", f"{READ}/x-clauses/0", {f"{READ}/x-clauses": ["small.note.raed", "small.note.read"]}
    ),
    "an unknown clause of a limit": Case(
        "L302", "/x-limits/daily_calls/clauses/1", {"/x-limits/daily_calls/clauses/1": "small.rate.month"}
    ),
    "a clause nothing points at": Case(
        "L303", "/x-clauses/small.note.id", {f"{PARAMETER}/x-clauses": ["small.note.read"]}
    ),
    "a clause id of another form": Case(
        "L304",
        "/x-clauses/small.NoteText",
        {
            "/x-clauses/small.NoteText": {
                "grade": "documented",
                "source": {"document": "001", "section": "notes"},
                "says": "A note is short.",
            },
            f"{READ}/x-clauses/1": "small.NoteText",
        },
    ),
    "a clause id of another prefix": Case(
        "L304",
        "/x-clauses/other.note.text",
        {
            "/x-clauses/other.note.text": {
                "grade": "documented",
                "source": {"document": "001", "section": "notes"},
                "says": "A note is short.",
            },
            f"{READ}/x-clauses/1": "other.note.text",
        },
    ),
    "two clauses that say the same": Case(
        "L305", "/x-clauses/small.note.text/says", {"/x-clauses/small.note.text/says": "A note is read by its id."}
    ),
    "an ambiguity named like a clause": Case("L306", "/x-ambiguities/0", {"/x-ambiguities/0/id": "small.note.id"}),
    "two errors of one name": Case("L306", "/x-errors/1", {"/x-errors/1/name": "wrong_key"}),
    # About sources.
    "an unknown document": Case(
        "L401", "/x-clauses/small.note.id/source/document", {"/x-clauses/small.note.id/source/document": "002"}
    ),
    "an unknown section": Case(
        "L401", "/x-clauses/small.note.id/source/section", {"/x-clauses/small.note.id/source/section": "note"}
    ),
    "an unknown section of an ambiguity": Case(
        "L401", "/x-ambiguities/0/source/section", {"/x-ambiguities/0/source/section": "day"}
    ),
    "a section that nothing cites": Case(
        "L402", "/x-sources/001/sections/rates", {"/x-sources/001/sections/rates": "요청 제한"}
    ),
    "observed, but cites a document": Case(
        "L403", "/x-clauses/small.note.id/grade", {"/x-clauses/small.note.id/grade": "observed"}
    ),
    "documented, but cites what was observed": Case(
        "L403", "/x-clauses/small.stream.order/grade", {"/x-clauses/small.stream.order/grade": "documented"}
    ),
    # About links.
    "a link to no operation": Case(
        "L501", f"{REPLY}/links/again/operationId", {f"{REPLY}/links/again/operationId": "readNotes"}
    ),
    "a link by no parameter": Case(
        "L501",
        f"{REPLY}/links/again/parameters",
        {f"{REPLY}/links/again/parameters": {"path.note": "$request.path.id"}},
    ),
    "behaves as no operation": Case("L501", f"{READ}/x-behaves-as", {f"{READ}/x-behaves-as": "readnote"}),
    "security by no scheme": Case("L501", "/security/0", {"/security": [{"keys": []}]}),
    "credentials of no scheme": Case("L501", "/x-credentials/scheme", {"/x-credentials/scheme": "bearer"}),
    "an error of no operation": Case(
        "L501", "/x-errors/1/operations", {"/x-errors/1/operations": ["readNote", "raedNote"]}
    ),
    "an error of no role": Case("L501", "/x-errors/0/role", {"/x-errors/0/role": "bolcked"}),
    "an error that is no response": Case(
        "L501", "/x-errors/1/status", {"/x-errors/1/operations": ["readNote", "writeNote"]}
    ),
    "a default that is no reading": Case("L501", "/x-ambiguities/0/default", {"/x-ambiguities/0/default": "fixed"}),
    "a dialect of no reading": Case(
        "L501", "/x-ambiguities/0/dialects/sliding-day", {"/x-ambiguities/0/dialects/sliding-day": "slides"}
    ),
    "a dialect that switches nothing": Case(
        "L501", "/x-ambiguities/0/dialects/sliding-day", {"/x-ambiguities/0/dialects/sliding-day": "calendar"}
    ),
    "a 4xx response that is no error": Case("L502", f"{READ}/responses/404", {"/x-errors/1": ...}),
    "an error whose clause is another's": Case(
        "L503", "/x-errors/1/clauses", {"/x-errors/1/clauses": ["small.error.key"]}
    ),
    # About credentials.
    "two roles with one credential": Case(
        "L901", "/x-credentials/roles/blocked/value", {"/x-credentials/roles/good/value": "small-blocked"}
    ),
    "a credential that extends another": Case(
        "L901", "/x-credentials/roles/good/value", {"/x-credentials/roles/blocked/value": "small-good-blocked"}
    ),
}
