"""``understudy serve``: mocks over HTTP, until they are stopped."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click
import msgspec

from understudy.adapters.commands import Chosen, pass_chosen
from understudy.errors import ProjectError, UsageError

if TYPE_CHECKING:
    from understudy.adapters.server import Running
    from understudy.adapters.sqlite import StateFile
    from understudy.contract import Contract
    from understudy.engine import Engine
    from understudy.saving import Saving
    from understudy.stage import Clock

BASE_PORT = 8401
LAST_PORT = 65535


@click.command()
@click.argument("stems", metavar="[STEM]...", nargs=-1)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    "base",
    type=click.IntRange(0, LAST_PORT),
    default=BASE_PORT,
    show_default=True,
    metavar="BASE",
    help="The first service's port; the next takes the next. 0: free ones.",
)
@click.option(
    "--ready-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write FILE once all ports listen: JSON, a target file for verify. Removed at the end.",
)
@click.option(
    "--clock",
    type=click.Choice(("real", "manual")),
    default="real",
    show_default=True,
    help="manual: time stands still at 2026-01-01, and no answer or stream is held back.",
)
@click.option("--seed", type=int, help="What identifiers are made from.  [default: 0, or that of the state file]")
@click.option("--dialect", "dialects", multiple=True, metavar="NAME", help="Switch a dialect on. May be repeated.")
@click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="STEM.NAME=JSON",
    help="Override a limit of a contract, as etri_mrc.daily_calls=3. May be repeated.",
)
@click.option(
    "--state",
    "state",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Save what the mocks hold in FILE (SQLite), and go on from what it has. Without it all is in memory.",
)
@pass_chosen
def serve(
    chosen: Chosen,
    stems: Sequence[str],
    host: str,
    base: int,
    ready_file: Path | None,
    clock: str,
    seed: int | None,
    dialects: Sequence[str],
    limits: Sequence[str],
    state: Path | None,
) -> None:
    """Serve mocks over HTTP: those of the services STEM, else of every service that has one.

    Prints each service's URL and test credentials. A test credential takes a suffix, CREDENTIAL-ANYTHING, for a fresh
    account of its own. Ctrl-C or SIGTERM ends it.
    """
    with _stop_signal() as stopped, _state_file(state) as file:
        engines = _engines(chosen, stems, clock, seed, dialects, limits, file)
        if base and base + len(engines) - 1 > LAST_PORT:
            raise UsageError(
                f"{len(engines)} services from port {base} on go beyond {LAST_PORT}: choose a lower --port"
            )
        ports = {stem: base + place if base else 0 for place, stem in enumerate(engines)}
        from understudy.adapters.server import serving

        with serving(engines, host=host, ports=ports) as running:
            if running.exposed:
                warning = f"understudy: {host} can be reached from other machines, and test credentials are no secrets"
                click.echo(warning, err=True)
            with _announced(ready_file, running, engines):
                for stem, engine in engines.items():
                    click.echo(_shown(running.urls[stem], engine))
                while not stopped.wait(3600):  # with a timeout: without one Windows lets no Ctrl-C through
                    pass


def _engines(
    chosen: Chosen,
    named: Sequence[str],
    clock: str,
    seed: int | None,
    dialects: Sequence[str],
    limits: Sequence[str],
    file: StateFile | None,
) -> dict[str, Engine]:
    """The engines of the services to serve, by stem, all on one stage."""
    from understudy.engine import Engine
    from understudy.stage import Stage

    project = chosen.project
    stems = chosen.stems(named) if named else tuple(stem for stem in project.stems if project.has_mock(stem))
    if not stems:
        raise ProjectError(f"no mocks in {project.mocks}: expected files <stem>.py beside the contracts' <stem>.yaml")
    contracts = {stem: project.contract(stem) for stem in stems}
    stage = Stage(
        _clock(clock, file),
        seed=_seed(seed, file),
        limits=_overrides(limits, contracts),
        dialects=_known_dialects(dialects, contracts),
        saving=_saving(file),
    )
    return {stem: Engine(project.load_mock(stem), contract, stage) for stem, contract in contracts.items()}


def _state_file(path: Path | None) -> AbstractContextManager[StateFile | None]:
    if path is None:
        return nullcontext()
    from understudy.adapters.sqlite import StateFile

    return StateFile(path)


def _saving(file: StateFile | None) -> Saving | None:
    if file is None:
        return None
    from understudy.saving import Saving

    return Saving(file)


def _clock(kind: str, file: StateFile | None) -> Clock:
    """A clock that does not run back behind what is saved: quotas and jobs rely on that."""
    from understudy.stage import ManualClock, ScaledClock

    begun = ManualClock() if kind == "manual" else ScaledClock(time.time)
    latest = None if file is None else file.setting("now")
    if latest is None or latest <= begun.now():
        return begun
    return ManualClock(latest) if kind == "manual" else ScaledClock(time.time, start=latest)


def _seed(given: int | None, file: StateFile | None) -> int:
    """The seed, which is a state file's for good: another could give out an identifier for the second time."""
    if file is None:
        return given or 0
    kept = file.setting("seed")
    if kept is None:
        file.set("seed", given or 0)
        return given or 0
    if given is not None and given != kept:
        raise UsageError(f"--seed {given}: {file.path} was begun with --seed {kept:g}; leave the option out")
    return int(kept)


