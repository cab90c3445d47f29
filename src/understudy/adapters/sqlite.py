"""A file that keeps what mocks hold, in SQLite with a write-ahead log (https://www.sqlite.org/wal.html).

Each call that changes something is one transaction, so that an answered write survives the end of the process at any
moment. It is not waited for the disk (``synchronous = NORMAL``): when the whole machine loses power the last writes may
be lost, but none is there by half. One process at a time uses a file.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from understudy.errors import StateError
from understudy.saving import Key, Row

APPLICATION = 0x756E6473  # "unds", at offset 68 of the file
VERSION = 1
"""Of the tables below, at offset 60 of the file."""
HEADER = 100
"""Bytes of a SQLite file before its first page's content (https://www.sqlite.org/fileformat.html#the_database_header)."""
MAGIC = b"SQLite format 3\x00"

_TABLES = f"""
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {VERSION};
CREATE TABLE stage (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE rows (
    place INTEGER PRIMARY KEY,
    stem TEXT NOT NULL,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    UNIQUE (stem, account, name, key)
);
"""
_PUT = (
    "INSERT INTO rows (stem, account, name, key, value) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (stem, account, name, key) DO UPDATE SET value = excluded.value"
)
_DELETE = "DELETE FROM rows WHERE stem = ? AND account = ? AND name = ? AND key = ?"
_SET = "INSERT INTO stage (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


class StateFile:
    """What mocks hold, in the file at ``path``, which is made if there is none. A context that closes it.

    Raises:
        StateError: the file is not one of ours, is of a newer version (either is left untouched), or is in use.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not _is_ours(path):
            _make(path)
        try:
            self._connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute("BEGIN IMMEDIATE")  # from here on nobody else has the file
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if "locked" in str(error):
                raise StateError(f"{path} is in use by another server: stop it, or choose another file") from error
            raise StateError(f"{path} cannot be opened ({error}): choose another file") from error

    def write(self, rows: Iterable[Row], now: float) -> None:
        """Keep all rows, or none. Raises StateError where the file cannot be written."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                for key, value in rows:
                    self._connection.execute(*((_DELETE, key) if value is None else (_PUT, (*key, value))))
                self._connection.execute(_SET, ("now", now))
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise StateError(f"{self.path} cannot be written ({error}): what was asked for is not saved") from error

    def read(self, stem: str) -> Iterator[Row]:
        """The rows of a service, in the order in which they were first written."""
        found = self._connection.execute(
            "SELECT stem, account, name, key, value FROM rows WHERE stem = ? ORDER BY place", (stem,)
        )
        for *key, value in found:
            yield Row(Key(*key), value)

    def setting(self, name: str) -> float | None:
        """A number of the stage, None when it has none: ``now``, its latest time (epoch seconds, UTC), or ``seed``."""
        found = self._connection.execute("SELECT value FROM stage WHERE name = ?", (name,)).fetchone()
        return None if found is None else found[0]

    def set(self, name: str, value: float) -> None:
        """Keep a number of the stage."""
        self._connection.execute(_SET, (name, value))

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> StateFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _is_ours(path: Path) -> bool:
    """Whether there is a file of ours; an empty one counts as none. Only its first bytes are read."""
    try:
        with path.open("rb") as file:
            head = file.read(HEADER)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StateError(f"{path} cannot be read ({error.strerror}): choose another file") from error
    if not head:
        return False
    if not head.startswith(MAGIC) or int.from_bytes(head[68:72]) != APPLICATION:
        raise StateError(f"{path} is no file in which understudy saves its state: choose another; it is left untouched")
    version = int.from_bytes(head[60:64])
    if version > VERSION:
        raise StateError(
            f"{path} was saved by a newer understudy (version {version} of the file, this one reads {VERSION}): "
            "update understudy, or choose another file; it is left untouched"
        )
    return True


def _make(path: Path) -> None:
    """Make a new file, whole or not at all, that only its owner can read."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)
        connection = sqlite3.connect(unfinished, isolation_level=None)
        try:
            connection.executescript(_TABLES)
        finally:
            connection.close()
        if path.exists():  # and is empty, as what mktemp makes
            unfinished.replace(path)
        else:
            with suppress(FileExistsError):  # another process was faster: its file it is
                os.link(unfinished, path)
            unfinished.unlink()
    except (OSError, sqlite3.Error) as error:
        unfinished.unlink(missing_ok=True)
        raise StateError(f"{path} cannot be made ({error}): choose another place") from error
