"""SIGINT and SIGTERM as an end in good order: what is under way is read, and what was created is deleted."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from understudy.verify.gate import Gate

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruptions:
    """The first signal stops the gate of the run: no more calls, but those that clean up. The second one breaks off
    what is under way, by KeyboardInterrupt.

    ``number`` is that of the first signal, 0 while there was none.
    """

    def __init__(self) -> None:
        self.number = 0
        self._gate: Gate | None = None

    def watch(self, gate: Gate) -> None:
        """From here on it is this gate that is stopped."""
        self._gate = gate
        if self.number:
            self._stop(gate)

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Take the signals while the block runs. In another thread than the main one, which alone may, do nothing."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._came) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _came(self, number: int, frame: FrameType | None) -> None:
        if self.number:
            raise KeyboardInterrupt
        self.number = number
        if self._gate is not None:
            self._stop(self._gate)

    def _stop(self, gate: Gate) -> None:
        gate.stop(f"the run was stopped by {signal.Signals(self.number).name}")
