"""``understudy serve``: mocks over HTTP, until they are stopped, and the control plane beside them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from understudy.adapters.commands import Chosen, pass_chosen
from understudy.adapters.commands.serve.announcing import CONTROL, announced, ready, shown, shown_control
from understudy.adapters.commands.serve.options import engines_of
from understudy.errors import UsageError

if TYPE_CHECKING:
    from understudy.adapters.controlling import Controlling
    from understudy.adapters.sqlite import StateFile
    from understudy.engine import Engine

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
@click.option(
    "--control-port",
    type=click.IntRange(0, LAST_PORT),
    default=0,
    metavar="PORT",
    help="The control plane's port, on loopback whatever --host says.  [default: a free one]",
)
@click.option("--no-control", is_flag=True, help="Serve no control plane.")
@click.option("--scenario", metavar="NAME", help="Begin in a scenario of the project (scenarios/NAME.yaml).")
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
    control_port: int,
    no_control: bool,
    scenario: str | None,
) -> None:
    """Serve mocks over HTTP: those of the services STEM, else of every service that has one.

    Prints each service's URL and test credentials, and the URL and token of the control plane (docs/control.md). A test
    credential takes a suffix, CREDENTIAL-ANYTHING, for a fresh account of its own. Ctrl-C or SIGTERM ends it.
    """
    if no_control and control_port:
        raise UsageError("--control-port and --no-control contradict each other: give one of them")
    with _stop_signal() as stopped, _state_file(state) as file:
        engines = engines_of(chosen, stems, clock, seed, dialects, limits, file)
        if CONTROL in engines and not no_control:
            raise UsageError(f"a service is called {CONTROL}, as the control plane is: give --no-control")
        folder = chosen.project.scenarios
        if scenario is not None:
            _begin(engines, folder, scenario, file)
        with ExitStack() as served:
            place = None if no_control else control_port
            urls, control = _serve(served, engines, host, _ports(engines, base), place, folder)
            served.enter_context(announced(ready_file, ready(urls, engines, control)))
            for stem, engine in engines.items():
                click.echo(shown(urls[stem], engine.contract))
            if control is not None:
                click.echo(shown_control(control))
            while not stopped.wait(3600):  # with a timeout: without one Windows lets no Ctrl-C through
                pass


def _serve(
    served: ExitStack,
    engines: dict[str, Engine],
    host: str,
    ports: dict[str, int],
    control_port: int | None,
    scenarios: Path,
) -> tuple[dict[str, str], Controlling | None]:
    """Serve until ``served`` is closed. Returns the URLs of the mocks by stem, and where the control plane is."""
    from understudy.adapters.server import serving
    from understudy.stages import Stages

    stages = Stages(engines)
    running = served.enter_context(serving({stem: stages.service(stem) for stem in engines}, host=host, ports=ports))
    if running.exposed:
        warning = f"understudy: {host} can be reached from other machines, and test credentials are no secrets"
        click.echo(warning, err=True)
    urls = dict(running.urls)
    if control_port is None:
        return urls, None
    from understudy.adapters.controlling import controlling

    return urls, served.enter_context(controlling(stages, urls, port=control_port, scenarios=scenarios))


def _begin(engines: dict[str, Engine], folder: Path, scenario: str, file: StateFile | None) -> None:
    """Begin in a scenario. Raises `UsageError` where a state file already has a state to go on from."""
    from understudy.scenarios import begin, read

    if file is not None and file.setting("now") is not None:
        raise UsageError(f"--scenario {scenario}: {file.path} has a state to go on from; choose another file, or none")
    begin(next(iter(engines.values())).stage, read(folder, scenario))


def _ports(engines: dict[str, Engine], base: int) -> dict[str, int]:
    if base and base + len(engines) - 1 > LAST_PORT:
        raise UsageError(f"{len(engines)} services from port {base} on go beyond {LAST_PORT}: choose a lower --port")
    return {stem: base + place if base else 0 for place, stem in enumerate(engines)}


def _state_file(path: Path | None) -> AbstractContextManager[StateFile | None]:
    if path is None:
        return nullcontext()
    from understudy.adapters.sqlite import StateFile

    return StateFile(path)


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
