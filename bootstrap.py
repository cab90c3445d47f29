"""Run understudy, or its tests, from a clone: ``python3 bootstrap.py verify`` or ``python3 bootstrap.py tox``.

Needs Python 3.11 or newer and nothing else. It makes a virtual environment in ``.venv``, installs there what the
command needs and runs it with any further arguments. Nothing outside the clone changes; ``.venv`` may be deleted.

Where Python comes without ensurepip (Debian's package ``python3``), pip's own wheel is fetched from the index that pip
is configured for (``PIP_INDEX_URL``, ``PIP_CERT``, pip.conf) and its SHA-256 checked.
"""

import base64
import configparser
import hashlib
import html
import os
import pathlib
import re
import ssl
import subprocess
import sys
import urllib.parse
import urllib.request
import venv

if sys.version_info < (3, 11):  # noqa: UP036 (whatever Python there is starts this file)
    sys.exit("understudy needs Python 3.11 or newer; this is Python {}.{}".format(*sys.version_info[:2]))

ROOT = pathlib.Path(__file__).resolve().parent
FOLDER = ROOT / ".venv"
BIN, EXE = (FOLDER / "Scripts", ".exe") if os.name == "nt" else (FOLDER / "bin", "")
PYTHON = str(BIN / ("python" + EXE))
COMMANDS = {  # what pip installs, what runs then
    "verify": (["--editable", f"{ROOT}[verify]"], [str(BIN / ("understudy" + EXE)), "--project", str(ROOT), "verify"]),
    "tox": (["tox>=4.22"], [PYTHON, "-m", "tox", "run", "-c", str(ROOT / "tox.ini")]),
}
WHEEL = re.compile(r"pip-(\d+(?:\.\d+)*)-py3-none-any\.whl")  # final releases only


def main(arguments: list[str]) -> int:
    """Run the command that is named first. Returns its exit code, 2 for wrong usage."""
    if not arguments or arguments[0] not in COMMANDS:
        sys.stderr.write(f"usage: python3 bootstrap.py {{{'|'.join(COMMANDS)}}} [ARGUMENT]...\n")
        return 2
    requirements, command = COMMANDS[arguments[0]]
    if not works():
        make()
    install(arguments[0], requirements)
    try:
        # UTF-8 also where a console or a pipe has another encoding: tables and contracts hold more than ASCII.
        return subprocess.call([*command, *arguments[1:]], env={**os.environ, "PYTHONUTF8": "1"})
    except KeyboardInterrupt:
        return 130


def works() -> bool:
    """Whether the environment is there, new enough, and has pip."""
    check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([PYTHON, "-c", check], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make() -> None:
    """Make the environment, with pip in it, in place of a broken one."""
    if FOLDER.exists() and not (FOLDER / "pyvenv.cfg").exists():
        sys.exit(f"{FOLDER} is there and is no virtual environment: move it away and try again")
    sys.stderr.write(f"making {FOLDER}\n")
    venv.create(FOLDER, clear=True, symlinks=os.name != "nt")
    if subprocess.run([PYTHON, "-m", "ensurepip", "--default-pip"], capture_output=True, check=False).returncode != 0:
        name, content = pip_wheel()
        wheel = FOLDER / name
        wheel.write_bytes(content)
        # A wheel is a zip file and Python runs from those: pip installs itself.
        run([PYTHON, str(wheel / "pip"), "install", "--quiet", "--no-index", str(wheel)])
        wheel.unlink()


def install(name: str, requirements: list[str]) -> None:
    """Have pip install what a command needs, unless it did so for this very pyproject.toml."""
    project = (ROOT / "pyproject.toml").read_bytes()
    wanted = hashlib.sha256(project + repr(requirements).encode()).hexdigest()
    stamp = FOLDER / f"{name}.sha256"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    sys.stderr.write(f"installing what {name} needs\n")
    run([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements])
    stamp.write_text(wanted)


def run(command: list[str]) -> None:
    """Run a step that must succeed."""
    if subprocess.call(command) != 0:
        sys.exit("\npip failed (see above). Offline, or behind a proxy or mirror? pip.conf and PIP_* are honoured.")


def pip_wheel() -> tuple[str, bytes]:
    """The newest pip for this Python: the wheel's name and content. Exits if the index has none, or a wrong one."""
    index = (setting("index-url") or "https://pypi.org/simple").rstrip("/") + "/pip/"
    found = []
    for link in re.findall(r"<a\s[^>]*>", fetch(index).decode()):  # a page by PEP 503
        has = {name: html.unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', link)}
        url, _, digest = has.get("href", "").partition("#sha256=")
        name = WHEEL.fullmatch(url.rpartition("/")[2])
        oldest = re.search(r">=\s*3\.(\d+)", has.get("data-requires-python", ""))
        fits = oldest is None or int(oldest[1]) <= sys.version_info.minor
        if name and digest and fits and "data-yanked" not in link:
            found.append(([int(part) for part in name[1].split(".")], name[0], url, digest))
    if not found:
        sys.exit(f"{shown(index)} lists no wheel of pip with a SHA-256 for this Python: is it a package index?")
    _, chosen, url, digest = max(found)
    content = fetch(urllib.parse.urljoin(index, url))
    if hashlib.sha256(content).hexdigest() != digest:
        sys.exit(f"{shown(url)} has another SHA-256 than {shown(index)} says: not installed")
    return chosen, content


def fetch(url: str) -> bytes:
    """What stands at ``url``, which may hold a name and a password. Exits if it cannot be read."""
    login = urllib.parse.urlsplit(url).netloc.rpartition("@")[0]
    request = urllib.request.Request(shown(url), headers={"Accept": "text/html, */*"})
    if login:
        token = base64.b64encode(urllib.parse.unquote(login).encode()).decode()
        request.add_unredirected_header("Authorization", "Basic " + token)
    trusted = ssl.create_default_context(cafile=setting("cert"))
    try:
        with urllib.request.urlopen(request, timeout=60, context=trusted) as answer:
            return bytes(answer.read())
    except (OSError, ValueError) as error:
        sys.exit(
            f"{shown(url)} cannot be read: {error}\nThis Python has no ensurepip, so pip comes from the package index: "
            "go online, or set PIP_INDEX_URL (and PIP_CERT), or install your system's package python3-venv"
        )


def shown(url: str) -> str:
    """``url`` without a name and a password."""
    return re.sub(r"//[^/@]*@", "//", url)


def setting(name: str) -> str | None:
    """A setting of pip's: from the environment, else from its configuration files (on POSIX systems)."""
    user = [str(pathlib.Path.home() / place / "pip.conf") for place in (".pip", ".config/pip")]
    known = configparser.RawConfigParser()
    known.read(["/etc/xdg/pip/pip.conf", "/etc/pip.conf", *user, os.environ.get("PIP_CONFIG_FILE", "")], "utf-8")
    set_globally = known.get("global", name, fallback=None)
    return os.environ.get("PIP_" + name.upper().replace("-", "_")) or known.get("install", name, fallback=set_globally)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
