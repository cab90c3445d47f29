"""The recorder: every exchange with a target as an entry of a HAR 1.2 file, without what is secret in it.

The file is whole after every exchange, whatever ends the run. Credentials are replaced by names that tell them apart,
``recorded-<role>-<number>``, so that a recording can be judged as the run was; one that was cut off on purpose stays
cut off, one that nobody gave out stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, BinaryIO
from urllib.parse import quote

import msgspec

from understudy.contract import Contract
from understudy.contract.credentials import Credentials
from understudy.http import Chunk, Request, Response
from understudy.verify.har import entry_of
from understudy.verify.hiding import Hiding
from understudy.verify.judge import UNKNOWN_CREDENTIAL
from understudy.verify.observation import Observation
from understudy.verify.target import Target

_TAIL = b"\n]}}\n"
_NAME = re.compile(r"recorded-(?P<role>.+)-[0-9]+")
_SCHEMES = frozenset(("bearer", "basic"))
SHORTEST = 6
"""Shorter credentials are not looked for in texts, where such a few characters may well stand for something else."""


class Tape:
    """A HAR file that is being written: whole at any time. ``file`` is open for writing and can be sought in.

    ``version`` is that of understudy, its creator.
    """

    def __init__(self, file: BinaryIO, version: str) -> None:
        log = msgspec.json.encode({"version": "1.2", "creator": {"name": "understudy", "version": version}})
        head = b'{"log":' + log[:-1] + b',"entries":[\n'
        self._file = file
        self._end = len(head)
        self._empty = True
        file.write(head + _TAIL)
        file.flush()

    def append(self, entry: dict[str, Any]) -> None:
        """Add one entry."""
        content = (b"" if self._empty else b",\n") + msgspec.json.encode(entry)
        self._file.seek(self._end)
        self._file.write(content + _TAIL)
        self._file.flush()
        self._end += len(content)
        self._empty = False


class Recorder:
    """Records what passes one gate. ``began`` is the time (epoch seconds, UTC) from which the gate's own counts."""

    def __init__(self, tape: Tape, contract: Contract, target: Target, began: float) -> None:
        self._tape = tape
        self._stem = contract.stem
        self._origin = target.url
        self._began = began
        self._hiding = Hiding(contract)
        self._disguise = Disguise(contract, target)

    def sending(self, number: int, request: Request) -> None:
        """Nothing yet: an entry needs its answer."""

    def came(self, observation: Observation) -> None:
        """Record an exchange."""
        shown = self._disguise.of(observation, self._hiding.hidden(observation))
        entry = entry_of(shown, self._origin, self._began)
        stream = (observation.response or observation.partial or Response(0)).stream
        entry["_stem"] = self._stem
        if stream is not None:
            entry["_pieces"] = [{"at": round(chunk.at, 6), "bytes": len(chunk.data)} for chunk in stream]
        self._tape.append(entry)


def disguised_role(contract: Contract, credential: str) -> str | None:
    """The role that a credential of a recording of ours stands for; None for any other credential."""
    found = _NAME.fullmatch(credential)
    return found["role"] if found and found["role"] in contract.roles else None


class Disguise:
    """Gives every credential a name that tells it apart and tells nothing else."""

    def __init__(self, contract: Contract, target: Target) -> None:
        self._credentials = Credentials(contract)
        self._names = {
            value: f"recorded-{role}-{nth}"
            for role in target.credentials
            for nth, value in enumerate(target.values(role), 1)
            if value
        }
        self._others: dict[str, int] = {}
        spelled = {spelling: name for value, name in self._names.items() for spelling in (value, quote(value, safe=""))}
        longest_first = sorted(spelled.items(), key=lambda entry: -len(entry[0]))
        self._literals = tuple(entry for entry in longest_first if len(entry[0]) >= SHORTEST)

    def of(self, observation: Observation, shown: Observation) -> Observation:
        """``shown`` with the credential of ``observation`` under its name, and known credentials nowhere else."""
        header = self._credentials.header
        credential = self._credentials.read(observation.request.headers)
        headers = {name: self.text(value) for name, value in shown.request.headers.items()}
        if credential is not None:
            value = observation.request.headers[header]
            headers[header] = value.replace(credential.strip(), self._name(credential.strip()), 1)
        request = shown.request._replace(
            headers=headers, target=self.text(shown.request.target), body=self.data(shown.request.body)
        )
        response, partial = self._response(shown.response), self._response(shown.partial)
        failure = None if shown.failure is None else self.text(shown.failure)
        return shown._replace(request=request, response=response, partial=partial, failure=failure)

    def text(self, text: str) -> str:
        """Text without known credentials."""
        for value, name in self._literals:
            text = text.replace(value, name)
        return text

    def data(self, data: bytes) -> bytes:
        """Bytes without known credentials."""
        for value, name in self._literals:
            data = data.replace(value.encode(), name.encode())
        return data

    def _name(self, credential: str) -> str:
        """What stands for a credential: those that were cut off are cut off, schemes and made up ones stay."""
        if not credential or credential.lower() in _SCHEMES:
            return credential
        if credential.startswith(UNKNOWN_CREDENTIAL):
            return self.text(credential)
        if credential in self._names:
            return self._names[credential]
        whole = next((value for value in self._names if value.startswith(credential)), None)
        if whole is not None:
            return self._names[whole][:-1]
        disguised = self.text(credential)
        return disguised if disguised != credential else f"recorded-other-{self._other(credential)}"

    def _other(self, credential: str) -> int:
        return self._others.setdefault(credential, len(self._others) + 1)

    def _response(self, response: Response | None) -> Response | None:
        if response is None:
            return None
        headers = tuple((name, self.text(value)) for name, value in response.headers)
        stream: Sequence[Chunk] | None = None
        if response.stream is not None:
            stream = (Chunk(0.0, self.data(response.content)),)
        return response._replace(headers=headers, body=self.data(response.body), stream=stream)
