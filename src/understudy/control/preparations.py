"""Accounts that have been met, and preparations: loading data that no operation of a service can."""

from __future__ import annotations

from understudy.control.definition import control
from understudy.control.plane import Plane
from understudy.control.refusals import Unusable
from understudy.errors import UsageError
from understudy.service import Call, Reply
from understudy.stage import Stage


@control.operation("listAccounts")
def list_accounts(plane: Plane, call: Call) -> Reply:
    service, limit, offset = call.query.get("service"), call.query["limit"], call.query["offset"]
    accounts = [
        {"service": stem, "credential": account.credential, "role": account.role}
        for stem, met in plane.stage(call.path).accounts.items()
        if service in (None, stem)
        for account in met.values()
    ]
    return Reply({"accounts": accounts[offset : offset + limit], "total": len(accounts)})


@control.operation("listPreparations")
def list_preparations(plane: Plane, call: Call) -> Reply:
    offered = [
        {"service": stem, "name": each.name, "says": each.says, "values": each.schema}
        for stem, engine in plane.stages.default.engines.items()
        for each in engine.preparations.values()
    ]
    return Reply({"preparations": offered})


@control.operation("prepare")
def prepare(plane: Plane, call: Call) -> Reply:
    stage, asked = plane.stage(call.path), call.body
    service, name = asked["service"], asked["name"]
    try:
        first = _first_credential(stage, service)
        credential = asked.get("credential", first)
        result = stage.engines[service].prepare(credential, name, asked["values"])
    except UsageError as error:
        raise Unusable(str(error)) from error
    return Reply({"service": service, "name": name, "credential": credential, "result": result})


def _first_credential(stage: Stage, service: str) -> str:
    """The credential of the service's first role. Raises UsageError where there is no such service."""
    if service not in stage.engines:
        raise UsageError(f"{service!r} is not served; served are {', '.join(stage.engines)}")
    first = next(iter(stage.credentials(service).values()))
    return first if isinstance(first, str) else first[0]
