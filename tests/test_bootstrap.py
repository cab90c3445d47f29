"""The two commands of the README on a machine that has Python and nothing else: where pip comes from, what is said."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.error import HTTPError

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "bootstrap.py"
WHEEL = "pip-10.0-py3-none-any.whl"


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, on a machine where nothing of pip is configured."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


Serve = Callable[[Mapping[str, bytes]], "Index"]


class Index:
    """A package index on loopback: pages by path, and the Authorization fields that it was sent."""

    def __init__(self, pages: Mapping[str, bytes]) -> None:
        self.authorizations: list[str | None] = []
        index = self

        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                index.authorizations.append(self.headers["Authorization"])
                content = pages.get(self.path)
                self.send_response(404 if content is None else 200)
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: the test's output is the test's."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        self.url = f"http://{self.host}/simple"


@pytest.fixture
def serve() -> Iterator[Serve]:
    indexes: list[Index] = []

    def start(pages: Mapping[str, bytes]) -> Index:
        index = Index(pages)
        index.thread.start()
        indexes.append(index)
        return index

    yield start
    for index in indexes:
        index.server.shutdown()
        index.server.server_close()
        index.thread.join()


def link(name: str, content: bytes = b"", more: str = "") -> str:
    digest = hashlib.sha256(content).hexdigest()
    return f'<a href="../../files/{name}#sha256={digest}" {more}>{name}</a><br/>'


def page(*links: str) -> bytes:
    return ("<!DOCTYPE html><html><body>" + "\n".join(links) + "</body></html>").encode()


def test_the_newest_pip_for_this_python_is_chosen(
    bootstrap: ModuleType, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = page(
        link("pip-9.0.3-py3-none-any.whl"),
        link(WHEEL, b"the wheel", 'data-requires-python="&gt;=3.9"'),
        link("pip-10.1b1-py3-none-any.whl"),
        link("pip-11.0.tar.gz"),
        link("pip-12.0-py3-none-any.whl", more='data-yanked=""'),
        link("pip-13.0-py3-none-any.whl", more='data-requires-python="&gt;=3.99"'),
        '<a href="../../files/pip-14.0-py3-none-any.whl">without a digest</a>',
    )
    index = serve({"/simple/pip/": links, f"/files/{WHEEL}": b"the wheel"})
    monkeypatch.setenv("PIP_INDEX_URL", index.url + "/")
    assert bootstrap.pip_wheel() == (WHEEL, b"the wheel")


def test_a_wheel_with_another_digest_is_not_installed(
    bootstrap: ModuleType, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = serve({"/simple/pip/": page(link(WHEEL, b"the wheel")), f"/files/{WHEEL}": b"another"})
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    with pytest.raises(SystemExit, match="SHA-256"):
        bootstrap.pip_wheel()


def test_a_page_without_wheels_is_named(bootstrap: ModuleType, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    index = serve({"/simple/pip/": "<html>로그인이 필요합니다</html>".encode()})
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    with pytest.raises(SystemExit, match="lists no wheel of pip"):
        bootstrap.pip_wheel()


def test_a_password_in_the_url_is_sent_and_never_shown(
    bootstrap: ModuleType, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = serve({})
    monkeypatch.setenv("PIP_INDEX_URL", f"http://me:s%40cret@{index.host}/simple")
    with pytest.raises(SystemExit, match="404") as raised:
        bootstrap.pip_wheel()
    assert index.authorizations == ["Basic bWU6c0BjcmV0"]
    assert "cret" not in str(raised.value)
    assert "PIP_INDEX_URL" in str(raised.value)
    assert isinstance(raised.value.__context__, HTTPError)
    raised.value.__context__.close()


def test_offline_is_said_with_what_to_do(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # bound, but nobody listens
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{deaf.getsockname()[1]}/simple")
        with pytest.raises(SystemExit, match="cannot be read") as raised:
            bootstrap.pip_wheel()
    assert "python3-venv" in str(raised.value)


def test_settings_come_from_the_environment_then_from_files(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ".config" / "pip"
    folder.mkdir(parents=True)
    (folder / "pip.conf").write_text("[global]\nindex-url = https://a.example/100%25\n", encoding="utf-8")
    assert bootstrap.setting("index-url") == "https://a.example/100%25"
    (folder / "pip.conf").write_text("[global]\nindex-url = a\n[install]\nindex-url = b\n", encoding="utf-8")
    assert bootstrap.setting("index-url") == "b"
    named = tmp_path / "named.conf"
    named.write_text("[install]\nindex-url = c\n", encoding="utf-8")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(named))
    assert bootstrap.setting("index-url") == "c"
    monkeypatch.setenv("PIP_INDEX_URL", "d")
    assert bootstrap.setting("index-url") == "d"


@pytest.mark.skipif(os.name == "nt", reason="Python for Windows always has ensurepip")
def test_an_environment_is_made_without_ensurepip(
    bootstrap: ModuleType, serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = bundled_pip()
    content = wheel.read_bytes()
    index = serve({"/simple/pip/": page(link(wheel.name, content)), f"/files/{wheel.name}": content})
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "ensurepip.py").write_text("raise SystemExit(1)\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(blocked))
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    folder = tmp_path / "가상 환경"  # also where a path holds more than ASCII, and a space
    monkeypatch.setattr(bootstrap, "FOLDER", folder)
    monkeypatch.setattr(bootstrap, "PYTHON", str(folder / "bin" / "python"))
    assert not bootstrap.works()
    bootstrap.make()
    assert bootstrap.works()


def bundled_pip() -> Path:
    """The wheel that ensurepip would install."""
    bundled = Path(os.__file__).parent / "ensurepip" / "_bundled"
    folders = [bundled, Path("/usr/share/python-wheels")]  # Debian keeps it apart
    found = [wheel for folder in folders for wheel in sorted(folder.glob("pip-*-py3-none-any.whl"))]
    if not found:
        pytest.skip("this Python comes without pip's wheel")
    return found[0]


def test_a_folder_that_is_no_environment_is_left_alone(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.txt").write_text("내 파일", encoding="utf-8")
    monkeypatch.setattr(bootstrap, "FOLDER", tmp_path)
    with pytest.raises(SystemExit, match="no virtual environment"):
        bootstrap.make()
    assert (tmp_path / "mine.txt").exists()


def test_wrong_usage_exits_with_2() -> None:
    told = subprocess.run([sys.executable, str(SCRIPT), "test"], capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert "verify" in told.stderr
    assert "tox" in told.stderr


def test_old_pythons_can_read_the_script_far_enough_to_say_so() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 6))
    kinds = [type(node).__name__ for node in tree.body]
    check = kinds.index("If")
    assert set(kinds[:check]) == {"Expr", "Import"}, "something that old Pythons may not do stands before the check"
    assert "version_info" in ast.unparse(tree.body[check])
