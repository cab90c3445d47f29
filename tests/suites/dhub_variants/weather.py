"""What others do, and what becomes of calls on their way."""

from __future__ import annotations

from tests.suites.dhub_provider import Answer, Provider, Thing
from tests.suites.dhub_variants.lists import PagesByOffset
from tests.suites.dhub_variants.registry import lawful
from understudy.http import Request, Response
from understudy.verify.observation import TransportFailure

# Others, and the weather


@lawful
class SharesAccounts(Provider):
    def account_of(self, token: str) -> str:
        return "everybody"


class Busy(Provider):
    """Others create and delete Knowledges all the time."""

    def send(self, request: Request) -> Response:
        for account in self.accounts.values():
            strangers = [id for id in account if id.startswith("가") or id.startswith("k0")]
            for id in strangers[:1] if self.calls % 3 else ():
                del account[id]
            id = f"{'가' if self.calls % 2 else 'k0'}{self.calls * 7919 % 1000}"
            account[id] = Thing(id, {"name": "남의 것", "groups": None, "options": {"a": 1}}, 17, 18)
        return super().send(request)

    def passes(self, thing: Thing, groups: str | None) -> bool:
        return groups is None or groups == "" or (bool(thing.fields.get("groups")) and super().passes(thing, groups))


@lawful
class IsBusy(Busy):
    """Its tokens are places in the order of ids, so that pages neither skip nor repeat."""


@lawful
class IsBusyAndPagesByOffset(Busy, PagesByOffset):
    """Its pages move when others create and delete, which is not promised to be otherwise."""


@lawful
class HasMuchInItAlready(Provider):
    def starting(self) -> dict[str, Thing]:
        return {
            f"kb_{number}": Thing(f"kb_{number}", {"name": f"옛것 {number}", "groups": ["support"]}, number, number)
            for number in range(1500)
        }


@lawful
class IsAskedTooOften(Provider):
    def send(self, request: Request) -> Response:
        if self.calls % 10 == 9:
            self.calls += 1
            return self.render(request, 429, {"detail": "too many requests"})
        return super().send(request)


@lawful
class IsDownAtTimes(Provider):
    def send(self, request: Request) -> Response:
        response = super().send(request)
        return self.render(request, 503, None) if self.calls % 11 == 10 else response


@lawful
class DropsConnections(Provider):
    def send(self, request: Request) -> Response:
        response = super().send(request)
        if self.calls % 13 == 12:
            raise TransportFailure("the connection was closed before the answer was whole")
        return response


@lawful
class LetsTheTokenExpire(Provider):
    def valid(self, token: str | None) -> bool:
        return super().valid(token) and self.calls < 60


@lawful
class ReadsTheSchemeByLetter(Provider):
    def token(self, header: str | None) -> str | None:
        return header[7:] if header is not None and header.startswith("Bearer ") else None


@lawful
class TakesPathsWithAndWithoutASlash(Provider):
    def answer(self, request: Request) -> Answer:
        path, _, query = request.target.partition("?")
        path = path.rstrip("/")
        lists = path.endswith(("/documents", "/knowledges"))
        return super().answer(request._replace(target=path + ("/" if lists else "") + (f"?{query}" if query else "")))
