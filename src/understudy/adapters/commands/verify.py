"""``understudy verify``: judge the embedded mocks, or live instances, against their contracts."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import msgspec

from understudy.adapters.commands import Chosen, needs_verify, pass_chosen
from understudy.adapters.commands.gating import Permitted, conducted, gating
from understudy.adapters.commands.reporting import Wanted, finish, reporting, wanted
from understudy.errors import UsageError

if TYPE_CHECKING:
    from understudy.adapters.judging import Beside, Effort, Progress
    from understudy.contract import Contract
    from understudy.verify.target import Target
    from understudy.verify.verification import Verification


class Options(NamedTuple):
    """What the command line asked for. No ``url`` and no ``targets``: the embedded mocks."""

    url: str | None
    targets: Mapping[str, Target]
    dialects: frozenset[str]
    effort: Effort


@click.command("verify")
@click.argument("stems", nargs=-1, metavar="[STEM]...")
@click.option("--url", help="Judge the instance at this origin. One STEM is needed; credentials from the environment.")
@click.option(
    "--target",
    "target_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Judge the instances of this TOML or JSON file: {stem: {url, credentials, fixtures, limits}}.",
)
@click.option("--dialect", "dialects", multiple=True, help="A dialect that the instance speaks. Repeatable.")
@click.option("--calls", type=click.IntRange(min=1), help="At most so many calls of each service.")
@click.option("--seconds-between", type=click.FloatRange(min=0), help="Seconds between the starts of two calls.")
@click.option("--examples", type=click.IntRange(min=0), help="Generated bodies for each operation that takes one.")
@gating
@reporting
@pass_chosen
def verify(
    chosen: Chosen,
    /,
    stems: tuple[str, ...],
    url: str | None,
    target_file: Path | None,
    dialects: tuple[str, ...],
    calls: int | None,
    seconds_between: float | None,
    examples: int | None,
    reports: tuple[str, ...],
    baseline: Path | None,
    new_baseline: Path | None,
    as_json: bool,
    quiet: bool,
    **gate: Any,
) -> None:
    """Judge services against their contracts, clause by clause: the embedded mocks, or instances elsewhere.

    An instance elsewhere is only read, unless there is --writes. After Ctrl-C, too, what was created is deleted.

    Exit code 0: nothing documented was violated. 1: something was. 2: wrong usage. 3: a target could not be judged, or
    not to the end. 130, 143: the run was stopped.

    Credentials come from the target file or from UNDERSTUDY_<STEM>_<ROLE>, never from the command line.
    """
    needs_verify()
    from understudy.adapters.judging import Effort

    asked = wanted(reports, baseline, new_baseline, as_json, quiet)
    targets = _targets(url, target_file)
    permitted = Permitted(**gate)
    pace = (calls, seconds_between, examples, permitted.writes, permitted.timeout, permitted.max_wait)
    options = Options(url, targets, frozenset(dialects), Effort(*pace))
    shown = sys.stderr.isatty() and not quiet and not as_json
    judged = _stems(chosen, stems, options)
    if permitted.plan:
        _plan(chosen, judged, options, as_json=as_json, shown=shown)
        return
    done: list[tuple[Verification, Contract]] = []
    with conducted(permitted) as run:
        for stem in judged:
            if not run.stopped:
                with _progress(stem, shown=shown) as progress:
                    verification = _verify(chosen, stem, options, run.beside(progress))
                    done.append((verification, chosen.project.contract(stem)))
    _end(done, asked, run.stopped)


def _end(done: list[tuple[Verification, Contract]], asked: Wanted, stopped: int) -> None:
    """Print and write what came out, and exit with what became of the run."""
    code: Any = 0
    try:
        finish(done, asked)
    except SystemExit as end:
        code = end.code
    for verification, _ in done:
        if verification.halted:
            click.echo(f"understudy: {verification.stem}: not judged to the end: {verification.halted}", err=True)
            code = code or 3
    if stopped:
        click.echo(f"understudy: stopped by {signal.Signals(stopped).name}", err=True)
        code = 128 + stopped
    if code:
        raise SystemExit(code)


def _plan(chosen: Chosen, stems: tuple[str, ...], options: Options, *, as_json: bool, shown: bool) -> None:
    from understudy.adapters.planning import plan_target
    from understudy.verify import plan

    plans = []
    for stem in stems:
        target = _target_of(stem, options)
        if target is None:
            raise UsageError("--plan is for an instance that is not ours: name it by --url or --target")
        with _progress(stem, shown=shown) as progress:
            told = (chosen.project, stem, target, options.effort)
            plans.append(plan_target(*told, environment=os.environ, dialects=options.dialects, progress=progress))
    if as_json:
        body = msgspec.json.encode({"plans": [plan.as_json(one) for one in plans]})
        click.echo(msgspec.json.format(body, indent=2))
        return
    for one in plans:
        click.echo("\n".join(plan.told(one)))


def _targets(url: str | None, target_file: Path | None) -> Mapping[str, Target]:
    from understudy.verify.target import read_targets

    if url is not None and target_file is not None:
        raise UsageError("--url and --target name two targets: give one of them")
    if target_file is None:
        return {}
    targets = read_targets(target_file)
    if not targets:
        raise UsageError(f"{target_file}: names no target: expected {{stem: {{url, credentials, fixtures, limits}}}}")
    return targets


def _stems(chosen: Chosen, named: tuple[str, ...], options: Options) -> tuple[str, ...]:
    """The services to judge: those named, else those of the target file or of the project that have a suite."""
    stems = chosen.stems(named or tuple(options.targets))
    if options.url is not None and len(named) != 1:
        raise UsageError("--url is the origin of one service: name its STEM, or use --target FILE for several")
    missing = [stem for stem in named if options.targets and stem not in options.targets]
    if missing:
        raise UsageError(f"the target file has no {', '.join(missing)}; it has {', '.join(options.targets)}")
    judged = tuple(stem for stem in stems if stem in named or chosen.project.has_suite(stem))
    for stem in stems:
        if stem not in judged:
            click.echo(f"understudy: {stem} has no suite yet and is left out", err=True)
    if not judged:
        raise UsageError(f"none of {', '.join(stems)} has a suite")
    return judged


def _verify(chosen: Chosen, stem: str, options: Options, beside: Beside) -> Verification:
    from understudy.adapters.judging import judge_embedded, judge_target

    target = _target_of(stem, options)
    if target is None:
        return judge_embedded(chosen.project, stem, options.effort, dialects=options.dialects, beside=beside)
    return judge_target(
        chosen.project,
        stem,
        target,
        options.effort,
        environment=os.environ,
        dialects=options.dialects,
        beside=beside,
    )


def _target_of(stem: str, options: Options) -> Target | None:
    """The instance to judge, None for the embedded mock."""
    return options.targets.get(stem) or (_target(options.url) if options.url is not None else None)


def _target(url: str) -> Target:
    from pydantic import ValidationError

    from understudy.verify.target import Target

    try:
        return Target(url=url)
    except ValidationError as error:
        raise UsageError(f"--url: {error.errors(include_input=False, include_url=False)[0]['msg']}") from None


@contextmanager
def _progress(stem: str, *, shown: bool) -> Iterator[Progress]:
    """A line on standard error that says what is being done, for a person who watches."""

    def show(step: str) -> None:
        click.echo(f"\r\x1b[2K{stem}: {step}", nl=False, err=True)

    try:
        yield show if shown else lambda step: None
    finally:
        if shown:
            click.echo("\r\x1b[2K", nl=False, err=True)
