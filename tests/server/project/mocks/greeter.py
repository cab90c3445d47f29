"""A mock for the tests of serving."""

from __future__ import annotations

from typing import Any

from understudy import Call, Refusal, Reply, Service


class NoKey(Refusal):
    """A key, please."""

    status, clause = 403, "greeter.key"


class TooLong(Refusal):
    """That is too long."""

    status, clause = 413, "greeter.large"


class KeyNeeded:
    """Lets test credentials through."""

    def check(self, call: Call) -> None:
        if call.account is None:
            raise NoKey

    def passed(self, call: Call) -> None:
        pass


greeter: Service[dict[str, Any]] = Service(
    "greeter",
    state=dict,
    refused=lambda refusal, case, call: Reply({"error": refusal.message}),
    violated=lambda violations, call: NoKey(),
    unmatched=lambda near, call: NoKey(),
    wire={"body_too_large": TooLong},
    guards=[KeyNeeded()],
)


@greeter.operation("greet")
def greet(state: dict[str, Any], call: Call) -> Reply:
    loud = call.readings["greeter.tone"] == "loud"
    text = f"{call.path['name']}, {call.limits['tone']} {call.new_id()}"
    return Reply({"text": text.upper() if loud else text})
