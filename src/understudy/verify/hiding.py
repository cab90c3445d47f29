"""Exchanges without what is secret in them: credentials, cookies, and what a contract marks with ``x-secret``."""

from __future__ import annotations

from collections.abc import Mapping

from understudy.contract import Contract
from understudy.contract.routes import Router
from understudy.contract.secrets import REDACTED, SECRET_HEADERS, Secrets, without
from understudy.http import Headers, Response
from understudy.verify.observation import Observation


class Hiding:
    """Hides what is secret in exchanges of one service."""

    def __init__(self, contract: Contract) -> None:
        self._router: Router[Secrets] = Router()
        for operation in contract.operations.values():
            self._router.add(operation.method, operation.path, Secrets(contract, operation))

    def hidden(self, observation: Observation) -> Observation:
        """The exchange as it may be shown and written."""
        request = observation.request
        match = self._router.match(request.method, request.path)
        secrets = match.operation if match is not None else None
        body = without(request.body, secrets.asked, REDACTED) if secrets else request.body
        request = request._replace(headers=_fields(request.headers), body=body)
        return observation._replace(
            request=request,
            response=_response(observation.response, secrets),
            partial=_response(observation.partial, secrets),
        )


def _response(response: Response | None, secrets: Secrets | None) -> Response | None:
    if response is None:
        return None
    fields = ((name, REDACTED if name.lower() in SECRET_HEADERS else value) for name, value in response.headers)
    headers: Headers = tuple(fields)
    body = without(response.body, secrets.told, REDACTED) if secrets else response.body
    return response._replace(headers=headers, body=body)


def _fields(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: REDACTED if name.lower() in SECRET_HEADERS else value for name, value in headers.items()}
