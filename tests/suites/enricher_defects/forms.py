"""Ways of doing one thing otherwise that many defects share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from tests.suites.enricher_provider import Provider
from tests.suites.enricher_provider.things import Answer, Call, Event, Job, Raw, Watching

Change = Callable[[Any], Any]


class Answering(Provider):
    """Whatever ``operations`` answer in JSON when they succeed is changed by ``altered``."""

    operations: ClassVar[tuple[str, ...]] = ()

    def called(self, call: Call) -> Answer:
        answer = super().called(call)
        if call.operation not in self.operations or isinstance(answer, (Raw, Watching)):
            return answer
        return answer[0], self.altered(answer[1])

    @abstractmethod
    def altered(self, value: Any) -> Any:
        """The answer's value."""


class Telling(Provider):
    """Every event of ``kinds`` is told as ``retold`` has it."""

    kinds: ClassVar[tuple[str, ...]] = ()

    def events(self, job: Job, events: list[Event]) -> list[Event]:
        return [told for event in events for told in (self.retold(event) if event["type"] in self.kinds else [event])]

    @abstractmethod
    def retold(self, event: Event) -> Iterable[Event]:
        """The events that one is told as."""


def answering(name: str, operations: str | tuple[str, ...], change: Change) -> type[Provider]:
    """A provider of this name whose answers to operations are changed."""
    named = (operations,) if isinstance(operations, str) else operations
    return type(name, (Answering,), {"operations": named, "altered": lambda self, value: change(value)})


def telling(name: str, kinds: str | tuple[str, ...], change: Change) -> type[Provider]:
    """A provider of this name whose events of some kinds are changed."""
    named = (kinds,) if isinstance(kinds, str) else kinds
    return type(name, (Telling,), {"kinds": named, "retold": lambda self, event: [change(event)]})


def without(*names: str) -> Change:
    return lambda value: {name: entry for name, entry in value.items() if name not in names}


def renamed(name: str, other: str) -> Change:
    return lambda value: {other if key == name else key: entry for key, entry in value.items()}


def changed(**members: Any) -> Change:
    """Members replaced; a function is given the lawful value."""
    return lambda value: {
        **value,
        **{name: new(value.get(name)) if callable(new) else new for name, new in members.items()},
    }


def each(name: str, change: Change) -> Change:
    """Every element of an array that is a member changed."""
    return lambda value: {**value, name: [change(entry) for entry in value[name]]}


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.replace("-", "_").split("_"))
