"""Who may call the control plane: whoever has its token, from this machine, and no page in a browser.

The three are independent of one another. A page in a browser on this machine can send requests to any port of it, but
it has no token, it cannot help sending ``Origin`` or ``Sec-Fetch-Site``, and where its own name was rebound to loopback
it sends that name as ``Host``.
"""

from __future__ import annotations

import re
from ipaddress import ip_address

from understudy.control.plane import Plane
from understudy.control.refusals import ForeignHost, FromABrowser, MissingToken, NotJson, TooLarge, WrongToken
from understudy.service import Call

ACCOUNT = "made-at-start"
"""What the contract gives for the token. It names the one account, and opens nothing."""
WITH_SNAPSHOT = frozenset(("createStage", "restoreStage"))
OWN_SITE = frozenset(("none", "same-origin"))
HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:]+)(?::([0-9]{1,5}))?")


def from_loopback(call: Call) -> None:
    """The Host is a name or an address of loopback, with the port that the plane listens on."""
    plane: Plane = call.shared
    found = HOST.fullmatch(call.request.headers.get("host", ""))
    if found is None or plane.port is None or int(found[2] or 80) != plane.port or not _is_loopback(found[1]):
        raise ForeignHost


def no_browser(call: Call) -> None:
    """No page sends this, not even one of the plane's own origin, for the plane serves none."""
    headers = call.request.headers
    if "origin" in headers or headers.get("sec-fetch-site", "none") not in OWN_SITE:
        raise FromABrowser


def with_token(call: Call) -> None:
    """Whoever has the token is the one account."""
    plane: Plane = call.shared
    if not call.credential:
        raise MissingToken
    if not plane.opens(call.credential):
        raise WrongToken
    call.identify(ACCOUNT)


def bounded(call: Call) -> None:
    """A body is as long as its operation allows; the wire has stopped those that are longer than any."""
    most = call.limits["snapshot_bytes" if call.operation in WITH_SNAPSHOT else "body_bytes"]
    if len(call.request.body) > most:
        raise TooLarge


def said_to_be_json(call: Call) -> None:
    """A body says what it is: one that does not could come of a form or a beacon."""
    if call.operation is None or "content-type" in call.request.headers:
        return
    if call.request.body and "requestBody" in call.contract.operations[call.operation].node:
        raise NotJson


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
