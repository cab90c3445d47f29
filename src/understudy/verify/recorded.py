"""Recorded traffic judged: the same judges, over exchanges that somebody else has made.

Nothing tells whose a credential is. One that was accepted is taken for one in good standing, of an account of its own.
Where no request has one at all, the recording is taken to have lost them, as browsers strip them, unless it is said
otherwise: then every request is taken to have been made with one and the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from understudy.contract import Contract
from understudy.contract.credentials import Credentials
from understudy.contract.routes import Router
from understudy.errors import UsageError
from understudy.http import Request
from understudy.verify.har import Recorded, Recording
from understudy.verify.judge import Briefing
from understudy.verify.observation import Observation
from understudy.verify.reading import Verdict
from understudy.verify.recorder import disguised_role
from understudy.verify.suite import Suite
from understudy.verify.verification import Verification, rows

LOST = "understudy-lost-in-the-recording"
"""A credential that stands for one that a recording has lost."""
MASKED = re.compile(r"redacted|removed|\*{3}|•{3}|x{6}|^$", re.IGNORECASE)
"""How recordings show a credential that they do not tell."""
RECORDING = "the recording has nothing that bears on it"


class Told(NamedTuple):
    """What is known of the instance beside the recording. ``credential``: the role to take lost credentials for."""

    roles: Mapping[str, str] = {}
    limits: Mapping[str, Any] = {}
    fixtures: Mapping[str, Any] = {}
    dialects: frozenset[str] = frozenset()
    credential: str | None = None


def judge_recording(
    contract: Contract, suite: Suite, recording: Recording, told: Told, origin: str | None = None
) -> Verification:
    """Judge what a recording has of one service.

    Raises:
        UsageError: it has calls of the service at several origins, or none, and ``origin`` names none of them.
    """
    chosen = _at_one_origin(contract, recording.exchanges, origin)
    observations = _with_credentials(contract, chosen, told)
    roles = {**_accepted(contract, observations), **_disguised(contract, observations), **told.roles}
    judge = suite.judge(contract, Briefing(roles, told.limits, told.fixtures, told.dialects))
    verdicts: list[Verdict] = []
    for observation in observations:
        verdicts.extend(judge.read(observation)[1])
    found = rows(contract, suite, verdicts, {}, RECORDING)
    return Verification(contract.stem, found, observations, judge.again)


def has_calls_of(contract: Contract, recording: Recording) -> bool:
    """Whether any request of the recording names an operation of the contract."""
    return any(_calls(contract, recording.exchanges).values())


def _at_one_origin(contract: Contract, exchanges: Sequence[Recorded], origin: str | None) -> list[Observation]:
    calls = _calls(contract, exchanges)
    found = [one for one, count in calls.items() if count]
    own = [one for one in found if one in {server["url"].rstrip("/") for server in contract.document["servers"]}]
    if origin is not None:
        found = [one for one in calls if one == origin.rstrip("/").lower()]
    elif own:
        found = own[:1]
    if len(found) != 1:
        there_are = ", ".join(found or calls) or "none"
        raise UsageError(
            f"{contract.stem}: the recording has calls of it at {len(found)} origins; name one by --origin: {there_are}"
        )
    return [recorded.observation for recorded in exchanges if recorded.origin == found[0]]


def _calls(contract: Contract, exchanges: Sequence[Recorded]) -> dict[str, int]:
    """How many requests name an operation of the contract, by origin."""
    router: Router[str] = Router()
    for operation in contract.operations.values():
        router.add(operation.method, operation.path, operation.id)
    calls: dict[str, int] = {}
    for recorded in exchanges:
        request = recorded.observation.request
        match = router.match(request.method, request.path)
        calls[recorded.origin] = calls.get(recorded.origin, 0) + (match is not None)
    return calls


def _with_credentials(contract: Contract, observations: Sequence[Observation], told: Told) -> list[Observation]:
    """The observations, with the credential that was lost where none has one."""
    header = Credentials(contract).header
    observations = [one._replace(request=_unmasked(one.request, header)) for one in observations]
    lost = not any(header in observation.request.headers for observation in observations)
    if told.credential is None and not lost:
        return list(observations)
    bearer = contract.credential_scheme["type"] == "http"
    value = f"Bearer {LOST}" if bearer else LOST
    return [
        observation._replace(request=_sent_with(observation.request, header, value)) for observation in observations
    ]


def _unmasked(request: Request, header: str) -> Request:
    """The request without a credential that the recording shows masked: that one is lost as well."""
    value = request.headers.get(header)
    if value is None or not MASKED.search(value):
        return request
    return request._replace(headers={name: told for name, told in request.headers.items() if name != header})


def _sent_with(request: Request, header: str, value: str) -> Request:
    return request if header in request.headers else request._replace(headers={**request.headers, header: value})


def _accepted(contract: Contract, observations: Sequence[Observation]) -> dict[str, str]:
    """Credentials that were accepted at least once, as good ones."""
    credentials = Credentials(contract)
    accepted = (
        credentials.read(observation.request.headers)
        for observation in observations
        if observation.response is not None and 200 <= observation.response.status < 300
    )
    return {credential: "good" for credential in accepted if credential}


def _disguised(contract: Contract, observations: Sequence[Observation]) -> dict[str, str]:
    """The roles of credentials that a recording of ours has in disguise."""
    credentials = Credentials(contract)
    found = {credentials.read(observation.request.headers) or "" for observation in observations}
    return {credential: role for credential in found if (role := disguised_role(contract, credential))}
