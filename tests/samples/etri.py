"""The five sample clients of ETRI's document, cut out of it at run time and made ready to run.

Java needs Gson on ``CLASSPATH`` or where Debian puts it, Node.js needs the package ``request`` on ``NODE_PATH``.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.mocks.etri import STEM
from tests.samples.documents import Client, excerpt, filled, need, replaced

GSON = "/usr/share/java/gson.jar"
COMPILING = 120
"""How long a compiler may take: seconds."""
REPAIRS = {
    # The header's name and value stand beside one another as PHP does not parse them: etri.php-header, header-line.
    "php": [(r'"Authorization":\{(\$\w+)\}', r'"Authorization: ".\1')],
}
"""What has to be mended before a sample runs at all, as patterns. The other four run as they are printed."""
_PLACES = {  # where a sample begins and ends in the document
    "java": r"^import java\..*?^\}$",
    "php": r"^<\?php$.*?^\?>$",
    "cpp": r"^#include <curl.*?return realsize;\n\}$",
    "python": r"^#-\*- coding.*?^print\(str\(response\.data[^\n]*$",
    "node": r"^var openApiURL.*?^\}\);$",
}
_ORIGIN = "http://aiopen.etri.re.kr:8000"


def client(language: str, directory: Path, url: str, key: str, passage: str, question: str) -> Client:
    """The sample in this language, with address, key, passage and question put in. Skips the test if it cannot run."""
    source = excerpt(STEM, _PLACES[language])
    for pattern, instead in REPAIRS.get(language, []):
        source = replaced(source, pattern, instead)
    fillings = {_ORIGIN: url, "YOUR_ACCESS_KEY": key, "YOUR_PASSAGE": passage, "YOUR_QUESTION": question}
    return _READY[language](filled(source, fillings), directory)


def printed(output: str) -> Any:
    """The JSON in what a sample printed."""
    return json.JSONDecoder().raw_decode(output, output.index("{"))[0]


def _java(source: str, directory: Path) -> Client:
    need("java", "javac")
    libraries = os.environ.get("CLASSPATH", GSON)
    if not any(Path(entry).exists() for entry in libraries.split(os.pathsep)):
        pytest.skip(f"no Gson: neither on CLASSPATH nor at {GSON} (Debian: libgoogle-gson-java)")
    (directory / "Example.java").write_text(source, encoding="utf-8")
    _compile(["javac", "-encoding", "UTF-8", "-cp", libraries, "Example.java"], directory)
    return Client(["java", "-cp", f"{libraries}{os.pathsep}.", "Example"], directory)


def _php(source: str, directory: Path) -> Client:
    need("php")
    modules = subprocess.run(["php", "-m"], capture_output=True, text=True, check=True).stdout.split()
    if "curl" not in modules:
        pytest.skip("PHP has no curl (Debian: php-curl)")
    (directory / "example.php").write_text(source, encoding="utf-8")
    return Client(["php", "example.php"], directory)


def _cpp(source: str, directory: Path) -> Client:
    need("g++", "pkg-config")
    libraries = subprocess.run(
        ["pkg-config", "--cflags", "--libs", "jsoncpp", "libcurl"], capture_output=True, text=True, check=False
    )
    if libraries.returncode:
        pytest.skip("no jsoncpp or no libcurl (Debian: libjsoncpp-dev, libcurl4-openssl-dev)")
    (directory / "example.cpp").write_text(source, encoding="utf-8")
    _compile(["g++", "-o", "example", "example.cpp", *libraries.stdout.split()], directory)
    return Client(["./example"], directory)


def _python(source: str, directory: Path) -> Client:
    if importlib.util.find_spec("urllib3") is None:
        pytest.skip("urllib3 is not installed")
    (directory / "example.py").write_text(source, encoding="utf-8")
    return Client([sys.executable, "example.py"], directory)


def _node(source: str, directory: Path) -> Client:
    need("node")
    if subprocess.run(["node", "-e", "require('request')"], capture_output=True, check=False).returncode:
        pytest.skip("Node.js has no package request: npm install request, and NODE_PATH to its node_modules")
    (directory / "example.js").write_text(source, encoding="utf-8")
    return Client(["node", "example.js"], directory)


_READY: dict[str, Callable[[str, Path], Client]] = {
    "java": _java,
    "php": _php,
    "cpp": _cpp,
    "python": _python,
    "node": _node,
}
LANGUAGES = tuple(_READY)


def _compile(command: list[str], directory: Path) -> None:
    ran = subprocess.run(command, cwd=directory, capture_output=True, timeout=COMPILING, check=False)
    assert ran.returncode == 0, ran.stderr.decode(errors="replace")
