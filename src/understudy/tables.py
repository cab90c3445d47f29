"""`Table`: a dict that knows which of its entries have changed, so that saving a write costs what it changed.

A state of a mock is plain data. Of a `msgspec.Struct` the fields are saved, of any other object its attributes (what a
Struct has in its ``__dict__`` is derived, and made anew). A Table among them is saved entry by entry, everything else
together whenever it differs from what was saved last. A state without a Table is thus saved whole, which is right for
small ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

V = TypeVar("V")


class Table(dict[str, V]):
    """A dict from texts to values of ``value_type`` (whatever msgspec reads from JSON), in the order of insertion.

    Setting and deleting entries is noted. A value that is changed in place has to be told of by `touch`. ``name`` and
    ``tracer`` are set on a stage that is traced.
    """

    __slots__ = ("_changed", "name", "tracer", "value_type")

    def __init__(self, value_type: Any, entries: Mapping[str, V] | Iterable[tuple[str, V]] = ()) -> None:
        super().__init__(entries)
        self.value_type = value_type
        self.name = ""
        self.tracer: Any = None
        self._changed: dict[str, None] | None = None

    def touch(self, key: str) -> None:
        """The value under ``key`` has been changed in place."""
        if self._changed is not None:
            self._changed[key] = None

    def follow(self) -> None:
        """Note changes from now on; all there is counts as changed."""
        self._changed = dict.fromkeys(self)

    def changed(self) -> tuple[str, ...]:
        """The keys whose entries were set, changed or deleted since `settle` was called last."""
        return tuple(self._changed or ())

    def settle(self) -> None:
        """What has changed so far is saved."""
        if self._changed:
            self._changed.clear()

    def __setitem__(self, key: str, value: V) -> None:
        super().__setitem__(key, value)
        if self._changed is not None:
            self._changed[key] = None

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        if self._changed is not None:
            self._changed[key] = None

    def pop(self, key: str, *default: Any) -> Any:
        if key in self:
            self.touch(key)
        return super().pop(key, *default)

    def popitem(self) -> tuple[str, V]:
        key, value = super().popitem()
        self.touch(key)
        return key, value

    def setdefault(self, key: str, default: V) -> V:
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, *entries: Any, **named: V) -> None:
        for key, value in dict(*entries, **named).items():
            self[key] = value

    def __ior__(self, entries: Any) -> Any:  # type: ignore[misc]
        self.update(entries)
        return self

    def clear(self) -> None:
        for key in self:
            self.touch(key)
        super().clear()


def tables_of(state: Any) -> dict[str, Table[Any]]:
    """The tables of a state, by the names of its fields."""
    return {name: value for name, value in attributes_of(state).items() if isinstance(value, Table)}


def has_attributes(state: Any) -> bool:
    """Whether a state is an object with fields or attributes, and no plain value."""
    return not isinstance(state, dict | list | tuple | str | int | float | bool | None)


def attributes_of(state: Any) -> dict[str, Any]:
    """The fields of a `msgspec.Struct`, the attributes of any other object."""
    fields = getattr(type(state), "__struct_fields__", None)
    if fields is not None:
        return {name: getattr(state, name) for name in fields}
    return dict(getattr(state, "__dict__", {})) if has_attributes(state) else {}
