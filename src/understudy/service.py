"""The authoring API: what a mock file is written with.

A `Service` binds behaviours to the operations of a contract. A behaviour is ``(state, call) -> Reply``; it answers, or
raises a `Refusal`. It never sees a socket, a clock or a source of randomness: what it needs of those is on the `Call`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar

from understudy.errors import ServiceError
from understudy.http import Chunk, Headers, LiveStream, Request

if TYPE_CHECKING:
    from understudy.contract import Contract, ErrorCase
    from understudy.contract.routes import NearMiss
    from understudy.contract.violations import Violation
    from understudy.stage import Account, Stage

S = TypeVar("S")
Load = TypeVar("Load", bound=Callable[..., Any])


class Reply(NamedTuple):
    """A behaviour's answer.

    ``body`` is a JSON value, or bytes that are sent as they are; ``media_type`` defaults to the operation's only one.
    ``stream`` replaces ``body``: chunks with offsets in seconds, or a `LiveStream` where they may still change.
    ``latency`` is how long the service takes before it begins to answer, in seconds on the stage's clock.
    """

    body: Any = None
    status: int = 200
    headers: Headers = ()
    media_type: str | None = None
    stream: Sequence[Chunk] | LiveStream | None = None
    latency: float = 0.0


class Refusal(Exception):
    """A documented answer other than success. Subclass it with a ``status`` and the ``clause`` that it comes from.

    The text a consumer reads is the argument, or the first line of the subclass's docstring. ``usual`` is the detail
    where none is given: made without arguments, as a fault makes it, a refusal has to keep the contract too.
    """

    status: ClassVar[int] = 0
    clause: ClassVar[str] = ""
    usual: ClassVar[Any] = None

    def __init__(self, message: str | None = None, *, detail: Any = None, headers: Headers = ()) -> None:
        self.message = message or _first_line(type(self).__doc__) or type(self).clause
        self.detail = type(self).usual if detail is None else detail
        self.headers = headers
        super().__init__(self.message)


class Call:
    """One call of one operation, decoded: what guards and behaviours read.

    ``operation`` is an operationId, None when nothing of the contract matched. ``path``, ``query`` and ``body`` are
    decoded by the contract (numbers are numbers, defaults are filled in); they are empty until the request has been
    checked, which is after the guards. ``now`` is the stage's time in epoch seconds, UTC. ``sent`` is the credential
    that was sent, where `identify` has found the account by another one.
    """

    __slots__ = (
        "_identify",
        "account",
        "body",
        "contract",
        "credential",
        "limits",
        "now",
        "operation",
        "path",
        "query",
        "readings",
        "request",
        "sent",
        "shared",
        "stage",
    )

    def __init__(
        self,
        request: Request,
        operation: str | None,
        now: float,
        credential: str | None,
        account: Account | None,
        stage: Stage,
        shared: Any,
        contract: Contract,
        limits: Mapping[str, Any],
        readings: Mapping[str, str],
        identify: Callable[[str], Account | None],
    ) -> None:
        self.request = request
        self.operation = operation
        self.now = now
        self.credential = self.sent = credential
        self.account = account
        self.stage = stage
        self.shared = shared
        self.contract = contract
        self.limits = limits
        self.readings = readings
        self.path: Mapping[str, Any] = _EMPTY
        self.query: Mapping[str, Any] = _EMPTY
        self.body: Any = None
        self._identify = identify

    @property
    def role(self) -> str | None:
        """The credential's role, None when the credential is missing or unknown."""
        return self.account.role if self.account is not None else None

    def new_id(self, prefix: str = "") -> str:
        """A fresh identifier of the account: a function of the stage's seed, the credential and what came before."""
        assert self.account is not None, "a guard lets no call without an account reach a behaviour"
        return prefix + self.account.ids.next()

    def identify(self, credential: str) -> None:
        """Take ``credential`` as the call's own: for services that accept it in more than one place."""
        self.credential = credential
        self.account = self._identify(credential)


class Guard(Protocol):
    """A check before the behaviour. ``check`` raises a `Refusal`; ``passed`` runs after a call that nothing refused."""

    def check(self, call: Call) -> None: ...

    def passed(self, call: Call) -> None: ...


Behaviour = Callable[[Any, Call], Reply]
RefusalBody = Callable[[Refusal, "ErrorCase", Call], Reply]
OnViolation = Callable[[Sequence["Violation"], Call], Refusal]
OnUnmatched = Callable[[Sequence["NearMiss"], Call], Refusal]
Wire = Mapping[str, type[Refusal]]


class Service(Generic[S]):
    """A service's behaviours, by operationId.

    ``state`` makes the default starting state of one account; ``shared`` makes what all accounts of a stage share (for
    example a table of addresses). ``guards`` are checked in order, for unmatched requests too.

    ``refused`` renders a refusal in the service's own shape. ``violated`` chooses the refusal for a request that
    breaks the contract, ``unmatched`` for one that no operation matches. ``wire`` names the refusals that an adapter
    decides before there is a whole request: ``body_too_large`` and ``request_timeout``. ``charset`` is what the service
    adds to the Content-Type of its JSON.
    """

    def __init__(
        self,
        stem: str,
        *,
        state: Callable[[], S],
        refused: RefusalBody,
        violated: OnViolation,
        unmatched: OnUnmatched,
        wire: Wire,
        shared: Callable[[], Any] | None = None,
        guards: Sequence[Guard] = (),
        charset: str = "",
    ) -> None:
        self.stem = stem
        self.state = state
        self.shared = shared
        self.guards = tuple(guards)
        self.refused = refused
        self.violated = violated
        self.unmatched = unmatched
        self.wire = dict(wire)
        self.charset = f"; charset={charset}" if charset else ""
        self.behaviours: dict[str, Behaviour] = {}
        self.preparations: dict[str, Callable[..., Any]] = {}

    def operation(self, operation_id: str) -> Callable[[Callable[[S, Call], Reply]], Callable[[S, Call], Reply]]:
        """Bind a behaviour to an operation of the contract. An unknown operationId fails when the engine starts.

        Raises:
            ServiceError: the operation has a behaviour already.
        """

        def bind(behaviour: Callable[[S, Call], Reply]) -> Callable[[S, Call], Reply]:
            if operation_id in self.behaviours:
                raise ServiceError(f"{self.stem}: {operation_id} has a behaviour already; an operation has one")
            self.behaviours[operation_id] = behaviour
            return behaviour

        return bind

    def preparation(self, name: str) -> Callable[[Load], Load]:
        """Offer to load data that no operation can, by a function ``(state, **values)``, under ``name``.

        The values come from JSON and are checked by the types of its parameters. It raises a ValueError for what it
        cannot load, before it has loaded anything, and may return a JSON value. See `Engine.prepare`.

        Raises:
            ServiceError: the name is taken.
        """

        def offer(load: Load) -> Load:
            if name in self.preparations:
                raise ServiceError(f"{self.stem}: there is a preparation {name} already; choose another name")
            self.preparations[name] = load
            return load

        return offer


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]


_EMPTY: Mapping[str, Any] = {}
