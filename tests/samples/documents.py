"""What the documents' sample clients share: they are cut out of a document at run time, made ready, and run.

Nothing of them is kept in this project. ``UNDERSTUDY_DOCUMENTS`` names the directory that has the documents; without
it, or without what a sample is run by, the sample is skipped. Nothing is changed but host, key and placeholders, and
what each module names as a repair.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.mocks.conftest import PROJECT, contract_of

RUNNING = 60
"""How long a sample may take: seconds."""
_TOLD = "\n>>> %{http_code} %{content_type}\n"


class Client(NamedTuple):
    """A sample that is ready: what runs it, where, and what it finds in its environment."""

    command: list[str]
    directory: Path
    variables: Mapping[str, str] = {}

    def run(self) -> str:
        """What it prints. A sample that exits with another code than 0 fails the test."""
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "NO_PROXY": "*", "no_proxy": "*", **self.variables}
        ran = subprocess.run(
            self.command, cwd=self.directory, env=environment, capture_output=True, timeout=RUNNING, check=False
        )
        assert ran.returncode == 0, ran.stderr.decode(errors="replace")
        return ran.stdout.decode()


class Reply(NamedTuple):
    """What a curl of a sample was answered: a status, a media type, and a body."""

    status: int
    media_type: str
    body: str

    @property
    def json(self) -> Any:
        assert self.media_type.startswith("application/json"), self
        return json.loads(self.body)


def excerpt(stem: str, pattern: str) -> str:
    """What ``pattern`` finds in the document of this service; its first group where it has one.

    Skips the test if the document is not there.
    """
    folder = os.environ.get("UNDERSTUDY_DOCUMENTS")
    if not folder:
        pytest.skip("UNDERSTUDY_DOCUMENTS names no directory with the documents")
    (name,) = (source["file"] for source in contract_of(stem).document["x-sources"].values() if "file" in source)
    path = Path(folder) / name
    if not path.is_file():
        pytest.skip(f"{path} does not exist")
    found = re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert found is not None, f"{path} has no {pattern}"
    return found.group(1 if found.re.groups else 0)


def replaced(source: str, pattern: str, instead: str) -> str:
    """The sample with the one place that ``pattern`` finds mended."""
    source, count = re.subn(pattern, instead, source)
    assert count == 1, f"the sample has {count} places like {pattern}, expected one"
    return source


def filled(source: str, fillings: Mapping[str, str]) -> str:
    """The sample with its host, key and placeholders replaced, wherever they stand; each stands somewhere."""
    for place, filling in fillings.items():
        assert place in source, f"the sample has no {place}"
        source = source.replace(place, filling)
    return source


def need(*tools: str) -> None:
    """Skip the test unless all of these programs are installed."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


def shell(source: str, directory: Path, **variables: str) -> Client:
    """A sample that bash runs, with these variables set."""
    need("bash", "curl")
    (directory / "sample.sh").write_text(source, encoding="utf-8")
    return Client(["bash", "sample.sh"], directory, variables)


def replies(source: str, directory: Path) -> list[Reply]:
    """What the curls of a sample were answered, in order. A curlrc has curl print statuses, as no sample does."""
    (directory / ".curlrc").write_text(f"silent\nwrite-out = {json.dumps(_TOLD)}\n")
    printed = shell(source, directory, CURL_HOME=str(directory)).run()
    body, *rest = re.split(r"\n>>> (\d+) (.*)\n", printed)
    parts = [body, *rest]
    return [Reply(int(parts[n + 1]), parts[n + 2], parts[n]) for n in range(0, len(parts) - 1, 3)]


@contextmanager
def served(stem: str, directory: Path) -> Iterator[Any]:
    """``understudy serve`` of a service as it starts when nothing else is asked for; what its ready file says of it."""
    ready = directory / "ready.json"
    command = [sys.executable, "-m", "understudy.adapters.cli", "--project", str(PROJECT.root), "serve", stem]
    server = subprocess.Popen([*command, "--port", "0", "--ready-file", str(ready)], stdout=subprocess.PIPE)
    with server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline(), "the server ended before it was ready"
            yield json.loads(ready.read_text(encoding="utf-8"))[stem]
        finally:
            server.terminate()
