"""OpenAPI 3.2 itself, judged by openapi-spec-validator; and operations, which mocks, suites and faults call by name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from understudy.contract.document import escape
from understudy.contract.lint.finding import Rule, Said
from understudy.contract.lint.page import Page, method_and_path, nearest, shown
from understudy.contract.lint.references import sound_references
from understudy.contract.objects import SCHEMA_KINDS, Node

_CAMEL_CASE = re.compile(r"[a-z]+([A-Z0-9][a-z0-9]*)*")


def pointer_of(path: Iterable[Any], base: str = "#") -> str:
    """A path of keys and indexes as a JSON pointer below ``base``."""
    return "/".join((base, *(escape(str(token)) for token in path)))


def _invalid_openapi(page: Page) -> Iterator[Said]:
    structural = list(_structural(page))
    yield from structural
    # The rest of that validator raises on a broken structure and follows references, remote ones over the network.
    if not structural and sound_references(page) and next(_invalid_schema(page), None) is None:
        yield from _semantic(page)


def _structural(page: Page) -> Iterator[Said]:
    from openapi_spec_validator import OpenAPIV32SpecValidator

    for error in OpenAPIV32SpecValidator.schema_validator.iter_errors(page.document):
        message = error.message.partition("\n")[0]
        yield Said(pointer_of(error.absolute_path), f"{message}: see https://spec.openapis.org/oas/v3.2.0")


def _semantic(page: Page) -> Iterator[Said]:
    from openapi_spec_validator import OpenAPIV32SpecValidator
    from openapi_spec_validator.validation.exceptions import DuplicateOperationIDError, UnresolvableParameterError

    try:
        for error in OpenAPIV32SpecValidator(page.document).iter_errors():
            # These two have rules of their own, which say where; a refused default is an example that is refused.
            told = isinstance(error, DuplicateOperationIDError | UnresolvableParameterError) or error.schema_path
            if not told:
                yield Said("#", f"openapi-spec-validator refuses the contract: {error.message.partition(chr(10))[0]}")
    except Exception as error:
        shortly = str(error)[:200]
        yield Said("#", f"openapi-spec-validator cannot read the contract: {type(error).__name__}: {shortly}")


def _invalid_schema(page: Page) -> Iterator[Said]:
    from jsonschema import Draft202012Validator

    meta = Draft202012Validator(Draft202012Validator.META_SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
    judged: set[str] = set()
    for node in page.nodes:
        if node.kind not in SCHEMA_KINDS or node.pointer.rpartition("/")[0] in judged or _inside(node.pointer, judged):
            continue
        judged.add(node.pointer)
        for error in meta.iter_errors(node.value):
            message = f"{error.message}, which is no JSON Schema 2020-12: correct the keyword"
            yield Said(pointer_of(error.absolute_path, node.pointer), message)


def _inside(pointer: str, judged: set[str]) -> bool:
    while "/" in pointer:
        pointer = pointer.rpartition("/")[0]
        if pointer in judged:
            return True
    return False


def _operation_id(page: Page) -> Iterator[Said]:
    found = [(node, node.value.get("operationId")) for node in page.of("operation")]
    times = Counter(id for _, id in found if isinstance(id, str))
    for node, id in found:
        where = method_and_path(node)
        if not isinstance(id, str):
            yield Said(node.pointer, f"{where} has no operationId, the name that mocks and suites use: add one")
        elif times[id] > 1:
            others = [method_and_path(other) for other, name in found if name == id and other is not node]
            text = f"operationId {id!r} of {where} is that of {shown(others)} too: give each operation its own"
            yield Said(f"{node.pointer}/operationId", text)
        elif not _CAMEL_CASE.fullmatch(id):
            text = f"operationId {id!r} is not camelCase with the verb first, as in 'getKnowledge': rename it"
            yield Said(f"{node.pointer}/operationId", text)


def _path_parameter(page: Page) -> Iterator[Said]:
    for item in page.of("path item"):
        if item.pointer.split("/")[1] == "paths":
            for node in page.operations:
                if node.pointer.startswith(f"{item.pointer}/"):
                    yield from _parameters_of(page, item, node)


def _parameters_of(page: Page, item: Node, operation: Node) -> Iterator[Said]:
    template = set(re.findall(r"\{([^{}]*)\}", item.name))
    lists = [item.value.get("parameters"), operation.value.get("parameters")]
    places = [[page.resolved(entry) for entry in found] for found in lists if isinstance(found, list)]
    names = {str(entry.get("name")) for found in places for entry in found if entry.get("in") == "path"}
    where = method_and_path(operation)
    for name in sorted(template - names):
        yield Said(operation.pointer, f"the path parameter {name!r} of {where} is not declared: add it to `parameters`")
    for name in sorted(names - template):
        text = f"{where} declares a path parameter {name!r} that its path does not have: {nearest(name, template)}"
        yield Said(operation.pointer, text)
    for found in places:
        for (name, place), times in Counter((str(e.get("name")), str(e.get("in"))) for e in found).items():
            if times > 1 and name != "None":
                yield Said(
                    operation.pointer, f"{where} declares the {place} parameter {name!r} {times} times: keep one"
                )


RULES = (
    Rule("L101", "invalid-openapi", "the file is an OpenAPI 3.2 description", _invalid_openapi),
    Rule("L102", "invalid-schema", "every schema is a JSON Schema 2020-12", _invalid_schema),
    Rule("L103", "operation-id", "every operation has a camelCase operationId of its own", _operation_id),
    Rule("L104", "path-parameter", "the parameters of a path template are declared, each once", _path_parameter),
)
