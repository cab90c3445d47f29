"""Who may import whom, read off the source: the rules of ARCHITECTURE.md as tables.

A rule that is in the way is changed here and there, in a change of its own, with a reason.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "understudy"
MODULE_LINES, FUNCTION_LINES = 400, 60

VALUES = frozenset({"errors", "http"})
CONTRACT = VALUES | {"contract"}
AUTHORING = CONTRACT | {"service", "guards"}
ENGINE = AUTHORING | {
    "engine",
    "sending",
    "stage",
    "faults",
    "journal",
    "saving",
    "tables",
    "clock",
    "stages",
    "snapshots",
    "tracing",
    "explain",
    "scenarios",
    "preparing",
    "answering",
    "compiling",
}

LAYERS = {  # a part of the package -> the other parts that it may import
    "errors": frozenset(),
    "tables": frozenset(),
    "tracing": ENGINE,
    "explain": ENGINE,
    "scenarios": ENGINE,
    "preparing": ENGINE,
    "control": ENGINE,
    "http": frozenset(),
    "contract": VALUES,
    "service": CONTRACT,
    "periods": frozenset(),
    "guards": CONTRACT | {"service", "tables", "periods"},
    "stage": ENGINE,
    "journal": ENGINE,
    "faults": ENGINE,
    "engine": ENGINE,
    "sending": ENGINE,
    "answering": ENGINE,
    "compiling": ENGINE,
    "stages": ENGINE,
    "snapshots": ENGINE,
    "clock": frozenset(),
    "saving": ENGINE,
    "verify": CONTRACT,
    "mutants": CONTRACT | {"journal", "stage", "clock", "service", "verify"},
    "project": AUTHORING,
    "__init__": frozenset({"http", "service", "tables"}),  # what a mock file is written with
}
TYPES_ONLY = {"service": frozenset({"stage"})}  # a Call carries its account and stage; their modules import Call's
LIBRARIES = {  # a part of the package -> the third-party packages that it may import
    "contract": frozenset({"msgspec", "multipart", "yaml", "openapi_spec_validator", "referencing"})
    | {"jsonschema", "jsonschema_rs", "jsonschema_specifications"},
    "engine": frozenset({"msgspec"}),
    "answering": frozenset({"msgspec"}),
    "faults": frozenset({"msgspec"}),
    "saving": frozenset({"msgspec"}),
    "mutants": frozenset({"msgspec"}),
    "stages": frozenset({"msgspec"}),
    "explain": frozenset({"msgspec"}),
    "preparing": frozenset({"msgspec"}),
    "control": frozenset({"msgspec"}),
    "scenarios": frozenset({"msgspec", "yaml"}),
    "snapshots": frozenset({"msgspec"}),
    "verify": frozenset({"hypothesis", "msgspec", "pydantic", "schemathesis"}),
}
PURE = frozenset(LAYERS) - {"project", "__init__"}  # time, ids and chance are handed in; nothing is waited for
IMPURE = (
    frozenset({"socket", "socketserver", "ssl", "select", "selectors", "signal", "subprocess", "multiprocessing"})
    | {"asyncio", "uvloop", "threading", "queue", "concurrent", "sched", "time"}
    | {"random", "secrets"}
)
NEVER_THE_SAME = re.compile(r"(datetime\.)?(datetime\.(now|utcnow|today)|date\.today)|(uuid\.)?uuid[14]|os\.urandom")

ROOTS = frozenset(
    {"cli", "commands", "controlling", "judging", "measuring", "planning", "pytest_plugin"}
)  # where adapters meet; only they import each other
SHARED = {"wire": frozenset({"server", "asgi"})}  # a folder of adapters -> the adapters whose common part it is

MOCKS_MAY = frozenset({"understudy", "understudy.guards", "understudy.service", "understudy.contract"}) | {
    "understudy.contract.routes",  # what a near miss looks like
    "understudy.contract.violations",
}
MOCK_LIBRARIES = frozenset({"jsonschema_rs", "msgspec", "sortedcontainers"})  # the first: for schemas that users send
SUITES_MAY = frozenset({"understudy.http", "understudy.contract", "understudy.verify"})  # and what is inside of them
MUTANTS_MAY = frozenset({"understudy.mutants"})  # beside that, those of suites/mutants
SUITE_LIBRARIES = frozenset({"hypothesis", "msgspec", "pytest"})


class Import(NamedTuple):
    """One imported module, in full; ``types`` when only a type checker runs the import."""

    name: str
    line: int
    types: bool


def source_files() -> list[Path]:
    folders = ("src", "mocks", "suites", "tests", "benchmarks")
    return [*ROOT.glob("*.py"), *(path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))]


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(path: Path, package: str) -> Iterator[Import]:
    """Everything that ``path`` imports, where ``package`` is the package that it is a module of."""
    tree = parsed(path)
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)]
    unexecuted = {id(node) for block in blocks for statement in block.body for node in ast.walk(statement)}
    for node in ast.walk(tree):
        for name in _names(node, package):
            yield Import(name, node.lineno, id(node) in unexecuted)  # type: ignore[attr-defined]


def _names(node: ast.AST, package: str) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    if not node.level:
        module = node.module or ""
    else:
        above = package.split(".")[: len(package.split(".")) - node.level + 1]
        module = ".".join([*above, *([node.module] if node.module else [])])
    inside = [f"{module}.{alias.name}" for alias in node.names]
    return [name if _is_module(name) else module for name in inside]


def _is_module(name: str) -> bool:
    if not name.startswith("understudy."):
        return False
    place = ROOT / "src" / Path(*name.split("."))
    return place.with_suffix(".py").is_file() or place.is_dir()


def part_of(name: str) -> str:
    """The part of the package that a module of understudy belongs to."""
    return name.split(".")[1] if "." in name else "__init__"


def package_files() -> Iterator[tuple[Path, str, str]]:
    """Every file of the package: its path, the part it belongs to, and the package that it is a module of."""
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE)
        yield path, place.parts[0].removesuffix(".py"), ".".join(("understudy", *place.parent.parts))


def test_every_part_has_a_rule() -> None:
    assert {part for _, part, _ in package_files()} <= {*LAYERS, "adapters"}


def test_no_part_imports_outwards() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{found.line}: {part} imports {found.name}"
        for path, part, package in package_files()
        if part != "adapters"
        for found in imports(path, package)
        if found.name.partition(".")[0] == "understudy"
        and part_of(found.name)
        not in LAYERS.get(part, frozenset()) | {part} | (TYPES_ONLY.get(part, frozenset()) if found.types else set())
    ]
    assert not wrong, "\n".join(wrong)


def test_the_core_uses_no_library_but_those_named() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{found.line}: {part} imports {found.name}"
        for path, part, package in package_files()
        if part != "adapters"
        for found in imports(path, package)
        if (library := found.name.partition(".")[0]) not in sys.stdlib_module_names | {"understudy"}
        and library not in LIBRARIES.get(part, frozenset())
    ]
    assert not wrong, "\n".join(wrong)


def test_the_core_and_the_mocks_have_no_socket_clock_chance_or_thread() -> None:
    files = [(path, package) for path, part, package in package_files() if part in PURE]
    files += [(path, path.parent.name) for path in sorted((ROOT / "mocks").rglob("*.py"))]
    wrong = [
        f"{path.relative_to(ROOT)}:{found.line}: imports {found.name}"
        for path, package in files
        for found in imports(path, package)
        if found.name.partition(".")[0] in IMPURE
    ]
    wrong += [
        f"{path.relative_to(ROOT)}:{node.lineno}: {text} reads a clock or chance; both are handed in"
        for path, _ in files
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute | ast.Name) and NEVER_THE_SAME.fullmatch(text := ast.unparse(node))
    ]
    assert not wrong, "\n".join(wrong)


def test_adapters_form_a_star() -> None:
    wrong = []
    for path, part, package in package_files():
        if part != "adapters":
            continue
        own = path.relative_to(PACKAGE / "adapters").parts[0].removesuffix(".py")
        for found in imports(path, package):
            if not found.name.startswith("understudy.adapters."):
                continue
            other = found.name.split(".")[2]
            lawful = other == own or own in SHARED.get(other, ()) or own in ROOTS
            if not lawful:
                wrong.append(f"{path.relative_to(ROOT)}:{found.line}: {own} imports {other}")
    assert not wrong, "\n".join(wrong)


def test_mocks_are_written_with_public_names() -> None:
    wrong = []
    for path in sorted((ROOT / "mocks").rglob("*.py")):
        stem = path.relative_to(ROOT / "mocks").parts[0].removesuffix(".py")
        package = ".".join(("understudy_mocks", *path.relative_to(ROOT / "mocks").parent.parts))
        for found in imports(path, package):
            top = found.name.partition(".")[0]
            inside = found.name.startswith(f"understudy_mocks.{stem}") and package != "understudy_mocks"
            if not (inside or found.name in MOCKS_MAY or top in MOCK_LIBRARIES or top in sys.stdlib_module_names):
                wrong.append(f"{path.relative_to(ROOT)}:{found.line}: imports {found.name}")
    assert not wrong, "\n".join(wrong)


def test_suites_cannot_see_what_they_judge() -> None:
    wrong = []
    for path in sorted((ROOT / "suites").rglob("*.py")):
        stem = path.relative_to(ROOT / "suites").parts[0].removesuffix(".py")
        package = ".".join(("understudy_suites", *path.relative_to(ROOT / "suites").parent.parts))
        for found in imports(path, package):
            top = found.name.partition(".")[0]
            inside = found.name.startswith(f"understudy_suites.{stem}") and package != "understudy_suites"
            public = ".".join(found.name.split(".")[:2]) in SUITES_MAY | (MUTANTS_MAY if stem == "mutants" else set())
            if not (inside or public or top in SUITE_LIBRARIES or top in sys.stdlib_module_names - IMPURE):
                wrong.append(f"{path.relative_to(ROOT)}:{found.line}: imports {found.name}")
    assert not wrong, "\n".join(wrong)


def test_contracts_are_data() -> None:
    found = {path.suffix for path in (ROOT / "contracts").rglob("*") if path.is_file()}
    assert found == {".yaml"}


def test_modules_and_functions_stay_short() -> None:
    long = []
    for path in source_files():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MODULE_LINES:
            long.append(f"{path.relative_to(ROOT)}: {lines} lines, at most {MODULE_LINES}")
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno}: {node.name}: {length} lines")
    assert not long, "\n".join(long)


EXTRAS = ("h11", "httpx", "hypothesis", "pydantic", "pytest", "respx", "schemathesis")
HEAVY = ("h11", "httpx", "hypothesis", "jsonschema", "jsonschema_rs", "msgspec", "pydantic", "schemathesis", "yaml")


@pytest.mark.parametrize(
    ("modules", "unwanted"),
    [
        ("understudy.engine, understudy.adapters.server, understudy.adapters.controlling", EXTRAS),
        ("understudy.adapters.commands.contract, understudy.adapters.commands.serve, understudy.contract.lint", EXTRAS),
        ("understudy.adapters.commands.control", (*EXTRAS, "jsonschema_rs", "yaml")),
        ("understudy.adapters.cli", (*HEAVY, "pytest", "rich")),
        ("understudy.adapters.pytest_plugin", HEAVY),
    ],
)
def test_what_an_import_brings(modules: str, unwanted: tuple[str, ...]) -> None:
    code = f"import sys, {modules}; print(*sorted({{*{unwanted!r}}} & {{*sys.modules}}))"
    brought = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not brought, f"importing {modules} imports {', '.join(brought)}"
