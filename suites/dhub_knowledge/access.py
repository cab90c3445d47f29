"""Who may call: what is carried out without a valid access token, and what is refused with one."""

from __future__ import annotations

from collections.abc import Iterator

from understudy.verify.reading import Reading, Verdict

from .world import Account, World

BUSY = frozenset((408, 413, 429, 502, 503, 504))
"""Statuses that say nothing about an operation: too often, too long, later."""


def judge_access(reading: Reading) -> Iterator[Verdict]:
    """A request that certainly has no valid access token."""
    missing = not (reading.credential or "").strip()
    seen = f"status {reading.status}"
    if reading.succeeded:
        for clause in ("dhub.auth.required", "dhub.auth.missing" if missing else "dhub.auth.invalid"):
            yield reading.expect(clause, False, "a refusal: there is no valid access token", seen, "status")
        return
    if reading.status in BUSY or reading.status >= 500:
        return
    yield reading.holds("dhub.auth.required")
    if reading.lawful:
        clause = "dhub.auth.missing" if missing else "dhub.auth.invalid"
        yield reading.expect(clause, reading.status == 401, "status 401", seen, "status")
    else:
        yield reading.expect("dhub.error.precedence", reading.status == 401, "status 401 first", seen, "status")
    if reading.status == 401:
        challenge = (reading.response.header("www-authenticate") or "").lower()
        named = challenge.startswith("bearer")
        yield reading.expect("dhub.auth.challenge", named, "WWW-Authenticate: Bearer", challenge or "none", "header")


def accepted(reading: Reading, account: Account) -> Iterator[Verdict]:
    """A call was carried out with this credential, so it is valid; refusals of it before were none of its doing."""
    yield reading.holds("dhub.auth.bearer")
    scheme = reading.observation.request.headers.get("authorization", "")[:6]
    if scheme not in ("", "Bearer"):
        yield reading.holds("dhub.auth.scheme-case")
    pending, account.pending = account.pending, []
    yield from pending


def refused_credential(reading: Reading, account: Account, cited: tuple[str, ...]) -> Iterator[Verdict]:
    """Status 401 or 403 where success is due. It counts when the credential is accepted again, as it may have ended."""
    scheme = reading.observation.request.headers.get("authorization", "")[:6]
    if scheme not in ("", "Bearer"):
        yield reading.expect("dhub.auth.scheme-case", False, "the scheme in any case", scheme, "header")
        return
    seen = f"status {reading.status}"
    account.pending += [
        reading.expect(clause, False, "to be carried out, as the access token is valid", seen, "status")
        for clause in ("dhub.auth.bearer", *cited)
    ]


def judge_isolation(reading: Reading, world: World, account: Account) -> Iterator[Verdict]:
    """A call about a Knowledge that another account created."""
    id = reading.path.get("knowledge_id", reading.path.get("kid"))
    if not isinstance(id, str):
        return
    owned = world.owner(account, id)
    if owned is None:
        return
    seen = f"status {reading.status}"
    yield reading.expect("dhub.auth.account", not reading.succeeded, f"a refusal: {id} is another account's", seen)
    if reading.succeeded and reading.observation.request.method != "GET":
        owned.doubt(owned.state.fields)
