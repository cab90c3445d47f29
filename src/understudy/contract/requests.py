"""Reading a request by its operation: parameters and body as values, and where they break the contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from understudy.contract.bodies import BodyError, Decoder, decoder_for, media_type_of
from understudy.contract.document import resolve
from understudy.contract.expectations import expectation
from understudy.contract.parameters import Parameters, read_query
from understudy.contract.schemas import Checker, inline, pointer_of
from understudy.contract.values import Contract, OperationNode
from understudy.contract.violations import Violation
from understudy.http import Request


class Decoded(NamedTuple):
    """A request as values. ``violations`` is empty when it keeps the contract."""

    path: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Any
    violations: tuple[Violation, ...]


class _Content(NamedTuple):
    """How one media type is read. ``as_json`` is what its schema sees of a value, for a form is none itself."""

    decode: Decoder
    checker: Checker
    as_json: Callable[[Any], Any] | None = None


class RequestReader:
    """The request side of one operation, compiled once."""

    def __init__(self, contract: Contract, operation: OperationNode) -> None:
        self._contract = contract
        self._path = Parameters(contract, operation.parameters, "path")
        self._query = Parameters(contract, operation.parameters, "query")
        self._headers = Parameters(contract, operation.parameters, "header")
        body = resolve(contract.document, operation.node.get("requestBody", {}))
        self._contents = {
            media_type_of(name): _content(media_type_of(name), inline(contract.document, entry.get("schema", True)))
            for name, entry in body.get("content", {}).items()
        }
        self._assumed = next(iter(self._contents.values())) if len(self._contents) == 1 else None
        self._required = bool(body.get("required"))
        self._clauses: tuple[str, ...] = tuple(body.get("x-clauses", operation.node.get("x-clauses", ())))

    def read(self, request: Request, path_texts: Mapping[str, str] | None, query_text: str) -> Decoded:
        """The request as values, everything that is wrong with it found at once."""
        if path_texts is None:
            return Decoded(
                {}, {}, None, (self._violation("path", "", "encoding", "percent-encoded UTF-8", "other bytes"),)
            )
        path, wrong = self._path.read_path(path_texts)
        query: Mapping[str, Any] = {}
        if self._query.all:  # what an operation does not read cannot break its contract
            query, more = self._read_query(query_text)
            wrong += more
        if self._headers.all:
            wrong += self._headers.read({name: (value,) for name, value in request.headers.items()})[1]
        if not self._contents:
            return Decoded(path, query, None, wrong)
        body, more = self._read_body(request)
        return Decoded(path, query, body, wrong + more)

    def _read_query(self, text: str) -> tuple[Mapping[str, Any], tuple[Violation, ...]]:
        try:
            return self._query.read(read_query(text) if text else {})
        except ValueError as error:
            expected = f"percent-encoded UTF-8 fields ({error})"
            return {}, (self._violation("query", "", "encoding", expected, "other bytes"),)

    def _read_body(self, request: Request) -> tuple[Any, tuple[Violation, ...]]:
        declared = request.headers.get("content-type")
        if not request.body and not (declared and self._required):
            if not self._required:
                return None, ()
            return None, (self._violation("body", "", "required", "a body", "none"),)
        content = self._assumed if declared is None else self._contents.get(media_type_of(declared))
        if content is None:
            expected = " or ".join(self._contents)
            seen = "another media type" if declared else "none"
            return None, (self._violation("header Content-Type", "", "media-type", expected, seen),)
        try:
            value = content.decode(request.body, declared or "")
        except BodyError as error:
            return None, (self._violation("body", "", "syntax", str(error), "something else"),)
        shown = value if content.as_json is None else content.as_json(value)
        if content.checker.valid(shown):
            return value, ()
        return value, tuple(self._broken(content.checker, problem) for problem in content.checker.problems(shown))

    def _broken(self, checker: Checker, problem: Any) -> Violation:
        clauses = checker.clauses_at(problem) or self._clauses
        rule = str(problem.kind.name)
        seen = "nothing" if rule == "required" else _kind_of(problem.instance)
        return self._violation("body", pointer_of(problem), rule, expectation(problem), seen, clauses)

    def _violation(
        self, where: str, pointer: str, rule: str, expected: str, seen: str, clauses: tuple[str, ...] | None = None
    ) -> Violation:
        cited = self._clauses if clauses is None else clauses
        source = str(self._contract.clauses[cited[0]].source) if cited else ""
        return Violation("consumer", where, pointer, rule, expected, seen, cited, source)


def _content(media_type: str, schema: Any) -> _Content:
    if media_type != "multipart/form-data":
        return _Content(decoder_for(media_type), Checker(schema))
    from understudy.contract.forms import decode_form  # only contracts with uploads need the parser

    properties = schema.get("properties", {}) if isinstance(schema, Mapping) else {}
    arrays = frozenset(name for name, entry in properties.items() if entry.get("type") == "array")
    return _Content(decode_form, Checker(schema), lambda form: form.as_json(arrays))


def _kind_of(value: Any) -> str:
    """The JSON type of a value, never the value: it may be a secret."""
    names = {
        dict: "an object",
        list: "an array",
        str: "a string",
        bool: "a boolean",
        int: "an integer",
        float: "a number",
    }
    return "null" if value is None else names.get(type(value), type(value).__name__)
