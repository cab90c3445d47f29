"""Checking an answer by its operation: status, media type, headers and body."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from understudy.contract.bodies import BodyError, decoder_for, media_type_of
from understudy.contract.document import resolve
from understudy.contract.events import read_events
from understudy.contract.expectations import expectation
from understudy.contract.parameters import kinds_of, scalar
from understudy.contract.schemas import Checker, inline, pointer_of
from understudy.contract.streams import StreamChecker
from understudy.contract.values import Contract, OperationNode
from understudy.contract.violations import Violation
from understudy.http import Chunk, Response

ADDED_BY_ADAPTERS = frozenset(("content-type", "content-length", "date", "transfer-encoding"))


class DocumentedHeader(NamedTuple):
    """A header of an answer; ``kinds`` are the JSON types that its text is read as (style ``simple``)."""

    name: str
    required: bool
    kinds: frozenset[str]
    checker: Checker
    clauses: tuple[str, ...]


class Documented(NamedTuple):
    """One documented answer.

    ``contents`` maps media types to checkers, None where any body will do. ``streams`` has those that are streamed.
    ``names`` are the media types as the contract writes them, parameters included. ``clauses`` are those of the answer
    itself; ``media_clauses`` are those of its media types, which another media type or an unreadable body breaks.
    """

    contents: Mapping[str, Checker | None]
    streams: Mapping[str, StreamChecker]
    names: Mapping[str, str]
    headers: tuple[DocumentedHeader, ...]
    clauses: tuple[str, ...]
    media_clauses: Mapping[str, tuple[str, ...]]


class Plain(NamedTuple):
    """An answer that is one JSON value under no promised headers: nearly every one, so it has a way of its own."""

    media_type: str
    valid: Callable[[Any], bool]


class ResponseChecker:
    """The answers of one operation, compiled when first met.

    ``closed``: members that no schema mentions are violations. A mock holds itself to that; a judge does not, because a
    provider may lawfully say more than its documents do. ``dialects`` are those that are on: a stream may have another
    order under one.
    """

    def __init__(
        self,
        contract: Contract,
        operation: OperationNode,
        *,
        closed: bool,
        dialects: frozenset[str] = frozenset(),
    ) -> None:
        self._contract = contract
        self._operation = operation
        self._closed = closed
        self._dialects = dialects
        self._known: dict[int, Documented | None] = {}
        self._plain: dict[int, Plain | None] = {}
        self._clauses: tuple[str, ...] = tuple(operation.node.get("x-clauses", ()))

    def media_type(self, status: int, *, streamed: bool = False) -> str:
        """The media type of an answer with this status, the first where it has several; JSON where it has none."""
        documented = self.documented(status)
        if documented is None:
            return "application/json"
        fitting = (name for base, name in documented.names.items() if (base in documented.streams) is streamed)
        return next(fitting, "application/json")

    def plain(self, status: int) -> Plain | None:
        """How an answer with this status is checked when its only content is JSON; None where there is more to it."""
        try:
            return self._plain[status]
        except KeyError:
            documented = self.documented(status)
            self._plain[status] = None if documented is None else _plain(documented)
            return self._plain[status]

    def stream(self, status: int, media_type: str) -> StreamChecker | None:
        """The rules of a streamed answer with this status and media type, None where it is not streamed."""
        documented = self.documented(status)
        return documented.streams.get(media_type_of(media_type)) if documented else None

    def check_stream(
        self, status: int, media_type: str, chunks: Iterable[Chunk], asked: Mapping[str, Any] | None = None
    ) -> tuple[Violation, ...]:
        """What is wrong with a whole stream; empty when nothing is. ``asked`` as in `StreamChecker.check`."""
        rules = self.stream(status, media_type)
        if rules is None:
            return self.check_streamed(status, media_type)
        return tuple(rules.check(read_events(chunks)[0], asked=asked))

    def check_streamed(self, status: int, media_type: str) -> tuple[Violation, ...]:
        """What is wrong with answering by a stream at all; empty when nothing is."""
        return () if self.stream(status, media_type) is not None else (self._undocumented(status),)

    def check_value(
        self, status: int, media_type: str, value: Any, headers: Mapping[str, str]
    ) -> tuple[Violation, ...]:
        """What is wrong with an answer whose body is still a value; empty when nothing is."""
        documented = self.documented(status)
        if documented is None:
            return (self._undocumented(status),)
        if documented.headers:
            wrong = tuple(self._wrong_headers(documented, headers, ADDED_BY_ADAPTERS))
            if wrong:
                return wrong
        found = _content(documented, media_type)
        if found is None:
            return tuple(self._wrong_media_type(documented, media_type))
        checker = documented.contents[found]
        if checker is None or checker.valid(value):
            return ()
        return tuple(self._broken(checker, problem, documented) for problem in checker.problems(value))

    def check(self, response: Response, asked: Mapping[str, Any] | None = None) -> tuple[Violation, ...]:
        """What is wrong with an answer as it came over the wire. ``asked`` as in `StreamChecker.check`."""
        documented = self.documented(response.status)
        if documented is None:
            return (self._undocumented(response.status),)
        headers = {name.lower(): value for name, value in response.headers}
        wrong = tuple(self._wrong_headers(documented, headers, frozenset(("content-type",))))
        media_type = media_type_of(headers.get("content-type", ""))
        found = _content(documented, media_type)
        if found is None:
            return (*wrong, *self._wrong_media_type(documented, media_type))
        if found in documented.streams:
            chunks = response.stream if response.stream is not None else (Chunk(0.0, response.body),)
            return (*wrong, *documented.streams[found].check(read_events(chunks)[0], asked=asked))
        checker = documented.contents[found]
        if checker is None:
            return wrong
        try:
            value = decoder_for(media_type)(response.content, headers.get("content-type", ""))
        except BodyError as error:
            clauses = documented.media_clauses[found] or documented.clauses
            return (*wrong, self._violation("body", "", "syntax", str(error), "something else", clauses))
        return wrong + tuple(self._broken(checker, problem, documented) for problem in checker.problems(value))

    def documented(self, status: int) -> Documented | None:
        if status not in self._known:
            self._known[status] = self._compile(status)
        return self._known[status]

    def _compile(self, status: int) -> Documented | None:
        responses = self._operation.node.get("responses", {})
        node = next(
            (responses[key] for key in (str(status), status, f"{status // 100}XX", "default") if key in responses), None
        )
        if node is None:
            return None
        document = self._contract.document
        node = resolve(document, node)
        contents: dict[str, Checker | None] = {}
        streams: dict[str, StreamChecker] = {}
        media_clauses: dict[str, tuple[str, ...]] = {}
        for name, entry in node.get("content", {}).items():
            content = resolve(document, entry)
            schema = inline(document, content["schema"]) if "schema" in content else None
            base = media_type_of(name)
            contents[base] = None if schema is None else Checker(schema, closed=self._closed)
            media_clauses[base] = tuple(content.get("x-clauses", ()))
            if "x-stream" in content:
                streams[base] = StreamChecker(self._contract, content, closed=self._closed, dialects=self._dialects)
        names = {media_type_of(name): name for name in node.get("content", {})}
        headers = tuple(self._header(name, resolve(document, entry)) for name, entry in node.get("headers", {}).items())
        clauses = tuple(node.get("x-clauses", self._clauses))
        return Documented(contents, streams, names, headers, clauses, media_clauses)

    def _header(self, name: str, node: Mapping[str, Any]) -> DocumentedHeader:
        schema = inline(self._contract.document, node.get("schema", True))
        clauses = tuple(node.get("x-clauses", ()))
        return DocumentedHeader(name, bool(node.get("required")), kinds_of(schema), Checker(schema), clauses)

    def _wrong_headers(
        self, documented: Documented, headers: Mapping[str, str], skipped: frozenset[str]
    ) -> Iterator[Violation]:
        for entry in documented.headers:
            if entry.name.lower() in skipped:
                continue
            text = headers.get(entry.name.lower())
            value = None if text is None else scalar(text, entry.kinds)
            if value is None:
                if entry.required:
                    yield self._violation(
                        f"header {entry.name}", "", "required", "to be sent", "nothing", entry.clauses
                    )
            elif not entry.checker.valid(value):
                problem = next(entry.checker.problems(value))
                yield self._violation(
                    f"header {entry.name}",
                    "",
                    str(problem.kind.name),
                    expectation(problem),
                    "another text",
                    entry.clauses,
                )

    def _wrong_media_type(self, documented: Documented, media_type: str) -> Iterator[Violation]:
        if documented.contents:
            expected = " or ".join(documented.contents)
            cited = tuple(dict.fromkeys(clause for each in documented.media_clauses.values() for clause in each))
            yield self._violation(
                "header Content-Type", "", "media-type", expected, media_type or "none", cited or documented.clauses
            )

    def _undocumented(self, status: int) -> Violation:
        known = ", ".join(map(str, self._operation.node.get("responses", {})))
        return self._violation("status", "", "status", f"one of {known}", str(status), self._clauses)

    def _broken(self, checker: Checker, problem: Any, documented: Documented) -> Violation:
        clauses = checker.clauses_at(problem) or documented.clauses
        return self._violation(
            "body", pointer_of(problem), str(problem.kind.name), expectation(problem), "something else", clauses
        )

    def _violation(
        self, where: str, pointer: str, rule: str, expected: str, seen: str, clauses: tuple[str, ...]
    ) -> Violation:
        source = str(self._contract.clauses[clauses[0]].source) if clauses else ""
        return Violation("provider", where, pointer, rule, expected, seen, clauses, source)


def _plain(documented: Documented) -> Plain | None:
    checker = documented.contents.get("application/json")
    if checker is None or len(documented.contents) > 1 or documented.headers:
        return None
    return Plain(documented.names["application/json"], checker.valid)


def _content(documented: Documented, media_type: str) -> str | None:
    """The documented media type or range (RFC 9110 section 12.5.1) that ``media_type`` falls under."""
    ranges = (media_type, media_type.partition("/")[0] + "/*", "*/*")
    return next((name for name in ranges if name in documented.contents), None)