def _overrides(given: Sequence[str], contracts: Mapping[str, Contract]) -> dict[str, dict[str, Any]]:
    overrides: dict[str, dict[str, Any]] = {stem: {} for stem in contracts}
    for text in given:
        place, equals, value = text.partition("=")
        stem, dot, name = place.partition(".")
        if not (equals and dot and name):
            raise UsageError(f"--limit {text!r}: expected STEM.NAME=JSON, as {next(iter(contracts))}.body_bytes=1000")
        if stem not in contracts:
            raise UsageError(f"--limit {place}: {stem!r} is not served; served are {', '.join(contracts)}")
        limits = contracts[stem].limits
        if name not in limits:
            raise UsageError(f"--limit {place}: {stem} has no limit {name!r}; it has {', '.join(sorted(limits))}")
        overrides[stem][name] = _value(place, value, limits[name].value)
    return overrides


def _value(place: str, text: str, usual: Any) -> Any:
    """The value of ``--limit``: null for no limit, else of the kind that the contract has."""
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise UsageError(
            f"--limit {place}: {text!r} is not JSON ({error}); strings need quotes of their own"
        ) from error
    if isinstance(usual, str | list):
        fits, expected = isinstance(value, type(usual)), "a string" if isinstance(usual, str) else "a list"
    else:
        fits, expected = type(value) in (int, float) and value >= 0, "a number from 0 up"
    if value is not None and not fits:
        raise UsageError(f"--limit {place}: expected {expected}, or null for no limit; got {text}")
    return value


def _known_dialects(given: Sequence[str], contracts: Mapping[str, Contract]) -> frozenset[str]:
    known = {dialect for contract in contracts.values() for dialect in contract.dialects}
    unknown = sorted(set(given) - known)
    if unknown:
        there_are = ", ".join(sorted(known)) or "none"
        raise UsageError(f"--dialect {', '.join(unknown)}: no service that is served has it; there are {there_are}")
    return frozenset(given)


def _shown(url: str, engine: Engine) -> str:
    """What is printed of a service: where it is, and by which credentials it is called."""
    contract = engine.contract
    roles = contract.roles.values()
    width = max((len(role.name) for role in roles), default=0)
    scheme = contract.credential_scheme
    field = "Authorization: Bearer" if scheme["type"] == "http" else f"{scheme['name']}:"
    lines = [f"{contract.stem}  {url}", f"  {field} <credential>, by role:"]
    lines += [f"    {role.name:<{width}}  {' '.join(role.values)}" for role in roles]
    return "\n".join(lines)


@contextmanager
def _announced(path: Path | None, running: Running, engines: Mapping[str, Engine]) -> Iterator[None]:
    """Keep the ready file for as long as the block runs. It appears whole (RFC 8259, UTF-8) or not at all."""
    if path is None:
        yield
        return
    content = msgspec.json.format(
        msgspec.json.encode({stem: _entry(running.urls[stem], engine) for stem, engine in engines.items()})
    )
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise UsageError(f"--ready-file {path} cannot be written: {error.strerror}") from error
    try:
        yield
    finally:
        with suppress(OSError):
            if path.read_bytes() == content:  # else it is another server's by now
                path.unlink()


def _entry(url: str, engine: Engine) -> dict[str, Any]:
    contract = engine.contract
    return {
        "url": url,
        "credentials": contract.test_credentials,
        "fixtures": contract.fixture_values,
        "limits": dict(engine.limits),
    }


@contextmanager
def _stop_signal() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set."""
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    if threading.current_thread() is not threading.main_thread():
        yield stopped  # only the main thread receives signals
        return
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handling in before.items():
            signal.signal(number, handling)
