"""What the plane answers, in lines that people read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

Json = Mapping[str, Any]


def stage_line(stage: Json) -> str:
    clock, dialects = stage["clock"], stage["dialects"]
    parts = [stage["name"], f"{kind(clock)} {clock['time']}", f"seed {stage['seed']}"]
    parts += [f"dialects {', '.join(dialects)}"] if dialects else []
    return "  ".join([*parts, *(f"{stage[name]} {name}" for name in ("accounts", "exchanges", "faults"))])


def stage_page(stage: Json) -> Iterator[str]:
    """A stage with where its services are, and by which credentials they are called on it."""
    yield stage_line(stage)
    for name, service in stage["services"].items():
        yield f"  {name}  {service['url'] or 'is not served'}"
        credentials = service["credentials"]
        width = max(map(len, credentials), default=0)
        for role, value in credentials.items():
            yield f"    {role:<{width}}  {value if isinstance(value, str) else ' '.join(value)}"


def clock_line(name: str, clock: Json) -> str:
    manner = {True: "  straight", False: "  waited for", None: ""}[clock["straight"]]
    return f"{name}  {kind(clock)} {clock['time']}{manner}"


def kind(clock: Json) -> str:
    return clock["kind"] if clock["factor"] is None else f"{clock['kind']} {clock['factor']:g}x"


def fault_line(plan: Json) -> str:
    members = [
        f"{name}={_json(value)}" for name, value in plan["fault"].items() if name != "kind" and value not in (None, [])
    ]
    when = [f"{name} {_json(plan[name])}" for name in ("calls", "times") if plan[name] is not None]
    when += [f"probability {plan['probability']:g}"] if plan["probability"] < 1 else []
    when += ["unlawful"] if plan["unlawful"] else []
    where = f"{plan['service']}.{plan['operation']}" if plan["operation"] else plan["service"]
    counts = [f"matched {plan['matched']}", f"struck {plan['struck']}", *(["spent"] if plan["spent"] else [])]
    return "  ".join([plan["id"], where, " ".join([plan["fault"]["kind"], *members]), *when, *counts])


def exchange_page(exchange: Json) -> Iterator[str]:
    """An exchange, and below it what was wrong with it, by which clauses."""
    asked = f"{exchange['method']} {exchange['target']}"
    operation, fault = exchange["operation"] or "-", exchange["fault"]
    parts = [str(exchange["number"]), exchange["time"], exchange["service"], operation, asked, str(exchange["status"])]
    parts += [f"{fault['kind']} by {fault['id']}"] if fault else []
    yield "  ".join([*parts, *exchange["clauses"]])
    for found in exchange["violations"]:
        place = f"{found['where']} {found['pointer']}".rstrip()
        yield f"    {found['blame']}: {place}: expected {found['expected']}; got {found['seen']}"


def preparation_page(preparation: Json) -> Iterator[str]:
    required = preparation["values"].get("required", ())
    names = [name if name in required else f"[{name}]" for name in preparation["values"].get("properties", {})]
    yield f"{preparation['service']}  {preparation['name']} {' '.join(names)}".rstrip()
    yield f"    {preparation['says']}"


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
