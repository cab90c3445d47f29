"""Files that a verification writes while it runs, so that they are there whatever ends it: ledger and recording."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from understudy.errors import UsageError


class LedgerFile:
    """A ledger that is made when its first line is written, readable by its owner alone."""

    def __init__(self, path: Path, descriptor: int | None = None) -> None:
        self.path = path
        self._descriptor = descriptor

    @property
    def written(self) -> bool:
        return self._descriptor is not None

    def append(self, line: bytes) -> None:
        """Add a line, and return when it is on the disk.

        Raises:
            UsageError: there is such a file already, or it cannot be written.
        """
        try:
            if self._descriptor is None:
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
                self._descriptor = os.open(self.path, flags, 0o600)
            _write_all(self._descriptor, line)
            os.fsync(self._descriptor)
        except FileExistsError:
            raise UsageError(
                f"{self.path}: is there already: `understudy cleanup {self.path}` deletes what it lists; "
                "then remove it, or name another ledger"
            ) from None
        except OSError as error:
            raise UsageError(f"{self.path}: cannot be written: {error.strerror}") from error

    def close(self, *, remove: bool = False) -> None:
        """Close the file; ``remove`` it where nothing in it is of use any more."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            if remove:
                self.path.unlink(missing_ok=True)


@contextmanager
def reopened(path: Path) -> Iterator[LedgerFile]:
    """A ledger that is there, to have lines added: a last one that a crash cut off is taken away.

    Raises:
        UsageError: it cannot be opened.
    """
    try:
        os.truncate(path, path.read_bytes().rfind(b"\n") + 1)
        ledger = LedgerFile(path, os.open(path, os.O_WRONLY | os.O_APPEND))
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
    try:
        yield ledger
    finally:
        ledger.close()


def new_file(path: Path) -> BinaryIO:
    """An empty file that its owner alone can read. Raises `UsageError` when it cannot be made."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        return os.fdopen(descriptor, "r+b")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
