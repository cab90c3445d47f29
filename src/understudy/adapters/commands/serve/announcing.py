"""What ``serve`` tells of what it serves: on standard output, and in the ready file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from understudy.errors import UsageError

if TYPE_CHECKING:
    from understudy.adapters.controlling import Controlling
    from understudy.contract import Contract
    from understudy.engine import Engine

CONTROL = "control"
"""Under which the ready file has the control plane, beside the stems."""


def shown(url: str, contract: Contract) -> str:
    """What is printed of a service: where it is, and by which credentials it is called."""
    roles = contract.roles.values()
    width = max((len(role.name) for role in roles), default=0)
    scheme = contract.credential_scheme
    field = "Authorization: Bearer" if scheme["type"] == "http" else f"{scheme['name']}:"
    lines = [f"{contract.stem}  {url}", f"  {field} <credential>, by role:"]
    lines += [f"    {role.name:<{width}}  {' '.join(role.values)}" for role in roles]
    return "\n".join(lines)


def shown_control(control: Controlling) -> str:
    """What is printed of the control plane: nobody learns the token but from here and the ready file."""
    return f"{CONTROL}  {control.url}\n  Authorization: Bearer {control.token}"


def ready(urls: Mapping[str, str], engines: Mapping[str, Engine], control: Controlling | None) -> dict[str, Any]:
    """What the ready file says: a target for every service, and the control plane."""
    content: dict[str, Any] = {stem: _entry(urls[stem], engine) for stem, engine in engines.items()}
    return content if control is None else {**content, CONTROL: {"url": control.url, "token": control.token}}


@contextmanager
def announced(path: Path | None, content: Mapping[str, Any]) -> Iterator[None]:
    """Keep the ready file for as long as the block runs. It appears whole (RFC 8259, UTF-8) or not at all.

    One with a token can be read by its owner only.

    Raises:
        UsageError: it cannot be written.
    """
    if path is None:
        yield
        return
    data = msgspec.json.format(msgspec.json.encode(content))
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.unlink(missing_ok=True)
        opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if CONTROL in content else 0o666)
        with os.fdopen(opened, "wb") as file:
            file.write(data)
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise UsageError(f"--ready-file {path} cannot be written: {error.strerror}") from error
    try:
        yield
    finally:
        with suppress(OSError):
            if path.read_bytes() == data:  # else it is another server's by now
                path.unlink()


def _entry(url: str, engine: Engine) -> dict[str, Any]:
    contract = engine.contract
    return {
        "url": url,
        "credentials": contract.test_credentials,
        "fixtures": contract.fixture_values,
        "limits": dict(engine.limits),
    }
