"""The control plane as a service, to which the modules of its behaviours bind their operations."""

from __future__ import annotations

from understudy.control import defences, refusals
from understudy.control.plane import Plane
from understudy.guards import Check
from understudy.service import Service


def _no_plane() -> Plane:
    raise AssertionError("a service of its own is made for every plane: see opening.py")


control: Service[Plane] = Service(
    "control",
    state=_no_plane,
    shared=_no_plane,
    refused=refusals.refused,
    violated=refusals.violated,
    unmatched=refusals.unmatched,
    wire={"body_too_large": refusals.TooLarge, "request_timeout": refusals.Late},
    guards=[
        Check(defences.from_loopback),
        Check(defences.no_browser),
        Check(defences.with_token),
        Check(defences.bounded),
        Check(defences.said_to_be_json),
    ],
)
