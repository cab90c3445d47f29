"""Runs the commands that a page shows, without a shell, in a folder of their own, and compares what they print.

In the output of a page a line of ``...`` stands for any lines and ``...`` within a line for any text. A server that a
page starts runs until the page ends, on free ports instead of those that the page names.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.docs.pages import ROOT

PORTS = ("8401", "8402", "8403", "8404")
"""The ports that pages name: those that ``understudy serve`` takes unless told otherwise."""


class Shell:
    """Runs commands in ``folder``, with this Python's own scripts first in the path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._scripts = str(Path(sys.executable).parent)
        self._environment = {**os.environ, "PATH": self._scripts + os.pathsep + os.environ.get("PATH", "")}
        self._ports: dict[str, str] = {}
        self._servers: list[subprocess.Popen[str]] = []

    def run(self, command: str, shown: str) -> str:
        """Run ``command``; returns what it printed, by the ports of the page. A server prints until ``shown`` is met.

        Raises:
            AssertionError: it failed.
        """
        serves = " serve " in command
        if serves:
            self._ports = dict(zip(PORTS, map(str, free_ports(len(PORTS))), strict=True))
        words = self._words(command)
        if serves:
            return self._paged(self._serve(words, shown))
        done = subprocess.run(
            words, cwd=self._folder, env=self._environment, capture_output=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, f"{command} exits {done.returncode}:\n{done.stdout}{done.stderr}"
        return self._paged(done.stdout)

    def _serve(self, words: list[str], shown: str) -> str:
        server = subprocess.Popen(
            [*words, "--port", self._ports[PORTS[0]]],
            cwd=self._folder, env=self._environment, stdout=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip
        self._servers.append(server)
        assert server.stdout is not None
        printed = ""
        for line in server.stdout:
            printed += line
            if matches(shown, self._paged(printed)):
                break
        return printed

    def close(self) -> None:
        for server in self._servers:
            server.terminate()
            server.communicate()

    def _words(self, command: str) -> list[str]:
        for of_page, ours in self._ports.items():
            command = command.replace(f":{of_page}", f":{ours}")
        words = shlex.split(command)
        if words[:2] == ["python3", "bootstrap.py"]:  # what it runs once everything is installed, as it is here
            words = ["understudy", *words[2:]]
        if words[0] == "understudy":
            words[1:1] = ["--project", str(ROOT)]
        return [shutil.which(words[0], path=self._environment["PATH"]) or words[0], *words[1:]]

    def _paged(self, text: str) -> str:
        for of_page, ours in self._ports.items():
            text = text.replace(f":{ours}", f":{of_page}")
        return text


@contextmanager
def shell(folder: Path) -> Iterator[Shell]:
    """A shell whose servers are stopped at the end."""
    opened = Shell(folder)
    try:
        yield opened
    finally:
        opened.close()


def matches(shown: str, printed: str) -> bool:
    """Whether ``printed`` is what the page shows. How many spaces there are does not count."""
    pattern = "".join(
        r"(?:.*\n)*?" if line == "..." else ".*?".join(map(re.escape, line.split("..."))) + r"\n"
        for line in _lines(shown)
    )
    return re.fullmatch(pattern, "\n".join(_lines(printed)) + "\n") is not None


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.strip("\n").split("\n")]


def free_ports(count: int) -> range:
    """So many free ports of loopback, one after another, of those that no system gives to clients of its own accord."""
    for first in range(18_401, 32_000, count):
        ports = range(first, first + count)
        if all(map(_is_free, ports)):
            return ports
    raise AssertionError("loopback has no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
