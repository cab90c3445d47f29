"""Broken calls and recipes."""

from __future__ import annotations

from tests.contract.broken import READ, WRITE, Case

READING = "/x-calls/readNote"
WRITING = "/x-calls/writeNote"
OF_READING = "/x-errors/0/recipes/0"
OF_OTHERS = "/x-errors/0/recipes/1"
OF_NO_NOTE = "/x-errors/1/recipes/0"
NO_PATH = {"name": "no_path", "status": 403, "cause": "No such path.", "operations": [], "clauses": ["small.note.id"]}

CASES = {
    # About their shape.
    "a call with a member that nothing reads": Case("L110", READING, {f"{READING}/cookies": {"a": "b"}}),
    "a call with a body and a form": Case(
        "L110", WRITING, {f"{WRITING}/form": [{"name": "files", "filename": "글.txt", "text": "안녕"}]}
    ),
    "a recipe that stalls a little": Case("L110", f"{OF_OTHERS}/stall", {f"{OF_OTHERS}/stall": False}),
    "a recipe made once": Case("L110", f"{OF_READING}/times", {f"{OF_READING}/times": 1}),
    "a recipe with a member that nothing reads": Case("L110", OF_NO_NOTE, {f"{OF_NO_NOTE}/cookies": {"a": "b"}}),
    "no recipe where there is a list of them": Case("L110", "/x-errors/1/recipes", {"/x-errors/1/recipes": []}),
    # About errors that nobody can come by.
    "an error without a recipe": Case("L509", "/x-errors/1", {"/x-errors/1/recipes": ...}),
    "an error without a recipe for one operation": Case(
        "L509",
        "/x-errors/0",
        {"/x-errors/0/role": None, "/x-errors/0/recipes": [{"operations": ["readNote"], "credential": "none"}]},
    ),
    "an error of no operation without a recipe": Case("L509", "/x-errors/2", {"/x-errors/2": NO_PATH}),
    "a recipe for an operation that has not the error": Case(
        "L505", f"{OF_NO_NOTE}/operations", {f"{OF_NO_NOTE}/operations": ["writeNote"]}
    ),
    "two recipes for one operation": Case(
        "L505",
        "/x-errors/0/recipes/2/operations",
        {"/x-errors/0/recipes/2": {"operations": ["readNote"], "credential": "none"}},
    ),
    "two recipes for all others": Case(
        "L505", "/x-errors/0/recipes/2", {"/x-errors/0/recipes/2": {"credential": "none"}}
    ),
    "a recipe for what is left, where nothing is": Case(
        "L505", OF_OTHERS, {f"{OF_READING}/operations": ["readNote", "writeNote"]}
    ),
    # About names.
    "a call of no operation": Case("L506", "/x-calls/raedNote", {"/x-calls/raedNote": {"path": {"id": "1"}}}),
    "a call before that is of no operation": Case("L506", f"{WRITING}/before/0", {f"{WRITING}/before": ["raedNote"]}),
    "a changed call before that is of no operation": Case(
        "L506", f"{OF_OTHERS}/before/0", {f"{OF_OTHERS}/before": [{"call": "raedNote"}], f"{OF_OTHERS}/body": ...}
    ),
    "a call by no parameter": Case("L506", f"{READING}/path", {f"{READING}/path": {"id": "1", "kid": "2"}}),
    "a recipe by no parameter": Case("L506", f"{OF_NO_NOTE}/query", {f"{OF_NO_NOTE}/query": {"page": 0}}),
    "a recipe by no limit": Case("L506", f"{OF_READING}/limits", {f"{OF_READING}/limits": {"daily_call": 1}}),
    "a recipe by no dialect": Case("L506", f"{OF_READING}/dialects", {f"{OF_READING}/dialects": ["observed"]}),
    "a recipe by no role": Case("L506", f"{OF_OTHERS}/credential", {f"{OF_OTHERS}/credential": "bolcked"}),
    "a role named like no credential": Case(
        "L506",
        "/x-credentials/roles/none",
        {"/x-credentials/roles/none": {"value": "small-none", "says": "A key.", "clauses": ["small.auth.key"]}},
    ),
    # About changes that cannot be made.
    "a recipe that changes nothing": Case("L507", OF_READING, {OF_READING: {"operations": ["readNote"]}}),
    "a body for an operation that takes none": Case("L507", OF_NO_NOTE, {f"{OF_NO_NOTE}/raw": "{"}),
    "a change of a body that is no object": Case("L507", f"{OF_OTHERS}/body", {f"{WRITING}/body": ["글"]}),
    "a change of a call where there is none": Case(
        "L507",
        "/x-errors/2/recipes/0",
        {"/x-errors/2": {**NO_PATH, "recipes": [{"method": "GET", "target": "/note", "query": {"a": "b"}}]}},
    ),
    "a request that might be a call": Case(
        "L507", "/x-errors/2/recipes/0", {"/x-errors/2": {**NO_PATH, "recipes": [{"method": "GET"}]}}
    ),
    "a request that is a call": Case(
        "L507",
        "/x-errors/2/recipes/0",
        {"/x-errors/2": {**NO_PATH, "recipes": [{"method": "GET", "target": "/notes/1"}]}},
    ),
    # About variables.
    "a variable that nothing keeps": Case("L508", WRITING, {f"{READING}/keep": ...}),
    "a variable of a recipe that nothing keeps": Case("L508", OF_OTHERS, {f"{OF_OTHERS}/before": ["readNote"]}),
    "a call that needs itself": Case("L508", f"{READING}/before", {f"{READING}/before": ["writeNote"]}),
    # About lawful calls that are none.
    "a call without a parameter that is required": Case("L603", READING, {f"{READING}/path": ...}),
    "a call with a parameter that is refused": Case("L603", f"{READING}/path/id", {f"{READING}/path": {"id": ".."}}),
    "a call without a body that is required": Case("L603", WRITING, {f"{WRITING}/body": ...}),
    "a call with a body that is refused": Case("L603", f"{WRITING}/body/text", {f"{WRITING}/body/text": "1/2 컵"}),
    "a call with a fixture that is refused": Case("L603", f"{WRITING}/body/text", {f"{WRITING}/body/text": "$notes"}),
    "a call with a body that nothing takes": Case("L603", f"{READING}/body", {f"{READING}/body": {}}),
    "an operation without a call": Case("L604", WRITE, {WRITING: ..., OF_OTHERS: ...}),
    "an operation whose other spelling has no call": Case("L604", READ, {READING: ..., f"{READ}/x-behaves-as": "read"}),
    "what is kept is not promised": Case("L605", f"{READING}/keep/text", {f"{READING}/keep/text": "/txet"}),
    "what is kept is a fixture": Case("L605", f"{READING}/keep/notes", {f"{READING}/keep/notes": "/text"}),
}
