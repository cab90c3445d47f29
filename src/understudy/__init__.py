"""understudy: contracts, stateful mocks and property-based suites for HTTP services you do not own.

The names below are what a mock file uses. The rest is found by its place: ``understudy.engine``,
``understudy.contract``, ``understudy.verify``, ``understudy.adapters``.
"""

from __future__ import annotations

from understudy.http import Chunk, Headers, LiveStream, Request, Response
from understudy.service import Call, Refusal, Reply, Service
from understudy.tables import Table

__all__ = ["Call", "Chunk", "Headers", "LiveStream", "Refusal", "Reply", "Request", "Response", "Service", "Table"]
__version__ = "0.1.0"
