"""From a call that is laid out to a request, and from its answer to what later calls need of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from understudy.contract.credentials import Credentials
from understudy.contract.document import resolve
from understudy.contract.recipes import NO_CREDENTIAL, UNKNOWN_CREDENTIAL, Part, Step
from understudy.contract.values import Contract
from understudy.errors import UsageError
from understudy.http import Request

VARIABLE = re.compile(r"\$([a-z][a-z0-9]*(?:_[a-z0-9]+)*)")
"""A string that stands for a value: that of a fixture, or one that an earlier call has kept."""
NOBODY = "understudy-unknown-credential"
"""A credential that nobody has."""
BOUNDARY = "understudy-form-boundary"
DOTS = {".": "%2E", "..": "%2E%2E"}
"""Segments that clients would resolve (RFC 3986 section 5.2.4), spelled so that they are sent."""


def request_of(contract: Contract, step: Step, values: Mapping[str, Any], account: str = "") -> Request:
    """The request of a call that is laid out, with ``values`` for its variables.

    ``account`` is a suffix: the call is made by a fresh account ``<test credential>-<account>`` of its role.

    Raises:
        UsageError: a variable has no value.
    """
    headers = dict(_credential_header(contract, step, values, account))
    content, media_type = _content(contract, step, values)
    if media_type is not None:
        headers["content-type"] = media_type
    for name, value in step.headers.items():
        headers.pop(name.lower(), None)
        if value is not None:
            headers[name.lower()] = filled(value, values)
    if step.pad > len(content):
        content += b" " * (step.pad - len(content))
    return Request(step.method, target_of(step, values), headers, content)


def target_of(step: Step, values: Mapping[str, Any]) -> str:
    """Path and query, percent-encoded. Raises UsageError where a variable has no value."""
    target = step.target
    for name, value in step.path.items():
        target = target.replace("{" + name + "}", _segment(str(filled(value, values))))
    query = {name: _text(filled(value, values)) for name, value in step.query.items() if value is not None}
    return f"{target}?{urlencode(query, quote_via=quote)}" if query else target


def filled(value: Any, values: Mapping[str, Any]) -> Any:
    """``value`` with its variables replaced, at any depth. Raises UsageError where one has no value."""
    if isinstance(value, str):
        found = VARIABLE.fullmatch(value)
        if found is None:
            return value
        if found[1] not in values:
            raise UsageError(f"${found[1]} has no value: no call before has kept it, and there is no such fixture")
        return values[found[1]]
    if isinstance(value, Mapping):
        return {name: filled(entry, values) for name, entry in value.items()}
    if isinstance(value, list):
        return [filled(entry, values) for entry in value]
    return value


def variables_in(value: Any) -> Iterator[str]:
    """The names of the variables that ``value`` has, at any depth."""
    if isinstance(value, str):
        found = VARIABLE.fullmatch(value)
        if found is not None:
            yield found[1]
    elif isinstance(value, Mapping):
        for entry in value.values():
            yield from variables_in(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from variables_in(entry)


def kept(step: Step, answer: bytes) -> dict[str, Any]:
    """What a call keeps of its answer, by name.

    Raises:
        UsageError: the answer is not JSON, or has no member there.
    """
    if not step.keep:
        return {}
    try:
        document = msgspec.json.decode(answer)
    except msgspec.MsgspecError as error:
        raise UsageError(f"the answer of {step.operation}, of which {', '.join(step.keep)} is kept: {error}") from None
    return {name: _member(document, pointer, step) for name, pointer in step.keep.items()}


def credential_of(contract: Contract, step: Step, values: Mapping[str, Any], account: str = "") -> str | None:
    """The credential that a call is made with; None: without one. Raises UsageError where a variable has no value."""
    if step.credential == NO_CREDENTIAL:
        return None
    if step.credential == UNKNOWN_CREDENTIAL:
        return NOBODY
    if step.credential not in contract.roles:
        return str(filled(step.credential, values))
    value = contract.roles[step.credential].values[0]
    return "-".join(part for part in (value, account, step.account) if part)


def _credential_header(
    contract: Contract, step: Step, values: Mapping[str, Any], account: str
) -> tuple[tuple[str, str], ...]:
    credential = credential_of(contract, step, values, account)
    if credential is None:
        return ()
    bearer = contract.credential_scheme["type"] == "http"
    return ((Credentials(contract).header, f"Bearer {credential}" if bearer else credential),)


def _content(contract: Contract, step: Step, values: Mapping[str, Any]) -> tuple[bytes, str | None]:
    """The body, and the media type that the operation takes it as; None where there is no body."""
    if step.form is not None and step.raw is None:
        return form_body(step.form), f"multipart/form-data; boundary={BOUNDARY}"
    if step.raw is not None:
        declared = _media_type(contract, step)
        return step.raw.encode(), f"{declared}; boundary={BOUNDARY}" if step.form is not None else declared
    if step.body is msgspec.UNSET:
        return b"", None
    return msgspec.json.encode(filled(step.body, values)), _media_type(contract, step)


def _media_type(contract: Contract, step: Step) -> str:
    node = {} if step.operation is None else contract.operations[step.operation].node.get("requestBody", {})
    return str(next(iter(resolve(contract.document, node).get("content", {})), "application/json"))


def form_body(parts: tuple[Part, ...]) -> bytes:
    """A multipart/form-data body (RFC 7578), names and filenames in UTF-8."""
    written = b""
    for part in parts:
        named = f'name="{_quoted(part.name)}"'
        named += "" if part.filename is None else f'; filename="{_quoted(part.filename)}"'
        kind = "" if part.media_type is None else f"Content-Type: {part.media_type}\r\n"
        head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; {named}\r\n{kind}\r\n"
        written += f"{head}{part.text}\r\n".encode()
    return written + f"--{BOUNDARY}--\r\n".encode()


def _quoted(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _segment(value: str) -> str:
    return DOTS.get(value) or quote(value, safe="")


def _text(value: Any) -> str:
    """A query parameter as it is written: JSON spells booleans and numbers as a query does."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _member(document: Any, pointer: str, step: Step) -> Any:
    found = document
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        try:
            found = found[int(name)] if isinstance(found, list) else found[name]
        except (KeyError, IndexError, TypeError, ValueError):
            raise UsageError(f"the answer of {step.operation} has no member at {pointer}") from None
    return found
